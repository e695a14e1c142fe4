package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/cloudflare"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// bare is an Env in which nothing is set.
func bare(t *testing.T) (env Env, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	home := t.TempDir()
	return Env{
		Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr,
		Getenv: func(name string) string {
			return map[string]string{"HOME": home, tokenVar: "abcdefgh", "CLOUDFLARE_ACCOUNT_ID": "a1"}[name]
		},
		Now:     time.Now,
		Sleep:   func(context.Context, time.Duration) error { return nil },
		Random:  func() float64 { return 0 },
		Version: "v0",
	}, stdout, stderr
}

func TestPanicsAreReported(t *testing.T) {
	for _, args := range [][]string{{"doctor"}, {"doctor", "--json"}, {"doctor", "--verbose"}} {
		env, stdout, stderr := bare(t)
		env.Now = func() time.Time { panic("the clock fell down") }
		if status := Main(t.Context(), env, args); status != exitFailed {
			t.Errorf("%q: status %d", args, status)
		}
		said := stderr.String()
		if stdout.Len() > 0 || !strings.Contains(said, "a bug in idpsnap v0: the clock fell down") || !strings.Contains(said, "report it") {
			t.Errorf("%q: stdout %q, stderr %q", args, stdout, said)
		}
		if trace := strings.Contains(said, "goroutine"); trace != (args[len(args)-1] == "--verbose") {
			t.Errorf("%q: stack shown: %v", args, trace)
		}
		if args[len(args)-1] == "--json" && !json.Valid(stderr.Bytes()) {
			t.Errorf("not JSON: %s", said)
		}
	}
}

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		err  error
		code int
	}{
		{fmt.Errorf("x: %w", store.ErrNoHistory), exitNotFound},
		{fmt.Errorf("x: %w", store.ErrLocked), exitLocked},
		{fmt.Errorf("x: %w", store.ErrMoved), exitLocked},
		{fmt.Errorf("x: %w", store.ErrCorrupt), exitIntegrity},
		{fmt.Errorf("x: %w", store.ErrNewer), exitFailed},
		{fmt.Errorf("x: %w", store.ErrNotHistory), exitFailed},
		{fmt.Errorf("x: %w", snapshot.ErrForbidden), exitPermission},
		{fmt.Errorf("x: %w", cloudflare.ErrCredentials), exitPermission},
		{usage("h", "x"), exitUsage},
		{&problem{class: errIncomplete, cause: snapshot.ErrForbidden, text: "x"}, exitIncomplete},
		{fmt.Errorf("x"), exitFailed},
	} {
		f := judge(t.Context(), test.err)
		if f.code != test.code || f.text != test.err.Error() {
			t.Errorf("%v: %+v, want status %d", test.err, f, test.code)
		}
	}
	for sig, code := range map[syscall.Signal]int{syscall.SIGINT: exitInterrupted, syscall.SIGTERM: exitTerminated} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(interruptedError{sig})
		if f := judge(ctx, fmt.Errorf("read: %w", ctx.Err())); f.code != code {
			t.Errorf("%v: status %d, want %d", sig, f.code, code)
		}
	}
}

// Every status that a command's help names is in the table, and every command
// says what it is good for.
func TestHelpIsWhole(t *testing.T) {
	env, _, _ := bare(t)
	for _, c := range all(env, new(common)) {
		if c.short == "" || len(c.exits) == 0 || (len(c.examples) == 0 && c.name != "help") {
			t.Errorf("%s: help is missing something", c.name)
		}
		for _, code := range c.exits {
			if meaning(code) == "" {
				t.Errorf("%s: status %d is not in the table", c.name, code)
			}
		}
		for _, e := range c.examples {
			if !strings.Contains(e.line, "idpsnap "+c.name) {
				t.Errorf("%s: example %q is of another command", c.name, e.line)
			}
		}
		var b bytes.Buffer
		if err := writeHelp(&b, c); err != nil {
			t.Error(err)
		}
		for _, line := range strings.Split(c.long, "\n") {
			if len(line) > 84 {
				t.Errorf("%s: line of %d columns: %s", c.name, len(line), line)
			}
		}
	}
}

func TestParseReserve(t *testing.T) {
	for text, want := range map[string]float64{"20%": 0.2, "20": 0.2, "0.2": 0.2, "0": 0, "0%": 0, "95%": 0.95, "0.5%": 0.005} {
		if got, err := parseReserve(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "-1", "96%", "100", "NaN", "inf", "many"} {
		if got, err := parseReserve(text); err == nil {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestOnlyHere(t *testing.T) {
	for _, ok := range []string{"127.0.0.1:0", "localhost:8787", "[::1]:8787", "127.9.9.9:1"} {
		if err := onlyHere(ok); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"0.0.0.0:1", ":1", "[::]:1", "example.com:1", "10.0.0.1:1", "8787", "", "localhost.example.com:1"} {
		if onlyHere(bad) == nil {
			t.Errorf("%q was not refused", bad)
		}
	}
}
