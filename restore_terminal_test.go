package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/idpsnap/idpsnap/sandbox"
)

// terminal is a command in a terminal, and the person before it.
type terminal struct {
	*testing.T
	cmd    *exec.Cmd
	screen *os.File // where the person types, and reads
	shell  *os.File // the other end, as the shell holds it that started the command

	mu   sync.Mutex
	seen bytes.Buffer
	read int // how much of it the person has read
	over chan struct{}
}

// inTerminal starts a command in a terminal with so many columns.
func (m *machine) inTerminal(columns uint16, args ...string) *terminal {
	m.Helper()
	screen, shell, err := pty.Open()
	if err != nil {
		m.Skipf("no terminal to be had: %v", err)
	}
	m.Cleanup(func() { _, _ = screen.Close(), shell.Close() })
	if err := pty.Setsize(screen, &pty.Winsize{Rows: 50, Cols: columns}); err != nil {
		m.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		m.Fatal(err)
	}
	s := &terminal{T: m.T, cmd: exec.Command(self), screen: screen, shell: shell, over: make(chan struct{})}
	s.cmd.Args = append([]string{"idpsnap"}, args...)
	for name, value := range m.env {
		s.cmd.Env = append(s.cmd.Env, name+"="+value)
	}
	s.cmd.Dir = m.home
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = shell, shell, shell
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} // so that Ctrl-C reaches it
	if err := s.cmd.Start(); err != nil {
		m.Fatal(err)
	}
	m.Cleanup(func() { _ = s.cmd.Process.Kill() })
	go s.watch()
	return s
}

