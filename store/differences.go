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
// yields.
func (s *Store) Differences(ctx context.Context, a, b string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Pair, error] {
	return func(yield func(snapshot.Pair, error) bool) {
		if err := s.differences(ctx, a, b, kinds, yield); err != nil {
			yield(snapshot.Pair{}, translate(fmt.Errorf("compare snapshots %s and %s: %w", snapshot.ShortID(a), snapshot.ShortID(b), err), s.path))
		}
	}
}

func (s *Store) differences(ctx context.Context, a, b string, kinds []snapshot.Kind, yield func(snapshot.Pair, error) bool) error {
	older, err := s.captures(ctx, a, kinds)
	if err != nil {
		return fmt.Errorf("%s: %w", snapshot.ShortID(a), err)
	}
	newer, err := s.captures(ctx, b, kinds)
	if err != nil {
		return fmt.Errorf("%s: %w", snapshot.ShortID(b), err)
	}
	if older.target != newer.target {
		return errors.New("they are of different targets")
	}
	backwards := older.seq > newer.seq
	if backwards {
		older, newer = newer, older
	}
	both, onlyOlder, onlyNewer := matched(older.captures, newer.captures)
	var sel selection
	sel.add(both, older.bound, newer.bound)
	sel.add(onlyOlder, 0, older.bound)
	sel.add(onlyNewer, 0, newer.bound)
	isNew := map[int64]bool{}
	for _, c := range onlyNewer {
		isNew[c.collection] = true
	}
	list, err := s.read(ctx, &sel)
	if err != nil {
		return err
	}
	for len(list) > 0 {
		var p snapshot.Pair
		first := list[0]
		for ; len(list) > 0 && list[0].collection == first.collection && list[0].ID == first.ID; list = list[1:] {
			side := &p.A
			if (list[0].first > older.bound || isNew[list[0].collection]) != backwards {
				side = &p.B
			}
			if *side != nil {
				return fmt.Errorf("%w: %s %s is there twice", ErrCorrupt, first.Collection, first.ID)
			}
			*side = &list[0].Resource
		}
		if p.A != nil && p.B != nil && bytes.Equal(p.A.Document, p.B.Document) {
			continue
		}
		if !yield(p, nil) {
			return nil
		}
	}
	return nil
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
