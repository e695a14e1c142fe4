package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// FaultKind names what goes wrong.
type FaultKind string

// The kinds of faults.
const (
	FaultStatus      FaultKind = "status"       // an error status, see Fault.Status
	FaultCut         FaultKind = "cut"          // it has happened; half of the announced body, then the connection closes
	FaultDropBefore  FaultKind = "drop-before"  // the connection closes and nothing has happened
	FaultDropAfter   FaultKind = "drop-after"   // it has happened, and the connection closes without an answer
	FaultHTML        FaultKind = "html"         // 200 with a page of HTML
	FaultGarbage     FaultKind = "garbage"      // 200 with JSON whose types are wrong
	FaultHang        FaultKind = "hang"         // no answer, and the connection stays open until the caller gives up
	FaultLatency     FaultKind = "latency"      // the answer comes late; other faults still apply
	FaultDriftRemove FaultKind = "drift-remove" // after the page, its list loses resources at its front
	FaultDriftAdd    FaultKind = "drift-add"    // after the page, its list gains resources at its front
	FaultDriftSwap   FaultKind = "drift-swap"   // it loses some at its front and gains as many at its end
)

var faultKinds = []FaultKind{
	FaultStatus, FaultCut, FaultDropBefore, FaultDropAfter, FaultHTML, FaultGarbage, FaultHang, FaultLatency,
	FaultDriftRemove, FaultDriftAdd, FaultDriftSwap,
}

// Fault is something that goes wrong on demand. It hits calls that have passed authentication and budget.
type Fault struct {
	Method     string        // "" is any
	Path       string        // a part of the path, or with * a pattern for all of it; "" is any
	Query      string        // a part of the raw query, such as "page=57"; "" is any
	Skip       int           // so many matching calls pass first
	Times      int           // so many are hit; 0: all
	Kind       FaultKind     //
	Status     int           // of "status": 502 answers HTML, 503 plain text, 504 nothing, others JSON
	After      bool          // of "status" but 429, "html", "garbage", "hang": the call takes effect before
	RetryAfter time.Duration // of "status": as a Retry-After header
	Latency    time.Duration // of "latency"
	Count      int           // of "drift-…": how many; 0 is 1
}

// faults are the ones that wait. A matching one that is used up is dropped.
type faults struct {
	sync.Mutex
	waiting []*Fault
}

// fault is what hits one call.
type fault struct {
	kind       FaultKind
	status     int
	afterwards bool
	retryAfter time.Duration
	latency    time.Duration
	count      int
}

// AddFault arms a fault. Faults are tried in the order in which they were added; the first that matches hits.
func (s *Server) AddFault(f Fault) error {
	switch {
	case !slices.Contains(faultKinds, f.Kind):
		return fmt.Errorf("unknown kind of fault %q: use one of %v", f.Kind, faultKinds)
	case f.Kind == FaultStatus && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("fault status: no HTTP status %d", f.Status)
	case f.Kind == FaultStatus && f.Status == http.StatusTooManyRequests && f.After:
		return fmt.Errorf("fault status: a call that is answered 429 does not take effect")
	case f.Kind == FaultLatency && s.sleep == nil:
		return fmt.Errorf("fault latency: this sandbox was made without Options.Sleep")
	case f.Kind == FaultLatency && f.Latency <= 0:
		return fmt.Errorf("fault latency: latency must be positive, not %v", f.Latency)
	case f.Skip < 0 || f.Times < 0 || f.Count < 0:
		return fmt.Errorf("fault %s: skip, times and count must not be negative", f.Kind)
	}
	s.faults.Lock()
	defer s.faults.Unlock()
	s.faults.waiting = append(s.faults.waiting, &f)
	return nil
}

// Faults lists what is armed, with what is left of Skip and Times.
func (s *Server) Faults() []Fault {
	s.faults.Lock()
	defer s.faults.Unlock()
	out := make([]Fault, len(s.faults.waiting))
	for i, f := range s.faults.waiting {
		out[i] = *f
	}
	return out
}

