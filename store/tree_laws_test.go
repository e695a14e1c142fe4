package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/snapshot"
)

// TestAnyEdits edits trees at random. What a tree is, its set alone decides, and not
// how it came about, nor whether it was saved and loaded in between.
func TestAnyEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ keys, seeds, short int }{{300, 20, 5}, {900, 12, 4}, {9000, 4, 1}, {20_000, 2, 1}} {
		seeds := c.seeds
		if testing.Short() {
			seeds = c.short
		}
		for seed := range seeds {
			t.Run(fmt.Sprintf("%d keys, seed %d", c.keys, seed), func(t *testing.T) {
				t.Parallel()
				e := newEditedTree(c.keys, uint64(seed))
				for range 8 {
					e.edit(t)
					e.check(t)
					if e.random.IntN(2) == 0 {
						e.save(t)
						e.check(t)
					}
				}
			})
		}
	}
}

// editedTree is a tree that is edited, and what it should hold.
type editedTree struct {
	random *rand.Rand
	tree   *tree
	keys   []key
	places []uint64
	held   []entry // by key; nil where the tree does not have it
	table  map[int64]savedLeaf
	rows   int64 // that the table has had
}

// savedLeaf is a row of the table head.
type savedLeaf struct {
	node    int64
	entries []byte
}

// newEditedTree makes an empty tree, and the keys that it is going to hold.
func newEditedTree(keys int, seed uint64) *editedTree {
	e := &editedTree{random: rand.New(rand.NewPCG(seed, 7)), tree: newTree(), held: make([]entry, keys), table: map[int64]savedLeaf{}}
	others := []int{1, 7, 14, keys + 1}[e.random.IntN(4)] // every so many-th id is no UUID
	for i := range keys {
		a, b := e.random.Uint64(), e.random.Uint64()
		id := fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b&0xfff, b>>16)
		if (i+1)%others == 0 {
			id = fmt.Sprintf("%d-%s", i, strings.Repeat("x", e.random.IntN(200)))
		}
		k, err := packKey(nil, id)
		if err != nil {
			panic(err)
		}
		e.keys, e.places = append(e.keys, k), append(e.places, k.place())
	}
	return e
}

// edit edits few or many entries at once, as a recording does: those that go lie in
// the tree's own memory, and the memory of the others is used again.
func (e *editedTree) edit(t *testing.T) {
	t.Helper()
	sizes := []int{0, 1, 3, 40, 255, 256, 257, 600, len(e.keys) / 2, len(e.keys)}
	size := min(sizes[e.random.IntN(len(sizes))], len(e.keys))
	going := e.random.IntN(4) // of four
	edits := make([]edit, 0, size)
	for _, i := range e.random.Perm(len(e.keys))[:size] {
		d := edit{place: e.places[i], entry: e.entry(i), goes: e.random.IntN(4) < going}
		switch {
		case !d.goes:
			e.held[i] = bytes.Clone(d.entry)
		case e.held[i] != nil: // else there is nothing that could go
			if d.entry = e.tree.find(e.keys[i], e.places[i]); d.entry == nil {
				t.Fatalf("%s is lost", e.keys[i].id())
			}
			e.held[i] = nil
		}
		edits = append(edits, d)
	}
	added := slices.DeleteFunc(slices.Clone(edits), func(d edit) bool { return d.goes })
	for _, row := range e.tree.apply(edits) {
		delete(e.table, row)
	}
	for _, d := range added {
		copy(d.entry, bytes.Repeat([]byte{0xff}, len(d.entry)))
	}
}

// entry makes an entry of the key, of a document that no other has.
func (e *editedTree) entry(i int) entry {
	var digest snapshot.Digest
	for at := range digest {
		digest[at] = byte(e.random.Uint32())
	}
	made := newEntry(nil, e.keys[i], [16]byte{}, digest, [8]byte{}, e.random.IntN(2) == 0)
	made.setVersion(e.random.Int64())
	return made
}

// save writes what changed, as Commit does, and loads the tree anew.
func (e *editedTree) save(t *testing.T) {
	t.Helper()
	e.tree.each(func(n *node) {
		switch {
		case !n.dirty:
		case len(n.entries) == 0:
			delete(e.table, n.row)
		default:
			if n.row == 0 {
				e.rows++
				n.row = e.rows
			}
			e.table[n.row] = savedLeaf{n.id, bytes.Clone(n.entries)}
		}
	})
	e.tree = newTree()
	for row, leaf := range e.table { // in any order
		if !e.tree.load(leaf.node, row, bytes.Clone(leaf.entries)) {
			t.Fatalf("the leaf %d of row %d is refused", leaf.node, row)
		}
	}
}

// check compares the tree with what it should be.
func (e *editedTree) check(t *testing.T) {
	t.Helper()
	var set []placed
	active := 0
	for i, want := range e.held {
		if got := e.tree.find(e.keys[i], e.places[i]); !bytes.Equal(got, want) {
			t.Fatalf("%s: %x is found, want %x", e.keys[i].id(), got, want)
		}
		if want == nil {
			continue
		}
		set = append(set, placed{entry: want, place: e.places[i]})
		if want.active() {
			active++
		}
	}
	if root := e.tree.root; root.count != len(set) || root.active != active {
		t.Fatalf("%d entries, %d active, want %d and %d", root.count, root.active, len(set), active)
	}
	leaves, want := map[int64][]byte{}, map[int64][]byte{}
	if digest := asDefined(set, rootID, 0, want); e.tree.sum() != digest {
		t.Fatalf("of %d entries the digest is %s, want %s", len(set), e.tree.sum(), digest)
	}
	e.tree.each(func(n *node) {
		if len(n.entries) > 0 { // one that has lost all may stay
			leaves[n.id] = n.entries
		}
	})
	if !maps.EqualFunc(leaves, want, bytes.Equal) {
		t.Fatalf("of %d entries the %d leaves are not the %d that they should be", len(set), len(leaves), len(want))
	}
}

// asDefined gives the leaves and the digest of a set, by the definition of a tree.
func asDefined(set []placed, id int64, level int, leaves map[int64][]byte) snapshot.Digest {
	text := []byte{0}
	if len(set) <= leafMax {
		slices.SortFunc(set, func(a, b placed) int { return bytes.Compare(a.entry.key(), b.entry.key()) })
		for _, p := range set {
			leaves[id] = append(leaves[id], p.entry...)
			text = append(append(text, p.entry.key()...), p.entry.digest()...)
		}
		return sha256.Sum256(text)
	}
	text[0] = 1
	var parts [fan][]placed
	for _, p := range set {
		i := p.place << (fanBits * level) >> (64 - fanBits)
		parts[i] = append(parts[i], p)
	}
	for i, part := range parts {
		d := asDefined(part, id*fan+int64(i), level+1, leaves)
		text = append(text, d[:]...)
	}
	return sha256.Sum256(text)
}
