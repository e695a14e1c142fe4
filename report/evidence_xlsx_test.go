package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

func workbook(tb testing.TB, reports ...*audit.Report) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := EvidenceWorkbook(&b, reports); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func openBook(tb testing.TB, raw []byte) *excelize.File {
	tb.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

// sheetRows reads a sheet as people see it.
func sheetRows(tb testing.TB, raw []byte, sheet string) [][]string {
	tb.Helper()
	rows, err := openBook(tb, raw).GetRows(sheet)
	if err != nil {
		tb.Fatal(err)
	}
	return rows
}

// partsOf unpacks a workbook.
func partsOf(tb testing.TB, raw []byte) map[string]string {
	tb.Helper()
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		tb.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			tb.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

func TestWorkbookHasASummaryTheTablesAndTheMethod(t *testing.T) {
	raw := workbook(t, reviewReport(40), changesReport())
	want := []string{"Summary", "Review", "Events", "Changes", "Method"}
	if got := openBook(t, raw).GetSheetList(); !slices.Equal(got, want) {
		t.Fatalf("sheets %q, want %q", got, want)
	}
	summary := sheetRows(t, raw, "Summary")
	for _, want := range [][]string{
		{"Access review"},
		{"Target", "Corp production (account:023e105f4ecef8ad9ca31a8372d0c353)"},
		{"Period from", "2026-07-01 00:00:00"},
		{"", "All 92 nights from 2026-07-01 to 2026-09-30 are covered."},
		{"high", "Users of 1 identity provider are not known: Partner SAML was not read on 2026-09-30."},
		{"Users", "40"},
		{"Duplicate addresses", "14", "high"},
		{"Left since the last review", "not known"},
		{"users of Partner SAML", "2026-09-30", "", "GET /access/identity_providers/9d2/scim/users: 503 Service Unavailable, CF-Ray 8f2"},
		{"Who has access", "Review", "40"},
		{"Who left since the last review", "Events", "0", "Nobody left."},
		{"Changes", "Changes", "3"},
	} {
		if !slices.ContainsFunc(summary, func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("the summary has no line %q", want)
		}
	}
	method := sheetRows(t, raw, "Method")
	if n, m := len(reviewReport(1).Facts), len(changesReport().Facts); len(method) != 1+n+1+m || len(method[1+n]) > 0 {
		t.Errorf("%d lines of method, want a header and two parts, of %d and %d, with an empty line between", len(method), n, m)
	}
	if want := []string{"Access review", "Completeness", "Users of Partner SAML", "users_partner", "not known"}; !slices.ContainsFunc(method, func(row []string) bool { return slices.Equal(row, want) }) {
		t.Errorf("the method has no line %q", want)
	}
}

func TestWorkbookIsReadyForAReviewer(t *testing.T) {
	f := openBook(t, workbook(t, reviewReport(40)))
	panes, err := f.GetPanes("Review")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the header does not stay in view: %+v, %v", panes, err)
	}
	validations, err := f.GetDataValidations("Review")
	if err != nil || len(validations) != 1 || validations[0].Sqref != "M2:M41" || validations[0].Formula1 != `"retain,modify,revoke"` {
		t.Errorf("the choices of a decision: %+v, %v", validations, err)
	}
	for cell, want := range map[string][2]string{"L2": {"FDF6E0", "an answer"}, "L1": {"F6DFA4", "the header of an answer"}, "E1": {"ECEEF1", "a header"}} {
		id, err := f.GetCellStyle("Review", cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil || !slices.Equal(style.Fill.Color, []string{want[0]}) {
			t.Errorf("%s is not tinted %s: %+v, %v", want[1], want[0], style.Fill, err)
		}
		if style.NumFmt != asText {
			t.Errorf("%s does not stay text when it is edited", want[1])
		}
	}
	sheet := partsOf(t, workbook(t, reviewReport(40)))["xl/worksheets/sheet2.xml"]
	if !strings.Contains(sheet, `<autoFilter ref="$A$1:$O$41"`) {
		t.Error("no filter over all rows")
	}
	if !strings.Contains(partsOf(t, workbook(t, reviewReport(40)))["xl/workbook.xml"], "_xlnm.Print_Titles") {
		t.Error("the header is not printed on every page")
	}
}

// everyCell are cells of each sort, and names that spreadsheets would act on.
func everyCell() []audit.Cell {
	cells := []audit.Cell{
		audit.None, audit.NotKnown, audit.Bool(true), audit.Bool(false), audit.Number(0), audit.Number(-1234567), audit.Number(int64(1)<<62 + 1),
		audit.Time(quarterEnd), audit.Time(time.Date(1899, 1, 1, 0, 0, 0, 0, time.UTC)), audit.Time(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)),
		audit.Weigh(diff.Critical), audit.Text("=1+1"), audit.Text("=cmd|'/c calc'!A1"), audit.Text("@SUM(1)"), audit.Text("+1"), audit.Text("-1"), audit.Text("1e5"), audit.Text("007"), audit.Text("TRUE"),
		audit.Text(" spaces "), audit.Text("a\nb\tc"), audit.Text("_x000D_"), audit.Text("_xD800_a_x005F_"), audit.Text("\u200cنی"),
	}
	for _, name := range slices.Concat(hostileNames, injections) {
		cells = append(cells, audit.Text(name))
	}
	return cells
}

// inBook is what a workbook shows of a cell.
func inBook(c audit.Cell) string {
	if yes, ok := c.AsBool(); ok {
		return strings.ToUpper(strconv.FormatBool(yes))
	}
	if t, ok := c.AsTime(); ok && t.Year() >= 1900 {
		return t.Format(time.DateTime)
	}
	if n, ok := c.AsNumber(); ok && exact(n) {
		return number(int(n))
	}
	if text, ok := c.AsText(); ok {
		return bookSafe(text)
	}
	return c.String()
}

func tableOfCells(rows [][]audit.Cell, columns int) *audit.Report {
	t := audit.Table{Name: "t", Title: "T", Sheet: "Review", Len: len(rows), Rows: rowsFrom(rows)}
	for i := range columns {
		t.Columns = append(t.Columns, audit.Column{Key: fmt.Sprintf("c%d", i), Name: fmt.Sprintf("C %d", i), Role: []audit.ColumnRole{audit.Plain, audit.Code, audit.Weight, audit.Reviewer}[i%4]})
	}
	return &audit.Report{Kind: "test", Title: "Test", Tables: []audit.Table{t}}
}

func TestWorkbookHoldsEveryCell(t *testing.T) {
	var rows [][]audit.Cell
	for _, c := range everyCell() {
		rows = append(rows, []audit.Cell{c, c, c, audit.Text("end")})
	}
	raw := workbook(t, tableOfCells(rows, 4))
	got := sheetRows(t, raw, "Review")
	for i, c := range everyCell() {
		want := inBook(c)
		if row := got[i+1]; !slices.Equal(row, []string{want, want, want, "end"}) {
			t.Errorf("cell %q came back as %q, want %q", c.String(), row, want)
		}
	}
	for name, part := range partsOf(t, raw) {
		if strings.Contains(part, "<f>") {
			t.Errorf("%s has a formula", name)
		}
		d := xml.NewDecoder(strings.NewReader(part))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s is no XML: %v", name, err)
				break
			}
		}
	}
}

