package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestParseSecrets(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string // provider.key=source@line
	}{
		"plain":        {"identity_providers:\n  Okta:\n    client_secret: abc\n    api_token: d\n  SAML: {x: y}\n", []string{"Okta.client_secret=abc@3", "Okta.api_token=d@4", "SAML.x=y@5"}},
		"JSON":         {"{\n\t\"identity_providers\": {\n\t\t\"O\\u006bta\": {\"client_secret\": \"a\\/b\\\"\\ud83d\\ude00\"}}}", []string{"Okta.client_secret=a/b\"😀@3"}},
		"numbers":      {"identity_providers: {Okta: {a: 0123, b: 1_000, c: 0x1F, d: 1e10, e: 1.50, f: +1, g: .inf, h: 2026-01-01, i: 12345678901234567890123}}", []string{"Okta.a=0123@1", "Okta.b=1_000@1", "Okta.c=0x1F@1", "Okta.d=1e10@1", "Okta.e=1.50@1", "Okta.f=+1@1", "Okta.g=.inf@1", "Okta.h=2026-01-01@1", "Okta.i=12345678901234567890123@1"}},
		"JSON numbers": {`{"identity_providers":{"Okta":{"a":1E400,"b":-0.10,"c":true}}}`, []string{"Okta.a=1E400@1", "Okta.b=-0.10@1", "Okta.c=true@1"}},
		"empty ones":   {"identity_providers:\n  Okta:\n    a:\n    b: ~\n    c: null\n    d: ''\n    e: changeme\n  None:\n  More: {}\n", []string{"Okta.a=@3", "Okta.b=@4", "Okta.c=@5", "Okta.d=@6", "Okta.e=changeme@7"}},
		"quotes":       {"identity_providers: {\"a.b: c\": {k: 'it''s', l: \"x\\ty\", m: 'x # y'}}", []string{"a.b: c.k=it's@1", "a.b: c.l=x\ty@1", "a.b: c.m=x # y@1"}},
		"blocks":       {"identity_providers:\n  Okta:\n    a: |\n      abc\n    b: >-\n      d\n    c: x#y\n", []string{"Okta.a=abc@3", "Okta.b=d@5", "Okta.c=x#y@7"}},
		"digits":       {"identity_providers: {0123: {4: 5}}", []string{"0123.4=5@1"}},
		"CRLF":         {"identity_providers:\r\n  Okta:\r\n    a: b\r\n    c: d\r\n", []string{"Okta.a=b@3", "Okta.c=d@4"}},
		"with a mark":  {"\ufeffidentity_providers: {Okta: {a: b}}", []string{"Okta.a=b@1"}},
		"document":     {"%YAML 1.2\n---\n# c\nidentity_providers: {Okta: {a: b}}\n...\n", []string{"Okta.a=b@4"}},
		"nothing":      {"", nil},
		"a comment":    {"# later\n", nil},
		"no providers": {"identity_providers:\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := parseSecrets([]byte(test.text), "s.yaml")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, g := range all {
				got = append(got, fmt.Sprintf("%s.%s=%s@%s", g.provider, g.key, g.source, strings.TrimPrefix(g.where, "s.yaml, line ")))
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestParseSecretsRefuses(t *testing.T) {
	const top = "identity_providers:\n  Okta:\n"
	for name, test := range map[string]struct{ text, says string }{
		"another key":         {"providers: {Sesame: x}", "line 1: the file has one key"},
		"one key more":        {top + "    a: b\nSesame: x\n", "line 4: the file has one key"},
		"a list":              {"- Sesame\n", "line 1"},
		"only text":           {"Sesame", "line 1"},
		"list of providers":   {"identity_providers:\n- Sesame\n", "line 2"},
		"a provider is text":  {"identity_providers:\n  Okta: Sesame\n", "line 2: a provider holds"},
		"no space":            {"identity_providers:\n  Okta:\n    client_secret:Sesame\n", "line 3: a provider holds"},
		"a list of secrets":   {top + "    client_secret: [Sesame]\n", "line 3: a secret is one text"},
		"deeper":              {top + "    client_secret:\n      value: Sesame\n", "line 4: a secret is one text"},
		"twice":               {top + "    a: Sesame\n    a: Sesame2\n", "line 4: the same key"},
		"provider twice":      {top + "    a: Sesame\n  Okta:\n    b: Sesame2\n", "line 4: the same key"},
		"top twice":           {top + "    a: Sesame\nidentity_providers: {}\n", "line 4: the same key"},
		"twice in JSON":       {`{"identity_providers":{"O":{"a":"Sesame","\u0061":"Sesame"}}}`, "line 1: the same key"},
		"anchor":              {top + "    a: &Sesame Sesame\n", "line 3: a value that begins with"},
		"alias":               {top + "    a: *Sesame\n", "line 3: a value that begins with"},
		"tag":                 {top + "    a: !Sesame\n", "line 3: a value that begins with"},
		"merge":               {top + "    <<: {a: Sesame}\n", "line 3: a key is"},
		"reserved":            {top + "    a: @Sesame\n", "line 3: not YAML"},
		"unclosed":            {top + "    a: 'Sesame\n", "line 3: not YAML"},
		"escape":              {top + "    a: \"Sesame\\q\"\n", "line 3: not YAML"},
		"colon":               {top + "    a: x: Sesame\n", "line 3: not YAML"},
		"complex key":         {top + "    ? [Sesame]\n    : b\n", "not YAML"},
		"tabs":                {"identity_providers:\n\tOkta: Sesame\n", "line 2: not YAML"},
		"two documents":       {top + "    a: b\n---\nSesame: x\n", "line 5: a second document"},
		"not UTF-8":           {top + "    a: Sesame\xff\n", "UTF-8"},
		"UTF-16":              {"\xff\xfei\x00d\x00", "UTF-8"},
		"JSON that ends soon": {`{"identity_providers":{"O":{"a":"Sesame"`, "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseSecrets([]byte(test.text), "s.yaml")
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("%+v, error %v, want one with %q", got, err, test.says)
			}
			if f := judge(t.Context(), err); f.code != exitUsage || strings.Contains(f.text+f.hint, "Sesame") {
				t.Errorf("%+v", f)
			}
		})
	}
}

