package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/sandbox"
)

var update = flag.Bool("update", false, "write what is generated in docs anew")

// TestSeveritiesAreDocumented holds docs/severities.md to the table in package diff.
func TestSeveritiesAreDocumented(t *testing.T) {
	const path, begin, end = "docs/severities.md", "-update -->\n", "<!-- end of rules -->"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(page), begin)
	have, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the rules", path)
	}
	var want strings.Builder
	want.WriteString("| rule | severity | applies to | because |\n| --- | --- | --- | --- |\n")
	for _, r := range (diff.Rules{}).All() {
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", r.Name, r.Severity, appliesTo(r), r.Reason)
	}
	if *update {
		if err := os.WriteFile(path, []byte(head+begin+want.String()+end+tail), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want.String(), have); d != "" {
		t.Errorf("%s is not what package diff says (-want +got), 'go test . -run %s -update' mends it:\n%s", path, t.Name(), d)
	}
}

// TestTheDocumentedRulesAreRules gives the example of docs/severities.md to diff.
func TestTheDocumentedRulesAreRules(t *testing.T) {
	page, err := os.ReadFile("docs/severities.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "```yaml\n")
	example, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("docs/severities.md has no example")
	}
	cloud, _ := office(t, 31, 20, 2)
	m := newMachine(t, cloud)
	rules := filepath.Join(m.home, "rules.yaml")
	if err := os.WriteFile(rules, []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	m.want(0, "snapshot", "--quiet")
	if err := cloud.Edit(account, sandbox.KindOrganization, "", "", map[string]json.RawMessage{"/session_duration": json.RawMessage(`"720h"`)}); err != nil {
		t.Fatal(err)
	}
	with := m.want(2, "diff", "--exit-code", "--rules", rules, "--json").stdout
	if !strings.Contains(with, `"rule":"session-length","reason":"the security policy asks for 8 hours"`) {
		t.Error(with)
	}
	if without := m.want(2, "diff", "--exit-code", "--json").stdout; strings.Contains(without, "session-length") {
		t.Error(without)
	}
}

// appliesTo puts a rule's conditions into words.
func appliesTo(r diff.Rule) string {
	words := []string{strings.ReplaceAll(string(r.Kind), "_", " ")}
	for _, typ := range r.Types {
		words = append(words, fmt.Sprintf("of type `%s`", typ))
	}
	switch {
	case r.Percent > 0:
		words = append(words, fmt.Sprintf("more than %g %% of a list at once", r.Percent))
	case r.Recreated:
		words = append(words, "deleted and created again")
	case r.Action != "":
		words = append(words, string(r.Action))
	}
	if r.Computed {
		words = []string{"what Cloudflare computes, with `--all-fields`"}
	}
	var paths []string
	for _, p := range r.Paths {
		if p == "" {
			paths = append(paths, "any other setting")
			continue
		}
		paths = append(paths, "`"+strings.ReplaceAll(strings.TrimPrefix(p, "/"), "/", ".")+"`")
	}
	if paths != nil {
		words[len(words)-1] += ":"
		words = append(words, strings.Join(paths, ", "))
	}
	switch {
	case r.Becomes != "":
		words = append(words, "switched "+r.Becomes)
	case r.To != "":
		words = append(words, "set to `"+r.To+"`")
	case r.Gains != "":
		words = append(words, "with `"+r.Gains+"` more often than before")
	}
	if r.Elsewhere {
		words = append(words, "between two targets")
	}
	return strings.Join(words, " ")
}
