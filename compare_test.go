package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/idpsnap/idpsnap/sandbox"
	"github.com/idpsnap/idpsnap/snapshot"
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

// TestEverySettingIsCompared edits every setting of every type, one at a time: it
// is found, it alone, with what it was and is, and it weighs something. Edited back
// it is no difference.
func TestEverySettingIsCompared(t *testing.T) {
	t.Parallel()
	cloud, _ := allTypes(t)
	m := newMachine(t, cloud)
	m.flick("rate-limit", "off")
	m.want(0, "snapshot", "--no-scim", "--no-references")
	ids := map[snapshot.Type]string{}
	for _, id := range cloudIDs(t, cloud, sandbox.KindProvider, "") {
		stored, err := cloud.Stored(account, sandbox.KindProvider, "", id)
		must(err)
		var served struct{ Type snapshot.Type }
		must(json.Unmarshal(stored, &served))
		ids[served.Type] = id
	}
	edited := 0
	for _, of := range snapshot.Types() {
		id := ids[of.Type]
		if id == "" {
			t.Fatalf("the account has no %s", of.Type)
		}
		for _, f := range settingsOf(t, cloud, of, id) {
			edited++
			stored, err := cloud.Stored(account, sandbox.KindProvider, "", id)
			must(err)
			was := pointedAt(stored, f.Path)
			updated := `"edited"`
			switch {
			case f.Value == snapshot.Bool && was == "true":
				updated = "false"
			case f.Value == snapshot.Bool:
				updated = "true"
			case f.Value == snapshot.Set:
				updated = `["zulu","alpha"]`
			case f.Value == snapshot.List:
				updated = `["one","two","three","four"]`
			}
			must(edit(cloud, sandbox.KindProvider, "", id, fmt.Sprintf(`{%q:%s}`, f.Path, updated)))
			c := m.compare(2, "--exit-code", "--kind", "identity_provider")
			if problem := onlyChange(c, id, f, was, updated); problem != "" {
				t.Errorf("%s %s: %s", of.Type, f.Path, problem)
			}
			must(edit(cloud, sandbox.KindProvider, "", id, fmt.Sprintf(`{%q:%s}`, f.Path, was)))
			m.silent(fmt.Sprintf("%s %s was edited back", of.Type, f.Path), "--kind", "identity_provider")
		}
	}
	t.Logf("%d settings of %d types", edited, len(ids))
	if edited < 150 {
		t.Errorf("only %d settings: the table is not what was to be gone through", edited)
	}
}

// notSettings are the fields of a provider that no person chose. They stand here
// once more, so that a setting that the table takes for something else is missed.
var notSettings = []string{
	"/id", "/uid", "/version", "/read_only", "/scim_base_url", "/saml_certificate_set", "/config", "/scim_config",
	"/config/redirect_url", "/scim_config/scim_base_url", "/config/client_secret", "/config/api_token", "/scim_config/secret",
}

// settingsOf are the settings of a type: those of the table, those that a provider
// of that type has, and some that nobody knows.
func settingsOf(t *testing.T, cloud *sandbox.Server, of snapshot.TypeInfo, id string) []snapshot.Field {
	t.Helper()
	fields := []snapshot.Field{{Path: "/config/x_yet_unknown"}, {Path: "/x_new_setting/big"}}
	seen := map[string]bool{}
	for _, f := range of.Fields {
		seen[f.Path] = f.Role == snapshot.Setting
		if f.Role == snapshot.Setting {
			fields = append(fields, f)
		}
	}
	stored := must1(cloud.Stored(account, sandbox.KindProvider, "", id))
	for _, parent := range []string{"", "/config", "/scim_config"} {
		var members map[string]json.RawMessage
		if raw := pointedAt(stored, parent); raw != "null" {
			must(json.Unmarshal([]byte(raw), &members))
		}
		for name, value := range members {
			path := parent + "/" + name
			redacted := strings.Contains(string(value), "Hush")
			if !seen[path] && !redacted && !strings.HasPrefix(name, "x_") && !slices.Contains(notSettings, path) {
				fields = append(fields, snapshot.Field{Path: path})
			}
		}
	}
	return fields
}

