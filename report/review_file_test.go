package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/report/audit"
)

// rowsRead tells of each row its number and what review it is of: "2 first, 4 third".
func rowsRead(tb testing.TB, in io.Reader) string {
	tb.Helper()
	var list []string
	for row, err := range ReadReview(in) {
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, row[audit.RowNumber]+" "+row[reviewKey])
	}
	return strings.Join(list, ", ")
}

func TestRowsOfAReviewHaveTheNumbersThatASpreadsheetShows(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"as written":             {"review_id,decision\r\na,retain\r\nb,revoke\r\n", "2 a, 3 b"},
		"no line break at end":   {"review_id\na", "2 a"},
		"a byte order mark":      {"\ufeffreview_id;decision\na;\n", "2 a"},
		"a line for Excel alone": {"\ufeffsep=;\r\nreview_id;decision\r\na;\r\n", "2 a"},
		"an empty line":          {"review_id\na\n\n\nb\n", "2 a, 5 b"},
		"above the titles":       {"\n\r\nreview_id\na\n", "4 a"},
		"a row of empty cells":   {"review_id,decision\n,\na,\n", "3 a"},
		"line breaks in cells":   {"review_id,rationale\na,\"one\n\n\nmore\"\nb,\"one\r\nmore\"\r\n\r\nc,\n", "2 a, 3 b, 5 c"},
		"a line break in titles": {"review_id,\"my\nnotes\"\na,\n", "2 a"},
		"only titles":            {"review_id\n", ""},
	} {
		if got := rowsRead(t, strings.NewReader(test.in)); got != test.want {
			t.Errorf("%s: rows %q, want %q", name, got, test.want)
		}
	}
}

func TestAnyRowOfAReviewIsFoundByItsNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var file bytes.Buffer
		var want []string
		file.WriteString("review_id,rationale\r\n")
		for n := 2; n < 12; n++ {
			ends := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line ends")
			if rapid.Bool().Draw(t, "empty") {
				file.WriteString(ends)
				continue
			}
			id := string(rune('a' + n))
			why := rapid.StringOfN(rapid.SampledFrom([]rune("a\n\r;, ")), 0, 5, -1).Draw(t, "rationale")
			file.WriteString(id + ",\"" + why + "\"" + ends)
			want = append(want, id+" in row "+string(rune('0'+n/10))+string(rune('0'+n%10)))
		}
		var got []string
		for row, err := range ReadReview(&file) {
			if err != nil {
				t.Fatal(err)
			}
			n := row[audit.RowNumber]
			got = append(got, row[reviewKey]+" in row "+strings.Repeat("0", 2-len(n))+n)
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func TestRowsOfAWorkbookHaveTheirNumbers(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "Review"); err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]string{"A1": "Reviewed by us", "A3": "Review id", "B3": "Decision", "A4": "a", "B5": " ", "A9": "b"} {
		if err := f.SetCellValue("Review", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsRead(t, b); got != "4 a, 9 b" {
		t.Errorf("rows %q", got)
	}
}

func TestTheReviewIsFoundAmongOtherReports(t *testing.T) {
	var want []string
	for row, err := range reviewReport(3).Tables[0].Rows {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, row[0].String())
	}
	want = []string{"2 " + want[0], "3 " + want[1], "4 " + want[2]}
	raw := workbook(t, reviewReport(3), changesReport(), sheets(audit.Deprovisioning, "providers:Review"))
	if got := rowsRead(t, bytes.NewReader(raw)); got != strings.Join(want, ", ") {
		t.Errorf("rows %q, want %q", got, want)
	}
	for _, err := range ReadReview(bytes.NewReader(workbook(t, changesReport()))) {
		if !errors.Is(err, audit.ErrNotReview) || !strings.Contains(err.Error(), "no sheet Review") {
			t.Errorf("a workbook without a review: %v", err)
		}
	}
}

// A spreadsheet's own encoding would make every name that is not plain ASCII another one.
func TestAReviewInAnotherFormatIsRefusedAndSaysWhich(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"Latin-1":      {"review_id,display_name\na,Anna\nb,Anna Garc\xeda\n", "row 3 is not UTF-8"},
		"in a title":   {"review_id,Begr\xfcndung\na,\n", "row 1 is not UTF-8"},
		"UTF-16":       {"\xff\xfer\x00e\x00", "UTF-16"},
		"OpenDocument": {"PK\x03\x04\x14\x00\x00\x08\x00\x00" + strings.Repeat("\x00", 20) + "mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", "OpenDocument"},
		"an old Excel": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"},
	} {
		var last error
		for _, err := range ReadReview(strings.NewReader(test.in)) {
			last = err
		}
		if format := new(FormatError); !errors.As(last, &format) || !strings.Contains(format.Error(), test.want) {
			t.Errorf("%s: %v", name, last)
		}
	}
	if got := rowsRead(t, strings.NewReader("review_id,display_name\na,Anna Garc\u00eda\n")); got != "2 a" {
		t.Errorf("UTF-8: %q", got)
	}
}
