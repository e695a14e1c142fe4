package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/commands"
	"github.com/idpsnap/idpsnap/sandbox"
)

// machine is a computer with idpsnap on it and nothing else, and a Cloudflare
// that it can reach.
type machine struct {
	*testing.T
	cloud *sandbox.Server
	home  string
	db    string
	env   map[string]string
}

func newMachine(t *testing.T, cloud *sandbox.Server) *machine {
	t.Helper()
	listener := httptest.NewServer(cloud)
	t.Cleanup(listener.Close)
	home := t.TempDir()
	return &machine{
		T: t, cloud: cloud, home: home,
		db: filepath.Join(home, ".local/share/idpsnap/history.db"),
		env: map[string]string{
			"HOME":                  home,
			"PATH":                  os.Getenv("PATH"),
			"CLOUDFLARE_BASE_URL":   listener.URL + "/client/v4",
			"CLOUDFLARE_API_TOKEN":  sandbox.DefaultToken,
			"CLOUDFLARE_ACCOUNT_ID": sandbox.DefaultAccount,
			"GORACE":                "atexit_sleep_ms=0", // under the race detector each process would end a second late
		},
	}
}

// onlyWithoutDetector leaves a long test that has one thing after the other out of the
// short run, which looks for races: the long run has it.
func onlyWithoutDetector(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after the other: in the run without -short")
	}
}

// account is the target that most tests are about.
const account = "account:" + sandbox.DefaultAccount

// office is a Cloudflare with one account whose one provider has synced so many
// users and groups. It gives the provider's id.
func office(t *testing.T, seed uint64, users, groups int) (*sandbox.Server, string) {
	t.Helper()
	cloud := sandbox.New(sandbox.Options{Now: time.Now, Sleep: nap, Seed: seed})
	cloud.AddAccount(sandbox.DefaultAccount, "Office", "office.cloudflareaccess.com")
	err := cloud.Populate(account, sandbox.Population{Providers: []string{"okta"}, Users: users, Groups: groups})
	if err != nil {
		t.Fatal(err)
	}
	return cloud, cloudIDs(t, cloud, sandbox.KindProvider, "")[0]
}

// cloudIDs are the ids that Cloudflare has, in its order.
func cloudIDs(t *testing.T, cloud *sandbox.Server, kind sandbox.Kind, provider string) []string {
	t.Helper()
	ids, err := cloud.IDs(account, kind, provider)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// arm arms faults.
func (m *machine) arm(faults ...sandbox.Fault) {
	m.Helper()
	for _, f := range faults {
		if err := m.cloud.AddFault(f); err != nil {
			m.Fatal(err)
		}
	}
}

// awaitRequests waits until Cloudflare was asked so often.
func (m *machine) awaitRequests(count int) {
	m.Helper()
	for range 60_000 {
		if asked, _ := m.cloud.RequestCount(); asked >= count {
			return
		}
		time.Sleep(time.Millisecond)
	}
	m.Fatalf("Cloudflare was not asked %d times within a minute", count)
}

func (m *machine) flick(name, value string) {
	m.Helper()
	if err := m.cloud.Switch(name, value); err != nil {
		m.Fatal(err)
	}
}

// result is how a command ended.
type result struct {
	code           int
	stdout, stderr string
}

func (r result) String() string {
	return fmt.Sprintf("exit status %d\nstdout: %s\nstderr: %s", r.code, head(r.stdout), head(r.stderr))
}

func head(s string) string {
	if len(s) > 2000 {
		s = s[:2000] + "…"
	}
	return s
}

// run runs a command within this process.
func (m *machine) run(args ...string) result {
	var stdout, stderr bytes.Buffer
	env := tamed(func(name string) string { return m.env[name] })
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), &stdout, &stderr
	env.InTerminal, env.Terminal, env.OutTerminal = false, false, false
	code := commands.Main(context.Background(), env, args)
	env.HTTP.(*http.Transport).CloseIdleConnections()
	return result{code, stdout.String(), stderr.String()}
}

