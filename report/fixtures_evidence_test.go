package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// evidenceReports are what the golden files of evidence show.
func evidenceReports() map[string]*audit.Report {
	return map[string]*audit.Report{
		"evidence":         reviewEvidence(),
		"evidence_hostile": hostileEvidence(),
		"evidence_none":    {Kind: audit.Posture, Title: "Posture", Tables: []audit.Table{{Name: "providers", Title: "Providers"}}},
	}
}

// tableOf makes a table of rows that are all there.
func tableOf(name, title string, columns []audit.Column, rows ...[]audit.Cell) audit.Table {
	return audit.Table{
		Name: name, Title: title, Columns: columns, Len: len(rows),
		Rows: func(yield func([]audit.Cell, error) bool) {
			for _, row := range rows {
				row := slices.Clone(row)
				if !yield(row, nil) {
					return
				}
				clear(row) // it was valid until now
			}
		},
	}
}

// reviewed are the columns of a list of users.
func reviewed() []audit.Column {
	return []audit.Column{
		{Key: "severity", Name: "Severity", Role: audit.Weight},
		{Key: "provider", Name: "Provider"},
		{Key: "name", Name: "Name"},
		{Key: "email", Name: "E-mail"},
		{Key: "scim_user_id", Name: "SCIM user id", Role: audit.Code, Minor: true},
		{Key: "active", Name: "Active"},
		{Key: "groups", Name: "Groups"},
		{Key: "first_seen", Name: "First seen"},
		{Key: "flags", Name: "Flags", Minor: true},
		{Key: "reviewer", Name: "Reviewer", Role: audit.Reviewer},
		{Key: "decision", Name: "Decision", Role: audit.Reviewer, Choices: []string{"keep", "revoke"}},
	}
}

// evidencePerson is a row of them.
func evidencePerson(provider, name, email, id string, active, groups audit.Cell, seen time.Time, s diff.Severity, flags string) []audit.Cell {
	return []audit.Cell{
		audit.Weigh(s), audit.Text(provider), audit.Text(name), audit.Text(email), audit.Text(id), active, groups,
		audit.Time(seen), audit.Text(flags), audit.None, audit.None,
	}
}

// reviewEvidence has everything that a report can have.
func reviewEvidence() *audit.Report {
	gone := tableOf("gone", "Gone since the last review", []audit.Column{{Key: "name", Name: "Name"}})
	gone.Empty = "Nobody who had access on 2026-03-31 has lost it."
	rows := [][]audit.Cell{
		evidencePerson("Corp Okta", "Ann Example", "ann@corp.example", "00u1a", audit.Bool(true), audit.Number(12), night, diff.Info, ""),
		evidencePerson("Corp Okta", "Bob O'Neill", "bob@corp.example", "00u2b", audit.Bool(false), audit.Number(0), night.AddDate(0, -2, 0), diff.Medium, "inactive but present"),
		evidencePerson("Entra for contractors", "山田　太郎", "taro@contractor.example", "5b1e9a52-9a0b-4a43-8c4c-9e6a0f3f6c11", audit.Bool(true), audit.NotKnown, night.AddDate(0, -1, 3), diff.High, "stale, also in Corp Okta"),
		evidencePerson("Entra for contractors", "", "", "77", audit.NotKnown, audit.NotKnown, time.Time{}, diff.Info, ""),
		evidencePerson("Corp Okta", "Grace of the very long department of "+strings.Repeat("everything and ", 6)+"more", "grace@corp.example", "00u3c", audit.Bool(true), audit.Number(1204), night, diff.Critical, "=1+1"),
	}
	return &audit.Report{
		Kind: audit.AccessReview, Title: "Access review",
		Lead: []audit.Remark{
			{Text: "5 people have access through 2 providers as of 2026-06-30."},
			{Severity: diff.High, Text: "SCIM groups of Entra for contractors could not be read, so who is in them is not known."},
		},
		Facts: []audit.Fact{
			{Group: audit.Source, Key: "target", Name: "Target", Value: audit.Text("Example Corp (account:" + account + ")")},
			{Group: audit.Source, Key: "host", Name: "API host", Value: audit.Text("api.cloudflare.com")},
			{Group: audit.Scope, Key: "as_of", Name: "As of", Value: audit.Time(night)},
			{Group: audit.Scope, Key: "provider", Name: "Provider", Value: audit.None},
			{Group: audit.Completeness, Key: "rows", Name: "Rows", Value: audit.Number(5)},
			{Group: audit.Completeness, Key: "announced", Name: "Announced by the API", Value: audit.NotKnown},
			{Group: audit.Integrity, Key: "snapshot", Name: "Snapshot", Value: audit.Text(id(0x3f))},
			{Group: audit.Integrity, Key: "sealed", Name: "Sealed", Value: audit.Bool(true)},
			{Group: audit.Method, Key: "command", Name: "Command line", Value: audit.Text("idpsnap report access-review --at 2026-06-30 --format table")},
		},
		Figures: []audit.Figure{
			{Key: "users", Name: "Users", Value: audit.Number(98231)},
			{Key: "active", Name: "Active", Value: audit.Number(97002)},
			{Key: "stale", Name: "Stale", Value: audit.Number(1), Severity: diff.High},
			{Key: "groups", Name: "Groups", Value: audit.NotKnown},
			{Key: "last_review", Name: "Last review", Value: audit.Time(night.AddDate(0, -3, 0))},
		},
		Charts: []audit.Chart{{
			Name: "users", Title: "Users", Kind: audit.Line, Labels: []string{"2026-04", "2026-05", "2026-06"},
			Series: []audit.Series{{Name: "Corp Okta", Values: []float64{98000, math.NaN(), 98231}}, {Name: "Entra for contractors", Values: []float64{1, 2, 2.5}}},
		}},
		Unknown: []audit.Unknown{
			{What: "SCIM groups of Entra for contractors", Reason: "403 Forbidden (CF-Ray 8f1d2c3b4a5e6f70-FRA)"},
			{What: "SCIM users of Corp Okta", When: "3 nights, 2026-05-03 to 2026-05-05", Reason: "no snapshot was taken"},
		},
		Tables: []audit.Table{tableOf("population", "Who has access", reviewed(), rows...), gone},
	}
}

