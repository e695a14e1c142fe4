package diff_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// people is a state with the SCIM users of one provider, by id.
func people(account, provider string, users map[string]tree) *side {
	s := world(account).provider(snapshot.Okta, provider, "Okta", nil).scim(provider)
	for id, o := range users {
		s.user(provider, id, o)
	}
	return s
}

func person(external, mail, name string) tree {
	return tree{"externalId": quote(external), "displayName": quote(name), "emails": []any{
		tree{"value": `"old@x"`}, tree{"value": quote(mail), "primary": `true`},
	}}
}

func TestWhatIsTheSameInAnotherTarget(t *testing.T) {
	for name, c := range map[string]struct {
		a, b *side
		want []string
	}{
		"there is one one-time PIN": {
			world("one").provider(snapshot.OneTimePIN, "a", "PIN", nil), world("two").provider(snapshot.OneTimePIN, "b", "Mail", nil),
			[]string{`changed identity_provider a > b: /name "PIN" > "Mail"`},
		},
		"there is one cloudflare": {
			world("one").provider(snapshot.Cloudflare, "a", "", nil), world("two").provider(snapshot.Cloudflare, "b", "Members", nil),
			[]string{`changed identity_provider a > b: /name "" > "Members"`},
		},
		"a provider by type and name": {
			world("one").provider(snapshot.Okta, "a", "Corp", nil).provider(snapshot.SAML, "a2", "Corp", nil),
			world("two").provider(snapshot.SAML, "b2", "Corp", nil).provider(snapshot.Okta, "b", "corp", nil),
			[]string{"removed identity_provider a", "added identity_provider b"},
		},
		"no provider by a name that is none": {
			world("one").provider(snapshot.Okta, "a", "", nil).provider(snapshot.SAML, "a2", "  ", nil),
			world("two").provider(snapshot.Okta, "b", "", nil).provider(snapshot.SAML, "b2", "  ", nil),
			[]string{"removed identity_provider a", "added identity_provider b", "removed identity_provider a2", "added identity_provider b2"},
		},
		"nothing by id": {
			world("one").provider(snapshot.Okta, "a", "A", nil).of(app, "x", tree{"name": `"A"`}),
			world("two").provider(snapshot.Okta, "a", "B", nil).of(app, "x", tree{"name": `"B"`}),
			[]string{"removed identity_provider a", "added identity_provider a", "removed access_app x", "added access_app x"},
		},
		"a user by externalId before e-mail": {
			people("one", "a", map[string]tree{"1": person("e1", "m1", "n")}),
			people("two", "b", map[string]tree{"3": person("", "m1", "n"), "2": person("e1", "m2", "n")}),
			[]string{
				`changed scim_user of a 1 > 2: /emails/1/value "m1" > "m2"`,
				"added scim_user of b 3",
			},
		},
		"a user by e-mail, whatever the case": {
			people("one", "a", map[string]tree{"1": person("", "Ada@X.example", "n")}),
			people("two", "b", map[string]tree{"2": person("e9", "ada@x.EXAMPLE", "n")}),
			[]string{
				`changed scim_user of a 1 > 2: /emails/1/value "Ada@X.example" > "ada@x.EXAMPLE"`,
				`changed scim_user of a 1 > 2: /externalId "" > "e9"`,
			},
		},
		"a group by externalId, then name": {
			world("one").provider(snapshot.Okta, "a", "Okta", nil).scim("a").
				group("a", "1", tree{"externalId": `"e"`, "displayName": `"x"`}).group("a", "2", tree{"displayName": `"y"`}),
			world("two").provider(snapshot.Okta, "b", "Okta", nil).scim("b").
				group("b", "3", tree{"externalId": `"e"`, "displayName": `"y"`}).group("b", "4", tree{"displayName": `"y"`}),
			[]string{`changed scim_group of a 1 > 3: /displayName "x" > "y"`},
		},
		"the organization": {
			world("one").of(organization, "organization", tree{"name": `"a"`}), world("two").of(organization, "organization", tree{"name": `"b"`}),
			[]string{`changed organization organization: /name "a" > "b"`},
		},
	} {
		if d := cmp.Diff(c.want, says(compare(t, c.a, c.b, diff.Options{}))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestAProviderThatWasCreatedAgainIsFoundWithItsPeople(t *testing.T) {
	a := people("one", "old", map[string]tree{"1": person("e1", "m1", "Ada"), "2": person("", "m2", "Bob"), "3": person("e3", "m3", "Cy")})
	b := people("one", "new", map[string]tree{"7": person("e1", "m1", "Ada"), "8": person("", "M2", "Bob"), "9": person("e9", "m9", "Di")})
	r := compare(t, a, b, diff.Options{})
	if d := cmp.Diff([]string{
		"changed identity_provider old > new",
		`changed scim_user of old 2 > 8: /emails/1/value "m2" > "M2"`,
		"removed scim_user of old 3",
		"added scim_user of new 9",
	}, says(r)); d != "" {
		t.Error(d)
	}
	if !r.Complete() || r.Changes[0].Severity != diff.High {
		t.Errorf("%+v", r.Changes[0])
	}
	for _, ch := range r.Changes[1:] {
		if ch.ProviderName != "Okta" {
			t.Errorf("%+v", ch)
		}
	}
	// One that is still there is not taken for another.
	b.provider(snapshot.Okta, "old", "Renamed", nil)
	if got := says(compare(t, a, b, diff.Options{}))[:2]; !slices.Equal(got, []string{"added identity_provider new", `changed identity_provider old: /name "Okta" > "Renamed"`}) {
		t.Errorf("%q", got)
	}
}

func TestWhatPairsWithMoreThanOneIsAmbiguous(t *testing.T) {
	two := func(k snapshot.Kind, account, field, value string, ids ...string) *side {
		provider := "provider of " + account
		s := world(account).provider(snapshot.Okta, provider, "Okta", nil).scim(provider)
		c := snapshot.Collection{Kind: k}
		if k.IsSCIM() {
			c.Provider = provider
		}
		for _, id := range ids {
			s.add(c, id, tree{"type": `"saml"`, "x": quote("of " + id)}.with(field, quote(value)))
		}
		return s
	}
	for _, c := range []struct {
		kind  snapshot.Kind
		field string
	}{
		{snapshot.IdentityProvider, "/name"},
		{snapshot.SCIMUser, "/externalId"},
		{snapshot.SCIMGroup, "/externalId"},
		{snapshot.SCIMGroup, "/displayName"},
		{snapshot.AccessApp, "/name"},
		{snapshot.AccessPolicy, "/name"},
		{snapshot.AccessGroup, "/name"},
	} {
		for _, ids := range [][2]string{{"1 2", "3"}, {"1", "3 4"}, {"1 2", "3 4"}} {
			a := two(c.kind, "one", c.field, "n", strings.Fields(ids[0])...)
			b := two(c.kind, "two", c.field, "n", strings.Fields(ids[1])...)
			r := compare(t, a, b, diff.Options{})
			if len(r.Changes) > 0 || len(r.Ambiguous) != 1 || len(r.NotCompared) != 1 || r.Complete() {
				t.Fatalf("%s by %s: %q", c.kind, c.field, says(r))
			}
			set := r.Ambiguous[0]
			if set.Kind != c.kind || !slices.Equal(set.A, strings.Fields(ids[0])) || !slices.Equal(set.B, strings.Fields(ids[1])) {
				t.Errorf("%+v", set)
			}
			if got := compare(t, b, a, diff.Options{}).Ambiguous[0]; !slices.Equal(got.A, set.B) || !slices.Equal(got.B, set.A) {
				t.Errorf("and back: %+v", got)
			}
			decided := compare(t, a, b, diff.Options{Map: map[string]string{"1": "3"}})
			if first := decided.Changes[0]; len(decided.Ambiguous) > 0 || first.ID != "1" || first.IDB != "3" || !decided.Complete() {
				t.Errorf("%s by %s, decided: %q", c.kind, c.field, says(decided))
			}
		}
	}
	mails := compare(t, people("one", "a", map[string]tree{"1": person("", "m", "A"), "2": person("", "M", "B")}),
		people("two", "b", map[string]tree{"3": person("", "m", "A")}), diff.Options{})
	want := []string{`not compared: scim_user of a: ambiguous: "A" is 1, 2 in a and 3 in b`}
	if d := cmp.Diff(want, says(mails)); d != "" || mails.NotCompared[0].ProviderName != "Okta" {
		t.Error(d)
	}
}

// Nothing is said of the lists of providers that nobody can tell apart.
func TestListsOfAmbiguousProvidersAreNotCompared(t *testing.T) {
	a := world("one").provider(snapshot.Okta, "1", "Okta", nil).scim("1").user("1", "u", tree{}).
		provider(snapshot.Okta, "2", "Okta", nil).capture(user, "2", snapshot.Skipped)
	b := world("two").provider(snapshot.Okta, "3", "Okta", nil).scim("3").user("3", "u", tree{})
	why := ": it is ambiguous which provider of the other state this one is"
	want := []string{
		`not compared: identity_provider: ambiguous: "Okta" is 1, 2 in a and 3 in b`,
		"not compared: scim_user of 1" + why, "not compared: scim_user of 3" + why,
		"not compared: scim_group of 1" + why, "not compared: scim_group of 3" + why,
		"unread: scim_user of 2: in a skipped: no luck",
	}
	if d := cmp.Diff(want, says(compare(t, a, b, diff.Options{}))); d != "" {
		t.Error(d)
	}
	r := compare(t, a, b, diff.Options{Kinds: []snapshot.Kind{user}})
	asked := []string{want[1], "not compared: scim_user of 2: in a skipped: no luck", want[2]}
	if d := cmp.Diff(asked, says(r)); d != "" || len(r.Ambiguous) > 0 {
		t.Error(d)
	}
}

// In one target the ids decide, and the people of those that nobody can tell apart are
// gone or new like them.
func TestListsOfAmbiguousProvidersOfOneTarget(t *testing.T) {
	a := world("one").provider(snapshot.Okta, "1", "Okta", nil).scim("1").user("1", "u", tree{})
	b := world("one").provider(snapshot.Okta, "2", "Okta", nil).scim("2").user("2", "v", tree{}).provider(snapshot.Okta, "3", "Okta", nil)
	want := []string{
		"removed identity_provider 1", "added identity_provider 2", "added identity_provider 3",
		"removed scim_user of 1 u", "added scim_user of 2 v",
	}
	for _, o := range []diff.Options{{}, {Providers: []string{"okta"}}, {Kinds: []snapshot.Kind{user}}} {
		expected := want
		if o.Kinds != nil {
			expected = want[3:]
		}
		if r := compare(t, a, b, o); !r.Complete() || cmp.Diff(expected, says(r)) != "" {
			t.Errorf("%+v: %q", o, says(r))
		}
	}
}

// The same configuration in two accounts has other ids throughout. What names what
// is the same.
func TestTheSameInAnotherAccountIsNoChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := worlds("one", "id", true, true).Draw(t, "a")
		b := &side{snapshot: a.snapshot, resources: map[snapshot.Collection][]snapshot.Resource{}}
		b.snapshot.Target.ID = "two"
		b.snapshot.Captures = nil
		// With "xid" another order of ids; with "-id" the ids of a are in b other things'.
		rename := rapid.SampledFrom([]func(string) string{
			func(s string) string { return strings.ReplaceAll(s, "id-", "xid-") },
			func(s string) string {
				return strings.NewReplacer("-0", "-1", "-1", "-2", "-2", "-3", "-3", "-4", "-4", "-0").Replace(s)
			},
		}).Draw(t, "rename")
		ids := func(s string) string { // only those of what there is
			var olds []string
			for _, list := range a.resources {
				for _, r := range list {
					if r.Kind != organization {
						olds = append(olds, `"`+r.ID+`"`, `"`+rename(r.ID)+`"`)
					}
				}
			}
			return strings.NewReplacer(olds...).Replace(s)
		}
		for _, in := range a.snapshot.Captures {
			c := in.Collection
			in.Provider = rename(in.Provider)
			b.snapshot.Captures = append(b.snapshot.Captures, in)
			for _, r := range a.resources[c] {
				r.Collection, r.Document = in.Collection, snapshot.Document(ids(string(r.Document)))
				if r.Kind != organization {
					r.ID = rename(r.ID)
				}
				b.resources[in.Collection] = append(b.resources[in.Collection], r)
			}
		}
		for _, o := range []diff.Options{{}, {Kinds: []snapshot.Kind{app}}, {Kinds: []snapshot.Kind{policy, user}}} {
			if r := compare(t, a, b, o); len(r.Changes) > 0 || !r.Complete() {
				t.Fatalf("%+v: %q\nin %#v\nand %#v", o, says(r), a, b)
			}
		}
	})
}
