package audit_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

func lifecycle(t *testing.T, f *fake, q audit.Question) *audit.Report {
	t.Helper()
	r, err := audit.NewLifecycle(context.Background(), f, q)
	if err != nil {
		t.Fatalf("%v", err)
	}
	wellFormed(t, r)
	return r
}

// aMonth is one in which about everything happens.
func aMonth() *fake {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "ada@acme.example").user("okta", "u2", "Bob", "bob@acme.example").group("okta", "g1", "Staff").night()
	f.user("okta", "u3", "Cy", "cy@acme.example").group("okta", "g2", "Admins").night()
	f.set(users, "okta", "u1", "/displayName", "Ada Lovelace").set(users, "okta", "u1", "/active", false).night()
	f.fail(users, "okta", "HTTP 500").remove(groups, "okta", "g1").night()
	f.set(users, "okta", "u1", "/active", true).remove(users, "okta", "u2").set(groups, "okta", "g2", "/displayName", "Owners").night()
	f.set(users, "okta", "u3", "/emails", []any{object{"value": "cy@new.example", "type": "work", "primary": true}}).
		set(users, "okta", "u3", "/title", "=cmd|'/c calc'!A1").night()
	return f
}

func TestLifecycleTellsWhatHappenedAndBetweenWhichSnapshots(t *testing.T) {
	f := aMonth()
	r := lifecycle(t, f, f.all())
	want := []string{
		"joiner | Cy | cy@acme.example |  |  |  | 2026-06-01T02:00:00Z | 2026-06-02T02:01:30Z | 2026-06-02T01:00:00Z",
		"group_added | Admins |  |  |  |  | 2026-06-01T02:00:00Z | 2026-06-02T02:01:30Z | 2026-06-02T01:00:00Z",
		"deactivated | Ada Lovelace | ada@acme.example | /active | true | false | 2026-06-02T02:00:00Z | 2026-06-03T02:01:30Z | 2026-06-03T01:00:00Z",
		"renamed | Ada Lovelace | ada@acme.example | /displayName | Ada | Ada Lovelace | 2026-06-02T02:00:00Z | 2026-06-03T02:01:30Z | 2026-06-03T01:00:00Z",
		"group_removed | Staff |  |  |  |  | 2026-06-03T02:00:00Z | 2026-06-04T02:01:30Z | ",
		"reactivated | Ada Lovelace | ada@acme.example | /active | false | true | 2026-06-03T02:00:00Z | 2026-06-05T02:01:30Z | 2026-06-05T01:00:00Z",
		"leaver | Bob | bob@acme.example |  |  |  | 2026-06-03T02:00:00Z | 2026-06-05T02:01:30Z | ",
		"group_renamed | Owners |  | /displayName | Admins | Owners | 2026-06-04T02:00:00Z | 2026-06-05T02:01:30Z | 2026-06-05T01:00:00Z",
		"email_changed | Cy | cy@new.example | /emails/0/value | cy@acme.example | cy@new.example | 2026-06-05T02:00:00Z | 2026-06-06T02:01:30Z | 2026-06-06T01:00:00Z",
		"other_change | Cy | cy@new.example | /title |  | =cmd|'/c calc'!A1 | 2026-06-05T02:00:00Z | 2026-06-06T02:01:30Z | 2026-06-06T01:00:00Z",
	}
	have := cellsOf(t, r, "events", "event", "name", "email", "field", "old", "new", "window_start", "window_end", "provider_modified")
	if d := cmp.Diff(want, have); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"okta | Okta | 2 | 2 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1"}, cellsOf(t, r, "by_provider", "provider_id", "provider_name", "users_before", "users_after", "joiner", "leaver",
		"deactivated", "reactivated", "renamed", "email_changed", "group_added", "group_removed", "group_renamed", "other_change")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"2026-06-04T02:00:00Z | okta | Okta | users | failed: HTTP 500"},
		cellsOf(t, r, "not_known", "taken_at", "provider_id", "provider_name", "list", "reason")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"everything | before 2026-06-01 02:00 UTC | the history begins there",
		"users of Okta | 2026-06-04 | failed: HTTP 500",
	}, unknownOf(r)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff("info: 1 joiner, 1 leaver, 1 deactivated, 1 reactivated, 1 renamed, 1 e-mail address changed, "+
		"1 group added, 1 group removed, 1 group renamed, 1 other change.", leadOf(r)[0]); d != "" {
		t.Error(d)
	}
	for key, want := range map[string]string{
		"scim_user_changed": "3", "joiner": "1", "leaver": "1", "scim_group_changed": "1", "group_added": "1", "group_removed": "1", "leaver_with_provider": "0",
	} {
		if have := figureOf(t, r, key); have != want {
			t.Errorf("%s is %s, want %s", key, have, want)
		}
	}
}

