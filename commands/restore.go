package commands

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
)

// restoreArgs are the flags of restore and migrate.
type restoreArgs struct {
	stateArgs
	planArgs
	writeArgs

	from, to string
	dryRun   bool
	exitCode bool
	planOut  string
	full     bool
}

const restoreHelp = `
The plan is shown first, and then, once the target's name has been typed (or with
--yes), carried out: a safety snapshot of the target is taken, each write is noted
in the history before it is sent and after it was answered, and in the end the
target is read again and compared. Whatever breaks it off, idpsnap resume finishes
it. A plan that could lock people out is refused, with the flag that lets it pass:
--yes passes none. --dry-run shows the plan and sends nothing but GET.

Cloudflare gives no secret back, so those of what is created have to be supplied:
idpsnap secrets template STATE makes the file to fill in; what is missing is asked
for on a terminal. What exists keeps its secrets. A provider that is created has a
new id, and with SCIM a new address and token: --scim-secrets-out keeps the token,
and the checklist in the end says what to change at its vendor.`

var restoreExits = []int{
	exitDone, exitFailed, exitDifferent, exitIncomplete, exitPermission, exitRefused, exitCancelled,
	exitNotFound, exitLocked, exitIntegrity, exitUsage,
}

func newRestore(env Env, shared *common) command {
	a := new(restoreArgs)
	return command{
		name: "restore", args: "STATE", min: 1, max: 1,
		short: "put the providers of a state back, without locking anyone out",
		long: `
Makes the target's identity providers what they are in the state: creates what is
missing, changes what differs, and leaves alone what the state does not have, unless
--delete-extra. The target is the one that the state is of, or --to.
` + restoreHelp + "\n" + statesHelp,
		examples: []example{
			{"idpsnap restore latest --only 'Corp okta' --dry-run", "what would be done"},
			{"idpsnap restore latest --only 'Corp okta' --scim-secrets-out token.json", "asks for its client secret, and for the account's name"},
			{"idpsnap restore 2026-06-30 --secrets-file secrets.yaml --scim-secrets-out tokens.json --yes", "for a script"},
			{"idpsnap restore latest --to zone:5a0d0000000000000000000000000009 --dry-run", ""},
		},
		exits: restoreExits,
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "to", Destination: &a.to, Usage: "`TARGET` to write to: account:<id>, zone:<id> or a profile (default: the state's own)"},
		}, a.ownFlags()),
		run: func(ctx context.Context, args []string) error {
			return runRestore(ctx, env, shared, a, migrate.Restore, args[0], a.to)
		},
	}
}

func newMigrate(env Env, shared *common) command {
	a := new(restoreArgs)
	return command{
		name:  "migrate",
		short: "put a state's providers into another account or zone",
		long: `
Does what restore does, for another target than the one that the state is of. Either
may be an account or a zone, and --from may be live.
` + restoreHelp + "\n" + statesHelp,
		examples: []example{
			{"idpsnap migrate --from account:A --to account:B --dry-run", "with each secret that has to be collected"},
			{"idpsnap migrate --from prod --to labs --secrets-file secrets.yaml --scim-secrets-out tokens.json --checklist moving.html", "by profiles"},
		},
		exits: restoreExits,
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "from", Destination: &a.from, Usage: "`STATE` to put there (required)"},
			&cli.StringFlag{Name: "to", Destination: &a.to, Usage: "`TARGET` to write to: account:<id>, zone:<id> or a profile (required)"},
		}, a.ownFlags()),
		run: func(ctx context.Context, _ []string) error {
			if a.from == "" || a.to == "" {
				return usage("idpsnap migrate --from account:A --to account:B --dry-run", "migrate needs --from STATE and --to TARGET")
			}
			return runRestore(ctx, env, shared, a, migrate.Migrate, a.from, a.to)
		},
	}
}

func (a *restoreArgs) ownFlags() []cli.Flag {
	return slices.Concat([]cli.Flag{
		&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Destination: &a.dryRun, Usage: "show the plan, and write nothing"},
		&cli.BoolFlag{Name: "exit-code", Destination: &a.exitCode, Usage: "with --dry-run: end with status 2 where something is to be done, with 5 where it would be refused"},
		&cli.StringFlag{Name: "plan-out", Destination: &a.planOut, Usage: "save the plan to `FILE`, write nothing else; idpsnap apply carries it out"},
		&cli.StringFlag{Name: "format", Destination: &a.format, Usage: "`FORMAT` of the plan: text, json or markdown (default text)"},
		&cli.BoolFlag{Name: "full", Destination: &a.full, Usage: "every setting at its whole length, and what needs nothing, too"},
	}, a.planArgs.flags(), a.writeArgs.flags(), a.targetArgs.flags(), a.historyArgs.flags())
}

