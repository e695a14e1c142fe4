package report

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// bookText is how many characters a cell of a workbook can hold, counted as
// spreadsheets count them.
const bookText = excelize.TotalCellChars

// cell gives a cell of a workbook: a date is a date, a number is a number, and text is
// never anything but text.
func (b *book) cell(c audit.Cell, role audit.ColumnRole) any {
	if role == audit.Reviewer {
		return excelize.Cell{StyleID: b.reviewer, Value: filled(c)}
	}
	if n, ok := c.AsNumber(); ok && exact(n) {
		return excelize.Cell{StyleID: b.number, Value: n}
	}
	if t, ok := c.AsTime(); ok && t.Year() >= 1900 && t.Year() <= 9999 {
		return excelize.Cell{StyleID: b.time, Value: t.Truncate(time.Second)}
	}
	if yes, ok := c.AsBool(); ok {
		return yes
	}
	if c.IsNotKnown() {
		return excelize.Cell{StyleID: b.unknown, Value: c.String()}
	}
	if c.IsNone() {
		return nil
	}
	text := c.String()
	if p, ok := c.AsSetting(); ok {
		text = p // as in CSV and JSON: what one of them holds is looked up in another
	}
	if role == audit.Weight {
		if s, err := diff.ParseSeverity(text); err == nil {
			return excelize.Cell{StyleID: b.weights[s], Value: text}
		}
	}
	style := b.text
	if role == audit.Code {
		style = b.code
	}
	return excelize.Cell{StyleID: style, Value: bookSafe(text)}
}

// filled is what a column for a reviewer holds: nothing, as a rule.
func filled(c audit.Cell) any {
	if c.IsNone() {
		return nil
	}
	return bookSafe(c.String())
}

// exact reports whether a spreadsheet, which counts in floating point with 15 digits,
// holds n as it is.
func exact(n int64) bool { return n > -1e15 && n < 1e15 }

// bookSafe makes text harmless in a workbook. It stays as it was recorded, so that what
// a reviewer sends back can be compared, unless it holds what a workbook cannot hold or
// what would show something else than is there: control characters, characters that
// change the direction of writing, bytes that are not UTF-8. Then all of it is as Safe
// has it. What is longer than a cell can be is cut, and says so.
func bookSafe(s string) string {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, harmful) {
		s = Safe(s)
	}
	if strings.Contains(s, "_x") {
		s = halves.ReplaceAllString(s, `\x5f$1`)
	}
	if len(s) <= bookText {
		return s
	}
	n := len(utf16.Encode([]rune(s)))
	if n <= bookText {
		return s
	}
	note := "… (cut: " + number(n) + " characters, the CSV has all)"
	return firstUnits(s, bookText-len(note)) + note
}

// firstUnits gives the first n characters of s as spreadsheets count them, and one less
// where that would be half a character.
func firstUnits(s string, n int) string {
	units := utf16.Encode([]rune(s))
	if len(units) <= n {
		return s
	}
	if utf16.IsSurrogate(rune(units[n])) && utf16.IsSurrogate(rune(units[n-1])) && units[n] >= 0xdc00 {
		n--
	}
	return string(utf16.Decode(units[:n]))
}

// harmful reports whether r must not stand in a cell. Line breaks and tabs may.
func harmful(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r == 0xfffe, r == 0xffff, r == '\u061c', r == '\u200e', r == '\u200f':
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return unicode.IsControl(r)
}

// halves are texts that look like the way in which workbooks write characters that XML
// cannot hold, but name half a character. Package excelize would drop them.
var halves = regexp.MustCompile(`_(x[dD][89a-fA-F][0-9a-fA-F]{2}_)`)
