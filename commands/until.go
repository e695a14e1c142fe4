package commands

import (
	"context"
	"io"
)

// until is the environment of a command that only reads, whose result may be long:
// once it is interrupted, nothing more of that is written.
func (e Env) until(ctx context.Context) Env {
	e.Stdout = untilWriter{ctx, e.Stdout}
	return e
}

type untilWriter struct {
	ctx context.Context //nolint:containedctx // it ends with the command that it is of
	w   io.Writer
}

func (u untilWriter) Write(p []byte) (n int, err error) {
	const atOnce = 64 << 10
	for len(p) > 0 && err == nil {
		if u.ctx.Err() != nil {
			return n, context.Cause(u.ctx)
		}
		var wrote int
		wrote, err = u.w.Write(p[:min(len(p), atOnce)])
		n, p = n+wrote, p[wrote:]
	}
	return n, err
}