// want runs a command that is to end with the status.
func (m *machine) want(code int, args ...string) result {
	m.Helper()
	r := m.run(args...)
	if r.code != code {
		m.Fatalf("idpsnap %s: want exit status %d, got %s", strings.Join(args, " "), code, r)
	}
	return r
}

// process is a command in a process of its own.
type process struct {
	*exec.Cmd
	out, err bytes.Buffer
}

func (m *machine) start(args ...string) *process {
	m.Helper()
	self, err := os.Executable()
	if err != nil {
		m.Fatal(err)
	}
	p := &process{Cmd: exec.Command(self)}
	p.Args = append([]string{"idpsnap"}, args...)
	for _, name := range slices.Sorted(maps.Keys(m.env)) {
		p.Env = append(p.Env, name+"="+m.env[name])
	}
	p.Dir, p.Stdout, p.Stderr = m.home, &p.out, &p.err
	if err := p.Start(); err != nil {
		m.Fatal(err)
	}
	return p
}

// end waits until a process has ended. One that was killed has the status -1.
func (p *process) end(t *testing.T) result {
	t.Helper()
	err := p.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{p.ProcessState.ExitCode(), p.out.String(), p.err.String()}
}

// state is what show --json prints.
type state struct {
	Snapshot  taken
	Resources []struct {
		Kind, ID, Name string
		ProviderID     string `json:"provider_id"`
		Document       json.RawMessage
	}
}

// taken is a snapshot as snapshot, snapshots and show print it.
type taken struct {
	ID, Target, Status string
	Origin             string
	TakenAt            string `json:"taken_at"`
	Requests           int
	Collections        []reading
}

type reading struct {
	Kind                           string
	ProviderID                     string `json:"provider_id"`
	Status, Error, Digest          string
	Count, Added, Changed, Removed int
}

func (m *machine) show(args ...string) state {
	m.Helper()
	var s state
	r := m.run(append([]string{"show", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(r.stdout), &s); err != nil {
		m.Fatalf("idpsnap show %s: %v: %s", strings.Join(args, " "), err, r)
	}
	return s
}

// ids are the ids of the kind in the newest snapshot.
func (m *machine) ids(kind sandbox.Kind) []string {
	m.Helper()
	ids := []string{}
	for _, r := range m.show("latest", "--kind", string(kind)).Resources {
		ids = append(ids, r.ID)
	}
	return ids
}

func (m *machine) snapshots() []taken {
	m.Helper()
	return decodeTaken(m.T, m.want(0, "snapshots", "--json"))
}

// decodeTaken reads what snapshot --json or snapshots --json printed.
func decodeTaken(t *testing.T, r result) []taken {
	t.Helper()
	var out struct{ Snapshots []taken }
	if err := json.Unmarshal([]byte(r.stdout), &out); err != nil {
		t.Fatalf("%v: %s", err, r)
	}
	return out.Snapshots
}

// of finds a reading in a snapshot.
func (s taken) of(kind sandbox.Kind) reading {
	for _, c := range s.Collections {
		if c.Kind == string(kind) {
			return c
		}
	}
	return reading{}
}

// sameIDs says whether two lists hold the same ids, whatever their order.
func sameIDs(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// checkWhole fails unless the newest snapshot is what Cloudflare has, and the
// history is as it was recorded.
func (m *machine) checkWhole(provider string) {
	m.Helper()
	for _, kind := range []sandbox.Kind{sandbox.KindProvider, sandbox.KindSCIMUser, sandbox.KindSCIMGroup} {
		of := provider
		if kind == sandbox.KindProvider {
			of = ""
		}
		if got, want := m.ids(kind), cloudIDs(m.T, m.cloud, kind, of); !sameIDs(got, want) {
			m.Errorf("the snapshot holds %d of %s, Cloudflare %d, or others", len(got), kind, len(want))
		}
	}
	m.want(0, "verify")
}
