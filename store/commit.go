package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Commit records the snapshot with what was recorded of its complete captures, in
// one transaction, and returns it with its id. The draft is used up, whether or
// not that succeeds.
func (d *Draft) Commit(ctx context.Context, sn snapshot.Snapshot) (snapshot.Snapshot, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all packer
	var recordings []*recording
	for _, c := range sn.Captures {
		if r := d.recordings[c.Collection]; c.Status == snapshot.Complete {
			if r == nil || !r.finished {
				return sn, fmt.Errorf("record %s: its reading was not finished", c.Collection)
			}
			all.take(&r.packer)
			recordings = append(recordings, r)
		}
	}
	all.flush()
	err := inTx(ctx, d.store.writer, func(tx *sqlx.Tx) error {
		return newWriter(tx).snapshot(ctx, &sn, recordings, all.full)
	})
	if err != nil {
		return sn, translate(fmt.Errorf("record snapshot of %s: %w", sn.Target, err), d.store.path)
	}
	// The snapshot is recorded. Without a seal Verify checks the contents alone.
	_ = d.store.seal(ctx)
	return sn, nil
}

// writer writes one snapshot within a transaction. Its statements are closed by
// the transaction's end.
type writer struct {
	tx      *sqlx.Tx
	inserts map[int]*sqlx.Stmt // of so many versions
}

func newWriter(tx *sqlx.Tx) *writer { return &writer{tx, map[int]*sqlx.Stmt{}} }

