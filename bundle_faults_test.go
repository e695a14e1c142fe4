package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// entries are the names in a directory.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// TestBundleRefused: nothing is overwritten, and what cannot be made leaves nothing, nor
// a pin.
func TestBundleRefused(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	before := read(t, m.db)
	for name, test := range map[string]struct {
		prepare func(dir string)
		code    int
		says    string
	}{
		"something in it": {func(dir string) { must(os.Mkdir(dir, 0o700)); must(os.WriteFile(dir+"/x", nil, 0o600)) }, 5, "nothing is overwritten"},
		"a hidden file":   {func(dir string) { must(os.Mkdir(dir, 0o700)); must(os.WriteFile(dir+"/.x", nil, 0o600)) }, 5, "nothing is overwritten"},
		"a file":          {func(dir string) { must(os.WriteFile(dir, []byte("mine"), 0o600)) }, 1, "not a directory"},
		"beneath a file":  {func(dir string) { must(os.WriteFile(filepath.Dir(dir)+"/file", nil, 0o600)) }, 1, "not a directory"},
	} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "q4")
		test.prepare(dir)
		was := entries(t, parent)
		if name == "beneath a file" {
			dir = filepath.Join(parent, "file", "q4")
		}
		r := m.want(test.code, "report", "posture", "--at", "2025-12-31", "--bundle", dir)
		if r.stdout != "" || !oneLine(r.stderr) || !strings.Contains(r.stderr, test.says) || !strings.Contains(r.stderr, "hint: --bundle DIR") {
			t.Errorf("%s: %s", name, r)
		}
		if is := entries(t, parent); !slices.Equal(was, is) {
			t.Errorf("%s: %v, and then %v", name, was, is)
		}
	}
	if !bytes.Equal(before, read(t, m.db)) {
		t.Error("the history was written to")
	}
}

// TestBundleReadOnlyParent: where nobody may write, nothing is written, nor pinned.
func TestBundleReadOnlyParent(t *testing.T) {
	t.Parallel()
	m := archive(t)
	m.home = openTempDir(t)
	m.env["HOME"], m.env["IDPSNAP_DB"] = m.home, filepath.Join(m.home, "history.db")
	copyFile(t, m.db, m.env["IDPSNAP_DB"])
	parent := filepath.Join(m.home, "locked")
	must(os.Mkdir(parent, 0o700))
	if os.Geteuid() == 0 {
		for _, path := range []string{m.home, parent, m.env["IDPSNAP_DB"]} {
			must(os.Chown(path, 65534, 65534))
		}
		m.env["RUN_AS"] = "65534"
	}
	must(os.Chmod(parent, 0o500))
	t.Cleanup(func() { _ = os.Chmod(parent, 0o700) })
	before := read(t, m.env["IDPSNAP_DB"])
	r := m.start(append(slices.Clone(december), "--bundle", filepath.Join(parent, "q4"))...).end(t)
	if r.code != 1 || r.stdout != "" || !oneLine(r.stderr) || !strings.Contains(r.stderr, "permission denied") {
		t.Error(r)
	}
	if !bytes.Equal(before, read(t, m.env["IDPSNAP_DB"])) {
		t.Error("the history was written to")
	}
}

// TestBundleFullDisk: a bundle for which there is no room is not there, nor part of it.
func TestBundleFullDisk(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	m.want(0, "pin", m.nightOf("2025-12-31")) // so that the history is as long as it will be
	for _, limit := range []int{0, 500, 20_000, 60_000} {
		parent := t.TempDir()
		m.env["FILE_LIMIT"] = fmt.Sprint(limit)
		r := m.start(append(slices.Clone(december), "--bundle", filepath.Join(parent, "q4"))...).end(t)
		delete(m.env, "FILE_LIMIT")
		if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "file too large") || strings.Contains(r.stderr, "goroutine") {
			t.Errorf("limit %d: %s", limit, r)
		}
		if left := entries(t, parent); len(left) > 0 {
			t.Errorf("limit %d: %v is left", limit, left)
		}
	}
	m.want(0, "verify")
	t.Run("tmpfs", func(t *testing.T) {
		disk := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk).CombinedOutput(); err != nil {
			t.Skipf("no small disk can be had (%v: %s); the limit above stands in for it", err, bytes.TrimSpace(out))
		}
		t.Cleanup(func() {
			if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
				t.Errorf("umount: %v: %s", err, out)
			}
		})
		r := m.want(1, append(slices.Clone(december), "--bundle", filepath.Join(disk, "q4"))...)
		if !strings.Contains(r.stderr, "no space left") || len(entries(t, disk)) > 0 {
			t.Errorf("%v is left: %s", entries(t, disk), r)
		}
	})
}

