package cloudflare

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

const (
	// maxRedirects bounds how many requests one call may take.
	maxRedirects = 5
	// maxRedirectBody is how much of a redirect's body is read, so that its connection
	// can be used again.
	maxRedirectBody = 2 << 10
)

// ErrRedirect marks a redirect that was not followed.
var ErrRedirect = errors.New("redirect refused")

// send sends a request and follows redirects. An http.Client does so too, but
// copies the headers of every request for the case that one comes, and would take
// X-Auth-Key along to another host.
func (c *Client) send(req *http.Request) (*http.Response, error) {
	for sent := 1; ; sent++ {
		resp, err := c.carrier.RoundTrip(req)
		if err != nil || !redirects(resp) {
			return resp, err
		}
		_, _ = io.CopyN(io.Discard, resp.Body, maxRedirectBody)
		_ = resp.Body.Close()
		to, err := c.redirected(req, resp.Header.Get("Location"), sent)
		if err != nil {
			return nil, err
		}
		req = req.WithContext(req.Context()) // a copy: the first one may still be on its way
		req.URL, req.Host = to, to.Host
	}
}

// redirects tells whether an answer asks to go elsewhere. Without a Location it is
// an answer like any other.
func redirects(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return resp.Header.Get("Location") != ""
	default:
		return false
	}
}

// redirected lets a GET go elsewhere on the same host and nothing else.
func (c *Client) redirected(req *http.Request, location string, sent int) (*url.URL, error) {
	if req.Method != http.MethodGet {
		return nil, fmt.Errorf("%w: a %s is not sent again elsewhere", ErrRedirect, req.Method)
	}
	to, err := req.URL.Parse(location)
	switch {
	case err != nil: // its text is not quoted: it may hold a password
		return nil, fmt.Errorf("%w: to what is no URL", ErrRedirect)
	case to.User != nil || !c.ours(to):
		return nil, fmt.Errorf("%w: to %s: the credentials go to %s only", ErrRedirect, c.cleaner.clean(origin(to)), c.origin)
	case sent >= maxRedirects:
		return nil, fmt.Errorf("%w: more than %d in a row", ErrRedirect, maxRedirects)
	}
	return to, nil
}
