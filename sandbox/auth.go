package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The credentials that every sandbox knows. They open nothing else.
const (
	DefaultToken     = "sandbox-read-write-token"
	DefaultReadToken = "sandbox-read-only-token"
	DefaultEmail     = "sandbox@example.com"
	DefaultKey       = "sandbox-global-api-key"
)

// Permission is a set of what a token may do.
type Permission uint8

// The permissions, named after Cloudflare's permission groups. Write includes read.
const (
	IdentityProvidersRead  Permission = 1 << iota // Access: Organizations, Identity Providers, and Groups Read
	IdentityProvidersWrite                        // Access: Organizations, Identity Providers, and Groups Write
	AppsPoliciesRead                              // Access: Apps and Policies Read
	AppsPoliciesWrite                             // Access: Apps and Policies Write
	AccountRead                                   // names of accounts and zones

	AllPermissions = IdentityProvidersRead | IdentityProvidersWrite | AppsPoliciesRead | AppsPoliciesWrite | AccountRead
)

// Token is an API token that the sandbox accepts.
type Token struct {
	Value       string
	Permissions Permission
	Accounts    []string // ids it may reach; nil: all
	Zones       []string // ids it may reach; nil: all
	Owner       string   // the account that owns it; "": a user token
}

// credential is who is calling.
type credential struct {
	name  string // for the budget
	token Token
	key   bool // e-mail and global key: may do everything
}

type credentials struct {
	sync.RWMutex
	tokens map[string]Token
	keys   map[string]string // by e-mail
}

// AddToken makes the sandbox accept a token. A token of the same value is replaced.
func (s *Server) AddToken(t Token) {
	s.creds.Lock()
	defer s.creds.Unlock()
	if s.creds.tokens == nil {
		s.creds.tokens = map[string]Token{}
	}
	if t.Permissions&IdentityProvidersWrite != 0 {
		t.Permissions |= IdentityProvidersRead
	}
	if t.Permissions&AppsPoliciesWrite != 0 {
		t.Permissions |= AppsPoliciesRead
	}
	s.creds.tokens[t.Value] = t
}

// RemoveToken revokes a token.
func (s *Server) RemoveToken(value string) {
	s.creds.Lock()
	defer s.creds.Unlock()
	delete(s.creds.tokens, value)
}

// AddKey makes the sandbox accept an e-mail address with a global key, which may do everything.
func (s *Server) AddKey(email, key string) {
	s.creds.Lock()
	defer s.creds.Unlock()
	if s.creds.keys == nil {
		s.creds.keys = map[string]string{}
	}
	s.creds.keys[email] = key
}

// authenticate finds out who is calling. The failures are those that third parties logged: 6003 for a malformed
// token, 9106 for none, 10000 for a wrong one.
func (s *Server) authenticate(h http.Header) (credential, *failure) {
	authorization, email, key := h.Get("Authorization"), h.Get("X-Auth-Email"), h.Get("X-Auth-Key")
	s.creds.RLock()
	defer s.creds.RUnlock()
	switch {
	case authorization != "":
		value, ok := strings.CutPrefix(authorization, "Bearer ")
		if !ok || !wellFormed(value) {
			return credential{}, &failure{
				status: http.StatusBadRequest, code: 6003, message: "Invalid request headers",
				chain: `[{"code":6111,"message":"Invalid format for Authorization header"}]`,
			}
		}
		if t, ok := s.creds.tokens[value]; ok {
			return credential{name: value, token: t}, nil
		}
	case email != "" && key != "":
		if s.creds.keys[email] == key {
			return credential{name: email, key: true}, nil
		}
	default:
		return credential{}, &failure{
			status: http.StatusBadRequest, code: 9106,
			message: "Missing X-Auth-Key, X-Auth-Email or Authorization headers",
		}
	}
	return credential{}, s.wrongToken()
}

// wrongToken is 403 in most logs, and 401 in some.
func (s *Server) wrongToken() *failure {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f := authenticationError()
	if status, err := strconv.Atoi(s.switches["wrong-token-status"]); err == nil {
		f.status = status
	}
	return f
}

func authenticationError() *failure {
	return &failure{status: http.StatusForbidden, code: 10000, message: "Authentication error"}
}

// wellFormed says whether a token has only the characters that tokens have.
func wellFormed(token string) bool {
	return token != "" && strings.IndexFunc(token, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) < 0
}

// may says whether the caller has all of the permissions.
func (c credential) may(p Permission) bool { return c.key || c.token.Permissions&p == p }

// reaches says whether the caller may see the target at all.
func (c credential) reaches(scope, id string) bool {
	allowed := c.token.Accounts
	if scope == "zone" {
		allowed = c.token.Zones
	}
	return c.key || allowed == nil || slices.Contains(allowed, id)
}
