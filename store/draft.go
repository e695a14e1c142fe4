package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Draft is a snapshot that is being taken. It holds no lock: what it reads of the
// history it reads at once, and what it writes it writes in Commit.
type Draft struct {
	store  *Store
	target snapshot.Target

	mu         sync.Mutex
	recordings map[snapshot.Collection]*recording
}

// Begin begins a snapshot of the target.
func (s *Store) Begin(_ context.Context, t snapshot.Target) (*Draft, error) {
	return &Draft{store: s, target: t, recordings: map[snapshot.Collection]*recording{}}, nil
}

// Open begins a recording of the collection. It is compared with the newest
// capture of the same collection while it is being read.
func (d *Draft) Open(ctx context.Context, c snapshot.Collection) (snapshot.Recording, error) {
	r := &recording{collection: c, tree: newTree()}
	if err := inTx(ctx, d.store.reader, func(tx *sqlx.Tx) error { return r.load(ctx, tx, d.target) }); err != nil {
		return nil, translate(fmt.Errorf("load what %s held: %w", c, err), d.store.path)
	}
	r.Restart()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.recordings[c] = r
	return r, nil
}

// recording compares a collection with its newest capture while it is read, and
// keeps what differs.
type recording struct {
	collection snapshot.Collection
	row        int64 // of the collection, 0 where it is new
	base       int64 // the snapshot of its newest capture, 0 where there is none
	known      int64 // the newest snapshot
	finished   bool

	mu      sync.Mutex
	tree    *tree
	reading byte // which reading this is: the mark of entries that it has seen
	found   map[string]*finding
	opened  []*finding // those of found that are new versions, as they were packed
	packer  packer

	// Set by Finish.
	closed []int64 // versions that end
	gone   []int64 // rows of leaves that are no more
}

// finding is a resource that is not as the head has it.
type finding struct {
	key   key
	place uint64
	entry entry

	at       location // of its document; the zero location where only the served bytes differ
	replaces int64    // version that ends, 0 where the resource is new
	changed  bool     // a setting differs
}

// load reads the head of the collection.
func (r *recording) load(ctx context.Context, tx *sqlx.Tx, t snapshot.Target) error {
	if err := tx.GetContext(ctx, &r.known, `SELECT coalesce(max(seq), 0) FROM snapshot`); err != nil {
		return err
	}
	err := tx.QueryRowxContext(ctx, `SELECT c.id, coalesce((SELECT snapshot FROM capture WHERE collection = c.id ORDER BY id DESC LIMIT 1), 0)
		FROM collection c JOIN target t ON t.id = c.target WHERE t.name = ? AND c.kind = ? AND c.provider = ?`,
		t.String(), r.collection.Kind, r.collection.Provider).Scan(&r.row, &r.base)
	if noRows(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return eachHead(ctx, tx, r.row, r.tree.load)
}

// eachHead calls load for the leaves of a collection's tree.
func eachHead(ctx context.Context, tx sqlx.QueryerContext, collection int64, load func(node, row int64, entries []byte) bool) error {
	rows, err := tx.QueryxContext(ctx, `SELECT id, node, entries, checksum FROM head WHERE collection = ?`, collection)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var row, node int64
		var entries, sum []byte
		if err := rows.Scan(&row, &node, &entries, &sum); err != nil {
			return err
		}
		if !bytes.Equal(sum, checksum(entries)) || !load(node, row, entries) {
			return fmt.Errorf("%w: row %d of table head", ErrCorrupt, row)
		}
	}
	return rows.Err()
}

// Restart forgets what this reading has seen.
func (r *recording) Restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found = map[string]*finding{}
	r.opened, r.packer = nil, packer{}
	if r.reading++; r.reading == 0 { // after 255 readings the marks are used up
		r.reading = 1
		r.tree.each(func(n *node) {
			for rest := n.entries; len(rest) > 0; {
				var e entry
				e, rest = next(rest)
				*e.mark() = 0
			}
		})
	}
}

// served is an element with what is computed of it outside the lock.
type served struct {
	snapshot.Element
	key   key
	place uint64
	raw   [16]byte
	old   entry // as the head has it; nil where it does not
}