// ClearFaults disarms all faults.
func (s *Server) ClearFaults() {
	s.faults.Lock()
	defer s.faults.Unlock()
	s.faults.waiting = nil
}

// match finds what hits a call: latencies add up, of the others the first one counts.
func (fs *faults) match(method, path, query string) fault {
	fs.Lock()
	defer fs.Unlock()
	var hit fault
	spent := map[*Fault]bool{}
	for _, f := range fs.waiting {
		if hit.kind != "" && f.Kind != FaultLatency || !f.matches(method, path, query) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			f.Times--
			spent[f] = f.Times == 0
		}
		if f.Kind == FaultLatency {
			hit.latency += f.Latency
			continue
		}
		hit.kind, hit.status, hit.afterwards = f.Kind, f.Status, f.After
		hit.retryAfter, hit.count = f.RetryAfter, max(f.Count, 1)
	}
	if len(spent) > 0 {
		fs.waiting = slices.DeleteFunc(fs.waiting, func(f *Fault) bool { return spent[f] })
	}
	return hit
}

func (f *Fault) matches(method, path, query string) bool {
	if f.Kind.drift() && method != http.MethodGet {
		return false // it is about pages
	}
	return (f.Method == "" || strings.EqualFold(f.Method, method)) &&
		(f.Path == "" || matchPath(f.Path, path)) && strings.Contains(query, f.Query)
}

// matchPath matches a whole path when the pattern has a *, which stands for anything, and a part of it otherwise.
func matchPath(pattern, path string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return strings.Contains(path, pattern)
	}
	rest, ok := strings.CutPrefix(path, parts[0])
	for _, part := range parts[1 : len(parts)-1] {
		_, behind, found := strings.Cut(rest, part)
		rest, ok = behind, ok && found
	}
	return ok && strings.HasSuffix(rest, parts[len(parts)-1])
}

// before is the answer that takes the place of the call, if it does.
func (f fault) before() (answer, bool) {
	if f.kind == FaultDropBefore {
		return answer{}, true
	}
	if f.afterwards {
		return answer{}, false
	}
	return f.instead()
}

// after is the answer that takes the place of the one that the call got, if one does.
func (f fault) after() (answer, bool) {
	if f.kind == FaultDropAfter {
		return answer{}, true
	}
	if !f.afterwards {
		return answer{}, false
	}
	return f.instead()
}

func (k FaultKind) drift() bool { return strings.HasPrefix(string(k), "drift-") }

const html = `<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>` + "\n"

// instead makes the answer of a fault.
func (f fault) instead() (answer, bool) {
	switch f.kind {
	case FaultHTML:
		return answer{status: http.StatusOK, contentType: "text/html; charset=UTF-8", body: []byte(html)}, true
	case FaultHang:
		return answer{hang: true}, true
	case FaultGarbage:
		return answer{status: http.StatusOK, body: []byte(
			`{"success":"yes","errors":{},"messages":null,"result":{"id":17},"result_info":[]}`)}, true
	case FaultStatus:
		ans := statusAnswer(f.status)
		ans.retryAfter = f.retryAfter
		return ans, true
	default:
		return answer{}, false
	}
}

// statusAnswer is what comes with a status: outages answer in other forms than JSON.
func statusAnswer(status int) answer {
	switch status {
	case http.StatusBadGateway:
		return answer{status: status, contentType: "text/html; charset=UTF-8", body: []byte(html)}
	case http.StatusServiceUnavailable:
		return answer{status: status, contentType: "text/plain", body: []byte("upstream connect error\n")}
	case http.StatusGatewayTimeout:
		return answer{status: status, contentType: "text/plain"}
	case http.StatusTooManyRequests:
		return failed(&failure{status: status, code: 971, message: tooMany})
	case http.StatusConflict:
		return failed(conflict("another change is being made")) // own words
	case http.StatusForbidden, http.StatusUnauthorized:
		f := authenticationError()
		f.status = status
		return failed(f)
	default:
		return failed(&failure{status: status, code: 10001, message: http.StatusText(status)})
	}
}
