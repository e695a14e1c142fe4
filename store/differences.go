package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Differences yields the resources whose documents differ in any byte between the
// snapshots with the full ids a and b, which must be of one target; of the given
// kinds or, without any, of all; in display order. A collection that only one of
// the two has a complete capture of is yielded whole, with the other side nil: what
// that means the caller decides. What changed and changed back is no difference.
// The cost is that of what changed between the two. It takes no lock while it
// yields, and however many there are it holds a part of them in memory at a time.
func (s *Store) Differences(ctx context.Context, a, b string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Pair, error] {
	return s.DifferencesIn(ctx, a, b, ofKinds(kinds))
}

// DifferencesIn yields what Differences does, of the collections that are wanted.
func (s *Store) DifferencesIn(ctx context.Context, a, b string, wanted func(snapshot.Collection) bool) iter.Seq2[snapshot.Pair, error] {
	return func(yield func(snapshot.Pair, error) bool) {
		if err := s.differences(ctx, a, b, wanted, yield); err != nil {
			yield(snapshot.Pair{}, translate(fmt.Errorf("compare snapshots %s and %s: %w", snapshot.ShortID(a), snapshot.ShortID(b), err), s.path))
		}
	}
}

func (s *Store) differences(ctx context.Context, a, b string, wanted func(snapshot.Collection) bool, yield func(snapshot.Pair, error) bool) error {
	var q *comparison
	ask := func(ctx context.Context) (sel *selection, err error) {
		if q, err = s.compare(ctx, a, b, wanted); err != nil {
			return nil, err
		}
		return &q.selection, nil
	}
	return s.walk(ctx, ask, func(list []*found) (more bool, err error) {
		for len(list) > 0 {
			n := versionsOfFirst(list)
			p, err := q.pair(list[:n])
			if err != nil {
				return false, err
			}
			list = list[n:]
			if p.A != nil && p.B != nil && bytes.Equal(p.A.Document, p.B.Document) {
				continue
			}
			if !yield(p, nil) {
				return false, nil
			}
		}
		return true, nil
	})
}

// comparison selects what was seen by one of two snapshots, but not by the other.
type comparison struct {
	selection
	older, newer snapshotRow
	isNew        map[int64]bool // collections that only the newer one has
	backwards    bool           // the newer one is a
}

// compare prepares the comparison of the snapshots a and b.
func (s *Store) compare(ctx context.Context, a, b string, wanted func(snapshot.Collection) bool) (q *comparison, err error) {
	q = &comparison{isNew: map[int64]bool{}}
	if q.older, err = s.captures(ctx, a, wanted); err != nil {
		return nil, fmt.Errorf("%s: %w", snapshot.ShortID(a), err)
	}
	if q.newer, err = s.captures(ctx, b, wanted); err != nil {
		return nil, fmt.Errorf("%s: %w", snapshot.ShortID(b), err)
	}
	if q.older.target != q.newer.target {
		return nil, errors.New("they are of different targets")
	}
	if q.backwards = q.older.seq > q.newer.seq; q.backwards {
		q.older, q.newer = q.newer, q.older
	}
	both, onlyOlder, onlyNewer := matched(q.older.captures, q.newer.captures)
	q.add(both, q.older.bound, q.newer.bound)
	q.add(onlyOlder, 0, q.older.bound)
	q.add(onlyNewer, 0, q.newer.bound)
	for _, c := range onlyNewer {
		q.isNew[c.collection] = true
	}
	return q, nil
}

// pair puts the versions of one resource on the sides that they are of.
func (q *comparison) pair(versions []*found) (p snapshot.Pair, err error) {
	for _, f := range versions {
		side := &p.A
		if (f.first > q.older.bound || q.isNew[f.collection]) != q.backwards {
			side = &p.B
		}
		if *side != nil {
			return p, fmt.Errorf("%w: %s %s is there twice", ErrCorrupt, f.Collection, f.ID)
		}
		*side = &f.Resource
	}
	return p, nil
}

// matched says which collections two snapshots have captures of.
func matched(a, b []capture) (both, onlyA, onlyB []capture) {
	inA := map[int64]bool{}
	for _, c := range a {
		inA[c.collection] = true
	}
	inBoth := map[int64]bool{}
	for _, c := range b {
		if inA[c.collection] {
			inBoth[c.collection] = true
			both = append(both, c)
		} else {
			onlyB = append(onlyB, c)
		}
	}
	for _, c := range a {
		if !inBoth[c.collection] {
			onlyA = append(onlyA, c)
		}
	}
	return both, onlyA, onlyB
}
