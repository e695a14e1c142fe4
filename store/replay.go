package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/idpsnap/idpsnap/snapshot"
)

// stillSeen is the last of versions that the newest capture of their collection
// still saw.
const stillSeen = 2147483647

// replay rebuilds a collection capture by capture from its versions, and compares
// each state with what the manifests say of it.
type replay struct {
	row        int64
	target     string
	collection snapshot.Collection
	captures   []replayCapture
	versions   []*heldVersion
	head       *tree // as it was saved; nil where it cannot be read
	problems   []snapshot.Problem
}

type replayCapture struct {
	row   int64
	where string
	want  snapshot.Capture
}

func (r *replay) name() string { return r.collection.String() + " of " + r.target }

func (r *replay) problem(where, format string, args ...any) {
	r.problems = append(r.problems, snapshot.Problem{Where: where, What: fmt.Sprintf(format, args...)})
}

func (r *replay) run() {
	slices.SortFunc(r.captures, func(a, b replayCapture) int { return cmp.Compare(a.row, b.row) })
	versions := slices.DeleteFunc(slices.Clone(r.versions), func(v *heldVersion) bool {
		return v.entry == nil // its block could not be read, which has been said
	})
	slices.SortFunc(versions, func(a, b *heldVersion) int {
		if order := cmp.Compare(a.place, b.place); order != 0 {
			return order
		}
		return cmp.Or(bytes.Compare(a.entry.key(), b.entry.key()), cmp.Compare(a.first, b.first))
	})
	begin, end := map[int64][]edit{}, map[int64][]edit{}
	for _, v := range versions {
		e := edit{place: v.place, entry: v.entry}
		begin[v.first] = append(begin[v.first], e)
		if v.last != stillSeen {
			e.goes = true
			end[v.last] = append(end[v.last], e)
		}
	}
	t := newTree()
	for _, c := range r.captures {
		if twice := t.edit(begin[c.row], end[c.row]); twice != "" {
			r.problem(c.where, "%s: %s is there twice", r.collection, twice)
		}
		delete(begin, c.row)
		delete(end, c.row)
		if count := t.root.count; count != c.want.Count {
			r.problem(c.where, "%s: %d resources, but %d were recorded", r.collection, count, c.want.Count)
		} else if t.sum() != c.want.Digest {
			r.problem(c.where, "%s: the resources are not those that were recorded", r.collection)
		}
		if t.root.active != c.want.Active {
			r.problem(c.where, "%s: %d active, but %d were recorded", r.collection, t.root.active, c.want.Active)
		}
	}
	for row := range begin {
		r.problem(r.name(), "versions begin with capture %d, which is not of this collection", row)
	}
	for row := range end {
		r.problem(r.name(), "versions end with capture %d, which is not of this collection", row)
	}
	if r.head != nil && !sameHead(r.head, t) {
		r.problem(r.name(), "the head is not what the newest capture held")
	}
}

// edit carries out what one capture changed: versions that begin and versions that
// end, both ordered by place. It gives the id of a resource that would then be
// there twice.
func (t *tree) edit(begin, end []edit) (twice string) {
	edits := make([]edit, 0, len(begin)+len(end))
	for len(begin)+len(end) > 0 {
		order := -1
		switch {
		case len(begin) == 0:
			order = 1
		case len(end) > 0:
			order = byPlace(begin[0], end[0])
		}
		if order > 0 {
			edits, end = append(edits, end[0]), end[1:]
			continue
		}
		e := begin[0]
		if order == 0 { // a version takes the place of another
			end = end[1:]
		} else if t.find(e.key(), e.place) != nil {
			twice = e.key().id()
		}
		if last := len(edits) - 1; last >= 0 && bytes.Equal(edits[last].key(), e.key()) {
			twice = e.key().id()
			edits = edits[:last]
		}
		edits, begin = append(edits, e), begin[1:]
	}
	t.apply(edits)
	return twice
}

// sameHead compares the saved head with the one that was rebuilt, in everything
// that follows from the documents.
func sameHead(saved, rebuilt *tree) bool {
	if saved.root.count != rebuilt.root.count || saved.sum() != rebuilt.sum() {
		return false
	}
	same := true
	saved.each(func(n *node) {
		for rest := n.entries; len(rest) > 0; {
			var e entry
			e, rest = next(rest)
			r := rebuilt.find(e.key(), e.key().place())
			same = same && r != nil && r.version() == e.version() && r.active() == e.active() && bytes.Equal(r.digest(), e.digest())
		}
	})
	return same
}