// Page takes one page. An element whose bytes are those of the last capture is only
// marked as seen; what else there is is made canonical, redacted and kept. Of
// elements with the same id the first counts.
func (r *recording) Page(elements []snapshot.Element) (fresh int, err error) {
	page := make([]served, len(elements))
	keys := make([]byte, 0, len(elements)*uuidKeyLen)
	for i, e := range elements {
		k, err := packKey(keys[len(keys):], e.ID)
		if err != nil {
			return 0, err
		}
		if cap(keys)-len(keys) >= len(k) {
			keys = keys[:len(keys)+len(k)]
		}
		page[i] = served{Element: e, key: k[:len(k):len(k)], place: k.place(), raw: r.rawDigest(e.JSON)}
	}
	differing, fresh := r.see(page)
	findings := make([]*finding, len(differing))
	for i, s := range differing {
		if findings[i], err = r.finding(s); err != nil {
			return 0, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, f := range findings {
		if s := differing[i]; f.at.length == 0 && bytes.Equal(s.old.raw(), s.raw[:]) {
			continue // the same document
		}
		if f.at.length > 0 {
			f.at = r.packer.add(differing[i].JSON)
			r.opened = append(r.opened, f)
			f.entry.setVersion(-int64(len(r.opened))) // until Commit numbers it
		}
		r.found[string(f.key)] = f
	}
	return fresh, nil
}

// rawDigest tells one serving of a SCIM resource from another. Of other kinds there
// are few, and they may have secrets, of which not even a digest is to be kept: for
// them it is zero, and their documents decide.
func (r *recording) rawDigest(json []byte) (raw [16]byte) {
	if r.collection.Kind.IsSCIM() {
		sum := sha256.Sum256(json)
		copy(raw[:], sum[:])
	}
	return raw
}

// see marks what is as it was, counts what this reading had not met yet and gives
// what differs.
func (r *recording) see(page []served) (differing []*served, fresh int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range page {
		s := &page[i]
		s.old = r.tree.find(s.key, s.place)
		if s.old != nil {
			if *s.old.mark() == r.reading {
				continue
			}
			*s.old.mark() = r.reading
			fresh++
			if !r.collection.Kind.IsSCIM() || !bytes.Equal(s.old.raw(), s.raw[:]) {
				differing = append(differing, s)
			}
			continue
		}
		if _, met := r.found[string(s.key)]; met {
			continue
		}
		r.found[string(s.key)] = nil // so that it is met once only
		fresh++
		differing = append(differing, s)
	}
	return differing, fresh
}

// finding makes the document of what was served. It puts it in the place of the
// element's bytes.
func (r *recording) finding(s *served) (*finding, error) {
	document, err := snapshot.NewDocument(s.JSON)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.collection.Kind, s.ID, err)
	}
	settings, err := snapshot.Settings(r.collection.Kind, document)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.collection.Kind, s.ID, err)
	}
	active := r.collection.Kind == snapshot.SCIMUser && document.IsActive()
	sum := sha256.Sum256(settings)
	f := &finding{
		key: s.key, place: s.place,
		entry: newEntry(s.key, s.raw, sha256.Sum256(document), [8]byte(sum[:8]), active),
	}
	s.JSON = document
	switch {
	case s.old == nil:
		f.at.length = len(document)
	case bytes.Equal(s.old.digest(), f.entry.digest()):
		f.entry.setVersion(s.old.version())
	default:
		f.at.length = len(document)
		f.replaces = s.old.version()
		f.changed = !bytes.Equal(s.old.settings(), f.entry.settings())
	}
	return f, nil
}

// Finish ends the reading.
func (r *recording) Finish(context.Context) (snapshot.Capture, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := snapshot.Capture{Collection: r.collection}
	edits := make([]edit, 0, len(r.found))
	for _, f := range r.found {
		edits = append(edits, edit{f.key, f.place, f.entry})
	}
	for _, f := range r.opened {
		switch {
		case f.replaces == 0:
			c.Added++
		case f.changed:
			c.Changed++
		}
		if f.replaces != 0 {
			r.closed = append(r.closed, f.replaces)
		}
	}
	r.tree.each(func(n *node) {
		for rest := n.entries; len(rest) > 0; {
			var e entry
			if e, rest = next(rest); *e.mark() != r.reading {
				edits = append(edits, edit{key: e.key(), place: e.key().place()})
				r.closed = append(r.closed, e.version())
				c.Removed++
			}
		}
	})
	slices.SortFunc(edits, byPlace)
	r.gone = r.tree.apply(edits)
	c.Count = r.tree.root.count
	c.Digest = r.tree.sum()
	if r.collection.Kind == snapshot.SCIMUser {
		c.Active = r.tree.root.active
	}
	r.finished = true
	return c, nil
}
