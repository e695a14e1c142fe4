package sandbox

import (
	"net/http"
)

// Apps, policies and groups are here because they name identity providers by id. They can be listed, read and
// replaced; the sandbox does not judge what is in them.

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
		for _, name := range serverOwned {
			next = remove(next, name)
			if value, ok := get(old, name); ok {
				next = set(next, value, name)
			}
		}
		next = set(next, stamp(s.now()), "updated_at")
		c.replace(i, record{view: next})
		return succeeded(http.StatusOK, next), nil
	}
}

// existing is a list for reading: unlike list it makes none, so that a read lock is enough.
func (t *target) existing(k Kind) *collection {
	if c := t.lists[k]; c != nil {
		return c
	}
	return &collection{}
}
