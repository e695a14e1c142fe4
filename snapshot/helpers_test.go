package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

// helper is what *testing.T and *rapid.T have in common.
type helper interface {
	Helper()
	Fatalf(format string, args ...any)
}

func newDocument(t helper, raw string) string {
	t.Helper()
	d, err := NewDocument([]byte(raw))
	if err != nil {
		t.Fatalf("NewDocument(%s): %v", raw, err)
	}
	return string(d)
}

func settingsOf(t helper, k Kind, raw string) string {
	t.Helper()
	s, err := Settings(k, Document(newDocument(t, raw)))
	if err != nil {
		t.Fatalf("Settings(%s): %v", raw, err)
	}
	return string(s)
}

// tree is a JSON object. Its values are trees, slices ([]any) or JSON text.
type tree map[string]any

// at gives the object and the name that the JSON Pointer leads to. Objects on the
// way are made.
func (o tree) at(path string) (in tree, name string) {
	steps := strings.Split(path, "/")[1:]
	for _, step := range steps[:len(steps)-1] {
		if o[step] == nil {
			o[step] = tree{}
		}
		o = o[step].(tree)
	}
	return o, steps[len(steps)-1]
}

// with is a copy of the object in which the pointer leads to the value.
func (o tree) with(path string, value any) tree {
	c := o.clone()
	in, name := c.at(path)
	in[name] = value
	return c
}

// without is a copy of the object in which the pointer leads to nothing.
func (o tree) without(path string) tree {
	c := o.clone()
	in, name := c.at(path)
	delete(in, name)
	return c
}

func (o tree) clone() tree {
	c := tree{}
	for name, v := range o {
		if inner, ok := v.(tree); ok {
			v = inner.clone()
		}
		c[name] = v
	}
	return c
}

// style is how a tree is written.
type style struct {
	order func([]string) []string // of names
	space func() string           // between tokens
	quote func(string) string     // names
}

// canonical is the style of documents.
var canonical = style{
	order: func(names []string) []string { slices.Sort(names); return names },
	space: func() string { return "" },
	quote: quote,
}

// careless is as unlike canonical as JSON may be.
var careless = style{
	order: func(names []string) []string { slices.Sort(names); slices.Reverse(names); return names },
	space: func() string { return " \r\n\t" },
	quote: escapeAll,
}

func (o tree) String() string { return canonical.write(o) }

func (s style) write(v any) string {
	switch v := v.(type) {
	case tree:
		var members []string
		for _, name := range s.order(slices.Collect(maps.Keys(v))) {
			members = append(members, s.space()+s.quote(name)+s.space()+":"+s.write(v[name]))
		}
		return s.space() + "{" + strings.Join(members, ",") + s.space() + "}" + s.space()
	case []any:
		var elements []string
		for _, e := range v {
			elements = append(elements, s.write(e))
		}
		return s.space() + "[" + strings.Join(elements, ",") + s.space() + "]" + s.space()
	default:
		return s.space() + fmt.Sprint(v) + s.space()
	}
}

// quote writes a string with no escape but those that JSON requires.
func quote(s string) string {
	b, err := jsontext.AppendQuote(nil, s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// escapeAll writes a string in nothing but escapes.
func escapeAll(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r > 0xffff {
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04X\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	b.WriteByte('"')
	return b.String()
}

// newSetting is one that the table of types does not know.
var newSetting = tree{
	"nested": []any{"1", "2.50", "\"<&>\\u2028\u2028é\""},
	"big":    "9007199254740993",
	"flag":   "true",
}

// provider has every field that its type may have, and three that nobody knows.
func provider(info TypeInfo) tree {
	o := tree{}
	for _, f := range info.Fields {
		in, name := o.at(f.Path)
		in[name] = valueOf(info.Type, f)
	}
	for _, path := range unknownSettings {
		in, name := o.at(path)
		in[name] = newSetting
	}
	return o
}

var unknownSettings = []string{"/x_new_setting", "/config/x_new_setting", "/scim_config/x_new_setting"}

func valueOf(t Type, f Field) any {
	if f.Path == "/type" {
		return quote(string(t))
	}
	switch f.Value {
	case Bool:
		return "true"
	case Set, List:
		return []any{`"b"`, `"a"`, `{"c":1.0}`}
	case Object:
		return tree{"uid": `"u"`, "n": "1"}
	default:
		return quote("the " + f.Path)
	}
}

// allTypes are the types of the table, and one that it does not know.
func allTypes() []TypeInfo {
	unknown, _ := TypeOf("x-new-type")
	return append(Types(), unknown)
}

// objects draws trees.
func objects() *rapid.Generator[tree] { return objectsOf(3) }

func objectsOf(depth int) *rapid.Generator[tree] {
	return rapid.Custom(func(t *rapid.T) tree {
		return rapid.MapOfN(names(), values(depth-1), 0, 5).Draw(t, "object")
	})
}

func names() *rapid.Generator[string] {
	odd := []string{"", "a", "a/b", "~", "~1", "-", "/", "\"", "\\", "\n", "é", "\u2028", "\ue000", "𝄞", "client_secret", "id", "config"}
	return rapid.OneOf(rapid.SampledFrom(odd), rapid.StringN(0, 4, -1))
}

func values(depth int) *rapid.Generator[any] {
	numbers := rapid.SampledFrom([]string{"0", "-0", "2.50", "9007199254740993", "1E400", "1e-7", "-1.0"})
	words := rapid.SampledFrom([]string{"true", "false", "null"})
	texts := rapid.OneOf(
		rapid.Map(rapid.String(), quote),
		rapid.Map(rapid.StringN(0, 4, -1), escapeAll),
		rapid.SampledFrom([]string{`""`, `"***"`, `"\ud800"`, `"<\u003c"`, `"(redacted)"`}),
	)
	simple := []*rapid.Generator[any]{numbers.AsAny(), words.AsAny(), texts.AsAny()}
	if depth <= 0 {
		return rapid.OneOf(simple...)
	}
	arrays := rapid.Custom(func(t *rapid.T) any { return rapid.SliceOfN(values(depth-1), 0, 4).Draw(t, "array") })
	return rapid.OneOf(append(simple, objectsOf(depth).AsAny(), arrays)...)
}
