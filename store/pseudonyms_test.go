package store_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/store"
)

func TestPseudonymKeyIsMadeOnce(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "history.db")
	s := create(t, path)
	at := time.Date(2026, 9, 30, 8, 0, 0, 0, time.UTC)
	broken := errors.New("no random numbers")
	if _, err := s.PseudonymKey(ctx, at, func() ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Fatalf("without random numbers: %v", err)
	}
	key, err := s.PseudonymKey(ctx, at, func() ([]byte, error) { return []byte("a key of this history"), nil })
	if err != nil || string(key) != "a key of this history" {
		t.Fatalf("the first time: %q, %v", key, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err = store.Open(ctx, path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	again, err := s.PseudonymKey(ctx, at, func() ([]byte, error) {
		t.Error("another key is made")
		return nil, broken
	})
	if err != nil || !bytes.Equal(again, key) {
		t.Errorf("opened again: %q, %v", again, err)
	}
	entries, err := s.Journal(ctx, "")
	if err != nil || len(entries) > 0 {
		t.Errorf("the journal of runs has %v, %v", entries, err)
	}
	v, err := s.Verify(ctx)
	if err != nil || len(v.Problems) > 0 || !v.Sealed {
		t.Errorf("verified: %+v, %v", v, err)
	}
}
