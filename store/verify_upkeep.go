package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// loadUpkeep reads what was forgotten, pinned and pruned. Where the journal is
// missing, the check of the journal says so.
func (v *verifier) loadUpkeep(ctx context.Context, tx *sqlx.Tx) error {
	v.upkeep, _ = addUp(nil)
	var journal bool
	err := tx.GetContext(ctx, &journal, `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal')`)
	if err != nil || !journal {
		return err
	}
	list, err := upkeepEntries(ctx, tx)
	if errors.Is(err, ErrCorrupt) {
		v.problem("journal", "%v", err)
		return nil
	}
	if err != nil {
		return err
	}
	var problems []snapshot.Problem
	v.upkeep, problems = addUp(list)
	v.result.Problems = append(v.result.Problems, problems...)
	return v.namedSnapshots(ctx, tx)
}

// namedSnapshots checks that nothing was done but to snapshots that are in the
// history.
func (v *verifier) namedSnapshots(ctx context.Context, tx *sqlx.Tx) error {
	if len(v.upkeep.named) == 0 {
		return nil
	}
	var ids []string
	if err := tx.SelectContext(ctx, &ids, `SELECT lower(hex(id)) FROM snapshot`); err != nil {
		return err
	}
	unknown := v.upkeep.named
	for _, id := range ids {
		delete(unknown, id)
	}
	var problems []snapshot.Problem
	for id, where := range unknown {
		problems = append(problems, snapshot.Problem{Where: where, What: fmt.Sprintf("names snapshot %.8q, which is not in the history", id)})
	}
	slices.SortFunc(problems, func(a, b snapshot.Problem) int { return strings.Compare(a.Where+a.What, b.Where+b.What) })
	v.result.Problems = append(v.result.Problems, problems...)
	return nil
}

// isForgotten reports whether the snapshot was forgotten, and checks that nothing of
// it but the manifest is there.
func (v *verifier) isForgotten(where, id string, sn snapshot.Snapshot, captures []capture) bool {
	f, ok := v.upkeep.forgotten[id]
	if !ok {
		return false
	}
	if len(captures) > 0 {
		v.problem(where, "was forgotten, but %d captures of it are there", len(captures))
	}
	v.result.Forgotten = append(v.result.Forgotten, snapshot.Forgotten{Snapshot: sn, ForgottenAt: f.at, Why: f.why})
	return true
}
