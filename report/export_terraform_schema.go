package report

import (
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// What version 5 of Cloudflare's Terraform provider can hold of an identity provider:
// its documentation, docs/resources/zero_trust_access_identity_provider.md, and the
// schema that this is made from. What it computes is left out.

// terraformTypes are the types that the provider accepts.
var terraformTypes = []snapshot.Type{
	snapshot.OneTimePIN, snapshot.AzureAD, snapshot.SAML, snapshot.Centrify, snapshot.Facebook, snapshot.GitHub, snapshot.GoogleApps,
	snapshot.Google, snapshot.LinkedIn, snapshot.OIDC, snapshot.Okta, snapshot.OneLogin, snapshot.PingOne, snapshot.Yandex,
}

// terraformKind says what an attribute holds.
type terraformKind int

const (
	terraformString terraformKind = iota
	terraformBool
	terraformStrings
	terraformHeaders // a list of objects of attribute_name and header_name
)

// terraformAttribute is an attribute of the resource.
type terraformAttribute struct {
	is terraformKind
	of []snapshot.Type // it is refused for others; of any where there are none
}

func (a terraformAttribute) fits(t snapshot.Type) bool {
	return len(a.of) == 0 || slices.Contains(a.of, t)
}

var (
	terraformTop = map[string]terraformAttribute{"name": {}, "type": {}}

	terraformConfig = map[string]terraformAttribute{
		"claims":           {is: terraformStrings},
		"client_id":        {},
		"client_secret":    {},
		"email_claim_name": {},
		"pkce_enabled":     {is: terraformBool},

		"conditional_access_enabled": {terraformBool, []snapshot.Type{snapshot.AzureAD}},
		"directory_id":               {terraformString, []snapshot.Type{snapshot.AzureAD}},
		"prompt":                     {terraformString, []snapshot.Type{snapshot.AzureAD}},
		"support_groups":             {terraformBool, []snapshot.Type{snapshot.AzureAD}},

		"centrify_account": {terraformString, []snapshot.Type{snapshot.Centrify}},
		"centrify_app_id":  {terraformString, []snapshot.Type{snapshot.Centrify}},

		"apps_domain": {terraformString, []snapshot.Type{snapshot.GoogleApps}},

		"auth_url":  {terraformString, []snapshot.Type{snapshot.OIDC}},
		"certs_url": {terraformString, []snapshot.Type{snapshot.OIDC}},
		"scopes":    {terraformStrings, []snapshot.Type{snapshot.OIDC}},
		"token_url": {terraformString, []snapshot.Type{snapshot.OIDC}},

		"authorization_server_id": {terraformString, []snapshot.Type{snapshot.Okta}},
		"okta_account":            {terraformString, []snapshot.Type{snapshot.Okta}},

		"onelogin_account": {terraformString, []snapshot.Type{snapshot.OneLogin}},

		"ping_env_id": {terraformString, []snapshot.Type{snapshot.PingOne}},

		"attributes":           {terraformStrings, []snapshot.Type{snapshot.SAML}},
		"email_attribute_name": {terraformString, []snapshot.Type{snapshot.SAML}},
		"header_attributes":    {terraformHeaders, []snapshot.Type{snapshot.SAML}},
		"idp_public_certs":     {terraformStrings, []snapshot.Type{snapshot.SAML}},
		"issuer_url":           {terraformString, []snapshot.Type{snapshot.SAML}},
		"sign_request":         {terraformBool, []snapshot.Type{snapshot.SAML}},
		"sso_target_url":       {terraformString, []snapshot.Type{snapshot.SAML}},
	}

	terraformSCIM = map[string]terraformAttribute{
		"enabled":                  {is: terraformBool},
		"identity_update_behavior": {},
		"seat_deprovision":         {is: terraformBool},
		"user_deprovision":         {is: terraformBool},
	}
)
