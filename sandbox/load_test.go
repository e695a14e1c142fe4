package sandbox_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

const (
	loaded     = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	loadedZone = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// recorded are answers in the shape of recordings, several documents in a row, one of them a list.
const recorded = `{"url":"https://api.cloudflare.com/client/v4/accounts/` + loaded + `/access/identity_providers?page=1","response":{"success":true,"errors":[],"messages":[],"result":[
  { "id":"11111111-0000-4000-8000-000000000001", "type":"okta","name":"Okta <&>","brand_new":2.50,
    "config":{"redirect_url":"https://rec.cloudflareaccess.com/cdn-cgi/access/callback"},"scim_config":{"enabled":true},"version":"v"}]}}
[{"url":"/client/v4/accounts/` + loaded + `/access/identity_providers/11111111-0000-4000-8000-000000000001/scim/users","response":{"success":true,"result":[{"id":"u1","userName":"x"},{"id":"u2"}]}},
 {"url":"/client/v4/accounts/` + loaded + `/access/identity_providers/22222222-0000-4000-8000-000000000002/scim/groups","response":{"success":true,"result":[{"id":"g1"}]}}]
{"url":"/client/v4/zones/` + loadedZone + `/access/apps/app1","response":{"success":true,"result":{"id":"app1","name":"One"}}}
{"url":"/client/v4/zones/` + loadedZone + `/access/organizations","response":{"success":true,"result":{"auth_domain":"z.cloudflareaccess.com"}}}
`

func TestLoadRecorded(t *testing.T) {
	s := sandbox.New(sandbox.Options{})
	for range 2 { // a second time it replaces
		must(t, s.Load([]byte(recorded)))
	}
	a, z := "/accounts/"+loaded+"/access/", "/zones/"+loadedZone+"/access/"
	if body := get(t, s, a+"identity_providers").Body; !strings.Contains(body, `{ "id":"11111111-0000-4000-8000-000000000001", "type":"okta","name":"Okta <&>","brand_new":2.50,`+"\n    "+`"config":{"redirect_url"`) {
		t.Errorf("providers: %s", body)
	}
	if got := ids(t, get(t, s, a+"identity_providers/11111111-0000-4000-8000-000000000001/scim/users")); got != "u1 u2" {
		t.Errorf("users: %s", got)
	}
	// The provider of the groups was not recorded: something stands in for it.
	if got := ids(t, get(t, s, a+"identity_providers/22222222-0000-4000-8000-000000000002/scim/groups")); got != "g1" {
		t.Errorf("groups: %s", got)
	}
	if body := get(t, s, a+"organizations").Body; !strings.Contains(body, `"auth_domain":"rec.cloudflareaccess.com"`) {
		t.Errorf("organization: %s", body)
	}
	want(t, get(t, s, z+"apps/app1"), 200, 0, "")
	if body := get(t, s, z+"organizations").Body; !strings.Contains(body, `"result":{"auth_domain":"z.cloudflareaccess.com"}`) {
		t.Errorf("organization: %s", body)
	}
}

const state = `{"format_version":"1","snapshot":{"id":"x","target":"account:` + loaded + `","target_name":"Acme"},"resources":[
 {"kind":"scim_user","id":"u1","provider_id":"p1","name":"U","document":{"id":"u1","displayName":"U"}},
 {"kind":"scim_group","id":"g1","provider_id":"p1","name":"G","document":{"id":"g1"}},
 {"kind":"organization","id":"","name":"Acme","document":{"auth_domain":"acme.cloudflareaccess.com","name":"Acme"}},
 {"kind":"identity_provider","id":"p1","name":"Okta","document":{"config":{"api_token":"(redacted)","client_id":"c","client_secret":"(redacted)"},"id":"p1","name":"Okta","scim_config":{"enabled":true,"secret":"(redacted)"},"type":"okta"}},
 {"kind":"access_app","id":"a1","name":"App","document":{"id":"a1","list":[{"password":"(redacted)","x":1}],"name":"App","saas_app":{"client_secret":"(redacted)"}}},
 {"kind":"access_policy","id":"l1","name":"P","document":{"id":"l1"}},
 {"kind":"access_group","id":"r1","name":"R","document":{"id":"r1"}}]}`

func TestLoadState(t *testing.T) {
	s := sandbox.New(sandbox.Options{})
	must(t, s.Load([]byte(state)))
	a := "/accounts/" + loaded + "/access/"
	if body := get(t, s, a+"identity_providers").Body; !strings.Contains(body, `[{"config":{"client_id":"c"},"id":"p1","name":"Okta","scim_config":{"enabled":true},"type":"okta"}]`) {
		t.Errorf("providers: %s", body)
	}
	if body := get(t, s, a+"apps").Body; !strings.Contains(body, `[{"id":"a1","list":[{"x":1}],"name":"App","saas_app":{}}]`) {
		t.Errorf("apps: %s", body)
	}
	for _, kind := range []sandbox.Kind{sandbox.KindProvider, sandbox.KindApp} {
		id := map[sandbox.Kind]string{sandbox.KindProvider: "p1", sandbox.KindApp: "a1"}[kind]
		raw, err := s.Stored("account:"+loaded, kind, "", id)
		must(t, err)
		if strings.Contains(string(raw), "(redacted)") || !strings.Contains(string(raw), `"client_secret":"sandbox-refilled-`) {
			t.Errorf("stored: %s", raw)
		}
	}
	for _, path := range []string{"identity_providers/p1/scim/users", "identity_providers/p1/scim/groups", "policies", "groups"} {
		if r := get(t, s, a+path); len(list(t, r)) != 1 {
			t.Errorf("%s: %s", path, r.Body)
		}
	}
	if diff := cmp.Diff("Acme", s.Targets()[0].Name); diff != "" {
		t.Error(diff)
	}
	// A PUT without the secret keeps the one that was made up.
	want(t, call(t, s, "PUT", a+"identity_providers/p1", `{"name":"Okta","type":"okta","config":{"client_id":"c"},"scim_config":{"enabled":true}}`), 200, 0, "")
	if raw, _ := s.Stored("account:"+loaded, sandbox.KindProvider, "", "p1"); !strings.Contains(string(raw), "sandbox-refilled-") {
		t.Errorf("stored: %s", raw)
	}
}

func TestLoadErrors(t *testing.T) {
	ok := `{"url":"/client/v4/accounts/` + loaded + `/access/apps","response":{"success":true,"result":[{"id":"a"}]}} `
	resources := func(one string) string {
		return `{"snapshot":{"target":"zone:z"},"resources":[` + one + `]}`
	}
	for input, words := range map[string]string{
		``:                         "no resources",
		`[]`:                       "no resources",
		ok + `{"url":`:             "document 2",
		ok + `nonsense`:            "document 2",
		`{"a":1}`:                  "neither a recorded answer",
		`[{"a":1}]`:                "element 0",
		`{"url":"x","response":1}`: `url "x"`,
		`{"url":"/client/v4/accounts/a/access/seats","response":{}}`:                           "seats",
		`{"url":"/client/v4/accounts/a/access/apps","response":{"success":false}}`:             "not a successful one",
		`{"url":"/client/v4/accounts/a/access/apps","response":{"success":true,"result":1}}`:   "neither a list nor an object",
		`{"url":"/client/v4/accounts/a/access/apps","response":{"success":true,"result":[1]}}`: "result 0",
		`{"url":"/client/v4/accounts/a/access/apps","response":{"success":true,"result":{}}}`:  "has no id",
		`{"snapshot":{"target":"x"},"resources":[]}`:                                           "snapshot.target",
		`{"snapshot":{"target":"zone:z"},"resources":1}`:                                       "not a list",
		resources(`{"kind":"thing","document":{}}`):                                            "unknown kind",
		resources(`{"kind":"access_app"}`):                                                     "resources[0] has no document",
		resources(`{"kind":"access_app","id":"q","document":{}}`):                              "resources[0] (access_app q)",
		resources(`{"kind":"scim_user","provider_id":"p","document":{"id":"u"}}`):              "belongs to a provider of an account",
	} {
		s := sandbox.New(sandbox.Options{})
		if err := s.Load([]byte(input)); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", input, err)
		}
		if len(s.Targets()) != 0 {
			t.Errorf("%s: loaded in part", input)
		}
	}
}
