package sandbox

import (
	"fmt"
	"net/http"
)

// directory answers the calls that are not about Access: accounts and zones by name, and what a token is.
func (s *Server) directory(rq *request) answer {
	if rq.Method != http.MethodGet {
		return failed(noRoute())
	}
	if rq.route.resource == "verify" {
		return s.verify(rq)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if rq.route.target == "" {
		return s.listTargets(rq)
	}
	t, refusal := s.reach(rq)
	if refusal == nil && !rq.cred.may(AccountRead) {
		refusal = unreachable()
	}
	if refusal != nil {
		return failed(refusal)
	}
	return succeeded(http.StatusOK, t.summary())
}

// summary is the account or zone as the lists show it; of a zone also the account it belongs to.
func (t *target) summary() []byte {
	if t.account != "" {
		return fmt.Appendf(nil, `{"id":%s,"name":%s,"account":{"id":%s}}`, quote(t.id), quote(t.name), quote(t.account))
	}
	return fmt.Appendf(nil, `{"id":%s,"name":%s}`, quote(t.id), quote(t.name))
}

// listTargets lists what the caller may read the names of. A token with only Access permissions gets an empty
// list, not an error.
func (s *Server) listTargets(rq *request) answer {
	query := rq.URL.Query()
	var items []record
	for _, t := range s.order {
		name := query.Get("name")
		if t.scope == rq.route.scope && rq.cred.may(AccountRead) && rq.cred.reaches(t.scope, t.id) && (name == "" || name == t.name) {
			items = append(items, record{view: t.summary()})
		}
	}
	p, refusal := s.page(query, listDirectory)
	if refusal != nil {
		return failed(refusal)
	}
	ans, refusal := s.servePage(items, p)
	if refusal != nil {
		return failed(refusal)
	}
	return ans
}

// verify answers for the token of the call: a user's under /user, an account's own under that account. It says
// that the token is active and not what it may do.
func (s *Server) verify(rq *request) answer {
	if rq.cred.key {
		// The code for an endpoint that does not take this scheme; only third parties name it.
		return failed(&failure{
			status: http.StatusForbidden, code: 10001,
			message: "Method not allowed for this authentication scheme",
		})
	}
	if rq.cred.token.Owner != rq.route.target {
		return failed(authenticationError())
	}
	id := fingerprint(rq.cred.token.Value)
	return succeeded(http.StatusOK, fmt.Appendf(nil, `{"id":"%s","status":"active"}`, id))
}