func (s *terminal) watch() {
	defer close(s.over)
	buffer := make([]byte, 4096)
	for {
		n, err := s.screen.Read(buffer)
		s.mu.Lock()
		s.seen.Write(buffer[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// colours are what a terminal takes for colours.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// text is all that was to be seen, without colours.
func (s *terminal) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return colours.ReplaceAllString(strings.ReplaceAll(s.seen.String(), "\r\n", "\n"), "")
}

// sees waits until the text is there, behind what was waited for before.
func (s *terminal) sees(what string) {
	s.Helper()
	for range 3000 {
		all := s.text()
		if i := strings.Index(all[s.read:], what); i >= 0 {
			s.read += i + len(what)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("%q does not come: %s", what, s.text())
}

// types types, once the terminal shows what is typed, or does not.
func (s *terminal) types(what string, echoed bool) {
	s.Helper()
	for range 1000 {
		if s.echoes() == echoed {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if s.echoes() != echoed {
		s.Fatalf("the terminal shows what is typed: %v, want %v: %s", !echoed, echoed, s.text())
	}
	if _, err := io.WriteString(s.screen, what); err != nil {
		s.Fatal(err)
	}
}

// echoes reports whether the terminal shows what is typed.
func (s *terminal) echoes() bool {
	s.Helper()
	stty := exec.Command("stty", "-a")
	stty.Stdin = s.shell
	settings, err := stty.Output()
	if err != nil {
		s.Fatal(err)
	}
	return !slices.Contains(strings.Fields(string(settings)), "-echo")
}

// ends waits for the end, which is to leave the terminal as it was.
func (s *terminal) ends(code int) string {
	s.Helper()
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	var exit *exec.ExitError
	select {
	case err := <-ended:
		if err != nil && !errors.As(err, &exit) {
			s.Fatal(err)
		}
	case <-time.After(30 * time.Second):
		s.Fatalf("it does not end: %s", s.text())
	}
	if got := s.cmd.ProcessState.ExitCode(); got != code {
		s.Fatalf("exit status %d, want %d: %s", got, code, s.text())
	}
	if !s.echoes() {
		s.Error("the terminal does not show any more what is typed")
	}
	_ = s.shell.Close() // now the screen comes to its end
	<-s.over
	return s.text()
}

const (
	ctrlC = "\x03"
	ctrlD = "\x04"
)

// bereft is a machine whose account has lost its Okta connection after a snapshot.
func bereft(t *testing.T) *machine {
	t.Helper()
	m := newMachine(t, sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 1}))
	m.want(0, "snapshot", "--quiet")
	_, id, err := locate(m.cloud, sandbox.KindProvider, "Okta")
	if err == nil {
		err = m.cloud.Remove(account, sandbox.KindProvider, "", id)
	}
	if err != nil {
		t.Fatal(err)
	}
	m.cloud.ClearRequests()
	return m
}

// wroteNothing fails if something was written, in Cloudflare or the history or a file.
func (m *machine) wroteNothing() {
	m.Helper()
	if _, writes := m.cloud.RequestCount(); writes > 0 {
		m.Errorf("%d writes", writes)
	}
	if n := len(m.snapshots()); n != 1 {
		m.Errorf("%d snapshots", n)
	}
	if r := m.want(0, "runs", "--json"); !strings.Contains(r.stdout, `"runs":[]`) && !strings.Contains(r.stdout, "\"runs\":[\n]") {
		m.Error(r)
	}
	if _, err := os.Stat(filepath.Join(m.home, "tokens.json")); !errors.Is(err, os.ErrNotExist) {
		m.Errorf("tokens.json: %v", err)
	}
}

var restoreOkta = []string{"restore", "latest", "--only", "Okta", "--scim-secrets-out", "tokens.json"}

// The whole way: the plan, the secret, a placeholder in its place, the account's name.
func TestRestoreInTerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		columns uint16
		env     map[string]string
	}{
		{"wide", 120, nil},
		{"narrow", 40, nil},
		{"without colour", 80, map[string]string{"NO_COLOR": "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := bereft(t)
			for name, value := range c.env {
				m.env[name] = value
			}
			s := m.inTerminal(c.columns, restoreOkta...)
			s.sees("Plan: 1 to create, 0 to update, 0 to")
			s.sees("1 secret to be typed or pasted, which is not shown; an empty line cancels.")
			s.sees("Okta admin console > Applications")
			s.sees(`client secret of "Okta" (okta): `)
			s.types("CHANGEME\r", false)
			s.sees("That cannot be the secret: ")
			s.sees(`client secret of "Okta" (okta): `)
			s.types("typed-by-hand-0123\r", false)
			s.sees(`Type the name of the target, "Corp (sandbox)", to go on: `)
			s.types("Corp (sandbox)\r", true)
			s.sees("Done: 1 created, 0 updated, 0 deleted.")
			all := s.ends(0)
			for _, typed := range []string{"CHANGEME", "typed-by-hand"} {
				if strings.Contains(all, typed) {
					t.Errorf("the screen shows %q", typed)
				}
			}
			if coloured := colours.Match(s.seen.Bytes()); coloured != (c.env == nil) {
				t.Errorf("colours: %v: %q", coloured, s.seen.String())
			}
			_, id, err := locate(m.cloud, sandbox.KindProvider, "Okta")
			if err != nil {
				t.Fatal(err)
			}
			stored, err := m.cloud.Stored(account, sandbox.KindProvider, "", id)
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Config struct {
					Secret string `json:"client_secret"`
				}
			}
			if err := json.Unmarshal(stored, &got); err != nil || got.Config.Secret != "typed-by-hand-0123" {
				t.Errorf("%v, %s", err, stored)
			}
			tokens, err := os.ReadFile(filepath.Join(m.home, "tokens.json"))
			if err != nil || !strings.Contains(string(tokens), id) {
				t.Errorf("%v, %s", err, tokens)
			}
			m.want(0, "verify")
		})
	}
}

// Whoever thinks better of it has changed nothing, and has a terminal as before.
func TestRestoreBrokenOffInTerminal(t *testing.T) {
	t.Parallel()
	const secret, name = `client secret of "Okta" (okta): `, `Type the name of the target, "Corp (sandbox)", to go on: `
	type answer struct {
		to, text string
		echoed   bool
	}
	given := answer{secret, "typed-by-hand-0123\r", false}
	for _, c := range []struct {
		name    string
		code    int
		answers []answer
		says    string
	}{
		{"Ctrl-C at the secret", 130, []answer{{secret, ctrlC, false}}, "interrupted"},
		{"Ctrl-C within the secret", 130, []answer{{secret, "half" + ctrlC, false}}, "interrupted"},
		{"Ctrl-D at the secret", 6, []answer{{secret, ctrlD, false}}, "cancelled, nothing was written"},
		{"Ctrl-D within the secret, and Ctrl-C", 130, []answer{{secret, "half" + ctrlD + ctrlC, false}}, "interrupted"},
		{"an empty secret", 6, []answer{{secret, "\r", false}}, "cancelled, nothing was written: no secret was given"},
		{"placeholders only", 5, []answer{{secret, "xxx\r", false}, {secret, "<secret>\r", false}, {secret, "****\r", false}}, "was asked for 3 times"},
		{"Ctrl-C at the name", 130, []answer{given, {name, ctrlC, true}}, "interrupted"},
		{"Ctrl-C within the name", 130, []answer{given, {name, "Corp" + ctrlC, true}}, "interrupted"},
		{"Ctrl-D at the name", 6, []answer{given, {name, ctrlD, true}}, "cancelled, nothing was written: the name was not typed"},
		{"another name", 6, []answer{given, {name, "Labs (sandbox)\r", true}}, "cancelled, nothing was written: that is not the name"},
		{"yes", 6, []answer{given, {name, "yes\r", true}}, "cancelled, nothing was written"},
		{"no name", 6, []answer{given, {name, "\r", true}}, "cancelled, nothing was written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := bereft(t)
			s := m.inTerminal(100, restoreOkta...)
			for _, a := range c.answers {
				s.sees(a.to)
				s.types(a.text, a.echoed)
			}
			all := s.ends(c.code)
			if !strings.Contains(all, c.says) {
				t.Errorf("want %q in %s", c.says, all)
			}
			for _, word := range []string{"typed-by-hand", "half", "****", "panic"} {
				if strings.Contains(all, word) {
					t.Errorf("the screen shows %q: %s", word, all)
				}
			}
			m.wroteNothing()
		})
	}
}

// Where nothing has to be asked for, only the name is; where nothing is to be done,
// nobody is asked for anything.
func TestRestoreAsksNoMoreThanItHasTo(t *testing.T) {
	t.Parallel()
	m := newMachine(t, sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 1}))
	m.want(0, "snapshot", "--quiet")
	s := m.inTerminal(100, "restore", "latest")
	if all := s.ends(0); !strings.Contains(all, "Nothing to do") || strings.Contains(all, "to go on") {
		t.Error(all)
	}
	_, id, err := locate(m.cloud, sandbox.KindProvider, "SAML")
	if err == nil {
		err = edit(m.cloud, sandbox.KindProvider, "", id, `{"/config/sign_request":false}`)
	}
	if err != nil {
		t.Fatal(err)
	}
	s = m.inTerminal(100, "restore", "latest")
	s.sees("Plan: 0 to create, 1 to update")
	s.sees("to go on: ")
	s.types("Corp (sandbox)\r", true)
	if all := s.ends(0); strings.Contains(all, "to be typed or pasted") {
		t.Error(all)
	}
	// A guard stands before any question.
	if err := edit(m.cloud, sandbox.KindProvider, "", id, `{"/config/sign_request":false}`); err != nil {
		t.Fatal(err)
	}
	s = m.inTerminal(100, "restore", "latest", "--max-changes", "0")
	if all := s.ends(5); strings.Contains(all, "to go on: T") || strings.Contains(all, "Type the name") || !strings.Contains(all, "--max-changes 1") {
		t.Error(all)
	}
	// With --json the plan is not shown, and the questions stay on stderr.
	r := m.want(5, "restore", "latest", "--json")
	if !strings.Contains(r.stderr, "nobody can be asked") {
		t.Error(r)
	}
}

