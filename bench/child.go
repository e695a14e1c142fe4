package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// childVar holds the job of a process that bench starts of itself. What needs memory
// is done in one: every process that bench starts would else be counted with it.
const childVar = "IDPSNAP_BENCH_CHILD"

// job is what such a process does.
type job struct {
	Do    string // fetch, make or ask
	Path  string // of a history
	Token string // to fetch with
	options
}

// childOr does the job that this process was started for, or else otherwise.
func childOr(ctx context.Context, otherwise func() error) error {
	text := os.Getenv(childVar)
	if text == "" {
		return otherwise()
	}
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	switch j.Do {
	case "fetch":
		return fetchAll(ctx, j.Token, os.Stdin)
	case "make":
		return makeHistory(ctx, j)
	case "ask":
		return askStore(ctx, j, os.Stdout)
	}
	return fmt.Errorf("no job %q", j.Do)
}

// child prepares such a process.
func (l *lab) child(ctx context.Context, j job) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	return command(ctx, l.dir, append(l.env(), childVar+"="+string(text)), self), nil
}
