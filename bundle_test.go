package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
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
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// archive is a computer with the history of the year on it, and a Cloudflare that
// nobody may ask anything.
func archive(t *testing.T) *machine {
	t.Helper()
	nobody := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("Cloudflare was asked: %s %s", r.Method, r.URL)
	}))
	t.Cleanup(nobody.Close)
	home := t.TempDir()
	db := year(t)
	return &machine{T: t, home: home, db: db, env: map[string]string{
		"HOME": home, "PATH": os.Getenv("PATH"), "GORACE": "atexit_sleep_ms=0",
		"CLOUDFLARE_BASE_URL": nobody.URL + "/client/v4", "CLOUDFLARE_ACCOUNT_ID": yearAccount,
		"IDPSNAP_DB": db, "NOW": "2026-10-05T09:00:00Z",
	}}
}

// december is the command line of most bundles here: at the end of it the people with
// hostile names are listed.
var december = []string{"report", "access-review", "--at", "2025-12-31", "--from", "2025-12-01"}

// bundle makes a bundle in a directory of the test's own.
func (m *machine) bundle(args ...string) string {
	m.Helper()
	dir := filepath.Join(m.TempDir(), "q4")
	m.want(0, append(slices.Clone(args), "--bundle", dir)...)
	return dir
}

// checked is what verify DIR --json prints.
type checked struct {
	OK, Complete    bool
	Files, Compared int
	Problems        []struct{ Where, What string }
	Notes           []string
	History         struct{ Snapshots int }
}

// check verifies a bundle.
func (m *machine) check(code int, dir string, args ...string) checked {
	m.Helper()
	r := m.want(code, append([]string{"verify", dir, "--json"}, args...)...)
	var c checked
	if err := json.Unmarshal([]byte(r.stdout), &c); err != nil {
		m.Fatalf("%v: %s", err, r)
	}
	if c.OK != (code == 0) || c.OK && len(c.Problems) > 0 {
		m.Errorf("exit status %d: %s", code, r)
	}
	return c
}

// names says of which files there are problems.
func (c checked) names() []string {
	var all []string
	for _, p := range c.Problems {
		all = append(all, p.Where)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// tree is all that a directory holds, by name.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files[name] = string(read(t, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sameTree fails for every file that is not the same in both.
func sameTree(t *testing.T, what string, a, b map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if a[name] != b[name] {
			t.Errorf("%s: %s is not the same", what, name)
		}
	}
	if len(a) != len(b) || len(a) == 0 {
		t.Errorf("%s: %d files, then %d", what, len(a), len(b))
	}
}

// sha256sum checks a directory as the program of that name does with -c, which an
// auditor has who has no idpsnap. ok is whether it is content, out what it says.
func sha256sum(t *testing.T, dir string) (ok bool, out string) {
	t.Helper()
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		return false, err.Error()
	}
	var said strings.Builder
	ok = true
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		text, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case err != nil:
			said.WriteString(name + ": FAILED open or read\n")
		case fmt.Sprintf("%x", sha256.Sum256(text)) != sum:
			said.WriteString(name + ": FAILED\n")
		default:
			said.WriteString(name + ": OK\n")
			continue
		}
		ok = false
	}
	return ok, said.String()
}

// TestSHA256Sum: where there is the program itself, it says the same of a bundle that is
// as it was made, and of one that is not.
func TestSHA256Sum(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	_, dir := evidenceOf(t)
	if ok, out := sha256sum(t, dir); !ok || strings.Count(out, ": OK\n") != len(tree(t, dir))-1 {
		t.Errorf("a whole bundle: %s", out)
	}
	program, missing := exec.LookPath("sha256sum")
	for _, damage := range []func(){
		func() {},
		func() { alter(t, dir, "README.md", "SHA256SUMS", "SHA256sums") },
		func() { must(os.Remove(filepath.Join(dir, "lifecycle.csv"))) },
	} {
		damage()
		if missing != nil { // then the one here speaks for it
			continue
		}
		ok, want := sha256sum(t, dir)
		cmd := exec.Command(program, "-c", "SHA256SUMS")
		cmd.Dir, cmd.Env = dir, []string{"LC_ALL=C"}
		out, err := cmd.Output()
		if (err == nil) != ok || string(out) != want {
			t.Errorf("sha256sum: %v\n%s\nwant:\n%s", err, out, want)
		}
	}
}

