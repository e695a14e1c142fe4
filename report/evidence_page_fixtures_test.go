package report

import (
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// rowsFrom yields rows that are there, in one slice that each row overwrites.
func rowsFrom(rows [][]audit.Cell) iter.Seq2[[]audit.Cell, error] {
	return func(yield func([]audit.Cell, error) bool) {
		var row []audit.Cell
		for _, r := range rows {
			if row = append(row[:0], r...); !yield(row, nil) {
				return
			}
		}
	}
}

var quarterEnd = time.Date(2026, 9, 30, 2, 0, 11, 0, time.UTC)

// reviewReport is an access review of so many users.
func reviewReport(users int) *audit.Report {
	var rows [][]audit.Cell
	flags := []string{"", "", "", "inactive_but_present", "", "duplicate_email; stale", "", "generic_account"}
	people := []string{"Ada Lovelace", "Zoë Müller-Lüdenscheidt", "山田 太郎", "Ó Fearghail, Seán", "Jane Roe", "نازنین رضایی", "Kwame Nkrumah-Oppong", "deploy"}
	for i := range users {
		name := people[i%len(people)]
		provider, id := "Corp Okta", "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
		if i%3 == 2 {
			provider, id = "Azure AD (contractors)", "a1b2c3d4-fafe-4643-bbbc-4a0ed4fc8415"
		}
		seen := audit.Time(quarterEnd.AddDate(0, 0, -1-i%80))
		if i%11 == 10 {
			seen = audit.NotKnown
		}
		rows = append(rows, []audit.Cell{
			audit.Text(fmt.Sprintf("%016x", 0x9e3779b97f4a7c15*uint64(i+1))), audit.Text(provider), audit.Text(id), audit.Text(fmt.Sprintf("usr-%05d", i)),
			audit.Text(name), audit.Text(fmt.Sprintf("person.%d@corp.example", i)), audit.Bool(i%8 != 3),
			audit.Time(quarterEnd.AddDate(-1, 0, -i)), seen, audit.Text([]string{"unchanged", "new", "changed: active"}[i%3]), audit.Text(flags[i%len(flags)]),
			audit.None, audit.None, audit.None, audit.None,
		})
	}
	return &audit.Report{
		Kind: audit.AccessReview, Title: "Access review",
		Lead: []audit.Remark{
			{Severity: diff.Info, Text: "All 92 nights from 2026-07-01 to 2026-09-30 are covered."},
			{Severity: diff.High, Text: "Users of 1 identity provider are not known: Partner SAML was not read on 2026-09-30."},
		},
		Facts: facts(),
		Figures: []audit.Figure{
			{Key: "users", Name: "Users", Value: audit.Number(users)},
			{Key: "active", Name: "Active", Value: audit.Number(users - users/8)},
			{Key: "inactive_but_present", Name: "Inactive, but present", Value: audit.Number(users / 8), Severity: diff.Medium},
			{Key: "duplicates", Name: "Duplicate addresses", Value: audit.Number(14), Severity: diff.High},
			{Key: "new", Name: "New since the last review", Value: audit.Number(61)},
			{Key: "left", Name: "Left since the last review", Value: audit.NotKnown},
		},
		Unknown: []audit.Unknown{
			{What: "users of Partner SAML", When: "2026-09-30", Reason: "GET /access/identity_providers/9d2/scim/users: 503 Service Unavailable, CF-Ray 8f2"},
			{What: "people who sign in through One-time PIN", Reason: "Cloudflare keeps no list of them"},
		},
		Charts: []audit.Chart{usersChart(92), eventsChart()},
		Tables: []audit.Table{
			{
				Name: "population", Title: "Who has access", Sheet: "Review", Empty: "Nobody is listed.", Len: len(rows), Rows: rowsFrom(rows),
				Columns: []audit.Column{
					{Key: "review_id", Name: "Review id", Role: audit.Code, Minor: true},
					{Key: "provider_name", Name: "Provider"},
					{Key: "provider_id", Name: "Provider id", Role: audit.Code, Minor: true},
					{Key: "scim_user_id", Name: "SCIM user id", Role: audit.Code, Minor: true},
					{Key: "display_name", Name: "Name"},
					{Key: "email", Name: "E-mail"},
					{Key: "active", Name: "Active"},
					{Key: "scim_created", Name: "Created"},
					{Key: "scim_last_modified", Name: "Last modified"},
					{Key: "change", Name: "Since the last review"},
					{Key: "risk_flags", Name: "Risk flags"},
					{Key: "reviewer", Name: "Reviewer", Role: audit.Reviewer},
					{Key: "decision", Name: "Decision", Role: audit.Reviewer, Choices: []string{"retain", "modify", "revoke"}},
					{Key: "rationale", Name: "Rationale", Role: audit.Reviewer},
					{Key: "ticket", Name: "Ticket", Role: audit.Reviewer},
				},
			},
			{Name: "left", Title: "Who left since the last review", Sheet: "Events", Empty: "Nobody left.", Rows: rowsFrom(nil), Columns: []audit.Column{{Key: "name", Name: "Name"}}},
		},
	}
}

// changesReport is what was changed, with long values.
func changesReport() *audit.Report {
	rows := [][]audit.Cell{
		{audit.Time(quarterEnd), audit.Text("Corp Okta"), audit.Text("/config/okta_account"), audit.Text(`"https://corp.okta.com"`), audit.Text(`"https://corp.okta.example"`), audit.Weigh(diff.Critical), audit.Text("the address that people sign in at changed")},
		{audit.Time(quarterEnd.AddDate(0, 0, -9)), audit.Text("Corp Okta"), audit.Text("/scim_config/user_deprovision"), audit.Text("true"), audit.Text("false"), audit.Weigh(diff.High), audit.Text("people who leave keep their sessions")},
		{audit.Time(quarterEnd.AddDate(0, 0, -20)), audit.Text("Partner SAML"), audit.Text("/config/idp_public_certs"), audit.Text(`["MIIDpDCCAoygAwIBAgIGAV2ka+55MA0GCSqGSIb3DQEBCwUAMIGSMQswCQYDVQQGEwJVUzETMBEG"]`), audit.NotKnown, audit.Weigh(diff.Medium), audit.None},
	}
	return &audit.Report{
		Kind: audit.ConfigChanges, Title: "Changes of settings",
		Lead:    []audit.Remark{{Severity: diff.Critical, Text: "1 critical change."}},
		Facts:   facts(),
		Figures: []audit.Figure{{Key: "critical", Name: "Critical", Value: audit.Number(1), Severity: diff.Critical}, {Key: "changes", Name: "Changes", Value: audit.Number(3)}},
		Charts:  []audit.Chart{severitiesChart()},
		Tables: []audit.Table{{
			Name: "changes", Title: "Changes", Sheet: "Events", Len: len(rows), Rows: rowsFrom(rows),
			Columns: []audit.Column{
				{Key: "at", Name: "First seen"},
				{Key: "name", Name: "Name"},
				{Key: "path", Name: "Setting", Role: audit.Code},
				{Key: "old", Name: "Old", Role: audit.Code},
				{Key: "new", Name: "New", Role: audit.Code},
				{Key: "severity", Name: "Severity", Role: audit.Weight},
				{Key: "reason", Name: "Why it matters", Minor: true},
			},
		}},
	}
}

func facts() []audit.Fact {
	return []audit.Fact{
		{Group: audit.Source, Key: "target", Name: "Target", Value: audit.Text("Corp production (account:023e105f4ecef8ad9ca31a8372d0c353)")},
		{Group: audit.Source, Key: "api_host", Name: "API host", Value: audit.Text("api.cloudflare.com")},
		{Group: audit.Scope, Key: "period_from", Name: "Period from", Value: audit.Time(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))},
		{Group: audit.Scope, Key: "period_to", Name: "Period to", Value: audit.Time(time.Date(2026, 9, 30, 23, 59, 59, 0, time.UTC))},
		{Group: audit.Completeness, Key: "identity_providers", Name: "Identity providers", Value: audit.Text("3 rows, 3 counted by the API")},
		{Group: audit.Completeness, Key: "users_partner", Name: "Users of Partner SAML", Value: audit.NotKnown},
		{Group: audit.Integrity, Key: "snapshot", Name: "Snapshot", Value: audit.Text("a7a7a7a73f3f3f3fa7a7a7a73f3f3f3fa7a7a7a73f3f3f3fa7a7a7a73f3f3f3f")},
		{Group: audit.Method, Key: "command", Name: "Command", Value: audit.Text("idpsnap report access-review --from 2026-07-01 --to 2026-09-30")},
		{Group: audit.Method, Key: "tool", Name: "idpsnap", Value: audit.Text("1.2.0")},
	}
}

