package sandbox_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

func TestProviderLife(t *testing.T) {
	for _, base := range []string{inAccount, inZone} {
		s, _ := newServer(t)
		path := base + "identity_providers"
		domain := team
		if base == inZone {
			domain = "zone-acme.cloudflareaccess.com"
		}
		r := call(t, s, "POST", path, `{"name":"GitHub","type":"github","config":{"client_id":"abc","client_secret":"hush","redirect_url":"https://evil.example"},"id":"mine","version":"mine"}`)
		want(t, r, 201, 0, "")
		made := object(t, r.Result)
		id := made["id"].(string)
		if len(id) != 36 || made["uid"] != id || len(made["version"].(string)) != 32 {
			t.Errorf("created: %s", r.Body)
		}
		wantConfig := map[string]any{"client_id": "abc", "redirect_url": "https://" + domain + "/cdn-cgi/access/callback"}
		if diff := cmp.Diff(wantConfig, made["config"]); diff != "" {
			t.Error(diff)
		}
		if got := get(t, s, path+"/"+id); string(got.Result) != string(r.Result) {
			t.Errorf("GET: %s", got.Body)
		}
		if got := get(t, s, path); ids(t, got) != id || got.ResultInfo.PerPage != 200 {
			t.Errorf("list: %s", got.Body)
		}
		// A whole replacement, with what a reader would send back.
		r = call(t, s, "PUT", path+"/"+id, strings.Replace(string(r.Result), "GitHub", "GitHub 2", 1))
		want(t, r, 200, 0, "")
		next := object(t, r.Result)
		if next["id"] != id || next["name"] != "GitHub 2" || next["version"] == made["version"] {
			t.Errorf("PUT: %s", r.Body)
		}
		r = call(t, s, "DELETE", path+"/"+id, "")
		want(t, r, 202, 0, "")
		if diff := cmp.Diff(map[string]any{"id": id}, object(t, r.Result)); diff != "" {
			t.Error(diff)
		}
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			want(t, call(t, s, method, path+"/"+id, github), 404, 12135, "access.api.error.not_found")
		}
	}
}

func TestProviderRefusals(t *testing.T) {
	s, _ := newServer(t)
	create(t, s, `{"name":"PIN","type":"onetimepin","config":{}}`)
	create(t, s, `{"name":"","type":"cloudflare","config":{}}`)
	must(t, s.Put(accountName, sandbox.KindProvider, "", []byte(`{"id":"shared","type":"oidc","name":"Shared","read_only":true,"config":{}}`)))
	for _, c := range []struct {
		name, method, path, body string
		status, code             int
	}{
		{"no JSON", "POST", idps, `{`, 400, 12130},
		{"no object", "POST", idps, `[]`, 400, 12130},
		{"no type", "POST", idps, `{"name":"x","config":{}}`, 400, 12130},
		{"unknown type", "POST", idps, `{"name":"x","type":"AzureAD","config":{}}`, 400, 12130},
		{"no name", "POST", idps, `{"type":"onetimepin","config":{}}`, 400, 12130},
		{"long name", "POST", idps, `{"name":"` + strings.Repeat("x", 351) + `","type":"saml","config":{}}`, 400, 12130},
		{"no config", "POST", idps, `{"name":"x","type":"saml"}`, 400, 12130},
		{"no secret", "POST", idps, `{"name":"x","type":"github","config":{"client_id":"a"}}`, 400, 12130},
		{"second PIN", "POST", idps, `{"name":"x","type":"onetimepin","config":{}}`, 409, 12132},
		{"second cloudflare", "POST", idps, `{"name":"x","type":"cloudflare","config":{}}`, 409, 12132},
		{"PIN with SCIM", "POST", inZone + "identity_providers", `{"name":"x","type":"onetimepin","config":{},"scim_config":{"enabled":false}}`, 400, 12130},
		{"seats without users", "POST", idps, `{"name":"x","type":"saml","config":{},"scim_config":{"enabled":true,"seat_deprovision":true}}`, 400, 12130},
		{"enabled is no word", "POST", idps, `{"name":"x","type":"saml","config":{},"scim_config":{"enabled":"yes"}}`, 400, 12130},
		{"unknown behaviour", "POST", idps, `{"name":"x","type":"saml","config":{},"scim_config":{"enabled":true,"identity_update_behavior":"x"}}`, 400, 12130},
		{"encryption without a set", "POST", idps, `{"name":"x","type":"saml","config":{"enable_encryption":true}}`, 400, 12130},
		{"read-only PUT", "PUT", idps + "/shared", `{"name":"x","type":"oidc","config":{}}`, 400, 12130},
		{"read-only DELETE", "DELETE", idps + "/shared", ``, 400, 12130},
	} {
		t.Run(c.name, func(t *testing.T) {
			want(t, call(t, s, c.method, c.path, c.body), c.status, c.code, "access.api.error")
		})
	}
	if r := call(t, s, "POST", idps, `{"name":"x","type":"onetimepin","config":{}}`); r.Errors[0].Message != "access.api.error.conflict: a onetimepin connection already exists" {
		t.Errorf("message: %s", r.Body)
	}
}

