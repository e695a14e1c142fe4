package diff_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// company is a state in which everything says what generation it is.
func company(account, generation string) *side {
	g := quote(generation)
	s := world(account).of(organization, "organization", tree{"name": `"org"`, "x": g}).of(app, "app", tree{"name": `"app"`, "session_duration": g})
	for id, typ := range map[string]snapshot.Type{"Corp Okta": snapshot.Okta, "Corp/SAML": snapshot.SAML, "Partner": snapshot.SAML} {
		s.provider(typ, "id "+id, id, tree{"config": tree{"issuer_url": g, "prompt": tree{"a": g, "b/c": g}}}).scim("id " + id)
		s.user("id "+id, "user of "+id, tree{"externalId": quote(id), "nick": g})
	}
	return s
}

func TestFilters(t *testing.T) {
	okta := []string{"identity_provider id Corp Okta", "scim_user user of Corp Okta"}
	corp := []string{"identity_provider id Corp Okta", "identity_provider id Corp/SAML", "scim_user user of Corp Okta", "scim_user user of Corp/SAML"}
	saml := []string{"identity_provider id Corp/SAML", "identity_provider id Partner", "scim_user user of Corp/SAML", "scim_user user of Partner"}
	providers := []string{"identity_provider id Corp Okta", "identity_provider id Corp/SAML", "identity_provider id Partner"}
	for name, c := range map[string]struct {
		o    diff.Options
		want []string
	}{
		"a name":                  {diff.Options{Providers: []string{"Corp Okta"}}, okta},
		"whatever the case":       {diff.Options{Providers: []string{"cORP oKTA"}}, okta},
		"an id":                   {diff.Options{Providers: []string{"id Corp Okta"}}, okta},
		"a glob":                  {diff.Options{Providers: []string{"c*"}}, corp},
		"a glob over a slash":     {diff.Options{Providers: []string{"corp?saml", "*OKTA"}}, corp},
		"two names":               {diff.Options{Providers: []string{"Partner", "Corp/[s]AML"}}, saml},
		"a type":                  {diff.Options{Types: []snapshot.Type{snapshot.SAML}}, saml},
		"a type that nobody has":  {diff.Options{Types: []snapshot.Type{snapshot.Yandex}}, nil},
		"name and type":           {diff.Options{Types: []snapshot.Type{snapshot.Okta}, Providers: []string{"corp*"}}, okta},
		"kinds":                   {diff.Options{Kinds: []snapshot.Kind{snapshot.IdentityProvider}}, providers},
		"kinds but providers":     {diff.Options{Kinds: []snapshot.Kind{user, organization}, Providers: []string{"*okta"}}, okta[1:]},
		"only what weighs":        {diff.Options{AtLeast: diff.Critical}, providers},
		"only what weighs less":   {diff.Options{AtLeast: diff.Medium}, append([]string{"organization organization"}, providers...)},
		"without a path":          {diff.Options{Providers: okta[:0], Ignore: []string{"/config", "/nick", "/session_duration", "/x"}}, nil},
		"without any step":        {diff.Options{Providers: []string{"Partner"}, Ignore: []string{"/*/issuer_url", "/config/prompt/*", "nick"}}, nil},
		"without what is below":   {diff.Options{Providers: []string{"Partner"}, Ignore: []string{"/config/issuer_url/deeper", "/config/prompt", "/*"}}, nil},
		"not without what is not": {diff.Options{Providers: []string{"Corp Okta"}, Ignore: []string{"/config/issuer_url/deeper", "/config/iss", "/confi", "/config/prompt/b/c"}}, okta},
	} {
		for _, account := range []string{"one", "two"} {
			r := compare(t, company("one", "a"), company(account, "b"), c.o)
			var got []string
			for _, ch := range r.Changes {
				got = append(got, string(ch.Kind)+" "+ch.ID)
			}
			if d := cmp.Diff(c.want, got); d != "" || !r.Complete() {
				t.Errorf("%s, in account %s: %s", name, account, d)
			}
		}
	}
	r := compare(t, company("one", "a"), company("one", "b"), diff.Options{Ignore: []string{"/config/prompt/b~1c", "/config/issuer_url"}, Providers: []string{"Partner"}})
	if f := r.Changes[0].Fields; len(f) != 1 || f[0].Path != "/config/prompt/a" {
		t.Errorf("a name with a slash in it: %q", says(r))
	}
}

