package diff

import (
	"cmp"
	"encoding/binary"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/idpsnap/idpsnap/snapshot"
)

// changes compares the pairs, on every core: of a long time between two states
// there are many.
func (c *comparison) changes() error {
	if c.slots[slot{kind: snapshot.IdentityProvider}] == known {
		for _, p := range c.providers {
			if !c.narrowed() || c.chosen[coupleOf(p)] {
				c.pairs = append(c.pairs, p)
			}
		}
	}
	c.weigher = weigher{rules: c.o.Rules.compiled(), elsewhere: !c.within}
	c.ignored = compilePatterns(c.o.Ignore)
	const chunk = 512
	found := make([][]outcome, (len(c.pairs)+chunk-1)/chunk)
	errs := make([]error, len(found))
	inParallel(len(found), func(i int) {
		found[i], errs[i] = c.changesOf(c.pairs[i*chunk : min((i+1)*chunk, len(c.pairs))])
	})
	for i, list := range found {
		if errs[i] != nil { // the first in order, whichever was the first in time
			return errs[i]
		}
		for j := range list {
			c.changed = append(c.changed, &list[j])
		}
	}
	return nil
}

// inParallel calls work with every number below n, on every core.
func inParallel(n int, work func(i int)) {
	var all sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), n) {
		all.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				work(int(i - 1))
			}
		})
	}
	all.Wait()
}

// outcome is a change, the slot that it is in, and what it was found in.
type outcome struct {
	Change
	slot slot
	pair snapshot.Pair
}

// changesOf compares some pairs.
func (c *comparison) changesOf(pairs []snapshot.Pair) (list []outcome, err error) {
	r := reducer{all: c.o.AllFields}
	for _, p := range pairs {
		r.passing = c.counted(cmp.Or(p.A, p.B).Kind)
		ch, differs, err := c.change(&r, p)
		if err != nil {
			return nil, err
		}
		if !differs {
			continue
		}
		if list == nil {
			list = make([]outcome, 0, len(pairs))
		}
		list = append(list, ch)
	}
	return list, nil
}

// change compares one pair, and weighs what it finds.
func (c *comparison) change(r *reducer, p snapshot.Pair) (ch outcome, differs bool, err error) {
	ch.pair = p
	a, b := p.A, p.B
	if a != nil && b != nil && a.Kind.IsReference() {
		a, b = translated(a, c.translation.ofA), translated(b, c.translation.ofB)
	}
	if c.o.Brief && (a == nil || b == nil) && cmp.Or(a, b).Kind.IsSCIM() {
		ch.Change = changeOf(a, b)
	} else if ch.Change, err = resourceChange(r, a, b, c.ignored); err != nil {
		return ch, false, err
	}
	// A provider with a new id was deleted and created again: what names it does not
	// find it any more.
	recreated := c.within && ch.Kind == snapshot.IdentityProvider && ch.ID != ch.IDB
	if ch.Action == Changed && len(ch.Fields) == 0 && !recreated {
		return ch, false, nil
	}
	ch.slot = c.slotOf(&ch.Change)
	if !r.passing {
		ch.Summary = cmp.Or(p.B, p.A).Summary()
		ch.ProviderName = c.providerName(ch.slot)
	}
	c.weigher.weigh(&ch.Change)
	if r.passing {
		ch.Fields = nil
	}
	return ch, true, nil
}

// slotOf is the slot that a change is in.
func (c *comparison) slotOf(ch *Change) slot {
	s := slot{kind: ch.Kind}
	if !ch.Kind.IsSCIM() {
		return s
	}
	if ch.Action == Added {
		s.a, s.b = c.aOf[ch.Provider], ch.Provider
	} else {
		s.a, s.b = ch.Provider, c.bOf[ch.Provider]
	}
	return s
}

// changeOf says what happened to a resource as a whole. Where a or b does not hold
// it, that is nil.
func changeOf(a, b *snapshot.Resource) (ch Change) {
	first := cmp.Or(a, b)
	ch.Action, ch.Collection, ch.ID = Changed, first.Collection, first.ID
	if b != nil {
		ch.IDB = b.ID
	}
	switch {
	case a == nil:
		ch.Action = Added
	case b == nil:
		ch.Action = Removed
	}
	return ch
}

