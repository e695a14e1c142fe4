package store

import (
	"context"
	"fmt"
)

// Chain gives the ids of all snapshots that were ever recorded, of all targets and
// those that are forgotten among them, in the order of the chain.
func (s *Store) Chain(ctx context.Context) ([]string, error) {
	var ids []string
	if err := s.reader.SelectContext(ctx, &ids, `SELECT lower(hex(id)) FROM snapshot ORDER BY seq`); err != nil {
		return nil, translate(fmt.Errorf("read the chain: %w", err), s.path)
	}
	return ids, nil
}
