package sandbox

// build makes the stored form of a provider from a request's body that checkProvider accepts. old is what it replaces, nil for a new one.
// A replacement is a whole one (documentation: "include all existing configurations"), except for secrets. The
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
func (s *Server) keepSecrets(config, old []byte, kind string) ([]byte, *failure) {
	if old == nil || getString(old, "type") != kind {
		return config, nil
	}
	for _, name := range []string{"client_secret", "api_token"} {
		had, ok := get(old, "config", name)
		sent, isSent := get(config, name)
		if !ok || isSent && string(sent) != "null" {
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
	case ok && string(sent) != "null":
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
