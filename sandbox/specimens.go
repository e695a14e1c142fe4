package sandbox

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// specimens are the bodies that a person would send, one of each type with every documented field that can be
// written. %SECRET and %HEX become random, %CERT a certificate.
var specimens = map[string]string{
	"onetimepin":  `{"name":"One-time PIN","config":{}}`,
	"cloudflare":  `{"name":"Cloudflare","config":{"restrict_to_account_members":true}}`,
	"facebook":    `{"name":"Facebook","config":{%OAUTH}}`,
	"github":      `{"name":"GitHub","config":{%OAUTH}}`,
	"linkedin":    `{"name":"LinkedIn","config":{%OAUTH}}`,
	"yandex":      `{"name":"Yandex","config":{%OAUTH}}`,
	"google":      `{"name":"Google","config":{%OAUTH,%CLAIMS,"pkce_enabled":true}}`,
	"google-apps": `{"name":"Google Workspace","config":{%OAUTH,%CLAIMS,"apps_domain":"corp.example","pkce_enabled":false}}`,
	"centrify":    `{"name":"Centrify","config":{%OAUTH,%CLAIMS,"centrify_account":"https://corp.my.centrify.example","centrify_app_id":"access"}}`,
	"onelogin":    `{"name":"OneLogin","config":{%OAUTH,%CLAIMS,"onelogin_account":"https://corp.onelogin.example"}}`,
	"pingone":     `{"name":"PingOne","config":{%OAUTH,%CLAIMS,"ping_env_id":"%UUID"}}`,
	"azureAD": `{"name":"Entra ID","config":{%OAUTH,%CLAIMS,"directory_id":"%UUID","support_groups":true,` +
		`"conditional_access_enabled":false,"prompt":"select_account","azure_cloud":"default","pkce_enabled":true},%SCIM}`,
	"okta": `{"name":"Okta","config":{%OAUTH,%CLAIMS,"okta_account":"https://corp.okta.example",` +
		`"authorization_server_id":"aus%HEX","api_token":"%SECRET","pkce_enabled":true},%SCIM}`,
	"oidc": `{"name":"OpenID Connect","config":{%OAUTH,%CLAIMS,"auth_url":"https://login.corp.example/authorize",` +
		`"token_url":"https://login.corp.example/token","certs_url":"https://login.corp.example/keys",` +
		`"scopes":["openid","email","profile","groups"],"pkce_enabled":true},%SCIM}`,
	"saml": `{"name":"SAML","config":{"issuer_url":"https://sso.corp.example/metadata","sso_target_url":"https://sso.corp.example/saml",` +
		`"idp_public_certs":[%CERT,%CERT],"attributes":["email","groups","department"],"email_attribute_name":"email","sign_request":true,` +
		`"header_attributes":[{"attribute_name":"department","header_name":"X-Department"}],"enable_encryption":%ENCRYPTED},` +
		`"saml_certificate_set_id":%SET,%SCIM}`,
}

const (
	oauthSpecimen  = `"client_id":"%HEX","client_secret":"%SECRET"`
	claimsSpecimen = `"claims":["email_verified","preferred_username","department"],"email_claim_name":"email"`
	scimSpecimen   = `"scim_config":{"enabled":true,"identity_update_behavior":"automatic","seat_deprovision":true,"user_deprovision":true}`
)

// specimen makes the body for one provider. Only one with encryption has a certificate set, which ties it to
// its account.
func (s *Server) specimen(kind string, encrypted bool) ([]byte, error) {
	text, ok := specimens[kind]
	if !ok {
		return nil, fmt.Errorf("unknown provider type %q: use one of %s", kind, strings.Join(typeNames(), ", "))
	}
	certificateSet := "null"
	if encrypted {
		certificateSet = string(quote(s.rand.uuid()))
	}
	text = strings.NewReplacer("%OAUTH", oauthSpecimen, "%CLAIMS", claimsSpecimen, "%SCIM", scimSpecimen,
		"%ENCRYPTED", fmt.Sprint(encrypted), "%SET", certificateSet).Replace(text)
	for _, fill := range []struct {
		mark string
		make func() string
	}{
		{"%HEX", func() string { return s.rand.hex(20) }},
		{"%UUID", s.rand.uuid},
		{"%SECRET", func() string { return "sandbox-secret-" + s.rand.letters(32) }},
		{"%CERT", func() string { return string(quote(s.certificate())) }},
	} {
		for strings.Contains(text, fill.mark) {
			text = strings.Replace(text, fill.mark, fill.make(), 1)
		}
	}
	raw := []byte(text)
	if !encrypted {
		raw = remove(raw, "saml_certificate_set_id")
	}
	return set(raw, quote(kind), "type"), nil
}

