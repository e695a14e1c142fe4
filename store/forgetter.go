package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// forgetter takes the captures of snapshots out of their collections, within a
// transaction. Its cost is that of the versions that began or ended with them.
type forgetter struct{ tx *sqlx.Tx }

func (f *forgetter) forget(ctx context.Context, list []kept) error {
	seqs := make([]int64, 0, len(list))
	for _, k := range list {
		seqs = append(seqs, k.seq)
	}
	numbers, err := json.Marshal(seqs)
	if err != nil {
		return err
	}
	snapshots := string(numbers)
	var collections []collectionRow
	if err := f.tx.SelectContext(ctx, &collections, `SELECT id, kind FROM collection
		WHERE id IN (SELECT collection FROM capture WHERE snapshot IN (SELECT value FROM json_each(?)))`, snapshots); err != nil {
		return err
	}
	for _, c := range collections {
		if err := f.collection(ctx, c, snapshots); err != nil {
			return err
		}
	}
	if _, err := f.tx.ExecContext(ctx, `DELETE FROM capture WHERE snapshot IN (SELECT value FROM json_each(?))`, snapshots); err != nil {
		return err
	}
	for _, c := range collections {
		for _, statement := range []string{
			`DELETE FROM head WHERE collection = ?1 AND ?1 NOT IN (SELECT collection FROM capture)`,
			`DELETE FROM collection WHERE id = ?1 AND ?1 NOT IN (SELECT collection FROM capture)`,
		} {
			if _, err := f.tx.ExecContext(ctx, statement, c.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// collectionRow is of a row of that table what is wanted here.
type collectionRow struct {
	ID   int64         `db:"id"`
	Kind snapshot.Kind `db:"kind"`
}

// gap is where captures of a collection go: after a capture that stays, or 0, and
// before one that does, or stillSeen.
type gap struct{ after, before int64 }

func (f *forgetter) gaps(ctx context.Context, collection int64, snapshots string) ([]gap, error) {
	var captures []struct {
		ID   int64 `db:"id"`
		Goes bool  `db:"goes"`
	}
	err := f.tx.SelectContext(ctx, &captures, `SELECT id, snapshot IN (SELECT value FROM json_each(?)) AS goes
		FROM capture WHERE collection = ? ORDER BY id`, snapshots, collection)
	if err != nil {
		return nil, err
	}
	var gaps []gap
	open := false
	last := gap{before: stillSeen}
	for _, c := range captures {
		if c.Goes {
			open = true
			continue
		}
		if open {
			gaps = append(gaps, gap{last.after, c.ID})
		}
		open, last.after = false, c.ID
	}
	if open {
		gaps = append(gaps, last)
	}
	return gaps, nil
}

// collection closes the gaps in the captures of a collection: what only they saw
// goes, and what began or ended with one of them does so with the next that stays.
func (f *forgetter) collection(ctx context.Context, c collectionRow, snapshots string) error {
	gaps, err := f.gaps(ctx, c.ID, snapshots)
	if err != nil {
		return err
	}
	for _, g := range gaps {
		if g.before == stillSeen && g.after > 0 {
			if err := f.rewind(ctx, c, g.after); err != nil {
				return err
			}
		}
		for _, statement := range []string{
			`DELETE FROM version WHERE collection = ?1 AND first > ?2 AND first < ?3 AND last <= ?3`,
			`UPDATE version SET first = ?3 WHERE collection = ?1 AND first > ?2 AND first < ?3`,
			`UPDATE version SET last = ?3 WHERE collection = ?1 AND last > ?2 AND last < ?3 AND last < 2147483647`,
		} {
			if _, err := f.tx.ExecContext(ctx, statement, c.ID, g.after, g.before); err != nil {
				return err
			}
		}
	}
	return nil
}

// rewind makes the head of a collection what the capture held: what began after it
// goes, and what ended after it comes back. What stays keeps the digest of the bytes
// that it was served as: its document is the same.
func (f *forgetter) rewind(ctx context.Context, c collectionRow, to int64) error {
	r := &recording{row: c.ID, tree: newTree()}
	if err := eachHead(ctx, f.tx, c.ID, r.tree.load); err != nil {
		return err
	}
	changes := map[string]edit{}
	put := func(e entry, goes bool) {
		changes[string(e.key())] = edit{place: e.key().place(), entry: e, goes: goes}
	}

	var began []int64
	if err := f.tx.SelectContext(ctx, &began, `SELECT id FROM version WHERE collection = ? AND first > ? AND last = 2147483647 ORDER BY id`, c.ID, to); err != nil {
		return err
	}
	r.tree.each(func(n *node) {
		for rest := n.entries; len(rest) > 0; {
			var e entry
			e, rest = next(rest)
			if _, goes := slices.BinarySearch(began, e.version()); goes {
				put(bytes.Clone(e), true)
			}
		}
	})
	var ended []placeRow
	if err := f.tx.SelectContext(ctx, &ended, `SELECT id, block, start, length FROM version
		WHERE collection = ? AND last > ? AND last < 2147483647 AND first <= ? ORDER BY block, start`, c.ID, to, to); err != nil {
		return err
	}
	err := eachDocument(ctx, f.tx, ended, func(p placeRow, d snapshot.Document) error {
		e, err := entryOf(c.Kind, d, p.ID)
		if err == nil {
			put(e, false)
		}
		return err
	})
	if err != nil {
		return err
	}
	edits := make([]edit, 0, len(changes))
	for _, e := range changes {
		edits = append(edits, e)
	}
	r.gone = r.tree.apply(edits)
	return newWriter(f.tx).head(ctx, r, 0)
}

// entryOf makes the entry of a version out of its document. How that was served is
// not known any more: the next reading compares the document itself.
func entryOf(kind snapshot.Kind, d snapshot.Document, version int64) (entry, error) {
	id, err := snapshot.IDOf(kind, d)
	if err != nil {
		return nil, fmt.Errorf("%w: version %d: %w", ErrCorrupt, version, err)
	}
	k, err := packKey(nil, id)
	if err != nil {
		return nil, fmt.Errorf("%w: version %d: %w", ErrCorrupt, version, err)
	}
	settings, err := snapshot.Settings(kind, d)
	if err != nil {
		return nil, fmt.Errorf("%w: version %d: %w", ErrCorrupt, version, err)
	}
	sum := sha256.Sum256(settings)
	e := newEntry(nil, k, [16]byte{}, sha256.Sum256(d), [8]byte(sum[:8]), kind == snapshot.SCIMUser && d.IsActive())
	e.setVersion(version)
	return e, nil
}

// placeRow is of a version where its document lies.
type placeRow struct {
	ID     int64 `db:"id"`
	Block  int64 `db:"block"`
	Start  int64 `db:"start"`
	Length int64 `db:"length"`
}

// eachDocument calls visit with the documents that lie there, which come block by
// block and in their order. A document's memory is used again afterwards.
func eachDocument(ctx context.Context, tx *sqlx.Tx, list []placeRow, visit func(p placeRow, d snapshot.Document) error) error {
	var raw []byte
	for i, p := range list {
		at := int64(0) // where the document may begin
		if i > 0 && list[i-1].Block == p.Block {
			at = list[i-1].Start + list[i-1].Length
		} else {
			var block struct {
				Size int    `db:"size"`
				Data []byte `db:"data"`
			}
			err := tx.GetContext(ctx, &block, `SELECT size, data FROM block WHERE id = ?`, p.Block)
			if noRows(err) {
				err = fmt.Errorf("%w: block %d is missing", ErrCorrupt, p.Block)
			}
			if err == nil {
				raw, err = unpackBlock(p.Block, block.Data, block.Size, raw)
			}
			if err != nil {
				return err
			}
		}
		end := p.Start + p.Length
		if p.Start < at || end <= p.Start || end > int64(len(raw)) {
			return fmt.Errorf("%w: version %d at %d to %d of block %d, which has %d bytes", ErrCorrupt, p.ID, p.Start, end, p.Block, len(raw))
		}
		if err := visit(p, raw[p.Start:end:end]); err != nil {
			return err
		}
	}
	return nil
}