func TestNamesAreNotUnique(t *testing.T) {
	s, _ := newServer(t)
	if a, b := create(t, s, github), create(t, s, github); a["id"] == b["id"] {
		t.Error("one id for two")
	}
}

func TestProviderLimit(t *testing.T) {
	s, _ := newServer(t)
	for range 50 {
		create(t, s, github)
	}
	want(t, call(t, s, "POST", idps, github), 400, 12130, "limit")
	must(t, s.Switch("provider-limit", "off"))
	create(t, s, github)
}

// TestFieldsThatStay: unknown fields and those of another type vanish without a word; x_ ones and those that a
// loaded document has stay.
func TestFieldsThatStay(t *testing.T) {
	s, _ := newServer(t)
	must(t, s.Put(accountName, sandbox.KindProvider, "", []byte(`{"id":"a","type":"github","name":"A","config":{"future":1}}`)))
	made := create(t, s, `{"name":"B","type":"github","typo":1,"x_top":9007199254740993,"config":{
		"client_id":"abc","client_secret":"hush","okta_account":"no","clinet_id":"no","future":{"a":2.50},"x_more":[1]}}`)
	config := made["config"].(map[string]any)
	delete(config, "redirect_url")
	wanted := map[string]any{"client_id": "abc", "future": map[string]any{"a": json.Number("2.50")}, "x_more": []any{json.Number("1")}}
	if diff := cmp.Diff(wanted, config); diff != "" {
		t.Error(diff)
	}
	if _, ok := made["typo"]; ok || made["x_top"] != json.Number("9007199254740993") {
		t.Errorf("top: %v", made)
	}
}

func TestSCIMSecretOnce(t *testing.T) {
	s, _ := newServer(t)
	const off = `{"name":"O","type":"oidc","config":{"client_id":"a","client_secret":"b"},"scim_config":{"enabled":false}}`
	on := strings.Replace(off, `"enabled":false`, `"enabled":true,"user_deprovision":true,"secret":"mine","scim_base_url":"mine"`, 1)
	secretOf := func(o map[string]any) any { return o["scim_config"].(map[string]any)["secret"] }
	made := create(t, s, on)
	secret, _ := secretOf(made).(string)
	if len(secret) < 32 || secret == "mine" {
		t.Fatalf("no secret: %v", made)
	}
	id := made["id"].(string)
	one := object(t, get(t, s, idps+"/"+id).Result)
	wanted := map[string]any{"enabled": true, "user_deprovision": true, "scim_base_url": "https://" + team + "/scim/" + id}
	if diff := cmp.Diff(wanted, one["scim_config"]); diff != "" {
		t.Error(diff)
	}
	if again := object(t, call(t, s, "PUT", idps+"/"+id, on).Result); secretOf(again) != nil {
		t.Error("secret twice")
	}
	late := create(t, s, off)
	if secretOf(late) != nil || late["scim_config"].(map[string]any)["scim_base_url"] != nil {
		t.Errorf("SCIM is off: %v", late)
	}
	path := idps + "/" + late["id"].(string)
	if turned := object(t, call(t, s, "PUT", path, on).Result); secretOf(turned) == nil {
		t.Errorf("no secret when switched on: %v", turned)
	}
	for range 2 { // off and on again: the secret that is there stays
		call(t, s, "PUT", path, off)
		if turned := object(t, call(t, s, "PUT", path, on).Result); secretOf(turned) != nil {
			t.Errorf("another secret: %v", turned)
		}
	}
	if got := ids(t, get(t, s, idps+"?scim_enabled=true")); got != id+" "+late["id"].(string) {
		t.Errorf("scim_enabled: %s", got)
	}
	call(t, s, "PUT", path, off)
	if got := ids(t, get(t, s, idps+"?scim_enabled=true")); got != id {
		t.Errorf("scim_enabled: %s", got)
	}
}

