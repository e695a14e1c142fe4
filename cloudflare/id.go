package cloudflare

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

var (
	errNoObject = errors.New("it is not an object")
	errNoID     = errors.New(`it has no "id"`)
	errEmptyID  = errors.New(`its "id" is empty`)
	errIDType   = errors.New(`its "id" is not a string`)
)

// appendID appends the "id" of a JSON object to dst. That v is valid JSON has
// been checked; here it is only skimmed, up to the id, which Cloudflare writes
// first.
func appendID(dst, v []byte) ([]byte, error) {
	id, err := member(v, "id")
	switch {
	case err != nil:
		return dst, err
	case id == nil:
		return dst, errNoID
	case id[0] != '"':
		return dst, errIDType
	case len(id) == 2:
		return dst, errEmptyID
	}
	return appendText(dst, id)
}

// appendText appends what a JSON string says.
func appendText(dst, quoted []byte) ([]byte, error) {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		return jsontext.AppendUnquote(dst, quoted)
	}
	return append(dst, quoted[1:len(quoted)-1]...), nil
}

// member finds the first member of that name in a valid JSON object and returns its
// value as it is written; nil where there is none.
func member(v []byte, name string) ([]byte, error) {
	if len(v) == 0 || v[0] != '{' {
		return nil, errNoObject
	}
	for i := skipSpace(v, 1); i < len(v) && v[i] != '}'; {
		end := skipString(v, i)
		match := sameText(v[i:end], name)
		i = skipSpace(v, skipSpace(v, end)+1) // over the colon
		end = skipValue(v, i)
		if match {
			return v[i:end], nil
		}
		i = skipSpace(v, end)
		if i < len(v) && v[i] == ',' {
			i = skipSpace(v, i+1)
		}
	}
	return nil, nil
}

// sameText tells whether a JSON string says name.
func sameText(quoted []byte, name string) bool {
	if string(quoted[1:len(quoted)-1]) == name {
		return true
	}
	// Written with escapes, it is longer; an escape takes six bytes at most.
	if len(quoted) <= len(name)+2 || len(quoted) > 6*len(name)+2 || bytes.IndexByte(quoted, '\\') < 0 {
		return false
	}
	text, err := appendText(nil, quoted)
	return err == nil && string(text) == name
}

func skipSpace(v []byte, i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\t' || v[i] == '\n' || v[i] == '\r') {
		i++
	}
	return i
}

// skipString returns where the string that begins at i ends.
func skipString(v []byte, i int) int {
	for i++; i < len(v); i++ {
		n := bytes.IndexByte(v[i:], '"')
		if n < 0 {
			break
		}
		i += n
		if !escaped(v, i) {
			return i + 1
		}
	}
	return len(v)
}

// escaped tells whether an odd number of backslashes stands before i.
func escaped(v []byte, i int) bool {
	n := 0
	for i--; i >= 0 && v[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// skipValue returns where the value that begins at i ends.
func skipValue(v []byte, i int) int {
	switch v[i] {
	case '"':
		return skipString(v, i)
	case '{', '[':
		for depth := 0; i < len(v); {
			switch v[i] {
			case '"':
				i = skipString(v, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			i++
			if depth == 0 {
				return i
			}
		}
		return len(v)
	}
	for i < len(v) && v[i] != ',' && v[i] != '}' && v[i] != ']' &&
		v[i] != ' ' && v[i] != '\t' && v[i] != '\n' && v[i] != '\r' {
		i++
	}
	return i
}
