package commands

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

type reportArgs struct {
	stateArgs
	compareArgs

	target   string
	from, to string
	at       string
	since    string
	severity string
	every    string
	stale    string
	redact   string

	format  string
	out     string
	bundle  string
	closing string
	exit    bool
}

func newReport(env Env, shared *common) command {
	a := new(reportArgs)
	var kinds []string
	for _, k := range audit.Kinds() {
		kinds = append(kinds, string(k))
	}
	return command{
		name: "report", args: "KIND", min: 1, max: 1, words: kinds,
		short: "evidence for an audit: who had access, who left, what changed, what proves it",
		long: `
Makes a report out of the history; Cloudflare is not asked. KIND is

  access-review   every SCIM user of every provider on a day, what changed since the
                  last review, risk flags, and empty columns for the reviewer
  lifecycle       who joined, left, was deactivated or renamed, and in which window
  config-changes  every setting that changed, old and new, and how much it matters
  deprovisioning  what happens to leavers at each provider, and what is missing
  posture         every provider, its endpoints and certificates, and which apps
                  allow it
  coverage        that a snapshot was taken every night, and where none was

access-review, deprovisioning and posture are about a moment, --at: by default the
last complete snapshot. --from and --to are the period of the others. A review is
compared with the last complete snapshot until --since, the day of the last review,
or else until --from. All are dates, times, ages (90d), latest, or a snapshot's id;
a date means all of that day, UTC. What was not read in a night is not known: nobody
counts as gone who was on a list that was not read.

--bundle DIR writes everything that an auditor needs into a new directory, with the
snapshots that it cites and SHA256SUMS, and pins those snapshots: forget does not
take them. Of an access review that is all six reports; of another kind, that kind
and coverage. idpsnap verify DIR checks it.

--close FILE reads an access review that was filled in (the CSV, or the workbook),
and proves by a later snapshot, --at, which revocations took effect.

Reports name people. Files are made for their owner alone, and are never
overwritten; --redact pii puts pseudonyms in the place of names and addresses.`,
		examples: []example{
			{"idpsnap report access-review --at 2026-09-30 --from 2026-07-01 --bundle q3/", "the quarter's evidence"},
			{"idpsnap report access-review --since 2026-06-30 --out review.xlsx", "what changed since the last review?"},
			{"idpsnap report access-review --close q3-filled.xlsx --exit-code", "did every revocation take effect?"},
			{"idpsnap report lifecycle --from 30d --format csv --out leavers.csv", ""},
			{"idpsnap report config-changes --from 2026-07-01 --severity high", ""},
			{"idpsnap report coverage --from 2026-01-01 --format html --out coverage.html", ""},
		},
		exits: []int{exitDone, exitFailed, exitDifferent, exitIncomplete, exitRefused, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "at", Destination: &a.at, Usage: "the `MOMENT` that the report is about (default: the last complete snapshot)"},
			&cli.StringFlag{Name: "from", Destination: &a.from, Usage: "where the period begins: `MOMENT` (default: where the history does)"},
			&cli.StringFlag{Name: "to", Destination: &a.to, Usage: "where the period ends: `MOMENT` (default: --at, else now)"},
			&cli.StringFlag{Name: "since", Destination: &a.since, Usage: "what a review is compared with: `MOMENT` of the last one (default: --from)"},
			&cli.StringFlag{Name: "target", Destination: &a.target, Usage: "`TARGET`: account:<id>, zone:<id> or a profile's name"},
			&cli.StringFlag{Name: "format", Destination: &a.format, Usage: "`FORMAT`: " + strings.Join(report.EvidenceFormats(), ", ") + " (default table, or what the name of --out ends in)"},
			&cli.StringFlag{Name: "out", Destination: &a.out, Usage: "a new `FILE` for the report, instead of stdout"},
			&cli.StringFlag{Name: "bundle", Destination: &a.bundle, Usage: "a new `DIR` for the report in every format, with what proves it"},
			&cli.StringFlag{Name: "close", Destination: &a.closing, Usage: "the `FILE` of an access review that was filled in"},
			&cli.BoolFlag{Name: "exit-code", Destination: &a.exit, Usage: "with --close: end with status 2 where something is still open"},
			&cli.StringFlag{Name: "redact", Destination: &a.redact, Usage: "`WHAT`: pii, for pseudonyms instead of people's names and addresses"},
			&cli.StringFlag{Name: "severity", Destination: &a.severity, Usage: "only changes of this `SEVERITY` or worse: " + strings.Join(severityNames(), ", ")},
			&cli.StringFlag{Name: "every", Destination: &a.every, Usage: "how often a snapshot is due, as `TIME`: 24h, 1d, 1w (default 1d)"},
			&cli.StringFlag{Name: "stale", Destination: &a.stale, Usage: "after which `TIME` without an update a user counts as stale (default 90d)"},
		}, a.flags(), a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error {
			kind := audit.Kind(args[0])
			if !slices.Contains(kinds, args[0]) {
				return usage(spelling("idpsnap report", args[0], kinds), "unknown report %q: one of %s", args[0], strings.Join(kinds, ", "))
			}
			return runReport(ctx, env.until(ctx), shared, a, kind)
		},
	}
}

