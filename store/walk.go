package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// ErrRearranged marks a reading that could not be finished, because another process
// forgot or pruned meanwhile. Tried again, it can.
var ErrRearranged = errors.New("the history was rearranged while it was being read; try again")

// In display order, documents lie scattered over all blocks: to read them in that
// order is to read every block and to sort. Where they are too many to do so in one
// go, a first pass over the blocks makes a mark of every version; sorted, the marks
// are cut into chunks; and each chunk is read, sorted and yielded on its own, with
// another pass over the blocks.

const (
	// chunkSize is about how much memory the documents of a chunk take.
	chunkSize = 32 << 20
	// chunksAtOnce are read in one go where they are all: one by one they would take
	// as many passes, and one for the marks.
	chunksAtOnce = 3
	// foundSize is about what a version that was read takes beside its document.
	foundSize = 128
	// attempts are made to read something while the history is being rearranged.
	attempts = 5
)

// mark is a version whose document has been looked at: where it lies, and where it
// comes in display order.
type mark struct {
	prefix               uint64 // of the id
	rank                 uint32 // of the collection
	first, last          int32
	block, start, length uint32
}

func byKey(a, b mark) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.prefix, b.prefix))
}

// walk calls visit with the versions that are asked for, in display order and, of
// one resource, oldest first, until visit wants no more. It calls it with a part of
// them at a time, but with all of a resource's versions together.
//
// Nothing keeps others from writing meanwhile. A snapshot that is recorded changes
// nothing that is being read, but to prune moves documents, and to forget takes
// some away. Whoever does either writes it down in the history in the same
// transaction. So after each pass, and before what it found is visited, that is
// looked at: where something was done, ask is called again, and the pass repeated.
func (s *Store) walk(ctx context.Context, ask func(context.Context) (*selection, error), visit func([]*found) (more bool, err error)) error {
	w := &walker{store: s, ask: ask}
	for !w.done {
		list, err := w.next(ctx)
		if err != nil {
			return err
		}
		if more, err := visit(list); err != nil || !more {
			return err
		}
	}
	return nil
}

// walker is how far a walk has come.
type walker struct {
	store *Store
	ask   func(context.Context) (*selection, error)
	done  bool

	arranged int64 // the history's arrangement, for which the following hold
	sel      *selection
	rows     []int64 // of the collections, by rank
	marks    []mark  // of what is still to be read, in order
	reached  *mark   // the last one of what was read
}

// next reads what comes next.
func (w *walker) next(ctx context.Context) ([]*found, error) {
	for range attempts {
		var begin bool
		if w.sel == nil {
			var err error
			if w.arranged, err = w.store.arrangement(ctx); err != nil {
				return nil, err
			}
			begin = true
		}
		list, rest, err := w.pass(ctx, begin)
		now, lookErr := w.store.arrangement(ctx)
		if lookErr != nil {
			return nil, cmp.Or(err, lookErr)
		}
		if now != w.arranged {
			w.sel = nil
			continue
		}
		if err != nil {
			return nil, err
		}
		if read := len(w.marks) - len(rest); read > 0 {
			last := w.marks[read-1]
			w.reached = &last
		}
		w.marks, w.done = rest, len(rest) == 0
		return list, nil
	}
	return nil, ErrRearranged
}

// pass reads the next chunk, or all where that is little. It gives the marks of what
// then remains.
func (w *walker) pass(ctx context.Context, begin bool) (list []*found, rest []mark, err error) {
	if begin {
		shares, size, err := w.begin(ctx)
		if err != nil {
			return nil, nil, err
		}
		if w.reached == nil && size <= chunksAtOnce*w.store.chunk {
			list, err = w.store.readShares(ctx, w.sel, shares)
			return list, nil, err
		}
		if err := w.mark(ctx, shares); err != nil {
			return nil, nil, err
		}
	}
	chunk, rest := w.cut()
	spans := make([]span, len(chunk))
	for i, m := range chunk {
		spans[i] = span{
			collection: w.rows[m.rank], first: int64(m.first), last: int64(m.last),
			block: int64(m.block), start: int64(m.start), length: int64(m.length),
		}
	}
	list, err = w.store.readShares(ctx, w.sel, inBlocks(spans))
	return list, rest, err
}

