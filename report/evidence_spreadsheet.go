package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SpreadsheetSafe makes text from outside harmless in a spreadsheet that takes the
// cells of a CSV file for formulas, as all of them do. This is the whole rule:
//
// A cell may begin at the start of the text and after a semicolon, a tab or a line
// break in it: a spreadsheet that parts cells at semicolons, as in half of Europe,
// ignores the quotes around a cell that are to prevent that. An apostrophe is put
// where a cell may begin if, after any white space, control and invisible characters
// and quotes, = + - @ or the full-width form of one comes next; if an apostrophe
// does; and at the start of the text if a tab or a line break does.
//
// So one apostrophe less wherever a cell may begin gives the original again:
// SpreadsheetUnsafe does that, and
//
//	re.sub(r"(^|[;\t\r\n])'", r"\1", text)
//
// in Python.
func SpreadsheetSafe(s string) string {
	var places []int // for apostrophes, the last first
	formula := false // whether what was looked at, from the end, begins like one
	for rest := s; rest != ""; {
		r, size := utf8.DecodeLastRuneInString(rest)
		rest = rest[:len(rest)-size]
		switch {
		case strings.ContainsRune(formulaSigns, r):
			formula = true
		case !ignored(r):
			formula = false
		}
		if cellBegins(s, len(rest)) && (formula || r == '\'' || rest == "" && strings.ContainsRune("\t\r\n", r)) {
			places = append(places, len(rest))
		}
	}
	if len(places) == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(places))
	done := 0
	for i := len(places) - 1; i >= 0; i-- {
		b.WriteString(s[done:places[i]])
		b.WriteByte('\'')
		done = places[i]
	}
	b.WriteString(s[done:])
	return b.String()
}

// SpreadsheetUnsafe gives the text of which SpreadsheetSafe made s.
func SpreadsheetUnsafe(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		if s[i] != '\'' || !cellBegins(s, i) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

const (
	formulaSigns = "=+-@＝＋－＠"
	cellEnds     = ";\t\r\n"
)

// cellBegins reports whether a cell may begin at byte i of s.
func cellBegins(s string, i int) bool {
	return i == 0 || strings.IndexByte(cellEnds, s[i-1]) >= 0
}

// ignored reports whether a spreadsheet may ignore r at the beginning of a cell.
func ignored(r rune) bool {
	if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' { // most are
		return false
	}
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Quotation_Mark) || r == '`' || r == utf8.RuneError
}
