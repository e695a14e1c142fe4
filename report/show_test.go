package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/snapshot"
)

// What is piped into grep or a file is there whole, each value on its line.
func TestNothingIsCutWithoutATerminal(t *testing.T) {
	for name, result := range results(t) {
		if out := printed(t, "text", Style{}, result); strings.Contains(strings.ReplaceAll(out, "b1f7…directory", ""), "…") {
			t.Errorf("%s: cut: %s", name, out)
		}
	}
	long := strings.Repeat("a long value ", 400) + "its end"
	r := resource(t, snapshot.IdentityProvider, "", `{"id":"x","name":"X","type":"okta","config":{"okta_account":"`+long+`"}}`)
	for what, result := range map[string]func(Printer) error{
		"show":     func(p Printer) error { return p.Show(ordinary(), nil, sequence([]snapshot.Resource{r})) },
		"resource": func(p Printer) error { return p.Resource(ordinary(), r) },
	} {
		if !strings.Contains(printed(t, "text", Style{}, result), "okta_account  "+long+"\n") {
			t.Errorf("%s: not on one line", what)
		}
		if strings.Contains(printed(t, "text", Style{Width: 100}, result), long) {
			t.Errorf("%s: not fitted to the terminal", what)
		}
	}
}

// A collection that an eye can scan is sorted by name, a large one stays as it comes.
func TestShowSortsByName(t *testing.T) {
	shown := func(n int) []string {
		var list []snapshot.Resource
		for i := range n {
			list = append(list, resource(t, snapshot.AccessGroup, "", fmt.Sprintf(`{"id":"%05d","name":"%s%05d"}`, i, []string{"a", "B"}[i%2], n-i)))
		}
		out := printed(t, "text", Style{}, func(p Printer) error { return p.Show(ordinary(), nil, sequence(list)) })
		return slices.DeleteFunc(strings.Fields(out), func(w string) bool { return !strings.HasPrefix(w, "a0") && !strings.HasPrefix(w, "B0") })
	}
	if got := shown(4); !slices.Equal(got, []string{"a00002", "a00004", "B00001", "B00003"}) {
		t.Errorf("shown as %q", got)
	}
	got := shown(maxSorted + 1)
	if len(got) != maxSorted+1 || got[0] != "a02001" || got[maxSorted] != "a00001" {
		t.Errorf("%d shown, from %s to %s", len(got), got[0], got[len(got)-1])
	}
}

func TestGist(t *testing.T) {
	for text, want := range map[string]string{
		"GET /a/b: 403 Forbidden: 10000 No (CF-Ray 8f-FRA); the token needs \"x: y\"": "403 Forbidden: 10000 No; the token needs \"x: y\"",
		"GET /a: 502 Bad Gateway (CF-Ray 8f-FRA, 6 tries)":                            "502 Bad Gateway (6 tries)",
		"read scim_user: GET /a:b/c: dial tcp: refused (6 tries)":                     "read scim_user: dial tcp: refused (6 tries)",
		"not asked for": "not asked for",
		"":              "",
	} {
		if got := Gist(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