func runRestore(ctx context.Context, env Env, shared *common, a *restoreArgs, verb migrate.Verb, from, to string) error {
	format, err := planFormat(shared, a.format)
	if err != nil {
		return err
	}
	if a.exitCode && !a.dryRun {
		return usage("--dry-run --exit-code", "--exit-code has a meaning with --dry-run only")
	}
	if a.planOut == "-" {
		return usage("--dry-run --json prints the plan", "--plan-out wants the name of a file")
	}
	if _, err := a.checklistFormat(); err != nil {
		return err
	}
	options, err := a.planOptions(a.tokens.out != "")
	if err != nil {
		return err
	}
	given, err := a.secretFlags.load(ctx, env)
	if err != nil {
		return err
	}
	return a.withStates(env, shared, func(open *opener) error {
		p, err := makePlan(ctx, open, verb, from, to, options)
		if err != nil {
			return err
		}
		if open.store != nil { // what is written opens the history anew, to write
			if err := open.store.Close(); err != nil {
				return err
			}
			open.store = nil
		}
		c := &carrier{env: env, shared: shared, history: a.historyArgs, writeArgs: a.writeArgs, say: notes{env: env, shared: shared}}
		secrets, _, err := given.match(p.Plan)
		if err != nil {
			return err
		}
		o := report.PlanOptions{Style: shared.style(env), Full: a.full, DryRun: a.dryRun || a.planOut != "", Supplied: usable(secrets)}
		show := func() error { return report.Plan(format, env.Stdout, p.Plan, o) }
		if a.dryRun && p.Writes() { // what is refused then, whatever the plan says
			if err := c.places(); err != nil {
				return showThen(show, err)
			}
		}
		if a.dryRun || a.planOut != "" {
			return a.planOnly(ctx, c, p, show)
		}
		if err := refusal(p.Plan); err != nil {
			return showThen(show, err)
		}
		if !p.Writes() {
			return show()
		}
		if err := c.begin(ctx, p.Plan, given); err != nil {
			return showThen(show, err)
		}
		if err := c.showFirst(format, p.Plan, o); err != nil {
			return err
		}
		if err := c.agree(ctx, p.Plan); err != nil {
			return err
		}
		return c.fresh(ctx, p)
	})
}

// showThen shows why a command ends as it does.
func showThen(show func() error, err error) error {
	if shown := show(); shown != nil {
		return shown
	}
	return err
}

// planOnly shows a plan that is not carried out now.
func (a *restoreArgs) planOnly(ctx context.Context, c *carrier, p planned, show func() error) error {
	if a.planOut != "" {
		text, err := p.Encode()
		if err != nil {
			return err
		}
		if _, err := createPrivate(a.planOut, text); err != nil {
			return notCreated("--plan-out", a.planOut, err)
		}
	}
	if err := show(); err != nil {
		return err
	}
	refused := refusal(p.Plan)
	if a.planOut != "" {
		c.say.tell(ctx, "%s", a.whatNext(p.Plan))
	}
	switch {
	case !a.exitCode:
		return nil
	case refused != nil:
		return refused
	case p.Writes():
		return errDifferent
	}
	return nil
}

// whatNext says what a saved plan is good for.
func (a *restoreArgs) whatNext(p *migrate.Plan) string {
	guards, blocked := p.Standing()
	switch {
	case len(blocked) > 0:
		return fmt.Sprintf("saved %s, which idpsnap apply refuses: settle what is blocked, and make it anew", a.planOut)
	case len(guards) > 0:
		return fmt.Sprintf("idpsnap apply %s carries it out, with the flags that let it pass the guards", a.planOut)
	case !p.Writes():
		return fmt.Sprintf("saved %s, in which there is nothing to carry out", a.planOut)
	}
	return fmt.Sprintf("idpsnap apply %s carries it out", a.planOut)
}
