package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// forgetting is an account where somebody came and left again, and a setting was
// changed and changed back, on nights that are forgotten.
func forgetting() *fake {
	f := newFake().okta().user("okta", "u1", "Ada", "ada@acme.example")
	f.night()
	f.user("okta", "u2", "Mallory", "mal@acme.example").set(provider, "", "okta", "/config/okta_account", "https://evil.example").nights(2)
	f.remove(users, "okta", "u2").set(provider, "", "okta", "/config/okta_account", "https://acme.okta.com").fail(users, "okta", "HTTP 500").nights(2)
	return f.forget(1, "keep 7 daily").forget(1, "=cmd()")
}

func TestForgottenNightsAreNotNights(t *testing.T) {
	f := forgetting()
	const lead = "medium: 2 of 5 snapshots of the period are forgotten: what came and went between those that are left is not seen."
	for name, r := range map[string]*audit.Report{
		"lifecycle": lifecycle(t, f, f.all()), "config changes": configChanges(t, f, f.all()), "deprovisioning": deprovisioning(t, f, f.all()),
	} {
		if !slices.Contains(leadOf(r), lead) {
			t.Errorf("%s: %q", name, leadOf(r))
		}
		if n := strings.Count(strings.Join(leadOf(r), "\n"), "orgotten"); n != 1 {
			t.Errorf("%s tells %d times of what is forgotten", name, n)
		}
	}
	r := lifecycle(t, f, f.all())
	if d := cmp.Diff([]string{
		"everything | before 2026-06-01 02:00 UTC | the history begins there",
		"users of Okta | 2026-06-04 | failed: HTTP 500",
		"everything | 2026-06-02 | forgotten on 2026-06-06: keep 7 daily",
		"everything | 2026-06-03 | forgotten on 2026-06-06: =cmd()",
	}, unknownOf(r)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"2026-06-02T02:00:00Z |  | everything | forgotten on 2026-06-06: keep 7 daily",
		"2026-06-03T02:00:00Z |  | everything | forgotten on 2026-06-06: =cmd()",
		"2026-06-04T02:00:00Z | scim_user | users | failed: HTTP 500",
	}, cellsOf(t, r, "not_known", "taken_at", "kind", "list", "reason")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{}, cellsOf(t, r, "events")); d != "" {
		t.Error(d)
	}
}

// What changed in a window that forgetting, or a list that was not read, made wide need
// not have changed at once.
func TestManyChangesAreNotSaidToBeAtOnceWhereNobodyLooked(t *testing.T) {
	few := func() *fake {
		f := newFake().okta()
		for i := range 20 {
			f.user("okta", fmt.Sprint("u", i), "User", fmt.Sprintf("u%d@acme.example", i))
		}
		f.nights(2)
		for i := range 12 {
			f.set(users, "okta", fmt.Sprint("u", i), "/active", false)
		}
		return f
	}
	failed := few()
	for range 9 {
		failed.fail(users, "okta", "HTTP 500").night()
	}
	failed.night()
	forgotten := few()
	forgotten.nights(10)
	for i := range 12 { // the one in which it happened is forgotten
		forgotten.set(users, "okta", fmt.Sprint("u", i), "/displayName", "Renamed")
	}
	forgotten.nights(11)
	for range 10 {
		forgotten.forget(2, "keep 2")
	}
	for name, c := range map[string]struct {
		f    *fake
		want string
	}{
		"a night":   {few().nights(1), "high: Users of Okta, 2026-06-03: 12 of 20 (60 %) of the list at once."},
		"not read":  {failed, "high: Users of Okta, 2026-06-12: 12 of 20 (60 %) of the list in 10 days."},
		"forgotten": {forgotten, "high: Users of Okta, 2026-06-13: 12 of 20 (60 %) of the list in 11 days."},
	} {
		if r := lifecycle(t, c.f, c.f.all()); !slices.Contains(leadOf(r), c.want) {
			t.Errorf("%s: %q", name, leadOf(r))
		}
	}
}