// usersChart has two nights on which nothing was read, and one on which active users
// are not known.
func usersChart(nights int) audit.Chart {
	c := audit.Chart{Name: "users", Title: "Users over time", Kind: audit.Line, Series: []audit.Series{{Name: "Users"}, {Name: "Active"}}}
	for i := range nights {
		all := float64(1204 + i/2 + i*i%7)
		active := all - 110 - float64(i%5)
		switch i {
		case 30, 31:
			all, active = math.NaN(), math.NaN()
		case 60:
			active = math.NaN()
		}
		c.Labels = append(c.Labels, quarterEnd.AddDate(0, 0, i-nights+1).Format(time.DateOnly))
		c.Series[0].Values = append(c.Series[0].Values, all)
		c.Series[1].Values = append(c.Series[1].Values, active)
	}
	return c
}

func eventsChart() audit.Chart {
	c := audit.Chart{Name: "events", Title: "Joiners and leavers, by week", Kind: audit.Bars, Series: []audit.Series{{Name: "Joiners"}, {Name: "Leavers"}}}
	for i := range 14 {
		c.Labels = append(c.Labels, quarterEnd.AddDate(0, 0, 7*(i-13)).Format(time.DateOnly))
		c.Series[0].Values = append(c.Series[0].Values, float64(i*5%11))
		c.Series[1].Values = append(c.Series[1].Values, float64(i*3%7))
	}
	c.Series[1].Values[5] = math.NaN()
	return c
}

func severitiesChart() audit.Chart {
	c := audit.Chart{Name: "severity", Title: "Changes by severity, by month", Kind: audit.Bars}
	for _, s := range diff.Severities() {
		c.Series = append(c.Series, audit.Series{Name: s.String(), Severity: s, Weighed: true})
	}
	for i := range 6 {
		c.Labels = append(c.Labels, fmt.Sprintf("2026-%02d", 4+i))
		for j := range c.Series {
			c.Series[j].Values = append(c.Series[j].Values, float64((i+1)*(j*j+1)%(3+4*j)))
		}
	}
	return c
}
