package audit

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// looks tells on how many nights of a period each list could be compared, and on how
// many not. What was counted of a list that never could be is not 0, but not known.
type looks struct {
	nights          int // that were compared with what was known before
	compared, blank map[snapshot.Collection]int
	names           map[snapshot.Collection]string // of their providers
}

func newLooks() looks {
	return looks{compared: map[snapshot.Collection]int{}, blank: map[snapshot.Collection]int{}, names: map[snapshot.Collection]string{}}
}

func (l *looks) add(n *Night) {
	if n.First {
		return
	}
	l.nights++
	blank := map[snapshot.Collection]bool{}
	for _, nc := range n.NotCompared {
		blank[nc.Collection] = true
		l.blank[nc.Collection]++
		l.names[nc.Collection] = nc.ProviderName
	}
	for _, c := range n.Snapshot.Captures {
		if c.Status == snapshot.Complete && !blank[c.Collection] {
			l.compared[c.Collection]++
		}
	}
	for i := range n.Changes { // of a provider that is gone there is no capture
		l.compared[n.Changes[i].Collection]++
	}
}

// blind reports whether a list was to be compared, and on no night could be, or whether
// there was no night to compare with another.
func (l *looks) blind(k snapshot.Kind, provider string) bool {
	c := snapshot.Collection{Kind: k, Provider: provider}
	return l.nights == 0 || l.blank[c] > 0 && l.compared[c] == 0
}

// someBlind reports whether any list of the kind is blind.
func (l *looks) someBlind(k snapshot.Kind) bool {
	for c := range l.blank {
		if c.Kind == k && l.blind(k, c.Provider) {
			return true
		}
	}
	return l.nights == 0
}

// number is what was counted in lists of the kind. Where one of them is blind, 0 would
// say what nobody knows; more than that is at least so.
func (l *looks) number(k snapshot.Kind, n int) Cell {
	if l.allBlind(k) || n == 0 && l.someBlind(k) {
		return NotKnown
	}
	return Number(n)
}

// allBlind reports whether no list of the kind could be compared, though one was to be.
func (l *looks) allBlind(k snapshot.Kind) bool {
	sum := func(nights map[snapshot.Collection]int) (n int) {
		for c, times := range nights {
			if c.Kind == k {
				n += times
			}
		}
		return n
	}
	return l.nights == 0 || sum(l.blank) > 0 && sum(l.compared) == 0
}

// remarks name the lists of which no number of the report tells anything.
func (l *looks) remarks() []Remark {
	var names []string
	for c := range l.blank {
		if l.blind(c.Kind, c.Provider) {
			names = append(names, listName(c, l.names[c]))
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return []Remark{{diff.High, "Not read on any night that could tell: " + strings.Join(names, ", ") + ". The numbers are without them."}}
}

// any reports whether any list is blind.
func (l *looks) any() bool {
	return l.nights == 0 || len(l.remarks()) > 0
}

// kindOf is the kind of SCIM resources that a figure or column of counts is about, by
// its key.
func kindOf(key string) snapshot.Kind {
	if strings.HasPrefix(key, "group_") || strings.HasPrefix(key, string(snapshot.SCIMGroup)) {
		return snapshot.SCIMGroup
	}
	return snapshot.SCIMUser
}
