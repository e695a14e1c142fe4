package commands

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func TestParseSecret(t *testing.T) {
	for text, want := range map[string][3]string{
		"Okta.client_secret=env:X":                        {"Okta", "client_secret", "env:X"},
		"Corp okta.client_secret=file:~/okta.txt":         {"Corp okta", "client_secret", "file:~/okta.txt"},
		"Okta.client_secret=command:op read -n a=b.c":     {"Okta", "client_secret", "command:op read -n a=b.c"},
		"Okta.client_secret=command:x --field=env:y.z":    {"Okta", "client_secret", "command:x --field=env:y.z"},
		"Okta (a.b=c).client_secret=env:X":                {"Okta (a.b=c)", "client_secret", "env:X"},
		"a=b=c.d.api_token=env:X":                         {"a=b=c.d", "api_token", "env:X"},
		"Okta=env:x.client_secret=env:Y":                  {"Okta=env:x", "client_secret", "env:Y"},
		"Okta =file:/x y.client_secret=env:Y":             {"Okta =file:/x y", "client_secret", "env:Y"},
		"Okta./config/client_secret=env:X":                {"Okta", "/config/client_secret", "env:X"},
		"sso.example.com.client_secret=env:X":             {"sso.example.com", "client_secret", "env:X"},
		"..client_secret=env:X":                           {".", "client_secret", "env:X"},
		"Büro.client_secret=env:X":                        {"Büro", "client_secret", "env:X"},
		"Okta.saml.private_key=env:X":                     {"Okta.saml", "private_key", "env:X"}, // the plan tells
		"f174e90afafe4643bbbc4a0ed4fc8415.api_token=env:": {"f174e90afafe4643bbbc4a0ed4fc8415", "api_token", "env:"},
	} {
		g, err := parseSecret(text, 1)
		if got := [3]string{g.provider, g.key, g.source}; err != nil || got != want || !g.flag {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestParseSecretRefuses(t *testing.T) {
	for text, says := range map[string]string{
		"Okta.client_secret=Sesame":         "number 7 names no source",
		"Okta.client_secret=value:Sesame":   "number 7 names no source",
		"Okta.client_secret=ENV:Sesame":     "number 7 names no source",
		"Okta (a.b=c).client_secret=Sesame": "number 7 names no source",
		"Okta.client_secret=":               "number 7 names no source",
		"Okta=env:Sesame":                   "is not PROVIDER.KEY=SOURCE",
		".client_secret=env:Sesame":         "is not PROVIDER.KEY=SOURCE",
		"Okta.=env:Sesame":                  "is not PROVIDER.KEY=SOURCE",
		"Okta.client secret=env:Sesame":     "is not PROVIDER.KEY=SOURCE",
		"Sesame":                            "is not PROVIDER.KEY=SOURCE",
		"=env:Sesame":                       "is not PROVIDER.KEY=SOURCE",
	} {
		_, err := parseSecret(text, 7)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v, want one with %q", text, err, says)
			continue
		}
		if f := judge(t.Context(), err); f.code != exitUsage || f.hint == "" || strings.Contains(f.text+f.hint, "Sesame") {
			t.Errorf("%s: %+v", text, f)
		}
	}
}

// Nothing is fetched that nobody needs, and what is wrong with the flags is said
// before a file is read.
func TestLoadSecrets(t *testing.T) {
	env, _, _ := bare(t)
	path := filepath.Join(t.TempDir(), "secrets.yaml")
	write(t, path, "identity_providers: {Okta: {client_secret: 'file:there'}}", 0o600)
	a := &secretArgs{file: path, single: *cli.NewStringSlice("SAML.x=env:NOWHERE")}
	s, err := a.load(t.Context(), env)
	if err != nil || len(s.given) != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	if s.given[1].dir != filepath.Dir(path) || s.given[0].dir != "" {
		t.Errorf("%+v", s.given)
	}
	a.single = *cli.NewStringSlice("SAML.x=y")
	a.file = "not there"
	if _, err := a.load(t.Context(), env); judge(t.Context(), err).code != exitUsage {
		t.Errorf("%v", err)
	}
	if s, err := new(secretArgs).load(t.Context(), env); err != nil || len(s.given) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
}
