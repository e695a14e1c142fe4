package migrate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
)

// What is left of a run is judged by the target as it is now: what was harmless when it
// began may lock everybody out.
func TestGuardsNow(t *testing.T) {
	source, target := newTarget("one").add(pin), newTarget("one").add(pin, okta("a", "A", ""))
	o := migrate.Options{DeleteExtra: true, MaxChanges: 10, Allow: []migrate.GuardCode{migrate.GuardDelete}}
	p := planned(t, source, target, o)
	steps := migrate.NewSteps(p)
	if g := p.GuardsNow(steps, target.state()); len(g) > 0 {
		t.Errorf("as it was: %+v", g)
	}
	alone := newTarget("one").add(okta("a", "A", ""))
	if g := p.GuardsNow(steps, alone.state()); len(g) != 1 || g[0].Code != migrate.GuardLockout {
		t.Errorf("the other one is gone: %+v", g)
	}
	for i := range steps {
		steps[i].Outcome = migrate.Succeeded
	}
	if g := p.GuardsNow(steps, alone.state()); len(g) > 0 {
		t.Errorf("nothing is left: %+v", g)
	}
}

// All login methods at once, and the secret of the only one, count as a lock-out, too.
func TestLockoutByMany(t *testing.T) {
	o := migrate.Options{OnConflict: migrate.ConflictUpdate, MaxChanges: 10}
	p := planned(t, newTarget("one").add(okta("a", "A", ""), github("g", "G", "c")),
		newTarget("one").add(okta("a", "A", `,"x":1`), github("g", "G", "d")), o)
	if got := guardsOf(p); !slices.Contains(got, migrate.GuardLockout) {
		t.Errorf("both change: %v", got)
	}
	o.RenewSecrets = true
	only := newTarget("one").add(okta("a", "A", ""))
	if got := guardsOf(planned(t, only, only, o)); !slices.Contains(got, migrate.GuardLockout) {
		t.Errorf("the secret of the only one: %v", got)
	}
}

// echoing is a target whose refusal quotes what was sent.
type echoing struct{ *fakeTarget }

func (e echoing) Create(_ context.Context, body []byte) (migrate.Written, error) {
	return migrate.Written{}, fmt.Errorf("400 Bad Request: %s is too short", body)
}

// No error quotes a secret, whatever Cloudflare answers, and so no journal has one.
func TestEchoedSecretsAreTakenOut(t *testing.T) {
	const secret = `Hush "quoted" & <kept>`
	p := planned(t, newTarget("src").add(okta("a", "A", "")), newTarget("dst").add(pin), everything())
	journal := &fakeJournal{}
	steps, err := migrate.Apply(t.Context(), p, migrate.Job{
		Remote: echoing{newTarget("dst")}, Journal: journal, Sleep: noSleep,
		Secrets: migrate.Secrets{"a": {"/config/client_secret": secret}},
	})
	if !errors.Is(err, migrate.ErrFailed) || !strings.Contains(steps[0].Error, "too short") {
		t.Fatalf("%v, %+v", err, steps)
	}
	if len(journal.entries) != 2 {
		t.Fatalf("the journal has %d rows, want an intent and an outcome", len(journal.entries))
	}
	kept, err := json.Marshal([]any{steps, journal.entries})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(kept), "quoted") {
		t.Errorf("it is in %s", kept)
	}
}

// What was rewritten has to be there as it was meant: an emptied list lets everybody in.
func TestRewrittenIsCompared(t *testing.T) {
	const old = "11111111-1111-4111-8111-111111111111"
	source := newTarget("one").add(strings.Replace(okta("a", "A", ""), `"id":"a"`, `"id":"`+old+`"`, 1))
	target := newTarget("one").add(pin).refer("access_app", `{"id":"app","name":"App","allowed_idps":["`+old+`"]}`)
	o := everything()
	o.RewriteReferences = true
	steps := applied(t, planned(t, source, target, o), target)
	opened := newTarget("one").add(pin).refer("access_app", `{"id":"app","name":"App","allowed_idps":[]}`)
	now := target.state()
	now.References = opened.state().References
	left, err := migrate.Remaining(steps, now)
	if err != nil || len(left) != 1 || left[0].Name != "App" {
		t.Errorf("%+v, %v", left, err)
	}
}

// A plan that says what is never sent was made by hand, and is not carried out.
func TestNothingIsSentThatNeverIs(t *testing.T) {
	for _, settings := range []string{
		`{"name":"A","type":"okta","config":{"client_secret":"****"}}`,
		`{"name":"A","type":"okta","config":{"redirect_url":"https://x"}}`,
		`{"id":"a","name":"A","type":"okta","config":{}}`,
		`{"name":"A","type":"okta","config":{"x":"(redacted)"}}`,
	} {
		p := planned(t, newTarget("src").add(okta("a", "A", "")), newTarget("dst").add(pin), everything())
		p.Actions[0].Settings = json.RawMessage(settings)
		target := newTarget("dst")
		if _, err := migrate.Apply(t.Context(), p, migrate.Job{Remote: target, Journal: &fakeJournal{}, Secrets: suppliedFor(p), Sleep: noSleep}); err == nil || target.made > 0 {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
