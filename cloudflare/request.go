package cloudflare

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// call is one request to make.
type call struct {
	method     string
	path       string // below the base URL, escaped
	query      string
	body       []byte // of a write
	permission string // what a token needs for it
	sent       *atomic.Int64
}

// answer is what came back for a call: a status of 2xx and a whole body, which is
// in the sheet.
type answer struct {
	call call
	resp *http.Response
	*sheet
}

// failure is an attempt that brought no answer.
type failure struct {
	err     *Error
	again   bool // the same request may succeed later
	limited bool // refused by the rate limit, before it had any effect
	unclear bool // it may have had an effect
}

// attempt sends a call once, when a slot and the budget allow. The answer's sheet
// must be given back.
func (c *Client) attempt(ctx context.Context, call call) (*answer, *failure) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return nil, c.cancelled(ctx, call)
	}
	pass, err := c.budget.take(ctx, c.waits)
	if err != nil {
		return nil, c.cancelled(ctx, call)
	}
	defer pass.lost()

	tctx, cancel := context.WithTimeout(ctx, c.maxTime)
	defer cancel()
	req, err := c.request(tctx, call)
	if err != nil {
		return nil, c.unsent(call, err)
	}
	c.sent.Add(1)
	if call.sent != nil {
		call.sent.Add(1)
	}
	resp, err := c.send(req)
	if err != nil {
		return nil, c.lost(ctx, call, nil, err)
	}
	defer resp.Body.Close() //nolint:errcheck // nothing is lost: the body was read, or is not wanted
	pass.answered(limitsOf(resp.Header, c.now()))

	s := newSheet() // not before: requests that wait for their turn need none
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer s.free()
		// Whatever of the body can be had is quoted; the status says the rest.
		_ = s.read(resp, min(maxErrorBody, c.maxBody))
		return nil, c.refused(call, resp, s.body)
	}
	if err := s.read(resp, c.maxBody); err != nil {
		s.free()
		return nil, c.lost(ctx, call, resp, err)
	}
	return &answer{call, resp, s}, nil
}

// request builds the HTTP request. The URL is always below the base URL, so that
// the credentials cannot go elsewhere.
func (c *Client) request(ctx context.Context, call call) (*http.Request, error) {
	address := c.base.String() + call.path
	if call.query != "" {
		address += "?" + call.query
	}
	var body io.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body)
	}
	req, err := http.NewRequestWithContext(ctx, call.method, address, body)
	if err != nil {
		return nil, err
	}
	if !c.ours(req.URL) {
		return nil, errors.New("the path leads to another host")
	}
	req.Header = c.headers() // shared: a RoundTripper does not change them
	if call.body != nil {
		req.Header = req.Header.Clone()
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// errorOf starts the error for a call.
func (c *Client) errorOf(call call, resp *http.Response) *Error {
	e := &Error{Method: call.method, Path: c.cleaner.clean(call.path)}
	if resp != nil {
		e.Status = resp.StatusCode
		e.Ray = c.cleaner.clean(resp.Header.Get("Cf-Ray"))
		e.AuditLogID = c.cleaner.clean(resp.Header.Get("Cf-Auditlog-Id"))
	}
	return e
}

// cancelled is a call that was given up before it was sent.
func (c *Client) cancelled(ctx context.Context, call call) *failure {
	e := c.errorOf(call, nil)
	e.Message = c.cleaner.clean(context.Cause(ctx).Error())
	e.is = []error{ctx.Err(), context.Cause(ctx)}
	return &failure{err: e}
}

// unsent is a call that cannot be sent.
func (c *Client) unsent(call call, err error) *failure {
	e := c.errorOf(call, nil)
	e.Message = c.cleaner.clean(err.Error())
	return &failure{err: e}
}

// lost is a call whose answer did not arrive, or not whole.
func (c *Client) lost(ctx context.Context, call call, resp *http.Response, err error) *failure {
	if ctx.Err() != nil {
		f := c.cancelled(ctx, call)
		f.unclear = true
		return f
	}
	e := c.errorOf(call, resp)
	f := &failure{err: e, again: true, unclear: true}
	var tooLarge *tooLargeError
	switch {
	case errors.Is(err, ErrRedirect):
		e.Message = c.cleaner.clean(err.Error())
		e.is = []error{ErrRedirect}
		f.again, f.unclear = false, false
	case errors.As(err, &tooLarge):
		e.Message = err.Error()
		f.again = false
	case errors.Is(err, context.DeadlineExceeded):
		e.Message = fmt.Sprintf("no whole answer within %s", c.maxTime)
	case neverSent(err):
		e.Message = c.cleaner.clean(err.Error())
		e.is = []error{ErrUnreachable}
		f.unclear = false
		f.again = !permanent(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Message = "the answer was cut off"
	case errors.Is(err, io.EOF):
		e.Message = "the connection was closed without an answer"
	default:
		e.Message = c.cleaner.clean(err.Error())
	}
	return f
}

// neverSent tells whether an error shows that the request did not leave: no
// connection was made, or its other end is not who it should be.
func neverSent(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return true
	}
	return permanent(err)
}

// permanent tells whether an error would only come again.
func permanent(err error) bool {
	var (
		dns       *net.DNSError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
	)
	return errors.As(err, &dns) && dns.IsNotFound || errors.As(err, &verify) ||
		errors.As(err, &record) || errors.As(err, &authority) || errors.As(err, &hostname)
}

// refused is a call that was answered with something else than 2xx.
func (c *Client) refused(call call, resp *http.Response, body []byte) *failure {
	e := c.errorOf(call, resp)
	e.RetryAfter = retryAfter(resp.Header, c.now())
	var envelope struct {
		Errors []apiError `json:"errors"`
	}
	switch err := json.Unmarshal(body, &envelope); {
	case err == nil && len(envelope.Errors) > 0:
		e.describe(envelope.Errors, c.cleaner.clean)
	case looksLikeHTML(body):
		e.Message = "a page of HTML"
		if t := c.cleaner.clean(title(string(body))); t != "" {
			e.Message += fmt.Sprintf(": %q", t)
		}
	case len(bytes.TrimSpace(body)) > 0:
		// Not quoted: it may be the resource, with its secrets.
		e.Message = fmt.Sprintf("an answer of %d bytes that names no error", len(body))
	}
	e.classify(call.permission)
	f := &failure{err: e}
	switch {
	case e.Status == http.StatusTooManyRequests:
		// The status, not the code, tells: codes 971, 10100, 10429 and 10500 were all seen.
		f.again, f.limited = true, true
	case e.Status == http.StatusRequestTimeout || e.Status >= 500:
		f.again, f.unclear = true, true
	}
	if errors.Is(e, ErrNotEnabled) || errors.Is(e, snapshot.ErrForbidden) {
		f.again = false
	}
	return f
}

func looksLikeHTML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\ufeff"), []byte("<"))
}

// tooLargeError is an answer beyond the bound.
type tooLargeError struct{ limit int }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("the answer is larger than %d bytes", e.limit)
}

// retryAfter reads Retry-After: seconds, or a date. (RFC 9110; Cloudflare docs:
// seconds, rounded up, and only with 429.)
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if d, ok := parseSeconds(v); ok {
		return d
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
