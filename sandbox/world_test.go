package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

// awkward has what careless handling of JSON destroys.
const awkward = `{ "id":"%s", "n":2.50,"big":9007199254740993 ,"e":1E400,"text":"<&>` + "\u2028" + `é\u00e9\/","dup":1,"nested":{"a":[ ]},"config":{}}`

// TestBytesStay: what is loaded is served byte for byte, from every list and on its own.
func TestBytesStay(t *testing.T) {
	s, _, provider, users := withUsers(t, 0)
	for path, kind := range map[string]sandbox.Kind{
		idps: sandbox.KindProvider, users: sandbox.KindSCIMUser, strings.Replace(users, "users", "groups", 1): sandbox.KindSCIMGroup,
		inAccount + "apps": sandbox.KindApp, inAccount + "policies": sandbox.KindPolicy, inAccount + "groups": sandbox.KindAccessGroup,
	} {
		raw := fmt.Sprintf(awkward, "the-"+string(kind))
		must(t, s.Put(accountName, kind, provider, []byte(raw)))
		must(t, s.Put(accountName, kind, provider, []byte(raw))) // the same id: replaced
		if body := get(t, s, path).Body; strings.Count(body, raw) != 1 {
			t.Errorf("%s: %s", kind, body)
		}
		if !strings.Contains(path, "/scim/") {
			if body := get(t, s, path+"/the-"+string(kind)).Body; !strings.Contains(body, `"result":`+raw+`,`) {
				t.Errorf("%s: %s", kind, body)
			}
		}
	}
	organization := strings.Replace(fmt.Sprintf(awkward, "x"), "{", `{"auth_domain":"x.example",`, 1)
	must(t, s.Put(accountName, sandbox.KindOrganization, "", []byte(organization)))
	if body := get(t, s, inAccount+"organizations").Body; !strings.Contains(body, organization) {
		t.Errorf("organization: %s", body)
	}
	// An API write keeps the bytes of what it does not compute.
	body := `{"name":"é<&>\/","type":"oidc","config":{"client_id":"a","client_secret":"b","x_n":2.50,"x_big":9007199254740993}}`
	r := call(t, s, "POST", idps, body)
	if !strings.Contains(r.Body, `"name":"é<&>\/"`) || !strings.Contains(r.Body, `"x_n":2.50,"x_big":9007199254740993`) {
		t.Errorf("POST: %s", r.Body)
	}
}

// TestLoadedProviderStays: a loaded provider has no URL, version or marker that it did not come with.
func TestLoadedProviderStays(t *testing.T) {
	s, _ := newServer(t)
	for _, raw := range []string{
		`{"id":"a","type":"onetimepin","name":"PIN","config":{}}`,
		`{"id":"b","type":"github","name":"Old","config":{"client_id":"x","client_secret":"****"}}`,
		`{"id":"c","type":"github","name":"Old","config":{"client_id":"x","client_secret":null}}`,
		`{"id":"d","type":"github","name":"Old","config":{"client_id":"x","client_secret":""}}`,
	} {
		must(t, s.Put(accountName, sandbox.KindProvider, "", []byte(raw)))
		if body := get(t, s, idps).Body; !strings.Contains(body, raw) {
			t.Errorf("%s is served as %s", raw, body)
		}
	}
	// What a read left out is there all the same: a PUT keeps it, older APIs would have masked it.
	const read = `{ "id":"f","type":"oidc","config":{ "client_id":"x" , "auth_url":"y" },"scim_config":{"enabled":true},"name":"F" }`
	must(t, s.Put(accountName, sandbox.KindProvider, "", []byte(read)))
	if body := get(t, s, idps+"/f").Body; !strings.Contains(body, read) {
		t.Errorf("%s is served as %s", read, body)
	}
	r := call(t, s, "PUT", idps+"/f", read)
	raw, err := s.Stored(accountName, sandbox.KindProvider, "", "f")
	must(t, err)
	if strings.Contains(r.Body, "secret") || !strings.Contains(string(raw), `"client_secret":"sandbox-presumed-`) {
		t.Errorf("PUT answered %s, stored %s", r.Body, raw)
	}
	must(t, s.Put(accountName, sandbox.KindProvider, "", []byte(`{"id":"e","type":"new_type","name":"Real","config":{"client_secret":"hush"}}`)))
	if body := get(t, s, idps).Body; strings.Contains(body, "hush") {
		t.Errorf("a secret is served: %s", body)
	}
}

