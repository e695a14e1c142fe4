package migrate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Ids that look like Cloudflare's.
const (
	alphaID = "11111111-0000-4000-8000-000000000001"
	betaID  = "22222222-0000-4000-8000-000000000002"
	gammaID = "33333333-0000-4000-8000-000000000003"
)

// crossing is a migration with all that a plan can have: creations with SCIM, two that
// are equal, updates, references, a deletion.
func crossing(merges bool) (source, target *fakeTarget) {
	source = newTarget("src").add(
		on(okta(alphaID, "Alpha", "")),
		github(betaID, "Beta", "b"),
		on(okta(gammaID, "Gamma", `,"x":{"y":[1,{"z":null}]}`)),
		github("twin-1", "Twin", "t"), github("twin-2", "Twin", "t"),
		github("delta", "Delta", "new"),
		on(okta("eps", "Epsilon", "")),
	)
	target = newTarget("dst").add(pin, github("d2", "Delta", "old"), okta("e2", "Epsilon", `,"own":true`), github("extra", "Extra", "e")).
		refer(snapshot.AccessPolicy, `{"id":"pol","name":"P","decision":"allow","include":[{"login_method":{"id":"`+alphaID+`"}}]}`).
		refer(snapshot.AccessGroup, `{"id":"grp","name":"G","include":[{"login_method":{"id":"`+gammaID+`"}},{"login_method":{"id":"delta"}}]}`).
		refer(snapshot.AccessApp,
			`{"id":"app","name":"App","allowed_idps":["`+alphaID+`","`+betaID+`"],"policies":[{"id":"pol","precedence":1}]}`,
			`{"id":"app2","name":"App 2","allowed_idps":["pin"],"policies":[{"id":"pol","precedence":1}]}`)
	target.merges, target.fills, target.lag = merges, true, 1
	return source, target
}

// crossingPlans are the plans that were made of it: they are alike every time.
var crossingPlans = map[bool]*migrate.Plan{}

func crossingPlan(t *testing.T, merges bool) (*migrate.Plan, *fakeTarget) {
	t.Helper()
	source, target := crossing(merges)
	if p := crossingPlans[merges]; p != nil {
		return p, target
	}
	o := everything()
	o.DeleteExtra, o.RewriteReferences, o.Exclude = true, true, []string{"PIN"}
	crossingPlans[merges] = planned(t, source, target, o)
	return crossingPlans[merges], target
}

// settled sees to it that all is as planned: everything once, every token accounted for.
func settled(t *testing.T, r *process, steps []migrate.Step) {
	t.Helper()
	left, err := migrate.Remaining(steps, r.remote.state())
	if err != nil || len(left) > 0 {
		t.Errorf("remaining: %+v, %v", left, err)
	}
	names := map[string]int{}
	for _, p := range r.remote.providers {
		names[fmt.Sprint(p["name"])]++
	}
	want := map[string]int{"PIN": 1, "Alpha": 1, "Beta": 1, "Gamma": 1, "Delta": 1, "Epsilon": 1, "Twin": 2}
	if fmt.Sprint(names) != fmt.Sprint(want) {
		t.Errorf("providers %v, want %v", names, want)
	}
	for id, tokens := range r.remote.told {
		for _, token := range tokens {
			kept := slices.ContainsFunc(r.tokens.kept, func(k migrate.Token) bool { return k.ID == id && k.Token == token })
			lost := slices.ContainsFunc(steps, func(s migrate.Step) bool { return s.TargetID == id && s.TokenLost })
			if !kept && !lost {
				t.Errorf("nobody says what became of the token of %s", id)
			}
		}
	}
	for _, k := range []snapshot.Kind{snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup} {
		for id, o := range r.remote.references[k] {
			for _, old := range []string{alphaID, betaID, gammaID, `"delta"`} {
				if strings.Contains(encoded(o), old) {
					t.Errorf("%s %s still names %s", k, id, old)
				}
			}
		}
	}
	if len(r.remote.breaches) > 0 {
		t.Error(r.remote.breaches)
	}
	replayed, _, err := r.replay()
	if err != nil {
		t.Fatal(err)
	}
	if replayed.Status != migrate.Done {
		t.Errorf("the journal says %s", replayed.Status)
	}
	for i, s := range replayed.Steps {
		if s.Outcome != steps[i].Outcome || s.TargetID != steps[i].TargetID || s.TokenLost != steps[i].TokenLost || s.TokenKept != steps[i].TokenKept {
			t.Errorf("step %d in the journal: %+v, want %+v", i, s, steps[i])
		}
	}
}