// hostileEvidence says hostile things wherever a report can.
func hostileEvidence() *audit.Report {
	r := &audit.Report{Kind: audit.Kind(injections[0]), Title: hostileNames[0] + injections[4]}
	var rows [][]audit.Cell
	for i, name := range slices.Concat(hostileNames, injections, formulas) {
		r.Lead = append(r.Lead, audit.Remark{Severity: diff.Severities()[i%5], Text: "of " + name})
		r.Facts = append(r.Facts, audit.Fact{Group: audit.Scope, Key: name, Name: name, Value: audit.Text(name)})
		r.Figures = append(r.Figures, audit.Figure{Key: fmt.Sprint(i), Name: name, Value: audit.Text(name)})
		r.Unknown = append(r.Unknown, audit.Unknown{What: "users of " + name, When: name, Reason: name})
		rows = append(rows, evidencePerson(name, name, name, name, audit.Text(name), audit.Number(-i), night, diff.High, name))
	}
	r.Tables = []audit.Table{
		tableOf(hostileNames[1], hostileNames[2], reviewed(), rows...),
		{Name: "empty", Title: injections[6], Empty: injections[5], Columns: []audit.Column{{Key: injections[4], Name: injections[4]}}},
	}
	return r
}

// formulas are names that a spreadsheet would compute.
var formulas = []string{
	`=cmd|'/c calc'!A1`, "+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", `"=1"`, "'=1", "'", "''", "＝1", "＠x", "\u200b=1",
	"x;=1", "x; '=1", "x\n-1", "x\ty", "a'b", "a;'b", ";", "= ", "ok - not a formula", "a@b.example", "x;\n+1",
}

// longEvidence has more rows than Markdown shows, and a late one that is longer than
// those before it.
func longEvidence(n int) *audit.Report {
	t := audit.Table{
		Name: "users", Title: "Users", Len: n, Columns: []audit.Column{{Key: "name", Name: "Name"}, {Key: "number", Name: "Number"}},
		Rows: func(yield func([]audit.Cell, error) bool) {
			row := make([]audit.Cell, 2)
			for i := range n {
				name := fmt.Sprintf("Person %d", i)
				if i == 900 {
					name = "The " + strings.Repeat("very ", 80) + "last"
				}
				row[0], row[1] = audit.Text(name), audit.Number(i)
				if !yield(row, nil) {
					return
				}
			}
		},
	}
	return &audit.Report{Kind: audit.AccessReview, Title: "Access review", Tables: []audit.Table{t}}
}
