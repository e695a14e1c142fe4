package commands

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

type exportArgs struct {
	stateArgs

	format, out string
	kinds       cli.StringSlice
}

func newExport(env Env, shared *common) command {
	a := new(exportArgs)
	return command{
		name: "export", args: "STATE", min: 1, max: 1,
		short: "a state as JSON, YAML, CSV, SQLite or Terraform",
		long: `
Writes a state for other programs, to stdout or into a new file (mode 0600):

  json        what show STATE --json prints; file:PATH reads it as a state, and
              import puts it into another history
  yaml        the same for people to read and edit; reads back, too
  csv         the SCIM users, a line each
  sqlite      tables for any program that knows SQL; needs --out
  terraform   the identity providers as a configuration for Cloudflare's Terraform
              provider 5, with blocks that import what exists

There are no secrets in any of them, because no state has any: in Terraform they
are variables. What Terraform's provider cannot hold is listed in comments above
each resource. --out FILE appears whole or not at all and replaces nothing; where
it is a directory, Terraform's file in it is main.tf.
` + statesHelp,
		examples: []example{
			{"idpsnap export latest --out state.json", "a copy that needs no history"},
			{"idpsnap export 2026-06-30 --out users.csv", "who had access at the end of June"},
			{"idpsnap export live --format terraform > main.tf", ""},
			{"idpsnap export latest --out state.yaml; idpsnap diff file:state.yaml live", "an exported file is a state like any other"},
		},
		exits: []int{exitDone, exitFailed, exitIncomplete, exitPermission, exitRefused, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "format", Destination: &a.format, Usage: "`FORMAT`: " + strings.Join(exportFormats(), ", ") + " (default json, or what the name of --out ends in)"},
			&cli.StringFlag{Name: "out", Destination: &a.out, Usage: "new `FILE` for it, for its owner alone (default: stdout)"},
			kindFlag(&a.kinds),
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error {
			return runExport(ctx, env.until(ctx), shared, a, args[0])
		},
	}
}

// sqlite is the format that is a file and nothing else.
const sqlite = "sqlite"

func exportFormats() []string { return append(report.ExportFormats(), sqlite) }

// export is what is to be written: how, of which kinds, and where to.
type export struct {
	format string
	kinds  []snapshot.Kind // that are wanted; all where there are none
	need   need
	path   string // "" is stdout
}

func runExport(ctx context.Context, env Env, shared *common, a *exportArgs, text string) error {
	x, err := a.parse(shared)
	if err != nil {
		return err
	}
	return a.withStates(env, shared, func(o *opener) error {
		found, err := o.find(ctx, text)
		if err != nil {
			return err
		}
		st, err := o.open(ctx, found, x.need)
		if err != nil {
			return err
		}
		if err := x.possible(st.snapshot); err != nil {
			return err
		}
		if x.path == "" {
			err = x.to(env.Stdout, st)
		} else if err = x.toFile(ctx, st); err == nil {
			notes{env: env, shared: shared}.tell(ctx, "wrote %s", report.Safe(x.path))
		}
		if err != nil {
			return err
		}
		return x.lacks(st.snapshot)
	})
}

// parse looks at what was asked for, before anything is read.
func (a *exportArgs) parse(shared *common) (export, error) {
	x := export{format: a.format, need: everything, path: a.out}
	if x.format == "" {
		var err error
		if x.format, err = exportFormat(shared, a.out); err != nil {
			return x, err
		}
	}
	if !slices.Contains(exportFormats(), x.format) {
		return x, usage(spelling("--format", x.format, exportFormats()), "unknown format %q: one of %s", x.format, strings.Join(exportFormats(), ", "))
	}
	if shared.json && x.format != "json" {
		return x, usage("leave one of them out", "--json and --format %s contradict each other", x.format)
	}
	var err error
	if x.kinds, err = parseKinds(a.kinds.Value()); err != nil {
		return x, err
	}
	switch x.format {
	case sqlite:
		if x.path == "" {
			err = usage("--out FILE", "--format sqlite writes a file, and none is named")
		}
	case "csv":
		x.need = need{scim: true}
		err = x.only(snapshot.SCIMUser, snapshot.IdentityProvider)
	case "terraform":
		x.need = need{}
		err = x.only(snapshot.IdentityProvider)
		if info, missing := os.Stat(x.path); x.path != "" && missing == nil && info.IsDir() {
			x.path = filepath.Join(x.path, "main.tf")
		}
	}
	if err != nil {
		return x, err
	}
	return x, creatable("--out", x.path)
}

