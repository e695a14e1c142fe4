package cloudflare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

func TestNewRefusesAddressesAndCredentials(t *testing.T) {
	token := Credentials{Token: testToken}
	for _, test := range []struct {
		url   string
		creds Credentials
		fails string
	}{
		{url: "", creds: token},
		{url: "https://api.example.com/client/v4/", creds: token},
		{url: "http://127.0.0.1:8080/client/v4", creds: token},
		{url: "http://127.8.9.10", creds: token},
		{url: "http://[::1]:99", creds: token},
		{url: "http://LOCALHOST:1", creds: token},
		{url: "", creds: Credentials{Email: "a@example.com", Key: "k123"}},
		{url: "http://api.cloudflare.com/client/v4", creds: token, fails: "use https"},
		{url: "http://localhost.example.com", creds: token, fails: "use https"},
		{url: "http://127.0.0.1.example.com", creds: token, fails: "use https"},
		{url: "http://0.0.0.0", creds: token, fails: "use https"},
		{url: "https://me:pw-secret@api.cloudflare.com", creds: token, fails: "user name or password"},
		{url: "https://me:pw-secret@api.cloudflare.com:x", creds: token, fails: "no URL"},
		{url: "ftp://api.cloudflare.com", creds: token, fails: "write it like"},
		{url: "api.cloudflare.com", creds: token, fails: "write it like"},
		{url: "https://", creds: token, fails: "write it like"},
		{url: "https://api.cloudflare.com?x=1", creds: token, fails: "query"},
		{creds: Credentials{}, fails: "none were given"},
		{creds: Credentials{Email: "a@example.com"}, fails: "without its global API key"},
		{creds: Credentials{Key: "secret-key"}, fails: "without the e-mail"},
		{creds: Credentials{Token: "secret-tok\n"}, fails: "line break"},
		{creds: Credentials{Token: "secret tok"}, fails: "white space"},
		{creds: Credentials{Token: "Bearer secret"}, fails: `begins with "Bearer"`},
		{creds: Credentials{Token: `"secret"`}, fails: "quotation mark"},
		{creds: Credentials{Token: "secret\u200b"}, fails: "not plain ASCII"},
	} {
		o := options(func(*http.Request) (*http.Response, error) { return nil, errors.New("not now") })
		o.BaseURL, o.Credentials = test.url, test.creds
		_, err := New(o)
		switch {
		case test.fails == "" && err != nil:
			t.Errorf("%q: %v", test.url, err)
		case test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)):
			t.Errorf("%q, %q: error %v, want %q", test.url, test.creds.Token, err, test.fails)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("shows a secret: %v", err)
		}
	}
	if _, err := New(Options{Credentials: token}); err == nil {
		t.Error("a client without HTTP was made")
	}
}

func TestCredentialsDoNotShow(t *testing.T) {
	creds := Credentials{Token: testToken, Email: "someone@example.com", Key: "global-key-secret"}
	o := options(nil)
	o.HTTP = carrier(func(*http.Request) (*http.Response, error) { return nil, nil })
	o.Credentials = creds
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, v := range []any{creds, &creds, o, c, c.Source(account), []Credentials{creds}, map[string]Credentials{"a": creds}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "creds", creds, "options", fmt.Sprint(o))
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "creds", creds)
	if err := json.NewEncoder(&out).Encode(creds); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{testToken, "someone@example.com", "global-key-secret", fmt.Sprintf("%x", testToken)} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q shows in\n%s", secret, out.String())
		}
	}
}

