package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// Document is a resource's JSON object in canonical form: names sorted by their
// bytes, no white space, strings and numbers written as they were sent, secrets
// redacted. Two servings of one resource that differ only in the order of names,
// in white space or in how a secret was masked give the same document.
type Document []byte

// ErrSyntax marks bytes that are no JSON object.
var ErrSyntax = errors.New("not a JSON object")

// NewDocument makes raw, one JSON object, canonical and takes its secrets out.
// It accepts what RFC 8259 allows, less invalid UTF-8, names that occur twice in
// an object or hold half a surrogate pair, and nesting deeper than maxDepth. The
// result is new memory.
func NewDocument(raw []byte) (Document, error) {
	return canonicalize(raw, nil)
}

func canonicalize(raw []byte, r *rules) (Document, error) {
	c := canonicalizers.Get().(*canonicalizer)
	defer canonicalizers.Put(c)
	c.in, c.rules = raw, r
	c.pos, c.depth, c.path, c.parts = 0, 0, c.path[:0], c.parts[:0]
	return c.document(make([]byte, 0, len(raw)))
}

var canonicalizers = sync.Pool{New: func() any { return new(canonicalizer) }}

// maxDepth bounds the nesting of a document, and so the stack that reading one
// takes. Cloudflare's own documents nest less than ten deep.
const maxDepth = 200

// canonicalizer reads one JSON value and appends a form of it. In one pass it
// checks the syntax, sorts names, redacts and, where rules are given, reduces a
// document to its settings (settings.go).
type canonicalizer struct {
	in      []byte
	pos     int
	depth   int
	rules   *rules // nil: the whole document
	path    []byte // JSON Pointer of the value being read; kept only with rules
	parts   []part // of the objects and arrays being read, innermost last
	scratch []byte
	names   map[string]secrecy
}

// part is one member of an object or element of an array: its text is
// out[start:end], empty where the member was dropped.
type part struct {
	name       []byte // of a member, unescaped
	start, end int
}

func (c *canonicalizer) document(out []byte) (Document, error) {
	if c.space(); c.pos >= len(c.in) || c.in[c.pos] != '{' {
		return nil, c.fail("want '{'")
	}
	out, _, err := c.value(out, plain)
	if err != nil {
		return nil, err
	}
	if c.space(); c.pos != len(c.in) {
		return nil, c.fail("data after the object")
	}
	return out, nil
}

// value appends the form of the next value. It reports keep false where the value
// stands for absence: the caller is to drop what was appended.
func (c *canonicalizer) value(out []byte, s secrecy) (_ []byte, keep bool, err error) {
	c.space()
	if c.pos >= len(c.in) {
		return nil, false, c.fail("unexpected end")
	}
	switch c.in[c.pos] {
	case '{':
		return c.object(out, s.inside())
	case '[':
		return c.array(out, s)
	case '"':
		return c.stringValue(out, s)
	case 't':
		return c.word(out, "true", true)
	case 'f':
		return c.word(out, "false", !c.rules.falseIsAbsent(c.path))
	case 'n':
		return c.word(out, "null", c.rules == nil && s == plain)
	default:
		start := c.pos
		if err := c.number(); err != nil {
			return nil, false, err
		}
		return append(out, c.in[start:c.pos]...), true, nil
	}
}

func (c *canonicalizer) object(out []byte, s secrecy) (_ []byte, keep bool, err error) {
	if err := c.enter(); err != nil {
		return nil, false, err
	}
	begin, first, here := len(out), len(c.parts), len(c.path)
	out = append(out, '{')
	sorted, some := true, false
	for more := !c.next('}'); more; {
		before := len(out)
		if some {
			out = append(out, ',')
		}
		start := len(out)
		text, name, err := c.name()
		if err != nil {
			return nil, false, err
		}
		out = append(append(out, text...), ':')
		if c.rules != nil {
			c.path = appendPointer(c.path, name)
		}
		var kept bool
		if out, kept, err = c.value(out, c.under(s, name)); err != nil {
			return nil, false, err
		}
		if !kept || c.rules.omits(c.path) {
			out, start = out[:before], before
		} else {
			some = true
		}
		sorted = sorted && (len(c.parts) == first || bytes.Compare(c.parts[len(c.parts)-1].name, name) < 0)
		c.parts = append(c.parts, part{name, start, len(out)})
		c.path = c.path[:here]
		if more, err = c.comma('}'); err != nil {
			return nil, false, err
		}
	}
	if members := c.parts[first:]; !sorted {
		slices.SortFunc(members, func(a, b part) int { return bytes.Compare(a.name, b.name) })
		for i := 1; i < len(members); i++ {
			if bytes.Equal(members[i-1].name, members[i].name) {
				return nil, false, c.fail(fmt.Sprintf("name %q twice in the object that ends", members[i].name))
			}
		}
		out = c.rearrange(out, begin, members)
	}
	c.leave(first)
	return append(out, '}'), some || c.rules == nil || inList(c.path), nil
}

