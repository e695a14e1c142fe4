package commands

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// manyArgs is the most that a command takes which takes any number of arguments.
const manyArgs = math.MaxInt

type forgetArgs struct {
	stateArgs
	policyArgs

	dryRun bool
	prune  bool
}

func newForget(env Env, shared *common) command {
	a := new(forgetArgs)
	return command{
		name: "forget", args: "[SNAPSHOT...]", max: manyArgs,
		short: "remove snapshots by a retention policy, or by their ids",
		long: `
Forgets the snapshots that a policy does not keep. Its words are those of restic:
--keep-daily 7 keeps, of the last 7 days that have a snapshot, the newest one each,
and what one word keeps is kept. Days and the like are those of UTC. Where a
complete snapshot is, it is kept rather than a partial one.

Each target is judged by itself: all that the history holds, or the one that a flag
names; the environment's default target does not narrow it. Safety snapshots are
judged by themselves, too. Always kept are a target's newest complete snapshot and
pinned ones (idpsnap pin).

With SNAPSHOT, an id or its first 4 digits or more, exactly those are forgotten.

What a forgotten snapshot held can no longer be shown or compared; that it was
taken, when and by which policy it was forgotten stays in the history, and verify
tells it. With --prune what nothing else holds is removed from the file: only then
is personal data gone. docs/retention.md says more.`,
		examples: []example{
			{"idpsnap forget --keep-daily 93 --keep-weekly 53 --keep-monthly 36 --keep-yearly 7 --dry-run", "what would go?"},
			{"idpsnap forget --keep-within 2y --prune --quiet", "every night, after idpsnap snapshot"},
			{"idpsnap forget 1a2b3c4d --prune", "one that should not have been taken"},
		},
		exits: []int{exitDone, exitFailed, exitRefused, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat(a.policyFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Destination: &a.dryRun, Usage: "say what would be forgotten, and write nothing"},
			&cli.BoolFlag{Name: "prune", Destination: &a.prune, Usage: "remove from the file what only forgotten snapshots hold, earlier ones too"},
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error { return runForget(ctx, env, shared, a, args) },
	}
}

func runForget(ctx context.Context, env Env, shared *common, a *forgetArgs, ids []string) error {
	policy, err := a.policy()
	if err != nil {
		return err
	}
	policy.Now = env.Now()
	if err := a.check(policy, ids); err != nil {
		return err
	}
	return a.withStates(env, shared, func(o *opener) error {
		s, err := o.history(ctx)
		if err != nil {
			return err
		}
		f, err := a.decide(ctx, o, policy, ids)
		if err != nil {
			return err
		}
		if !a.dryRun {
			if err := intact(ctx, s); err != nil {
				return err
			}
			if err := forget(ctx, env, s, f); err != nil {
				return err
			}
			if a.prune {
				f.Pruned, err = prune(ctx, env, s) // what was forgotten is told even so
			}
		}
		if shared.quiet && !shared.json && !a.dryRun && err == nil {
			return nil
		}
		return errors.Join(report.Forget(shared.format(), env.Stdout, f, shared.style(env)), err)
	})
}

// intact refuses to take anything out of a history that is damaged: what is left would
// be sealed anew, and the damage not be found any more.
func intact(ctx context.Context, s *store.Store) error {
	v, err := s.Verify(ctx)
	if err != nil || len(v.Problems) == 0 {
		return err
	}
	return &problem{
		class: errIntegrity, text: "nothing was forgotten: " + plural(len(v.Problems), "problem") + " in the history",
		hint: "idpsnap verify names what is damaged; keep the file, and fetch a copy from before",
	}
}

// unfinished gives the ids of snapshots that a run which is not finished took before it
// wrote, and of which run.
func unfinished(ctx context.Context, env Env, s *store.Store) (map[string]string, error) {
	runs, err := readRuns(ctx, env, s)
	if err != nil {
		return nil, err
	}
	of := map[string]string{}
	for _, r := range runs {
		if r.Status != migrate.Done && r.Safety != "" {
			of[r.Safety] = fmt.Sprintf("run %s is %s", snapshot.ShortID(r.ID), r.Status)
		}
	}
	return of, nil
}

// namedByHand is what is recorded as the reason where somebody named a snapshot.
const namedByHand = "named by hand"

// check finds what makes no sense together.
func (a *forgetArgs) check(policy snapshot.Policy, ids []string) error {
	switch {
	case len(ids) > 0 && !policy.Empty():
		return usage("leave one of them out", "forget takes snapshots or a policy (%s), not both", policy)
	case len(ids) > 0 && a.flagged():
		return usage("leave the flag out: an id stands for itself", "forget takes snapshots or a target, not both")
	case len(ids) == 0 && policy.Empty() && (!a.prune || a.given() || a.flagged()):
		return usage("idpsnap forget --keep-daily 93 --keep-weekly 53 --keep-monthly 36 --keep-yearly 7 --dry-run shows what such a policy does",
			"forget needs a policy that keeps something, or the ids of snapshots")
	}
	return nil
}

// decide says which snapshots go.
func (a *forgetArgs) decide(ctx context.Context, o *opener, policy snapshot.Policy, ids []string) (report.Forgetting, error) {
	f := report.Forgetting{Policy: policy.String(), DryRun: a.dryRun}
	all, err := o.scene(ctx).history()
	if err != nil {
		return f, err
	}
	needed, err := unfinished(ctx, o.env, o.store)
	switch {
	case err != nil:
		return f, err
	case len(ids) > 0:
		f.Verdicts, err = byName(ctx, o, all, ids, needed)
		return f, err
	case policy.Empty(): // --prune alone
		return f, nil
	case a.flagged():
		sel, err := a.one(o.env)
		if err != nil {
			return f, err
		}
		if all = of(all, sel.target); len(all) == 0 {
			return f, &problem{class: errNotFound, text: "the history holds no snapshot of " + sel.String(), hint: "idpsnap snapshots lists what there is"}
		}
	}
	f.Verdicts = policy.Apply(all)
	for i := range f.Verdicts {
		if why := needed[f.Verdicts[i].ID]; why != "" {
			f.Verdicts[i].Keep = true
			f.Verdicts[i].Reasons = append(f.Verdicts[i].Reasons, why)
		}
	}
	return f, nil
}

// byName gives verdicts on the snapshots of the targets that the ids are of: exactly
// those that are named go, unless one of them must be kept.
func byName(ctx context.Context, o *opener, all []snapshot.Snapshot, ids []string, needed map[string]string) ([]snapshot.Verdict, error) {
	named := map[string]bool{}
	targets := map[snapshot.Target]bool{}
	for _, text := range ids {
		ref, err := parseState(text)
		if err != nil {
			return nil, err
		}
		if ref.id == "" {
			return nil, usage("idpsnap snapshots lists the ids; 4 of their digits are enough", "%q is no snapshot's id", text)
		}
		st, err := o.find(ctx, text)
		if err != nil {
			return nil, err
		}
		named[st.snapshot.ID], targets[st.snapshot.Target] = true, true
	}
	if err := mustKeep(all, named, needed); err != nil {
		return nil, err
	}
	var verdicts []snapshot.Verdict
	for _, sn := range all {
		switch {
		case named[sn.ID]:
			verdicts = append(verdicts, snapshot.Verdict{Snapshot: sn})
		case targets[sn.Target]:
			verdicts = append(verdicts, snapshot.Verdict{Snapshot: sn, Keep: true, Reasons: []string{"not named"}})
		}
	}
	return verdicts, nil
}

// mustKeep refuses to forget what is pinned, the last complete snapshot of a target, and
// what a run that is not finished may need. It names all of them at once.
func mustKeep(all []snapshot.Snapshot, named map[string]bool, needed map[string]string) error {
	last := snapshot.LastComplete(all)
	var lines, pinned, hints []string
	for i, sn := range all {
		if !named[sn.ID] {
			continue
		}
		if sn.Pin != "" {
			pinned = append(pinned, snapshot.ShortID(sn.ID))
			lines = append(lines, fmt.Sprintf("%s is pinned: %s", snapshot.ShortID(sn.ID), report.Safe(sn.Pin)))
		}
		if why := needed[sn.ID]; why != "" {
			lines = append(lines, snapshot.ShortID(sn.ID)+" was taken before a restore wrote, and "+why)
			hints = append(hints, "idpsnap runs shows it, and idpsnap resume finishes it")
		}
		if newest, ok := last[sn.Target]; ok && newest == i {
			lines = append(lines, fmt.Sprintf("%s is the last complete snapshot of %s", snapshot.ShortID(sn.ID), sn.Target))
			hints = append(hints, fmt.Sprintf("idpsnap snapshot %s takes another one first", selection{target: sn.Target}.flag()))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if len(pinned) > 0 {
		hints = slices.Insert(hints, 0, "idpsnap unpin "+strings.Join(pinned, " "))
	}
	return &problem{class: errRefused, text: "nothing was forgotten:\n" + strings.Join(lines, "\n"), hint: strings.Join(hints, "; ")}
}

// forget has the history forget what is not kept.
func forget(ctx context.Context, env Env, s *store.Store, f report.Forgetting) error {
	var ids []string
	for _, v := range f.Verdicts {
		if !v.Keep {
			ids = append(ids, v.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	why := f.Policy
	if why == "" {
		why = namedByHand
	}
	return s.Forget(ctx, ids, env.Now(), why)
}

func prune(ctx context.Context, env Env, s *store.Store) (*report.Pruned, error) {
	p, err := s.Prune(ctx, env.Now())
	if err != nil {
		return nil, err
	}
	return &report.Pruned{Before: p.Before, After: p.After, Removed: p.Deleted+p.Rewritten > 0}, nil
}
