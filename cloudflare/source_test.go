package cloudflare

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Where each collection is asked for, and what a token needs for it.
func TestEndpoints(t *testing.T) {
	const orgs, apps = "Access: Organizations, Identity Providers, and Groups Read", "Access: Apps and Policies Read"
	for _, test := range []struct {
		target snapshot.Target
		list   snapshot.Collection
		want   string // "": there is no such list
		needs  string
	}{
		{account, snapshot.Collection{Kind: snapshot.Organization}, "/accounts/A/access/organizations", orgs},
		{account, providers, "/accounts/A/access/identity_providers?page=1&per_page=1000", orgs},
		{account, users, "/accounts/A/access/identity_providers/P/scim/users?page=1&per_page=100", orgs},
		{account, snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: providerID}, "/accounts/A/access/identity_providers/P/scim/groups?page=1&per_page=100", orgs},
		{account, snapshot.Collection{Kind: snapshot.AccessApp}, "/accounts/A/access/apps?page=1&per_page=1000", apps},
		{account, snapshot.Collection{Kind: snapshot.AccessPolicy}, "/accounts/A/access/policies?page=1&per_page=1000", apps},
		{account, snapshot.Collection{Kind: snapshot.AccessGroup}, "/accounts/A/access/groups?page=1&per_page=1000", orgs},
		{zone, snapshot.Collection{Kind: snapshot.Organization}, "/zones/A/access/organizations", orgs},
		{zone, providers, "/zones/A/access/identity_providers", orgs},
		{zone, snapshot.Collection{Kind: snapshot.AccessApp}, "/zones/A/access/apps?page=1&per_page=1000", apps},
		{zone, snapshot.Collection{Kind: snapshot.AccessGroup}, "/zones/A/access/groups?page=1&per_page=1000", orgs},
		{zone, snapshot.Collection{Kind: snapshot.AccessPolicy}, "", ""},
		{zone, users, "", ""},
		{zone, snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: providerID}, "", ""},
		{account, snapshot.Collection{Kind: "seat"}, "", ""},
	} {
		var asked []string
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodGet {
				t.Errorf("a source sent %s", r.Method)
			}
			asked = append(asked, strings.NewReplacer("/client/v4", "", accountID, "A", providerID, "P").Replace(r.URL.RequestURI()))
			return reply(403, refusal(10000, "Authentication error")), nil
		})
		source := c.Source(test.target)
		err := source.Read(t.Context(), test.list, newCollected(t))
		if test.want == "" {
			if !errors.Is(err, snapshot.ErrUnsupported) || len(asked) != 0 || source.Requests() != 0 {
				t.Errorf("%s of %s: asked %q, error %v", test.list, test.target, asked, err)
			}
			continue
		}
		if d := cmp.Diff([]string{test.want}, asked); d != "" {
			t.Error(d)
		}
		says := `; the token needs "` + test.needs + `"`
		if test.target == zone {
			says += "; a zone without Access of its own is refused in the same way"
		}
		if !errors.Is(err, snapshot.ErrForbidden) || !strings.HasSuffix(err.Error(), says) {
			t.Errorf("%s of %s: error %v", test.list, test.target, err)
		}
	}
}

func TestSourceRefusesCollectionsThatMakeNoSense(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) { t.Error("asked"); return reply(200, ok("[]")), nil })
	for _, list := range []snapshot.Collection{{Kind: snapshot.SCIMUser}, {Kind: snapshot.IdentityProvider, Provider: "x"}} {
		if err := c.Source(account).Read(t.Context(), list, newCollected(t)); err == nil {
			t.Errorf("%s was read", list)
		}
	}
}

// A source is handed out as an interface whose dynamic type has no way to write.
func TestSourceCannotWrite(t *testing.T) {
	s := reflect.TypeFor[*source]()
	for i := range s.NumMethod() {
		if name := s.Method(i).Name; !map[string]bool{"Target": true, "Name": true, "Read": true, "Requests": true, "Host": true}[name] {
			t.Errorf("a source can %s", name)
		}
	}
	if r := reflect.TypeFor[reader](); r.NumMethod() == 0 {
		t.Error("no reader")
	} else {
		for i := range r.NumMethod() {
			if name := r.Method(i).Name; name == "write" || name == "change" || name == "attempt" {
				t.Errorf("a reader can %s", name)
			}
		}
	}
}

func TestOrganization(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   map[string]string
		fails  error
	}{
		"ordinary":    {200, ok(`{"name":"x","auth_domain":"te\u0061m.example"}`), map[string]string{"organization": `{"name":"x","auth_domain":"te\u0061m.example"}`}, nil},
		"no domain":   {200, ok(`{"name":"x"}`), map[string]string{"organization": `{"name":"x"}`}, nil},
		"not enabled": {400, refusal(9999, "access.api.error.not_enabled: Access is not enabled"), map[string]string{}, nil},
		"forbidden":   {403, refusal(10000, "no"), nil, snapshot.ErrForbidden},
	} {
		c := newClient(t, func(*http.Request) (*http.Response, error) { return reply(test.status, test.body), nil })
		got := newCollected(t)
		err := c.Source(account).Read(t.Context(), snapshot.Collection{Kind: snapshot.Organization}, got)
		if !errors.Is(err, test.fails) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if d := cmp.Diff(test.want, got.docs); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	}
	for _, body := range []string{ok(`[]`), ok(`null`), ok(`"x"`)} {
		c := newClient(t, func(*http.Request) (*http.Response, error) { return reply(200, body), nil })
		if err := c.Source(account).Read(t.Context(), snapshot.Collection{Kind: snapshot.Organization}, newCollected(t)); err == nil || !strings.Contains(err.Error(), "not an object") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestNotEnabledIsNotEmpty(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		return reply(400, refusal(9999, "access.api.error.not_enabled: Access is not enabled")), nil
	})
	err := c.Source(account).Read(t.Context(), providers, newCollected(t))
	if !errors.Is(err, ErrNotEnabled) || errors.Is(err, snapshot.ErrForbidden) || c.Requests() != 1 {
		t.Errorf("%v after %d requests", err, c.Requests())
	}
}

