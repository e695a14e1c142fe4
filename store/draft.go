package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
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
	reading byte              // which reading this is: the mark of entries that it has seen
	news    map[hash]struct{} // the keys of resources that the head does not have
	found   [][]finding       // by page
	opened  []location        // of the documents that are new versions, as they were packed
	packer  packer

	// Set by Finish.
	closed []int64 // versions that end
	gone   []int64 // rows of leaves that are no more
}

// finding is a resource that is not as the head has it.
type finding struct {
	entry entry
	place uint64

	isNew    bool  // a version begins; else only the served bytes differ
	replaces int64 // version that ends, 0 where the resource is new
	changed  bool  // a setting differs
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

// eachHead calls load for the leaves of a collection's tree, which may keep the
// entries.
func eachHead(ctx context.Context, tx sqlx.QueryerContext, collection int64, load func(node, row int64, entries []byte) bool) error {
	rows, err := tx.QueryxContext(ctx, `SELECT id, node, entries, checksum FROM head WHERE collection = ?`, collection)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var memory []byte  // for many leaves at once
	for rows.Next() {
		var row, node int64
		var entries, sum sql.RawBytes
		if err := rows.Scan(&row, &node, &entries, &sum); err != nil {
			return err
		}
		if len(entries) > cap(memory)-len(memory) {
			memory = make([]byte, 0, max(len(entries), min(2*cap(memory), 256<<10)))
		}
		start := len(memory)
		memory = append(memory, entries...)
		if kept := memory[start:len(memory):len(memory)]; !bytes.Equal(sum, checksum(kept)) || !load(node, row, kept) {
			return fmt.Errorf("%w: row %d of table head", ErrCorrupt, row)
		}
	}
	return rows.Err()
}

// Restart forgets what this reading has seen.
func (r *recording) Restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.news = map[hash]struct{}{}
	r.found, r.opened, r.packer = nil, nil, packer{}
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