// Two secrets are asked for in turn, and what a file has is not asked for.
func TestRestoreAsksForWhatIsMissing(t *testing.T) {
	t.Parallel()
	m := bereft(t)
	for _, name := range []string{"GitHub", "Google Workspace"} {
		_, id, err := locate(m.cloud, sandbox.KindProvider, name)
		if err == nil {
			err = m.cloud.Remove(account, sandbox.KindProvider, "", id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(m.home, "secrets.yaml")
	if err := os.WriteFile(file, []byte("identity_providers:\n  GitHub: {client_secret: from-the-file-0123}\n  Okta: {client_secret: CHANGEME}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := m.inTerminal(100, "restore", "latest", "--secrets-file", file, "--scim-secrets-out", "tokens.json")
	s.sees("2 secrets to be typed or pasted")
	asked := []string{}
	for range 2 {
		s.sees("client secret of ")
		for _, name := range []string{"GitHub", "Google Workspace", "Okta"} {
			if strings.HasPrefix(s.text()[s.read:], `"`+name) {
				asked = append(asked, name)
			}
		}
		s.types("typed-by-hand-0123\r", false)
	}
	s.sees("to go on: ")
	s.types("Corp (sandbox)\r", true)
	s.sees("Done: 3 created")
	s.ends(0)
	slices.Sort(asked)
	if strings.Join(asked, ",") != "Google Workspace,Okta" {
		t.Errorf("asked for %q", asked)
	}
}
