package migrate

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

var (
	// ErrAmbiguous marks a write of which nobody knows whether it was carried out.
	ErrAmbiguous = errors.New("it is not known whether the change was made")
	// ErrConflict marks a write that was refused because of something that is there.
	ErrConflict = errors.New("refused as a conflict")
	// ErrInvalid marks a write that was refused for what it says.
	ErrInvalid = errors.New("refused for what it says")
	// ErrGone marks a resource that is not there.
	ErrGone = errors.New("it is not there")
	// ErrUnsettled marks a run that ended while it was not known what came of a write;
	// resume looks.
	ErrUnsettled = errors.New("it is not known what came of a write")
	// ErrFailed marks a run of which something failed; resume tries it again.
	ErrFailed = errors.New("not everything was carried out")
)

// Remote is the target as Apply reads and writes it. A write is sent once: an error
// that wraps ErrAmbiguous says that it may have been carried out. Documents are
// canonical and redacted, and their secrets are in Written alone.
type Remote interface {
	Providers(ctx context.Context) ([]snapshot.Resource, error)
	Provider(ctx context.Context, id string) (snapshot.Resource, error) // ErrGone
	Create(ctx context.Context, body []byte) (Written, error)           // ErrConflict
	Update(ctx context.Context, id string, body []byte) (Written, error)
	Delete(ctx context.Context, id string) error // ErrGone
	Reference(ctx context.Context, k snapshot.Kind, id string) (snapshot.Resource, error)
	UpdateReference(ctx context.Context, k snapshot.Kind, id string, body []byte) error
}

// Written is a provider as Cloudflare answered a write.
type Written struct {
	Resource  snapshot.Resource
	SCIMToken string // told this once; "" where it was not
}

// Journal keeps what a run is about to do and what came of it.
type Journal interface {
	// Write records an event for good before it returns.
	Write(ctx context.Context, e Event, data any) error
}

// Job is what Apply needs beside a plan.
type Job struct {
	Remote  Remote
	Journal Journal
	Secrets Secrets
	Tokens  Tokens // nil where there is no place for them
	// TokenFile is what that place is called.
	TokenFile string
	// Sleep returns after d, or with the context's error.
	Sleep func(ctx context.Context, d time.Duration) error
	// Past is what an earlier process has done of the same run: the steps of Replay. nil
	// where this is its beginning.
	Past []Step
	// Present are, for steps of Past whose outcome is Unknown, the providers that the
	// target had before.
	Present map[int][]string
	// Progress, if not nil, is told what is being done, and then what came of it.
	Progress func(n int, s Step)
}

// Apply carries out a plan, or what is left of it, and tells what came of each action.
// It sends nothing that the plan does not say. Where an action fails, the others are
// carried out all the same, but nothing is deleted any more; where it makes no sense to
// go on (no permission, no journal, no place for a token), it ends there. A context
// that is cancelled ends it between two actions, never within one.
//
// Its error wraps ErrFailed where an action failed, else it is why it ended early.
func Apply(ctx context.Context, p *Plan, job Job) ([]Step, error) {
	if guards, blocked := p.Standing(); len(guards)+len(blocked) > 0 {
		return nil, errors.New("the plan is not to be carried out: something speaks against it")
	}
	a := &applier{Job: job, steps: job.Past}
	if a.steps == nil {
		a.steps = NewSteps(p)
	}
	for _, s := range a.steps {
		if err := s.Action.sendable(); err != nil {
			return a.steps, err
		}
	}
	if lacks := Lacks(a.steps, job.Secrets); len(lacks) > 0 {
		return a.steps, fmt.Errorf("the %s of %q is %s", lacks[0].Key, lacks[0].Name, lacks[0].Why)
	}
	failed := false
	for i := range a.steps {
		step := &a.steps[i]
		if !step.open() {
			continue
		}
		if ctx.Err() != nil {
			return a.steps, context.Cause(ctx)
		}
		if step.Action.Action == Delete && failed {
			continue
		}
		a.tellBegin(i)
		// A write that has begun is finished and noted, whoever presses Ctrl-C.
		if err := a.carryOut(context.WithoutCancel(ctx), i); err != nil {
			return a.steps, err
		}
		a.tell(i)
		failed = failed || step.Outcome == Failed
	}
	if failed {
		return a.steps, ErrFailed
	}
	return a.steps, nil
}

// NewSteps are the steps of a plan of which nothing has been done.
func NewSteps(p *Plan) []Step {
	steps := make([]Step, len(p.Actions))
	for i, a := range p.Actions {
		steps[i] = Step{Action: a, TargetID: a.TargetID, Outcome: Pending}
		if !a.Action.Writes() {
			steps[i].Outcome = Untouched
		}
	}
	return steps
}

// applier is one Apply at work.
type applier struct {
	Job
	steps []Step
}

func (a *applier) tell(i int) {
	if a.Progress != nil {
		a.Progress(i, a.steps[i])
	}
}

// tellBegin is tell of an action that is about to be carried out, whatever came of it
// when it was last tried.
func (a *applier) tellBegin(i int) {
	if a.Progress != nil {
		s := a.steps[i]
		s.Outcome, s.Error = Pending, ""
		a.Progress(i, s)
	}
}

