package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
)

// git commits each night's dump.
type git struct {
	*dump
	commits []string
}

func (g *git) names() (night, alone string) { return gitNight, gitAsked }

func (g *git) path() string { return filepath.Join(g.dir, ".git") }

func (g *git) command(ctx context.Context, args ...string) *exec.Cmd {
	return command(ctx, g.dir, append(g.env, "GIT_CONFIG_NOSYSTEM=1", "GIT_PAGER=cat"), "git", args...)
}

func (g *git) setUp(ctx context.Context) error {
	for _, args := range [][]string{
		{"init", "-q"},
		{"config", "user.name", "bench"},
		{"config", "user.email", "bench@localhost"},
		{"config", "gc.autoDetach", "false"},
	} {
		if _, err := timed(g.command(ctx, args...)); err != nil {
			return err
		}
	}
	return nil
}

func (g *git) keep(ctx context.Context) (usage, error) {
	added, err := timed(g.command(ctx, "add", dumpFile))
	if err != nil {
		return added, err
	}
	committed, err := timed(g.command(ctx, "commit", "-q", "-m", "night"))
	return added.plus(committed), err
}

func (g *git) settle(ctx context.Context) error {
	out, err := output(g.command(ctx, "rev-list", "--reverse", "HEAD"))
	g.commits = strings.Fields(string(out))
	return err
}

func (g *git) differ(ctx context.Context, a, b int) (usage, error) {
	return timed(g.command(ctx, "diff", g.commits[a], g.commits[b]))
}

func (g *git) show(ctx context.Context, night int) (usage, error) {
	return timed(g.command(ctx, "show", g.commits[night]+":"+dumpFile))
}

func (g *git) check(ctx context.Context) (usage, error) {
	return timed(g.command(ctx, "fsck", "--full", "--no-progress"))
}

func (g *git) pack(ctx context.Context) (usage, error) {
	return timed(g.command(ctx, "gc", "--quiet"))
}
