package sandbox

import (
	"fmt"
	"slices"
)

// Churn is a night in the directories of a target: so many users change their name or are switched on or off,
// so many are new, so many leave. The users are drawn from all providers with SCIM, in proportion.
func (s *Server) Churn(target string, changed, added, removed int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return err
	}
	providers := t.synced()
	if len(providers) == 0 || t.scope != "account" {
		return fmt.Errorf("churn %s: no provider has SCIM on", t)
	}
	total := 0
	for _, id := range providers {
		total += len(t.scimOf(id).users.items)
	}
	if min(changed, added, removed) < 0 || changed+removed > total {
		return fmt.Errorf("churn %s: cannot change %d and remove %d of %d users, and add %d", t, changed, removed, total, added)
	}
	fates := s.fates(total, changed, removed)
	weights := []string{}
	for _, id := range providers {
		c := &t.scimOf(id).users
		next := make([]record, 0, len(c.items))
		for _, r := range c.items {
			switch fates() {
			case removedFate:
				continue
			case changedFate:
				r = s.changedUser(r)
			}
			next = append(next, r)
		}
		weights = append(weights, slices.Repeat([]string{id}, 1+len(c.items)*100/max(total, 1))...)
		c.items = next
		c.touch()
	}
	for range added {
		t.scimOf(pick(&s.rand, weights)).users.add(record{view: s.people().appendUser(nil, nil)})
	}
	return nil
}

const (
	sameFate = iota
	changedFate
	removedFate
)

// fates deals one fate to each of total users, in order (selection sampling: exactly as many as asked).
func (s *Server) fates(total, changed, removed int) func() int {
	return func() int {
		draw := s.rand.below(total)
		total--
		switch {
		case draw < changed:
			changed--
			return changedFate
		case draw < changed+removed:
			removed--
			return removedFate
		}
		return sameFate
	}
}

// changedUser is a user whose record was synchronised again with something new in it.
func (s *Server) changedUser(r record) record {
	next := r.view
	if s.rand.below(4) == 0 {
		active := []byte("true")
		if isTrue(next, "active") {
			active = []byte("false")
		}
		next = set(next, active, "active")
	} else {
		next = set(next, quote(pick(&s.rand, firstNames).shown+" "+pick(&s.rand, lastNames).shown), "displayName")
	}
	return record{view: set(next, stamp(s.now()), "meta", "lastModified")}
}

// drift changes the list that a call has just read a page of: see the faults of that name.
func (s *Server) drift(rq *request, hit fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.targets[rq.route.scope+":"+rq.route.target]
	kind, ok := listedKind(rq.route)
	if t == nil || !ok {
		return
	}
	c, err := t.collection(kind, rq.route.id)
	if err != nil {
		return
	}
	if hit.kind != FaultDriftAdd {
		c.items = c.items[min(hit.count, len(c.items)):]
		c.touch()
	}
	if hit.kind == FaultDriftRemove {
		return
	}
	var fresh []record
	for n := range hit.count {
		fresh = append(fresh, s.newResource(t, kind, len(c.items)+n))
	}
	if hit.kind == FaultDriftAdd {
		c.insertFirst(fresh...)
	} else {
		c.add(fresh...)
	}
}

// listedKind says of what kind the list of a route is.
func listedKind(rt route) (Kind, bool) {
	switch {
	case rt.scim == "users":
		return KindSCIMUser, true
	case rt.scim == "groups":
		return KindSCIMGroup, true
	case rt.id != "":
		return "", false
	}
	kind, ok := map[string]Kind{
		"identity_providers": KindProvider, "apps": KindApp, "policies": KindPolicy, "groups": KindAccessGroup,
	}[rt.resource]
	return kind, ok
}

// newResource makes a resource of any listed kind.
func (s *Server) newResource(t *target, kind Kind, number int) record {
	switch kind {
	case KindSCIMUser:
		return record{view: s.people().appendUser(nil, nil)}
	case KindSCIMGroup:
		return record{view: s.people().appendGroup(nil, number)}
	case KindApp:
		return record{view: s.newApp(t, number)}
	case KindPolicy:
		return record{view: s.newPolicy(t, number)}
	case KindAccessGroup:
		return record{view: s.newAccessGroup(t, number)}
	default:
		id := s.rand.uuid()
		return s.providerRecord(fmt.Appendf(nil,
			`{"id":%q,"uid":%q,"type":"github","name":"Drift %d","config":{"client_id":%q,"redirect_url":%q},"version":%q}`,
			id, id, number, s.rand.hex(20), callback(t.authDomain()), s.rand.hex(32)))
	}
}
