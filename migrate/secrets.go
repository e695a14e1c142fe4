package migrate

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Secrets are the values that were supplied, by the provider's id in the source and
// the secret's path. They exist in memory only.
type Secrets map[string]map[string]string

// Lack is a secret that stands in the way of carrying a plan out.
type Lack struct {
	Name string // of the provider
	Type snapshot.Type
	ID   string // in the source
	Secret
	Why string // "missing", or what is wrong with it
}

// Lacks are all secrets that the plan needs and that are missing, and those that
// were supplied and cannot be real. None of them leaves this machine.
func (p *Plan) Lacks(s Secrets) []Lack { return Lacks(NewSteps(p), s) }

// Lacks is Plan.Lacks for what is left of a plan.
func Lacks(steps []Step, s Secrets) []Lack {
	var all []Lack
	for _, step := range steps {
		a := step.Action
		if !step.open() && a.Action != Blocked { // of what is blocked, too: all is said at once
			continue
		}
		for _, secret := range a.Secrets {
			value, supplied := s[a.SourceID][secret.Path]
			why := ""
			switch {
			case supplied:
				why = Fake(value)
			case secret.Required:
				why = "missing"
			}
			if why != "" {
				all = append(all, Lack{a.Name, a.Type, a.SourceID, secret, why})
			}
		}
	}
	return all
}

// placeholders are what people leave in a file that they meant to fill in, in small
// letters and without what stands between them.
var placeholders = []string{
	"changeme", "changethis", "todo", "tbd", "xxx", "fixme", "placeholder", "replaceme", "secret", "password", "yoursecret",
	"yoursecrethere", "yourclientsecret", "clientsecret", "redacted", "null", "none", "n/a", "na", "example", "undefined",
}

// Fake says why a value cannot be a real secret: it is empty, masked, or a
// placeholder; "" where it may be real.
func Fake(value string) string {
	word := strings.ToLower(strings.TrimSpace(value))
	switch {
	case value == "":
		return "empty"
	case word == "":
		return "nothing but white space"
	case strings.Trim(word, "*•●") == "", strings.Contains(word, "****"), strings.Contains(word, "•••"), strings.Contains(word, "●●●"):
		return "masked: Cloudflare does not give secrets back"
	case !strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return "a placeholder: there is neither letter nor digit in it"
	case strings.Trim(word, "x.-_?") == "":
		return "a placeholder"
	case strings.HasPrefix(word, "<") && strings.HasSuffix(word, ">"), strings.HasPrefix(word, "${") && strings.HasSuffix(word, "}"),
		strings.HasPrefix(word, "{{") && strings.HasSuffix(word, "}}"):
		return "a placeholder"
	case value != strings.TrimSpace(value):
		return "with white space around it"
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' || r == 0x7f }):
		return "with a control character in it"
	case strings.ContainsAny(value, "\n\r\x00") && !strings.HasPrefix(value, "-----BEGIN "):
		return "more than one line"
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '/' {
			return r
		}
		return -1
	}, word)
	for _, p := range placeholders {
		if bare == p {
			return fmt.Sprintf("the placeholder %q", p)
		}
	}
	return ""
}

// Token is a SCIM token, which Cloudflare tells once.
type Token struct {
	Provider    string        `json:"provider"` // name
	Type        snapshot.Type `json:"type"`
	ID          string        `json:"id"`
	SCIMBaseURL string        `json:"scim_base_url"`
	Token       string        `json:"token"`
}

// Tokens keeps SCIM tokens.
type Tokens interface {
	// Keep keeps the token for good before it returns.
	Keep(t Token) error
}
