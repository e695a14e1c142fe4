package migrate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// outcomes are steps in short: "A succeeded, B failed".
func outcomes(steps []migrate.Step) string {
	var all []string
	for _, s := range steps {
		all = append(all, s.Action.Name+" "+string(s.Outcome))
	}
	return strings.Join(all, ", ")
}

// faultAtWrite makes the nth write go wrong, whatever is read in between.
type faultAtWrite struct {
	*fakeTarget
	n int
	f fault
}

func (r *faultAtWrite) arm() {
	if r.n--; r.n == 0 {
		r.onFault[r.calls+1] = r.f
	}
}

func (r *faultAtWrite) Create(ctx context.Context, body []byte) (migrate.Written, error) {
	r.arm()
	return r.fakeTarget.Create(ctx, body)
}

func (r *faultAtWrite) Update(ctx context.Context, id string, body []byte) (migrate.Written, error) {
	r.arm()
	return r.fakeTarget.Update(ctx, id, body)
}

func (r *faultAtWrite) Delete(ctx context.Context, id string) error {
	r.arm()
	return r.fakeTarget.Delete(ctx, id)
}

// Where one action fails the others are carried out, but for deletions.
func TestNothingIsDeletedAfterAFailure(t *testing.T) {
	for n, want := range map[int]string{
		1: "A failed, B succeeded, C succeeded, X pending",
		3: "A succeeded, B succeeded, C failed, X pending",
		4: "A succeeded, B succeeded, C succeeded, X failed",
	} {
		p, target := small(t)
		r := &faultAtWrite{target, n, refused}
		steps, err := migrate.Apply(t.Context(), p, migrate.Job{Remote: r, Journal: &fakeJournal{}, Secrets: suppliedFor(p), Sleep: noSleep})
		if !errors.Is(err, migrate.ErrFailed) || outcomes(steps) != want {
			t.Errorf("write %d: %s, %v", n, outcomes(steps), err)
		}
		for _, s := range steps {
			if (s.Error != "") != (s.Outcome == migrate.Failed) {
				t.Errorf("%+v", s)
			}
		}
	}
}

// small is a plan with two creations, an update and a deletion.
func small(t *testing.T) (*migrate.Plan, *fakeTarget) {
	t.Helper()
	source := newTarget("src").add(okta("a", "A", ""), okta("b", "B", ""), okta("c", "C", ""))
	target := newTarget("dst").add(okta("t", "C", `,"x":1`), github("x", "X", "c"))
	o := everything()
	o.DeleteExtra = true
	return planned(t, source, target, o), target
}

func TestWithoutPermissionTheRunEnds(t *testing.T) {
	p, target := small(t)
	r := &faultAtWrite{target, 1, forbidden}
	steps, err := migrate.Apply(t.Context(), p, migrate.Job{Remote: r, Journal: &fakeJournal{}, Secrets: suppliedFor(p), Sleep: noSleep})
	if !errors.Is(err, snapshot.ErrForbidden) || outcomes(steps) != "A failed, B pending, C pending, X pending" {
		t.Errorf("%s, %v", outcomes(steps), err)
	}
}

