package diff_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// fired are the rules that weighed something, and how much.
func fired(r diff.Result) map[string]diff.Severity {
	by := map[string]diff.Severity{}
	for _, ch := range r.Changes {
		if ch.Rule != "" {
			by[ch.Rule] = max(by[ch.Rule], ch.Severity)
		}
		for _, f := range ch.Fields {
			if f.Rule != "" {
				by[f.Rule] = f.Severity
			}
		}
	}
	return by
}

const (
	organization = snapshot.Organization
	user         = snapshot.SCIMUser
	group        = snapshot.SCIMGroup
	app          = snapshot.AccessApp
	policy       = snapshot.AccessPolicy
	accessGroup  = snapshot.AccessGroup
)

// scene is a change of one resource of a kind: without one of the documents it came
// or went. What is in two targets says so.
type scene struct {
	kind      snapshot.Kind
	a, b      tree
	elsewhere bool
}

func (c scene) result(t *testing.T, o diff.Options) diff.Result {
	t.Helper()
	stage := func(account string, o tree) *side {
		s := world(account)
		if c.kind.IsSCIM() {
			s.provider(snapshot.Okta, "p", "Okta", nil).scim("p")
		}
		if o == nil {
			return s
		}
		o = o.clone()
		id := "1"
		if again, ok := o["again"]; ok {
			id = fmt.Sprint(again)
			delete(o, "again")
		}
		at := snapshot.Collection{Kind: c.kind}
		if c.kind.IsSCIM() {
			at.Provider = "p"
		}
		return s.add(at, id, o)
	}
	account := "one"
	if c.elsewhere {
		account = "two"
	}
	return compare(t, stage("one", c.a), stage(account, c.b), o)
}

// set is a provider with a setting, or without one.
func set(typ snapshot.Type, path string, v any) tree {
	o := tree{"type": quote(string(typ)), "name": `"n"`}
	if v == nil {
		return o
	}
	return o.with(path, v)
}

func setting(typ snapshot.Type, path string, old, updated any) scene {
	return scene{kind: snapshot.IdentityProvider, a: set(typ, path, old), b: set(typ, path, updated)}
}

func named(k snapshot.Kind, path string, old, updated any) scene {
	in := func(v any) tree {
		o := tree{"name": `"n"`, "displayName": `"n"`}
		if v != nil {
			o[path] = v
		}
		return o
	}
	return scene{kind: k, a: in(old), b: in(updated)}
}

func there(k snapshot.Kind) scene {
	return scene{kind: k, a: tree{"name": `"n"`, "displayName": `"n"`}, b: tree{"name": `"n"`, "displayName": `"n"`}}
}

func (c scene) comes() scene         { c.a = nil; return c }
func (c scene) goes() scene          { c.b = nil; return c }
func (c scene) toElsewhere() scene   { c.elsewhere = true; return c }
func (c scene) again() scene         { c.b = c.b.with("/again", 2); return c }
func (c scene) theOtherWay() scene   { c.a, c.b = c.b, c.a; return c }
func of(list ...scene) (all []scene) { return list }

