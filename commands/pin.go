package commands

import (
	"context"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

type pinArgs struct {
	stateArgs

	reason string
}

// byHand is the reason where none is given: a pin without one would be none.
const byHand = "by hand"

func newPin(env Env, shared *common) command {
	a := new(pinArgs)
	return command{
		name: "pin", args: "SNAPSHOT...", min: 1, max: manyArgs,
		short: "keep snapshots, whatever a retention policy says",
		long: `
Marks snapshots of the history, so that idpsnap forget keeps them until somebody
unpins them. SNAPSHOT is an id or its first 4 digits or more, or any other state
that stands for a recorded snapshot, such as latest or 2026-06-30. A snapshot that
is pinned already gets the new reason. The list of idpsnap snapshots shows which
are pinned, and why.`,
		examples: []example{
			{"idpsnap pin 1a2b3c4d --reason 'evidence of audit 2026'", ""},
			{"idpsnap pin 2026-06-30", "what was there at the end of June"},
		},
		exits: []int{exitDone, exitFailed, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "reason", Destination: &a.reason, Value: byHand, Usage: "why, as `TEXT` that forget and snapshots show"},
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error {
			return runPin(ctx, env, shared, &a.stateArgs, args, func(s *store.Store, ids []string) error {
				return s.Pin(ctx, ids, env.Now(), a.reason)
			})
		},
	}
}

func newUnpin(env Env, shared *common) command {
	a := new(pinArgs)
	return command{
		name: "unpin", args: "SNAPSHOT...", min: 1, max: manyArgs,
		short: "let a retention policy decide about snapshots again",
		long: `
Takes back what idpsnap pin did. SNAPSHOT is an id or its first 4 digits or more,
or any other state that stands for a recorded snapshot. The next idpsnap forget
judges it like any other.`,
		examples: []example{{"idpsnap unpin 1a2b3c4d --reason 'audit 2026 is closed'", ""}},
		exits:    []int{exitDone, exitFailed, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "reason", Destination: &a.reason, Value: byHand, Usage: "why, as `TEXT` that the history records"},
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error {
			return runPin(ctx, env, shared, &a.stateArgs, args, func(s *store.Store, ids []string) error {
				return s.Unpin(ctx, ids, env.Now(), a.reason)
			})
		},
	}
}

// runPin finds the snapshots, does to them what mark does, and lists them as they are
// then.
func runPin(ctx context.Context, env Env, shared *common, a *stateArgs, states []string, mark func(*store.Store, []string) error) error {
	p, err := shared.printer(env)
	if err != nil {
		return err
	}
	return a.withStates(env, shared, func(o *opener) error {
		var ids []string
		for _, text := range states {
			st, err := o.find(ctx, text)
			if err != nil {
				return err
			}
			if st.live || st.file != "" {
				return usage("idpsnap snapshots lists what can be pinned", "%s is no snapshot of the history", text)
			}
			ids = append(ids, st.snapshot.ID)
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		s, err := o.history(ctx)
		if err != nil {
			return err
		}
		if err := mark(s, ids); err != nil {
			return err
		}
		all, err := s.Snapshots(ctx)
		if err != nil {
			return err
		}
		return p.Snapshots(slices.DeleteFunc(all, func(sn snapshot.Snapshot) bool { return !slices.Contains(ids, sn.ID) }))
	})
}
