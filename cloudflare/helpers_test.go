package cloudflare

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

const (
	testToken  = "v1.0-secret-token-0123456789"
	accountID  = "0123456789abcdef0123456789abcdef"
	providerID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
)

var (
	account   = snapshot.Target{Scope: snapshot.Account, ID: accountID}
	zone      = snapshot.Target{Scope: snapshot.Zone, ID: accountID}
	providers = snapshot.Collection{Kind: snapshot.IdentityProvider}
	users     = snapshot.Collection{Kind: snapshot.SCIMUser, Provider: providerID}
)

// carrier answers requests in the process.
type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// reply makes an answer; headers come in pairs.
func reply(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)), ProtoMajor: 1, ProtoMinor: 1,
	}
}

func ok(result string) string {
	return `{"success":true,"errors":[],"messages":[],"result":` + result + `}`
}

func refusal(code int, message string) string {
	m, _ := json.Marshal(message)
	return fmt.Sprintf(`{"success":false,"errors":[{"code":%d,"message":%s}],"messages":[],"result":null}`, code, m)
}

// ids makes the elements id-1 … id-n, from the a-th on.
func elements(ids ...string) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%q,"name":"n"}`, id)
	}
	return "[" + b.String() + "]"
}

func numbered(from, to int) []string {
	var all []string
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprintf("id-%04d", i))
	}
	return all
}

// sleep is a real sleep; in a bubble of synctest it takes no time.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// options is a client's options for a carrier; time is that of the bubble.
func options(rt carrier) Options {
	return Options{
		Credentials: Credentials{Token: testToken}, HTTP: rt,
		Now: time.Now, Sleep: sleep, Random: func() float64 { return 0.5 },
	}
}

func newClient(t *testing.T, rt carrier, change ...func(*Options)) *Client {
	t.Helper()
	o := options(rt)
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// collected is a Listing that keeps what it was given.
type collected struct {
	mu       sync.Mutex
	t        *testing.T
	inside   int
	docs     map[string]string
	restarts int
}

func newCollected(t *testing.T) *collected {
	t.Helper()
	return &collected{t: t, docs: map[string]string{}}
}

func (c *collected) Page(elements []snapshot.Element) (int, error) {
	c.mu.Lock()
	c.inside++
	c.mu.Unlock()
	defer func() { c.mu.Lock(); c.inside--; c.mu.Unlock() }()
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := 0
	for _, e := range elements {
		if !json.Valid(e.JSON) {
			c.t.Errorf("element %s is no JSON: %q", e.ID, e.JSON)
		}
		if _, met := c.docs[e.ID]; !met {
			fresh++
		}
		c.docs[e.ID] = string(e.JSON)
	}
	return fresh, nil
}

func (c *collected) Restart() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inside != 0 {
		c.t.Error("Restart while a Page is running")
	}
	c.restarts++
	clear(c.docs)
}

func (c *collected) ids() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]string, 0, len(c.docs))
	for id := range c.docs {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}
