package store

import (
	"bytes"
	"crypto/sha256"

	"github.com/idpsnap/idpsnap/snapshot"
)

// tree is the set of a collection's resources: a Merkle tree whose shape and
// digest follow from the set alone, not from how it came about. Its digest is what
// a manifest records of a capture.
//
// A node with more than leafMax entries has 32 children, by the next 5 bits of the
// SHA-256 of the key; any other is a leaf. The digest of a leaf is the SHA-256 of a
// 0 and of (key, document digest) in the order of keys; that of an inner node of a
// 1 and of its children's digests, an empty child counting as an empty leaf. So a
// night's changes cost the leaves that they touch.
type tree struct {
	root *node
}

const (
	leafMax  = 256
	fanBits  = 5
	fan      = 1 << fanBits
	maxLevel = 12 // beyond it the 64 bits of a place are used up
)

// node is one node of a tree. Its id is its path from the root, 5 bits a step,
// with a 1 before them.
type node struct {
	id       int64
	level    int
	count    int
	active   int     // of count, active users
	children []*node // fan of them, nil where empty; of a leaf nil
	entries  []byte  // of a leaf, packed, in the order of keys
	uuids    bool    // all keys of the leaf are UUIDs: its entries are of one length
	row      int64   // of a leaf, its row in the table head, 0 where it has none
	dirty    bool    // entries are not what the row holds
	digest   snapshot.Digest
	hashed   bool // digest is up to date
}

const rootID = 1

func newTree() *tree { return &tree{root: &node{id: rootID}} }

// child is the index of the child of a node at the level that holds the place.
func child(place uint64, level int) int {
	return int(place >> (64 - fanBits*(level+1)) & (fan - 1))
}

func (n *node) child(i int) *node {
	if n.children[i] == nil {
		n.children[i] = &node{id: n.id<<fanBits | int64(i), level: n.level + 1}
	}
	return n.children[i]
}

// load puts a leaf that was saved where its id says. Leaves may come in any order.
func (t *tree) load(id, row int64, entries []byte) bool {
	level := 0
	for rest := id; rest > rootID; rest >>= fanBits {
		level++
	}
	if id < rootID || level > maxLevel || !checkEntries(entries) {
		return false
	}
	leaf := node{entries: entries}
	leaf.tallyAll()
	n := t.root
	for n.add(&leaf); n.level < level; n.add(&leaf) {
		if n.children == nil {
			n.children = make([]*node, fan)
		}
		n = n.child(int(id >> (fanBits * (level - n.level - 1)) & (fan - 1)))
	}
	if n.entries != nil || n.children != nil || n.id != id {
		return false
	}
	n.row, n.entries, n.uuids = row, entries, leaf.uuids
	return true
}

// tallyAll counts the entries of a leaf.
func (n *node) tallyAll() {
	n.count, n.active, n.uuids = 0, 0, true
	for rest := n.entries; len(rest) > 0; {
		var e entry
		e, rest = next(rest)
		n.tally(e, +1)
		n.uuids = n.uuids && e[0] == 0
	}
}

// tally counts one entry more or less.
func (n *node) tally(e entry, by int) {
	n.count += by
	if e.active() {
		n.active += by
	}
}

// add counts what is below c as being below n.
func (n *node) add(c *node) {
	n.count += c.count
	n.active += c.active
}

// find gives the entry of the key, nil if there is none.
func (t *tree) find(k key, place uint64) entry {
	n := t.root
	for n.children != nil {
		if n = n.children[child(place, n.level)]; n == nil {
			return nil
		}
	}
	if at, found := n.position(k, 0); found {
		e, _ := next(n.entries[at:])
		return e
	}
	return nil
}

// position tells where in a leaf's entries, from the given one on, the one with the
// key begins, or would.
func (n *node) position(k key, from int) (at int, found bool) {
	if n.uuids { // then entries are of one length
		const length = uuidKeyLen + fixedLen
		low, high := from/length, len(n.entries)/length
		for low < high {
			middle := (low + high) / 2
			switch bytes.Compare(n.entries[middle*length:middle*length+uuidKeyLen], k) {
			case 0:
				return middle * length, true
			case -1:
				low = middle + 1
			default:
				high = middle
			}
		}
		return low * length, false
	}
	for at = from; at < len(n.entries); {
		e, _ := next(n.entries[at:])
		if order := bytes.Compare(e.key(), k); order >= 0 {
			return at, order == 0
		}
		at += len(e)
	}
	return at, false
}

// each calls fn for every leaf, in the order of places.
func (t *tree) each(fn func(*node)) { t.root.each(fn) }

func (n *node) each(fn func(*node)) {
	if n.children == nil {
		fn(n)
		return
	}
	for _, c := range n.children {
		if c != nil {
			c.each(fn)
		}
	}
}

// sum is the digest of the set.
func (t *tree) sum() snapshot.Digest {
	return t.root.sum(nil)
}

var emptyLeaf = snapshot.Digest(sha256.Sum256([]byte{0}))

// sum is the digest of the node. The buffer is for reuse, and may be nil.
func (n *node) sum(buf []byte) snapshot.Digest {
	if n.hashed {
		return n.digest
	}
	if buf == nil {
		buf = make([]byte, 0, leafMax*(uuidKeyLen+len(snapshot.Digest{}))+1)
	}
	if n.children == nil {
		buf = append(buf[:0], 0)
		for rest := n.entries; len(rest) > 0; {
			var e entry
			e, rest = next(rest)
			buf = append(append(buf, e.key()...), e.digest()...)
		}
	} else {
		digests := make([]byte, 1, 1+fan*len(snapshot.Digest{}))
		digests[0] = 1
		for _, c := range n.children {
			d := emptyLeaf
			if c != nil {
				d = c.sum(buf)
			}
			digests = append(digests, d[:]...)
		}
		buf = digests
	}
	n.digest, n.hashed = sha256.Sum256(buf), true
	return n.digest
}
