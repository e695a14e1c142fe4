package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

func TestWhatIsMappedIsTheSame(t *testing.T) {
	full := func(account, generation string) *side {
		return company(account, generation).of(policy, "policy of "+account, tree{"name": quote(account)})
	}
	r := compare(t, full("one", "a"), full("two", "a"), diff.Options{Map: map[string]string{
		"corp okta": "id Partner", "id Partner": "Corp Okta", "policy of one": "policy of two",
	}})
	if d := cmp.Diff([]string{
		`changed identity_provider id Partner > id Corp Okta: /name "Partner" > "Corp Okta"`,
		`changed identity_provider id Partner > id Corp Okta: /type "saml" > "okta"`,
		`changed identity_provider id Corp Okta > id Partner: /name "Corp Okta" > "Partner"`,
		`changed identity_provider id Corp Okta > id Partner: /type "okta" > "saml"`,
		"added scim_user of id Corp Okta user of Corp Okta",
		"removed scim_user of id Partner user of Partner",
		"removed scim_user of id Corp Okta user of Corp Okta",
		"added scim_user of id Partner user of Partner",
		`changed access_policy policy of one > policy of two: /name "one" > "two"`,
	}, says(r)); d != "" {
		t.Error(d)
	}
}

// What was left out cannot be named wrongly.
func TestAMapMayNameWhatIsNotAskedFor(t *testing.T) {
	o := diff.Options{Map: map[string]string{"app": "app", "user of Partner": "user of Corp Okta"}, Kinds: []snapshot.Kind{policy}}
	if r := compare(t, company("one", "a"), company("two", "b"), o); len(r.Changes) > 0 || !r.Complete() {
		t.Errorf("%q", says(r))
	}
}

// In one target a map takes two providers for one, though both have ids.
func TestAMapWithinATarget(t *testing.T) {
	state := func() *side {
		return world("one").provider(snapshot.Okta, "p", "Okta", nil).provider(snapshot.Okta, "q", "Staging", nil).
			scim("p").user("p", "1", person("e1", "m1", "Ada"))
	}
	o := diff.Options{Map: map[string]string{"okta": "staging"}}
	why := ": in a the provider is not paired by id, as its list is"
	want := []string{
		"added identity_provider p",
		`changed identity_provider p > q: /name "Okta" > "Staging"`,
		"removed identity_provider q",
	}
	not := []string{
		"not compared: scim_user of p" + why, "not compared: scim_user of p: in b not read, as SCIM is off there",
		"not compared: scim_group of p" + why, "not compared: scim_group of p: in b not read, as SCIM is off there",
	}
	r := compare(t, state(), state(), o)
	if d := cmp.Diff(append(want, not...), says(r)); d != "" {
		t.Error(d)
	}
	// Where only one of them is there at a time, nothing is in the way.
	a := people("one", "p", map[string]tree{"1": person("e1", "m1", "Ada")})
	b := world("one").provider(snapshot.SAML, "q", "New", nil).scim("q").user("q", "2", person("e1", "m1", "Bob"))
	r = compare(t, a, b, diff.Options{Map: map[string]string{"p": "q"}})
	if d := cmp.Diff([]string{
		`changed identity_provider p > q: /name "Okta" > "New"`, `changed identity_provider p > q: /type "okta" > "saml"`,
		`changed scim_user of p 1 > 2: /displayName "Ada" > "Bob"`,
	}, says(r)); d != "" || !r.Complete() {
		t.Error(d)
	}
	// An app that was created again.
	before, after := world("one").of(app, "1", tree{"name": `"A"`}), world("one").of(app, "2", tree{"name": `"B"`})
	if d := cmp.Diff([]string{"removed access_app 1", "added access_app 2"}, says(compare(t, before, after, diff.Options{}))); d != "" {
		t.Error(d)
	}
	r = compare(t, before, after, diff.Options{Map: map[string]string{"1": "2"}})
	if d := cmp.Diff([]string{`changed access_app 1 > 2: /name "A" > "B"`}, says(r)); d != "" {
		t.Error(d)
	}
}