// interruptions counts what one undisturbed run does.
func interruptions(t *testing.T, merges bool) (calls, rows int) {
	t.Helper()
	p, f := crossingPlan(t, merges)
	r := newProcess(p, f)
	steps, err, _ := r.once()
	if err != nil {
		t.Fatal(err)
	}
	settled(t, r, steps)
	want := "create Alpha, create Beta, create Gamma, create Twin, create Twin, update Delta, update Epsilon, update App, update P, update G, delete Extra"
	if got := verdicts(p); got != want {
		t.Fatalf("the plan is %s", got)
	}
	return f.calls, r.journal.writes
}

// waysToUpdate are replacing and merging; one of them, where it is to be fast.
func waysToUpdate() []bool {
	if testing.Short() {
		return []bool{false}
	}
	return []bool{false, true}
}

// Killed before or after any call and any line of the journal, a run can be finished.
func TestKilledAnywhereARunIsFinished(t *testing.T) {
	for _, merges := range waysToUpdate() {
		calls, rows := interruptions(t, merges)
		for _, kill := range []fault{killBefore, killAfter} {
			for n := 1; n <= calls; n++ {
				t.Run(fmt.Sprintf("merges=%v/call=%d/kill=%d", merges, n, kill), func(t *testing.T) {
					p, f := crossingPlan(t, merges)
					f.onFault[n] = kill
					finish(t, newProcess(p, f))
				})
			}
			for n := 1; n <= rows; n++ {
				t.Run(fmt.Sprintf("merges=%v/row=%d/kill=%d", merges, n, kill), func(t *testing.T) {
					p, f := crossingPlan(t, merges)
					r := newProcess(p, f)
					r.journal.onFault[n] = kill
					finish(t, r)
				})
			}
		}
	}
}

// Whatever goes wrong with any call, a run can be finished.
func TestWithAnyFaultARunIsFinished(t *testing.T) {
	for _, merges := range waysToUpdate() {
		calls, rows := interruptions(t, merges)
		for _, wrong := range []fault{lostBefore, lostAfter, refused, conflict, forbidden} {
			if testing.Short() && (wrong == refused || wrong == forbidden) {
				continue // these say for certain that nothing was done
			}
			for n := 1; n <= calls; n++ {
				t.Run(fmt.Sprintf("merges=%v/call=%d/fault=%d", merges, n, wrong), func(t *testing.T) {
					p, f := crossingPlan(t, merges)
					f.onFault[n] = wrong
					finish(t, newProcess(p, f))
				})
			}
		}
		for n := 1; n <= rows; n++ {
			t.Run(fmt.Sprintf("merges=%v/row=%d/full", merges, n), func(t *testing.T) {
				p, f := crossingPlan(t, merges)
				r := newProcess(p, f)
				r.journal.onFault[n] = refused
				finish(t, r)
			})
		}
	}
}

// Killed again on the way of finishing, a run can still be finished.
func TestKilledTwiceARunIsFinished(t *testing.T) {
	calls, _ := interruptions(t, false)
	step := 1
	if testing.Short() {
		step = 9
	}
	for n := 1; n <= calls; n += step {
		for m := n + 1; m <= calls+8; m += step {
			p, f := crossingPlan(t, false)
			f.onFault[n], f.onFault[m] = killAfter, lostAfter
			r := newProcess(p, f)
			steps, err := r.untilDone()
			if err != nil {
				t.Fatalf("killed at %d, lost at %d: %v", n, m, err)
			}
			settled(t, r, steps)
			if t.Failed() {
				t.Fatalf("killed at %d, lost at %d", n, m)
			}
		}
	}
}

func finish(t *testing.T, r *process) {
	t.Helper()
	steps, err := r.untilDone()
	if err != nil {
		for _, s := range steps {
			t.Logf("%s %s: %s %s", s.Action.Action, s.Action.Name, s.Outcome, s.Error)
		}
		t.Fatal(err)
	}
	settled(t, r, steps)
}
