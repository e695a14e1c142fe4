package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// TestDamageIsSaid reads histories of which something is missing or cannot be: each
// way of reading says so where it meets it.
func TestDamageIsSaid(t *testing.T) {
	path, want := sample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const all = "listing, differences, versions"
	for name, c := range map[string]struct{ statement, meets string }{
		"blocks missing":             {`DELETE FROM block`, all},
		"block cut":                  {`UPDATE block SET data = substr(data, 1, length(data) / 2)`, all},
		"block too large":            {`UPDATE block SET size = 1 << 40`, all},
		"block's size is a text":     {`UPDATE block SET size = 'x'`, all},
		"start behind the end":       {`UPDATE version SET start = 1 << 40`, all},
		"start too large":            {`UPDATE version SET start = 9223372036854775807`, all},
		"start below zero":           {`UPDATE version SET start = -1`, all},
		"start is a text":            {`UPDATE version SET start = '[1,2'`, all},
		"start is a fraction":        {`UPDATE version SET start = 1.5`, all},
		"length below zero":          {`UPDATE version SET length = -length`, all},
		"length zero":                {`UPDATE version SET length = 0`, all},
		"document of something else": {`UPDATE version SET start = start + 1, length = 5`, all},
		"versions twice": {
			`INSERT INTO version (collection, first, last, block, start, length) SELECT collection, first, last, block, start, length FROM version`, "differences",
		},
		"version numbered too high": {`UPDATE version SET id = 9223372036854775807 WHERE id = (SELECT max(id) FROM version)`, ""},
		"versions numbered too low": {`UPDATE version SET id = -id WHERE id < 99`, ""},
		"captures numbered apart": {
			`UPDATE capture SET id = id + 1000 WHERE collection = 1; UPDATE version SET first = first + 1000 WHERE collection = 1;
			UPDATE version SET last = last + 1000 WHERE collection = 1 AND last < 2147483647`, "differences",
		},
		"captures missing": {`DELETE FROM capture WHERE snapshot IN (2, 3)`, "versions"},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := filepath.Join(t.TempDir(), "damaged.db")
			if err := os.WriteFile(damaged, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			db, err := sqlx.Open("sqlite3", damaged)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(c.statement); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			says := ""
			for _, way := range []string{"listing", "differences", "versions"} {
				if err := readBy(t, damaged, way); err != nil {
					if !errors.Is(err, store.ErrCorrupt) {
						t.Errorf("%s: %v", way, err)
					}
					says += ", " + way
				}
			}
			if strings.TrimPrefix(says, ", ") != c.meets {
				t.Errorf("said by%s", says)
			}
			if c.meets != "" {
				return
			}
			if _, contents := problems(t, damaged); contents != want {
				t.Error("the history is another")
			}
		})
	}
}

// readBy reads the history in one of the ways.
func readBy(tb testing.TB, path, way string) error {
	tb.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, path, store.Options{Busy: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Close()
	nights, err := s.Snapshots(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	first, last := nights[0].ID, nights[len(nights)-1].ID
	switch way {
	case "listing":
		for _, err := range s.Resources(ctx, last) {
			if err != nil {
				return err
			}
		}
	case "differences":
		for _, err := range s.Differences(ctx, first, last) {
			if err != nil {
				return err
			}
		}
	case "versions":
		_, err := s.Versions(ctx, storetest.Account, func(snapshot.Resource) bool { return true })
		return err
	}
	return nil
}
