package report

import (
	"encoding/csv"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/report/audit"
)

// anyText draws names, and what is meant to break out of them.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(slices.Concat(hostileNames, injections, formulas)),
		rapid.StringOf(rapid.SampledFrom([]rune("ab1=+-@＝＠'\"`;,:\t\r\n |\\\x00\x1b\u0085\u202e\u2028\u200b\ufeffé山👩"))),
		rapid.String(),
	)
}

func anyCell() *rapid.Generator[audit.Cell] {
	return rapid.OneOf(
		rapid.Map(anyText(), audit.Text),
		rapid.Map(anyText(), audit.Setting),
		rapid.Map(rapid.Int64(), audit.Number[int64]),
		rapid.Map(rapid.Bool(), audit.Bool),
		rapid.Map(rapid.Int64Range(0, 4e9), func(s int64) audit.Cell { return audit.Time(time.Unix(s, s%1e9)) }),
		rapid.SampledFrom([]audit.Cell{audit.None, audit.NotKnown}),
	)
}

func anyTable(t *rapid.T) (audit.Table, [][]audit.Cell) {
	columns := make([]audit.Column, rapid.IntRange(1, 5).Draw(t, "columns"))
	for i := range columns {
		columns[i] = audit.Column{Key: "column_" + strconv.Itoa(i), Name: "Column"}
	}
	rows := rapid.SliceOfN(rapid.SliceOfN(anyCell(), len(columns), len(columns)), 0, 8).Draw(t, "rows")
	return tableOf("any", "Any", columns, rows...), rows
}

func TestSpreadsheetSafe(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "",
		"Ann Example":         "Ann Example",
		"ann+tag@b.example":   "ann+tag@b.example",
		"2026-06-30":          "2026-06-30",
		"O'Neill":             "O'Neill",
		`=cmd|'/c calc'!A1`:   `'=cmd|'/c calc'!A1`,
		"-1":                  "'-1",
		" \t\u00a0+1":         "' \t'\u00a0+1",
		`"=1"`:                `'"=1"`,
		"＠SUM":                "'＠SUM",
		"\ttab":               "'\ttab",
		"'t Hooft":            "''t Hooft",
		"x;=1":                "x;'=1",
		"x; \"=1":             "x;' \"=1",
		"x;'=1":               "x;''=1",
		"two\nlines":          "two\nlines",
		"two\n-lines":         "two\n'-lines",
		"a;b;c":               "a;b;c",
		"a - b = c @ d":       "a - b = c @ d",
		"Zoë;山田\tx=y;\u200bz": "Zoë;山田\tx=y;\u200bz",
	} {
		if got := SpreadsheetSafe(in); got != want {
			t.Errorf("SpreadsheetSafe(%q) = %q, want %q", in, got, want)
		}
	}
}

// computed finds in text a formula that the most careless spreadsheet would compute.
func computed(s string) (string, bool) {
	for _, c := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
		c = strings.TrimLeftFunc(c, func(r rune) bool {
			return r == '"' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
		})
		if r, _ := utf8.DecodeRuneInString(c); strings.ContainsRune("=+-@＝＋－＠", r) {
			return c, true
		}
	}
	return "", false
}

func TestNoCellIsAFormulaAndNothingIsLost(t *testing.T) {
	documented := regexp.MustCompile(`(^|[;\t\r\n])'`)
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "s")
		safe := SpreadsheetSafe(s)
		if formula, found := computed(safe); found {
			t.Fatalf("SpreadsheetSafe(%q) = %q, in which %q is a formula", s, safe, formula)
		}
		if got := SpreadsheetUnsafe(safe); got != s {
			t.Fatalf("SpreadsheetUnsafe(%q) = %q, want %q", safe, got, s)
		}
		if got := documented.ReplaceAllString(safe, "$1"); got != s {
			t.Fatalf("what the comment says gives %q of %q, want %q", got, safe, s)
		}
	})
}

func TestCSVHoldsTheCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, rows := anyTable(t)
		var b strings.Builder
		if err := EvidenceTable(&b, &table); err != nil {
			t.Fatal(err)
		}
		read, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil {
			t.Fatalf("%v in %q", err, b.String())
		}
		if len(read) != table.Len+1 || !strings.HasPrefix(b.String(), table.Columns[0].Key) {
			t.Fatalf("%d lines of %d rows, or no keys: %q", len(read), table.Len, b.String())
		}
		if !utf8.ValidString(b.String()) || !strings.HasSuffix(b.String(), "\r\n") {
			t.Fatalf("not UTF-8, or an end without CRLF: %q", b.String())
		}
		for i, row := range rows {
			for j, c := range row {
				got, want := read[i+1][j], c.String()
				if text, ok := somebodys(c); ok {
					if formula, found := computed(got); found {
						t.Fatalf("%q is a formula in %q", formula, b.String())
					}
					got, want = SpreadsheetUnsafe(got), text
					if strings.ContainsFunc(text, acts) || !utf8.ValidString(text) {
						want = inert(text)
					}
				}
				if got != want {
					t.Fatalf("row %d, column %d: %q, want %q, in %q", i, j, got, want, b.String())
				}
			}
		}
	})
}

