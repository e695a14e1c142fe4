package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/idpsnap/idpsnap/commands"
	"github.com/idpsnap/idpsnap/sandbox"
)

// checkNothingKept looks for the secrets that were supplied, and for the tokens that
// Cloudflare has told, in all that was said and in all files but those that are theirs.
func (m *mover) checkNothingKept(more ...string) {
	m.Helper()
	kept := everythingIn(m.T, m.home)
	kept["what was said"] = m.said.String()
	kept["journal"] = journalOf(m.T, m.db)
	if !strings.Contains(kept["journal"], "x_new_setting") {
		m.Error("the journal is not what was to be searched")
	}
	hush := append([]string{"HushNobodyKnows", "sandbox-secret-", sandbox.DefaultToken}, more...)
	for _, target := range m.cloud.Targets() {
		for _, raw := range m.stored(target.Target) {
			if tok := strings.Trim(pointedAt(raw, "/scim_config/secret"), `"`); tok != "null" {
				hush = append(hush, tok)
			}
		}
	}
	for _, of := range m.supplied {
		for _, value := range of {
			hush = append(hush, value[:min(len(value), len("Supplied-api_token-00000000-0000"))])
		}
	}
	for name, text := range kept {
		own := strings.Contains(name, m.home+"/secrets") || strings.Contains(name, m.home+"/tokens")
		for _, s := range hush {
			if at := strings.Index(text, s); at >= 0 && !own {
				m.Errorf("%s holds %s: …%s", name, s, text[max(0, at-60):at+len(s)])
			}
		}
	}
}

