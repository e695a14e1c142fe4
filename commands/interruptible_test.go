package commands

import (
	"context"
	"errors"
	"io"
	"testing"
)

// Stdin may be a terminal at which nobody types.
func TestReadingStdinEndsWithTheContext(t *testing.T) {
	silent, typist := io.Pipe()
	defer typist.Close()
	reason := errors.New("Ctrl-C")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(reason)
	if _, err := (interruptible{ctx, silent}).Read(make([]byte, 10)); !errors.Is(err, reason) {
		t.Errorf("got %v", err)
	}
}
