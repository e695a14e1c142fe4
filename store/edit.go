package store

import (
	"bytes"
	"cmp"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// edit is one change of a set: entry comes to it, in the place of one with the same
// key if there is one, or the one with that key goes.
type edit struct {
	place uint64
	entry entry
	goes  bool
}

func (e edit) key() key { return e.entry.key() }

// byPlace orders edits as nodes take them.
func byPlace(a, b edit) int {
	if order := cmp.Compare(a.place, b.place); order != 0 {
		return order // without a look at the keys, which lie elsewhere in memory
	}
	return bytes.Compare(a.key(), b.key())
}

// asInLeaf orders edits as a leaf has its entries.
func asInLeaf(a, b edit) int { return bytes.Compare(a.key(), b.key()) }

// apply carries out the edits, of which no two have the same key. It reorders them,
// and returns the rows of the leaves that are no more.
func (t *tree) apply(edits []edit) (gone []int64) {
	const worthwhile = 256
	if len(edits) < worthwhile {
		slices.SortFunc(edits, byPlace)
		t.root.apply(edits, &gone)
		return gone
	}
	if t.root.children == nil {
		t.root.grow(&gone)
	}
	var lost [fan][]int64
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, part := range deal(edits) {
		if len(part) > 0 {
			c := t.root.child(i)
			g.Go(func() error {
				slices.SortFunc(part, byPlace)
				c.apply(part, &lost[i])
				c.sum(nil)
				return nil
			})
		}
	}
	_ = g.Wait() // there are no errors
	gone = append(gone, slices.Concat(lost[:]...)...)
	t.root.settle(&gone)
	return gone
}

// deal puts the edits into the order of the root's children and gives each child's
// share.
func deal(edits []edit) (parts [fan][]edit) {
	var counts [fan]int
	for _, e := range edits {
		counts[child(e.place, 0)]++
	}
	dealt := make([]edit, len(edits))
	rest := dealt
	for i, n := range counts {
		parts[i], rest = rest[:0:n], rest[n:]
	}
	for _, e := range edits {
		i := child(e.place, 0)
		parts[i] = append(parts[i], e)
	}
	return parts
}

// grow makes a leaf an inner node, however few its entries are.
func (n *node) grow(gone *[]int64) {
	entries := appendEntries(nil, n.entries)
	if n.row != 0 {
		*gone = append(*gone, n.row)
	}
	n.divide(entries, gone)
}

func (n *node) apply(edits []edit, gone *[]int64) {
	switch {
	case len(edits) == 0:
	case n.children != nil:
		for i, part := range n.split(edits) {
			if len(part) > 0 {
				n.child(i).apply(part, gone)
			}
		}
		n.settle(gone)
	case n.count+len(edits) <= leafMax || n.level >= maxLevel:
		n.splice(edits)
	default:
		n.setEntries(merge(n.entries, edits), gone)
	}
}

// split gives each child's share of the edits, which are ordered by place.
func (n *node) split(edits []edit) (parts [fan][]edit) {
	for i := 0; len(edits) > 0; i++ {
		end, _ := slices.BinarySearchFunc(edits, i+1, func(e edit, i int) int { return cmp.Compare(child(e.place, n.level), i) })
		parts[i], edits = edits[:end], edits[end:]
	}
	return parts
}

// settle brings an inner node up to date with its children.
func (n *node) settle(gone *[]int64) {
	n.hashed = false
	n.count, n.active = 0, 0
	for _, c := range n.children {
		if c != nil {
			n.add(c)
		}
	}
	if n.count <= leafMax {
		n.fold(gone)
	}
}

// splice carries out edits in a leaf that has room for them.
func (n *node) splice(edits []edit) {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, asInLeaf)
	size := len(n.entries)
	for _, e := range edits {
		size += len(e.entry)
	}
	n.uuids = n.uuids || n.count == 0
	mixed := false
	var spliced []byte // up to from; nil as long as nothing moves
	for from, at := 0, 0; ; {
		if len(edits) == 0 {
			if spliced != nil {
				n.entries = append(spliced, n.entries[from:]...)
			}
			break
		}
		e := edits[0]
		edits = edits[1:]
		var old entry
		var found bool
		if at, found = n.position(e.key(), at); found {
			old, _ = next(n.entries[at:])
			n.tally(old, -1)
		}
		if !e.goes {
			n.tally(e.entry, +1)
			mixed = mixed || e.entry[0] != 0
			if found && len(old) == len(e.entry) {
				copy(old, e.entry)
				continue
			}
		}
		if spliced == nil {
			spliced = make([]byte, 0, size)
		}
		spliced = append(spliced, n.entries[from:at]...)
		if !e.goes {
			spliced = append(spliced, e.entry...)
		}
		at += len(old)
		from = at
	}
	n.uuids = n.uuids && !mixed
	n.dirty, n.hashed = true, false
}

