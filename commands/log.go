package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
)

type logArgs struct {
	stateArgs
	compareArgs

	full bool
}

func newLog(env Env, shared *common) command {
	a := new(logArgs)
	return command{
		name: "log", args: "RESOURCE", min: 1, max: 1,
		short: "the history of one provider, user or group: appeared, changed, gone",
		long: `
Tells what happened to a resource in all snapshots of one target, also where it is
long gone: when it appeared, which of its settings changed from what to what, when
it was gone. Each event lies between two snapshots, the last that knew of the
resource as it was before and the first that knew of it as it was after;
snapshots in between that did not look are named, with the reason.

RESOURCE is an id or the beginning of one (at least 4 characters), a name that it
has or had, an e-mail address, or the externalId of a SCIM user or group. If
several answer to it, such as one person in two providers, each is told of.

The target is --account, --zone or --profile, else CLOUDFLARE_ACCOUNT_ID or
CLOUDFLARE_ZONE_ID, else the only one that the history holds. Only settings count,
unless --all-fields is given. docs/severities.md lists what they weigh.`,
		examples: []example{
			{`idpsnap log "Corp SAML"`, "since when it has had that issuer"},
			{"idpsnap log ada@example.com --kind scim_user", "when she came, and when she left"},
		},
		exits: []int{exitDone, exitFailed, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			kindFlag(&a.kinds),
			&cli.BoolFlag{Name: "full", Destination: &a.full, Usage: "every setting of what appeared or is gone, every snapshot that did not look, and values at their whole length"},
		}, a.fieldFlags(), a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error { return runLog(ctx, env.until(ctx), shared, a, args[0]) },
	}
}

// maxLives is how many resources that answer to one word are told of.
const maxLives = 20

func runLog(ctx context.Context, env Env, shared *common, a *logArgs, word string) error {
	o, err := a.options()
	if err != nil {
		return err
	}
	return a.withStates(env, shared, func(open *opener) error {
		sel, err := open.scene(ctx).target(stateRef{})
		if err != nil {
			return err
		}
		s, err := open.history(ctx)
		if err != nil {
			return err
		}
		all, err := s.Snapshots(ctx)
		if err != nil {
			return err
		}
		if all = of(all, sel.target); len(all) == 0 {
			return &problem{class: errNotFound, text: "the history holds no snapshot of " + sel.String(), hint: "idpsnap snapshots lists what there is"}
		}
		lower := strings.ToLower(word)
		answers := func(r snapshot.Resource) match {
			if len(o.Kinds) > 0 && !slices.Contains(o.Kinds, r.Kind) {
				return noMatch
			}
			return answersTo(r, word, lower)
		}
		versions, err := s.Versions(ctx, sel.target, func(r snapshot.Resource) bool {
			// Of providers all are needed: with one its users go.
			return r.Kind == snapshot.IdentityProvider || answers(r) != noMatch
		})
		if err != nil {
			return err
		}
		best := noMatch
		for _, v := range versions {
			best = max(best, answers(v.Resource))
		}
		if best == noMatch {
			return neverHeld(word, sel, all, o.Kinds, versions)
		}
		lives, err := diff.Lives(all, versions, func(r snapshot.Resource) bool { return answers(r) == best }, o)
		if err != nil {
			return err
		}
		if len(lives) == 0 {
			return neverHeld(word, sel, all, o.Kinds, versions)
		}
		if len(lives) > maxLives {
			return tooMany(word, lives)
		}
		return report.Log(shared.format(), env.Stdout, sel.target, lives, report.DiffOptions{Style: shared.style(env), Full: a.full})
	})
}

// neverHeld says that nothing in the history answers to the word, how far that goes,
// and whether it is nearly the name of a provider.
func neverHeld(word string, sel selection, all []snapshot.Snapshot, kinds []snapshot.Kind, providers []snapshot.Version) error {
	text := fmt.Sprintf("no resource %q in any of %s of %s", word, plural(len(all), "snapshot"), sel)
	partial := 0
	for _, sn := range all {
		if slices.ContainsFunc(sn.Captures, func(c snapshot.Capture) bool {
			return c.Status != snapshot.Complete && (len(kinds) == 0 || slices.Contains(kinds, c.Kind))
		}) {
			partial++
		}
	}
	if partial > 0 {
		text += fmt.Sprintf("; %d of them did not look everywhere", partial)
	}
	hint := "idpsnap show latest lists what there is now; a name must be whole, an id may be cut short to 4 characters"
	var names []string
	for _, p := range providers {
		names = append(names, p.Name())
	}
	if near := nearest(word, names); near != "" {
		hint = "did you mean " + shellLine([]string{"idpsnap", "log", near}) + "?"
	}
	return &problem{class: errNotFound, text: text, hint: hint}
}

// tooMany lists the resources that answer to one word.
func tooMany(word string, lives []diff.Life) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%q means %d resources:", word, len(lives))
	for _, l := range lives[:maxLives] {
		fmt.Fprintf(&b, "\n%s  %s  %s", l.Kind, report.Safe(l.ID), report.Safe(l.Name()))
	}
	fmt.Fprintf(&b, "\nand %d more", len(lives)-maxLives)
	return &problem{class: errNotFound, text: b.String(), hint: "write the id, or narrow it with --kind"}
}
