package sandbox

import (
	"net/http"
	"slices"
	"sync"
)

// logLength and logBody bound the log of requests.
const (
	logLength = 8192
	logBody   = 64 << 10
	logWrites = 10_000
)

// Request is one call of the API as the sandbox saw it.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query,omitempty"`
	Status int    `json:"status"`         // 0: no answer was sent
	Body   string `json:"body,omitempty"` // of a write, the first 64 KiB; secrets and all
}

// Write is one call of the API that is not a GET, with all that it said, secrets included. It is told to tests only.
type Write struct {
	Method, Path string
	Body         []byte
	Status       int  // what the API made of it, whatever the caller was sent; 0: a fault kept the call from the API
	Answered     bool // the caller was sent that answer, whole
}

// TookEffect says whether the write has changed something.
func (w Write) TookEffect() bool {
	return w.Status >= http.StatusOK && w.Status < http.StatusMultipleChoices
}

// ring keeps the latest of what is added.
type ring[T any] struct {
	kept []T
	next int // where a full one goes on
}

func (r *ring[T]) add(entry T, most int) {
	if len(r.kept) < most {
		r.kept = append(r.kept, entry)
		return
	}
	r.kept[r.next] = entry
	r.next = (r.next + 1) % most
}

// all is a copy, oldest first.
func (r *ring[T]) all() []T {
	out := make([]T, 0, len(r.kept))
	out = append(out, r.kept[r.next:]...)
	return append(out, r.kept[:r.next]...)
}

type requestLog struct {
	sync.Mutex
	count  uint64 // since New: numbers the requests
	since  int    // since the log was cleared
	writes int    // of these
	kept   ring[Request]
	bodies ring[Write]
}

// add notes a request, the status that is sent and whether all of it is, and returns its number.
func (l *requestLog) add(rq *request, status int, whole bool) uint64 {
	body := rq.body
	if len(body) > logBody {
		body = body[:logBody]
	}
	entry := Request{Method: rq.Method, Path: rq.URL.Path, Query: rq.URL.RawQuery, Status: status, Body: string(body)}
	l.Lock()
	defer l.Unlock()
	l.count++
	l.since++
	if rq.Method != http.MethodGet {
		l.writes++
		l.bodies.add(Write{
			Method: rq.Method, Path: rq.URL.Path, Body: rq.body,
			Status: rq.outcome, Answered: whole && rq.own,
		}, logWrites)
	}
	l.kept.add(entry, logLength)
	return l.count
}

// Requests lists the latest calls of the API, oldest first: 8192 at most. Calls of the control surface are not
// among them.
func (s *Server) Requests() []Request {
	s.log.Lock()
	defer s.log.Unlock()
	return s.log.kept.all()
}

// Writes lists the latest calls of the API that are not GET, oldest first: 10,000 at most. Their order is that of the
// answers.
func (s *Server) Writes() []Write {
	s.log.Lock()
	defer s.log.Unlock()
	out := s.log.bodies.all()
	for i := range out {
		out[i].Body = slices.Clone(out[i].Body)
	}
	return out
}

// RequestCount says how many calls there were since the log was last cleared, and how many were not GET.
func (s *Server) RequestCount() (all, writes int) {
	s.log.Lock()
	defer s.log.Unlock()
	return s.log.since, s.log.writes
}

// ClearRequests empties the log, and that of writes.
func (s *Server) ClearRequests() {
	s.log.Lock()
	defer s.log.Unlock()
	s.log.kept, s.log.bodies, s.log.since, s.log.writes = ring[Request]{}, ring[Write]{}, 0, 0
}
