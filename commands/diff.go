package commands

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
)

type diffArgs struct {
	stateArgs
	compareArgs

	format   string
	severity string
	mapped   cli.StringSlice
	stat     bool
	full     bool
	exitCode bool
}

func newDiff(env Env, shared *common) command {
	a := new(diffArgs)
	return command{
		name: "diff", args: "[A [B]]", max: 2,
		short: "what differs between any two states, and how much it matters",
		long: `
Compares two states, each a snapshot, a live target or a file: by default the
latest snapshot with the live target, so what happened since. A alone is compared
with its target's live state, or, where A is live, its target's latest snapshot with
A. Only settings count: what a person chose, and not what Cloudflare computes. Live
states are read, and recorded nowhere.

Within one target resources are the same if their ids are, and a provider that was
deleted and created again is found by its type and name. Between two targets
providers are known by type and name, users by externalId or e-mail address, groups
by externalId or name. What could be more than one is ambiguous, and not guessed.

What one of the states could not look at is not compared, which is said first and
ends with status 3. With --exit-code a comparison without differences is silent, and
differences end with status 2: a drift alarm for cron.

Severities come from a table of rules: docs/severities.md lists them. --rules FILE
changes them or adds others.
` + statesHelp,
		examples: []example{
			{"idpsnap diff", "what changed since the last night"},
			{"idpsnap diff latest~1 latest --exit-code", "in cron: silent unless something changed"},
			{"idpsnap diff 7d live --severity high", "what matters of a week"},
			{"idpsnap diff prod labs --kind identity_provider", "two accounts, by their profiles"},
			{"idpsnap diff file:before.json latest --format markdown", "for a pull request"},
		},
		exits: []int{exitDone, exitFailed, exitDifferent, exitIncomplete, exitPermission, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "exit-code", Destination: &a.exitCode, Usage: "end with status 2 where something differs; where nothing does, text is silent"},
			&cli.StringFlag{Name: "format", Destination: &a.format, Usage: "`FORMAT` of the result: " + strings.Join(report.DiffFormats(), ", ") + " (default text)"},
			&cli.BoolFlag{Name: "stat", Destination: &a.stat, Usage: "one line for each resource, without its settings"},
			&cli.BoolFlag{Name: "full", Destination: &a.full, Usage: "every user and group, however many, and values at their whole length"},
			&cli.StringFlag{Name: "severity", Destination: &a.severity, Usage: "only changes of this `SEVERITY` or worse: " + strings.Join(severityNames(), ", ")},
		}, a.flags(), []cli.Flag{
			&cli.StringSliceFlag{Name: "map", Destination: &a.mapped, Usage: "`OLD=NEW`: take A's OLD for B's NEW; ids, or names of providers; may be given again"},
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error { return runDiff(ctx, env.until(ctx), shared, a, args) },
	}
}

// errDifferent ends a command that found differences where --exit-code asks for
// that. It is said by the result, not by an error.
var errDifferent = errors.New("differences found")

func runDiff(ctx context.Context, env Env, shared *common, a *diffArgs, args []string) error {
	o, err := a.options()
	if err != nil {
		return err
	}
	if a.severity != "" {
		if o.AtLeast, err = diff.ParseSeverity(a.severity); err != nil {
			return usage(spelling("--severity", a.severity, severityNames()), "%v", err)
		}
	}
	if o.Map, err = parseMap(a.mapped.Value()); err != nil {
		return err
	}
	format, err := a.resultFormat(shared)
	if err != nil {
		return err
	}
	if o.Brief = format != "json"; o.Brief && !a.full { // no more than is shown
		o.Most = report.MaxListed
	}
	room := make([]byte, env.Headroom) // never touched, and so no memory is taken
	defer runtime.KeepAlive(room)
	return a.withStates(env, shared, func(open *opener) error {
		stA, stB, err := open.two(ctx, args)
		if err != nil {
			return err
		}
		r, err := open.compare(ctx, stA, stB, o)
		if err != nil {
			return err
		}
		if a.exitCode && format == "text" && r.Complete() && len(r.Changes) == 0 {
			return nil
		}
		style := report.DiffOptions{Style: shared.style(env), Stat: a.stat, Full: a.full}
		if err := report.Diff(format, env.Stdout, r, style); err != nil {
			return err
		}
		return open.verdict(ctx, r, a.exitCode)
	})
}

