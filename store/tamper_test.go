package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
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

// sample is a small history of five nights and two runs, sealed and closed.
func sample(tb testing.TB) (path string, contents string) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "history.db")
	s := create(tb, path)
	p := storetest.NewPopulation(700, 40)
	for n := range 5 {
		if n > 0 {
			p.Night(300, 200, 200)
		}
		night(tb, s, p, time.Date(2026, 1, 1+n, 3, 0, 0, 0, time.UTC))
	}
	journaled(tb, s, 10)
	if err := s.Seal(context.Background()); err != nil {
		tb.Fatal(err)
	}
	contents, err := digest(s)
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	return path, contents
}

// digest sums up everything that a history says.
func digest(s *store.Store) (string, error) {
	ctx := context.Background()
	h := sha256.New()
	journal, err := s.Journal(ctx, "")
	if err != nil {
		return "", err
	}
	_, _ = fmt.Fprintln(h, journal)
	list, err := s.Snapshots(ctx)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return fmt.Sprintf("%x", h.Sum(nil)), nil
	}
	for _, sn := range list {
		_, _ = fmt.Fprintf(h, "%+v\n", sn)
		for r, err := range s.Resources(ctx, sn.ID) {
			if err != nil {
				return "", err
			}
			_, _ = fmt.Fprintf(h, "%s %s %s\n", r.Collection, r.ID, r.Document)
		}
	}
	for p, err := range s.Differences(ctx, list[0].ID, list[len(list)-1].ID) {
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(h, "%v %v\n", p.A, p.B)
	}
	versions, err := s.Versions(ctx, storetest.Account, func(snapshot.Resource) bool { return true })
	_, _ = fmt.Fprintln(h, versions)
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

// problems opens the history and gives what verify finds, an error that keeps it
// from opening included.
func problems(tb testing.TB, path string) (found []snapshot.Problem, contents string) {
	tb.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, path, store.Options{Busy: time.Second})
	if err != nil {
		return []snapshot.Problem{{Where: "open", What: err.Error()}}, ""
	}
	defer s.Close()
	v, err := s.Verify(ctx)
	if err != nil {
		return []snapshot.Problem{{Where: "verify", What: err.Error()}}, ""
	}
	contents, err = digest(s)
	if err != nil {
		contents = err.Error()
	}
	return v.Problems, contents
}

