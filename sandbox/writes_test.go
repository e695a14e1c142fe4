package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

// giveUp makes a call over a real connection and waits no longer than a moment for the answer, unless wait is set.
func giveUp(t *testing.T, url, method, path, body string, wait bool) (int, error) {
	t.Helper()
	ctx := t.Context()
	if !wait {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
	}
	r, err := http.NewRequestWithContext(ctx, method, url+"/client/v4"+path, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// TestFaultsOnWrites: each fault, on each kind of write, takes effect or does not, and Writes says which.
func TestFaultsOnWrites(t *testing.T) {
	for _, c := range []struct {
		fault    sandbox.Fault
		effect   bool
		sent     int // status; 0: none
		answered bool
	}{
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 409}, false, 409, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 409, After: true}, true, 409, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 429}, false, 429, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 500}, false, 500, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 500, After: true}, true, 500, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 502}, false, 502, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 502, After: true}, true, 502, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 503}, false, 503, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 503, After: true}, true, 503, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 504}, false, 504, false},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 504, After: true}, true, 504, false},
		{sandbox.Fault{Kind: sandbox.FaultHTML}, false, 200, false},
		{sandbox.Fault{Kind: sandbox.FaultHTML, After: true}, true, 200, false},
		{sandbox.Fault{Kind: sandbox.FaultGarbage}, false, 200, false},
		{sandbox.Fault{Kind: sandbox.FaultGarbage, After: true}, true, 200, false},
		{sandbox.Fault{Kind: sandbox.FaultDropBefore}, false, 0, false},
		{sandbox.Fault{Kind: sandbox.FaultDropAfter}, true, 0, false},
		{sandbox.Fault{Kind: sandbox.FaultHang}, false, 0, false},
		{sandbox.Fault{Kind: sandbox.FaultHang, After: true}, true, 0, false},
		{sandbox.Fault{Kind: sandbox.FaultCut}, true, 1, false}, // the call's own status
		{sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 1}, true, 1, true},
		{sandbox.Fault{Kind: sandbox.FaultDriftRemove}, true, 1, true}, // of pages only
	} {
		for method, status := range map[string]int{"POST": 201, "PUT": 200, "DELETE": 202} {
			t.Run(fmt.Sprintf("%s %d %t %s", c.fault.Kind, c.fault.Status, c.fault.After, method), func(t *testing.T) {
				s, _ := newServer(t)
				server := httptest.NewServer(s)
				defer server.Close()
				id := create(t, s, github)["id"].(string)
				s.ClearRequests()
				path, body := idps+"/"+id, strings.Replace(github, "GitHub", "Renamed", 1)
				switch method {
				case "POST":
					path = idps
				case "DELETE":
					body = ""
				}
				c.fault.Times = 1
				must(t, s.AddFault(c.fault))
				sent, err := giveUp(t, server.URL, method, path, body, c.fault.Kind != sandbox.FaultHang)
				wantSent := c.sent
				if wantSent == 1 {
					wantSent = status
				}
				if sent != wantSent || (err != nil) != (wantSent == 0) {
					t.Errorf("answered %d, %v", sent, err)
				}
				items := list(t, get(t, s, idps))
				changed := len(items) != 1 || items[0]["name"] != "GitHub"
				if changed != c.effect {
					t.Errorf("effect: %t, want %t", changed, c.effect)
				}
				write := sandbox.Write{Method: method, Path: "/client/v4" + path, Body: []byte(body), Answered: c.answered}
				if c.effect {
					write.Status = status
				}
				writes := s.Writes()
				if diff := cmp.Diff([]sandbox.Write{write}, writes); diff != "" || writes[0].TookEffect() != c.effect {
					t.Errorf("writes: %s", diff)
				}
			})
		}
	}
	s, _ := newServer(t)
	if s.AddFault(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 429, After: true}) == nil {
		t.Error("a 429 that takes effect")
	}
}

