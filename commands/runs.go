package commands

import (
	"context"
	"errors"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/store"
)

type runsArgs struct {
	historyArgs

	format string
}

func newRuns(env Env, shared *common) command {
	a := new(runsArgs)
	return command{
		name: "runs", args: "[show|checklist RUN]", max: 2,
		short: "what restores and migrations have written, and what came of it",
		long: `
Lists the runs of the history, the newest last: done; incomplete, where something
failed or still differed in the end; interrupted, where it was broken off; running.
runs show RUN tells what came of each action, and old ids and new ones. runs
checklist RUN prints again what is left to do by hand. RUN is an id, or at least 4
of its first digits.`,
		examples: []example{{"idpsnap runs", ""}, {"idpsnap runs show 3f2a91bc", ""}, {"idpsnap runs checklist 3f2a91bc --format html > moving.html", ""}},
		exits:    []int{exitDone, exitFailed, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "format", Destination: &a.format, Usage: "`FORMAT` of the checklist: text, markdown, html or json (default text)"},
		}, a.flags()),
		run: func(ctx context.Context, args []string) error { return runRuns(ctx, env, shared, a, args) },
	}
}

func runRuns(ctx context.Context, env Env, shared *common, a *runsArgs, args []string) error {
	verbs := []string{"show", "checklist"}
	switch {
	case len(args) > 0 && !slices.Contains(verbs, args[0]):
		return usage(spelling("runs", args[0], verbs), "runs takes show RUN or checklist RUN, not %q", args[0])
	case len(args) == 1:
		return usage("idpsnap runs lists them", "runs %s needs the id of a run", args[0])
	case a.format != "" && (len(args) == 0 || args[0] != "checklist"):
		return usage("leave it out", "--format is for runs checklist")
	}
	return a.with(ctx, env, func(s *store.Store) error {
		if len(args) == 0 {
			past, err := readRuns(ctx, env, s)
			if err != nil && !errors.Is(err, errIntegrity) {
				return err
			}
			runs := []migrate.Run{}
			for _, r := range past {
				runs = append(runs, r.Run)
			}
			return errors.Join(report.Runs(shared.format(), env.Stdout, shared.style(env), runs), err)
		}
		r, err := findRun(ctx, env, s, args[1])
		if err != nil {
			return err
		}
		if args[0] == "show" {
			return report.Run(shared.format(), env.Stdout, shared.style(env), r.Run)
		}
		format := a.format
		if format == "" {
			format = shared.format()
		}
		return report.Checklists(format, env.Stdout, shared.style(env), r.Plan, r.ID, checklistsOf(r.Plan, r.Steps), r.Plan.Dangling)
	})
}
