package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

func TestAuthentication(t *testing.T) {
	s, _ := newServer(t)
	s.AddToken(sandbox.Token{Value: "here-only", Permissions: sandbox.AllPermissions, Accounts: []string{account}, Zones: []string{}})
	s.AddToken(sandbox.Token{Value: "access-only", Permissions: sandbox.IdentityProvidersRead})
	s.AddToken(sandbox.Token{Value: "writes", Permissions: sandbox.IdentityProvidersWrite})
	s.AddToken(sandbox.Token{Value: "owned", Permissions: sandbox.IdentityProvidersRead, Owner: account})
	s.AddToken(sandbox.Token{Value: "revoked"})
	s.RemoveToken("revoked")
	bearer := func(token string) string { return "Authorization: Bearer " + token }
	other := "/accounts/" + strings.Repeat("9", 32) + "/access/identity_providers"
	for _, c := range []struct {
		name, method, path string
		header             []string
		status, code       int
	}{
		{"none", "GET", idps, []string{"X-Nothing: "}, 400, 9106},
		{"half a key", "GET", idps, []string{"X-Auth-Email: " + sandbox.DefaultEmail}, 400, 9106},
		{"no Bearer", "GET", idps, []string{"Authorization: " + sandbox.DefaultToken}, 400, 6003},
		{"Bearer twice", "GET", idps, []string{bearer("Bearer x")}, 400, 6003},
		{"quotes", "GET", idps, []string{bearer(`"x"`)}, 400, 6003},
		{"empty", "GET", idps, []string{"Authorization: Bearer "}, 400, 6003},
		{"unknown", "GET", idps, []string{bearer("nobody")}, 403, 10000},
		{"revoked", "GET", idps, []string{bearer("revoked")}, 403, 10000},
		{"wrong key", "GET", idps, []string{"X-Auth-Email: " + sandbox.DefaultEmail, "X-Auth-Key: x"}, 403, 10000},
		{"key", "GET", idps, []string{"X-Auth-Email: " + sandbox.DefaultEmail, "X-Auth-Key: " + sandbox.DefaultKey}, 200, 0},
		{"read", "GET", idps, []string{bearer(sandbox.DefaultReadToken)}, 200, 0},
		{"read may not write", "POST", idps, []string{bearer(sandbox.DefaultReadToken)}, 403, 10000},
		{"write includes read", "GET", idps, []string{bearer("writes")}, 200, 0},
		{"no apps", "GET", inAccount + "apps", []string{bearer("access-only")}, 403, 10000},
		{"no policies", "GET", inAccount + "policies", []string{bearer("access-only")}, 403, 10000},
		{"groups go with providers", "GET", inAccount + "groups", []string{bearer("access-only")}, 200, 0},
		{"organization goes with providers", "GET", inAccount + "organizations", []string{bearer("access-only")}, 200, 0},
		{"account name", "GET", "/accounts/" + account, []string{bearer("access-only")}, 403, 9109},
		{"no accounts to list", "GET", "/accounts", []string{bearer("access-only")}, 200, 0},
		{"its account", "GET", idps, []string{bearer("here-only")}, 200, 0},
		{"not the zone", "GET", inZone + "identity_providers", []string{bearer("here-only")}, 403, 9109},
		{"not another account", "GET", "/accounts/" + noAccess + "/access/apps", []string{bearer("here-only")}, 403, 9109},
		{"an account that is not there", "GET", other, nil, 403, 9109},
		{"an id of the wrong form", "GET", "/accounts/me/access/identity_providers", nil, 404, 7003},
		{"user token", "GET", "/user/tokens/verify", nil, 200, 0},
		{"user token at an account", "GET", "/accounts/" + account + "/tokens/verify", nil, 403, 10000},
		{"owned token", "GET", "/accounts/" + account + "/tokens/verify", []string{bearer("owned")}, 200, 0},
		{"owned token at the user", "GET", "/user/tokens/verify", []string{bearer("owned")}, 403, 10000},
		{"a key is no token", "GET", "/user/tokens/verify", []string{"X-Auth-Email: " + sandbox.DefaultEmail, "X-Auth-Key: " + sandbox.DefaultKey}, 403, 10001},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := call(t, s, c.method, c.path, github, c.header...)
			want(t, r, c.status, c.code, "")
			if c.code == 6003 && (len(r.Errors[0].Chain) != 1 || r.Errors[0].Chain[0].Code != 6111) {
				t.Errorf("error_chain: %s", r.Body)
			}
			if c.name == "no accounts to list" && (string(r.Result) != "[]" || r.ResultInfo.TotalCount != 0) {
				t.Errorf("want an empty list: %s", r.Body)
			}
		})
	}
}

