package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/report/audit"
)

// written are the formats that are text, by the ends of their golden files.
var written = map[string]string{"table": ".txt", "csv": ".csv", "json": ".json", "markdown": ".md"}

func evidence(tb testing.TB, format string, s Style, r *audit.Report) string {
	tb.Helper()
	var b bytes.Buffer
	if err := Evidence(&b, format, s, r); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestEvidenceAsInGoldenFiles(t *testing.T) {
	for name, r := range evidenceReports() {
		for format, ext := range written {
			t.Run(name+ext, func(t *testing.T) { golden(t, name+ext, evidence(t, format, Style{Width: 120}, r)) })
		}
	}
	t.Run("narrow", func(t *testing.T) {
		golden(t, "evidence_narrow.txt", evidence(t, "table", Style{Width: 80}, reviewEvidence()))
	})
	t.Run("color", func(t *testing.T) {
		golden(t, "evidence_color.txt", evidence(t, "table", Style{Width: 100, Color: true}, reviewEvidence()))
	})
	t.Run("piped", func(t *testing.T) {
		golden(t, "evidence_piped.txt", evidence(t, "table", Style{}, reviewEvidence()))
	})
}

func TestEvidenceFormatsAreThoseThatEvidenceKnows(t *testing.T) {
	for _, format := range EvidenceFormats() {
		if err := Evidence(new(bytes.Buffer), format, Style{}, reviewEvidence()); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	err := Evidence(new(bytes.Buffer), "yaml", Style{}, reviewEvidence())
	if err == nil || !strings.Contains(err.Error(), "table, csv, json, markdown, html, xlsx") {
		t.Error(err)
	}
}

func TestEvidenceIsHarmlessWhateverNamesSay(t *testing.T) {
	for _, width := range []int{0, 60, 80, 200} {
		for format := range map[string]bool{"table": true, "markdown": true} {
			out := evidence(t, format, Style{Width: width}, hostileEvidence())
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				if bad := strings.IndexFunc(line, dangerous); bad >= 0 || !utf8.ValidString(line) {
					t.Errorf("%s: %q in %q", format, line[max(bad, 0):], line)
				}
			}
		}
	}
	csv := evidence(t, "csv", Style{}, hostileEvidence())
	if strings.ContainsAny(csv, "\x1b\u009b\u202e\x00") || !utf8.ValidString(csv) {
		t.Errorf("CSV has what acts on a terminal: %q", csv)
	}
}

func TestTableRowsFitTheTerminal(t *testing.T) {
	for _, r := range []*audit.Report{reviewEvidence(), longEvidence(1203), hostileEvidence()} {
		for _, columns := range []int{60, 80, 100, 120, 300} {
			r := &audit.Report{Title: "x", Tables: r.Tables[:1]}
			for line := range strings.Lines(evidence(t, "table", Style{Width: columns}, r)) {
				long := slices.ContainsFunc(strings.Fields(line), func(word string) bool { return width(word) > 40 })
				if w := width(strings.TrimSuffix(line, "\n")); w > columns && !long {
					t.Errorf("%d columns where there are %d: %q", w, columns, line)
				}
			}
		}
	}
}

func TestATableSaysWhichColumnsThereWasNoRoomFor(t *testing.T) {
	wide, narrow := evidence(t, "table", Style{Width: 300}, reviewEvidence()), evidence(t, "table", Style{Width: 80}, reviewEvidence())
	if strings.Contains(wide, "left out") || !strings.Contains(wide, "FLAGS") || !strings.Contains(wide, "00u1a") {
		t.Errorf("a wide terminal has room for all:\n%s", wide)
	}
	if !strings.Contains(narrow, "left out: SCIM user id, Flags;") || strings.Contains(narrow, "00u1a") {
		t.Errorf("what is left out is not said:\n%s", narrow)
	}
	for _, s := range []string{"taro@contractor.example", "First seen: 2026-06-30 02:00 UTC", "1,204"} {
		if !strings.Contains(narrow, s) {
			t.Errorf("a narrow terminal has no %q:\n%s", s, narrow)
		}
	}
	piped := evidence(t, "table", Style{}, reviewEvidence())
	if !strings.Contains(piped, "and more  ") || !strings.Contains(piped, "left out: SCIM user id, Flags;") || strings.Contains(piped, "00u1a") {
		t.Errorf("where there is no terminal, something is cut or minor columns are shown:\n%s", piped)
	}
	for _, out := range []string{wide, narrow, piped} {
		if strings.Contains(strings.ToLower(out), "decision") {
			t.Error("text has a column for the reviewer")
		}
	}
}

func TestEvidenceIsPaintedOnlyWhereWanted(t *testing.T) {
	for name, r := range evidenceReports() {
		painted := evidence(t, "table", Style{Color: true, Width: 90}, r)
		if strip.Replace(painted) != evidence(t, "table", Style{Width: 90}, r) {
			t.Errorf("%s: colour changes more than colour", name)
		}
	}
}

func TestALongListIsWhole(t *testing.T) {
	const n = 1203
	r := longEvidence(n)
	text, csv, markdown := evidence(t, "table", Style{}, r), evidence(t, "csv", Style{}, r), evidence(t, "markdown", Style{}, r)
	for i := range n {
		who := fmt.Sprintf("Person %d", i)
		if i == 900 {
			who = "very last"
		}
		if !strings.Contains(text, who+" ") || !strings.Contains(csv, fmt.Sprintf("%s,%d\r\n", who, i)) {
			t.Fatalf("%s is missing", who)
		}
		if strings.Contains(markdown, who+" |") != (i < 1000) {
			t.Errorf("%s in Markdown: %v", who, i >= 1000)
		}
	}
	if !strings.HasSuffix(markdown, "\n\n203 more rows: in the CSV\n") {
		t.Errorf("Markdown ends in %q", markdown[len(markdown)-60:])
	}
	if out := evidence(t, "markdown", Style{}, longEvidence(1000)); strings.Contains(out, "more row") {
		t.Error("1,000 rows are all shown")
	}
}

func TestFewRowsAreKept(t *testing.T) {
	const n = 50_000
	r := longEvidence(n)
	for format := range written {
		w := &counting{}
		r.Tables[0].Rows = lagging(t, r.Tables[0].Rows, w, format)
		if err := Evidence(w, format, Style{Width: 80}, r); err != nil {
			t.Fatal(err)
		}
		r = longEvidence(n)
	}
}

// counting counts the bytes that it takes.
type counting struct{ n int }

func (c *counting) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }

