package report

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/report/audit"
)

// evidenceCSV writes a table as RFC 4180 has it, in UTF-8 without a byte order mark:
// a line of the columns' keys, then one for each row. (The writer of encoding/csv
// would change line breaks inside of cells.)
func evidenceCSV(out io.Writer, t *audit.Table) error {
	w := newWriter(out)
	cells := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = csvText(c.Key)
	}
	w.csvLine(cells)
	for row, err := range rowsOf(t) {
		if err != nil {
			_ = w.end()
			return err
		}
		for i, c := range row {
			cells[i] = csvCell(c)
		}
		if w.csvLine(cells); w.err != nil {
			break
		}
	}
	return w.end()
}

// csvCell gives a value as CSV has it, but for quotes. Only text is somebody else's:
// a number below zero is no formula.
func csvCell(c audit.Cell) string {
	if s, ok := c.AsText(); ok {
		return csvText(s)
	}
	if p, ok := c.AsSetting(); ok {
		return csvText(p)
	}
	return c.String()
}

// csvText gives text as it is, so that programs find in CSV what an identity provider
// holds, with two exceptions: what a spreadsheet could take for a formula gets
// apostrophes, which can be taken away again (SpreadsheetUnsafe), and what would act
// on a terminal or on the text around it becomes visible, as Safe has it (\x1b,
// \u202e), which cannot. No name that is one has any of these; JSON has the original.
func csvText(s string) string { return SpreadsheetSafe(inert(s)) }

// inert makes visible what acts on a terminal, on the lines that a program reads or on
// the direction of the text around it, and what is not UTF-8. Tabs and new lines are
// text, and characters that join letters or flags are parts of names.
func inert(s string) string {
	if harmless(s) == len(s) || utf8.ValidString(s) && strings.IndexFunc(s, acts) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if text := s[i : i+size]; acts(r) || r == utf8.RuneError && size == 1 {
			writeSafe(&b, r, text, true)
		} else {
			b.WriteString(text)
		}
		i += size
	}
	return b.String()
}

func acts(r rune) bool {
	switch r {
	case '\t', '\n':
		return false
	case '\u2028', '\u2029': // line breaks to some
		return true
	}
	return unicode.IsControl(r) || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

func (w *writer) csvLine(cells []string) {
	for i, s := range cells {
		if i > 0 {
			w.print(",")
		}
		// A line of one empty cell would be an empty line, which readers skip.
		if len(cells) == 1 && s == "" || strings.ContainsAny(s, "\",;\t\r\n") || strings.TrimSpace(s) != s {
			w.print(`"`, strings.ReplaceAll(s, `"`, `""`), `"`)
		} else {
			w.print(s)
		}
	}
	w.print("\r\n")
}
