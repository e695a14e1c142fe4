package diff_test

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// FuzzFields compares any two documents, as every kind: the fields lead from one to
// the other, and nothing else differs.
func FuzzFields(f *testing.F) {
	for _, seed := range [][2]string{
		{`{}`, `{"a":1}`},
		{`{"a":{"b":[{"c":{}}]}}`, `{"a":{"b":[{"c":{"d":1}}]}}`},
		{`{"a":[{"b":{"c":{}}}]}`, `{"a":[{"b":{}}]}`},
		{`{"a/b":1,"~":2,"":3}`, `{"a/b":2,"~":{"":1},"":{}}`},
		{`{"a\"b":"\\\"","c":"]},"}`, `{"a\"b":"\\","c":["]","}"]}`},
		{`{"\u0001":1,"b":2}`, `{"\u0002":1,"b":[]}`},
		{`{"config":{"claims":["b","a"],"sign_request":false}}`, `{"config":{"claims":["a","b"],"client_secret":"s"}}`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]), false)
	}
	f.Fuzz(func(t *testing.T, rawA, rawB []byte, all bool) {
		a, errA := snapshot.NewDocument(rawA)
		b, errB := snapshot.NewDocument(rawB)
		if errA != nil || errB != nil {
			return
		}
		half := bytes.Contains(bytes.ToLower(append(rawA, rawB...)), []byte(`\ud`)) // encoding/json loses it
		for _, k := range snapshot.Kinds() {
			if k == snapshot.IdentityProvider {
				continue
			}
			c := snapshot.Collection{Kind: k}
			if k.IsSCIM() {
				c.Provider = "p"
			}
			in := func(d snapshot.Document) *side {
				s := world("one").provider(snapshot.Okta, "p", "Okta", nil).scim("p")
				s.resources[c] = []snapshot.Resource{{Collection: c, ID: "1", Document: d}}
				return s
			}
			o := diff.Options{AllFields: all}
			r, back := compare(t, in(a), in(b), o), compare(t, in(b), in(a), o)
			was, is := reduced(t, k, a, all), reduced(t, k, b, all)
			if (len(r.Changes) > 0) != (was != is) || len(back.Changes) != len(r.Changes) {
				t.Fatalf("%s\n%s\nsays %q", was, is, says(r))
			}
			for i, ch := range r.Changes {
				if len(ch.Fields) != len(back.Changes[i].Fields) {
					t.Fatalf("%q\nand back %q", says(r), says(back))
				}
				if got := apply(t, k, was, ch.Fields); !half && got != reduced(t, k, []byte(is), true) {
					t.Fatalf("%s\nand %q\ngive %s\nwant %s", was, says(r), got, is)
				}
			}
		}
	})
}

// FuzzInline takes any two texts: the segments make up both.
func FuzzInline(f *testing.F) {
	f.Add("", "")
	f.Add("https://sso.acme.example/saml", "https://sso.acme-login.example/saml")
	f.Add("a\u0301b𝄞", "áb𝄞\x00")
	f.Add("\xff", "a")
	f.Fuzz(func(t *testing.T, old, updated string) {
		segments, ok := diff.Inline(old, updated)
		if !utf8.ValidString(old) || !utf8.ValidString(updated) {
			if ok {
				t.Fatal("characters of what is no text")
			}
			return
		}
		var was, is strings.Builder
		for _, s := range segments {
			if !utf8.ValidString(s.Text) {
				t.Fatalf("%q cuts a character", segments)
			}
			if s.Action != diff.Added {
				was.WriteString(s.Text)
			}
			if s.Action != diff.Removed {
				is.WriteString(s.Text)
			}
		}
		if ok && (was.String() != old || is.String() != updated) {
			t.Fatalf("%q makes %q and %q", segments, was.String(), is.String())
		}
	})
}

// FuzzNames takes any word for a provider and any path to ignore: nothing panics,
// and a name finds what bears it.
func FuzzNames(f *testing.F) {
	f.Add("Corp Okta", "corp *", "/config/*/b")
	f.Add("a/b[", "[", "")
	f.Add("É\x00", `\`, "//~2")
	f.Fuzz(func(t *testing.T, name, word, ignored string) {
		quoted, err := json.Marshal(name)
		if err != nil || !utf8.ValidString(name) {
			return
		}
		s := func(v string) *side {
			return world("one").provider(snapshot.Okta, "p", "", tree{"name": string(quoted), "config": tree{"a": tree{"b": v}}})
		}
		if r := compare(t, s(`1`), s(`2`), diff.Options{Providers: []string{name}}); len(r.Changes) != 1 {
			t.Fatalf("%q does not find itself", name)
		}
		_, err = path.Match(word, "")
		if (err == nil) != (diff.CheckGlob(word) == nil) {
			t.Fatal(err)
		}
		o := diff.Options{Providers: []string{word}, Ignore: []string{ignored}}
		if r, err := tryCompare(s(`1`), s(`2`), o); err == nil && len(r.Changes) > 1 {
			t.Fatalf("%q", says(r))
		}
	})
}
