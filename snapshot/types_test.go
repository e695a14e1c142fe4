package snapshot

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The fields of each type's config that Cloudflare documents or has been seen to
// send, and what they are where they are not texts that a person chose.
func TestTypesHaveEveryDocumentedField(t *testing.T) {
	const (
		oauth  = "client_id client_secret:secret "
		claims = "claims:set email_claim_name "
		pkce   = "pkce_enabled:bool "
	)
	documented := map[Type]string{
		OneTimePIN: "",
		AzureAD:    oauth + claims + pkce + "directory_id support_groups:bool conditional_access_enabled:bool prompt azure_cloud",
		SAML: "issuer_url sso_target_url idp_public_certs:list attributes:set email_attribute_name sign_request:bool " +
			"header_attributes:list enable_encryption:bool idp_public_cert",
		Centrify:   oauth + claims + "centrify_account centrify_app_id",
		Facebook:   oauth,
		GitHub:     oauth,
		GoogleApps: oauth + claims + pkce + "apps_domain",
		Google:     oauth + claims + pkce,
		LinkedIn:   oauth,
		OIDC:       oauth + claims + pkce + "auth_url token_url certs_url scopes:set",
		Okta:       oauth + claims + pkce + "okta_account authorization_server_id api_token:secret",
		OneLogin:   oauth + claims + "onelogin_account",
		PingOne:    oauth + claims + "ping_env_id",
		Yandex:     oauth,
		Cloudflare: "restrict_to_account_members:bool",
	}
	const everywhere = "/id:computed /uid:computed /version:computed /name /type /read_only:bool:computed /saml_certificate_set_id " +
		"/saml_certificate_set:object:computed /scim_base_url:computed /config/redirect_url:computed /scim_config/enabled:bool " +
		"/scim_config/identity_update_behavior /scim_config/user_deprovision:bool /scim_config/seat_deprovision:bool " +
		"/scim_config/group_member_deprovision:bool /scim_config/scim_base_url:computed /scim_config/secret:secret"
	values := map[Value]string{Bool: ":bool", List: ":list", Set: ":set", Object: ":object"}
	roles := map[Role]string{Secret: ":secret", Computed: ":computed"}
	for _, info := range Types() {
		config, ok := documented[info.Type]
		if !ok {
			t.Errorf("%s is not documented", info.Type)
			continue
		}
		delete(documented, info.Type)
		want := strings.Fields(everywhere)
		for _, name := range strings.Fields(config) {
			want = append(want, "/config/"+name)
		}
		var got []string
		for _, f := range info.Fields {
			got = append(got, f.Path+values[f.Value]+roles[f.Role])
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", info.Type, diff)
		}
	}
	for missing := range documented {
		t.Errorf("%s is missing", missing)
	}
}

func TestTypeOfKnowsTheTableAndNothingElse(t *testing.T) {
	for _, want := range Types() {
		if got, ok := TypeOf(want.Type); !ok || !cmp.Equal(got, want) {
			t.Errorf("TypeOf(%s) = %v, %t", want.Type, got, ok)
		}
	}
	for _, unknown := range []Type{"", "azuread", "okta ", "x-new-type"} { // case counts
		if got, ok := TypeOf(unknown); ok || got.Type != unknown || got.Singleton || len(got.Fields) == 0 {
			t.Errorf("TypeOf(%q) = %v, %t", unknown, got, ok)
		}
	}
}

// Rules for settings are made of the fields of all types together, so that a path
// must mean the same in each.
func TestFieldsOfOnePathAreAlike(t *testing.T) {
	met := map[string]Field{}
	for _, info := range Types() {
		for _, f := range info.Fields {
			if have, ok := met[f.Path]; ok && (have.Value != f.Value || have.Role != f.Role) {
				t.Errorf("%s is %v %v, and in %s %v %v", f.Path, have.Value, have.Role, info.Type, f.Value, f.Role)
			}
			met[f.Path] = f
		}
	}
}

func TestTypesCannotBeChangedFromOutside(t *testing.T) {
	Types()[0].Type = "spoiled"
	if _, ok := TypeOf(OneTimePIN); !ok {
		t.Error("the table was changed")
	}
}

func TestEveryFieldOfEveryTypeIsKept(t *testing.T) {
	const unknown = `{"big":9007199254740993,"flag":true,"nested":[1,2.50,"<&>\u2028` + "\u2028" + `é"]}`
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			sent, want := provider(info), provider(info)
			for _, f := range info.Fields {
				if f.Role == Secret {
					in, name := want.at(f.Path)
					in[name] = quote(Redacted)
				}
			}
			got := newDocument(t, careless.write(sent))
			if diff := cmp.Diff(want.String(), got); diff != "" {
				t.Error(diff)
			}
			if n := strings.Count(got, `"x_new_setting":`+unknown); n != len(unknownSettings) {
				t.Errorf("%d of the unknown settings came through in %s", n, got)
			}
		})
	}
}