// A run that is cancelled ends between two actions.
func TestCancelled(t *testing.T) {
	p, target := small(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("Ctrl-C")
	log := &fakeJournal{}
	steps, err := migrate.Apply(ctx, p, migrate.Job{
		Remote: target, Journal: log, Secrets: suppliedFor(p), Sleep: noSleep,
		Progress: func(int, migrate.Step) { cancel(why) },
	})
	if !errors.Is(err, why) || outcomes(steps) != "A succeeded, B pending, C pending, X pending" || len(log.entries) != 2 {
		t.Errorf("%s, %v, %d lines", outcomes(steps), err, len(log.entries))
	}
}

// A journal that cannot be written ends the run before anything is sent.
func TestNothingIsSentThatTheJournalDoesNotHave(t *testing.T) {
	p, target := small(t)
	log := &fakeJournal{onFault: map[int]fault{1: refused}}
	_, err := migrate.Apply(t.Context(), p, migrate.Job{Remote: target, Journal: log, Secrets: suppliedFor(p), Sleep: noSleep})
	if err == nil || target.writes != 0 {
		t.Errorf("%v, %d writes", err, target.writes)
	}
}

// A token that cannot be kept is said to be lost, and ends the run.
func TestTokenThatCannotBeKept(t *testing.T) {
	source := newTarget("src").add(on(okta("a", "A", "")), on(okta("b", "B", "")))
	target := newTarget("dst")
	p := planned(t, source, target, everything())
	r := newProcess(p, target)
	r.tokens.err = errors.New("disk full")
	steps, err, _ := r.once()
	if err == nil || outcomes(steps) != "A succeeded, B pending" || !steps[0].TokenLost || steps[0].TokenKept || steps[0].SCIMBaseURL == "" {
		t.Fatalf("%v, %+v", err, steps)
	}
	r.tokens.err = nil
	if steps, err, _ = r.once(); err != nil || outcomes(steps) != "A succeeded, B succeeded" || !steps[0].TokenLost || !steps[1].TokenKept {
		t.Errorf("resumed: %v, %+v", err, steps)
	}
	if len(r.tokens.kept) != 1 || r.tokens.kept[0].ID != steps[1].TargetID || r.tokens.kept[0].SCIMBaseURL == "" || r.tokens.kept[0].Type != snapshot.Okta {
		t.Errorf("%+v", r.tokens.kept)
	}
}

// What somebody else has changed since is left alone.
func TestTargetThatHasChangedSince(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *fakeTarget)
		want   string
	}{
		"updated":          {func(f *fakeTarget) { f.add(okta("t", "C", `,"x":2`)) }, "A succeeded, B succeeded, C failed, X pending"},
		"update's gone":    {func(f *fakeTarget) { delete(f.providers, "t") }, "A succeeded, B succeeded, C failed, X pending"},
		"delete's changed": {func(f *fakeTarget) { f.add(github("x", "X", "new")) }, "A succeeded, B succeeded, C succeeded, X failed"},
		"delete's gone":    {func(f *fakeTarget) { delete(f.providers, "x") }, "A succeeded, B succeeded, C succeeded, X succeeded"},
		"created by hand":  {func(f *fakeTarget) { f.add(okta("by-hand", "A", "")) }, "A failed, B succeeded, C succeeded, X pending"},
	} {
		t.Run(name, func(t *testing.T) {
			p, target := small(t)
			c.change(target)
			r := newProcess(p, target)
			steps, _, _ := r.once()
			if outcomes(steps) != c.want {
				t.Errorf("%s: %v", outcomes(steps), r.errs)
			}
			steps, _, _ = r.once() // resuming makes it no other
			if outcomes(steps) != c.want {
				t.Errorf("resumed: %s: %v", outcomes(steps), r.errs)
			}
			left, err := migrate.Remaining(steps, target.state())
			if err != nil || (len(left) == 0) != !strings.Contains(c.want, "failed") {
				t.Errorf("remaining: %+v, %v", left, err)
			}
		})
	}
}

// A creation whose answer was lost for good is found by whoever resumes, in a target
// that had no provider before, too.
func TestCreationIsFoundWhenResumed(t *testing.T) {
	for name, before := range map[string][]string{"empty": nil, "with another": {pin}} {
		source := newTarget("src").add(okta("a", "A", ""))
		target := newTarget("dst").add(before...)
		r := newProcess(planned(t, source, target, everything()), target)
		// The list has not got it for long, and every answer is lost but the first's effect.
		target.lag = 100
		target.onFault[2] = lostAfter
		target.onFault[6], target.onFault[10] = lostBefore, lostBefore
		steps, err, _ := r.once()
		if !errors.Is(err, migrate.ErrFailed) || outcomes(steps)[:len("A failed")] != "A failed" {
			t.Fatalf("%s: %v, %s", name, err, outcomes(steps))
		}
		clear(target.lagging)
		steps, err, _ = r.once()
		if err != nil || steps[0].Outcome != migrate.Adopted || target.made != 1 {
			t.Errorf("%s: %v, %+v, made %d", name, err, steps, target.made)
		}
	}
}