// A provider is asked for where either state calls it so.
func TestAProviderThatWasRenamedIsFoundByBothNames(t *testing.T) {
	a := world("one").provider(snapshot.Okta, "p", "Old", nil).provider(snapshot.SAML, "q", "Other", nil)
	b := world("one").provider(snapshot.Okta, "p", "New", nil).provider(snapshot.SAML, "q", "Another", nil)
	for _, name := range []string{"old", "new"} {
		r := compare(t, a, b, diff.Options{Providers: []string{name}})
		if d := cmp.Diff([]string{`changed identity_provider p: /name "Old" > "New"`}, says(r)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// In two targets one id may be that of two things.
func TestAProviderIsNotAskedForByTheNameOfItsNamesake(t *testing.T) {
	a := world("one").provider(snapshot.Okta, "1", "Okta", nil).scim("1").user("1", "u", tree{})
	b := world("two").provider(snapshot.SAML, "1", "SAML", nil).scim("1").user("1", "u", tree{})
	r := compare(t, a, b, diff.Options{Providers: []string{"okta"}})
	if d := cmp.Diff([]string{"removed identity_provider 1", "removed scim_user of 1 u"}, says(r)); d != "" {
		t.Error(d)
	}
	if all := compare(t, a, b, diff.Options{}).Changes; all[2].ProviderName == all[3].ProviderName {
		t.Errorf("users of two providers: %+v", all)
	}
}

func TestWordsThatNameNothing(t *testing.T) {
	a := company("one", "a")
	b := company("one", "b").provider(snapshot.Okta, "twin 1", "Twin", nil).provider(snapshot.Okta, "twin 2", "twin", nil)
	for want, o := range map[string]diff.Options{
		`no provider "Corp" in either state`:             {Providers: []string{"*", "Corp"}},
		`no type "SAML" in either state`:                 {Types: []snapshot.Type{snapshot.SAML, "SAML"}},
		`no provider "Missing" in b`:                     {Map: map[string]string{"Partner": "Missing"}},
		`no single provider "TWIN" in b`:                 {Map: map[string]string{"Partner": "TWIN"}},
		`no provider "Missing" in a`:                     {Map: map[string]string{"Missing": "Partner"}},
		`"app" is in both states under its own id`:       {Map: map[string]string{"app": "app"}},
		`no resource "nothing" that is only in a`:        {Map: map[string]string{"nothing": "nothing"}},
		`no single counterpart "partner" in b`:           {Map: map[string]string{"partner": "Corp Okta", "Partner": "Corp/SAML"}},
		`no single counterpart "Partner" in a`:           {Map: map[string]string{"Corp Okta": "Partner", "Partner": "Partner"}},
		`no counterpart "twin 1" in b`:                   {Map: map[string]string{"an app": "twin 1"}},
		`no resource "user of nobody" that is only in b`: {Map: map[string]string{"an app": "user of nobody"}},
		`no single counterpart "id Partner" in b`:        {Map: map[string]string{"Partner": "twin 1", "id Partner": "twin 2"}},
		`no single counterpart "id Corp Okta" in a`:      {Map: map[string]string{"Partner": "id Corp Okta", "Corp/SAML": "id Corp Okta"}},
		`no provider "[" in either state`:                {Providers: []string{"["}},
		`no type "x-new-type" in either state`:           {Types: []snapshot.Type{"x-new-type"}},
		`no provider "user of Partner" in either state`:  {Providers: []string{"user of Partner"}},
	} {
		from := company("one", "a").of(app, "an app", tree{"name": `"an app"`})
		_, err := tryCompare(from, b, o)
		var unknown *diff.UnknownError
		if !errors.As(err, &unknown) || err.Error() != want {
			t.Errorf("%+v: %v, want %s", o, err, want)
		} else if inventory := strings.HasPrefix(want, "no provider "); inventory != (len(unknown.Known) > 2 && unknown.What == "provider") {
			t.Errorf("%s: there are %q", want, unknown.Known)
		}
	}
	_, err := tryCompare(a, b, diff.Options{Providers: []string{"Corp"}})
	var unknown *diff.UnknownError
	if !errors.As(err, &unknown) || len(unknown.Known) != 5 || unknown.Known[0] != "id Corp Okta  okta  Corp Okta" {
		t.Errorf("what there is: %q", unknown.Known)
	}
	// Who did not read the providers does not know which there are.
	b.capture(snapshot.IdentityProvider, "", snapshot.Failed)
	for _, o := range []diff.Options{{Providers: []string{"Corp"}}, {Types: []snapshot.Type{"x"}}, {Map: map[string]string{"Partner": "Missing"}}} {
		if _, err := tryCompare(a, b, o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestCheckGlob(t *testing.T) {
	for pattern, ok := range map[string]bool{"": true, "*": true, "[a-z]?": true, "[": false, "a[": false, `\`: false, "[]": false} {
		if err := diff.CheckGlob(pattern); (err == nil) != ok {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}
