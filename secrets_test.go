package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/idpsnap/idpsnap/sandbox"
)

const unknownSetting = `{"nested":[1,2.50,"<&>\u2028é"],"big":9007199254740993}`

// allTypes is an account with one provider of each type, every documented field
// and an unknown one set, and a secret in every place where one has been seen or
// could be. It gives the secrets.
func allTypes(t *testing.T) (*sandbox.Server, []string) {
	t.Helper()
	cloud := sandbox.New(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 2})
	cloud.AddAccount(sandbox.DefaultAccount, "All types", "all.cloudflareaccess.com")
	if err := cloud.AllTypes(account); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Populate(account, sandbox.Population{Users: 60, Groups: 6, Apps: 3, Policies: 3, AccessGroups: 3}); err != nil {
		t.Fatal(err)
	}
	secrets := []string{sandbox.DefaultToken, sandbox.DefaultKey}
	secret := func(form string) json.RawMessage {
		value := fmt.Sprintf("Hush%04dHush", len(secrets))
		secrets = append(secrets, value)
		return json.RawMessage(fmt.Sprintf(form, value))
	}
	edit := func(kind sandbox.Kind, provider, id string, fields map[string]json.RawMessage) {
		t.Helper()
		if err := cloud.Edit(account, kind, provider, id, fields); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range cloudIDs(t, cloud, sandbox.KindProvider, "") {
		stored, err := cloud.Stored(account, sandbox.KindProvider, "", id)
		if err != nil {
			t.Fatal(err)
		}
		fields := map[string]json.RawMessage{
			"/x_new_setting":              json.RawMessage(unknownSetting),
			"/config/x_new_setting":       json.RawMessage(unknownSetting),
			"/config/client_secret":       secret(`"%s"`),
			"/config/api_token":           secret(`"%s"`),
			"/config/private_key":         secret(`"-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"`),
			"/config/x_bind_password":     secret(`["%s"]`),
			"/config/x_refresh_token":     secret(`"%s"`),
			"/config/x_secrets":           secret(`{"old":[{"value":"%s"}]}`),
			"/config/clientSecretV2":      secret(`"%s"`),
			"/config/x_pem":               secret(`"-----BEGIN RSA PRIVATE KEY-----\n%s\n-----END RSA PRIVATE KEY-----\n"`),
			"/config/x_api_key":           secret(`"%s"`),
			"/config/x_token_url":         json.RawMessage(`"https://login.example/token"`),
			"/config/x_secret_expires_at": json.RawMessage(`"2027-01-01T00:00:00Z"`),
		}
		if strings.Contains(string(stored), `"scim_config"`) {
			fields["/scim_config/secret"] = secret(`"%s"`)
			fields["/scim_config/x_new_setting"] = json.RawMessage(unknownSetting)
		}
		edit(sandbox.KindProvider, "", id, fields)
	}
	for _, kind := range []sandbox.Kind{sandbox.KindApp, sandbox.KindPolicy, sandbox.KindAccessGroup} {
		for _, id := range cloudIDs(t, cloud, kind, "") {
			edit(kind, "", id, map[string]json.RawMessage{"/x_client_secret": secret(`"%s"`), "/x_new_setting": json.RawMessage(unknownSetting)})
		}
	}
	return cloud, secrets
}

