package migrate

import (
	"maps"

	"github.com/idpsnap/idpsnap/snapshot"
)

// VendorWords are the words that the vendor of a type of provider has for what has to
// be set there, as Cloudflare's how-tos for the types give them. Consoles change:
// where these words and the console differ, the console is right.
type VendorWords struct {
	Vendor  string // what people call it: "Okta"
	Console string // where one sets it up: "Okta admin console"; "" where nothing is set up anywhere
	// Redirect is where the redirect URL is registered. Called is "" where there is none.
	Redirect Place
	EntityID Place // of SAML: what the vendor calls the audience
	Metadata Place // of SAML: where its metadata is given
	// Secrets are those that the type has, by their keys: "client_secret".
	Secrets map[string]SecretWords
	SCIM    SCIMWords
	Groups  Place  // where groups are put into what the vendor sends
	Claims  Place  // where claims or attributes are
	Consent Place  // where an administrator consents to what Cloudflare reads
	Retire  string // what is left there of the old provider when all is moved
}

// Place is where something is set.
type Place struct {
	Called string // "Sign-in redirect URIs"
	Where  string // "Okta admin console > Applications > …"
	Note   string
}

// SecretWords say which secret it is, and where it is found.
type SecretWords struct{ Called, Where string }

// SCIMWords say where users and groups are sent from.
type SCIMWords struct {
	Where string // "" where the vendor has no SCIM for Cloudflare
	URL   string // what the base URL is called
	Auth  string // what the token is called
	Note  string
}

// words are those of each type.
var words = func() map[snapshot.Type]VendorWords {
	all := map[snapshot.Type]VendorWords{}
	for _, some := range []map[snapshot.Type]VendorWords{enterprise, social, generic} {
		maps.Copy(all, some)
	}
	return all
}()

// The keys of secrets, as in Secret.Key.
const (
	keyClientSecret = "client_secret"
	keyAPIToken     = "api_token"
)

// WordsOf gives the words for a type of provider. For a type that is not known they
// are general.
func WordsOf(t snapshot.Type) VendorWords {
	w, ok := words[t]
	if !ok {
		w = generalWords
	}
	info, _ := snapshot.TypeOf(t)
	w.Vendor = info.Vendor
	w.Secrets = maps.Clone(w.Secrets)
	return w
}

// generalWords hold for any vendor.
var generalWords = VendorWords{
	Console: "the provider's admin console",
	Redirect: Place{
		Called: "redirect URI",
		Where:  "the provider's admin console > the application for Cloudflare Access",
		Note:   "also called callback URL or reply URL",
	},
	Secrets: map[string]SecretWords{keyClientSecret: {
		Called: "client secret",
		Where:  "the provider's admin console > the application for Cloudflare Access",
	}},
	SCIM:   generalSCIM,
	Groups: Place{Called: "groups claim", Where: "the provider's admin console > the application for Cloudflare Access"},
	Claims: Place{Called: "claims of the ID token", Where: "the provider's admin console > the application for Cloudflare Access"},
	Retire: "the old redirect URI of the application, or the old application",
}

// generalSCIM is for vendors that Cloudflare has no how-to of its own for, and which
// may have SCIM or not.
var generalSCIM = SCIMWords{
	Where: "the provider's admin console > the application for provisioning (SCIM 2.0)",
	URL:   "SCIM base URL",
	Auth:  "SCIM bearer token",
	Note:  "this may be another application than the one for signing in; assign the same groups to both",
}

// clientSecret is for types whose only secret it is.
func clientSecret(called, where string) map[string]SecretWords {
	return map[string]SecretWords{keyClientSecret: {Called: called, Where: where}}
}
