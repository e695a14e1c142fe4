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

// readShares gives the versions of the shares, in display order and, of one
// resource, oldest first.
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
		if sel.namesOnly != nil && sel.namesOnly(p) {
			held.Document = nil
		} else {
			held.Document = r.keep(held.Document)
		}
		list = append(list, found{held, p})
		return nil
	})
	return list, err
}

// inOrder sorts by the collection's rank and the beginning of the id, which mostly
// is a UUID: that decides almost always, and is compared at once.
func inOrder(sel *selection, lists [][]found) []*found {
	type sortable struct {
		rank   int
		prefix uint64
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
			all = append(all, sortable{ranks[f.collection], prefixOf(f.ID), f})
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

// prefixOf is the beginning of an id: of two ids, the one with the lower prefix
// comes first.
func prefixOf(id string) uint64 {
	var prefix [8]byte
	copy(prefix[:], id)
	return binary.BigEndian.Uint64(prefix[:])
}

// versionsOfFirst counts the versions at the beginning of the list that are of one
// resource.
func versionsOfFirst(list []*found) (n int) {
	for n < len(list) && list[n].collection == list[0].collection && list[n].ID == list[0].ID {
		n++
	}
	return n
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
