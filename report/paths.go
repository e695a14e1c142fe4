package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// dotted writes a JSON Pointer as people are shown paths.
func dotted(pointer string) string {
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, s := range steps {
		steps[i] = stepName(unescapePointer.Replace(s))
	}
	return strings.Join(steps, ".")
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")

// stepName is a member's name, or the number of an element, in a dotted path, where
// steps are joined by dots. A step stands as it is, unless it is empty or has a dot,
// a space, a double quote or a character that Safe changes: then it is a JSON string
// in double quotes, in which every such character is escaped. So a step that begins
// with a double quote ends with the one that ends the JSON string, any other before
// the next dot, and what people are shown can be read back.
func stepName(name string) string {
	if name != "" && !strings.ContainsAny(name, `. "`) && Safe(name) == name {
		return name
	}
	var b strings.Builder
	b.WriteByte('"')
	marks := 0
	for _, r := range name { // what is not UTF-8 has no place in JSON
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		switch s := string(r); {
		case r == '"' || r == '\\':
			b.WriteString(`\` + s)
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteString(Safe(s)) // which writes them as JSON does
		case r == unicode.ReplacementChar || marks <= maxMarks && Safe(s) == s:
			b.WriteString(s)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String() + `"`
}
