package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/sandbox"
)

// neverSent are the fields of a provider that no body may have: Cloudflare's own.
var neverSent = []string{
	"/id", "/uid", "/version", "/read_only", "/saml_certificate_set", "/scim_base_url",
	"/config/redirect_url", "/scim_config/scim_base_url", "/scim_config/secret",
}

// checkBodies looks at everything that was ever sent to change something.
func (m *mover) checkBodies() {
	m.Helper()
	writes := m.cloud.Writes()
	for _, w := range writes {
		if len(w.Body) == 0 && w.Method == http.MethodDelete {
			continue
		}
		for _, problem := range unsound(w.Body) {
			m.Errorf("%s %s: %s: %s", w.Method, w.Path, problem, w.Body)
		}
		if strings.Contains(w.Path, "identity_providers") != (w.Method == http.MethodPost || w.Method == http.MethodPut) {
			m.Errorf("%s %s", w.Method, w.Path)
		}
	}
	if len(writes) == 0 {
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
		`{"id":null,"config":{}}`:                                      1,
		`{"config":{"redirect_url":""},"scim_config":{"secret":null}}`: 2,
		`{"config":{"client_secret":"****","api_token":null}}`:         2,
		`{"config":{"client_secret":"  ","x":["(redacted)"]}}`:         2,
	} {
		if got := unsound([]byte(body)); len(got) != want {
			t.Errorf("%s: %q, want %d", body, got, want)
		}
	}
}

// TestSecretsThatAreNoneStopEverything: where a secret is missing, empty, masked or a
// placeholder, however it was supplied, all of them are named and nothing is sent.
func TestSecretsThatAreNoneStopEverything(t *testing.T) {
	t.Parallel()
	m := newMover(t, 21)
	m.fill(account)
	m.do(0, "snapshot", "--quiet")
	m.env["EMPTY"], m.env["SPACES"], m.env["MASK"], m.env["LEFT"] = "", "  \t ", strings.Repeat("*", 34), "<client secret>"
	must(os.WriteFile(m.place("empty"), []byte("\n"), 0o600))
	must(os.WriteFile(m.place("dots"), []byte("••••••••\n"), 0o600))
	bad := map[string]string{
		"Entra ID": `""`, "Centrify": `"    "`, "Facebook": `"********"`, "GitHub": `"CHANGEME"`, "Google": `"<from the vendor>"`,
		"Google Workspace": `"env:EMPTY"`, "LinkedIn": `"env:SPACES"`, "Okta": `"env:NOT_EVEN_SET"`, "OneLogin": `"file:empty"`,
		"OpenID Connect": `"(redacted)"`, "PingOne": `"command:printf ''"`, // and of Yandex there is none
	}
	lines := []string{"identity_providers:"}
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		lines = append(lines, "  "+name+":", "    client_secret: "+bad[name])
	}
	file := m.place("secrets.yaml")
	must(os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	flags := []string{"--secrets-file", file}
	singly := []string{}
	for name, source := range map[string]string{
		"Entra ID": "env:EMPTY", "Centrify": "env:SPACES", "Facebook": "env:MASK", "GitHub": "env:LEFT", "Google": "file:" + m.place("empty"),
		"Google Workspace": "file:" + m.place("dots"), "LinkedIn": "command:echo", "Okta": "command:exit 3", "OneLogin": "file:" + m.place("none"),
		"OpenID Connect": "command:echo changeme",
	} {
		singly = append(singly, "--secret", name+".client_secret="+source)
	}
	must(os.Mkdir(m.place("plans"), 0o700))
	plan := m.place("plans/plan.json")
	move := []string{"--to", labsAccount, "--allow-unencrypted", "--scim-secrets-out", m.sink()}
	m.doQuietly(0, slices.Concat([]string{"migrate", "--from", account, "--plan-out", plan}, move)...)
	apply := []string{"apply", plan, "--allow-unencrypted", "--scim-secrets-out", m.sink(), "--yes"}
	for _, command := range [][]string{
		slices.Concat([]string{"migrate", "--from", account, "--yes"}, move, flags),
		slices.Concat([]string{"migrate", "--from", account, "--yes"}, move, singly),
		slices.Concat([]string{"migrate", "--from", account, "--yes"}, move),
		slices.Concat([]string{"restore", "latest", "--yes", "--json"}, move, flags),
		slices.Concat(apply, flags),
		slices.Concat(apply, singly),
		slices.Concat(apply, []string{"--log-format", "json"}),
	} {
		r := m.doQuietly(5, command...)
		for _, name := range append(slices.Sorted(maps.Keys(bad)), "Yandex") {
			if !strings.Contains(r.stderr, name) {
				t.Errorf("idpsnap %s: nothing is said of %s: %s", strings.Join(command, " "), name, r.stderr)
			}
		}
		if !strings.Contains(r.stderr, "nothing was written") || !strings.Contains(r.stderr, "x_api_key") {
			t.Errorf("idpsnap %s: %s", strings.Join(command, " "), r.stderr)
		}
	}

	// An update needs none, and takes none that is none.
	must(m.cloud.Edit(account, sandbox.KindProvider, "", strings.Trim(pointedAt(m.stored(account)["okta"], "/id"), `"`),
		map[string]json.RawMessage{"/name": json.RawMessage(`"Okta"`), "/config/okta_account": json.RawMessage(`"https://elsewhere.example"`)}))
	for _, source := range []string{"env:MASK", "env:EMPTY", "env:SPACES", "env:LEFT", "file:" + m.place("dots"), "command:echo '(redacted)'"} {
		r := m.doQuietly(5, "restore", "latest", "--yes", "--secret", "Okta.client_secret="+source)
		if !strings.Contains(r.stderr, "Okta") {
			t.Errorf("%s: %s", source, r.stderr)
		}
	}
	if _, writes := m.cloud.RequestCount(); writes != 0 {
		t.Errorf("%d writes", writes)
	}
	m.do(0, "restore", "latest", "--yes")
	m.checkBodies()
	if runs := m.want(0, "runs").stdout; strings.Count(runs, "done") != 1 {
		t.Errorf("what was refused left a run behind: %s", runs)
	}
}