// lagging fails if rows are still asked for when little has been written of those
// before.
func lagging(t *testing.T, rows func(func([]audit.Cell, error) bool), w *counting, format string) func(func([]audit.Cell, error) bool) {
	t.Helper()
	return func(yield func([]audit.Cell, error) bool) {
		n := 0
		rows(func(row []audit.Cell, err error) bool {
			if n++; n > 20_000 && w.n < 100_000 {
				t.Fatalf("%s: %d rows read, %d bytes written", format, n, w.n)
			}
			return yield(row, err)
		})
	}
}

func TestEvidenceStopsAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	for _, good := range []int{0, 3, sampled + 50} {
		for format := range written {
			r := longEvidence(1203)
			rows := r.Tables[0].Rows
			r.Tables[0].Rows = func(yield func([]audit.Cell, error) bool) {
				n := 0
				rows(func(row []audit.Cell, _ error) bool {
					if n++; n > good {
						if yield(nil, broken) {
							t.Error("asked for more after an error")
						}
						return false
					}
					return yield(row, nil)
				})
			}
			var b bytes.Buffer
			err := Evidence(&b, format, Style{}, r)
			if !errors.Is(err, broken) || !strings.Contains(err.Error(), "users") {
				t.Errorf("%s after %d rows: %v", format, good, err)
			}
			if format == "json" && (b.Len() == 0 || json.Valid(b.Bytes())) {
				t.Errorf("JSON that is not the whole parses: %s", b.String())
			}
		}
	}
}

func TestEvidenceRefusesATableThatCountsWrongly(t *testing.T) {
	for format := range written {
		for what, spoil := range map[string]func(*audit.Table){
			"3 rows where 4 were counted": func(t *audit.Table) { t.Len = 4 },
			"3 rows where 2 were counted": func(t *audit.Table) { t.Len = 2 },
			"0 rows where 3 were counted": func(t *audit.Table) { t.Rows = nil },
			"row 1 has 2 cells":           func(t *audit.Table) { t.Columns = t.Columns[:1] },
		} {
			r := longEvidence(3)
			spoil(&r.Tables[0])
			var b bytes.Buffer
			if err := Evidence(&b, format, Style{}, r); err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%s, %s: %v", format, what, err)
			}
		}
	}
}

func TestTheFirstErrorOfEvidencesWriterIsReturned(t *testing.T) {
	for format := range written {
		r := longEvidence(100_000)
		rows, n := r.Tables[0].Rows, 0
		r.Tables[0].Rows = func(yield func([]audit.Cell, error) bool) {
			rows(func(row []audit.Cell, err error) bool { n++; return yield(row, err) })
		}
		if err := Evidence(&fullDisk{}, format, Style{}, r); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", format, err)
		}
		if n == 100_000 {
			t.Errorf("%s goes on to a writer that is broken", format)
		}
	}
}

func TestCSVNeedsATable(t *testing.T) {
	err := Evidence(new(bytes.Buffer), "csv", Style{}, &audit.Report{Kind: audit.Posture})
	if err == nil || !strings.Contains(err.Error(), "posture") {
		t.Error(err)
	}
}
