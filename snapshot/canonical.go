package snapshot

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
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
	c.begin(raw, r)
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
	in        []byte
	pos       int
	depth     int
	rules     *rules // nil: the whole document
	path      []byte // JSON Pointer of the value being read; kept only with rules
	parts     []part // of the objects and arrays being read, innermost last
	reducible bool   // the document has something that Settings changes wherever it stands
	scratch   []byte

	names map[string]*name // that are known (names.go)
	last  *name            // that was read
	start name             // stands before the first of a document
}

// begin gets ready for another document. What is known of names stays.
func (c *canonicalizer) begin(raw []byte, r *rules) {
	c.in, c.rules, c.pos, c.depth = raw, r, 0, 0
	c.path, c.parts, c.reducible, c.last = c.path[:0], c.parts[:0], false, &c.start
}

// part is one member of an object or element of an array: its text is
// out[start:end], empty where the member was dropped.
type part struct {
	name       []byte // of a member, unescaped
	order      uint64 // of that name
	start, end int
}

// byName orders members by the bytes of their names, of which the first eight decide
// mostly.
func byName(a, b part) int {
	if a.order != b.order {
		return cmp.Compare(a.order, b.order)
	}
	return bytes.Compare(a.name, b.name)
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
		c.reducible = true
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
	begin, first := len(out), len(c.parts)
	out = append(out, '{')
	sorted, some := true, false
	for more := !c.next('}'); more; {
		var kept bool
		if out, kept, err = c.member(out, s, some); err != nil {
			return nil, false, err
		}
		some = some || kept
		n := len(c.parts)
		sorted = sorted && (n == first+1 || byName(c.parts[n-2], c.parts[n-1]) < 0)
		if more, err = c.comma('}'); err != nil {
			return nil, false, err
		}
	}
	if !sorted {
		if out, err = c.sort(out, begin, c.parts[first:]); err != nil {
			return nil, false, err
		}
	}
	c.leave(first, some)
	return append(out, '}'), some || c.rules == nil || inList(c.path), nil
}

// member appends the form of the next member of an object that has the secrecy s, and
// some members already or none.
func (c *canonicalizer) member(out []byte, s secrecy, some bool) (_ []byte, kept bool, err error) {
	here, before := len(c.path), len(out)
	if some {
		out = append(out, ',')
	}
	start := len(out)
	name, err := c.name()
	if err != nil {
		return nil, false, err
	}
	out = append(out, name.quoted...)
	if c.rules != nil {
		c.path = appendPointer(c.path, name.text)
	}
	if out, kept, err = c.value(out, name.under(s)); err != nil {
		return nil, false, err
	}
	if kept = kept && !c.rules.omits(c.path); !kept {
		out, start = out[:before], before
	}
	c.path = c.path[:here]
	c.parts = append(c.parts, part{name.text, name.order, start, len(out)})
	return out, kept, nil
}

// sort puts the members of the object that begins at out[begin] in the order of their
// names.
func (c *canonicalizer) sort(out []byte, begin int, members []part) ([]byte, error) {
	slices.SortFunc(members, byName)
	for i := 1; i < len(members); i++ {
		if byName(members[i-1], members[i]) == 0 {
			return nil, c.fail(fmt.Sprintf("name %q twice in the object that ends", members[i].name))
		}
	}
	return c.rearrange(out, begin, members), nil
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
	c.leave(first, some)
	return append(out, ']'), some || c.rules == nil, nil
}

// rearrange puts parts of an object or array, which begins at out[begin], in the
// order that they have now.
func (c *canonicalizer) rearrange(out []byte, begin int, parts []part) []byte {
	c.scratch = c.scratch[:0]
	for i, p := range parts {
		if p.start == p.end {
			continue // dropped
		}
		if len(c.scratch) > 0 {
			c.scratch = append(c.scratch, ',')
		}
		parts[i].start = begin + 1 + len(c.scratch)
		c.scratch = append(c.scratch, out[p.start:p.end]...)
		parts[i].end = begin + 1 + len(c.scratch)
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
	c.reducible = c.reducible || escaped
	switch {
	case s != plain && isMasked(text):
		return out, false, nil
	case s.hides(text) || bytes.Equal(text, redacted):
		c.reducible = true
		return append(out, redacted...), c.rules == nil, nil
	case escaped && c.rules != nil: // the same string, however it was escaped
		return appendUnescaped(out, text), true, nil
	default:
		return append(out, text...), true, nil
	}
}
