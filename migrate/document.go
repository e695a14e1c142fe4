package migrate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Documents are edited as text, part by part: what is not touched stays byte for byte
// as Cloudflare sent it. Numbers keep their digits, and strings their escapes.

// member is one member of an object.
type member struct {
	name  string
	text  []byte // the name as it is written, with quotes
	value json.RawMessage
}

// at gives the value that the JSON Pointer leads to, nil where nothing is there.
func at(document []byte, pointer string) json.RawMessage {
	steps, err := stepsOf(pointer)
	if err != nil || !json.Valid(document) {
		return nil
	}
	value := json.RawMessage(bytes.TrimSpace(document))
	for _, step := range steps {
		if value = child(value, step); value == nil {
			return nil
		}
	}
	return value
}

// child is the member or element of a value that a step of a pointer leads to.
func child(value json.RawMessage, step string) json.RawMessage {
	switch kindOf(value) {
	case '{':
		for _, m := range membersOf(value) {
			if m.name == step {
				return m.value
			}
		}
	case '[':
		list := elementsOf(value)
		if i, ok := indexOf(step, len(list)); ok {
			return list[i]
		}
	}
	return nil
}

// with gives the document with a value where the pointer leads, and objects on the way
// there where there is nothing, or null. The way through a list leads to elements that
// it has. It is an error where the way leads through anything else.
func with(document []byte, pointer string, value json.RawMessage) ([]byte, error) {
	steps, err := stepsOf(pointer)
	if err != nil {
		return nil, err
	}
	if !json.Valid(document) || !json.Valid(value) {
		return nil, fmt.Errorf("set %s: not JSON", pointer)
	}
	out, err := edited(bytes.TrimSpace(document), steps, value)
	if err != nil {
		return nil, fmt.Errorf("set %s: %w", pointer, err)
	}
	return out, nil
}

// without gives the document without what the pointer leads to, if there is anything.
func without(document []byte, pointer string) ([]byte, error) {
	steps, err := stepsOf(pointer)
	if err != nil {
		return nil, err
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("remove %q: a document cannot go as a whole", pointer)
	}
	if !json.Valid(document) {
		return nil, fmt.Errorf("remove %s: not JSON", pointer)
	}
	document = bytes.TrimSpace(document)
	if at(document, pointer) == nil {
		return document, nil
	}
	out, err := edited(document, steps, nil)
	if err != nil {
		return nil, fmt.Errorf("remove %s: %w", pointer, err)
	}
	return out, nil
}

// edited is the value with another one where the steps lead; without one where that
// is nil.
func edited(value json.RawMessage, steps []string, to json.RawMessage) (json.RawMessage, error) {
	if len(steps) == 0 {
		return to, nil
	}
	step, rest := steps[0], steps[1:]
	if value == nil || kindOf(value) == 'n' {
		value = json.RawMessage("{}")
	}
	switch kindOf(value) {
	case '{':
		members := membersOf(value)
		i := slices.IndexFunc(members, func(m member) bool { return m.name == step })
		if i < 0 {
			text, err := nameText(step)
			if err != nil {
				return nil, err
			}
			i, members = len(members), append(members, member{name: step, text: text})
		}
		var err error
		if members[i].value, err = edited(members[i].value, rest, to); err != nil {
			return nil, err
		}
		return object(members), nil
	case '[':
		list := elementsOf(value)
		i, ok := indexOf(step, len(list))
		if !ok {
			return nil, fmt.Errorf("the list has no element %q", step)
		}
		var err error
		if list[i], err = edited(list[i], rest, to); err != nil {
			return nil, err
		}
		return array(list), nil
	}
	return nil, fmt.Errorf("%q would lie in %.40s", step, value)
}

// leaves yields every value that is no object, by its pointer and in the order of
// pointers' names; lists as a whole, and empty objects, too.
func leaves(document []byte) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		if json.Valid(document) {
			leavesUnder("", bytes.TrimSpace(document), yield)
		}
	}
}

func leavesUnder(pointer string, value json.RawMessage, yield func(string, json.RawMessage) bool) bool {
	members := membersOf(value)
	if len(members) == 0 {
		return yield(pointer, value)
	}
	for _, m := range sorted(members) {
		if !leavesUnder(below(pointer, m.name), m.value, yield) {
			return false
		}
	}
	return true
}

// encode writes JSON with sorted names, without escapes for HTML and without a line
// end.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// asIs undoes the two escapes that encoding/json makes and canonical JSON does not; a
// backslash goes before them, lest what follows it be taken for one.
var asIs = strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029")

// nameText is the name of a member as a canonical document has it.
func nameText(name string) ([]byte, error) {
	text, err := encode(name)
	return []byte(asIs.Replace(string(text))), err
}

// kindOf is the first byte of a value, which says what it is.
func kindOf(value []byte) byte {
	if len(value) == 0 {
		return 0
	}
	return value[0]
}

// membersOf takes an object apart; anything else has no members. The value is valid
// JSON, and so no error can occur.
func membersOf(value json.RawMessage) []member {
	if kindOf(value) != '{' {
		return nil
	}
	var all []member
	d := json.NewDecoder(bytes.NewReader(value))
	_, _ = d.Token()
	for d.More() {
		start := d.InputOffset()
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return all
		}
		m := member{name: name, text: bytes.TrimLeft(value[start:d.InputOffset()], ", \t\r\n")}
		if d.Decode(&m.value) != nil {
			return all
		}
		all = append(all, m)
	}
	return all
}

// elementsOf takes a list apart; anything else has no elements.
func elementsOf(value json.RawMessage) []json.RawMessage {
	if kindOf(value) != '[' {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(value, &list) != nil {
		return nil
	}
	for i, v := range list {
		if v == nil { // a null is read as none
			list[i] = json.RawMessage("null")
		}
	}
	return list
}

// sorted puts members in the order of their names.
func sorted(members []member) []member {
	members = slices.Clone(members)
	slices.SortStableFunc(members, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	return members
}

// object puts members together again, sorted; one without a value has gone.
func object(members []member) json.RawMessage {
	out := []byte{'{'}
	for _, m := range sorted(members) {
		if m.value == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, m.text...), ':'), m.value...)
	}
	return append(out, '}')
}

// array puts elements together again; nil ones have gone.
func array(list []json.RawMessage) json.RawMessage {
	list = slices.DeleteFunc(list, func(v json.RawMessage) bool { return v == nil })
	out := []byte{'['}
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, v...)
	}
	return append(out, ']')
}

// textAt is the string that the pointer leads to, "" where there is none.
func textAt(document []byte, pointer string) string { return textOf(at(document, pointer)) }

// textOf is the string that a value is, "" where it is none.
func textOf(value json.RawMessage) string {
	var s string
	if kindOf(value) != '"' || json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}
