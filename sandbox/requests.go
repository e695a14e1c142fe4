package sandbox

import (
	"net/http"
	"sync"
)

// logLength and logBody bound the log of requests.
const (
	logLength = 8192
	logBody   = 64 << 10
)

// Request is one call of the API as the sandbox saw it.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query,omitempty"`
	Status int    `json:"status"`         // 0: the connection was closed without an answer
	Body   string `json:"body,omitempty"` // of a write, the first 64 KiB; secrets and all
}

type requestLog struct {
	sync.Mutex
	count  uint64 // since New: numbers the requests
	since  int    // since the log was cleared
	writes int    // of these
	kept   []Request
	next   int // where a full log goes on
}

// add notes a request and returns its number.
func (l *requestLog) add(rq *request, status int) uint64 {
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
	}
	if len(l.kept) < logLength {
		l.kept = append(l.kept, entry)
	} else {
		l.kept[l.next] = entry
		l.next = (l.next + 1) % logLength
	}
	return l.count
}

// Requests lists the latest calls of the API, oldest first: 8192 at most. Calls of the control surface are not
// among them.
func (s *Server) Requests() []Request {
	s.log.Lock()
	defer s.log.Unlock()
	out := make([]Request, 0, len(s.log.kept))
	out = append(out, s.log.kept[s.log.next:]...)
	return append(out, s.log.kept[:s.log.next]...)
}

// RequestCount says how many calls there were since the log was last cleared, and how many were not GET.
func (s *Server) RequestCount() (all, writes int) {
	s.log.Lock()
	defer s.log.Unlock()
	return s.log.since, s.log.writes
}

// ClearRequests empties the log.
func (s *Server) ClearRequests() {
	s.log.Lock()
	defer s.log.Unlock()
	s.log.kept, s.log.next, s.log.since, s.log.writes = nil, 0, 0, 0
}
