package commands

import (
	"context"
	"errors"

	"github.com/idpsnap/idpsnap/store"
)

func newVerify(env Env, shared *common) command {
	a := new(historyArgs)
	return command{
		name: "verify", args: "[BUNDLE]", max: 1,
		short: "prove that the history, or a bundle of evidence, is as it was recorded",
		long: `
Reads the whole history and recomputes every digest: of each document, of each
collection of each snapshot, and the chain of the snapshots' manifests. A byte
that was flipped, a row that was deleted, added or swapped is found and named.

Snapshots that were cut off the end are noticed too. What it cannot see is that
somebody who may write the file recomputed the digests as well: corrected the row
that counts the snapshots after cutting some off, or made the whole file anew. Keep
the newest snapshot's id, which it prints, elsewhere (a log on another machine, a
ticket): as long as that snapshot is in the history and verify passes, it and
everything before it are as they were recorded.

Snapshots that forget removed are listed, with when and by which policy: their
manifests stay in the chain.

BUNDLE is a directory that report --bundle made: its files are compared with their
digests, and with what the history makes of the same question today. Without the
history the digests alone are checked, which ends with status 10. Where nights were
forgotten since, or another version made it, what is left is compared (3), unless
the history has recorded that it made this very bundle, as it does.`,
		examples: []example{
			{"idpsnap verify", ""},
			{"idpsnap verify --json | jq -r '.head'", "the id to keep elsewhere"},
			{"idpsnap verify q3/", "is the evidence what the history says?"},
		},
		exits: []int{exitDone, exitFailed, exitIncomplete, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: a.flags(),
		run: func(ctx context.Context, args []string) error {
			if len(args) > 0 {
				return withoutHistory(a.verifyBundle(ctx, env, shared, args[0]), args[0])
			}
			return runVerify(ctx, env, shared, *a)
		},
	}
}

// withoutHistory says, where a bundle was checked without a history, which one is wanted:
// a first snapshot would prove nothing of it.
func withoutHistory(err error, bundle string) error {
	if !errors.Is(err, store.ErrNoHistory) {
		return err
	}
	return &problem{
		class: store.ErrNoHistory, text: err.Error(),
		hint: "--db FILE names the history that made " + bundle + "; where there is none, its own digests are all there is to check",
	}
}

func runVerify(ctx context.Context, env Env, shared *common, a historyArgs) error {
	p, err := shared.printer(env)
	if err != nil {
		return err
	}
	err = a.with(ctx, env, func(s *store.Store) error {
		v, err := s.Verify(ctx)
		if err != nil {
			return err
		}
		if err := p.Verified(v); err != nil {
			return err
		}
		if n := len(v.Problems); n > 0 {
			return &problem{
				class: errIntegrity,
				text:  plural(n, "problem") + " in the history: it is not as it was recorded",
				hint:  "keep the file, fetch a copy from before the damage, and find out who or what changed it",
			}
		}
		return nil
	})
	if errors.Is(err, store.ErrCorrupt) { // so damaged that SQLite gives up
		return &problem{class: err, text: err.Error(), hint: "keep the file, and fetch a copy from before the damage"}
	}
	return err
}
