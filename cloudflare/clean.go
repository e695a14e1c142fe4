package cloudflare

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How much text from outside an error carries, in runes, and how much of a body
// is looked at for it, in bytes.
const (
	maxText    = 300
	maxExcerpt = 4096
)

// hidden stands where a text showed a secret.
const hidden = "(hidden)"

// cleaner makes text that came from outside fit for an error: one line without
// control characters, bounded, and without the credentials.
type cleaner struct {
	secrets func() []string // a function, so that printing a Client cannot show them
}

func (c cleaner) clean(s string) string {
	cut := len(s) > maxExcerpt
	if cut {
		s = s[:maxExcerpt]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == utf8.RuneError:
			return -1 // nothing, so that a secret cannot hide behind one in its middle
		}
		return r
	}, s)
	secrets := c.secrets()
	// The longest first: one secret may be a part of another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		s = strings.ReplaceAll(s, secret, hidden)
	}
	if cut && len(secrets) > 0 {
		// The cut may have left the first half of a secret at the end.
		s = s[:max(0, len(s)-len(secrets[0]))]
	}
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText]) + "…"
	}
	return s
}

// title finds the title of an HTML page, which is where Cloudflare's own error
// pages say what happened.
func title(html string) string {
	lower := strings.ToLower(html)
	if len(lower) != len(html) {
		return "" // lower-casing moved the positions
	}
	_, rest, ok := strings.Cut(lower, "<title")
	if !ok {
		return ""
	}
	from := len(lower) - len(rest)
	begin := strings.IndexByte(rest, '>')
	end := strings.Index(rest, "</title")
	if begin < 0 || end < begin {
		return ""
	}
	return html[from+begin+1 : from+end]
}
