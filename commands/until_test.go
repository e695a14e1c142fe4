package commands

import (
	"bytes"
	"context"
	"strings"
	"syscall"
	"testing"

	"github.com/idpsnap/idpsnap/sandbox"
)

// interrupting is a terminal at which somebody presses Ctrl-C when the first output
// has come.
type interrupting struct {
	bytes.Buffer
	cancel context.CancelCauseFunc
}

func (w *interrupting) Write(p []byte) (int, error) {
	w.cancel(interruptedError{syscall.SIGINT})
	return w.Buffer.Write(p)
}

// TestInterruptedWhilePrinting: however long a result is, Ctrl-C ends it.
func TestInterruptedWhilePrinting(t *testing.T) {
	h := newHouse(t)
	if err := h.server.Populate("account:"+sandbox.DefaultAccount, sandbox.Population{Users: 2000, Providers: []string{"okta"}}); err != nil {
		t.Fatal(err)
	}
	h.types(exitDone, "snapshot")
	for _, line := range []string{
		"show latest --json", "export latest", "export latest --format yaml", "export latest --format csv",
		"report access-review --format csv", "report access-review --format json", "report access-review --format html",
	} {
		whole, _ := h.types(exitDone, strings.Fields(line)...)
		ctx, cancel := context.WithCancelCause(t.Context())
		out := &interrupting{cancel: cancel}
		env := h.env
		var stderr bytes.Buffer
		env.Stdout, env.Stderr = out, &stderr
		status := Main(ctx, env, strings.Fields(line))
		if status != 128+int(syscall.SIGINT) || !strings.Contains(stderr.String(), "SIGINT") {
			t.Errorf("%s: status %d: %s", line, status, stderr.String())
		}
		if out.Len() > 64<<10 || out.Len() >= len(whole) {
			t.Errorf("%s: %d of %d bytes were printed after Ctrl-C", line, out.Len(), len(whole))
		}
	}
}
