package sandbox

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// record is one resource. It is never edited, only replaced, so that a page may be written from a copy of the
// slice without a lock.
type record struct {
	view []byte // what a list or a GET serves
	full *full  // nil where nothing is hidden: the view is everything
}

// full is what the sandbox knows of a resource beyond what it serves.
type full struct {
	stored   []byte     // with its secrets
	hide     [][]string // further paths that are never served
	provider bool       // an identity provider: switches decide how it is shown
	loaded   bool       // given as a document, not through the API: served as it came
}

// stored is the whole resource with its secrets.
func (r record) stored() []byte {
	if r.full != nil {
		return r.full.stored
	}
	return r.view
}

func (r record) id() string { return idOf(r.view) }

// idOf is the resource's id. Accounts, which have 32 hex digits, are told apart by their place, not by this.
func idOf(raw []byte) string { return getString(raw, "id") }

// collection is one list in its stable order.
type collection struct {
	items []record
	edits uint64 // how often the items changed
	mixed mixed
}

// mixed is the order that the switch "order" shows instead.
type mixed struct {
	sync.Mutex
	generation uint64
	edits      uint64
	items      []record
}

// find returns the index of the resource with the id, or -1.
func (c *collection) find(id string) int {
	if id == "" {
		return -1
	}
	needle := []byte(id)
	return slices.IndexFunc(c.items, func(r record) bool {
		return bytes.Contains(r.view, needle) && r.id() == id
	})
}

func (c *collection) touch() { c.edits++ }

func (c *collection) replace(i int, r record) {
	c.items = slices.Clone(c.items) // a page may be reading the old slice
	c.items[i] = r
	c.touch()
}

func (c *collection) add(r ...record) {
	c.items = append(c.items, r...)
	c.touch()
}

func (c *collection) insertFirst(r ...record) {
	c.items = append(slices.Clone(r), c.items...)
	c.touch()
}

func (c *collection) delete(i int) {
	c.items = slices.Concat(c.items[:i:i], c.items[i+1:])
	c.touch()
}

// scimLists are the users and groups that one provider has synced.
type scimLists struct{ users, groups collection }

// target is an account or a zone.
type target struct {
	scope, id, name string
	account         string  // of a zone
	org             *record // nil: Access is not enabled
	lists           map[Kind]*collection
	scim            map[string]*scimLists // by provider id
	granted         map[string]bool       // by provider id: shared with other accounts
	lag             lag
	loaded          bool // something of it came from Load
}

func (t *target) String() string { return t.scope + ":" + t.id }

// authDomain is the team domain; "" without an organization.
func (t *target) authDomain() string {
	if t.org == nil {
		return ""
	}
	return getString(t.org.view, "auth_domain")
}

func (t *target) list(k Kind) *collection {
	c := t.lists[k]
	if c == nil {
		c = &collection{}
		t.lists[k] = c
	}
	return c
}

// scimOf returns the lists of a provider, making them where there are none.
func (t *target) scimOf(provider string) *scimLists {
	l := t.scim[provider]
	if l == nil {
		l = &scimLists{}
		t.scim[provider] = l
	}
	return l
}

// collection returns the list that holds resources of the kind.
func (t *target) collection(k Kind, provider string) (*collection, error) {
	switch {
	case !k.scim():
		return t.list(k), nil
	case t.scope != "account":
		return nil, fmt.Errorf("%s: SCIM lists exist for accounts only", t)
	case t.list(KindProvider).find(provider) < 0:
		return nil, fmt.Errorf("%s has no identity provider %q", t, provider)
	case k == KindSCIMUser:
		return &t.scimOf(provider).users, nil
	default:
		return &t.scimOf(provider).groups, nil
	}
}

// AddAccount makes an account with a Zero Trust organization whose team domain is authDomain, such as
// "acme.cloudflareaccess.com". An account that exists gets the new name and organization and keeps the rest.
func (s *Server) AddAccount(id, name, authDomain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addTarget("account", id, name, authDomain)
}

// AddAccountWithoutOrganization makes an account that never enabled Access.
func (s *Server) AddAccountWithoutOrganization(id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addTarget("account", id, name, "")
}

// AddZone makes a zone of an account. Without an authDomain the zone has no Access of its own.
func (s *Server) AddZone(id, name, accountID, authDomain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addTarget("zone", id, name, authDomain).account = accountID
}

func (s *Server) addTarget(scope, id, name, authDomain string) *target {
	t := s.targets[scope+":"+id]
	if t == nil {
		t = &target{scope: scope, id: id, lists: map[Kind]*collection{}, scim: map[string]*scimLists{}, granted: map[string]bool{}}
		s.targets[t.String()] = t
		s.order = append(s.order, t)
	}
	t.name = name
	t.org = nil
	if authDomain != "" {
		t.org = s.newOrganization(name, authDomain)
	}
	return t
}

func (s *Server) newOrganization(name, authDomain string) *record {
	at := stamp(s.now())
	return &record{view: fmt.Appendf(nil,
		`{"auth_domain":%s,"name":%s,"auto_redirect_to_identity":false,"is_ui_read_only":false,"created_at":%s,"updated_at":%s}`,
		quote(authDomain), quote(name), at, at)}
}

// target finds "account:ID" or "zone:ID".
func (s *Server) target(name string) (*target, error) {
	if t := s.targets[name]; t != nil {
		return t, nil
	}
	names := make([]string, len(s.order))
	for i, t := range s.order {
		names[i] = t.String()
	}
	return nil, fmt.Errorf("unknown target %q: there are %s", name, strings.Join(names, ", "))
}

// stamp is a moment as Access objects carry it: to the second (recorded answers).
func stamp(at time.Time) []byte {
	return at.UTC().AppendFormat(nil, `"2006-01-02T15:04:05Z"`)
}