func TestNoRoute(t *testing.T) {
	s, _ := newServer(t)
	for _, c := range []string{
		"GET /", "GET /memberships", "GET /user", "GET /accounts/", "POST /accounts", "GET " + inAccount + "seats",
		"GET /accounts/" + account + "/access", "GET " + inAccount, "GET " + idps + "/", "PATCH " + idps + "/x", "DELETE " + idps,
		"POST " + idps + "/x", "GET " + idps + "/x/scim", "GET " + idps + "/x/scim/members", "POST " + idps + "/x/scim/users",
		"GET " + inZone + "identity_providers/x/scim/users", "GET " + inZone + "policies", "PUT " + inAccount + "apps",
		"POST " + inAccount + "apps", "DELETE " + inAccount + "apps/x", "PUT " + inAccount + "organizations/x", "GET /zones/" + zone + "/tokens/verify",
	} {
		method, path, _ := strings.Cut(c, " ")
		r := call(t, s, method, path, "{}")
		if r.Status != http.StatusNotFound || len(r.Errors) != 1 || r.Errors[0].Code != 7003 {
			t.Errorf("%s: %d %s", c, r.Status, r.Body)
		}
	}
	r := call(t, s, "GET", "/sandbox/nothing", "")
	if r.Status != http.StatusNotFound {
		t.Errorf("/sandbox/nothing: %d", r.Status)
	}
}

func TestNotEnabled(t *testing.T) {
	s, _ := newServer(t)
	base := "/accounts/" + noAccess + "/access/"
	for _, path := range []string{"identity_providers", "organizations", "apps", "policies", "groups", "identity_providers/x/scim/users"} {
		want(t, get(t, s, base+path), 403, 9999, "access.api.error.not_enabled: Access is not enabled")
	}
	want(t, call(t, s, "POST", base+"organizations", `{"name":"x"}`), 400, 12130, "")
	r := call(t, s, "POST", base+"organizations", `{"name":"New","auth_domain":"new.cloudflareaccess.com","session_duration":"8h"}`)
	want(t, r, 201, 0, "")
	if o := object(t, r.Result); o["auth_domain"] != "new.cloudflareaccess.com" || o["session_duration"] != "8h" {
		t.Errorf("organization: %s", r.Body)
	}
	want(t, get(t, s, base+"identity_providers"), 200, 0, "")
	want(t, call(t, s, "POST", base+"organizations", `{"name":"New","auth_domain":"x"}`), 409, 12132, "")
}

func TestDirectory(t *testing.T) {
	s, _ := newServer(t)
	for i := range 10 {
		s.AddAccount(fmt.Sprintf("%032x", i), fmt.Sprint("n", i), "x")
	}
	r := get(t, s, "/accounts?per_page=1&page=2")
	want(t, r, 200, 0, "")
	if diff := cmp.Diff(&info{Count: 5, Page: 2, PerPage: 5, TotalCount: 12, TotalPages: 3}, r.ResultInfo); diff != "" {
		t.Error(diff)
	}
	r = get(t, s, "/accounts/"+account)
	if diff := cmp.Diff(map[string]any{"id": account, "name": "Acme"}, object(t, r.Result)); diff != "" {
		t.Error(diff)
	}
	r = get(t, s, "/zones?name=acme.example")
	if diff := cmp.Diff([]map[string]any{{"id": zone, "name": "acme.example", "account": map[string]any{"id": account}}}, list(t, r)); diff != "" {
		t.Error(diff)
	}
	want(t, get(t, s, "/zones/"+zone), 200, 0, "")
	r = get(t, s, "/user/tokens/verify")
	if o := object(t, r.Result); o["status"] != "active" || o["id"] == sandbox.DefaultToken || len(o["id"].(string)) != 32 {
		t.Errorf("verify: %s", r.Body)
	}
}

