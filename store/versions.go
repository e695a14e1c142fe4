package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Versions gives every version, in all the history, of each of the target's
// resources of which at least one version matches, in display order and, of one
// resource, oldest first: so one that was renamed is found by an old name, and one
// that is gone is found, too. All documents are looked at, but only those that are
// given are kept. match is called by several goroutines at once, and must not keep
// the document.
func (s *Store) Versions(ctx context.Context, t snapshot.Target, match func(snapshot.Resource) bool) ([]snapshot.Version, error) {
	list, err := s.versions(ctx, t, match)
	if err != nil {
		return nil, translate(fmt.Errorf("search the history of %s: %w", t, err), s.path)
	}
	return list, nil
}

// versions searches, and searches once more where snapshots were forgotten or
// documents moved meanwhile (walk.go).
func (s *Store) versions(ctx context.Context, t snapshot.Target, match func(snapshot.Resource) bool) ([]snapshot.Version, error) {
	for range attempts {
		before, err := s.arrangement(ctx)
		if err != nil {
			return nil, err
		}
		list, err := s.search(ctx, t, match)
		after, lookErr := s.arrangement(ctx)
		if lookErr != nil {
			return nil, errors.Join(err, lookErr)
		}
		if after == before {
			return list, err
		}
	}
	return nil, ErrRearranged
}

func (s *Store) search(ctx context.Context, t snapshot.Target, match func(snapshot.Resource) bool) ([]snapshot.Version, error) {
	q, err := s.newSearch(ctx, t)
	if err != nil || len(q.stretches) == 0 {
		return nil, err
	}
	spans, err := q.find(ctx, match)
	if err != nil {
		return nil, err
	}
	list, err := s.readShares(ctx, &q.selection, inBlocks(spans))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(f *found) bool { return !q.matched[resource{f.collection, f.ID}] })
	return q.dated(ctx, list)
}

// search looks for resources in all the history of a target.
type search struct {
	selection // of everything up to the newest capture: what is recorded meanwhile is not seen
	store     *Store
	newest    int64
	matched   map[resource]bool
}

// resource names one, by its collection's row and its id.
type resource struct {
	collection int64
	id         string
}

func (s *Store) newSearch(ctx context.Context, t snapshot.Target) (*search, error) {
	q := &search{store: s, matched: map[resource]bool{}}
	if err := s.reader.GetContext(ctx, &q.newest, `SELECT coalesce(max(id), 0) FROM capture`); err != nil {
		return nil, err
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT c.id, c.kind, c.provider FROM collection c JOIN target t ON t.id = c.target WHERE t.name = ?`, t.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var all []capture
	for rows.Next() {
		var c capture
		if err := rows.Scan(&c.collection, &c.Kind, &c.Provider); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	q.add(all, 0, q.newest)
	return q, rows.Err()
}

// find looks at every document, and gives the spans of all versions of what
// matches. Until that is known it keeps of each version where it lies and a hash of
// what it is of, so a few spans of other resources may be among them.
func (q *search) find(ctx context.Context, match func(snapshot.Resource) bool) ([]span, error) {
	var versions int64
	if err := q.store.reader.GetContext(ctx, &versions, `SELECT coalesce(max(id), 0) FROM version`); err != nil {
		return nil, err
	}
	type looked struct {
		spans   []span
		hashes  []uint64 // of what each is of
		matched map[resource]bool
	}
	seed := maphash.MakeSeed()
	shares := inRanges(versions, allByTable, q.stretches[0].rows(), q.newest)
	looks := make([]looked, len(shares))
	err := q.store.eachShare(ctx, shares, func(ctx context.Context, r *reader, i int, spans []span) error {
		l := looked{spans: spans, hashes: make([]uint64, 0, len(spans)), matched: map[resource]bool{}}
		err := r.each(ctx, &q.selection, spans, func(p span, held snapshot.Resource) error {
			of := resource{p.collection, held.ID}
			l.hashes = append(l.hashes, maphash.Comparable(seed, of))
			if match(held) {
				l.matched[of] = true
			}
			return nil
		})
		looks[i] = l
		return err
	})
	if err != nil {
		return nil, err
	}
	hashes := map[uint64]bool{}
	for _, l := range looks {
		for of := range l.matched {
			q.matched[of] = true
			hashes[maphash.Comparable(seed, of)] = true
		}
	}
	var spans []span
	for _, l := range looks {
		for i, h := range l.hashes {
			if hashes[h] {
				spans = append(spans, l.spans[i])
			}
		}
	}
	return spans, nil
}

// dated says of each version which snapshots were the first to see it, and to see
// it no more.
func (q *search) dated(ctx context.Context, list []*found) ([]snapshot.Version, error) {
	ids := map[int64]string{}
	rows, err := q.store.reader.QueryContext(ctx, `SELECT a.id, lower(hex(s.id)) FROM capture a JOIN snapshot s ON s.seq = a.snapshot WHERE `+inCollections, q.stretches[0].rows())
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var capture int64
		var id string
		if err := rows.Scan(&capture, &id); err != nil {
			return nil, err
		}
		ids[capture] = id
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	versions := make([]snapshot.Version, 0, len(list))
	for _, f := range list {
		v := snapshot.Version{Resource: f.Resource, From: ids[f.first]}
		if f.last <= q.newest {
			v.Until = ids[f.last]
		}
		if v.From == "" || v.Until == "" && f.last <= q.newest {
			return nil, fmt.Errorf("%w: %s %s was seen in captures %d to %d, one of which is missing", ErrCorrupt, f.Collection, f.ID, f.first, f.last)
		}
		if last := len(versions) - 1; last >= 0 && continues(versions[last], v) {
			versions[last].Until = v.Until
			continue
		}
		versions = append(versions, v)
	}
	return versions, nil
}

// continues reports whether version b is a again: what was between the two was
// forgotten.
func continues(a, b snapshot.Version) bool {
	return a.Collection == b.Collection && a.ID == b.ID && a.Until == b.From && bytes.Equal(a.Document, b.Document)
}