// Whatever an answer says, no error shows the credentials, a control character,
// or more text than a person reads.
func TestErrorsAreClean(t *testing.T) {
	key := "0123456789globalkey"
	long := strings.Repeat("é \u202e\x1b[31m", 5000)
	for name, answer := range map[string]func() (*http.Response, error){
		"message": func() (*http.Response, error) { return reply(403, refusal(10000, "you sent "+testToken+"!")), nil },
		"chain": func() (*http.Response, error) {
			return reply(400, `{"errors":[{"code":6003,"message":"m","error_chain":[{"code":6111,"message":"Bearer `+testToken+`"}]}]}`), nil
		},
		"many": func() (*http.Response, error) {
			return reply(400, `{"errors":[{"code":1,"message":"m"},{"code":2,"message":"`+testToken+`"}]}`), nil
		},
		"text":       func() (*http.Response, error) { return reply(418, "echo "+testToken+" and "+key), nil },
		"html":       func() (*http.Response, error) { return reply(418, "<html><title>"+testToken+"\x1b]0;x\a</title>"), nil },
		"200 html":   func() (*http.Response, error) { return reply(200, "<html><title>"+testToken+"</title>"), nil },
		"at the cut": func() (*http.Response, error) { return reply(418, strings.Repeat(" ", maxExcerpt-10)+testToken), nil },
		"controls": func() (*http.Response, error) {
			return reply(418, testToken[:5]+"\x00"+testToken[5:]+"\r\n\x1b[2J"), nil
		},
		"long":      func() (*http.Response, error) { return reply(418, long), nil },
		"long json": func() (*http.Response, error) { return reply(418, refusal(1, long)), nil },
		"headers": func() (*http.Response, error) {
			return reply(418, "x", "Cf-Ray", testToken+"\x1b", "Cf-Auditlog-Id", testToken), nil
		},
		"network": func() (*http.Response, error) { return nil, errors.New("proxy said " + testToken + "\x07") },
		"redirect": func() (*http.Response, error) {
			return reply(302, "", "Location", "https://evil.example/"+testToken), nil
		},
		"redirect2": func() (*http.Response, error) {
			return reply(302, "", "Location", "https://"+testToken+".example/"), nil
		},
		"bad elem":   func() (*http.Response, error) { return reply(200, ok(`[{"id":"`+testToken+`"},{}]`)), nil },
		"bad json":   func() (*http.Response, error) { return reply(200, ok(`[`+testToken+`]`)), nil },
		"success":    func() (*http.Response, error) { return reply(200, refusal(1, testToken)), nil },
		"wrong type": func() (*http.Response, error) { return reply(200, ok(`"`+testToken+`"`)), nil },
		"total": func() (*http.Response, error) {
			return reply(200, `{"success":true,"result":[],"result_info":{"total_count":"`+testToken+`"}}`), nil
		},
		"body broken": func() (*http.Response, error) { r := reply(200, "{"); r.ContentLength = 99; return r, nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, creds := range []Credentials{{Token: testToken}, {Email: "a@example.com", Key: testToken}} {
					c := newClient(t, func(*http.Request) (*http.Response, error) { return answer() }, func(o *Options) { o.Credentials = creds })
					err := c.Source(account).Read(t.Context(), providers, newCollected(t))
					_, werr := c.CreateProvider(t.Context(), account, []byte(`{}`))
					for _, err := range []error{err, werr} {
						if err == nil {
							t.Fatal("no error")
						}
						for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%q", err)} {
							if strings.Contains(text, testToken) || strings.Contains(text, testToken[:9]) || strings.Contains(text, testToken[9:]) {
								t.Errorf("shows the token: %s", text)
							}
						}
						if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x202e || r >= 0x80 && r < 0xa0 }) {
							t.Errorf("control characters: %q", err)
						}
						if len(err.Error()) > 2000 {
							t.Errorf("%d bytes of error", len(err.Error()))
						}
						if !strings.Contains(err.Error(), "/accounts/"+accountID+"/access/identity_providers") {
							t.Errorf("does not name the request: %v", err)
						}
					}
				}
			})
		})
	}
}

