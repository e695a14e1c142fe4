package sandbox

import (
	"fmt"
	"strings"
)

// ruleFor makes a rule of each kind that names an identity provider of a type; %[1]s is its id, %[2]s a name.
var ruleFor = map[string][]string{
	"":        {`{"login_method":{"id":"%[1]s"}}`},
	"azureAD": {`{"azureAD":{"id":"%[3]s","identity_provider_id":"%[1]s"}}`, `{"auth_context":{"id":"%[3]s","ac_id":"c1","identity_provider_id":"%[1]s"}}`},
	"github":  {`{"github-organization":{"name":"%[2]s","identity_provider_id":"%[1]s"}}`},
	"google-apps": {
		`{"gsuite":{"email":"%[2]s@corp.example","identity_provider_id":"%[1]s"}}`,
	},
	"okta": {`{"okta":{"name":"%[2]s","identity_provider_id":"%[1]s"}}`},
	"saml": {`{"saml":{"attribute_name":"department","attribute_value":"%[2]s","identity_provider_id":"%[1]s"}}`},
	"oidc": {`{"oidc":{"claim_name":"department","claim_value":"%[2]s","identity_provider_id":"%[1]s"}}`},
}

// plainRules name no provider; two of them need a kind of one.
var plainRules = []string{
	`{"email_domain":{"domain":"corp.example"}}`,
	`{"ip":{"ip":"192.0.2.0/24"}}`,
	`{"everyone":{}}`,
	`{"auth_method":{"auth_method":"mfa"}}`,
	`{"cloudflare_account_member":{}}`,
}

// reference is a provider that something can name.
type reference struct{ id, kind string }

func (t *target) references() []reference {
	items := t.existing(KindProvider).items
	out := make([]reference, len(items))
	for i, r := range items {
		out[i] = reference{id: r.id(), kind: getString(r.view, "type")}
	}
	return out
}

// rules draws a list of rules. The number makes the first one go through all kinds in turn.
func rules(r *random, to []reference, number int) string {
	var all []string
	for _, ref := range to {
		for _, rule := range append(ruleFor[ref.kind], ruleFor[""]...) {
			all = append(all, fmt.Sprintf(rule, ref.id, strings.ToLower(pick(r, departments)), r.uuid()))
		}
	}
	all = append(all, plainRules...)
	out := []string{all[number%len(all)]}
	for range r.below(3) {
		out = append(out, pick(r, all))
	}
	return "[" + strings.Join(out, ",") + "]"
}

// newAccessGroup makes an Access group.
func (s *Server) newAccessGroup(t *target, number int) []byte {
	r, id := &s.rand, s.rand.uuid()
	return fmt.Appendf(nil,
		`{"id":%[1]q,"uid":%[1]q,"name":"%[2]s %[3]d","include":%[4]s,"exclude":[],"require":%[5]s,"created_at":%[6]s,"updated_at":%[6]s}`,
		id, pick(r, departments), number+1, rules(r, t.references(), number), pick(r, []string{"[]", rules(r, t.references(), number+3)}),
		stamp(r.before(s.now(), 700)))
}

// newPolicy makes a reusable policy.
func (s *Server) newPolicy(t *target, number int) []byte {
	r, id := &s.rand, s.rand.uuid()
	return fmt.Appendf(nil,
		`{"id":%[1]q,"uid":%[1]q,"name":"Policy %[2]d: %[3]s","decision":"allow","include":%[4]s,"exclude":[],"require":[],"reusable":true,"app_count":0,"session_duration":"24h","created_at":%[5]s,"updated_at":%[5]s}`,
		id, number+1, pick(r, departments), rules(r, t.references(), number), stamp(r.before(s.now(), 700)))
}

// newApp makes an application. One in four is SaaS and names providers in the places that only such apps have.
func (s *Server) newApp(t *target, number int) []byte {
	r, id, refs := &s.rand, s.rand.uuid(), t.references()
	var allowed []string
	for _, ref := range refs {
		if r.below(3) == 0 {
			allowed = append(allowed, fmt.Sprintf("%q", ref.id))
		}
	}
	kind, more := "self_hosted", ""
	if number%4 == 3 && len(refs) > 0 {
		kind, more = "saas", saasFields(number, pick(r, refs).id, pick(r, refs).id)
	}
	policy := fmt.Sprintf(`{"id":%q,"name":"Allow","decision":"allow","precedence":1,"include":%s,"exclude":[],"require":[]}`,
		r.uuid(), rules(r, refs, number))
	domain := fmt.Sprintf("%s-%d.corp.example", strings.ToLower(pick(r, departments)), number+1)
	return fmt.Appendf(nil,
		`{"id":%[1]q,"uid":%[1]q,"type":%[2]q,"name":"%[3]s %[4]d","domain":%[5]q,"aud":"%[6]s","allowed_idps":[%[7]s],"auto_redirect_to_identity":%[8]t,"app_launcher_visible":true,"session_duration":"24h","tags":[],"policies":[%[9]s]%[10]s,"created_at":%[11]s,"updated_at":%[11]s}`,
		id, kind, pick(r, departments), number+1, domain, r.hex(64), strings.Join(allowed, ","), len(allowed) == 1, policy, more,
		stamp(r.before(s.now(), 700)))
}

// saasFields are the places of a SaaS app where a provider is named: OIDC claims have a map by id, SAML
// attributes a list, outbound SCIM one id.
func saasFields(number int, a, b string) string {
	if number%8 == 3 {
		return fmt.Sprintf(`,"saas_app":{"auth_type":"oidc","custom_claims":[{"name":"department","source":{"name":"department","name_by_idp":{%q:"dept"}}}]},"scim_config":{"enabled":true,"idp_uid":%q}`, a, b)
	}
	return fmt.Sprintf(`,"saas_app":{"auth_type":"saml","custom_attributes":[{"name":"groups","source":{"name":"groups","name_by_idp":[{"idp_id":%q,"source_name":"memberOf"}]}}]}`, a)
}
