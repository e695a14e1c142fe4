package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// The functions of this file read and edit JSON text in place. Nothing is decoded and encoded again, so that
// whatever they do not touch is served byte for byte: 2.50 stays 2.50, 9007199254740993 keeps its last digit,
// and no character becomes an escape. They take text that json.Valid accepts; callers see to that.

// member is one name and value of an object, as offsets into its text.
type member struct {
	key              string
	start            int // of the name's opening quote
	valStart, valEnd int
}

// members lists the members of the object raw, in order. It returns nil for any other value.
func members(raw []byte) []member {
	i := skipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '{' {
		return nil
	}
	var out []member
	for i = skipSpace(raw, i+1); i < len(raw) && raw[i] != '}'; i = skipSpace(raw, i) {
		if raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
		m := member{start: i}
		i = skipString(raw, i)
		m.key = unquote(raw[m.start:i])
		i = skipSpace(raw, i) + 1 // the colon
		m.valStart = skipSpace(raw, i)
		m.valEnd = skipValue(raw, m.valStart)
		i = m.valEnd
		out = append(out, m)
	}
	return out
}

// elements lists the values of the array raw, and nil for any other value. They share raw's memory.
func elements(raw []byte) [][]byte {
	i := skipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '[' {
		return nil
	}
	var out [][]byte
	for i = skipSpace(raw, i+1); i < len(raw) && raw[i] != ']'; i = skipSpace(raw, i) {
		if raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
		end := skipValue(raw, i)
		out = append(out, raw[i:end:end])
		i = end
	}
	return out
}

// get finds the value at path. The result shares raw's memory.
func get(raw []byte, path ...string) ([]byte, bool) {
	for _, name := range path {
		next, ok := child(raw, name)
		if !ok {
			return nil, false
		}
		raw = next
	}
	return bytes.TrimSpace(raw), true
}

func child(raw []byte, name string) ([]byte, bool) {
	if isArray(raw) {
		all := elements(raw)
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 || n >= len(all) {
			return nil, false
		}
		return all[n], true
	}
	for _, m := range members(raw) {
		if m.key == name {
			return raw[m.valStart:m.valEnd:m.valEnd], true
		}
	}
	return nil, false
}

// getString is the string at path, or "" where there is none.
func getString(raw []byte, path ...string) string {
	value, ok := get(raw, path...)
	if !ok || len(value) == 0 || value[0] != '"' {
		return ""
	}
	return unquote(value)
}

// isTrue says whether the value at path is true.
func isTrue(raw []byte, path ...string) bool {
	value, ok := get(raw, path...)
	return ok && string(value) == "true"
}

// set returns raw with value at path; objects that are missing on the way are made. An array is entered by
// index, and a value that is no object is replaced by one.
func set(raw, value []byte, path ...string) []byte {
	if len(path) == 0 {
		return value
	}
	name, rest := path[0], path[1:]
	if isArray(raw) {
		return setElement(raw, value, name, rest)
	}
	all := members(raw)
	for _, m := range all {
		if m.key == name {
			return splice(raw, m.valStart, m.valEnd, set(raw[m.valStart:m.valEnd], value, rest...))
		}
	}
	added := append(append(quote(name), ':'), set([]byte("{}"), value, rest...)...)
	if len(all) == 0 {
		return append(append([]byte{'{'}, added...), '}')
	}
	end := all[len(all)-1].valEnd
	return splice(raw, end, end, append([]byte{','}, added...))
}

func setElement(raw, value []byte, name string, rest []string) []byte {
	all := elements(raw)
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 || n >= len(all) {
		return raw
	}
	next := slices.Clone(all)
	next[n] = set(all[n], value, rest...)
	return array(next)
}

// remove returns raw without the member at path; raw itself where there is none.
func remove(raw []byte, path ...string) []byte {
	if len(path) > 1 {
		inner, ok := child(raw, path[0])
		if !ok {
			return raw
		}
		return set(raw, remove(inner, path[1:]...), path[0])
	}
	for {
		all := members(raw)
		n := slices.IndexFunc(all, func(m member) bool { return m.key == path[0] })
		switch {
		case n < 0:
			return raw
		case n > 0:
			raw = splice(raw, all[n-1].valEnd, all[n].valEnd, nil)
		case len(all) > 1:
			raw = splice(raw, all[0].start, all[1].start, nil)
		default:
			raw = splice(raw, all[0].start, all[0].valEnd, nil)
		}
	}
}

// array joins values to an array.
func array(values [][]byte) []byte {
	return append(append([]byte{'['}, bytes.Join(values, []byte{','})...), ']')
}

// splice returns a copy of raw with raw[from:to] replaced.
func splice(raw []byte, from, to int, with []byte) []byte {
	out := make([]byte, 0, len(raw)-(to-from)+len(with))
	out = append(out, raw[:from]...)
	out = append(out, with...)
	return append(out, raw[to:]...)
}

// quote is text as a JSON string, with only those characters escaped that must be.
func quote(text string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string and a buffer: neither fails
	return bytes.TrimSpace(buf.Bytes())
}

// unquote reads a JSON string with its quotes.
func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 && len(raw) >= 2 {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	_ = json.Unmarshal(raw, &text) // valid by the contract of this file
	return text
}

// pointer splits a JSON Pointer (RFC 6901).
func pointer(p string) ([]string, bool) {
	if p == "" || p[0] != '/' {
		return nil, false
	}
	parts := strings.Split(p[1:], "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
	}
	return parts, true
}

func isObject(raw []byte) bool {
	i := skipSpace(raw, 0)
	return i < len(raw) && raw[i] == '{'
}

func isArray(raw []byte) bool {
	i := skipSpace(raw, 0)
	return i < len(raw) && raw[i] == '['
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the offset behind the string that begins at i.
func skipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// skipValue returns the offset behind the value that begins at i.
func skipValue(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i = skipString(b, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\n', '\t', '\r':
			i++
			continue
		default:
			for i < len(b) && !bytes.ContainsRune([]byte(",:]} \n\t\r"), rune(b[i])) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
	return i
}
