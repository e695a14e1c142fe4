package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// TestTamperedJournalIsNamed edits a journal of six entries, and wants to be told
// which one of which run is not right.
func TestTamperedJournalIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s := create(t, path)
	journaled(t, s, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const add = `INSERT INTO journal (seq, run, event, at, data, digest) SELECT %d, run, event, at, data, digest FROM journal WHERE seq = 2`
	const swap = `UPDATE journal SET seq = 99 WHERE seq = %[1]d; UPDATE journal SET seq = %[1]d WHERE seq = %[2]d; UPDATE journal SET seq = %[2]d WHERE seq = 99`
	for name, c := range map[string]struct{ statements, where string }{
		"data changed":             {`UPDATE journal SET data = '{"n":7}' WHERE seq = 3`, "run a, entry 3"},
		"data to a blob":           {`UPDATE journal SET data = CAST(data AS BLOB) WHERE seq = 3`, "run a, entry 3"},
		"event changed":            {`UPDATE journal SET event = 'x' WHERE seq = 4`, "run b, entry 4"},
		"time changed":             {`UPDATE journal SET at = '2026-01-06T03:00:01.000000001Z' WHERE seq = 2`, "run b, entry 2"},
		"first one's time":         {`UPDATE journal SET at = 'x' WHERE seq = 1`, "run a, entry 1"},
		"last one's data":          {`UPDATE journal SET data = data || ' ' WHERE seq = 6`, "run b, entry 6"},
		"given to another run":     {`UPDATE journal SET run = 'b' WHERE seq = 3`, "run b, entry 3"},
		"letter moved":             {`UPDATE journal SET run = 'ae', event = substr(event, 2) WHERE seq = 3`, "run ae, entry 3"},
		"digest changed":           {`UPDATE journal SET digest = randomblob(32) WHERE seq = 3`, "run a, entry 3"},
		"digest to a text":         {`UPDATE journal SET digest = hex(digest) WHERE seq = 6`, "run b, entry 6"},
		"first one removed":        {`DELETE FROM journal WHERE seq = 1`, "run b, entry 2"},
		"one removed":              {`DELETE FROM journal WHERE seq = 3`, "run b, entry 4"},
		"run removed":              {`DELETE FROM journal WHERE run = 'a'`, "run b, entry 2"},
		"removed, places closed":   {`DELETE FROM journal WHERE seq = 3; UPDATE journal SET seq = seq - 1 WHERE seq > 3`, "run b, entry 3"},
		"last one removed":         {`DELETE FROM journal WHERE seq = 6`, "journal"},
		"last three removed":       {`DELETE FROM journal WHERE seq > 3`, "journal"},
		"all removed":              {`DELETE FROM journal`, "journal"},
		"added at the end":         {fmt.Sprintf(add, 7), "run b, entry 7"},
		"added far behind":         {fmt.Sprintf(add, int64(1<<63-1)), "run b, entry 9223372036854775807"},
		"added in front":           {fmt.Sprintf(add, 0), "run b, entry 0"},
		"added far in front":       {fmt.Sprintf(add, -1<<63), "run b, entry -9223372036854775808"},
		"added in the middle":      {`UPDATE journal SET seq = seq + 101 WHERE seq > 3; UPDATE journal SET seq = seq - 100 WHERE seq > 100; ` + fmt.Sprintf(add, 4), "run b, entry 4"},
		"neighbours swapped":       {fmt.Sprintf(swap, 3, 4), "run b, entry 3"},
		"two of one run swapped":   {fmt.Sprintf(swap, 2, 6), "run b, entry 2"},
		"last two swapped":         {fmt.Sprintf(swap, 5, 6), "run b, entry 5"},
		"end forgotten":            {`DELETE FROM journal_head`, "journal"},
		"emptied, end forgotten":   {`DELETE FROM journal; DELETE FROM journal_head`, "journal"},
		"end moved back":           {`UPDATE journal_head SET entries = 5, head = (SELECT digest FROM journal WHERE seq = 5)`, "run b, entry 6"},
		"end moved on":             {`UPDATE journal_head SET entries = 7`, "journal"},
		"end is no number":         {`UPDATE journal_head SET entries = 'x'`, "journal"},
		"end's digest changed":     {`UPDATE journal_head SET head = randomblob(32)`, "journal"},
		"end's digest to a text":   {`UPDATE journal_head SET head = CAST(head AS TEXT)`, "journal"},
		"last one, with digest":    {`UPDATE journal SET data = '', digest = randomblob(32) WHERE seq = 6`, "run b, entry 6"},
		"journal dropped":          {`DROP TABLE journal`, "schema"},
		"both dropped":             {`DROP TABLE journal; DROP TABLE journal_head`, "schema"},
		"index dropped":            {`DROP INDEX journal_run`, "schema"},
		"taken for an older one":   {`PRAGMA user_version = 1`, "schema"},
		"deletes set up to happen": {`CREATE TRIGGER x AFTER INSERT ON journal BEGIN DELETE FROM journal; END`, "schema"},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := filepath.Join(t.TempDir(), "damaged.db")
			if err := os.WriteFile(damaged, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			edit(t, damaged, c.statements)
			found, _ := problems(t, damaged)
			if len(found) == 0 {
				t.Fatal("not found")
			}
			if found[0].Where != c.where {
				t.Errorf("%s is named first, want %s", found[0].Where, c.where)
			}
			for _, p := range found {
				t.Log(p.Where + ": " + p.What)
			}
		})
	}
}

