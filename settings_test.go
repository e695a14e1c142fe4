package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/idpsnap/idpsnap/sandbox"
	"github.com/idpsnap/idpsnap/snapshot"
)

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
			if testing.Short() && edited%7 != 0 {
				continue
			}
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