// exportFormat is the format that the name of a file asks for.
func exportFormat(shared *common, path string) (string, error) {
	if info, err := os.Stat(path); path == "" || err == nil && info.IsDir() {
		return "json", nil
	}
	endings := map[string]string{
		"": "json", ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv", ".sqlite": sqlite, ".db": sqlite, ".tf": "terraform",
	}
	format, ok := endings[strings.ToLower(filepath.Ext(path))]
	if shared.json && ok && format != "json" {
		return "", usage("leave one of them out", "--json and --out %s contradict each other", path)
	}
	if shared.json {
		return "json", nil
	}
	if !ok {
		return "", usage("--format says which, or --out state.json, .yaml, .csv, .sqlite, .db or .tf", "no format is known by the ending of %s", path)
	}
	return format, nil
}

// only makes the kind the one that is wanted; what else is read of the state helps to
// tell about it.
func (x *export) only(kind snapshot.Kind, besides ...snapshot.Kind) error {
	for _, k := range x.kinds {
		if k != kind {
			return usage("leave --kind out, or choose another format", "--format %s is about resources of the kind %s, not %s", x.format, kind, k)
		}
	}
	x.kinds = append([]snapshot.Kind{kind}, besides...)
	return nil
}

// possible refuses what would say the opposite of the truth: Terraform takes it that
// what is not in a configuration is to go.
func (x export) possible(sn snapshot.Snapshot) error {
	if x.format != "terraform" {
		return nil
	}
	c, ok := sn.Capture(snapshot.Collection{Kind: snapshot.IdentityProvider})
	if ok && (c.Status == snapshot.Complete || c.Status == snapshot.Partial) {
		return nil
	}
	return &problem{
		class: errIncomplete, text: "the identity providers of this state are not known: " + cmp.Or(c.Error, "nobody read them") + "; nothing was written",
		hint: "what could not be read is unknown, not empty",
	}
}

func (x export) to(w io.Writer, st opened) error {
	return report.Export(x.format, w, st.snapshot, st.resources(x.kinds))
}

func (x export) toFile(ctx context.Context, st opened) error {
	return whole(x.path, func(staged string) error {
		if x.format == sqlite {
			return store.WritePlain(ctx, staged, st.snapshot, st.resources(x.kinds))
		}
		return filled(ctx, staged, func(w io.Writer) error { return x.to(w, st) })
	})
}

// lacks says what of the wanted kinds is not there because it is not known. JSON, YAML
// and SQLite say of each collection how it was read, so that it is enough to tell what
// failed; a list of users or a configuration cannot say it.
func (x export) lacks(sn snapshot.Snapshot) error {
	if x.format != "csv" && x.format != "terraform" {
		return incompleteState(sn, x.kinds)
	}
	var lines []string
	for _, c := range sn.Captures {
		if slices.Contains(x.kinds, c.Kind) && c.Status != snapshot.Complete && c.Status != snapshot.Unsupported {
			lines = append(lines, fmt.Sprintf("%s: %s", collectionLabel(c), cmp.Or(c.Error, string(c.Status))))
		}
	}
	if lines == nil {
		return nil
	}
	return &problem{
		class: errIncomplete, text: "incomplete: this is not in it, because it is not known\n" + strings.Join(lines, "\n"),
		hint: "what could not be read is unknown, not empty",
	}
}
