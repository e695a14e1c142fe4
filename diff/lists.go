package diff

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// names are those of the providers of a state, by id: of one that it did not read,
// as its SCIM lists have it.
func names(st State) map[string]string {
	m := make(map[string]string, len(st.Providers))
	for _, in := range st.Snapshot.Captures {
		if in.Kind.IsSCIM() && in.ProviderName != "" {
			m[in.Provider] = in.ProviderName
		}
	}
	for _, p := range st.Providers {
		m[p.ID] = p.Name()
	}
	return m
}

// pairLists pairs the SCIM lists as their providers are. In one target a state that
// did not read its providers may have their lists all the same: those are paired by
// the provider's id.
func (c *comparison) pairLists() {
	for _, p := range c.providers {
		c.lists = append(c.lists, coupleOf(p))
	}
	if !c.within {
		return
	}
	inA, inB := c.orphans(c.a), c.orphans(c.b)
	for i := range c.lists {
		switch l := &c.lists[i]; {
		case l.a == "" && inA[l.b] && !c.mapsAway(l.b):
			l.a = l.b
		case l.b == "" && inB[l.a] && !c.mapsAway(l.a):
			l.b = l.a
		}
		delete(inA, c.lists[i].a)
		delete(inB, c.lists[i].b)
	}
	for _, in := range c.a.Snapshot.Captures {
		if !inA[in.Provider] {
			continue
		}
		l := couple{a: in.Provider}
		if inB[l.a] && !c.mapsAway(l.a) {
			l.b = l.a
		}
		c.lists = append(c.lists, l)
		delete(inA, l.a)
		delete(inB, l.b)
	}
	for _, in := range c.b.Snapshot.Captures {
		if inB[in.Provider] {
			c.lists = append(c.lists, couple{b: in.Provider})
			delete(inB, in.Provider)
		}
	}
	for _, l := range c.lists {
		if l.a != "" && l.b != "" {
			c.bOf[l.a], c.aOf[l.b] = l.b, l.a
		}
	}
}

// namesLists reports whether a state says which SCIM lists of a kind it has, though it
// may not have read the providers. In another target that would be no use: providers
// have other ids there.
func (c *comparison) namesLists(st State, k snapshot.Kind) bool {
	return c.within && slices.ContainsFunc(st.Snapshot.Captures, func(in snapshot.Capture) bool { return in.Kind == k })
}

// orphans are the ids of providers of which a state has SCIM lists and nothing else,
// as it did not read the providers.
func (c *comparison) orphans(st State) map[string]bool {
	ids := map[string]bool{}
	if readProviders(st) {
		return ids
	}
	for _, in := range st.Snapshot.Captures {
		if in.Kind.IsSCIM() && !c.holds(st, in.Provider) {
			ids[in.Provider] = true
		}
	}
	return ids
}

// mapsAway reports whether Options.Map says that the id is another one in the other
// state.
func (c *comparison) mapsAway(id string) bool {
	for old, updated := range c.forced {
		if (old == id || updated == id) && old != updated {
			return true
		}
	}
	return false
}

// chooseLists finds the lists that the options ask for, where choose could not go by
// a provider.
func (c *comparison) chooseLists() {
	for _, l := range c.lists {
		if c.chosen[couple{a: l.a}] || c.chosen[couple{b: l.b}] || c.asksForList(l) {
			c.chosen[l] = true
		}
	}
}

func (c *comparison) asksForList(l couple) bool {
	if len(c.o.Types) > 0 || c.holds(c.a, l.a) || c.holds(c.b, l.b) {
		return false
	}
	for _, word := range c.o.Providers {
		if l.a != "" && Calls(word, l.a, c.namesA[l.a]) || l.b != "" && Calls(word, l.b, c.namesB[l.b]) {
			return true
		}
	}
	return false
}

// Calls reports whether a word names a provider: its id, its name whatever the case, or
// a pattern of its name.
func Calls(word, id, name string) bool {
	return id == word || strings.EqualFold(name, word) || glob(word, name)
}
