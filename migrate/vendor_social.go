package migrate

import "github.com/idpsnap/idpsnap/snapshot"

// What both Google types have in common.
var (
	googleRedirect = Place{
		Called: "Authorized redirect URIs",
		Where:  "Google Cloud console > APIs & Services > Credentials > (the OAuth client)",
		Note:   "add the team domain to the Authorized JavaScript origins, too",
	}
	googleSecret = clientSecret("Client secret", "Google Cloud console > APIs & Services > Credentials > (the OAuth client)")
	googleClaims = Place{
		Called: "claims of the ID token",
		Where:  "Google Cloud console > APIs & Services > OAuth consent screen",
		Note:   "Google has a fixed set of claims; which of them come depends on the scopes",
	}
)

// social are the vendors with whom anybody may have an account. None has SCIM or
// groups for Cloudflare.
var social = map[snapshot.Type]VendorWords{
	snapshot.Google: {
		Console:  "Google Cloud console",
		Redirect: googleRedirect,
		Secrets:  googleSecret,
		Claims:   googleClaims,
		Retire:   "the old authorized redirect URI and JavaScript origin of the OAuth client",
	},
	snapshot.GitHub: {
		Console: "GitHub",
		Redirect: Place{
			Called: "Authorization callback URL",
			Where:  "GitHub > Settings > Developer settings > OAuth Apps > (the app)",
			Note: "an OAuth app has one only: with the new one the old provider no longer works; to keep both, register another " +
				"OAuth app. Set the Homepage URL to the team domain",
		},
		Secrets: clientSecret("Client secret", "GitHub > Settings > Developer settings > OAuth Apps > (the app) > "+
			"Generate a new client secret; it is shown once (of an organization: its Settings > Developer settings)"),
		Retire: "the old OAuth app, if there are two, or its old client secret",
	},
	snapshot.Facebook: {
		Console: "Meta for Developers",
		Redirect: Place{
			Called: "Valid OAuth Redirect URIs",
			Where:  "Meta for Developers > (the app) > Facebook Login > Settings",
			Note:   "with Use Strict Mode for Redirect URIs on",
		},
		Secrets: clientSecret("App secret", "Meta for Developers > (the app) > Settings > Basic"),
		Retire:  "the old URL among the valid OAuth redirect URIs",
	},
	snapshot.LinkedIn: {
		Console: "LinkedIn Developer Portal",
		Redirect: Place{
			Called: "Authorized redirect URLs for your app",
			Where:  "LinkedIn Developer Portal > (the app) > Auth > OAuth 2.0 settings",
			Note:   "under Products the app needs Sign In with LinkedIn using OpenID Connect",
		},
		Secrets: clientSecret("Client Secret", "LinkedIn Developer Portal > (the app) > Auth"),
		Retire:  "the old URL among the authorized redirect URLs",
	},
	snapshot.Yandex: {
		Console:  "Yandex OAuth",
		Redirect: Place{Called: "Callback URL", Where: "Yandex OAuth > (the app) > Platforms > Web services"},
		Secrets:  clientSecret("Password (also: Client secret)", "Yandex OAuth > (the app)"),
		Retire:   "the old callback URL of the app",
	},
}
