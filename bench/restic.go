package main

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
)

// restic backs up each night's dump.
type restic struct {
	*dump
	repository string
	snapshots  []string
}

func (r *restic) names() (night, alone string) { return resticNight, resticAsked }

func (r *restic) path() string { return r.repository }

func (r *restic) command(ctx context.Context, args ...string) *exec.Cmd {
	env := append(r.env, "RESTIC_PASSWORD=bench", "RESTIC_REPOSITORY="+r.repository, "RESTIC_CACHE_DIR="+filepath.Join(filepath.Dir(r.repository), "cache"))
	return command(ctx, r.dir, env, "restic", args...)
}

func (r *restic) setUp(ctx context.Context) error {
	_, err := timed(r.command(ctx, "init", "-q"))
	return err
}

func (r *restic) keep(ctx context.Context) (usage, error) {
	return timed(r.command(ctx, "backup", "-q", dumpFile))
}

func (r *restic) settle(ctx context.Context) error {
	out, err := output(r.command(ctx, "snapshots", "--json"))
	if err != nil {
		return err
	}
	var list []struct {
		ID string `json:"id"`
	}
	err = json.Unmarshal(out, &list)
	for _, s := range list {
		r.snapshots = append(r.snapshots, s.ID)
	}
	return err
}

func (r *restic) differ(ctx context.Context, a, b int) (usage, error) {
	return timed(r.command(ctx, "diff", r.snapshots[a], r.snapshots[b]))
}

func (r *restic) show(ctx context.Context, night int) (usage, error) {
	return timed(r.command(ctx, "dump", "-q", r.snapshots[night], "/"+dumpFile))
}

func (r *restic) check(ctx context.Context) (usage, error) {
	return timed(r.command(ctx, "check", "-q", "--read-data"))
}
