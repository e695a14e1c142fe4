package diff

import (
	"bytes"
	"encoding/json"

	"github.com/idpsnap/idpsnap/snapshot"
)

// translated is a resource of a with the ids of b in place of a's own, where both
// targets have the thing that is named: an app names providers and policies, a
// policy names groups, and in another target the same things have other ids. An id
// counts only where it is a whole string; it may be the name of a member, as in
// name_by_idp.
func translated(r *snapshot.Resource, ids map[string]string) *snapshot.Resource {
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
	for i++; i < len(d); i++ {
		switch d[i] {
		case '"':
			return i
		case '\\':
			i++
		}
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