// TestDamagedEndIsNotGoneOnFrom appends to journals whose end is not the recorded
// one.
func TestDamagedEndIsNotGoneOnFrom(t *testing.T) {
	for name, statements := range map[string]string{
		"last one removed": `DELETE FROM journal WHERE seq = 4`,
		"all removed":      `DELETE FROM journal`,
		"one added":        `INSERT INTO journal SELECT 5, run, event, at, data, digest FROM journal WHERE seq = 4`,
		"digest changed":   `UPDATE journal SET digest = randomblob(32) WHERE seq = 4`,
		"end forgotten":    `DELETE FROM journal_head`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.db")
			s := create(t, path)
			journaled(t, s, 2)
			edit(t, path, statements)
			ctx := context.Background()
			before, err := s.Journal(ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			if seq, err := s.Append(ctx, store.Entry{Run: "c", Event: "e"}, store.AnyEntry); !errors.Is(err, store.ErrCorrupt) || seq != 0 {
				t.Errorf("%d, %v", seq, err)
			}
			if after, err := s.Journal(ctx, ""); err != nil || len(after) != len(before) {
				t.Errorf("%d entries were %d, %v", len(after), len(before), err)
			}
		})
	}
}

func TestJournalWithATimeThatIsNoneIsDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s := create(t, path)
	journaled(t, s, 1)
	edit(t, path, `UPDATE journal SET at = 'yesterday'`)
	if list, err := s.Journal(context.Background(), "a"); !errors.Is(err, store.ErrCorrupt) || list != nil {
		t.Errorf("%v, %v", list, err)
	}
}

// TestAnyEntries appends random entries, and then edits one value of the journal's
// tables, or takes a row away.
func TestAnyEntries(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history.db")
	rapid.Check(t, func(t *rapid.T) {
		s, err := store.Create(context.Background(), path, store.Options{Busy: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(path)
		defer s.Close()
		all := storetest.Entries(t, history{s}, func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) })

		place := rapid.IntRange(1, len(all)).Draw(t, "edited place")
		table, where := "journal", fmt.Sprint(" WHERE seq = ", place)
		column := rapid.SampledFrom([]string{"seq", "run", "event", "at", "data", "digest", "entries", "head", "row"}).Draw(t, "edited column")
		if column == "entries" || column == "head" {
			table, where = "journal_head", ""
		}
		to := rapid.SampledFrom([]string{
			column + " || 'x'", "x'00' || " + column, "substr(" + column + ", 2)", "CAST(" + column + " AS BLOB)", "CAST(" + column + " AS TEXT)",
			column + " + 1", "-1", "7", "1.5", "''", "x''", "randomblob(32)", "upper(" + column + ")", "(SELECT " + column + " FROM " + table + " LIMIT 1)",
		}).Draw(t, "edited to")
		statement := "UPDATE " + table + " SET " + column + " = " + to + where
		if column == "row" {
			statement = "DELETE FROM journal" + where
		}
		before := rows(t, path)
		db, err := sqlx.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		_, refused := db.Exec(statement) // by a constraint
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if refused != nil || rows(t, path) == before {
			return
		}
		v, err := s.Verify(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Problems) == 0 {
			t.Fatalf("%s: not found", statement)
		}
	})
}

// rows are the journal's tables as SQLite has them.
func rows(t *rapid.T, path string) string {
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var list []string
	err = db.Select(&list, `SELECT concat_ws(' ', seq, quote(CAST(run AS BLOB)), typeof(run), quote(CAST(event AS BLOB)), typeof(event), quote(CAST(at AS BLOB)),
		typeof(at), quote(CAST(data AS BLOB)), typeof(data), quote(CAST(digest AS BLOB)), typeof(digest)) FROM journal
		UNION ALL SELECT concat_ws(' ', entries, typeof(entries), quote(CAST(head AS BLOB)), typeof(head)) FROM journal_head`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, "\n")
}