// onlyChange says what is wrong with a comparison in which one setting was to
// differ.
func onlyChange(c compared, id string, f snapshot.Field, was, updated string) string {
	if len(c.Changes) != 1 || c.Changes[0].ID != id || c.Changes[0].Action != "changed" || len(c.Changes[0].Fields) != 1 || !c.Complete {
		return fmt.Sprintf("want one setting of %s, got %+v", id, c)
	}
	got := c.Changes[0].Fields[0]
	if got.Path != f.Path {
		return "the path is " + got.Path
	}
	for _, value := range []struct{ what, got, want string }{{"old", string(got.Old), was}, {"new", string(got.New), updated}} {
		if sameValue(f, value.got) != sameValue(f, value.want) {
			return fmt.Sprintf("the %s value is %s, want %s", value.what, value.got, value.want)
		}
	}
	if !slices.Contains([]string{"info", "low", "medium", "high", "critical"}, got.Severity) || got.Severity != c.Changes[0].Severity {
		return fmt.Sprintf("the severity is %q, of the resource %q", got.Severity, c.Changes[0].Severity)
	}
	return ""
}

// sameValue writes a value so that what the API takes for the same is the same:
// false and nothing, and sets in any order.
func sameValue(f snapshot.Field, value string) string {
	var set []string
	switch {
	case value == "null" || value == "" || f.Value == snapshot.Bool && value == "false":
		return "nothing"
	case f.Value == snapshot.Set && json.Unmarshal([]byte(value), &set) == nil:
		slices.Sort(set)
		return fmt.Sprintf("%q", set)
	}
	return sorted(json.RawMessage(value))
}

// pointedAt is the value at a JSON Pointer, as it was written; null is none.
func pointedAt(document []byte, path string) string {
	for _, step := range strings.Split(path, "/")[1:] {
		var object map[string]json.RawMessage
		if json.Unmarshal(document, &object) != nil || object[step] == nil {
			return "null"
		}
		document = object[step]
	}
	return string(document)
}

// TestRecordedAnswersDoNotDiffer: of answers of the shapes that were recorded,
// nothing differs from itself, however it is kept.
func TestRecordedAnswersDoNotDiffer(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/script/recorded.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cloud := sandbox.New(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 3})
	for _, f := range archive.Files {
		if err := cloud.Load(f.Data); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
	m := newMachine(t, cloud)
	targets := cloud.Targets()
	if len(targets) != 3 {
		t.Fatalf("%d targets were recorded, want 3", len(targets))
	}
	for _, target := range targets {
		scope, id, _ := strings.Cut(target.Target, ":")
		m.env["CLOUDFLARE_ACCOUNT_ID"] = ""
		m.want(0, "snapshot", "--"+scope, id)
		m.want(0, "snapshot", "--"+scope, id)
		latest, live := target.Target+"@latest", target.Target
		file := m.save(scope+id+".json", latest)
		for _, pair := range [][]string{
			{latest, live},
			{live, latest},
			{latest, file},
			{file, latest},
			{file, file},
			{file, live},
			{live, live},
			{target.Target + "@latest~1", latest},
			{latest},
			{live},
		} {
			m.silent(target.Target, pair...)
		}
		// What nobody documents would have been seen.
		if target.Providers[0].Name == "Widgets PIN" {
			changed := strings.Replace(string(must1(os.ReadFile(strings.TrimPrefix(file, "file:")))), "9007199254740993", "9007199254740992", 1)
			must(os.WriteFile(strings.TrimPrefix(file, "file:"), []byte(changed), 0o600))
			if c := m.compare(2, file, latest, "--exit-code"); len(c.Changes) != 1 {
				t.Errorf("a number of 16 digits was changed in the last: %+v", c)
			}
		}
	}
}

func must1[T any](v T, err error) T {
	must(err)
	return v
}

// getsOnly hands requests on to Cloudflare, and fails the test for any but GET.
type getsOnly struct {
	*testing.T
	to http.Handler
}

func (g getsOnly) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		g.Errorf("%s %s", r.Method, r.URL)
	}
	if n := r.ContentLength; n != 0 {
		g.Errorf("%s %s has a body of %d bytes", r.Method, r.URL, n)
	}
	g.to.ServeHTTP(w, r)
}

