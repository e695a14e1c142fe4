package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
)

// unseen are those who left Entra ID while its users could not be read, and who joined
// it then.
func (m *machine) unseen() (left, joined []string) {
	m.Helper()
	names := func(date string) (list []string) {
		for _, r := range m.show(date, "--kind", "scim_user").Resources {
			list = append(list, userIn(m.T, r.Document).name)
		}
		return list
	}
	before, after := names("2026-03-08"), names("2026-03-16")
	for _, who := range before {
		if !slices.Contains(after, who) {
			left = append(left, who)
		}
	}
	for _, who := range after {
		if !slices.Contains(before, who) {
			joined = append(joined, who)
		}
	}
	if len(left) != 2 || len(joined) != 1 {
		m.Fatalf("%q left and %q joined", left, joined)
	}
	return left, joined
}

// TestNobodyLeftWhoWasNotLookedFor: in the week of March in which the users of Entra ID
// were not read, no report says in any format that one of them left, or who joined.
func TestNobodyLeftWhoWasNotLookedFor(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	left, joined := m.unseen()
	partial := m.snapshotOf("2026-03-12").ID
	for _, q := range []struct {
		code  int
		lists bool // those who are there
		args  []string
	}{
		{3, false, []string{"lifecycle", "--from", "2026-03-01", "--to", "2026-03-15"}},
		{3, false, []string{"lifecycle", "--from", "2026-03-10", "--to", "2026-03-12"}},
		{3, false, []string{"config-changes", "--from", "2026-03-01", "--to", "2026-03-15"}},
		{0, false, []string{"coverage", "--from", "2026-03-01", "--to", "2026-03-15"}},
		{0, true, []string{"access-review", "--at", "2026-03-15", "--from", "2026-03-01"}},
		{3, false, []string{"access-review", "--at", partial, "--from", "2026-03-01"}},
		{0, false, []string{"deprovisioning", "--at", "2026-03-15", "--from", "2026-03-01"}},
		{3, false, []string{"deprovisioning", "--at", partial, "--from", "2026-03-01"}},
		{0, false, []string{"posture", "--at", "2026-03-15", "--from", "2026-03-01"}},
		{3, false, []string{"posture", "--at", partial, "--from", "2026-03-01"}},
	} {
		args := append([]string{"report"}, q.args...)
		for _, format := range report.EvidenceFormats() {
			out := steady(t, format, m.want(q.code, in(format, args)...).stdout)
			for _, who := range joined {
				if strings.Contains(out, who) {
					t.Errorf("%v as %s knows of %s", q.args, format, who)
				}
			}
			for _, who := range left {
				if got := strings.Contains(out, who); got != q.lists {
					t.Errorf("%v as %s names %s: %v", q.args, format, who, got)
				}
			}
		}
		doc := m.evidence(q.code, args...)
		for _, e := range doc.Tables {
			for _, r := range doc.table(t, e.key).Rows {
				if gone := r.text("event") == "leaver" || e.key == "left"; gone && r.text("provider_name") == "Entra ID" {
					window := r.text("window_end")
					if window == "" {
						window = r.text("not_listed_on")
					}
					if window >= "2026-03-09" {
						t.Errorf("%v: %s left before %s", q.args, r.text("display_name")+r.text("name"), window)
					}
				}
			}
		}
	}
}

// TestWhoLeftUnseenIsToldWhenTheListIsReadAgain, with a window that is as long as
// nobody knew.
func TestWhoLeftUnseenIsToldWhenTheListIsReadAgain(t *testing.T) {
	t.Parallel()
	m := auditor(t)
	left, joined := m.unseen()
	events := m.evidence(0, "report", "lifecycle", "--from", "2026-03-09", "--to", "2026-03-16").table(t, "events")
	for event, names := range map[string][]string{"leaver": left, "joiner": joined} {
		for _, who := range names {
			r := events.row(t, "name", who)
			got := []string{r.text("event"), r.text("window_start"), r.text("window_end"), r.text("snapshot_before"), r.text("snapshot_after")}
			want := []string{event, "2026-03-08T02:00:05Z", "2026-03-16T02:00:07Z", m.snapshotOf("2026-03-08").ID, m.snapshotOf("2026-03-16").ID}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", who, got, want)
			}
		}
	}
	doc := m.evidence(3, "report", "lifecycle", "--from", "2026-03-01", "--to", "2026-03-15")
	unread := doc.table(t, "not_known")
	if unread.Count != 7 || unread.Rows[0].text("provider_name") != "Entra ID" || unread.Rows[6].text("taken_at") != "2026-03-15T02:00:05Z" {
		t.Errorf("what was not read: %+v", unread)
	}
	if !slices.ContainsFunc(doc.Unknown, func(u struct{ What, When, Reason string }) bool {
		return u.What == "users of Entra ID" && u.When == "7 snapshots from 2026-03-09 to 2026-03-15" && strings.Contains(u.Reason, "500 Internal Server Error")
	}) {
		t.Errorf("not known: %+v", doc.Unknown)
	}
}

