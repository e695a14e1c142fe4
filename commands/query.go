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
	At     string     `json:"at"`    // id of a snapshot; "" where there is none
	Since  string     `json:"since"` // id of a snapshot, where --from was given

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

// period resolves --target, --at, --from and --to.
func (a *reportArgs) period(ctx context.Context, open *opener, q *query) error {
	sc := open.scene(ctx)
	sel, err := sc.target(stateRef{target: a.target})
	if err != nil {
		return err
	}
	q.Target = sel.target.String()
	all, err := sc.history()
	if err != nil {
		return err
	}
	mine := of(all, sel.target)
	if len(mine) == 0 {
		return &problem{
			class: errNotFound, text: fmt.Sprintf("the history holds no snapshot of %s", sel),
			hint: fmt.Sprintf("idpsnap snapshot %s takes one", sel.flag()),
		}
	}
	m := moments{scene: sc, mine: mine, sel: sel}
	at, end, err := m.moment("--at", a.at, false)
	if err != nil {
		return err
	}
	_, q.To, err = m.moment("--to", a.to, false)
	switch {
	case err != nil:
		return err
	case a.to == "" && a.at != "":
		q.To = end
	case a.to == "":
		q.To = sc.now.UTC()
	}
	q.From = mine[0].TakenAt
	var since *snapshot.Snapshot
	if a.from != "" {
		if since, q.From, err = m.moment("--from", a.from, true); err != nil {
			return err
		}
		if since == nil {
			since = lastComplete(mine, q.From)
		}
	}
	switch {
	case !q.From.After(q.To):
	case a.from == "": // the history begins later, which settle says
		q.From = q.To
	default:
		return usage("--from 2026-07-01 --to 2026-09-30", "the period ends, at %s, before it begins, at %s", q.To.Format(time.RFC3339), q.From.Format(time.RFC3339))
	}
	if at == nil {
		at = lastComplete(mine, q.To)
		if a.at != "" {
			at = lastComplete(mine, end)
		}
	}
	return m.settle(q, at, since)
}

// settle notes the snapshots that a question is about, and refuses one that there is
// nothing to say of.
func (m *moments) settle(q *query, at, since *snapshot.Snapshot) error {
	if since != nil {
		q.Since = since.ID
	}
	if at != nil {
		q.At = at.ID
	}
	if at == nil && q.Kind.OfMoment() {
		return nothing(q.Target, "no complete snapshot was taken until "+q.To.Format(time.RFC3339), m.mine...)
	}
	if !slices.ContainsFunc(m.mine, func(s snapshot.Snapshot) bool { return !s.TakenAt.After(q.To) }) {
		return nothing(q.Target, "no snapshot was taken until "+q.To.Format(time.RFC3339), m.mine...)
	}
	return nil
}

// moments finds what --at, --from and --to mean.
type moments struct {
	scene
	mine []snapshot.Snapshot
	sel  selection
}

// moment reads one: a time, and the snapshot where a snapshot is named. Of a date,
// which is a whole day, it gives the beginning or the end.
func (m *moments) moment(flag, text string, begins bool) (*snapshot.Snapshot, time.Time, error) {
	if text == "" {
		return nil, time.Time{}, nil
	}
	r, ok, err := parseRev(text)
	switch {
	case err != nil:
		return nil, time.Time{}, err
	case ok && r.kind == revLive:
		return nil, time.Time{}, usage("idpsnap snapshot takes one; then "+flag+" latest", "%s live: a report is about what the history holds", flag)
	case ok && r.kind == revAt:
		if day, err := time.Parse(time.DateOnly, text); err == nil && begins {
			return nil, day, nil
		}
		return nil, r.at, nil
	case ok && r.kind == revAge:
		return nil, m.now.Add(-r.age).UTC(), nil
	case ok:
		sn, err := pickRev(m.mine, stateRef{text: text, rev: r}, m.now, m.sel)
		return &sn, sn.TakenAt, err
	case !idPrefix.MatchString(text):
		return nil, time.Time{}, usage(flag+" 2026-06-30, 90d, latest or a snapshot's id", "%s %q is no moment", flag, text)
	}
	st, err := m.byID(stateRef{text: text, id: strings.ToLower(text)}, false)
	if err == nil && st.snapshot.Target != m.sel.target {
		err = usage("--target "+st.snapshot.Target.String(), "%s %s is of %s, and the report is about %s", flag, text, st.snapshot.Target, m.sel)
	}
	return &st.snapshot, st.snapshot.TakenAt, err
}

// lastComplete is the newest complete snapshot at or before a moment, as in states.
func lastComplete(mine []snapshot.Snapshot, at time.Time) *snapshot.Snapshot {
	for i := range slices.Backward(mine) {
		if sn := &mine[i]; sn.Status() == snapshot.Complete && sn.Origin != snapshot.Safety && !sn.TakenAt.After(at) {
			return sn
		}
	}
	return nil
}

// question makes the question of the snapshots that a history holds, and once held.
func (q query) question(all []snapshot.Snapshot, forgotten []snapshot.Forgotten) (audit.Question, error) {
	target, err := snapshot.ParseTarget(q.Target)
	if err != nil {
		return audit.Question{}, err
	}
	out := audit.Question{Target: target, From: q.From, To: q.To, Redact: q.Redact, Asked: q.asked()}
	for _, sn := range of(all, target) {
		if !sn.TakenAt.After(q.To) || sn.ID == q.At {
			sn.Pin = "" // which a bundle sets, and which is nothing that it is to tell
			out.Snapshots = append(out.Snapshots, sn)
			out.TargetName = sn.TargetName
		}
	}
	for _, f := range forgotten {
		if f.Target == target && !f.TakenAt.After(q.To) {
			out.Forgotten = append(out.Forgotten, f)
		}
	}
	find := func(id string) (*snapshot.Snapshot, error) {
		for i := range out.Snapshots {
			if out.Snapshots[i].ID == id {
				return &out.Snapshots[i], nil
			}
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
	out.Filter, err = q.filter()
	return out, err
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
