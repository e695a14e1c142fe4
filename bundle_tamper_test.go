package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/report"
)

// evidenceOf makes a bundle of a small history: two nights of an office.
func evidenceOf(t *testing.T) (m *machine, dir string) {
	t.Helper()
	cloud, provider := office(t, 21, 12, 3)
	m = newMachine(t, cloud)
	m.env["NOW"] = "2026-06-29T02:00:00Z"
	m.want(0, "snapshot", "--quiet")
	must(edit(cloud, "identity_provider", "", provider, `{"/config/client_id":"another"}`))
	must(cloud.Churn(account, 3, 2, 1))
	m.env["NOW"] = "2026-06-30T02:00:00Z"
	m.want(0, "snapshot", "--quiet")
	m.env["NOW"] = "2026-07-01T09:00:00Z"
	return m, m.bundle(twoNights...)
}

// twoNights is the command line of the bundle of a small history.
var twoNights = []string{"report", "access-review", "--at", "2026-06-30", "--from", "2026-06-29T12:00:00Z"}

// resum makes sums and a manifest that fit whatever is in a directory, as somebody does
// who forges evidence.
func resum(t *testing.T, dir string) {
	t.Helper()
	files := tree(t, dir)
	sum := func(name string) string { s := sha256.Sum256([]byte(files[name])); return hex.EncodeToString(s[:]) }
	var m report.Manifest
	must(json.Unmarshal([]byte(files[report.BundleManifest]), &m))
	m.Files = slices.DeleteFunc(m.Files, func(f report.BundleFile) bool { _, there := files[f.Name]; return !there })
	for i, f := range m.Files {
		m.Files[i].SHA256, m.Files[i].Size = sum(f.Name), int64(len(files[f.Name]))
	}
	forgeManifest(t, dir, m)
}

// forgeManifest puts another manifest into a bundle, and sums that fit.
func forgeManifest(t *testing.T, dir string, m report.Manifest) {
	t.Helper()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	must(e.Encode(m))
	must(os.WriteFile(filepath.Join(dir, report.BundleManifest), text.Bytes(), 0o600))
	files := tree(t, dir)
	delete(files, report.BundleSums)
	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256([]byte(files[name])), name)
	}
	must(os.WriteFile(filepath.Join(dir, report.BundleSums), []byte(sums.String()), 0o600))
}

// TestResum: the forger of these tests makes the sums that idpsnap makes.
func TestResum(t *testing.T) {
	t.Parallel()
	m, dir := evidenceOf(t)
	was := tree(t, dir)
	resum(t, dir)
	sameTree(t, "with sums made anew", was, tree(t, dir))
	m.check(0, dir)
}

// TestBundleTampered changes every file of a bundle in every way: sha256sum and verify
// both say where, with the history and without it.
func TestBundleTampered(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m, dir := evidenceOf(t)
	none := []string{"--db", filepath.Join(t.TempDir(), "none.db")}
	whole := tree(t, dir)
	path := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	write := func(name, text string) { must(os.WriteFile(path(name), []byte(text), 0o600)) }
	names := slices.Sorted(maps.Keys(whole))
	// found holds the damage against what is said of it, and mends it.
	found := func(what, name string, history bool) {
		t.Helper()
		args := none
		if history {
			args = nil
		}
		c := m.check(13, dir, args...)
		if n := c.names(); name != report.BundleSums && !slices.Contains(n, name) || len(n) == 0 {
			t.Errorf("%s %s: %+v", what, name, c)
		}
		if ok, out := sha256sum(t, dir); name != report.BundleSums && (ok || !strings.Contains(out, name+": FAILED")) {
			t.Errorf("%s %s: sha256sum does not say so: %s", what, name, out)
		}
		_ = os.Remove(path(name)) // it may be gone
		write(name, whole[name])
	}
	for i, name := range names {
		text := whole[name]
		for j, at := range []int{0, len(text) / 3, len(text) / 2, len(text) - 1} {
			b := []byte(text)
			b[at] ^= byte(1 << (uint(i+j) % 7))
			write(name, string(b))
			found(fmt.Sprintf("byte %d of", at), name, i%5 == j)
		}
		write(name, "")
		found("emptied", name, i%5 == 1)
		write(name, text+"\n")
		found("longer:", name, false)
		must(os.Remove(path(name)))
		found("removed", name, i%5 == 2)
		target := filepath.Join(t.TempDir(), "same")
		must(os.WriteFile(target, []byte(text), 0o600))
		must(os.Remove(path(name)))
		must(os.Symlink(target, path(name)))
		if c := m.check(13, dir, none...); !slices.Contains(c.names(), name) {
			t.Errorf("a link in the place of %s: %+v", name, c)
		}
		must(os.Remove(path(name)))
		write(name, text)
	}
	for i, name := range names[1:] { // each with the one before it
		other := names[i]
		write(name, whole[other])
		write(other, whole[name])
		c := m.check(13, dir, none...)
		if ok, out := sha256sum(t, dir); ok {
			t.Errorf("%s and %s are swapped: %s", name, other, out)
		}
		for _, n := range []string{name, other} {
			if n != report.BundleSums && other != report.BundleSums && name != report.BundleSums && !slices.Contains(c.names(), n) {
				t.Errorf("%s and %s are swapped: %+v", name, other, c)
			}
			write(n, whole[n])
		}
	}
	for _, name := range names {
		must(os.Rename(path(name), path(name)+".bak"))
		if c := m.check(13, dir, none...); !slices.Contains(c.names(), name) || !slices.Contains(c.names(), name+".bak") {
			t.Errorf("%s has another name: %+v", name, c)
		}
		must(os.Rename(path(name)+".bak", path(name)))
	}
	for _, name := range []string{"more.csv", "snapshots/00000000.json", ".hidden", "=cmd|'\x1b[2J"} {
		write(name, "x")
		if c := m.check(13, dir); !slices.Equal(c.names(), []string{name}) {
			t.Errorf("added %q: %+v", name, c)
		}
		if r := m.want(13, "verify", dir); strings.Contains(r.stdout+r.stderr, "\x1b") {
			t.Errorf("a name acts on the terminal: %q", r.stdout)
		}
		must(os.Remove(path(name)))
	}
	sameTree(t, "mended", whole, tree(t, dir))
	m.check(0, dir)
}