// TestHangDoesNotHoldTheServer: a server closes while a caller still waits.
func TestHangDoesNotHoldTheServer(t *testing.T) {
	s, _ := newServer(t)
	server := httptest.NewServer(s)
	must(t, s.AddFault(sandbox.Fault{Kind: sandbox.FaultHang}))
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/client/v4"+idps, nil)
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	done := make(chan error)
	go func() {
		resp, err := server.Client().Do(r)
		if err == nil {
			err = resp.Body.Close()
		}
		done <- err
	}()
	for {
		if n, _ := s.RequestCount(); n == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	server.Close()
	select {
	case err := <-done:
		t.Errorf("the caller was answered: %v", err)
	default:
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("no error")
	}
	// Where the connection cannot be taken over, the context ends it.
	w := httptest.NewRecorder()
	r = httptest.NewRequestWithContext(ctx, http.MethodGet, "/client/v4"+idps, nil)
	r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	s.ServeHTTP(w, r)
	if w.Body.Len() > 0 {
		t.Errorf("answered %s", w.Body)
	}
}

// TestWrites: what the API refuses is among the writes too, reads are not, and the list is bounded.
func TestWrites(t *testing.T) {
	s, _ := newServer(t)
	get(t, s, idps)
	call(t, s, "POST", idps, "{")
	call(t, s, "PATCH", idps+"/x", "{}")
	call(t, s, "POST", idps, github, "Authorization: Bearer nobody")
	create(t, s, github)
	s.Writes()[3].Body[0] = 'x' // a copy
	wanted := []sandbox.Write{
		{Method: "POST", Path: "/client/v4" + idps, Body: []byte("{"), Status: 400, Answered: true},
		{Method: "PATCH", Path: "/client/v4" + idps + "/x", Body: []byte("{}"), Status: 404, Answered: true},
		{Method: "POST", Path: "/client/v4" + idps, Body: []byte(github), Status: 403, Answered: true},
		{Method: "POST", Path: "/client/v4" + idps, Body: []byte(github), Status: 201, Answered: true},
	}
	if diff := cmp.Diff(wanted, s.Writes()); diff != "" {
		t.Error(diff)
	}
	s.ClearRequests()
	if n := len(s.Writes()); n != 0 {
		t.Errorf("%d writes", n)
	}
	must(t, s.Switch("rate-limit", "off"))
	for n := range 10_005 {
		call(t, s, "PUT", idps+"/x", fmt.Sprint(n))
	}
	writes := s.Writes()
	if len(writes) != 10_000 || string(writes[0].Body) != "5" || string(writes[9999].Body) != "10004" {
		t.Errorf("%d writes, the first %s", len(writes), writes[0].Body)
	}
}

// TestPutMerges: what a PUT leaves out stays, what it sets to null goes, and secrets have switches of their own.
func TestPutMerges(t *testing.T) {
	s, _ := newServer(t)
	must(t, s.Switch("put", "merge"))
	id := create(t, s, `{"name":"O","type":"oidc","x_top":{"a":1,"b":2},"config":{"client_id":"a","client_secret":"hush","scopes":["s"],"claims":["c"],"x_deep":{"a":1,"b":2}},
		"scim_config":{"enabled":true,"user_deprovision":true,"seat_deprovision":true}}`)["id"].(string)
	must(t, s.Edit(accountName, sandbox.KindProvider, "", id, map[string]json.RawMessage{"/config/future": json.RawMessage("1")}))
	r := call(t, s, "PUT", idps+"/"+id, `{"name":"P","type":"oidc","config":{"claims":null,"x_deep":{"a":3}},"scim_config":{"seat_deprovision":false}}`)
	want(t, r, 200, 0, "")
	raw, err := s.Stored(accountName, sandbox.KindProvider, "", id)
	must(t, err)
	got := object(t, raw)
	if secret, _ := got["scim_config"].(map[string]any)["secret"].(string); secret == "" {
		t.Errorf("the SCIM token is lost: %s", raw)
	}
	if got := fields(got, "name", "x_top", "config", "scim_config.enabled", "scim_config.user_deprovision", "scim_config.seat_deprovision"); got !=
		"P map[a:1 b:2] map[client_id:a client_secret:hush future:1 redirect_url:https://"+team+"/cdn-cgi/access/callback scopes:[s] x_deep:map[a:3]] true true false" {
		t.Errorf("merged: %s", got)
	}
	// The result has to be allowed, name, type and config have to be sent.
	must(t, s.Edit(accountName, sandbox.KindProvider, "", id, map[string]json.RawMessage{"/scim_config/seat_deprovision": json.RawMessage("true")}))
	for _, body := range []string{
		`{"name":"P","type":"oidc","config":{},"scim_config":{"user_deprovision":false}}`,
		`{"type":"oidc","config":{}}`, `{"name":"P","config":{}}`, `{"name":"P","type":"oidc"}`, `{"name":"P","type":"oidc","config":null}`,
	} {
		want(t, call(t, s, "PUT", idps+"/"+id, body), 400, 12130, "")
	}
	must(t, s.Switch("put-without-secret", "clear"))
	r = call(t, s, "PUT", idps+"/"+id, `{"name":"P","type":"oidc","config":{},"scim_config":null}`)
	want(t, r, 200, 0, "")
	raw, err = s.Stored(accountName, sandbox.KindProvider, "", id)
	must(t, err)
	if got := fields(object(t, raw), "config.client_secret", "config.client_id", "scim_config"); got != "- a -" {
		t.Errorf("cleared: %s", got)
	}
}

// TestNullSCIM: null takes SCIM away even where a PUT without it does not.
func TestNullSCIM(t *testing.T) {
	s, _ := newServer(t)
	must(t, s.Switch("put-omits-scim", "keep"))
	id := create(t, s, `{"name":"O","type":"saml","config":{},"scim_config":{"enabled":true}}`)["id"].(string)
	for _, c := range [][2]string{{``, "true"}, {`,"scim_config":null`, "-"}} {
		r := call(t, s, "PUT", idps+"/"+id, `{"name":"O","type":"saml","config":{}`+c[0]+`}`)
		want(t, r, 200, 0, "")
		if got := fields(object(t, r.Result), "scim_config.enabled"); got != c[1] {
			t.Errorf("%s: %s", c[0], got)
		}
	}
}

func TestLag(t *testing.T) {
	s, _ := newServer(t)
	must(t, s.Switch("zone-echoes-account", "on"))
	names := func(path string) string {
		out := ""
		for _, item := range list(t, get(t, s, path)) {
			out += item["name"].(string)
		}
		return out
	}
	at := map[string]string{}
	for _, name := range []string{"A", "B", "C"} {
		at[name] = idps + "/" + create(t, s, strings.Replace(github, "GitHub", name, 1))["id"].(string)
	}
	must(t, s.Switch("delete-lag", "on"))
	must(t, s.Switch("create-lag", "on"))
	want(t, call(t, s, "DELETE", at["B"], ""), 202, 0, "")
	want(t, call(t, s, "DELETE", at["B"], ""), 404, 12135, "")
	create(t, s, strings.Replace(github, "GitHub", "D", 1))
	want(t, get(t, s, idps+"?page=x"), 400, 12130, "") // no read
	for _, wanted := range []string{"ABC", "ABCD", "ACD"} {
		if got := names(idps); got != wanted {
			t.Errorf("%s, want %s", got, wanted)
		}
	}
	// Each deleted one has reads of its own, a zone that echoes is a reader too, and what there is wins.
	want(t, call(t, s, "DELETE", at["A"], ""), 202, 0, "")
	want(t, call(t, s, "DELETE", at["C"], ""), 202, 0, "")
	for _, status := range []int{200, 200, 404} {
		if r := get(t, s, strings.Replace(at["A"], inAccount, inZone, 1)); r.Status != status {
			t.Errorf("%d, want %d", r.Status, status)
		}
	}
	if got := names(inZone + "identity_providers"); got != "CD" {
		t.Errorf("zone: %s", got)
	}
	// Switched off, everybody knows.
	must(t, s.Switch("delete-lag", "off"))
	want(t, get(t, s, at["C"]), 404, 12135, "")
	// Who acts behind the API's back is not delayed.
	must(t, s.Switch("delete-lag", "on"))
	must(t, s.Put(accountName, sandbox.KindProvider, "", []byte(`{"id":"z","name":"Z","type":"github","config":{}}`)))
	if got := names(idps); got != "DZ" {
		t.Errorf("put: %s", got)
	}
	must(t, s.Remove(accountName, sandbox.KindProvider, "", "z"))
	if got := names(idps); got != "D" {
		t.Errorf("removed: %s", got)
	}
}

func TestGrant(t *testing.T) {
	s, _ := newServer(t)
	id := create(t, s, github)["id"].(string)
	pin := create(t, s, `{"name":"PIN","type":"onetimepin","config":{}}`)["id"].(string)
	must(t, s.Grant(accountName, id))
	want(t, call(t, s, "PUT", idps+"/"+id, github), 200, 0, "")
	want(t, call(t, s, "DELETE", idps+"/"+id, ""), 409, 12132, "grant")
	for _, c := range [][2]string{{"account:x", id}, {zoneName, id}, {accountName, "x"}, {accountName, pin}} {
		if s.Grant(c[0], c[1]) == nil {
			t.Errorf("%v: no error", c)
		}
	}
	if r := call(t, s, "POST", "/sandbox/grant?target="+accountName+"&provider=x", ""); r.Status != http.StatusBadRequest {
		t.Errorf("control: %d", r.Status)
	}
}

// TestAppPolicies: a PUT of an app may name its policies in any form; reads show them whole.
func TestAppPolicies(t *testing.T) {
	s, _ := newServer(t)
	for _, base := range []string{inAccount, inZone} {
		target := map[string]string{inAccount: accountName, inZone: zoneName}[base]
		must(t, s.Put(accountName, sandbox.KindPolicy, "", []byte(`{"id":"r1","name":"R1","decision":"allow","include":[{"everyone":{}}],"reusable":true}`)))
		must(t, s.Put(accountName, sandbox.KindPolicy, "", []byte(`{"id":"r2","name":"R2","reusable":true}`)))
		must(t, s.Put(target, sandbox.KindApp, "", []byte(`{"id":"app","name":"App","policies":[{"id":"own","name":"Own","precedence":7}]}`)))
		put := func(policies string) reply {
			return call(t, s, "PUT", base+"apps/app", `{"name":"App","policies":`+policies+`}`)
		}
		r := put(`["r2", {"id":"r1","precedence":9}, "own", {"id":"r1","name":"Not this","precedence":4}, {"id":"own","name":"Mine"}, {"name":"New","decision":"deny"}]`)
		want(t, r, 200, 0, "")
		app := object(t, r.Result)
		policies := app["policies"].([]any)
		made := policies[5].(map[string]any)["id"]
		var got []string
		for _, p := range policies {
			got = append(got, fields(p.(map[string]any), "id", "name", "precedence", "include"))
		}
		wanted := []string{
			"r2 R2 1 -", "r1 R1 9 [map[everyone:map[]]]", "own Own 3 -", "r1 R1 4 [map[everyone:map[]]]", "own Mine 5 -", fmt.Sprint(made, " New 6 -"),
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Error(diff)
		}
		if again := get(t, s, base+"apps/app"); string(again.Result) != string(r.Result) {
			t.Errorf("read: %s", again.Body)
		}
		// A reusable policy that changes, changes in its apps.
		want(t, call(t, s, "PUT", inAccount+"policies/r1", `{"name":"R1b"}`), 200, 0, "")
		if body := get(t, s, base+"apps").Body; strings.Contains(body, `"R1"`) || strings.Count(body, `"R1b"`) != 2 || !strings.Contains(body, `"precedence":9`) {
			t.Errorf("apps: %s", body)
		}
		for _, policies := range []string{`["nobody"]`, `[{"id":"nobody","precedence":1}]`, `[{"id":"nobody","name":"N"}]`, `[{}]`, `[1]`, `{}`, `""`} {
			want(t, put(policies), 400, 12130, "access.api.error.invalid_request")
		}
		want(t, put(`[]`), 200, 0, "")
		want(t, put(`null`), 200, 0, "")
	}
}

// TestRandomProvider: what it makes is accepted, comes back as it was sent, and is the same for the same seed.
func TestRandomProvider(t *testing.T) {
	s, _ := newServer(t)
	must(t, s.AllTypes(accountName))
	kinds := map[string]bool{}
	for _, item := range list(t, get(t, s, idps)) {
		kinds[item["type"].(string)] = true
	}
	seen := map[string]bool{}
	for kind := range kinds {
		for seed := range uint64(40) {
			s, _ := newServer(t)
			body, err := s.RandomProvider(kind, seed)
			must(t, err)
			if again, _ := s.RandomProvider(kind, seed); string(again) != string(body) {
				t.Fatalf("%s %d: another one", kind, seed)
			}
			r := call(t, s, "POST", idps, string(body))
			want(t, r, 201, 0, "")
			sent := object(t, body)
			raw, err := s.Stored(accountName, sandbox.KindProvider, "", object(t, r.Result)["id"].(string))
			must(t, err)
			stored := object(t, raw)
			for _, own := range []string{"id", "uid", "version"} {
				delete(stored, own)
			}
			delete(stored["config"].(map[string]any), "redirect_url")
			if scim, ok := stored["scim_config"].(map[string]any); ok {
				delete(scim, "secret")
				delete(scim, "scim_base_url")
			}
			if diff := cmp.Diff(sent, stored); diff != "" {
				t.Fatalf("%s %d: %s", kind, seed, diff)
			}
			if strings.Contains(r.Body, "sandbox-secret-") {
				t.Fatalf("served: %s", r.Body)
			}
			for name := range sent["config"].(map[string]any) {
				seen[kind+" "+name] = true
			}
			seen[string(body)] = true
		}
	}
	for _, name := range []string{"saml enable_encryption", "oidc pkce_enabled", "okta api_token", "cloudflare restrict_to_account_members"} {
		if !seen[name] {
			t.Errorf("never has %s", name)
		}
	}
	if _, err := s.RandomProvider("x", 1); err == nil {
		t.Error("unknown type: no error")
	}
}
