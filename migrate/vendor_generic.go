package migrate

import "github.com/idpsnap/idpsnap/snapshot"

// generic are the types that are a protocol, and those that are Cloudflare's own.
var generic = map[snapshot.Type]VendorWords{
	snapshot.OIDC: generalWords,
	snapshot.SAML: {
		Console: "the provider's admin console",
		Redirect: Place{
			Called: "Single sign-on URL (Assertion consumer service URL, ACS)",
			Where:  "the provider's admin console > the SAML application for Cloudflare Access",
			Note:   "also called reply URL",
		},
		EntityID: Place{
			Called: "Entity ID (Audience URI)",
			Where:  "the provider's admin console > the SAML application for Cloudflare Access",
			Note:   "the same URL as for single sign-on",
		},
		Metadata: Place{
			Called: "metadata of the service provider",
			Where:  "the provider's admin console > the SAML application for Cloudflare Access",
			Note:   "only where the application reads metadata: the URL has the id of the provider in it, which is new",
		},
		SCIM:   generalSCIM,
		Groups: Place{Called: "an attribute called groups", Where: "the provider's admin console > the SAML application for Cloudflare Access > attributes"},
		Claims: Place{Called: "attribute statements", Where: "the provider's admin console > the SAML application for Cloudflare Access > attributes"},
		Retire: "the old SAML application, or its old URLs, and the old application for SCIM",
	},
	// With these two nothing is registered anywhere.
	snapshot.OneTimePIN: {},
	snapshot.Cloudflare: {},
}
