package diff

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Compare says what differs between a and b. pairs are their resources other than
// providers, whose documents differ, paired by collection and id where a and b are
// states of one target, and alone otherwise: see Pairs. Of different targets it takes
// apps, policies and groups to compare any of the three: they name one another by ids
// that only pairing them translates. Compare's errors are those of pairs,
// UnknownError, and documents that are not JSON.
func Compare(a, b State, pairs iter.Seq2[snapshot.Pair, error], o Options) (Result, error) {
	c := &comparison{
		a: a, b: b, o: o, result: Result{A: a, B: b},
		within: a.Snapshot.Target == b.Snapshot.Target,
		forced: map[string]string{}, aOf: map[string]string{}, bOf: map[string]string{},
		namesA: names(a), namesB: names(b),
		chosen: map[couple]bool{}, slots: map[slot]outlook{},
		alone: map[slot]*aside{}, dropped: map[string]bool{}, translation: newTranslation(),
	}
	if err := c.matchProviders(); err != nil {
		return c.result, err
	}
	c.scope()
	for p, err := range pairs {
		if err != nil {
			return c.result, err
		}
		c.take(p)
	}
	if err := c.mapped(); err != nil {
		return c.result, err
	}
	c.matchAlone()
	if err := c.changes(); err != nil {
		return c.result, err
	}
	c.weighMasses()
	if err := c.tellFew(); err != nil {
		return c.result, err
	}
	c.finish()
	return c.result, nil
}

// comparison is one Compare at work.
type comparison struct {
	weigher weigher
	ignored []pattern

	a, b   State
	o      Options
	result Result
	within bool // one target

	forced         map[string]string // ids of a by Options.Map, and of b that they are
	providers      []snapshot.Pair   // each provider, paired or alone; without the ambiguous
	unsure         []Ambiguity       // of providers
	lists          []couple          // the providers whose SCIM lists are compared, paired or alone
	aOf, bOf       map[string]string // id of a provider in one state, by that in the other
	namesA, namesB map[string]string // of providers, by id
	chosen         map[couple]bool   // the providers that the options ask for
	slots          map[slot]outlook

	last        sorted // what take did last
	alone       map[slot]*aside
	dropped     map[string]bool // ids of what nothing is said of; kept only where Options.Map may name it
	pairs       []snapshot.Pair // to be compared
	translation translation     // of ids, where a and b are different targets
	changed     []*outcome
}

// couple are the ids of a provider in a and in b, "" where it is not there. One id
// is not enough: in two targets, or by Options.Map, it may be that of another one.
type couple struct{ a, b string }

func coupleOf(p snapshot.Pair) couple { return couple{idOf(p.A), idOf(p.B)} }

// aside are resources of a slot that no resource of the other state has the id of.
type aside struct{ a, b []*snapshot.Resource }

// sorted is where a pair went, and so the next one of its collection.
type sorted struct {
	snapshot.Collection
	inA, inB bool
	slot     slot
	outlook  outlook
	aside    *aside
}

// MatchProviders pairs the identity providers of two states, as Compare does: in one
// target by id and then, as between two targets, by what they are known by. Whoever
// has no counterpart stands alone; those who could have more than one are in unsure
// only. forced pairs ids or names of a with those of b before anything else. Its error
// is an UnknownError.
func MatchProviders(a, b State, forced map[string]string) (pairs []snapshot.Pair, unsure []Ambiguity, err error) {
	c := &comparison{
		a: a, b: b, o: Options{Map: forced}, forced: map[string]string{},
		within: a.Snapshot.Target == b.Snapshot.Target,
	}
	m, err := c.pairProviders()
	return c.providers, m.sets, err
}

// pairProviders pairs the providers of both states: in one target by id first.
func (c *comparison) pairProviders() (m matching, err error) {
	if err := c.mapProviders(); err != nil {
		return m, err
	}
	a, b := pointers(c.a.Providers), pointers(c.b.Providers)
	if c.within {
		a, b = c.pairByID(a, b)
	}
	m = match(a, b, c.forced)
	c.providers = append(c.providers, m.pairs...)
	for _, r := range m.a {
		c.providers = append(c.providers, snapshot.Pair{A: r})
	}
	for _, r := range m.b {
		c.providers = append(c.providers, snapshot.Pair{B: r})
	}
	return m, nil
}

// matchProviders pairs the providers, and finds which pairs are asked for.
func (c *comparison) matchProviders() error {
	m, err := c.pairProviders()
	if err != nil {
		return err
	}
	for _, p := range c.providers {
		if p.A != nil && p.B != nil {
			c.bOf[p.A.ID], c.aOf[p.B.ID] = p.B.ID, p.A.ID
		}
	}
	if err := c.choose(append(slices.Clone(c.providers), m.ambiguous...)); err != nil {
		return err
	}
	if c.within {
		// Whichever was created again: by their ids some are gone, and others are new.
		// Nobody is to hide a provider behind the name of another.
		c.providers = append(c.providers, m.ambiguous...)
	} else {
		c.unsure = m.sets
		c.translation.blur(m.sets)
	}
	c.pairLists()
	c.chooseLists()
	c.ambiguous(slot{kind: snapshot.IdentityProvider}, m.sets)
	return nil
}

