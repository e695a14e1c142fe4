package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// neededFields are the fields of config without which a provider of the type does not work; of OAuth types also
// client_id and client_secret.
var neededFields = map[string][]string{
	"azureAD":     {"directory_id"},
	"saml":        {"issuer_url", "sso_target_url", "idp_public_certs"},
	"centrify":    {"centrify_account", "centrify_app_id"},
	"google-apps": {"apps_domain"},
	"oidc":        {"auth_url", "token_url", "certs_url"},
	"okta":        {"okta_account"},
	"onelogin":    {"onelogin_account"},
	"pingone":     {"ping_env_id"},
}

// RandomProvider is the body of a provider of the type as a person might POST it, with its secrets, which begin with
// "sandbox-secret-". It has what the type needs and, as the seed has it, more: any of the other fields, with any
// values that are allowed together, and x_ fields that nobody knows. The world stays as it is.
func (s *Server) RandomProvider(kind string, seed uint64) ([]byte, error) {
	known, ok := providerTypes[kind]
	if !ok {
		return nil, fmt.Errorf("unknown provider type %q: use one of %s", kind, strings.Join(typeNames(), ", "))
	}
	start := (&random{state: seed}).next() + uint64(slices.Index(typeNames(), kind)) //nolint:gosec // an index that was found is not negative
	g := generator{random: &random{state: start}, now: s.now()}
	var config, top fieldList
	needed := neededFields[kind]
	if known.oauth {
		needed = slices.Concat(needed, oauthFields)
	}
	for _, name := range known.config {
		if name == "enable_encryption" || name == "idp_public_cert" { // needs more, below; is of old
			continue
		}
		if slices.Contains(needed, name) || g.coin() {
			config.add(name, g.setting(name))
		}
	}
	if kind == "saml" && g.below(4) == 0 {
		config.add("enable_encryption", g.boolean())
		top.add("saml_certificate_set_id", quote(g.uuid()))
	}
	g.unknown(&config)
	top.add("type", quote(kind))
	top.add("name", g.name(kind))
	top.add("config", config.object(g.random))
	if known.scim && g.coin() {
		top.add("scim_config", g.scim())
	}
	g.unknown(&top)
	return top.object(g.random), nil
}

// generator draws the values of a provider.
type generator struct {
	*random
	now time.Time
}

// fieldList is an object in the making.
type fieldList struct {
	names  []string
	fields [][]byte
}

func (l *fieldList) add(name string, value []byte) {
	if !slices.Contains(l.names, name) {
		l.names = append(l.names, name)
		l.fields = append(l.fields, slices.Concat(quote(name), []byte{':'}, value))
	}
}

// object is the fields in any order.
func (l *fieldList) object(r *random) []byte {
	shuffle(r, l.fields)
	return slices.Concat([]byte{'{'}, bytes.Join(l.fields, []byte{','}), []byte{'}'})
}

func (g generator) coin() bool { return g.below(2) == 0 }

func (g generator) boolean() []byte { return []byte(pick(g.random, []string{"true", "false"})) }

// text is a JSON string, now and then with escapes that it does not need.
func (g generator) text(value string) []byte {
	if g.below(4) > 0 {
		return quote(value)
	}
	out, err := json.Marshal(value) // escapes <, > and &
	if err != nil {
		return quote(value)
	}
	return out
}

// words are what careless handling of text destroys.
var words = []string{
	"SSO", "Corp", "Entra", "Größe", "São Paulo", "身份提供商", "مزود", "поставщик", "🔐", "👩‍💻", "e\u0301", "\u00e9", "ﬁ", "\u2028", "\u200b",
	`"quoted"`, `back\slash`, "a/b", "a~1b", "<b>&amp;</b>", "tab\there", "line\nbreak", "%s", "${HOME}", "'", "null", "0", "****", " ",
}

func (g generator) name(kind string) []byte {
	switch g.below(12) {
	case 0:
		if kind == "cloudflare" {
			return []byte(`""`) // legal there
		}
		return g.text(strings.Repeat(pick(g.random, []string{"x", "ü", "長"}), maxName))
	case 1:
		return g.text(pick(g.random, departments)) // likely to be there twice
	}
	parts := make([]string, 1+g.below(4))
	for i := range parts {
		parts[i] = pick(g.random, words)
	}
	return g.text(strings.Join(parts, " "))
}

