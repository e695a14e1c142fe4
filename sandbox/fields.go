package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// providerType says what the API knows of one type of identity provider.
type providerType struct {
	config   []string // the fields it keeps in config
	oauth    bool     // has client_id and client_secret
	scim     bool     // can be synced (documentation)
	booleans []string // of config, where false and absence mean the same
}

var (
	oauthFields  = []string{"client_id", "client_secret"}
	claimsFields = []string{"claims", "email_claim_name"}
)

func oauthType(more ...string) providerType {
	return providerType{oauth: true, config: slices.Concat(oauthFields, more)}
}

func claimsType(more ...string) providerType {
	return oauthType(slices.Concat(claimsFields, more)...)
}

func (p providerType) withSCIM() providerType {
	p.scim = true
	return p
}

func (p providerType) withBooleans(names ...string) providerType {
	p.booleans = names
	return p
}

// providerTypes are the 15 types of the OpenAPI description with the fields of their config. Beyond it:
// azure_cloud and azureAD's pkce_enabled are returned by the API, google's and okta's pkce_enabled are in a live
// test, okta's api_token and saml's singular certificate are from before.
var providerTypes = map[string]providerType{
	"onetimepin": {},
	"azureAD": claimsType("directory_id", "support_groups", "conditional_access_enabled", "prompt", "azure_cloud", "pkce_enabled").
		withSCIM().withBooleans("support_groups", "conditional_access_enabled", "pkce_enabled"),
	"saml": providerType{config: []string{
		"issuer_url", "sso_target_url", "idp_public_certs", "idp_public_cert", "attributes", "email_attribute_name",
		"sign_request", "header_attributes", "enable_encryption",
	}}.withSCIM().withBooleans("sign_request"),
	"centrify":    claimsType("centrify_account", "centrify_app_id"),
	"facebook":    oauthType(),
	"github":      oauthType(),
	"google-apps": claimsType("apps_domain", "pkce_enabled").withBooleans("pkce_enabled"),
	"google":      claimsType("pkce_enabled").withBooleans("pkce_enabled"),
	"linkedin":    oauthType(),
	"oidc": claimsType("auth_url", "token_url", "certs_url", "scopes", "pkce_enabled").
		withSCIM().withBooleans("pkce_enabled"),
	"okta": claimsType("okta_account", "authorization_server_id", "api_token", "pkce_enabled").
		withSCIM().withBooleans("pkce_enabled"),
	"onelogin":   claimsType("onelogin_account"),
	"pingone":    claimsType("ping_env_id"),
	"yandex":     oauthType(),
	"cloudflare": {config: []string{"restrict_to_account_members"}},
}

// typeNames lists the types in a fixed order.
func typeNames() []string { return slices.Sorted(maps.Keys(providerTypes)) }

// The fields that a provider's owner may set, outside config. group_member_deprovision is not documented any
// more and still returned.
var (
	topFields  = []string{"name", "type", "config", "scim_config", "saml_certificate_set_id"}
	scimFields = []string{"enabled", "identity_update_behavior", "seat_deprovision", "user_deprovision", "group_member_deprovision"}
)

// The fields that Cloudflare sets: what a request says about them is ignored, not refused (the documentation
// itself sends them back).
var (
	ownedTop    = []string{"id", "uid", "version", "read_only", "saml_certificate_set", "scim_base_url"}
	ownedConfig = []string{"redirect_url"}
	ownedSCIM   = []string{"scim_base_url", "secret"}
)

// secretFields are stored and not served.
var secretFields = [][]string{{"config", "client_secret"}, {"config", "api_token"}, {"scim_config", "secret"}}

// keepKnown drops from an object what the API would ignore without a word: fields of another type, misspelt
// ones, its own. Two kinds of unknown fields stay, so that fields of tomorrow can be played with: those that
// begin with x_, and those that a loaded or edited document of that type has, since a server knows what it serves.
func (s *Server) keepKnown(raw []byte, place string, known, owned []string) []byte {
	for _, m := range members(raw) {
		ours := slices.Contains(owned, m.key)
		theirs := slices.Contains(known, m.key) || strings.HasPrefix(m.key, "x_") || s.learned[place+"/"+m.key]
		if ours || !theirs {
			raw = remove(raw, m.key)
		}
	}
	return raw
}

// learn remembers the fields of a document that did not come through the API.
func (s *Server) learn(raw []byte) {
	kind := getString(raw, "type")
	for _, m := range members(raw) {
		s.learned[kind+"/"+m.key] = true
	}
	for _, inner := range []string{"config", "scim_config"} {
		value, _ := get(raw, inner)
		for _, m := range members(value) {
			s.learned[kind+"/"+inner+"/"+m.key] = true
		}
	}
}
