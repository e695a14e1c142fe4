package migrate

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/snapshot"
)

const edited1 = `{"a":{"b":[{"c":1e400},null,"x"],"~":"\u0041<&>"},"n":null,"a/b":{}}`

func TestAt(t *testing.T) {
	for pointer, want := range map[string]string{
		"":         edited1,
		"/a/b/0/c": "1e400",
		"/a/b/1":   "null",
		"/a/b/3":   "",
		"/a/b/-":   "",
		"/a/b/00":  "",
		"/a/~0":    `"\u0041<&>"`,
		"/a~1b":    "{}",
		"/n":       "null",
		"/n/x":     "",
		"/a/b/2/x": "",
		"a":        "",
	} {
		if got := string(at([]byte(edited1), pointer)); got != want {
			t.Errorf("at %q: %s, want %s", pointer, got, want)
		}
	}
	if at([]byte("{"), "") != nil {
		t.Error("something in what is not JSON")
	}
}

func TestWith(t *testing.T) {
	for _, c := range []struct{ in, pointer, value, want string }{
		{`{"b":1,"a":2}`, "/b", `{"z":1.0}`, `{"a":2,"b":{"z":1.0}}`},
		{`{}`, "/x/y/z", "false", `{"x":{"y":{"z":false}}}`},
		{`{"x":null}`, "/x/y", "1", `{"x":{"y":1}}`},
		{`{"x":[{"y":1},2]}`, "/x/0/y", `"<>&"`, `{"x":[{"y":"<>&"},2]}`},
		{`{"x":1}`, "/x", "null", `{"x":null}`},
		{`{"x":1}`, "/a~1b", "2", `{"a/b":2,"x":1}`},
		{`{"x":1}`, "", "2", `2`},
	} {
		got, err := with([]byte(c.in), c.pointer, json.RawMessage(c.value))
		if err != nil || string(got) != c.want {
			t.Errorf("with(%s, %s, %s) = %s, %v; want %s", c.in, c.pointer, c.value, got, err, c.want)
		}
	}
	for _, c := range []struct{ in, pointer, value string }{
		{`{"x":1}`, "/x/y", "1"},
		{`{"x":[]}`, "/x/0", "1"},
		{`{"x":[1]}`, "/x/-", "1"},
		{`{"x":"s"}`, "/x/y", "1"},
		{`{}`, "x", "1"},
		{`{}`, "/x", "{"},
		{`{`, "/x", "1"},
	} {
		if got, err := with([]byte(c.in), c.pointer, json.RawMessage(c.value)); err == nil {
			t.Errorf("with(%s, %s, %s) = %s, want an error", c.in, c.pointer, c.value, got)
		}
	}
}

func TestWithout(t *testing.T) {
	for _, c := range []struct{ in, pointer, want string }{
		{`{"b":1,"a":2}`, "/b", `{"a":2}`},
		{`{"x":{"y":1}}`, "/x/y", `{"x":{}}`},
		{`{"x":[1,null,3]}`, "/x/0", `{"x":[null,3]}`},
		{`{"x":1}`, "/y/z", `{"x":1}`},
		{`{"x":1}`, "/x/z", `{"x":1}`},
		{`{"x":null}`, "/x/z", `{"x":null}`},
	} {
		got, err := without([]byte(c.in), c.pointer)
		if err != nil || string(got) != c.want {
			t.Errorf("without(%s, %s) = %s, %v; want %s", c.in, c.pointer, got, err, c.want)
		}
	}
	for _, pointer := range []string{"", "x"} {
		if _, err := without([]byte("{}"), pointer); err == nil {
			t.Errorf("no error without %q", pointer)
		}
	}
}

func TestLeaves(t *testing.T) {
	got := maps.Collect(leaves([]byte(edited1)))
	want := map[string]string{"/a/b": `[{"c":1e400},null,"x"]`, "/a/~0": `"\u0041<&>"`, "/n": "null", "/a~1b": "{}"}
	if len(got) != len(want) {
		t.Fatalf("leaves: %s", slices.Collect(maps.Keys(got)))
	}
	for path, value := range want {
		if string(got[path]) != value {
			t.Errorf("%s: %s, want %s", path, got[path], value)
		}
	}
	for range leaves([]byte(edited1)) {
		break // a loop may end early
	}
}

func TestEncodeDoesNotEscapeHTML(t *testing.T) {
	got, err := encode(map[string]any{"b": "<&>", "a": json.RawMessage("1.0")})
	if want := `{"a":1.0,"b":"<&>"}`; err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	if _, err := encode(func() {}); err == nil {
		t.Error("no error for a function")
	}
}

// anyJSON draws JSON values as Go values: objects and lists of few elements, whose
// names and strings are often the given words.
func anyJSON(words []string, depth int) *rapid.Generator[any] {
	word := rapid.OneOf(rapid.SampledFrom(words), rapid.String().Filter(func(s string) bool { return !strings.ContainsRune(s, '\uFFFD') }))
	scalar := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) any { return word.Draw(t, "text") }),
		rapid.SampledFrom([]any{nil, true, false, json.Number("1.0"), json.Number("1e400"), json.Number("-0")}),
	)
	if depth == 0 {
		return scalar
	}
	inner := anyJSON(words, depth-1)
	return rapid.OneOf(scalar,
		rapid.Custom(func(t *rapid.T) any { return rapid.SliceOfN(inner, 0, 4).Draw(t, "list") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.MapOfN(word, inner, 0, 4).Draw(t, "object") }),
	)
}

// What was set is there, what was removed is not, and all else is as it was.
func TestEditingChangesNothingElse(t *testing.T) {
	words := []string{"a", "b", "a/b", "~1", "", "ü<&>", "\u2028"}
	rapid.Check(t, func(t *rapid.T) {
		raw, err := encode(rapid.MapOfN(rapid.SampledFrom(words), anyJSON(words, 3), 0, 4).Draw(t, "document"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := snapshot.NewDocument(raw)
		if err != nil {
			t.Skip(err)
		}
		before := maps.Collect(leaves(d))
		paths := slices.Sorted(maps.Keys(before))
		path := rapid.SampledFrom(paths).Draw(t, "path")
		if path == "" {
			return
		}
		set, err := with(d, path, json.RawMessage(`"new"`))
		if err != nil || string(at(set, path)) != `"new"` {
			t.Fatalf("with %s: %s, %v", path, set, err)
		}
		if back, err := with(set, path, before[path]); err != nil || string(back) != string(d) {
			t.Fatalf("%s is not what it was: %s, %v", d, back, err)
		}
		gone, err := without(set, path)
		if err != nil || at(gone, path) != nil {
			t.Fatalf("without %s: %s, %v", path, gone, err)
		}
		if back, err := with(gone, path, before[path]); err != nil || string(back) != string(d) {
			t.Fatalf("%s is not what it was: %s, %v", d, back, err)
		}
	})
}