// carryOut carries out one action and notes what came of it. Its error ends the run.
func (a *applier) carryOut(ctx context.Context, i int) error {
	step := &a.steps[i]
	_, sent := a.Present[i]
	begun := step.Outcome == Unknown || step.Outcome == Failed && sent
	step.Error = ""
	var err error
	switch {
	case step.Action.Kind.IsReference():
		err = a.reference(ctx, i)
	case step.Action.Action == Create:
		err = a.create(ctx, i, begun)
	case step.Action.Action == Update:
		err = a.update(ctx, i, begun)
	case step.Action.Action == Delete:
		err = a.delete(ctx, i)
	}
	err = a.scrubbed(err)
	var fatal *fatalError
	switch {
	case errors.As(err, &fatal) && !fatal.known:
		if step.Outcome == Unknown { // no outcome: whoever resumes looks what became of it
			err = fmt.Errorf("%w: %w", ErrUnsettled, err)
		}
		return err
	case err != nil && fatal == nil:
		step.Outcome, step.Error = Failed, err.Error()
	}
	if noted := a.outcome(ctx, i); noted != nil {
		return noted
	}
	if fatal != nil {
		return err
	}
	if errors.Is(err, snapshot.ErrForbidden) {
		return err
	}
	return nil
}

// fatalError ends a run; known says that the outcome of the action is known all the
// same.
type fatalError struct {
	error
	known bool
}

func (e *fatalError) Unwrap() error { return e.error }

// scrubbed is an error without the secrets that were supplied: Cloudflare's answer may
// quote one.
func (a *applier) scrubbed(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, of := range a.Secrets {
		for _, secret := range of {
			quoted, _ := encode(secret) // a string always can be
			for _, form := range []string{secret, strings.Trim(string(quoted), `"`), url.QueryEscape(secret)} {
				if form != "" {
					text = strings.ReplaceAll(text, form, snapshot.Redacted)
				}
			}
		}
	}
	if text == err.Error() {
		return err
	}
	return &scrubbedError{text, err}
}

// scrubbedError is an error that says something else than it did.
type scrubbedError struct {
	text string
	is   error
}

func (e *scrubbedError) Error() string { return e.text }

// Is and As reach the error behind, but nothing prints it.
func (e *scrubbedError) Is(target error) bool { return errors.Is(e.is, target) }

// As finds what kind of error it is.
func (e *scrubbedError) As(target any) bool { return errors.As(e.is, target) }

// intend notes that an action is about to be carried out.
func (a *applier) intend(ctx context.Context, i int, present []string) error {
	in := Intent{Step: i, Present: present}
	if a.steps[i].Action.TellsToken {
		in.TokenFile = a.TokenFile
	}
	if err := a.Journal.Write(ctx, EventIntent, in); err != nil {
		return &fatalError{error: fmt.Errorf("nothing is written that the journal does not have: %w", err)}
	}
	a.steps[i].Outcome = Unknown
	return nil
}

func (a *applier) outcome(ctx context.Context, i int) error {
	s := a.steps[i]
	err := a.Journal.Write(ctx, EventOutcome, Result{
		Step: i, Outcome: s.Outcome, TargetID: s.TargetID, Error: s.Error,
		SCIMBaseURL: s.SCIMBaseURL, TokenKept: s.TokenKept, TokenLost: s.TokenLost, TokenFile: s.TokenFile, After: s.After,
	})
	if err != nil {
		return fmt.Errorf("note what came of %q: %w", s.Action.Name, err)
	}
	return nil
}

// keepToken keeps a SCIM token that Cloudflare has told.
func (a *applier) keepToken(i int, w Written) error {
	step := &a.steps[i]
	step.SCIMBaseURL = SCIMBaseURL(w.Resource)
	if !step.Action.TellsToken && w.SCIMToken == "" {
		return nil
	}
	if w.SCIMToken == "" {
		// SCIM that was on before is switched on again with the token that it had.
		step.TokenLost = step.TokenLost || step.Action.Action == Create
		return nil
	}
	if a.Tokens == nil {
		step.TokenLost = true
		return nil
	}
	s := w.Resource.Summary()
	err := a.Tokens.Keep(Token{
		Provider: s.Name, Type: s.Type, ID: w.Resource.ID, SCIMBaseURL: step.SCIMBaseURL, Token: w.SCIMToken,
	})
	if err != nil {
		step.TokenLost = true
		return &fatalError{error: fmt.Errorf("the SCIM token of %q is lost: %w", s.Name, err), known: true}
	}
	step.TokenKept, step.TokenFile = true, a.TokenFile
	return nil
}

// SCIMBaseURL is where the provider's directory is to send users and groups, as
// Cloudflare answered: in scim_config (recorded) or at the top (Cloudflare docs).
func SCIMBaseURL(r snapshot.Resource) string {
	if u := textAt(r.Document, pathSCIM+"/scim_base_url"); u != "" {
		return u
	}
	return textAt(r.Document, "/scim_base_url")
}
