package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// The documented limit: 1200 requests in five minutes for each token; who exceeds it is blocked for the next
// five minutes.
const (
	budgetRequests = 1200
	budgetWindow   = 5 * time.Minute

	// liftedRequests is the quota that is told with rate-limit=off: a client that is told of none has to assume the
	// documented one.
	liftedRequests = 1_000_000_000
)

type budget struct {
	sync.Mutex
	spent map[string]*spending
}

type spending struct {
	used         int
	ends         time.Time // of the window
	blockedUntil time.Time
}

// limits is what a caller is told about its budget; the zero value says nothing.
type limits struct {
	style     string
	quota     int
	remaining int
	resets    time.Duration
	blocked   time.Duration // until when every request is refused; 0: not blocked
}

// spend counts one request of the caller.
func (s *Server) spend(caller string) limits {
	s.mu.RLock()
	on, style := s.switched("rate-limit", "on"), s.switches["ratelimit-headers"]
	s.mu.RUnlock()
	if !on {
		return limits{style: style, quota: liftedRequests, remaining: liftedRequests, resets: budgetWindow}
	}
	now := s.now()
	s.budget.Lock()
	defer s.budget.Unlock()
	if s.budget.spent == nil {
		s.budget.spent = map[string]*spending{}
	}
	b := s.budget.spent[caller]
	if b == nil {
		b = &spending{}
		s.budget.spent[caller] = b
	}
	if now.Before(b.blockedUntil) {
		left := b.blockedUntil.Sub(now)
		return limits{style: style, quota: budgetRequests, resets: left, blocked: left}
	}
	if !now.Before(b.ends) {
		b.used, b.ends = 0, now.Add(budgetWindow)
	}
	if b.used++; b.used > budgetRequests {
		b.blockedUntil, b.ends = now.Add(budgetWindow), now.Add(budgetWindow)
		return limits{style: style, quota: budgetRequests, resets: budgetWindow, blocked: budgetWindow}
	}
	return limits{style: style, quota: budgetRequests, remaining: budgetRequests - b.used, resets: b.ends.Sub(now)}
}

// limitHeaders writes the documented headers, those of an older revision of the documentation, or none.
func (s *Server) limitHeaders(h http.Header, l limits) {
	switch l.style {
	case "new":
		h["Ratelimit"] = []string{fmt.Sprintf(`"default";r=%d;t=%d`, l.remaining, seconds(l.resets))}
		h["Ratelimit-Policy"] = []string{fmt.Sprintf(`"default";q=%d;w=%d`, l.quota, seconds(budgetWindow))}
	case "old":
		h.Set("X-Ratelimit-Limit", strconv.Itoa(l.quota))
		h.Set("X-Ratelimit-Remaining", strconv.Itoa(l.remaining))
		h.Set("X-Ratelimit-Reset", strconv.Itoa(seconds(l.resets)))
	}
}