func (w *writer) snapshot(ctx context.Context, sn *snapshot.Snapshot, recordings []*recording, blocks []*block) error {
	var target int64
	err := w.tx.GetContext(ctx, &target, `INSERT INTO target (name) VALUES (?)
		ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id`, sn.Target.String())
	if err != nil {
		return err
	}
	var previous []byte
	if err := w.tx.GetContext(ctx, &previous, `SELECT id FROM snapshot ORDER BY seq DESC LIMIT 1`); err != nil && !noRows(err) {
		return err
	}
	manifest, id, err := newManifest(*sn, hex.EncodeToString(previous))
	if err != nil {
		return err
	}
	var seq int64
	err = w.tx.GetContext(ctx, &seq, `INSERT INTO snapshot (id, target, manifest) VALUES (?, ?, ?) RETURNING seq`, id[:], target, string(manifest))
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO chain (id, snapshots, head) VALUES (1, 1, ?)
		ON CONFLICT (id) DO UPDATE SET snapshots = chain.snapshots + 1, head = excluded.head`, id[:])
	if err != nil {
		return err
	}
	if err := w.blocks(ctx, blocks); err != nil {
		return err
	}
	for _, r := range recordings {
		if err := w.capture(ctx, r, target, seq); err != nil {
			return fmt.Errorf("%s: %w", r.collection, err)
		}
	}
	sn.ID = id.String()
	return nil
}

func (w *writer) blocks(ctx context.Context, blocks []*block) error {
	insert, err := w.tx.PreparexContext(ctx, `INSERT INTO block (size, data) VALUES (?, ?) RETURNING id`)
	if err != nil {
		return err
	}
	for _, b := range blocks {
		<-b.done
		if b.err != nil {
			return b.err
		}
		if err := insert.GetContext(ctx, &b.row, b.size, b.data); err != nil {
			return err
		}
		b.data = nil
	}
	return nil
}

// capture records one reading: the capture, the versions that end and begin with
// it, and the leaves of the tree that are not as they were.
func (w *writer) capture(ctx context.Context, r *recording, target, seq int64) error {
	err := w.tx.GetContext(ctx, &r.row, `INSERT INTO collection (target, kind, provider) VALUES (?, ?, ?)
		ON CONFLICT (target, kind, provider) DO UPDATE SET provider = excluded.provider RETURNING id`,
		target, r.collection.Kind, r.collection.Provider)
	if err != nil {
		return err
	}
	if err := w.unmoved(ctx, r, target, seq); err != nil {
		return err
	}
	var capture int64
	err = w.tx.GetContext(ctx, &capture, `INSERT INTO capture (snapshot, collection) VALUES (?, ?) RETURNING id`, seq, r.row)
	if err != nil {
		return err
	}
	if err := w.end(ctx, r, capture); err != nil {
		return err
	}
	before, err := w.begin(ctx, r, capture)
	if err != nil {
		return err
	}
	return w.head(ctx, r, before)
}

// unmoved checks that the head is still the one that the recording was compared
// with. That its newest capture is of the same snapshot does not tell: another one
// may have come and been forgotten, which makes the head anew. The row of such a
// snapshot stays, without captures.
func (w *writer) unmoved(ctx context.Context, r *recording, target, seq int64) error {
	var unmoved bool
	err := w.tx.GetContext(ctx, &unmoved, `SELECT ? = coalesce((SELECT snapshot FROM capture WHERE collection = ? ORDER BY id DESC LIMIT 1), 0)
		AND NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.target = ? AND s.seq > ? AND s.seq < ?
			AND NOT EXISTS (SELECT 1 FROM capture WHERE snapshot = s.seq))`,
		r.base, r.row, target, r.known, seq)
	if err == nil && !unmoved {
		err = ErrMoved
	}
	return err
}

// end lets versions end with the capture.
func (w *writer) end(ctx context.Context, r *recording, capture int64) error {
	update, err := w.tx.PreparexContext(ctx, `UPDATE version SET last = ? WHERE id = ?`)
	if err != nil {
		return err
	}
	for _, version := range r.closed {
		if _, err := update.ExecContext(ctx, capture, version); err != nil {
			return err
		}
	}
	return nil
}

// begin lets versions begin with the capture. Their numbers follow on before.
func (w *writer) begin(ctx context.Context, r *recording, capture int64) (before int64, err error) {
	if err := w.tx.GetContext(ctx, &before, `SELECT coalesce(max(id), 0) FROM version`); err != nil {
		return 0, err
	}
	for rows := r.opened; len(rows) > 0; {
		together := versionsAtOnce
		if len(rows) < together {
			together = 1
		}
		args := make([]any, 0, 3+3*together)
		args = append(args, before+int64(len(r.opened)-len(rows)), r.row, capture)
		for _, at := range rows[:together] {
			block, start := at.resolve()
			args = append(args, block, start, at.length)
		}
		insert := w.inserts[together]
		if insert == nil {
			if insert, err = w.tx.PreparexContext(ctx, insertVersions(together)); err != nil {
				return 0, err
			}
			w.inserts[together] = insert
		}
		if _, err := insert.ExecContext(ctx, args...); err != nil {
			return 0, err
		}
		rows = rows[together:]
	}
	return before, nil
}

// versionsAtOnce versions are inserted by one statement: that takes a third of the
// time that one by one takes.
const versionsAtOnce = 50

// insertVersions inserts so many versions. Its first three arguments are the id
// before theirs, the collection and the capture; three more of each version follow.
func insertVersions(n int) string {
	s := []byte("INSERT INTO version (id, collection, first, block, start, length) VALUES ")
	for i := range n {
		if i > 0 {
			s = append(s, ',')
		}
		s = fmt.Appendf(s, "(?1 + %d, ?2, ?3, ?%d, ?%d, ?%d)", i+1, 3*i+4, 3*i+5, 3*i+6)
	}
	return string(s)
}

// head writes the leaves that changed.
func (w *writer) head(ctx context.Context, r *recording, before int64) error {
	remove, err := w.tx.PreparexContext(ctx, `DELETE FROM head WHERE id = ?`)
	if err != nil {
		return err
	}
	insert, err := w.tx.PreparexContext(ctx, `INSERT INTO head (collection, node, entries, checksum) VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	update, err := w.tx.PreparexContext(ctx, `UPDATE head SET entries = ?, checksum = ? WHERE id = ?`)
	if err != nil {
		return err
	}
	exec := func(s *sqlx.Stmt, args ...any) {
		if err == nil {
			_, err = s.ExecContext(ctx, args...)
		}
	}
	for _, row := range r.gone {
		exec(remove, row)
	}
	r.tree.each(func(n *node) {
		switch {
		case !n.dirty:
		case len(n.entries) == 0:
			if n.row != 0 {
				exec(remove, n.row)
			}
		case n.row == 0:
			entries := n.toSave(before)
			exec(insert, r.row, n.id, entries, checksum(entries))
		default:
			entries := n.toSave(before)
			exec(update, entries, checksum(entries), n.row)
		}
	})
	return err
}

// checksum guards a leaf's row: what it holds beside keys and digests follows from
// nothing else in the history.
func checksum(entries []byte) []byte {
	sum := sha256.Sum256(entries)
	return sum[:8]
}

// toSave gives a leaf's entries as they are kept: without marks, and with the
// numbers that new versions now have.
func (n *node) toSave(before int64) []byte {
	for rest := n.entries; len(rest) > 0; {
		var e entry
		e, rest = next(rest)
		*e.mark() = 0
		if v := e.version(); v < 0 {
			e.setVersion(before - v)
		}
	}
	return n.entries
}
