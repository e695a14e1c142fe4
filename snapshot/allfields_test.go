package snapshot

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func allFieldsOf(t helper, k Kind, raw string) string {
	t.Helper()
	s, err := AllFields(k, Document(newDocument(t, raw)))
	if err != nil {
		t.Fatalf("AllFields(%s): %v", raw, err)
	}
	return string(s)
}

func TestAllFieldsHaveWhatIsComputedAndNoSecret(t *testing.T) {
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			for _, f := range info.Fields {
				o := tree{"name": `"n"`}
				bare := allFieldsOf(t, IdentityProvider, o.String())
				for _, value := range []any{`"one"`, `1`, `true`, tree{"new": []any{`1`, `"one"`}}} {
					with := allFieldsOf(t, IdentityProvider, o.with(f.Path, value).String())
					if shown := with != bare; shown != (f.Role != Secret) {
						t.Errorf("%s as %s: %s", f.Path, canonical.write(value), with)
					}
				}
				for _, value := range absent {
					if with := allFieldsOf(t, IdentityProvider, o.without(f.Path).with(f.Path, value).String()); with != allFieldsOf(t, IdentityProvider, o.without(f.Path).String()) {
						t.Errorf("%s as %s is not absent: %s", f.Path, canonical.write(value), with)
					}
				}
				if f.Value == Bool {
					if with := allFieldsOf(t, IdentityProvider, o.with(f.Path, `false`).String()); with != bare {
						t.Errorf("%s false is not absent: %s", f.Path, with)
					}
				}
			}
			secrets := []string{}
			for _, path := range secretPaths(info) {
				if with := allFieldsOf(t, IdentityProvider, tree{}.with(path, `"s3cret"`).String()); with != "{}" {
					secrets = append(secrets, with)
				}
			}
			if len(secrets) > 0 {
				t.Errorf("shows secrets: %q", secrets)
			}
		})
	}
}

func TestAllFieldsOfEachKind(t *testing.T) {
	const document = `{"app_count":1,"aud":"x","created_at":"c","id":"1","meta":{"lastModified":"m"},"tags":["b","a"],"uid":"u","updated_at":"u"}`
	for _, k := range append(Kinds(), "x_new_kind") {
		if d := cmp.Diff(document, allFieldsOf(t, k, document)); d != "" {
			t.Errorf("%s: %s", k, d)
		}
	}
}

// What is a setting is one of all fields, and in nothing else do these differ.
func TestSettingsOfAllFieldsAreTheSettings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		raw := objects().Draw(t, "object").String()
		all := allFieldsOf(t, k, raw)
		if got, want := settingsOf(t, k, all), settingsOf(t, k, raw); got != want {
			t.Fatalf("%s\nof %s\nwant %s", got, all, want)
		}
		if again := allFieldsOf(t, k, all); again != all {
			t.Fatalf("%s\nbecame %s", all, again)
		}
	})
}

// An app repeats the policies that it uses, with what Cloudflare computes of them.
func TestAnAppsPoliciesAreComparedByTheirSettings(t *testing.T) {
	app := func(policy string) string { return `{"policies":[{"id":"1"},` + policy + `]}` }
	want := settingsOf(t, AccessApp, app(`{"decision":"allow","id":"2","include":[{"everyone":{}}]}`))
	for _, same := range []string{
		`{"app_count":9,"created_at":"c","decision":"allow","id":"2","include":[{"everyone":{}}],"uid":"2","updated_at":"u"}`,
		`{"app_count":null,"decision":"allow","exclude":[],"id":"2","include":[{"everyone":{}}]}`,
	} {
		if d := cmp.Diff(want, settingsOf(t, AccessApp, app(same))); d != "" {
			t.Errorf("%s: %s", same, d)
		}
	}
	for _, other := range []string{
		`{"decision":"deny","id":"2","include":[{"everyone":{}}]}`,
		`{"decision":"allow","id":"3","include":[{"everyone":{}}]}`,
		`{"decision":"allow","id":"2","include":[{"everyone":{"uid":"x"}}]}`,
		`{"decision":"allow","id":"2","include":[{"certificate":{}}]}`,
		`{"decision":"allow","id":"2","include":[{"everyone":{}}],"policies":[{"uid":"u"}]}`,
	} {
		if settingsOf(t, AccessApp, app(other)) == want {
			t.Errorf("%s does not show", other)
		}
	}
	// Their order decides which of them applies.
	if settingsOf(t, AccessApp, `{"policies":[{"id":"1"},{"id":"2"}]}`) == settingsOf(t, AccessApp, `{"policies":[{"id":"2"},{"id":"1"}]}`) {
		t.Error("the order of policies does not show")
	}
	if settingsOf(t, AccessPolicy, `{"policies":[{"uid":"1"}]}`) == settingsOf(t, AccessPolicy, `{"policies":[{"uid":"2"}]}`) {
		t.Error("a rule for apps holds for policies")
	}
}

func TestModified(t *testing.T) {
	for raw, want := range map[string]string{
		`{"meta":{"created":"c","lastModified":"m\u0061"}}`: "ma",
		`{"meta":{"lastModified":1}}`:                       "",
		`{"meta":"lastModified"}`:                           "",
		`{"meta":["lastModified"]}`:                         "",
		`{"lastModified":"m"}`:                              "",
		`{}`:                                                "",
	} {
		for _, k := range Kinds() {
			of := want
			if !k.IsSCIM() {
				of = ""
			}
			r := Resource{Collection: Collection{Kind: k}, Document: Document(newDocument(t, raw))}
			if got := r.Summary().Modified; got != of {
				t.Errorf("%s %s: %q, want %q", k, raw, got, of)
			}
		}
	}
}

// Put together again, the parts of a value are the value.
func TestPartsMakeUpTheValue(t *testing.T) {
	var whole func(value []byte) string
	whole = func(value []byte) string {
		var list []string
		for name, v := range parts(value) {
			text := whole(v)
			if value[0] == '{' {
				text = `"` + string(name) + `":` + text
			}
			list = append(list, text)
		}
		switch value[0] {
		case '{', '[':
			out := value[:1:1]
			for i, text := range list {
				if i > 0 {
					out = append(out, ',')
				}
				out = append(out, text...)
			}
			return string(append(out, value[len(value)-1]))
		default:
			if len(list) > 0 {
				return "parts of what has none"
			}
			return string(value)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := newDocument(t, objects().Draw(t, "object").String())
		if got := whole([]byte(d)); got != d {
			t.Fatalf("%s\nmade up of %s", d, got)
		}
	})
	var first []string
	for name := range parts([]byte(`{"a":1,"b":2}`)) {
		first = append(first, string(name))
		break
	}
	if !slices.Equal(first, []string{"a"}) {
		t.Error(first)
	}
}