func runReport(ctx context.Context, env Env, shared *common, a *reportArgs, kind audit.Kind) error {
	format, err := a.check(env, shared, kind)
	if err != nil {
		return err
	}
	return a.withStates(env, shared, func(open *opener) error {
		s, err := open.history(ctx)
		if err != nil {
			return err
		}
		q, err := a.query(ctx, open, kind)
		if err != nil {
			return err
		}
		e, err := newEvidence(ctx, env, s, q, a.commandLine(kind))
		if err != nil {
			return err
		}
		switch {
		case a.closing != "":
			return a.close(ctx, env, shared, e, format)
		case a.bundle != "":
			return a.writeBundle(ctx, env, shared, s, e)
		}
		r, err := e.report(ctx, kind)
		if err != nil {
			return err
		}
		if err := a.show(ctx, env, shared, r, format); err != nil {
			return err
		}
		return e.verdict(kind)
	})
}

// check looks at what can be told to be wrong before anything is read, and gives the
// format.
func (a *reportArgs) check(env Env, shared *common, kind audit.Kind) (format string, err error) {
	if a.bundle != "" && (a.format != "" || a.out != "" || shared.json) {
		return "", usage("leave --format, --out and --json out", "--bundle writes every format into its directory")
	}
	if a.closing != "" && (kind != audit.AccessReview || a.bundle != "") {
		return "", usage("idpsnap report access-review --close FILE", "--close goes with access-review alone, and not with --bundle")
	}
	if a.exit && a.closing == "" {
		return "", usage("leave it out", "--exit-code goes with --close")
	}
	if a.redact != "" && a.redact != "pii" {
		return "", usage("--redact pii", "--redact %q: there is pii only", a.redact)
	}
	if err := a.understood(kind); err != nil {
		return "", err
	}
	if format, err = a.reportFormat(shared); err != nil {
		return "", err
	}
	if format == "xlsx" && a.out == "" && env.OutTerminal {
		return "", usage("--out report.xlsx", "a workbook is nothing for a terminal")
	}
	return format, creatable("--out", a.out)
}

// reportFormat settles between --format, --json and the name of --out.
func (a *reportArgs) reportFormat(shared *common) (string, error) {
	format := a.format
	switch {
	case shared.json && format != "" && format != "json":
		return "", usage("leave one of them out", "--json and --format %s contradict each other", format)
	case shared.json:
		format = "json"
	case format != "" && !slices.Contains(report.EvidenceFormats(), format):
		return "", usage(spelling("--format", format, report.EvidenceFormats()), "unknown format %q: one of %s", format, strings.Join(report.EvidenceFormats(), ", "))
	}
	ending := strings.ToLower(filepath.Ext(a.out))
	named := formatNamed(ending)
	switch {
	case named == "" && ending != "" && format == "":
		return "", usage("--format says which, or --out report.html, .xlsx, .csv, .json, .md or .txt", "no format is known by the ending of %s", a.out)
	case format == "":
		return cmp.Or(named, "table"), nil
	case named != "" && named != format && (named != "table" || format == "xlsx"): // whoever opens it would be misled; but any text may be in a .txt
		return "", usage("leave one of them out, or name the file otherwise", "the format %s and the name %s contradict each other", format, a.out)
	}
	return format, nil
}

// formatNamed is the format that the ending of a file's name stands for; "" for one that
// stands for none.
func formatNamed(ending string) string {
	if f := map[string]string{".md": "markdown", ".txt": "table", ".htm": "html"}[ending]; f != "" {
		return f
	}
	if f := strings.TrimPrefix(ending, "."); f != ending && slices.Contains(report.EvidenceFormats(), f) {
		return f
	}
	return ""
}

