package cloudflare

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// limit is one rate limit as an answer's headers tell it.
type limit struct {
	name  string
	quota int           // requests in a window; 0 where it is not told
	left  int           // of them
	reset time.Duration // until the next window
}

// maxReset bounds what a header may make us wait. The documented window is five
// minutes.
const maxReset = maxWait

// limitsOf reads the limits from an answer's headers. (Cloudflare docs: limits.)
//
//	Ratelimit: "default";r=50;t=30           left, seconds until the next window
//	Ratelimit-Policy: "default";q=1200;w=300 quota, seconds of its window
//
// An older revision of that page named X-Ratelimit-Limit, -Remaining and -Reset
// instead; these are read where the others are missing.
func limitsOf(h http.Header, now time.Time) []limit {
	policies := parseItems(strings.Join(h.Values("Ratelimit-Policy"), ","))
	var limits []limit
	for _, it := range parseItems(strings.Join(h.Values("Ratelimit"), ",")) {
		left, ok := it.number("r")
		if !ok {
			continue
		}
		l := limit{name: it.name, left: left}
		policy, ok := policyFor(policies, it.name)
		if ok {
			l.quota, _ = policy.number("q")
		}
		if t, ok := it.number("t"); ok {
			l.reset = seconds(t)
		} else if w, ok := policy.number("w"); ok {
			l.reset = seconds(w)
		} else {
			l.reset = assumedWindow
		}
		limits = append(limits, l)
	}
	if limits == nil {
		return olderLimits(h, now)
	}
	return limits
}

// policyFor finds the policy that a limit belongs to: the one of its name, else
// the only one. (The example in Cloudflare's docs has two different names.)
func policyFor(policies []item, name string) (item, bool) {
	for _, p := range policies {
		if p.name == name {
			return p, true
		}
	}
	if len(policies) == 1 {
		return policies[0], true
	}
	return item{}, false
}

func olderLimits(h http.Header, now time.Time) []limit {
	left, ok := parseNumber(h.Get("X-Ratelimit-Remaining"))
	if !ok {
		return nil
	}
	l := limit{name: "x-ratelimit", left: left, reset: assumedWindow}
	l.quota, _ = parseNumber(h.Get("X-Ratelimit-Limit"))
	if v, err := strconv.ParseInt(strings.TrimSpace(h.Get("X-Ratelimit-Reset")), 10, 64); err == nil && v >= 0 {
		const epoch = 1_000_000_000 // more seconds than this are a date
		if v > epoch {
			l.reset = min(max(0, time.Unix(v, 0).Sub(now)), maxReset)
		} else {
			l.reset = seconds(int(min(v, math.MaxInt32)))
		}
	}
	return []limit{l}
}

// item is one member of a structured list: a name with parameters. (RFC 9651, of
// which this reads what rate limit headers use and skips the rest.)
type item struct {
	name   string
	params map[string]string
}

func (it item) number(key string) (int, bool) { return parseNumber(it.params[key]) }

func parseItems(s string) []item {
	var items []item
	for _, member := range splitUnquoted(s, ',') {
		parts := splitUnquoted(member, ';')
		name, ok := unquote(strings.TrimSpace(parts[0]))
		if !ok {
			continue
		}
		it := item{name: name, params: map[string]string{}}
		for _, p := range parts[1:] {
			k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
			it.params[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
		items = append(items, it)
	}
	return items
}

// splitUnquoted splits s at sep outside of quoted strings.
func splitUnquoted(s string, sep byte) []string {
	var parts []string
	from, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

// unquote reads a name: a quoted string or a bare token.
func unquote(s string) (string, bool) {
	if !strings.HasPrefix(s, `"`) {
		return s, s != "" && !strings.ContainsAny(s, `"= `)
	}
	if len(s) < 2 || !strings.HasSuffix(s, `"`) {
		return "", false
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1]), true
}

// parseNumber reads a count, which cannot be negative. More than any quota is
// taken as a very large one.
func parseNumber(s string) (int, bool) {
	s = strings.TrimSpace(s)
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || strings.ContainsAny(s, "xXpP_") {
		return 0, false
	}
	return int(min(max(v, 0), math.MaxInt32)), true
}

// parseSeconds reads a number of seconds.
func parseSeconds(s string) (time.Duration, bool) {
	n, ok := parseNumber(s)
	return time.Duration(n) * time.Second, ok
}

// seconds gives n seconds, within bounds.
func seconds(n int) time.Duration { return min(time.Duration(n)*time.Second, maxReset) }
