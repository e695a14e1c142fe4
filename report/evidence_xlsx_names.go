package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/idpsnap/idpsnap/report/audit"
)

// The first and the last sheet, and the one that reviewers fill in.
const (
	summarySheet = "Summary"
	methodSheet  = "Method"
	reviewSheet  = "Review"
)

// planSheets gives each table its sheet, and more than one where it has more rows than
// fit.
func planSheets(reports []*audit.Report, fit int) []*bookSheet {
	taken := map[string]bool{strings.ToLower(summarySheet): true, strings.ToLower(methodSheet): true}
	var sheets []*bookSheet
	for n, r := range reports {
		for i := range r.Tables {
			t := &r.Tables[i]
			want := sheetOf(taken, t)
			if n > 0 {
				want = sheetAmongReports(r, t)
			}
			name := sheetName(taken, want, " %d")
			s := &bookSheet{name: name, report: r, table: t, rows: min(t.Len, fit)}
			sheets = append(sheets, s)
			for left := t.Len - s.rows; left > 0; left -= s.rows {
				s.more = &bookSheet{name: sheetName(taken, name, " (%d)"), report: r, table: t, rows: min(left, fit)}
				s = s.more
				sheets = append(sheets, s)
			}
		}
	}
	return sheets
}

// sheetOf is what a table of the workbook's first report calls its sheet, or the
// table's own name where another sheet is called that.
func sheetOf(taken map[string]bool, t *audit.Table) string {
	if t.Sheet != "" && taken[strings.ToLower(t.Sheet)] {
		return tableWords(t)
	}
	return t.Sheet
}

// sheetAmongReports is what the sheet of a table of a further report is called: after
// the report and the table. "Review 2" would tell nobody what is to be reviewed there.
// The table that a report calls its review is the report.
func sheetAmongReports(r *audit.Report, t *audit.Table) string {
	report, table := reportWords(r.Kind), tableWords(t)
	if t.Sheet == reviewSheet || strings.EqualFold(report, table) {
		return report
	}
	return report + " " + table
}

// reportWords is what a report is called where there is little room.
func reportWords(k audit.Kind) string {
	if k == audit.ConfigChanges {
		return "Changes"
	}
	return capital(strings.ReplaceAll(string(k), "-", " "))
}

// tableWords is a table's name as people write it.
func tableWords(t *audit.Table) string {
	return capital(strings.ReplaceAll(t.Name, "_", " "))
}

// sheetName makes a name for a sheet that spreadsheets accept and that no other has:
// "Events", then "Events 2". Formulas put names between apostrophes, which package
// excelize does not double.
func sheetName(taken map[string]bool, want, suffix string) string {
	const longest = excelize.MaxSheetNameLength
	want = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || harmful(r) || r == '\n' || r == '\t' {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(want, "-")), " ")
	if want == "" || strings.EqualFold(want, "History") { // a name that spreadsheets keep for themselves
		want = strings.TrimSpace("Table " + want)
	}
	name := shorten(want, longest)
	for n := 2; taken[strings.ToLower(name)]; n++ {
		end := fmt.Sprintf(suffix, n)
		name = shorten(want, longest-len(end)) + end
	}
	taken[strings.ToLower(name)] = true
	return name
}

// shorten cuts s to n characters, so that it can still be a name.
func shorten(s string, n int) string { return strings.TrimRight(firstUnits(s, n), " ") }