// resultFormat settles between --format and --json.
func (a *diffArgs) resultFormat(shared *common) (string, error) {
	switch {
	case a.format == "":
		return shared.format(), nil
	case !slices.Contains(report.DiffFormats(), a.format):
		return "", usage(spelling("--format", a.format, report.DiffFormats()), "unknown format %q: one of %s", a.format, strings.Join(report.DiffFormats(), ", "))
	case shared.json && a.format != "json":
		return "", usage("leave one of them out", "--json and --format %s contradict each other", a.format)
	}
	return a.format, nil
}

// verdict is the error that a comparison ends with, after it was shown.
func (o *opener) verdict(ctx context.Context, r diff.Result, exitCode bool) error {
	switch {
	case !r.Complete():
		var unread snapshot.Snapshot
		for _, n := range r.NotCompared {
			unread.Captures = append(unread.Captures, snapshot.Capture{
				Collection: n.Collection, ProviderName: n.ProviderName, Status: snapshot.Failed, Error: n.Reason,
			})
		}
		hint := "what could not be looked at is unknown, neither gone nor unchanged"
		if len(r.Ambiguous) > 0 {
			hint = "--map OLD=NEW says which is which"
		} else if whole := o.wholeBefore(ctx, r.A.Snapshot); whole != "" {
			hint = fmt.Sprintf("the last complete snapshot before %s is %s: idpsnap diff %s %s", r.A.Text, whole, whole, r.B.Text)
		}
		return &problem{class: errIncomplete, text: "incomplete: not everything could be compared\n" + strings.Join(failedLines(unread, nil), "\n"), hint: hint}
	case exitCode && len(r.Changes) > 0:
		return errDifferent
	}
	return nil
}

// wholeBefore gives the id of the last complete snapshot before one of the history
// that is partial; "" where there is none.
func (o *opener) wholeBefore(ctx context.Context, sn snapshot.Snapshot) string {
	if sn.ID == "" || sn.Status() == snapshot.Complete || o.store == nil {
		return ""
	}
	all, err := o.scene(ctx).history()
	if err != nil {
		return ""
	}
	all = of(all, sn.Target)
	i := slices.IndexFunc(all, func(s snapshot.Snapshot) bool { return s.ID == sn.ID })
	for _, s := range slices.Backward(all[:max(i, 0)]) {
		if s.Status() == snapshot.Complete && s.Origin == snapshot.Ordinary {
			return snapshot.ShortID(s.ID)
		}
	}
	return ""
}

// two finds the two states of a comparison.
func (o *opener) two(ctx context.Context, args []string) (a, b state, err error) {
	sc := o.scene(ctx)
	textA, textB := "latest", "live"
	if len(args) > 0 {
		textA = args[0]
	}
	if len(args) > 1 {
		textB = args[1]
	}
	if a, err = sc.resolve(textA); err != nil {
		return a, b, err
	}
	if len(args) == 1 {
		if a.file != "" { // which target it is of, the file says
			read, err := o.open(ctx, a, everything)
			if err != nil {
				return a, b, err
			}
			a.read, a.snapshot = &read, read.snapshot
		}
		if a, textB, err = sc.beside(a); err != nil {
			return a, b, err
		}
	}
	if b, err = sc.resolve(textB); err == nil && a.file == "-" && b.file == "-" { // before anybody waits for it
		err = usage("save one of them in a file first", "stdin holds one state, and both are file:-")
	}
	return a, b, err
}

// beside gives what a state that was named alone is compared with: the live state
// of its target. A live state itself is what the latest snapshot is compared with.
func (sc scene) beside(a state) (_ state, live string, err error) {
	if a.live {
		latest, err := sc.resolve(a.of.String() + "@latest")
		return latest, a.text, err
	}
	if i := strings.LastIndexByte(a.text, '@'); i > 0 && a.file == "" { // with its profile, and so its token
		return a, a.text[:i] + "@live", nil
	}
	if sel, ok, err := sc.chosen(); err == nil && ok && sel.target == a.snapshot.Target {
		return a, "live", nil
	}
	return a, a.snapshot.Target.String() + "@live", nil
}

