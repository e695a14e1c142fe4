package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

func TestControl(t *testing.T) {
	s, _, provider, users := withUsers(t, 10)
	ctl := func(method, path, body string) reply {
		t.Helper()
		r := call(t, s, method, "/sandbox/"+path, body)
		if r.Status != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, r.Status, r.Body)
		}
		return r
	}
	help := ctl("GET", "", "").Body
	if help != sandbox.Help() {
		t.Error("not the help")
	}
	for _, word := range []string{"/sandbox/world", "/sandbox/switches", "/sandbox/faults", "/sandbox/requests", "/sandbox/resources/", "/sandbox/join", "/sandbox/churn", "/sandbox/load"} {
		if !strings.Contains(help, word) {
			t.Errorf("the help does not say %s", word)
		}
	}

	ctl("PUT", "switches/secrets?value=mask", "")
	var switches []sandbox.SwitchInfo
	must(t, json.Unmarshal([]byte(ctl("GET", "switches", "").Body), &switches))
	if diff := cmp.Diff(s.Switches(), switches); diff != "" || switches[0].Value != "mask" {
		t.Errorf("switches: %s", diff)
	}
	ctl("PUT", "switches/secrets?value=omit", "")

	const armed = `{"kind":"status","method":"GET","path":"/scim","query":"page","skip":1,"times":2,"status":503,"after":true,"retry_after":"30s"}`
	ctl("POST", "faults", armed)
	ctl("POST", "faults", `{"kind":"latency","latency":"200ms"}`)
	var faults []json.RawMessage
	must(t, json.Unmarshal([]byte(ctl("GET", "faults", "").Body), &faults))
	if len(faults) != 2 || cmp.Diff(object(t, []byte(armed)), object(t, faults[0])) != "" ||
		cmp.Diff(map[string]any{"kind": "latency", "latency": "200ms"}, object(t, faults[1])) != "" {
		t.Errorf("faults: %s", faults)
	}
	ctl("DELETE", "faults", "")
	want(t, get(t, s, users+"?page=1"), 200, 0, "")

	if log := ctl("GET", "requests", "").Body; !strings.Contains(log, `"count": 1,`) || !strings.Contains(log, `"query": "page=1"`) {
		t.Errorf("requests: %s", log)
	}
	ctl("DELETE", "requests", "")
	if n, _ := s.RequestCount(); n != 0 {
		t.Errorf("%d requests", n)
	}

	const app = `{"id":"app 1", "n":2.50}`
	ctl("PUT", "resources/account/"+account+"/access_app/app%201", app)
	if body := ctl("GET", "resources/account/"+account+"/access_app/app%201", "").Body; body != app {
		t.Errorf("app: %s", body)
	}
	ctl("PATCH", "resources/account/"+account+"/access_app/app%201", `{"/n":3.50}`)
	if body := get(t, s, inAccount+"apps").Body; !strings.Contains(body, `"n":3.50`) {
		t.Errorf("apps: %s", body)
	}
	ctl("DELETE", "resources/account/"+account+"/access_app/app%201", "")
	user := "resources/account/" + account + "/scim_user/u?provider=" + provider
	ctl("PUT", user, `{"id":"u"}`)
	ctl("DELETE", user, "")
	ctl("PUT", "resources/account/"+account+"/organization", `{"auth_domain":"x"}`)
	ctl("POST", "join?target="+accountName+"&provider="+provider, "")
	ctl("POST", "churn?target="+accountName+"&changed=1&added=3&removed=2", "")
	ctl("POST", "load", recorded)
	var world []sandbox.TargetInfo
	must(t, json.Unmarshal([]byte(ctl("GET", "world", "").Body), &world))
	if len(world) != 5 || world[0].Providers[0].Users != 12 {
		t.Errorf("world: %+v", world)
	}

	for _, c := range [][3]string{
		{"PUT", "switches/secrets?value=x", ""},
		{"PUT", "switches/x?value=x", ""},
		{"POST", "faults", `{"kind":"x"}`},
		{"POST", "faults", `{"kinds":1}`},
		{"POST", "faults", `{"kind":"latency","latency":"soon"}`},
		{"POST", "churn?target=x", ""},
		{"POST", "churn?target=" + accountName + "&added=x", ""},
		{"POST", "load", "{"},
		{"PUT", "resources/account/" + account + "/access_app/x", app},
		{"PUT", "resources/account/x/access_app/x", `{"id":"x"}`},
		{"GET", "resources/account/" + account + "/access_app/x", ""},
		{"PATCH", "resources/account/" + account + "/access_app/x", "1"},
		{"POST", "resources/account/" + account + "/access_app/x", app},
		{"POST", "join", ""},
	} {
		if r := call(t, s, c[0], "/sandbox/"+c[1], c[2]); r.Status != http.StatusBadRequest || object(t, []byte(r.Body))["error"] == "" {
			t.Errorf("%v: %d %s", c, r.Status, r.Body)
		}
	}
}
