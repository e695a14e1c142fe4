package store

import "context"

// SetChunk says how many bytes of documents are read at a time, so that a test
// needs no large history to have many chunks.
func (s *Store) SetChunk(size int64) { s.chunk = size }

// ReadNothing reads nothing, after asking what is to be read.
func (s *Store) ReadNothing(ctx context.Context, ask func()) error {
	return s.walk(ctx, func(context.Context) (*selection, error) {
		ask()
		return &selection{}, nil
	}, func([]*found) (bool, error) { return true, nil })
}
