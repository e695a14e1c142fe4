package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

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

// begin asks for what a plan needs before anything is written: secrets, the person's
// word, a place for tokens. steps are what is left of the plan.
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
	if tells && c.tokenArgs.out == "" {
		return &problem{class: errRefused, text: "Cloudflare would tell a SCIM token, once, and nobody would keep it; nothing was written", hint: "--scim-secrets-out FILE keeps it"}
	}
	if !c.env.InTerminal {
		if err := lacking(p.Lacks(c.secrets)); err != nil {
			return err
		}
	}
	return nil
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
	c.sink, err = c.tokenArgs.open()
	return err
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
	return c.history.orCreate(ctx, c.env, func(s *store.Store, path string, _ bool) error {
		runs, err := readRuns(ctx, c.env, s)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.Status == migrate.Running && r.Plan.Target.Target == p.Target.Target {
				return &problem{class: store.ErrLocked, text: fmt.Sprintf("run %s writes to %s just now", snapshot.ShortID(r.ID), p.Target.Target), hint: "wait for it: idpsnap runs shows how it stands"}
			}
		}
		client, err := p.to.client(ctx, c.env, connection{writes: true})
		if err != nil {
			return err
		}
		safety, err := c.safety(ctx, s, client, p)
		if err != nil {
			return err
		}
		raw, err := p.Encode()
		if err != nil {
			return err
		}
		log := runJournal{s, newRunID(p.Plan, c.env), c.env.Now}
		begin := migrate.Begin{Plan: raw, Safety: safety, Process: migrate.Process{Host: c.env.Host, PID: c.env.PID}}
		if _, err := log.append(ctx, migrate.EventBegin, begin, 0); err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		c.say.tell(ctx, "run %s begins; before it, snapshot %s was taken of the target", snapshot.ShortID(log.id), snapshot.ShortID(safety))
		return c.apply(ctx, s, client, p, log, nil, nil)
	})
}

// safety takes a snapshot of the target, and sees to it that the target is still what
// the plan was made for.
func (c *carrier) safety(ctx context.Context, s *store.Store, client *cloudflare.Client, p planned) (id string, err error) {
	draft, err := s.Begin(ctx, p.to.target)
	if err != nil {
		return "", err
	}
	read := snapshot.NewMemory()
	sn, err := snapshot.Take(ctx, client.Source(p.to.target), both{draft, read}, snapshot.TakeOptions{
		Now: c.env.Now, References: true, Tool: c.env.Version, Origin: snapshot.Safety,
		// With a provider go its users and groups.
		SCIM: p.Count(migrate.Delete) > 0,
		Note: fmt.Sprintf("before %s of %s", p.Verb, p.Source.State),
	})
	if err != nil {
		return "", err
	}
	if sn.Status() != snapshot.Complete {
		return "", &problem{class: errIncomplete, text: "the safety snapshot could not be taken whole; nothing was written: " + incompleteState(sn, nil).Error(), hint: "try again"}
	}
	now, err := planState(opened{text: p.to.String(), snapshot: sn, resources: inMemory(read)})
	if err != nil {
		return "", err
	}
	mark, err := migrate.Fingerprint(now)
	if err != nil {
		return "", err
	}
	if mark != p.Target.Fingerprint {
		return "", &problem{class: errRefused, cause: migrate.ErrStale, text: migrate.ErrStale.Error() + "; nothing was written", hint: "make a new plan, and look at it again"}
	}
	sn, err = draft.Commit(ctx, sn)
	return sn.ID, err
}

// both is a Recorder that keeps what is read twice.
type both struct{ a, b snapshot.Recorder }

// Open begins both recordings.
func (r both) Open(ctx context.Context, c snapshot.Collection) (snapshot.Recording, error) {
	a, err := r.a.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	b, err := r.b.Open(ctx, c)
	return twice{a, b}, err
}

type twice struct{ a, b snapshot.Recording }

func (r twice) Page(elements []snapshot.Element) (int, error) {
	if _, err := r.b.Page(elements); err != nil {
		return 0, err
	}
	return r.a.Page(elements)
}

func (r twice) Restart() { r.a.Restart(); r.b.Restart() }

func (r twice) Finish(ctx context.Context) (snapshot.Capture, error) {
	if _, err := r.b.Finish(ctx); err != nil {
		return snapshot.Capture{}, err
	}
	return r.a.Finish(ctx)
}

