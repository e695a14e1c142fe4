package store

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Production is how a history waits for the disk outside tests. These switch it off
// (main_test.go): nothing but a loss of power can tell.
var Production = synchronous

// WaitForNoDisk lets histories that are opened from now on not wait for the disk.
func WaitForNoDisk() { synchronous = "OFF" }

// Synchronous asks SQLite how each of the connections that can write waits for the disk.
func (s *Store) Synchronous(ctx context.Context) (list []int, err error) {
	var n int
	err = s.writer.GetContext(ctx, &n, `PRAGMA synchronous`)
	list = append(list, n)
	if err == nil {
		err = s.unchecked(ctx, func(tx *sqlx.Tx) error { return tx.GetContext(ctx, &n, `PRAGMA synchronous`) })
	}
	return append(list, n), err
}

// InTx runs fn in a transaction that reads.
func (s *Store) InTx(ctx context.Context, fn func(tx *sqlx.Tx) error) error {
	return inTx(ctx, s.reader, fn)
}

// SetChunk says how many bytes of documents are read at a time, so that a test
// needs no large history to have many chunks.
func (s *Store) SetChunk(size int64) { s.chunk = size }

// SetRows says how many rows of versions are verified at a time.
func (s *Store) SetRows(n int) { s.rows = n }

// ReadNothing reads nothing, after asking what is to be read.
func (s *Store) ReadNothing(ctx context.Context, ask func()) error {
	return s.walk(ctx, func(context.Context) (*selection, error) {
		ask()
		return &selection{}, nil
	}, func([]*found) (bool, error) { return true, nil })
}
