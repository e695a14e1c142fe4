package store

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Snapshots gives every snapshot of the history, of all targets, oldest first.
func (s *Store) Snapshots(ctx context.Context) ([]snapshot.Snapshot, error) {
	var manifests [][]byte
	if err := s.reader.SelectContext(ctx, &manifests, `SELECT manifest FROM snapshot ORDER BY seq`); err != nil {
		return nil, translate(fmt.Errorf("list snapshots: %w", err), s.path)
	}
	list := make([]snapshot.Snapshot, 0, len(manifests))
	for _, m := range manifests {
		sn, _, err := readManifest(m)
		if err != nil {
			return nil, err
		}
		list = append(list, sn)
	}
	return list, nil
}

// Resources yields what the snapshot with the full id holds, of the given kinds or,
// without any, of all, in display order. It takes no lock while it yields.
func (s *Store) Resources(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		if err := s.resources(ctx, id, kinds, yield); err != nil {
			yield(snapshot.Resource{}, translate(fmt.Errorf("read snapshot %s: %w", snapshot.ShortID(id), err), s.path))
		}
	}
}

func (s *Store) resources(ctx context.Context, id string, kinds []snapshot.Kind, yield func(snapshot.Resource, error) bool) error {
	captures, err := s.captures(ctx, id)
	if err != nil {
		return err
	}
	captures = slices.DeleteFunc(captures, func(c capture) bool {
		return len(kinds) > 0 && !slices.Contains(kinds, c.Kind)
	})
	spans := make([][]span, len(captures))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range captures {
		g.Go(func() (err error) {
			spans[i], err = s.spans(gctx, c)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	list, err := s.read(ctx, slices.Concat(spans...))
	if err != nil {
		return err
	}
	for _, r := range list {
		if !yield(r, nil) {
			return nil
		}
	}
	return nil
}

// capture is a row of that table.
type capture struct {
	snapshot.Collection
	row, collection int64
}

// captures gives the complete captures of a snapshot, in display order.
func (s *Store) captures(ctx context.Context, id string) ([]capture, error) {
	digest, err := hex.DecodeString(id)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrNoSnapshot, id)
	}
	var seq int64
	if err := s.reader.GetContext(ctx, &seq, `SELECT seq FROM snapshot WHERE id = ?`, digest); err != nil {
		if noRows(err) {
			return nil, ErrNoSnapshot
		}
		return nil, err
	}
	rows, err := s.reader.QueryxContext(ctx, `SELECT a.id, c.id, c.kind, c.provider FROM capture a
		JOIN collection c ON c.id = a.collection WHERE a.snapshot = ?`, seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var list []capture
	for rows.Next() {
		var c capture
		if err := rows.Scan(&c.row, &c.collection, &c.Kind, &c.Provider); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	kinds := snapshot.Kinds()
	slices.SortFunc(list, func(a, b capture) int {
		if d := slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind); d != 0 {
			return d
		}
		return strings.Compare(a.Provider, b.Provider)
	})
	return list, rows.Err()
}

// span is where a document lies, and what collection it is of.
type span struct {
	snapshot.Collection
	block         int64
	start, length int
}

// spans finds what a collection held at a capture.
func (s *Store) spans(ctx context.Context, c capture) ([]span, error) {
	rows, err := s.reader.QueryxContext(ctx, `SELECT block, start, length FROM version WHERE collection = ? AND first <= ? AND last > ?`, c.collection, c.row, c.row)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var spans []span
	for rows.Next() {
		p := span{Collection: c.Collection}
		if err := rows.Scan(&p.block, &p.start, &p.length); err != nil {
			return nil, err
		}
		spans = append(spans, p)
	}
	return spans, rows.Err()
}

// read gives the resources whose documents lie at the spans, in display order. A
// night's changes lie together whatever collection they are of, so all are read at
// once: then no block is decompressed twice.
func (s *Store) read(ctx context.Context, spans []span) ([]snapshot.Resource, error) {
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.block, b.block), cmp.Compare(a.start, b.start))
	})
	list := make([]snapshot.Resource, len(spans))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for begin := 0; begin < len(spans); {
		end := begin + 1
		for end < len(spans) && spans[end].block == spans[begin].block {
			end++
		}
		in, out := spans[begin:end], list[begin:end]
		g.Go(func() error { return s.readBlock(ctx, in, out) })
		begin = end
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(list, snapshot.CompareResources)
	return list, nil
}

// readBlock reads the resources at spans, which are all of one block, into list.
func (s *Store) readBlock(ctx context.Context, spans []span, list []snapshot.Resource) error {
	of := spans[0].block
	raw, err := s.block(ctx, of)
	if err != nil {
		return err
	}
	for i, p := range spans {
		start, end := p.start, p.start+p.length
		if start < 0 || end < start || end > len(raw) {
			return fmt.Errorf("%w: a document at %d to %d of block %d, which has %d bytes", ErrCorrupt, start, end, of, len(raw))
		}
		document := snapshot.Document(raw[start:end:end])
		id, err := snapshot.IDOf(p.Kind, document)
		if err != nil {
			return fmt.Errorf("%w: block %d: %w", ErrCorrupt, of, err)
		}
		list[i] = snapshot.Resource{Collection: p.Collection, ID: id, Document: document}
	}
	return nil
}

// block gives the documents of a block, uncompressed.
func (s *Store) block(ctx context.Context, id int64) ([]byte, error) {
	var row struct {
		Size int    `db:"size"`
		Data []byte `db:"data"`
	}
	if err := s.reader.GetContext(ctx, &row, `SELECT size, data FROM block WHERE id = ?`, id); err != nil {
		if noRows(err) {
			return nil, fmt.Errorf("%w: block %d is missing", ErrCorrupt, id)
		}
		return nil, err
	}
	return unpackBlock(id, row.Data, row.Size)
}