// TestComparingSendsGetsOnly: whatever diff and log are asked, they change nothing
// over there, and what needs no live state asks nobody.
func TestComparingSendsGetsOnly(t *testing.T) {
	t.Parallel()
	cloud := sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 11})
	m := newMachine(t, cloud)
	m.flick("rate-limit", "off")
	m.want(0, "snapshot", "--quiet")
	must(cloud.Churn(account, 5, 5, 5))
	provider := cloudIDs(t, cloud, sandbox.KindProvider, "")[0]
	must(edit(cloud, sandbox.KindProvider, "", provider, `{"/config/client_id":"another"}`))
	m.want(0, "snapshot", "--quiet")
	file := m.save("latest.json", "latest")
	guard := httptest.NewServer(getsOnly{t, cloud})
	t.Cleanup(guard.Close)
	m.env["CLOUDFLARE_BASE_URL"] = guard.URL + "/client/v4"
	for _, variant := range []struct {
		asks bool
		args string
	}{
		{true, "diff"},
		{true, "diff --exit-code"},
		{true, "diff --json --all-fields"},
		{true, "diff --format html --full"},
		{true, "diff --format markdown --stat"},
		{true, "diff latest~1"},
		{true, "diff live latest"},
		{true, "diff live live"},
		{true, "diff latest account:" + sandbox.DefaultSecondAccount},
		{true, "diff latest zone:" + sandbox.DefaultZone},
		{true, "diff account:" + sandbox.DefaultSecondAccount + " zone:" + sandbox.DefaultZone},
		{true, "diff latest account:" + sandbox.DefaultSecondAccount + " --map " + provider + "=nobody"},
		{true, "diff " + file},
		{true, "diff --kind identity_provider --severity high"},
		{true, "diff --provider Okta --ignore config"},
		{true, "diff --type saml"},
		{true, "diff --provider nobody"},
		{false, "diff latest~1 latest"},
		{false, "diff latest~1 " + file},
		{false, "diff latest~1 latest --all-fields --full --format html"},
		{false, "diff --severity awful"},
		{false, "log Okta"},
		{false, "log Okta --json --all-fields --full"},
		{false, "log nobody"},
	} {
		for _, fault := range []string{"", "flaky", "forbidden"} {
			switch fault {
			case "flaky":
				m.arm(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 502, Times: 3}, sandbox.Fault{Kind: sandbox.FaultDropBefore, Times: 2})
			case "forbidden":
				m.arm(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 403, Path: "/scim/"})
			}
			cloud.ClearRequests()
			r := m.run(strings.Fields(variant.args)...)
			all, writes := cloud.RequestCount()
			if writes > 0 || all > 0 != variant.asks {
				t.Errorf("%s: %d requests, %d of them writes: %s", variant.args, all, writes, r)
			}
			cloud.ClearFaults()
		}
	}
	if len(m.snapshots()) != 2 {
		t.Error("a live state was recorded")
	}
}

// hostile are names as somebody would choose them who wants a terminal, a pull
// request or a page to show something else.
var hostile = []string{
	"\x1b[31mred\x1b[0m\x1b]0;title\a",
	"two\nlines\r\n# Heading\n\n- list",
	"<script>alert(1)</script><img src=x onerror=alert(1)>",
	"\"'><b onclick=\"x()\">&lt;&amp;",
	"[click](javascript:alert(1)) ![i](https://x.example/i.png) | cell | `code` **bold** <!-- -->",
	"```\n| a | b |\n| --- | --- |\n```",
	"\\`\\|\\[",
	"abc\u202egnp.exe\u2066\u200b\u200f\ufeff",
	"tab\tnull\u0000delete\u007fc1\u009b31m",
	strings.Repeat("long name ", 35),
	strings.Repeat("e\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a", 35),
	"https://user:x@evil.example/?q=<svg/onload=1>",
	"{{.Name}} {% raw %} ${HOME} $(id) %s%n",
	"] 0m \u2028\u2029 \u0085",
}

// hostileWorld is an account in which everything that can have a name has this one.
func hostileWorld(t *testing.T, seed uint64, name string) *sandbox.Server {
	t.Helper()
	noon := func() time.Time { return time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC) } // certificates are made of it
	cloud := sandbox.New(sandbox.Options{Now: noon, Sleep: nap, Seed: seed})
	cloud.AddAccount(sandbox.DefaultAccount, "Office", "office.cloudflareaccess.com")
	must(cloud.Populate(account, sandbox.Population{Providers: []string{"okta", "github", "saml"}, Users: 3, Groups: 3, Apps: 2, Policies: 2, AccessGroups: 2}))
	quoted := must1(json.Marshal(name))
	mark := func(kind sandbox.Kind, provider, id string, paths ...string) {
		fields := map[string]json.RawMessage{}
		for _, p := range paths {
			fields[p] = quoted
		}
		if err := cloud.Edit(account, kind, provider, id, fields); err != nil {
			t.Fatal(err)
		}
	}
	providers := cloudIDs(t, cloud, sandbox.KindProvider, "")
	mark(sandbox.KindProvider, "", providers[0], "/name", "/config/okta_account", "/config/claims/0", "/config/x_new")
	mark(sandbox.KindProvider, "", providers[1], "/config/client_id", "/config/x_"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	mark(sandbox.KindSCIMUser, providers[0], cloudIDs(t, cloud, sandbox.KindSCIMUser, providers[0])[0], "/displayName", "/emails/0/value", "/externalId")
	mark(sandbox.KindSCIMGroup, providers[0], cloudIDs(t, cloud, sandbox.KindSCIMGroup, providers[0])[0], "/displayName")
	mark(sandbox.KindApp, "", cloudIDs(t, cloud, sandbox.KindApp, "")[0], "/name", "/domain", "/session_duration")
	mark(sandbox.KindPolicy, "", cloudIDs(t, cloud, sandbox.KindPolicy, "")[0], "/name")
	mark(sandbox.KindAccessGroup, "", cloudIDs(t, cloud, sandbox.KindAccessGroup, "")[0], "/name")
	mark(sandbox.KindOrganization, "", "", "/name", "/login_design/header_text")
	return cloud
}