// show writes the report where it is wanted.
func (a *reportArgs) show(ctx context.Context, env Env, shared *common, r *audit.Report, format string) error {
	if a.out == "" {
		return report.Evidence(env.Stdout, format, shared.style(env), r)
	}
	return whole(a.out, func(staged string) error {
		return filled(ctx, staged, func(w io.Writer) error { return report.Evidence(w, format, report.Style{}, r) })
	})
}

// commandLine is what the report says that it was asked by: where it was written to
// says nothing about what is in it.
func (a *reportArgs) commandLine(kind audit.Kind) string {
	words := []string{"idpsnap", "report", string(kind)}
	for _, f := range [][2]string{
		{"--target", a.target},
		{"--account", a.account},
		{"--zone", a.zone},
		{"--profile", a.profile},
		{"--close", a.closing},
		{"--at", a.at},
		{"--from", a.from},
		{"--to", a.to},
		{"--since", a.since},
		{"--severity", a.severity},
		{"--every", a.every},
		{"--stale", a.stale},
		{"--redact", a.redact},
		{"--rules", a.rules},
	} {
		if f[1] != "" {
			words = append(words, f[0], quoted(f[1]))
		}
	}
	for _, f := range []struct {
		name   string
		values []string
	}{{"--kind", a.kinds.Value()}, {"--provider", a.providers.Value()}, {"--type", a.types.Value()}, {"--ignore", a.ignore.Value()}} {
		for _, v := range f.values {
			words = append(words, f.name, quoted(v))
		}
	}
	if a.allFields {
		words = append(words, "--all-fields")
	}
	return strings.Join(words, " ")
}

// quoted writes a word as a shell takes it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:/@~,+%", r)
	}
	if strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// evidence is what the reports of one command line are made of.
type evidence struct {
	query
	audit.Question

	history audit.History
	key     []byte   // of pseudonyms, where they are wanted
	pins    []string // why snapshots are pinned, where a bundle is checked
	store   *store.Store
	chain   report.BundleHistory
	tool    string
}

func newEvidence(ctx context.Context, env Env, s *store.Store, q query, command string) (*evidence, error) {
	all, err := s.Snapshots(ctx)
	if err != nil {
		return nil, err
	}
	forgotten, err := s.Forgotten(ctx)
	if err != nil {
		return nil, err
	}
	chain, err := s.Chain(ctx)
	if err != nil {
		return nil, err
	}
	e := &evidence{query: q, store: s, tool: env.Version}
	e.chain = report.BundleHistory{Snapshots: len(chain), Forgotten: len(forgotten)}
	if len(chain) > 0 {
		e.chain.Head = chain[len(chain)-1]
	}
	if err := e.pseudonyms(ctx, env); err != nil {
		return nil, err
	}
	if err := e.ask(all, forgotten, command); err != nil {
		return nil, err
	}
	for _, id := range []string{e.query.At, e.query.Since} {
		if e.tombstone(id) != nil { // since the command line was read
			return nil, &problem{class: errNotFound, text: fmt.Sprintf("snapshot %s was just forgotten", snapshot.ShortID(id)), hint: "idpsnap snapshots lists what there is"}
		}
	}
	return e, e.providersKnown(ctx)
}

// pseudonyms gets the key that the history makes them with, where they are wanted: a
// fresh one the first time.
func (e *evidence) pseudonyms(ctx context.Context, env Env) (err error) {
	if !e.query.Redact {
		return nil
	}
	e.key, err = e.store.PseudonymKey(ctx, env.Now(), func() ([]byte, error) {
		key := make([]byte, 32)
		_, err := io.ReadFull(env.Entropy, key)
		return key, err
	})
	return err
}

// ask asks the query of what a history holds, and once held.
func (e *evidence) ask(all []snapshot.Snapshot, forgotten []snapshot.Forgotten, command string) (err error) {
	if e.Question, err = e.question(all, forgotten); err != nil {
		return err
	}
	e.Command, e.Tool, e.history = command, e.tool, e.store
	if e.query.Redact {
		e.Question = audit.PseudonymousQuestion(e.Question, e.key)
		e.history = audit.Pseudonymous(e.store, e.key)
	}
	return nil
}

func (e *evidence) report(ctx context.Context, kind audit.Kind) (*audit.Report, error) {
	return audit.New(ctx, kind, e.history, e.Question)
}
