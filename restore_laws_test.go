package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/sandbox"
	"github.com/idpsnap/idpsnap/snapshot"
)

// TestAnyProvidersConverge moves any providers to where there are any others: then the
// target has what the source has, and the same again finds nothing to do. Where it is
// not clear which is which, nothing is written, and what is said about it leads on.
func TestAnyProvidersConverge(t *testing.T) {
	t.Parallel()
	cases := uint64(12)
	if testing.Short() {
		cases = 1
	}
	outcomes := make(chan int, cases)
	t.Run("all", func(t *testing.T) {
		for seed := range cases {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				outcomes <- converge(t, seed)
			})
		}
	})
	close(outcomes)
	ends := map[int]int{}
	for code := range outcomes {
		ends[code]++
	}
	t.Logf("at once: %d, with --map or --rename: %d", ends[0], ends[5])
	if !testing.Short() && (ends[0] == 0 || ends[5] == 0) {
		t.Errorf("one of the two ways was not gone: %v", ends)
	}
}

// converge gives the status of the first try.
func converge(t *testing.T, seed uint64) int {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 77))
	m := newMover(t, seed)
	m.anyProviders(random)
	must(m.cloud.Populate(labsAccount, sandbox.Population{Providers: []string{}, Apps: 3, Policies: 2, AccessGroups: 2}))
	for _, s := range []string{"put=replace", "put=merge", "secrets=omit", "secrets=mask", "create-lag=on", "delete-lag=on", "false-booleans=absent", "set-order=shuffled", "azure-cloud=default"} {
		if random.IntN(3) == 0 {
			name, value, _ := strings.Cut(s, "=")
			m.flick(name, value)
		}
	}
	if random.IntN(2) == 0 {
		m.do(0, "snapshot", "--quiet")
	}
	from, to, before := m.idsIn(account), m.idsIn(labsAccount), m.whole(labsAccount)
	command := []string{
		"migrate", "--from", account, "--to", labsAccount, "--on-conflict", "update", "--delete-extra", "--allow-delete", "--allow-lockout",
		"--allow-app-lockout", "--allow-unencrypted", "--max-changes", "1000", "--secrets-file", m.secretsFile(account), "--scim-secrets-out", m.sink(), "--yes",
	}
	if random.IntN(2) == 0 {
		command = append(command, "--rewrite-references")
	}
	var planned struct{ Plan plannedPlan }
	must(json.Unmarshal([]byte(m.doQuietly(0, slices.Concat(command, []string{"--dry-run", "--json"})...).stdout), &planned))
	var way []string
	names := map[string]string{} // new ones
	for _, a := range planned.Plan.Actions {
		if a.Action != "blocked" {
			continue
		}
		reasons := strings.Join(a.Reasons, " ")
		named := strings.Contains(reasons, "--rename "+a.SourceID+"=NAME")
		if named {
			names[a.SourceID] = "Named " + a.SourceID
			way = append(way, "--rename", a.SourceID+"="+names[a.SourceID])
		}
		if strings.Contains(reasons, "--map "+a.SourceID+"=ID") {
			way = append(way, m.wayOut(&planned.Plan, a)...)
		} else if !named {
			t.Fatalf("%q is blocked: %s", a.Name, a.Reasons)
		}
	}
	first := 0
	if planned.Plan.blocked() {
		first = 5
		r := m.doQuietly(5, command...)
		if !strings.Contains(r.stderr, "--map ") && !strings.Contains(r.stderr, "--rename ") {
			t.Errorf("the way out is not said: %s", r.stderr)
		}
		if m.whole(labsAccount) != before {
			t.Error("something was changed all the same")
		}
		command = append(command, way...)
	}
	if slices.Equal(from, to) {
		t.Fatal("both sides are the same")
	}
	m.do(0, command...)
	if d := unlike(m.allChosen(labsAccount, nil), m.allChosen(account, names)); d != "" {
		t.Errorf("the target is not as the source: %s", d)
	}
	m.nothingLeft(command...)
	if len(m.cloud.Writes()) > 0 {
		m.checkBodies()
	}
	return first
}

// plannedPlan is a plan as --json shows it.
type plannedPlan struct {
	Actions []plannedAction
}

type plannedAction struct {
	Action, Name, Type string
	SourceID           string `json:"source_id"`
	TargetID           string `json:"target_id"`
	Reasons            []string
}

func (p *plannedPlan) blocked() bool {
	return slices.ContainsFunc(p.Actions, func(a plannedAction) bool { return a.Action == "blocked" })
}

