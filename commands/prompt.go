package commands

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"

	"golang.org/x/term"
)

// lineReader reads what a person types, a line at a time.
type lineReader struct {
	in       *os.File
	buffered *bufio.Reader
}

func (l *lineReader) line(ctx context.Context) (string, error) {
	if l.buffered == nil {
		l.buffered = bufio.NewReader(l.in)
	}
	type typed struct {
		text string
		err  error
	}
	came := make(chan typed, 1)
	go func() {
		text, err := l.buffered.ReadString('\n')
		if errors.Is(err, io.EOF) && text != "" {
			err = nil
		}
		came <- typed{strings.TrimRight(text, "\r\n"), err}
	}()
	select {
	case t := <-came:
		return t.text, t.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// secret is line with the terminal told not to show what is typed. term.ReadPassword
// would not do: Ctrl-D does not end it.
func (l *lineReader) secret(ctx context.Context) (string, error) {
	fd := int(l.in.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return l.line(ctx) // no terminal
	}
	type typed struct {
		text string
		err  error
	}
	keys := &keys{in: l.in}
	came := make(chan typed, 1)
	go func() {
		text, err := term.NewTerminal(keys, "").ReadPassword("")
		came <- typed{text, err}
	}()
	var t typed
	select {
	case t = <-came:
	case <-ctx.Done():
	}
	_ = term.Restore(fd, before) // else the shell would not show what is typed into it
	if ctx.Err() == nil && keys.interrupted {
		// A terminal that does not show what is typed makes no signal of Ctrl-C, either.
		if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(os.Interrupt) == nil {
			<-ctx.Done()
		}
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return t.text, t.err
}

// keys is what is typed into a terminal, of which nothing is shown.
type keys struct {
	in          io.Reader
	interrupted bool
}

// Read gives one key, so that nothing is taken that is typed ahead for the next
// question.
func (k *keys) Read(p []byte) (int, error) {
	n, err := k.in.Read(p[:min(1, len(p))])
	const ctrlC = 3
	k.interrupted = k.interrupted || n > 0 && p[0] == ctrlC
	return n, err
}

func (k *keys) Write(p []byte) (int, error) { return len(p), nil }

// alive reports whether a process of this host runs.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
