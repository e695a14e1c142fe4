package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// listProviders lists the identity providers. The caller holds s.mu.
func (s *Server) listProviders(t *target, rq *request) (answer, *failure) {
	query := rq.URL.Query()
	p, refusal := s.page(query, listProviders)
	if refusal != nil {
		return answer{}, refusal
	}
	items := t.lag.listed(s.listed(t.existing(KindProvider), firstPage(query)))
	if t.scope == "zone" {
		if s.switched("zone-echoes-account", "on") {
			if account := s.accountOf(t); account != nil {
				items = slices.Concat(items, account.lag.listed(account.existing(KindProvider).items))
			}
		}
		if s.switched("zone-paging", "ignore") { // no paging is documented for zones
			p = page{number: 1, size: max(listProviders.standard, len(items))}
		}
	}
	if t.scope == "account" && query.Get("scim_enabled") == "true" {
		items = slices.DeleteFunc(slices.Clone(items), func(r record) bool {
			return !isTrue(r.stored(), "scim_config", "enabled")
		})
	}
	return s.servePage(items, p)
}

// accountOf is the account that a zone belongs to, or nil; an account is its own.
func (s *Server) accountOf(t *target) *target {
	if t.scope == "account" {
		return t
	}
	return s.targets["account:"+t.account]
}

func (s *Server) getProvider(t *target, rq *request) (answer, *failure) {
	places := []*target{t}
	if account := s.accountOf(t); account != nil && account != t && s.switched("zone-echoes-account", "on") {
		places = append(places, account)
	}
	for _, place := range places {
		c := place.existing(KindProvider)
		if i := c.find(rq.route.id); i >= 0 {
			return succeeded(http.StatusOK, c.items[i].view), nil
		}
		if r, ok := place.lag.got(rq.route.id); ok {
			return succeeded(http.StatusOK, r.view), nil
		}
	}
	return answer{}, notFound()
}

func (s *Server) createProvider(t *target, rq *request) (answer, *failure) {
	body, refusal := bodyObject(rq.body)
	if refusal != nil {
		return answer{}, refusal
	}
	if body, refusal = s.settings(body, nil); refusal != nil {
		return answer{}, refusal
	}
	c := t.list(KindProvider)
	if refusal = checkProvider(body); refusal == nil {
		refusal = s.mayCreate(c, body)
	}
	if refusal != nil {
		return answer{}, refusal
	}
	next, secret, refusal := s.build(t, body, s.rand.uuid(), nil)
	if refusal != nil {
		return answer{}, refusal
	}
	r := s.providerRecord(next)
	c.add(r)
	if s.switched("create-lag", "on") {
		t.lag.create(r.id())
	}
	return succeeded(http.StatusCreated, s.echo(r, secret)), nil
}

func (s *Server) updateProvider(t *target, rq *request) (answer, *failure) {
	c := t.list(KindProvider)
	i := c.find(rq.route.id)
	if i < 0 {
		return answer{}, notFound()
	}
	body, refusal := bodyObject(rq.body)
	if refusal != nil {
		return answer{}, refusal
	}
	old := c.items[i].stored()
	if refusal = readOnly(old); refusal == nil {
		body, refusal = s.settings(body, old)
	}
	if refusal == nil {
		refusal = checkProvider(body)
	}
	if refusal != nil {
		return answer{}, refusal
	}
	// Whether the type may change is not settled: one source saw the PUT work, all clients refuse to send it.
	if getString(body, "type") != getString(old, "type") && s.switched("type-change", "refuse") {
		return answer{}, invalid("type cannot be changed") // own words
	}
	next, secret, refusal := s.build(t, body, rq.route.id, old)
	if refusal != nil {
		return answer{}, refusal
	}
	r := s.providerRecord(next)
	c.replace(i, r)
	return succeeded(http.StatusOK, s.echo(r, secret)), nil
}

func (s *Server) deleteProvider(t *target, rq *request) (answer, *failure) {
	c := t.list(KindProvider)
	i := c.find(rq.route.id)
	if i < 0 {
		return answer{}, notFound()
	}
	if refusal := readOnly(c.items[i].stored()); refusal != nil {
		return answer{}, refusal
	}
	// The documentation says that the grant has to be deleted first; status and text are the sandbox's own.
	if t.granted[rq.route.id] {
		return answer{}, conflict("the connection is shared by a federation grant")
	}
	// What happens to a provider that is in use is not settled either.
	if s.switched("delete-referenced", "refuse") && t.names(rq.route.id) {
		return answer{}, conflict("the connection is in use") // own words
	}
	gone := c.items[i]
	c.delete(i)
	t.forget(rq.route.id)
	if s.switched("delete-lag", "on") {
		t.lag.delete(gone, i)
	}
	return succeeded(http.StatusAccepted, fmt.Appendf(nil, `{"id":%s}`, quote(rq.route.id))), nil
}