func TestMutators(t *testing.T) {
	s, c, provider, users := withUsers(t, 10)
	total := func() int { return get(t, s, users).ResultInfo.TotalCount }
	joined, err := s.Join(accountName, provider)
	must(t, err)
	if u := object(t, []byte(ofID(t, s, users, joined))); total() != 11 || u["active"] != true || u["meta"].(map[string]any)["created"] != "2026-06-30T12:00:00Z" {
		t.Errorf("joined: %v", u)
	}
	must(t, s.Edit(accountName, sandbox.KindSCIMUser, provider, joined, map[string]json.RawMessage{
		"/displayName": []byte(`"New"`), "/emails/0/value": []byte(`"new@x.example"`), "/a~1b": []byte(`2.50`), "/externalId": nil,
	}))
	if raw := ofID(t, s, users, joined); !strings.Contains(raw, `"displayName":"New"`) || !strings.Contains(raw, `[{"value":"new@x.example",`) ||
		!strings.Contains(raw, `,"a/b":2.50}`) || strings.Contains(raw, "externalId") {
		t.Errorf("edited: %s", raw)
	}
	must(t, s.Leave(accountName, provider, joined))
	if total() != 10 {
		t.Errorf("left: %d", total())
	}

	before := object(t, get(t, s, idps+"/"+provider).Result)
	must(t, s.Edit(accountName, sandbox.KindProvider, "", provider, map[string]json.RawMessage{"/config/okta_account": []byte(`"https://x"`), "/config/client_secret": []byte(`"rotated"`)}))
	after := get(t, s, idps+"/"+provider)
	if o := object(t, after.Result); o["version"] == before["version"] || strings.Contains(after.Body, "rotated") || !strings.Contains(after.Body, `"https://x"`) {
		t.Errorf("edited: %s", after.Body)
	}
	must(t, s.Edit(accountName, sandbox.KindOrganization, "", "", map[string]json.RawMessage{"/name": []byte(`"N"`)}))
	if body := get(t, s, inAccount+"organizations").Body; !strings.Contains(body, `"name":"N"`) {
		t.Errorf("organization: %s", body)
	}

	c.Advance(time.Hour)
	old := map[string]string{}
	for _, u := range list(t, get(t, s, users)) {
		old[u["id"].(string)] = fmt.Sprint(u)
	}
	must(t, s.Churn(accountName, 3, 4, 2))
	same, changed, added := 0, 0, 0
	for _, u := range list(t, get(t, s, users)) {
		switch was, ok := old[u["id"].(string)]; {
		case !ok:
			added++
		case was == fmt.Sprint(u):
			same++
		case u["meta"].(map[string]any)["lastModified"] == "2026-06-30T13:00:00Z":
			changed++
		}
	}
	if total() != 12 || same != 5 || changed != 3 || added != 4 {
		t.Errorf("churn: %d in all, %d same, %d changed, %d added", total(), same, changed, added)
	}

	must(t, s.Remove(accountName, sandbox.KindProvider, "", provider))
	want(t, get(t, s, users), 404, 12135, "")
	must(t, s.Remove(accountName, sandbox.KindOrganization, "", ""))
	want(t, get(t, s, idps), 403, 9999, "")
}

