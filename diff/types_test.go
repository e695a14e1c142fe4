package diff_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// allTypes are the types of the table, and one that it does not know.
func allTypes() []snapshot.TypeInfo {
	unknown, _ := snapshot.TypeOf("x-new-type")
	return append(snapshot.Types(), unknown)
}

// bare is a provider with nothing but what every provider has.
func bare(t snapshot.Type) tree {
	return tree{"type": quote(string(t)), "name": `"Corp"`, "version": `"1"`, "config": tree{"bare": `1`}}
}

func one(o tree) *side {
	return world("one").add(snapshot.Collection{Kind: snapshot.IdentityProvider}, "p", o)
}

// shows reports anything but one change of one setting, or one that nobody weighed.
func shows(t *testing.T, a, b tree, path string, old, updated any) {
	t.Helper()
	r := compare(t, one(a), one(b), diff.Options{})
	text := func(v any) string {
		if v == nil {
			return "nothing"
		}
		return write(v)
	}
	want := []string{fmt.Sprintf("changed identity_provider p: %s %s > %s", path, text(old), text(updated))}
	if d := cmp.Diff(want, says(r)); d != "" {
		t.Fatalf("%s > %s: %s", text(old), text(updated), d)
	}
	f, ch := r.Changes[0].Fields[0], r.Changes[0]
	if f.Severity < diff.Low || f.Rule == "" || ch.Severity != f.Severity || ch.Rule != "" || !r.Complete() {
		t.Errorf("%s > %s: %+v", text(old), text(updated), ch)
	}
}

// hides reports any change.
func hides(t *testing.T, what string, a, b tree) {
	t.Helper()
	if r := compare(t, one(a), one(b), diff.Options{}); len(r.Changes) > 0 || !r.Complete() {
		t.Errorf("%s shows: %q", what, says(r))
	}
	if r := compare(t, one(b), one(a), diff.Options{}); len(r.Changes) > 0 || !r.Complete() {
		t.Errorf("%s, the other way round, shows: %q", what, says(r))
	}
}

// TestEverySettingOfEveryTypeShowsByItsPath changes, adds and removes each
// documented setting of each type, one at a time.
func TestEverySettingOfEveryTypeShowsByItsPath(t *testing.T) {
	values := map[snapshot.Value][2]any{
		snapshot.Text:   {`"one"`, `"two"`},
		snapshot.Bool:   {`true`, `"no"`},
		snapshot.List:   {[]any{`"b"`, `"a"`}, []any{`"a"`, `"b"`}},
		snapshot.Set:    {[]any{`"a"`, `"b"`}, []any{`"a"`, `"c"`}},
		snapshot.Object: {`1`, `2`},
	}
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			for _, f := range info.Fields {
				if f.Role != snapshot.Setting {
					continue
				}
				v := values[f.Value]
				o := bare(info.Type).without(f.Path)
				shows(t, o.with(f.Path, v[0]), o.with(f.Path, v[1]), f.Path, v[0], v[1])
				shows(t, o, o.with(f.Path, v[0]), f.Path, nil, v[0])
				shows(t, o.with(f.Path, v[0]), o, f.Path, v[0], nil)
				if f.Value == snapshot.Bool {
					shows(t, o.with(f.Path, `true`), o.with(f.Path, `false`), f.Path, `true`, `false`)
					shows(t, o.with(f.Path, `true`), o.with(f.Path, `null`), f.Path, `true`, `null`)
				}
			}
		})
	}
}

func TestWhatNobodyKnowsShowsLikeAnySetting(t *testing.T) {
	values := []any{
		`"one"`, `""`, `0`, `1.50`, `true`, `false`, `"9007199254740993"`, `9007199254740993`,
		[]any{`"a"`, `1`},
		[]any{`"a"`, `null`},
		[]any{[]any{}},
		[]any{tree{}},
	}
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			for _, path := range []string{"/x", "/config/x", "/scim_config/x", "/config/x/y/z", "/new/deep/x"} {
				o := bare(info.Type)
				for i, v := range values {
					shows(t, o, o.with(path, v), path, nil, v)
					shows(t, o.with(path, v), o, path, v, nil)
					if next := values[(i+1)%len(values)]; i < 8 {
						shows(t, o.with(path, v), o.with(path, next), path, v, next)
					}
				}
				in := func(n any) tree { return o.with(path, []any{tree{"n": `0`}, tree{"a/b~c": n, "k": `"k"`}}) }
				shows(t, in(`1`), in(`2`), path+"/1/a~1b~0c", `1`, `2`)
				shows(t, in(tree{"v": `1`}), in(tree{"v": `2`}), path+"/1/a~1b~0c/v", `1`, `2`)
			}
			o := bare(info.Type)
			shows(t, o, o.with("/config/x", tree{"y": `1`}), "/config/x/y", nil, `1`)
			shows(t, o.with("/config/x", tree{"y": `1`}), o.with("/config/x", `"y"`), "/config/x", tree{"y": `1`}, `"y"`)
			shows(t, o.with("/config/x", []any{tree{"y": `1`}}), o.with("/config/x", []any{tree{"z": `1`}}), "/config/x",
				[]any{tree{"y": `1`}}, []any{tree{"z": `1`}})
		})
	}
}

