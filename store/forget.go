package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Forget forgets the snapshots with the full ids, all of them or none, for the
// reason that why gives. Their manifests stay, so that the chain still verifies and
// it can be seen that something was forgotten; what they alone held is gone from the
// listings at once, and from the file with the next Prune. The others hold what they
// held.
//
// It refuses what is pinned (ErrPinned), unknown (ErrNoSnapshot) or forgotten
// (ErrForgotten), and what would leave a target that has complete snapshots without
// one (ErrLastComplete); those that a restore takes before it writes do not count.
func (s *Store) Forget(ctx context.Context, ids []string, at time.Time, why string) error {
	why, err := reason(why)
	if err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	if len(ids) == 0 {
		return nil
	}
	if err := s.catchUp(ctx); err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	err = s.unchecked(ctx, func(tx *sqlx.Tx) error {
		u, err := readUpkeep(ctx, tx)
		if err != nil {
			return err
		}
		list, err := u.forgettable(ctx, tx, ids)
		if err != nil {
			return err
		}
		if err := (&forgetter{tx}).forget(ctx, list); err != nil {
			return err
		}
		d := deed{Why: why}
		for _, k := range list {
			d.Snapshots = append(d.Snapshots, k.id)
		}
		return note(ctx, tx, forgotEvent, at, d)
	})
	if err != nil {
		return translate(fmt.Errorf("forget: %w", err), s.path)
	}
	_ = s.seal(ctx) // without a seal Verify checks the contents alone
	return nil
}

// unchecked is inTx for deleting what other rows refer to, none of which fn may
// leave behind. To look for them SQLite would read a whole table for each row that
// goes, since no index is worth its room for that alone.
func (s *Store) unchecked(ctx context.Context, fn func(tx *sqlx.Tx) error) (err error) {
	db, err := connect(s.path, "rw", "immediate", s.busy)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `PRAGMA foreign_keys = OFF`); err != nil {
		return err
	}
	return inTx(ctx, db, fn)
}

// forgettable gives the snapshots with the full ids if all of them may be forgotten.
func (u *upkeep) forgettable(ctx context.Context, tx *sqlx.Tx, ids []string) ([]kept, error) {
	list, err := u.find(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var targets []int64
	for _, k := range list {
		if why := u.whyPinned(k.id); why != "" {
			return nil, fmt.Errorf("%s: %w: %s", snapshot.ShortID(k.id), ErrPinned, why)
		}
		if !slices.Contains(targets, k.target) {
			targets = append(targets, k.target)
		}
	}
	for _, target := range targets {
		if err := u.leavesComplete(ctx, tx, target, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// leavesComplete checks that one of the target's complete snapshots stays when those
// of the list go.
func (u *upkeep) leavesComplete(ctx context.Context, tx *sqlx.Tx, target int64, list []kept) error {
	var manifests [][]byte
	if err := tx.SelectContext(ctx, &manifests, `SELECT manifest FROM snapshot WHERE target = ? ORDER BY seq DESC`, target); err != nil {
		return err
	}
	of := ""
	for _, text := range manifests {
		sn, _, err := readManifest(text)
		if err != nil {
			return err
		}
		if sn.Status() != snapshot.Complete || sn.Origin == snapshot.Safety || u.refuse(sn.ID) != nil {
			continue
		}
		if !slices.ContainsFunc(list, func(k kept) bool { return k.id == sn.ID }) {
			return nil
		}
		of = sn.Target.String()
	}
	if of == "" {
		return nil // it had none
	}
	return fmt.Errorf("%s: %w", of, ErrLastComplete)
}

// Forgotten gives every snapshot that was forgotten, of all targets, the oldest
// snapshot first.
func (s *Store) Forgotten(ctx context.Context) ([]snapshot.Forgotten, error) {
	var list []snapshot.Forgotten
	err := inTx(ctx, s.reader, func(tx *sqlx.Tx) error {
		u, err := readUpkeep(ctx, tx)
		if err != nil || len(u.forgotten) == 0 {
			return err
		}
		var rows []manifestRow
		if err := tx.SelectContext(ctx, &rows, `SELECT lower(hex(id)) AS id, manifest FROM snapshot ORDER BY seq`); err != nil {
			return err
		}
		for _, r := range rows {
			f, ok := u.forgotten[r.ID]
			if !ok {
				continue
			}
			sn, _, err := readManifest(r.Manifest)
			if err != nil {
				return err
			}
			list = append(list, snapshot.Forgotten{Snapshot: sn, ForgottenAt: f.at, Why: f.why})
		}
		return nil
	})
	if err != nil {
		return nil, translate(fmt.Errorf("list what was forgotten: %w", err), s.path)
	}
	return list, nil
}