// TestBundleIsAlwaysTheSame: the same question of the same history makes the same
// bytes, wherever, whenever and under whichever settings it is asked; and to ask
// again adds nothing to the history.
func TestBundleIsAlwaysTheSame(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	dir := m.bundle(december...)
	first, pinned := tree(t, dir), read(t, m.db)
	if len(first) < 30 {
		t.Fatalf("%d files", len(first))
	}
	for name := range first {
		checkMode(t, filepath.Join(dir, name), 0o600)
	}
	checkMode(t, dir, 0o700)
	checkMode(t, filepath.Join(dir, "snapshots"), 0o700)
	if ok, out := sha256sum(t, dir); !ok || strings.Count(out, ": OK\n") != len(first)-1 {
		t.Errorf("sha256sum: %s", out)
	}
	if c := m.check(0, dir); c.Files != len(first) || c.Compared != len(first)-1 || len(c.Notes) > 0 {
		t.Errorf("%+v", c)
	}

	sameTree(t, "again", first, tree(t, m.bundle(december...)))
	if !bytes.Equal(read(t, m.db), pinned) {
		t.Error("to make it again changed the history")
	}
	odd := filepath.Join(t.TempDir(), "=cmd ünd 'so'")
	m.want(0, append(slices.Clone(december), "--bundle", odd)...)
	sameTree(t, "in a directory with another name", first, tree(t, odd))
	empty := t.TempDir()
	if r := m.want(0, append(slices.Clone(december), "--bundle", empty+"/", "--quiet")...); r.stdout+r.stderr != "" {
		t.Errorf("not quiet: %s", r)
	}
	sameTree(t, "in an empty directory", first, tree(t, empty))

	moved := filepath.Join(t.TempDir(), "copy.db")
	copyFile(t, m.db, moved)
	sameTree(t, "of a copy", first, tree(t, m.bundle(append(slices.Clone(december), "--db", moved)...)))
	m.env["NOW"] = "2027-03-01T23:59:59Z"
	sameTree(t, "five months later", first, tree(t, m.bundle(december...)))

	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	for name, value := range map[string]string{"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "ar_EG", "COLUMNS": "40", "NO_COLOR": "1", "USER": "somebody"} {
		m.env[name] = value
	}
	if r := m.start(append(slices.Clone(december), "--bundle", elsewhere)...).end(t); r.code != 0 {
		t.Fatal(r)
	}
	sameTree(t, "in another time zone and language", first, tree(t, elsewhere))
}

func checkMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != want {
		t.Errorf("%s: want mode %o, got %v, %v", path, want, info.Mode(), err)
	}
}

