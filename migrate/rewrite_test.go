package migrate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/snapshot"
)

func TestRewrittenChangesNothingElse(t *testing.T) {
	r := thing(t, snapshot.AccessApp, `{"id":"x","allowed_idps":["`+idA+`","`+idB+`"],"n":1.0,"note":"see `+idA+`","zero":null,"text":"<\u0041&>"}`)
	got, changed, err := rewritten(r, map[string]string{idA: idB, idB: idA})
	want := strings.ReplaceAll(string(r.Document), idA+`","`+idB, idB+`","`+idA)
	if err != nil || !changed || string(got) != want {
		t.Errorf("%s, %v, %v\nwant %s", got, changed, err, want)
	}
	for name, ids := range map[string]map[string]string{"others": {idC: idA}, "the same": {idA: idA}, "none": nil} {
		if got, changed, err := rewritten(r, ids); err != nil || changed || string(got) != string(r.Document) {
			t.Errorf("%s: %s, %v, %v", name, got, changed, err)
		}
	}
}

func TestRewrittenWhereTwoBecomeOne(t *testing.T) {
	ids := map[string]string{idA: idC, idB: idC}
	r := thing(t, snapshot.AccessApp, `{"allowed_idps":["`+idA+`","`+idB+`"]}`)
	if got, _, err := rewritten(r, ids); err != nil || string(got) != `{"allowed_idps":["`+idC+`"]}` {
		t.Errorf("%s, %v", got, err)
	}
	r = thing(t, snapshot.AccessApp, `{"saas_app":{"custom_claims":[{"source":{"name_by_idp":{"`+idA+`":"a","`+idB+`":"b"}}}]}}`)
	if got, changed, err := rewritten(r, ids); err == nil || changed {
		t.Errorf("one of two claims is lost: %s", got)
	}
}

func TestRewrittenNeedsToKnowTheNewID(t *testing.T) {
	r := thing(t, snapshot.AccessApp, `{"allowed_idps":["`+idA+`"]}`)
	if _, _, err := rewritten(r, map[string]string{idA: ""}); err == nil {
		t.Error("an id became nothing")
	}
	if _, err := referenceBody(r, map[string]string{idA: ""}); err == nil {
		t.Error("an id became nothing in the body")
	}
	if _, _, err := rewritten(r, map[string]string{idB: ""}); err != nil {
		t.Errorf("what is not named is of no matter: %v", err)
	}
}

