package cloudflare

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// What a read does with an answer that is not what it wants: whether it asks
// again, after how long, and what it says if nothing else comes.
func TestReadRetries(t *testing.T) {
	cut := func(status int) *http.Response {
		r := reply(status, ok(elements("a"))[:20])
		r.ContentLength = 500
		return r
	}
	for _, test := range []struct {
		name   string
		answer func() (*http.Response, error)
		tries  int           // if it goes on for ever
		wait   time.Duration // before the second try
		says   string
		is     error
	}{
		{"lost", func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, 6, 375 * time.Millisecond, "cut off (6 tries)", nil},
		{"reset", func() (*http.Response, error) { return nil, syscall.ECONNRESET }, 6, 375 * time.Millisecond, "/organizations: connection reset by peer (6 tries)", nil},
		{"closed", func() (*http.Response, error) { return nil, io.EOF }, 6, 375 * time.Millisecond, "/organizations: the connection was closed without an answer (6 tries)", nil},
		{"refused", func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED} }, 6, 375 * time.Millisecond, "connection refused (6 tries)", nil},
		{"no such host", func() (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}}
		}, 1, 0, "no such host", nil},
		{"cut", func() (*http.Response, error) { return cut(200), nil }, 6, 375 * time.Millisecond, "200 OK: the answer was cut off (6 tries)", nil},
		{"cut, no length", func() (*http.Response, error) { r := cut(200); r.ContentLength = -1; return r, nil }, 6, 375 * time.Millisecond, "no valid JSON", nil},
		{"HTML 200", func() (*http.Response, error) { return reply(200, "<html><title>hi</title>", "Cf-Ray", "ray1"), nil }, 6, 375 * time.Millisecond, `200 OK: the answer is HTML, not JSON: "hi" (CF-Ray ray1, 6 tries)`, nil},
		{"HTML 502", func() (*http.Response, error) {
			return reply(502, "<html><head><TITLE>Bad\n gateway</title>", "Cf-Ray", "ray2"), nil
		}, 6, 375 * time.Millisecond, `502 Bad Gateway: a page of HTML: "Bad gateway" (CF-Ray ray2, 6 tries)`, nil},
		{"cut 500", func() (*http.Response, error) { return cut(500), nil }, 6, 375 * time.Millisecond, "500 Internal Server Error", nil},
		{"503 with a date", func() (*http.Response, error) {
			return reply(503, "", "Retry-After", time.Now().Add(40*time.Second).UTC().Format(http.TimeFormat)), nil
		}, 6, 40 * time.Second, "503", nil},
		{"408", func() (*http.Response, error) { return reply(408, ""), nil }, 6, 375 * time.Millisecond, "408 Request Timeout", nil},
		{"520", func() (*http.Response, error) { return reply(520, ""), nil }, 6, 375 * time.Millisecond, "520 (6 tries)", nil},
		{"429 seconds", func() (*http.Response, error) {
			return reply(429, refusal(971, "slow down"), "Retry-After", "300"), nil
		}, 6, 300 * time.Second, "429 Too Many Requests: 971 slow down (6 tries)", nil},
		{"429 date", func() (*http.Response, error) {
			return reply(429, "", "Retry-After", time.Now().Add(200*time.Second).UTC().Format(http.TimeFormat)), nil
		}, 6, 200 * time.Second, "429", nil},
		{"429 ratelimit", func() (*http.Response, error) { return reply(429, "", "Ratelimit", `"default";r=0;t=120`), nil }, 6, 121 * time.Second, "429", nil},
		{"429 bare", func() (*http.Response, error) { return reply(429, ""), nil }, 6, 7500 * time.Millisecond, "429", nil},
		{"429 too long", func() (*http.Response, error) { return reply(429, "", "Retry-After", "90000"), nil }, 1, 0, "asked to wait 25h0m0s", nil},
		{"400", func() (*http.Response, error) {
			return reply(400, refusal(12130, "access.api.error.invalid_request: x")), nil
		}, 1, 0, "400 Bad Request: 12130 access.api.error.invalid_request: x", nil},
		{"401", func() (*http.Response, error) { return reply(401, refusal(10000, "Authentication error")), nil }, 1, 0, `401 Unauthorized: 10000 Authentication error; the token needs "Access: Organizations, Identity Providers, and Groups Read"`, snapshot.ErrForbidden},
		{"403", func() (*http.Response, error) {
			return reply(403, refusal(10000, "Authentication error"), "Cf-Ray", "9-MUC"), nil
		}, 1, 0, `403 Forbidden: 10000 Authentication error (CF-Ray 9-MUC); the token needs "Access: Organizations, Identity Providers, and Groups Read"`, snapshot.ErrForbidden},
		{"6003", func() (*http.Response, error) { return reply(400, refusal(6003, "Invalid request headers")), nil }, 1, 0, "the token or key is malformed", snapshot.ErrForbidden},
		{"9106", func() (*http.Response, error) { return reply(400, refusal(9106, "Missing X-Auth-Key")), nil }, 1, 0, "did not reach Cloudflare", snapshot.ErrForbidden},
		{"404", func() (*http.Response, error) { return reply(404, refusal(12135, "access.api.error.not_found")), nil }, 1, 0, "404 Not Found: 12135", ErrNotFound},
		{"not enabled", func() (*http.Response, error) {
			return reply(403, refusal(9999, "access.api.error.not_enabled: Access is not enabled")), nil
		}, 1, 0, "no Zero Trust organization", ErrNotEnabled},
		{"success false", func() (*http.Response, error) { return reply(200, refusal(10000, "Authentication error")), nil }, 1, 0, "200 OK: 10000 Authentication error", nil},
		{"wrong type", func() (*http.Response, error) { return reply(200, ok(`{}`)), nil }, 1, 0, `"result" is an object, not a list`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// SCIM lists, so that a 400 is not about the size of pages.
				list := snapshot.Collection{Kind: snapshot.Organization}
				if test.name == "wrong type" {
					list = providers
				}
				good := ok(`{"auth_domain":"team.example"}`)
				if test.name == "wrong type" {
					good = ok(`[]`)
				}
				var at []time.Time
				mended := false
				c := newClient(t, func(*http.Request) (*http.Response, error) {
					at = append(at, time.Now())
					if mended && len(at) > 1 {
						return reply(200, good), nil
					}
					return test.answer()
				}, func(o *Options) { o.Budget = NewBudget(0, time.Now) })
				err := c.Source(account).Read(t.Context(), list, newCollected(t))
				if test.name == "not enabled" { // for the organization that means that there is none
					if err != nil {
						t.Fatal(err)
					}
					err = c.Source(account).Read(t.Context(), providers, newCollected(t))
					at = at[1:]
				}
				var e *Error
				if !errors.As(err, &e) || !strings.Contains(err.Error(), test.says) || !strings.HasPrefix(err.Error(), "GET /accounts/"+accountID+"/access/") {
					t.Errorf("error %v, want %q", err, test.says)
				}
				if test.is != nil && !errors.Is(err, test.is) {
					t.Errorf("error %v is not %v", err, test.is)
				}
				if len(at) != test.tries || e != nil && e.Tries != test.tries {
					t.Errorf("%d tries, want %d", len(at), test.tries)
				}
				if test.tries > 1 {
					if got := at[1].Sub(at[0]); got < test.wait || got > test.wait+2*time.Second {
						t.Errorf("waited %s before the second try, want %s", got, test.wait)
					}
					at, mended = nil, true
					if err := c.Source(account).Read(t.Context(), list, newCollected(t)); err != nil || len(at) != 2 {
						t.Errorf("once it is mended: %v, after %d tries", err, len(at))
					}
				}
			})
		})
	}
}

