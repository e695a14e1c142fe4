package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// TestForgetsInAProcess is no test, but the process that TestKilledWhileForgetting
// kills. It says how far it has come.
func TestForgetsInAProcess(t *testing.T) {
	path := os.Getenv("STORE_TEST_FORGETS")
	if path == "" {
		t.Skip("not on its own")
	}
	s, err := store.Open(context.Background(), path, store.Options{Busy: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fmt.Println("ready")
	forgetAndPrune(t, s)
	fmt.Println("done")
}

// forgetAndPrune forgets each night but the first and the last, unless that was done,
// and prunes.
func forgetAndPrune(tb testing.TB, s *store.Store) {
	tb.Helper()
	nights := mustList(tb, s)
	var gone []string
	for _, sn := range nights[1 : len(nights)-1] {
		gone = append(gone, sn.ID)
	}
	if err := s.Forget(context.Background(), gone, later, "x"); err != nil {
		tb.Fatal(err)
	}
	if _, err := s.Prune(context.Background(), later); err != nil {
		tb.Fatal(err)
	}
}

// manyNights is a history whose nights change much.
func manyNights(tb testing.TB, path string) {
	tb.Helper()
	s := create(tb, path)
	p := storetest.NewPopulation(1500, 50)
	for n := range 10 {
		p.Night(1000, 500, 500)
		night(tb, s, p, later.AddDate(0, 0, n-10))
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
}

// TestKilledWhileForgetting kills a process at any moment: the history is as before
// or as after, and whoever comes next finishes.
func TestKilledWhileForgetting(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: in the run without -short")
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(t.TempDir(), "whole.db")
	manyNights(t, whole)
	first := contentsOf(t, whole)
	path := filepath.Join(t.TempDir(), "history.db")
	// run gives how long the process took once it was ready, and whether it was done.
	run := func(kill time.Duration) (took time.Duration, done bool) {
		_ = os.Remove(path + "-journal")
		copyFile(t, whole, path)
		cmd := exec.Command(self, "-test.run", "^TestForgetsInAProcess$")
		cmd.Env = append(os.Environ(), "STORE_TEST_FORGETS="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var begin time.Time
		for lines := bufio.NewScanner(out); lines.Scan(); {
			switch lines.Text() {
			case "ready":
				begin = time.Now()
				if kill > 0 {
					timer := time.AfterFunc(kill, func() { _ = cmd.Process.Kill() })
					defer timer.Stop()
				}
			case "done":
				took, done = time.Since(begin), true
			}
		}
		if err := cmd.Wait(); (err == nil) != done && kill == 0 {
			t.Fatal(err)
		}
		return took, done
	}
	whenDone, done := run(0)
	last := contentsOf(t, path)
	if !done || first == last {
		t.Fatal("it forgot nothing")
	}
	rounds, killed, midway := 20, 0, 0
	random := rand.New(rand.NewPCG(3, 4))
	for range rounds {
		after := time.Duration(random.Int64N(int64(whenDone))) + 1
		if _, done := run(after); done {
			continue
		}
		killed++
		got := contentsOf(t, path) // and verifies
		if got != first && got != last {
			t.Fatalf("killed after %v: the history is neither as before nor as after", after)
		}
		s := create(t, path)
		if got == last {
			midway++
			if _, err := s.Prune(context.Background(), later); err != nil {
				t.Fatal(err)
			}
		} else {
			forgetAndPrune(t, s)
		}
		if got := contentsOf(t, path); got != last {
			t.Fatalf("killed after %v, and finished: the history is not as after", after)
		}
		if done, err := s.Prune(context.Background(), later); err != nil || done.After != done.Before {
			t.Fatalf("killed after %v, and finished: there is more to prune: %+v, %v", after, done, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("killed %d times of %d, %d of them after it had forgotten; unhurt it takes %v", killed, rounds, midway, whenDone)
	if killed == 0 {
		t.Error("never killed")
	}
}

// contentsOf verifies the history, and sums up what it says.
func contentsOf(tb testing.TB, path string) string {
	tb.Helper()
	found, contents := problems(tb, path)
	if len(found) > 0 {
		tb.Fatal(found)
	}
	return contents
}

// TestPruneOnAFullDisk forgets and prunes where there is more and more room.
func TestPruneOnAFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: in the run without -short")
	}
	t.Parallel()
	ctx := context.Background()
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no small disk can be had: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	path := filepath.Join(disk, "history.db")
	manyNights(t, path)
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	nights := mustList(t, s)
	refused := map[string]int{}
	steps := []func() error{
		func() error { return s.Forget(ctx, []string{nights[1].ID, nights[8].ID}, later, "x") },
		func() error { _, err := s.Prune(ctx, later); return err },
	}
	before := contentsOf(t, path)
	for room := int64(0); len(steps) > 0; room += 64 << 10 {
		filler := filepath.Join(disk, "filler")
		fillDisk(t, filler, room)
		err := steps[0]()
		removeFile(t, filler)
		now := contentsOf(t, path)
		switch {
		case err == nil:
			steps, before = steps[1:], now
			room = -64 << 10
			continue
		case strings.Contains(err.Error(), "nothing was recorded"):
			refused["nothing"]++
		case strings.Contains(err.Error(), "no room to make the file smaller"):
			refused["not smaller"]++
		default:
			t.Fatal(err)
		}
		if now != before {
			t.Fatalf("%d bytes left: the history is another", room)
		}
	}
	t.Log(refused)
	if refused["nothing"] == 0 || refused["not smaller"] == 0 {
		t.Errorf("refused %v", refused)
	}
	if done, err := s.Prune(ctx, later); err != nil || done.Before != done.After {
		t.Errorf("%+v, %v", done, err)
	}
}

// fillDisk leaves so much room.
func fillDisk(t *testing.T, path string, room int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(max(0, info.Size()-room)); err != nil {
		t.Fatal(err)
	}
}

func removeFile(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
