package report

import (
	"slices"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// MaxListed is how many SCIM users or groups of a collection and action are shown,
// how many settings of a resource that was added or removed, and how many elements
// of a list, unless all are asked for.
const MaxListed = 20

// sections groups changes by collection: those with the worst change first, else in
// the order in which they come. Two collections of a provider that was deleted and
// created again are one.
func (c *comparison) sections(changes []diff.Change, counted []diff.Rest) []section {
	before := map[string]string{} // id in a of a provider, by its id in b
	c.moved = map[string]bool{}
	for i := range changes {
		switch ch := &changes[i]; {
		case ch.Kind != snapshot.IdentityProvider:
		case ch.Action != diff.Changed:
			c.moved[ch.ID] = true
		case ch.IDB != "":
			before[ch.IDB] = ch.ID
		}
	}
	var order []snapshot.Collection
	of := map[snapshot.Collection][]*diff.Change{}
	for i := range changes {
		at := changes[i].Collection
		if id := before[at.Provider]; id != "" {
			at.Provider = id
		}
		if of[at] == nil {
			order = append(order, at)
		}
		of[at] = append(of[at], &changes[i])
	}
	rest := map[snapshot.Collection][]diff.Rest{}
	for _, r := range counted {
		at := r.Collection
		if id := before[at.Provider]; id != "" {
			at.Provider = id
		}
		rest[at] = append(rest[at], r)
	}
	worst := map[snapshot.Collection]diff.Severity{}
	for at, list := range of {
		for _, ch := range list {
			worst[at] = max(worst[at], ch.Severity)
		}
	}
	slices.SortStableFunc(order, func(x, y snapshot.Collection) int { return int(worst[y] - worst[x]) })
	var all []section
	for _, at := range order {
		all = append(all, c.section(of[at], rest[at]))
	}
	names := make([]*words, len(all))
	for i := range all {
		names[i] = &all[i].Collection
	}
	tellApart(names)
	return all
}

// section shows changes of one collection, the worst first.
func (c *comparison) section(changes []*diff.Change, rest []diff.Rest) section {
	first := changes[0]
	s := section{Collection: collectionWords(first.Collection, first.ProviderName), SCIM: first.Kind.IsSCIM()}
	for _, ch := range changes {
		s.Counts.add(ch)
	}
	for _, r := range rest {
		s.Counts.addRest(r)
	}
	changes = worstFirst(changes)
	if !s.SCIM {
		s.Blocks = []block{{changes: changes, c: c}}
		return s
	}
	s.Reasons = sharedReasons(changes)
	s.Happened = numbers([]int{s.Counts.Added, s.Counts.Changed, s.Counts.Removed},
		[]string{c.happened(first.Kind, diff.Added), c.happened(first.Kind, diff.Changed), c.happened(first.Kind, diff.Removed)})
	for _, action := range []diff.Action{diff.Removed, diff.Changed, diff.Added} {
		var list []*diff.Change
		for _, ch := range changes {
			if ch.Action == action {
				list = append(list, ch)
			}
		}
		if len(list) > 0 {
			s.Blocks = append(s.Blocks, c.block(list, s.Reasons, rest))
		}
	}
	return s
}

// worstFirst sorts changes by severity, and leaves those of one in their order.
func worstFirst(changes []*diff.Change) []*diff.Change {
	sorted := make([]*diff.Change, 0, len(changes))
	for _, severity := range diff.Severities() {
		for _, ch := range changes {
			if ch.Severity == severity {
				sorted = append(sorted, ch)
			}
		}
	}
	return sorted
}

// sharedReasons are the reasons that are said once, above the changes of a SCIM
// list, rather than at each of them.
func sharedReasons(changes []*diff.Change) []reason {
	const most = 3
	var all []reason
	for _, ch := range changes {
		r := reason{ch.Severity, Safe(ch.Reason)}
		if r.Severity < diff.Medium || r.Text == "" || slices.Contains(all, r) {
			continue
		}
		if all = append(all, r); len(all) == most {
			break
		}
	}
	return all
}

// block shows the first changes of a list of users or groups that share an action,
// and says how many more there are. Of those that came or went with their provider,
// which says enough, it shows none.
func (c *comparison) block(changes []*diff.Change, reasons []reason, rest []diff.Rest) block {
	b := block{changes: changes, c: c, reasons: reasons}
	var left counts
	for _, r := range rest {
		if r.Action == changes[0].Action {
			left.addRest(r)
		}
	}
	all := len(changes) + left.total()
	if c.full || all <= MaxListed {
		return b
	}
	if c.moved[changes[0].Provider] {
		b.changes, b.More = nil, number(all)+" "+c.happened(changes[0].Kind, changes[0].Action)+" with their provider; --full shows all"
		return b
	}
	b.changes = changes[:min(MaxListed, len(changes))]
	for _, ch := range changes[len(b.changes):] {
		left.add(ch)
	}
	b.More = "and " + number(left.total()) + " more " + c.happened(changes[0].Kind, changes[0].Action)
	if severities := left.Severities(); len(severities) > 1 {
		b.More += " (" + left.severities() + ")"
	}
	b.More += "; --full shows all"
	return b
}

// happened is what is said of many resources to which the same happened. Between
// two targets nobody came or went.
func (c *comparison) happened(k snapshot.Kind, a diff.Action) string {
	switch {
	case c.elsewhere && a == diff.Added:
		return "only in b"
	case c.elsewhere && a == diff.Removed:
		return "only in a"
	case k == snapshot.SCIMUser && a == diff.Added:
		return "joined"
	case k == snapshot.SCIMUser && a == diff.Removed:
		return "left"
	}
	return string(a)
}
