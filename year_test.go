package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// The year is a history of 361 nights of one account, from 1 October 2025 to 30
// September 2026, in which all that reports are about happens once at least:
//
//	every 4th day      somebody joins, through Okta and Entra ID in turn
//	every 9th day      somebody leaves
//	14 Nov, 28 Nov     the first user of Okta is deactivated, and active again
//	24 Dec             one of Entra ID marries: another name and e-mail address
//	1 to 3 Jan         the machine was off: no snapshot
//	2 and 3 Feb        PKCE of Okta is switched off and on
//	9 to 15 Mar        the users of Entra ID cannot be read; in that week one joins and two leave
//	1 Apr              a group is added, and on 20 Apr another one is gone
//	20 May             the provider Contractors is deleted, and with it what it had synced
//	1 Jun              Okta no longer deprovisions users
//	14 Jul             the SAML provider has another issuer: critical
//	30 Jul             an app allows every provider; a safety snapshot is taken at noon
//	1 Aug              no snapshot
//	all year           users and groups with hostile names, one address at two providers
const yearAccount = "0c0ffee0c0ffee0c0ffee0c0ffee0c0f"

var (
	yearBegins = time.Date(2025, 10, 1, 2, 0, 5, 0, time.UTC)
	yearEnds   = time.Date(2026, 9, 30, 2, 0, 5, 0, time.UTC)
)

// hostileNames are what people may be called who mean no good.
var hostileNames = []string{
	"=cmd|'/c calc'!A1",
	"<script>alert(1)</script>",
	"\x1b[31mred\x1b[0m \a",
	"\u202egnp.exe",
	fmt.Sprintf("%0350d", 7),
	"two\nlines\r\n| and | pipes `and` ${code} %{if}",
}

// yearDir is where the year's history is, once a test has asked for it; TestMain
// removes it.
var yearDir string

var theYear = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "idpsnap-year-*")
	if err != nil {
		return "", err
	}
	yearDir = dir
	path := filepath.Join(dir, "history.db")
	return path, liveTheYear(context.Background(), path)
})