// TestBundleSums: SHA256SUMS is a list of files of the bundle, each once, and nothing
// else.
func TestBundleSums(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m, dir := evidenceOf(t)
	path := filepath.Join(dir, report.BundleSums)
	sums := string(read(t, path))
	lines := strings.SplitAfter(sums, "\n")
	zeros := strings.Repeat("0", 64)
	for name, text := range map[string]string{
		"twice":            sums + lines[0],
		"a comment":        "# made by hand\n" + sums,
		"an empty line":    "\n" + sums,
		"no last line end": strings.TrimSuffix(sums, "\n"),
		"DOS line ends":    strings.ReplaceAll(sums, "\n", "\r\n"),
		"capitals":         strings.ToUpper(sums[:64]) + sums[64:],
		"a line less":      strings.Join(lines[1:], ""),
		"out of it":        sums + zeros + "  ../history.db\n",
		"from the root":    sums + zeros + "  /etc/passwd\n",
		"a long line":      sums + strings.Repeat("x", 1<<20) + "\n",
		"an ANSI escape":   sums + zeros + "  \x1b[2J\n",
		"not text":         "\x00\xff" + sums,
	} {
		must(os.WriteFile(path, []byte(text), 0o600))
		m.check(13, dir)
		if r := m.want(13, "verify", dir); strings.ContainsAny(r.stdout+r.stderr, "\x1b\x00") {
			t.Errorf("%s: %q", name, r.stdout)
		}
	}
	must(os.WriteFile(path, []byte(sums), 0o600))
	m.check(0, dir)
}