func TestAnyCellComesBackFromAWorkbook(t *testing.T) {
	cell := rapid.Custom(func(t *rapid.T) audit.Cell {
		switch rapid.IntRange(0, 5).Draw(t, "sort") {
		case 0:
			return audit.Number(rapid.Int64().Draw(t, "number"))
		case 1:
			return audit.Time(time.Unix(rapid.Int64Range(-2e9, 2e10).Draw(t, "seconds"), 0))
		case 2:
			return rapid.SampledFrom([]audit.Cell{audit.None, audit.NotKnown, audit.Bool(true), audit.Bool(false)}).Draw(t, "constant")
		case 3:
			return rapid.SampledFrom(everyCell()).Draw(t, "hostile")
		}
		return audit.Text(rapid.String().Draw(t, "text"))
	})
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 0, 6).Draw(rt, "rows")
		for i := range rows {
			rows[i] = append(rows[i], audit.Text("end"))
		}
		got := sheetRows(t, workbook(t, tableOfCells(rows, 4)), "Review")
		for i, row := range rows {
			var want []string
			for _, c := range row {
				want = append(want, inBook(c))
			}
			if diff := cmp.Diff(want, got[i+1]); diff != "" {
				rt.Fatalf("row %d (-want +got):\n%s", i, diff)
			}
		}
	})
}