// TestSecretsStayAway looks for secrets in everything that is printed or kept, in
// compressed documents too.
func TestSecretsStayAway(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"clear", "mask", "omit"} {
		if testing.Short() && how != "clear" {
			continue
		}
		t.Run(how, func(t *testing.T) {
			cloud, secrets := allTypes(t)
			m := newMachine(t, cloud)
			m.flick("secrets", how)
			var said strings.Builder
			run := func(code int, args ...string) {
				t.Helper()
				for _, more := range [][]string{nil, {"--json"}, {"--verbose"}, {"--verbose", "--log-format", "json"}} {
					fmt.Fprintln(&said, m.want(code, slices.Concat(args, more)...))
				}
			}
			run(0, "snapshot")
			run(0, "snapshot", "--note", "second")
			run(0, "show", "latest")
			run(0, "show", "live")
			run(0, "show", "latest", "Okta")
			run(0, "snapshots")
			run(0, "verify")
			run(0, "doctor")
			for _, sn := range m.snapshots() {
				run(0, "show", sn.ID)
			}
			// Compared: with what is the same, with what was put into a file by hand, and
			// with nothing, so that every setting is one that came or went.
			byHand := filepath.Join(m.home, "by-hand.json")
			must(os.WriteFile(byHand, stateWith(m, secrets), 0o600))
			nothing := filepath.Join(m.home, "nothing.json")
			must(os.WriteFile(nothing, []byte(emptyState), 0o600))
			compare := func(code int, args ...string) {
				t.Helper()
				for _, more := range [][]string{{"--json"}, {"--full"}, {"--format", "markdown", "--full"}, {"--format", "html", "--full"}, {"--stat", "--verbose"}} {
					for _, all := range [][]string{nil, {"--all-fields"}} {
						fmt.Fprintln(&said, m.want(code, slices.Concat([]string{"diff"}, args, more, all)...))
					}
				}
			}
			compare(0, "latest~1", "latest")
			compare(0)
			compare(0, "file:"+nothing, "live")
			compare(0, "latest", "file:"+nothing)
			compare(0, "file:"+byHand, "latest")
			compare(0, "live", "file:"+byHand)
			rotate(t, cloud, &secrets)
			compare(0)
			run(0, "snapshot")
			compare(0, "latest~1", "latest")
			run(0, "log", "Okta")
			run(0, "log", "Okta", "--all-fields", "--full")
			run(10, "diff", "--provider", "nobody")
			must(os.Remove(byHand)) // which is ours, and full of them

			// What goes wrong is said without them too.
			m.arm(sandbox.Fault{Kind: sandbox.FaultGarbage, Path: "/scim/users"}, sandbox.Fault{Kind: sandbox.FaultStatus, Status: 403, Path: "/apps"})
			run(3, "snapshot")
			m.cloud.ClearFaults()
			m.arm(sandbox.Fault{Kind: sandbox.FaultCut, Path: "identity_providers"})
			run(3, "snapshot")
			run(3, "diff", "latest")
			m.cloud.ClearFaults()

			kept := everythingIn(t, m.home)
			kept["what was printed"] = said.String()
			for name, text := range kept {
				for _, s := range secrets {
					if at := strings.Index(text, s); at >= 0 {
						t.Errorf("%s holds the secret %s: …%s", name, s, text[max(0, at-60):at+len(s)])
					}
				}
			}
			if documents := kept[m.db+" unpacked"]; !strings.Contains(documents, "(redacted)") || !strings.Contains(documents, `"x_token_url":"https://login.example/token"`) ||
				!strings.Contains(documents, `"x_secret_expires_at":"2027-01-01T00:00:00Z"`) {
				t.Error("the documents are not what was to be searched")
			}
		})
	}
}

// emptyState is an account in which there is nothing.
const emptyState = `{"format_version":"1","snapshot":{"id":"","target":"` + account + `","taken_at":"2026-06-30T02:00:00Z","collections":[
	{"kind":"organization","status":"complete"},{"kind":"identity_provider","status":"complete"},{"kind":"access_app","status":"complete"},
	{"kind":"access_policy","status":"complete"},{"kind":"access_group","status":"complete"}]},"resources":[]}`

// stateWith is the newest snapshot as a file into which somebody has written
// secrets: in the places where they were taken out. One of them nothing but its
// value gives away.
func stateWith(m *machine, secrets []string) []byte {
	text := m.want(0, "show", "latest", "--json").stdout
	text = strings.ReplaceAll(text, `"x_pem":"(redacted)"`, `"x_pem":"-----BEGIN RSA PRIVATE KEY-----\n(redacted)\n-----END RSA PRIVATE KEY-----\n"`)
	for i := 0; strings.Contains(text, "(redacted)"); i++ {
		text = strings.Replace(text, "(redacted)", secrets[i%len(secrets)], 1)
	}
	return []byte(text)
}

// rotate gives every provider new secrets.
func rotate(t *testing.T, cloud *sandbox.Server, secrets *[]string) {
	t.Helper()
	for _, id := range cloudIDs(t, cloud, sandbox.KindProvider, "") {
		fields := map[string]json.RawMessage{}
		for _, path := range []string{"/config/client_secret", "/config/x_refresh_token", "/config/x_api_key", "/config/x_added_password"} {
			value := fmt.Sprintf("Hush%04dHush", len(*secrets))
			*secrets = append(*secrets, value)
			fields[path] = json.RawMessage(`"` + value + `"`)
		}
		if err := cloud.Edit(account, sandbox.KindProvider, "", id, fields); err != nil {
			t.Fatal(err)
		}
	}
}

