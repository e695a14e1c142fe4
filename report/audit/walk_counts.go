package audit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// userCount is how many users a provider had: before the period or when they were first
// read in it, and when they were last read. What came and went in between is the
// difference.
type userCount struct {
	provider, name string
	before, after  Cell
}

// openings are how many resources lists had before the walk told of any change in them.
type openings struct {
	before    map[snapshot.Collection]int
	read      map[snapshot.Collection]bool // those that were, ever
	providers map[string]snapshot.Summary  // that the period has seen
	// again are the ids, old and new, of providers that were created again. Whoever
	// stayed left the one and did not join the other, so their counts say nothing.
	again map[string]bool
}

func newOpenings() openings {
	return openings{map[snapshot.Collection]int{}, map[snapshot.Collection]bool{}, map[string]snapshot.Summary{}, map[string]bool{}}
}

// begin notes of lists how many they had when nothing was known of them before.
func (o *openings) begin(lists map[snapshot.Collection]lastReading) {
	for at, have := range lists {
		if _, ok := o.before[at]; !ok {
			o.before[at] = have.Count
		}
		o.read[at] = o.read[at] || !have.empty
	}
}

// see notes the providers of a night.
func (o *openings) see(providers []snapshot.Resource, renamed map[string]string) {
	for _, p := range providers {
		o.providers[p.ID] = p.Summary()
	}
	for updated, old := range renamed {
		o.again[updated], o.again[old] = true, true
	}
}

// users counts those of each provider that the options ask for.
func (w *walker) users() []userCount {
	var list []userCount
	for c, n := range w.openings.before {
		have, there := w.lists[c]
		p := w.openings.providers[c.Provider]
		if c.Kind != snapshot.SCIMUser || !w.openings.read[c] || !w.asks(c.Provider, p) {
			continue
		}
		u := userCount{c.Provider, cmp.Or(p.Name, have.ProviderName), Number(n), Number(0)}
		if there {
			u.after = Number(have.Count)
		}
		if w.openings.again[c.Provider] {
			u.before, u.after = NotKnown, NotKnown
		}
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b userCount) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.provider, b.provider))
	})
	return list
}

// asks reports whether the options ask for a provider.
func (w *walker) asks(id string, p snapshot.Summary) bool {
	o := w.question.Filter
	return (len(o.Types) == 0 || slices.Contains(o.Types, p.Type)) &&
		(len(o.Providers) == 0 || slices.ContainsFunc(o.Providers, func(word string) bool { return diff.Calls(word, id, p.Name) }))
}
