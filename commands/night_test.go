package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/sandbox"
)

// house is a machine with a Cloudflare of its own.
type house struct {
	*testing.T
	env    Env
	dir    string
	vars   map[string]string
	server *sandbox.Server
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, dir: t.TempDir(), server: sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Seed: 1})}
	h.vars = map[string]string{
		"HOME": h.dir, tokenVar: sandbox.DefaultToken, "CLOUDFLARE_ACCOUNT_ID": sandbox.DefaultAccount,
		"CLOUDFLARE_BASE_URL": "http://localhost/client/v4",
	}
	h.env, _, _ = bare(t)
	h.env.Getenv = func(name string) string { return h.vars[name] }
	h.env.HTTP = roundTripper(func(req *http.Request) (*http.Response, error) { return inProcess(h.server, req) })
	return h
}

// types runs a command line and wants it to end with the status.
func (h *house) types(status int, args ...string) (stdout, stderr string) {
	h.Helper()
	var out, err bytes.Buffer
	env := h.env
	env.Stdout, env.Stderr = &out, &err
	if got := Main(h.Context(), env, args); got != status {
		h.Fatalf("%q: status %d, want %d: %s%s", args, got, status, out.String(), err.String())
	}
	return out.String(), err.String()
}

func (h *house) fault(path string, status, times int) {
	h.Helper()
	if err := h.server.AddFault(sandbox.Fault{Kind: sandbox.FaultStatus, Path: path, Status: status, Times: times}); err != nil {
		h.Fatal(err)
	}
}

func (h *house) write(name, text string, mode os.FileMode) string {
	h.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		h.Fatal(err)
	}
	return path
}

func TestAQuietSnapshotIsSilent(t *testing.T) {
	h := newHouse(t)
	if stdout, stderr := h.types(exitDone, "snapshot", "--quiet"); stdout+stderr != "" {
		t.Errorf("said %q, %q", stdout, stderr)
	}
	if stdout, _ := h.types(exitDone, "snapshot", "--quiet", "--json"); !json.Valid([]byte(stdout)) {
		t.Errorf("printed %q", stdout)
	}
	for _, args := range [][]string{{"snapshots"}, {"show", "latest"}, {"verify"}, {"doctor"}} {
		if stdout, stderr := h.types(exitDone, append(args, "--quiet")...); stdout == "" || stderr != "" {
			t.Errorf("%s: said %q, %q", args, stdout, stderr)
		}
	}
	h.fault("/scim/groups", 403, 0)
	if stdout, stderr := h.types(exitIncomplete, "snapshot", "--quiet"); stdout != "" || !strings.Contains(stderr, "scim_group of Okta") {
		t.Errorf("said %q, %q", stdout, stderr)
	}
}

// The cause is told in full once, and in short once, for all lists that share it.
func TestAPartialNightTellsEachCauseOnce(t *testing.T) {
	h := newHouse(t)
	h.fault("/scim/", 403, 0)
	h.fault("/access/groups", 404, 0)
	for _, args := range [][]string{{"snapshot"}, {"show", "latest"}} {
		stdout, stderr := h.types(exitIncomplete, args...)
		if strings.Count(stdout, "403 Forbidden") != 1 || strings.Count(stderr, "403 Forbidden") != 1 {
			t.Errorf("%s: said %s%s", args, stdout, stderr)
		}
		if !strings.Contains(stdout, "GET /accounts/") || strings.Contains(stderr, "GET /accounts/") || strings.Contains(stderr, "CF-Ray") {
			t.Errorf("%s: said %s%s", args, stdout, stderr)
		}
		if !regexp.MustCompile(`scim_user of Okta, scim_user of .*, 9 more: 403`).MatchString(stderr) {
			t.Errorf("%s: said %s", args, stderr)
		}
	}
	if stdout, _ := h.types(exitDone, "show", "latest", "--kind", "identity_provider"); strings.Contains(stdout, "SCIM users of") || strings.Contains(stdout, "Empty:") {
		t.Errorf("shows other kinds: %s", stdout)
	}
}

func TestTheFirstNightCountsEveryRequest(t *testing.T) {
	h := newHouse(t)
	stdout, _ := h.types(exitDone, "snapshot", "--json")
	var out struct{ Snapshots []struct{ Requests int } }
	if err := json.Unmarshal([]byte(stdout), &out); err != nil {
		t.Fatal(err)
	}
	if got, want := out.Snapshots[0].Requests, len(h.server.Requests()); got != want {
		t.Errorf("counted %d requests, Cloudflare %d", got, want)
	}
}

func TestRetriesAreLogged(t *testing.T) {
	h := newHouse(t)
	h.fault("/access/identity_providers", 502, 1)
	_, stderr := h.types(exitDone, "snapshot")
	if !regexp.MustCompile(`level=INFO msg=waiting waiting_seconds=1 waiting_for="retry after 502: GET /accounts/.*/access/identity_providers"`).MatchString(stderr) {
		t.Errorf("said %q", stderr)
	}
}

func TestAllThatFailShareAHint(t *testing.T) {
	h := newHouse(t)
	config := h.write("c.yaml", `profiles:
  corp: {account: `+sandbox.DefaultAccount+`, token_env: NONE}
  labs: {account: 5a0d0000000000000000000000000002, token_file: missing}
  more: {account: 5a0d0000000000000000000000000002, token_env: WRONG}
  site: {account: `+sandbox.DefaultAccount+`, token_env: WRONG}
`, 0o600)
	h.vars["WRONG"] = "Wrong0Token0Wrong0Token0Wrong0Token00000"
	stdout, stderr := h.types(exitPermission, "snapshot", "--all", "--config", config)
	if stdout != "" || strings.Contains(stderr, "Wrong0Token") || !strings.HasSuffix(stderr, "\nhint: idpsnap doctor --profile NAME looks into one of them\n") {
		t.Errorf("said %s%s", stdout, stderr)
	}
	for _, want := range []string{"\n  corp: the token", "\n  labs: token_file", "\n  more, site: 403 Forbidden"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in %s", want, stderr)
		}
	}
}

