package audit

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Night is what one snapshot of a period tells.
type Night struct {
	Snapshot *snapshot.Snapshot
	// First marks the snapshot with which the history of the target begins: there is
	// nothing to compare it with.
	First   bool
	Changes []Change // in display order
	// NotCompared are the collections of which this night says nothing.
	NotCompared []diff.NotCompared

	// providers are what people call every provider that was seen so far, by id. It is
	// the walker's own: later nights add to it.
	providers map[string]string
}

// Change is a change with its window: it happened after Before, which saw things as
// they were, and before After, which is the first that saw them as they are.
type Change struct {
	diff.Change
	Before, After *snapshot.Snapshot
	// WithProvider marks SCIM users and groups that are gone because their provider is.
	WithProvider bool
}

// Walk goes through the snapshots of a period and yields what each tells that was not
// known before. Every collection is compared with its last complete reading, however
// long ago that was: what failed for three nights is not known for these, and what
// the fourth finds happened at some time in between. A collection that is read for
// the first time tells of no change, unless it is known that there was nothing in it,
// because there was no such provider. Of the question's options Kinds, Providers,
// Types, AtLeast, Ignore and Rules count.
//
// A provider that no snapshot knows, or a type that nobody does, is a
// diff.UnknownError after the last night.
func Walk(ctx context.Context, h History, q Question) iter.Seq2[Night, error] {
	return func(yield func(Night, error) bool) { newWalker(h, q).walk(ctx, yield) }
}

// walker goes from snapshot to snapshot, and carries what is known.
type walker struct {
	history  History
	question Question

	at        *snapshot.Snapshot // the last that was passed
	lists     map[snapshot.Collection]lastReading
	unread    []snapshot.Capture  // how the newest attempts ended that read nothing
	providers []snapshot.Resource // of the last reading of the providers
	listing   *snapshot.Snapshot  // which that was; nil before the first

	used     map[string]bool        // words of the options that named a provider
	types    map[snapshot.Type]bool // of the options that a provider had
	openings openings
	called   map[string]string // providers, by id, as they were last
	masses   map[string]bool   // rules on many resources of a list at once
}

func newWalker(h History, q Question) *walker {
	masses := map[string]bool{}
	for _, r := range q.Filter.Rules.All() {
		masses[r.Name] = r.Percent > 0
	}
	return &walker{
		history: h, question: q, openings: newOpenings(), masses: masses,
		lists: map[snapshot.Collection]lastReading{}, called: map[string]string{}, used: map[string]bool{}, types: map[snapshot.Type]bool{},
	}
}

func (w *walker) walk(ctx context.Context, yield func(Night, error) bool) {
	q := w.question
	for i := range q.Snapshots {
		s := &q.Snapshots[i]
		if !q.To.IsZero() && s.TakenAt.After(q.To) {
			continue
		}
		n, err := w.pass(ctx, s)
		if err != nil {
			yield(Night{}, fmt.Errorf("read snapshot %s: %w", snapshot.ShortID(s.ID), err))
			return
		}
		if q.covers(s.TakenAt) && !yield(n, nil) {
			return
		}
	}
	if err := w.unknown(); err != nil {
		yield(Night{}, err)
	}
}

// lastReading is what is known of a collection.
type lastReading struct {
	snapshot.Capture
	from *snapshot.Snapshot // that read it
	// empty marks a list that nobody read: at from there was no such provider.
	empty bool
}

var providerList = snapshot.Collection{Kind: snapshot.IdentityProvider}

