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

// secret is line with the terminal told not to show what is typed.
func (l *lineReader) secret(ctx context.Context) (string, error) {
	fd := int(l.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return l.line(ctx) // no terminal
	}
	type typed struct {
		text []byte
		err  error
	}
	came := make(chan typed, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		came <- typed{text, err}
	}()
	select {
	case t := <-came:
		return string(t.text), t.err
	case <-ctx.Done():
		_ = term.Restore(fd, before) // else the shell would not show what is typed into it
		return "", context.Cause(ctx)
	}
}

// alive reports whether a process of this host runs.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
