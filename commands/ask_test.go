package commands

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/migrate"
)

// typist is an Env at whose terminal these lines are typed, and then Ctrl-D.
func typist(t *testing.T, lines ...string) (env Env, stderr *bytes.Buffer) {
	t.Helper()
	env, _, stderr = bare(t)
	env.InTerminal = true
	env.ReadLine = func(ctx context.Context) (string, error) {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if len(lines) == 0 {
			return "", io.EOF
		}
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
	env.ReadSecret = env.ReadLine
	return env, stderr
}

func TestAskSecrets(t *testing.T) {
	const path = "/config/client_secret"
	plan := planOf("a1|Corp okta||client_secret", "a2|Other||client_secret api_token", "a3|\x1b[31mRed||client_secret")
	plan.Actions[1].Secrets[1].Required = false
	have := migrate.Secrets{"a2": {path: "got it"}}
	env, stderr := typist(t, "  Sesame1 ", "Sesame2")
	got, err := askSecrets(t.Context(), env, plan, have)
	want := migrate.Secrets{"a1": {path: "Sesame1"}, "a2": {path: "got it"}, "a3": {path: "Sesame2"}}
	if err != nil || !cmp.Equal(got, want) || len(have) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	said := stderr.String()
	if !strings.Contains(said, `client secret of "Corp okta" (okta): `+"\n") || !strings.Contains(said, migrate.WordsOf("okta").Secrets["client_secret"].Where) || !strings.Contains(said, "2 secrets") ||
		strings.Contains(said, "Sesame") || strings.Contains(said, "\x1b") || strings.Contains(said, "Other") {
		t.Errorf("said %q", said)
	}

	env, stderr = typist(t) // nobody is asked for what is there
	if got, err := askSecrets(t.Context(), env, plan, want); err != nil || !cmp.Equal(got, want) || stderr.Len() > 0 {
		t.Errorf("%v, %v, %q", got, err, stderr)
	}
	env.InTerminal = false
	if got, err := askSecrets(t.Context(), env, plan, have); err != nil || !cmp.Equal(got, have) || stderr.Len() > 0 {
		t.Errorf("%v, %v, %q", got, err, stderr)
	}
}

// What a file was left to say is asked for as if nothing stood there.
func TestAskForWhatIsOfNoUse(t *testing.T) {
	plan := planOf("a1|Okta||client_secret")
	have := migrate.Secrets{"a1": {"/config/client_secret": "changeme"}}
	env, stderr := typist(t, "****", "todo", "Sesame")
	got, err := askSecrets(t.Context(), env, plan, have)
	if err != nil || got["a1"]["/config/client_secret"] != "Sesame" || have["a1"]["/config/client_secret"] != "changeme" {
		t.Errorf("%v, %v", got, err)
	}
	if said := stderr.String(); strings.Count(said, "That cannot be the secret: ") != 2 || !strings.Contains(said, "What was supplied for it is of no use") {
		t.Errorf("said %q", said)
	}
}

func TestAskSecretsEnds(t *testing.T) {
	plan := planOf("a1|Okta||client_secret")
	for name, test := range map[string]struct {
		lines []string
		code  int
	}{
		"Ctrl-D":         {nil, exitCancelled},
		"an empty line":  {[]string{""}, exitCancelled},
		"white space":    {[]string{"  "}, exitCancelled},
		"fakes":          {[]string{"****", "xxx", "changeme", "Sesame"}, exitRefused},
		"a fake, and ^D": {[]string{"changeme"}, exitCancelled},
	} {
		env, _ := typist(t, test.lines...)
		got, err := askSecrets(t.Context(), env, plan, nil)
		if err == nil || got != nil {
			t.Errorf("%s: %v", name, got)
			continue
		}
		if f := judge(t.Context(), err); f.code != test.code || strings.Contains(f.text, "Sesame") || test.code == exitCancelled && !strings.Contains(f.text, "nothing was written") {
			t.Errorf("%s: %+v", name, f)
		}
	}
	reason := errors.New("Ctrl-C")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	env, _ := typist(t, "Sesame")
	if _, err := askSecrets(ctx, env, plan, nil); !errors.Is(err, reason) {
		t.Errorf("%v", err)
	}
}

func TestConfirm(t *testing.T) {
	for name, test := range map[string]struct {
		target string
		lines  []string
		code   int
	}{
		"the name":         {"Office", []string{"Office"}, exitDone},
		"another case":     {"Office", []string{"office"}, exitCancelled},
		"with a space":     {"Office", []string{"Office "}, exitDone},
		"yes":              {"Office", []string{"yes"}, exitCancelled},
		"nothing":          {"Office", []string{""}, exitCancelled},
		"no name, nothing": {"", []string{""}, exitCancelled},
		"Ctrl-D":           {"Office", nil, exitCancelled},
		"quotes in it":     {`The "Office" \ Büro`, []string{`The "Office" \ Büro`}, exitDone},
		"as it is shown":   {"Of\x1bfice", []string{`Of\x1bfice`}, exitDone},
	} {
		env, stderr := typist(t, test.lines...)
		err := confirm(t.Context(), env, test.target, false)
		if code := codeOf(t, err); code != test.code {
			t.Errorf("%s: %v", name, err)
		}
		if test.code == exitCancelled && !strings.Contains(err.Error(), "nothing was written") {
			t.Errorf("%s: %v", name, err)
		}
		if said := stderr.String(); !strings.HasPrefix(said, `Type the name of the target, "`) || strings.Contains(said, "\x1b") {
			t.Errorf("%s: said %q", name, said)
		}
	}

	env, stderr := typist(t)
	if err := confirm(t.Context(), env, "Office", true); err != nil {
		t.Error(err)
	}
	env.InTerminal = false
	if err := confirm(t.Context(), env, "Office", true); err != nil {
		t.Error(err)
	}
	err := confirm(t.Context(), env, "Office", false)
	if f := judge(t.Context(), err); f.code != exitRefused || f.hint != "--yes, for a script" {
		t.Errorf("%+v", f)
	}
	if stderr.Len() > 0 {
		t.Errorf("said %q", stderr)
	}
}

func codeOf(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return exitDone
	}
	return judge(t.Context(), err).code
}
