package store_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// history gives a store the form in which the suite knows one.
type history struct{ *store.Store }

func (h history) Begin(ctx context.Context, t snapshot.Target) (storetest.Draft, error) {
	return h.Store.Begin(ctx, t)
}

func (h history) Append(ctx context.Context, e storetest.Entry, after int64) (int64, error) {
	return h.Store.Append(ctx, store.Entry(e), after)
}

func (h history) Journal(ctx context.Context, run string) (list []storetest.Entry, err error) {
	entries, err := h.Store.Journal(ctx, run)
	for _, e := range entries {
		list = append(list, storetest.Entry(e))
	}
	return list, err
}

func create(tb testing.TB, path string) *store.Store {
	tb.Helper()
	s, err := store.Create(context.Background(), path, store.Options{Busy: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// TestWaitsForTheDisk: what a history says of it is what SQLite does, which in tests,
// but not beside benchmarks, is not to wait.
func TestWaitsForTheDisk(t *testing.T) {
	if store.Production != "EXTRA" {
		t.Errorf("a loss of power can undo what was recorded: %s", store.Production)
	}
	got, err := create(t, filepath.Join(t.TempDir(), "history.db")).Synchronous(t.Context())
	want := []int{0, 0}
	if flag.Lookup("test.bench").Value.String() != "" {
		want = []int{3, 3}
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("SQLite was told otherwise: %v, not %v, %v", got, want, err)
	}
}

// TestAnyNights records random nights, and reads them in chunks of any size.
func TestAnyNights(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history.db")
	rapid.Check(t, func(t *rapid.T) {
		s, err := store.Create(context.Background(), path, store.Options{Busy: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(path)
		defer s.Close()
		s.SetChunk(rapid.SampledFrom(chunks).Draw(t, "chunk"))
		storetest.Nights(t, history{s}, func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) })
		sameAtOnce(t, s)
	})
}

func TestHistory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.History {
		t.Helper()
		return history{create(t, filepath.Join(t.TempDir(), "a b?#%.db"))}
	}, storetest.Errors{Moved: store.ErrMoved, NoSnapshot: store.ErrNoSnapshot, RunMoved: store.ErrRunMoved})
}