// TestAnotherHost: a plan is carried out through the API that it was made for; the same
// account behind another address is another one.
func TestAnotherHost(t *testing.T) {
	t.Parallel()
	m := newMover(t, 12)
	m.fill(account)
	m.do(0, "snapshot", "--quiet")
	plan := m.place("plan.json")
	more := []string{"--secrets-file", m.secretsFile(account), "--scim-secrets-out", m.place("tokens.json")}
	must(m.cloud.Remove(account, sandbox.KindProvider, "", cloudIDs(t, m.cloud, sandbox.KindProvider, "")[0]))
	m.do(0, append([]string{"restore", "latest", "--plan-out", plan}, more...)...)
	m.cloud.ClearRequests()
	here := m.env["CLOUDFLARE_BASE_URL"]
	m.env["CLOUDFLARE_BASE_URL"] = strings.Replace(here, "127.0.0.1", "localhost", 1)
	r := m.run(append([]string{"apply", plan, "--yes"}, more...)...)
	if _, writes := m.cloud.RequestCount(); r.code != 5 || writes > 0 || !strings.Contains(r.stderr, "127.0.0.1") || !strings.Contains(r.stderr, "localhost") {
		t.Errorf("%d writes: %s", writes, r)
	}
	m.env["CLOUDFLARE_BASE_URL"] = here
	m.do(0, append([]string{"apply", plan, "--yes"}, more...)...)
}

