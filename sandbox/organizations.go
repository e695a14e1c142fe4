package sandbox

import (
	"net/http"
)

// getOrganization answers the organization. The caller holds s.mu, and there is one.
func (s *Server) getOrganization(t *target, _ *request) (answer, *failure) {
	return succeeded(http.StatusOK, t.org.view), nil
}

// createOrganization enables Access.
func (s *Server) createOrganization(t *target, rq *request) (answer, *failure) {
	body, refusal := bodyObject(rq.body)
	if refusal != nil {
		return answer{}, refusal
	}
	if t.org != nil {
		return answer{}, conflict("an organization already exists") // own words
	}
	domain := getString(body, "auth_domain")
	if domain == "" {
		return answer{}, invalid("auth_domain is missing") // own words
	}
	t.org = s.newOrganization(getString(body, "name"), domain)
	ans, refusal := s.updateOrganization(t, rq)
	ans.status = http.StatusCreated
	return ans, refusal
}

// updateOrganization sets the fields that were sent and leaves the others: whether the real PUT resets them is
// not known. A new team domain moves every redirect URL.
func (s *Server) updateOrganization(t *target, rq *request) (answer, *failure) {
	body, refusal := bodyObject(rq.body)
	if refusal != nil {
		return answer{}, refusal
	}
	next := t.org.view
	for _, m := range members(body) {
		if m.key != "created_at" && m.key != "updated_at" {
			next = set(next, body[m.valStart:m.valEnd], m.key)
		}
	}
	t.org = &record{view: set(next, stamp(s.now()), "updated_at")}
	s.moveURLs(t)
	return succeeded(http.StatusOK, t.org.view), nil
}

// moveURLs renews the URLs that contain the team domain, of providers that were made through the API.
func (s *Server) moveURLs(t *target) {
	c := t.list(KindProvider)
	for i, r := range c.items {
		if r.full == nil || r.full.loaded {
			continue
		}
		next := set(r.full.stored, quote(callback(t.authDomain())), "config", "redirect_url")
		if _, ok := get(next, "scim_config", "scim_base_url"); ok {
			next = set(next, quote(scimBaseURL(t.authDomain(), r.id())), "scim_config", "scim_base_url")
		}
		c.replace(i, s.providerRecord(next))
	}
}
