package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Safe makes text from outside harmless on a terminal and in a log, and makes
// visible what would not be: control characters (so colours, cursor movement and
// new lines), characters that change the direction of writing or are invisible,
// accents piled up on one letter, and bytes that are not UTF-8 become escapes such
// as \x1b, \n, \u202e and \xff.
// Letters of every script, and spaces, stay as they are.
//
// The result is for people: it does not tell an escape from the same characters
// in the original, and it is not shortened. JSON has the original.
func Safe(s string) string {
	i := harmless(s)
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:i])
	marks := 0
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		writeSafe(&b, r, s[i:i+size], marks > maxMarks)
		i += size
	}
	return b.String()
}

// maxMarks is how many accents, vowel signs and the like may stand on one letter.
// No script in use needs as many; more of them would cover the lines around.
const maxMarks = 8

// harmless counts the bytes at the start of s that are plain ASCII.
func harmless(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return i
		}
	}
	return len(s)
}

// writeSafe writes the rune r, whose bytes are text, as it is or as an escape.
func writeSafe(b *strings.Builder, r rune, text string, escape bool) {
	switch {
	case r == utf8.RuneError && len(text) == 1:
		fmt.Fprintf(b, `\x%02x`, text[0])
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case !escape && unicode.IsGraphic(r) && !strings.ContainsRune(blanks, r):
		b.WriteString(text)
	case r < utf8.RuneSelf:
		fmt.Fprintf(b, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// blanks are characters that Unicode counts as letters or symbols and that show as
// nothing: a name made of them would look like no name.
const blanks = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"

// width is how many columns s takes on a terminal.
func width(s string) int {
	if harmless(s) == len(s) {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

// fit makes s, which is safe, at most n columns wide; what does not fit gives way
// to an ellipsis. It also bounds the bytes, which columns alone do not: any
// number of accents can stand on one letter.
func fit(s string, n int) string {
	if len(s) <= n || (len(s) <= maxBytes*n && width(s) <= n) {
		return s
	}
	if n <= 0 {
		return ""
	}
	end, _ := cut(s, n-1)
	return s[:end] + "…"
}

// maxBytes is how many bytes a column may take. A flag made of two letters, the
// longest in use that is two columns wide, takes 8; scripts with stacked vowels
// and tones about as many.
const maxBytes = 12

// cut gives how many bytes of s fit n columns, and whether that is all of s.
func cut(s string, n int) (end int, whole bool) {
	columns, state := 0, -1
	for rest := s; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if columns+w > n || end+len(cluster) > maxBytes*n {
			return end, false
		}
		columns += w
		end += len(cluster)
	}
	return end, true
}

// pad fits s, which is safe, into n columns and fills it up with spaces.
func pad(s string, n int) string {
	s = fit(s, n)
	return s + strings.Repeat(" ", max(0, n-width(s)))
}

// Of a text that is wrapped, words as long as an address or URL may be stay whole,
// so that they can be copied, and so many lines are shown.
const (
	maxWord  = 254
	maxLines = 40
)

// Wrap makes s safe and breaks it between words into lines of at most n columns; where
// that is no width, it is one line.
func Wrap(s string, n int) []string {
	if n <= 0 {
		return []string{Safe(s)}
	}
	return wrap(Safe(s), n)
}

// wrap breaks s, which is safe, between words into lines of at most n columns; a
// word that is longer has a line for itself.
func wrap(s string, n int) []string {
	n = max(n, 20)
	var lines []string
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		if len(lines) == maxLines-1 {
			return append(lines, fit(s, n))
		}
		end := lineEnd(s, n)
		lines = append(lines, strings.TrimRight(s[:end], " "))
		s = s[end:]
	}
	return lines
}

// lineEnd gives how many bytes of s make a line.
func lineEnd(s string, n int) int {
	end, whole := cut(s, n)
	if whole || s[end] == ' ' {
		return end
	}
	if space := strings.LastIndexByte(s[:end], ' '); space > 0 {
		return space
	}
	word, _, _ := strings.Cut(s, " ")
	if len(word) <= maxBytes*maxWord && width(word) <= maxWord {
		return len(word)
	}
	if end == 0 { // letters may combine to a cluster that is larger than a line
		_, end = utf8.DecodeRuneInString(s)
	}
	return end
}