// names says whether an app, a policy or a group names the id.
func (t *target) names(id string) bool {
	for _, k := range []Kind{KindApp, KindPolicy, KindAccessGroup} {
		if slices.ContainsFunc(t.existing(k).items, func(r record) bool { return bytes.Contains(r.view, []byte(id)) }) {
			return true
		}
	}
	return false
}

// forget drops what hangs on a provider that is gone.
func (t *target) forget(id string) {
	delete(t.scim, id)
	delete(t.granted, id)
	t.lag.forget(id)
}

// Grant shares a provider of an account with others of its organization, so that it cannot be deleted.
func (s *Server) Grant(target, provider string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return err
	}
	if t.scope != "account" {
		return fmt.Errorf("%s: federation grants exist for accounts only", t)
	}
	c, i, err := t.locate(KindProvider, "", provider)
	if err != nil {
		return err
	}
	// Neither can be federated (OpenAPI).
	if kind := getString(c.items[i].view, "type"); kind == "onetimepin" || kind == "cloudflare" {
		return fmt.Errorf("%s: a provider of type %s cannot be shared", t, kind)
	}
	t.granted[provider] = true
	return nil
}

// readOnly refuses to write a provider that was received by federation (OpenAPI: "cannot be updated or deleted
// via the API"). Status and text are the sandbox's own.
func readOnly(stored []byte) *failure {
	if isTrue(stored, "read_only") {
		return invalid("the connection is read-only")
	}
	return nil
}

// mayCreate checks what only a new provider must meet: there is one onetimepin and one cloudflare for each
// account (the first was measured: 409), and no more than 50 providers (documentation).
func (s *Server) mayCreate(c *collection, body []byte) *failure {
	kind := getString(body, "type")
	if kind == "onetimepin" || kind == "cloudflare" {
		if slices.ContainsFunc(c.items, func(r record) bool { return getString(r.view, "type") == kind }) {
			return conflict("a " + kind + " connection already exists")
		}
	}
	if len(c.items) >= maxProviders && s.switched("provider-limit", "on") {
		return invalid("identity provider limit reached: " + strconv.Itoa(maxProviders)) // own words
	}
	if providerTypes[kind].oauth && s.switched("create-without-secret", "refuse") && getString(body, "config", "client_secret") == "" {
		return invalid("client_secret is missing") // own words
	}
	return nil
}

// The limits of the documentation.
const (
	maxProviders = 50
	maxName      = 350
)

// checkProvider refuses what the documentation forbids. The texts are the sandbox's own: no source has those of
// the identity provider endpoints.
func checkProvider(body []byte) *failure {
	name, named := get(body, "name")
	kind := getString(body, "type")
	config, _ := get(body, "config")
	scim, synced := get(body, "scim_config")
	synced = synced && string(scim) != "null"
	behaviour, hasBehaviour := get(scim, "identity_update_behavior")
	enabled, hasEnabled := get(scim, "enabled")
	_, known := providerTypes[kind]
	switch {
	case !known:
		return invalid("type is missing or invalid")
	case !named || name[0] != '"':
		return invalid("name is missing or invalid")
	case utf8.RuneCountInString(unquote(name)) > maxName:
		return invalid("name is too long")
	case !isObject(config):
		return invalid("config is missing or invalid")
	case synced && kind == "onetimepin":
		return invalid("scim_config is not allowed for onetimepin")
	case synced && !isObject(scim):
		return invalid("scim_config is invalid")
	case hasEnabled && !slices.Contains([]string{"true", "false", "null"}, string(enabled)):
		return invalid("scim_config.enabled is invalid")
	case hasBehaviour && !slices.Contains([]string{`"automatic"`, `"reauth"`, `"no_action"`, "null"}, string(behaviour)):
		return invalid("scim_config.identity_update_behavior is invalid")
	case isTrue(scim, "seat_deprovision") && !isTrue(scim, "user_deprovision"):
		return invalid("seat_deprovision needs user_deprovision")
	case isTrue(config, "enable_encryption") && getString(body, "saml_certificate_set_id") == "":
		return invalid("enable_encryption needs saml_certificate_set_id")
	}
	return nil
}

// bodyObject reads a request's body, which must be one JSON object.
func bodyObject(body []byte) ([]byte, *failure) {
	body = bytes.TrimSpace(body)
	if !json.Valid(body) || !isObject(body) {
		return nil, invalid("the body is not a JSON object") // own words
	}
	return body, nil
}

// fingerprint is 32 hex digits, as in version.
func fingerprint(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