// TestHostileNames: whatever things are called, text has nothing that a terminal
// obeys, a page and a pull request have the elements that they would have if all
// were called "plain", and JSON gives every name back as it is.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	tags := map[string]bool{}
	lines := map[string]bool{}
	for i, name := range append([]string{"plain"}, hostile...) {
		plain := i == 0
		for _, way := range []string{"changed", "added"} {
			m := newMachine(t, hostileWorld(t, 21, name))
			before := filepath.Join(m.home, "nothing.json")
			must(os.WriteFile(before, []byte(emptyState), 0o600))
			if way == "changed" {
				harmless := newMachine(t, hostileWorld(t, 21, "before"))
				before = strings.TrimPrefix(harmless.save("before.json", "live"), "file:")
			}
			m.want(0, "snapshot", "--quiet")
			say := func(args ...string) string {
				t.Helper()
				r := m.want(0, args...)
				if r.stderr != "" {
					t.Errorf("%q: %v: %s", name, args, r.stderr)
				}
				return r.stdout
			}
			diff := func(more ...string) string {
				t.Helper()
				return say(append([]string{"diff", "file:" + before, "latest", "--full"}, more...)...)
			}
			id := cloudIDs(t, m.cloud, sandbox.KindProvider, "")[0]
			for _, text := range []string{diff(), diff("--stat"), diff("--all-fields"), say("log", id, "--full")} {
				if problem := unsafe(text); problem != "" {
					t.Errorf("%q %s: text has %s", name, way, problem)
				}
			}
			for _, page := range []string{diff("--format", "html"), diff("--format", "html", "--stat")} {
				if problem := unsafe(page); problem != "" {
					t.Errorf("%q %s: HTML has %s", name, way, problem)
				}
				for _, tag := range tagsOf(page) {
					if plain {
						tags[tag] = true
					} else if !tags[tag] {
						t.Errorf("%q %s: HTML has the tag %s, which plain names do not make", name, way, tag)
					}
				}
			}
			for _, page := range []string{diff("--format", "markdown"), diff("--format", "markdown", "--stat")} {
				if problem := unsafe(page); problem != "" {
					t.Errorf("%q %s: Markdown has %s", name, way, problem)
				}
				for _, line := range strings.Split(page, "\n") {
					shape := outsideCode(line)
					if plain {
						lines[shape] = true
					} else if !lines[shape] {
						t.Errorf("%q %s: Markdown has a line that plain names do not make: %s\nwhich is %s", name, way, shape, line)
					}
				}
			}
			for _, document := range []string{diff("--json"), say("log", id, "--json")} {
				if problem := unsafe(document); problem != "" && strings.ContainsAny(document, "\x1b\x07\x00\r") {
					t.Errorf("%q %s: JSON has %s", name, way, problem)
				}
				if !json.Valid([]byte(document)) || !strings.Contains(decoded(document), name) {
					t.Errorf("%q %s: JSON does not give the name back: %s", name, way, head(document))
				}
			}
		}
	}
	if len(tags) < 10 || len(lines) < 10 {
		t.Errorf("%d tags and %d lines are not what was to be looked at", len(tags), len(lines))
	}
}

// unsafe finds a character that a terminal obeys, or that hides or turns others.
func unsafe(text string) string {
	for i, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar) {
			return fmt.Sprintf("%U: %q", r, text[max(0, i-30):min(len(text), i+10)])
		}
	}
	return ""
}