func TestUntouchedHistoryVerifies(t *testing.T) {
	path, _ := sample(t)
	if found, _ := problems(t, path); len(found) > 0 {
		t.Error(found)
	}
	s, err := store.Open(context.Background(), path, store.Options{Busy: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if v, err := s.Verify(context.Background()); err != nil || !v.Sealed {
		t.Errorf("sealed %t, %v: the pages were not checked", v.Sealed, err)
	}
}

// TestFlippedByteIsFound flips bytes all over the file. What verify does not find
// must be space that nothing reads: the history then says just what it said.
func TestFlippedByteIsFound(t *testing.T) {
	t.Parallel()
	path, want := sample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	flips, silent := 150, 0
	if testing.Short() { // nothing here depends on what runs beside it
		flips = 50
	}
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	for range flips {
		at, bit := random.IntN(len(whole)), byte(1)<<random.IntN(8)
		flipped := bytes.Clone(whole)
		flipped[at] ^= bit
		if err := os.WriteFile(damaged, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(damaged + "-journal")
		found, contents := problems(t, damaged)
		if len(found) == 0 {
			silent++
			if contents != want {
				t.Errorf("byte %d, bit %#x: not found, but the history is another", at, bit)
			}
		}
	}
	t.Logf("%d of %d flips were in space that nothing reads", silent, flips)
	if silent > flips/10 { // free pages, and what the seal has for itself
		t.Error("more than the seal leaves out")
	}
}

// TestTamperedRowIsFound deletes, doubles, changes and swaps rows of every table, and
// seals the history as it then is: the checksums of pages tell nothing.
func TestTamperedRowIsFound(t *testing.T) {
	t.Parallel()
	path, _ := sample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, statements := range map[string]string{
		"snapshot deleted":            `DELETE FROM capture WHERE snapshot = 3; DELETE FROM snapshot WHERE seq = 3`,
		"snapshot alone deleted":      `DELETE FROM snapshot WHERE seq = 3`,
		"first snapshot deleted":      `DELETE FROM snapshot WHERE seq = 1`,
		"last snapshot deleted":       `DELETE FROM snapshot WHERE seq = 5`,
		"snapshots swapped":           `UPDATE snapshot SET seq = 99 WHERE seq = 2; UPDATE snapshot SET seq = 2 WHERE seq = 3; UPDATE snapshot SET seq = 3 WHERE seq = 99`,
		"manifest changed":            `UPDATE snapshot SET manifest = replace(manifest, '"tool":"test"', '"tool":"toast"') WHERE seq = 2`,
		"id changed":                  `UPDATE snapshot SET id = randomblob(32) WHERE seq = 2`,
		"time changed":                `UPDATE snapshot SET manifest = replace(manifest, '2026-01-02', '2026-01-03') WHERE seq = 2`,
		"filed under another target":  `INSERT INTO target (name) VALUES ('account:other'); UPDATE snapshot SET target = 2 WHERE seq = 2`,
		"capture deleted":             `DELETE FROM capture WHERE id = 19`,
		"capture added":               `INSERT INTO capture (snapshot, collection) SELECT 9, 1`,
		"captures swapped":            `UPDATE capture SET collection = CASE id WHEN 18 THEN 3 WHEN 20 THEN 1 END, snapshot = 99 WHERE id IN (18, 20); UPDATE capture SET snapshot = 2 WHERE snapshot = 99`,
		"collection renamed":          `UPDATE collection SET provider = 'x' WHERE id = 1`,
		"collection deleted":          `DELETE FROM collection WHERE id = 1`,
		"collection added":            `INSERT INTO collection (target, kind, provider) VALUES (1, 'scim_user', 'x')`,
		"target renamed":              `UPDATE target SET name = 'account:x'`,
		"target added":                `INSERT INTO target (name) VALUES ('account:x')`,
		"version deleted":             `DELETE FROM version WHERE id = 5`,
		"closed version deleted":      `DELETE FROM version WHERE id = (SELECT min(id) FROM version WHERE last < 2147483647)`,
		"version added":               `INSERT INTO version (collection, first, last, block, start, length) SELECT collection, first, last, block, start, length FROM version WHERE id = 5`,
		"version added in front":      `INSERT INTO version SELECT -9223372036854775808, collection, first, last, block, start, length FROM version WHERE id = 5`,
		"version added at the end":    `INSERT INTO version SELECT 9223372036854775807, collection, first, last, block, start, length FROM version WHERE id = 5`,
		"version moved to the front":  `UPDATE version SET id = -9223372036854775808 WHERE id = 5`,
		"version begins later":        `UPDATE version SET first = first + 17 WHERE id = 5`,
		"version ends earlier":        `UPDATE version SET last = first + 17 WHERE id = 5`,
		"version ends nowhere":        `UPDATE version SET last = 7777 WHERE id = 5`,
		"version reopened":            `UPDATE version SET last = 2147483647 WHERE id = (SELECT min(id) FROM version WHERE last < 2147483647)`,
		"version of other collection": `UPDATE version SET collection = 3 WHERE id = 5`,
		"documents swapped":           `UPDATE version SET start = (SELECT start FROM version v WHERE v.id = 11 - version.id), length = (SELECT length FROM version v WHERE v.id = 11 - version.id) WHERE id IN (5, 6)`,
		"document cut":                `UPDATE version SET length = length - 1 WHERE id = 5`,
		"document without end":        `UPDATE version SET length = 9223372036854775807 WHERE id = 5`,
		"first one without end":       `UPDATE version SET length = 9223372036854775807 WHERE id = (SELECT id FROM version WHERE start = 0 LIMIT 1)`,
		"document elsewhere":          `UPDATE version SET block = 2 WHERE id = 5`,
		"block deleted":               `DELETE FROM block WHERE id = 2`,
		"block added":                 `INSERT INTO block (size, data) SELECT size, data FROM block WHERE id = 1`,
		"blocks swapped":              `UPDATE block SET id = 99 WHERE id = 1; UPDATE block SET id = 1 WHERE id = 2; UPDATE block SET id = 2 WHERE id = 99`,
		"block's size changed":        `UPDATE block SET size = size + 1 WHERE id = 1`,
		"head deleted":                `DELETE FROM head WHERE id = 1`,
		"head emptied":                `DELETE FROM head`,
		"head changed":                `UPDATE head SET entries = zeroblob(length(entries)) WHERE id = 1`,
		"head moved":                  `UPDATE head SET collection = 99 WHERE id = 1`,
		"table added":                 `CREATE TABLE x (y)`,
		"trigger added":               `CREATE TRIGGER x AFTER INSERT ON version BEGIN DELETE FROM block; END`,
		"index dropped":               `DROP INDEX version_first`,
		"chain's end forgotten":       `DELETE FROM chain`,
		"chain's end moved":           `UPDATE chain SET snapshots = 4, head = (SELECT id FROM snapshot WHERE seq = 4)`,
		"history emptied":             `DELETE FROM snapshot; DELETE FROM capture`,
	} {
		t.Run(name, func(t *testing.T) {
			damaged := filepath.Join(t.TempDir(), "damaged.db")
			if err := os.WriteFile(damaged, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			tamper(t, damaged, statements)
			seal(t, damaged)
			if found, _ := problems(t, damaged); len(found) == 0 {
				t.Error("not found")
			}
		})
	}
}

// tamper carries out statements, each of which must change something.
func tamper(tb testing.TB, path, statements string) {
	tb.Helper()
	list := strings.Split(statements, "; ")
	if strings.HasPrefix(statements, "CREATE TRIGGER") {
		list = []string{statements}
	}
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	for _, statement := range list {
		result, err := db.Exec(statement)
		if err != nil {
			tb.Fatal(err)
		}
		if n, _ := result.RowsAffected(); n == 0 && !strings.HasPrefix(statement, "CREATE") && !strings.HasPrefix(statement, "DROP") {
			tb.Fatalf("%s: changed nothing", statement)
		}
	}
}

// seal makes the checksums of the pages those of the history as it is.
func seal(tb testing.TB, path string) {
	tb.Helper()
	s, err := store.Open(context.Background(), path, store.Options{Busy: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Close()
	if err := s.Seal(context.Background()); err != nil {
		tb.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	absent := filepath.Join(dir, "absent.db")
	if _, err := store.Open(ctx, absent, store.Options{}); !errors.Is(err, store.ErrNoHistory) {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Stat(absent); err == nil {
		t.Error("open made a file")
	}

	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, empty, store.Options{}); !errors.Is(err, store.ErrNoHistory) {
		t.Errorf("an empty file: %v", err)
	}
	if info, err := os.Stat(empty); err != nil || info.Size() > 0 {
		t.Error("open wrote to the empty file")
	}
	for _, open := range []func(context.Context, string, store.Options) (*store.Store, error){store.Open, store.Create} {
		if _, err := open(ctx, dir, store.Options{}); !errors.Is(err, store.ErrNotHistory) {
			t.Errorf("a directory: %v", err)
		}
	}

	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, bytes.Repeat([]byte("not a database, but long enough to be one. "), 99), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(context.Context, string, store.Options) (*store.Store, error){store.Open, store.Create} {
		before, _ := os.ReadFile(text)
		if _, err := open(ctx, text, store.Options{}); !errors.Is(err, store.ErrNotHistory) {
			t.Errorf("a text: %v", err)
		}
		if after, _ := os.ReadFile(text); !bytes.Equal(before, after) {
			t.Error("the text was changed")
		}
	}

	for name, statement := range map[string]string{
		"another program's":     `CREATE TABLE x (y)`,
		"another's, with a log": `PRAGMA journal_mode = WAL; CREATE TABLE x (y)`,
		"newer":                 `PRAGMA application_id = 1768190067; PRAGMA user_version = 99`,
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".db")
		db, err := sqlx.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		_, err = store.Create(ctx, path, store.Options{})
		if name == "newer" && !errors.Is(err, store.ErrNewer) || name != "newer" && !errors.Is(err, store.ErrNotHistory) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("%s: was changed", name)
		}
	}
}
