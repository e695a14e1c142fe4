package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Snapshots gives every snapshot of the history, of all targets, oldest first.
func (s *Store) Snapshots(ctx context.Context) ([]snapshot.Snapshot, error) {
	var manifests [][]byte
	if err := s.reader.SelectContext(ctx, &manifests, `SELECT manifest FROM snapshot ORDER BY seq`); err != nil {
		return nil, translate(fmt.Errorf("list snapshots: %w", err), s.path)
	}
	list := make([]snapshot.Snapshot, len(manifests))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	const share = 32
	for begin := 0; begin < len(list); begin += share {
		g.Go(func() (err error) {
			for i := begin; i < min(begin+share, len(list)); i++ {
				if list[i], _, err = readManifest(manifests[i]); err != nil {
					return err
				}
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
// without any, of all, in display order. It takes no lock while it yields.
func (s *Store) Resources(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		if err := s.resources(ctx, id, kinds, yield); err != nil {
			yield(snapshot.Resource{}, translate(fmt.Errorf("read snapshot %s: %w", snapshot.ShortID(id), err), s.path))
		}
	}
}

func (s *Store) resources(ctx context.Context, id string, kinds []snapshot.Kind, yield func(snapshot.Resource, error) bool) error {
	held, err := s.captures(ctx, id, kinds)
	if err != nil {
		return err
	}
	var all selection
	all.add(held.captures, 0, held.bound)
	list, err := s.read(ctx, &all)
	if err != nil {
		return err
	}
	for _, f := range list {
		if !yield(f.Resource, nil) {
			return nil
		}
	}
	return nil
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

// captures gives the complete captures of a snapshot, of the given kinds or,
// without any, of all.
func (s *Store) captures(ctx context.Context, id string, kinds []snapshot.Kind) (held snapshotRow, err error) {
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
		if len(kinds) == 0 || slices.Contains(kinds, c.Kind) {
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
