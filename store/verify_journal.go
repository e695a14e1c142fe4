package store

import (
	"bytes"
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// journalRow is a row of table journal as it may be after someone edited it:
// scanned into bytes, any value can be read, and judged.
type journalRow struct {
	Seq    int64  `db:"seq"`
	Run    []byte `db:"run"`
	Event  []byte `db:"event"`
	At     []byte `db:"at"`
	Data   []byte `db:"data"`
	Digest []byte `db:"digest"`
	Typed  bool   `db:"typed"` // its values are text and blob as they were written
}

func (r *journalRow) where() string { return entryName(string(r.Run), r.Seq) }

// VerifyJournal is Verify for the journal alone, for whoever is about to go on where it
// ends.
func (s *Store) VerifyJournal(ctx context.Context) ([]snapshot.Problem, error) {
	v := &verifier{store: s}
	err := inTx(ctx, s.reader, func(tx *sqlx.Tx) error { return v.journal(ctx, tx) })
	return v.result.Problems, translate(err, s.path)
}

// journal recomputes the chain of the journal's entries and checks where it ends.
// Each entry is held against the digest that the one before it has, right or
// wrong, so that a changed entry is named and not all that follow it.
func (v *verifier) journal(ctx context.Context, tx *sqlx.Tx) error {
	version, err := schemaVersion(ctx, tx)
	if err != nil || version < journalSchema {
		return err // of an older idpsnap, which this process may only read
	}
	var tables int
	if err := tx.GetContext(ctx, &tables, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('journal', 'journal_head')`); err != nil {
		return err
	}
	if tables < 2 {
		v.problem("journal", "is missing")
		return nil
	}
	end, err := v.journalEnd(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := tx.QueryxContext(ctx, `SELECT seq, run, event, at, data, digest,
		typeof(run) || typeof(event) || typeof(at) || typeof(data) || typeof(digest) = 'texttexttexttextblob' AS typed
		FROM journal ORDER BY seq`)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	last := journalEnd{}
	for rows.Next() {
		var r journalRow
		if err := rows.StructScan(&r); err != nil {
			return err
		}
		if v.journalEntry(&r, last, end) {
			last = journalEnd{Entries: r.Seq, Head: r.Digest}
		}
	}
	if err := rows.Err(); err != nil || end == nil {
		return err
	}
	switch {
	case last.Entries < end.Entries:
		v.problem("journal", "ends with entry %d, but entry %d was recorded: what followed is missing", last.Entries, end.Entries)
	case last.Entries == end.Entries && !bytes.Equal(last.Head, end.Head):
		v.problem("journal", "ends with another entry %d than the one that was recorded", last.Entries)
	}
	return nil
}

// journalEntry checks one entry against the one before it, and reports whether it
// has a place in the journal.
func (v *verifier) journalEntry(r *journalRow, last journalEnd, end *journalEnd) bool {
	if end != nil && r.Seq > end.Entries || r.Seq < 1 {
		v.problem(r.where(), "was not recorded, but added")
		return false
	}
	if missing := r.Seq - last.Entries - 1; missing > 0 {
		v.problem(r.where(), "follows entry %d: %d between them missing", last.Entries, missing)
		return true // what it was chained to is not there to check
	}
	if !r.Typed || !bytes.Equal(r.Digest, entryDigest(last.Head, r.Seq, string(r.Run), string(r.Event), string(r.At), string(r.Data))) {
		v.problem(r.where(), "is not what was recorded here")
	}
	return true
}

// journalEnd gives where the journal was when an entry was last appended, and nil
// where that cannot be told.
func (v *verifier) journalEnd(ctx context.Context, tx *sqlx.Tx) (*journalEnd, error) {
	var end journalEnd
	err := tx.GetContext(ctx, &end, `SELECT entries, head FROM journal_head WHERE typeof(entries) = 'integer' AND typeof(head) = 'blob'`)
	if noRows(err) {
		v.problem("journal", "where it ended is not recorded any more")
		return nil, nil //nolint:nilnil // as said above
	}
	return &end, err
}
