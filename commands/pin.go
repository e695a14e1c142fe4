package commands

import (
	"context"
	"slices"
	"strings"

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
is pinned already has the new reason beside the others. The list of idpsnap
snapshots shows which are pinned, and why.`,
		examples: []example{
			{"idpsnap pin 1a2b3c4d --reason 'evidence of audit 2026'", ""},
			{"idpsnap pin 2026-06-30", "what was there at the end of June"},
		},
		exits: []int{exitDone, exitFailed, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "reason", Destination: &a.reason, Value: byHand, Usage: "why, as `TEXT` that forget and snapshots show"},
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error {
			return runPin(ctx, env, shared, a, args, func(s *store.Store, pinned []snapshot.Snapshot) error {
				return s.Pin(ctx, idsOf(pinned), env.Now(), a.reason)
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
Takes back what idpsnap pin did, for all reasons at once. SNAPSHOT is an id or its
first 4 digits or more, or any other state that stands for a recorded snapshot. The
next idpsnap forget judges it like any other. Of one that evidence cites it says so:
once it is forgotten, idpsnap verify cannot compare that evidence any more.`,
		examples: []example{{"idpsnap unpin 1a2b3c4d --reason 'audit 2026 is closed'", ""}},
		exits:    []int{exitDone, exitFailed, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "reason", Destination: &a.reason, Value: byHand, Usage: "why, as `TEXT` that the history records"},
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error {
			return runPin(ctx, env, shared, a, args, func(s *store.Store, pinned []snapshot.Snapshot) error {
				if err := s.Unpin(ctx, idsOf(pinned), env.Now(), a.reason); err != nil {
					return err
				}
				for _, sn := range pinned {
					unpinned(ctx, notes{env: env, shared: shared}, sn)
				}
				return nil
			})
		},
	}
}

// citedByEvidence is what the reason begins with where a bundle pins what it cites.
const citedByEvidence = "cited by evidence"

// unpinned tells what a person should know of a snapshot that was unpinned, as it was
// before.
func unpinned(ctx context.Context, tell notes, sn snapshot.Snapshot) {
	id := snapshot.ShortID(sn.ID)
	switch {
	case sn.Pin == "":
		tell.tell(ctx, "%s was not pinned", id)
	case strings.HasPrefix(sn.Pin, citedByEvidence) || strings.Contains(sn.Pin, "; "+citedByEvidence):
		tell.tell(ctx, "evidence cites %s: once it is forgotten, verify cannot compare that evidence any more (%s)", id, sn.Pin)
	}
}

func idsOf(list []snapshot.Snapshot) []string {
	ids := make([]string, len(list))
	for i, sn := range list {
		ids[i] = sn.ID
	}
	return ids
}

// runPin finds the snapshots, does to them what mark does, and lists them as they are
// then.
func runPin(ctx context.Context, env Env, shared *common, a *pinArgs, states []string, mark func(*store.Store, []snapshot.Snapshot) error) error {
	if strings.TrimSpace(a.reason) == "" {
		return usage("leave it out, or say why", "--reason is blank")
	}
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
		named := func() ([]snapshot.Snapshot, error) {
			all, err := s.Snapshots(ctx)
			return slices.DeleteFunc(all, func(sn snapshot.Snapshot) bool { return !slices.Contains(ids, sn.ID) }), err
		}
		before, err := named()
		if err != nil {
			return err
		}
		if err := mark(s, before); err != nil {
			return err
		}
		after, err := named()
		if err != nil {
			return err
		}
		return p.Snapshots(after)
	})
}