// versions reads every document, checks that the blocks hold them and nothing
// else, and hands each to the replay of its collection.
func (v *verifier) versions(ctx context.Context, tx *sqlx.Tx) error {
	byBlock, err := v.loadVersions(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := tx.QueryxContext(ctx, `SELECT id, size, data FROM block ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for rows.Next() {
		var id int64
		var size int
		var data []byte
		if err := rows.Scan(&id, &size, &data); err != nil {
			_ = g.Wait() // this error is the one to tell
			return err
		}
		held := byBlock[id]
		delete(byBlock, id)
		v.result.Bytes += int64(size)
		g.Go(func() error {
			err := checkBlock(id, data, size, held, v.upkeep.holes)
			if err == nil {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			v.problem(v.holders(id, held), "%v", err)
			return nil
		})
	}
	_ = g.Wait() // what was found is a problem, not an error
	for id, held := range byBlock {
		v.problem(v.holders(id, held), "block %d is missing", id)
	}
	for _, held := range byBlock {
		v.result.Versions -= len(held)
	}
	return rows.Err()
}

// holders names the collections whose documents a block has.
func (v *verifier) holders(id int64, held []*heldVersion) string {
	where := fmt.Sprintf("block %d", id)
	seen := map[int64]bool{}
	for _, h := range held {
		if r := v.collections[h.collection]; r != nil && !seen[h.collection] {
			seen[h.collection] = true
			where += ", " + r.name()
		}
	}
	return where
}

// heldVersion is a version and what its document says of it.
type heldVersion struct {
	id, first, last int64
	kind            snapshot.Kind
	collection      int64
	start, end      int   // of its document in the block
	entry           entry // nil until the document has been read
	place           uint64
}

// loadVersions reads the rows of all versions, by the block that has the document.
func (v *verifier) loadVersions(ctx context.Context, tx *sqlx.Tx) (map[int64][]*heldVersion, error) {
	byBlock := map[int64][]*heldVersion{}
	for from := int64(math.MinInt64); ; {
		held := make([]heldVersion, 0, v.store.rows)
		err := eachRow(ctx, tx, 7, func(row []int64) {
			held = append(held, heldVersion{id: row[0], collection: row[1], first: row[2], last: row[3], start: int(row[5]), end: int(row[5] + row[6])})
			h := &held[len(held)-1]
			if r := v.collections[h.collection]; r != nil {
				h.kind = r.collection.Kind
				r.versions = append(r.versions, h)
			}
			byBlock[row[4]] = append(byBlock[row[4]], h)
			from = max(from, h.id)
		}, `SELECT json_group_array(json_array(id, collection, first, last, block, start, length))
			FROM (SELECT * FROM version WHERE id >= ? ORDER BY id LIMIT ?)`, from, v.store.rows)
		if err != nil {
			return nil, err
		}
		v.result.Versions += len(held)
		if len(held) < v.store.rows || from == math.MaxInt64 {
			return byBlock, nil
		}
		from++
	}
}

// checkBlock reads the documents of a block. They must lie one behind the other
// and, unless some may have been forgotten, fill it.
func checkBlock(id int64, data []byte, size int, held []*heldVersion, holes bool) error {
	buffer := raws.Get().([]byte)
	raw, err := unpackBlock(id, data, size, buffer)
	if err != nil {
		return err
	}
	defer again(raw)
	slices.SortFunc(held, func(a, b *heldVersion) int { return cmp.Compare(a.start, b.start) })
	at := 0
	entries := make([]byte, 0, len(held)*(uuidKeyLen+fixedLen))
	for _, h := range held {
		if h.start < at || h.start > at && !holes || h.end < h.start || h.end > len(raw) {
			return fmt.Errorf("block %d: version %d is at %d to %d, but should begin at %d", id, h.id, h.start, h.end, at)
		}
		at = h.end
		document := snapshot.Document(raw[h.start:h.end])
		name, err := snapshot.IDOf(h.kind, document)
		if err != nil {
			return fmt.Errorf("block %d: version %d: %w", id, h.id, err)
		}
		k, err := packKey(nil, name)
		if err != nil {
			return fmt.Errorf("block %d: version %d: %w", id, h.id, err)
		}
		active := h.kind == snapshot.SCIMUser && document.IsActive()
		h.entry = newEntry(entries[len(entries):], k, [16]byte{}, sha256.Sum256(document), [8]byte{}, active)
		if cap(entries)-len(entries) >= len(h.entry) {
			entries = entries[:len(entries)+len(h.entry)]
		}
		h.entry.setVersion(h.id)
		h.place = k.place()
	}
	if at != len(raw) && !holes {
		return fmt.Errorf("block %d: no version accounts for what it holds from byte %d on", id, at)
	}
	return nil
}
