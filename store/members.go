package store

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Members yields what the snapshot with the full id holds, of the given kinds or,
// without any, of all, in display order, each with the earliest snapshot of the
// history whose capture saw it. The documents of all versions up to the snapshot
// are looked at, of those that are over for the id alone. It takes no lock while it
// yields, and however many there are it holds a part of them in memory at a time.
func (s *Store) Members(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Member, error] {
	return func(yield func(snapshot.Member, error) bool) {
		if err := s.members(ctx, id, kinds, yield); err != nil {
			yield(snapshot.Member{}, translate(fmt.Errorf("read snapshot %s: %w", snapshot.ShortID(id), err), s.path))
		}
	}
}

func (s *Store) members(ctx context.Context, id string, kinds []snapshot.Kind, yield func(snapshot.Member, error) bool) error {
	var q *membership
	yielded := false
	ask := func(ctx context.Context) (*selection, error) {
		before := q
		var err error
		if q, err = s.membership(ctx, id, ofKinds(kinds)); err != nil {
			return nil, err
		}
		if yielded && !maps.Equal(before.snapshots, q.snapshots) {
			return nil, fmt.Errorf("%w: snapshots were forgotten", ErrRearranged)
		}
		return &q.selection, nil
	}
	return s.walk(ctx, ask, func(list []*found) (more bool, err error) {
		for len(list) > 0 {
			n := versionsOfFirst(list)
			m, held, err := q.member(list[:n])
			if err != nil {
				return false, err
			}
			list = list[n:]
			if !held {
				continue
			}
			yielded = true
			if !yield(m, nil) {
				return false, nil
			}
		}
		return true, nil
	})
}

// membership selects all that was seen at any time up to a snapshot: of what the
// snapshot no longer saw, the names only.
type membership struct {
	selection
	held      snapshotRow
	snapshots map[int64]string // ids of those up to this one, by their captures' rows
}

func (s *Store) membership(ctx context.Context, id string, wanted func(snapshot.Collection) bool) (q *membership, err error) {
	q = &membership{snapshots: map[int64]string{}}
	if q.held, err = s.captures(ctx, id, wanted); err != nil {
		return nil, err
	}
	if len(q.held.captures) == 0 {
		return q, nil
	}
	q.addWithGone(q.held.captures, q.held.bound)
	q.namesOnly = func(p span) bool { return p.last <= q.held.bound }
	rows, err := s.reader.QueryContext(ctx, `SELECT a.id, lower(hex(s.id)) FROM capture a JOIN snapshot s ON s.seq = a.snapshot
		WHERE `+inCollections+` AND a.id <= ?2`, q.stretches[0].rows(), q.held.bound)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var capture int64
		var id string
		if err := rows.Scan(&capture, &id); err != nil {
			return nil, err
		}
		q.snapshots[capture] = id
	}
	return q, rows.Err()
}

// member makes a member of all versions of one resource; held is false where the
// snapshot does not hold it.
func (q *membership) member(versions []*found) (m snapshot.Member, held bool, err error) {
	first := versions[0]
	for _, f := range versions {
		if q.namesOnly(f.span) {
			continue
		}
		if held {
			return m, false, fmt.Errorf("%w: %s %s is there twice", ErrCorrupt, f.Collection, f.ID)
		}
		m.Resource, held = f.Resource, true
	}
	if m.First = q.snapshots[first.first]; held && m.First == "" {
		return m, false, fmt.Errorf("%w: %s %s was first seen in capture %d, which is missing", ErrCorrupt, first.Collection, first.ID, first.first)
	}
	return m, held, nil
}
