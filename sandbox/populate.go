package sandbox

import (
	"fmt"
	"slices"
)

// Population is how much to make. The zero value makes a default set of providers where there are none.
type Population struct {
	Providers    []string // types, one provider each; nil: a default set unless the target has providers
	Users        int      // over the providers with SCIM: 60, 20, 10, 5, 3, 2 %
	Groups       int      // likewise
	Apps         int
	Policies     int // of accounts
	AccessGroups int
}

// defaultProviders has six with SCIM, as many as users are spread over, and four without.
var defaultProviders = []string{
	"azureAD", "okta", "saml", "oidc", "saml", "oidc", "github", "google-apps", "onetimepin", "cloudflare",
}

// shares is how users and groups are spread over providers, in percent.
var shares = []int{60, 20, 10, 5, 3, 2}

// Populate fills a target with providers, people and what names them. What is there stays. Up to a million
// users are meant to fit: each takes about 500 bytes.
func (s *Server) Populate(target string, p Population) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return err
	}
	if t.org == nil {
		return fmt.Errorf("populate %s: it has no organization", t)
	}
	types := p.Providers
	if types == nil && len(t.existing(KindProvider).items) == 0 {
		types = defaultProviders
	}
	for n, kind := range types {
		if err := s.makeProvider(t, kind, n); err != nil {
			return fmt.Errorf("populate %s: %w", t, err)
		}
	}
	if err := s.makePeople(t, p.Users, p.Groups); err != nil {
		return fmt.Errorf("populate %s: %w", t, err)
	}
	if p.Policies > 0 && t.scope != "account" {
		return fmt.Errorf("populate %s: reusable policies exist for accounts only", t)
	}
	s.makeReferences(t, p)
	return nil
}

func (s *Server) makeReferences(t *target, p Population) {
	for n := range p.AccessGroups {
		t.list(KindAccessGroup).add(record{view: s.newAccessGroup(t, n)})
	}
	for n := range p.Policies {
		t.list(KindPolicy).add(record{view: s.newPolicy(t, n)})
	}
	for n := range p.Apps {
		t.list(KindApp).add(record{view: s.newApp(t, n)})
	}
}

// synced lists the providers of a target that have SCIM on.
func (t *target) synced() []string {
	var ids []string
	for _, r := range t.existing(KindProvider).items {
		if isTrue(r.stored(), "scim_config", "enabled") {
			ids = append(ids, r.id())
		}
	}
	return ids
}

func (s *Server) makePeople(t *target, users, groups int) error {
	if users+groups == 0 {
		return nil
	}
	providers := t.synced()
	switch {
	case t.scope != "account":
		return fmt.Errorf("SCIM lists exist for accounts only")
	case len(providers) == 0:
		return fmt.Errorf("no provider has SCIM on")
	case len(providers) > len(shares):
		providers = providers[:len(shares)]
	}
	p := s.people()
	p.days = 900
	var a arena
	userCounts, groupCounts := spread(users, len(providers)), spread(groups, len(providers))
	for n, id := range providers {
		lists := t.scimOf(id)
		lists.users.items = slices.Grow(lists.users.items, userCounts[n])
		for range userCounts[n] {
			var twin []byte
			if first := t.scimOf(providers[0]).users.items; n > 0 && p.rand.below(50) == 0 && len(first) > 0 {
				twin = pick(p.rand, first).view
			}
			lists.users.items = append(lists.users.items, record{view: a.keep(p.appendUser(a.room(), twin))})
		}
		lists.users.touch()
		for range groupCounts[n] {
			lists.groups.add(record{view: a.keep(p.appendGroup(a.room(), len(lists.groups.items)))})
		}
	}
	return nil
}

// spread divides n by the shares of the first parts, the remainder going to the first.
func spread(n, parts int) []int {
	whole := 0
	for _, share := range shares[:parts] {
		whole += share
	}
	out, left := make([]int, parts), n
	for i, share := range shares[:parts] {
		out[i] = n * share / whole
		left -= out[i]
	}
	if parts > 0 {
		out[0] += left
	}
	return out
}

// arena keeps many small documents in few allocations.
type arena struct{ chunk []byte }

const (
	arenaChunk = 1 << 20
	arenaItem  = 4096 // no generated document is longer
)

// room is where the next document is to be appended.
func (a *arena) room() []byte {
	if cap(a.chunk)-len(a.chunk) < arenaItem {
		a.chunk = make([]byte, 0, arenaChunk)
	}
	return a.chunk[len(a.chunk):]
}

// keep takes the document that was appended to the room.
func (a *arena) keep(doc []byte) []byte {
	a.chunk = a.chunk[:len(a.chunk)+len(doc)]
	return doc[:len(doc):len(doc)]
}
