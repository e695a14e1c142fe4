package migrate_test

import (
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
)

func TestPlaceholdersAreNoSecrets(t *testing.T) {
	for _, value := range []string{
		"", " ", "\t\n", "*", "****", "********", " **** ", "••••••••", "●●●●", "*•*",
		"x", "xxx", "XXXX", "xxxxxxxxxxxxxxxx", "...", "---", "___", "???", "x-x-x",
		"<secret>", "<your client secret here>", "${CLIENT_SECRET}", "{{ secret }}", " <x> ",
		"changeme", "ChangeMe", "CHANGE-ME", "change_me", " changeme ", "todo", "TODO", "tbd", "fixme", "placeholder",
		"replaceme", "replace-me", "secret", "Secret", "password", "your-secret", "client_secret",
		"redacted", "(redacted)", "null", "none", "N/A", "example",
		"two\nlines", "trailing\n", "carriage\rreturn", "nul\x00byte",
	} {
		if migrate.Fake(value) == "" {
			t.Errorf("%q passes", value)
		}
	}
}

func TestRealSecretsPass(t *testing.T) {
	for _, value := range []string{
		"xxxxa9Zk", "xyz", "secret123", "my-secret", "password1!", "example-4f9a", "prod.example.com:4711", "not-an-example",
		"changeme2", "a", "0", "-a-", "**a**", "*x", "<half", "half>", "${half", "half}", "{{half", "$HOME", "a b",
		"00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789_-Ab",        // as Okta makes API tokens
		"zQ9kL-2mNpR_7sTuVwXyZaBcDeFgHiJkLmNoPqRsTuVwXyZ0a", // and client secrets
		"0123456789abcdef0123456789abcdef01234567",          // as GitHub makes client secrets
		"8Q8~aBcDeFgHiJkLmNoPqRsTuVwXyZ.1234567890",         // as Entra does
		"GOCSPX-aBcDeFgHiJkLmNoPqRsTuVwXyZ12",               // as Google does
		"ünïcödé-秘密",
	} {
		if why := migrate.Fake(value); why != "" {
			t.Errorf("%q: %s", value, why)
		}
	}
}