func TestRedirects(t *testing.T) {
	const base = "https://api.example.com/client/v4"
	for _, test := range []struct {
		location string
		follows  bool
	}{
		{"/elsewhere", true},
		{"https://api.example.com:443/x", true},
		{"https://API.example.com/x", true},
		{"https://evil.example/", false},
		{"http://api.example.com/x", false},
		{"https://api.example.com:8443/x", false},
		{"https://sub.api.example.com/", false},
		{"//evil.example/x", false},
		{"https://user:pw@api.example.com/", false},
		{"https://api.example.com:port/", false},
		{"%zz", false},
	} {
		var asked []string
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.Host)
			if len(asked) == 1 {
				return reply(302, "", "Location", test.location), nil
			}
			if r.Header.Get("X-Auth-Key") != "thekey" {
				t.Errorf("%s: went without credentials", test.location)
			}
			return reply(200, ok(elements("a"))), nil
		}, func(o *Options) {
			o.BaseURL, o.Credentials = base, Credentials{Email: "a@example.com", Key: "thekey"}
		})
		err := c.Source(account).Read(t.Context(), providers, newCollected(t))
		if test.follows != (err == nil) || len(asked) != map[bool]int{true: 2, false: 1}[test.follows] {
			t.Errorf("%s: asked %q, error %v", test.location, asked, err)
		}
		if !test.follows && (!errors.Is(err, ErrRedirect) || !strings.Contains(err.Error(), "redirect refused")) {
			t.Errorf("%s: error %v", test.location, err)
		}
		asked = nil
		if _, err := c.CreateProvider(t.Context(), account, []byte(`{}`)); !errors.Is(err, ErrRedirect) || errors.Is(err, ErrAmbiguous) || len(asked) != 1 {
			t.Errorf("POST to %s: asked %q, error %v", test.location, asked, err)
		}
	}
}

// Without a place to go, a redirect is an answer like any other.
func TestRedirectToNowhere(t *testing.T) {
	c := newClient(t, nil)
	for _, status := range []int{301, 302, 304, 308} {
		c.carrier = carrier(func(*http.Request) (*http.Response, error) { return reply(status, ""), nil })
		err := c.Source(account).Read(t.Context(), providers, newCollected(t))
		var e *Error
		if !errors.As(err, &e) || e.Status != status || errors.Is(err, ErrRedirect) || e.Tries != 1 {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// The body of a redirect is closed, so that its connection is free.
func TestRedirectIsClosed(t *testing.T) {
	var open atomic.Int64
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		open.Add(1)
		resp := reply(302, strings.Repeat("x", 100_000), "Location", "/elsewhere")
		if r.URL.Path == "/elsewhere" {
			resp = reply(200, ok("[]"))
		}
		resp.Body = closing{resp.Body, func() { open.Add(-1) }}
		return resp, nil
	})
	if err := c.Source(account).Read(t.Context(), providers, newCollected(t)); err != nil || open.Load() != 0 {
		t.Errorf("%v, %d bodies are open", err, open.Load())
	}
}

type closing struct {
	io.Reader
	close func()
}

func (c closing) Close() error { c.close(); return nil }

// What a write says of its body does not stick to what is read afterwards.
func TestHeadersOfWritesAreTheirOwn(t *testing.T) {
	var got []string
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		got = append(got, r.Method+" "+r.Header.Get("Content-Type"))
		return reply(200, ok(`{"id":"a"}`)), nil
	})
	for range 2 {
		if _, err := c.UpdateProvider(t.Context(), account, providerID, []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.GetProvider(t.Context(), account, providerID); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{"PUT application/json", "GET ", "PUT application/json", "GET "}, got); d != "" {
		t.Error(d)
	}
}

func TestRedirectsEnd(t *testing.T) {
	asked := 0
	c := newClient(t, func(*http.Request) (*http.Response, error) { asked++; return reply(307, "", "Location", "/again"), nil })
	if err := c.Source(account).Read(t.Context(), providers, newCollected(t)); !errors.Is(err, ErrRedirect) || asked > 10 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

func TestRequestCarriesOneKindOfCredentials(t *testing.T) {
	var got http.Header
	rt := func(r *http.Request) (*http.Response, error) {
		got = r.Header
		if r.URL.String() != DefaultBaseURL+"/accounts/"+accountID+"/access/identity_providers?page=1&per_page=1000" {
			t.Errorf("asked for %s", r.URL)
		}
		return reply(200, ok("[]")), nil
	}
	for _, creds := range []Credentials{{Token: "t", Email: "e", Key: "k"}, {Email: "e", Key: "k"}} {
		c := newClient(t, rt, func(o *Options) { o.Credentials, o.UserAgent = creds, "idpsnap/1.2" })
		if err := c.Source(account).Read(t.Context(), providers, newCollected(t)); err != nil {
			t.Fatal(err)
		}
		token := creds.Token != ""
		if (got.Get("Authorization") == "Bearer t") != token || (got.Get("X-Auth-Key") == "k") == token || (got.Get("X-Auth-Email") == "e") == token {
			t.Errorf("sent %v", got)
		}
		if got.Get("User-Agent") != "idpsnap/1.2" || got.Get("Content-Type") != "" {
			t.Errorf("sent %v", got)
		}
	}
}

func TestBodyIsBounded(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		r := reply(200, ok(`["`+strings.Repeat("x", 5000)+`"]`))
		r.ContentLength = -1
		return r, nil
	})
	c.maxBody = 4096
	err := c.Source(account).Read(t.Context(), providers, newCollected(t))
	if err == nil || !strings.Contains(err.Error(), "identity_providers: 200 OK: the answer is larger than 4096 bytes") || c.Requests() != 1 {
		t.Errorf("%v, after %d requests", err, c.Requests())
	}
}

