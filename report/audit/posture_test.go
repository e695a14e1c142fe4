package audit_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

func posture(t helper, f *fake, q audit.Question) *audit.Report {
	t.Helper()
	r, err := audit.NewPosture(context.Background(), f, q)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

// certificateUntil makes a certificate that ends so long after the first night.
func certificateUntil(t *testing.T, left time.Duration) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(0xbeef), Subject: pkix.Name{CommonName: "idp.acme.com"},
		NotBefore: firstNight.Add(-365 * day), NotAfter: firstNight.Add(left),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func asPEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func withCertificates(certs ...string) *fake {
	f := newFake().provider(snapshot.SAML, "saml", "Partners", object{
		"issuer_url": "https://idp.acme.com", "sso_target_url": "https://idp.acme.com/sso", "sign_request": true, "idp_public_certs": certs,
	})
	f.night()
	return f
}

func TestCertificatesAreReadAsPeoplePasteThem(t *testing.T) {
	der := certificateUntil(t, 400*day)
	text := asPEM(der)
	bare := base64.StdEncoding.EncodeToString(der)
	for name, pasted := range map[string]string{
		"PEM":                 text,
		"bare base64":         bare,
		"base64 in lines":     strings.Join(strings.SplitAfter(bare, "A"), "\n") + "\n",
		"without line breaks": strings.ReplaceAll(text, "\n", ""),
		"with \\n":            strings.ReplaceAll(text, "\n", `\n`),
		"with a preamble":     "Bag Attributes\n  friendlyName: idp\n" + text,
		"DOS lines":           strings.ReplaceAll(text, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			f := withCertificates(pasted)
			same(t, "certificates", rowsIn(t, posture(t, f, f.all()), "certificates"), []map[string]string{{
				"provider_id": "saml", "provider_name": "Partners", "use": "signs what the provider says", "subject": "CN=idp.acme.com",
				"issuer": "CN=idp.acme.com", "serial": "beef", "not_before": "2025-06-01T02:00:00Z", "not_after": "2027-07-06T02:00:00Z", "days_left": "400",
				"sha256": fmt.Sprintf("%x", sha256.Sum256(der)), "problem": "",
			}})
		})
	}
	f := withCertificates(text + text)
	same(t, "two in one", len(rowsIn(t, posture(t, f, f.all()), "certificates")), 2)
}

func TestCertificatesThatEnd(t *testing.T) {
	for name, c := range map[string]struct {
		left []time.Duration
		want []string
	}{
		"long":               {[]time.Duration{90 * day}, nil},
		"soon":               {[]time.Duration{90*day - time.Second}, []string{"medium certificate_expiring a certificate ends in 89 days, on 2026-08-30"}},
		"thirty days":        {[]time.Duration{30 * day}, []string{"medium certificate_expiring a certificate ends in 30 days, on 2026-07-01"}},
		"very soon":          {[]time.Duration{30*day - time.Second}, []string{"high certificate_expiring a certificate ends in 29 days, on 2026-07-01"}},
		"tomorrow":           {[]time.Duration{day}, []string{"high certificate_expiring a certificate ends in 1 day, on 2026-06-02"}},
		"ended":              {[]time.Duration{-time.Second}, []string{"critical certificate_expired a certificate ended on 2026-06-01"}},
		"ended, with a next": {[]time.Duration{-time.Second, 400 * day}, []string{"low certificate_expired a certificate ended on 2026-06-01"}},
		"soon, and so is the next": {[]time.Duration{5 * day, 20 * day}, []string{
			"high certificate_expiring a certificate ends in 20 days, on 2026-06-21", "low certificate_expiring a certificate ends in 5 days, on 2026-06-06",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var certs []string
			for _, left := range c.left {
				certs = append(certs, asPEM(certificateUntil(t, left)))
			}
			f := withCertificates(certs...)
			r := posture(t, f, f.all())
			var got []string
			for _, row := range rowsIn(t, r, "findings") {
				if strings.HasPrefix(row["finding"], "certificate") {
					got = append(got, row["severity"]+" "+row["finding"]+" "+row["what"])
				}
			}
			same(t, "findings", got, c.want)
		})
	}
}

func TestACertificateThatCannotBeReadIsNotKnown(t *testing.T) {
	for _, bad := range []string{"not a certificate", "AAAA", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"} {
		f := withCertificates(bad)
		r := posture(t, f, f.all())
		row := rowsIn(t, r, "certificates")[0]
		if row["not_after"] != "not known" || row["problem"] == "" {
			t.Errorf("%q: %v", bad, row)
		}
		if found := column(rowsIn(t, r, "findings"), "finding"); !slices.Contains(found, "certificate_unreadable") {
			t.Errorf("%q: found %q", bad, found)
		}
	}
}

// organisation is an account as it should not be.
func organisation() *fake {
	f := newFake().okta().
		provider(snapshot.OIDC, "oidc", "Keycloak", object{
			"client_id": "c2", "client_secret": "s3cret-of-keycloak", "auth_url": "https://kc/auth", "token_url": "http://kc/token", "certs_url": "https://kc/certs",
			"scopes": []any{"openid", "email"}, "claims": []any{"groups"}, "pkce_enabled": true, "redirect_url": "http://ignored",
		}).
		provider(snapshot.OneTimePIN, "otp", "One-time PIN", object{}).
		put(snapshot.AccessApp, "", "wiki", object{
			"name": "Wiki", "type": "self_hosted", "domain": "wiki.acme.com", "allowed_idps": []any{"okta", "gone"}, "session_duration": "24h",
			"auto_redirect_to_identity": true, "policies": []any{
				object{"name": "Staff", "decision": "allow", "include": []any{object{"okta": object{"name": "x", "identity_provider_id": "okta"}}}},
				object{"id": "p1", "name": "Admins", "reusable": true, "include": []any{object{"login_method": object{"id": "okta"}}}},
			},
		}).
		put(snapshot.AccessApp, "", "open", object{"name": "Open", "type": "saas", "session_duration": "720h", "policies": []any{"p1"}}).
		put(snapshot.AccessApp, "", "mark", object{"name": "Bookmark", "type": "bookmark"}).
		put(snapshot.AccessPolicy, "", "p1", object{"name": "Admins", "decision": "allow", "include": []any{object{"login_method": object{"id": "okta"}}}}).
		put(snapshot.AccessGroup, "", "g1", object{"name": "Group", "include": []any{object{"okta": object{"name": "x", "identity_provider_id": "okta"}}}})
	f.night()
	return f
}