// rules fires each rule by name: in every scene of want, in none of miss.
var rules = map[string]struct{ want, miss []scene }{
	"provider-lacking":    {of(setting(snapshot.SAML, "/x", `1`, nil).goes().toElsewhere()), of(setting(snapshot.SAML, "/x", `1`, nil).goes(), setting(snapshot.SAML, "/x", `1`, nil).comes().toElsewhere())},
	"one-time-pin-added":  {of(setting(snapshot.OneTimePIN, "/x", nil, nil).comes()), of(setting(snapshot.OneTimePIN, "/x", nil, nil).goes(), setting(snapshot.SAML, "/x", nil, nil).comes())},
	"provider-removed":    {of(setting(snapshot.Okta, "/x", nil, nil).goes()), of(setting(snapshot.Okta, "/x", nil, nil).goes().toElsewhere(), setting(snapshot.Okta, "/x", nil, nil).comes())},
	"provider-added":      {of(setting(snapshot.Okta, "/x", nil, nil).comes()), of(setting(snapshot.OneTimePIN, "/x", nil, nil).comes())},
	"provider-recreated":  {of(setting(snapshot.Okta, "/x", nil, nil).again()), of(setting(snapshot.Okta, "/x", nil, `1`), setting(snapshot.Okta, "/x", nil, `1`).again().toElsewhere())},
	"provider-type":       {of(setting(snapshot.SAML, "/type", `"saml"`, `"oidc"`)), of(setting(snapshot.SAML, "/config/type", `"saml"`, `"oidc"`))},
	"issuer":              {of(setting(snapshot.SAML, "/config/issuer_url", `"a"`, `"b"`), setting(snapshot.OIDC, "/config/certs_url", `"a"`, nil)), of(setting(snapshot.SAML, "/issuer_url", `"a"`, `"b"`))},
	"login-endpoint":      {of(setting(snapshot.SAML, "/config/sso_target_url", `"a"`, `"b"`), setting(snapshot.OIDC, "/config/auth_url", nil, `"b"`), setting(snapshot.OIDC, "/config/token_url", `"a"`, `"b"`)), of(setting(snapshot.OIDC, "/config/auth_urls", `"a"`, `"b"`))},
	"signing-certificate": {of(setting(snapshot.SAML, "/config/idp_public_certs", []any{`"a"`}, []any{`"a"`, `"b"`})), of(setting(snapshot.SAML, "/config/idp_public", `"a"`, `"b"`))},
	"client":              {of(setting(snapshot.OIDC, "/config/client_id", `"a"`, `"b"`)), of(setting(snapshot.OIDC, "/client_id", `"a"`, `"b"`))},
	"identity-claim":      {of(setting(snapshot.OIDC, "/config/email_claim_name", `"a"`, `"b"`), setting(snapshot.SAML, "/config/email_attribute_name", nil, `"b"`)), of(setting(snapshot.OIDC, "/config/email", `"a"`, `"b"`))},

	"request-signing-off":             off("/config/sign_request"),
	"encryption-off":                  off("/config/enable_encryption"),
	"pkce-off":                        off("/config/pkce_enabled"),
	"conditional-access-off":          off("/config/conditional_access_enabled"),
	"restrict-to-account-members-off": off("/config/restrict_to_account_members"),
	"scim-off":                        off("/scim_config/enabled"),
	"user-deprovision-off":            off("/scim_config/user_deprovision"),
	"seat-deprovision-off":            off("/scim_config/seat_deprovision"),
	"protection-on":                   {of(setting(snapshot.SAML, "/config/sign_request", nil, `true`)), of(setting(snapshot.SAML, "/config/sign_request", `true`, nil), setting(snapshot.SAML, "/config/sign_request", `"x"`, `true`))},
	"identity-update-off":             {of(setting(snapshot.Okta, "/scim_config/identity_update_behavior", `"automatic"`, `"no_action"`)), of(setting(snapshot.Okta, "/scim_config/identity_update_behavior", `"no_action"`, `"automatic"`))},
	"claims":                          {of(setting(snapshot.OIDC, "/config/claims", []any{`"a"`}, nil), setting(snapshot.OIDC, "/config/scopes", nil, []any{`"a"`}), setting(snapshot.SAML, "/config/header_attributes", []any{tree{"a": `1`}}, []any{tree{"a": `2`}})), of(setting(snapshot.OIDC, "/config/claim", []any{`"a"`}, nil))},
	"provider-name":                   {of(setting(snapshot.OIDC, "/name", `"a"`, `"b"`)), of(setting(snapshot.OIDC, "/config/name", `"a"`, `"b"`))},
	"provider-setting":                {of(setting(snapshot.OIDC, "/config/prompt", nil, `"b"`)), of(setting(snapshot.OIDC, "/name", `"a"`, `"b"`))},

	"user-joined":          {of(there(user).comes()), of(there(user).goes(), there(group).comes())},
	"user-left":            {of(there(user).goes()), of(there(user).comes())},
	"user-deactivated":     {of(named(user, "active", `true`, `false`), named(user, "active", `true`, nil)), of(named(user, "active", `false`, `true`), named(user, "active", `false`, nil))},
	"user-reactivated":     {of(named(user, "active", `false`, `true`)), of(named(user, "active", `true`, `false`))},
	"user-address":         {of(named(user, "emails", []any{tree{"value": `"a"`}}, []any{tree{"value": `"b"`}}), named(user, "userName", `"a"`, `"b"`)), of(named(user, "email", `"a"`, `"b"`))},
	"user-changed":         {of(named(user, "displayName", `"a"`, `"b"`)), of(named(user, "userName", `"a"`, `"b"`), named(group, "x", nil, `1`))},
	"synced-group-added":   {of(there(group).comes()), of(there(accessGroup).comes())},
	"synced-group-removed": {of(there(group).goes()), of(there(group).comes())},
	"synced-group-renamed": {of(named(group, "displayName", `"a"`, `"b"`)), of(named(group, "x", `"a"`, `"b"`))},
	"synced-group-changed": {of(named(group, "externalId", `"a"`, `"b"`)), of(named(group, "displayName", `"a"`, `"b"`))},

	"app-lacking":          lacking(app),
	"policy-lacking":       lacking(policy),
	"group-lacking":        lacking(accessGroup),
	"other-organization":   {of(named(organization, "auth_domain", `"a"`, `"b"`).toElsewhere(), named(organization, "name", `"a"`, `"b"`).toElsewhere()), of(named(organization, "auth_domain", `"a"`, `"b"`), named(organization, "x", `"a"`, `"b"`).toElsewhere())},
	"organization-removed": {of(there(organization).goes()), of(there(organization).comes())},
	"organization-added":   {of(there(organization).comes()), of(there(organization).goes())},
	"team-domain":          {of(named(organization, "auth_domain", `"a"`, `"b"`)), of(named(organization, "auth_domain", `"a"`, `"b"`).toElsewhere())},
	"organization-look":    {of(named(organization, "name", `"a"`, `"b"`), named(organization, "login_design", tree{"a": `1`}, nil)), of(named(organization, "names", `"a"`, `"b"`))},
	"organization-setting": {of(named(organization, "session_duration", `"24h"`, `"30d"`)), of(named(organization, "name", `"a"`, `"b"`))},
	"app-removed":          {of(there(app).goes()), of(there(app).goes().toElsewhere())},
	"app-added":            {of(there(app).comes()), of(there(app).goes())},
	"app-providers":        {of(named(app, "allowed_idps", []any{`"a"`}, nil)), of(named(app, "allowed", []any{`"a"`}, nil))},
	"app-bypass":           {of(named(app, "policies", []any{tree{"decision": `"allow"`}}, []any{tree{"decision": `"bypass"`}}), named(app, "policies", nil, []any{tree{"decision": `"bypass"`}})), of(named(app, "policies", []any{tree{"decision": `"bypass"`}}, []any{tree{"decision": `"allow"`}}), named(app, "policies", []any{tree{"decision": `"bypass"`, "name": `"a"`}}, []any{tree{"decision": `"bypass"`}}))},
	"app-everyone":         {of(named(app, "policies", []any{tree{"include": []any{tree{"email": `"a"`}}}}, []any{tree{"include": []any{tree{"everyone": tree{}}}}})), of(named(app, "policies", nil, []any{tree{"name": `"not everyone"`}}), named(app, "policies", nil, []any{tree{"name": `"everyone"`}}))},
	"policy-bypass":        {of(named(policy, "decision", `"allow"`, `"bypass"`)), of(named(policy, "decision", `"bypass"`, `"allow"`))},
	"policy-everyone":      {of(named(policy, "include", nil, []any{tree{"everyone": tree{}}}), named(policy, "include", []any{tree{"email": `"a"`}}, []any{tree{"everyone": tree{}}})), of(named(policy, "include", []any{tree{"everyone": tree{}}}, nil), named(policy, "exclude", nil, []any{tree{"everyone": tree{}}}))},
	"group-everyone":       {of(named(accessGroup, "include", nil, []any{tree{"everyone": tree{}}})), of(named(accessGroup, "require", nil, []any{tree{"everyone": tree{}}}))},
	"app-policies":         {of(named(app, "policies", []any{tree{"id": `"a"`}}, []any{tree{"id": `"b"`}})), of(named(policy, "policies", `1`, `2`))},
	"app-address":          {of(named(app, "domain", `"a"`, `"b"`), named(app, "type", `"a"`, `"b"`)), of(named(app, "name", `"a"`, `"b"`))},
	"app-setting":          {of(named(app, "session_duration", `"a"`, `"b"`)), of(named(app, "domain", `"a"`, `"b"`))},
	"policy-removed":       {of(there(policy).goes()), of(there(policy).goes().toElsewhere())},
	"policy-added":         {of(there(policy).comes()), of(there(accessGroup).comes())},
	"policy-rules":         {of(named(policy, "include", []any{tree{"everyone": tree{}}}, nil), named(policy, "decision", `"deny"`, `"allow"`)), of(named(policy, "name", `"a"`, `"b"`))},
	"policy-setting":       {of(named(policy, "name", `"a"`, `"b"`)), of(named(policy, "require", nil, []any{`1`}))},
	"group-removed":        {of(there(accessGroup).goes()), of(there(group).goes())},
	"group-added":          {of(there(accessGroup).comes()), of(there(group).comes())},
	"group-rules":          {of(named(accessGroup, "exclude", nil, []any{tree{"everyone": tree{}}}), named(accessGroup, "is_default", `false`, `true`)), of(named(accessGroup, "name", `"a"`, `"b"`))},
	"group-setting":        {of(named(accessGroup, "name", `"a"`, `"b"`)), of(named(accessGroup, "is_default", `false`, `true`))},
}