func TestLeaversWithAProviderSaySo(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "ada@acme.example").user("okta", "u2", "Bob", "bob@acme.example").night()
	f.remove(users, "okta", "u2").night()
	f.remove(provider, "", "okta").night()
	r := lifecycle(t, f, f.all())
	if d := cmp.Diff([]string{
		"leaver | Bob | gone from the provider",
		"leaver | Ada | gone with the provider, which was removed",
	}, cellsOf(t, r, "events", "event", "name", "reason")); d != "" {
		t.Error(d)
	}
	if figureOf(t, r, "leaver_with_provider") != "1" || !slices.Contains(leadOf(r), "high: 1 of those who left are gone with the provider, which was removed.") {
		t.Errorf("%q", leadOf(r))
	}
}

func TestAMassIsOnTop(t *testing.T) {
	f := newFake()
	f.okta()
	for i := range 20 {
		f.user("okta", fmt.Sprint("u", i), fmt.Sprint("Person ", i), fmt.Sprintf("p%d@acme.example", i))
	}
	f.night()
	for i := range 12 {
		f.set(users, "okta", fmt.Sprint("u", i), "/active", false)
	}
	f.night()
	r := lifecycle(t, f, f.all())
	want := []string{"info: 0 joiners, 0 leavers, 12 deactivated.", "high: Users of Okta, 2026-06-02: 12 of 20 (60 %) of the list at once."}
	if d := cmp.Diff(want, leadOf(r)); d != "" {
		t.Error(d)
	}
	if s := cellsOf(t, r, "events", "severity"); len(s) != 12 || s[0] != "high" {
		t.Errorf("%q", s)
	}
}

func TestSeveralSettingsOfOneEventAreTold(t *testing.T) {
	f := newFake()
	f.okta().put(users, "okta", "u1", object{"displayName": "Ada", "name": object{"givenName": "Ada", "familyName": "B"}}).night()
	f.put(users, "okta", "u1", object{"displayName": "<Ada>", "name": object{"givenName": "Ada", "familyName": "L"}}).night()
	want := []string{`renamed |  | {"/displayName":"Ada","/name/familyName":"B"} | {"/displayName":"<Ada>","/name/familyName":"L"}`}
	if d := cmp.Diff(want, cellsOf(t, lifecycle(t, f, f.all()), "events", "event", "field", "old", "new")); d != "" {
		t.Error(d)
	}
}

func TestTheChartsOfALifecycle(t *testing.T) {
	f := aMonth()
	r := lifecycle(t, f, f.all())
	if len(r.Charts) != 2 {
		t.Fatalf("%d charts", len(r.Charts))
	}
	total := r.Charts[0].Series[0].Values
	if total[0] != 2 || total[1] != 3 || !math.IsNaN(total[3]) || total[4] != 2 {
		t.Errorf("users over time: %v", total)
	}
	if d := cmp.Diff([]float64{0, 1, 0, 0, 0, 0, 0}, r.Charts[1].Series[0].Values); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{0, 0, 0, 0, 1, 0, 0}, r.Charts[1].Series[1].Values); d != "" {
		t.Error(d)
	}
}

func TestOfAProviderThatWasCreatedAgainNoCountAddsUp(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "ada@acme.example").user("okta", "u2", "Bob", "bob@acme.example").night()
	f.remove(provider, "", "okta").provider(snapshot.Okta, "new", "Okta", object{}).scim("new", true)
	f.user("new", "u1", "Ada L.", "ada@acme.example").night()
	have := cellsOf(t, lifecycle(t, f, f.all()), "by_provider", "provider_id", "users_before", "users_after", "joiner", "leaver", "renamed")
	if d := cmp.Diff([]string{"new | not known | not known | 0 | 0 | 0", "okta | not known | not known | 0 | 1 | 1"}, have); d != "" {
		t.Error(d)
	}
}

func TestAnEventHasTheSameIDInEveryReport(t *testing.T) {
	f := aMonth()
	whole := cellsOf(t, lifecycle(t, f, f.all()), "events", "event_id", "event", "scim_id")
	part := cellsOf(t, lifecycle(t, f, f.question(firstNight.Add(4*day), f.at)), "events", "event_id", "event", "scim_id")
	if d := cmp.Diff(whole[len(whole)-len(part):], part); d != "" || len(part) == 0 {
		t.Errorf("%d events: %s", len(part), d)
	}
	distinct(t, "event ids", whole)
}