// compare reads both states, as far as the options need them, and compares them.
func (o *opener) compare(ctx context.Context, stA, stB state, options diff.Options) (diff.Result, error) {
	need := needOf(options.Kinds)
	if len(options.Providers)+len(options.Types) > 0 {
		need.references = false // they are of no provider
	}
	a, err := o.open(ctx, stA, need)
	if err != nil {
		return diff.Result{}, err
	}
	b, err := o.open(ctx, stB, need)
	if err != nil {
		return diff.Result{}, err
	}
	sideA, err := a.side()
	if err != nil {
		return diff.Result{}, err
	}
	sideB, err := b.side()
	if err != nil {
		return diff.Result{}, err
	}
	r, err := diff.Compare(sideA, sideB, pairs(ctx, a, b, sideA, sideB, options.Kinds), options)
	return r, unknownOption(err)
}

// side is the state as package diff wants it.
func (o opened) side() (diff.State, error) {
	st := diff.State{Text: o.text, Snapshot: o.snapshot}
	for r, err := range o.resources([]snapshot.Kind{snapshot.IdentityProvider}) {
		if err != nil {
			return st, err
		}
		st.Providers = append(st.Providers, r)
	}
	return st, nil
}

// pairs yields the resources beside providers whose documents differ. Of two
// snapshots of one target the history finds them at the cost of what changed.
func pairs(ctx context.Context, a, b opened, sideA, sideB diff.State, kinds []snapshot.Kind) iter.Seq2[snapshot.Pair, error] {
	if len(kinds) == 0 {
		kinds = snapshot.Kinds()
	}
	within := a.snapshot.Target == b.snapshot.Target
	if !within && slices.ContainsFunc(kinds, snapshot.Kind.IsReference) { // they name one another by id
		kinds = append(slices.Clone(kinds), snapshot.AccessGroup, snapshot.AccessPolicy, snapshot.AccessApp)
	}
	kinds = slices.DeleteFunc(slices.Clone(kinds), func(k snapshot.Kind) bool { return k == snapshot.IdentityProvider })
	if len(kinds) == 0 {
		return func(func(snapshot.Pair, error) bool) {}
	}
	if a.history != nil && b.history != nil && within {
		return a.history.Differences(ctx, a.snapshot.ID, b.snapshot.ID, kinds...)
	}
	return diff.Pairs(sideA, sideB, a.resources(kinds), b.resources(kinds))
}

// unknownOption says of a flag that it names what there is not.
func unknownOption(err error) error {
	var unknown *diff.UnknownError
	if !errors.As(err, &unknown) {
		return err
	}
	text := unknown.Error()
	if unknown.What == "type" {
		text = fmt.Sprintf("unknown type %q", unknown.Word)
	}
	if len(unknown.Known) > 0 {
		text += "; there are:"
		for _, name := range unknown.Known {
			text += "\n" + report.Safe(name)
		}
	}
	hint := "names may have * and ? in them; --map and --provider take ids, too"
	if unknown.What == "type" {
		hint = spelling("--type", unknown.Word, unknown.Known)
	}
	return &problem{class: errNotFound, text: text, hint: hint}
}

// parseMap reads OLD=NEW.
func parseMap(list []string) (map[string]string, error) {
	m := map[string]string{}
	for _, word := range list {
		old, updated, ok := strings.Cut(word, "=")
		switch {
		case !ok || old == "" || updated == "":
			return nil, usage("--map OLD=NEW, both ids or names of providers", "--map %q names no two resources", word)
		case m[old] != "":
			return nil, usage("keep one of them", "--map says twice what %q is", old)
		}
		m[old] = updated
	}
	return m, nil
}

func severityNames() []string {
	var names []string
	for _, s := range diff.Severities() {
		names = append(names, s.String())
	}
	return names
}
