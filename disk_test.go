package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/idpsnap/idpsnap/sandbox"
)

// TestFullDisk: a night for which there is no room leaves the history as it was,
// and says what is the matter in one line.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	// A limit on the size of files is everywhere; a disk that is really full takes
	// a file system of its own.
	t.Run("limit", func(t *testing.T) {
		cloud, provider := office(t, 11, 200, 10)
		m := newMachine(t, cloud)
		m.want(0, "snapshot")
		grow(t, cloud)
		size := int64(len(read(t, m.db)))
		for _, room := range []int64{0, 4 << 10, 64 << 10, 200 << 10} {
			m.env["FILE_LIMIT"] = fmt.Sprint(size + room)
			m.refusesNight(fmt.Sprintf("%d bytes left", room))
			delete(m.env, "FILE_LIMIT")
		}
		m.want(0, "snapshot")
		m.checkWhole(provider)
	})
	t.Run("first night", func(t *testing.T) {
		cloud, provider := office(t, 11, 3000, 10)
		m := newMachine(t, cloud)
		for _, limit := range []string{"0", "4096", "100000"} {
			m.env["FILE_LIMIT"] = limit
			if r := m.start("snapshot", "--quiet").end(t); r.code != 1 || r.stdout != "" || !oneLine(r.stderr) {
				t.Errorf("limit %s: want exit status 1 and one line, got %s", limit, r)
			}
			delete(m.env, "FILE_LIMIT")
			if r := m.run("verify"); r.code != 0 && r.code != 10 {
				t.Errorf("limit %s: verify: %s", limit, r)
			}
			if r := m.run("show", "latest"); r.code != 10 {
				t.Errorf("limit %s: show: %s", limit, r)
			}
		}
		m.want(0, "snapshot")
		m.checkWhole(provider)
	})
	t.Run("tmpfs", func(t *testing.T) {
		disk := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk).CombinedOutput(); err != nil {
			t.Skipf("no small disk can be had (%v: %s); the limit above stands in for it", err, bytes.TrimSpace(out))
		}
		t.Cleanup(func() {
			if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
				t.Errorf("umount: %v: %s", err, out)
			}
		})
		cloud, provider := office(t, 12, 200, 10)
		m := newMachine(t, cloud)
		m.db = filepath.Join(disk, "history.db")
		m.env["IDPSNAP_DB"] = m.db
		m.want(0, "snapshot")
		grow(t, cloud)
		for _, room := range []int64{0, 8 << 10, 100 << 10, 250 << 10} {
			filler := fill(t, disk, room)
			r := m.refusesNight(fmt.Sprintf("%d bytes left", room))
			if !strings.Contains(r.stderr, "disk is full") {
				t.Errorf("it does not say that the disk is full: %s", r)
			}
			m.want(0, "snapshots")
			m.want(0, "show", "latest")
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
		}
		m.want(0, "snapshot")
		m.checkWhole(provider)
	})
}

// grow makes the next night need room.
func grow(t *testing.T, cloud *sandbox.Server) {
	t.Helper()
	if err := cloud.Populate(account, sandbox.Population{Users: 4000}); err != nil {
		t.Fatal(err)
	}
}

// refusesNight takes a snapshot for which there is no room.
func (m *machine) refusesNight(name string) result {
	m.Helper()
	before := read(m.T, m.db)
	r := m.start("snapshot", "--quiet").end(m.T)
	if r.code != 1 || r.stdout != "" || !oneLine(r.stderr) {
		m.Errorf("%s: want exit status 1 and one line, got %s", name, r)
	}
	m.want(0, "verify")
	if len(m.snapshots()) != 1 || !bytes.Equal(read(m.T, m.db), before) {
		m.Errorf("%s: the history is not what it was", name)
	}
	return r
}

// oneLine says whether an error is told in one line, and perhaps what to do in a
// second one.
func oneLine(stderr string) bool {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	return strings.HasPrefix(lines[0], "idpsnap: ") && (len(lines) == 1 || len(lines) == 2 && strings.HasPrefix(lines[1], "hint: ")) &&
		!strings.Contains(stderr, "goroutine")
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fill leaves so much room on a disk.
func fill(t *testing.T, disk string, room int64) string {
	t.Helper()
	f, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	info, statErr := f.Stat()
	if !errors.Is(err, syscall.ENOSPC) || statErr != nil {
		t.Fatal(err, statErr)
	}
	if err := f.Truncate(info.Size() - room); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}
