package snapshot

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// What JSON is made of: the canonicalizer passes over it here and checks it.

// appendUnescaped appends the string with no escape in it but those that JSON
// requires.
func appendUnescaped(out, text []byte) []byte {
	value, err := jsontext.AppendUnquote(nil, text)
	if err != nil {
		return append(out, text...) // a lone surrogate: has no other form
	}
	quoted, err := jsontext.AppendQuote(out, value)
	if err != nil {
		return append(out, text...)
	}
	return quoted
}

// str passes over the string at pos and tells whether it has escapes.
func (c *canonicalizer) str() (escaped bool, err error) {
	start := c.pos + 1
	ascii := true
	for i := skipText(c.in, start); i < len(c.in); i = skipText(c.in, i) {
		switch b := c.in[i]; {
		case b == '"':
			if !ascii && !utf8.Valid(c.in[start:i]) {
				c.pos = i
				return false, c.fail("invalid UTF-8 in the string that ends")
			}
			c.pos = i + 1
			return escaped, nil
		case b == '\\':
			escaped = true
			n := escapeLen(c.in[i:])
			if n == 0 {
				c.pos = i
				return false, c.fail("unknown escape")
			}
			i += n
		case b < ' ':
			c.pos = i
			return false, c.fail("control character in a string")
		default:
			ascii = false
			i++
		}
	}
	c.pos = len(c.in)
	return false, c.fail("unexpected end")
}

// skipText gives the index of the first byte from i on that is no ordinary ASCII
// character of a string, or len(in). It looks at eight bytes at once.
func skipText(in []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(in); i += 8 {
		w := binary.LittleEndian.Uint64(in[i:])
		// In each byte the highest bit tells, exactly for the first that is not ordinary:
		// a borrow goes to later ones only.
		odd := (w | (w - ones*' ') | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones)) & highs
		if odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
	}
	for i < len(in) && in[i] >= ' ' && in[i] < utf8.RuneSelf && in[i] != '"' && in[i] != '\\' {
		i++
	}
	return i
}

// escapeLen is the length of the escape that s begins with, 0 where it is none.
func escapeLen(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(s) < 6 {
			return 0
		}
		for _, b := range s[2:6] {
			if (b < '0' || b > '9') && (b < 'a' || b > 'f') && (b < 'A' || b > 'F') {
				return 0
			}
		}
		return 6
	}
	return 0
}

// number passes over the number at pos.
func (c *canonicalizer) number() error {
	digits := func() int {
		start := c.pos
		for c.pos < len(c.in) && c.in[c.pos] >= '0' && c.in[c.pos] <= '9' {
			c.pos++
		}
		return c.pos - start
	}
	take := func(oneOf string) bool {
		if c.pos < len(c.in) && strings.IndexByte(oneOf, c.in[c.pos]) >= 0 {
			c.pos++
			return true
		}
		return false
	}
	take("-")
	if zero := take("0"); !zero && digits() == 0 {
		return c.fail("want a value")
	}
	if take(".") && digits() == 0 {
		return c.fail("want a digit")
	}
	if take("eE") {
		take("+-")
		if digits() == 0 {
			return c.fail("want a digit")
		}
	}
	return nil
}

func (c *canonicalizer) word(out []byte, word string, keep bool) ([]byte, bool, error) {
	if !bytes.HasPrefix(c.in[c.pos:], []byte(word)) {
		return nil, false, c.fail("want a value")
	}
	c.pos += len(word)
	return append(out, word...), keep, nil
}

// enter passes over the bracket that begins an object or array.
func (c *canonicalizer) enter() error {
	c.pos++
	if c.depth++; c.depth > maxDepth {
		return c.fail("nested too deep")
	}
	return nil
}

// leave forgets the parts of the object or array that ends, but not those of the
// document itself. It may be left with some parts or with none.
func (c *canonicalizer) leave(first int, some bool) {
	c.reducible = c.reducible || !some
	if c.depth--; c.depth > 0 {
		c.parts = c.parts[:first]
	}
}

// comma passes over what follows a part: a comma, or the bracket that shuts.
func (c *canonicalizer) comma(shut byte) (more bool, err error) {
	if c.space(); c.pos < len(c.in) {
		switch c.in[c.pos] {
		case ',':
			c.pos++
			return true, nil
		case shut:
			c.pos++
			return false, nil
		}
	}
	return false, c.fail(fmt.Sprintf("want ',' or '%c'", shut))
}

// next passes over white space and, where it follows, b.
func (c *canonicalizer) next(b byte) bool {
	c.space()
	if c.pos >= len(c.in) || c.in[c.pos] != b {
		return false
	}
	c.pos++
	return true
}

func (c *canonicalizer) space() {
	for c.pos < len(c.in) && c.in[c.pos] <= ' ' && isSpace(c.in[c.pos]) {
		c.pos++
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

func (c *canonicalizer) fail(what string) error {
	return fmt.Errorf("%w: %s at byte %d", ErrSyntax, what, c.pos)
}
