package migrate

import "github.com/idpsnap/idpsnap/snapshot"

// enterprise are the vendors whose administrators are the organization's own.
var enterprise = map[snapshot.Type]VendorWords{
	snapshot.AzureAD: {
		Console: "Microsoft Entra admin center",
		Redirect: Place{
			Called: "Redirect URIs (platform Web)",
			Where:  "Microsoft Entra admin center > App registrations > (the app) > Authentication",
			Note:   "there may be several: keep the old one until nobody signs in by it",
		},
		Secrets: clientSecret("client secret: its Value, not its Secret ID",
			"Microsoft Entra admin center > App registrations > (the app) > Certificates & secrets > New client secret; "+
				"it is shown once, and it expires"),
		SCIM: SCIMWords{
			Where: "Microsoft Entra admin center > Enterprise applications > (the app for SCIM) > Provisioning",
			URL:   "Tenant URL",
			Auth:  "Secret token",
			Note: "the app for SCIM is another one than that for signing in: assign the same groups to both; " +
				"then Test Connection, and Start provisioning",
		},
		Groups: Place{
			Called: "Directory.Read.All and GroupMember.Read.All (Microsoft Graph, delegated)",
			Where:  "Microsoft Entra admin center > App registrations > (the app) > API permissions",
			Note:   "rules of policies name groups by Object Id, which stays the same as long as the directory does",
		},
		Claims: Place{
			Called: "optional claims of the ID token",
			Where:  "Microsoft Entra admin center > App registrations > (the app) > Token configuration",
		},
		Consent: Place{
			Called: "Grant admin consent",
			Where:  "Microsoft Entra admin center > App registrations > (the app) > API permissions",
			Note: "delegated permissions: email, offline_access, openid, profile, User.Read, Directory.Read.All, " +
				"GroupMember.Read.All",
		},
		Retire: "the old redirect URI of the app registration, its old client secret, and the old enterprise application for SCIM",
	},
	snapshot.Okta: {
		Console: "Okta admin console",
		Redirect: Place{
			Called: "Sign-in redirect URIs",
			Where:  "Okta admin console > Applications > Applications > (the app) > General > Login",
			Note:   "in the app Cloudflare One of the catalog set the Team domain instead",
		},
		Secrets: map[string]SecretWords{
			keyClientSecret: {
				Called: "Client secret",
				Where: "Okta admin console > Applications > Applications > (the app) > General > Client Credentials " +
					"(in the app Cloudflare One of the catalog: Sign On)",
			},
			keyAPIToken: {Called: "API token", Where: "Okta admin console > Security > API > Tokens > Create token; it is shown once"},
		},
		SCIM: SCIMWords{
			Where: "Okta admin console > Applications > Applications > (the app for SCIM) > Provisioning > Integration",
			URL:   "Base URL (in some apps: SCIM connector base URL)",
			Auth:  "API Token (in some apps: OAuth Bearer Token)",
			Note: "the app for SCIM is another one than that for signing in: push the same groups (Push Groups) as that one " +
				"sends; then Test API Credentials",
		},
		Groups: Place{
			Called: "Groups claim filter",
			Where:  "Okta admin console > Applications > Applications > (the app) > Sign On > OpenID Connect ID Token",
			Note:   "Cloudflare's how-to: Matches regex, .*",
		},
		Claims: Place{
			Called: "Claims of the authorization server",
			Where:  "Okta admin console > Security > API > Authorization Servers > (the server) > Claims",
		},
		Retire: "the old sign-in redirect URI of the app, and provisioning in the old app for SCIM",
	},
	snapshot.OneLogin: {
		Console:  "OneLogin admin portal",
		Redirect: Place{Called: "Redirect URIs", Where: "OneLogin admin portal > Applications > Applications > (the app) > Configuration"},
		Secrets:  clientSecret("Client Secret", "OneLogin admin portal > Applications > Applications > (the app) > SSO > Show client secret"),
		SCIM: SCIMWords{
			Where: "OneLogin admin portal > Applications > Applications > (the app for SCIM) > Configuration",
			URL:   "SCIM Base URL",
			Auth:  "SCIM Bearer Token",
			Note:  "assign the same groups to the app for SCIM and to that for signing in",
		},
		Groups: Place{Called: "groups", Where: "OneLogin admin portal > Applications > Applications > (the app) > Parameters"},
		Claims: Place{Called: "parameters", Where: "OneLogin admin portal > Applications > Applications > (the app) > Parameters"},
		Retire: "the old redirect URI of the app, and the old app for SCIM",
	},
	snapshot.PingOne: {
		Console:  "PingOne admin console",
		Redirect: Place{Called: "Redirect URIs", Where: "PingOne admin console > Connections > Applications > (the app) > Configuration"},
		Secrets:  clientSecret("Client Secret", "PingOne admin console > Connections > Applications > (the app) > Configuration > General"),
		SCIM:     inConsole(generalSCIM, "PingOne admin console > the connection for provisioning (SCIM 2.0)"),
		Groups:   Place{Called: "attribute mappings", Where: "PingOne admin console > Connections > Applications > (the app) > Attribute Mappings"},
		Claims:   Place{Called: "attribute mappings", Where: "PingOne admin console > Connections > Applications > (the app) > Attribute Mappings"},
		Retire:   "the old redirect URI of the application, and the old connection for provisioning",
	},
	snapshot.Centrify: {
		Console:  "Centrify admin portal (of what was Centrify: CyberArk Identity or Delinea)",
		Redirect: Place{Called: "Authorized Redirect URIs", Where: "Centrify admin portal > Apps > (the app) > Trust", Note: "set the resource application URL there to the team domain, too"},
		Secrets:  clientSecret("Client Secret (the application secret)", "Centrify admin portal > Apps > (the app) > Trust"),
		SCIM:     inConsole(generalSCIM, "Centrify admin portal > Apps > the app for provisioning (SCIM 2.0)"),
		Groups:   Place{Called: "claims of the token", Where: "Centrify admin portal > Apps > (the app)"},
		Claims:   Place{Called: "claims of the token", Where: "Centrify admin portal > Apps > (the app)"},
		Retire:   "the old authorized redirect URI of the app",
	},
	snapshot.GoogleApps: {
		Console:  "Google Cloud console",
		Redirect: googleRedirect,
		Secrets:  googleSecret,
		// Cloudflare's how-to says that Google does not send users by SCIM, and that anything
		// that does may.
		SCIM: inConsole(generalSCIM, "whatever sends users by SCIM: Google Workspace itself does not (Cloudflare docs)"),
		Groups: Place{
			Called: "Admin SDK API, and Trust internal apps",
			Where: "Google Cloud console > APIs & Services > Library, and Google Admin console > Security > " +
				"Access and data control > API controls > Settings > Internal apps",
		},
		Claims: googleClaims,
		Consent: Place{
			Called: "the link that finishes the setup",
			Where:  dashboard + " > (the provider) > Edit > Save",
			Note:   "a Google Workspace administrator opens the link and allows Cloudflare Access to read groups; until then no groups come",
		},
		Retire: "the old authorized redirect URI and JavaScript origin of the OAuth client",
	},
}

// inConsole is the words for SCIM with another place.
func inConsole(s SCIMWords, where string) SCIMWords {
	s.Where = where
	return s
}
