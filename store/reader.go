package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/idpsnap/idpsnap/snapshot"
)

// share is a part of the work that several readers do at once: spans, or the query
// that finds them.
type share struct {
	spans []span
	query string
	args  []any
}

// eachShare lets readers, one for each processor, do what is to be done with the
// spans of every share.
func (s *Store) eachShare(ctx context.Context, shares []share, do func(ctx context.Context, r *reader, i int, spans []span) error) error {
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(runtime.GOMAXPROCS(0), len(shares)) {
		g.Go(func() (err error) {
			r, err := s.newReader(ctx)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, r.close()) }()
			for i := int(next.Add(1)) - 1; i < len(shares); i = int(next.Add(1)) - 1 {
				spans := shares[i].spans
				if query := shares[i].query; query != "" {
					if spans, err = appendSpans(ctx, nil, r.conn, query, shares[i].args...); err != nil {
						return err
					}
				}
				if err := do(ctx, r, i, spans); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// reader reads documents out of blocks, for one goroutine.
type reader struct {
	conn   *sql.Conn
	block  *sql.Stmt
	raw    []byte // the block that was read last
	memory []byte // for documents that are kept
}

func (s *Store) newReader(ctx context.Context) (*reader, error) {
	conn, err := s.reader.Conn(ctx)
	if err != nil {
		return nil, err
	}
	block, err := conn.PrepareContext(ctx, `SELECT CAST(size AS INTEGER), data FROM block WHERE id = ?`)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &reader{conn: conn, block: block}, nil
}

func (r *reader) close() error { return errors.Join(r.block.Close(), r.conn.Close()) }

// each calls visit with every document that lies at the spans, block by block: it
// puts the spans into that order. The document's memory is used again afterwards.
func (r *reader) each(ctx context.Context, sel *selection, spans []span, visit func(p span, held snapshot.Resource) error) error {
	slices.SortFunc(spans, byBlock)
	for i, p := range spans {
		if i == 0 || spans[i-1].block != p.block {
			if err := r.load(ctx, p.block); err != nil {
				return err
			}
		}
		end := p.start + p.length
		if p.start < 0 || end < p.start || end > int64(len(r.raw)) {
			return fmt.Errorf("%w: a document at %d to %d of block %d, which has %d bytes", ErrCorrupt, p.start, end, p.block, len(r.raw))
		}
		held := snapshot.Resource{Collection: sel.collections[p.collection], Document: r.raw[p.start:end:end]}
		var err error
		if held.ID, err = snapshot.IDOf(held.Kind, held.Document); err != nil {
			return fmt.Errorf("%w: block %d: %w", ErrCorrupt, p.block, err)
		}
		if err := visit(p, held); err != nil {
			return err
		}
	}
	return nil
}

// load reads a block.
func (r *reader) load(ctx context.Context, id int64) error {
	rows, err := r.block.QueryContext(ctx, id)
	if err != nil {
		return err
	}
	if !rows.Next() {
		return cmp.Or(rows.Err(), rows.Close(), fmt.Errorf("%w: block %d is missing", ErrCorrupt, id))
	}
	var size int
	var data sql.RawBytes
	if err = rows.Scan(&size, &data); err == nil {
		r.raw, err = unpackBlock(id, data, size, r.raw)
	}
	// Closed before it is asked for its error: bytes that lie in SQLite's memory hold
	// a lock on the rows, and beside someone who cancels, Err would wait for ever.
	return errors.Join(err, rows.Close(), rows.Err()) //nolint:sqlclosecheck // a deferred Close would come after Err
}

// keep copies a document out of its block. Else one that is wanted would keep a
// hundred in memory that are not.
func (r *reader) keep(d snapshot.Document) snapshot.Document {
	if cap(r.memory)-len(r.memory) < len(d) {
		r.memory = make([]byte, 0, max(len(d), blockSize))
	}
	start := len(r.memory)
	r.memory = append(r.memory, d...)
	return r.memory[start:len(r.memory):len(r.memory)]
}
