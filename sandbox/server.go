package sandbox

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// basePath is where the API is served, as on api.cloudflare.com.
const basePath = "/client/v4"

// maxBody bounds a request's body.
const maxBody = 4 << 20

// Options are what the sandbox takes from outside.
type Options struct {
	// Now is the clock behind rate budgets and time stamps. Required: with nil, time stands still.
	Now func() time.Time
	// Sleep waits for faults of the kind "latency"; without it such a fault is refused.
	Sleep func(ctx context.Context, d time.Duration) error
	// Seed makes ids, names and orders reproducible: the same seed and the same calls, the same world.
	Seed uint64
}

// Server is a Cloudflare that lives in this process. It is an http.Handler, safe for concurrent use.
type Server struct {
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error

	// mu guards the world: everything down to the next blank line.
	mu       sync.RWMutex
	rand     random
	joined   uint64 // users ever made
	seed     uint64
	targets  map[string]*target // by "account:ID", "zone:ID"
	order    []*target          // as they were added
	switches map[string]string
	learned  map[string]bool // field names seen in loaded documents: see fields.go

	creds   credentials
	budget  budget
	faults  faults
	log     requestLog
	control *http.ServeMux
}

// New makes an empty Cloudflare that knows the default tokens and no account.
func New(o Options) *Server {
	s := &Server{
		now: o.Now, sleep: o.Sleep, seed: o.Seed,
		rand:     random{state: o.Seed},
		targets:  map[string]*target{},
		switches: defaultSwitches(),
		learned:  map[string]bool{},
	}
	if s.now == nil {
		s.now = func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	}
	s.control = s.controlMux()
	s.AddToken(Token{Value: DefaultToken, Permissions: AllPermissions})
	s.AddToken(Token{Value: DefaultReadToken, Permissions: IdentityProvidersRead | AppsPoliciesRead | AccountRead})
	s.AddKey(DefaultEmail, DefaultKey)
	return s
}

// request is one call of the API, taken apart.
type request struct {
	*http.Request
	body  []byte
	route route
	cred  credential

	outcome int  // the status that the API made of it; 0: it never got there
	own     bool // the answer is the API's, not a fault's
}

// settle notes what the API made of a call.
func (rq *request) settle(ans answer) answer {
	rq.outcome, rq.own = ans.status, true
	return ans
}

// ServeHTTP answers API calls under /client/v4 and the control surface under /sandbox/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPath) {
		s.control.ServeHTTP(w, r)
		return
	}
	rq := &request{Request: r}
	if r.Method != http.MethodGet && r.Body != nil {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			s.finish(w, rq, rq.settle(failed(invalid("the body cannot be read: "+err.Error()))), fault{})
			return
		}
		rq.body = body
	}
	ans, limit := s.admit(rq)
	s.limitHeaders(w.Header(), limit)
	if ans != nil {
		s.finish(w, rq, rq.settle(*ans), fault{})
		return
	}
	hit := s.faults.match(r.Method, r.URL.Path, r.URL.RawQuery)
	if hit.latency > 0 && s.sleep(r.Context(), hit.latency) != nil {
		s.finish(w, rq, answer{}, fault{}) // the caller has gone
		return
	}
	if instead, ok := hit.before(); ok {
		s.finish(w, rq, instead, hit)
		return
	}
	served := rq.settle(s.dispatch(rq))
	if hit.kind.drift() {
		s.drift(rq, hit)
	}
	if instead, ok := hit.after(); ok {
		served.release()
		served, rq.own = instead, false
	}
	s.finish(w, rq, served, hit)
}

// admit looks at the credentials and the budget. It returns the refusal, or nil.
func (s *Server) admit(rq *request) (*answer, limits) {
	cred, refusal := s.authenticate(rq.Header)
	if refusal != nil {
		ans := failed(refusal)
		return &ans, limits{}
	}
	rq.cred = cred
	limit := s.spend(cred.name)
	if limit.blocked > 0 {
		ans := failed(&failure{status: http.StatusTooManyRequests, code: 971, message: tooMany})
		ans.retryAfter = limit.blocked
		return &ans, limit
	}
	return nil, limit
}

// switched says whether the switch name stands at value. The caller holds s.mu.
func (s *Server) switched(name, value string) bool { return s.switches[name] == value }