// pass takes one snapshot in, and compares it if it belongs to the period.
func (w *walker) pass(ctx context.Context, s *snapshot.Snapshot) (n Night, err error) {
	n = Night{Snapshot: s, First: w.at == nil, providers: w.called}
	now := diff.State{Text: thisOne, Snapshot: *s}
	if now.Providers, err = w.providersOf(ctx, s); err != nil {
		return n, err
	}
	w.note(now.Providers)
	for _, p := range now.Providers {
		w.called[p.ID] = providerCalled(p.ID, p.Name(), p.Summary().Type)
	}
	renamed, err := w.renamed(now)
	if err != nil {
		return n, err
	}
	within := w.question.covers(s.TakenAt)
	if within {
		w.openings.begin(w.lists)
		w.openings.see(slices.Concat(w.providers, now.Providers), renamed)
	}
	if !n.First && within {
		if err := w.compare(ctx, &n, now, renamed); err != nil {
			return n, err
		}
	}
	if readProviders(*s) {
		w.carryLists(now.Providers, renamed)
		w.providers, w.listing, w.unread = now.Providers, s, nil
	}
	if within { // new lists have nothing in them yet
		w.openings.begin(w.lists)
	}
	if w.carry(s); within {
		w.openings.begin(w.lists)
	}
	return n, nil
}

// How the states are called where something was not compared.
const (
	thisOne = "this snapshot"
	earlier = "the snapshots before"
)

