package snapshot

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// settings are the fields of the type that a person chooses.
func settings(info TypeInfo, v ...Value) []Field {
	var fields []Field
	for _, f := range info.Fields {
		if f.Role == Setting && (len(v) == 0 || slices.Contains(v, f.Value)) {
			fields = append(fields, f)
		}
	}
	return fields
}

// absent are the ways in which the API says that a setting is not there.
var absent = []any{`null`, tree{}, []any{}, tree{"x": tree{"y": []any{}}}}

// same reports settings that differ and should not.
func same(t *testing.T, what string, a, b tree) {
	t.Helper()
	if diff := cmp.Diff(settingsOf(t, IdentityProvider, a.String()), settingsOf(t, IdentityProvider, b.String())); diff != "" {
		t.Errorf("%s shows as a change: %s", what, diff)
	}
}

// differ reports settings that are the same and should not be.
func differ(t *testing.T, k Kind, what string, a, b tree) {
	t.Helper()
	if s := settingsOf(t, k, a.String()); s == settingsOf(t, k, b.String()) {
		t.Errorf("%s does not show: %s", what, s)
	}
}

func TestFalseIsAbsentWhereTheAPITreatsItSo(t *testing.T) {
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			for _, f := range settings(info, Bool) {
				without := provider(info).without(f.Path)
				same(t, f.Path+" false", without, without.with(f.Path, `false`))
				same(t, f.Path+" null", without, without.with(f.Path, `null`))
			}
		})
	}
}

func TestNullAndEmptyAreAbsent(t *testing.T) {
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			paths := slices.Concat(unknownSettings, []string{"/config", "/scim_config", "/scim_config/a/b", "/new"})
			for _, f := range settings(info) {
				paths = append(paths, f.Path)
			}
			for _, path := range paths {
				without := provider(info).without(path)
				for _, value := range absent {
					same(t, path+" as "+canonical.write(value), without, without.with(path, value))
				}
			}
		})
	}
}

func TestOrderOfASetMeansNothing(t *testing.T) {
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			for _, f := range settings(info, Set) {
				o := provider(info)
				same(t, f.Path+" in another order", o, o.with(f.Path, []any{`{"c":1.0}`, `"a"`, `"b"`}))
				same(t, f.Path+" with an element twice", o, o.with(f.Path, []any{`"a"`, `"b"`, `{"c":1.0}`, `"\u0061"`}))
			}
		})
	}
}

func TestWhatCloudflareComputesIsNoSetting(t *testing.T) {
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			computed := secretPaths(info)
			for _, f := range info.Fields {
				if f.Role == Computed {
					computed = append(computed, f.Path)
				}
			}
			for _, path := range computed {
				o := provider(info).with(path, `"one"`)
				same(t, path+" another", o, o.with(path, `"another"`))
				same(t, path+" absent", o, o.without(path))
				for _, value := range []any{`null`, `""`, `"****"`} {
					same(t, path+" as "+canonical.write(value), o, o.with(path, value))
				}
			}
			for _, f := range info.Fields { // of any value
				if f.Role != Setting {
					same(t, f.Path, provider(info), provider(info).with(f.Path, tree{"new": []any{`1`, `true`}}))
				}
			}
		})
	}
}

func TestHowAStringIsEscapedMeansNothing(t *testing.T) {
	for _, s := range []string{"<&>", "\u2028", "é", "𝄞", `"\/`, "\b\t\x01", "plain"} {
		o := tree{"name": quote(s), "config": tree{"claims": []any{quote(s), `"a"`}}}
		same(t, s+" escaped", o, tree{"name": escapeAll(s), "config": tree{"claims": []any{`"\u0061"`, escapeAll(s)}}})
	}
	o := tree{"name": `"a/b"`}
	same(t, "an escaped slash", o, o.with("/name", `"a\/b"`))
}

