package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// PlanOptions say how much of a plan is shown, and how it may look.
type PlanOptions struct {
	Style
	Full bool // every action, also where nothing is to be done, and values whole
	// Supplied tells whether there is a value for a secret, by the provider's id in the
	// source and the secret's path; nil where none was supplied.
	Supplied func(sourceID, path string) bool
	DryRun   bool // the plan will not be carried out
}

// PlanFormats lists the formats that Plan knows.
func PlanFormats() []string { return []string{"text", "json", "markdown"} }

// Plan writes what would be written to a target, for whoever decides about it.
func Plan(format string, w io.Writer, p *migrate.Plan, o PlanOptions) error {
	switch format {
	case "text":
		return newText(w, o.Style).plan(describe(p, o))
	case "json":
		return jsonPrinter{w}.plan(p)
	case "markdown":
		return newMarkdown(w).plan(describe(p, o))
	}
	return unknownFormatOf(format, PlanFormats())
}

func unknownFormatOf(format string, formats []string) error {
	return fmt.Errorf("unknown format %q: one of %s", format, strings.Join(formats, ", "))
}

type planJSON struct {
	FormatVersion string        `json:"format_version"`
	Plan          *migrate.Plan `json:"plan"`
}

func (p jsonPrinter) plan(plan *migrate.Plan) error { return p.one(planJSON{formatVersion, plan}) }

// planned is a plan as people are told of it, whatever the format: the worst first,
// summed up where it is long, and every text in it safe.
type planned struct {
	route
	DryRun     bool
	Providers  []action // what is to be done about providers
	Others     []action // about what names them
	Same       string   // how many need nothing, "" where none
	Left       []left   // what differs, or may, and is left
	Stops      []stop   // why actions are blocked
	Standing   []guard
	Overridden []guard
	Notes      []string
	Wanted     []needy
	Secrets    int         // that Wanted lists
	References *references // nil where there are none
	Dangling   *references
	Sum        string // the last line
	Stopped    bool   // it is not carried out as it stands
	Blocked    int
}

// route says from where to where a plan leads.
type route struct {
	Verb, State   string // "restore", and the state as it was typed
	Source        string // "snapshot 3f2a91bc", "live state" or "file"
	TakenAt       string // "" where that is not known
	From, FromAt  string // name and address of the source's target, "" where it is the target
	Into, IntoAt  string
	AuthDomain    string
	ToItself      bool // both are one target
	timed         bool // TakenAt is a time, and not what could not be read as one
	redirectURL   string
	keepsTokens   bool
	rewritesThere bool
}

func routeOf(p *migrate.Plan) route {
	r := route{
		Verb: Safe(string(p.Verb)), State: Safe(p.Source.State), Source: "live state", TakenAt: Safe(p.Source.TakenAt),
		From: Safe(p.Source.TargetName), FromAt: Safe(p.Source.Target), Into: Safe(p.Target.TargetName), IntoAt: Safe(p.Target.Target),
		AuthDomain: Safe(p.Target.AuthDomain), ToItself: p.Source.Target == p.Target.Target,
		redirectURL: Safe(p.Target.RedirectURL), keepsTokens: p.Options.KeepsTokens, rewritesThere: p.Options.RewriteReferences,
	}
	switch {
	case p.Source.Snapshot != "":
		r.Source = "snapshot " + Safe(snapshot.ShortID(p.Source.Snapshot))
	case strings.HasPrefix(p.Source.State, "file:"):
		r.Source = "file"
	}
	if at, err := time.Parse(time.RFC3339, p.Source.TakenAt); err == nil {
		r.TakenAt, r.timed = moment(at), true
	}
	return r
}

// What says which state it is: "snapshot 3f2a91bc, taken 2026-06-30 02:00:03 UTC".
func (r route) What() string {
	if r.TakenAt == "" {
		return r.Source
	}
	return r.Source + ", taken " + r.TakenAt
}

// guard is something that speaks against carrying a plan out.
type guard struct{ Code, Subject, What, Why, Flag string }

// stop is a reason for which actions are blocked.
type stop struct {
	Why   string
	Names []string
}