func TestHarmlessNamesStayAsTheyAreInAWorkbook(t *testing.T) {
	for _, name := range []string{"Ada", "=1+1", "a\nb", " x ", "Zoë 山田", "نازنین\u200cرضایی", "👩‍💻", "_x0041_", strings.Repeat("x", bookText)} {
		if got := bookSafe(name); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
	for name, want := range map[string]string{"ad\u202enimda": `ad\u202enimda`, "a\x00": `a\x00`, "a\r\nb": `a\r\nb`, "\xff": `\xff`, "_xdabc_": `\x5fxdabc_`} {
		if got := bookSafe(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
	long := bookSafe(strings.Repeat("𝕏", bookText))
	if !strings.HasSuffix(long, "… (cut: 65,534 characters, the CSV has all)") || len([]rune(long)) < bookText/2-40 {
		t.Errorf("a long text ends in %q", long[len(long)-80:])
	}
}

func TestEqualReportsAreEqualWorkbooks(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	first := workbook(t, reviewReport(300), changesReport())
	time.Local = time.FixedZone("far away", 13*3600)
	for range 5 {
		if !bytes.Equal(first, workbook(t, reviewReport(300), changesReport())) {
			t.Fatal("the same reports gave another file")
		}
	}
}

func TestALongTableGoesOnInAnotherSheet(t *testing.T) {
	r := reviewReport(25)
	b := &book{File: excelize.NewFile(), sheets: planSheets([]*audit.Report{r}, 10)}
	defer b.Close()
	if err := errors.Join(b.makeStyles(), b.summary([]*audit.Report{r}), b.tables(), b.method([]*audit.Report{r})); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := []string{"Summary", "Review", "Review (2)", "Review (3)", "Events", "Method"}
	if got := openBook(t, out.Bytes()).GetSheetList(); !slices.Equal(got, want) {
		t.Fatalf("sheets %q, want %q", got, want)
	}
	n := 0
	for _, name := range want[1:4] {
		rows := sheetRows(t, out.Bytes(), name)
		if rows[0][0] != "Review id" {
			t.Errorf("sheet %s begins with %q", name, rows[0])
		}
		for _, row := range rows[1:] {
			if got := fmt.Sprintf("usr-%05d", n); row[3] != got {
				t.Errorf("sheet %s has %s where %s comes next", name, row[3], got)
			}
			n++
		}
	}
	if n != 25 {
		t.Errorf("%d rows of 25", n)
	}
	summary := fmt.Sprint(sheetRows(t, out.Bytes(), "Summary"))
	for _, said := range []string{"[Who has access Review 10 of 25 rows; goes on in sheet Review (2)]", "[Who has access Review (3) 5 the last of 25 rows]"} {
		if !strings.Contains(summary, said) {
			t.Errorf("the summary does not say %q", said)
		}
	}
}

func TestSheetsHaveNamesThatSpreadsheetsAccept(t *testing.T) {
	taken := map[string]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "History", "Events", "'a'", "a/b:c*d?[e]\\", strings.Repeat("x", 40), strings.Repeat("𝕏", 40)})).Draw(rt, "name")
		before := len(taken)
		name := sheetName(taken, want, " %d")
		if len(taken) != before+1 {
			rt.Fatalf("%q was there before", name)
		}
		f := excelize.NewFile()
		defer f.Close()
		if _, err := f.NewSheet(name); err != nil {
			rt.Fatalf("%q: %v", name, err)
		}
	})
}

func TestRowsThatEndInAnErrorLeaveNoWorkbook(t *testing.T) {
	broken := errors.New("history is damaged")
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for name, spoil := range map[string]func(tb *audit.Table){
		"error": func(tb *audit.Table) {
			rows := tb.Rows
			tb.Rows = func(yield func([]audit.Cell, error) bool) {
				for row := range rows {
					if !yield(row, nil) {
						return
					}
				}
				yield(nil, broken)
			}
		},
		"more rows than counted": func(tb *audit.Table) { tb.Len-- },
		"fewer rows":             func(tb *audit.Table) { tb.Len++ },
	} {
		r := reviewReport(3)
		spoil(&r.Tables[0])
		var out bytes.Buffer
		err := EvidenceWorkbook(&out, []*audit.Report{r})
		if err == nil || name == "error" && !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
		if out.Len() > 0 {
			t.Errorf("%s: %d bytes were written", name, out.Len())
		}
	}
	// A sheet of this size waits in a temporary file.
	r := reviewReport(1)
	row := append([]audit.Cell{}, make([]audit.Cell, len(r.Tables[0].Columns))...)
	row[4] = audit.Text(strings.Repeat("long ", 6000))
	seen := false
	r.Tables[0].Len = 700
	r.Tables[0].Rows = func(yield func([]audit.Cell, error) bool) {
		for range 700 {
			if !yield(row, nil) {
				return
			}
		}
		files, _ := os.ReadDir(dir)
		for _, f := range files {
			info, err := f.Info()
			seen = true
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("others can read %s: %v, %v", f.Name(), info.Mode(), err)
			}
		}
	}
	workbook(t, r)
	if !seen {
		t.Error("no temporary file was looked at")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
