package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const privateKey = `"-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"`

func TestSecretsAreTakenOut(t *testing.T) {
	for _, test := range []struct{ name, sent, want string }{
		{"escaped name", `{"client\u005fsecret":"s"}`, `{"client_secret":"(redacted)"}`},
		{"a URL is no excuse for a known secret", `{"client_secret":"https://s"}`, `{"client_secret":"(redacted)"}`},
		{"a secret that is written like the marker", `{"secret":"(redacted)"}`, `{"secret":"(redacted)"}`},
		{"space is no mask", `{"secret":" "}`, `{"secret":"(redacted)"}`},
		{"stars and more are no mask", `{"secret":"**s**"}`, `{"secret":"(redacted)"}`},

		{"api_key", `{"api_key":"s"}`, `{"api_key":"(redacted)"}`},
		{"apiKey", `{"apiKey":"s"}`, `{"apiKey":"(redacted)"}`},
		{"x-api-key", `{"x-api-key":"s"}`, `{"x-api-key":"(redacted)"}`},
		{"APIKEY", `{"APIKEY":"s"}`, `{"APIKEY":"(redacted)"}`},
		{"privateKey", `{"privateKey":"s"}`, `{"privateKey":"(redacted)"}`},
		{"private_key_pem", `{"private_key_pem":"s"}`, `{"private_key_pem":"(redacted)"}`},
		{"clientSecret", `{"clientSecret":"s"}`, `{"clientSecret":"(redacted)"}`},
		{"CLIENT_SECRET", `{"CLIENT_SECRET":"s"}`, `{"CLIENT_SECRET":"(redacted)"}`},
		{"passphrase", `{"key_passphrase":"s"}`, `{"key_passphrase":"(redacted)"}`},
		{"passwd", `{"passwd":"s"}`, `{"passwd":"(redacted)"}`},
		{"bearer_token", `{"bearer_token":"s"}`, `{"bearer_token":"(redacted)"}`},
		{"accessToken", `{"accessToken":"s"}`, `{"accessToken":"(redacted)"}`},
		{"refresh-token", `{"refresh-token":"s"}`, `{"refresh-token":"(redacted)"}`},
		{
			"token of an app's outbound SCIM", `{"authentication":{"scheme":"oauthbearertoken","token":"s"}}`,
			`{"authentication":{"scheme":"oauthbearertoken","token":"(redacted)"}}`,
		},
		{"list of secrets", `{"client_secrets":["s","t"]}`, `{"client_secrets":["(redacted)","(redacted)"]}`},
		{"list of tokens", `{"tokens":["s","https://acme.example/t"]}`, `{"tokens":["(redacted)","https://acme.example/t"]}`},
		{"lists in a list", `{"client_secrets":[["s"],[]]}`, `{"client_secrets":[["(redacted)"],[]]}`},
		{"password in an array", `{"users":[{"name":"n","password":"s"}]}`, `{"users":[{"name":"n","password":"(redacted)"}]}`},
		{
			"all that is in an object called a secret", `{"secret":{"id":"i","token_url":"https://u","in":[{"x":"y"}],"n":1,"b":true}}`,
			`{"secret":{"b":true,"id":"(redacted)","in":[{"x":"(redacted)"}],"n":1,"token_url":"(redacted)"}}`,
		},
		{
			"private key in any field", `{"idp_public_certs":[` + privateKey + `],"name":` + privateKey + `}`,
			`{"idp_public_certs":["(redacted)"],"name":"(redacted)"}`,
		},
		{"private key under a setting's name", `{"auth_url":` + privateKey + `}`, `{"auth_url":"(redacted)"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, newDocument(t, test.sent)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSettingsAreNoSecrets(t *testing.T) {
	for name, d := range map[string]string{
		"URLs":                     `{"auth_url":"https://a","certs_url":"https://c","token_url":"https://t"}`,
		"URL called a token":       `{"login_token":"https://acme.example/login"}`,
		"plain http":               `{"login_token":"http://localhost/login"}`,
		"URI":                      `{"client_secret_uri":"vault:secret/x"}`,
		"id of a secret":           `{"client_secret_id":"i","token_id":"i"}`,
		"time of a secret":         `{"client_secret_expires_at":"2026-06-30T00:00:00Z"}`,
		"service token of a rule":  `{"include":[{"service_token":{"token_id":"i"}},{"any_valid_service_token":{}}]}`,
		"boolean that names one":   `{"allow_pkce_without_client_secret":true,"password_required":false}`,
		"number that names one":    `{"access_token_lifetime":"5m","refresh_token_count":2,"token":1}`,
		"word that begins like it": `{"secretary":1,"token_type":"bearer","tokenizer":"t"}`,
		"SAML certificate":         `{"idp_public_certs":["-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----"]}`,
		"public key":               `{"key":"-----BEGIN PUBLIC KEY-----\nMIIC\n-----END PUBLIC KEY-----"}`,
		"stars in a setting":       `{"name":"****","note":"","x":null}`,
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(d, newDocument(t, d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// secretPaths are where secrets are known to be in a provider of the type, and
// where one may turn up.
func secretPaths(info TypeInfo) []string {
	paths := []string{"/config/private_key", "/config/sub/api_key", "/scim_config/bearer_token", "/new_password"}
	for _, f := range info.Fields {
		if f.Role == Secret {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

func TestSecretsLeaveNoTrace(t *testing.T) {
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			o := provider(info)
			rapid.Check(t, func(t *rapid.T) {
				path := rapid.SampledFrom(secretPaths(info)).Draw(t, "path")
				secret := rapid.StringMatching(`[A-Za-z0-9+/=_~.-]{12,48}`).Draw(t, "secret")
				in := rapid.SampledFrom([]func(string) any{
					func(s string) any { return s },
					func(s string) any { return []any{"1", s} },
					func(s string) any { return []any{[]any{s}} },
				}).Draw(t, "shape")
				write := rapid.SampledFrom([]func(string) string{quote, escapeAll}).Draw(t, "quote")
				d := newDocument(t, careless.write(o.with(path, in(write(secret)))))
				for _, form := range []string{secret, strings.Trim(escapeAll(secret), `"`)} {
					if strings.Contains(d, form) {
						t.Fatalf("%s holds %s", d, secret)
					}
				}
				if other := newDocument(t, o.with(path, in(`"s"`)).String()); d != other {
					t.Fatalf("two secrets at %s make two documents:\n%s\n%s", path, d, other)
				}
				if !strings.Contains(d, Redacted) {
					t.Fatalf("%s does not tell that there was a secret", d)
				}
			})
		})
	}
}

