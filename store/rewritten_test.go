package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// TestRewrittenHistoryVerifies lets another program rearrange the file, as people
// do to save space: it says what it said, and goes on to.
func TestRewrittenHistoryVerifies(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/history.db"
	p := storetest.NewPopulation(600, 20)
	at := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	for n, statement := range []string{
		"", "VACUUM", "PRAGMA page_size = 16384; VACUUM", "PRAGMA page_size = 1024; VACUUM", "PRAGMA auto_vacuum = 2; VACUUM",
		"", "PRAGMA page_size = 8192; VACUUM", "PRAGMA incremental_vacuum(100)", "PRAGMA auto_vacuum = 0; VACUUM", "PRAGMA journal_mode = WAL", "",
	} {
		db, err := sqlx.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		if statement != "" {
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			p.Night(300, 200, 200)
			at = at.AddDate(0, 0, 1)
			s, err := store.Create(context.Background(), path, store.Options{Busy: time.Second})
			if err != nil {
				t.Fatalf("after %q: %v", statement, err)
			}
			night(t, s, p, at)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if found, _ := problems(t, path); len(found) > 0 {
				t.Fatalf("%d, after %q: %v", n, statement, found)
			}
		}
	}
}
