package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// carryArgs are the flags of apply and resume.
type carryArgs struct {
	stateArgs
	guardArgs
	writeArgs
}

func newApply(env Env, shared *common) command {
	a := new(carryArgs)
	return command{
		name: "apply", args: "PLAN", min: 1, max: 1,
		short: "carry out a plan that restore or migrate has saved",
		long: `
Carries out a plan that was saved with --plan-out: that and nothing else. A plan
that was edited is refused, and so is one whose target has changed since it was
made: then make it anew. Guards that stand in the plan need their flags here; those
that were let pass when it was made are part of it. PLAN may be - for stdin.`,
		examples: []example{
			{"idpsnap apply move.json --secrets-file secrets.yaml --scim-secrets-out tokens.json", "what migrate --plan-out move.json has saved"},
		},
		exits: restoreExits,
		flags: slices.Concat(a.guardArgs.flags(0), a.writeArgs.flags(), a.targetArgs.flags(), a.historyArgs.flags(), []cli.Flag{
			&cli.StringFlag{Name: "format", Destination: &a.format, Usage: "`FORMAT` of the plan: text, json or markdown (default text)"},
		}),
		run: func(ctx context.Context, args []string) error { return runApply(ctx, env, shared, a, args[0]) },
	}
}

func runApply(ctx context.Context, env Env, shared *common, a *carryArgs, path string) error {
	format, err := planFormat(shared, a.format)
	if err != nil {
		return err
	}
	if _, err := a.checklistFormat(); err != nil {
		return err
	}
	plan, err := readPlan(env, path)
	if err != nil {
		return err
	}
	if plan, err = plan.Override(a.allowed(), a.maxChanges); err != nil {
		return err
	}
	given, err := a.secretFlags.load(ctx, env)
	if err != nil {
		return err
	}
	c := &carrier{env: env, shared: shared, history: a.historyArgs, writeArgs: a.writeArgs, say: notes{env: env, shared: shared}}
	return a.withStates(env, shared, func(open *opener) error {
		p, err := open.planned(plan)
		if err != nil {
			return err
		}
		if err := refusal(plan); err != nil {
			return err
		}
		// Before anybody is asked for anything.
		now, err := readTarget(ctx, env, shared, p.to)
		if err != nil {
			return err
		}
		if err := errors.Join(sameHost(plan, now.Snapshot), asPlanned(plan, now)); err != nil {
			return err
		}
		// The plan may have been made by hand: what it says of guards is not believed.
		if err := refusal(&migrate.Plan{Guards: plan.GuardsNow(migrate.NewSteps(plan), now)}); err != nil {
			return err
		}
		if err := c.begin(ctx, plan, given); err != nil {
			return err
		}
		o := report.PlanOptions{Style: shared.style(env), Supplied: usable(c.secrets)}
		if !plan.Writes() {
			return report.Plan(format, env.Stdout, plan, o)
		}
		if err := c.showFirst(format, plan, o); err != nil {
			return err
		}
		if err := c.agree(ctx, plan); err != nil {
			return err
		}
		return c.fresh(ctx, p)
	})
}

// readPlan reads a saved plan.
func readPlan(env Env, path string) (*migrate.Plan, error) {
	var data []byte
	var err error
	if path == "-" {
		data, err = io.ReadAll(env.Stdin)
	} else {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, &problem{class: errNotFound, cause: err, text: err.Error(), hint: "idpsnap restore STATE --plan-out FILE makes a plan"}
	}
	p, err := migrate.ParsePlan(data)
	switch {
	case errors.Is(err, migrate.ErrEdited):
		return nil, &problem{class: errRefused, cause: err, text: path + ": " + err.Error() + "; nothing was written", hint: "make a new plan: --only, --exclude, --set and --rename change what it does"}
	case err != nil:
		return nil, usage("idpsnap restore STATE --plan-out FILE makes a plan", "%s: %v", path, err)
	}
	return p, nil
}

// planned finds the target of a plan that was made before, with its credentials.
func (o *opener) planned(p *migrate.Plan) (planned, error) {
	t, err := snapshot.ParseTarget(p.Target.Target)
	if err != nil {
		return planned{}, err
	}
	to := selection{target: t}
	if sel, ok, err := o.args.selected(o.env); err == nil && ok {
		if sel.target == t {
			return planned{p, sel}, nil
		}
		if o.args.flagged() {
			return planned{}, usage("leave the flag out", "the plan is for %s, not for %s", t, sel)
		}
	}
	// A profile may bring its own token.
	if config, err := o.args.load(o.env); err == nil {
		for _, name := range config.names() {
			if sel, err := config.Profiles[name].selection(); err == nil && sel.target == t {
				to = sel
				break
			}
		}
	}
	return planned{p, to}, nil
}

