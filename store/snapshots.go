package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"runtime"
	"slices"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/idpsnap/idpsnap/snapshot"
)

// manifestRow is of a row of table snapshot what it says of itself.
type manifestRow struct {
	ID       string `db:"id"`
	Manifest []byte `db:"manifest"`
}

// Snapshots gives every snapshot that the history holds, of all targets, oldest
// first. Those that were forgotten are not among them: Forgotten gives those.
func (s *Store) Snapshots(ctx context.Context) ([]snapshot.Snapshot, error) {
	var rows []manifestRow
	var u *upkeep
	err := inTx(ctx, s.reader, func(tx *sqlx.Tx) (err error) {
		if u, err = readUpkeep(ctx, tx); err != nil {
			return err
		}
		return tx.SelectContext(ctx, &rows, `SELECT lower(hex(id)) AS id, manifest FROM snapshot ORDER BY seq`)
	})
	if err != nil {
		return nil, translate(fmt.Errorf("list snapshots: %w", err), s.path)
	}
	rows = slices.DeleteFunc(rows, func(r manifestRow) bool { return u.refuse(r.ID) != nil })
	list := make([]snapshot.Snapshot, len(rows))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	const share = 32
	for begin := 0; begin < len(list); begin += share {
		g.Go(func() (err error) {
			for i := begin; i < min(begin+share, len(list)); i++ {
				if list[i], _, err = readManifest(rows[i].Manifest); err != nil {
					return err
				}
				list[i].Pin = u.whyPinned(rows[i].ID)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return list, nil
}

// Resources yields what the snapshot with the full id holds, of the given kinds or,
// without any, of all, in display order. It takes no lock while it yields, and
// however many there are it holds a part of them in memory at a time.
func (s *Store) Resources(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		if err := s.resources(ctx, id, kinds, yield); err != nil {
			yield(snapshot.Resource{}, translate(fmt.Errorf("read snapshot %s: %w", snapshot.ShortID(id), err), s.path))
		}
	}
}

func (s *Store) resources(ctx context.Context, id string, kinds []snapshot.Kind, yield func(snapshot.Resource, error) bool) error {
	ask := func(ctx context.Context) (*selection, error) {
		held, err := s.captures(ctx, id, ofKinds(kinds))
		var all selection
		all.add(held.captures, 0, held.bound)
		return &all, err
	}
	return s.walk(ctx, ask, func(list []*found) (more bool, err error) {
		for _, f := range list {
			if !yield(f.Resource, nil) {
				return false, nil
			}
		}
		return true, nil
	})
}

// ofKinds tells the collections of the kinds or, without any, of all.
func ofKinds(kinds []snapshot.Kind) func(snapshot.Collection) bool {
	return func(c snapshot.Collection) bool { return len(kinds) == 0 || slices.Contains(kinds, c.Kind) }
}

// capture is a row of that table.
type capture struct {
	snapshot.Collection
	row, collection int64
}

// snapshotRow is a row of that table, with complete captures of the snapshot.
type snapshotRow struct {
	seq, target int64
	captures    []capture
	bound       int64 // none of captures has a higher row, none of a later snapshot a lower
}

// captures gives the complete captures of a snapshot, of the collections that are
// wanted.
func (s *Store) captures(ctx context.Context, id string, wanted func(snapshot.Collection) bool) (held snapshotRow, err error) {
	digest, err := hex.DecodeString(id)
	if err != nil {
		return held, fmt.Errorf("%w: %q", ErrNoSnapshot, id)
	}
	if err := s.reader.QueryRowContext(ctx, `SELECT seq, target FROM snapshot WHERE id = ?`, digest).Scan(&held.seq, &held.target); err != nil {
		if noRows(err) {
			return held, ErrNoSnapshot
		}
		return held, err
	}
	err = inTx(ctx, s.reader, func(tx *sqlx.Tx) error {
		u, err := readUpkeep(ctx, tx)
		if err != nil {
			return err
		}
		return u.refuse(hex.EncodeToString(digest))
	})
	if err != nil {
		return held, err
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT a.id, c.id, c.kind, c.provider FROM capture a
		JOIN collection c ON c.id = a.collection WHERE a.snapshot = ?`, held.seq)
	if err != nil {
		return held, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var c capture
		if err := rows.Scan(&c.row, &c.collection, &c.Kind, &c.Provider); err != nil {
			return held, err
		}
		if wanted(c.Collection) {
			held.captures = append(held.captures, c)
			held.bound = max(held.bound, c.row)
		}
	}
	if err := rows.Err(); err != nil {
		return held, err
	}
	var later bool
	err = s.reader.GetContext(ctx, &later, `SELECT EXISTS (SELECT 1 FROM capture a
		JOIN capture b ON b.collection = a.collection AND b.id > a.id AND b.id <= ? WHERE a.snapshot = ?)`, held.bound, held.seq)
	if err == nil && later {
		err = fmt.Errorf("%w: captures of later snapshots are numbered as if they were its own", ErrCorrupt)
	}
	return held, err
}
