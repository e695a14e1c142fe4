package commands

import (
	"context"
	"errors"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
)

type impactArgs struct {
	stateArgs

	state  string
	format string
}

func newImpact(env Env, shared *common) command {
	a := new(impactArgs)
	return command{
		name: "impact", args: "PROVIDER", min: 1, max: 1,
		short: "what depends on a provider, and what happens to it if the provider goes",
		long: `
Names the Access apps, policies and groups that name the provider, and what would
happen to each if it were deleted: nobody gets in, everybody may, a rule no longer
matches. PROVIDER is a name or id. By default it looks at the live target.
` + statesHelp,
		examples: []example{{"idpsnap impact 'Corp okta'", ""}, {"idpsnap impact Okta --state latest~1", "as of the snapshot before the latest"}},
		exits:    []int{exitDone, exitFailed, exitIncomplete, exitPermission, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "state", Destination: &a.state, Value: "live", Usage: "`STATE` to look at (default live)"},
			&cli.StringFlag{Name: "format", Destination: &a.format, Usage: "`FORMAT` of the result: text, json or markdown (default text)"},
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error { return runImpact(ctx, env, shared, a, args[0]) },
	}
}

func runImpact(ctx context.Context, env Env, shared *common, a *impactArgs, word string) error {
	format, err := planFormat(shared, a.format)
	if err != nil {
		return err
	}
	return a.withStates(env, shared, func(o *opener) error {
		st, err := o.find(ctx, a.state)
		if err != nil {
			return err
		}
		open, err := o.open(ctx, st, need{references: true})
		if err != nil {
			return err
		}
		kinds := []snapshot.Kind{snapshot.IdentityProvider}
		provider, err := findResource(open.resources(kinds), word, a.state)
		if errors.Is(err, errNoResource) {
			err = missingFrom(open.snapshot, kinds, err)
			var p *problem
			if errors.As(err, &p) && st.live && errors.Is(err, errNotFound) {
				p.hint = "is it gone already? idpsnap impact NAME --state latest looks into the newest snapshot"
			}
			return err
		}
		if err != nil {
			return err
		}
		state, err := planState(open)
		if err != nil {
			return err
		}
		impact := migrate.ImpactOf(provider, state)
		if err := report.Impact(format, env.Stdout, shared.style(env), impact, a.state); err != nil {
			return err
		}
		if len(impact.Unread) > 0 {
			return &problem{class: errIncomplete, text: "not all that may name it was read", hint: `the token needs "Access: Apps and Policies Read"`}
		}
		return nil
	})
}
