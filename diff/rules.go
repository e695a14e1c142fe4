package diff

import (
	"fmt"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Rule weighs one sort of change. A rule without Paths weighs what happened to a
// resource as a whole, one with Paths or Computed the settings of a resource that
// changed.
// Every condition that is set must hold.
type Rule struct {
	Name     string
	Severity Severity
	Reason   string // why it matters, in a few words

	Kind      snapshot.Kind
	Types     []snapshot.Type // of providers
	Action    Action
	Recreated bool     // deleted and created again: it has a new id
	Paths     []string // JSON Pointers; * is any one step, and what lies below counts
	Becomes   string   // of a setting: "on", "off"
	To        string   // of a setting: its new value
	// Gains is of a setting: its new value has more members that are called so, and
	// texts that are this, than its old one. A text that is called "name" does not count.
	Gains     string
	Computed  bool // of a setting: Cloudflare computes it (Field.Computed)
	Elsewhere bool // only where a and b are different targets
	// Percent makes it a rule on how many resources of a list are not in b what they
	// were in a: more than so many percent of those in a, and at least massAtLeast.
	Percent float64
}

// onlyWeighs reports whether the rule has no condition.
func (r Rule) onlyWeighs() bool {
	return r.Kind == "" && len(r.Types) == 0 && r.Action == "" && !r.Recreated && len(r.Paths) == 0 &&
		r.Becomes == "" && r.To == "" && r.Gains == "" && !r.Computed && !r.Elsewhere && r.Percent == 0
}

// Rules weigh changes: the first that applies does. The zero Rules are the
// built-in ones.
type Rules struct{ list []Rule }

// All lists the rules in the order in which they are tried.
func (r Rules) All() []Rule {
	if r.list == nil {
		return slices.Clone(builtin)
	}
	return slices.Clone(r.list)
}

// With gives rules in which those of list come first. One that has the name of a
// rule takes its place; if it has no condition, it only gives it another severity
// and, if it has one, another reason.
func (r Rules) With(list []Rule) (Rules, error) {
	all := r.All()
	var front []Rule
	seen := map[string]bool{}
	for _, add := range list {
		if err := add.check(); err != nil {
			return r, err
		}
		if seen[add.Name] {
			return r, fmt.Errorf("rule %q is there twice", add.Name)
		}
		seen[add.Name] = true
		i := slices.IndexFunc(all, func(have Rule) bool { return have.Name == add.Name })
		switch {
		case i >= 0 && all[i].Percent > 0 && !add.onlyWeighs() && add.Percent == 0:
			return r, fmt.Errorf("rule %q weighs how many there are at once: say percent", add.Name)
		case !add.onlyWeighs():
			if i >= 0 {
				all = slices.Delete(all, i, i+1)
			}
			front = append(front, add)
		case i < 0:
			return r, fmt.Errorf("rule %q has no condition, and no built-in rule is called so", add.Name)
		default:
			all[i].Severity = add.Severity
			if add.Reason != "" {
				all[i].Reason = add.Reason
			}
		}
	}
	return Rules{append(front, all...)}, nil
}

// builtin is the table. Within a kind the first rule that applies counts.
var builtin = slices.Concat(computedRules, providerRules, userRules, referenceRules)

const idp = snapshot.IdentityProvider

var computedRules = []Rule{
	{Name: "computed", Severity: Info, Computed: true, Reason: "Cloudflare computes it"},
}

var providerRules = []Rule{
	{Name: "provider-lacking", Severity: Critical, Kind: idp, Action: Removed, Elsewhere: true, Reason: "the other target has no such way to sign in"},
	{Name: "one-time-pin-added", Severity: High, Kind: idp, Types: []snapshot.Type{snapshot.OneTimePIN}, Action: Added, Reason: "whoever reads a mailbox can sign in"},
	{Name: "provider-removed", Severity: Critical, Kind: idp, Action: Removed, Reason: "nobody can sign in through it any more"},
	{Name: "provider-added", Severity: High, Kind: idp, Action: Added, Reason: "a new way to sign in"},
	{Name: "provider-recreated", Severity: High, Kind: idp, Recreated: true, Reason: "it has a new id: what names the old one no longer finds it"},

	{Name: "provider-type", Severity: Critical, Kind: idp, Paths: []string{"/type"}, Reason: "another kind of sign-in"},
	{
		Name: "issuer", Severity: Critical, Kind: idp, Reason: "decides whose word is believed",
		Paths: []string{
			"/config/issuer_url", "/config/certs_url", "/config/okta_account", "/config/authorization_server_id",
			"/config/onelogin_account", "/config/ping_env_id", "/config/centrify_account", "/config/centrify_app_id",
			"/config/directory_id", "/config/azure_cloud", "/config/apps_domain",
		},
	},
	{Name: "login-endpoint", Severity: Critical, Kind: idp, Paths: []string{"/config/sso_target_url", "/config/auth_url", "/config/token_url"}, Reason: "decides where people are sent to sign in"},
	{Name: "signing-certificate", Severity: Critical, Kind: idp, Paths: []string{"/config/idp_public_certs", "/config/idp_public_cert"}, Reason: "decides whose signature is believed"},

	{Name: "client", Severity: High, Kind: idp, Paths: []string{"/config/client_id"}, Reason: "another application at the provider"},
	{Name: "identity-claim", Severity: High, Kind: idp, Paths: []string{"/config/email_claim_name", "/config/email_attribute_name"}, Reason: "decides who somebody is taken for"},
	{Name: "request-signing-off", Severity: High, Kind: idp, Paths: []string{"/config/sign_request"}, Becomes: "off", Reason: "requests are not signed any more"},
	{Name: "encryption-off", Severity: High, Kind: idp, Paths: []string{"/config/enable_encryption"}, Becomes: "off", Reason: "assertions are not encrypted any more"},
	{Name: "pkce-off", Severity: High, Kind: idp, Paths: []string{"/config/pkce_enabled"}, Becomes: "off", Reason: "a stolen authorization code can be used"},
	{Name: "conditional-access-off", Severity: High, Kind: idp, Paths: []string{"/config/conditional_access_enabled"}, Becomes: "off", Reason: "Entra's conditions are not asked for any more"},
	{Name: "restrict-to-account-members-off", Severity: High, Kind: idp, Paths: []string{"/config/restrict_to_account_members"}, Becomes: "off", Reason: "people from outside the account can sign in"},
	{Name: "scim-off", Severity: High, Kind: idp, Paths: []string{"/scim_config/enabled"}, Becomes: "off", Reason: "who leaves is not taken off any more"},
	{Name: "user-deprovision-off", Severity: High, Kind: idp, Paths: []string{"/scim_config/user_deprovision"}, Becomes: "off", Reason: "who leaves keeps the session"},
	{Name: "seat-deprovision-off", Severity: High, Kind: idp, Paths: []string{"/scim_config/seat_deprovision"}, Becomes: "off", Reason: "who leaves keeps the seat"},
	{Name: "identity-update-off", Severity: High, Kind: idp, Paths: []string{"/scim_config/identity_update_behavior"}, To: "no_action", Reason: "changed groups and attributes do not take effect"},
	{
		Name: "protection-on", Severity: Low, Kind: idp, Becomes: "on", Reason: "a protection was switched on",
		Paths: []string{
			"/config/sign_request", "/config/enable_encryption", "/config/pkce_enabled", "/config/conditional_access_enabled",
			"/config/restrict_to_account_members", "/scim_config/user_deprovision", "/scim_config/seat_deprovision",
		},
	},
	{Name: "claims", Severity: Medium, Kind: idp, Paths: []string{"/config/claims", "/config/scopes", "/config/attributes", "/config/header_attributes"}, Reason: "policies may ask for what is not sent any more"},
	{Name: "provider-name", Severity: Medium, Kind: idp, Paths: []string{"/name"}, Reason: "what people see when they sign in"},
	{Name: "provider-setting", Severity: Medium, Kind: idp, Paths: []string{""}, Reason: "a setting of a sign-in method"},
}

// massAtLeast is how many resources must change before a percentage says anything.
const massAtLeast = 5

// massDays is how far apart two states may be for what changed between them to have
// changed at once.
const massDays = 31

var userRules = []Rule{
	{Name: "user-joined", Severity: Info, Kind: snapshot.SCIMUser, Action: Added, Reason: "a new person"},
	{Name: "user-left", Severity: Info, Kind: snapshot.SCIMUser, Action: Removed, Reason: "gone from the provider"},
	{Name: "user-deactivated", Severity: Info, Kind: snapshot.SCIMUser, Paths: []string{"/active"}, Becomes: "off", Reason: "may not sign in any more"},
	{Name: "user-reactivated", Severity: Info, Kind: snapshot.SCIMUser, Paths: []string{"/active"}, Becomes: "on", Reason: "may sign in again"},
	{Name: "user-address", Severity: Low, Kind: snapshot.SCIMUser, Paths: []string{"/emails", "/userName"}, Reason: "policies know people by it"},
	{Name: "user-changed", Severity: Info, Kind: snapshot.SCIMUser, Paths: []string{""}, Reason: "what the provider says of a person"},
	{Name: "mass-user-change", Severity: High, Kind: snapshot.SCIMUser, Percent: 10, Reason: "of the list at once"},

	{Name: "synced-group-added", Severity: Info, Kind: snapshot.SCIMGroup, Action: Added, Reason: "policies may name it from now on"},
	{Name: "synced-group-removed", Severity: Low, Kind: snapshot.SCIMGroup, Action: Removed, Reason: "policies may name it"},
	{Name: "synced-group-renamed", Severity: Low, Kind: snapshot.SCIMGroup, Paths: []string{"/displayName"}, Reason: "policies may name it"},
	{Name: "synced-group-changed", Severity: Info, Kind: snapshot.SCIMGroup, Paths: []string{""}, Reason: "what the provider says of a group"},
	{Name: "mass-group-change", Severity: High, Kind: snapshot.SCIMGroup, Percent: 10, Reason: "of the list at once"},
}

var referenceRules = []Rule{
	{Name: "app-lacking", Severity: Medium, Kind: snapshot.AccessApp, Action: Removed, Elsewhere: true, Reason: "the other target has no such app"},
	{Name: "policy-lacking", Severity: Medium, Kind: snapshot.AccessPolicy, Action: Removed, Elsewhere: true, Reason: "the other target has no such policy"},
	{Name: "group-lacking", Severity: Medium, Kind: snapshot.AccessGroup, Action: Removed, Elsewhere: true, Reason: "the other target has no such group"},
	{Name: "other-organization", Severity: Info, Kind: snapshot.Organization, Paths: []string{"/auth_domain", "/name"}, Elsewhere: true, Reason: "two targets, two organizations"},
	{Name: "organization-removed", Severity: Critical, Kind: snapshot.Organization, Action: Removed, Reason: "Access is switched off"},
	{Name: "organization-added", Severity: High, Kind: snapshot.Organization, Action: Added, Reason: "Access is switched on"},
	{Name: "team-domain", Severity: Critical, Kind: snapshot.Organization, Paths: []string{"/auth_domain"}, Reason: "every provider sends people back to the old one"},
	{Name: "organization-look", Severity: Low, Kind: snapshot.Organization, Paths: []string{"/login_design", "/name", "/custom_pages"}, Reason: "what people see, not whether they get in"},
	{Name: "organization-setting", Severity: Medium, Kind: snapshot.Organization, Paths: []string{""}, Reason: "it holds for all apps"},

	{Name: "app-removed", Severity: High, Kind: snapshot.AccessApp, Action: Removed, Reason: "what it stood before is not guarded any more"},
	{Name: "app-added", Severity: Low, Kind: snapshot.AccessApp, Action: Added, Reason: "guarded from now on"},
	{Name: "app-providers", Severity: High, Kind: snapshot.AccessApp, Paths: []string{"/allowed_idps"}, Reason: "decides how people may sign in to it"},
	{Name: "app-bypass", Severity: Critical, Kind: snapshot.AccessApp, Paths: []string{"/policies"}, Gains: "bypass", Reason: "nobody is asked to sign in any more"},
	{Name: "app-everyone", Severity: Critical, Kind: snapshot.AccessApp, Paths: []string{"/policies"}, Gains: "everyone", Reason: "a rule that everybody meets"},
	{Name: "app-policies", Severity: High, Kind: snapshot.AccessApp, Paths: []string{"/policies"}, Reason: "decides who gets in"},
	{Name: "app-address", Severity: High, Kind: snapshot.AccessApp, Paths: []string{"/domain", "/self_hosted_domains", "/destinations", "/type"}, Reason: "decides what it guards"},
	{Name: "app-setting", Severity: Low, Kind: snapshot.AccessApp, Paths: []string{""}, Reason: "a setting of one app"},

	{Name: "policy-removed", Severity: High, Kind: snapshot.AccessPolicy, Action: Removed, Reason: "decides who gets in"},
	{Name: "policy-added", Severity: Medium, Kind: snapshot.AccessPolicy, Action: Added, Reason: "decides who gets in where an app uses it"},
	{Name: "policy-bypass", Severity: Critical, Kind: snapshot.AccessPolicy, Paths: []string{"/decision"}, To: "bypass", Reason: "nobody is asked to sign in any more"},
	{Name: "policy-everyone", Severity: Critical, Kind: snapshot.AccessPolicy, Paths: []string{"/include"}, Gains: "everyone", Reason: "a rule that everybody meets"},
	{Name: "policy-rules", Severity: High, Kind: snapshot.AccessPolicy, Paths: []string{"/decision", "/include", "/exclude", "/require"}, Reason: "decides who gets in"},
	{Name: "policy-setting", Severity: Medium, Kind: snapshot.AccessPolicy, Paths: []string{""}, Reason: "holds for the apps that use it"},

	{Name: "group-removed", Severity: High, Kind: snapshot.AccessGroup, Action: Removed, Reason: "policies may name it"},
	{Name: "group-added", Severity: Low, Kind: snapshot.AccessGroup, Action: Added, Reason: "counts once a policy names it"},
	{Name: "group-everyone", Severity: Critical, Kind: snapshot.AccessGroup, Paths: []string{"/include"}, Gains: "everyone", Reason: "everybody belongs to it"},
	{Name: "group-rules", Severity: High, Kind: snapshot.AccessGroup, Paths: []string{"/include", "/exclude", "/require", "/is_default"}, Reason: "decides who belongs to it"},
	{Name: "group-setting", Severity: Low, Kind: snapshot.AccessGroup, Paths: []string{""}, Reason: "not who belongs to it"},
}