// TestAMomentIsThatOfTheLastCompleteSnapshot, and says so.
func TestAMomentIsThatOfTheLastCompleteSnapshot(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	whole := m.snapshotOf("2026-03-08")
	for _, kind := range []audit.Kind{audit.AccessReview, audit.Deprovisioning, audit.Posture} {
		for at, want := range map[string]taken{
			"2026-03-12": whole, "2026-03-15T23:00:00Z": whole, "2026-03-16": m.snapshotOf("2026-03-16"), "2026-01-02": m.snapshotOf("2025-12-31"),
			"2026-07-30": m.snapshotOf("2026-07-30"), // and not the one for safety, at noon
		} {
			facts := map[string]any{}
			for _, f := range m.evidence(0, "report", string(kind), "--at", at).Facts {
				facts[f.Key] = f.Value
			}
			if facts["as_of"] != want.TakenAt || facts["snapshot"] != want.ID || facts["status"] != "complete" {
				t.Errorf("%s --at %s is as of %v, a %v snapshot, want %s", kind, at, facts["as_of"], facts["status"], want.TakenAt)
			}
		}
	}
}

// TestAPartialSnapshotSaysWhatIsNotKnown, has no row of what was not read, and ends
// with status 3.
func TestAPartialSnapshotSaysWhatIsNotKnown(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	partial := m.snapshotOf("2026-03-12").ID
	for _, kind := range []string{"access-review", "deprovisioning", "posture"} {
		for _, format := range report.EvidenceFormats() {
			r := m.want(3, "report", kind, "--at", partial[:8], "--from", "2026-03-01", "--format", format)
			if !strings.Contains(r.stderr, "is partial") || !strings.Contains(r.stderr, "scim_user of Entra ID: GET …/scim/users: 500 Internal Server Error") {
				t.Errorf("%s as %s: stderr: %s", kind, format, r.stderr)
			}
			if kind == "access-review" && format != "csv" && !strings.Contains(steady(t, format, r.stdout), "users of Entra ID") {
				t.Errorf("%s as %s does not say what is not known", kind, format)
			}
		}
	}
	review := m.evidence(3, "report", "access-review", "--at", partial, "--from", "2026-03-01")
	for _, name := range []string{"population", "exceptions", "left"} {
		list := review.table(t, name)
		if name == "population" && list.Count < 20 {
			t.Errorf("there are %d users of the others", list.Count)
		}
		for _, r := range list.Rows {
			if r.text("provider_name") == "Entra ID" {
				t.Errorf("%s lists %s of Entra ID", name, r.text("display_name"))
			}
		}
	}
	numbers := func(doc *evidenceDoc, keys ...string) {
		t.Helper()
		row := doc.table(t, "providers").row(t, "provider_name", "Entra ID")
		for _, key := range keys {
			if got := row.text(key); got != "not known" {
				t.Errorf("%s: %s of Entra ID is %q", doc.Report, key, got)
			}
		}
	}
	numbers(review, "api_total", "rows", "active", "inactive", "new", "changed", "left", "flagged")
	numbers(m.evidence(3, "report", "deprovisioning", "--at", partial, "--from", "2026-03-01"), "users", "inactive_but_present")
}

// TestAPeriodWithoutASnapshotIsNotKnown: of the first nights of January nothing is
// counted, nothing is said to have been looked at, and the status is 3.
func TestAPeriodWithoutASnapshotIsNotKnown(t *testing.T) {
	t.Parallel()
	m := auditor(t)
	for _, kind := range []audit.Kind{audit.Lifecycle, audit.ConfigChanges} {
		args := []string{"report", string(kind), "--from", "2026-01-01", "--to", "2026-01-03"}
		doc := m.evidence(3, args...)
		for _, f := range doc.Figures {
			if got := doc.Figures.text(f.key); f.key != "not_known" && got != "not known" {
				t.Errorf("%s: %s is %q", kind, f.key, got)
			}
		}
		if len(doc.Unknown) != 1 || doc.Unknown[0].What != "everything" || doc.Unknown[0].When != "2026-01-01 00:00 UTC to 2026-01-03 23:59 UTC" {
			t.Errorf("%s: not known are %+v", kind, doc.Unknown)
		}
		r := m.want(3, args...)
		if !strings.Contains(r.stdout, "There is no snapshot in the period: nothing is known of it.") || !strings.Contains(r.stdout, "There was nothing to compare.") {
			t.Errorf("%s does not say it: %s", kind, head(r.stdout))
		}
		if !strings.Contains(r.stderr, "no snapshot was taken from 2026-01-01 00:00 to 2026-01-03 23:59") {
			t.Errorf("%s: %s", kind, r.stderr)
		}
	}
}