func TestLifecycleOfOnlyUsers(t *testing.T) {
	f := aMonth()
	q := f.all()
	q.Filter.Kinds = []snapshot.Kind{snapshot.SCIMUser, snapshot.AccessApp}
	if n := len(cellsOf(t, lifecycle(t, f, q), "events")); n != 7 {
		t.Errorf("%d events", n)
	}
	q.Filter.Kinds = []snapshot.Kind{snapshot.AccessApp}
	if _, err := audit.NewLifecycle(context.Background(), f, q); err == nil || !strings.Contains(err.Error(), "Access apps") {
		t.Errorf("%v", err)
	}
}

func TestOfNothingNothingIsTold(t *testing.T) {
	f := newFake()
	none := lifecycle(t, f, f.question(firstNight, firstNight.Add(30*day)))
	if d := cmp.Diff([]string{"medium: There is no snapshot of the target: nothing is known."}, leadOf(none)); d != "" {
		t.Error(d)
	}
	f.okta().user("okta", "u1", "Ada", "ada@acme.example").night()
	one := lifecycle(t, f, f.all())
	if d := cmp.Diff([]string{"medium: The only snapshot of the period is the first of the history: there is nothing to compare it with."}, leadOf(one)); d != "" {
		t.Error(d)
	}
	later := lifecycle(t, f, f.question(firstNight.Add(10*day), firstNight.Add(20*day)))
	if d := cmp.Diff([]string{"medium: There is no snapshot in the period: nothing is known of it."}, leadOf(later)); d != "" {
		t.Error(d)
	}
	for _, r := range []*audit.Report{none, one, later} {
		if n := figureOf(t, r, "joiner"); n != "not known" {
			t.Errorf("joiners: %s", n)
		}
	}
	f.nights(2)
	before := lifecycle(t, f, f.question(firstNight.Add(-10*day), firstNight.Add(2*day)))
	if d := cmp.Diff([]string{"info: 0 joiners, 0 leavers.", "medium: The history begins on 2026-06-01 02:00 UTC: what was before is not known."}, leadOf(before)); d != "" {
		t.Error(d)
	}
}

func TestFiguresAgreeWithTheRows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := history(rt, true)
		r, err := audit.NewLifecycle(context.Background(), f, f.all())
		if err != nil {
			rt.Fatalf("%v", err)
		}
		rows := map[string]int{}
		for _, e := range cellsOf(t, r, "events", "event") {
			rows[e]++
		}
		for _, key := range []string{"joiner", "leaver", "deactivated", "renamed", "group_added"} {
			if have := figureOf(t, r, key); have != strconv.Itoa(rows[key]) && (have != "not known" || rows[key] > 0) { // no list of them was ever read
				rt.Fatalf("%s is %s, there are %d", key, have, rows[key])
			}
		}
		var names []string
		for _, f := range r.Figures {
			names = append(names, f.Name)
		}
		if slices.Sort(names); len(slices.Compact(slices.Clone(names))) != len(names) {
			rt.Fatalf("two figures have one name: %q", names)
		}
		for _, row := range cellsOf(t, r, "by_provider", "users_before", "joiner", "leaver", "users_after") {
			if strings.HasPrefix(row, "not known | ") { // only the groups were ever read
				continue
			}
			if strings.Contains(row, "| not known |") { // on no night that could tell
				continue
			}
			var before, joined, left, after int
			if _, err := fmt.Sscanf(row, "%d | %d | %d | %d", &before, &joined, &left, &after); err != nil || before+joined-left != after {
				rt.Fatalf("%s: %v", row, err)
			}
		}
		wellFormed(t, r)
	})
}

func TestAChartSaysWhatItsPointsAre(t *testing.T) {
	f := newFake().okta().user("okta", "u1", "Ada", "ada@acme.example")
	f.night()
	f.user("okta", "u2", "Bob", "bob@acme.example").night()
	for days, want := range map[int][]string{
		30:  {"Users over time", "Joiners and leavers"},
		60:  {"Users over time (end of each week)", "Joiners and leavers (each week)"},
		500: {"Users over time (end of each month)", "Joiners and leavers (each month)"},
	} {
		var titles []string
		for _, c := range lifecycle(t, f, f.question(firstNight, firstNight.Add(time.Duration(days)*day))).Charts {
			titles = append(titles, c.Title)
		}
		same(t, "titles", titles, want)
	}
}
