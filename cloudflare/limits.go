package cloudflare

import (
	"iter"
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
	policies := strings.Join(h.Values("Ratelimit-Policy"), ",")
	var limits []limit
	for it := range items(strings.Join(h.Values("Ratelimit"), ",")) {
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
func policyFor(policies, name string) (item, bool) {
	var last item
	count := 0
	for p := range items(policies) {
		if p.name == name {
			return p, true
		}
		last = p
		count++
	}
	return last, count == 1
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
	params string // as they were written
}

// number finds the parameter; where it comes twice, the last one counts.
func (it item) number(key string) (int, bool) {
	var value string
	for p := range splitUnquoted(it.params, ';') {
		if k, v, _ := strings.Cut(p, "="); strings.TrimSpace(k) == key {
			value = v
		}
	}
	return parseNumber(value)
}

// items goes through a list's members. Every answer has two such lists, so nothing
// of them is copied.
func items(s string) iter.Seq[item] {
	return func(yield func(item) bool) {
		for member := range splitUnquoted(s, ',') {
			quoted, params := cutUnquoted(member, ';')
			if name, ok := unquote(strings.TrimSpace(quoted)); ok && !yield(item{name, params}) {
				return
			}
		}
	}
}

// splitUnquoted goes through the parts of s between seps outside of quoted strings.
func splitUnquoted(s string, sep byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for s != "" {
			part, rest := cutUnquoted(s, sep)
			if !yield(part) {
				return
			}
			s = rest
		}
	}
}

// cutUnquoted cuts s at the first sep outside of quoted strings.
func cutUnquoted(s string, sep byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unquote reads a name: a quoted string or a bare token.
func unquote(s string) (string, bool) {
	if !strings.HasPrefix(s, `"`) {
		return s, s != "" && !strings.ContainsAny(s, `"= `)
	}
	if len(s) < 2 || !strings.HasSuffix(s, `"`) {
		return "", false
	}
	s = s[1 : len(s)-1]
	if strings.Contains(s, `\`) {
		s = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
	}
	return s, true
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
