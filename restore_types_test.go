package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/commands"
	"github.com/idpsnap/idpsnap/sandbox"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Where providers are moved to.
const (
	labsAccount  = "account:" + sandbox.DefaultSecondAccount
	corpZone     = "zone:" + sandbox.DefaultZone
	thirdAccount = "account:5a0d0000000000000000000000000004"
)

// mover is a machine from which providers are restored and moved. It remembers all
// that was said, and the secrets that it has supplied.
type mover struct {
	*machine
	said     strings.Builder
	supplied map[string]map[string]string // by the provider's id in the source and the secret's name
	sinks    int
}

// newMover has a Cloudflare with accounts, and a zone, in which there is nothing yet.
func newMover(t *testing.T, seed uint64) *mover {
	t.Helper()
	cloud := sandbox.New(sandbox.Options{Now: time.Now, Sleep: nap, Seed: seed})
	cloud.AddAccount(sandbox.DefaultAccount, "Corp", "corp.cloudflareaccess.com")
	cloud.AddAccount(sandbox.DefaultSecondAccount, "Labs", "labs.cloudflareaccess.com")
	cloud.AddAccount(strings.TrimPrefix(thirdAccount, "account:"), "Third", "third.cloudflareaccess.com")
	cloud.AddZone(sandbox.DefaultZone, "corp.example", sandbox.DefaultAccount, "zone.cloudflareaccess.com")
	m := &mover{machine: newMachine(t, cloud), supplied: map[string]map[string]string{}}
	m.flick("rate-limit", "off")
	return m
}

// do runs a command that is to end with the status, and remembers what it said.
func (m *mover) do(code int, args ...string) result {
	m.Helper()
	r := m.want(code, args...)
	fmt.Fprintf(&m.said, "%s\n%s\n", r.stdout, r.stderr)
	return r
}

// doQuietly is do for a command that is to send no write.
func (m *mover) doQuietly(code int, args ...string) result {
	m.Helper()
	_, before := m.cloud.RequestCount()
	r := m.do(code, args...)
	if _, after := m.cloud.RequestCount(); after != before {
		m.Errorf("idpsnap %s: %d writes, want none: %s", strings.Join(args, " "), after-before, r)
	}
	return r
}

// doAs runs a command whose process is another than usual: at a terminal, or with
// something on its standard input.
func (m *mover) doAs(change func(env *commands.Env), args ...string) result {
	var stdout, stderr bytes.Buffer
	env := tamed(func(name string) string { return m.env[name] })
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), &stdout, &stderr
	env.Terminal, env.OutTerminal, env.InTerminal = false, false, false
	change(&env)
	code := commands.Main(m.Context(), env, args)
	env.HTTP.(*http.Transport).CloseIdleConnections()
	fmt.Fprintf(&m.said, "%s\n%s\n", stdout.String(), stderr.String())
	return result{code, stdout.String(), stderr.String()}
}

// place is a path in the machine's home.
func (m *mover) place(name string) string { return filepath.Join(m.home, name) }

// fill puts a provider of every type into an account, with settings of today and of
// some other day.
func (m *mover) fill(target string) {
	m.Helper()
	must(m.cloud.AllTypes(target))
	for n, id := range m.idsIn(target) {
		fields := map[string]json.RawMessage{
			"/x_new_setting":        json.RawMessage(unknownSetting),
			"/x_big":                json.RawMessage(`123456789012345678901234567890.50`),
			"/config/x_new_setting": json.RawMessage(`{"deep":{"er":[{"a/b~c":1E3},-0.0,"\u2028<&>é"],"off":false},"n":` + fmt.Sprint(n) + `}`),
			"/config/x_a~1b~0c":     json.RawMessage(`"é \"quoted\" \\ <b>"`),
			"/config/x_list":        json.RawMessage(`[3,1,2,[false,"0"]]`),
			"/config/x_off":         json.RawMessage(`false`),
		}
		stored := must1(m.cloud.Stored(target, sandbox.KindProvider, "", id))
		if pointedAt(stored, "/scim_config") != "null" {
			fields["/scim_config/x_new_setting"] = json.RawMessage(unknownSetting)
		}
		if pointedAt(stored, "/type") == `"oidc"` { // a secret that nobody knows yet
			fields["/config/x_api_key"] = json.RawMessage(`"HushNobodyKnows"`)
		}
		must(m.cloud.Edit(target, sandbox.KindProvider, "", id, fields))
	}
}

