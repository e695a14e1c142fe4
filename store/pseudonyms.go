package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// PseudonymKey gives the key that this history makes pseudonyms with. The first time it
// is fresh, which is called once, and it is kept from then on. It is in the history's
// journal and nowhere else: no snapshot, manifest or export has it.
func (s *Store) PseudonymKey(ctx context.Context, at time.Time, fresh func() ([]byte, error)) ([]byte, error) {
	key, err := s.pseudonymKey(ctx, at, fresh)
	if err != nil {
		return nil, translate(fmt.Errorf("the key of pseudonyms: %w", err), s.path)
	}
	return hex.DecodeString(key)
}

func (s *Store) pseudonymKey(ctx context.Context, at time.Time, fresh func() ([]byte, error)) (key string, err error) {
	look := func(tx *sqlx.Tx) error {
		u, err := readUpkeep(ctx, tx)
		if err == nil {
			key = u.key
		}
		return err
	}
	// A history that cannot be written to may have one.
	if err := inTx(ctx, s.reader, look); err != nil || key != "" {
		return key, err
	}
	if err := s.catchUp(ctx); err != nil {
		return "", err
	}
	err = inTx(ctx, s.writer, func(tx *sqlx.Tx) error {
		if err := look(tx); err != nil || key != "" { // another process was first
			return err
		}
		raw, err := fresh()
		if err != nil {
			return err
		}
		key = hex.EncodeToString(raw)
		return note(ctx, tx, keyedEvent, at, deed{Key: key})
	})
	if err == nil {
		_ = s.seal(ctx) // without a seal Verify checks the contents alone
	}
	return key, err
}
