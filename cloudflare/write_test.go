package cloudflare

import (
	"context"
	"crypto/x509"
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

// writes is every way to change something.
func writes(ctx context.Context, c *Client) map[string]func() error {
	return map[string]func() error{
		"create": func() error { _, err := c.CreateProvider(ctx, account, []byte(`{"a":1}`)); return err },
		"update": func() error { _, err := c.UpdateProvider(ctx, account, providerID, []byte(`{"a":1}`)); return err },
		"delete": func() error { return c.DeleteProvider(ctx, account, providerID) },
		"update reference": func() error {
			_, err := c.UpdateReference(ctx, account, snapshot.AccessApp, "app", []byte(`{"a":1}`))
			return err
		},
	}
}

// A write is sent once, whatever comes back, and says when it may have been
// carried out all the same.
func TestWritesAreSentOnce(t *testing.T) {
	for _, test := range []struct {
		name      string
		answer    func(r *http.Request) (*http.Response, error)
		ambiguous bool
		is        error
	}{
		{"lost", func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, true, nil},
		{"reset", func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
		}, true, nil},
		{"not connected", func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}, false, nil},
		{"unknown authority", func(*http.Request) (*http.Response, error) { return nil, x509.UnknownAuthorityError{} }, false, nil},
		{"no answer", func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }, true, nil},
		{"500", func(*http.Request) (*http.Response, error) { return reply(500, ""), nil }, true, nil},
		{"503", func(*http.Request) (*http.Response, error) { return reply(503, "", "Retry-After", "1"), nil }, true, nil},
		{"524", func(*http.Request) (*http.Response, error) { return reply(524, "<html>"), nil }, true, nil},
		{"408", func(*http.Request) (*http.Response, error) { return reply(408, ""), nil }, true, nil},
		{"cut off", func(*http.Request) (*http.Response, error) { r := reply(201, "{"); r.ContentLength = 9; return r, nil }, true, nil},
		{"HTML 200", func(*http.Request) (*http.Response, error) { return reply(200, "<html>"), nil }, true, nil},
		{"empty 200", func(*http.Request) (*http.Response, error) { return reply(200, ""), nil }, true, nil},
		{"wrong type", func(*http.Request) (*http.Response, error) { return reply(200, ok(`[]`)), nil }, true, nil},
		{"400", func(*http.Request) (*http.Response, error) {
			return reply(400, refusal(12130, "access.api.error.invalid_request")), nil
		}, false, nil},
		{"403", func(*http.Request) (*http.Response, error) { return reply(403, refusal(10000, "no")), nil }, false, snapshot.ErrForbidden},
		{"404", func(*http.Request) (*http.Response, error) { return reply(404, refusal(12135, "no")), nil }, false, ErrNotFound},
		{"409", func(*http.Request) (*http.Response, error) {
			return reply(409, refusal(12132, "access.api.error.conflict")), nil
		}, false, nil},
		{"success false", func(*http.Request) (*http.Response, error) { return reply(200, refusal(12132, "no")), nil }, false, nil},
		{"redirect", func(*http.Request) (*http.Response, error) { return reply(307, "", "Location", "/x"), nil }, false, ErrRedirect},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				c := newClient(t, func(r *http.Request) (*http.Response, error) { sent++; return test.answer(r) })
				for name, write := range writes(t.Context(), c) {
					sent = 0
					err := write()
					if err == nil || errors.Is(err, ErrAmbiguous) != test.ambiguous || sent != 1 {
						t.Errorf("%s: sent %d times, error %v", name, sent, err)
					}
					if test.ambiguous != strings.Contains(err.Error(), "not known whether the change was made") {
						t.Errorf("%s: error %v", name, err)
					}
					if test.is != nil && !errors.Is(err, test.is) {
						t.Errorf("%s: error %v is not %v", name, err, test.is)
					}
				}
			})
		})
	}
}

// A write that was refused for the rate did nothing, and is sent when it may be.
func TestWritesWaitForTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, nil)
		var at []time.Time
		limited := 2
		c.carrier = carrier(func(r *http.Request) (*http.Response, error) {
			at = append(at, time.Now())
			if len(at) <= limited {
				return reply(429, refusal(971, "slow down"), "Retry-After", "300"), nil
			}
			if r.Method != http.MethodDelete {
				if b, _ := io.ReadAll(r.Body); string(b) != `{"a":1}` {
					t.Errorf("%s sent %q", r.Method, b)
				}
			}
			return reply(201, ok(`{"id":"x"}`)), nil
		})
		for name, write := range writes(t.Context(), c) {
			at, limited = nil, 2
			if err := write(); err != nil || len(at) != 3 || at[2].Sub(at[0]) != 600*time.Second {
				t.Errorf("%s: %v, sent at %v", name, err, at)
			}
			at, limited = nil, 100
			if err := write(); err == nil || errors.Is(err, ErrAmbiguous) || len(at) != maxTries {
				t.Errorf("%s: %v, sent %d times", name, err, len(at))
			}
			time.Sleep(time.Hour)
		}
	})
}

func TestCancelledWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := c.CreateProvider(ctx, account, []byte(`{}`)); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrAmbiguous) {
			t.Errorf("under way: %v", err)
		}
		if _, err := c.CreateProvider(ctx, account, []byte(`{}`)); !errors.Is(err, context.Canceled) || errors.Is(err, ErrAmbiguous) || c.Requests() != 1 {
			t.Errorf("before it was sent: %v, %d requests", err, c.Requests())
		}
	})
}

func TestWritesSayWhatTheySend(t *testing.T) {
	var got []string
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		line := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/client/v4")
		if r.Body != nil {
			b, _ := io.ReadAll(r.Body)
			line += " " + string(b) + " " + r.Header.Get("Content-Type")
		}
		got = append(got, line)
		switch r.Method {
		case http.MethodPost:
			return reply(201, ok(`{"id":"new","scim_config":{"secret":"told once"}}`)), nil
		case http.MethodDelete:
			return reply(202, ok(`{"id":"x"}`)), nil
		default:
			return reply(200, ok(`{"id":"x"}`)), nil
		}
	})
	ctx := t.Context()
	created, err := c.CreateProvider(ctx, account, []byte(`{"name":"n"}`))
	if err != nil || string(created) != `{"id":"new","scim_config":{"secret":"told once"}}` {
		t.Errorf("%s, %v", created, err)
	}
	_, err1 := c.UpdateProvider(ctx, zone, "p", []byte(`{}`))
	_, err2 := c.GetProvider(ctx, zone, "p")
	_, err3 := c.UpdateReference(ctx, account, snapshot.AccessPolicy, "p", []byte(`{}`))
	_, err4 := c.GetReference(ctx, account, snapshot.AccessGroup, "p")
	if err := errors.Join(err1, err2, err3, err4, c.DeleteProvider(ctx, account, "p")); err != nil {
		t.Error(err)
	}
	a, z := "/accounts/"+accountID+"/access/", "/zones/"+accountID+"/access/"
	want := []string{
		"POST " + a + `identity_providers {"name":"n"} application/json`,
		"PUT " + z + "identity_providers/p {} application/json",
		"GET " + z + "identity_providers/p",
		"PUT " + a + "policies/p {} application/json",
		"GET " + a + "groups/p",
		"DELETE " + a + "identity_providers/p",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What must not be sent is refused before it is.
func TestWritesRefuse(t *testing.T) {
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s %s", r.Method, r.URL)
		return reply(200, ok(`{}`)), nil
	})
	ctx := t.Context()
	_, err1 := c.CreateProvider(ctx, account, []byte(`{"a":`))
	_, err2 := c.UpdateProvider(ctx, account, "", []byte(`{}`))
	_, err3 := c.UpdateProvider(ctx, account, "..", []byte(`{}`))
	_, err4 := c.UpdateReference(ctx, account, snapshot.IdentityProvider, "x", []byte(`{}`))
	_, err5 := c.GetReference(ctx, account, snapshot.SCIMUser, "x")
	_, err6 := c.UpdateReference(ctx, zone, snapshot.AccessPolicy, "x", []byte(`{}`))
	_, err7 := c.CreateProvider(ctx, snapshot.Target{Scope: "planet", ID: "x"}, []byte(`{}`))
	for i, err := range []error{err1, err2, err3, err4, err5, err6, err7, c.DeleteProvider(ctx, account, "")} {
		if err == nil {
			t.Errorf("%d was not refused", i+1)
		}
	}
}

// An id stays one segment of the path, whatever it is.
func TestIDsCannotLeadElsewhere(t *testing.T) {
	for _, id := range []string{"a/../../user", "../x", "a?b=c", "a#b", "a%2fb", "a b", "é"} {
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			if strings.Count(r.URL.EscapedPath(), "/") != 7 || r.URL.RawQuery != "" || r.URL.Host != "api.cloudflare.com" {
				t.Errorf("%q leads to %s", id, r.URL)
			}
			return reply(200, ok(`{}`)), nil
		})
		if _, err := c.GetProvider(t.Context(), account, id); err != nil {
			t.Error(err)
		}
	}
}