// year gives a history of the year, a file of the test's own.
func year(t *testing.T) string {
	t.Helper()
	path, err := theYear()
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "history.db")
	copyFile(t, path, to)
	return to
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func liveTheYear(ctx context.Context, path string) (err error) {
	s, err := store.Create(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	w := newYearWorld()
	for at := yearBegins; !at.After(yearEnds); at = at.AddDate(0, 0, 1) {
		w.live(at)
		if w.off {
			continue
		}
		if err := w.night(ctx, s, at, snapshot.Ordinary); err != nil {
			return err
		}
		if at.Format(time.DateOnly) == "2026-07-30" {
			if err := w.night(ctx, s, at.Add(10*time.Hour), snapshot.Safety); err != nil {
				return err
			}
		}
	}
	return nil
}

// yearWorld is the account as it is on one day. It is a snapshot.Source.
type yearWorld struct {
	day       int
	now       time.Time
	providers []*yearProvider
	apps      []map[string]any
	off       bool // the machine that takes snapshots
	failing   string
	seq       int
}

type yearProvider struct {
	id            string
	document      map[string]any
	users, groups []map[string]any
}

func (w *yearWorld) id() string {
	w.seq++
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", w.seq*2654435761&0xffffffff, w.seq)
}

func (w *yearWorld) provider(name, kind string, config map[string]any, scim map[string]any) *yearProvider {
	p := &yearProvider{id: w.id()}
	p.document = map[string]any{"id": p.id, "name": name, "type": kind, "config": config}
	if scim != nil {
		p.document["scim_config"] = scim
	}
	w.providers = append(w.providers, p)
	return p
}

func (w *yearWorld) join(p *yearProvider, name, email string) {
	at := w.now.Add(-9 * time.Hour).Format(time.RFC3339)
	id := w.id()
	p.users = append(p.users, map[string]any{
		"id": id, "active": true, "displayName": name, "externalId": "x" + id[:8],
		"emails":  []any{map[string]any{"value": email, "primary": true, "type": "work"}},
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"meta":    map[string]any{"created": at, "lastModified": at},
	})
}

// touch changes a user, as a provider does: it says when.
func (w *yearWorld) touch(user map[string]any, fields map[string]any) {
	for name, value := range fields {
		user[name] = value
	}
	meta, _ := user["meta"].(map[string]any)
	user["meta"] = map[string]any{"created": meta["created"], "lastModified": w.now.Add(-7 * time.Hour).Format(time.RFC3339)}
}

func (w *yearWorld) group(p *yearProvider, name string) {
	at := w.now.Format(time.RFC3339)
	p.groups = append(p.groups, map[string]any{
		"id": w.id(), "displayName": name, "externalId": "g" + name,
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:Group"},
		"meta":    map[string]any{"created": at, "lastModified": at},
	})
}

func newYearWorld() *yearWorld {
	w := &yearWorld{now: yearBegins.AddDate(0, 0, -30)}
	scim := func() map[string]any {
		return map[string]any{"enabled": true, "user_deprovision": true, "seat_deprovision": true, "identity_update_behavior": "automatic"}
	}
	okta := w.provider("Okta", "okta", map[string]any{"client_id": "0oa1", "okta_account": "https://acme.okta.com", "pkce_enabled": true, "claims": []any{"groups"}}, scim())
	entra := w.provider("Entra ID", "azureAD", map[string]any{"client_id": "7f1c", "directory_id": "d1", "support_groups": true}, scim())
	old := w.provider("Contractors", "onelogin", map[string]any{"client_id": "c1", "onelogin_account": "https://acme.onelogin.com"}, scim())
	w.provider("Partner SAML", "saml", map[string]any{
		"issuer_url": "https://idp.partner.example/saml", "sso_target_url": "https://idp.partner.example/sso",
		"idp_public_certs": []any{yearCertificate}, "sign_request": false,
	}, nil)
	w.provider("", "onetimepin", map[string]any{}, nil)
	for i := range 12 {
		w.join(okta, fmt.Sprintf("Okta Person %02d", i), fmt.Sprintf("okta%02d@acme.example", i))
		w.join(entra, fmt.Sprintf("Entra Person %02d", i), fmt.Sprintf("entra%02d@acme.example", i))
	}
	for i, name := range hostileNames {
		w.join(okta, name, fmt.Sprintf("hostile%d@acme.example", i))
		w.group(okta, name)
	}
	w.join(entra, "Twice There", "okta03@acme.example")
	w.join(entra, "Deploy", "deploy@acme.example")
	for i := range 5 {
		w.join(old, fmt.Sprintf("Contractor %d", i), fmt.Sprintf("contractor%d@agency.example", i))
	}
	for _, name := range []string{"Engineering", "Finance", "Everyone"} {
		w.group(okta, name)
		w.group(entra, name)
	}
	w.apps = []map[string]any{
		{"id": w.id(), "name": "Wiki", "type": "self_hosted", "domain": "wiki.acme.example", "allowed_idps": []any{okta.id, entra.id}, "session_duration": "24h", "auto_redirect_to_identity": false},
		{"id": w.id(), "name": "Payroll", "type": "self_hosted", "domain": "payroll.acme.example", "allowed_idps": []any{okta.id}, "session_duration": "720h", "auto_redirect_to_identity": true},
	}
	return w
}

// yearCertificate is valid until 1 November 2026.
const yearCertificate = `-----BEGIN CERTIFICATE-----
MIIBKjCB0KADAgECAgISZzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDExNpZHAucGFy
dG5lci5leGFtcGxlMB4XDTI0MTEwMTAwMDAwMFoXDTI2MTEwMTAwMDAwMFowHjEc
MBoGA1UEAxMTaWRwLnBhcnRuZXIuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49
AwEHA0IABBbvnQs/eSsGlpcLuSgA84vOkSwGtrA8v1SnnCMXnDJn4wvGDBQ2zsK8
9ONloNRr9T8RZ3+TbmT+rYGkfQRUi4MwCgYIKoZIzj0EAwIDSQAwRgIhAJ76Ef6R
SGfGBpmmF1CflXtnh2Lhi5EKKjJi2GQEzhPTAiEA9gnO4nKwtJkPOGZ2R8v5YWLk
0VBS+b+I8rw6pRiv5LI=
-----END CERTIFICATE-----`

// live is what happens on the day before the night.
func (w *yearWorld) live(at time.Time) {
	w.now, w.off, w.failing = at, false, ""
	w.day++
	okta, entra := w.providers[0], w.providers[1]
	date := at.Format("01-02")
	blind := date >= "03-09" && date <= "03-15"
	if w.day%4 == 0 && !blind {
		p, where := okta, "okta"
		if w.day%8 == 0 {
			p, where = entra, "entra"
		}
		w.join(p, fmt.Sprintf("New %s %03d", where, w.day), fmt.Sprintf("%s-new%03d@acme.example", where, w.day))
	}
	if w.day%9 == 0 && !blind {
		p := okta
		if w.day%18 == 0 {
			p = entra
		}
		p.users = slices.Delete(p.users, 4, 5)
	}
	if blind {
		w.failing = entra.id
	}
	w.date(date, okta, entra)
}

func (w *yearWorld) date(date string, okta, entra *yearProvider) {
	config := func(p *yearProvider) map[string]any { m, _ := p.document["config"].(map[string]any); return m }
	switch date {
	case "11-14":
		w.touch(okta.users[0], map[string]any{"active": false})
	case "11-28":
		w.touch(okta.users[0], map[string]any{"active": true})
	case "12-24":
		w.touch(entra.users[1], map[string]any{"displayName": "Entra Person Married", "emails": []any{map[string]any{"value": "married@acme.example", "primary": true}}})
	case "01-01", "01-02", "01-03", "08-01":
		w.off = true
	case "02-02":
		config(okta)["pkce_enabled"] = false
	case "02-03":
		config(okta)["pkce_enabled"] = true
	case "03-11":
		w.join(entra, "Joined Unseen", "unseen@acme.example")
		entra.users = slices.Delete(entra.users, 2, 4)
	case "04-01":
		w.group(entra, "Auditors")
	case "04-20":
		okta.groups = slices.Delete(okta.groups, len(okta.groups)-1, len(okta.groups))
	case "05-20":
		w.providers = slices.Delete(w.providers, 2, 3)
	case "06-01":
		scim, _ := okta.document["scim_config"].(map[string]any)
		scim["user_deprovision"] = false
	case "07-14":
		config(w.providers[2])["issuer_url"] = "https://login.partner-sso.example/saml"
	case "07-30":
		delete(w.apps[0], "allowed_idps")
	case "08-20":
		w.touch(okta.users[2], map[string]any{"active": false})
	}
}

func (w *yearWorld) night(ctx context.Context, s *store.Store, at time.Time, why snapshot.Origin) error {
	d, err := s.Begin(ctx, w.Target())
	if err != nil {
		return err
	}
	moments := []time.Time{at, at.Add(2 * time.Second)}
	now := func() time.Time { first := moments[0]; moments = moments[1:]; return first }
	sn, err := snapshot.Take(ctx, w, d, snapshot.TakeOptions{Now: now, SCIM: true, References: true, Tool: "v0.0.0-test", Origin: why})
	if err != nil {
		return err
	}
	_, err = d.Commit(ctx, sn)
	return err
}

func (w *yearWorld) Target() snapshot.Target {
	return snapshot.Target{Scope: snapshot.Account, ID: yearAccount}
}
func (w *yearWorld) Name(context.Context) (string, error) { return "Acme", nil }
func (w *yearWorld) Requests() int                        { return 6 + 2*len(w.providers) }
func (w *yearWorld) Host() string                         { return "api.cloudflare.com" }

func (w *yearWorld) Read(_ context.Context, c snapshot.Collection, to snapshot.Listing) error {
	var list []map[string]any
	switch c.Kind {
	case snapshot.Organization:
		list = []map[string]any{{"id": "organization", "name": "Acme", "auth_domain": "acme.cloudflareaccess.com"}}
	case snapshot.IdentityProvider:
		for _, p := range w.providers {
			list = append(list, p.document)
		}
	case snapshot.AccessApp:
		list = w.apps
	case snapshot.AccessPolicy, snapshot.AccessGroup:
	case snapshot.SCIMUser, snapshot.SCIMGroup:
		for _, p := range w.providers {
			if p.id != c.Provider {
				continue
			}
			if list = p.users; c.Kind == snapshot.SCIMGroup {
				list = p.groups
			} else if p.id == w.failing {
				return errors.New("GET …/scim/users: 500 Internal Server Error")
			}
		}
	}
	elements := make([]snapshot.Element, 0, len(list))
	for _, r := range list {
		id, _ := r["id"].(string)
		if c.Kind == snapshot.Organization {
			delete(r, "id")
		}
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		elements = append(elements, snapshot.Element{ID: id, JSON: raw})
	}
	_, err := to.Page(elements)
	return err
}