func (m *mover) idsIn(target string) []string {
	m.Helper()
	return must1(m.cloud.IDs(target, sandbox.KindProvider, ""))
}

// stored are the providers of a target, secrets and all, by type.
func (m *mover) stored(target string) map[string][]byte {
	m.Helper()
	all := map[string][]byte{}
	for _, id := range m.idsIn(target) {
		raw := must1(m.cloud.Stored(target, sandbox.KindProvider, "", id))
		all[strings.Trim(pointedAt(raw, "/type"), `"`)] = raw
	}
	return all
}

// theirs are the fields of a provider that are not to be carried over: Cloudflare's
// own, and secrets.
var theirs = []string{
	"/id", "/uid", "/version", "/read_only", "/saml_certificate_set", "/scim_base_url", "/config/redirect_url", "/scim_config/scim_base_url",
	"/config/client_secret", "/config/api_token", "/config/x_api_key", "/scim_config/secret",
}

// chosen is what people have chosen of a provider, so that what means the same is the
// same: false and no boolean, and sets in any order.
func chosen(t *testing.T, stored []byte, but ...string) string {
	t.Helper()
	var document map[string]any
	decode(t, stored, &document)
	for _, path := range slices.Concat(theirs, but) {
		object, steps := document, strings.Split(path, "/")[1:]
		for len(steps) > 1 && object != nil {
			object, _ = object[steps[0]].(map[string]any)
			steps = steps[1:]
		}
		delete(object, steps[0])
	}
	config, _ := document["config"].(map[string]any)
	for _, name := range []string{"support_groups", "conditional_access_enabled", "pkce_enabled", "sign_request", "restrict_to_account_members", "enable_encryption"} {
		if config[name] == false {
			delete(config, name)
		}
	}
	scim, _ := document["scim_config"].(map[string]any)
	for _, name := range []string{"enabled", "user_deprovision", "seat_deprovision", "group_member_deprovision"} {
		if scim[name] == false {
			delete(scim, name)
		}
	}
	for _, name := range []string{"claims", "scopes", "attributes"} {
		if list, ok := config[name].([]any); ok {
			slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	must(e.Encode(document))
	return out.String()
}

// unlike says in which lines two texts differ, "" where in none.
func unlike(got, want string) string {
	if got == want {
		return ""
	}
	var out strings.Builder
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for _, line := range a {
		if !slices.Contains(b, line) {
			out.WriteString("\n+" + line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out.WriteString("\n-" + line)
		}
	}
	return out.String() + "\n(+ is too much, - is missing, of " + want + ")"
}

// secretNames are the secrets of config.
var secretNames = []string{"client_secret", "api_token", "x_api_key"}

// secretsOf are the secrets that a provider has in its config.
func secretsOf(stored []byte) map[string]string {
	all := map[string]string{}
	for _, name := range secretNames {
		if value := pointedAt(stored, "/config/"+name); value != "null" {
			all[name] = value
		}
	}
	return all
}

// secretsFile writes a file with another secret for each provider of a target, and
// gives its path.
func (m *mover) secretsFile(target string) string {
	m.Helper()
	for _, id := range m.idsIn(target) {
		m.supplied[id] = map[string]string{}
		for name := range secretsOf(must1(m.cloud.Stored(target, sandbox.KindProvider, "", id))) {
			m.supplied[id][name] = fmt.Sprintf("Supplied-%s-%s-\"é'\\: #<&>", name, id[:13])
		}
	}
	return m.writeSecrets(m.supplied)
}

func (m *mover) writeSecrets(secrets map[string]map[string]string) string {
	m.Helper()
	m.sinks++
	path := m.place(fmt.Sprintf("secrets%d.json", m.sinks))
	must(os.WriteFile(path, must1(json.Marshal(map[string]any{"identity_providers": secrets})), 0o600))
	return path
}

// sink is a file for tokens that is not there yet.
func (m *mover) sink() string {
	m.sinks++
	return m.place(fmt.Sprintf("tokens%d.json", m.sinks))
}

// token is a SCIM token as --scim-secrets-out keeps it.
type token struct {
	Provider, Type, ID, Token string
	SCIMBaseURL               string `json:"scim_base_url"`
}

func (m *mover) tokens(path string) []token {
	m.Helper()
	info := must1(os.Stat(path))
	if info.Mode().Perm() != 0o600 {
		m.Errorf("%s has the mode %v", path, info.Mode())
	}
	var file struct{ Tokens []token }
	must(json.Unmarshal(must1(os.ReadFile(path)), &file))
	return file.Tokens
}

// checkTokens fails unless the file holds the tokens of all providers of the target
// that have one, and nothing else.
func (m *mover) checkTokens(target, path string, want int) {
	m.Helper()
	var kept, has []string
	for _, tok := range m.tokens(path) {
		kept = append(kept, fmt.Sprintf("%s %q %q %q", tok.ID, tok.Type, tok.Token, tok.SCIMBaseURL))
	}
	for _, raw := range m.stored(target) {
		if secret := pointedAt(raw, "/scim_config/secret"); secret != "null" {
			has = append(has, strings.Trim(pointedAt(raw, "/id"), `"`)+" "+pointedAt(raw, "/type")+" "+secret+" "+pointedAt(raw, "/scim_config/scim_base_url"))
		}
	}
	slices.Sort(kept)
	slices.Sort(has)
	if !slices.Equal(kept, has) || len(has) != want {
		m.Errorf("the file has the tokens %q, Cloudflare %q, want %d", kept, has, want)
	}
}

// move is one way from a place to another.
type move struct {
	from, to string
	tokens   int
	lost     []string // settings that do not carry over
	says     []string
}

var moves = []move{
	{account, labsAccount, 4, []string{"/saml_certificate_set_id", "/config/enable_encryption"}, []string{"SAML certificate set", "without assertion encryption"}},
	{
		account, corpZone, 0,
		[]string{"/saml_certificate_set_id", "/config/enable_encryption", "/scim_config"},
		[]string{"SAML certificate set", "without assertion encryption", "SCIM exists for accounts only"},
	},
	{corpZone, thirdAccount, 0, nil, nil},
}

// TestEveryTypeMoves moves a provider of every type between accounts and zones,
// whatever the API is like: they arrive with every setting that there was, the
// secrets that were supplied, and tokens that one file has; and then nothing is left
// to be done.
func TestEveryTypeMoves(t *testing.T) {
	t.Parallel()
	worlds := []string{
		"put=replace",
		"put=merge secrets=mask false-booleans=absent set-order=reversed create-lag=on",
		"secrets=null false-booleans=false set-order=shuffled post-echoes-secret=on azure-cloud=default",
		"put=merge secrets=empty azure-cloud=default create-lag=on post-echoes-secret=on",
		"secrets=mask false-booleans=false create-lag=on order=shuffled",
		"put=merge secrets=omit false-booleans=absent set-order=shuffled azure-cloud=default zone-paging=honour",
	}
	for i, world := range worlds {
		if testing.Short() && i > 2 {
			break
		}
		t.Run(world, func(t *testing.T) {
			t.Parallel()
			m := newMover(t, uint64(100+i))
			m.fill(account)
			for _, s := range strings.Fields(world) {
				name, value, _ := strings.Cut(s, "=")
				m.flick(name, value)
			}
			if strings.Contains(world, "azure-cloud") { // Cloudflare fills it in
				must(m.cloud.Edit(account, sandbox.KindProvider, "", strings.Trim(pointedAt(m.stored(account)["azureAD"], "/id"), `"`),
					map[string]json.RawMessage{"/config/azure_cloud": nil}))
			}
			for n, mv := range moves {
				if i < 2 || n == i%2 { // the others are one step each
					m.move(mv, world)
				}
			}
			m.checkBodies()
			m.checkNothingKept()
		})
	}
}

func (m *mover) move(mv move, world string) {
	m.Helper()
	tokens := m.sink()
	command := []string{"migrate", "--from", mv.from, "--to", mv.to, "--secrets-file", m.secretsFile(mv.from), "--scim-secrets-out", tokens, "--yes"}
	if slices.Contains(mv.lost, "/config/enable_encryption") {
		r := m.doQuietly(5, command...)
		if !strings.Contains(r.stderr, "--allow-unencrypted") {
			m.Errorf("the way out is not said: %s", r)
		}
		command = append(command, "--allow-unencrypted")
	}
	m.doQuietly(2, append(slices.Clone(command), "--dry-run", "--exit-code")...)
	r := m.do(0, command...)
	for _, words := range mv.says {
		if !strings.Contains(r.stdout, words) {
			m.Errorf("%s to %s: nothing is said of %q: %s", mv.from, mv.to, words, r.stdout)
		}
	}
	from, to := m.stored(mv.from), m.stored(mv.to)
	if len(to) != 15 || len(m.idsIn(mv.to)) != 15 {
		m.Errorf("%d types arrived, want 15", len(to))
	}
	for kind, raw := range from {
		lost := slices.Clone(mv.lost)
		if kind == "azureAD" && strings.Contains(world, "azure-cloud=default") && pointedAt(raw, "/config/azure_cloud") == "null" {
			if got := pointedAt(to[kind], "/config/azure_cloud"); got != `"default"` {
				m.Errorf("azure_cloud is %s", got)
			}
			lost = append(lost, "/config/azure_cloud")
		}
		if d := unlike(chosen(m.T, to[kind], lost...), chosen(m.T, raw, lost...)); d != "" {
			m.Errorf("%s to %s: %s arrived otherwise: %s", mv.from, mv.to, kind, d)
		}
		for _, path := range mv.lost {
			if got := pointedAt(to[kind], path); got != "null" {
				m.Errorf("%s to %s: %s has %s: %s", mv.from, mv.to, kind, path, got)
			}
		}
		m.checkSecrets(raw, to[kind])
	}
	if mv.tokens > 0 {
		m.checkTokens(mv.to, tokens, mv.tokens)
	} else if _, err := os.Stat(tokens); err == nil {
		m.Errorf("%s to %s: there is a file of tokens, and no token", mv.from, mv.to)
	}
	m.nothingLeft(command...)
}

// checkSecrets fails unless a provider has the secrets that were supplied for it. Of
// okta's api_token the API does not always tell that there is one.
func (m *mover) checkSecrets(from, to []byte) {
	m.Helper()
	want := m.supplied[strings.Trim(pointedAt(from, "/id"), `"`)]
	for _, name := range secretNames {
		got := pointedAt(to, "/config/"+name)
		if name == "api_token" && got == "null" {
			continue
		}
		wanted := "null"
		if want[name] != "" {
			wanted = sorted(must1(json.Marshal(want[name])))
		}
		if got != "null" {
			var text string
			must(json.Unmarshal([]byte(got), &text))
			got = sorted(must1(json.Marshal(text)))
		}
		if got != wanted {
			m.Errorf("%s has the %s %s, want %s", pointedAt(to, "/type"), name, got, wanted)
		}
	}
}

// nothingLeft fails unless the same again finds nothing to do, and does nothing.
func (m *mover) nothingLeft(command ...string) {
	m.Helper()
	for _, more := range [][]string{nil, {"--dry-run", "--exit-code"}} {
		if r := m.doQuietly(0, slices.Concat(command, more)...); !strings.Contains(r.stdout, "Nothing to do") {
			m.Errorf("idpsnap %s: want nothing to do: %s", strings.Join(slices.Concat(command, more), " "), r)
		}
	}
}

// TestEveryTypeIsRestored deletes the providers of every type, one after the other and
// then all, and restores them into the account that they were in.
func TestEveryTypeIsRestored(t *testing.T) {
	t.Parallel()
	for _, put := range []string{"replace", "merge"} {
		if testing.Short() && put == "merge" {
			continue
		}
		t.Run(put, func(t *testing.T) {
			t.Parallel()
			m := newMover(t, 7)
			m.fill(account)
			m.flick("put", put)
			m.flick("secrets", "mask")
			secrets, had := m.secretsFile(account), m.stored(account)
			m.do(0, "snapshot", "--quiet")
			id := m.snapshots()[0].ID
			restore := func(tokens string) []string {
				return []string{"restore", id, "--secrets-file", secrets, "--scim-secrets-out", tokens, "--yes"}
			}
			kinds := slices.Sorted(maps.Keys(had))
			if testing.Short() || put == "merge" {
				kinds = []string{"onetimepin", "saml"}
			}
			var gone [][]string
			for _, kind := range kinds {
				gone = append(gone, []string{kind})
			}
			gone = append(gone, slices.Sorted(maps.Keys(had)))
			for _, kinds := range gone {
				for _, kind := range kinds {
					must(m.cloud.Remove(account, sandbox.KindProvider, "", strings.Trim(pointedAt(m.stored(account)[kind], "/id"), `"`)))
				}
				untouched := m.stored(account)
				tokens := m.sink()
				m.do(0, restore(tokens)...)
				now := m.stored(account)
				scim := 0
				for kind, raw := range had {
					if was, ok := untouched[kind]; ok {
						if !bytes.Equal(was, now[kind]) {
							t.Errorf("%s is another one: %s, was %s", kind, now[kind], was)
						}
						continue
					}
					if d := unlike(chosen(t, now[kind]), chosen(t, raw)); d != "" {
						t.Errorf("%s was restored otherwise: %s", kind, d)
					}
					m.checkSecrets(raw, now[kind])
					if pointedAt(now[kind], "/scim_config/secret") != "null" {
						scim++
					}
				}
				if scim > 0 && len(m.tokens(tokens)) != scim {
					t.Errorf("%d tokens, want %d", len(m.tokens(tokens)), scim)
				}
			}
			m.nothingLeft(restore(m.sink())...)
			m.checkBodies()
			m.checkNothingKept()
		})
	}
}

// unknownSecret supplies the secret that nobody knows: that an update without it keeps
// it is not to be relied on.
var unknownSecret = []string{"--secret", "OpenID Connect.x_api_key=env:UNKNOWN"}

// TestEverySettingIsRestored edits every setting of a type, all at once, and restores
// them: everything is again as it was, secrets included, and nothing else has changed.
func TestEverySettingIsRestored(t *testing.T) {
	t.Parallel()
	for n, put := range []string{"replace", "merge"} {
		t.Run(put, func(t *testing.T) {
			t.Parallel()
			m := newMover(t, 8)
			m.fill(account)
			m.flick("put", put)
			m.env["UNKNOWN"] = "HushNobodyKnows"
			m.do(0, "snapshot", "--quiet")
			id := m.snapshots()[0].ID
			had := m.stored(account)
			edited := 0
			for i, of := range snapshot.Types() {
				if testing.Short() && i%4 != n {
					continue
				}
				raw := had[string(of.Type)]
				provider := strings.Trim(pointedAt(raw, "/id"), `"`)
				fields := map[string]json.RawMessage{
					"/x_only_live":               json.RawMessage(`{"a":[1]}`),
					"/config/x_only_live":        json.RawMessage(`true`),
					"/x_new_setting/only_live":   json.RawMessage(`"nested"`),
					"/config/x_new_setting/deep": json.RawMessage(`"no object any more"`),
					"/config/x_list":             nil,
					"/config/x_off":              json.RawMessage(`true`),
				}
				for _, f := range settingsOf(t, m.cloud, of, provider) {
					updated := json.RawMessage(`"edited"`)
					switch was := pointedAt(raw, f.Path); {
					case f.Path == "/type", f.Path == "/x_new_setting", f.Path == "/config/x_api_key", strings.HasPrefix(f.Path, "/scim_config/") && pointedAt(raw, "/scim_config") == "null":
						continue
					case f.Value == snapshot.Bool && was == "true":
						updated = json.RawMessage(`false`)
					case f.Value == snapshot.Bool:
						updated = json.RawMessage(`true`)
					case f.Value == snapshot.Set, f.Value == snapshot.List:
						updated = json.RawMessage(`["zulu","alpha"]`)
					}
					fields[f.Path] = updated
					edited++
				}
				must(m.cloud.Edit(account, sandbox.KindProvider, "", provider, fields))
				m.do(0, append([]string{"restore", id, "--allow-lockout", "--scim-secrets-out", m.sink(), "--yes"}, unknownSecret...)...)
				now := must1(m.cloud.Stored(account, sandbox.KindProvider, "", provider))
				if d := unlike(chosen(t, now), chosen(t, raw)); d != "" {
					t.Errorf("%s was restored otherwise: %s", of.Type, d)
				}
				if got, want := secretsOf(now), secretsOf(raw); !maps.Equal(got, want) {
					t.Errorf("%s has the secrets %v, had %v", of.Type, got, want)
				}
				if got, want := pointedAt(now, "/scim_config/secret"), pointedAt(raw, "/scim_config/secret"); got != want {
					t.Errorf("%s has the token %s, had %s", of.Type, got, want)
				}
			}
			m.nothingLeft("restore", id, "--yes")
			if !testing.Short() && edited < 130 {
				t.Errorf("only %d settings", edited)
			}
			m.checkBodies()
		})
	}
}

// TestNothingElseIsReset changes one setting of each live provider that the state has
// otherwise, and looks at all others after the restore, whatever the API makes of what
// it is not sent, or of null.
func TestNothingElseIsReset(t *testing.T) {
	t.Parallel()
	for _, world := range []string{
		"put=replace secrets=mask put-masked-secret=refuse", "put=merge secrets=empty put-masked-secret=refuse false-booleans=false",
		"put=replace null-setting=stored secrets=clear", "put=merge null-setting=stored",
		"put=replace secrets=null put-omits-scim=keep false-booleans=absent set-order=shuffled",
	} {
		if testing.Short() && strings.Contains(world, "null-setting") {
			continue
		}
		t.Run(world, func(t *testing.T) {
			t.Parallel()
			m := newMover(t, 9)
			m.fill(account)
			for _, s := range strings.Fields(world) {
				name, value, _ := strings.Cut(s, "=")
				m.flick(name, value)
			}
			m.env["UNKNOWN"] = "HushNobodyKnows"
			m.do(0, "snapshot", "--quiet")
			id, had := m.snapshots()[0].ID, m.stored(account)
			for _, raw := range had {
				fields := map[string]json.RawMessage{
					"/name":          json.RawMessage(`"Another name"`),
					"/config/x_more": json.RawMessage(`1`), // the state has none
					"/config/x_off":  nil,                  // and has this
				}
				if pointedAt(raw, "/scim_config") == "null" && pointedAt(raw, "/type") != `"onetimepin"` {
					fields["/scim_config"] = json.RawMessage(`{"enabled":false,"user_deprovision":true}`)
				}
				must(m.cloud.Edit(account, sandbox.KindProvider, "", strings.Trim(pointedAt(raw, "/id"), `"`), fields))
			}
			r := m.do(5, "restore", id, "--yes")
			if !strings.Contains(r.stderr, "--max-changes 15") {
				t.Errorf("the way out is not said: %s", r)
			}
			dry := m.doQuietly(2, "restore", id, "--dry-run", "--exit-code", "--max-changes", "15", "--allow-lockout")
			if !strings.Contains(dry.stdout, "it has a secret that is not known here (x_api_key)") {
				t.Errorf("nothing is said of the secret that may go: %s", dry.stdout)
			}
			if !strings.Contains(dry.stdout, "x_more") || !strings.Contains(dry.stdout, "x_off") {
				t.Errorf("the plan does not show what goes: %s", dry.stdout)
			}
			m.do(0, append([]string{"restore", id, "--yes", "--max-changes", "15", "--allow-lockout"}, unknownSecret...)...)
			for kind, now := range m.stored(account) {
				if d := unlike(withoutNulls(chosen(t, now)), chosen(t, had[kind])); d != "" {
					t.Errorf("%s is another one: %s", kind, d)
				}
				if got, want := fmt.Sprint(secretsOf(now), pointedAt(now, "/scim_config/secret")), fmt.Sprint(secretsOf(had[kind]), pointedAt(had[kind], "/scim_config/secret")); got != want {
					t.Errorf("%s has the secrets %v, had %v", kind, got, want)
				}
			}
			m.nothingLeft("restore", id, "--yes")
			m.checkBodies()
		})
	}
}

// withoutNulls takes away what was stored as null, at the places where settings are.
func withoutNulls(text string) string {
	var document map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	must(d.Decode(&document))
	for _, object := range []any{document, document["config"], document["scim_config"]} {
		if members, ok := object.(map[string]any); ok {
			maps.DeleteFunc(members, func(_ string, value any) bool { return value == nil })
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	must(e.Encode(document))
	return out.String()
}

// TestPlansTravel: a plan is carried out wherever it was kept, and however it was laid
// out meanwhile, whatever is in it.
func TestPlansTravel(t *testing.T) {
	t.Parallel()
	m := newMover(t, 10)
	m.fill(account)
	odd := `"\u2028<b>\u00e9é&amp;\\u003c \\ \" 身份 🔐"`
	github := strings.Trim(pointedAt(m.stored(account)["github"], "/id"), `"`)
	must(m.cloud.Edit(account, sandbox.KindProvider, "", github, map[string]json.RawMessage{"/name": json.RawMessage(odd), "/config/x_odd": json.RawMessage(odd)}))
	m.do(0, "snapshot", "--quiet")
	id, had := m.snapshots()[0].ID, m.stored(account)["github"]
	plan := func(args ...string) []string {
		return append([]string{"restore", id, "--only", github, "--dry-run"}, args...)
	}
	indented := func(raw []byte) []byte {
		var out bytes.Buffer
		must(json.Indent(&out, raw, " ", "\t"))
		return out.Bytes()
	}
	for _, way := range []struct {
		name string
		plan func() []byte
	}{
		{"saved", func() []byte {
			path := m.sink()
			m.doQuietly(0, plan("--plan-out", path)...)
			return must1(os.ReadFile(path))
		}},
		{"printed", func() []byte { return []byte(m.doQuietly(0, plan("--json")...).stdout) }},
		{"laid out", func() []byte { return indented([]byte(m.doQuietly(0, plan("--json")...).stdout)) }},
		{"with other escapes", func() []byte {
			var out bytes.Buffer
			json.HTMLEscape(&out, []byte(m.doQuietly(0, plan("--json")...).stdout))
			return out.Bytes()
		}},
	} {
		must(m.cloud.Edit(account, sandbox.KindProvider, "", github, map[string]json.RawMessage{
			"/name": json.RawMessage(`"<another>"`), "/config/x_odd": nil, "/config/client_id": json.RawMessage(`"<edited>"`),
		}))
		text := way.plan()
		r := m.doAs(func(env *commands.Env) { env.Stdin = bytes.NewReader(text) }, "apply", "-", "--yes")
		if r.code != 0 {
			t.Errorf("%s: %s", way.name, r)
		}
		if d := unlike(chosen(t, m.stored(account)["github"]), chosen(t, had)); d != "" {
			t.Errorf("%s: it was restored otherwise: %s", way.name, d)
		}
		// What is edited is not carried out, nor what was already.
		for _, edited := range [][]byte{bytes.Replace(text, []byte(`"client_id"`), []byte(`"client_ib"`), 1), text} {
			if r := m.doAs(func(env *commands.Env) { env.Stdin = bytes.NewReader(edited) }, "apply", "-", "--yes"); r.code != 5 {
				t.Errorf("%s, edited or carried out: %s", way.name, r)
			}
		}
	}
	m.do(0, "runs")
	m.do(0, "verify")
	m.checkBodies()
}

// TestNullRefused: where the API takes no null, what is to go is left out of the body;
// where it then stays, as with an API that merges, that is told.
func TestNullRefused(t *testing.T) {
	t.Parallel()
	for put, code := range map[string]int{"replace": 0, "merge": 3} {
		m := newMover(t, 11)
		m.fill(account)
		m.flick("null-setting", "refuse")
		m.flick("put", put)
		m.do(0, "snapshot", "--quiet")
		id, had := m.snapshots()[0].ID, m.stored(account)
		must(m.cloud.Edit(account, sandbox.KindProvider, "", strings.Trim(pointedAt(had["github"], "/id"), `"`), map[string]json.RawMessage{
			"/config/client_id": json.RawMessage(`"edited"`), "/config/x_only_live": json.RawMessage(`"there"`),
		}))
		r := m.do(code, "restore", id, "--yes")
		got := m.stored(account)["github"]
		if pointedAt(got, "/config/client_id") != pointedAt(had["github"], "/config/client_id") {
			t.Errorf("%s: it was not restored: %s", put, got)
		}
		if stays := pointedAt(got, "/config/x_only_live") != "null"; stays != (put == "merge") {
			t.Errorf("%s: x_only_live: %s", put, got)
		}
		if put == "merge" && !strings.Contains(r.stdout, "x_only_live") {
			t.Errorf("what still differs is not told: %s", r)
		}
	}
}