// wayOut maps a provider of which it is not clear which one of the target it is to the
// first that may be it, and of which nothing was said yet.
func (m *mover) wayOut(p *plannedPlan, of plannedAction) []string {
	m.Helper()
	taken := func(id string) bool {
		return slices.ContainsFunc(p.Actions, func(a plannedAction) bool { return a.TargetID == id && a.Action != "delete" })
	}
	for _, id := range m.idsIn(labsAccount) {
		raw := must1(m.cloud.Stored(labsAccount, sandbox.KindProvider, "", id))
		var r struct{ Name, Type string }
		must(json.Unmarshal(raw, &r))
		if r.Name == of.Name && r.Type == of.Type && !taken(id) {
			p.Actions = append(p.Actions, plannedAction{TargetID: id, Action: "blocked"})
			return []string{"--map", of.SourceID + "=" + id}
		}
	}
	return nil
}

// anyProviders puts any providers into two accounts: with names that only one side has,
// both sides have, and one side has twice.
func (m *mover) anyProviders(random *rand.Rand) {
	m.Helper()
	infos := snapshot.Types()
	for range 3 + random.IntN(5) {
		kind := string(infos[random.IntN(len(infos))].Type)
		body := must1(m.cloud.RandomProvider(kind, random.Uint64()))
		another := must1(m.cloud.RandomProvider(kind, random.Uint64()))
		namesake := renamed(another, pointedAt(body, "/name"))
		switch random.IntN(6) {
		case 0: // the source's alone
			m.post(account, body)
		case 1: // the target's alone
			m.post(labsAccount, body)
		case 2: // the same on both sides
			m.post(account, body)
			m.post(labsAccount, body)
		case 3: // the same name
			m.post(account, body)
			m.post(labsAccount, namesake)
		case 4: // twice over there
			m.post(account, body)
			m.post(labsAccount, namesake)
			m.post(labsAccount, another)
			m.post(labsAccount, renamed(must1(m.cloud.RandomProvider(kind, random.Uint64())), pointedAt(body, "/name")))
		case 5: // twice here
			m.post(account, body)
			m.post(account, namesake)
			m.post(labsAccount, renamed(another, pointedAt(body, "/name")))
		}
	}
}

func renamed(body []byte, name string) []byte {
	var fields map[string]json.RawMessage
	must(json.Unmarshal(body, &fields))
	fields["name"] = json.RawMessage(name)
	return must1(json.Marshal(fields))
}

// post creates a provider as a person would, who may not: of some types there is one
// only.
func (m *mover) post(target string, body []byte) {
	m.Helper()
	scope, id, _ := strings.Cut(target, ":")
	request := must1(http.NewRequestWithContext(m.Context(), http.MethodPost,
		m.env["CLOUDFLARE_BASE_URL"]+"/"+scope+"s/"+id+"/access/identity_providers", strings.NewReader(string(body))))
	request.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	answer, err := http.DefaultClient.Do(request)
	must(err)
	text := must1(io.ReadAll(answer.Body))
	must(answer.Body.Close())
	if answer.StatusCode != http.StatusCreated && answer.StatusCode != http.StatusConflict {
		m.Fatalf("%d %s: %s", answer.StatusCode, text, body)
	}
	m.cloud.ClearRequests()
}

// whole is all that a target has of providers.
func (m *mover) whole(target string) string {
	m.Helper()
	var all strings.Builder
	for _, id := range m.idsIn(target) {
		all.Write(must1(m.cloud.Stored(target, sandbox.KindProvider, "", id)))
	}
	return all.String()
}

// allChosen is what people have chosen of all providers of a target, less what does
// not carry over, and what is nothing. Some have new names.
func (m *mover) allChosen(target string, names map[string]string) string {
	m.Helper()
	var all []string
	for _, id := range m.idsIn(target) {
		raw := must1(m.cloud.Stored(target, sandbox.KindProvider, "", id))
		var document map[string]any
		decode(m.T, []byte(chosen(m.T, raw, "/saml_certificate_set_id", "/config/enable_encryption")), &document)
		if config, ok := document["config"].(map[string]any); ok && config["azure_cloud"] == "default" {
			delete(config, "azure_cloud")
		}
		if scim, ok := document["scim_config"].(map[string]any); ok && scim["identity_update_behavior"] == "no_action" {
			delete(scim, "identity_update_behavior")
		}
		if name := names[id]; name != "" {
			document["name"] = name
		}
		all = append(all, string(must1(json.Marshal(something(document)))))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// something is a value without what says nothing: null, and empty lists and objects.
func something(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if inner = something(inner); inner == nil {
				delete(v, key)
			} else {
				v[key] = inner
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			if inner := something(v[i]); inner != nil {
				v[i] = inner
			}
		}
		if len(v) == 0 {
			return nil
		}
	}
	return value
}