// A short id may be a word: only where a documented field names it is it replaced.
func TestRewrittenLeavesWordsAlone(t *testing.T) {
	r := thing(t, snapshot.AccessPolicy, `{"decision":"allow","include":[{"login_method":{"id":"allow"}}],"other":"`+idA+`"}`)
	got, _, err := rewritten(r, map[string]string{"allow": idB, idA: idC})
	want := `{"decision":"allow","include":[{"login_method":{"id":"` + idB + `"}}],"other":"` + idC + `"}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// Rewriting there and back gives the original, whatever the document.
func TestRewritingIsUndone(t *testing.T) {
	ids := map[string]string{idA: "dddddddd-0000-4000-8000-00000000000d", idB: "eeeeeeee-0000-4000-8000-00000000000e", "word": "ffffffff-0000-4000-8000-00000000000f"}
	back := map[string]string{}
	for old, id := range ids {
		back[id] = old
	}
	words := []string{
		idA, idB, idC, "word", "x" + idA, "id", "login_method", "okta", "identity_provider_id", "connection_id", "include", "require",
		"name_by_idp", "source", "idp_id", "policies", "reusable",
	}
	kinds := []snapshot.Kind{snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) any { return anyJSON(words, 3).Draw(t, name) }
		rule := func(name string) any {
			return []any{map[string]any{rapid.SampledFrom(words).Draw(t, name): draw(name)}, draw(name)}
		}
		document := map[string]any{
			"more": draw("more"), "allowed_idps": rapid.SliceOf(rapid.SampledFrom(words)).Draw(t, "allowed"),
			"include": rule("include"), "exclude": rule("exclude"),
			"policies":    []any{map[string]any{"require": rule("require")}, draw("policy")},
			"scim_config": map[string]any{"idp_uid": draw("scim")},
			"saas_app":    map[string]any{"custom_claims": []any{map[string]any{"source": map[string]any{"name_by_idp": draw("claim")}}}},
		}
		raw, err := encode(document)
		if err != nil {
			t.Fatal(err)
		}
		d, err := snapshot.NewDocument(raw)
		if err != nil {
			t.Skip(err)
		}
		r := snapshot.Resource{Collection: snapshot.Collection{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}, Document: d}
		there, changed, err := rewritten(r, ids)
		if err != nil {
			t.Fatal(err)
		}
		if found := mentions(r); changed != (len(there) != len(d) || string(there) != string(d)) || !changed && (found[idA] != nil || found["word"] != nil) {
			t.Fatalf("changed is %v: %s", changed, there)
		}
		r.Document = there
		if left := mentions(r); left[idA] != nil || left[idB] != nil || left["word"] != nil {
			t.Fatalf("left: %v", left)
		}
		again, _, err := rewritten(r, back)
		if err != nil || string(again) != string(d) {
			t.Fatalf("%s\nbecame %s\nand then %s, %v", d, there, again, err)
		}
		body, err := referenceBody(r, back)
		if err != nil || !json.Valid(body) {
			t.Fatalf("body %s, %v", body, err)
		}
	})
}

func TestReferenceBody(t *testing.T) {
	const now = `"created_at":"2025-01-01T00:00:00Z","updated_at":null`
	for name, c := range map[string]struct {
		kind     snapshot.Kind
		in, want string
	}{
		"nothing is reset": {
			snapshot.AccessGroup,
			`{"id":"1","uid":"1",%s,"name":"G","include":[{"everyone":{}}],"exclude":[],"require":null,"is_default":false,"x":{},"n":1.50}`,
			`{"exclude":[],"include":[{"everyone":{}}],"is_default":false,"n":1.50,"name":"G","require":null,"x":{}}`,
		},
		"a policy": {
			snapshot.AccessPolicy,
			`{"id":"1","uid":"1","app_count":0,%s,"name":"<P>","decision":"allow","reusable":true,"include":[{"okta":{"name":"n","identity_provider_id":"` + idA + `"}}]}`,
			`{"decision":"allow","include":[{"okta":{"identity_provider_id":"` + idB + `","name":"n"}}],"name":"<P>","reusable":true}`,
		},
		"an app": {
			snapshot.AccessApp,
			`{"id":"1","uid":"1","aud":"f","name":"A","tags":[],"allowed_idps":["` + idA + `"],%s,"policies":[` +
				`{"id":"p","precedence":1,"reusable":true,"app_count":2,"uid":"p","include":[{"login_method":{"id":"` + idA + `"}}]},` +
				`{"id":"q","precedence":2,"uid":"q","app_count":1,"created_at":"x","updated_at":"x","include":[{"login_method":{"id":"` + idA + `"}}],"exclude":[]},"r"]}`,
			`{"allowed_idps":["` + idB + `"],"name":"A","policies":[{"id":"p","precedence":1},` +
				`{"exclude":[],"id":"q","include":[{"login_method":{"id":"` + idB + `"}}],"precedence":2},"r"],"tags":[]}`,
		},
		"secrets": {
			snapshot.AccessApp,
			`{"id":"1",%s,"scim_config":{"idp_uid":"` + idA + `","authentication":{"scheme":"httpbasic","user":"u","password":"hidden"}},` +
				`"saas_app":{"auth_type":"oidc","client_id":"c","client_secret":"hidden","created_at":"x","updated_at":"y"}}`,
			`{"saas_app":{"auth_type":"oidc","client_id":"c"},"scim_config":{"authentication":{"scheme":"httpbasic","user":"u"},"idp_uid":"` + idB + `"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := thing(t, c.kind, fmt.Sprintf(c.in, now))
			got, err := referenceBody(r, map[string]string{idA: idB})
			if err != nil || string(got) != c.want {
				t.Errorf("%s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

func TestWithheld(t *testing.T) {
	r := thing(t, snapshot.AccessApp, `{"scim_config":{"authentication":[{"password":"hidden"}]},"saas_app":{"client_secret":"hidden"}}`)
	got := fmt.Sprint(withheld(r.Document))
	if want := "[/saas_app/client_secret /scim_config/authentication/0/password]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
