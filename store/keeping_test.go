package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// keeper gives a store the form in which the suite knows a keeper.
type keeper struct{ history }

func (k keeper) AppendLast(ctx context.Context, e storetest.Entry, end int64) (int64, error) {
	return k.Store.AppendLast(ctx, store.Entry(e), end)
}

func (k keeper) Prune(ctx context.Context, at time.Time) error {
	_, err := k.Store.Prune(ctx, at)
	return err
}

func TestKeeping(t *testing.T) {
	t.Parallel()
	storetest.RunKeeping(t, func(t *testing.T) storetest.Keeper {
		t.Helper()
		return keeper{history{create(t, filepath.Join(t.TempDir(), "a b?#%.db"))}}
	}, storetest.KeepingErrors{
		Moved: store.ErrMoved, NoSnapshot: store.ErrNoSnapshot, RunMoved: store.ErrRunMoved,
		Forgotten: store.ErrForgotten, Pinned: store.ErrPinned, LastComplete: store.ErrLastComplete,
	})
}

// TestAnythingForgotten forgets random snapshots of random nights.
func TestAnythingForgotten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history.db")
	rapid.Check(t, func(t *rapid.T) {
		s, err := store.Create(context.Background(), path, store.Options{Busy: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(path)
		defer s.Close()
		storetest.Forgetting(t, keeper{history{s}}, func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) })
	})
}
