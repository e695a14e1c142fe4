package commands

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// query is what a report is asked for, with every word of the command line resolved:
// of the same history it always means the same. A bundle holds it, so that it can be
// made again.
type query struct {
	Kind   audit.Kind `json:"kind"`
	Target string     `json:"target"`
	From   time.Time  `json:"from"`
	To     time.Time  `json:"to"`
	At     string     `json:"at"` // id of a snapshot; "" where there is none
	// AtAsked is the moment for which At is the newest snapshot, where --at is one.
	AtAsked time.Time `json:"at_asked,omitzero"`
	Since   string    `json:"since"` // id of a snapshot, where --since or --from was given

	Kinds     []string `json:"kinds,omitempty"`
	Providers []string `json:"providers,omitempty"`
	Types     []string `json:"types,omitempty"`
	Ignore    []string `json:"ignore,omitempty"`
	AllFields bool     `json:"all_fields,omitempty"`
	Severity  string   `json:"severity,omitempty"`
	Rules     string   `json:"rules,omitempty"` // the text of the file
	Every     string   `json:"every"`           // durations, as in Go
	Stale     string   `json:"stale"`
	Redact    bool     `json:"redact,omitempty"`
}

// How often a snapshot is due and when a user is stale, where no flag says it.
const (
	day            = 24 * time.Hour
	defaultEvery   = day
	defaultStale   = 90 * day
	shortestPeriod = time.Minute
	mostDue        = 100_000 // snapshots in a period: each is a row
)

// query resolves the command line.
func (a *reportArgs) query(ctx context.Context, open *opener, kind audit.Kind) (query, error) {
	q := query{
		Kind: kind, Kinds: words(a.kinds.Value()), Providers: a.providers.Value(), Types: words(a.types.Value()),
		Ignore: a.ignore.Value(), AllFields: a.allFields, Severity: a.severity, Redact: a.redact != "",
	}
	if _, err := a.options(); err != nil {
		return q, err
	}
	if a.rules != "" {
		text, err := os.ReadFile(a.rules)
		if err != nil {
			return q, usage("--rules FILE names a YAML file", "read the rules: %v", err)
		}
		q.Rules = string(text)
	}
	var err error
	if q.Every, err = span("--every", a.every, defaultEvery); err != nil {
		return q, err
	}
	if q.Stale, err = span("--stale", a.stale, defaultStale); err != nil {
		return q, err
	}
	return q, a.period(ctx, open, &q)
}

// span reads a while, which may be in days and weeks, too.
func span(flag, text string, otherwise time.Duration) (string, error) {
	if text == "" {
		return otherwise.String(), nil
	}
	d, err := time.ParseDuration(text)
	if m := ageForm.FindStringSubmatch(text); m != nil {
		var n int
		n, err = strconv.Atoi(m[1])
		d = time.Duration(n) * map[string]time.Duration{"h": time.Hour, "d": day, "w": 7 * day}[m[2]]
	}
	if err != nil || d < shortestPeriod {
		return "", usage(flag+" 1d", "%s %q: want a time such as 12h, 1d or 1w", flag, text)
	}
	return d.String(), nil
}

