package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// history gives a store the form in which the suite knows one.
type history struct{ *store.Store }

func (h history) Begin(ctx context.Context, t snapshot.Target) (storetest.Draft, error) {
	return h.Store.Begin(ctx, t)
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

func TestHistory(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.History {
		t.Helper()
		return history{create(t, filepath.Join(t.TempDir(), "a b?#%.db"))}
	}, store.ErrMoved)
}
