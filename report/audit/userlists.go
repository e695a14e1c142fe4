package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// ErrNoSnapshot says that a report about a moment was asked for without one.
var ErrNoSnapshot = errors.New("no snapshot to report on")

// knowledge says what a snapshot knows of one list of users.
type knowledge int

const (
	listRead   knowledge = iota
	listUnread           // failed, skipped, or nobody knows whether there is one
	noSCIM               // Cloudflare has no such list: SCIM is off
	noProvider           // there was no such provider, and so nobody in its list
)

// userList is a provider, and what a snapshot knows of its users.
type userList struct {
	id, name string
	provider snapshot.Document // nil where the providers were not read
	state    knowledge
	why      string // of what is not listRead
	count    int    // of users, as the API counted them
}

// typ is the provider's type, "" where it was not read.
func (l *userList) typ() snapshot.Type { return snapshot.Type(textIn(l.provider, "type")) }

// typeCell is typ for people and programs.
func (l *userList) typeCell() Cell {
	if l.provider == nil {
		return NotKnown
	}
	return Text(string(l.typ()))
}

// called is what people call the provider: one without a name, as a one-time PIN has
// none, by what it is.
func (l *userList) called() string { return providerCalled(l.id, l.name, l.typ()) }

func providerCalled(id, name string, t snapshot.Type) string {
	if info, known := snapshot.TypeOf(t); known && strings.TrimSpace(name) == "" {
		return info.Vendor
	}
	return providerLabel(id, name)
}

// roster is what a snapshot knows of the providers and of their users.
type roster struct {
	snapshot  *snapshot.Snapshot
	providers []snapshot.Resource // as they were read, in display order
	read      bool                // the list of providers was
	why       string              // it was not
	lists     []*userList         // those that the filter lets through, by provider id
	byID      map[string]*userList
}

// rosterOf reads what a snapshot knows of providers.
func rosterOf(ctx context.Context, h History, sn *snapshot.Snapshot, filter diff.Options) (*roster, error) {
	if sn == nil {
		return nil, ErrNoSnapshot
	}
	r := &roster{snapshot: sn, byID: map[string]*userList{}}
	r.read, r.why = completeIn(sn, snapshot.Collection{Kind: snapshot.IdentityProvider})
	if r.read {
		for p, err := range h.Resources(ctx, sn.ID, snapshot.IdentityProvider) {
			if err != nil {
				return nil, fmt.Errorf("read the providers of %s: %w", snapshot.ShortID(sn.ID), err)
			}
			r.providers = append(r.providers, p)
			s := p.Summary()
			if letsThrough(filter, p.ID, s.Name, s.Type) {
				r.add(&userList{id: p.ID, name: s.Name, provider: p.Document})
			}
		}
	}
	for _, c := range sn.Captures { // without their provider there may be lists all the same
		if c.Kind == snapshot.SCIMUser && !r.read && letsThrough(filter, c.Provider, c.ProviderName, "") {
			r.add(&userList{id: c.Provider, name: c.ProviderName})
		}
	}
	for _, l := range r.lists {
		l.state, l.why, l.count = r.stateOf(l.id)
	}
	slices.SortFunc(r.lists, func(a, b *userList) int { return strings.Compare(a.id, b.id) })
	return r, nil
}

func (r *roster) add(l *userList) {
	r.lists = append(r.lists, l)
	r.byID[l.id] = l
}

// stateOf says what the snapshot knows of the users of a provider, and why not more.
func (r *roster) stateOf(provider string) (state knowledge, why string, count int) {
	c, ok := r.snapshot.Capture(snapshot.Collection{Kind: snapshot.SCIMUser, Provider: provider})
	switch {
	case ok && c.Status == snapshot.Complete:
		return listRead, "", c.Count
	case ok:
		return listUnread, because(string(c.Status), c.Error), 0
	case !r.read:
		return listUnread, "the identity providers were not read", 0
	case !slices.ContainsFunc(r.providers, func(p snapshot.Resource) bool { return p.ID == provider }):
		return noProvider, "there was no such provider", 0
	case r.snapshot.Target.Scope == snapshot.Zone:
		return noSCIM, "Cloudflare has lists of users for accounts only", 0
	case r.scimOn(provider):
		return listUnread, "not read, though SCIM is on", 0
	}
	return noSCIM, "SCIM is off", 0
}

func (r *roster) scimOn(provider string) bool {
	return slices.ContainsFunc(r.providers, func(p snapshot.Resource) bool {
		return p.ID == provider && saysTrue(p.Document, "scim_config", "enabled")
	})
}

// completeIn reports whether a snapshot has read a collection whole, and why not.
func completeIn(sn *snapshot.Snapshot, c snapshot.Collection) (complete bool, why string) {
	capture, ok := sn.Capture(c)
	switch {
	case !ok:
		return false, "not read"
	case capture.Status != snapshot.Complete:
		return false, because(string(capture.Status), capture.Error)
	}
	return true, ""
}

// letsThrough reports whether a filter asks for a provider.
func letsThrough(filter diff.Options, id, name string, t snapshot.Type) bool {
	if len(filter.Types) > 0 && !slices.Contains(filter.Types, t) {
		return false
	}
	return len(filter.Providers) == 0 ||
		slices.ContainsFunc(filter.Providers, func(word string) bool { return diff.Calls(word, id, name) })
}

// unknowns says of which people nothing is known: those in lists that were not read,
// and those that Cloudflare lists nowhere.
func (r *roster) unknowns() (all []Unknown) {
	if !r.read {
		all = append(all, Unknown{What: "identity providers", Reason: r.why})
	}
	for _, l := range r.lists {
		switch {
		case l.state == listUnread:
			all = append(all, Unknown{What: "users of " + l.called(), Reason: l.why})
		case l.state == noSCIM && l.typ() == snapshot.OneTimePIN:
			all = append(all, Unknown{
				What:   "people who sign in with a one-time PIN",
				Reason: "Cloudflare does not list them: whoever receives e-mail at an address that a policy lets in can sign in",
			})
		case l.state == noSCIM:
			all = append(all, Unknown{What: "people who sign in through " + l.called(), Reason: "Cloudflare does not list them: " + l.why})
		}
	}
	return all
}

// calledThose are what people call the lists in a state.
func (r *roster) calledThose(state knowledge) (names []string) {
	for _, l := range r.lists {
		if l.state == state {
			names = append(names, l.called())
		}
	}
	return names
}

// enumerated joins names: "a, b and c". Of many it tells how many more there are.
func enumerated(names []string) string {
	const most = 5
	if n := len(names) - most; n > 1 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("%d more", n))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
