package audit

import (
	"encoding/json"
	"slices"
)

// Documents come from outside: what is missing in one, or of another type than
// documented, is read as nothing.

// valueIn is what a member of a member of … a JSON object holds; nil where there is no
// such member.
func valueIn(object []byte, names ...string) json.RawMessage {
	for _, name := range names {
		var members map[string]json.RawMessage
		if json.Unmarshal(object, &members) != nil {
			return nil
		}
		object = members[name]
	}
	return object
}

// textIn is the text that valueIn finds, "" where that is no text.
func textIn(object []byte, names ...string) (s string) {
	if json.Unmarshal(valueIn(object, names...), &s) != nil {
		return ""
	}
	return s
}

// saysTrue reports whether valueIn finds true. The API leaves false out as it likes.
func saysTrue(object []byte, names ...string) bool {
	return string(valueIn(object, names...)) == "true"
}

// listIn is the list that valueIn finds.
func listIn(object []byte, names ...string) (list []json.RawMessage) {
	if json.Unmarshal(valueIn(object, names...), &list) != nil {
		return nil
	}
	return list
}

// textsIn are the texts in the list that valueIn finds.
func textsIn(object []byte, names ...string) (texts []string) {
	for _, element := range listIn(object, names...) {
		var s string
		if json.Unmarshal(element, &s) == nil && s != "" {
			texts = append(texts, s)
		}
	}
	return texts
}

// namesIn are the names of an object's members, sorted.
func namesIn(object []byte) (names []string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return nil
	}
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
