package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// peer is a program in which people keep what they have dumped each night.
type peer interface {
	// names are how it is called in a night, which it takes from a dump, and alone.
	names() (night, alone string)
	path() string // of what it keeps
	setUp(ctx context.Context) error
	keep(ctx context.Context) (usage, error) // the dump
	settle(ctx context.Context) error        // before it is asked
	differ(ctx context.Context, a, b int) (usage, error)
	show(ctx context.Context, night int) (usage, error)
	check(ctx context.Context) (usage, error)
}

func (n *nights) setUpPeers(ctx context.Context) error {
	if n.without[cronDump] != "" {
		return nil
	}
	n.dump = &dump{dir: filepath.Join(n.dir, "dump"), env: n.env()}
	if err := os.MkdirAll(n.dump.dir, 0o700); err != nil {
		return err
	}
	for _, p := range []peer{&git{dump: n.dump}, &restic{dump: n.dump, repository: filepath.Join(n.dir, "restic")}} {
		night, _ := p.names()
		if n.without[night] != "" {
			continue
		}
		if err := p.setUp(ctx); err != nil {
			return err
		}
		n.peers = append(n.peers, p)
	}
	return nil
}

// dump is what the usual cron job makes of a night: one file, sorted and indented,
// so that it can be compared line by line.
type dump struct {
	dir string // where the file lies
	env []string
}

const dumpFile = "account.json"

// sorted makes one list of all results, whether they are lists or not.
const sorted = `[.[].result | if type == "array" then .[] else . end] | sort_by(.id)`

// make fetches all pages with curl and makes the file with jq.
func (d *dump) make(ctx context.Context, s *sandbox) (u usage, err error) {
	pages := filepath.Join(filepath.Dir(d.dir), "pages")
	if err := os.RemoveAll(pages); err != nil {
		return u, err
	}
	if err := os.Mkdir(pages, 0o700); err != nil {
		return u, err
	}
	var config strings.Builder
	fmt.Fprintf(&config, "header = \"Authorization: Bearer %s\"\n", s.token)
	args := []string{"-S", "-s", sorted}
	for i, url := range s.pages {
		name := fmt.Sprintf("%06d.json", i)
		fmt.Fprintf(&config, "url = %q\noutput = %q\n", url, name)
		args = append(args, name)
	}
	curl := command(ctx, pages, d.env, "curl", "-sS", "--fail", "--parallel", "--parallel-max", fmt.Sprint(parallelism), "-K", "-")
	curl.Stdin = strings.NewReader(config.String())
	fetched, err := timed(curl)
	if err != nil {
		return u, err
	}
	out, err := os.Create(filepath.Join(d.dir, dumpFile))
	if err != nil {
		return u, err
	}
	jq := command(ctx, pages, d.env, "jq", args...)
	jq.Stdout = out
	u, err = timed(jq)
	return fetched.plus(u), errors.Join(err, out.Close())
}
