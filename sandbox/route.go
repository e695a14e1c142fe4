package sandbox

import (
	"net/http"
	"strings"
)

// route is the path of a call, taken apart.
type route struct {
	scope, target string // "account" or "zone", and its id; the id is "" for the list of them
	resource      string // "identity_providers", "apps", …; "" for the target itself
	id            string
	scim          string // "users" or "groups"
}

// parseRoute reads a path. What it does not know has no route.
func parseRoute(path string) (route, bool) {
	rest, ok := strings.CutPrefix(path, basePath+"/")
	if !ok {
		return route{}, false
	}
	if rest == "user/tokens/verify" {
		return route{scope: "user", resource: "verify"}, true
	}
	parts := strings.Split(rest, "/")
	var rt route
	switch parts[0] {
	case "accounts":
		rt.scope = "account"
	case "zones":
		rt.scope = "zone"
	default:
		return route{}, false
	}
	if len(parts) == 1 {
		return rt, true
	}
	if rt.target = parts[1]; rt.target == "" {
		return route{}, false
	}
	return rt.inTarget(parts[2:])
}

// inTarget reads what follows the account's or the zone's id.
func (rt route) inTarget(parts []string) (route, bool) {
	if len(parts) == 0 {
		return rt, true
	}
	if strings.Join(parts, "/") == "tokens/verify" && rt.scope == "account" {
		rt.resource = "verify"
		return rt, true
	}
	if parts[0] != "access" || len(parts) < 2 || len(parts) > 5 || parts[1] == "" {
		return rt, false
	}
	rt.resource = parts[1]
	if len(parts) > 2 {
		rt.id = parts[2]
	}
	if len(parts) > 2 && rt.id == "" {
		return rt, false
	}
	switch {
	case len(parts) <= 3:
		return rt, true
	case len(parts) == 5 && rt.resource == "identity_providers" && parts[3] == "scim" &&
		(parts[4] == "users" || parts[4] == "groups") && rt.scope == "account":
		rt.scim = parts[4]
		return rt, true
	}
	return rt, false
}

// endpoint is what answers one resource of a target: which permissions it needs and what it does. A nil method
// does not exist.
type endpoint struct {
	read, write            Permission
	accountOnly            bool
	list, get              func(*Server, *target, *request) (answer, *failure)
	create, update, delete func(*Server, *target, *request) (answer, *failure)
}

var endpoints = map[string]endpoint{
	"identity_providers": {
		read: IdentityProvidersRead, write: IdentityProvidersWrite,
		list: (*Server).listProviders, get: (*Server).getProvider,
		create: (*Server).createProvider, update: (*Server).updateProvider, delete: (*Server).deleteProvider,
	},
	"organizations": {
		read: IdentityProvidersRead, write: IdentityProvidersWrite,
		list: (*Server).getOrganization, create: (*Server).createOrganization, update: (*Server).updateOrganization,
	},
	"groups": {
		read: IdentityProvidersRead, write: IdentityProvidersWrite,
		list: listOf(KindAccessGroup, listApps), get: getOf(KindAccessGroup), update: updateOf(KindAccessGroup),
	},
	"apps": {
		read: AppsPoliciesRead, write: AppsPoliciesWrite,
		list: listOf(KindApp, listApps), get: getOf(KindApp), update: updateOf(KindApp),
	},
	"policies": {
		read: AppsPoliciesRead, write: AppsPoliciesWrite, accountOnly: true,
		list: listOf(KindPolicy, listPolicies), get: getOf(KindPolicy), update: updateOf(KindPolicy),
	},
}

// handler picks the endpoint's function for a call; nil where there is none. An organization is one object
// that is addressed without an id.
func (e endpoint) handler(method string, rt route) func(*Server, *target, *request) (answer, *failure) {
	single := rt.resource == "organizations"
	switch {
	case e.accountOnly && rt.scope != "account":
		return nil
	case rt.scim != "":
		if method == http.MethodGet {
			return (*Server).listSCIM
		}
		return nil
	case method == http.MethodGet && rt.id == "":
		return e.list
	case method == http.MethodGet:
		return e.get
	case method == http.MethodPost && rt.id == "":
		return e.create
	case method == http.MethodPut && (rt.id != "") != single:
		return e.update
	case method == http.MethodDelete && rt.id != "":
		return e.delete
	}
	return nil
}

// dispatch carries out a call whose caller is known.
func (s *Server) dispatch(rq *request) answer {
	rt, ok := parseRoute(rq.URL.Path)
	if !ok {
		return failed(noRoute())
	}
	rq.route = rt
	if rt.resource == "" || rt.resource == "verify" {
		return s.directory(rq)
	}
	e := endpoints[rt.resource]
	do := e.handler(rq.Method, rt)
	if do == nil {
		return failed(noRoute())
	}
	needs := e.read
	if rq.Method == http.MethodGet {
		s.mu.RLock()
		defer s.mu.RUnlock()
	} else {
		needs = e.write
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	t, refusal := s.reach(rq)
	switch {
	case refusal != nil:
	case !rq.cred.may(needs):
		refusal = authenticationError()
	case t.org == nil && (rt.resource != "organizations" || rq.Method != http.MethodPost):
		refusal = s.notEnabled()
	}
	if refusal != nil {
		return failed(refusal)
	}
	ans, refusal := do(s, t, rq)
	if refusal != nil {
		return failed(refusal)
	}
	return ans
}

// reach finds the target of a call. One that does not exist looks like one that belongs to somebody else; an id
// of the wrong form has no route.
func (s *Server) reach(rq *request) (*target, *failure) {
	t := s.targets[rq.route.scope+":"+rq.route.target]
	switch {
	case t == nil && !accountID(rq.route.target):
		return nil, noRoute()
	case t == nil, !rq.cred.reaches(t.scope, t.id):
		return nil, unreachable()
	}
	return t, nil
}

// accountID says whether id has the form of an account's or a zone's: 32 hex digits (OpenAPI).
func accountID(id string) bool {
	return len(id) == 32 && strings.Trim(id, hexDigits) == ""
}
