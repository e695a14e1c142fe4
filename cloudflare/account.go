package cloudflare

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/idpsnap/idpsnap/snapshot"
)

// TokenStatus is what Cloudflare says of a token. It does not say what the token
// may do: that can only be tried.
type TokenStatus struct {
	ID        string `json:"id"`
	Status    string `json:"status"` // "active", "disabled" or "expired"
	NotBefore string `json:"not_before"`
	ExpiresOn string `json:"expires_on"`
	Owner     string `json:"-"` // "user" or "account"
}

// VerifyToken asks Cloudflare about the client's own token. A user's token and a
// token that an account owns are asked about in different places; the latter is
// tried where an account is given and the former fails.
func (c *Client) VerifyToken(ctx context.Context, account string) (TokenStatus, error) {
	status, err := c.verify(ctx, "/user/tokens/verify", "user")
	var refusal *Error
	if err == nil || account == "" || !errors.As(err, &refusal) || refusal.Status < 400 || refusal.Status > 499 {
		return status, err
	}
	id, serr := segment(account)
	if serr != nil {
		return TokenStatus{}, serr
	}
	if owned, err := c.verify(ctx, "/accounts/"+id+"/tokens/verify", "account"); err == nil {
		return owned, nil
	}
	return status, err
}

func (c *Client) verify(ctx context.Context, path, owner string) (TokenStatus, error) {
	var status TokenStatus
	err := c.decode(ctx, call{method: http.MethodGet, path: path}, &status)
	if err == nil {
		status.Owner = owner
	}
	return status, err
}

// Named is an account or zone with its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ListAccounts lists the accounts that the credentials reach. A token for Access
// alone may see none, although it works for its account. (OpenAPI: pages of 5 to
// 50.)
func (c *Client) ListAccounts(ctx context.Context) ([]Named, error) {
	return c.named(ctx, endpoint{path: "/accounts", size: 50, read: readAccounts})
}

// ListZones lists the zones that the credentials reach. (OpenAPI: pages of 5 to
// 50.)
func (c *Client) ListZones(ctx context.Context) ([]Named, error) {
	return c.named(ctx, endpoint{path: "/zones", size: 50, read: readZones})
}

// AccountName gives an account's name.
func (c *Client) AccountName(ctx context.Context, id string) (string, error) {
	return c.name(ctx, snapshot.Target{Scope: snapshot.Account, ID: id}, nil)
}

// ZoneName gives a zone's name.
func (c *Client) ZoneName(ctx context.Context, id string) (string, error) {
	return c.name(ctx, snapshot.Target{Scope: snapshot.Zone, ID: id}, nil)
}

// name gives a target's name.
func (c *Client) name(ctx context.Context, t snapshot.Target, sent *atomic.Int64) (string, error) {
	id, err := segment(t.ID)
	if err != nil {
		return "", err
	}
	call := call{method: http.MethodGet, path: "/accounts/" + id, permission: readAccounts, sent: sent}
	if t.Scope == snapshot.Zone {
		call.path, call.permission = "/zones/"+id, readZones
	}
	var named Named
	err = c.decode(ctx, call, &named)
	return named.Name, err
}

// decode reads one object into v.
func (c *Client) decode(ctx context.Context, call call, v any) error {
	return c.read(ctx, call, func(a *answer) error {
		result, err := a.parseObject()
		if err != nil {
			return err
		}
		if err := json.Unmarshal(result, v); err != nil {
			return wrong("the result is not as described: %s", err)
		}
		return nil
	})
}

// named reads a list of accounts or zones.
func (c *Client) named(ctx context.Context, e endpoint) ([]Named, error) {
	into := &namedListing{met: map[string]bool{}}
	if err := (&list{client: c, endpoint: e, sent: nil, to: into}).read(ctx); err != nil {
		return nil, err
	}
	return into.all, nil
}

// namedListing collects a list of accounts or zones.
type namedListing struct {
	mu  sync.Mutex
	met map[string]bool
	all []Named
}

func (l *namedListing) Page(elements []snapshot.Element) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fresh := 0
	for _, e := range elements {
		if l.met[e.ID] {
			continue
		}
		var n Named
		if err := json.Unmarshal(e.JSON, &n); err != nil {
			return fresh, wrong("element %s is not as described: %s", e.ID, err)
		}
		l.met[e.ID] = true
		l.all = append(l.all, n)
		fresh++
	}
	return fresh, nil
}

func (l *namedListing) Restart() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.met)
	l.all = nil
}
