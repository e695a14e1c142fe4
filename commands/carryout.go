package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/idpsnap/idpsnap/cloudflare"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// carrier carries plans out: all that commands which write have in common.
type carrier struct {
	env     Env
	shared  *common
	history historyArgs
	writeArgs

	say     notes
	secrets migrate.Secrets
	sink    *tokenSink
}

// begin sees to it that what a plan needs can be had, before anybody is asked for
// anything: secrets, and places for tokens and the checklist.
func (c *carrier) begin(ctx context.Context, p *migrate.Plan, given *supplied) error {
	var unused []string
	var err error
	if c.secrets, unused, err = given.match(p); err != nil {
		return err
	}
	for _, u := range unused {
		c.say.tell(ctx, "%s", u)
	}
	tells := false
	for _, a := range p.Actions {
		tells = tells || a.TellsToken
	}
	if tells && c.tokens.out == "" {
		return &problem{class: errRefused, text: "Cloudflare would tell a SCIM token, once, and nobody would keep it; nothing was written", hint: "--scim-secrets-out FILE keeps it"}
	}
	if err := c.places(); err != nil {
		return err
	}
	if !c.env.InTerminal {
		if err := lacking(p.Lacks(c.secrets)); err != nil {
			return err
		}
	}
	return nil
}

// places sees to it, before anybody is asked for anything, that the files for tokens and
// the checklist can be made, as far as that is known without making them.
func (c *carrier) places() error {
	for _, file := range [][2]string{{"--scim-secrets-out", c.tokens.out}, {"--checklist", c.checklist}} {
		if err := creatable(file[0], file[1]); err != nil {
			return err
		}
	}
	_, err := c.tokens.parse()
	return err
}

// agree asks for the secrets that are missing and for the person's word, and opens the
// place for tokens.
func (c *carrier) agree(ctx context.Context, p *migrate.Plan) (err error) {
	if !c.env.InTerminal && !c.yes {
		return confirm(ctx, c.env, targetName(p), false)
	}
	if c.env.InTerminal {
		if c.secrets, err = askSecrets(ctx, c.env, p, c.secrets); err != nil {
			return err
		}
	}
	if err := lacking(p.Lacks(c.secrets)); err != nil {
		return err
	}
	if err := confirm(ctx, c.env, targetName(p), c.yes); err != nil {
		return err
	}
	c.sink, err = c.tokens.open()
	return err
}

// showFirst shows what is about to be done. With --json the result is one document,
// what was done, so that whoever has to agree reads the plan beside it.
func (c *carrier) showFirst(format string, p *migrate.Plan, o report.PlanOptions) error {
	switch {
	case !c.shared.json:
		return report.Plan(format, c.env.Stdout, p, o)
	case c.env.InTerminal && !c.yes:
		return report.Plan("text", c.env.Stderr, p, o)
	}
	return nil
}

// targetName is what has to be typed.
func targetName(p *migrate.Plan) string {
	if p.Target.TargetName != "" {
		return p.Target.TargetName
	}
	return p.Target.Target
}

// fresh carries out a plan that nobody has begun.
func (c *carrier) fresh(ctx context.Context, p planned) error {
	defer c.tidy()
	return c.history.orCreate(ctx, c.env, func(s *store.Store, _ string, _ bool) error {
		seen, err := journalEnd(ctx, s)
		if err != nil {
			return err
		}
		if err := c.alone(ctx, s, p, "", 0, seen); err != nil {
			return err
		}
		client, err := p.to.client(ctx, c.env, connection{writes: true})
		if err != nil {
			return err
		}
		safety, now, err := c.safety(ctx, s, p)
		if err != nil {
			return err
		}
		if err := asPlanned(p.Plan, now); err != nil {
			return err
		}
		raw, err := p.Encode()
		if err != nil {
			return err
		}
		log := runJournal{s, newRunID(p.Plan, c.env), c.env.Now}
		begin := migrate.Begin{Plan: raw, Safety: safety, Process: migrate.Process{Host: c.env.Host, PID: c.env.PID}}
		if err := c.enter(ctx, p, log, migrate.EventBegin, begin, 0, seen); err != nil {
			return err
		}
		c.say.tell(ctx, "run %s begins; before it, snapshot %s was taken of the target", snapshot.ShortID(log.id), snapshot.ShortID(safety))
		return c.apply(ctx, s, client, p, log, nil, nil)
	})
}

// enter writes the line with which a run begins or is taken up again, where it is alone
// then: of two that come at once one gets in.
func (c *carrier) enter(ctx context.Context, p planned, log runJournal, e migrate.Event, data any, last, seen int64) error {
	for {
		end, err := journalEnd(ctx, log.store)
		if err != nil {
			return err
		}
		if err := c.alone(ctx, log.store, p, log.id, last, seen); err != nil {
			return err
		}
		switch err := log.enter(ctx, e, data, end); {
		case err == nil:
			return nil
		case !errors.Is(err, store.ErrRunMoved):
			return fmt.Errorf("nothing was written: %w", err)
		}
	}
}