// A creation that was refused is tried again by whoever resumes, unless a provider of
// the name has appeared.
func TestRefusedCreationResumed(t *testing.T) {
	for name, c := range map[string]struct {
		appears string
		want    migrate.Outcome
	}{
		"nothing":         {"", migrate.Succeeded},
		"another":         {okta("o", "Other", ""), migrate.Succeeded},
		"just like it":    {okta("o", "A", ""), migrate.Adopted},
		"of its name":     {okta("o", "A", `,"x":1`), migrate.Failed},
		"of another type": {github("o", "A", "c"), migrate.Succeeded},
	} {
		t.Run(name, func(t *testing.T) {
			source, target := newTarget("src").add(okta("a", "A", "")), newTarget("dst").add(pin)
			r := newProcess(planned(t, source, target, everything()), target)
			target.onFault[2] = refused
			if steps, err, _ := r.once(); !errors.Is(err, migrate.ErrFailed) {
				t.Fatalf("%v, %s", err, outcomes(steps))
			}
			if c.appears != "" {
				target.add(c.appears)
			}
			steps, _, _ := r.once()
			if steps[0].Outcome != c.want {
				t.Errorf("%+v", steps[0])
			}
		})
	}
}

// Where one of the name has come since the plan was made, no other is created beside it.
func TestNamesake(t *testing.T) {
	source, target := newTarget("src").add(okta("a", "A", "")), newTarget("dst")
	r := newProcess(planned(t, source, target, everything()), target)
	target.add(okta("by-hand", "A", `,"x":1`))
	steps, err, _ := r.once()
	if !errors.Is(err, migrate.ErrFailed) || target.made != 0 || !strings.Contains(steps[0].Error, "by-hand") {
		t.Errorf("%v, %+v", err, steps)
	}
}

// Where two that are alike have appeared nobody can tell which is ours.
func TestTwoThatAreAlike(t *testing.T) {
	source, target := newTarget("src").add(okta("a", "A", "")), newTarget("dst")
	r := newProcess(planned(t, source, target, everything()), target)
	target.onFault[2] = killAfter
	if _, _, dead := r.once(); !dead {
		t.Fatal("alive")
	}
	target.add(okta("by-hand", "A", ""))
	steps, err, _ := r.once()
	if !errors.Is(err, migrate.ErrFailed) || !strings.Contains(steps[0].Error, "by-hand") || target.made != 1 {
		t.Errorf("%v, %+v", err, steps)
	}
}

// A conflict that stays one ends in a failure after few tries.
func TestLastingConflict(t *testing.T) {
	p, target := small(t)
	for n := 1; n < 100; n++ {
		target.onFault[n] = conflict
	}
	steps, err := migrate.Apply(t.Context(), p, migrate.Job{Remote: &reading{target}, Journal: &fakeJournal{}, Secrets: suppliedFor(p), Sleep: noSleep})
	if !errors.Is(err, migrate.ErrFailed) || outcomes(steps) != "A failed, B failed, C failed, X pending" || target.calls > 9 {
		t.Errorf("%v, %s, %d calls", err, outcomes(steps), target.calls)
	}
}

// reading is a target whose reads never fail.
type reading struct{ *fakeTarget }

func (r *reading) Providers(context.Context) ([]snapshot.Resource, error) {
	return r.state().Providers, nil
}

func (r *reading) Provider(_ context.Context, id string) (snapshot.Resource, error) {
	for _, p := range r.state().Providers {
		if p.ID == id {
			return p, nil
		}
	}
	return snapshot.Resource{}, migrate.ErrGone
}

