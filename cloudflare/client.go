// Package cloudflare reads and writes Cloudflare Access over HTTP.
//
// It carries raw JSON in both directions: what a field means is known elsewhere,
// so a field that Cloudflare adds tomorrow arrives unharmed. What it does know is
// how the API behaves: pages, errors, limits, what may be repeated and what may
// not. Where a comment names the source of such a fact, "OpenAPI" is Cloudflare's
// description of its API, "Cloudflare docs" its developer pages, and "seen" means
// that recorded answers show it but no document promises it.
//
// A [Source] from [Client.Source] can only read.
package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// DefaultBaseURL is where Cloudflare's API is. (OpenAPI: servers.)
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

const (
	defaultParallelism = 8
	defaultReserve     = 0.2
	defaultUserAgent   = "idpsnap"

	// maxBody bounds an answer that is kept, maxErrorBody one that is only quoted.
	// A page of 100 SCIM users has some 50 kB, of 1000 providers some 2 MB.
	maxBody      = 64 << 20
	maxErrorBody = 64 << 10

	// requestTime bounds one request, from its first byte to the answer's last.
	requestTime = 2 * time.Minute
)

// Options is what a Client is made of.
type Options struct {
	BaseURL     string // default DefaultBaseURL
	Credentials Credentials
	HTTP        http.RoundTripper // carries the requests; required
	Now         func() time.Time  // required
	// Sleep returns after d, or with the context's error as soon as that is
	// cancelled. Required.
	Sleep       func(ctx context.Context, d time.Duration) error
	Random      func() float64 // in [0,1), for jitter; none where nil
	UserAgent   string
	Parallelism int     // requests at once; default 8
	Budget      *Budget // shared by clients with the same credentials; nil: one of its own
	// Waiting is told why and how long the client waits, for a retry or for the
	// budget, and with d = 0 when nothing waits any more. Calls do not overlap.
	Waiting func(reason string, d time.Duration)
}

// Client speaks to Cloudflare's API with one set of credentials. It may be used
// from several goroutines.
type Client struct {
	base     *url.URL
	origin   string // of base
	carrier  http.RoundTripper
	headers  func() http.Header // of every request; a function, so that printing a Client cannot show the credentials
	cleaner  cleaner
	now      func() time.Time
	random   func() float64
	waits    *waits
	budget   *Budget
	slots    chan struct{} // one for each request at once
	parallel int
	maxBody  int
	maxTime  time.Duration
	sent     atomic.Int64
}

// New makes a client. It refuses an address to which credentials should not go.
func New(o Options) (*Client, error) {
	if o.HTTP == nil || o.Now == nil || o.Sleep == nil {
		return nil, errors.New("cloudflare: HTTP, Now and Sleep are required")
	}
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	if o.Parallelism <= 0 {
		o.Parallelism = defaultParallelism
	}
	if o.Random == nil {
		o.Random = func() float64 { return 0 }
	}
	if o.UserAgent == "" {
		o.UserAgent = defaultUserAgent
	}
	if o.Budget == nil {
		o.Budget = NewBudget(defaultReserve, o.Now)
	}
	if err := o.Credentials.check(); err != nil {
		return nil, err
	}
	base, err := parseBase(o.BaseURL)
	if err != nil {
		return nil, err
	}
	headers := http.Header{"Accept": {"application/json"}, "User-Agent": {o.UserAgent}}
	o.Credentials.authorize(headers)
	return &Client{
		base:     base,
		origin:   origin(base),
		carrier:  o.HTTP,
		cleaner:  cleaner{secrets: o.Credentials.secrets},
		now:      o.Now,
		random:   o.Random,
		waits:    &waits{now: o.Now, sleep: o.Sleep, tell: o.Waiting},
		budget:   o.Budget,
		slots:    make(chan struct{}, o.Parallelism),
		parallel: o.Parallelism,
		maxBody:  maxBody,
		maxTime:  requestTime,
		headers:  func() http.Header { return headers },
	}, nil
}

// Host is the API's host, with its port where it has one.
func (c *Client) Host() string { return c.base.Host }

// Requests tells how many requests the client has sent.
func (c *Client) Requests() int { return int(c.sent.Load()) }

// ErrAddress marks a base URL that is refused.
var ErrAddress = errors.New("API address refused")

func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		// The parser's error quotes the text, which may hold a password.
		return nil, fmt.Errorf("%w: it is no URL: write it like %s", ErrAddress, DefaultBaseURL)
	case u.User != nil:
		return nil, fmt.Errorf("%w: it has a user name or password in it: give credentials as API token instead", ErrAddress)
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "", u.Opaque != "":
		return nil, fmt.Errorf("%w: %q: write it like %s", ErrAddress, u.Redacted(), DefaultBaseURL)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%w: it has a query or fragment: write it like %s", ErrAddress, DefaultBaseURL)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("%w: http://%s would show the credentials to everybody on the way: use https", ErrAddress, u.Host)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// loopback tells whether a host is this machine, by its name alone: looking it
// up would trust whoever answers.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// ours tells whether a URL leads to the configured scheme, host and port.
func (c *Client) ours(u *url.URL) bool { return origin(u) == c.origin }

func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
