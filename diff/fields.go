package diff

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// fieldsOf lists what differs between two reduced documents, by path: the leaves
// of objects that one of them does not have, or has otherwise. A list is one leaf,
// for what moved within it nobody can tell, unless it has as many objects of the
// same make on both sides. A document that is nil has no leaves.
func (r *reducer) fieldsOf(a, b []byte) []Field {
	r.fields = r.fields[:0]
	r.differing("", a, b, false)
	if r.passing {
		return r.fields
	}
	return slices.Clone(r.fields)
}

// differing adds what differs below a path. In a list an object that comes or goes
// is a leaf as it is, for there an empty one says something.
func (r *reducer) differing(path string, a, b []byte, inList bool) {
	if bytes.Equal(a, b) {
		return
	}
	if !isObject(a) && a != nil || !isObject(b) && b != nil || inList && (a == nil || b == nil) {
		if x, y := elementsOf(a), elementsOf(b); alike(x, y) {
			for i := range x {
				r.differing(path+"/"+strconv.Itoa(i), x[i], y[i], true)
			}
			return
		}
		r.fields = append(r.fields, Field{Path: path, Old: a, New: b})
		return
	}
	x, y := membersOf(a), membersOf(b)
	moreX, moreY := x.next(), y.next()
	if !moreX && !moreY && path != "" { // {}: the object says something by being there
		r.fields = append(r.fields, Field{Path: path, Old: a, New: b})
		return
	}
	for moreX || moreY {
		var old, updated, name []byte
		order := earlier(moreX, moreY, &x, &y)
		if order <= 0 {
			name, old = x.name, x.value
			moreX = x.next()
		}
		if order >= 0 {
			name, updated = y.name, y.value
			moreY = y.next()
		}
		if order != 0 || !bytes.Equal(old, updated) {
			r.differing(r.below(path, name), old, updated, inList)
		}
	}
}

// below gives the path of a member. Those at the top are few, and the same in all
// documents of a kind.
func (r *reducer) below(path string, name []byte) string {
	if path != "" {
		return path + "/" + escape.Replace(string(name))
	}
	at, ok := r.top[string(name)]
	if !ok {
		if r.top == nil || len(r.top) > 1000 { // names come from outside
			r.top = map[string]string{}
		}
		at = "/" + escape.Replace(string(name))
		r.top[string(name)] = at
	}
	return at
}

// escape writes a member's name as a step of a JSON Pointer.
var escape = strings.NewReplacer("~", "~0", "/", "~1")

// earlier compares the names that two objects have got to: below 0 where x's comes
// first, above where y's does.
func earlier(moreX, moreY bool, x, y *members) int {
	switch {
	case !moreX:
		return 1
	case !moreY:
		return -1
	}
	return bytes.Compare(x.name, y.name)
}

// members goes through an object of a canonical document: next leads to the first
// member, the second, …
type members struct {
	name  []byte // unescaped
	value []byte
	whole []byte // the member as it is written

	in  []byte
	pos int  // of what comes next: a name, or the bracket that shuts
	bad bool // this is no object, or not in canonical form
}

func membersOf(object []byte) members {
	return members{in: object, pos: 1, bad: len(object) > 0 && object[0] != '{'}
}

func (m *members) next() bool {
	if m.bad || m.pos >= len(m.in) || m.in[m.pos] == '}' {
		return false
	}
	start := m.pos
	end := endOfString(m.in, start)
	if m.in[start] != '"' || end < 0 || end+1 >= len(m.in) || m.in[end+1] != ':' {
		m.bad = true
		return false
	}
	m.name = unescaped(m.in[start+1 : end])
	stop := endOfValue(m.in, end+2)
	if stop < 0 || stop == end+2 {
		m.bad = true
		return false
	}
	m.value, m.whole = m.in[end+2:stop:stop], m.in[start:stop:stop]
	if m.pos = stop; m.in[stop] == ',' {
		m.pos++
	}
	return true
}

// sound reports whether all of an object was gone through, and it was one.
func (m *members) sound() bool { return !m.bad && m.pos == len(m.in)-1 && m.in[m.pos] == '}' }

// endOfValue gives where the member or element that begins at in[i] ends: the
// index of the comma or bracket after it, -1 where there is none.
func endOfValue(in []byte, i int) int {
	depth := 0
	for ; i < len(in); i++ {
		switch in[i] {
		case '"':
			if i = endOfString(in, i); i < 0 {
				return -1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

func isObject(value []byte) bool { return len(value) > 0 && value[0] == '{' }

func elementsOf(value []byte) [][]byte {
	if len(value) == 0 || value[0] != '[' {
		return nil
	}
	var list [][]byte
	for i := 1; i < len(value)-1; {
		stop := endOfValue(value, i)
		if stop < 0 {
			return nil
		}
		list = append(list, value[i:stop:stop])
		i = stop + 1
	}
	return list
}

// alike reports whether two lists are as long, and those of their elements that
// differ are objects with the same names: then one element was edited.
func alike(x, y [][]byte) bool {
	return len(x) > 0 && slices.EqualFunc(x, y, func(a, b []byte) bool {
		return bytes.Equal(a, b) || isObject(a) && isObject(b) && sameNames(a, b)
	})
}

func sameNames(a, b []byte) bool {
	x, y := membersOf(a), membersOf(b)
	for {
		moreX, moreY := x.next(), y.next()
		if !moreX || !moreY {
			return moreX == moreY
		}
		if !bytes.Equal(x.name, y.name) {
			return false
		}
	}
}

// recorded gives a value as it was compared; where it counted as absence, and
// something was recorded all the same, that: false, null, [] or {}. An object or
// list of nothing but absence stays absent.
func recorded(r *snapshot.Resource, path string, compared []byte) []byte {
	if r == nil || compared != nil {
		return compared
	}
	value := valueAt(r.Document, path)
	switch string(value) {
	case "false", "null", "[]", "{}":
		return value
	}
	return nil
}

// valueAt gives the value to which a JSON Pointer leads; nil where there is none.
func valueAt(document []byte, path string) []byte {
	value := document
	for path != "" && value != nil {
		var step string
		step, path = cutStep(path)
		value = under(value, step)
	}
	return value
}

// under gives the member or element of a value to which one step of a JSON Pointer
// leads; nil where there is none.
func under(value []byte, step string) []byte {
	if !isObject(value) {
		elements := elementsOf(value)
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(elements) {
			return elements[i]
		}
		return nil
	}
	name := unescape.Replace(step)
	for m := membersOf(value); m.next(); {
		if string(m.name) == name {
			return m.value
		}
	}
	return nil
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")