// setting draws the value of a field of config.
func (g generator) setting(name string) []byte {
	switch name {
	case "client_id":
		return g.text(g.hex(20))
	case "client_secret", "api_token":
		return g.text("sandbox-secret-" + g.letters(32) + pick(g.random, []string{"", `"\`, "é", "<&>", "****"}))
	case "directory_id", "ping_env_id":
		return g.text(g.uuid())
	case "support_groups", "conditional_access_enabled", "pkce_enabled", "sign_request", "restrict_to_account_members":
		return g.boolean()
	case "prompt":
		return []byte(pick(g.random, []string{`"none"`, `"login"`, `"select_account"`}))
	case "azure_cloud":
		return []byte(`"default"`)
	case "claims", "attributes", "scopes":
		return g.list(5, func() []byte {
			return g.text(pick(g.random, []string{"openid", "email", "groups", "department", "größe"}) + g.letters(3))
		})
	case "idp_public_certs":
		return array([][]byte{g.text(newCertificate(g.random, g.now))})
	case "header_attributes":
		return g.list(3, func() []byte {
			return fmt.Appendf(nil, `{"attribute_name":%s,"header_name":%s}`, g.text(pick(g.random, departments)), g.text("X-"+g.letters(6)))
		})
	case "email_claim_name", "email_attribute_name", "centrify_app_id", "authorization_server_id":
		return g.text(pick(g.random, []string{"email", "mail", "größe"}) + g.letters(4))
	case "apps_domain":
		return g.text(g.hex(8) + ".example")
	default: // an address
		return g.text("https://" + g.hex(8) + ".example/" + pick(g.random, []string{"", "a?b=c&d=<e>", "größe", "%20", "長"}))
	}
}

func (g generator) list(most int, item func() []byte) []byte {
	out := make([][]byte, g.below(most+1))
	for i := range out {
		out[i] = item()
	}
	return array(out)
}

// scim draws a scim_config. Seats are not taken away from users who stay (OpenAPI).
func (g generator) scim() []byte {
	var l fieldList
	l.add("enabled", g.boolean())
	if g.coin() {
		l.add("identity_update_behavior", []byte(pick(g.random, []string{`"automatic"`, `"reauth"`, `"no_action"`})))
	}
	users := pick(g.random, []string{"", "true", "false"})
	if users != "" {
		l.add("user_deprovision", []byte(users))
	}
	switch g.below(3) {
	case 0:
		l.add("seat_deprovision", []byte("false"))
	case 1:
		if users == "true" {
			l.add("seat_deprovision", []byte("true"))
		}
	}
	g.unknown(&l)
	return l.object(g.random)
}

// unknown adds up to two fields that nobody knows.
func (g generator) unknown(l *fieldList) {
	for range max(0, g.below(5)-2) {
		l.add("x_"+g.key(), g.value(3))
	}
}

func (g generator) key() string {
	return pick(g.random, []string{"", "a/b", "c~d", "ключ", `"`, "camelCase", "e\u0301"}) + g.letters(2)
}

// value draws any JSON value but null, which is no setting; inside of another it may be null.
func (g generator) value(depth int) []byte {
	kinds := 5
	if depth == 0 {
		kinds = 3
	}
	switch g.below(kinds) {
	case 0:
		return []byte(pick(g.random, []string{"0", "-1", "2.50", "1E3", "9007199254740993", "-0.0", "123456789012345678901234567890"}))
	case 1:
		return g.boolean()
	case 2:
		return g.text(pick(g.random, words))
	case 3:
		return g.list(3, func() []byte { return g.inner(depth - 1) })
	default:
		var l fieldList
		for range g.below(4) {
			l.add(g.key(), g.inner(depth-1))
		}
		return l.object(g.random)
	}
}

func (g generator) inner(depth int) []byte {
	if g.below(8) == 0 {
		return []byte("null")
	}
	return g.value(depth)
}
