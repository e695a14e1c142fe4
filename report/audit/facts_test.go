package audit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

func TestFactsAnswerWhatIsAskedOfEvidence(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "ada@acme.example").user("okta", "u2", "Bob", "bob@acme.example").night()
	f.night()
	last := f.fail(groups, "okta", "HTTP 500").night()
	f.forget(1, "policy")
	q := june(f, 3)
	q.Asked = []audit.Fact{{Group: audit.Scope, Key: "kinds", Name: "Kinds", Value: audit.Text("scim_user")}}
	q.Command = "idpsnap report lifecycle --from 2026-06-01"
	r := lifecycle(t, f, q)
	want := map[string]string{
		"target": acme.String(), "target_name": "Acme", "api_host": "api.cloudflare.com",
		"period_from": "2026-06-01T00:00:00Z", "period_to": "2026-06-03T23:59:59Z", "as_of": "2026-06-03T02:00:00Z", "kinds": "scim_user",
		"people": "as recorded", "status": "partial",
		"rows.identity_provider": "1", "rows.scim_user.okta": "2", "rows.scim_group.okta": "not known",
		"snapshots_complete": "1", "snapshots_partial": "1", "snapshots_forgotten": "1",
		"snapshot": last.ID, "first_snapshot": f.snapshots[0].ID, "last_snapshot": last.ID,
		"digest.scim_user.okta": digestOf(t, last, users),
		"command":               q.Command, "tool": "idpsnap 1.2.3", "snapshots_by": "1.2.3",
	}
	for key, want := range want {
		if have := factOf(t, r, key); have != want {
			t.Errorf("%s is %q, want %q", key, have, want)
		}
	}
	var order []audit.FactGroup
	for _, f := range r.Facts {
		if len(order) == 0 || order[len(order)-1] != f.Group {
			order = append(order, f.Group)
		}
	}
	if d := cmp.Diff([]audit.FactGroup{audit.Source, audit.Scope, audit.Completeness, audit.Integrity, audit.Method}, order); d != "" {
		t.Error(d)
	}
}

func TestCompletenessIsThatOfTheLastSnapshotThatReadsAll(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "ada@acme.example").nights(2)
	f.snag(users, "okta", snapshot.Skipped, "not asked for").record(snapshot.Safety)
	q := f.all()
	q.At = nil
	if have := factOf(t, lifecycle(t, f, q), "rows.scim_user.okta"); have != "1" {
		t.Errorf("%s users", have)
	}
}

func digestOf(t *testing.T, sn snapshot.Snapshot, k snapshot.Kind) string {
	t.Helper()
	for _, c := range sn.Captures {
		if c.Kind == k {
			return c.Digest.String()
		}
	}
	t.Fatalf("no %s", k)
	return ""
}

func TestPseudonymsComeWithoutDigests(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "ada@acme.example").nights(2)
	q := f.all()
	q.Redact = true
	r := lifecycle(t, f, q)
	for _, fact := range r.Facts {
		if strings.HasPrefix(fact.Key, "digest") {
			t.Errorf("%s: whoever has the list can prove that this is it", fact.Key)
		}
	}
	if have := factOf(t, r, "people"); have != "pseudonyms stand for them" {
		t.Errorf("people: %s", have)
	}
}