// TestBundleHolds: an access review brings all reports, another one itself and the
// proof that snapshots were taken.
func TestBundleHolds(t *testing.T) {
	t.Parallel()
	m := archive(t)
	for _, test := range []struct {
		kind  string
		kinds []string
	}{
		{"access-review", []string{"access-review", "lifecycle", "config-changes", "deprovisioning", "posture", "coverage"}},
		{"lifecycle", []string{"lifecycle", "coverage"}},
		{"coverage", []string{"coverage"}},
	} {
		files := tree(t, m.bundle("report", test.kind, "--at", "2026-08-31", "--from", "2026-06-01"))
		var want []string
		for _, k := range test.kinds {
			for _, ending := range []string{".csv", ".json", ".md"} {
				want = append(want, k+ending)
			}
			if !strings.Contains(files["report.html"], `"`+k) {
				t.Errorf("%s: report.html does not have %s", test.kind, k)
			}
		}
		for _, name := range append(want, "report.html", "report.xlsx", "manifest.json", "SHA256SUMS", "README.md") {
			if files[name] == "" {
				t.Errorf("%s: there is no %s", test.kind, name)
			}
		}
		for name := range files {
			if kind, _, _ := strings.Cut(strings.TrimSuffix(name, filepath.Ext(name)), "-"); strings.HasSuffix(name, ".json") && !strings.Contains(name, "/") &&
				name != "manifest.json" && !slices.ContainsFunc(test.kinds, func(k string) bool { return strings.HasPrefix(k, kind) }) {
				t.Errorf("%s: %s was not asked for", test.kind, name)
			}
		}
	}

	// A night on which a list could not be read makes evidence, too, which says so.
	partial := m.nightOf("2026-03-12")
	dir := filepath.Join(t.TempDir(), "partial")
	r := m.want(3, "report", "access-review", "--at", partial, "--bundle", dir)
	if !strings.Contains(r.stderr, "partial") || !strings.Contains(r.stdout, partial[:8]) {
		t.Errorf("%s", r)
	}
	if c := m.check(0, dir); c.Compared == 0 || len(c.Notes) > 0 {
		t.Errorf("%+v", c)
	}
}

// nightOf finds the id of the snapshot of a day.
func (m *machine) nightOf(date string) string {
	m.Helper()
	var list struct {
		Snapshots []struct {
			ID      string
			TakenAt string `json:"taken_at"`
		}
	}
	if err := json.Unmarshal([]byte(m.want(0, "snapshots", "--json").stdout), &list); err != nil {
		m.Fatal(err)
	}
	for _, s := range list.Snapshots {
		if strings.HasPrefix(s.TakenAt, date+"T02:") {
			return s.ID
		}
	}
	m.Fatalf("no snapshot was taken on %s", date)
	return ""
}

