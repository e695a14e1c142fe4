package store_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// journaled appends n entries to each of runs a and b, in turn: those of run a have
// odd places.
func journaled(tb testing.TB, s *store.Store, n int) {
	tb.Helper()
	for i := range 2 * n {
		e := store.Entry{
			Run: []string{"a", "b"}[i%2], Event: fmt.Sprint("event ", i), At: time.Date(2026, 1, 6, 3, 0, i, 0, time.UTC),
			Data: fmt.Appendf(nil, `{"n":%d}`, i),
		}
		if _, err := s.Append(context.Background(), e, store.AnyEntry); err != nil {
			tb.Fatal(err)
		}
	}
}

// edit lets another program change the file.
func edit(tb testing.TB, path, statements string) {
	tb.Helper()
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := db.Exec(statements); err != nil {
		tb.Fatal(err)
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
}

// TestOneOfManyProcessesCarriesARunOn stands a store for each process.
func TestOneOfManyProcessesCarriesARunOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	var all []storetest.History
	for range 4 {
		s, err := store.Create(context.Background(), path, store.Options{Busy: 30 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		all = append(all, history{s})
	}
	storetest.OneWins(t, all, store.ErrRunMoved)
	if found, _ := problems(t, path); len(found) > 0 {
		t.Error(found)
	}
}

// TestAppendWaitsForNobodyForever appends while another process writes.
func TestAppendWaitsForNobodyForever(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "history.db")
	s := create(t, path)
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(ctx, store.Entry{Run: "a"}, 0); !errors.Is(err, store.ErrLocked) {
		t.Errorf("%v, want %v", err, store.ErrLocked)
	}
	if _, err := db.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if seq, err := s.Append(ctx, store.Entry{Run: "a"}, 0); err != nil || seq != 1 {
		t.Errorf("%d, %v", seq, err)
	}
}

// TestSealCoversTheJournal: appending leaves the seal behind, and Seal makes one.
func TestSealCoversTheJournal(t *testing.T) {
	ctx := context.Background()
	path, _ := sample(t)
	s := create(t, path)
	sealed := func(want bool) {
		t.Helper()
		v, err := s.Verify(ctx)
		if err != nil || v.Sealed != want || len(v.Problems) > 0 {
			t.Errorf("sealed %t, want %t; %v, %v", v.Sealed, want, v.Problems, err)
		}
	}
	sealed(true)
	for range 2 {
		journaled(t, s, 50)
		sealed(false)
		if err := s.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		sealed(true)
	}
}

// TestEntryOnAFullDisk fills a small disk with entries.
func TestEntryOnAFullDisk(t *testing.T) {
	ctx := context.Background()
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no small disk can be had: %v: %s", err, out)
	}
	path := filepath.Join(disk, "history.db")
	s, err := store.Create(ctx, path, store.Options{})
	t.Cleanup(func() {
		if s != nil {
			_ = s.Close()
		}
		if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	e := store.Entry{Run: "a", Event: "e", Data: []byte(strings.Repeat("x", 10_000))}
	last := int64(0)
	for err == nil {
		var seq int64
		if seq, err = s.Append(ctx, e, last); err == nil {
			last = seq
		}
	}
	if last < 2 || !strings.Contains(err.Error(), "disk is full; nothing was recorded") {
		t.Fatalf("after %d entries: %v", last, err)
	}
	list, err := s.Journal(ctx, "a")
	if err != nil || int64(len(list)) != last {
		t.Errorf("%d entries, want %d; %v", len(list), last, err)
	}
	if v, err := s.Verify(ctx); err != nil || len(v.Problems) > 0 {
		t.Error(v.Problems, err)
	}
}