// journalOf is the text of a history's journal.
func journalOf(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), `SELECT CAST(data AS TEXT) FROM journal`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all.WriteString(text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// TestSuppliedSecretsStayAway supplies secrets in every way that there is, and looks
// for them, and for the tokens, in everything that is printed or kept.
func TestSuppliedSecretsStayAway(t *testing.T) {
	t.Parallel()
	m := newMover(t, 31)
	m.fill(account)
	must(m.cloud.Populate(account, sandbox.Population{Apps: 3, Policies: 2, AccessGroups: 2}))
	m.flick("post-echoes-secret", "on")
	m.do(0, "snapshot", "--quiet")
	first := m.snapshots()[0].ID

	// Hush0 to Hush4, by the way in which they are supplied.
	hush := []string{"Hush0-in-the-file-\"<&>", "Hush1-environment-é", "Hush2-another-file", "Hush3-of-a-command", "Hush4-typed"}
	m.env["HUSH"] = hush[1]
	must(os.WriteFile(m.place("secrets-another.txt"), []byte(hush[2]+"\n"), 0o600))
	must(os.WriteFile(m.place("secrets-command.txt"), []byte(hush[3]+"\n"), 0o600))
	command := "command:cat '" + m.place("secrets-command.txt") + "'"
	ways := []string{hush[0], "env:HUSH", "file:secrets-another.txt", command}
	inFile := map[string]map[string]string{}
	wanted := map[string]string{} // by type
	n := 0
	had := m.stored(account)
	for kind, raw := range had {
		for name := range secretsOf(raw) {
			if name == "client_secret" {
				inFile[strings.Trim(pointedAt(raw, "/id"), `"`)] = map[string]string{name: ways[n%len(ways)]}
				wanted[kind] = hush[n%len(ways)]
				n++
			}
		}
	}
	inFile["OpenID Connect"] = map[string]string{"x_api_key": command}
	file := m.writeSecrets(inFile)
	flags := []string{"--secrets-file", file}
	check := func(target string) {
		t.Helper()
		now := m.stored(target)
		for kind, want := range wanted {
			var got string
			must(json.Unmarshal([]byte(pointedAt(now[kind], "/config/client_secret")), &got))
			if got != want {
				t.Errorf("%s in %s has the secret %q, want %q", kind, target, got, want)
			}
		}
	}
	forms := [][]string{nil, {"--json"}, {"--verbose", "--log-format", "json"}, {"--verbose", "--format", "markdown"}}
	inAllForms := func(code int, args ...string) {
		t.Helper()
		for _, form := range forms {
			if slices.Contains(form, "--format") && !slices.Contains([]string{"restore", "migrate", "apply"}, args[0]) {
				continue
			}
			m.doQuietly(code, slices.Concat(args, form)...)
		}
	}

	// What is planned, refused and checked.
	migrate := func(to string) []string {
		return slices.Concat([]string{"migrate", "--from", first, "--to", to, "--allow-unencrypted", "--scim-secrets-out", m.sink()}, flags)
	}
	plan := m.place("plan.json")
	m.doQuietly(0, append(migrate(labsAccount), "--plan-out", plan, "--verbose")...)
	inAllForms(0, append(migrate(labsAccount), "--dry-run", "--full")...)
	inAllForms(5, migrate(labsAccount)...)
	inAllForms(5, append(migrate(labsAccount), "--yes", "--secret", "SAML.client_secret=env:HUSH", "--secret", "Okta.client_secret=env:NOT_SET")...)
	inAllForms(5, slices.Concat([]string{"migrate", "--from", account, "--to", labsAccount, "--yes"}, flags)...)
	inAllForms(0, slices.Concat([]string{"secrets", "check", first}, flags)...)
	inAllForms(5, slices.Concat([]string{"secrets", "check", first, "--secret", "Okta.client_secret=env:NOT_SET"}, flags)...)
	for i, bare := range []string{"Okta.client_secret=" + hush[0], "Okta.client_secret=value:" + hush[1], "Okta.client_secret:" + hush[2], hush[3], "=" + hush[4], "Okta=env:" + hush[0]} {
		for _, args := range [][]string{
			{"restore", first, "--yes"}, append(migrate(labsAccount), "--dry-run"), {"apply", plan}, {"resume", "abcd"}, {"secrets", "check", first},
		} {
			m.doQuietly(64, slices.Concat(args, []string{"--secret", bare}, forms[i%3])...)
		}
	}

	// What is carried out: as planned, while answers get lost, and sealed.
	tokens := m.sink()
	m.do(0, slices.Concat([]string{"apply", plan, "--yes", "--verbose", "--allow-unencrypted", "--scim-secrets-out", tokens, "--checklist", m.place("moving.html")}, flags)...)
	check(labsAccount)
	m.checkTokens(labsAccount, tokens, 4)
	m.arm(
		sandbox.Fault{Kind: sandbox.FaultCut, Method: "POST", Skip: 1, Times: 2}, sandbox.Fault{Kind: sandbox.FaultGarbage, Method: "POST", After: true, Times: 2},
		sandbox.Fault{Kind: sandbox.FaultStatus, Status: 500, Method: "POST", After: true, Times: 1}, sandbox.Fault{Kind: sandbox.FaultStatus, Status: 400, Method: "POST", Skip: 2, Times: 1},
	)
	broken := append(migrate(corpZone), "--yes", "--verbose", "--log-format", "json", "--checklist", m.place("moving.json"))
	m.do(3, broken...)
	m.cloud.ClearFaults()
	var told struct {
		Runs []struct{ ID, Status string }
	}
	must(json.Unmarshal([]byte(m.want(0, "runs", "--json").stdout), &told))
	last := told.Runs[len(told.Runs)-1]
	m.do(0, slices.Concat([]string{"resume", last.ID, "--yes", "--json", "--verbose"}, flags)...)
	check(corpZone)
	m.do(0, append(broken[:len(broken)-2:len(broken)-2], "--checklist", m.place("moving2.json"))...)
	key := must1(age.GenerateX25519Identity())
	sealed := m.place("sealed.age")
	m.do(0, slices.Concat([]string{
		"migrate", "--from", account, "--to", thirdAccount, "--allow-unencrypted", "--yes", "--json", "--scim-secrets-out", sealed,
		"--age-recipient", key.Recipient().String(), "--checklist", m.place("moving.md"),
	}, flags)...)
	check(thirdAccount)
	var opened struct{ Tokens []token }
	must(json.Unmarshal(must1(io.ReadAll(must1(age.Decrypt(armor.NewReader(strings.NewReader(string(must1(os.ReadFile(sealed))))), key)))), &opened))
	if len(opened.Tokens) != 4 {
		t.Errorf("%d tokens are sealed, want 4", len(opened.Tokens))
	}

	// What is typed at a terminal.
	okta := strings.Trim(pointedAt(had["okta"], "/id"), `"`)
	must(m.cloud.Remove(account, sandbox.KindProvider, "", okta))
	asked := 0
	r := m.doAs(func(env *commands.Env) {
		env.InTerminal = true
		env.ReadSecret = func(context.Context) (string, error) {
			asked++
			switch asked {
			case 1:
				return "changeme", nil
			case 2:
				return hush[4], nil
			}
			return "", errors.New("asked too often")
		}
		env.ReadLine = func(context.Context) (string, error) { return "Corp", nil }
	}, "restore", first, "--only", "Okta", "--scim-secrets-out", m.sink())
	var typed string
	must(json.Unmarshal([]byte(pointedAt(m.stored(account)["okta"], "/config/client_secret")), &typed))
	if r.code != 0 || asked != 2 || typed != hush[4] {
		t.Errorf("typed, asked %d times: %s", asked, r)
	}

	// What is told afterwards.
	must(json.Unmarshal([]byte(m.want(0, "runs", "--json").stdout), &told))
	for _, run := range told.Runs {
		for _, form := range [][]string{nil, {"--json"}, {"--verbose"}} {
			m.do(0, append([]string{"runs", "show", run.ID}, form...)...)
			m.do(0, append([]string{"runs", "checklist", run.ID}, form...)...)
		}
		m.do(0, "runs", "checklist", run.ID, "--format", "html")
		m.do(0, "runs", "checklist", run.ID, "--format", "markdown")
	}
	if len(told.Runs) != 4 {
		t.Errorf("%d runs, want 4", len(told.Runs))
	}
	for _, args := range [][]string{
		{"runs"},
		{"snapshots"},
		{"verify"},
		{"show", "latest"},
		{"diff", first, labsAccount, "--full", "--all-fields"},
		{"secrets", "template", first},
		{"impact", "Okta"},
		{"snapshot"},
	} {
		for _, form := range forms[:3] {
			if args[1:] == nil || args[0] != "secrets" || form == nil || form[0] != "--json" {
				m.do(0, slices.Concat(args, form)...)
			}
		}
	}
	for i := range hush {
		hush[i] = fmt.Sprintf("Hush%d-", i)
	}
	m.checkBodies()
	m.checkNothingKept(hush...)
	for _, name := range []string{"plan.json", "moving.html", "moving.json", "moving.md", "sealed.age"} {
		if _, err := os.Stat(m.place(name)); err != nil {
			t.Errorf("what was to be searched is not there: %v", err)
		}
	}
}