// What Remaining says of a target in which not all is as planned.
func TestRemaining(t *testing.T) {
	p, target := small(t)
	left, err := migrate.Remaining(migrate.NewSteps(p), target.state())
	if err != nil || len(left) != 4 {
		t.Errorf("of a plan that was not begun: %+v, %v", left, err)
	}
	steps := applied(t, p, target)
	target.add(okta("t", "C", `,"y":1`), github("x", "X", "c"))
	delete(target.providers, steps[0].TargetID)
	left, err = migrate.Remaining(steps, target.state())
	if err != nil || len(left) != 3 || left[0].Name != "A" || left[1].Name != "C" || left[2].Name != "X" {
		t.Fatalf("%+v, %v", left, err)
	}
	if c := left[1].Changes; len(c) != 1 || c[0].Path != "/config/y" {
		t.Errorf("%+v", c)
	}
}

// Two names in one object that both still stand there are no error.
func TestRemainingOfAClaim(t *testing.T) {
	source := newTarget("src").add(okta(alphaID, "A", ""), okta(betaID, "B", ""))
	target := newTarget("dst").refer(snapshot.AccessApp,
		`{"id":"app","name":"App","saas_app":{"custom_claims":[{"source":{"name_by_idp":{"`+alphaID+`":"x","`+betaID+`":"y"}}}]}}`)
	o := everything()
	o.RewriteReferences = true
	p := planned(t, source, target, o)
	old := copied(target.references[snapshot.AccessApp]["app"])
	steps := applied(t, p, target)
	target.references[snapshot.AccessApp]["app"] = old
	left, err := migrate.Remaining(steps, target.state())
	if err != nil || len(left) != 1 || left[0].Name != "App" {
		t.Errorf("%+v, %v", left, err)
	}
}

func TestReplayRefusesNonsense(t *testing.T) {
	p, _ := small(t)
	raw, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	entry := func(e migrate.Event, data any) migrate.Entry {
		return migrate.Entry{Seq: 1, Run: "run", Event: e, Data: json.RawMessage(encoded(data))}
	}
	begin := entry(migrate.EventBegin, migrate.Begin{Plan: raw})
	for name, lines := range map[string][]migrate.Entry{
		"nothing":          nil,
		"no beginning":     {entry(migrate.EventClaim, migrate.Claim{})},
		"intent first":     {entry(migrate.EventIntent, migrate.Intent{})},
		"outcome first":    {entry(migrate.EventOutcome, migrate.Result{})},
		"no such step":     {begin, entry(migrate.EventIntent, migrate.Intent{Step: 4})},
		"a step below 0":   {begin, entry(migrate.EventOutcome, migrate.Result{Step: -1})},
		"an edited plan":   {entry(migrate.EventBegin, migrate.Begin{Plan: []byte(strings.Replace(string(raw), `"name": "A"`, `"name": "B"`, 1))})},
		"no plan":          {entry(migrate.EventBegin, object{"plan": 1})},
		"a broken intent":  {begin, entry(migrate.EventIntent, []any{})},
		"a broken outcome": {begin, entry(migrate.EventOutcome, []any{})},
		"a broken claim":   {begin, entry(migrate.EventClaim, []any{})},
		"a broken end":     {begin, entry(migrate.EventEnd, []any{})},
	} {
		if r, _, err := migrate.Replay("run", lines, func(migrate.Process) bool { return true }); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	for want, lines := range map[migrate.RunStatus][]migrate.Entry{
		migrate.Running:    {begin},
		migrate.Incomplete: {begin, entry(migrate.EventEnd, migrate.End{Status: migrate.Incomplete})},
		migrate.Done:       {begin, entry(migrate.EventEnd, migrate.End{Status: migrate.Done})},
	} {
		r, _, err := migrate.Replay("run", lines, func(migrate.Process) bool { return true })
		if err != nil || r.Status != want || fmt.Sprint(len(r.Steps)) != "4" {
			t.Errorf("%s: %+v, %v", want, r, err)
		}
	}
	again := []migrate.Entry{begin, entry(migrate.EventEnd, migrate.End{Status: migrate.Incomplete}), entry(migrate.EventClaim, migrate.Claim{})}
	if r, _, err := migrate.Replay("run", again, func(migrate.Process) bool { return false }); err != nil || r.Status != migrate.Interrupted {
		t.Errorf("%+v, %v", r, err)
	}
}