// makeProvider adds a provider as Populate does; the number keeps the names of a type apart.
func (s *Server) makeProvider(t *target, kind string, number int) error {
	body, err := s.specimen(kind, false)
	if err != nil {
		return err
	}
	same := 0
	for _, ref := range t.references() {
		if ref.kind == kind {
			same++
		}
	}
	if same > 0 {
		body = set(body, quote(fmt.Sprintf("%s %d", getString(body, "name"), same+1)), "name")
	}
	// Every second one of the default set never asks for groups or PKCE, so that audits have something to find.
	if number%2 == 1 {
		body = remove(body, "config", "pkce_enabled")
	}
	return s.place(t, body)
}

// AllTypes puts one provider of each of the 15 types into a target, with every documented field and with its
// secrets. Of onetimepin and cloudflare, of which there is one only, it replaces the one that is there.
func (s *Server) AllTypes(target string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return err
	}
	if t.org == nil {
		return fmt.Errorf("%s has no organization", t)
	}
	for _, kind := range typeNames() {
		body, err := s.specimen(kind, kind == "saml")
		if err != nil {
			return err
		}
		if err := s.place(t, body); err != nil {
			return err
		}
	}
	return nil
}

// place stores a specimen as if it had been sent.
func (s *Server) place(t *target, body []byte) error {
	kind, id := getString(body, "type"), s.rand.uuid()
	c := t.list(KindProvider)
	at := -1
	if kind == "onetimepin" || kind == "cloudflare" {
		at = slices.IndexFunc(c.items, func(r record) bool { return getString(r.view, "type") == kind })
	}
	if at >= 0 {
		id = c.items[at].id()
	}
	refusal := checkProvider(body)
	if refusal != nil {
		return fmt.Errorf("%s: %s", kind, refusal.message)
	}
	stored, _, refusal := s.build(t, body, id, nil)
	if refusal != nil {
		return fmt.Errorf("%s: %s", kind, refusal.message)
	}
	if setID := getString(body, "saml_certificate_set_id"); setID != "" {
		stored = set(stored, s.certificateSet(setID), "saml_certificate_set")
	}
	r := s.providerRecord(stored)
	if at >= 0 {
		c.replace(at, r)
	} else {
		c.add(r)
	}
	return nil
}

// certificateSet is what Cloudflare keeps for assertion encryption; only the public half can be read.
func (s *Server) certificateSet(id string) []byte {
	at := stamp(s.rand.before(s.now(), 300))
	return fmt.Appendf(nil, `{"uid":%s,"created_at":%s,"updated_at":%s,"current_certificate":{"uid":%s,"public_certificate":%s,"not_after":%s,"is_current":true},"previous_certificate":null}`,
		quote(id), at, at, quote(s.rand.uuid()), quote(s.certificate()), stamp(s.now().AddDate(1, 0, 0)))
}

// certificate is a self-signed one, made from the seed, that expires in one to three years.
func (s *Server) certificate() string { return newCertificate(&s.rand, s.now()) }

func newCertificate(r *random, now time.Time) string {
	var seed []byte
	for range ed25519.SeedSize / 8 {
		seed = binary.BigEndian.AppendUint64(seed, r.next())
	}
	key := ed25519.NewKeyFromSeed(seed)
	now = now.UTC().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(seed[:8]),
		Subject:      pkix.Name{CommonName: "sso.corp.example"},
		NotBefore:    now.AddDate(-1, 0, 0),
		NotAfter:     now.AddDate(1, r.below(24), 0),
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return "" // a sound key and template do not fail
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
