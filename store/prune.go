package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Pruned is what Prune did.
type Pruned struct {
	Before, After int64 // bytes of the file
	Deleted       int   // blocks of which nothing was used any more
	Rewritten     int   // blocks of which a part was not
}

// Prune takes out of the file what forgotten snapshots alone held, and makes the
// file as small as it can be. Where it is killed, the next one goes on; where there
// is no room to make the file smaller, what was forgotten is gone from it all the
// same, and the error says so. Where there is nothing to do it writes nothing.
func (s *Store) Prune(ctx context.Context, at time.Time) (done Pruned, err error) {
	defer func() {
		info, statErr := s.file.Stat()
		if err = errors.Join(err, statErr); statErr == nil {
			done.After = info.Size()
		}
	}()
	info, err := s.file.Stat()
	if err != nil {
		return done, fmt.Errorf("prune: %w", err)
	}
	done.Before = info.Size()
	if err := s.catchUp(ctx); err != nil {
		return done, fmt.Errorf("prune: %w", err)
	}
	wrote := false
	err = s.unchecked(ctx, func(tx *sqlx.Tx) error {
		u, err := readUpkeep(ctx, tx)
		if err != nil || !u.holes {
			return err
		}
		wrote = true
		p := &pruner{tx: tx}
		if err := p.blocks(ctx); err != nil {
			return err
		}
		done.Deleted, done.Rewritten = p.done.Deleted, p.done.Rewritten
		return note(ctx, tx, prunedEvent, at, p.done)
	})
	if err != nil {
		done.Deleted, done.Rewritten = 0, 0
		return done, translate(fmt.Errorf("prune: %w", err), s.path)
	}
	shrunk, err := s.shrink(ctx)
	if wrote || shrunk {
		_ = s.seal(ctx) // without a seal Verify checks the contents alone
	}
	return done, err
}

// shrink gives the pages that are free back to the file system.
func (s *Store) shrink(ctx context.Context) (tried bool, err error) {
	var free int
	if err := s.reader.GetContext(ctx, &free, `PRAGMA freelist_count`); err != nil || free == 0 {
		return false, translate(err, s.path)
	}
	// A new seal has the size that the smaller file wants, and so frees no page.
	_, err = s.writer.ExecContext(ctx, `DELETE FROM seal`)
	if err == nil {
		_, err = s.writer.ExecContext(ctx, `VACUUM`)
	}
	var e sqlite3.Error
	if errors.As(err, &e) && (e.Code == sqlite3.ErrFull || e.Code == sqlite3.ErrIoErr) {
		return true, fmt.Errorf("%s: what was forgotten is gone from the history, but there is no room to make the file smaller: %w", s.path, err)
	}
	if err != nil {
		err = translate(fmt.Errorf("make the file smaller: %w", err), s.path)
	}
	return true, err
}

// pruner rewrites blocks within a transaction.
type pruner struct {
	tx     *sqlx.Tx
	done   deed
	packer packer
	moved  []movedVersion // whose new block has no row yet
}

type movedVersion struct {
	id int64
	at location
}

// blocks deletes those of which nothing is used, and puts what is used of others into
// new ones. The numbers of these are new, too: who read before where a document lies
// finds nothing there, instead of something else.
func (p *pruner) blocks(ctx context.Context) error {
	var all []struct {
		ID   int64 `db:"id"`
		Size int64 `db:"size"`
		Used int64 `db:"used"`
	}
	err := p.tx.SelectContext(ctx, &all, `SELECT b.id, b.size, coalesce(v.used, 0) AS used FROM block b
		LEFT JOIN (SELECT block, sum(length) AS used FROM version GROUP BY block) v ON v.block = b.id ORDER BY b.id`)
	if err != nil {
		return err
	}
	var unused, holed []int64
	for _, b := range all {
		switch {
		case b.Used == 0:
			unused = append(unused, b.ID)
		case b.Used != b.Size:
			holed = append(holed, b.ID)
		}
	}
	const share = 256 // blocks, whose versions fit into a few megabytes
	for list := range slices.Chunk(holed, share) {
		if err := p.repack(ctx, list); err != nil {
			return err
		}
	}
	p.packer.flush()
	if err := p.write(ctx); err != nil {
		return err
	}
	p.done = deed{Deleted: len(unused), Rewritten: len(holed)}
	return p.exec(ctx, `DELETE FROM block WHERE id IN (SELECT value FROM json_each(?))`, append(unused, holed...))
}

func (p *pruner) exec(ctx context.Context, statement string, ids []int64) error {
	text, err := json.Marshal(ids)
	if err == nil {
		_, err = p.tx.ExecContext(ctx, statement, string(text))
	}
	return err
}

// repack packs the documents of the blocks anew.
func (p *pruner) repack(ctx context.Context, blocks []int64) error {
	text, err := json.Marshal(blocks)
	if err != nil {
		return err
	}
	var list []placeRow
	if err := p.tx.SelectContext(ctx, &list, `SELECT id, block, start, length FROM version
		WHERE block IN (SELECT value FROM json_each(?)) ORDER BY block, start`, string(text)); err != nil {
		return err
	}
	const enough = 16 // blocks, which are compressed in the background
	return eachDocument(ctx, p.tx, list, func(at placeRow, d snapshot.Document) error {
		p.moved = append(p.moved, movedVersion{at.ID, p.packer.add(d)})
		if len(p.packer.full) < enough {
			return nil
		}
		return p.write(ctx)
	})
}

// write writes the blocks that are full, and where the documents in them lie now.
func (p *pruner) write(ctx context.Context) error {
	if err := newWriter(p.tx).blocks(ctx, p.packer.full); err != nil {
		return err
	}
	p.packer.full = nil
	update, err := p.tx.PreparexContext(ctx, `UPDATE version SET block = ?, start = ? WHERE id = ?`)
	if err != nil {
		return err
	}
	defer update.Close() //nolint:errcheck // the transaction's end closes it, too
	waiting := p.moved[:0]
	for _, m := range p.moved {
		row, start := m.at.resolve()
		if row == 0 {
			waiting = append(waiting, m)
			continue
		}
		if _, err := update.ExecContext(ctx, row, start, m.id); err != nil {
			return err
		}
	}
	p.moved = waiting
	return nil
}