func TestWhatIsComputedOrSecretIsNoChange(t *testing.T) {
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			for _, f := range info.Fields {
				if f.Role == snapshot.Setting || f.Path == "/id" {
					continue
				}
				o := bare(info.Type).without(f.Path)
				for _, v := range []any{`"one"`, `"****"`, `""`, `null`, `7`, `true`, tree{"uid": `"u"`}, []any{`"s"`}} {
					hides(t, f.Path+" as "+write(v), o, o.with(f.Path, v))
				}
				hides(t, f.Path, o.with(f.Path, `"one"`), o.with(f.Path, `"another"`))
				all := compare(t, one(o), one(o.with(f.Path, `7`)), diff.Options{AllFields: true})
				if shown := len(all.Changes) == 1; shown != (f.Role == snapshot.Computed) {
					t.Errorf("with all fields, %s: %q", f.Path, says(all))
				}
			}
			for _, path := range []string{"/config/new_client_secret", "/config/apiKey", "/scim_config/token", "/password"} {
				o := bare(info.Type)
				hides(t, path, o.with(path, `"one"`), o.with(path, `"another"`))
				hides(t, path, o, o.with(path, `"one"`))
			}
		})
	}
}

func TestWaysToSayNothingAreNoChange(t *testing.T) {
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			o := bare(info.Type)
			for _, f := range info.Fields {
				if f.Role == snapshot.Setting {
					o := o.without(f.Path)
					for _, v := range []any{`null`, []any{}, tree{}, tree{"x": []any{}}} {
						hides(t, f.Path+" as "+write(v), o, o.with(f.Path, v))
					}
				}
				switch f.Value {
				case snapshot.Bool:
					hides(t, f.Path+" false", o.without(f.Path), o.with(f.Path, `false`))
					hides(t, f.Path+" null for false", o.with(f.Path, `null`), o.with(f.Path, `false`))
				case snapshot.Set:
					a := []any{`"b"`, `"a"`, `"c"`}
					hides(t, f.Path+" in another order", o.with(f.Path, a), o.with(f.Path, []any{`"a"`, `"c"`, `"b"`, `"a"`}))
				default:
				}
			}
			moved := o.with("/version", `"2"`).with("/config/redirect_url", `"https://new.example"`).
				with("/saml_certificate_set", tree{"uid": `"u"`}).with("/scim_config/scim_base_url", `"https://s.example"`).with("/read_only", `true`)
			hides(t, "what Cloudflare computes", o, moved)
		})
	}
}

func TestLastModifiedAloneIsNoChange(t *testing.T) {
	s := func(when, name string) *side {
		o := tree{"displayName": quote(name), "meta": tree{"created": `"c"`, "lastModified": quote(when)}}
		return world("one").provider(snapshot.Okta, "p", "Okta", nil).scim("p").user("p", "u", o).group("p", "g", o)
	}
	if r := compare(t, s("monday", "A"), s("tuesday", "A"), diff.Options{}); len(r.Changes) > 0 {
		t.Errorf("a sync shows: %q", says(r))
	}
	r := compare(t, s("monday", "A"), s("tuesday", "B"), diff.Options{})
	for _, ch := range r.Changes {
		if ch.Modified != "tuesday" || ch.ProviderName != "Okta" || ch.Name != "B" || ch.Title() != "B" {
			t.Errorf("%+v", ch)
		}
	}
	all := compare(t, s("monday", "A"), s("tuesday", "A"), diff.Options{AllFields: true})
	if d := cmp.Diff([]string{
		`changed scim_user of p u: /meta/lastModified "monday" > "tuesday"`,
		`changed scim_group of p g: /meta/lastModified "monday" > "tuesday"`,
	}, says(all)); d != "" || len(r.Changes) != 2 {
		t.Error(d)
	}
}