func TestIdsAreTranslatedWhereverTheyStandWhole(t *testing.T) {
	stage := func(account, idp, pol, grp, nested string) *side {
		app := tree{
			"name": `"A"`, "allowed_idps": []any{quote(idp)}, "policies": []any{tree{"id": quote(pol), "name": `"P"`}},
			"saas_app": tree{"custom_attributes": []any{tree{"source": tree{"name_by_idp": tree{idp: `"claim"`, "zz": `"last"`, "00": `"first"`}}}}},
			"note":     quote("not " + "idp: it is no id"),
		}
		return world(account).provider(snapshot.SAML, idp, "SAML", nil).of(snapshot.AccessApp, "app of "+account, app).
			of(policy, pol, tree{"name": `"P"`, "include": []any{tree{"group": tree{"id": quote(grp)}}, tree{"login_method": tree{"id": quote(idp)}}}}).
			of(accessGroup, grp, tree{"name": `"G"`, "include": []any{tree{"group": tree{"id": quote(nested)}}}}).
			of(accessGroup, nested, tree{"name": `"H"`, "include": []any{tree{"everyone": tree{}}}})
	}
	a := stage("one", "idp", "pol", "grp", "nested")
	for name, b := range map[string]*side{
		"other ids":                 stage("two", "~idp", "1", `"\`, "é"),
		"ids that are others' in a": stage("two", "pol", "idp", "nested", "grp"),
	} {
		if r := compare(t, a, b, diff.Options{}); len(r.Changes) > 0 || !r.Complete() {
			t.Errorf("%s: %q", name, says(r))
		}
		if r := compare(t, b, a, diff.Options{}); len(r.Changes) > 0 || !r.Complete() {
			t.Errorf("%s, the other way round: %q", name, says(r))
		}
	}
	b := stage("two", "b", "pb", "gb", "nb")
	b.resources[snapshot.Collection{Kind: app}][0].Document = snapshot.Document(`{"allowed_idps":["c"],"id":"app of two","name":"A","note":"b"}`)
	r := compare(t, a, b, diff.Options{Ignore: []string{"/policies", "/saas_app"}})
	if d := cmp.Diff([]string{
		`changed access_app app of one > app of two: /allowed_idps ["b"] > ["c"]`,
		`changed access_app app of one > app of two: /note "not idp: it is no id" > "b"`,
	}, says(r)); d != "" {
		t.Error(d)
	}
	// Two names that would become one are left as they are.
	odd := tree{"name": `"A"`, "x": tree{"p": `1`, "q": `2`}}
	r = compare(t, world("one").provider(snapshot.SAML, "p", "S", nil).of(app, "1", odd), world("two").provider(snapshot.SAML, "q", "S", nil).of(app, "2", odd), diff.Options{})
	if len(r.Changes) > 0 {
		t.Errorf("%q", says(r))
	}
}

// A name is meant as it is written, where something is called so.
func TestANameIsMeantAsItIsWritten(t *testing.T) {
	state := func(account string) *side {
		return world(account).provider(snapshot.SAML, account+" 1", "SAML", nil).provider(snapshot.SAML, account+" 2", "saml", nil)
	}
	r := compare(t, state("one"), state("two"), diff.Options{Map: map[string]string{"SAML": "saml", "saml": "SAML"}})
	if d := cmp.Diff([]string{
		`changed identity_provider one 2 > two 1: /name "saml" > "SAML"`,
		`changed identity_provider one 1 > two 2: /name "SAML" > "saml"`,
	}, says(r)); d != "" {
		t.Error(d)
	}
	if _, err := tryCompare(state("one"), state("two"), diff.Options{Map: map[string]string{"Saml": "saml"}}); err == nil || err.Error() != `no single provider "Saml" in a` {
		t.Error(err)
	}
}