// TestEveryChangeOfASettingShows changes every setting of every type, one at a time.
func TestEveryChangeOfASettingShows(t *testing.T) {
	changes := map[Value][]any{
		Text:   {`"another"`, `""`, `null`, `true`, `1`, []any{`"a"`}, tree{"a": `"a"`}},
		Bool:   {`false`, `null`, `"true"`, `1`},
		List:   {`null`, []any{`"a"`, `"b"`, `{"c":1.0}`}, []any{`"b"`, `"a"`}, []any{`"b"`, `"a"`, `{"c":1}`}, []any{`"b"`, `null`, `"a"`, `{"c":1.0}`}},
		Set:    {`null`, []any{`"a"`, `"b"`}, []any{`"b"`, `"A"`, `{"c":1.0}`}, []any{`"b"`, `"a"`, `{"c":1.0}`, `"d"`}, []any{`"b"`, `"a"`, `{"c":1.0}`, `null`}},
		Object: {`null`, tree{"uid": `"u"`, "n": `2`}},
	}
	unknown := []struct {
		path  string
		value any
	}{
		{"/nested", []any{`1`, `2.5`, "\"<&>\u2028\u2028é\""}},
		{"/nested", []any{`2.50`, `1`, "\"<&>\u2028\u2028é\""}},
		{"/nested", []any{`1`, `2.50`, "\"<&>\u2028\u2029é\""}},
		{"/nested", []any{`1`, `2.50`, "\"<&>\u2028\u2028e\u0301\""}},
		{"/big", `9007199254740992`},
		{"/flag", `false`}, // nobody knows that false is absence here
		{"/flag", `null`},
		{"/more", `false`},
		{"/more", `""`},
		{"/more", `0`},
		{"/nested", tree{"inner": `1`}},
	}
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			o := provider(info)
			for _, f := range settings(info) {
				differ(t, IdentityProvider, f.Path+" absent", o, o.without(f.Path))
				for _, value := range changes[f.Value] {
					differ(t, IdentityProvider, f.Path+" as "+canonical.write(value), o, o.with(f.Path, value))
				}
				in, name := o.clone().at(f.Path)
				moved := o.without(f.Path).with("/config/moved_"+name, in[name])
				differ(t, IdentityProvider, f.Path+" under another name", o, moved)
			}
			for _, path := range unknownSettings {
				differ(t, IdentityProvider, path+" absent", o, o.without(path))
				for _, c := range unknown {
					differ(t, IdentityProvider, path+c.path+" as "+canonical.write(c.value), o, o.with(path, newSetting.with(c.path, c.value)))
				}
			}
		})
	}
}

func TestWhatIsComputedElsewhereIsASetting(t *testing.T) {
	o := tree{"name": `"n"`}
	for _, path := range []string{"/config/id", "/config/version", "/scim_config/uid", "/redirect_url", "/config/scim_base_url"} {
		differ(t, IdentityProvider, path, o, o.with(path, `"1"`))
	}
}

// A name that looks like a pointer is not one.
func TestOddNamesAreNotTakenForPaths(t *testing.T) {
	for _, name := range []string{
		"config/redirect_url", "scim_config/secret_id", "config~1redirect_url", "/id", "id/", "i~d", "~", "~0", "~1id", "/", "",
	} {
		o := tree{"name": `"n"`, "config": tree{"redirect_url": `"r"`}}
		odd := o.clone()
		odd[name] = `"odd"`
		differ(t, IdentityProvider, quote(name), o, odd)
	}
	for name, want := range map[string]string{"a/b": "/a~1b", "~": "/~0", "~1": "/~01", "/~/": "/~1~0~1", "": "/", "é": "/é"} {
		if got := string(appendPointer(nil, []byte(name))); got != want {
			t.Errorf("appendPointer(%q) = %s, want %s", name, got, want)
		}
	}
}

func TestSettingsOfSettingsAreThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		once := settingsOf(t, k, objects().Draw(t, "object").String())
		if twice := settingsOf(t, k, once); twice != once {
			t.Fatalf("%s\nbecame %s", once, twice)
		}
	})
}

func TestSettingsOfEachKind(t *testing.T) {
	for _, test := range []struct {
		kind           Kind
		document, want string
	}{
		{
			SCIMUser,
			`{"active":false,"displayName":"A","emails":[],"id":"1","meta":{"created":"c","lastModified":"m"},"roles":null,"userName":"a"}`,
			`{"active":false,"displayName":"A","userName":"a"}`,
		},
		{SCIMGroup, `{"displayName":"G","id":"1","meta":{"lastModified":"m"},"schemas":["s"]}`, `{"displayName":"G","schemas":["s"]}`},
		{
			Organization,
			`{"auth_domain":"a","created_at":"c","is_ui_read_only":false,"updated_at":"u"}`, `{"auth_domain":"a","is_ui_read_only":false}`,
		},
		{
			AccessApp,
			`{"allowed_idps":["b","a"],"aud":"x","created_at":"c","id":"1","name":"n","tags":["b","a"],"uid":"1","updated_at":"u"}`,
			`{"allowed_idps":["a","b"],"name":"n","tags":["b","a"]}`,
		},
		{
			AccessPolicy,
			`{"app_count":1,"created_at":"c","id":"1","include":[{"everyone":{}}],"require":[],"uid":"1","updated_at":"u"}`,
			`{"include":[{"everyone":{}}]}`,
		},
		{AccessGroup, `{"created_at":"c","id":"1","include":[{"login_method":{"id":"i"}}],"updated_at":"u"}`, `{"include":[{"login_method":{"id":"i"}}]}`},
	} {
		if diff := cmp.Diff(test.want, settingsOf(t, test.kind, test.document)); diff != "" {
			t.Errorf("%s: %s", test.kind, diff)
		}
	}
}

// The rules of Access are told apart by nothing but their names.
func TestRulesThatHoldNothingDiffer(t *testing.T) {
	rule := func(name string) tree { return tree{"include": []any{tree{name: tree{}}}} }
	differ(t, AccessPolicy, "another rule", rule("certificate"), rule("everyone"))
	differ(t, AccessGroup, "another rule", rule("certificate"), rule("everyone"))
	in := func(o tree) tree { return tree{"policies": []any{o}} }
	differ(t, AccessApp, "another rule of a policy", in(rule("certificate")), in(rule("everyone")))
}