// A client stops at once when it is told to, whatever it is doing.
func TestCancellation(t *testing.T) {
	for name, rt := range map[string]carrier{
		"in a request":   func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
		"while retrying": func(*http.Request) (*http.Response, error) { return reply(503, "", "Retry-After", "500"), nil },
		"while blocked":  func(*http.Request) (*http.Response, error) { return reply(429, "", "Retry-After", "300"), nil },
		"out of budget": func(*http.Request) (*http.Response, error) {
			return reply(500, "", "Ratelimit", `"default";r=0;t=300`), nil
		},
		"while a body is": func(r *http.Request) (*http.Response, error) { return stuck(r), nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, rt)
				because := errors.New("Ctrl-C")
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(20*time.Second, func() { cancel(because) })
				began := time.Now()
				err := c.Source(account).Read(ctx, providers, newCollected(t))
				if !errors.Is(err, context.Canceled) || !errors.Is(err, because) {
					t.Errorf("error %v", err)
				}
				if took := time.Since(began); took != 20*time.Second {
					t.Errorf("ended after %s", took)
				}
			})
		})
	}
}

// stuck is an answer whose body does not come until the request is cancelled.
func stuck(r *http.Request) *http.Response {
	resp := reply(200, "")
	resp.ContentLength = 100
	resp.Body = body(func([]byte) (int, error) { <-r.Context().Done(); return 0, r.Context().Err() })
	return resp
}

type body func([]byte) (int, error)

func (b body) Read(p []byte) (int, error) { return b(p) }
func (body) Close() error                 { return nil }

// However many requests wait, it is told once, and once that it is over.
func TestWaitingIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		s := &listServer{ids: numbered(1, 3000), size: 100, latency: 50 * time.Millisecond}
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			s.mu.Lock()
			n := s.requests
			s.mu.Unlock()
			resp, err := s.RoundTrip(r)
			if n < 20 {
				resp.Header.Set("Ratelimit", fmt.Sprintf(`"default";r=%d;t=200`, 20-n))
			}
			return resp, err
		}, func(o *Options) {
			o.Budget = NewBudget(0, time.Now)
			o.Waiting = func(reason string, d time.Duration) { told = append(told, fmt.Sprint(d > 0, " ", reason)) }
		})
		if err := c.Source(account).Read(t.Context(), users, newCollected(t)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"true rate budget used up but for the reserve", "false "}, told); d != "" {
			t.Error(d)
		}
	})
}

func TestWaitingIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		n := 0
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			if n++; n == 1 {
				return reply(429, refusal(971, "slow down"), "Retry-After", "300"), nil
			}
			return reply(200, ok("[]")), nil
		}, func(o *Options) {
			o.Waiting = func(reason string, d time.Duration) { told = append(told, fmt.Sprintf("%s %s", d, reason)) }
		})
		if err := c.Source(account).Read(t.Context(), providers, newCollected(t)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(told, "|"); got != "5m0s rate limit reached: Cloudflare asked to wait|0s " {
			t.Errorf("told %q", got)
		}
	})
}

var _ snapshot.Source = (*source)(nil)
