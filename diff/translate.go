package diff

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// translation says what stands in place of ids where a and b are different targets.
type translation struct {
	ofA map[string]string // ids of a, and what they are in b
	ofB map[string]string // only those that nobody can tell apart
}

func newTranslation() translation {
	return translation{ofA: map[string]string{}, ofB: map[string]string{}}
}

// add notes that an id of a's is another one in b.
func (t translation) add(p snapshot.Pair) {
	if p.A != nil && p.B != nil && p.A.ID != p.B.ID {
		t.ofA[p.A.ID] = p.B.ID
	}
}

// blur makes the ids of each set one and the same on both sides: whoever names one of
// them may well mean the same as before.
func (t translation) blur(sets []Ambiguity) {
	for _, set := range sets {
		one := "one of " + strings.Join(slices.Concat(set.A, set.B), ", ")
		for _, id := range set.A {
			t.ofA[id] = one
		}
		for _, id := range set.B {
			t.ofB[id] = one
		}
	}
}

// unknownPolicy stands for the policies in apps where one of the targets has no list
// of policies to tell which they are.
const unknownPolicy = "unknown policy"

// translate notes what the ids of a kind are in the other target.
func (c *comparison) translate(k snapshot.Kind, m matching) {
	for _, p := range m.pairs {
		c.translation.add(p)
	}
	c.translation.blur(m.sets)
	if k != snapshot.AccessApp || !c.lacks(snapshot.AccessPolicy) {
		return
	}
	for _, p := range m.pairs {
		for id := range policiesOf(p.A) {
			c.translation.ofA[id] = unknownPolicy
		}
		for id := range policiesOf(p.B) {
			c.translation.ofB[id] = unknownPolicy
		}
	}
}

// policiesOf yields the ids of the policies that an app repeats.
func policiesOf(app *snapshot.Resource) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range elementsOf(under(app.Document, "policies")) {
			if id := text(under(p, "id")); id != "" && !yield(id) {
				return
			}
		}
	}
}

// translated is a resource of a with the ids of b in place of a's own, where both
// targets have the thing that is named: an app names providers and policies, a
// policy names groups, and in another target the same things have other ids. An id
// counts only where it is a whole string; it may be the name of a member, as in
// name_by_idp.
func translated(r *snapshot.Resource, ids map[string]string) *snapshot.Resource {
	if len(ids) == 0 {
		return r
	}
	d := r.Document
	var out []byte
	done := 0
	for i := 0; i < len(d); i++ {
		if d[i] != '"' {
			continue
		}
		start := i
		i = endOfString(d, i)
		if i < 0 {
			return r
		}
		to, ok := ids[string(unescaped(d[start+1:i]))]
		if !ok {
			continue
		}
		quoted, err := json.Marshal(to)
		if err != nil {
			return r
		}
		out = append(append(out, d[done:start]...), quoted...)
		done = i + 1
	}
	if out == nil {
		return r
	}
	// Names may have changed places. Where two became one, a names things of b's: then
	// nothing is known of what it means.
	document, err := snapshot.NewDocument(append(out, d[done:]...))
	if err != nil {
		return r
	}
	t := *r
	t.Document = document
	return &t
}

// endOfString gives where the string that begins at d[i] ends: the index of its
// last quote, -1 where there is none.
func endOfString(d []byte, i int) int {
	for i++; i < len(d); {
		n := bytes.IndexByte(d[i:], '"')
		if n < 0 {
			return -1
		}
		escapes := 0
		for n-escapes > 0 && d[i+n-escapes-1] == '\\' {
			escapes++
		}
		if i += n; escapes%2 == 0 {
			return i
		}
		i++
	}
	return -1
}

// unescaped is the text of a string that JSON writes as text between quotes.
func unescaped(text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	var s string
	quoted := append(append([]byte{'"'}, text...), '"')
	if json.Unmarshal(quoted, &s) != nil {
		return text
	}
	return []byte(s)
}
