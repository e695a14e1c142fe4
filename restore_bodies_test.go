package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
)

// neverSent are the fields of a provider that no body may have: Cloudflare's own.
var neverSent = []string{
	"/id", "/uid", "/version", "/read_only", "/saml_certificate_set", "/scim_base_url",
	"/config/redirect_url", "/scim_config/scim_base_url", "/scim_config/secret",
}

// checkBodies looks at everything that was ever sent to change something.
func (m *mover) checkBodies() {
	m.Helper()
	bodies := 0
	for _, w := range m.cloud.Writes() {
		if len(w.Body) == 0 && w.Method == http.MethodDelete {
			continue
		}
		bodies++
		for _, problem := range unsound(w.Body) {
			m.Errorf("%s %s: %s: %s", w.Method, w.Path, problem, w.Body)
		}
		if strings.Contains(w.Path, "identity_providers") != (w.Method == http.MethodPost || w.Method == http.MethodPut) {
			m.Errorf("%s %s", w.Method, w.Path)
		}
	}
	if bodies == 0 {
		m.Error("nothing was sent at all")
	}
}

// unsound says what should not be in the body of a provider.
func unsound(body []byte) (problems []string) {
	for _, path := range neverSent {
		var value map[string]json.RawMessage
		parent, name := path[:strings.LastIndexByte(path, '/')], path[strings.LastIndexByte(path, '/')+1:]
		if json.Unmarshal([]byte(pointedAt(body, parent)), &value) == nil && value[name] != nil {
			problems = append(problems, "it has "+path)
		}
	}
	if strings.Contains(string(body), "(redacted)") {
		problems = append(problems, "it has the marker")
	}
	var config map[string]json.RawMessage
	must(json.Unmarshal([]byte(pointedAt(body, "/config")), &config))
	for _, name := range secretNames {
		if config[name] == nil {
			continue
		}
		var text string
		if json.Unmarshal(config[name], &text) != nil || migrate.Fake(text) != "" {
			problems = append(problems, fmt.Sprintf("its %s is none: %s", name, config[name]))
		}
	}
	return problems
}

// TestUnsoundBodiesAreSeen: the check that other tests rely on finds what it is to find.
func TestUnsoundBodiesAreSeen(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"name":"n","type":"okta","config":{"client_secret":"a real one"}}`: 0,
		`{"id":null,"config":{}}`:                                             1,
		`{"config":{"redirect_url":""},"scim_config":{"secret":null}}`:        2,
		`{"config":{"client_secret":"****","api_token":null}}`:                2,
		`{"config":{"client_secret":"  ","x":["(redacted)"]}}`:                2,
	} {
		if got := unsound([]byte(body)); len(got) != want {
			t.Errorf("%s: %q, want %d", body, got, want)
		}
	}
}
