package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// ofList is a state of one account that has the SCIM users of a provider, and not
// the provider: a file of one kind.
func ofList(users ...string) *side {
	s := world("one").drop(idp, "").capture(user, "p", snapshot.Complete)
	s.snapshot.Captures[len(s.snapshot.Captures)-1].ProviderName = "Okta"
	for _, id := range users {
		s.user("p", id, tree{"externalId": quote(id)})
	}
	return s
}

func withProvider(users ...string) *side {
	return ofList(users...).capture(idp, "", snapshot.Complete).provider(snapshot.Okta, "p", "Okta", nil)
}

// In one target a list has the same name whether or not the providers were read.
func TestListsArePairedWithoutTheirProviders(t *testing.T) {
	changes := []string{"removed scim_user of p ada", "added scim_user of p bob"}
	asks := map[string]diff.Options{"all": {}}
	for name, word := range map[string]string{"by name": "okta", "by id": "p", "by a glob": "o*"} {
		asks[name] = diff.Options{Providers: []string{word}}
	}
	for name, c := range map[string]struct {
		a, b *side
		want []string
	}{
		"a file and a snapshot":  {ofList("ada", "cy"), withProvider("bob", "cy"), changes},
		"a snapshot and a file":  {withProvider("ada", "cy"), ofList("bob", "cy"), changes},
		"two files":              {ofList("ada", "cy"), ofList("bob", "cy"), changes},
		"the providers failed":   {ofList("ada").capture(idp, "", snapshot.Failed), withProvider("bob"), changes},
		"the list failed, too":   {ofList("ada").capture(user, "p", snapshot.Failed), withProvider("bob"), []string{"not compared: scim_user of p: in a failed: no luck"}},
		"the list failed then":   {ofList("ada"), withProvider("bob").capture(user, "p", snapshot.Failed), []string{"not compared: scim_user of p: in b failed: no luck"}},
		"another has no list":    {ofList("ada", "cy"), withProvider("bob", "cy").provider(snapshot.OneTimePIN, "pin", "PIN", nil), changes},
		"the list is not in one": {ofList("ada"), withProvider("bob").drop(user, "p"), []string{"not compared: scim_user of p: in b not read, as SCIM is off there"}},
	} {
		for how, o := range asks {
			o.Kinds = []snapshot.Kind{user}
			r := compare(t, c.a, c.b, o)
			if d := cmp.Diff(c.want, says(r)); d != "" {
				t.Errorf("%s, %s: %s", name, how, d)
			}
			for _, ch := range r.Changes {
				if ch.ProviderName != "Okta" {
					t.Errorf("%s: %+v", name, ch)
				}
			}
		}
	}
	// Of a provider that nobody read nobody knows the type.
	for _, o := range []diff.Options{{Providers: []string{"another"}}, {Types: []snapshot.Type{snapshot.Okta}}} {
		o.Kinds = []snapshot.Kind{user}
		if r := compare(t, ofList("ada"), ofList("bob"), o); len(r.Changes) > 0 {
			t.Errorf("%+v: %q", o, says(r))
		}
	}
}

// A list that the other state has not may be that of a provider with another id.
func TestAListWithoutAProviderIsNotGone(t *testing.T) {
	other := func() *side {
		return world("one").provider(snapshot.Okta, "q", "Okta", nil).scim("q").user("q", "bob", tree{})
	}
	only := diff.Options{Kinds: []snapshot.Kind{user}}
	want := []string{
		"not compared: scim_user of p: in a its provider was not read",
		"not compared: scim_user of q: in a not read",
	}
	if d := cmp.Diff(want, says(compare(t, ofList("ada"), other(), only))); d != "" {
		t.Error(d)
	}
	want = []string{
		"not compared: scim_user of p: in b its provider was not read",
		"not compared: scim_user of q: in b not read",
	}
	if d := cmp.Diff(want, says(compare(t, other(), ofList("ada"), only))); d != "" {
		t.Error(d)
	}
	// Options.Map says that the id is not the same: then it is not taken for it.
	mapped := diff.Options{Kinds: only.Kinds, Map: map[string]string{"p": "q"}}
	if r := compare(t, ofList("ada"), withProvider("bob").provider(snapshot.Okta, "q", "Q", nil), mapped); len(r.Changes) > 0 || r.Complete() {
		t.Errorf("%q", says(r))
	}
	// In another target the id says nothing.
	elsewhere := withProvider("bob")
	elsewhere.snapshot.Target.ID = "two"
	if r := compare(t, ofList("ada"), elsewhere, only); len(r.Changes) > 0 || r.Complete() {
		t.Errorf("%q", says(r))
	}
}
