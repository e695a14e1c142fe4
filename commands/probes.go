package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/idpsnap/idpsnap/cloudflare"
	"github.com/idpsnap/idpsnap/snapshot"
)

// token asks Cloudflare about the token. It reports whether there is any use in
// asking more.
func (e *examination) token(ctx context.Context, client *cloudflare.Client, sel selection, from string) bool {
	if strings.Contains(from, keyVar) {
		e.warn("token", "a global API key may do everything in every account of its owner", "make an API token that may only read Access, and set "+tokenVar)
		return true
	}
	account := ""
	if sel.target.Scope == snapshot.Account {
		account = sel.target.ID
	}
	status, err := client.VerifyToken(ctx, account)
	var answer *cloudflare.Error
	switch {
	case err != nil && (!errors.As(err, &answer) || answer.Status == 0 || answer.Status >= 500):
		e.fail("api", err, "is "+client.Host()+" reachable from here? A proxy is named by HTTPS_PROXY")
		return false
	case errors.Is(err, snapshot.ErrForbidden):
		e.fail("token", err, "make a new token at https://dash.cloudflare.com/profile/api-tokens, or copy it again")
		return false
	case err != nil:
		e.warn("token", "Cloudflare does not say whether it is valid: "+err.Error(), "")
		return true
	case status.Status != "active":
		e.fail("token", &problem{class: errCredentials, text: "Cloudflare says that it is " + status.Status}, "roll it, or make a new one, in the dashboard")
		return false
	}
	detail := "active, owned by " + ownerOf(status)
	expires, err := time.Parse(time.RFC3339, status.ExpiresOn)
	left := expires.Sub(e.env.Now())
	switch {
	case err != nil:
		e.ok("token", detail+", never expires")
	case left < 14*24*time.Hour:
		e.warn("token", fmt.Sprintf("%s, expires on %s", detail, expires.Format(time.DateOnly)), "roll it in the dashboard before then")
	default:
		e.ok("token", fmt.Sprintf("%s, expires on %s", detail, expires.Format(time.DateOnly)))
	}
	return true
}

func ownerOf(s cloudflare.TokenStatus) string {
	if s.Owner == "account" {
		return "the account"
	}
	return "a user"
}

// target asks for the first page of every list of the target.
func (e *examination) target(ctx context.Context, client *cloudflare.Client, sel selection, named bool) {
	if !named {
		text := "no target is named"
		if accounts, err := client.ListAccounts(ctx); err == nil && len(accounts) > 0 {
			text += "; the credentials reach"
			for _, a := range accounts {
				text += fmt.Sprintf(" account:%s (%s)", a.ID, a.Name)
			}
		}
		e.fail("target", errors.New(text), "export CLOUDFLARE_ACCOUNT_ID=…, or --account ID")
		return
	}
	src := client.Source(sel.target)
	name, err := src.Name(ctx)
	switch {
	case errors.Is(err, snapshot.ErrForbidden):
		e.warn("target", sel.target.String()+": its name may not be read", "give the token Account Settings Read (Zone Read for a zone), or live with the id")
	case err != nil:
		e.fail("target", err, "is the id right? The dashboard's address shows it")
		return
	default:
		e.ok("target", sel.target.String()+", "+name)
	}
	for _, kind := range []snapshot.Kind{snapshot.Organization, snapshot.IdentityProvider} {
		look := e.probe(ctx, src, snapshot.Collection{Kind: kind})
		if kind == snapshot.IdentityProvider && sel.target.Scope == snapshot.Account {
			e.scim(ctx, src, look)
		}
	}
	for _, kind := range []snapshot.Kind{snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup} {
		e.probe(ctx, src, snapshot.Collection{Kind: kind})
	}
}

func (e *examination) scim(ctx context.Context, src snapshot.Source, providers *peek) {
	if providers.failed {
		e.warn("read SCIM", "not tried: the providers could not be read", "mend that first")
		return
	}
	if providers.scim == "" {
		e.ok("read SCIM", "no provider has SCIM on")
		return
	}
	for _, kind := range []snapshot.Kind{snapshot.SCIMUser, snapshot.SCIMGroup} {
		e.probe(ctx, src, snapshot.Collection{Kind: kind, Provider: providers.scim})
	}
}

// probe asks for the first page of a collection.
func (e *examination) probe(ctx context.Context, src snapshot.Source, c snapshot.Collection) *peek {
	look := new(peek)
	err := src.Read(ctx, c, look)
	name := "read " + string(c.Kind)
	look.failed = err != nil && !errors.Is(err, errSeen)
	switch {
	case err == nil, errors.Is(err, errSeen):
		e.ok(name, "permitted")
	case errors.Is(err, snapshot.ErrUnsupported):
		e.ok(name, "not for a "+string(src.Target().Scope))
	case errors.Is(err, snapshot.ErrForbidden) && c.Kind.IsReference():
		e.warn(name, err.Error(), "give the token that permission, or use --no-references: snapshots skip them")
	case errors.Is(err, snapshot.ErrForbidden):
		e.fail(name, err, "give the token that permission in the dashboard")
	case errors.Is(err, cloudflare.ErrNotEnabled):
		e.fail(name, err, "is this the right target? Zero Trust has to be set up there first")
	default:
		e.fail(name, err, "")
	}
	return look
}

// errSeen ends a reading of which the first page is enough.
var errSeen = errors.New("seen enough")

// peek is a Listing that wants one page only. Of providers it notes one that has
// SCIM on.
type peek struct {
	mu     sync.Mutex
	scim   string
	failed bool // nothing was seen
}

func (p *peek) Page(elements []snapshot.Element) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, el := range elements {
		var provider struct {
			SCIM struct {
				Enabled bool `json:"enabled"`
			} `json:"scim_config"`
		}
		if p.scim == "" && json.Unmarshal(el.JSON, &provider) == nil && provider.SCIM.Enabled {
			p.scim = el.ID
		}
	}
	return len(elements), errSeen
}

func (p *peek) Restart() {}

// clockWatch compares the answers' Date with the clock here.
type clockWatch struct {
	mu    sync.Mutex
	known bool
	skew  time.Duration // how far the clock here is ahead
}

func (w *clockWatch) wrap(now func() time.Time) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
				w.mu.Lock()
				w.known, w.skew = true, now().Sub(date)
				w.mu.Unlock()
			}
			return resp, nil
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func (e *examination) clock(w *clockWatch) {
	const most = 30 * time.Second // what the time of a snapshot may be wrong by
	switch skew := w.skew.Round(time.Second); {
	case !w.known:
		e.warn("clock", "the API told no time to compare with", "")
	case skew > most:
		e.warn("clock", fmt.Sprintf("%s ahead of the API's", skew), "set the clock (NTP): snapshots are dated by it")
	case skew < -most:
		e.warn("clock", fmt.Sprintf("%s behind the API's", -skew), "set the clock (NTP): snapshots are dated by it")
	default:
		e.ok("clock", "agrees with the API's")
	}
}

func (e *examination) budget(s cloudflare.BudgetStatus) {
	detail := fmt.Sprintf("%d of %d requests left", s.Left, s.Quota)
	switch {
	case !s.Known:
		e.ok("rate budget", fmt.Sprintf("the API tells none: %d requests in 5 minutes are assumed", s.Quota))
	case float64(s.Left) < defaultReserve*float64(s.Quota):
		e.warn("rate budget", fmt.Sprintf("%s, more in %s", detail, s.Reset.Round(time.Second)), "something else uses the same credentials: wait, or find it")
	default:
		e.ok("rate budget", detail)
	}
}