var tag = regexp.MustCompile(`<[^>]*>?`)

// tagsOf finds everything in a page that a browser could take for a tag.
func tagsOf(page string) []string { return tag.FindAllString(page, -1) }

var (
	codeSpan = regexp.MustCompile("`+")
	number   = regexp.MustCompile(`[0-9]+`)
	hexID    = regexp.MustCompile(`[0-9a-f]{8,}`)
)

// outsideCode is a line of Markdown without what stands in code spans, and without
// numbers, so that lines of the same make are the same. As in GitHub's tables, a
// bar without a backslash before it ends a cell, in code too.
func outsideCode(line string) string {
	cells := strings.Split(strings.ReplaceAll(line, `\|`, ""), "|")
	if !strings.HasPrefix(line, "|") {
		cells = []string{line}
	}
	for i, cell := range cells {
		var b strings.Builder
		for cell != "" {
			open := codeSpan.FindStringIndex(cell)
			if open == nil {
				break
			}
			fence := cell[open[0]:open[1]]
			rest := cell[open[1]:]
			end := -1
			for _, at := range codeSpan.FindAllStringIndex(rest, -1) {
				if at[1]-at[0] == len(fence) {
					end = at[1]
					break
				}
			}
			if end < 0 {
				b.WriteString(cell[:open[1]]) // it opens nothing
				cell = rest
				continue
			}
			b.WriteString(cell[:open[0]] + "CODE")
			cell = rest[end:]
		}
		// A backslash before a bar cannot stand in code: there the code is in two parts.
		cells[i] = strings.ReplaceAll(b.String()+cell, "CODE&#124;CODE", "CODE")
	}
	return number.ReplaceAllString(hexID.ReplaceAllString(strings.Join(cells, "|"), "ID"), "N")
}

// decoded is every string in a JSON document.
func decoded(document string) string {
	var v any
	must(json.Unmarshal([]byte(document), &v))
	var b strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			fmt.Fprintln(&b, v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	return b.String()
}

// TestCompareWhileRecording: who compares while others record sees whole nights
// only, and never waits in vain.
func TestCompareWhileRecording(t *testing.T) {
	t.Parallel()
	cloud, provider := office(t, 12, 400, 10)
	m := newMachine(t, cloud)
	m.flick("rate-limit", "off")
	m.want(0, "snapshot", "--quiet")
	// Half of a night: the providers are read, the users are not.
	m.arm(sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 10 * time.Minute, Path: "/scim/users"})
	cloud.ClearRequests()
	p := m.start("snapshot", "--quiet")
	for asked := 0; asked < 4; asked, _ = cloud.RequestCount() {
		time.Sleep(time.Millisecond)
	}
	m.want(10, "diff", "latest~1", "latest")
	m.want(0, "log", provider)
	must(p.Process.Kill())
	p.end(t)
	cloud.ClearFaults()

	// Many nights, while others look.
	const nights = 40
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range nights {
			must(cloud.Churn(account, 5, 0, 0))
			if r := m.start("snapshot", "--quiet").end(t); r.code != 0 {
				t.Error(r)
			}
		}
	}()
	looks := 0
	for running := true; running; looks++ {
		select {
		case <-done:
			running = false
		default:
		}
		r := m.run("diff", "latest~1", "latest", "--exit-code", "--json")
		switch c := (compared{}); {
		case r.code == 10 && strings.Contains(r.stderr, "only 1 snapshot"):
		case r.code != 2 || json.Unmarshal([]byte(r.stdout), &c) != nil || !c.Complete || len(c.Changes) != 5:
			t.Errorf("of a night with 5 changes %d: %s", len(c.Changes), r)
		}
		if r := m.run("log", provider, "--json"); r.code != 0 {
			t.Error(r)
		}
	}
	t.Logf("%d looks", looks)
	if got := len(m.snapshots()); got != nights+1 || looks < nights {
		t.Errorf("%d snapshots, %d looks", got, looks)
	}
	m.want(0, "verify")
}

// find finds a resource of the first account by what people call it, and the
// provider that synced it.
func find(ts *testscript.TestScript, cloud *sandbox.Server, kind sandbox.Kind, who string) (provider, id string) {
	provider, id, err := locate(cloud, kind, who)
	ts.Check(err)
	return provider, id
}

