package commands

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseConfig(t *testing.T) {
	c, err := parseConfig([]byte(`
profiles:
  prod:
    account: 00000000000000000000000000000012
    base_url: https://api.example.com/client/v4
    token_env: A
    write_token_file: w
  numeric: {account: 12345678901234567890123456789012}
  exponent: {zone: 1234e567890123456789012345678901}
  quoted: {zone: "00ab"}
  first: {account: &id 0755}
  second: {account: *id}
`), "/etc/idpsnap/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"prod":     "account:00000000000000000000000000000012",
		"numeric":  "account:12345678901234567890123456789012",
		"exponent": "zone:1234e567890123456789012345678901",
		"quoted":   "zone:00ab",
		"first":    "account:0755",
		"second":   "account:0755",
	} {
		if sel, err := c.Profiles[name].selection(); err != nil || sel.target.String() != want || sel.String() != name {
			t.Errorf("%s is %s, want %s (%v)", name, sel.target, want, err)
		}
	}
	if p, err := c.profile("prod"); err != nil || p.absolute(Env{}, p.WriteTokenFile) != "/etc/idpsnap/w" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestParseConfigRefuses(t *testing.T) {
	for name, test := range map[string]struct{ text, says string }{
		"unknown key":      {"profiles:\n  a:\n    account: x\n    colour: red\n", "[4:5]"},
		"a token in it":    {"profiles:\n  a: {account: x, token: Sesame}\n", "token"},
		"top level":        {"profile: {}\n", "unknown field"},
		"twice":            {"profiles:\n  a: {account: x}\n  a: {account: y}\n", "already defined"},
		"no target":        {"profiles:\n  a: {token_env: X}\n", "an account or a zone"},
		"both":             {"profiles:\n  a: {account: x, zone: y}\n", "an account or a zone"},
		"bad id":           {"profiles:\n  a: {account: ../x}\n", "not a target"},
		"two tokens":       {"profiles:\n  a: {account: x, token_env: A, token_command: b}\n", "more than one"},
		"two write tokens": {"profiles:\n  a: {account: x, write_token_env: A, write_token_file: b}\n", "more than one"},
		"name of a state":  {"profiles:\n  7d: {account: x}\n", "reads as a state"},
		"name of an id":    {"profiles:\n  cafe: {account: x}\n", "reads as a state"},
		"bad name":         {"profiles:\n  a@b: {account: x}\n", "a profile's name"},
		"id is a list":     {"profiles:\n  a:\n    account: [x]\n", "[3:14]"},
		"not YAML":         {"profiles: [\n", "config.yaml: ["},
		"wrong type":       {"profiles: Sesame\n", "config.yaml: ["},
		"wrong type below": {"profiles:\n  a: Sesame\n", "config.yaml: ["},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseConfig([]byte(test.text), "config.yaml")
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one with %q", err, test.says)
			}
			if f := judge(t.Context(), err); f.code != exitUsage || strings.Contains(f.text+f.hint, "Sesame") {
				t.Errorf("%+v", f)
			}
		})
	}
	for _, empty := range []string{"", "# nothing yet\n", "profiles:\n"} {
		if c, err := parseConfig([]byte(empty), "config.yaml"); err != nil || len(c.Profiles) != 0 {
			t.Errorf("%q: %v, %v", empty, c, err)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add("profiles:\n  a: {account: x, token_env: A}\n")
	f.Add("profiles: [")
	f.Add("profiles:\n  a: &x {account: y}\n  b: *x\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig([]byte(text), "config.yaml")
		if err != nil {
			return
		}
		for name := range c.Profiles {
			if reserved(name) {
				t.Fatalf("profile %q reads as a state", name)
			}
		}
	})
}

func TestReadToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o610: false, 0o644: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		token, err := readToken(path)
		if (err == nil) != ok || (ok && token != "sesame\n") {
			t.Errorf("mode %04o: %v", mode, err)
		}
		if !ok && !strings.HasPrefix(judge(t.Context(), err).hint, "chmod 600 ") {
			t.Errorf("mode %04o: hint %q", mode, judge(t.Context(), err).hint)
		}
	}
}

// A token that was put where a field's name belongs is not printed.
func TestTokenAsAFieldIsNotPrinted(t *testing.T) {
	const token = "Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9Z"
	_, err := parseConfig([]byte("profiles:\n  prod:\n    account: a1\n    "+token+": x\n"), "config.yaml")
	if err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("got %v", err)
	}
}