func TestThePostureOfProvidersAndApps(t *testing.T) {
	f := organisation()
	r := posture(t, f, f.all())
	wellFormed(t, r)
	rows := rowsIn(t, r, "providers")
	same(t, "Keycloak", rows[0], map[string]string{
		"provider_id": "oidc", "provider_name": "Keycloak", "provider_type": "oidc", "vendor": "OpenID Connect", "read_only": "false",
		"endpoints": "auth_url=https://kc/auth; certs_url=https://kc/certs; token_url=http://kc/token", "client_id": "c2", "secret_set": "true",
		"pkce": "true", "sign_request": "", "encryption": "", "conditional_access": "", "claims": "groups", "scopes": "openid, email", "scim": "false",
		"certificates": "", "certificate_until": "", "apps_naming": "0", "apps_allowing_all": "1", "policies_naming": "0", "groups_naming": "0",
	})
	same(t, "others", column(rows[1:], "provider_name", "endpoints", "pkce", "secret_set", "scim", "apps_naming", "policies_naming", "groups_naming"), []string{
		"Okta | okta_account=https://acme.okta.com | false | not known | true | 1 | 2 | 1",
		"One-time PIN |  |  |  | false | 0 | 0 | 0",
	})
	same(t, "apps", column(rowsIn(t, r, "apps"), "app_name", "domain", "allowed_providers", "auto_redirect", "session_duration", "policies"), []string{
		"Bookmark |  |  | false |  | ",
		"Open |  | all | false | 720h | p1",
		"Wiki | wiki.acme.com | Okta, gone (there is no such provider) | true | 24h | Staff (allow), Admins",
	})
	same(t, "findings", column(rowsIn(t, r, "findings"), "severity", "finding", "name", "what"), []string{
		"high | plain_http | Keycloak | token_url is plain http",
		"high | user_deprovision_off | Okta | users are not deprovisioned",
		"high | no_such_provider | Wiki | names a provider that does not exist: gone at /allowed_idps/1",
		"medium | scim_off | Keycloak | SCIM is off",
		"medium | pkce_off | Okta | PKCE is off",
		"medium | one_time_pin | One-time PIN | people may sign in with a one-time PIN by e-mail: 0 apps allow it by name, 1 by allowing every provider",
		"medium | allows_every_provider | Open | every provider is allowed, also those that are added later",
		"medium | long_session | Open | a session lasts 720h",
		"low | no_action_on_updates | Okta | changes of groups have no effect on sessions",
	})
}

func TestPostureOfWhatWasNotRead(t *testing.T) {
	f := organisation()
	f.fail(snapshot.AccessApp, "", "500")
	f.night()
	r := posture(t, f, f.all())
	wellFormed(t, r)
	same(t, "unknown", unknowns(r), []string{"Access apps: failed: 500"})
	same(t, "Okta", column(rowsIn(t, r, "providers")[1:2], "apps_naming", "apps_allowing_all", "policies_naming", "groups_naming"), []string{"not known | not known | not known | 1"})
	for _, row := range rowsIn(t, r, "findings") {
		if row["finding"] == "one_time_pin" && row["what"] != "people may sign in with a one-time PIN by e-mail" {
			t.Errorf("%q", row["what"])
		}
	}
	f.fail(provider, "", "500")
	f.night()
	r = posture(t, f, f.all())
	same(t, "lead", leadOf(r)[0], "high: The identity providers were not read (failed: 500): how people sign in is not known.")
	same(t, "providers", figuresOf(r)["providers"], "not known")
	for _, row := range rowsIn(t, r, "findings") {
		if row["finding"] == "no_such_provider" || strings.Contains(row["what"], "no such provider") {
			t.Errorf("of providers that were not read: %v", row)
		}
	}
	for _, row := range rowsIn(t, r, "apps") {
		if strings.Contains(row["allowed_providers"], "no such") {
			t.Errorf("%v", row)
		}
	}
}

func TestPostureOfSomeProvidersAndSeverities(t *testing.T) {
	f := organisation()
	q := f.all()
	q.Filter = diff.Options{Providers: []string{"keycloak"}, AtLeast: diff.High}
	r := posture(t, f, q)
	same(t, "providers", column(rowsIn(t, r, "providers"), "provider_name"), []string{"Keycloak"})
	same(t, "findings", column(rowsIn(t, r, "findings"), "finding"), []string{"plain_http"})
}

func TestPostureEndsWithTheHistorysError(t *testing.T) {
	f := organisation()
	f.broken = errors.New("disk is gone")
	if _, err := audit.NewPosture(t.Context(), f, f.all()); !errors.Is(err, f.broken) {
		t.Errorf("got %v", err)
	}
	q := f.all()
	q.At = nil
	if _, err := audit.NewPosture(t.Context(), f, q); !errors.Is(err, audit.ErrNoSnapshot) {
		t.Errorf("got %v", err)
	}
}