// TestBundleForged: evidence that was made up whole, with sums that fit, is not what the
// history says.
func TestBundleForged(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m, dir := evidenceOf(t)
	whole := tree(t, dir)
	none := []string{"--db", filepath.Join(t.TempDir(), "none.db")}
	restore := func() {
		must(os.RemoveAll(dir))
		for name, text := range whole {
			must(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
			must(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		if name == report.BundleManifest || name == report.BundleSums {
			continue
		}
		text := []byte(whole[name])
		text[len(text)/2] ^= 1
		must(os.WriteFile(filepath.Join(dir, name), text, 0o600))
		resum(t, dir)
		if ok, out := sha256sum(t, dir); !ok {
			t.Fatalf("the sums are meant to fit: %s", out)
		}
		if c := m.check(13, dir); !slices.Equal(c.names(), slices.Sorted(slices.Values([]string{name, report.BundleManifest}))) {
			t.Errorf("%s is forged: %+v", name, c)
		}
		m.check(10, dir, none...)
		restore()
	}
	alter(t, dir, "access-review.csv", ",true,", ",false,") // somebody who could sign in and "could not"
	resum(t, dir)
	if c := m.check(13, dir); !slices.Contains(c.names(), "access-review.csv") {
		t.Errorf("%+v", c)
	}
	restore()
	must(os.Remove(filepath.Join(dir, "lifecycle.csv")))
	resum(t, dir)
	if c := m.check(13, dir); !slices.Contains(c.names(), "lifecycle.csv") {
		t.Errorf("a file is left out: %+v", c)
	}
	restore()
	m.check(0, dir)
}

// TestBundleForgedManifest: no word in the manifest keeps a forged list from being found,
// or else it is said what was not compared.
func TestBundleForgedManifest(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m, dir := evidenceOf(t)
	whole := tree(t, dir)
	for name, forge := range map[string]func(*report.Manifest){
		"no target":             func(m *report.Manifest) { m.Target = "" },
		"another target":        func(m *report.Manifest) { m.Target = "account:" + strings.Repeat("f", 32) },
		"another name":          func(m *report.Manifest) { m.TargetName = "Somebody else" },
		"no question":           func(m *report.Manifest) { m.Query = nil },
		"an empty question":     func(m *report.Manifest) { m.Query = json.RawMessage(`{}`) },
		"a list":                func(m *report.Manifest) { m.Query = json.RawMessage(`[1]`) },
		"another question":      question("severity", "critical"),
		"an unknown kind":       question("kind", "payroll"),
		"an unknown kind of it": question("kinds", []string{"payroll"}),
		"an unknown target":     question("target", "account:"+strings.Repeat("f", 32)),
		"no target in it":       question("target", "\x1b[2J"),
		"an unknown snapshot":   question("at", strings.Repeat("0", 64)),
		"no snapshot":           question("at", ""),
		"no duration":           question("every", "soon"),
		"a nanosecond":          question("every", "1ns"),
		"less than nothing":     question("stale", "-1h"),
		"no rules":              question("rules", "- {"),
		"no date":               question("from", "yesterday"),
		"backwards":             question("to", "2020-01-01T00:00:00Z"),
		"with other names":      question("redact", true),
		"said to be redacted":   func(m *report.Manifest) { m.Redacted = true },
		"another command":       func(m *report.Manifest) { m.Command = "idpsnap report posture" },
		"forgotten":             func(m *report.Manifest) { m.History.Forgotten = 1 },
		"fewer than none":       func(m *report.Manifest) { m.History.Forgotten = -1 },
		"a longer history":      func(m *report.Manifest) { m.History.Snapshots++ },
		"a shorter history":     func(m *report.Manifest) { m.History.Snapshots-- },
		"no history":            func(m *report.Manifest) { m.History = report.BundleHistory{Snapshots: -1} },
		"nothing cited":         func(m *report.Manifest) { m.Snapshots = nil },
		"another snapshot":      func(m *report.Manifest) { m.Snapshots[0].ID = m.Snapshots[1].ID },
		"another digest":        func(m *report.Manifest) { m.Snapshots[0].Collections[0].Digest = strings.Repeat("0", 64) },
		"another time":          func(m *report.Manifest) { m.Snapshots[0].TakenAt = "2026-06-30T03:00:00Z" },
		"no files":              func(m *report.Manifest) { m.Files = nil },
	} {
		var manifest report.Manifest
		must(json.Unmarshal([]byte(whole[report.BundleManifest]), &manifest))
		forge(&manifest)
		must(os.WriteFile(filepath.Join(dir, "access-review.csv"), []byte("forged"), 0o600))
		resum(t, dir)
		for i, f := range manifest.Files {
			if f.Name == "access-review.csv" {
				manifest.Files[i].SHA256, manifest.Files[i].Size = fmt.Sprintf("%x", sha256.Sum256([]byte("forged"))), 6
			}
		}
		forgeManifest(t, dir, manifest)
		r := m.run("verify", dir)
		if r.code != 13 || strings.Contains(r.stdout+r.stderr, "\x1b") {
			t.Errorf("%s: %s", name, r)
		}
	}
	// What another version made need not be the same: then it is said what was not
	// compared, and the cited snapshots are.
	for name, text := range whole {
		must(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	var manifest report.Manifest
	must(json.Unmarshal([]byte(whole[report.BundleManifest]), &manifest))
	manifest.Tool = "v0.0.1"
	forgeManifest(t, dir, manifest)
	c := m.check(3, dir)
	if said := strings.Join(c.Notes, "\n"); !strings.Contains(said, "made by idpsnap v0.0.1") || !strings.Contains(said, "access-review.json") {
		t.Errorf("%+v", c)
	}
	manifest.Snapshots[0].Collections[0].Digest = strings.Repeat("0", 64)
	forgeManifest(t, dir, manifest)
	if c := m.check(13, dir); !slices.Equal(c.names(), []string{report.BundleManifest}) {
		t.Errorf("%+v", c)
	}
}

// question changes a field of the question that a manifest holds.
func question(field string, value any) func(*report.Manifest) {
	return func(m *report.Manifest) {
		var q map[string]any
		must(json.Unmarshal(m.Query, &q))
		q[field] = value
		text, err := json.Marshal(q)
		must(err)
		m.Query = text
	}
}

// TestBundleOfDamagedHistory: a history that is damaged proves nothing, and the bundle is
// not blamed for it.
func TestBundleOfDamagedHistory(t *testing.T) {
	t.Parallel()
	m, dir := evidenceOf(t)
	text := read(t, m.db)
	at := bytes.LastIndex(text, []byte(`"taken_at":"2026-06-30`))
	if at < 0 {
		t.Fatal("the manifest of the second night is not found in the file")
	}
	text[at+len(`"taken_at":"2026-06-30T0`)] ^= 1
	must(os.WriteFile(m.db, text, 0o600))
	r := m.want(13, "verify", dir)
	if !strings.HasPrefix(r.stdout, "The history is not as it was recorded") || !strings.Contains(r.stdout, "history: ") {
		t.Error(r)
	}
	m.env["NOW"] = time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC).Format(time.RFC3339)
	m.check(10, dir, "--db", filepath.Join(t.TempDir(), "none.db"))
}
