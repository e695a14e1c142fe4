package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// forge appends an entry to the journal as idpsnap would: no digest tells.
func forge(tb testing.TB, path, event, data string) {
	tb.Helper()
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	var seq int64
	var head []byte
	if err := db.QueryRow(`SELECT entries + 1, head FROM journal_head`).Scan(&seq, &head); err != nil {
		tb.Fatal(err)
	}
	const at = "2027-01-01T00:00:00.000000000Z"
	h := sha256.New()
	for _, field := range []string{string(head), fmt.Sprint(seq), "", event, at, data} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write([]byte(field))
	}
	digest := h.Sum(nil)
	if _, err := db.Exec(`INSERT INTO journal VALUES (?, '', ?, ?, ?, ?)`, seq, event, at, data, digest); err != nil {
		tb.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE journal_head SET entries = ?, head = ?`, seq, digest); err != nil {
		tb.Fatal(err)
	}
}

// TestTamperedUpkeepIsFound edits a history in which snapshots 2, 3 and 5 of 5 were
// forgotten, in entries 21 to 23 of the journal.
func TestTamperedUpkeepIsFound(t *testing.T) {
	t.Parallel()
	path, nights := forgetful(t)
	pruned := filepath.Join(t.TempDir(), "pruned.db")
	copyFile(t, path, pruned)
	s := create(t, pruned)
	if _, err := s.Prune(context.Background(), later); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	short := func(n int) string { return "snapshot " + snapshot.ShortID(nights[n-1].ID) }
	const back = `INSERT INTO capture (id, snapshot, collection) SELECT 20 + id, 2, collection FROM capture WHERE snapshot = 1`
	const end = `UPDATE journal_head SET (entries, head) = (SELECT seq, digest FROM journal ORDER BY seq DESC LIMIT 1)`
	for name, c := range map[string]struct {
		of, statements string
		event, data    string // of an entry that is forged
		where, what    string
	}{
		"captures deleted":           {of: path, statements: `DELETE FROM capture WHERE snapshot = 1`, where: short(1), what: "the capture is missing"},
		"captures deleted, pruned":   {of: pruned, statements: `DELETE FROM capture WHERE snapshot = 4`, where: short(4), what: "the capture is missing"},
		"entry removed":              {of: path, statements: `DELETE FROM journal WHERE seq = 21`, where: short(2), what: "the capture is missing"},
		"last entry and end removed": {of: path, statements: `DELETE FROM journal WHERE seq = 23; ` + end, where: short(5), what: "the capture is missing"},
		"all entries removed":        {of: path, statements: `DELETE FROM journal WHERE run = ''; ` + end, where: short(3), what: "the capture is missing"},
		"given to a run":             {of: path, statements: `UPDATE journal SET run = 'a' WHERE seq = 21`, where: "run a, entry 21", what: "is not what was recorded"},
		"of a run":                   {of: path, statements: `UPDATE journal SET run = '' WHERE seq = 20`, where: "upkeep, entry 20", what: "is not what was recorded"},
		"reason changed":             {of: path, statements: `UPDATE journal SET data = replace(data, '"x"', '"y"') WHERE seq = 22`, where: "upkeep, entry 22", what: "is not what was recorded"},
		"time changed":               {of: path, statements: `UPDATE journal SET at = replace(at, '2027', '2026') WHERE seq = 22`, where: "upkeep, entry 22", what: "is not what was recorded"},
		"another snapshot named":     {of: path, statements: `UPDATE journal SET data = replace(data, '` + nights[1].ID + `', '` + nights[0].ID + `') WHERE seq = 21`, where: short(1), what: "was forgotten, but 17 captures of it are there"},
		"event changed":              {of: path, statements: `UPDATE journal SET event = 'forgot' WHERE seq = 21`, where: "upkeep, entry 21", what: `is a "forgot"`},
		"captures back":              {of: path, statements: back, where: short(2), what: "was forgotten, but 17 captures of it are there"},
		"tombstone removed":          {of: path, statements: `DELETE FROM snapshot WHERE seq = 2`, where: "upkeep, entry 21", what: "which is not in the history"},
		"tombstone changed":          {of: path, statements: `UPDATE snapshot SET manifest = replace(manifest, '"tool":"test"', '"tool":"toast"') WHERE seq = 2`, where: short(2), what: "the manifest is not the one"},
		"version ends in a gap":      {of: path, statements: `UPDATE version SET last = 30 WHERE id = 5`, where: "of account", what: "versions end with capture 30"},
		"version removed":            {of: path, statements: `DELETE FROM version WHERE id = 5`, where: short(1), what: "resources"},
		"schema set back":            {of: path, statements: `PRAGMA user_version = 1`, where: "schema", what: "not those that idpsnap makes"},
		"block unused":               {of: pruned, statements: `INSERT INTO block (size, data) SELECT size, data FROM block LIMIT 1`, where: "history", what: "which no version uses"},
		"block with a hole":          {of: pruned, statements: `DELETE FROM version WHERE id = 5`, where: "block", what: "should begin at"},

		"forged: one that is there": {of: path, event: "forget", data: `{"snapshots":["` + nights[0].ID + `"]}`, where: short(1), what: "was forgotten, but 17 captures of it are there"},
		"forged: an unknown one":    {of: path, event: "forget", data: `{"snapshots":["\u001b[31m"]}`, where: "upkeep, entry 24", what: `names snapshot "\x1b[31m", which is not in the history`},
		"forged: pin of an unknown": {of: path, event: "pin", data: `{"snapshots":["00"],"why":"x"}`, where: "upkeep, entry 24", what: "which is not in the history"},
		"forged: no JSON":           {of: path, event: "prune", data: `<script>`, where: "upkeep, entry 24", what: "cannot be read"},
		"forged: an unknown event":  {of: path, event: "e", data: `{}`, where: "upkeep, entry 24", what: `is a "e"`},
		"forged: pruned":            {of: path, event: "prune", data: `{}`, where: "block", what: "should begin at"},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := filepath.Join(t.TempDir(), "damaged.db")
			copyFile(t, c.of, damaged)
			if c.statements != "" {
				edit(t, damaged, c.statements)
			} else {
				forge(t, damaged, c.event, c.data)
			}
			found, _ := problems(t, damaged)
			named := false
			for _, p := range found {
				named = named || strings.Contains(p.Where, c.where) && strings.Contains(p.What, c.what)
			}
			if !named {
				t.Errorf("want %s: %s, found", c.where, c.what)
				for _, p := range found {
					t.Log(p.Where + ": " + p.What)
				}
			}
		})
	}
}

// TestUnreadableUpkeepIsSaid: what may be forgotten does not pass for what is there.
func TestUnreadableUpkeepIsSaid(t *testing.T) {
	ctx := context.Background()
	for _, c := range [][2]string{{"forget", `{"snapshots":`}, {"e", `{}`}, {"forget", `{"snapshots":"all"}`}} {
		path, nights := forgetful(t)
		forge(t, path, c[0], c[1])
		s := create(t, path)
		_, listing := s.Snapshots(ctx)
		_, forgotten := s.Forgotten(ctx)
		_, pruning := s.Prune(ctx, later)
		var reading error
		for _, err := range s.Resources(ctx, nights[0].ID) {
			reading = err
		}
		for name, err := range map[string]error{
			"list": listing, "forgotten": forgotten, "read": reading, "prune": pruning,
			"forget": s.Forget(ctx, []string{nights[0].ID}, later, "x"), "pin": s.Pin(ctx, []string{nights[0].ID}, later, "x"),
		} {
			if !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("%s, %s: %v", c[1], name, err)
			}
		}
	}
}

func copyFile(tb testing.TB, from, to string) {
	tb.Helper()
	whole, err := os.ReadFile(from)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(to, whole, 0o600); err != nil {
		tb.Fatal(err)
	}
}