// off is a protection that goes: a value that is neither on nor off does not count.
func off(path string) struct{ want, miss []scene } {
	return struct{ want, miss []scene }{
		of(setting(snapshot.SAML, path, `true`, nil), setting(snapshot.SAML, path, `true`, `false`)),
		of(setting(snapshot.SAML, path, `true`, nil).theOtherWay(), setting(snapshot.SAML, path, `true`, `"x"`), setting(snapshot.SAML, path, `"x"`, nil), setting(snapshot.SAML, "/config/other", `true`, nil)),
	}
}

func lacking(k snapshot.Kind) struct{ want, miss []scene } {
	return struct{ want, miss []scene }{of(there(k).goes().toElsewhere()), of(there(k).goes(), there(k).comes().toElsewhere())}
}

func TestEveryRuleApplies(t *testing.T) {
	known := map[string]diff.Severity{"mass-user-change": 0, "mass-group-change": 0} // mass_test.go
	for _, r := range (diff.Rules{}).All() {
		if _, ok := rules[r.Name]; !ok && !strings.HasPrefix(r.Name, "mass-") && r.Name != "computed" { // computed_test.go
			t.Errorf("no scene for rule %s", r.Name)
		}
		if _, twice := known[r.Name]; twice && !strings.HasPrefix(r.Name, "mass-") {
			t.Errorf("rule %s is there twice", r.Name)
		}
		if strings.TrimSpace(r.Reason) == "" {
			t.Errorf("rule %s says nothing of why", r.Name)
		}
		known[r.Name] = r.Severity
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		severity, ok := known[name]
		if !ok {
			t.Errorf("there is no rule %s", name)
		}
		for i, c := range rules[name].want {
			if by := fired(c.result(t, diff.Options{})); len(by) != 1 || by[name] != severity {
				t.Errorf("%s, scene %d: %v, want %s", name, i, by, severity)
			}
		}
		for i, c := range rules[name].miss {
			by := fired(c.result(t, diff.Options{}))
			if _, ok := by[name]; ok || len(by) == 0 {
				t.Errorf("%s, near miss %d: %v", name, i, by)
			}
		}
	}
}

// TestSeverities holds the table against what is promised.
func TestSeverities(t *testing.T) {
	for severity, names := range map[diff.Severity]string{
		diff.Critical: "provider-removed provider-lacking issuer login-endpoint signing-certificate",
		diff.High:     "provider-added one-time-pin-added request-signing-off pkce-off user-deprovision-off seat-deprovision-off restrict-to-account-members-off mass-user-change",
		diff.Medium:   "claims provider-name",
		diff.Info:     "user-joined user-left user-changed user-deactivated",
	} {
		for _, name := range strings.Fields(names) {
			for _, r := range (diff.Rules{}).All() {
				if r.Name == name && r.Severity != severity {
					t.Errorf("%s is %s, not %s", name, r.Severity, severity)
				}
			}
		}
	}
	for _, s := range diff.Severities() {
		if got, err := diff.ParseSeverity(s.String()); err != nil || got != s {
			t.Errorf("%s is read as %v, %v", s, got, err)
		}
	}
	if _, err := diff.ParseSeverity("severe"); err == nil || diff.Severity(7).String() != "severity 7" {
		t.Error("there is a severity that is none")
	}
}
