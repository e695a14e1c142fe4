package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
)

// A list of objects is gone into as far as it tells what was edited, and no further.
func TestFieldsOfLists(t *testing.T) {
	for _, c := range []struct {
		old, updated string
		want         []string
	}{
		{`[{"x":{"b":{"c":1}}}]`, `[{"x":{}}]`, []string{`/x/0/x/b {"c":1} > nothing`}},
		{`[{"x":{}}]`, `[{"x":{"b":{"c":1}}}]`, []string{`/x/0/x/b nothing > {"c":1}`}},
		{`[{"x":{"b":{}}}]`, `[{"x":{}}]`, []string{`/x/0/x/b {} > nothing`}},
		{`[{"x":{"b":{}}}]`, `[{"x":{"b":1}}]`, []string{`/x/0/x/b {} > 1`}},
		{`[{"x":{}}]`, `[{"x":[]}]`, []string{`/x [{"x":{}}] > [{}]`}},
		{`[{"everyone":{}}]`, `[{}]`, []string{`/x [{"everyone":{}}] > [{}]`}},
		{`[[{"a":1}]]`, `[[{"a":2}]]`, []string{`/x [[{"a":1}]] > [[{"a":2}]]`}},
		{`[{"a":[{"b":1}]}]`, `[{"a":[{"b":2}]}]`, []string{`/x/0/a/0/b 1 > 2`}},
		{`{"a":{"b":1}}`, `{"a":{}}`, []string{`/x/a/b 1 > nothing`}},
		{`{"a":{}}`, `{"a":1}`, []string{`/x/a {} > 1`}},
		{`{"a":null}`, `{"a":1}`, []string{`/x/a null > 1`}},
		{`[]`, `[1]`, []string{`/x [] > [1]`}},
		{`null`, `{"a":1}`, []string{`/x/a nothing > 1`}},
		// Inside of a list what counts as absence is not told from it.
		{`[{"a":null,"b":1}]`, `[{"b":2}]`, []string{`/x/0/b 1 > 2`}},
		{`[{"a":null,"b":1}]`, `[{"c":2}]`, []string{`/x [{"b":1}] > [{"c":2}]`}},
		// Nor is an object of nothing but absence.
		{`{"a":[[]],"b":{"c":null}}`, `{"b":{"c":1}}`, []string{`/x/a [[]] > nothing`, `/x/b/c null > 1`}},
	} {
		ch := named(app, "x", c.old, c.updated).result(t, diff.Options{}).Changes
		var got []string
		for _, f := range ch[0].Fields {
			got = append(got, f.Path+" "+or(f.Old)+" > "+or(f.New))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s > %s: %s", c.old, c.updated, d)
		}
		was, is := `{"x":`+c.old+`}`, `{"x":`+c.updated+`}`
		if got, want := apply(t, app, reduced(t, app, []byte(was), false), ch[0].Fields), reduced(t, app, []byte(is), false); got != want {
			t.Errorf("%s and %+v give %s, want %s", was, ch[0].Fields, got, want)
		}
	}
}
