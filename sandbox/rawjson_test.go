package sandbox

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestRawEdits(t *testing.T) {
	for _, c := range []struct{ raw, op, path, value, want string }{
		{`{}`, "set", "/a", `1`, `{"a":1}`},
		{` { } `, "set", "/a", `1`, `{"a":1}`},
		{`{"a": 1, "b":2.50}`, "set", "/a", `null`, `{"a": null, "b":2.50}`},
		{`{"a":1}`, "set", "/b/c/d", `"x"`, `{"a":1,"b":{"c":{"d":"x"}}}`},
		{`{"a":[{"b":1},{"b":2}]}`, "set", "/a/1/b", `3`, `{"a":[{"b":1},{"b":3}]}`},
		{`{"a":[1]}`, "set", "/a/7", `3`, `{"a":[1]}`},
		{`{"a/b~c":1}`, "set", "/a~1b~0c", `2`, `{"a/b~c":2}`},
		{`{"\u0061":1}`, "set", "/a", `2`, `{"\u0061":2}`},
		{`{"a":5}`, "set", "/a/b", `2`, `{"a":{"b":2}}`},
		{`{"a":1}`, "remove", "/a", ``, `{}`},
		{`{ "a":1 , "b":2 }`, "remove", "/a", ``, `{ "b":2 }`},
		{`{ "a":1 , "b":2 }`, "remove", "/b", ``, `{ "a":1 }`},
		{`{"a":1,"b":"}],\"","c":3}`, "remove", "/b", ``, `{"a":1,"c":3}`},
		{`{"a":1,"b":2,"a":3}`, "remove", "/a", ``, `{"b":2}`},
		{`{"a":{"b":1,"c":2}}`, "remove", "/a/b", ``, `{"a":{"c":2}}`},
		{`{"a":1}`, "remove", "/x/y", ``, `{"a":1}`},
	} {
		path, ok := pointer(c.path)
		if !ok {
			t.Fatalf("pointer %q", c.path)
		}
		got := set([]byte(c.raw), []byte(c.value), path...)
		if c.op == "remove" {
			got = remove([]byte(c.raw), path...)
		}
		if string(got) != c.want {
			t.Errorf("%s %s in %s: %s, want %s", c.op, c.path, c.raw, got, c.want)
		}
	}
}

// FuzzRaw holds the reader of raw text against encoding/json: the same members and elements, and an edit that
// leaves valid text behind.
func FuzzRaw(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.50,{"b":null}],"c":"\"}","d":{}}`, `[ [ ] , "x,y" , true ]`, ` { "é" : "\u2028" } `, `"x"`, `-1e9`, `{"":{"":""}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) || !utf8.Valid(raw) {
			t.Skip() // encoding/json replaces what is not UTF-8; here it stays
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) == nil && object != nil {
			got := map[string]string{}
			for _, m := range members(raw) {
				got[m.key] = string(raw[m.valStart:m.valEnd])
			}
			if len(got) != len(object) {
				t.Fatalf("%s: %d members, want %d", raw, len(got), len(object))
			}
			for key, value := range object {
				if diff := cmp.Diff(string(value), got[key]); diff != "" {
					t.Errorf("%q: %s", key, diff)
				}
				if changed := set(raw, []byte(`[1]`), key); !json.Valid(changed) {
					t.Errorf("set %q in %s: %s", key, raw, changed)
				}
				if less := remove(raw, key); !json.Valid(less) || len(members(less)) >= len(members(raw)) {
					t.Errorf("remove %q from %s: %s", key, raw, less)
				}
			}
		}
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			var got []json.RawMessage
			for _, e := range elements(raw) {
				got = append(got, e)
			}
			if len(got) != len(list) || len(list) > 0 && cmp.Diff(list, got) != "" {
				t.Errorf("%s: %s, want %s", raw, got, list)
			}
		}
	})
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"url":"/client/v4/accounts/a/access/apps","response":{"success":true,"result":[{"id":"a"}]}}`))
	f.Add([]byte(`{"snapshot":{"target":"account:z"},"resources":[{"kind":"scim_user","id":"u","provider_id":"p","document":{"id":"u","a":"(redacted)"}}]}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		s := New(Options{})
		_ = s.Load(data) // it may refuse and must not panic
		_ = s.Targets()
	})
}
