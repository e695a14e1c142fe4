package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
	"github.com/idpsnap/idpsnap/snapshot"
)

const (
	idA = "aaaaaaaa-0000-4000-8000-000000000001"
	idB = "bbbbbbbb-0000-4000-8000-000000000002"
	idC = "cccccccc-0000-4000-8000-000000000003"
)

// thing is an app, policy or group with the document.
func thing(t *testing.T, k snapshot.Kind, document string) snapshot.Resource {
	t.Helper()
	d, err := snapshot.NewDocument([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	id, err := snapshot.IDOf(k, d)
	if err != nil {
		id = "no-id"
	}
	return snapshot.Resource{Collection: snapshot.Collection{Kind: k}, ID: id, Document: d}
}

// Every documented path, and nothing beside it.
func TestMentions(t *testing.T) {
	const a, p, g = snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup
	for name, c := range map[string]struct {
		kind     snapshot.Kind
		document string
		want     []string // paths of idA
	}{
		"allowed":        {a, `{"allowed_idps":["x","` + idA + `"]}`, []string{"/allowed_idps/1"}},
		"scim":           {a, `{"scim_config":{"idp_uid":"` + idA + `"}}`, []string{"/scim_config/idp_uid"}},
		"oidc claim":     {a, `{"saas_app":{"custom_claims":[{"source":{"name_by_idp":{"` + idA + `":"x"}}}]}}`, []string{"/saas_app/custom_claims/0/source/name_by_idp/" + idA}},
		"saml attribute": {a, `{"saas_app":{"custom_attributes":[{},{"source":{"name_by_idp":[{"idp_id":"` + idA + `"}]}}]}}`, []string{"/saas_app/custom_attributes/1/source/name_by_idp/0/idp_id"}},
		"embedded":       {a, `{"policies":["id",{"exclude":[{"okta":{"identity_provider_id":"` + idA + `"}}]}]}`, []string{"/policies/1/exclude/0/okta/identity_provider_id"}},
		"login method":   {p, `{"include":[{"login_method":{"id":"` + idA + `"}}]}`, []string{"/include/0/login_method/id"}},
		"exclude":        {g, `{"exclude":[{"everyone":{}},{"login_method":{"id":"` + idA + `"}}]}`, []string{"/exclude/1/login_method/id"}},
		"require":        {g, `{"require":[{"login_method":{"id":"` + idA + `"}}]}`, []string{"/require/0/login_method/id"}},
		"azureAD":        {p, `{"include":[{"azureAD":{"id":"g","identity_provider_id":"` + idA + `"}}]}`, []string{"/include/0/azureAD/identity_provider_id"}},
		"auth context":   {p, `{"include":[{"auth_context":{"id":"g","identity_provider_id":"` + idA + `"}}]}`, []string{"/include/0/auth_context/identity_provider_id"}},
		"github":         {p, `{"include":[{"github-organization":{"name":"g","identity_provider_id":"` + idA + `"}}]}`, []string{"/include/0/github-organization/identity_provider_id"}},
		"gsuite":         {p, `{"include":[{"gsuite":{"connection_id":"` + idA + `"}}]}`, []string{"/include/0/gsuite/connection_id"}},
		"saml":           {p, `{"include":[{"saml":{"identity_provider_id":"` + idA + `"}}]}`, []string{"/include/0/saml/identity_provider_id"}},
		"oidc":           {p, `{"include":[{"oidc":{"identity_provider_id":"` + idA + `"}}]}`, []string{"/include/0/oidc/identity_provider_id"}},
		"new kind":       {p, `{"include":[{"brand_new":{"identity_provider_id":"` + idA + `"}}]}`, []string{"/include/0/brand_new/identity_provider_id"}},

		"undocumented":   {a, `{"hint":"` + idA + `"}`, nil},
		"inside a text":  {a, `{"allowed_idps":["x` + idA + `"]}`, nil},
		"not a rule":     {p, `{"include":{"login_method":{"id":"` + idA + `"}}}`, nil},
		"group's own id": {g, `{"id":"` + idA + `","include":[{"group":{"id":"` + idA + `"}}]}`, nil},
		"a provider":     {snapshot.IdentityProvider, `{"allowed_idps":["` + idA + `"]}`, nil},
		"malformed":      {a, `{"allowed_idps":{"0":"` + idA + `"},"scim_config":"x","saas_app":[],"policies":{"a":1}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, mentions(thing(t, c.kind, c.document))[idA]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The second line finds a known id anywhere but where a thing says what it is called.
func TestMentionsOfKnown(t *testing.T) {
	r := thing(t, snapshot.AccessApp, `{"id":"`+idA+`","uid":"`+idA+`","allowed_idps":["`+idA+`"],"x":[{"`+idA+`":"`+idA+`"}],"note":"not `+idA+`","y":"`+idB+`"}`)
	got := mentionsOf(r, map[string]bool{idA: true})
	want := map[string][]string{idA: {"/allowed_idps/0", "/x/0/" + idA}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Ids come from outside: nothing about them makes a pointer lead elsewhere.
func TestHostileIDs(t *testing.T) {
	for _, id := range []string{"include", "id", "a/b~c", `"}],"x":[{`, "../..", "", "\x00", "name_by_idp"} {
		raw, err := encode(map[string]any{
			"name": "x", "allowed_idps": []string{id},
			"saas_app": map[string]any{"custom_claims": []any{map[string]any{"source": map[string]any{"name_by_idp": map[string]string{id: "c"}}}}},
			"policies": []any{map[string]any{"include": []any{map[string]any{"login_method": map[string]string{"id": id}}}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		r := thing(t, snapshot.AccessApp, string(raw))
		found := mentions(r)
		if id == "" {
			if len(found) != 0 {
				t.Errorf("an empty id is a mention: %v", found)
			}
			continue
		}
		if len(found) != 1 || len(found[id]) != 3 {
			t.Errorf("%q: %v", id, found)
		}
		for _, path := range found[id] {
			if at(r.Document, path) == nil {
				t.Errorf("%q: nothing at %s", id, path)
			}
		}
		got, changed, err := rewritten(r, map[string]string{id: idA})
		if err != nil || !changed {
			t.Fatalf("%q: %v, %v", id, changed, err)
		}
		want := `{"allowed_idps":["` + idA + `"],"name":"x","policies":[{"include":[{"login_method":{"id":"` + idA +
			`"}}]}],"saas_app":{"custom_claims":[{"source":{"name_by_idp":{"` + idA + `":"c"}}}]}}`
		if string(got) != want {
			t.Errorf("%q: %s", id, got)
		}
	}
}

func TestReferencesAreInDisplayOrder(t *testing.T) {
	rule := `"include":[{"login_method":{"id":"` + idB + `"}},{"login_method":{"id":"` + idA + `"}}]`
	list := []snapshot.Resource{
		thing(t, snapshot.AccessGroup, `{"id":"1","name":"A",`+rule+`}`),
		thing(t, snapshot.AccessPolicy, `{"id":"2","name":"B",`+rule+`}`),
		thing(t, snapshot.AccessPolicy, `{"id":"3","name":"A",`+rule+`}`),
		thing(t, snapshot.AccessApp, `{"id":"4","name":"Z","allowed_idps":["`+idA+`"],"hint":"`+idA+`"}`),
		thing(t, snapshot.AccessApp, `{"id":"5","name":"none","allowed_idps":["`+idC+`"]}`),
	}
	got := ReferencesTo(list, map[string]string{idA: "Okta", idB: "Azure"}, func(id string) bool { return id != idC })
	var order []string
	for _, r := range got {
		order = append(order, r.ID)
	}
	if want := []string{"4", "3", "2", "1"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	want := []Mention{{ID: idA, Name: "Okta", Paths: []string{"/allowed_idps/0", "/hint"}}}
	if diff := cmp.Diff(want, got[0].Providers); diff != "" {
		t.Error(diff)
	}
	if p := got[1].Providers; len(p) != 2 || p[0].Name != "Azure" {
		t.Errorf("providers of a policy: %v", p)
	}
}

func TestDangling(t *testing.T) {
	provider := thing(t, snapshot.IdentityProvider, `{"id":"`+idA+`","name":"Okta","type":"okta"}`)
	list := []snapshot.Resource{
		thing(t, snapshot.AccessApp, `{"id":"1","allowed_idps":["`+idA+`"],"hint":"`+idB+`"}`),
		thing(t, snapshot.AccessApp, `{"id":"2","allowed_idps":["`+idA+`","`+idB+`"]}`),
	}
	got := Dangling(list, []snapshot.Resource{provider})
	want := []Reference{{Kind: snapshot.AccessApp, ID: "2", Providers: []Mention{{ID: idB, Paths: []string{"/allowed_idps/1"}}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if all := slices.Collect(maps.Keys(mentions(list[1]))); len(all) != 2 {
		t.Errorf("mentions: %v", all)
	}
}

// The sandbox reads the API by itself. Of what it makes, no place that holds a
// provider's id is left over for the second line, and after rewriting none is left.
func TestEveryMentionOfTheSandboxIsDocumented(t *testing.T) {
	const account = "0123456789abcdef0123456789abcdef"
	s := sandbox.New(sandbox.Options{Seed: 7})
	s.AddAccount(account, "Corp", "corp.cloudflareaccess.com")
	target := "account:" + account
	if err := s.Populate(target, sandbox.Population{Apps: 60, Policies: 40, AccessGroups: 40}); err != nil {
		t.Fatal(err)
	}
	list := func(kind sandbox.Kind) (ids []string) {
		ids, err := s.IDs(target, kind, "")
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	known, ids := map[string]bool{}, map[string]string{}
	for i, id := range list(sandbox.KindProvider) {
		known[id], ids[id] = true, fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)
	}
	roles := map[role]int{}
	for kind, as := range map[sandbox.Kind]snapshot.Kind{
		sandbox.KindApp: snapshot.AccessApp, sandbox.KindPolicy: snapshot.AccessPolicy, sandbox.KindAccessGroup: snapshot.AccessGroup,
	} {
		for _, id := range list(kind) {
			raw, err := s.Stored(target, kind, "", id)
			if err != nil {
				t.Fatal(err)
			}
			r := thing(t, as, string(raw))
			for _, found := range spotsIn(r, known) {
				roles[found.role]++
			}
			body, err := referenceBody(r, ids)
			if err != nil {
				t.Fatal(err)
			}
			for old := range known {
				if strings.Contains(string(body), old) {
					t.Errorf("%s is left in %s", old, body)
				}
			}
		}
	}
	for as := roleAllowed; as < roleOther; as++ {
		if roles[as] == 0 && as != roleExclude { // it makes no such rules
			t.Errorf("nothing has the role %d: %v", as, roles)
		}
	}
	if roles[roleOther] > 0 {
		t.Errorf("%d mentions where no documented field is", roles[roleOther])
	}
}
