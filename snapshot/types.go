package snapshot

import "slices"

// Type is the type of an identity provider, as Cloudflare writes it: case counts.
type Type string

// The 15 types that the OpenAPI schema lists.
const (
	OneTimePIN Type = "onetimepin"
	AzureAD    Type = "azureAD"
	SAML       Type = "saml"
	Centrify   Type = "centrify"
	Facebook   Type = "facebook"
	GitHub     Type = "github"
	GoogleApps Type = "google-apps"
	Google     Type = "google"
	LinkedIn   Type = "linkedin"
	OIDC       Type = "oidc"
	Okta       Type = "okta"
	OneLogin   Type = "onelogin"
	PingOne    Type = "pingone"
	Yandex     Type = "yandex"
	Cloudflare Type = "cloudflare"
)

// TypeInfo is what is known of one type of provider. A provider of a type that is
// not in the table is captured, compared and restored like any other; the table
// only adds knowledge.
type TypeInfo struct {
	Type   Type
	Vendor string // what its vendor calls the product
	// Singleton types exist at most once in a target: a second onetimepin is
	// answered with 409 (measured by others), and new organizations get one
	// cloudflare provider by themselves (Cloudflare docs).
	Singleton bool
	Fields    []Field
}

// Field is one documented field of a provider.
type Field struct {
	Path     string // JSON Pointer
	Value    Value
	Role     Role
	Required bool // when a provider is created, by Cloudflare's how-to for the type
	Evidence Evidence
}

// Value says what a field holds and so how it is compared.
type Value int

// The values of fields. A Bool's false is the same as its absence: the API
// leaves false out, or adds it, as it likes (Terraform provider, normalizations.go,
// issues 5532 and 5650). A Set is a list whose order means nothing.
const (
	Text Value = iota
	Bool
	List
	Set
	Object
)

// Role says whose a field is.
type Role int

// A Setting was chosen by a person, a Secret is written and never read back, and
// what is Computed is Cloudflare's own and is never sent.
const (
	Setting Role = iota
	Secret
	Computed
)

// Evidence says how a field is known.
type Evidence string

// The sources, by how sure they are.
const (
	OpenAPI   Evidence = "Cloudflare's OpenAPI schema"
	Recorded  Evidence = "a recorded answer of the API"
	Docs      Evidence = "an example in Cloudflare's documentation"
	Terraform Evidence = "the Terraform provider for Cloudflare, its code or issues"
	Older     Evidence = "older API clients"
)

// TypeOf gives what is known of a type; ok is false for one that is not in the
// table, and then the fields that every provider has are given.
func TypeOf(t Type) (info TypeInfo, ok bool) {
	for _, info := range types {
		if info.Type == t {
			return info, true
		}
	}
	return TypeInfo{Type: t, Vendor: string(t), Fields: everyProvider}, false
}

// Types gives the whole table, sorted as the OpenAPI schema lists the types.
func Types() []TypeInfo { return slices.Clone(types) }

// everyProvider are the fields at the top and in scim_config, which any type may
// have (a one-time PIN refuses scim_config: Terraform issues 5693 and 5810).
var everyProvider = []Field{
	{Path: "/name", Evidence: OpenAPI, Required: true},
	{Path: "/type", Evidence: OpenAPI, Required: true},
	{Path: "/saml_certificate_set_id", Evidence: OpenAPI},
	{Path: "/scim_config/enabled", Value: Bool, Evidence: OpenAPI},
	{Path: "/scim_config/identity_update_behavior", Evidence: OpenAPI},
	{Path: "/scim_config/user_deprovision", Value: Bool, Evidence: OpenAPI},
	{Path: "/scim_config/seat_deprovision", Value: Bool, Evidence: OpenAPI},
	{Path: "/scim_config/group_member_deprovision", Value: Bool, Evidence: Recorded},
	{Path: "/scim_config/secret", Role: Secret, Evidence: OpenAPI},
	{Path: "/scim_config/scim_base_url", Role: Computed, Evidence: OpenAPI},
	{Path: "/scim_base_url", Role: Computed, Evidence: Docs},
	{Path: "/id", Role: Computed, Evidence: OpenAPI},
	{Path: "/uid", Role: Computed, Evidence: Recorded},
	{Path: "/version", Role: Computed, Evidence: Recorded},
	{Path: "/read_only", Value: Bool, Role: Computed, Evidence: OpenAPI},
	{Path: "/saml_certificate_set", Value: Object, Role: Computed, Evidence: OpenAPI},
	{Path: "/config/redirect_url", Role: Computed, Evidence: Recorded},
}

