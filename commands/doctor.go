package commands

import (
	"context"
	"errors"
	"slices"

	"github.com/idpsnap/idpsnap/cloudflare"
	"github.com/idpsnap/idpsnap/report"
)

type doctorArgs struct {
	historyArgs
	targetArgs
}

func newDoctor(env Env, shared *common) command {
	a := new(doctorArgs)
	return command{
		name:  "doctor",
		short: "say what is wrong, and how to mend it",
		long: `
Looks at everything that a snapshot needs: the credentials and whether Cloudflare
takes them, each permission (by asking for the first page of each list: what a
token may do cannot be looked up), the target, the history's file and who may read
it, this machine's clock and the rate budget. It changes nothing, neither at
Cloudflare nor here.`,
		examples: []example{
			{"idpsnap doctor", ""},
			{"idpsnap doctor --profile prod --json", ""},
		},
		exits: []int{exitDone, exitFailed, exitPermission, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat(a.targetArgs.flags(), a.historyArgs.flags()),
		run:   func(ctx context.Context, _ []string) error { return runDoctor(ctx, env, shared, *a) },
	}
}

func runDoctor(ctx context.Context, env Env, shared *common, a doctorArgs) error {
	sel, named, err := a.selected(env)
	if err != nil {
		return err
	}
	p, err := shared.printer(env)
	if err != nil {
		return err
	}
	progress, done := shared.reading(ctx, env)
	e := examination{env: env}
	e.cloudflare(ctx, sel, named, connection{waiting: progress.Waiting})
	e.history(ctx, a.historyArgs)
	done()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := p.Doctor(e.checks); err != nil {
		return err
	}
	if len(e.failed) == 0 {
		return nil
	}
	return &problem{
		class: errDoctor, cause: errors.Join(e.failed...),
		text: plural(len(e.failed), "check") + " failed", hint: "the remedies are with the checks",
	}
}

// errDoctor marks that something is wrong; what it is says the exit status.
var errDoctor = errors.New("something is wrong")

// examination gathers checks.
type examination struct {
	env    Env
	checks []report.Check
	failed []error
}

func (e *examination) ok(name, detail string) {
	e.checks = append(e.checks, report.Check{Name: name, Status: report.OK, Detail: detail})
}

func (e *examination) warn(name, detail, remedy string) {
	e.checks = append(e.checks, report.Check{Name: name, Status: report.Warn, Detail: detail, Remedy: remedy})
}

// fail notes a failed check. Where the error knows the next thing to type, that
// is the remedy.
func (e *examination) fail(name string, err error, remedy string) {
	f := failure{hint: remedy}.withOwnHint(err)
	e.checks = append(e.checks, report.Check{Name: name, Status: report.Fail, Detail: err.Error(), Remedy: f.hint})
	e.failed = append(e.failed, err)
}

// cloudflare examines what is on the other side.
func (e *examination) cloudflare(ctx context.Context, sel selection, named bool, conn connection) {
	_, from, err := sel.credentials(ctx, e.env)
	if err != nil {
		e.fail("credentials", err, "export "+tokenVar+"=…")
		return
	}
	clock := new(clockWatch)
	budget := cloudflare.NewBudget(defaultReserve, e.env.Now)
	conn.budget = func(cloudflare.Credentials) *cloudflare.Budget { return budget }
	conn.wrap = clock.wrap(e.env.Now)
	client, err := sel.client(ctx, e.env, conn)
	if err != nil {
		e.fail("credentials", err, "copy them again")
		return
	}
	e.ok("credentials", "from "+from)
	if !e.token(ctx, client, sel, from) {
		return
	}
	e.target(ctx, client, sel, named)
	e.clock(clock)
	e.budget(budget.Status())
}