// No file brings the parser down, and whatever is in it, an error does not say it.
func FuzzParseSecrets(f *testing.F) {
	for _, seed := range []string{
		"identity_providers:\n  Okta:\n    client_secret: @@\n", `{"identity_providers":{"Okta":{"client_secret":"@@"}}}`,
		"identity_providers:\n  Okta: {@@: @@}\n@@: x\n", "identity_providers: [@@]", "? @@\n: *@@\n", "a: |\n  @@\n b: &@@ c\n", "%@@\n---\n!@@ x: '@@", "{@@: {@@: [@@", "<<: @@", "@@\n...\n--- @@\n", "\"@@\\q@@",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const canary = "kAnArIe7Zq"
		text = strings.ReplaceAll(text, "@@", canary)
		all, err := parseSecrets([]byte(text), "s.yaml")
		if err != nil {
			if f := judge(t.Context(), err); strings.Contains(f.text+f.hint, canary) || f.code != exitUsage {
				t.Fatalf("%+v", f)
			}
			return
		}
		seen := map[string]bool{}
		for _, g := range all {
			at := g.provider + "\x00" + g.key
			if seen[at] {
				t.Fatalf("%q has two values", at)
			}
			seen[at] = true
			if strings.Contains(g.where, canary) {
				t.Fatalf("%q", g.where)
			}
		}
	})
}

func TestSecretsFileIsForItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "se crets.yaml")
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o700: true, 0o640: false, 0o604: false, 0o610: false, 0o644: false} {
		write(t, path, "identity_providers: {Okta: {a: Sesame}}", mode)
		for _, name := range []string{path, link} {
			all, err := readSecrets(t.Context(), name)
			if ok != (err == nil && len(all) == 1) {
				t.Errorf("%04o: %v, %v", mode, all, err)
			}
			if ok {
				continue
			}
			if f := judge(t.Context(), err); f.code != exitRefused || f.hint != "chmod 600 '"+name+"'" || strings.Contains(f.text, "Sesame") {
				t.Errorf("%04o: %+v", mode, f)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnreadableSecretsFiles(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	write(t, large, strings.Repeat("#", maxSecretFile+1), 0o600)
	for path, says := range map[string]string{
		dir: "it is a directory", filepath.Join(dir, "missing"): "no such file", large: "larger than",
	} {
		_, err := readSecrets(t.Context(), path)
		if f := judge(t.Context(), err); f.code != exitRefused || !strings.Contains(f.text, says) || strings.Count(f.text, path) != 1 || f.hint == "" {
			t.Errorf("%+v, want %q", f, says)
		}
	}
	if _, err := readSecrets(t.Context(), "-"); !strings.Contains(judge(t.Context(), err).hint, "/dev/stdin") {
		t.Errorf("%v", err)
	}
	write(t, large, strings.Repeat("#", maxSecretFile), 0o600)
	if _, err := readSecrets(t.Context(), large); err != nil {
		t.Error(err)
	}
}

func TestSecretsComeOutOfAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	wrote := make(chan error, 1)
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString("identity_providers: {Okta: {a: 'file:x'}}")
			err = errors.Join(err, f.Close())
		}
		wrote <- err
	}()
	all, err := readSecrets(t.Context(), path)
	if err = errors.Join(err, <-wrote); err != nil || len(all) != 1 || all[0].dir != "" {
		t.Errorf("%+v, %v", all, err)
	}
}

// A pipe may be one into which nobody writes.
func TestReadingAPipeEndsWithTheContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	reason := errors.New("Ctrl-C")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	if _, err := readSecrets(ctx, path); !errors.Is(err, reason) {
		t.Errorf("got %v", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0) // lets the reader go
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// What makes parsers fall over is an error like any other.
func TestSecretsThatAreHardToParse(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 5000), strings.Repeat("a: {", 2000), strings.Repeat("- ", 3000), "\x00", "?", ": :", "{,}", "a:\n- b\n  c", "&", "*", "!", "|", ">", "- |\n\t", "%"} {
		for _, data := range [][]byte{[]byte(text), bytes.Repeat([]byte(text+"\n"), 3)} {
			if all, err := parseSecrets(data, "s.yaml"); len(all) > 0 || err != nil && len(err.Error()) > 100 {
				t.Errorf("%.20q: %v, %v", text, all, err)
			}
		}
	}
}
