package report

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// compared is a result with how it is printed.
type compared struct {
	result diff.Result
	o      DiffOptions
}

// comparisons are what the golden files of diff show; each is printed in every
// format.
func comparisons(tb testing.TB) map[string]compared {
	tb.Helper()
	wide := DiffOptions{Style: Style{Width: 100}}
	with := func(f func(*DiffOptions)) DiffOptions {
		o := wide
		f(&o)
		return o
	}
	night := eventful(tb)
	return map[string]compared{
		"diff":         {night, wide},
		"diff_narrow":  {night, with(func(o *DiffOptions) { o.Width = 60 })},
		"diff_piped":   {night, with(func(o *DiffOptions) { o.Width = 0 })},
		"diff_color":   {night, with(func(o *DiffOptions) { o.Color = true })},
		"diff_stat":    {night, with(func(o *DiffOptions) { o.Stat = true })},
		"diff_full":    {night, with(func(o *DiffOptions) { o.Full = true })},
		"diff_nothing": {diff.Result{A: night.A, B: night.B}, wide},
		"diff_unknown": {unsure(tb), wide},
		"diff_moved":   {moved(tb), wide},
		"diff_live":    {liveAndFile(tb), wide},
		"diff_unread":  {unreadToo(tb), wide},
		"diff_mass":    {mass(60), wide},
		"diff_gone":    {gone(tb), wide},
		"diff_names":   {namesakes(tb), wide},
		"diff_left":    {namesakes(tb), with(func(o *DiffOptions) { o.Stat = true })},
		"diff_long":    {longValues(tb), with(func(o *DiffOptions) { o.Width = 80 })},
		"diff_hostile": {hostileDiff(tb), wide},
	}
}

// before and after are the states of an eventful night.
func before() diff.State {
	return diff.State{Text: "latest~1", Snapshot: ordinary(), Providers: nil}
}

func after() diff.State {
	sn := ordinary()
	sn.ID, sn.TakenAt = id(0xa7), night.AddDate(0, 0, 1)
	return diff.State{Text: "latest", Snapshot: sn}
}

// changeOf makes a change of one resource that is in both states.
func changeOf(a diff.Action, r snapshot.Resource, fields ...diff.Field) diff.Change {
	ch := diff.Change{Action: a, Collection: r.Collection, ID: r.ID, IDB: r.ID, Summary: r.Summary(), Fields: fields}
	if a == diff.Removed {
		ch.IDB = ""
	}
	for _, f := range fields {
		ch.Severity = max(ch.Severity, f.Severity)
	}
	return ch
}

func because(s diff.Severity, rule, reason string, ch diff.Change) diff.Change {
	ch.Severity, ch.Rule, ch.Reason = s, rule, reason
	return ch
}

func setting(path, before, after string, s diff.Severity, rule, reason string) diff.Field {
	f := diff.Field{Path: path, Severity: s, Rule: rule, Reason: reason}
	if before != "" {
		f.Old = []byte(before)
	}
	if after != "" {
		f.New = []byte(after)
	}
	return f
}

func quoted(s string) string { return string(new(writer).encode(s)) }