// providersOf lists the providers of a snapshot. Where they are those of the last
// listing it does not read them again.
func (w *walker) providersOf(ctx context.Context, s *snapshot.Snapshot) ([]snapshot.Resource, error) {
	if !readProviders(*s) {
		return nil, nil
	}
	if now, _ := s.Capture(providerList); w.listing != nil && same(w.lists[providerList].Capture, now) {
		return w.providers, nil
	}
	list := []snapshot.Resource{}
	for r, err := range w.history.Resources(ctx, s.ID, snapshot.IdentityProvider) {
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// same reports whether two captures hold the same documents, as far as their digests
// say.
func same(a, b snapshot.Capture) bool {
	return a.Digest == b.Digest && a.Digest != snapshot.Digest{}
}

// renamed finds the providers that were created again: their old ids by the new ones.
func (w *walker) renamed(now diff.State) (map[string]string, error) {
	capture, _ := now.Snapshot.Capture(providerList)
	if w.listing == nil || !readProviders(now.Snapshot) || same(w.lists[providerList].Capture, capture) {
		return nil, nil
	}
	pairs, _, err := diff.MatchProviders(w.known(&now.Snapshot), now, nil)
	if err != nil {
		return nil, err
	}
	old := map[string]string{}
	for _, p := range pairs {
		if p.A != nil && p.B != nil && p.A.ID != p.B.ID {
			old[p.B.ID] = p.A.ID
		}
	}
	return old, nil
}

// compare finds what differs between what is known and a snapshot.
func (w *walker) compare(ctx context.Context, n *Night, now diff.State, renamed map[string]string) error {
	known := w.known(n.Snapshot)
	o, some := w.options(known, now)
	if !some {
		return nil
	}
	r, err := diff.Compare(known, now, w.pairs(ctx, n.Snapshot, now, o), o)
	if err != nil {
		return err
	}
	n.NotCompared = slices.DeleteFunc(r.NotCompared, func(nc diff.NotCompared) bool { return spared(n.Snapshot, nc.Collection) })
	for i := range n.NotCompared {
		reason := &n.NotCompared[i].Reason
		*reason = strings.TrimPrefix(*reason, "in "+earlier+" and ")
		*reason = strings.TrimPrefix(*reason, "in "+thisOne+" ")
	}
	created := map[string]bool{} // again: the old ids
	for _, old := range renamed {
		created[old] = true
	}
	n.Changes = make([]Change, 0, len(r.Changes))
	for _, ch := range r.Changes {
		before := w.before(ch.Collection, renamed)
		w.notAtOnce(&ch, before, n.Snapshot)
		n.Changes = append(n.Changes, Change{
			Change: ch, Before: before, After: n.Snapshot,
			WithProvider: ch.Action == diff.Removed && ch.Kind.IsSCIM() && readProviders(*n.Snapshot) &&
				!has(now.Providers, ch.Provider) && !created[ch.Provider],
		})
	}
	return nil
}

// notAtOnce says of many that changed how long that may have taken, where there was
// more than a night: a list was not read, or snapshots between were forgotten.
func (w *walker) notAtOnce(ch *diff.Change, before, after *snapshot.Snapshot) {
	if before == nil || !w.masses[ch.Rule] {
		return
	}
	if window := after.TakenAt.Sub(before.TakenAt); window > aDay+aDay/2 {
		days := int((window + aDay/2) / aDay)
		ch.Reason = strings.TrimSuffix(ch.Reason, " at once") + " in " + Things(days, "day")
	}
}

// spared reports whether a snapshot left a collection out on purpose: a safety snapshot
// is taken of what is about to be written. The next one that is not reads all.
func spared(s *snapshot.Snapshot, c snapshot.Collection) bool {
	capture, _ := s.Capture(c)
	return s.Origin == snapshot.Safety && capture.Status == snapshot.Skipped
}

// before is the snapshot that last knew a collection as it was.
func (w *walker) before(c snapshot.Collection, renamed map[string]string) *snapshot.Snapshot {
	for _, c := range []snapshot.Collection{c, {Kind: c.Kind, Provider: renamed[c.Provider]}, providerList} {
		if have, ok := w.lists[c]; ok {
			return have.from
		}
	}
	return nil
}

// known is what is known, as a state to compare a snapshot with.
func (w *walker) known(s *snapshot.Snapshot) diff.State {
	sn := *w.at
	sn.ID, sn.Captures = "", nil
	for _, have := range w.lists {
		_, tried := s.Capture(have.Collection)
		if tried || !have.empty { // of a list that nobody has there is nothing to say
			sn.Captures = append(sn.Captures, have.Capture)
		}
	}
	for _, c := range w.unread {
		if _, ok := w.lists[c.Collection]; !ok {
			sn.Captures = append(sn.Captures, c)
		}
	}
	slices.SortFunc(sn.Captures, func(a, b snapshot.Capture) int {
		return cmp.Or(rank(a.Kind)-rank(b.Kind), strings.Compare(a.Provider, b.Provider))
	})
	return diff.State{Text: earlier, Snapshot: sn, Providers: w.providers}
}

// carry keeps what a snapshot read.
func (w *walker) carry(s *snapshot.Snapshot) {
	for _, c := range s.Captures {
		w.unread = slices.DeleteFunc(w.unread, func(have snapshot.Capture) bool { return have.Collection == c.Collection })
		switch {
		case c.Status != snapshot.Complete:
			w.unread = append(w.unread, c)
		case c.Kind.IsSCIM() && w.listing != nil && !has(w.providers, c.Provider):
			// A list of nobody knows which provider: there is nothing to compare it with.
		default:
			w.lists[c.Collection] = lastReading{Capture: c, from: s}
		}
	}
	w.at = s
}

// carryLists lets the lists of providers that are gone go, and keeps of those of new
// ones that nobody was in them. Of one that was created again that is not known: people
// may have stayed.
func (w *walker) carryLists(providers []snapshot.Resource, renamed map[string]string) {
	next := map[snapshot.Collection]lastReading{}
	for c, have := range w.lists {
		if !c.Kind.IsSCIM() || has(providers, c.Provider) {
			next[c] = have
		}
	}
	for _, p := range providers {
		if w.listing == nil || has(w.providers, p.ID) {
			continue
		}
		for _, k := range []snapshot.Kind{snapshot.SCIMUser, snapshot.SCIMGroup} {
			c := snapshot.Collection{Kind: k, Provider: p.ID}
			if _, again := renamed[p.ID]; !again {
				next[c] = lastReading{Capture: snapshot.Capture{Collection: c, Status: snapshot.Complete}, from: w.listing, empty: true}
			}
		}
	}
	w.lists = next
}

func has(providers []snapshot.Resource, id string) bool {
	return slices.ContainsFunc(providers, func(r snapshot.Resource) bool { return r.ID == id })
}