// everythingIn reads all files below a directory, and all documents of the
// histories among them.
func everythingIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		if strings.HasSuffix(path, ".db") {
			all[path+" unpacked"] = unpack(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// unpack gives every document of a history, one behind the other.
func unpack(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT data FROM block`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	var out []byte
	for rows.Next() {
		var data []byte
		if err := rows.Scan(&data); err != nil {
			t.Fatal(err)
		}
		if out, err = decoder.DecodeAll(data, out); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		t.Fatalf("%d bytes of documents: %v", len(out), err)
	}
	return string(out)
}

// TestEveryFieldOfEveryType compares what is shown with what Cloudflare keeps,
// with the secrets alone taken out.
func TestEveryFieldOfEveryType(t *testing.T) {
	t.Parallel()
	cloud, _ := allTypes(t)
	m := newMachine(t, cloud)
	m.want(0, "snapshot")
	shown := m.show("latest", "--kind", "identity_provider").Resources
	types := map[string]bool{}
	for _, r := range shown {
		stored, err := cloud.Stored(account, sandbox.KindProvider, "", r.ID)
		if err != nil {
			t.Fatal(err)
		}
		var served struct{ Type string }
		must(json.Unmarshal(stored, &served))
		types[served.Type] = true
		var want map[string]any
		var got map[string]any
		decode(t, stored, &want)
		decode(t, r.Document, &got)
		for _, problem := range lost("", want, got) {
			t.Errorf("%s: %s", served.Type, problem)
		}
		if !strings.Contains(string(r.Document), `"x_new_setting":{"big":9007199254740993,"nested":[1,2.50,"<&>\u2028é"]}`) {
			t.Errorf("%s: the unknown setting is not as it came: %s", served.Type, r.Document)
		}
	}
	if len(types) != 15 {
		t.Errorf("%d types, want 15: %v", len(types), types)
	}
}

func decode(t *testing.T, raw []byte, to any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if err := d.Decode(to); err != nil {
		t.Fatal(err)
	}
}

// lost says what of an object is not in another. Secrets are to be lost: known
// ones are not served, others are redacted.
func lost(path string, want, got map[string]any) (problems []string) {
	for key, w := range want {
		g, ok := got[key]
		at := path + "/" + key
		inner, isObject := w.(map[string]any)
		innerGot, gotObject := g.(map[string]any)
		switch text := fmt.Sprint(w); {
		case key == "x_secrets":
		case isObject && gotObject:
			problems = append(problems, lost(at, inner, innerGot)...)
		case strings.Contains(text, "Hush") || strings.HasPrefix(text, "sandbox-secret"):
			if ok && !strings.Contains(fmt.Sprint(g), "(redacted)") {
				problems = append(problems, fmt.Sprintf("%s is %v", at, g))
			}
		case text != fmt.Sprint(g):
			problems = append(problems, fmt.Sprintf("%s is %v, not %v", at, g, w))
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			problems = append(problems, fmt.Sprintf("%s/%s came from nowhere", path, key))
		}
	}
	return problems
}

// TestHowSecretsAreServedIsNoChange: versions of the API have left them out, sent
// "", null, or a mask, and one that sends them is no change either.
func TestHowSecretsAreServedIsNoChange(t *testing.T) {
	t.Parallel()
	cloud, _ := allTypes(t)
	m := newMachine(t, cloud)
	m.want(0, "snapshot")
	for _, how := range []string{"omit", "empty", "null", "mask", "clear", "omit", "clear", "mask", "null", "clear", "empty", "omit"} {
		m.flick("secrets", how)
		got := decodeTaken(t, m.want(0, "snapshot", "--json", "--quiet"))[0]
		for _, c := range got.Collections {
			if c.Added+c.Changed+c.Removed > 0 {
				t.Errorf("secrets served by %q: %s: +%d ~%d -%d", how, c.Kind, c.Added, c.Changed, c.Removed)
			}
		}
	}
	m.want(0, "verify")
}