func TestInertChangesOnlyWhatActs(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, C:\\x1b":   "plain text, C:\\x1b",
		"tab\tand\nline":        "tab\tand\nline",
		"\x1b[31mred\a\x00\x7f": `\x1b[31mred\x07\x00\x7f`,
		"a\r\nb\rc":             "a\\r\nb\\rc",
		"\u009b31m\u0085":       `\u009b31m\u0085`,
		"ad\u202enimda\u2066":   `ad\u202enimda\u2066`,
		"\u2028":                `\u2028`,
		"\u200f\u05d0\u200d👩‍👩": "\u200f\u05d0\u200d👩‍👩", // marks that names in Hebrew, Persian and emoji need
		"\xffbyte\xc3 \ufffd":   "\\xffbyte\\xc3 \ufffd",
	} {
		if got := inert(in); got != want {
			t.Errorf("inert(%q) = %q, want %q", in, got, want)
		}
	}
}

// tableJSON is a table as a program reads it.
type tableJSON struct {
	Count int              `json:"count"`
	Rows  []map[string]any `json:"rows"`
}

func TestJSONHoldsTheCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, rows := anyTable(t)
		var b strings.Builder
		if err := Evidence(&b, "json", Style{}, &audit.Report{Tables: []audit.Table{table}}); err != nil {
			t.Fatal(err)
		}
		var out struct{ Tables map[string]tableJSON }
		d := json.NewDecoder(strings.NewReader(b.String()))
		d.UseNumber()
		if err := d.Decode(&out); err != nil {
			t.Fatalf("%v in %s", err, b.String())
		}
		got := out.Tables["any"]
		if got.Count != table.Len || len(got.Rows) != table.Len {
			t.Fatalf("%d rows, count %d, want %d", len(got.Rows), got.Count, table.Len)
		}
		for i, row := range rows {
			var unknown []any
			for j, c := range row {
				key := table.Columns[j].Key
				if c.IsNotKnown() {
					unknown = append(unknown, key)
				}
				if value, ok := got.Rows[i][key]; !ok || value != asDecoded(c) {
					t.Fatalf("%s is %#v, want %#v", key, value, asDecoded(c))
				}
			}
			if said, _ := got.Rows[i]["not_known"].([]any); !slices.Equal(said, unknown) {
				t.Fatalf("not known are %v, want %v", said, unknown)
			}
		}
	})
}

// somebodys is the text of a cell that comes from outside.
func somebodys(c audit.Cell) (string, bool) {
	if s, ok := c.AsText(); ok {
		return s, true
	}
	return c.AsSetting()
}

// asDecoded gives what a reader of JSON should get of a cell.
func asDecoded(c audit.Cell) any {
	if s, ok := somebodys(c); ok {
		return string([]rune(s)) // what is not UTF-8 becomes U+FFFD
	}
	if _, ok := c.AsNumber(); ok {
		return json.Number(c.String())
	}
	if b, ok := c.AsBool(); ok {
		return b
	}
	if at, ok := c.AsTime(); ok {
		return at.Format(time.RFC3339Nano)
	}
	return nil
}

func TestJSONOfEvidenceIsTheContract(t *testing.T) {
	var out struct {
		FormatVersion string `json:"format_version"`
		Report, Title string
		Lead          []struct{ Severity, Text string }
		Facts         []map[string]any
		Figures       map[string]any
		Unknown       []struct{ What, When, Reason string }
		Charts        []struct {
			Name, Title string
			Labels      []string
			Series      []struct {
				Name   string
				Values []*float64
			}
		}
		Tables map[string]tableJSON
	}
	text := evidence(t, "json", Style{}, reviewEvidence())
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	if out.FormatVersion != "1" || out.Report != "access-review" || out.Lead[1].Severity != "high" || out.Unknown[1].When == "" {
		t.Errorf("%+v", out)
	}
	if v, ok := out.Figures["groups"]; v != nil || !ok || !slices.Equal(out.Figures["not_known"].([]any), []any{"groups"}) || out.Figures["users"] != 98231.0 {
		t.Errorf("figures %v", out.Figures)
	}
	if f := out.Facts[3]; f["value"] != nil || f["not_known"] != nil {
		t.Errorf("a fact that has no value is %v", f)
	}
	if f := out.Facts[5]; f["value"] != nil || !slices.Equal(f["not_known"].([]any), []any{"value"}) {
		t.Errorf("a fact that is not known is %v", f)
	}
	if v := out.Charts[0].Series[0].Values; v[1] != nil || *v[2] != 98231 || *out.Charts[0].Series[1].Values[2] != 2.5 {
		t.Errorf("chart %v", v)
	}
	if strings.Index(text, `"population":{`) > strings.Index(text, `"gone":{`) {
		t.Error("tables are not in their order")
	}
	for line := range strings.Lines(text) { // grep finds a person's row
		if strings.Contains(line, "ann@corp.example") && !json.Valid([]byte(strings.TrimSuffix(line, ",\n"))) {
			t.Errorf("a row is not a line: %s", line)
		}
	}
}