// resourceChange is changeOf with the fields that differ. Those that are ignored do
// not count.
func resourceChange(r *reducer, a, b *snapshot.Resource, ignored []pattern) (Change, error) {
	ch := changeOf(a, b)
	old, updated, err := r.reduce(a, b)
	if err != nil {
		return ch, err
	}
	ch.Fields = r.fieldsOf(old, updated)
	for i := range ch.Fields {
		f := &ch.Fields[i]
		f.Old, f.New = recorded(a, f.Path, f.Old), recorded(b, f.Path, f.New)
	}
	if r.all {
		if err := r.markComputed(ch.Fields, a, b); err != nil {
			return ch, err
		}
	}
	if len(ignored) > 0 {
		ch.Fields = slices.DeleteFunc(ch.Fields, func(f Field) bool { return matchesAny(ignored, f.Path) })
	}
	return ch, nil
}

// finish drops what the options leave out and puts the rest in order.
func (c *comparison) finish() {
	at := c.slotOrder()
	list := make([]place, 0, len(c.changed))
	var last slot
	n := -1
	for _, ch := range c.changed {
		if ch.Severity < c.o.AtLeast {
			continue
		}
		if n < 0 || ch.slot != last {
			n, last = at[ch.slot], ch.slot
		}
		list = append(list, place{n, begins(ch.Name), &ch.Change})
	}
	list = sortPlaces(list)
	if len(list) > 0 {
		c.result.Changes = make([]Change, 0, len(list))
	}
	for _, p := range list {
		c.result.Changes = append(c.result.Changes, *p.Change)
	}
	byCollection := func(x, y snapshot.Collection, nameX, nameY string) int {
		return cmp.Or(rank(x.Kind)-rank(y.Kind), strings.Compare(nameX, nameY), strings.Compare(x.Provider, y.Provider))
	}
	for _, notes := range [][]NotCompared{c.result.NotCompared, c.result.Unread} {
		slices.SortFunc(notes, func(x, y NotCompared) int {
			return cmp.Or(byCollection(x.Collection, y.Collection, x.ProviderName, y.ProviderName), strings.Compare(x.Reason, y.Reason))
		})
	}
	slices.SortFunc(c.result.Ambiguous, func(x, y Ambiguity) int {
		return cmp.Or(byCollection(x.Collection, y.Collection, "", ""), strings.Compare(x.Name, y.Name), slices.Compare(x.A, y.A))
	})
}

func rank(k snapshot.Kind) int { return slices.Index(kinds, k) }

var kinds = snapshot.Kinds()

// place is where a change stands in the result.
type place struct {
	slot   int    // its place in display order
	begins uint64 // how the name begins: enough to tell most apart
	*Change
}

// begins gives the first bytes of a name as a number that sorts as they do.
func begins(name string) uint64 {
	var b [8]byte
	copy(b[:], name)
	return binary.BigEndian.Uint64(b[:])
}

func (p place) compare(q place) int {
	if p.slot != q.slot {
		return p.slot - q.slot
	}
	if p.begins != q.begins {
		return cmp.Compare(p.begins, q.begins)
	}
	return cmp.Or(strings.Compare(p.Name, q.Name), strings.Compare(p.ID, q.ID), strings.Compare(p.IDB, q.IDB))
}

// sortPlaces sorts halves on a core each, and merges them.
func sortPlaces(list []place) []place {
	half := len(list) / 2
	a, b := list[:half], list[half:]
	inParallel(2, func(i int) { slices.SortFunc([][]place{a, b}[i], place.compare) })
	merged := make([]place, 0, len(list))
	for len(a) > 0 && len(b) > 0 {
		if a[0].compare(b[0]) <= 0 {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

// slotOrder numbers the slots that have changes in display order.
func (c *comparison) slotOrder() map[slot]int {
	at := map[slot]int{}
	var list []slot
	var last slot
	for _, ch := range c.changed {
		if ch.slot == last {
			continue
		}
		last = ch.slot
		if _, ok := at[last]; !ok {
			at[last] = 0
			list = append(list, last)
		}
	}
	slices.SortFunc(list, func(x, y slot) int {
		return cmp.Or(rank(x.kind)-rank(y.kind), strings.Compare(c.providerName(x), c.providerName(y)),
			strings.Compare(x.collection().Provider, y.collection().Provider), strings.Compare(x.b, y.b))
	})
	for i, s := range list {
		at[s] = i
	}
	return at
}