// Blocks of fields that several types share.
var (
	oauth = []Field{
		{Path: "/config/client_id", Evidence: OpenAPI, Required: true},
		{Path: "/config/client_secret", Role: Secret, Evidence: OpenAPI, Required: true},
	}
	claims = []Field{
		{Path: "/config/claims", Value: Set, Evidence: OpenAPI},
		{Path: "/config/email_claim_name", Evidence: OpenAPI},
	}
	pkce = Field{Path: "/config/pkce_enabled", Value: Bool, Evidence: Terraform}
)

// required is a setting that its type cannot do without.
func required(name string) Field {
	return Field{Path: "/config/" + name, Evidence: OpenAPI, Required: true}
}

// optional is a setting of any value.
func optional(name string, v Value, e Evidence) Field {
	return Field{Path: "/config/" + name, Value: v, Evidence: e}
}

func fields(blocks ...any) []Field {
	var all []Field
	for _, b := range blocks {
		switch b := b.(type) {
		case Field:
			all = append(all, b)
		case []Field:
			all = append(all, b...)
		}
	}
	return append(all, everyProvider...)
}

var types = []TypeInfo{
	{OneTimePIN, "One-time PIN", true, fields()},
	{AzureAD, "Microsoft Entra ID", false, fields(oauth, claims, pkce,
		required("directory_id"),
		optional("support_groups", Bool, OpenAPI),
		optional("conditional_access_enabled", Bool, OpenAPI),
		optional("prompt", Text, OpenAPI),
		optional("azure_cloud", Text, Recorded))},
	{SAML, "SAML", false, fields(
		required("issuer_url"),
		required("sso_target_url"),
		Field{Path: "/config/idp_public_certs", Value: List, Evidence: OpenAPI, Required: true},
		optional("idp_public_cert", Text, Older),
		optional("attributes", Set, OpenAPI),
		optional("email_attribute_name", Text, OpenAPI),
		optional("sign_request", Bool, OpenAPI),
		optional("header_attributes", List, OpenAPI),
		optional("enable_encryption", Bool, OpenAPI))},
	{Centrify, "Centrify", false, fields(oauth, claims, required("centrify_account"), required("centrify_app_id"))},
	{Facebook, "Facebook", false, fields(oauth)},
	{GitHub, "GitHub", false, fields(oauth)},
	{GoogleApps, "Google Workspace", false, fields(oauth, claims, pkce, required("apps_domain"))},
	{Google, "Google", false, fields(oauth, claims, pkce)},
	{LinkedIn, "LinkedIn", false, fields(oauth)},
	{OIDC, "OpenID Connect", false, fields(oauth, claims, Field{Path: pkce.Path, Value: Bool, Evidence: OpenAPI},
		required("auth_url"), required("token_url"), required("certs_url"),
		optional("scopes", Set, OpenAPI))},
	{Okta, "Okta", false, fields(oauth, claims, pkce,
		required("okta_account"),
		optional("authorization_server_id", Text, OpenAPI),
		Field{Path: "/config/api_token", Role: Secret, Evidence: Older})},
	{OneLogin, "OneLogin", false, fields(oauth, claims, required("onelogin_account"))},
	{PingOne, "PingOne", false, fields(oauth, claims, required("ping_env_id"))},
	{Yandex, "Yandex", false, fields(oauth)},
	{Cloudflare, "Cloudflare", true, fields(optional("restrict_to_account_members", Bool, OpenAPI))},
}
