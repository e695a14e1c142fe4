package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"runtime"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// found is a version that was read.
type found struct {
	snapshot.Resource
	span
}

// read gives the versions that the selection asks for, in display order and, of one
// resource, oldest first.
func (s *Store) read(ctx context.Context, sel *selection) ([]*found, error) {
	shares, err := s.shares(ctx, sel)
	if err != nil {
		return nil, err
	}
	return s.readShares(ctx, sel, shares)
}

func (s *Store) readShares(ctx context.Context, sel *selection, shares []share) ([]*found, error) {
	lists := make([][]found, len(shares))
	err := s.eachShare(ctx, shares, func(ctx context.Context, r *reader, i int, spans []span) (err error) {
		lists[i], err = r.find(ctx, sel, spans)
		return err
	})
	if err != nil {
		return nil, err
	}
	return inOrder(sel, lists), nil
}

// find reads the versions at the spans.
func (r *reader) find(ctx context.Context, sel *selection, spans []span) ([]found, error) {
	list := make([]found, 0, len(spans))
	err := r.each(ctx, sel, spans, func(p span, held snapshot.Resource) error {
		held.Document = r.keep(held.Document)
		list = append(list, found{held, p})
		return nil
	})
	return list, err
}

// inOrder sorts by the collection's rank and the beginning of the id, which mostly
// is a UUID: that decides almost always, and is compared at once.
func inOrder(sel *selection, lists [][]found) []*found {
	type sortable struct {
		rank, prefix uint64
		*found
	}
	total := 0
	for _, list := range lists {
		total += len(list)
	}
	ranks := sel.ranks()
	all := make([]sortable, 0, total)
	for _, list := range lists {
		for i := range list {
			f := &list[i]
			var prefix [8]byte
			copy(prefix[:], f.ID)
			all = append(all, sortable{uint64(ranks[f.collection]), binary.BigEndian.Uint64(prefix[:]), f}) //nolint:gosec // not negative
		}
	}
	all = sorted(all, func(a, b sortable) int {
		switch {
		case a.rank != b.rank:
			return cmp.Compare(a.rank, b.rank)
		case a.prefix != b.prefix:
			return cmp.Compare(a.prefix, b.prefix)
		}
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.first, b.first))
	}, runtime.GOMAXPROCS(0))
	list := make([]*found, len(all))
	for i, f := range all {
		list[i] = f.found
	}
	return list
}

// sorted sorts the list on several processors. It gives the list, or new memory.
func sorted[E any](list []E, compare func(a, b E) int, processors int) []E {
	if processors < 2 || len(list) < 1<<12 {
		slices.SortFunc(list, compare)
		return list
	}
	left, right := list[:len(list)/2], list[len(list)/2:]
	done := make(chan struct{})
	go func() {
		left = sorted(left, compare, processors/2)
		close(done)
	}()
	right = sorted(right, compare, processors-processors/2)
	<-done
	merged := make([]E, 0, len(list))
	for len(left) > 0 && len(right) > 0 {
		if compare(left[0], right[0]) <= 0 {
			merged, left = append(merged, left[0]), left[1:]
		} else {
			merged, right = append(merged, right[0]), right[1:]
		}
	}
	return append(append(merged, left...), right...)
}
