package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/snapshot"
)

func printedTemplate(tb rapid.TB, state string, entries []TemplateEntry) string {
	tb.Helper()
	var b bytes.Buffer
	if err := SecretsTemplate(&b, state, entries); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestTheSecretsTemplateIsAsInTheGoldenFiles(t *testing.T) {
	golden(t, "secrets.yaml", printedTemplate(t, "prod@2026-06-30", templateEntries()))
	golden(t, "secrets_none.yaml", printedTemplate(t, "prod@2026-06-30", nil))
	var hostile []TemplateEntry
	for _, name := range append(append([]string{}, hostileNames...), injections...) {
		hostile = append(hostile, TemplateEntry{ID: name, Name: name, Vendor: name, Type: snapshot.Type(name), Secrets: []TemplateSecret{{Key: name, Called: name, Where: name}}})
	}
	golden(t, "secrets_hostile.yaml", printedTemplate(t, hostileNames[1], hostile))
}

// Whatever providers and their secrets are called, what is read back is called so.
func TestTheSecretsTemplateIsReadBackAsItWasMeant(t *testing.T) {
	hostile := append(append([]string{
		"a: b", "# c", "- d", "~", "null", "true", "<<", "? x", "*a", "&b", "!t", "%", "---", "...", "'", `\`, `\x41`, "\u2028", "\u0085", "\ufeff", "{", "[", "0x1f", "1e3", "=",
		"𝄞", strings.Repeat("é", 700),
	}, hostileNames...), injections...)
	text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom(hostile).Draw(t, "a") + rapid.SampledFrom(hostile).Draw(t, "b")
	}))
	rapid.Check(t, func(t *rapid.T) {
		var entries []TemplateEntry
		want, used := map[string]map[string]string{}, map[string]bool{}
		for i := range rapid.IntRange(0, 6).Draw(t, "providers") {
			e := TemplateEntry{
				ID: "id-" + string(rune('a'+i)), Name: text.Draw(t, "name"), Vendor: text.Draw(t, "vendor"),
				Type: snapshot.Type(text.Draw(t, "type")), Ambiguous: rapid.Bool().Draw(t, "ambiguous"),
			}
			key := e.Name
			if long := len(yamlQuoted(key)) > maxKey; e.Ambiguous || long || strings.TrimSpace(key) == "" || used[key] || !utf8.ValidString(key) {
				key = e.ID
			}
			used[key] = true
			secrets := map[string]string{}
			wanted := false
			for range rapid.IntRange(0, 3).Draw(t, "secrets") {
				s := TemplateSecret{
					Key: strings.ToValidUTF8(text.Draw(t, "key"), "?"), Called: text.Draw(t, "called"), Where: text.Draw(t, "where"), Optional: rapid.Bool().Draw(t, "optional"),
				}
				if _, twice := secrets[s.Key]; twice || len(s.Key) > 300 {
					continue
				}
				if !s.Optional {
					secrets[s.Key] = ""
					wanted = true
				}
				e.Secrets = append(e.Secrets, s)
			}
			entries = append(entries, e)
			if wanted {
				want[key] = secrets
			}
		}
		out := printedTemplate(t, text.Draw(t, "state"), entries)
		var got struct {
			Providers map[string]map[string]string `yaml:"identity_providers"`
		}
		if err := yaml.UnmarshalWithOptions([]byte(out), &got, yaml.Strict()); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if len(got.Providers) != len(want) {
			t.Fatalf("%d providers, want %d\n%s", len(got.Providers), len(want), out)
		}
		for name, secrets := range want {
			if len(got.Providers[name]) != len(secrets) {
				t.Fatalf("%q: %q, want %q\n%s", name, got.Providers[name], secrets, out)
			}
			for key := range secrets {
				if _, ok := got.Providers[name][key]; !ok {
					t.Fatalf("%q has no %q\n%s", name, key, out)
				}
			}
		}
		if bad := strings.IndexFunc(strings.ReplaceAll(out, "\n", ""), dangerous); bad >= 0 || !utf8.ValidString(out) {
			t.Fatalf("harmful: %q", out)
		}
	})
}
