package sandbox

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// answer is what is to be sent. A zero status closes the connection without a word, unless hang is set.
type answer struct {
	status      int
	contentType string // "" means JSON
	body        []byte
	retryAfter  time.Duration
	hang        bool    // nothing is sent, and the connection stays open
	cut         bool    // half of the body, then the connection closes
	pooled      *[]byte // where body came from, to be given back
}

// buffers are for list pages: at 100 users a page they are most of what a run allocates.
var buffers = sync.Pool{}

func takeBuffer() *[]byte {
	if b, ok := buffers.Get().(*[]byte); ok {
		return b
	}
	return new([]byte)
}

func (a *answer) release() {
	if a.pooled != nil {
		*a.pooled = a.body[:0]
		buffers.Put(a.pooled)
		a.pooled = nil
	}
}

// failure is an answer of the API that says what was wrong.
type failure struct {
	status  int
	code    int
	message string
	chain   string // error_chain, as JSON
}

// failed wraps a failure in the envelope (OpenAPI): errors carry code, message and sometimes error_chain.
func failed(f *failure) answer {
	body := append([]byte(nil), `{"success":false,"errors":[{"code":`...)
	body = strconv.AppendInt(body, int64(f.code), 10)
	body = append(body, `,"message":`...)
	body = append(body, quote(f.message)...)
	if f.chain != "" {
		body = append(body, `,"error_chain":`...)
		body = append(body, f.chain...)
	}
	body = append(body, `}],"messages":[],"result":null}`...)
	return answer{status: f.status, body: body}
}

// succeeded wraps one result in the envelope.
func succeeded(status int, result []byte) answer {
	body := make([]byte, 0, len(result)+64)
	body = append(body, `{"errors":[],"messages":[],"result":`...)
	body = append(body, result...)
	body = append(body, `,"success":true}`...)
	return answer{status: status, body: body}
}

// The failures of Access. Codes and the access.api.error prefixes are measured ones; where the text behind a
// prefix is the sandbox's own, a comment at the caller says so.
func notFound() *failure {
	return &failure{status: http.StatusNotFound, code: 12135, message: "access.api.error.not_found"}
}

func conflict(text string) *failure {
	return &failure{status: http.StatusConflict, code: 12132, message: "access.api.error.conflict: " + text}
}

func invalid(text string) *failure {
	return &failure{status: http.StatusBadRequest, code: 12130, message: "access.api.error.invalid_request: " + text}
}

// notEnabled is the answer for a target without an organization. Its code and text are measured, its status
// only for zones (403), so a switch decides.
func (s *Server) notEnabled() *failure {
	status, err := strconv.Atoi(s.switches["not-enabled-status"])
	if err != nil {
		status = http.StatusForbidden
	}
	return &failure{status: status, code: 9999, message: "access.api.error.not_enabled: Access is not enabled"}
}

func noRoute() *failure {
	return &failure{status: http.StatusNotFound, code: 7003, message: "No route for the URI"}
}

func unreachable() *failure {
	return &failure{status: http.StatusForbidden, code: 9109, message: "Unauthorized to access requested resource"}
}

// tooMany begins as Cloudflare's text does; the code beside it differs between reports (971, 10100, 10500).
const tooMany = "More than 1200 requests per 300 seconds reached"

// finish notes the request in the log and sends the answer, or what a fault left of it.
func (s *Server) finish(w http.ResponseWriter, rq *request, ans answer, hit fault) {
	ans.cut = ans.cut || hit.kind == FaultCut
	number := s.log.add(rq, ans.status, !ans.cut)
	defer ans.release()
	if ans.hang {
		hang(w, rq.Request)
		return
	}
	if ans.status == 0 {
		hangUp(w)
		return
	}
	h := w.Header()
	contentType := ans.contentType
	if contentType == "" {
		contentType = "application/json"
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(ans.body)))
	id := binary.BigEndian.AppendUint64(nil, (&random{state: number}).next())
	h.Set("Cf-Ray", hex.EncodeToString(id)+"-SBX")
	if rq.Method != http.MethodGet && ans.status < http.StatusMultipleChoices {
		h.Set("Cf-Auditlog-Id", (&random{state: number}).uuid())
	}
	if ans.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(ans.retryAfter)))
	}
	w.WriteHeader(ans.status)
	body := ans.body
	if ans.cut {
		// The server closes a connection on which less was written than announced.
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body) // a caller that has gone is none of our concern
}

// hangUp closes the connection without an answer. Where that is impossible (HTTP/2, a recorder) it announces a
// body and sends none, which a client sees as a broken answer.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
		return
	}
	w.Header().Set("Content-Length", "1")
	w.WriteHeader(http.StatusBadGateway)
}

// hang waits until the caller gives up. The connection is taken from the server, which then need not wait for it when
// it closes; where that is impossible (HTTP/2, a recorder) the end of the request's context is the only sign.
func hang(w http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		<-r.Context().Done()
		return
	}
	_ = conn.SetDeadline(time.Time{}) // the server may have set one
	stop := context.AfterFunc(r.Context(), func() { _ = conn.Close() })
	defer stop()
	_, _ = io.Copy(io.Discard, conn) // ends when the caller closes its side
	_ = conn.Close()
}

// seconds rounds up: whoever waits that long must not come too early.
func seconds(d time.Duration) int {
	return int((d + time.Second - 1) / time.Second)
}
