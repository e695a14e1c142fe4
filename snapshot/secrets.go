package snapshot

import (
	"bytes"
	"strings"
)

// Redacted stands in a document where a secret was served. It tells that there
// is one, and nothing about it.
const Redacted = "(redacted)"

var redacted = []byte(`"` + Redacted + `"`)

// secrecy says what the name above a value makes of it.
type secrecy int

const (
	plain     secrecy = iota
	token             // a string here is a secret unless it is a URL
	secret            // every string here is a secret
	inherited         // every string below here is a secret, whatever its own name
)

// inside is the secrecy of what an object holds. A token's name says
// nothing of what is in an object of that name: {"service_token":{"token_id":…}}
// is a rule of a policy, and nothing in it is secret.
func (s secrecy) inside() secrecy {
	if s == secret || s == inherited {
		return inherited
	}
	return plain
}

// hides reports whether the string, quoted as sent, is to be redacted.
func (s secrecy) hides(text []byte) bool {
	switch s {
	case secret, inherited:
		return true
	case token:
		return !isURL(text)
	default:
		return isPrivateKey(text)
	}
}

// isMasked reports whether the string, quoted as sent, is what the API has sent
// in place of a secret: nothing, or a run of asterisks (Terraform's provider 4
// for Cloudflare tests for both). null is the third form.
func isMasked(text []byte) bool {
	return len(bytes.Trim(text[1:len(text)-1], "*")) == 0
}

func isURL(text []byte) bool {
	return bytes.HasPrefix(text, []byte(`"https://`)) || bytes.HasPrefix(text, []byte(`"http://`))
}

// isPrivateKey finds PEM, whatever the field that it came in.
func isPrivateKey(text []byte) bool {
	return len(text) > 32 && bytes.Contains(text, []byte("PRIVATE KEY-----"))
}

// knownSecrets are the fields that hold a secret in identity providers, with no
// exception for what they hold: config.client_secret of every OAuth type,
// config.api_token of Okta (older accounts) and scim_config.secret.
var knownSecrets = map[string]bool{"client_secret": true, "api_token": true, "secret": true}

// classify decides by the name of a field whether it holds a secret: the fields
// that are known, and as a second line every name that says so, since Cloudflare
// adds fields without notice. Names like token_url and certs_url are settings.
func classify(name string) secrecy {
	if knownSecrets[name] {
		return secret
	}
	words := strings.ReplaceAll(snake(name), "-", "_")
	for _, suffix := range []string{"_url", "_uri", "_id", "_at"} {
		if strings.HasSuffix(words, suffix) {
			return plain
		}
	}
	for _, word := range []string{"secret", "password", "passwd", "passphrase", "private_key", "api_key", "apikey", "credential", "bearer"} {
		if strings.Contains(words, word) {
			return secret
		}
	}
	if last := strings.TrimSuffix(words[strings.LastIndexByte(words, '_')+1:], "s"); strings.HasSuffix(last, "token") {
		return token
	}
	return plain
}

// snake turns clientSecret into client_secret and APIToken into api_token.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			after := i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z'
			before := i > 0 && i+1 < len(name) && name[i-1] >= 'A' && name[i-1] <= 'Z' && name[i+1] >= 'a' && name[i+1] <= 'z'
			if after || before {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
