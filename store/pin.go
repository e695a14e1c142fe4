package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Pin keeps the snapshots with the full ids from being forgotten, for the reason
// that why gives. A snapshot may be pinned for several. One that is pinned for this
// one already stays as it is.
func (s *Store) Pin(ctx context.Context, ids []string, at time.Time, why string) error {
	why, err := reason(why)
	if err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	return s.mark(ctx, pinnedEvent, ids, at, why, func(whys []string) bool { return !slices.Contains(whys, why) })
}

// Unpin undoes every Pin of the snapshots with the full ids. One that is not pinned
// stays as it is.
func (s *Store) Unpin(ctx context.Context, ids []string, at time.Time, why string) error {
	return s.mark(ctx, unpinnedEvent, ids, at, why, func(whys []string) bool { return len(whys) > 0 })
}

// mark notes the event of those snapshots for which it is news, given why they are
// pinned.
func (s *Store) mark(ctx context.Context, event string, ids []string, at time.Time, why string, news func(whys []string) bool) error {
	if err := s.catchUp(ctx); err != nil {
		return fmt.Errorf("%s: %w", event, err)
	}
	d := deed{Why: why}
	err := inTx(ctx, s.writer, func(tx *sqlx.Tx) error {
		u, err := readUpkeep(ctx, tx)
		if err != nil {
			return err
		}
		list, err := u.find(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, k := range list {
			if news(u.pins[k.id]) {
				d.Snapshots = append(d.Snapshots, k.id)
			}
		}
		if len(d.Snapshots) == 0 {
			return nil
		}
		return note(ctx, tx, event, at, d)
	})
	if err != nil {
		return translate(fmt.Errorf("%s: %w", event, err), s.path)
	}
	if len(d.Snapshots) > 0 {
		_ = s.seal(ctx) // without a seal Verify checks the contents alone
	}
	return nil
}

// whyPinned gives all reasons for which a snapshot is pinned, oldest first: "" where it
// is not.
func (u *upkeep) whyPinned(id string) string {
	return strings.Join(u.pins[id], "; ")
}
