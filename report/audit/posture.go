package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// NewPosture tells how people may sign in as of a snapshot: every provider with its
// settings and certificates, the apps with the providers that they allow, and what of
// it is not as it should be.
func NewPosture(ctx context.Context, h History, q Question) (*Report, error) {
	p := &posture{q: q, of: map[snapshot.Kind][]snapshot.Resource{}, unread: map[snapshot.Kind]string{}, allowed: map[string]int{}, named: map[string]map[snapshot.Kind]int{}}
	if err := p.prepare(ctx, h); err != nil {
		return nil, fmt.Errorf("report on the posture: %w", err)
	}
	return p.report(), nil
}

// posture is a report that is being made. What it looks at are a few hundred settings:
// they are kept.
type posture struct {
	q      Question
	now    *roster
	of     map[snapshot.Kind][]snapshot.Resource // organization, apps, policies and groups
	unread map[snapshot.Kind]string              // of which kinds nothing is known, and why
	names  map[string]string                     // of providers, by id

	allowed      map[string]int                   // apps that name a provider, by its id
	allowAll     int                              // apps that allow every provider
	named        map[string]map[snapshot.Kind]int // what else names a provider
	certificates []certificate
	findings     []finding
}

func (p *posture) prepare(ctx context.Context, h History) (err error) {
	if p.now, err = rosterOf(ctx, h, p.q.At, p.q.Filter); err != nil {
		return err
	}
	for _, k := range []snapshot.Kind{snapshot.Organization, snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup} {
		if err := p.read(ctx, h, k); err != nil {
			return err
		}
	}
	p.names = map[string]string{}
	for _, r := range p.now.providers {
		p.names[r.ID] = r.Name()
	}
	p.countReferences()
	for _, l := range p.now.lists {
		certificates := certificatesOf(l)
		p.certificates = append(p.certificates, certificates...)
		p.findings = append(p.findings, p.providerFindings(l)...)
		p.findings = append(p.findings, certificateFindings(l, certificates, p.q.At.TakenAt)...)
	}
	if len(p.q.Filter.Providers)+len(p.q.Filter.Types) == 0 {
		p.findings = append(p.findings, p.appFindings()...)
	}
	p.findings = sortedFindings(p.findings, p.q.Filter.AtLeast)
	return nil
}

func (p *posture) read(ctx context.Context, h History, k snapshot.Kind) error {
	complete, why := completeIn(p.q.At, snapshot.Collection{Kind: k})
	if !complete {
		p.unread[k] = why
		return nil
	}
	for r, err := range h.Resources(ctx, p.q.At.ID, k) {
		if err != nil {
			return fmt.Errorf("read the %s of %s: %w", lists[k], snapshot.ShortID(p.q.At.ID), err)
		}
		p.of[k] = append(p.of[k], r)
	}
	return nil
}

// countReferences counts what names each provider.
func (p *posture) countReferences() {
	for _, app := range p.of[snapshot.AccessApp] {
		ids := textsIn(app.Document, "allowed_idps")
		if len(ids) == 0 && signsIn(app.Document) {
			p.allowAll++
		}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
			p.allowed[id]++
		}
	}
	list := slices.Concat(p.of[snapshot.AccessApp], p.of[snapshot.AccessPolicy], p.of[snapshot.AccessGroup])
	for _, ref := range migrate.ReferencesTo(list, p.names, func(id string) bool { _, ok := p.names[id]; return ok }) {
		for _, m := range ref.Providers {
			if p.named[m.ID] == nil {
				p.named[m.ID] = map[snapshot.Kind]int{}
			}
			if ref.Kind != snapshot.AccessApp {
				p.named[m.ID][ref.Kind]++
				continue
			}
			app := slices.IndexFunc(p.of[snapshot.AccessApp], func(r snapshot.Resource) bool { return r.ID == ref.ID })
			p.named[m.ID][snapshot.AccessPolicy] += ownPolicies(p.of[snapshot.AccessApp][app].Document, m.Paths)
		}
	}
}

// ownPolicies counts the policies of an app in which one of the paths lies. Reusable
// ones, which the app only repeats, are counted where they are listed themselves.
func ownPolicies(app snapshot.Document, paths []string) (n int) {
	for i, policy := range listIn(app, "policies") {
		within := fmt.Sprintf("/policies/%d/", i)
		if !saysTrue(policy, "reusable") && slices.ContainsFunc(paths, func(path string) bool { return strings.HasPrefix(path, within) }) {
			n++
		}
	}
	return n
}

// noSignIn are the types of apps that nobody signs in to by way of allowed_idps.
var noSignIn = []string{"bookmark", "infrastructure"}

func signsIn(app snapshot.Document) bool { return !slices.Contains(noSignIn, textIn(app, "type")) }

func (p *posture) report() *Report {
	r := &Report{
		Kind: Posture, Title: "Posture", Facts: p.q.facts(), Unknown: p.unknown(),
		Lead:    findingLead(p.findings, "Nothing stands out in how people sign in."),
		Figures: p.figures(),
		Tables: []Table{
			p.providers(), p.apps(), certificateTable(p.certificates, p.q.At.TakenAt),
			findingTable(p.findings, "Nothing stands out."),
		},
	}
	if !p.now.read {
		r.Lead = []Remark{{diff.High, "The identity providers were not read (" + p.now.why + "): how people sign in is not known."}}
	}
	if why, unread := p.unread[snapshot.AccessApp]; unread {
		r.Lead = append(r.Lead, Remark{diff.Medium, "The Access apps were not read (" + why + "): which providers they allow is not known."})
	}
	r.Lead = append(r.Lead, p.q.aged()...)
	return r
}

func (p *posture) unknown() (all []Unknown) {
	if !p.now.read {
		all = append(all, Unknown{What: lists[snapshot.IdentityProvider], Reason: p.now.why})
	}
	for _, k := range snapshot.Kinds() {
		if why, unread := p.unread[k]; unread {
			all = append(all, Unknown{What: lists[k], Reason: why})
		}
	}
	return all
}

func (p *posture) figures() []Figure {
	of := func(read bool, n int) Cell {
		if !read {
			return NotKnown
		}
		return Number(n)
	}
	_, noApps := p.unread[snapshot.AccessApp]
	return append([]Figure{
		{Key: "providers", Name: "Providers", Value: of(p.now.read, len(p.now.lists))},
		{Key: "apps", Name: "Access apps", Value: of(!noApps, len(p.of[snapshot.AccessApp]))},
		{Key: "apps_allowing_all", Name: "Apps that allow every provider", Value: of(!noApps, p.allowAll)},
		{Key: "certificates", Name: "Certificates", Value: of(p.now.read, len(p.certificates))},
	}, findingFigures(p.findings)...)
}

// called is what a provider is called, by its id.
func (p *posture) called(id string) string {
	name, ok := p.names[id]
	if !ok && p.now.read {
		return id + " (there is no such provider)"
	}
	if l := p.now.byID[id]; l != nil {
		return l.called()
	}
	return providerLabel(id, name)
}
