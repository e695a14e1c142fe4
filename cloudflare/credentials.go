package cloudflare

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
)

// Credentials are an API token, or a person's e-mail address and global API key.
// With both, the token is used. However they are printed or logged, they do not
// show.
type Credentials struct {
	Token      string
	Email, Key string
}

// ErrCredentials marks credentials that cannot be sent.
var ErrCredentials = errors.New("credentials cannot be used")

// check refuses what could never be accepted. Cloudflare answers a damaged token
// with "6003 Invalid request headers", which does not say what is wrong with it.
func (c Credentials) check() error {
	switch {
	case c.Token != "":
		return checkSecret("the API token", c.Token)
	case c.Email == "" && c.Key == "":
		return fmt.Errorf("%w: none were given: an API token is needed, or an e-mail address with its global API key", ErrCredentials)
	case c.Email == "":
		return fmt.Errorf("%w: a global API key was given without the e-mail address that it belongs to", ErrCredentials)
	case c.Key == "":
		return fmt.Errorf("%w: an e-mail address was given without its global API key", ErrCredentials)
	}
	if err := checkSecret("the e-mail address", c.Email); err != nil {
		return err
	}
	return checkSecret("the global API key", c.Key)
}

func checkSecret(name, value string) error {
	problem := ""
	switch {
	case strings.HasPrefix(strings.ToLower(value), "bearer "):
		problem = `begins with "Bearer": give the token alone`
	case strings.ContainsAny(value, "\r\n"):
		problem = "contains a line break: copy it again"
	case strings.ContainsAny(value, " \t"):
		problem = "contains white space: copy it again"
	case strings.ContainsAny(value, "\"'`"):
		problem = "contains a quotation mark: give it without quotes"
	case strings.IndexFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		problem = "contains a character that is not plain ASCII: copy it again"
	}
	if problem == "" {
		return nil
	}
	return fmt.Errorf("%w: %s %s", ErrCredentials, name, problem)
}

// authorize adds the credentials to a request's headers. (OpenAPI: security
// schemes api_token, api_email and api_key.)
func (c Credentials) authorize(h http.Header) {
	if c.Token != "" {
		h.Set("Authorization", "Bearer "+c.Token)
		return
	}
	h.Set("X-Auth-Email", c.Email)
	h.Set("X-Auth-Key", c.Key)
}

// secrets lists what no text may show.
func (c Credentials) secrets() []string {
	var all []string
	for _, s := range []string{c.Token, c.Key} {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

// kind describes the credentials without showing them.
func (c Credentials) kind() string {
	switch {
	case c.Token != "":
		return "API token (hidden)"
	case c.Key != "":
		return "global API key (hidden)"
	default:
		return "no credentials"
	}
}

// String describes the credentials without showing them.
func (c Credentials) String() string { return c.kind() }

// GoString describes the credentials without showing them.
func (c Credentials) GoString() string { return c.kind() }

// Format describes the credentials without showing them, whatever the verb.
func (c Credentials) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.kind()) }

// LogValue describes the credentials without showing them.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.kind()) }

// MarshalText describes the credentials without showing them, for encoders.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.kind()), nil }
