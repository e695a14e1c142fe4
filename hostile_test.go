package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/idpsnap/idpsnap/sandbox"
)

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
