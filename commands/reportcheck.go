package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// understood refuses a flag that no report that is asked for has a use for: what it
// leaves out would seem to be looked at.
func (a *reportArgs) understood(kind audit.Kind) error {
	if a.closing != "" {
		return a.understoodByClosing()
	}
	asked := []audit.Kind{kind}
	if a.bundle != "" {
		asked = bundleKinds(kind)
	}
	for _, f := range a.uses() {
		if f.given && !slices.ContainsFunc(asked, func(k audit.Kind) bool { return slices.Contains(f.by, k) }) {
			var names []string
			for _, k := range f.by {
				names = append(names, string(k))
			}
			return usage("leave it out", "%s has no use for %s, which goes with %s", kind, f.name, strings.Join(names, ", "))
		}
	}
	if err := a.leaveSomething(asked); err != nil {
		return err
	}
	if a.bundle != "" {
		return a.nameless()
	}
	return nil
}

// leaveSomething refuses kinds of which a report that is asked for says nothing.
func (a *reportArgs) leaveSomething(asked []audit.Kind) error {
	kinds, err := parseKinds(words(a.kinds.Value()))
	if err != nil || len(kinds) == 0 {
		return err
	}
	for _, k := range asked {
		if about := changing[k]; about != nil && !slices.ContainsFunc(kinds, about) {
			return usage("leave it out, or add a kind that it is about", "--kind %s leaves nothing of %s", strings.Join(a.kinds.Value(), ","), k)
		}
	}
	return nil
}

// changing are the reports that --kind narrows, and what each of them is about.
var changing = map[audit.Kind]func(snapshot.Kind) bool{
	audit.Lifecycle:     snapshot.Kind.IsSCIM,
	audit.ConfigChanges: func(k snapshot.Kind) bool { return !k.IsSCIM() },
}

// use says of a flag whether it is given, and which reports look at it.
type use struct {
	name  string
	given bool
	by    []audit.Kind
}

func (a *reportArgs) uses() []use {
	return []use{
		{"--since", a.since != "", []audit.Kind{audit.AccessReview}},
		{"--severity", a.severity != "", []audit.Kind{audit.ConfigChanges}},
		{"--kind", len(a.kinds.Value()) > 0, []audit.Kind{audit.Lifecycle, audit.ConfigChanges}},
		{"--provider", len(a.providers.Value()) > 0, slices.DeleteFunc(audit.Kinds(), isCoverage)},
		{"--type", len(a.types.Value()) > 0, slices.DeleteFunc(audit.Kinds(), isCoverage)},
		{"--ignore", len(a.ignore.Value()) > 0, []audit.Kind{audit.AccessReview, audit.Lifecycle, audit.ConfigChanges}},
		{"--all-fields", a.allFields, []audit.Kind{audit.AccessReview}},
		{"--rules", a.rules != "", []audit.Kind{audit.Lifecycle, audit.ConfigChanges}},
		{"--every", a.every != "", []audit.Kind{audit.Coverage}},
		{"--stale", a.stale != "", []audit.Kind{audit.AccessReview, audit.Deprovisioning}},
	}
}

// understoodByClosing refuses what says how a review is made: one that is closed was
// made before.
func (a *reportArgs) understoodByClosing() error {
	if a.since != "" {
		return usage("leave it out", "--since goes without --close, which compares with what was reviewed")
	}
	for _, f := range a.uses() {
		if f.given && f.name != "--provider" && f.name != "--type" {
			return usage("leave it out", "--close has no use for %s", f.name)
		}
	}
	return nil
}

// nameless refuses, for a redacted bundle, words that its manifest would tell as they
// are: it has to say what was asked, so that the bundle can be made again.
func (a *reportArgs) nameless() error {
	if a.redact == "" {
		return nil
	}
	if a.rules != "" {
		return usage("leave one of them out", "--rules goes into the bundle as it is, and --redact pii is to leave names out")
	}
	for _, word := range slices.Concat(a.providers.Value(), a.ignore.Value(), a.kinds.Value(), a.types.Value()) {
		if strings.Contains(word, "@") {
			return usage("name the provider by its id, or leave --redact pii out", "%q goes into the bundle as it is, and --redact pii is to leave names out", word)
		}
	}
	return nil
}