// Many nights that one policy forgot are told of once; the table has each, after the
// last that is left, too.
func TestForgottenNightsAreGathered(t *testing.T) {
	f := newFake()
	f.nights(28)
	for range 23 {
		f.forget(5, "keep 5")
	}
	r := configChanges(t, f, f.all())
	if have := unknownOf(r); !slices.Contains(have, "everything | 23 snapshots from 2026-06-06 to 2026-06-28 | forgotten on 2026-06-29: keep 5") {
		t.Errorf("%q", have)
	}
	if n := len(cellsOf(t, r, "not_known")); n != 23 {
		t.Errorf("%d nights in the table", n)
	}
	if !slices.Contains(leadOf(r), "medium: 23 of 28 snapshots of the period are forgotten: what came and went between those that are left is not seen.") {
		t.Errorf("%q", leadOf(r))
	}
}

// Where every snapshot of the period is forgotten, it is not said that there was none.
func TestAPeriodThatIsForgottenAltogether(t *testing.T) {
	f := newFake()
	f.nights(4)
	f.forget(1, "one").forget(1, "one")
	r := lifecycle(t, f, f.question(firstNight.Add(day), firstNight.Add(2*day)))
	if d := cmp.Diff([]string{"everything | 2 snapshots from 2026-06-02 to 2026-06-03 | forgotten on 2026-06-05: one"}, unknownOf(r)); d != "" {
		t.Error(d)
	}
	if n := figureOf(t, r, "leaver"); n != "not known" {
		t.Errorf("%s leavers", n)
	}
}

func TestOnlyAWholePeriodHasEveryList(t *testing.T) {
	f := newFake()
	f.nights(3)
	table, _ := configChanges(t, f, f.all()).Table("not_known")
	if table.Len != 0 || table.Empty != "Every list that this report is about was read on every night on which a snapshot was taken." {
		t.Errorf("%d: %s", table.Len, table.Empty)
	}
	f.forget(1, "gone")
	if table, _ := configChanges(t, f, f.all()).Table("not_known"); table.Len != 1 {
		t.Errorf("%d forgotten nights", table.Len)
	}
}

func TestFirstSeenIsAsOfWhatIsLeft(t *testing.T) {
	f := newFake().okta().user("okta", "u1", "Ada", "ada@acme.example")
	f.nights(3)
	const remark = "low: The history has forgotten 1 earlier snapshot: first seen is as of those that are left, and may have been before."
	if slices.Contains(leadOf(accessReview(t, f, f.all())), remark) {
		t.Error("nothing is forgotten")
	}
	f.forget(0, "keep 2")
	if lead := leadOf(accessReview(t, f, f.all())); !slices.Contains(lead, remark) {
		t.Errorf("%q", lead)
	}
	q := f.all()
	q.Forgotten = slices.Clone(q.Forgotten)
	q.Forgotten[0].Target = snapshot.Target{Scope: snapshot.Account, ID: "other"}
	if slices.Contains(leadOf(accessReview(t, f, q)), remark) {
		t.Error("what is forgotten is of another target")
	}
}

func TestAReportSaysThatItIsOlderThanAsked(t *testing.T) {
	f := newFake().okta().user("okta", "u1", "Ada", "ada@acme.example")
	f.night()
	for asked, want := range map[time.Time]string{
		{}:                             "",
		firstNight.Add(36 * time.Hour): "",
		firstNight.Add(37 * time.Hour): "medium: As of 2026-06-01 02:00 UTC, the last complete snapshot up to 2026-06-02 15:00 UTC: 1 day older.",
		time.Date(2026, 6, 5, 23, 59, 59, 999999999, time.UTC): "medium: As of 2026-06-01 02:00 UTC, the last complete snapshot up to 2026-06-05: 4 days older.",
		time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC):            "medium: As of 2026-06-01 02:00 UTC, the last complete snapshot up to 2026-06-05 00:00 UTC: 3 days older.",
	} {
		q := f.all()
		q.AtAsked = asked
		for _, r := range []*audit.Report{accessReview(t, f, q), deprovisioning(t, f, q), posture(t, f, q)} {
			said := ""
			for _, line := range leadOf(r) {
				if strings.Contains(line, "older") {
					said += line
				}
			}
			if said != want {
				t.Errorf("%s, asked for %s: %q, want %q", r.Kind, asked, said, want)
			}
		}
	}
}