// question makes the question of the snapshots that a history holds, and once held. Of
// a snapshot that was forgotten there is no At or Since.
func (q query) question(all []snapshot.Snapshot, forgotten []snapshot.Forgotten) (audit.Question, error) {
	target, err := snapshot.ParseTarget(q.Target)
	if err != nil {
		return audit.Question{}, err
	}
	out := audit.Question{Target: target, From: q.From, To: q.To, AtAsked: q.AtAsked, Redact: q.Redact, Asked: q.asked()}
	for _, sn := range of(all, target) {
		if !sn.TakenAt.After(q.To) || sn.ID == q.At {
			sn.Pin = "" // which a bundle sets, and which is nothing that it is to tell
			out.Snapshots = append(out.Snapshots, sn)
		}
	}
	for _, f := range forgotten {
		if f.Target == target && (!f.TakenAt.After(q.To) || f.ID == q.At) {
			out.Forgotten = append(out.Forgotten, f)
		}
	}
	out.TargetName = lastName(out)
	find := func(id string) (*snapshot.Snapshot, error) {
		for i := range out.Snapshots {
			if out.Snapshots[i].ID == id {
				return &out.Snapshots[i], nil
			}
		}
		if slices.ContainsFunc(out.Forgotten, func(f snapshot.Forgotten) bool { return f.ID == id }) {
			return nil, nil
		}
		return nil, &problem{class: errNotFound, text: fmt.Sprintf("snapshot %s is not in the history", snapshot.ShortID(id)), hint: "idpsnap snapshots lists what there is"}
	}
	if q.At != "" {
		if out.At, err = find(q.At); err != nil {
			return out, err
		}
	}
	if q.Since != "" {
		if out.Since, err = find(q.Since); err != nil {
			return out, err
		}
	}
	for _, d := range []struct {
		text string
		to   *time.Duration
	}{{q.Every, &out.Every}, {q.Stale, &out.Stale}} {
		if *d.to, err = time.ParseDuration(d.text); err != nil {
			return out, fmt.Errorf("read a query: %w", err)
		}
		if *d.to < shortestPeriod {
			return out, fmt.Errorf("read a query: %s is less than a minute", d.text)
		}
	}
	if out.To.Sub(out.From)/out.Every >= mostDue {
		return out, usage("--every 1d, or a shorter period", "from %s to %s a snapshot every %s makes more than %d of them", out.From.Format(time.DateOnly), out.To.Format(time.DateOnly), out.Every, mostDue)
	}
	out.Filter, err = q.filter()
	return out, err
}

// lastName is what the target was called when it was read last. Tombstones tell it,
// too, so that it is the same whatever is forgotten.
func lastName(q audit.Question) string {
	var last snapshot.Snapshot
	consider := func(sn snapshot.Snapshot) {
		if !sn.TakenAt.Before(last.TakenAt) {
			last = sn
		}
	}
	for _, sn := range q.Snapshots {
		consider(sn)
	}
	for _, f := range q.Forgotten {
		consider(f.Snapshot)
	}
	return last.TargetName
}

// filter is what of the resources and changes is asked for.
func (q query) filter() (o diff.Options, err error) {
	o.Providers, o.AllFields = q.Providers, q.AllFields
	if o.Kinds, err = parseKinds(q.Kinds); err != nil {
		return o, err
	}
	for _, t := range q.Types {
		o.Types = append(o.Types, knownType(t))
	}
	for _, path := range q.Ignore {
		p, err := pointer(path)
		if err != nil {
			return o, err
		}
		o.Ignore = append(o.Ignore, p)
	}
	if q.Severity != "" {
		if o.AtLeast, err = diff.ParseSeverity(q.Severity); err != nil {
			return o, usage(spelling("--severity", q.Severity, severityNames()), "%v", err)
		}
	}
	if q.Rules != "" {
		o.Rules, err = parseRules("the rules", []byte(q.Rules))
	}
	return o, err
}

// asked are the filters as facts.
func (q query) asked() []audit.Fact {
	var facts []audit.Fact
	for _, f := range []struct {
		key, name string
		values    []string
	}{
		{"filter_kinds", "Only kinds", q.Kinds},
		{"filter_providers", "Only providers", q.Providers},
		{"filter_types", "Only types of provider", q.Types},
		{"filter_ignore", "Settings left out", q.Ignore},
		{"filter_severity", "Only changes of severity", slices.DeleteFunc([]string{q.Severity}, func(s string) bool { return s == "" })},
	} {
		if len(f.values) > 0 {
			facts = append(facts, audit.Fact{Group: audit.Scope, Key: f.key, Name: f.name, Value: audit.Text(strings.Join(f.values, ", "))})
		}
	}
	return facts
}