// under is the secrecy of the member called name of an object whose own is s.
func (c *canonicalizer) under(s secrecy, name []byte) secrecy {
	if s == inherited {
		return inherited
	}
	return c.secrecyOf(name)
}

func (c *canonicalizer) array(out []byte, s secrecy) (_ []byte, keep bool, err error) {
	if err := c.enter(); err != nil {
		return nil, false, err
	}
	begin, first, here := len(out), len(c.parts), len(c.path)
	set := c.rules.isSet(c.path)
	out = append(out, '[')
	some := false
	for more := !c.next(']'); more; {
		before := len(out)
		if some {
			out = append(out, ',')
		}
		if c.rules != nil {
			c.path = append(c.path, "/-"...)
		}
		start := len(out)
		var kept bool
		if out, kept, err = c.value(out, s); err != nil {
			return nil, false, err
		}
		c.path = c.path[:here]
		// An element that stands for absence keeps its place, lest the others move:
		// only a masked secret goes.
		if kept || s == plain {
			c.parts = append(c.parts, part{start: start, end: len(out)})
			some = true
		} else {
			out = out[:before]
		}
		if more, err = c.comma(']'); err != nil {
			return nil, false, err
		}
	}
	if set {
		elements := c.parts[first:]
		text := func(p part) []byte { return out[p.start:p.end] }
		slices.SortFunc(elements, func(a, b part) int { return bytes.Compare(text(a), text(b)) })
		elements = slices.CompactFunc(elements, func(a, b part) bool { return bytes.Equal(text(a), text(b)) })
		out = c.rearrange(out, begin, elements)
	}
	c.leave(first)
	return append(out, ']'), some || c.rules == nil, nil
}

// rearrange puts parts of an object or array, which begins at out[begin], in the
// order that they have now.
func (c *canonicalizer) rearrange(out []byte, begin int, parts []part) []byte {
	c.scratch = c.scratch[:0]
	for _, p := range parts {
		if p.start == p.end {
			continue // dropped
		}
		if len(c.scratch) > 0 {
			c.scratch = append(c.scratch, ',')
		}
		c.scratch = append(c.scratch, out[p.start:p.end]...)
	}
	return append(out[:begin+1], c.scratch...)
}

func (c *canonicalizer) stringValue(out []byte, s secrecy) (_ []byte, keep bool, err error) {
	start := c.pos
	escaped, err := c.str()
	if err != nil {
		return nil, false, err
	}
	text := c.in[start:c.pos]
	switch {
	case s != plain && isMasked(text):
		return out, false, nil
	case s.hides(text) || bytes.Equal(text, redacted):
		return append(out, redacted...), c.rules == nil, nil
	case escaped && c.rules != nil: // the same string, however it was escaped
		return appendUnescaped(out, text), true, nil
	default:
		return append(out, text...), true, nil
	}
}

// name reads a member's name and the colon after it. It gives the name as sent
// and unescaped.
func (c *canonicalizer) name() (text, name []byte, err error) {
	c.space()
	start := c.pos
	if c.pos >= len(c.in) || c.in[c.pos] != '"' {
		return nil, nil, c.fail("want a name")
	}
	escaped, err := c.str()
	if err != nil {
		return nil, nil, err
	}
	text = c.in[start:c.pos]
	name = text[1 : len(text)-1]
	if escaped {
		if name, err = jsontext.AppendUnquote(nil, text); err != nil {
			return nil, nil, c.fail("bad name")
		}
		text = appendUnescaped(nil, text)
	}
	if !c.next(':') {
		return nil, nil, c.fail("want ':'")
	}
	return text, name, nil
}