func TestMaskedSecretIsAbsent(t *testing.T) {
	masks := []any{`""`, `null`, `"*"`, `"****"`, quote(strings.Repeat("*", 34)), quote(strings.Repeat("*", 1000))}
	for _, info := range allTypes() {
		t.Run(string(info.Type), func(t *testing.T) {
			for _, path := range secretPaths(info) {
				with := provider(info).with(path, `"s"`)
				absent := newDocument(t, with.without(path).String())
				if newDocument(t, with.String()) == absent {
					t.Errorf("%s: whether there is a secret does not show", path)
				}
				for _, mask := range masks {
					if got := newDocument(t, with.with(path, mask).String()); got != absent {
						t.Errorf("%s masked as %s:\n%s", path, mask, cmp.Diff(absent, got))
					}
				}
			}
		})
	}
}

func TestMaskedSecretLeavesItsList(t *testing.T) {
	got := newDocument(t, `{"client_secrets":["",null,"s","***",{"x":""},true]}`)
	if want := `{"client_secrets":["(redacted)",{},true]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestManyNamesAreClassifiedRight(t *testing.T) {
	for i := range 12_000 { // more than are remembered
		name := strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26%97) + strings.Repeat("z", i/2522)
		got := newDocument(t, `{"`+name+`":"v","`+name+`_secret":"s"}`)
		if want := `{"` + name + `":"v","` + name + `_secret":"(redacted)"}`; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}