func isCoverage(k audit.Kind) bool { return k == audit.Coverage }

// providersKnown refuses the name of a provider, or a type, that no snapshot has: a
// report about nothing would seem to say that all is well.
func (e *evidence) providersKnown(ctx context.Context) error {
	if len(e.Providers)+len(e.Filter.Types) == 0 {
		return nil
	}
	there, err := e.providersThere(ctx)
	if err != nil || there == nil {
		return err
	}
	var names []string
	for _, p := range there {
		if name := fmt.Sprintf("%s (%s)", report.Safe(cmp.Or(p.Name(), p.ID)), report.Safe(string(p.Summary().Type))); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	unknown := func(flag, word string) error {
		return &problem{
			class: errNotFound, text: fmt.Sprintf("%s %s: there was no such provider until %s", flag, report.Safe(word), minute(e.Question.To)),
			hint: "the history has " + cmp.Or(strings.Join(names, ", "), "no provider"),
		}
	}
	for _, word := range e.Providers {
		if !slices.ContainsFunc(there, func(p snapshot.Resource) bool { return diff.Calls(word, p.ID, p.Name()) }) {
			return unknown("--provider", word)
		}
	}
	for _, t := range e.Filter.Types {
		if !slices.ContainsFunc(there, func(p snapshot.Resource) bool { return p.Summary().Type == t }) {
			return unknown("--type", string(t))
		}
	}
	return nil
}

// providersThere are the providers that any snapshot of the question has: nil where
// none was read. What is the same in two snapshots is read once.
func (e *evidence) providersThere(ctx context.Context) (list []snapshot.Resource, err error) {
	read := map[snapshot.Digest]bool{}
	for _, sn := range e.Snapshots {
		c, ok := sn.Capture(snapshot.Collection{Kind: snapshot.IdentityProvider})
		if !ok || c.Status != snapshot.Complete || read[c.Digest] {
			continue
		}
		read[c.Digest] = true
		for r, err := range e.store.Resources(ctx, sn.ID, snapshot.IdentityProvider) {
			if err != nil {
				return nil, err
			}
			list = append(list, r)
		}
	}
	if list == nil && len(read) > 0 {
		list = []snapshot.Resource{}
	}
	return list, nil
}

// inPeriod reports whether a snapshot was taken in the period.
func (e *evidence) inPeriod(sn snapshot.Snapshot) bool {
	return !sn.TakenAt.Before(e.Question.From) && !sn.TakenAt.After(e.Question.To)
}

// verdict is the error that a report ends with, after it was shown: what it is about
// was not read whole, or not at all.
func (e *evidence) verdict(kind audit.Kind) error {
	about := e.Question.At
	if !kind.OfMoment() {
		if kind == audit.Coverage { // which is about just that
			return nil
		}
		if !slices.ContainsFunc(e.Snapshots, e.inPeriod) {
			return &problem{
				class: errIncomplete,
				text:  fmt.Sprintf("the report is not complete: no snapshot was taken from %s to %s", minute(e.Question.From), minute(e.Question.To)),
				hint:  "idpsnap snapshots lists when; --from and --to are the period",
			}
		}
		about = &e.Snapshots[len(e.Snapshots)-1]
	}
	if about == nil || about.Status() == snapshot.Complete {
		return nil
	}
	return &problem{
		class: errIncomplete,
		text: fmt.Sprintf("the report is not complete: snapshot %s of %s is partial\n%s", snapshot.ShortID(about.ID),
			about.TakenAt.UTC().Format(time.RFC3339), strings.Join(failedLines(*about, nil), "\n")),
		hint: "what was not read is not known, and is listed in the report; a later snapshot may tell",
	}
}
