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
