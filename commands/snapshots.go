package commands

import (
	"context"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

type snapshotsArgs struct {
	historyArgs
	targetArgs
}

func newSnapshots(env Env, shared *common) command {
	a := new(snapshotsArgs)
	return command{
		name:  "snapshots",
		short: "list the snapshots of the history",
		long: `
Lists every snapshot, oldest first: its id, when it was taken, of which target,
whether it is complete, what it holds and what changed. With --account, --zone or
--profile only those of one target; the environment's default target does not
narrow the list.`,
		examples: []example{
			{"idpsnap snapshots", ""},
			{"idpsnap snapshots --profile prod --json | jq -r '.snapshots[-1].status'", "how last night went"},
		},
		exits: []int{exitDone, exitFailed, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat(a.targetArgs.flags(), a.historyArgs.flags()),
		run:   func(ctx context.Context, _ []string) error { return runSnapshots(ctx, env, shared, *a) },
	}
}

func runSnapshots(ctx context.Context, env Env, shared *common, a snapshotsArgs) error {
	var only *selection
	if a.account != "" || a.zone != "" || a.profile != "" {
		sel, err := a.one(env)
		if err != nil {
			return err
		}
		only = &sel
	}
	p, err := shared.printer(env)
	if err != nil {
		return err
	}
	return a.with(ctx, env, func(s *store.Store) error {
		all, err := s.Snapshots(ctx)
		if err != nil {
			return err
		}
		if only != nil {
			all = of(all, only.target)
		}
		if len(all) == 0 && !shared.json {
			notes{env: env, shared: shared}.tell(ctx, "no snapshots yet: idpsnap snapshot takes one")
		}
		return p.Snapshots(slices.Clip(append([]snapshot.Snapshot{}, all...)))
	})
}
