package audit_test

import (
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/report/audit"
)

// A list that was read on no night of the period has no joiners and no leavers that
// anybody knows of: that is not 0.
func TestWhatWasNeverReadIsNotZero(t *testing.T) {
	f := staff("ab")
	f.remove(users, "okta", "a")
	f.fail(users, "okta", "500").fail(groups, "okta", "500")
	f.night()
	f.fail(users, "okta", "500").fail(groups, "okta", "500")
	f.night()
	q := f.all()
	q.From = f.snapshots[1].TakenAt
	q.At = &f.snapshots[2]
	for name, build := range map[string]func() (*audit.Report, error){
		"lifecycle":      func() (*audit.Report, error) { return audit.NewLifecycle(t.Context(), f, q) },
		"deprovisioning": func() (*audit.Report, error) { return audit.NewDeprovisioning(t.Context(), f, q) },
	} {
		r, err := build()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, figure := range r.Figures {
			switch figure.Key {
			case "joiner", "leaver", "left", "deactivated", "scim_user_removed", "group_added":
				if !figure.Value.IsNotKnown() {
					t.Errorf("%s: %s is %s", name, figure.Key, figure.Value)
				}
			}
		}
		for _, tb := range r.Tables {
			if tb.Name != "by_provider" && tb.Name != "providers" {
				continue
			}
			for _, row := range rowsIn(t, r, tb.Name) {
				for _, key := range []string{"leaver", "left", "joiner"} {
					if value, ok := row[key]; ok && value != "not known" {
						t.Errorf("%s: %s of %s is %s", name, key, row["provider_name"], value)
					}
				}
			}
		}
		if name == "lifecycle" && !strings.Contains(r.Lead[0].Text, "Not read on any night") {
			t.Errorf("the lead does not say it: %v", r.Lead)
		}
	}
}

// Of one night there is nothing to compare: nobody knows who came or left.
func TestOfASingleSnapshotNothingIsZero(t *testing.T) {
	f := staff("ab")
	for name, c := range map[string]struct {
		report  *audit.Report
		table   string
		figures []string
		columns []string
	}{
		"lifecycle":      {lifecycle(t, f, f.all()), "by_provider", []string{"joiner", "leaver", "group_added", "scim_user_changed"}, []string{"joiner", "leaver", "renamed"}},
		"deprovisioning": {deprovisioning(t, f, f.all()), "providers", []string{"left", "left_with_provider", "deactivated"}, []string{"left", "deactivated"}},
	} {
		for _, key := range c.figures {
			same(t, name+": "+key, figureOf(t, c.report, key), "not known")
		}
		for _, key := range c.columns {
			same(t, name+": "+key, column(rowsIn(t, c.report, c.table), key), []string{"not known"})
		}
	}
	events, _ := lifecycle(t, f, f.all()).Table("events")
	same(t, "events", events.Empty, "There was nothing to compare.")
}

// Where one list of several was never read, 0 would be said of it, too. What was seen in
// the others was.
func TestZeroIsNotSaidOfAListThatWasNotRead(t *testing.T) {
	f := newFake().okta().provider("saml", "saml", "Corp", object{}).scim("saml", true)
	f.user("okta", "a", "Ann", "ann@acme.com").user("saml", "b", "Bob", "bob@acme.com").night()
	f.user("saml", "c", "Cy", "cy@acme.com").fail(users, "okta", "500").night()
	r := lifecycle(t, f, f.all())
	same(t, "joined, left", []string{figureOf(t, r, "joiner"), figureOf(t, r, "leaver")}, []string{"1", "not known"})
	same(t, "lead", leadOf(r)[:2], []string{"info: 1 joiner.", "high: Not read on any night that could tell: users of Okta. The numbers are without them."})
	same(t, "left", figureOf(t, deprovisioning(t, f, f.all()), "left"), "not known")

	f = newFake().okta().user("okta", "a", "Ann", "ann@acme.com")
	f.night()
	f.fail(users, "okta", "500").night()
	r = lifecycle(t, f, f.all())
	same(t, "lead", leadOf(r)[0], "high: Not read on any night that could tell: users of Okta. The numbers are without them.")
	events, _ := r.Table("events")
	same(t, "events", events.Empty, "Nothing happened that was seen in the lists that were read.")
}

// When a history began is one moment, whatever it has forgotten since.
func TestAReportSaysOnceWhenTheHistoryBegins(t *testing.T) {
	f := staff("ab")
	f.nights(2)
	f.forget(0, "keep 2")
	q := f.question(firstNight.Add(-day), f.at)
	for _, r := range []*audit.Report{lifecycle(t, f, q), configChanges(t, f, q)} {
		same(t, "not known", unknownOf(r), []string{
			"everything | before 2026-06-02 02:00 UTC | the snapshots from before are forgotten",
			"everything | 2026-06-01 | forgotten on 2026-06-04: keep 2",
		})
		table, _ := r.Table("not_known")
		if table.Title == "Not known" {
			t.Errorf("%s: two lists have one title, and not the same in them", r.Kind)
		}
	}
}