func TestMutatorErrors(t *testing.T) {
	s, _, provider, _ := withUsers(t, 1)
	put := func(target string, kind sandbox.Kind, provider, raw string) error {
		return s.Put(target, kind, provider, []byte(raw))
	}
	edit := func(id, pointer, value string) error {
		return s.Edit(accountName, sandbox.KindProvider, "", id, map[string]json.RawMessage{pointer: []byte(value)})
	}
	_, storedErr := s.Stored(accountName, sandbox.KindApp, "", "x")
	_, idsErr := s.IDs(zoneName, sandbox.KindSCIMUser, "x")
	_, joinErr := s.Join(accountName, "x")
	for i, err := range []error{
		put("account:x", sandbox.KindApp, "", `{"id":"a"}`), put(accountName, "thing", "", `{"id":"a"}`), put(accountName, sandbox.KindApp, "", `{`),
		put(accountName, sandbox.KindApp, "", `[]`), put(accountName, sandbox.KindApp, "", `{}`), put(accountName, sandbox.KindSCIMUser, "x", `{"id":"a"}`),
		put(zoneName, sandbox.KindSCIMUser, provider, `{"id":"a"}`), edit("x", "/a", "1"), edit(provider, "a", "1"), edit(provider, "/a", "{"),
		storedErr, idsErr, joinErr, s.Leave(accountName, provider, "x"), s.Leave(accountName, "x", "x"),
		s.Churn(accountName, 1, 0, 1), s.Churn(zoneName, 0, 1, 0), s.Churn(accountName, -1, 0, 0),
	} {
		if err == nil {
			t.Errorf("%d: no error", i)
		}
	}
}

// ofID is one user as served.
func ofID(t *testing.T, s http.Handler, users, id string) string {
	t.Helper()
	r := get(t, s, users+"?cf_resource_id="+id)
	return strings.TrimSuffix(strings.TrimPrefix(string(r.Result), "["), "]")
}

func TestRequests(t *testing.T) {
	s, _ := newServer(t)
	get(t, s, idps+"?page=1")
	call(t, s, "POST", idps, github)
	call(t, s, "GET", "/sandbox/world", "")
	wanted := []sandbox.Request{
		{Method: "GET", Path: "/client/v4" + idps, Query: "page=1", Status: 200},
		{Method: "POST", Path: "/client/v4" + idps, Status: 201, Body: github},
	}
	if diff := cmp.Diff(wanted, s.Requests()); diff != "" {
		t.Error(diff)
	}
	if all, writes := s.RequestCount(); all != 2 || writes != 1 {
		t.Errorf("%d requests, %d writes", all, writes)
	}
	s.ClearRequests()
	must(t, s.Switch("rate-limit", "off"))
	for i := range 8200 {
		get(t, s, fmt.Sprint("/accounts?page=", i))
	}
	log := s.Requests()
	if all, _ := s.RequestCount(); all != 8200 || len(log) != 8192 || log[0].Query != "page=8" || log[8191].Query != "page=8199" {
		t.Errorf("%d requests, %d kept, from %s", all, len(log), log[0].Query)
	}
}

// TestConcurrent reads, writes, mutates and switches at once; the race detector judges, and pages stay whole.
func TestConcurrent(t *testing.T) {
	s, _, provider, users := withUsers(t, 500)
	must(t, s.Switch("rate-limit", "off"))
	server := httptest.NewServer(s)
	defer server.Close()
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 40 {
				switch r := get(t, s, fmt.Sprint(users, "?page=", i%5+1)); {
				case !json.Valid([]byte(r.Body)):
					t.Errorf("broken page: %.200s", r.Body)
				case worker == 0:
					_ = s.Churn(accountName, 5, 2, 2)
				case worker == 1:
					_ = s.Switch("order", []string{"stable", "shuffled", "unstable"}[i%3])
					_ = s.AddFault(sandbox.Fault{Kind: sandbox.FaultDriftSwap, Times: 1})
				case worker == 2:
					call(t, s, "DELETE", idps+"/"+create(t, s, github)["id"].(string), "")
					_ = s.Targets()
				default:
					_, _ = s.Join(accountName, provider)
					_ = s.Requests()
				}
			}
		})
	}
	group.Wait()
}