func TestHintsAfterARefusal(t *testing.T) {
	h := newHouse(t)
	h.vars[tokenVar] = "Wrong0Token0Wrong0Token0Wrong0Token00000"
	_, stderr := h.types(exitPermission, "snapshot")
	if !strings.Contains(stderr, "\nhint: is it the right token, and still valid? If so, give it that permission") {
		t.Errorf("said %s", stderr)
	}
	h = newHouse(t)
	h.fault("/identity_providers", 403, 0)
	_, stderr = h.types(exitPermission, "snapshot")
	if strings.Count(stderr, "Groups Read") != 1 || strings.Contains(stderr, "which permission is missing") {
		t.Errorf("said %s", stderr)
	}
}

func TestAHistoryThatIsADirectory(t *testing.T) {
	h := newHouse(t)
	for _, args := range [][]string{{"snapshot"}, {"snapshots"}, {"show", "latest"}, {"verify"}} {
		stdout, stderr := h.types(exitFailed, append(args, "--db", h.dir)...)
		if want := fmt.Sprintf("idpsnap: %[1]s is a directory, and a history is a file\nhint: --db %[1]s/history.db names a file in it\n", h.dir); stdout != "" || stderr != want {
			t.Errorf("%s: said %s%s", args, stdout, stderr)
		}
	}
}

func TestNoJSONOfWhatHasNoResult(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"demo", "sandbox"} {
		if stdout, stderr := h.types(exitUsage, name, "--json"); stdout != "" || !strings.Contains(stderr, "--json has no meaning for "+name) {
			t.Errorf("%s: said %s%s", name, stdout, stderr)
		}
	}
}

func TestCommandsOfAFileThatOthersMayWrite(t *testing.T) {
	h := newHouse(t)
	h.env.RunCommand = func(_ context.Context, _ string) (string, error) { return sandbox.DefaultToken, nil }
	for mode, status := range map[os.FileMode]int{0o600: exitDone, 0o644: exitDone, 0o620: exitUsage, 0o602: exitUsage, 0o664: exitUsage} {
		path := h.write("c.yaml", "profiles:\n  a: {account: "+sandbox.DefaultAccount+", token_command: x}\n", mode)
		if _, stderr := h.types(status, "snapshot", "--quiet", "--profile", "a", "--config", path); status != exitDone && !strings.Contains(stderr, "hint: chmod go-w "+path) {
			t.Errorf("%o: said %s", mode, stderr)
		}
	}
}

func TestTheDemosJoinerJoinsOnTheDay(t *testing.T) {
	h := newHouse(t)
	stdout, _ := h.types(exitDone, "demo", "--dir", filepath.Join(h.dir, "demo"))
	joined := regexp.MustCompile(`meta.created +(\S+)T10:00:00Z`).FindStringSubmatch(stdout)
	nights := regexp.MustCompile(`(\S+) 02:00:00 UTC`).FindAllStringSubmatch(stdout, 2)
	if joined == nil || len(nights) == 0 || joined[1] != nights[0][1] {
		t.Errorf("joined on %q, nights on %q", joined, nights)
	}
}

func TestWhatToExportForTheSandbox(t *testing.T) {
	h := newHouse(t)
	state := `{"format_version":"1","snapshot":{"target":"%s","target_name":"Mine"},"resources":[{"kind":"identity_provider","id":"p","document":{"id":"p","name":"P","type":"onetimepin","config":{}}}]}`
	for target, want := range map[string]string{
		"":                                  "# The sandbox listens. Nothing in it is real. Paste .*\nexport CLOUDFLARE_ACCOUNT_ID=" + sandbox.DefaultAccount + "\n.*# *account:5a0d0000000000000000000000000002",
		"account:a1":                        "# The sandbox listens. It holds what was loaded; .*\nexport CLOUDFLARE_ACCOUNT_ID=a1\n.*# *account:" + sandbox.DefaultAccount,
		"zone:z1":                           "# The sandbox listens. It holds what was loaded; .*\nexport CLOUDFLARE_ZONE_ID=z1; unset CLOUDFLARE_ACCOUNT_ID\n.*# *account:" + sandbox.DefaultAccount,
		"account:" + sandbox.DefaultAccount: "# The sandbox listens. It holds what was loaded; .*\nexport CLOUDFLARE_ACCOUNT_ID=" + sandbox.DefaultAccount + "\n",
	} {
		server := sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Seed: 1})
		if target != "" {
			if err := server.Load(fmt.Appendf(nil, state, target)); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		env := h.env
		env.Stdout = &out
		if err := writeExports(env, "http://127.0.0.1:1", server); err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile("(?s)^" + want).MatchString(out.String()) {
			t.Errorf("%s: printed %s", target, out.String())
		}
	}
}

// Every exit status in the overview is one that some command may end with.
func TestOverview(t *testing.T) {
	stdout, _ := newHouse(t).types(exitDone, "help")
	env, _, _ := bare(t)
	for _, row := range outcomes() {
		if !strings.Contains(stdout, fmt.Sprintf("%3d  %s\n", row.code, row.means)) {
			t.Errorf("%d is not in %s", row.code, stdout)
		}
		if !slices.ContainsFunc(all(env, new(common)), func(c command) bool {
			return slices.Contains(c.exits, row.code) || row.code == exitInterrupted || row.code == exitTerminated
		}) {
			t.Errorf("no command ends with %d", row.code)
		}
	}
}