func locate(cloud *sandbox.Server, kind sandbox.Kind, who string) (provider, id string, err error) {
	if kind == sandbox.KindOrganization {
		return "", "", nil // it has no id, and there is one
	}
	providers := []string{""}
	if kind == sandbox.KindSCIMUser || kind == sandbox.KindSCIMGroup {
		if providers, err = cloud.IDs(account, sandbox.KindProvider, ""); err != nil {
			return "", "", err
		}
	}
	for _, provider := range providers {
		ids, err := cloud.IDs(account, kind, provider)
		if err != nil {
			return "", "", err
		}
		for _, id := range ids {
			raw, err := cloud.Stored(account, kind, provider, id)
			if err != nil {
				return "", "", err
			}
			var known struct {
				Name, DisplayName, ExternalID string
				Emails                        []struct{ Value string }
			}
			if err := json.Unmarshal(raw, &known); err != nil {
				return "", "", err
			}
			names := []string{id, known.Name, known.DisplayName, known.ExternalID}
			for _, e := range known.Emails {
				names = append(names, e.Value)
			}
			if slices.Contains(names, who) {
				return provider, id, nil
			}
		}
	}
	return "", "", fmt.Errorf("the account has no %s %q", kind, who)
}

// edit sets fields, {"/json/pointer": value}; null removes one.
func edit(cloud *sandbox.Server, kind sandbox.Kind, provider, id, fields string) error {
	var set map[string]json.RawMessage
	if err := json.Unmarshal([]byte(fields), &set); err != nil {
		return err
	}
	for path, value := range set {
		if string(value) == "null" {
			set[path] = nil
		}
	}
	return cloud.Edit(account, kind, provider, id, set)
}

// recreate deletes a provider of the first account and makes it again, as a person
// or Terraform would who cannot change it in place: it and all that it synced have
// new ids, and what names it names the old one. It gives the new id.
func recreate(cloud *sandbox.Server, id string) (string, error) {
	type held struct {
		kind sandbox.Kind
		raw  []byte
	}
	raw, err := cloud.Stored(account, sandbox.KindProvider, "", id)
	if err != nil {
		return "", err
	}
	var synced []held
	for _, kind := range []sandbox.Kind{sandbox.KindSCIMUser, sandbox.KindSCIMGroup} {
		ids, err := cloud.IDs(account, kind, id)
		if err != nil {
			return "", err
		}
		for _, of := range ids {
			raw, err := cloud.Stored(account, kind, id, of)
			if err != nil {
				return "", err
			}
			synced = append(synced, held{kind, bytes.ReplaceAll(raw, []byte(of), []byte(anew(of)))})
		}
	}
	if err := cloud.Remove(account, sandbox.KindProvider, "", id); err != nil {
		return "", err
	}
	if err := cloud.Put(account, sandbox.KindProvider, "", bytes.ReplaceAll(raw, []byte(id), []byte(anew(id)))); err != nil {
		return "", err
	}
	for _, s := range synced {
		if err := cloud.Put(account, s.kind, anew(id), s.raw); err != nil {
			return "", err
		}
	}
	return anew(id), nil
}

// anew is another id, always the same for the same one.
func anew(id string) string { return fmt.Sprintf("%08x%s", crc32.ChecksumIEEE([]byte(id)), id[8:]) }

func tells(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: tells FILE PATH VALUE")
	}
	text := ts.ReadFile(args[0])
	got, err := at([]byte(text), args[1])
	if err != nil {
		ts.Fatalf("%s: %v: %s", args[0], err, head(text))
	}
	if got != args[2] {
		ts.Fatalf("%s: %s is %s, want %s: %s", args[0], args[1], got, args[2], head(text))
	}
}

// at finds the value at a path such as changes.0.id in JSON, a string without its
// quotes; length is how many elements a
// list has, and what is not there is "absent".
func at(text []byte, path string) (string, error) {
	for _, step := range strings.Split(path, ".") {
		var list []json.RawMessage
		var object map[string]json.RawMessage
		switch n, err := strconv.Atoi(step); {
		case json.Unmarshal(text, &object) == nil && object != nil:
			value, ok := object[step]
			if !ok {
				return "absent", nil
			}
			text = value
		case json.Unmarshal(text, &list) == nil && list != nil && step == "length":
			return strconv.Itoa(len(list)), nil
		case list != nil && err == nil && n < len(list):
			text = list[n]
		default:
			return "", fmt.Errorf("nothing at %s of %s, which is %s", step, path, slices.Sorted(maps.Keys(object)))
		}
	}
	var s string
	if json.Unmarshal(text, &s) == nil && string(text) != "null" {
		return s, nil
	}
	var compact bytes.Buffer
	err := json.Compact(&compact, text)
	return compact.String(), err
}
