package commands

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/migrate"
)

func openSink(t *testing.T, path string, recipients ...string) *tokenSink {
	t.Helper()
	s, err := (&tokenArgs{out: path, recipients: *cli.NewStringSlice(recipients...)}).open()
	if err != nil || s == nil {
		t.Fatal(s, err)
	}
	return s
}

// tokensIn reads the file as a script would.
func tokensIn(t *testing.T, path string, identities ...age.Identity) []migrate.Token {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(identities) > 0 {
		if strings.Contains(string(data), "tokens") {
			t.Fatalf("not encrypted: %s", data)
		}
		r, err := age.Decrypt(armor.NewReader(strings.NewReader(string(data))), identities...)
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	var doc struct {
		FormatVersion string          `json:"format_version"`
		Tokens        []migrate.Token `json:"tokens"`
	}
	if err := json.Unmarshal(data, &doc); err != nil || doc.FormatVersion != "1" || doc.Tokens == nil {
		t.Fatalf("%v: %s", err, data)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	return doc.Tokens
}

func numbered(i int) migrate.Token {
	return migrate.Token{Provider: fmt.Sprintf("Okta %d", i), Type: "okta", ID: fmt.Sprint("id", i), SCIMBaseURL: "https://x", Token: fmt.Sprint("Sesame", i)}
}

func TestTokenSink(t *testing.T) {
	first, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	second, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		recipients []string
		identities []age.Identity
	}{
		"plain":     {},
		"encrypted": {[]string{first.Recipient().String(), second.Recipient().String()}, []age.Identity{second}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "tokens")
			s := openSink(t, path, test.recipients...)
			if got := tokensIn(t, path, test.identities...); len(got) != 0 {
				t.Fatalf("%v", got)
			}
			for i := range 3 {
				if err := s.Keep(numbered(i)); err != nil {
					t.Fatal(err)
				}
				got := tokensIn(t, path, test.identities...)
				if len(got) != i+1 || got[i] != numbered(i) || got[0] != numbered(0) {
					t.Fatalf("%v", got)
				}
			}
			again := numbered(1) // its old token is no longer valid
			again.Token = "Sesame9"
			if err := s.Keep(again); err != nil {
				t.Fatal(err)
			}
			if got := tokensIn(t, path, test.identities...); len(got) != 3 || got[2] != again {
				t.Fatalf("%v", got)
			}
			if err := s.Close(false); err != nil {
				t.Fatal(err)
			}
			if names := listed(t, dir); len(names) != 1 {
				t.Errorf("left behind: %q", names)
			}
		})
	}
}

func listed(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestTokenSinkWithoutTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	s := openSink(t, path)
	if err := s.Close(true); err != nil || len(tokensIn(t, path)) != 0 {
		t.Error(err)
	}
	for range 2 {
		if err := s.Close(false); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Error(err)
		}
	}
	write(t, path, "of somebody else", 0o600)
	if err := s.Close(false); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestTokenSinkIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	there, dangling := filepath.Join(dir, "there"), filepath.Join(dir, "dangling")
	write(t, there, "mine", 0o600)
	if err := os.Symlink(filepath.Join(dir, "nowhere"), dangling); err != nil {
		t.Fatal(err)
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	free := filepath.Join(dir, "free")
	for name, test := range map[string]struct {
		out        string
		recipients []string
		code       int
		says       string
	}{
		"there":          {there, nil, exitRefused, "is there already"},
		"a link":         {dangling, nil, exitRefused, "is there already"},
		"no directory":   {filepath.Join(dir, "no", "file"), nil, exitFailed, "no such file"},
		"a directory":    {dir, nil, exitRefused, "is there already"},
		"no file":        {"", []string{"age1x"}, exitUsage, "none is named"},
		"no recipient":   {free, []string{key.Recipient().String(), "age1Sesame"}, exitUsage, "number 2 is no public key"},
		"empty":          {free, []string{""}, exitUsage, "number 1 is no public key"},
		"a comment":      {free, []string{"# Sesame"}, exitUsage, "number 1 is no public key"},
		"several lines":  {free, []string{key.Recipient().String() + "\n" + key.Recipient().String()}, exitUsage, "no public key"},
		"a private key":  {free, []string{key.String()}, exitUsage, "is a private key"},
		"a private key2": {free, []string{"-----BEGIN OPENSSH PRIVATE KEY-----\nSesame"}, exitUsage, "is a private key"},
	} {
		s, err := (&tokenArgs{out: test.out, recipients: *cli.NewStringSlice(test.recipients...)}).open()
		if err == nil || s != nil {
			t.Errorf("%s: no error", name)
			continue
		}
		f := judge(t.Context(), err)
		if f.code != test.code || !strings.Contains(f.text, test.says) || f.hint == "" || strings.Contains(f.text+f.hint, "Sesame") || strings.Contains(f.text, key.String()) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if data, err := os.ReadFile(there); err != nil || string(data) != "mine" {
		t.Errorf("%s, %v", data, err)
	}
	if names := listed(t, dir); len(names) != 2 {
		t.Errorf("left behind: %q", names)
	}
	if s, err := new(tokenArgs).open(); s != nil || err != nil {
		t.Error(s, err)
	}
}

// A token that could not be written is written as soon as that works again, and what
// stood in the file stays.
func TestTokenSinkThatCannotWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "tokens")
	s := openSink(t, path)
	if err := s.Keep(numbered(0)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	err := s.Keep(numbered(1))
	if err == nil {
		t.Fatal("no error")
	}
	if f := judge(t.Context(), err); !strings.Contains(f.text, path) || strings.Contains(f.text, "Sesame") || f.hint == "" {
		t.Errorf("%+v", f)
	}
	if err := s.Close(false); err == nil {
		t.Error("Close is content")
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	if got := tokensIn(t, path); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if os.Geteuid() != 0 { // whom no mode keeps out
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		if err := s.Keep(numbered(2)); err == nil {
			t.Error("no error")
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Keep(numbered(2)); err != nil {
		t.Fatal(err)
	}
	if got := tokensIn(t, path); len(got) != 3 || got[1] != numbered(1) {
		t.Errorf("%v", got)
	}

	// A rename that fails leaves nothing beside the file.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Keep(numbered(3)); err == nil {
		t.Error("no error")
	}
	if names := listed(t, dir); len(names) != 1 {
		t.Errorf("left behind: %q", names)
	}
}