// otherCertificate makes a certificate without its first and last line, always the
// same.
func otherCertificate(tb testing.TB) string {
	tb.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "idp.elsewhere.example"},
		NotBefore: night, NotAfter: night.AddDate(2, 0, 0),
	}
	der, err := x509.CreateCertificate(nil, cert, cert, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

// eventful is a night of which everything can be told.
func eventful(tb testing.TB) diff.Result {
	tb.Helper()
	all := ordinaryResources(tb)
	saml, entraIDP, pinIDP, app := all[3], all[2], all[4], all[12]
	a, b := before(), after()
	a.Providers = []snapshot.Resource{all[1], entraIDP, saml}
	b.Providers = []snapshot.Resource{all[1], saml, pinIDP}
	url := "https://idp.corp.example/realms/corp/protocol/saml/sso?tenant=4711&audience=cloudflare-access&binding=post&version="
	from, to := certificateOf(tb, saml), otherCertificate(tb)
	recreated := changeOf(diff.Changed, all[1], setting("/config/pkce_enabled", "", "true", diff.Low, "protection-on", "a protection was switched on"))
	recreated.IDB = "77777777-5c44-4f57-9e0a-9f1f4f6f2a01"
	r := diff.Result{A: a, B: b, Changes: []diff.Change{
		because(diff.High, "provider-recreated", "it has a new id: what names the old one no longer finds it", recreated),
		changeOf(diff.Changed, saml,
			setting("/config/attributes", `["mail","groups","department"]`, `["mail","groups","memberOf"]`, diff.Medium, "claims", "policies may ask for what is not sent any more"),
			setting("/config/header_attributes/0/header_name", `"X-Mail"`, `"X-Email"`, diff.Medium, "claims", "policies may ask for what is not sent any more"),
			setting("/config/idp_public_certs", `[`+from+`]`, `[`+quoted(to)+`]`, diff.Critical, "signing-certificate", "decides whose signature is believed"),
			setting("/config/issuer_url", `"https://idp.corp.example"`, `"https://idp.elsewhere.example"`, diff.Critical, "issuer", "decides whose word is believed"),
			setting("/config/sign_request", `true`, ``, diff.High, "request-signing-off", "requests are not signed any more"),
			setting("/config/sso_target_url", quoted(url+"2"), quoted(strings.Replace(url, "corp/", "elsewhere/", 1)+"3"), diff.Critical, "login-endpoint", "decides where people are sent to sign in"),
			setting("/future/a.b~1c/order", `["first","second"]`, `["second","first"]`, diff.Medium, "provider-setting", "a setting of a sign-in method"),
			setting("/scim_config/secret", `"(redacted)"`, ``, diff.Info, "", "")),
		because(diff.Critical, "provider-removed", "nobody can sign in through it any more", changeOf(diff.Removed, entraIDP,
			setting("/config/client_id", `"test"`, ``, diff.Critical, "", ""), setting("/config/directory_id", `"b1f7…directory"`, ``, diff.Critical, "", ""),
			setting("/name", `"Entra for contractors"`, ``, diff.Critical, "", ""), setting("/type", `"azureAD"`, ``, diff.Critical, "", ""))),
		because(diff.High, "one-time-pin-added", "whoever reads a mailbox can sign in", changeOf(diff.Added, pinIDP,
			setting("/name", ``, `"One-time PIN"`, diff.High, "", ""), setting("/type", ``, `"onetimepin"`, diff.High, "", ""))),
	}}
	r.Changes = append(r.Changes, people(okta, "Corp Okta", 23, 21, 3)...)
	r.Changes = append(r.Changes, people(entra, "Entra for contractors", 0, 0, 1)...)
	group := changeOf(diff.Changed, all[10], setting("/displayName", `"Engineers"`, `"Engineering"`, diff.Low, "synced-group-renamed", "policies may name it"))
	group.ProviderName = "Corp Okta"
	r.Changes = append(r.Changes, group,
		changeOf(diff.Changed, app, setting("/allowed_idps", `["`+okta+`"]`, `["`+okta+`","`+pin+`"]`, diff.High, "app-providers", "decides how people may sign in to it"),
			setting("/session_duration", `"24h"`, `"730h"`, diff.Low, "app-setting", "")),
		because(diff.High, "app-removed", "what it stood before is not guarded any more", changeOf(diff.Removed, all[13],
			setting("/domain", `"wiki.corp.example"`, ``, diff.High, "", ""), setting("/policies", `[{"include":[{"everyone":{}}]}]`, ``, diff.High, "", ""))))
	return r
}

// certificateOf is the certificate of the provider of the fixtures, as JSON.
func certificateOf(tb testing.TB, saml snapshot.Resource) string {
	tb.Helper()
	_, rest, _ := strings.Cut(string(saml.Document), `"idp_public_certs":[`)
	cert, _, ok := strings.Cut(rest, "]")
	if !ok {
		tb.Fatal("the fixture has no certificate")
	}
	return cert
}

// people joined, were deactivated and left.
func people(provider, name string, joined, deactivated, left int) []diff.Change {
	var all []diff.Change
	for action, n := range map[diff.Action]int{diff.Added: joined, diff.Changed: deactivated, diff.Removed: left} {
		for i := range n {
			ch := diff.Change{
				Action: action, Collection: snapshot.Collection{Kind: snapshot.SCIMUser, Provider: provider}, ProviderName: name,
				ID: fmt.Sprintf("%s-%05d", action[:1], i), Rule: "user-" + string(action),
				Summary: snapshot.Summary{Name: fmt.Sprintf("Person %s %d", action, i), Email: fmt.Sprintf("%s.%d@corp.example", action, i), Modified: "2026-06-30T11:00:00Z"},
			}
			if action != diff.Removed {
				ch.IDB = ch.ID
			}
			if action == diff.Changed {
				ch.Fields = []diff.Field{setting("/active", "true", "false", diff.Info, "user-deactivated", "")}
				if i%7 == 0 {
					ch.Severity = diff.Low
					ch.Fields = append(ch.Fields, setting("/emails/0/value", `"old@corp.example"`, `"new@corp.example"`, diff.Low, "user-address", "policies know people by it"))
				}
			}
			all = append(all, ch)
		}
	}
	sortChanges(all)
	return all
}

// mass is a list of which most changed at once.
func mass(n int) diff.Result {
	changes := people(okta, "Corp Okta", 0, n, n/2)
	for i := range changes {
		changes[i] = because(diff.High, "mass-user-change", "90 of 120 (75 %) of the list at once", changes[i])
	}
	return diff.Result{A: before(), B: after(), Changes: changes}
}

// gone is a provider that went with all its users.
func gone(tb testing.TB) diff.Result {
	tb.Helper()
	r := diff.Result{A: before(), B: after(), Changes: eventful(tb).Changes[2:3]}
	r.Changes = append(r.Changes, people(r.Changes[0].ID, "Entra for contractors", 0, 0, MaxListed+5)...)
	return r
}

// unsure is a comparison of which much cannot be told.
func unsure(tb testing.TB) diff.Result {
	tb.Helper()
	r := diff.Result{A: before(), B: after(), Changes: eventful(tb).Changes[:1]}
	r.B.Snapshot.Captures = refused().Captures
	ray := func(s string) string {
		return "in latest failed: GET /accounts/" + account + "/x: 403 Forbidden: 10000 Authentication error (CF-Ray " + s + "-FRA)"
	}
	r.NotCompared = []diff.NotCompared{
		{Collection: snapshot.Collection{Kind: snapshot.IdentityProvider}, Reason: `ambiguous: "Corp SAML" is s1 in latest~1 and s2, s3 in latest`},
		{Collection: snapshot.Collection{Kind: snapshot.SCIMUser, Provider: okta}, ProviderName: "Corp Okta", Reason: ray("8f1d")},
		{Collection: snapshot.Collection{Kind: snapshot.SCIMUser, Provider: entra}, ProviderName: "Entra for contractors", Reason: ray("8f1e")},
		{Collection: snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: okta}, ProviderName: "Corp Okta", Reason: "in latest not read"},
	}
	r.Ambiguous = []diff.Ambiguity{{
		Collection: snapshot.Collection{Kind: snapshot.IdentityProvider}, Name: "Corp SAML", Type: snapshot.SAML,
		A: []string{"s1"}, B: []string{"s2", "s3"},
	}}
	return r
}

