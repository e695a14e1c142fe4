package sandbox

import (
	"net/http"
	"strconv"
)

// Apps, policies and groups are here because they name identity providers by id. They can be listed, read and
// replaced; the sandbox does not judge what is in them, except that an app's policies have to exist.

// listOf makes the function that lists resources of a kind.
func listOf(k Kind, l listing) func(*Server, *target, *request) (answer, *failure) {
	return func(s *Server, t *target, rq *request) (answer, *failure) {
		query := rq.URL.Query()
		p, refusal := s.page(query, l)
		if refusal != nil {
			return answer{}, refusal
		}
		return s.servePage(s.listed(t.existing(k), firstPage(query)), p)
	}
}

// getOf makes the function that reads one resource of a kind.
func getOf(k Kind) func(*Server, *target, *request) (answer, *failure) {
	return func(_ *Server, t *target, rq *request) (answer, *failure) {
		c := t.existing(k)
		i := c.find(rq.route.id)
		if i < 0 {
			return answer{}, notFound()
		}
		return succeeded(http.StatusOK, c.items[i].view), nil
	}
}

// serverOwned are the fields of an app, a policy or a group that a replacement does not set.
var serverOwned = []string{"id", "uid", "aud", "app_count", "reusable", "created_at"}

// updateOf makes the function that replaces one resource of a kind.
func updateOf(k Kind) func(*Server, *target, *request) (answer, *failure) {
	return func(s *Server, t *target, rq *request) (answer, *failure) {
		c := t.existing(k)
		i := c.find(rq.route.id)
		if i < 0 {
			return answer{}, notFound()
		}
		next, refusal := bodyObject(rq.body)
		if refusal != nil {
			return answer{}, refusal
		}
		if getString(next, "name") == "" {
			return answer{}, invalid("name is missing") // own words
		}
		old := c.items[i].stored()
		if k == KindApp {
			if next, refusal = s.resolvePolicies(t, next, old); refusal != nil {
				return answer{}, refusal
			}
		}
		for _, name := range serverOwned {
			next = remove(next, name)
			if value, ok := get(old, name); ok {
				next = set(next, value, name)
			}
		}
		next = set(next, stamp(s.now()), "updated_at")
		c.replace(i, record{view: next})
		if k == KindPolicy {
			s.embedAgain(t, next)
		}
		return succeeded(http.StatusOK, next), nil
	}
}

// resolvePolicies puts the policies of an app into the form that reads have: whole ones. They may be sent as ids, as
// {"id","precedence"} or whole. The id of a reusable policy stands for that policy, whatever is sent with it; any
// other id has to be that of a policy which the app has already.
func (s *Server) resolvePolicies(t *target, app, old []byte) ([]byte, *failure) {
	sent, ok := get(app, "policies")
	if !ok || string(sent) == "null" {
		return app, nil
	}
	if !isArray(sent) {
		return nil, invalid("policies is not a list") // own words
	}
	policies := elements(sent)
	for n, item := range policies {
		policy, refusal := s.resolvePolicy(t, item, old)
		if refusal != nil {
			return nil, refusal
		}
		precedence, ok := get(item, "precedence")
		if !ok {
			precedence = strconv.AppendInt(nil, int64(n+1), 10)
		}
		policies[n] = set(policy, precedence, "precedence")
	}
	return set(app, array(policies), "policies"), nil
}

func (s *Server) resolvePolicy(t *target, item, app []byte) ([]byte, *failure) {
	id, more := idOf(item), false
	switch {
	case item[0] == '"':
		id = unquote(item)
	case !isObject(item):
		return nil, invalid("a policy is neither an id nor an object") // own words
	}
	for _, m := range members(item) {
		more = more || m.key != "id" && m.key != "precedence"
	}
	if account := s.accountOf(t); account != nil {
		c := account.existing(KindPolicy)
		if i := c.find(id); i >= 0 {
			return c.items[i].view, nil
		}
	}
	if id == "" && more {
		return set(item, quote(s.rand.uuid()), "id"), nil
	}
	had, _ := get(app, "policies")
	for _, policy := range elements(had) {
		switch {
		case id == "" || idOf(policy) != id:
		case more:
			return item, nil
		default:
			return policy, nil
		}
	}
	return nil, invalid("unknown policy " + string(quote(id))) // own words
}

// embedAgain shows a reusable policy as it is now in the apps that have it.
func (s *Server) embedAgain(account *target, policy []byte) {
	for _, t := range s.order {
		if s.accountOf(t) != account {
			continue
		}
		c := t.list(KindApp)
		for i, r := range c.items {
			had, _ := get(r.view, "policies")
			policies, changed := elements(had), false
			for n, old := range policies {
				if idOf(old) != idOf(policy) {
					continue
				}
				policies[n], changed = policy, true
				if precedence, ok := get(old, "precedence"); ok {
					policies[n] = set(policy, precedence, "precedence")
				}
			}
			if changed {
				c.replace(i, record{view: set(r.view, array(policies), "policies")})
			}
		}
	}
}

// existing is a list for reading: unlike list it makes none, so that a read lock is enough.
func (t *target) existing(k Kind) *collection {
	if c := t.lists[k]; c != nil {
		return c
	}
	return &collection{}
}