// apply carries out what is left of a run, notes how that ended, and shows it.
func (c *carrier) apply(ctx context.Context, s *store.Store, client *cloudflare.Client, p planned, log runJournal, past []migrate.Step, present map[int][]string) error {
	job := migrate.Job{
		Remote: remote{client, p.to.target}, Journal: log, Secrets: c.secrets, Sleep: c.env.Sleep,
		Past: past, Present: present, Progress: func(n int, s migrate.Step) { c.progress(ctx, n, s) },
	}
	if c.sink != nil {
		job.Tokens = c.sink
	}
	steps, failure := migrate.Apply(ctx, p.Plan, job)
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
	if err := c.show(done); err != nil {
		return errors.Join(failure, err)
	}
	return c.verdict(log.id, failure, err, left)
}

// progress says what is being done.
func (c *carrier) progress(ctx context.Context, _ int, s migrate.Step) {
	what := map[migrate.Verdict]string{migrate.Create: "create", migrate.Update: "update", migrate.Delete: "delete"}[s.Action.Action]
	switch s.Outcome {
	case migrate.Pending:
		c.say.detail(ctx, "%s %q (%s)", what, s.Action.Name, s.Action.Type)
	case migrate.Failed:
		c.say.tell(ctx, "%s %q: %s", what, s.Action.Name, s.Error)
	default:
		c.say.tell(ctx, "%s %q: %s", what, s.Action.Name, s.Outcome)
	}
}

// verdict is how a run ended, as an exit status.
func (c *carrier) verdict(id string, failure, unread error, left []migrate.Action) error {
	hint := fmt.Sprintf("idpsnap runs show %s tells what failed, idpsnap resume %s tries it again", snapshot.ShortID(id), snapshot.ShortID(id))
	switch {
	case failure != nil && !errors.Is(failure, migrate.ErrFailed):
		return &problem{class: failure, cause: failure, text: failure.Error(), hint: hint}
	case failure != nil:
		return &problem{class: errIncomplete, cause: failure, text: "not everything was carried out", hint: hint}
	case unread != nil:
		return &problem{class: errIncomplete, cause: unread, text: fmt.Sprintf("all was written, but the target could not be read again: %v", unread), hint: "idpsnap diff tells how it stands"}
	case len(left) > 0:
		return &problem{class: errIncomplete, text: fmt.Sprintf("all was written, and %s still not as planned", things(len(left), "resource is", "resources are")), hint: "idpsnap diff shows what differs"}
	}
	return nil
}

func things(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// lookAgain reads the target again, and finds what still differs.
func (c *carrier) lookAgain(ctx context.Context, p planned, steps []migrate.Step) (report.Applied, []migrate.Action, error) {
	done := report.Applied{Plan: p.Plan, TokensFile: c.tokenArgs.out, References: p.References}
	for _, st := range steps {
		if st.Action.Action == migrate.Create && st.TargetID != "" {
			done.Checklists = append(done.Checklists, checklistOf(st, p.Plan, c.sink))
		}
	}
	now, err := readTarget(ctx, c.env, c.shared, p.to)
	if err != nil {
		return done, nil, err
	}
	left, err := migrate.Remaining(steps, now)
	if err != nil {
		return done, nil, err
	}
	remaining := *p.Plan
	remaining.Actions = left
	done.Remaining = &remaining
	done.Dangling = migrate.StillDangling(p.Plan, steps, now)
	return done, left, nil
}

// show prints what was done, and writes the checklist.
func (c *carrier) show(done report.Applied) error {
	format, err := c.checklistFormat()
	if err != nil {
		return err
	}
	lists := done.Checklists
	if format != "" && !c.shared.json {
		done.Checklists = nil
	}
	if err := report.Done(c.shared.format(), c.env.Stdout, c.shared.style(c.env), done); err != nil {
		return err
	}
	if format == "" {
		return nil
	}
	f, err := os.OpenFile(c.checklist, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the checklist: %w", err)
	}
	if err := errors.Join(report.Checklists(format, f, report.Style{}, targetName(done.Plan), lists), f.Close()); err != nil {
		return fmt.Errorf("write the checklist: %w", err)
	}
	c.say.tell(context.Background(), "what is left to do by hand is in %s", c.checklist)
	return nil
}

// checklistOf is what is left to do about a provider that was created. Which file its
// token is in is known only while it is open.
func checklistOf(s migrate.Step, p *migrate.Plan, open *tokenSink) migrate.Checklist {
	file := ""
	switch {
	case !s.TokenKept:
	case open.holds(s.TargetID):
		file = open.path
	default:
		file = "the file that --scim-secrets-out named"
	}
	return migrate.ChecklistOf(s.Action, p, s.TargetID, s.SCIMBaseURL, file, s.TokenLost)
}