// Elements arrive byte for byte.
func TestElementsArriveAsServed(t *testing.T) {
	docs := []string{`{"id":"a","big":12345678901234567890.10,"x":"\u0041\/"}`, `{ "id" : "b" , "n" : [ ] }`}
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		return reply(200, ok("[ "+strings.Join(docs, " ,\n ")+" ]")), nil
	})
	got := newCollected(t)
	if err := c.Source(account).Read(t.Context(), providers, got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"a": docs[0], "b": docs[1]}, got.docs); d != "" {
		t.Error(d)
	}
}

func TestNamesAndHost(t *testing.T) {
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		switch strings.TrimPrefix(r.URL.Path, "/client/v4") {
		case "/accounts/" + accountID:
			return reply(200, ok(`{"id":"x","name":"Example Ltd"}`)), nil
		case "/zones/" + accountID:
			return reply(403, refusal(9109, "Unauthorized to access requested resource")), nil
		}
		return reply(404, ""), nil
	})
	a, z := c.Source(account), c.Source(zone)
	if name, err := a.Name(t.Context()); name != "Example Ltd" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	if _, err := z.Name(t.Context()); !errors.Is(err, snapshot.ErrForbidden) || !strings.Contains(err.Error(), `needs "Zone Read"`) {
		t.Error(err)
	}
	if a.Host() != "api.cloudflare.com" || a.Target() != account || a.Requests() != 1 || z.Requests() != 1 || c.Requests() != 2 {
		t.Errorf("%s %s %d %d", a.Host(), a.Target(), a.Requests(), z.Requests())
	}
}

func TestVerifyToken(t *testing.T) {
	const user, owned = "/user/tokens/verify", "/accounts/" + accountID + "/tokens/verify"
	good := ok(`{"id":"t1","status":"active","expires_on":"2030-01-01T00:00:00Z"}`)
	for name, test := range map[string]struct {
		good    string
		account string
		owner   string
		asked   int
	}{
		"of a user":                      {user, accountID, "user", 1},
		"of an account":                  {owned, accountID, "account", 2},
		"of an account that is not ours": {"", accountID, "", 2},
		"no account":                     {owned, "", "", 1},
	} {
		asked := 0
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			asked++
			if strings.TrimPrefix(r.URL.Path, "/client/v4") == test.good {
				return reply(200, good), nil
			}
			return reply(401, refusal(1000, "Invalid API Token")), nil
		})
		status, err := c.VerifyToken(t.Context(), test.account)
		if status.Owner != test.owner || asked != test.asked || (err == nil) != (test.owner != "") {
			t.Errorf("%s: %+v, %v, %d requests", name, status, err, asked)
		}
		if err == nil && (status.ID != "t1" || status.Status != "active" || status.ExpiresOn == "") {
			t.Errorf("%s: %+v", name, status)
		}
		if err != nil && !errors.Is(err, snapshot.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListAccountsAndZones(t *testing.T) {
	s := &listServer{ids: numbered(1, 120)}
	c := newClient(t, s.RoundTrip)
	for _, list := range []func(context.Context) ([]Named, error){c.ListAccounts, c.ListZones} {
		all, err := list(t.Context())
		if err != nil || len(all) != 120 || all[0] != (Named{ID: "id-0001", Name: "n"}) {
			t.Errorf("%d, %v", len(all), err)
		}
	}
	if s.asked[0] != "page=1&per_page=50" {
		t.Errorf("asked %q", s.asked[0])
	}
}

// Over a real connection: compression, cut-off bodies and closed connections are
// net/http's business, and must arrive here as what they are.
func TestOverARealConnection(t *testing.T) {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		body := ok(elements(numbered(1, 50)...))
		switch n {
		case 1: // a length that is not kept
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write([]byte(body[:100]))
		case 2: // no answer at all
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_ = conn.Close()
		case 3: // chunked and broken off
			_, _ = w.Write([]byte(body[:100]))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		default:
			if r.Header.Get("Authorization") != "Bearer "+testToken {
				t.Error("no credentials")
			}
			_, _ = w.Write([]byte(body))
		}
	}))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	o := options(nil)
	o.HTTP, o.BaseURL = transport, server.URL+"/client/v4"
	o.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	got := newCollected(t)
	if err := c.Source(account).Read(t.Context(), providers, got); err != nil || len(got.docs) != 50 {
		t.Errorf("%d read, %v", len(got.docs), err)
	}
	for _, doc := range got.docs {
		if !json.Valid([]byte(doc)) {
			t.Errorf("%s", doc)
		}
	}
}
