package commands

import (
	"bytes"
	"context"
	cryptorand "crypto/rand"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"
)

// Env is all of the world that a command may touch: what is not in here, and is
// no file that the user named, does not exist for it. It is made once, by
// System in main or by a test.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Getenv answers like os.Getenv: "" for what is not set.
	Getenv func(name string) string
	Now    func() time.Time
	// Sleep waits, or returns the context's error as soon as it is cancelled.
	Sleep func(ctx context.Context, d time.Duration) error
	// Random gives numbers in [0, 1) for jitter. Nothing secret is made of them.
	Random func() float64
	// Entropy gives bytes that nobody can guess, for the key of pseudonyms.
	Entropy io.Reader
	// HTTP carries every request that leaves the process.
	HTTP http.RoundTripper
	// RunCommand runs a profile's token_command and returns what it printed.
	RunCommand func(ctx context.Context, line string) (string, error)

	// ReadLine and ReadSecret read a line from stdin, without its end; what a terminal
	// is typed for ReadSecret it does not show. They return as soon as the context is
	// cancelled, and io.EOF where nothing comes any more.
	ReadLine   func(ctx context.Context) (string, error)
	ReadSecret func(ctx context.Context) (string, error)
	// Host and PID are of this process; Alive reports whether another one on this host
	// still runs.
	Host  string
	PID   int
	Alive func(pid int) bool

	InTerminal  bool // stdin is a terminal: somebody can be asked
	Terminal    bool // stderr is a terminal: progress bars
	OutTerminal bool // stdout is a terminal: colour, tables fitted to Width
	Width       int  // columns of stdout, where it is a terminal
	Version     string

	// Headroom is by how many bytes the heap may grow before the garbage collector
	// sets in, where nearly all that is read is needed until the end. It is for a
	// process with one command in its life: a heap that is used again is cleared first.
	Headroom int
}

// System is the Env of the running process.
func System() Env {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64 // parallel requests all go to one host
	env := Env{
		Stdin:       os.Stdin,
		Stdout:      os.Stdout,
		Stderr:      os.Stderr,
		Getenv:      os.Getenv,
		Now:         time.Now,
		Sleep:       sleep,
		Random:      rand.Float64,
		Entropy:     cryptorand.Reader,
		HTTP:        transport,
		RunCommand:  runCommand,
		PID:         os.Getpid(),
		Alive:       alive,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		Terminal:    term.IsTerminal(int(os.Stderr.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		Version:     version(),
		Headroom:    128 << 20,
	}
	lines := &lineReader{in: os.Stdin}
	env.ReadLine, env.ReadSecret = lines.line, lines.secret
	env.Host, _ = os.Hostname() // "" is a name like any other: then all runs are of this host
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && env.OutTerminal {
		env.Width = w
	}
	return env
}

// version is set by the release build: -ldflags "-X …/commands.release=v1.2.3".
var release string

func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// runCommand gives the line to the shell, as cron and ssh do. What the command
// says on stderr (a password manager asking to be unlocked) goes to the user.
func runCommand(ctx context.Context, line string) (string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", line) //nolint:gosec // running what the user's own configuration names is the point
	cmd.Stdout = &out
	cmd.Stderr = os.Stderr
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return "", err
	}
	return strings.TrimSpace(out.String()), nil
}

// interruptedError is why a context ended: a signal came. A shell reports 128 + the
// signal's number for such an end, and so does idpsnap.
type interruptedError struct{ signal syscall.Signal }

func (e interruptedError) Error() string {
	if e.signal == syscall.SIGTERM {
		return "terminated by SIGTERM"
	}
	return "interrupted by SIGINT"
}

// Signals returns a context that SIGINT and SIGTERM end. A second signal, half a
// second later, finds the default action in place and kills the process; one that
// comes at once is the same again, as timeout(1) and some supervisors send it.
func Signals(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	came := make(chan os.Signal, 1)
	signal.Notify(came, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		defer signal.Stop(came)
		select {
		case s := <-came:
			sig, _ := s.(syscall.Signal)
			cancel(interruptedError{sig})
			time.Sleep(500 * time.Millisecond)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(errors.New("done")) }
}