// TestBundleKilled: whenever the process is killed, there is the whole bundle or none, and
// to try again makes it.
func TestBundleKilled(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m, made := evidenceOf(t)
	whole := tree(t, made)
	killed := 0
	for _, files := range []int{0, 1, 7, 20, 30, len(whole) - 1} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "q4")
		p := m.start(append(slices.Clone(twoNights), "--bundle", dir, "--quiet")...)
		ended := make(chan struct{})
		go func() { _ = p.Wait(); close(ended) }()
		for running := true; running; { // until so many files are there
			select {
			case <-ended:
				running = false
			case <-time.After(50 * time.Microsecond):
				hidden, _ := filepath.Glob(filepath.Join(parent, ".q4.*"))
				made := 0
				for _, d := range hidden {
					_ = filepath.WalkDir(d, func(_ string, d fs.DirEntry, err error) error {
						if err == nil && !d.IsDir() {
							made++
						}
						return nil
					})
				}
				if len(hidden) > 0 && made >= files {
					running = false
				}
			}
		}
		_ = p.Process.Kill() // it may have ended
		<-ended
		left := entries(t, parent)
		if slices.Contains(left, "q4") {
			sameTree(t, "it was done by then", whole, tree(t, dir))
		} else {
			killed++
			m.want(0, append(slices.Clone(twoNights), "--bundle", dir)...)
			sameTree(t, "after it was killed", whole, tree(t, dir))
		}
		for _, name := range left {
			if name != "q4" && !strings.HasPrefix(name, ".q4.") {
				t.Errorf("%s is left", name)
			}
		}
	}
	if killed == 0 {
		t.Error("no process was killed while it wrote")
	}
	m.want(0, "verify")
}

// TestBundleRedacted: no file of a bundle with pseudonyms, in no format, holds anybody's
// name, address or external id; and it can be verified like any other.
func TestBundleRedacted(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	for _, args := range [][]string{december, {"report", "lifecycle", "--from", "2026-02-01", "--to", "2026-05-31"}} {
		dir := m.bundle(append(slices.Clone(args), "--redact", "pii")...)
		if c := m.check(0, dir); c.Compared == 0 || len(c.Notes) > 0 {
			t.Errorf("%+v", c)
		}
		if ok, out := sha256sum(t, dir); !ok {
			t.Error(out)
		}
		texts := unpacked(t, dir)
		for _, secret := range m.people() {
			for name, text := range texts {
				if strings.Contains(text, secret) {
					t.Errorf("%s: %s holds %q", args[1], name, secret)
				}
			}
		}
		// The same person has the same pseudonym in every bundle.
		sameTree(t, "again", tree(t, dir), tree(t, m.bundle(append(slices.Clone(args), "--redact", "pii")...)))
	}
	// Where nobody asks for pseudonyms, the names are there: what is looked for can be found.
	open := unpacked(t, m.bundle(december...))
	for _, name := range []string{"access-review.csv", "report.html", "snapshots/" + m.nightOf("2025-12-31")[:8] + ".json"} {
		if !strings.Contains(open[name], "okta00@acme.example") {
			t.Errorf("%s names nobody", name)
		}
	}
	if !slices.ContainsFunc(slices.Collect(valuesOf(open, "report.xlsx/")), func(text string) bool { return strings.Contains(text, "okta00@acme.example") }) {
		t.Error("report.xlsx names nobody")
	}
}

// valuesOf are the texts whose names begin so.
func valuesOf(texts map[string]string, prefix string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name, text := range texts {
			if strings.HasPrefix(name, prefix) && !yield(text) {
				return
			}
		}
	}
}

// people are names, addresses and external ids of people in the year, as they stand in
// any format.
func (m *machine) people() []string {
	m.Helper()
	var all []string
	for _, night := range []string{"2025-12-31", "2026-06-30"} {
		var s struct {
			Resources []struct{ Document json.RawMessage }
		}
		if err := json.Unmarshal([]byte(m.want(0, "show", m.nightOf(night), "--kind", "scim_user", "--json").stdout), &s); err != nil {
			m.Fatal(err)
		}
		for _, r := range s.Resources {
			var user struct {
				DisplayName, ExternalID string
				Emails                  []struct{ Value string }
			}
			if err := json.Unmarshal(r.Document, &user); err != nil {
				m.Fatal(err)
			}
			local, _, _ := strings.Cut(user.Emails[0].Value, "@")
			all = append(all, user.Emails[0].Value, user.ExternalID)
			if !slices.Contains(hostileNames, user.DisplayName) && user.DisplayName != "Deploy" { // which groups and words are called, too
				all = append(all, user.DisplayName, local)
			}
		}
	}
	if len(all) < 100 {
		m.Fatalf("%d", len(all))
	}
	return append(all, "@acme.example", "agency.example")
}

// unpacked is all that a directory holds, and what is in its workbooks.
func unpacked(t *testing.T, dir string) map[string]string {
	t.Helper()
	texts := tree(t, dir)
	book, err := zip.NewReader(strings.NewReader(texts["report.xlsx"]), int64(len(texts["report.xlsx"])))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range book.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		texts["report.xlsx/"+f.Name] = string(text)
	}
	return texts
}