// pairByID pairs the providers of one target that are in both states, and gives
// those that are left. What Options.Map names has its id no more.
func (c *comparison) pairByID(a, b []*snapshot.Resource) (onlyA, onlyB []*snapshot.Resource) {
	ids := make(map[string]*snapshot.Resource, len(b))
	for _, r := range b {
		ids[r.ID] = r
	}
	for _, id := range c.forced {
		delete(ids, id)
	}
	paired := map[string]bool{}
	for _, r := range a {
		if other := ids[r.ID]; other != nil && c.forced[r.ID] == "" {
			c.providers = append(c.providers, snapshot.Pair{A: r, B: other})
			paired[r.ID] = true
		} else {
			onlyA = append(onlyA, r)
		}
	}
	for _, r := range b {
		if !paired[r.ID] {
			onlyB = append(onlyB, r)
		}
	}
	return onlyA, onlyB
}

func pointers(list []snapshot.Resource) []*snapshot.Resource {
	all := make([]*snapshot.Resource, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// ambiguous notes what could not be paired.
func (c *comparison) ambiguous(s slot, sets []Ambiguity) {
	if !c.wants(s) {
		return
	}
	for _, set := range sets {
		if s.kind == snapshot.IdentityProvider && !c.choseOf(set) {
			continue
		}
		c.result.Ambiguous = append(c.result.Ambiguous, set)
		if c.within && s.kind == snapshot.IdentityProvider {
			continue
		}
		c.result.NotCompared = append(c.result.NotCompared, NotCompared{
			Collection: set.Collection, ProviderName: c.providerName(s),
			Reason: fmt.Sprintf("ambiguous: %q is %s in %s and %s in %s", set.Name, strings.Join(set.A, ", "), c.a.Text, strings.Join(set.B, ", "), c.b.Text),
		})
	}
}

// choseOf reports whether the options ask for any of the providers.
func (c *comparison) choseOf(set Ambiguity) bool {
	return !c.narrowed() ||
		slices.ContainsFunc(set.A, func(id string) bool { return c.chosen[couple{a: id}] }) ||
		slices.ContainsFunc(set.B, func(id string) bool { return c.chosen[couple{b: id}] })
}

// take sorts in one pair of the stream. Most are of the same collection as the one
// before.
func (c *comparison) take(p snapshot.Pair) {
	of := cmp.Or(p.A, p.B)
	if of.Kind == snapshot.IdentityProvider {
		return // matchProviders has them
	}
	to := &c.last
	if to.slot.kind == "" || to.Collection != of.Collection || to.inA != (p.A != nil) || to.inB != (p.B != nil) {
		c.sortIn(of.Collection, p.A != nil, p.B != nil)
	}
	switch {
	case to.outlook != known && to.outlook != helping:
		if len(c.o.Map) > 0 {
			c.dropped[of.ID] = true
		}
	case p.A != nil && p.B != nil:
		c.pairs = append(c.pairs, p)
	case p.A != nil:
		to.aside.a = append(to.aside.a, p.A)
	default:
		to.aside.b = append(to.aside.b, p.B)
	}
}

func (c *comparison) sortIn(of snapshot.Collection, inA, inB bool) {
	s := slot{kind: of.Kind}
	if of.Kind.IsSCIM() {
		if s.a, s.b = of.Provider, of.Provider; !inB {
			s.b = c.bOf[of.Provider]
		} else if !inA {
			s.a = c.aOf[of.Provider]
		}
	}
	if c.alone[s] == nil {
		c.alone[s] = new(aside)
	}
	c.last = sorted{Collection: of, inA: inA, inB: inB, slot: s, outlook: c.slots[s], aside: c.alone[s]}
}

// matchAlone pairs what ids do not, where they mean nothing: between targets, and
// in the lists of a provider that was created again.
func (c *comparison) matchAlone() {
	if !c.within {
		for _, p := range c.providers {
			c.translation.add(p)
		}
	}
	for _, s := range c.aloneSlots() {
		at := c.alone[s]
		var m matching
		if c.within && s.a == s.b {
			m.force(at.a, at.b, c.forced)
		} else {
			m = match(at.a, at.b, c.forced)
		}
		if s.kind.IsReference() && !c.within {
			c.translate(s.kind, m)
		}
		if c.slots[s] == helping {
			continue
		}
		c.ambiguous(s, m.sets)
		c.pairs = append(c.pairs, m.pairs...)
		for _, r := range m.a {
			c.pairs = append(c.pairs, snapshot.Pair{A: r})
		}
		for _, r := range m.b {
			c.pairs = append(c.pairs, snapshot.Pair{B: r})
		}
	}
}

func (c *comparison) aloneSlots() []slot {
	var list []slot
	for s := range c.alone {
		list = append(list, s)
	}
	slices.SortFunc(list, func(x, y slot) int {
		return cmp.Or(strings.Compare(string(x.kind), string(y.kind)), strings.Compare(x.a, y.a), strings.Compare(x.b, y.b))
	})
	return list
}
