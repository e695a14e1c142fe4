package snapshot

import (
	"bytes"
	"encoding/binary"

	"github.com/go-json-experiment/json/jsontext"
)

// name is what is known of the name of a member.
type name struct {
	text    []byte // unescaped
	quoted  []byte // as a document has it, with the colon
	order   uint64 // the first eight bytes of text, which put most names in order
	secrecy secrecy
	next    *name // the one that was read after it the last time
}

func newName(text, quoted []byte) *name {
	var first [8]byte
	copy(first[:], text)
	return &name{
		text:    bytes.Clone(text),
		quoted:  append(bytes.Clone(quoted), ':'),
		order:   binary.BigEndian.Uint64(first[:]),
		secrecy: classify(string(text)),
	}
}

// under is the secrecy of the member of an object whose own is s.
func (n *name) under(s secrecy) secrecy {
	if s == inherited {
		return inherited
	}
	return n.secrecy
}

// name reads a member's name and the colon after it. The same few names stand in up to
// a million documents, mostly in the same order, so it looks first for the one that
// came next the last time.
func (c *canonicalizer) name() (*name, error) {
	c.space()
	if n := c.last.next; n != nil && bytes.HasPrefix(c.in[c.pos:], n.quoted) {
		c.pos += len(n.quoted)
		c.last = n
		return n, nil
	}
	start := c.pos
	if c.pos >= len(c.in) || c.in[c.pos] != '"' {
		return nil, c.fail("want a name")
	}
	escaped, err := c.str()
	if err != nil {
		return nil, err
	}
	quoted := c.in[start:c.pos]
	text := quoted[1 : len(quoted)-1]
	if escaped {
		if text, err = jsontext.AppendUnquote(nil, quoted); err != nil {
			return nil, c.fail("bad name")
		}
		quoted = appendUnescaped(nil, quoted)
	}
	if !c.next(':') {
		return nil, c.fail("want ':'")
	}
	return c.known(text, quoted), nil
}

// maxNames and maxName bound what a canonicalizer remembers: an account has a few
// hundred names, and short ones, but they come from outside.
const (
	maxNames = 4096
	maxName  = 128 // bytes
)

// known finds what is known of a name. What is not known yet is remembered.
func (c *canonicalizer) known(text, quoted []byte) *name {
	n := c.names[string(text)]
	if n == nil {
		n = newName(text, quoted)
		if len(text) > maxName {
			return n
		}
		if len(c.names) >= maxNames {
			c.names, c.start, c.last = nil, name{}, &c.start
		}
		if c.names == nil {
			c.names = map[string]*name{}
		}
		c.names[string(text)] = n
	}
	c.last.next, c.last = n, n
	return n
}