func TestStoredSecrets(t *testing.T) {
	s, _ := newServer(t)
	id := create(t, s, github)["id"].(string)
	stored := func() string {
		raw, err := s.Stored(accountName, sandbox.KindProvider, "", id)
		must(t, err)
		secret, ok := object(t, raw)["config"].(map[string]any)["client_secret"]
		return fmt.Sprint(secret, " ", ok)
	}
	for _, c := range []struct{ body, stored string }{
		{`{"name":"G","type":"github","config":{"client_id":"abc"}}`, "hush true"},
		{`{"name":"G","type":"github","config":{"client_id":"abc","client_secret":"new"}}`, "new true"},
		{`{"name":"G","type":"github","config":{"client_id":"abc","client_secret":"****"}}`, "**** true"}, // the trap
		{`{"name":"G","type":"github","config":{"client_id":"abc","client_secret":""}}`, " true"},         // another
		{`{"name":"G","type":"github","config":{"client_id":"abc","client_secret":null}}`, "<nil> false"}, // and another
	} {
		r := call(t, s, "PUT", idps+"/"+id, c.body)
		want(t, r, 200, 0, "")
		if strings.Contains(r.Body, "client_secret") || stored() != c.stored {
			t.Errorf("after %s: %s, answered %s", c.body, stored(), r.Body)
		}
	}
}

func TestOrganization(t *testing.T) {
	s, _ := newServer(t)
	id := create(t, s, `{"name":"O","type":"saml","config":{},"scim_config":{"enabled":true}}`)["id"].(string)
	r := call(t, s, "PUT", inAccount+"organizations", `{"auth_domain":"moved.cloudflareaccess.com","x":1}`)
	want(t, r, 200, 0, "")
	if o := object(t, r.Result); o["name"] != "Acme" || o["auth_domain"] != "moved.cloudflareaccess.com" {
		t.Errorf("organization: %s", r.Body)
	}
	if one := get(t, s, idps+"/"+id); strings.Contains(one.Body, team) || !strings.Contains(one.Body, "https://moved.cloudflareaccess.com/scim/"+id) {
		t.Errorf("URLs stayed: %s", one.Body)
	}
	want(t, get(t, s, inZone+"organizations"), 200, 0, "")
}

func TestAllTypes(t *testing.T) {
	s, _ := newServer(t)
	must(t, s.AllTypes(accountName))
	must(t, s.AllTypes(zoneName))
	items := list(t, get(t, s, idps))
	seen := map[string]bool{}
	for _, item := range items {
		kind := item["type"].(string)
		seen[kind] = true
		raw, err := s.Stored(accountName, sandbox.KindProvider, "", item["id"].(string))
		must(t, err)
		config := object(t, raw)["config"].(map[string]any)
		if _, oauth := config["client_id"]; oauth && !strings.HasPrefix(config["client_secret"].(string), "sandbox-secret-") {
			t.Errorf("%s has no secret", kind)
		}
		if strings.Contains(string(raw), "%") {
			t.Errorf("%s: unfilled: %s", kind, raw)
		}
		// What was read can be sent back.
		body, err := json.Marshal(item)
		must(t, err)
		want(t, call(t, s, "PUT", idps+"/"+item["id"].(string), string(body)), 200, 0, "")
	}
	if len(seen) != 15 || len(items) != 15 {
		t.Errorf("%d types, %d providers", len(seen), len(items))
	}
	if body := get(t, s, idps).Body; strings.Contains(body, "sandbox-secret") || strings.Contains(body, "sandbox-scim") ||
		!strings.Contains(body, `"saml_certificate_set":{`) {
		t.Errorf("served: %s", body)
	}
	must(t, s.AllTypes(accountName)) // again: 13 more, the two single ones replaced
	if n := get(t, s, idps).ResultInfo.TotalCount; n != 28 {
		t.Errorf("%d providers, want 28", n)
	}
	if err := s.AllTypes("account:" + noAccess); err == nil {
		t.Error("no organization, no error")
	}
}