// stopsOf are the reasons for which actions are blocked, each with all that it blocks.
func stopsOf(p *migrate.Plan) []stop {
	var stops []stop
	at := map[string]int{}
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Action != migrate.Blocked || len(a.Reasons) == 0 {
			continue
		}
		why := whyBlocked(a)
		n, known := at[why]
		if !known {
			n = len(stops)
			at[why] = n
			stops = append(stops, stop{Why: why})
		}
		stops[n].Names = append(stops[n].Names, titleOf(a))
	}
	return stops
}

func whyBlocked(a *migrate.Action) string { return strings.Join(safeAll(a.Reasons), "; ") }

// shares reports whether more actions are blocked for the reason for which this one is.
func (d *planned) shares(a *migrate.Action) bool {
	return a.Action == migrate.Blocked && slices.ContainsFunc(d.Stops, func(s stop) bool { return len(s.Names) > 1 && s.Why == whyBlocked(a) })
}

// describe makes what people are told of a plan.
func describe(p *migrate.Plan, o PlanOptions) *planned {
	d := &planned{route: routeOf(p), DryRun: o.DryRun, Notes: safeAll(p.Notes), Sum: sumOf(p), Stops: stopsOf(p)}
	d.Wanted, d.Secrets = wantedBy(p, o.Supplied)
	c := &comparison{full: o.Full, names: map[string]string{}}
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Kind == snapshot.IdentityProvider {
			for _, id := range []string{a.SourceID, a.TargetID} {
				c.names[id] = Safe(strings.TrimSpace(a.Name))
			}
		}
	}
	delete(c.names, "")
	var idle []*migrate.Action
	for _, verdict := range []migrate.Verdict{migrate.Blocked, migrate.Delete, migrate.Update, migrate.Create, migrate.None, ""} {
		for i := range p.Actions {
			a := &p.Actions[i]
			switch known := verdictSigns[a.Action] != ""; {
			case known && a.Action != verdict || !known && verdict != "":
			case a.Action == migrate.None && !o.Full:
				idle = append(idle, a)
			case a.Kind == snapshot.IdentityProvider:
				d.Providers = append(d.Providers, d.action(c, a, o))
			default:
				d.Others = append(d.Others, d.action(c, a, o))
			}
		}
	}
	d.Same, d.Left = idleOnes(idle)
	for _, g := range p.Guards {
		one := guard{Safe(string(g.Code)), Safe(strings.TrimSpace(g.Subject)), Safe(g.What), Safe(g.Why), Safe(g.Flag)}
		if g.Overridden {
			d.Overridden = append(d.Overridden, one)
		} else {
			d.Standing = append(d.Standing, one)
		}
	}
	d.Blocked = p.Count(migrate.Blocked)
	d.Stopped = len(d.Standing)+d.Blocked > 0
	d.References, d.Dangling = referencesOf(p.References, o.Full), referencesOf(p.Dangling, true)
	if !o.Full {
		d.References.first("--full shows all")
		d.Dangling.first("--full shows all")
	}
	return d
}

// sumOf is the last line about a plan.
func sumOf(p *migrate.Plan) string {
	blocked := p.Count(migrate.Blocked)
	if !p.Writes() && blocked == 0 {
		for _, a := range p.Actions {
			if len(a.Reasons)+len(a.Changes) > 0 { // to be left alone is not to be the same
				return "Nothing to do."
			}
		}
		return "Nothing to do: the target is as the state has it."
	}
	line := fmt.Sprintf("Plan: %s to create, %s to update, %s to delete",
		number(p.Count(migrate.Create)), number(p.Count(migrate.Update)), number(p.Count(migrate.Delete)))
	if blocked > 0 {
		line += ", " + number(blocked) + " blocked"
	}
	return line + "."
}

// changedBy is what a comparison calls what a plan does.
func changedBy(v migrate.Verdict) diff.Action {
	switch v {
	case migrate.Create:
		return diff.Added
	case migrate.Delete:
		return diff.Removed
	default:
		return diff.Changed
	}
}

var verdictSigns = map[migrate.Verdict]string{
	migrate.Create: "+", migrate.Update: "~", migrate.Delete: "-", migrate.None: "=", migrate.Blocked: "!",
}