func TestWhatIsNoObjectHasNoSettings(t *testing.T) {
	for _, d := range []string{"", "[]", `{"a":`, strings.Repeat(`{"a":`, maxDepth+1)} {
		if s, err := Settings(IdentityProvider, Document(d)); err == nil {
			t.Errorf("%s has settings: %s", d, s)
		}
	}
}

// What InSettings says of each member of a document, Settings does.
func TestInSettingsSaysWhatSettingsDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		d := newDocument(t, objects().Draw(t, "object").String())
		for name, value := range parts([]byte(d)) {
			whole := `"` + string(name) + `":` + string(value)
			counts, justSo := InSettings(k, name, value)
			got := settingsOf(t, k, "{"+whole+"}")
			switch {
			case !counts && got != "{}":
				t.Fatalf("%s: %s does not count, but gives %s", k, whole, got)
			case counts && justSo && got != "{"+whole+"}":
				t.Fatalf("%s: %s is not just so: %s", k, whole, got)
			}
		}
	})
	for whole, want := range map[string]bool{`"id":"1"`: false, `"meta":{"a":1}`: false, `"displayName":"A"`: true, `"active":false`: true} {
		name, value, _ := strings.Cut(whole[1:], `":`)
		if counts, justSo := InSettings(SCIMUser, []byte(name), []byte(value)); counts != want || counts && !justSo {
			t.Errorf("%s: %v, %v", whole, counts, justSo)
		}
	}
}

// inOneGo holds AppendDocument against NewDocument and Settings.
func inOneGo(t helper, k Kind, raw []byte) {
	t.Helper()
	before := []byte("before")
	out, settings, err := AppendDocument(before, k, raw)
	d, want := NewDocument(raw)
	if want != nil {
		if err == nil || err.Error() != want.Error() || string(out) != "before" {
			t.Fatalf("%s: %q, %v; want %v", raw, out, err, want)
		}
		return
	}
	s, want := Settings(k, d)
	if want != nil {
		t.Fatalf("%s has no settings: %v", d, want)
	}
	if err != nil || string(out) != "before"+string(d) || settings != sha256.Sum256(s) {
		t.Fatalf("%s %s\nbecame %s, %v\nwant   %s, with the settings %s", k, raw, out, err, d, s)
	}
}

func TestDocumentAndSettingsInOneGo(t *testing.T) {
	for _, raw := range []string{
		``, `[]`, `{`, `{}`, scimUser, careless.write(newSetting),
		`{"id":"1"}`, `{"meta":{}}`, `{"id":"1","a":1,"meta":{}}`, `{"meta":1,"a":{"id":1,"meta":[2]},"id":null}`, `{"\u0069d":1,"b":2}`,
		`{"a":null,"b":1}`, `{"a":[],"b":1}`, `{"a":{},"b":1}`, `{"a":"\/","b":1}`, `{"a":"(redacted)","b":1}`, `{"a":"null","b":"[]{}"}`,
		`{"secret":"s","b":1}`, `{"secret":"","b":1}`, `{"b":{"secret":""}}`, `{"b":[{"secret":null}]}`, `{"secrets":["***"],"b":1}`,
		`{"id":{"secret":"s"},"b":1}`, `{"b":` + privateKey + `}`, `{"token":["https://a","t"]}`, `{"z\"":1,"a":{"~/":2}}`,
	} {
		for _, k := range Kinds() {
			inOneGo(t, k, []byte(raw))
		}
	}
	for _, info := range allTypes() {
		for _, s := range []style{canonical, careless} {
			raw := s.write(provider(info))
			inOneGo(t, IdentityProvider, []byte(raw))
			inOneGo(t, SCIMUser, []byte(raw))
			inOneGo(t, SCIMUser, []byte(raw[:len(raw)/2]))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]style{canonical, careless}).Draw(t, "style")
		inOneGo(t, rapid.SampledFrom(Kinds()).Draw(t, "kind"), []byte(s.write(objects().Draw(t, "object"))))
	})
}

// A user, of whom anything may be otherwise than documented.
func TestUsersInOneGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		user := tree{}
		for _, name := range []string{"active", "displayName", "emails", "externalId", "id", "meta", "schemas", "userName", "x"} {
			if value := rapid.OneOf(rapid.SampledFrom([]any{nil, `"Ada"`, `true`, []any{`"a"`}}), values(2)).Draw(t, name); value != nil {
				user[name] = value
			}
		}
		s := rapid.SampledFrom([]style{canonical, careless}).Draw(t, "style")
		inOneGo(t, rapid.SampledFrom([]Kind{SCIMUser, SCIMGroup}).Draw(t, "kind"), []byte(s.write(user)))
	})
}