// alone sees to it that nobody else writes to the target, or has since the line seen,
// and that the run, if it has begun, still ends with its line last.
func (c *carrier) alone(ctx context.Context, s *store.Store, p planned, self string, last, seen int64) error {
	runs, err := readRuns(ctx, c.env, s)
	if err != nil && !errors.Is(err, errIntegrity) { // a damaged journal is to keep nobody from restoring
		return err
	}
	for _, r := range runs {
		switch {
		case r.ID == self && r.last != last:
			return store.ErrRunMoved
		case r.ID == self || r.Plan.Target.Target != p.Target.Target:
		case r.Status == migrate.Running:
			return &problem{
				class: store.ErrLocked, text: fmt.Sprintf("run %s writes to %s just now; nothing was written", snapshot.ShortID(r.ID), p.Target.Target),
				hint: "wait for it: idpsnap runs shows how it stands",
			}
		case r.last > seen:
			return stale("run " + snapshot.ShortID(r.ID) + " has written to it; nothing was written")
		}
	}
	return nil
}

// tidy removes the file for tokens again where nothing came of it, so that the same
// command can be typed once more.
func (c *carrier) tidy() {
	if c.sink != nil {
		_ = c.sink.Close(false) // what went wrong before is the thing to tell
	}
}

// apply carries out what is left of a run, notes how that ended, and shows it.
func (c *carrier) apply(ctx context.Context, s *store.Store, client *cloudflare.Client, p planned, log runJournal, past []migrate.Step, present map[int][]string) error {
	job := migrate.Job{
		Remote: remote{client, p.to.target}, Journal: log, Secrets: c.secrets, Sleep: c.env.Sleep,
		Past: past, Present: present, Progress: func(n int, s migrate.Step) { c.progress(ctx, n, s) },
	}
	if c.sink != nil {
		job.Tokens, job.TokenFile = c.sink, c.tokens.out
	}
	stop := context.AfterFunc(ctx, func() {
		c.say.write(context.WithoutCancel(ctx), slog.LevelWarn, "the write under way is being finished, which may take two minutes; a second Ctrl-C breaks it off")
	})
	steps, failure := migrate.Apply(ctx, p.Plan, job)
	stop()
	if c.sink != nil {
		failure = errors.Join(failure, c.sink.Close(false))
	}
	// Whoever pressed Ctrl-C wants to know how it stands all the same.
	ctxEnd := context.WithoutCancel(ctx)
	if ctx.Err() != nil {
		end := migrate.End{Status: migrate.Interrupted}
		if err := log.Write(ctxEnd, migrate.EventEnd, end); err != nil {
			failure = errors.Join(failure, err)
		}
		c.say.write(ctxEnd, slog.LevelWarn, fmt.Sprintf("the write under way was finished and noted; idpsnap resume %s goes on", snapshot.ShortID(log.id)))
		if failure == nil { // it came during the last of the writes
			failure = context.Cause(ctx)
		}
		return failure
	}
	done, left, err := c.lookAgain(ctx, p, steps)
	status := migrate.Done
	if failure != nil || err != nil || len(left) > 0 {
		status = migrate.Incomplete
	}
	var names []string
	for _, a := range left {
		names = append(names, a.Name)
	}
	if noted := log.Write(ctxEnd, migrate.EventEnd, migrate.End{Status: status, Differs: names}); noted != nil {
		failure = errors.Join(failure, noted)
	}
	_ = s.Seal(ctxEnd) // without a seal Verify checks the contents alone
	run, shown := findRun(ctxEnd, c.env, s, log.id)
	if shown != nil {
		return errors.Join(failure, err, shown)
	}
	done.Run = run.Run
	if err := c.show(ctxEnd, done); err != nil {
		return errors.Join(failure, err)
	}
	return c.verdict(log.id, failure, err, left)
}

// progress says what is being done.
func (c *carrier) progress(ctx context.Context, _ int, s migrate.Step) {
	what := map[migrate.Verdict]string{migrate.Create: "create", migrate.Update: "update", migrate.Delete: "delete"}[s.Action.Action]
	switch s.Outcome {
	case migrate.Pending:
		c.say.detail(ctx, "%s %q (%s)", what, s.Action.Name, cmp.Or(string(s.Action.Type), string(s.Action.Kind)))
	case migrate.Failed:
		c.say.tell(ctx, "%s %q: %s", what, s.Action.Name, s.Error)
	default:
		c.say.tell(ctx, "%s %q: %s", what, s.Action.Name, s.Outcome)
	}
}