// moved are two targets.
func moved(tb testing.TB) diff.Result {
	tb.Helper()
	a, b := before(), after()
	a.Text, b.Text = "prod@2026-06-30", "labs@live"
	b.Snapshot.ID, b.Snapshot.Target.ID, b.Snapshot.TargetName = "", "5a0d0000000000000000000000000002", ""
	ch := changeOf(diff.Changed, oktaResource(tb), setting("/config/claims", `["email","groups"]`, `["email","groups","name"]`, diff.Medium, "claims", "policies may ask for what is not sent any more"))
	ch.IDB = "99999999-5c44-4f57-9e0a-9f1f4f6f2a01"
	return diff.Result{A: a, B: b, Changes: []diff.Change{ch}}
}

func liveAndFile(tb testing.TB) diff.Result {
	tb.Helper()
	r := diff.Result{A: before(), B: after(), Changes: eventful(tb).Changes[3:4]}
	r.A.Text, r.A.Snapshot.ID = "file:prod.json", ""
	r.B.Text, r.B.Snapshot.ID = "live", ""
	return r
}

func unreadToo(tb testing.TB) diff.Result {
	tb.Helper()
	r := diff.Result{A: before(), B: after()}
	for _, k := range []snapshot.Kind{snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup} {
		r.Unread = append(r.Unread, diff.NotCompared{Collection: snapshot.Collection{Kind: k}, Reason: "in latest~1 and in latest skipped: not permitted"})
	}
	r.NotCompared = []diff.NotCompared{{Collection: snapshot.Collection{Kind: snapshot.Organization}, Reason: "in latest failed: 502 Bad Gateway"}}
	return r
}

func sortChanges(list []diff.Change) {
	rank := map[diff.Action]int{diff.Added: 0, diff.Changed: 1, diff.Removed: 2}
	slices.SortFunc(list, func(a, b diff.Change) int {
		if c := rank[a.Action] - rank[b.Action]; c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
}