// recordNights adds nights to a history.
func recordNights(t *testing.T, db string, nights ...time.Time) {
	t.Helper()
	s, err := store.Open(context.Background(), db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := newYearWorld()
	for _, at := range nights {
		w.live(at)
		if err := w.night(context.Background(), s, at, snapshot.Ordinary); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestBundleOutlivesNights: what is recorded later, pinned or forgotten leaves a bundle
// what it was, and verify says what can still be compared.
func TestBundleOutlivesNights(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	dir := m.bundle(december...)
	whole := m.check(0, dir)

	recordNights(t, m.db, yearEnds.AddDate(0, 0, 1), yearEnds.AddDate(0, 0, 2))
	m.want(0, "pin", m.nightOf("2025-11-11"), "--reason", "another matter")
	if c := m.check(0, dir); c.Compared != whole.Compared || len(c.Notes) > 0 || c.History.Snapshots != whole.History.Snapshots+2 {
		t.Errorf("two nights later: %+v", c)
	}
	before, after := tree(t, dir), tree(t, m.bundle(december...))
	for _, name := range []string{"manifest.json", "SHA256SUMS"} { // which say how far the history went
		delete(before, name)
		delete(after, name)
	}
	sameTree(t, "two nights later", before, after)

	// The reports tell of all nights of the period: with one of them gone they cannot be
	// made again, but what they cite can.
	m.want(0, "forget", m.nightOf("2025-12-20"), "--prune")
	c := m.check(0, dir)
	said := strings.Join(c.Notes, "\n")
	if c.Compared >= whole.Compared || !strings.HasPrefix(said, "1 snapshot of the history, forgotten since") ||
		!strings.Contains(said, "compared with SHA256SUMS alone") || !strings.Contains(said, "coverage.csv") || strings.Contains(said, "snapshots/") {
		t.Errorf("a night was forgotten: %+v", c)
	}
	if out := m.want(0, "verify", dir).stdout; !strings.HasPrefix(out, "The bundle is as it was made.\n") || !strings.Contains(out, "the history recorded the SHA-256") {
		t.Error(out)
	}
	altered := filepath.Join(t.TempDir(), "altered")
	must(os.CopyFS(altered, os.DirFS(dir)))
	alter(t, altered, "lifecycle.csv", "joiner", "leaver") // which cannot be made again: nobody is to profit from that
	resum(t, altered)
	if c := m.check(3, altered); c.Complete {
		t.Errorf("what cannot be compared any more, and is not what was made, passes: %+v", c)
	}

	// What the bundle cites stays, whatever the policy.
	kept := m.want(0, "forget", "--keep-last", "1", "--prune").stdout
	if strings.Count(kept, "pinned: cited by evidence: access-review --at 2025-12-31 --from 2025-12-01") != 2 {
		t.Errorf("forget does not say what it keeps for the bundle: %s", kept)
	}
	if list := m.snapshots(); len(list) != 5 {
		t.Errorf("%d snapshots are left, want the two that are cited, the pinned one, the last and the safety snapshot: %s", len(list), kept)
	}
	if c := m.check(0, dir); !slices.ContainsFunc(c.Notes, func(n string) bool { return strings.Contains(n, "snapshots of the history, forgotten since") }) {
		t.Errorf("nearly all were forgotten: %+v", c)
	}

	// But a snapshot that is not what was recorded is found all the same.
	asOf := m.nightOf("2025-12-31")
	cited := "snapshots/" + asOf[:8] + ".json"
	alter(t, dir, cited, "Okta Person 00", "Okta Person 01")
	resum(t, dir)
	if c := m.check(13, dir); !slices.Contains(c.names(), cited) || !slices.Contains(c.names(), "manifest.json") && len(c.names()) > 1 {
		t.Errorf("an altered snapshot: %+v", c)
	}

	alter(t, dir, cited, "Okta Person 01", "Okta Person 00")
	resum(t, dir)

	// Unpinned and forgotten, it cannot be compared any more, which nobody is blamed for.
	r := m.want(0, "unpin", asOf)
	if !strings.Contains(r.stderr, "evidence cites "+asOf[:8]) {
		t.Errorf("unpin does not say what it was pinned for: %s", r)
	}
	m.want(0, "forget", asOf)
	c = m.check(0, dir)
	said = strings.Join(c.Notes, "\n")
	if !strings.HasPrefix(said, "cites snapshot "+asOf[:8]+", which was forgotten on 2026-") || !strings.Contains(said, ": named by hand; not compared") || c.Compared == 0 {
		t.Errorf("the cited snapshot is forgotten: %+v", c)
	}

	// What the tombstone says of it is compared, and so is the other snapshot.
	manifest := string(read(t, filepath.Join(dir, "manifest.json")))
	alter(t, dir, "manifest.json", `"count": `, `"count": 1`)
	resum(t, dir)
	if c := m.check(13, dir); !slices.Equal(c.names(), []string{"manifest.json"}) {
		t.Errorf("the manifest has another number: %+v", c)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	other := "snapshots/" + m.nightOf("2025-11-30")[:8] + ".json"
	alter(t, dir, other, "Okta Person 00", "Okta Person 01")
	resum(t, dir)
	if c := m.check(13, dir); !slices.Contains(c.names(), other) {
		t.Errorf("the snapshot that is left was altered: %+v", c)
	}
}

// runVersion is run of another version of idpsnap.
func (m *machine) runVersion(version string, args ...string) result {
	var stdout, stderr bytes.Buffer
	env := tamed(func(name string) string { return m.env[name] })
	env.Stdin, env.Stdout, env.Stderr, env.Version = strings.NewReader(""), &stdout, &stderr, version
	env.InTerminal, env.Terminal, env.OutTerminal = false, false, false
	return result{commands.Main(context.Background(), env, args), stdout.String(), stderr.String()}
}

// TestBundleOfAnotherVersion: a newer idpsnap may word reports otherwise, and says so.
func TestBundleOfAnotherVersion(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	dir := m.bundle("report", "posture", "--at", "2026-07-20")
	r := m.runVersion("v9.9.9", "verify", dir)
	if r.code != 0 || !strings.Contains(strings.Join(strings.Fields(r.stdout), " "), "Note: made by idpsnap v0.0.0-test, and this is v9.9.9") {
		t.Error(r)
	}
	alter(t, dir, "posture.csv", "Okta", "0kta") // as if this version wrote it otherwise
	resum(t, dir)
	r = m.runVersion("v9.9.9", "verify", dir)
	if said := strings.Join(strings.Fields(r.stdout), " "); r.code != 3 || !strings.Contains(said, "compared with SHA256SUMS alone") || !strings.Contains(said, "posture.csv") {
		t.Error(r)
	}
	alter(t, dir, "snapshots/"+m.nightOf("2026-07-20")[:8]+".json", "Okta", "0kta")
	resum(t, dir)
	if r = m.runVersion("v9.9.9", "verify", dir); r.code != 13 || !strings.Contains(r.stdout, "is not what the history says") {
		t.Error(r)
	}
	m.want(13, "verify", dir)
}

// alter puts other text into a file of a bundle.
func alter(t *testing.T, dir, name, old, with string) {
	t.Helper()
	path := filepath.Join(dir, name)
	was := read(t, path)
	is := bytes.Replace(was, []byte(old), []byte(with), 1)
	if bytes.Equal(was, is) {
		t.Fatalf("%s has no %q", name, old)
	}
	if err := os.WriteFile(path, is, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestBundleWithoutPins: whoever may only read the history gets the same bundle, and is
// told that it is not pinned.
func TestBundleWithoutPins(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	shared := openTempDir(t)
	m.home = filepath.Join(shared, "home")
	must(os.Mkdir(m.home, 0o777))
	must(os.Chmod(m.home, 0o777))
	reader := filepath.Join(shared, "history")
	must(os.Mkdir(reader, 0o755))
	db := filepath.Join(reader, "history.db")
	copyFile(t, m.db, db)
	must(os.Chmod(db, 0o444))
	must(os.Chmod(reader, 0o555))
	t.Cleanup(func() { _ = os.Chmod(reader, 0o755) })
	m.env["IDPSNAP_DB"], m.env["HOME"] = db, m.home
	if os.Geteuid() == 0 {
		m.env["RUN_AS"] = "65534"
	}
	dir := filepath.Join(m.home, "q4")
	r := m.start(append(slices.Clone(december), "--bundle", dir)...).end(t)
	if r.code != 0 || !strings.Contains(r.stderr, "not pinned") || strings.Contains(r.stdout, "is pinned") || !strings.Contains(r.stdout, "could not be pinned") {
		t.Fatal(r)
	}
	if r := m.start("verify", dir).end(t); r.code != 0 {
		t.Error(r)
	}
	m.env["IDPSNAP_DB"] = m.db
	sameTree(t, "of a history that may only be read", tree(t, dir), tree(t, m.bundle(december...)))
}

// TestBundleWithoutHistory: the auditor's machine has none. The digests are checked, and
// it is said that this is all.
func TestBundleWithoutHistory(t *testing.T) {
	t.Parallel()
	m := archive(t)
	dir := m.bundle("report", "deprovisioning", "--at", "2026-07-20")
	none := []string{"--db", filepath.Join(t.TempDir(), "none.db")}
	c := m.check(10, dir, none...)
	if len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "digests only") || c.Compared != 0 {
		t.Errorf("%+v", c)
	}
	if r := m.want(10, append([]string{"verify", dir}, none...)...); !strings.HasPrefix(r.stdout, "As far as it could be compared") || !strings.Contains(r.stderr, "no history") {
		t.Error(r)
	}
	alter(t, dir, "deprovisioning.md", "Okta", "0kta")
	if c := m.check(13, dir, none...); !slices.Equal(c.names(), []string{"deprovisioning.md"}) {
		t.Errorf("%+v", c)
	}
	if _, err := os.Stat(none[1]); err == nil {
		t.Error("verify made a history")
	}
}
