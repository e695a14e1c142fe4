package migrate_test

import (
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
)

// everything are options that let everything pass.
func everything() migrate.Options {
	return migrate.Options{OnConflict: migrate.ConflictUpdate, KeepsTokens: true, MaxChanges: 1000, Allow: migrate.GuardCodes()}
}

func planned(t *testing.T, source, target *fakeTarget, o migrate.Options) *migrate.Plan {
	t.Helper()
	verb := migrate.Migrate
	if source.target == target.target {
		verb = migrate.Restore
	}
	p, err := migrate.NewPlan(verb, source.state(), target.state(), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// verdicts are a plan in short: "create A, update B".
func verdicts(p *migrate.Plan) string {
	var all []string
	for _, a := range p.Actions {
		all = append(all, string(a.Action)+" "+a.Name)
	}
	return strings.Join(all, ", ")
}

// applied carries a plan out on the target, which has to succeed.
func applied(t *testing.T, p *migrate.Plan, f *fakeTarget) []migrate.Step {
	t.Helper()
	r := newProcess(p, f)
	steps, err, _ := r.once()
	if err != nil {
		for _, s := range steps {
			t.Logf("%s %s: %s %s", s.Action.Action, s.Action.Name, s.Outcome, s.Error)
		}
		t.Fatal(err)
	}
	if len(f.breaches) > 0 {
		t.Fatal(f.breaches)
	}
	left, err := migrate.Remaining(steps, f.state())
	if err != nil || len(left) > 0 {
		t.Fatalf("remaining: %v, %v", left, err)
	}
	return steps
}

// converges carries a plan out, and sees to it that the same plan then does nothing.
func converges(t *testing.T, source, target *fakeTarget, o migrate.Options) {
	t.Helper()
	applied(t, planned(t, source, target, o), target)
	again := planned(t, source, target, o)
	if again.Writes() || again.Count(migrate.Blocked) > 0 {
		t.Errorf("the same plan again: %s: %+v", verdicts(again), again.Actions)
	}
}

func okta(id, name, more string) string {
	return `{"id":"` + id + `","name":"` + name + `","type":"okta","config":{"client_id":"c","okta_account":"https://o.example","client_secret":"old-secret"` + more + `}}`
}

func github(id, name, client string) string {
	return `{"id":"` + id + `","name":"` + name + `","type":"github","config":{"client_id":"` + client + `","client_secret":"old-secret"}}`
}

// on gives a provider SCIM.
func on(provider string) string {
	return strings.TrimSuffix(provider, "}") + `,"scim_config":{"enabled":true,"user_deprovision":true}}`
}

func actionOf(t *testing.T, p *migrate.Plan, name string) migrate.Action {
	t.Helper()
	for _, a := range p.Actions {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no action for %q: %s", name, verdicts(p))
	return migrate.Action{}
}

func guardsOf(p *migrate.Plan) (codes []migrate.GuardCode) {
	for _, g := range p.Guards {
		codes = append(codes, g.Code)
	}
	return codes
}

const pin = `{"id":"pin","name":"PIN","type":"onetimepin","config":{}}`
