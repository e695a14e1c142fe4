package commands

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/idpsnap/idpsnap/report"
)

// notes are what is said on stderr beside the result: a plain line on a
// terminal, log lines elsewhere.
type notes struct {
	env    Env
	shared *common
	// progress is what is on the terminal and must step aside for a line.
	progress *report.Progress
}

// tell says what the user should know, unless --quiet.
func (n notes) tell(ctx context.Context, format string, args ...any) {
	if !n.shared.quiet {
		n.write(ctx, slog.LevelInfo, fmt.Sprintf(format, args...))
	}
}

// detail says what --verbose asks for.
func (n notes) detail(ctx context.Context, format string, args ...any) {
	if n.shared.verbose {
		n.write(ctx, slog.LevelDebug, fmt.Sprintf(format, args...))
	}
}

func (n notes) write(ctx context.Context, level slog.Level, text string) {
	if n.progress != nil {
		n.progress.Clear()
	}
	if n.env.Terminal && n.shared.logFormat == "text" {
		fmt.Fprintln(n.env.Stderr, report.Safe(text))
		return
	}
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	var h slog.Handler = slog.NewTextHandler(n.env.Stderr, options)
	if n.shared.logFormat == "json" {
		h = slog.NewJSONHandler(n.env.Stderr, options)
	}
	_ = h.Handle(ctx, slog.NewRecord(n.env.Now(), level, text, 0)) // nobody to tell
}

// reading starts the progress of a reading and returns how to end it.
func (c *common) reading(ctx context.Context, env Env) (p *report.Progress, done func()) {
	mode := report.Lines
	switch {
	case c.quiet:
		mode = report.Silent
	case c.logFormat == "json":
		mode = report.JSONLines
	case env.Terminal:
		mode = report.Bar
	}
	p = report.NewProgress(env.Stderr, mode, env.Now)
	p.Fit(env.Width)
	if mode != report.Bar {
		return p, p.Done
	}
	ctx, stop := context.WithCancel(ctx)
	go func() {
		for env.Sleep(ctx, time.Second) == nil {
			p.Redraw() //nolint:contextcheck // what it logs has no context
		}
	}()
	return p, func() { stop(); p.Done() }
}

// printer makes what shows the result.
func (c *common) printer(env Env) (report.Printer, error) {
	return report.New(c.format(), env.Stdout, c.style(env))
}

// style is how text may look where the result goes.
func (c *common) style(env Env) report.Style {
	return report.Style{
		Color: env.OutTerminal && !c.noColor && env.Getenv("NO_COLOR") == "" && env.Getenv("TERM") != "dumb",
		Width: env.Width,
	}
}
