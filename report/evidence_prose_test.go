package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/report/audit"
)

// findings are rows of which most have long texts, as of a report on what is missing.
func findings() *audit.Report {
	rows := [][]audit.Cell{
		{
			audit.Text("high"), audit.Text("Okta"), audit.Text("seats are to be removed, but users are not deprovisioned"),
			audit.Text("Cloudflare removes a seat only where it deprovisions the user: leavers keep their sessions, and their seats"), audit.Text("turn on Enable user deprovisioning"),
		},
		{audit.Text("low"), audit.Text("Partner SAML"), audit.Text("requests are not signed"), audit.NotKnown, audit.None},
	}
	return &audit.Report{Title: "Posture", Tables: []audit.Table{{
		Name: "findings", Title: "Findings", Len: len(rows), Rows: rowsFrom(rows),
		Columns: []audit.Column{
			{Key: "severity", Name: "Severity", Role: audit.Weight},
			{Key: "where", Name: "Where"},
			{Key: "what", Name: "What"},
			{Key: "why", Name: "Why it matters"},
			{Key: "how", Name: "How to mend it"},
		},
	}}}
}

func TestLongTextsStandWholeBelowTheirRows(t *testing.T) {
	for columns, want := range map[int]string{
		70: `
  SEVERITY  WHERE         HOW TO MEND IT
  high      Okta          turn on Enable user deprovisioning
      What: seats are to be removed, but users are not deprovisioned
      Why it matters: Cloudflare removes a seat only where it
      deprovisions the user: leavers keep their sessions, and their
      seats
  low       Partner SAML
      What: requests are not signed
      Why it matters: not known
`,
		130: `
  SEVERITY  WHERE         WHAT                                                      HOW TO MEND IT
  high      Okta          seats are to be removed, but users are not deprovisioned  turn on Enable user deprovisioning
      Why it matters: Cloudflare removes a seat only where it deprovisions the user: leavers keep their sessions, and their seats
  low       Partner SAML  requests are not signed
      Why it matters: not known
`,
	} {
		out := evidence(t, "table", Style{Width: columns}, findings())
		if !strings.HasSuffix(out, "Findings (2)"+want) {
			t.Errorf("at %d columns:\n%s", columns, out)
		}
		if painted := evidence(t, "table", Style{Width: columns, Color: true}, findings()); strip.Replace(painted) != out {
			t.Errorf("at %d columns colour changes more than colour:\n%s", columns, painted)
		}
	}
	for _, columns := range []int{0, 300} {
		if out := evidence(t, "table", Style{Width: columns}, findings()); !strings.Contains(out, "WHY IT MATTERS") {
			t.Errorf("at %d columns there is room for all:\n%s", columns, out)
		}
	}
}

func TestOneLongNameDoesNotSendAllNamesAway(t *testing.T) {
	var rows [][]audit.Cell
	for i := range 50 {
		rows = append(rows, []audit.Cell{audit.Text(fmt.Sprintf("id-%d", i)), audit.Text("Ada"), audit.Number(i)})
	}
	rows[7][1] = audit.Text(strings.Repeat("a very long name ", 20))
	r := &audit.Report{Title: "Users", Tables: []audit.Table{{
		Name: "users", Title: "Users", Len: len(rows), Rows: rowsFrom(rows),
		Columns: []audit.Column{{Key: "id", Name: "Id"}, {Key: "name", Name: "Name"}, {Key: "n", Name: "Number"}},
	}}}
	lines := strings.Split(evidence(t, "table", Style{Width: 80}, r), "\n")
	if len(lines) < 50 || len(lines) > 58 || !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "  id-3") && strings.Contains(line, "Ada") }) {
		t.Errorf("names are not in their rows:\n%s", strings.Join(lines, "\n"))
	}
}

func TestWordsAreBrokenOnAPageOnlyWhereTheyAreVeryLong(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"identity_provider":                "",
		"Okta Person 03":                   "",
		strings.Repeat("x", 24):            "",
		strings.Repeat("x", 25):            "long",
		"one " + strings.Repeat("山", 13):   "long",
		strings.Repeat("a\u00a0b ", 12):    "prose",
		"a\nb" + strings.Repeat("\nc", 12): "long", // no line breaks where Safe writes \n
		"seats are to be removed, but users are not deprovisioned":        "prose",
		"see https://idp.partner.example/saml for what is to be done now": "long",
	} {
		if got := kindOf(audit.Text(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestWhatIsNotKnownIsToldInEveryFormat: in a column of any role, where a cell that
// has nothing stays empty.
func TestWhatIsNotKnownIsToldInEveryFormat(t *testing.T) {
	for _, role := range []audit.ColumnRole{audit.Plain, audit.Code, audit.Weight} {
		for value, want := range map[audit.Cell]int{audit.NotKnown: 1, audit.None: 0} {
			rows := [][]audit.Cell{{audit.Text("Okta"), value}}
			r := &audit.Report{Title: "Users", Tables: []audit.Table{{
				Name: "users", Title: "Users", Sheet: "Users", Len: 1, Rows: rowsFrom(rows),
				Columns: []audit.Column{{Key: "provider", Name: "Provider"}, {Key: "x", Name: "X", Role: role}},
			}}}
			for _, format := range []string{"table", "csv", "markdown", "html"} {
				if out := evidence(t, format, Style{Width: 80}, r); strings.Count(out, ">not known<")+strings.Count(out, "not known\n")+strings.Count(out, "not known\r\n")+strings.Count(out, "*not known*") != want {
					t.Errorf("%s, role %d, %q:\n%s", format, role, value.String(), out[max(0, len(out)-300):])
				}
			}
			row := sheetRows(t, workbook(t, r), "Users")[1]
			if told := len(row) == 2 && row[1] == "not known"; told != (want == 1) {
				t.Errorf("workbook, role %d: %q", role, row)
			}
		}
	}
}