func newResume(env Env, shared *common) command {
	a := new(carryArgs)
	return command{
		name: "resume", args: "RUN", min: 1, max: 1,
		short: "finish a run that was broken off, or try again what failed in it",
		long: `
Goes on with a run where its journal ends. What was under way when it was broken off
is looked for in the target first: nothing is written twice. Secrets of what is
still to be created have to be supplied again, as they are kept nowhere; a SCIM
token that was in an answer that nobody got is named. RUN is an id, or at least 4 of
its first digits.`,
		examples: []example{{"idpsnap resume 3f2a91bc --secrets-file secrets.yaml", ""}},
		exits:    restoreExits,
		flags:    slices.Concat(a.guardArgs.flags(0), a.writeArgs.flags(), a.targetArgs.flags(), a.historyArgs.flags()),
		run:      func(ctx context.Context, args []string) error { return runResume(ctx, env, shared, a, args[0]) },
	}
}

func runResume(ctx context.Context, env Env, shared *common, a *carryArgs, word string) error {
	if _, err := a.checklistFormat(); err != nil {
		return err
	}
	given, err := a.secretFlags.load(ctx, env)
	if err != nil {
		return err
	}
	return a.withStates(env, shared, func(open *opener) error {
		s, err := open.history(ctx)
		if err != nil {
			return err
		}
		run, err := findRun(ctx, env, s, word)
		if err != nil {
			return err
		}
		id := snapshot.ShortID(run.ID)
		switch run.Status {
		case migrate.Done:
			return &problem{class: errUsage, text: "run " + id + " is done", hint: "idpsnap runs show " + id + " shows it"}
		case migrate.Running:
			return &problem{class: store.ErrLocked, text: "run " + id + " is being carried out by another process", hint: "wait for it: idpsnap runs shows how it stands"}
		case migrate.Interrupted, migrate.Incomplete:
		}
		p, err := open.planned(run.Plan)
		if err != nil {
			return err
		}
		c := &carrier{env: env, shared: shared, history: a.historyArgs, writeArgs: a.writeArgs, say: notes{env: env, shared: shared}}
		left := openSteps(run.Plan, run.Steps)
		if err := c.begin(ctx, left, given); err != nil {
			return err
		}
		if err := soundJournal(ctx, s); err != nil {
			return err
		}
		if !env.InTerminal && !a.yes {
			return confirm(ctx, env, targetName(run.Plan), false)
		}
		// After days the target may be another one.
		if err := c.alone(ctx, s, p, run.ID, run.last, run.last); err != nil {
			return err
		}
		now, err := readTarget(ctx, env, shared, p.to)
		if err != nil {
			return err
		}
		if err := errors.Join(sameHost(run.Plan, now.Snapshot), a.guarded(run, now)); err != nil {
			return err
		}
		to := env.Stdout
		if shared.json {
			to = env.Stderr
		}
		if !shared.json || env.InTerminal && !a.yes {
			if err := report.Run("text", to, shared.style(env), run.Run); err != nil {
				return err
			}
		}
		if err := c.agree(ctx, left); err != nil {
			return err
		}
		defer c.tidy()
		client, err := p.to.client(ctx, env, connection{writes: true})
		if err != nil {
			return err
		}
		safety, now, err := c.safety(ctx, s, p)
		if err != nil {
			return err
		}
		if err := a.guarded(run, now); err != nil { // it took a while until somebody had agreed
			return err
		}
		c.say.tell(ctx, "run %s goes on; before it does, snapshot %s was taken of the target", id, snapshot.ShortID(safety))
		log := runJournal{s, run.ID, env.Now}
		claim := migrate.Claim{Process: migrate.Process{Host: env.Host, PID: env.PID}}
		if err := c.enter(ctx, p, log, migrate.EventClaim, claim, run.last, run.last); err != nil {
			return err
		}
		return c.apply(ctx, s, client, p, log, run.Steps, run.present)
	})
}

// guarded refuses to go on with a run where what is left of it could lock people out
// now, whatever could be said when it was begun.
func (a *carryArgs) guarded(run pastRun, now migrate.State) error {
	plan, err := run.Plan.Override(a.allowed(), a.maxChanges)
	if err != nil {
		return err
	}
	return refusal(&migrate.Plan{Guards: plan.GuardsNow(run.Steps, now)})
}

// soundJournal sees to it that what is gone on with is what was recorded.
func soundJournal(ctx context.Context, s *store.Store) error {
	problems, err := s.VerifyJournal(ctx)
	if err != nil || len(problems) == 0 {
		return err
	}
	return &problem{class: errIntegrity, text: fmt.Sprintf("the journal of runs is not as it was recorded: %s: %s", problems[0].Where, problems[0].What)}
}
