package commands

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

type snapshotArgs struct {
	historyArgs
	targetArgs

	all          bool
	noSCIM       bool
	noReferences bool
	note         string
	parallelism  int
	reserve      string
}

func newSnapshot(env Env, shared *common) command {
	a := new(snapshotArgs)
	return command{
		name:  "snapshot",
		short: "pull a target into the history",
		long: `
Reads the identity providers of an account or zone, the SCIM users and groups that
each has synced, and the Access apps, policies and groups that name them, and
records them in the history. Nothing is written at Cloudflare. Secrets are taken
out before anything is kept. The first snapshot makes the history.

The snapshot appears whole or not at all. A list that could not be read makes it
partial: it is kept, exit code 3 says so, and the list counts as unknown, not as
empty. Apps, policies and groups that the token may not read are skipped, which
is no failure. Where the providers themselves may not be read, nothing is kept.

The target is --account, --zone or --profile, else CLOUDFLARE_ACCOUNT_ID or
CLOUDFLARE_ZONE_ID. The token needs "Access: Organizations, Identity Providers, and
Groups Read", which covers SCIM lists and Access groups too; for apps and policies
also "Access: Apps and Policies Read". idpsnap doctor checks it.

With --quiet nothing is printed but errors, unless --json asks for the result.`,
		examples: []example{
			{"idpsnap snapshot --account 5a0d0000000000000000000000000001", "with the token in CLOUDFLARE_API_TOKEN"},
			{"idpsnap snapshot --all --quiet", "every profile, for cron: silent but for what went wrong"},
			{"idpsnap snapshot --note 'before the Okta change' --json | jq -r '.snapshots[0].id'", ""},
		},
		exits: []int{exitDone, exitFailed, exitIncomplete, exitPermission, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat(a.targetArgs.flags(), []cli.Flag{
			&cli.BoolFlag{Name: "all", Destination: &a.all, Usage: "every profile of the configuration, one after the other"},
			&cli.BoolFlag{Name: "no-scim", Destination: &a.noSCIM, Usage: "leave out the SCIM users and groups"},
			&cli.BoolFlag{Name: "no-references", Destination: &a.noReferences, Usage: "leave out the Access apps, policies and groups"},
			&cli.StringFlag{Name: "note", Destination: &a.note, Usage: "`TEXT` to keep with the snapshot"},
			&cli.IntFlag{Name: "parallelism", Value: 8, Destination: &a.parallelism, Usage: "`NUMBER` of requests at once (default 8)"},
			&cli.StringFlag{Name: "rate-reserve", Value: "20%", Destination: &a.reserve, Usage: "`SHARE` of the rate budget left to the dashboard and other tools (default 20%)"},
		}, a.historyArgs.flags()),
		run: func(ctx context.Context, _ []string) error { return runSnapshot(ctx, env, shared, *a) },
	}
}

func runSnapshot(ctx context.Context, env Env, shared *common, a snapshotArgs) error {
	reserve, err := parseReserve(a.reserve)
	if err != nil {
		return err
	}
	if a.parallelism < 1 || a.parallelism > 64 {
		return usage("--parallelism 8", "--parallelism wants a number from 1 to 64, not %d", a.parallelism)
	}
	targets, err := a.targets(env)
	if err != nil {
		return err
	}
	p, err := shared.printer(env)
	if err != nil {
		return err
	}
	conn := connection{parallelism: a.parallelism, budget: sharedBudgets(env, reserve)}
	var taken []snapshot.Snapshot
	var failures []failedTarget
	for _, sel := range targets {
		sn, err := takeOne(ctx, env, shared, a, sel, conn)
		if ctx.Err() != nil && sn.ID == "" {
			err = context.Cause(ctx)
		}
		if err != nil {
			failures = append(failures, failedTarget{sel, err})
		} else {
			taken = append(taken, sn)
		}
		if ctx.Err() != nil {
			break
		}
	}
	// Here the result is a by-product of the recording.
	if len(taken) > 0 && (shared.json || !shared.quiet) {
		if err := p.Taken(taken); err != nil {
			return err
		}
	}
	return takenError(a.all, taken, failures)
}

// targets are those to take: of every profile with --all, else the one.
func (a snapshotArgs) targets(env Env) ([]selection, error) {
	if !a.all {
		sel, err := a.one(env)
		return []selection{sel}, err
	}
	if a.account != "" || a.zone != "" || a.profile != "" {
		return nil, usage("leave out one or the other", "--all and --account, --zone or --profile contradict each other")
	}
	c, err := a.load(env)
	if err != nil {
		return nil, err
	}
	if len(c.Profiles) == 0 {
		return nil, usage("write profiles into "+c.path+", or name one target with --account", "--all: there are no profiles")
	}
	var all []selection
	for _, name := range c.names() {
		sel, err := c.Profiles[name].selection()
		if err != nil {
			return nil, err
		}
		all = append(all, sel)
	}
	return all, nil
}

// takeOne takes a snapshot of one target and records it.
func takeOne(ctx context.Context, env Env, shared *common, a snapshotArgs, sel selection, conn connection) (sn snapshot.Snapshot, err error) {
	path, err := a.path(env)
	if err != nil {
		return sn, err
	}
	progress, done := shared.reading(ctx, env)
	defer done()
	say := notes{env, shared, progress}
	conn.waiting = progress.Waiting
	client, err := sel.client(ctx, env, conn)
	if err != nil {
		return sn, err
	}
	src := client.Source(sel.target)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		// Credentials that do not work should not leave an empty history behind.
		providers := snapshot.Collection{Kind: snapshot.IdentityProvider}
		if err := src.Read(ctx, providers, discard{}); err != nil {
			return sn, err
		}
	}
	err = a.orCreate(ctx, env, func(s *store.Store, path string, isNew bool) error {
		draft, err := s.Begin(ctx, sel.target)
		if err != nil {
			return err
		}
		sn, err = snapshot.Take(ctx, src, draft, snapshot.TakeOptions{
			Now:        env.Now,
			SCIM:       !a.noSCIM,
			References: !a.noReferences,
			Note:       a.note,
			Tool:       env.Version,
			Progress:   progress.Collection,
		})
		if err != nil {
			return err
		}
		if sn, err = draft.Commit(ctx, sn); err != nil {
			return err
		}
		progress.Done()
		if isNew {
			say.tell(ctx, "made the history %s, which only you may read; keep a copy of it elsewhere", path)
		}
		say.detail(ctx, "snapshot %s: %s", sn.ID, plural(sn.Requests, "request"))
		return nil
	})
	return sn, err
}

// discard is a Listing that counts and keeps nothing.
type discard struct{}

func (discard) Page(elements []snapshot.Element) (int, error) { return len(elements), nil }
func (discard) Restart()                                      {}

// parseReserve reads a share of the rate budget: "20%", "20" or "0.2".
func parseReserve(s string) (float64, error) {
	number, percent := strings.CutSuffix(s, "%")
	f, err := strconv.ParseFloat(number, 64)
	if percent || f >= 1 {
		f /= 100
	}
	if err != nil || !(f >= 0 && f <= 0.95) {
		return 0, usage("--rate-reserve 20%", "--rate-reserve wants a share from 0%% to 95%%, not %q", s)
	}
	return f, nil
}
