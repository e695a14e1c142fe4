package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/sandbox"
)

// silent fails unless a comparison found nothing, and said nothing.
func (m *machine) silent(what string, args ...string) {
	m.Helper()
	r := m.run(append([]string{"diff", "--exit-code"}, args...)...)
	if r.code != 0 || r.stdout != "" || r.stderr != "" {
		m.Errorf("%s: diff %s: %s", what, strings.Join(args, " "), r)
	}
}

// compared is what diff --json prints.
type compared struct {
	Complete bool
	Changes  []struct {
		Action, Kind, ID, Name, Severity string
		ProviderID                       string `json:"provider_id"`
		Fields                           []struct {
			Path, Severity string
			Old, New       json.RawMessage
		}
	}
}

// compare compares two states in JSON; the command is to end with the status.
func (m *machine) compare(code int, args ...string) compared {
	m.Helper()
	var c compared
	r := m.want(code, append([]string{"diff", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(r.stdout), &c); err != nil {
		m.Fatalf("diff %s: %v: %s", strings.Join(args, " "), err, r)
	}
	return c
}

// save keeps a state in a file, and gives the state that means it.
func (m *machine) save(name string, args ...string) string {
	m.Helper()
	path := filepath.Join(m.home, name)
	r := m.want(0, append([]string{"show", "--json"}, args...)...)
	if err := os.WriteFile(path, []byte(r.stdout), 0o600); err != nil {
		m.Fatal(err)
	}
	return "file:" + path
}

// TestNoPhantomDifferences: the API answers the same world in many ways, and none
// of them is a difference: false or no boolean, sets and lists in another order,
// secrets left out, masked or sent, and whatever Cloudflare computes anew.
func TestNoPhantomDifferences(t *testing.T) {
	t.Parallel()
	cloud, _ := allTypes(t)
	m := newMachine(t, cloud)
	m.flick("rate-limit", "off")
	m.want(0, "snapshot")
	first := decodeTaken(t, m.want(0, "snapshots", "--json"))[0].ID
	file := m.save("first.json", "latest")
	for _, secrets := range []string{"omit", "null", "empty", "mask", "clear"} {
		for _, booleans := range []string{"as-sent", "absent", "false"} {
			for _, sets := range []string{"as-sent", "reversed", "shuffled"} {
				name := fmt.Sprintf("secrets %s, booleans %s, sets %s", secrets, booleans, sets)
				m.flick("secrets", secrets)
				m.flick("false-booleans", booleans)
				m.flick("set-order", sets)
				m.flick("order", map[string]string{"as-sent": "stable", "reversed": "shuffled", "shuffled": "shuffled"}[sets])
				m.silent(name)
				m.silent(name, file, "live")
			}
			// As recorded, too: there the history finds what differs.
			m.want(0, "snapshot", "--quiet")
			m.silent("recorded: secrets "+secrets+", booleans "+booleans, first, "latest")
		}
	}
	recompute(t, cloud)
	m.silent("what Cloudflare computes")
	m.silent("what Cloudflare computes", file, "live")
	m.want(0, "snapshot", "--quiet")
	m.silent("what Cloudflare computes, recorded", first, "latest")
	if c := m.compare(0, first, "latest", "--all-fields"); len(c.Changes) < 30 {
		t.Errorf("only %d resources were computed anew: %v", len(c.Changes), c.Changes)
	}

	// None of that hides what does differ.
	m.flick("false-booleans", "absent")
	m.flick("set-order", "shuffled")
	id := cloudIDs(t, cloud, sandbox.KindProvider, "")[0]
	must(edit(cloud, sandbox.KindProvider, "", id, `{"/config/x_phantom":true}`))
	if c := m.compare(2, "--exit-code"); len(c.Changes) != 1 || len(c.Changes[0].Fields) != 1 {
		t.Errorf("one setting was changed, and found were %+v", c)
	}
}

// recompute changes everything that Cloudflare computes or may word otherwise, and
// nothing that a person chose.
func recompute(t *testing.T, cloud *sandbox.Server) {
	t.Helper()
	later := `"2031-02-03T04:05:06.789Z"`
	for _, of := range []struct {
		kind   sandbox.Kind
		fields string
	}{
		{sandbox.KindOrganization, `{"/created_at":` + later + `,"/updated_at":` + later + `}`},
		{sandbox.KindProvider, `{"/uid":"another","/version":"another","/read_only":false,"/config/redirect_url":"https://moved.example/callback",
			"/saml_certificate_set":{"uid":"rotated","current_certificate":{"uid":"new"}},"/scim_base_url":"https://moved.example/scim",
			"/config/x_empty":[],"/config/x_nothing":{}}`},
		{sandbox.KindSCIMUser, `{"/meta/lastModified":` + later + `,"/meta/created":` + later + `,"/x_empty":[]}`},
		{sandbox.KindSCIMGroup, `{"/meta/lastModified":` + later + `}`},
		{sandbox.KindApp, `{"/uid":"another","/aud":"another","/updated_at":` + later + `,"/created_at":` + later + `}`},
		{sandbox.KindPolicy, `{"/uid":"another","/app_count":99,"/updated_at":` + later + `}`},
		{sandbox.KindAccessGroup, `{"/uid":"another","/updated_at":` + later + `}`},
	} {
		if of.kind == sandbox.KindOrganization {
			must(edit(cloud, of.kind, "", "", of.fields))
			continue
		}
		providers := []string{""}
		if of.kind == sandbox.KindSCIMUser || of.kind == sandbox.KindSCIMGroup {
			providers = cloudIDs(t, cloud, sandbox.KindProvider, "")
		}
		for _, provider := range providers {
			for _, id := range cloudIDs(t, cloud, of.kind, provider) {
				must(edit(cloud, of.kind, provider, id, of.fields))
			}
		}
	}
}
