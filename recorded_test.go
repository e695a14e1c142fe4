package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// checkPreserved says which objects of a recorded answer do not stand in a state,
// with every field, byte for byte but for the order of keys and white space.
func checkPreserved(stateJSON, recorded []byte) error {
	var s state
	if err := json.Unmarshal(stateJSON, &s); err != nil {
		return fmt.Errorf("state: %w", err)
	}
	var recording struct {
		Response struct{ Result []json.RawMessage }
	}
	if err := json.Unmarshal(recorded, &recording); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	if len(recording.Response.Result) == 0 {
		return fmt.Errorf("the recording is empty")
	}
	for _, object := range recording.Response.Result {
		var named struct{ ID string }
		if err := json.Unmarshal(object, &named); err != nil {
			return err
		}
		want := sorted(object)
		var got []string
		for _, r := range s.Resources {
			if r.ID == named.ID {
				got = append(got, string(r.Document))
			}
		}
		if len(got) != 1 || got[0] != want {
			return fmt.Errorf("%s was recorded as\n%s\nand is shown as\n%s", named.ID, want, got)
		}
	}
	return nil
}

// sorted is JSON with keys sorted, without white space, and with every string and
// number as it was written: what a document is to be, found in another way than
// package snapshot does it.
func sorted(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	var b bytes.Buffer
	switch raw[0] {
	case '{':
		var object map[string]json.RawMessage
		must(json.Unmarshal(raw, &object))
		for i, key := range slices.Sorted(maps.Keys(object)) {
			fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], key, sorted(object[key]))
		}
		if len(object) == 0 {
			b.WriteByte('{')
		}
		b.WriteByte('}')
	case '[':
		var list []json.RawMessage
		must(json.Unmarshal(raw, &list))
		for i, element := range list {
			fmt.Fprintf(&b, "%c%s", "[,"[min(i, 1)], sorted(element))
		}
		if len(list) == 0 {
			b.WriteByte('[')
		}
		b.WriteByte(']')
	default:
		return string(raw)
	}
	return b.String()
}