// begin finds what is to be read, and about how much memory it would take.
func (w *walker) begin(ctx context.Context) (shares []share, size int64, err error) {
	w.marks = nil
	if w.sel, err = w.ask(ctx); err != nil {
		return nil, 0, err
	}
	if shares, err = w.store.shares(ctx, w.sel); err != nil {
		return nil, 0, err
	}
	err = w.store.eachShare(ctx, shares, func(_ context.Context, _ *reader, i int, spans []span) error {
		shares[i] = share{spans: spans}
		return nil
	})
	for _, part := range shares {
		for _, p := range part.spans {
			size += w.size(p)
		}
	}
	return shares, size, err
}

func (w *walker) size(p span) int64 {
	if w.sel.namesOnly != nil && w.sel.namesOnly(p) {
		return foundSize
	}
	return foundSize + min(max(p.length, 0), maxBlock) // whatever a damaged one claims
}

// mark makes the marks of all that is still to be read.
func (w *walker) mark(ctx context.Context, shares []share) error {
	ranks := w.sel.ranks()
	w.rows = make([]int64, len(ranks))
	for row, rank := range ranks {
		w.rows[rank] = row
	}
	begins := make([]int, len(shares)+1)
	for i, part := range shares {
		begins[i+1] = begins[i] + len(part.spans)
	}
	marks := make([]mark, begins[len(shares)])
	err := w.store.eachShare(ctx, shares, func(ctx context.Context, r *reader, i int, spans []span) error {
		at := begins[i]
		shares[i].spans = nil // the marks tell the same
		return r.each(ctx, w.sel, spans, func(p span, held snapshot.Resource) (err error) {
			marks[at], err = newMark(p, ranks[p.collection], held.ID)
			at++
			return err
		})
	})
	if err != nil {
		return err
	}
	slices.SortFunc(marks, byKey)
	if w.reached != nil {
		end, _ := slices.BinarySearchFunc(marks, *w.reached, func(m, reached mark) int {
			return cmp.Or(byKey(m, reached), -1) // those of the same key were read with it
		})
		marks = marks[end:]
	}
	w.marks = marks
	return nil
}

func newMark(p span, rank int, id string) (mark, error) {
	if max(p.first, p.last) > math.MaxInt32 || max(p.block, p.start, p.length) > math.MaxUint32 {
		return mark{}, fmt.Errorf("%w: a version is said to be at %d of block %d, from capture %d to %d", ErrCorrupt, p.start, p.block, p.first, p.last)
	}
	return mark{
		prefix: prefixOf(id), rank: uint32(rank), first: int32(p.first), last: int32(p.last), //nolint:gosec // as was checked
		block: uint32(p.block), start: uint32(p.start), length: uint32(p.length), //nolint:gosec // as was checked
	}, nil
}

// cut gives the marks of the next chunk, and the others. Those of one key stay
// together, however many they are: a resource's versions are among them.
func (w *walker) cut() (chunk, rest []mark) {
	var size int64
	for end := 0; end < len(w.marks); {
		begin := end
		for ; end < len(w.marks) && byKey(w.marks[begin], w.marks[end]) == 0; end++ {
			m := w.marks[end]
			size += w.size(span{first: int64(m.first), last: int64(m.last), length: int64(m.length)})
		}
		if size > w.store.chunk && begin > 0 {
			return w.marks[:begin], w.marks[begin:]
		}
	}
	return w.marks, nil
}

// arrangement is the place of the newest entry that tells what was done to the
// history itself, as to forget or to prune: while it stays, no document is moved or
// taken away. A schema without a journal knows no such thing.
func (s *Store) arrangement(ctx context.Context) (place int64, err error) {
	if s.behind {
		var journal bool
		err := s.reader.GetContext(ctx, &journal, `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal')`)
		if err != nil || !journal {
			return 0, err
		}
	}
	err = s.reader.GetContext(ctx, &place, `SELECT coalesce(max(seq), 0) FROM journal WHERE run = ''`)
	return place, err
}
