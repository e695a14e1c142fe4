package commands

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

func TestFetchSecret(t *testing.T) {
	env, _, _ := bare(t)
	home, dir := env.Getenv("HOME"), t.TempDir()
	write(t, filepath.Join(home, "okta"), "from home\r\n", 0o600)
	write(t, filepath.Join(dir, "okta"), " from the directory \n\n", 0o600)
	write(t, filepath.Join(dir, "open"), "Sesame", 0o644)
	getenv := env.Getenv
	env.Getenv = func(name string) string {
		if name == "OKTA" {
			return "from the environment"
		}
		return getenv(name)
	}
	env.RunCommand = func(_ context.Context, line string) (string, error) {
		if line == "fail Sesame" {
			return "Sesame", errors.New("exit status 1")
		}
		return "<" + line + ">\n", nil
	}
	for source, want := range map[string]string{
		"abc": "abc", "": "", "value:env:OKTA": "env:OKTA", "value:value:": "value:", "Env:OKTA": "Env:OKTA", " env:OKTA": " env:OKTA",
		"env:OKTA": "from the environment", "env: OKTA": "from the environment",
		"file:okta": " from the directory ", "file:~/okta": "from home", "file:" + filepath.Join(home, "okta"): "from home",
		"command:op read a": "<op read a>",
	} {
		got, err := given{source: source, dir: dir}.fetch(t.Context(), env)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", source, got, err, want)
		}
	}
	for source, want := range map[string]string{
		"env:NOWHERE":         "5 HERE: the variable NOWHERE is not set, or empty",
		"env:Sesame is open":  "64 HERE: what follows env: is no variable's name",
		"env:":                "64 HERE: what follows env: is no variable's name",
		"file:":               "64 HERE: nothing follows file:",
		"command: ":           "64 HERE: nothing follows command:",
		"command:fail Sesame": "5 HERE: its command failed: exit status 1",
		"file:missing":        "5 HERE: " + dir + "/missing: no such file or directory",
		"file:open":           "5 HERE: " + dir + "/open: it may be read by others (mode 0644)",
	} {
		_, err := given{source: source, dir: dir, where: "HERE"}.fetch(t.Context(), env)
		if err == nil {
			t.Errorf("%q: no error", source)
			continue
		}
		f := judge(t.Context(), err)
		if got := fmt.Sprint(f.code, " ", f.text); got != want || f.hint == "" || strings.Contains(f.text+f.hint, "Sesame") {
			t.Errorf("%q: %s (%s)\nwant %s", source, got, f.hint, want)
		}
	}
}

// planOf has, for each provider, an action; its secrets are named by their keys.
func planOf(providers ...string) *migrate.Plan {
	p := new(migrate.Plan)
	for _, text := range providers {
		part := strings.Split(text, "|") // id|name|target id|keys
		a := migrate.Action{
			Action: migrate.Create, Kind: snapshot.IdentityProvider, Type: snapshot.Okta,
			SourceID: part[0], Name: part[1], TargetID: part[2],
		}
		for _, key := range strings.Fields(part[3]) {
			a.Secrets = append(a.Secrets, migrate.Secret{Key: key, Path: "/config/" + strings.ReplaceAll(key, ".", "/"), Required: true})
		}
		p.Actions = append(p.Actions, a)
	}
	return p
}

// suppliedBy reads lines of "provider|key|value"; those that begin with - are flags.
func suppliedBy(lines ...string) *supplied {
	s := &supplied{fetch: func(g given) (string, error) { return g.source, nil }}
	for i, line := range lines {
		rest, flag := strings.CutPrefix(line, "-")
		part := strings.Split(rest, "|")
		s.given = append(s.given, given{provider: part[0], key: part[1], source: part[2], where: fmt.Sprintf("line %d", i+1), flag: flag})
	}
	return s
}