// TestCoverageShowsTheGaps: the nights of January and August that are missing, and the
// week of March.
func TestCoverageShowsTheGaps(t *testing.T) {
	t.Parallel()
	m := auditor(t)
	doc := m.evidence(0, ofKind(audit.Coverage)...)
	var gaps []string
	for _, r := range doc.table(t, "gaps").Rows {
		gaps = append(gaps, fmt.Sprintf("%s to %s, %s hours: %s", r.text("from"), r.text("to"), r.text("hours"), r.text("why")))
	}
	want := []string{
		"2025-12-31T02:00:05Z to 2026-01-04T02:00:05Z, 96 hours: 3 of 3 due snapshots not taken",
		"2026-03-08T02:00:05Z to 2026-03-16T02:00:05Z, 192 hours: not read: users of Entra ID: GET …/scim/users: 500 Internal Server Error",
		"2026-07-31T02:00:05Z to 2026-08-02T02:00:05Z, 48 hours: 1 of 1 due snapshot not taken",
	}
	if !slices.Equal(gaps, want) {
		t.Errorf("gaps:\n%s\nwant:\n%s", strings.Join(gaps, "\n"), strings.Join(want, "\n"))
	}
	if len(doc.Unknown) != len(want) {
		t.Errorf("not known are %+v", doc.Unknown)
	}
	statuses := map[string]string{}
	for _, r := range doc.table(t, "days").Rows {
		statuses[r.text("from")[:10]] = r.text("status")
	}
	for day := yearBegins; !day.After(yearEnds); day = day.AddDate(0, 0, 1) {
		date, want := day.Format(time.DateOnly), "covered"
		switch {
		case slices.Contains([]string{"2026-01-01", "2026-01-02", "2026-01-03", "2026-08-01"}, date):
			want = "missed"
		case date >= "2026-03-09" && date <= "2026-03-15":
			want = "partial"
		}
		if statuses[date] != want {
			t.Errorf("%s is %q, want %s", date, statuses[date], want)
		}
	}
}

// TestChartsHaveGapsWhereNothingIsKnown: there is no point for a night without a
// snapshot, nor for one that did not read all lists.
func TestChartsHaveGapsWhereNothingIsKnown(t *testing.T) {
	t.Parallel()
	m := auditor(t)
	for _, q := range [][3]string{ // from, to, and the days of the gap
		{"2025-12-25", "2026-01-10", "2026-01-01 2026-01-02 2026-01-03"},
		{"2026-03-01", "2026-03-20", "2026-03-09 2026-03-10 2026-03-11 2026-03-12 2026-03-13 2026-03-14 2026-03-15"},
		{"2026-07-20", "2026-08-10", "2026-08-01"},
		{"2026-04-01", "2026-04-20", ""},
	} {
		for _, kind := range []audit.Kind{audit.Lifecycle, audit.Coverage} {
			args := []string{"report", string(kind), "--from", q[0], "--to", q[1]}
			charts := m.evidence(0, args...).Charts
			if len(charts) == 0 || charts[0].Name != "users" {
				t.Fatalf("%v: charts are %+v", args, charts)
			}
			for _, s := range charts[0].Series {
				var gap []string
				for i, v := range s.Values {
					if v == nil {
						gap = append(gap, charts[0].Labels[i])
					}
				}
				if got := strings.Join(gap, " "); got != q[2] {
					t.Errorf("%v: nothing of %s is known on %q, want %q", args, s.Name, got, q[2])
				}
			}
			page := parsedPage(t, m.want(0, in("html", args)...).stdout)
			shaded := 0
			for _, plot := range elements(page, "div", "plot") {
				shaded += len(elements(plot, "rect", "unknown"))
			}
			if (shaded > 0) != (q[2] != "") {
				t.Errorf("%v: %d gaps are shown in the pictures", args, shaded)
			}
		}
	}
}