// TestPlanningSendsGetsOnly: whatever is planned, refused, checked or looked at, nothing
// is changed over there, also where Cloudflare stumbles.
func TestPlanningSendsGetsOnly(t *testing.T) {
	t.Parallel()
	m := newMover(t, 22)
	m.fill(account)
	must(m.cloud.Populate(account, sandbox.Population{Users: 12, Groups: 2, Apps: 4, Policies: 2, AccessGroups: 2}))
	must(m.cloud.Populate(labsAccount, sandbox.Population{Providers: []string{"okta", "onetimepin"}, Apps: 2}))
	must(m.cloud.Populate(corpZone, sandbox.Population{Providers: []string{"github"}}))
	m.do(0, "snapshot", "--quiet")
	m.env["SECRET"] = "Sesame-of-somebody"
	secrets := m.secretsFile(account)
	okta := strings.Trim(pointedAt(m.stored(account)["okta"], "/id"), `"`)
	must(m.cloud.Edit(account, sandbox.KindProvider, "", okta, map[string]json.RawMessage{"/config/okta_account": json.RawMessage(`"https://elsewhere.example"`)}))
	must(m.cloud.Remove(account, sandbox.KindProvider, "", strings.Trim(pointedAt(m.stored(account)["github"], "/id"), `"`)))

	// One run that did something, so that there is one to look at.
	m.do(0, "restore", m.snapshots()[0].ID, "--only", "Okta", "--yes")
	must(m.cloud.Edit(account, sandbox.KindProvider, "", okta, map[string]json.RawMessage{"/config/okta_account": json.RawMessage(`"https://elsewhere.example"`)}))
	first := m.snapshots()[0].ID
	var told struct{ Runs []struct{ ID string } }
	must(json.Unmarshal([]byte(m.want(0, "runs", "--json").stdout), &told))
	run := told.Runs[0].ID

	guard := httptest.NewServer(getsOnly{t, m.cloud})
	t.Cleanup(guard.Close)
	m.env["CLOUDFLARE_BASE_URL"] = guard.URL + "/client/v4"
	whole := []string{"--secrets-file", secrets, "--scim-secrets-out", m.place("never.json"), "--allow-unencrypted", "--allow-lockout"}
	stale, edited := m.place("stale.json"), m.place("edited.json")
	m.do(0, slices.Concat([]string{"migrate", "--from", first, "--to", labsAccount, "--on-conflict", "update", "--plan-out", stale}, whole)...)
	m.do(0, slices.Concat([]string{"migrate", "--from", first, "--to", labsAccount, "--on-conflict", "update", "--plan-out", edited}, whole)...)
	must(os.WriteFile(edited, bytes.Replace(must1(os.ReadFile(edited)), []byte("corp.okta.example"), []byte("evil.okta.example"), 1), 0o600))
	must(m.cloud.Edit(labsAccount, sandbox.KindProvider, "", m.idsIn(labsAccount)[0], map[string]json.RawMessage{"/config/okta_account": json.RawMessage(`"https://another.example"`)}))

	variants := []struct {
		code int
		asks bool
		args []string
	}{
		{0, true, []string{"restore", first, "--dry-run", "--secrets-file", secrets}},
		{2, true, []string{"restore", first, "--dry-run", "--exit-code", "--full"}},
		{0, true, []string{"restore", first, "--dry-run", "--yes", "--rewrite-references"}},
		{0, true, slices.Concat([]string{"restore", first, "--to", corpZone, "--dry-run"}, whole)},
		{0, true, slices.Concat([]string{"migrate", "--from", account, "--to", labsAccount, "--dry-run", "--on-conflict", "update"}, whole)},
		{0, true, slices.Concat([]string{"migrate", "--from", corpZone, "--to", thirdAccount, "--dry-run", "--yes"}, whole)},
		{0, true, []string{"restore", first, "--plan-out", "FILE", "--yes"}},
		{0, true, []string{"restore", first, "--dry-run", "--plan-out", "FILE", "--yes"}},
		// Refused.
		{5, true, []string{"restore", first, "--yes"}},                                                                       // a secret is missing
		{5, true, []string{"restore", first, "--yes", "--secret", "GitHub.client_secret=env:NONE"}},                          // cannot be had
		{5, true, []string{"restore", first, "--secrets-file", secrets}},                                                     // nobody can be asked
		{5, true, slices.Concat([]string{"migrate", "--from", first, "--to", labsAccount}, whole, []string{"--yes"})},        // a conflict
		{5, true, []string{"migrate", "--from", first, "--to", account, "--yes"}},                                            // to itself
		{5, true, []string{"migrate", "--from", corpZone, "--to", labsAccount, "--delete-extra", "--yes"}},                   // would delete
		{5, true, []string{"restore", first, "--yes", "--secrets-file", secrets, "--max-changes", "0"}},                      // too much
		{5, true, slices.Concat([]string{"migrate", "--from", first, "--to", thirdAccount, "--yes"}, whole[:2])},             // tokens, encryption
		{5, true, []string{"restore", first, "--only", "Okta", "--yes", "--set", "Okta:config.x_a=1", "--max-changes", "0"}}, // the same
		{5, true, slices.Concat([]string{"apply", stale, "--yes"}, whole)},                                                   // changed since
		{5, false, slices.Concat([]string{"apply", edited, "--yes"}, whole)},                                                 // changed by hand
		{64, false, []string{"restore", first, "--yes", "--secret", "GitHub.client_secret=" + m.env["SECRET"]}},              // in the open
		{10, true, []string{"restore", first, "--only", "Nobody", "--yes"}},                                                  // no such provider
		{10, true, []string{"restore", first, "--map", "Okta=Nobody", "--yes"}},                                              // nor that
		{64, false, []string{"restore", first, "--exit-code", "--yes"}},                                                      // no such combination
		{64, false, []string{"restore", first, "--set", "config.client_secret=x", "--yes"}},                                  // a secret in the open
		{64, false, []string{"restore", first, "--checklist", "moving.pdf", "--yes"}},                                        // no such format
		{10, false, []string{"restore", "2001-01-01", "--yes"}},                                                              // no such state
		{10, false, []string{"apply", m.place("none.json"), "--yes"}},                                                        // no such plan
		{64, false, []string{"apply", secrets, "--yes"}},                                                                     // none at all
		{64, false, []string{"resume", run, "--yes"}},                                                                        // which is done
		// Looked at.
		{0, false, []string{"secrets", "check", first, "--secrets-file", secrets}},
		{5, false, []string{"secrets", "check", first}},
		{5, true, []string{"secrets", "check", "live"}},
		{0, true, []string{"impact", okta}},
		{0, true, []string{"impact", "Okta", "--state", first}},
		{0, false, []string{"runs"}},
		{0, false, []string{"runs", "show", run}},
		{0, false, []string{"runs", "checklist", run}},
	}
	faults := map[string][]sandbox.Fault{
		"":          nil,
		"flaky":     {{Kind: sandbox.FaultStatus, Status: 502, Times: 3}, {Kind: sandbox.FaultDropBefore, Times: 2}, {Kind: sandbox.FaultCut, Times: 1}},
		"forbidden": {{Kind: sandbox.FaultStatus, Status: 403, Path: "/access/apps"}},
		"garbage":   {{Kind: sandbox.FaultGarbage, Path: "identity_providers"}},
	}
	formats, stumbles := []string{"", "--json", "--format=markdown"}, []string{"flaky", "forbidden", "flaky", "garbage"}
	n := 0
	for i, v := range variants {
		for _, fault := range slices.Sorted(maps.Keys(faults)) {
			for _, format := range formats {
				switch {
				case format == "--format=markdown" && slices.Contains([]string{"runs", "secrets", "resume"}, v.args[0]) && !slices.Contains(v.args, "checklist"),
					format != "" && format != formats[1+i%2],
					fault != "" && (!v.asks || format != "" || fault != stumbles[i%len(stumbles)]),
					testing.Short() && i%3 != 0:
					continue
				}
				n++
				args := slices.Clone(v.args)
				if at := slices.Index(args, "FILE"); at >= 0 {
					args[at] = m.place(fmt.Sprintf("plan%d.json", n))
				}
				if format != "" {
					args = append(args, format)
				}
				m.arm(faults[fault]...)
				m.cloud.ClearRequests()
				r := m.run(args...)
				all, writes := m.cloud.RequestCount()
				if writes > 0 || all > 0 != v.asks && v.args[0] != "impact" {
					t.Errorf("idpsnap %s, %s: %d requests, %d of them writes: %s", strings.Join(args, " "), fault, all, writes, r)
				}
				if (fault == "" || fault == "flaky") && r.code != v.code {
					t.Errorf("idpsnap %s, %s: want exit status %d, got %s", strings.Join(args, " "), fault, v.code, r)
				}
				if strings.Contains(r.stdout+r.stderr, "Sesame") || strings.Contains(r.stdout+r.stderr, "Supplied-") {
					t.Errorf("idpsnap %s: it tells a secret: %s", strings.Join(args, " "), r)
				}
				m.cloud.ClearFaults()
			}
		}
	}
	if _, err := os.Stat(m.place("never.json")); err == nil {
		t.Error("there is a file for tokens, and no token")
	}
	if runs := m.want(0, "runs", "--json").stdout; strings.Count(runs, `"plan"`) > 1 || !strings.Contains(runs, run) {
		t.Errorf("there are runs that there should not be: %s", head(runs))
	}
}
