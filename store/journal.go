package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
)

// Entry is one thing that happened in a run. What its event and its data mean is
// the business of who appends it.
type Entry struct {
	Seq   int64  // its place in the journal, from 1; Append gives it
	Run   string // never ""
	Event string
	At    time.Time // UTC
	Data  []byte
}

// AnyEntry is for Append: whatever the run's newest entry is.
const AnyEntry int64 = -1

// journalSchema is the first schema that has a journal.
const journalSchema = 2

// journalTime has one length for all times, so that they sort as text.
const journalTime = "2006-01-02T15:04:05.000000000Z"

// Append adds an entry to the end of the journal and gives its place, which
// e.Seq has no say in. Unless after is AnyEntry, the newest entry of the run must
// be the one in place after, or, where that is 0, the run must have none: else it
// is ErrRunMoved. An entry is there as a whole and survives a loss of power once
// Append has returned, or is not there at all.
//
// Append does not seal the file: that reads all of it, which takes many times as
// long as an entry does. Until Seal is called or a snapshot is recorded, Verify
// checks what the history says, and no space between the rows.
func (s *Store) Append(ctx context.Context, e Entry, after int64) (seq int64, err error) {
	return s.append(ctx, e, func(newestOfRun, _ int64) bool { return after < 0 || newestOfRun == after })
}

// AppendLast is Append for an entry that is to follow the one in place end, whatever
// run that is of, or, where end is 0, to be the first of all runs: else it is
// ErrRunMoved. What was decided by reading the whole journal then still holds.
func (s *Store) AppendLast(ctx context.Context, e Entry, end int64) (seq int64, err error) {
	return s.append(ctx, e, func(_, newest int64) bool { return newest == end })
}

func (s *Store) append(ctx context.Context, e Entry, may func(newestOfRun, newest int64) bool) (seq int64, err error) {
	if e.Run == noRun {
		return 0, errors.New("append to the journal: an entry of no run")
	}
	if err := s.catchUp(ctx); err != nil {
		return 0, fmt.Errorf("run %s: append %s: %w", e.Run, e.Event, err)
	}
	err = inTx(ctx, s.writer, func(tx *sqlx.Tx) (err error) {
		seq, err = appendEntry(ctx, tx, e, may)
		return err
	})
	if err != nil {
		return 0, translate(fmt.Errorf("run %s: append %s: %w", e.Run, e.Event, err), s.path)
	}
	return seq, nil
}

// appendEntry appends if it may, given the newest entries of the run and of any.
func appendEntry(ctx context.Context, tx *sqlx.Tx, e Entry, may func(newestOfRun, newest int64) bool) (int64, error) {
	if e.At = e.At.UTC(); e.At.Year() < 0 || e.At.Year() > 9999 {
		return 0, fmt.Errorf("RFC 3339 has no year %d", e.At.Year())
	}
	var end journalEnd
	// To go on from an end that is not the recorded one would make a damaged journal
	// look as if it had been written that way.
	err := tx.GetContext(ctx, &end, `SELECT entries, head FROM journal_head
		WHERE entries IS (SELECT coalesce(max(seq), 0) FROM journal)
		AND head IS coalesce((SELECT digest FROM journal ORDER BY seq DESC LIMIT 1), x'')`)
	if noRows(err) {
		return 0, fmt.Errorf("%w: the journal does not end with the entry that was its last", ErrCorrupt)
	}
	if err != nil {
		return 0, err
	}
	var newestOfRun, newest int64
	if err := tx.GetContext(ctx, &newestOfRun, `SELECT coalesce(max(seq), 0) FROM journal WHERE run = ?`, e.Run); err != nil {
		return 0, err
	}
	err = tx.GetContext(ctx, &newest, `SELECT coalesce((SELECT seq FROM journal WHERE run <> '' ORDER BY seq DESC LIMIT 1), 0)`)
	if err != nil {
		return 0, err
	}
	if !may(newestOfRun, newest) {
		return 0, ErrRunMoved
	}
	// Text, although Data is bytes: the journal can be read by hand.
	seq, at, data := end.Entries+1, e.At.Format(journalTime), string(e.Data)
	digest := entryDigest(end.Head, seq, e.Run, e.Event, at, data)
	if _, err := tx.ExecContext(ctx, `INSERT INTO journal (seq, run, event, at, data, digest) VALUES (?, ?, ?, ?, ?, ?)`,
		seq, e.Run, e.Event, at, data, digest); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE journal_head SET entries = ?, head = ?`, seq, digest)
	return seq, err
}

// journalEnd is the row of table journal_head.
type journalEnd struct {
	Entries int64  `db:"entries"`
	Head    []byte `db:"head"`
}

// entryDigest chains an entry to the one before it, whose digest is previous.
// With its length before each field, no two entries give the same bytes.
func entryDigest(previous []byte, seq int64, run, event, at, data string) []byte {
	h := sha256.New()
	for _, field := range []string{string(previous), strconv.FormatInt(seq, 10), run, event, at, data} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write([]byte(field))
	}
	return h.Sum(nil)
}

// Journal gives the entries of the run, or of all runs where run is "", in the
// order in which they were appended. What was done to the history itself is not
// among them (upkeep.go), so there are gaps between their places. A history of an
// older idpsnap has none. It does not recompute digests: Verify does.
func (s *Store) Journal(ctx context.Context, run string) ([]Entry, error) {
	var list []Entry
	err := inTx(ctx, s.reader, func(tx *sqlx.Tx) error {
		version, err := schemaVersion(ctx, tx)
		if err != nil || version < journalSchema {
			return err
		}
		if run == "" {
			list, err = entries(ctx, tx, `run <> ''`)
		} else {
			list, err = entries(ctx, tx, `run = ?`, run)
		}
		return err
	})
	if err != nil {
		return nil, translate(fmt.Errorf("read the journal: %w", err), s.path)
	}
	return list, nil
}

// entries gives those for which the condition holds.
func entries(ctx context.Context, tx *sqlx.Tx, condition string, args ...any) ([]Entry, error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, run, event, at, data FROM journal WHERE `+condition+` ORDER BY seq`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var list []Entry
	for rows.Next() {
		var e Entry
		var at string
		if err := rows.Scan(&e.Seq, &e.Run, &e.Event, &at, &e.Data); err != nil {
			return nil, err
		}
		if e.At, err = time.Parse(journalTime, at); err != nil {
			return nil, fmt.Errorf("%w: entry %d of the journal: %w", ErrCorrupt, e.Seq, err)
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