// One request that is refused for the rate stops all others too, for as long as
// the server says.
func TestRateLimitStopsEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &listServer{ids: numbered(1, 4000), size: 100, latency: 50 * time.Millisecond}
		var refusedAt time.Time
		var after []time.Duration // when requests went, from then on
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			s.mu.Lock()
			now := time.Now()
			if r.URL.Query().Get("page") == "20" && refusedAt.IsZero() {
				refusedAt = now
				s.mu.Unlock()
				return reply(429, "", "Retry-After", "300"), nil
			}
			if !refusedAt.IsZero() && now.After(refusedAt) {
				after = append(after, now.Sub(refusedAt))
			}
			s.mu.Unlock()
			return s.RoundTrip(r)
		})
		got := newCollected(t)
		if err := c.Source(account).Read(t.Context(), users, got); err != nil {
			t.Fatal(err)
		}
		if len(got.ids()) != 4000 || got.restarts != 0 {
			t.Errorf("%d read, %d restarts", len(got.ids()), got.restarts)
		}
		// Nobody goes before, then one alone, then everybody.
		if len(after) < 9 || after[0] != 300*time.Second || after[1] != after[0]+50*time.Millisecond || after[8] != after[1] {
			t.Errorf("the next requests went %s after the refusal", after[:min(len(after), 12)])
		}
	})
}

// A connection that breaks again and again within a long list costs retries, no
// element.
func TestLongListSurvivesFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &listServer{ids: numbered(1, 9950), size: 100, latency: 50 * time.Millisecond}
		n := 0
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			s.mu.Lock()
			n++
			n := n
			s.mu.Unlock()
			switch {
			case n%7 == 3:
				resp, err := s.RoundTrip(r)
				resp.Body = io.NopCloser(io.LimitReader(resp.Body, 1000))
				return resp, err
			case n%11 == 5:
				return nil, io.EOF
			case n%13 == 6:
				return reply(502, "<html>"), nil
			}
			return s.RoundTrip(r)
		})
		got := newCollected(t)
		if err := c.Source(account).Read(t.Context(), users, got); err != nil {
			t.Fatal(err)
		}
		if len(got.ids()) != 9950 || got.restarts != 0 {
			t.Errorf("%d read, %d restarts", len(got.ids()), got.restarts)
		}
	})
}

func TestSlowAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })
		err := c.Source(account).Read(t.Context(), providers, newCollected(t))
		if err == nil || !strings.Contains(err.Error(), "no whole answer within 2m0s (6 tries)") {
			t.Error(err)
		}
	})
}

func TestBackoffDoublesUpToItsBound(t *testing.T) {
	want := []time.Duration{1, 2, 4, 8, 16, 20, 20}
	for i, w := range want {
		if got := backoff(1, 20, i+1); got != w {
			t.Errorf("try %d: %d, want %d", i+1, got, w)
		}
	}
}

// An error's body may be the resource itself: it is not quoted.
func TestBodyOfAnErrorIsNotQuoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			return reply(500, `{"result":{"config":{"client_secret":"hunter2hunter2"}},"success":false}`), nil
		})
		err := c.Source(account).Read(t.Context(), users, newCollected(t))
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "names no error") {
			t.Errorf("got %v", err)
		}
	})
}