func TestMatchSecrets(t *testing.T) {
	const cs, path = "client_secret", "/config/client_secret"
	two := []string{"a1|Okta|t1|" + cs, "a2|okta|t2|" + cs + " api_token"}
	same := []string{"a1|Okta|t1|" + cs, "a2|Okta||" + cs}
	for name, test := range map[string]struct {
		plan, given []string
		want        migrate.Secrets
		unused      []string
		err         string
	}{
		"by name":               {plan: two, given: []string{"Okta|client_secret|x"}, want: migrate.Secrets{"a1": {path: "x"}}},
		"by name, other case":   {plan: two[:1], given: []string{"OKTA|client_secret|x"}, want: migrate.Secrets{"a1": {path: "x"}}},
		"in its case, two":      {plan: two, given: []string{"okta|client_secret|x", "Okta|client_secret|y"}, want: migrate.Secrets{"a1": {path: "y"}, "a2": {path: "x"}}},
		"by source id":          {plan: same, given: []string{"a2|client_secret|x"}, want: migrate.Secrets{"a2": {path: "x"}}},
		"by target id":          {plan: same, given: []string{"t1|client_secret|x"}, want: migrate.Secrets{"a1": {path: "x"}}},
		"by pointer":            {plan: two, given: []string{"Okta|/config/client_secret|x"}, want: migrate.Secrets{"a1": {path: "x"}}},
		"empty stays":           {plan: two, given: []string{"Okta|client_secret|"}, want: migrate.Secrets{"a1": {path: ""}}},
		"two of a name":         {plan: same, given: []string{"Okta|client_secret|x"}, err: `line 1: more than one provider is called "Okta"`},
		"two in another case":   {plan: two, given: []string{"OKTA|client_secret|x"}, err: "more than one provider"},
		"two, one by id":        {plan: same, given: []string{"Okta|client_secret|x", "a1|client_secret|y"}, err: "more than one provider"},
		"two, both by id":       {plan: same, given: []string{"Okta|client_secret|x", "a1|client_secret|y", "a2|client_secret|z"}, want: migrate.Secrets{"a1": {path: "y"}, "a2": {path: "z"}}},
		"one of them takes it":  {plan: []string{"a1|Okta||", "a2|Okta||client_secret"}, given: []string{"Okta|client_secret|x"}, want: migrate.Secrets{"a2": {path: "x"}}},
		"an exact one is meant": {plan: []string{"a1|Okta||", "a2|okta||client_secret"}, given: []string{"Okta|client_secret|x"}, want: migrate.Secrets{}, unused: []string{`line 1: "Okta" needs no secret here`}},
		"twice":                 {plan: two, given: []string{"Okta|client_secret|Sesame", "Okta|/config/client_secret|Sesame"}, err: `two values for the same secret of "Okta": line 1, and line 2`},
		"twice by flags":        {plan: two, given: []string{"-Okta|client_secret|x", "-Okta|client_secret|y"}, err: "two values"},
		"a flag goes before":    {plan: two, given: []string{"a1|client_secret|x", "-Okta|client_secret|y"}, want: migrate.Secrets{"a1": {path: "y"}}},
		"an id goes before":     {plan: two, given: []string{"Okta|client_secret|x", "a1|client_secret|y"}, want: migrate.Secrets{"a1": {path: "y"}}},
		"not there":             {plan: two, given: []string{"Okto|client_secret|x", "Okto|api_token|x", "Entra ID|x|y"}, want: migrate.Secrets{}, unused: []string{`line 1: there is no provider "Okto" here; did you mean "Okta"?`, `line 3: there is no provider "Entra ID" here`}},
		"no such key":           {plan: two, given: []string{"okta|Sesame|x"}, want: migrate.Secrets{}, unused: []string{`line 1: "okta" takes no such secret; it takes client_secret, api_token`}},
		"dots in the key":       {plan: []string{"a1|Okta|t1|saml.key", "a2|Okta.saml||other"}, given: []string{"-Okta.saml|key|x"}, want: migrate.Secrets{"a1": {"/config/saml/key": "x"}}},
		"dots in both":          {plan: []string{"a1|Okta.saml|t1|saml.key"}, given: []string{"-Okta.saml.saml|key|x"}, want: migrate.Secrets{"a1": {"/config/saml/key": "x"}}},
		"dots in a file":        {plan: []string{"a1|Okta.eu|t1|saml.key"}, given: []string{"Okta.eu|saml.key|x"}, want: migrate.Secrets{"a1": {"/config/saml/key": "x"}}},
		"nothing":               {plan: two, want: migrate.Secrets{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, unused, err := suppliedBy(test.given...).match(planOf(test.plan...))
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) || judge(t.Context(), err).code != exitUsage || strings.Contains(err.Error(), "Sesame") {
					t.Fatalf("error %v, want %q", err, test.err)
				}
				return
			}
			if err != nil || !cmp.Equal(got, test.want) || !slices.Equal(unused, test.unused) {
				t.Errorf("%v, %q, %v\nwant %v, %q", got, unused, err, test.want, test.unused)
			}
		})
	}
}

// A file that was written for the source names a provider as it is called there.
func TestMatchKnowsOldNames(t *testing.T) {
	p := planOf("a1|Okta EU||client_secret")
	p.Options.Rename = map[string]string{"Okta": "Okta EU"}
	for _, name := range []string{"Okta", "okta", "Okta EU", "a1"} {
		got, unused, err := suppliedBy(name + "|client_secret|x").match(p)
		if err != nil || len(unused) > 0 || got["a1"]["/config/client_secret"] != "x" {
			t.Errorf("%s: %v, %q, %v", name, got, unused, err)
		}
	}
}

// Apps have names, too, and no secrets; and what nobody takes is not fetched.
func TestMatchFetchesWhatIsTaken(t *testing.T) {
	p := planOf("a1|Okta||client_secret", "b1|Okta||client_secret")
	p.Actions[1].Kind = snapshot.AccessApp
	s := suppliedBy("Okta|client_secret|x", "Entra|client_secret|y", "Okta|other|z")
	var fetched []string
	s.fetch = once(func(g given) (string, error) { fetched = append(fetched, g.source); return g.source, nil })
	for range 2 {
		if got, unused, err := s.match(p); err != nil || len(got) != 1 || len(unused) != 2 || !slices.Equal(fetched, []string{"x"}) {
			t.Errorf("%q, %q, %v", fetched, unused, err)
		}
	}
	s.fetch = func(given) (string, error) { return "", errors.New("locked") }
	if _, _, err := s.match(p); err == nil {
		t.Error("no error")
	}
}