// placed is an entry on its way into a leaf. Its place is computed when a leaf
// splits, which is seldom, unless an edit brought it along.
type placed struct {
	entry entry
	place uint64
	known bool
}

func (p *placed) child(level int) int {
	if !p.known {
		p.place, p.known = p.entry.key().place(), true
	}
	return child(p.place, level)
}

// setEntries makes a leaf hold the entries, or splits it where they are too many.
func (n *node) setEntries(entries []placed, gone *[]int64) {
	if len(entries) <= leafMax || n.level >= maxLevel {
		size := 0
		for _, p := range entries {
			size += len(p.entry)
		}
		n.entries = make([]byte, 0, size)
		for _, p := range entries {
			n.entries = append(n.entries, p.entry...)
		}
		n.tallyAll()
		n.dirty, n.hashed = true, false
		return
	}
	if n.row != 0 {
		*gone = append(*gone, n.row)
	}
	n.divide(entries, gone)
}

// divide gives the entries to children.
func (n *node) divide(entries []placed, gone *[]int64) {
	n.entries, n.row, n.dirty, n.hashed = nil, 0, false, false
	n.children = make([]*node, fan)
	var parts [fan][]placed
	for _, p := range entries {
		i := p.child(n.level)
		parts[i] = append(parts[i], p)
	}
	n.count, n.active = 0, 0
	for i, part := range parts {
		if len(part) > 0 {
			c := n.child(i)
			c.setEntries(part, gone)
			n.add(c)
		}
	}
}

// fold makes an inner node whose entries have become few a leaf again.
func (n *node) fold(gone *[]int64) {
	var all []placed
	n.each(func(leaf *node) {
		if leaf.row != 0 {
			*gone = append(*gone, leaf.row)
		}
		all = appendEntries(all, leaf.entries)
	})
	slices.SortFunc(all, func(a, b placed) int { return bytes.Compare(a.entry.key(), b.entry.key()) })
	n.children = nil
	n.setEntries(all, gone)
}

// merge gives the entries with the edits carried out, in the order of keys.
func merge(entries []byte, edits []edit) []placed {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, asInLeaf)
	merged := make([]placed, 0, len(edits)+len(entries)/(uuidKeyLen+fixedLen))
	put := func(e edit) {
		if !e.goes {
			merged = append(merged, placed{e.entry, e.place, true})
		}
	}
	for len(entries) > 0 {
		var e entry
		e, entries = next(entries)
		for len(edits) > 0 && bytes.Compare(edits[0].key(), e.key()) < 0 {
			put(edits[0])
			edits = edits[1:]
		}
		if len(edits) > 0 && bytes.Equal(edits[0].key(), e.key()) {
			put(edits[0])
			edits = edits[1:]
			continue
		}
		merged = append(merged, placed{entry: e})
	}
	for _, e := range edits {
		put(e)
	}
	return merged
}

func appendEntries(list []placed, entries []byte) []placed {
	for len(entries) > 0 {
		var e entry
		e, entries = next(entries)
		list = append(list, placed{entry: e})
	}
	return list
}