func TestHeaders(t *testing.T) {
	s, _ := newServer(t)
	r := get(t, s, idps)
	if r.Header.Get("Cf-Ray") == "" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Cf-Auditlog-Id") != "" {
		t.Errorf("GET: %v", r.Header)
	}
	w := call(t, s, "POST", idps, github)
	if w.Header.Get("Cf-Auditlog-Id") == "" || w.Header.Get("Cf-Ray") == r.Header.Get("Cf-Ray") {
		t.Errorf("POST: %v", w.Header)
	}
}

// TestReferences: apps, policies and groups can be listed, read and replaced.
func TestReferences(t *testing.T) {
	s, clock := newServer(t)
	must(t, s.Populate(accountName, sandbox.Population{Apps: 16, Policies: 15, AccessGroups: 15}))
	must(t, s.Populate(zoneName, sandbox.Population{Providers: []string{"github"}, Apps: 2, AccessGroups: 2}))
	for path, perPage := range map[string]int{
		inAccount + "apps": 1000, inAccount + "policies": 100, inAccount + "groups": 1000, inZone + "apps": 1000, inZone + "groups": 1000,
	} {
		r := get(t, s, path)
		want(t, r, 200, 0, "")
		if r.ResultInfo.PerPage != perPage || r.ResultInfo.TotalCount != len(list(t, r)) {
			t.Errorf("%s: %+v", path, r.ResultInfo)
		}
		first := list(t, r)[0]
		one := path + "/" + first["id"].(string)
		want(t, get(t, s, one), 200, 0, "")
		want(t, get(t, s, path+"/nobody"), 404, 12135, "access.api.error.not_found")
		want(t, call(t, s, "PUT", path+"/nobody", `{}`), 404, 12135, "")
		want(t, call(t, s, "PUT", one, `{"name":`), 400, 12130, "")
		want(t, call(t, s, "PUT", one, `{}`), 400, 12130, "")
		clock.Advance(1)
		r = call(t, s, "PUT", one, `{"id":"forged","name":"New","x":2.50,"created_at":"1999-01-01T00:00:00Z"}`)
		want(t, r, 200, 0, "")
		next := object(t, r.Result)
		if next["id"] != first["id"] || next["name"] != "New" || next["created_at"] != first["created_at"] || next["aud"] != first["aud"] ||
			next["updated_at"] != "2026-06-30T12:00:00Z" || !strings.Contains(r.Body, `"x":2.50`) {
			t.Errorf("PUT %s: %s", one, r.Body)
		}
		if again := get(t, s, one); string(again.Result) != string(r.Result) {
			t.Errorf("GET after PUT: %s", again.Body)
		}
	}
	// Every way of naming a provider occurs.
	all := get(t, s, inAccount+"groups").Body + get(t, s, inAccount+"policies").Body + get(t, s, inAccount+"apps").Body
	for _, way := range []string{
		"login_method", "azureAD", "auth_context", "github-organization", "gsuite", "okta", "saml", "oidc", "auth_method",
		"cloudflare_account_member", "allowed_idps", "idp_uid", "name_by_idp", "idp_id", "auto_redirect_to_identity",
	} {
		if !strings.Contains(all, `"`+way+`"`) {
			t.Errorf("nothing has %s", way)
		}
	}
}
