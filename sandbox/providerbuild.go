package sandbox

import "slices"

// settings is what a request's body sets: with the switch "put" at merge also what it leaves out of old, which is nil
// for a new provider. A setting is a member of the provider, of its config or of its scim_config; what is in a setting
// is replaced as a whole. Secrets are not settings here: keepSecrets has switches of its own for them. Neither what null
// means nor that a PUT may merge is in any source: they are what a client has to stand.
func (s *Server) settings(body, old []byte) ([]byte, *failure) {
	nulls := nullSettings(body)
	if len(nulls) > 0 && s.switched("null-setting", "refuse") {
		return nil, invalid(nulls[0][len(nulls[0])-1] + " must not be null") // own words
	}
	if old != nil && s.switched("put", "merge") {
		body = overlay(old, body)
	}
	if s.switched("null-setting", "absent") {
		for _, path := range nulls {
			if path[0] != "scim_config" || len(path) > 1 { // buildSCIM has to know of this one
				body = remove(body, path...)
			}
		}
	}
	return body, nil
}

// settingObjects are the objects whose members are settings.
var settingObjects = []string{"config", "scim_config"}

// secretSettings are the secrets of config that a request may set.
var secretSettings = []string{"client_secret", "api_token"}

// nullSettings lists where a request's body has null, secrets and Cloudflare's own fields aside.
func nullSettings(body []byte) [][]string {
	var out [][]string
	for _, m := range members(body) {
		value := body[m.valStart:m.valEnd]
		if string(value) == "null" && !slices.Contains(ownedTop, m.key) {
			out = append(out, []string{m.key})
		}
		if !slices.Contains(settingObjects, m.key) {
			continue
		}
		for _, inner := range members(value) {
			ignored := slices.Contains(ownedConfig, inner.key) || slices.Contains(secretSettings, inner.key)
			if m.key == "scim_config" {
				ignored = slices.Contains(ownedSCIM, inner.key)
			}
			if string(value[inner.valStart:inner.valEnd]) == "null" && !ignored {
				out = append(out, []string{m.key, inner.key})
			}
		}
	}
	return out
}

// overlay adds to a request's body what it leaves out of old, secrets aside. Name, type and config are required of
// every body (OpenAPI), so that nothing takes their place.
func overlay(old, body []byte) []byte {
	for _, m := range members(old) {
		value := old[m.valStart:m.valEnd]
		sent, has := get(body, m.key)
		required := slices.Contains([]string{"name", "type", "config"}, m.key)
		switch {
		case !has && !required:
			body = set(body, value, m.key)
		case has && slices.Contains(settingObjects, m.key) && isObject(sent):
			for _, inner := range members(value) {
				secret := m.key == "config" && slices.Contains(secretSettings, inner.key)
				if _, ok := get(sent, inner.key); !ok && !secret {
					body = set(body, value[inner.valStart:inner.valEnd], m.key, inner.key)
				}
			}
		}
	}
	return body
}

// build makes the stored form of a provider from settings that checkProvider accepts. old is what it replaces, nil for a
// new one. A replacement is a whole one (documentation: "include all existing configurations"), except for secrets. The
// second result is the SCIM secret when this write made it: it is answered this once.
func (s *Server) build(t *target, body []byte, id string, old []byte) (stored, scimSecret []byte, _ *failure) {
	kind := getString(body, "type")
	config, _ := get(body, "config")
	config = s.keepKnown(config, kind+"/config", providerTypes[kind].config, ownedConfig)
	config, refusal := s.keepSecrets(config, old, kind)
	if refusal != nil {
		return nil, nil, refusal
	}
	if kind == "azureAD" && s.switched("azure-cloud", "default") {
		if _, ok := get(config, "azure_cloud"); !ok {
			config = set(config, []byte(`"default"`), "azure_cloud")
		}
	}
	config = set(config, quote(callback(t.authDomain())), "redirect_url")

	scim, scimSecret := s.buildSCIM(t, body, id, old)
	next := s.keepKnown(body, kind, topFields, ownedTop)
	next = set(next, config, "config")
	next = remove(next, "scim_config")
	if scim != nil {
		next = set(next, scim, "scim_config")
	}
	for _, owned := range []string{"read_only", "saml_certificate_set"} {
		if value, ok := get(old, owned); ok {
			next = set(next, value, owned)
		}
	}
	next = set(next, quote(id), "id")
	next = set(next, quote(id), "uid")
	return set(next, quote(s.newVersion(next)), "version"), scimSecret, nil
}

// newVersion is a new one even when nothing else changes: whether the real one then stays is not known.
func (s *Server) newVersion(raw []byte) string { return fingerprint(string(raw), s.rand.hex(16)) }

// keepSecrets carries secrets over that a replacement leaves out. Cloudflare's own instructions replace an
// object without its client_secret, so that keeping it is the default here; no page says it in words.
//
// Of one that is masked, empty or null no source says what it does. It must be assumed to take the place of the stored
// one, which then is lost.
func (s *Server) keepSecrets(config, old []byte, kind string) ([]byte, *failure) {
	for _, name := range secretSettings {
		if sent, ok := get(config, name); ok {
			if isMarker(sent) && s.switched("put-masked-secret", "refuse") {
				return nil, invalid(name + " is masked, empty or null") // own words
			}
			if string(sent) == "null" {
				config = remove(config, name)
			}
			continue
		}
		had, ok := get(old, "config", name)
		if !ok || getString(old, "type") != kind {
			continue
		}
		switch s.switches["put-without-secret"] {
		case "keep":
			config = set(config, had, name)
		case "refuse":
			return nil, invalid(name + " is missing") // own words
		}
	}
	return config, nil
}

// buildSCIM makes the scim_config of a write. The token is made when SCIM is enabled for the first time.
func (s *Server) buildSCIM(t *target, body []byte, id string, old []byte) (scim, newSecret []byte) {
	kind := getString(body, "type")
	before, had := get(old, "scim_config")
	sent, ok := get(body, "scim_config")
	switch {
	case ok && string(sent) == "null" && s.switched("null-setting", "stored"):
		return sent, nil
	case ok && string(sent) == "null":
		return nil, nil
	case ok:
		scim = s.keepKnown(sent, kind+"/scim_config", scimFields, ownedSCIM)
	case had && s.switched("put-omits-scim", "keep"):
		scim = before
	default:
		return nil, nil
	}
	secret, has := get(before, "secret")
	if has {
		scim = set(scim, secret, "secret")
	}
	if !isTrue(scim, "enabled") {
		return remove(scim, "scim_base_url"), nil
	}
	scim = set(scim, quote(scimBaseURL(t.authDomain(), id)), "scim_base_url")
	if has || isTrue(before, "enabled") { // a loaded provider has one that nobody knows
		return scim, nil
	}
	newSecret = quote("sandbox-scim-" + s.rand.letters(40))
	return set(scim, newSecret, "secret"), newSecret
}

// callback is the redirect URL of every provider of an organization (recorded answers).
func callback(authDomain string) string { return "https://" + authDomain + "/cdn-cgi/access/callback" }

// scimBaseURL is the shape of the recorded answers; the documentation has another one too.
func scimBaseURL(authDomain, id string) string { return "https://" + authDomain + "/scim/" + id }
