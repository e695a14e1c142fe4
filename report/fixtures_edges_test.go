package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// namesakes are two providers of one name that went with all their users, and lists
// of others of which nothing is known.
func namesakes(tb testing.TB) diff.Result {
	tb.Helper()
	saml := ordinaryResources(tb)[3]
	r := diff.Result{A: before(), B: after()}
	ids := []string{"b379617e-2eea-4f5e-9571-7357a6114c6d", "c480728f-3ffb-4a6f-a682-8468b7225d7e"}
	for i, id := range ids {
		ch := because(diff.Critical, "provider-removed", "nobody can sign in through it any more", changeOf(diff.Removed, saml,
			setting("/config/sign_request", "true", "", diff.Critical, "", "")))
		ch.ID, ch.Name = id, "SAML"
		r.Changes = append(r.Changes, ch)
		r.NotCompared = append(r.NotCompared, diff.NotCompared{
			Collection: snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: id}, ProviderName: "SAML", Reason: "in latest not read",
		})
		r.Changes = append(r.Changes, people(id, "SAML", 0, 0, 24+i)...)
	}
	r.NotCompared = append(r.NotCompared, diff.NotCompared{
		Collection: snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: okta}, ProviderName: "Corp Okta", Reason: "in latest not read",
	})
	return r
}

// longValues are values of which there is no end, and some that have providers
// inside.
func longValues(tb testing.TB) diff.Result {
	tb.Helper()
	var groups []string
	for i := range 300 {
		groups = append(groups, fmt.Sprintf(`"group %d"`, i))
	}
	list := func(groups []string) string { return "[" + strings.Join(groups, ",") + "]" }
	rule := func(provider string) string {
		return `[{"name":"Engineers who sign in with what they have","include":[{"login_method":{"id":"` + provider + `"}},` +
			`{"okta":{"identity_provider_id":"` + okta + `","name":"engineering"}}],"require":[{"email_domain":{"domain":"corp.example"}}]}]`
	}
	a, b := before(), after()
	a.Providers, b.Providers = ordinaryResources(tb)[1:5], ordinaryResources(tb)[1:5]
	url := "https://idp.corp.example/" + strings.Repeat("path/", 600)
	app := changeOf(diff.Changed, ordinaryResources(tb)[12],
		setting("/policies", rule(okta), rule(pin), diff.High, "app-policies", "decides who may pass"),
		setting("/include", `[{"geo":{"country_code":"DE"}}]`, `[{"login_method":{"id":"`+pin+`"}}]`, diff.Medium, "", ""),
		setting("/groups", list(groups[100:140]), list(groups), diff.Low, "", ""),
		setting("/all", "", list(groups), diff.Low, "", ""),
		setting("/last", quoted(url), quoted(url+"x"), diff.Low, "", ""),
		setting("/new_url", "", quoted(url), diff.Low, "", ""),
		setting("/swapped", quoted(strings.Repeat("ab", 9000)), quoted(strings.Repeat("ab", 9000)+"c"), diff.Low, "", ""))
	gone := changeOf(diff.Removed, ordinaryResources(tb)[13],
		setting("/domain", quoted(url), "", diff.High, "", ""),
		setting("/policies", rule(okta), "", diff.High, "", ""))
	return diff.Result{A: a, B: b, Changes: []diff.Change{app, gone}}
}

// atOnce is a life within one minute, of which the first looks saw nothing.
func atOnce(tb testing.TB) diff.Life {
	tb.Helper()
	look := func(seconds int, b byte) *snapshot.Snapshot {
		sn := ordinary()
		sn.ID, sn.TakenAt = id(b), night.Truncate(time.Minute).Add(time.Duration(seconds)*time.Second)
		return &sn
	}
	saml := ordinaryResources(tb)[3]
	cert := certificateOf(tb, saml)
	var gaps []diff.Gap
	for i := range 5 {
		gaps = append(gaps, diff.Gap{Snapshot: look(i-10, byte(0x10+i)), Reason: "not read"})
	}
	return diff.Life{
		Resource: saml, Target: ordinary().Target, Looks: 4, Gaps: 6, LastLook: look(40, 0x25),
		Events: []diff.Event{
			{Action: diff.Added, After: look(5, 0x20), Gaps: gaps, Fields: []diff.Field{
				setting("/config/idp_public_certs", "", `[`+cert+`,`+quoted(otherCertificate(tb))+`]`, diff.Info, "", ""),
				setting("/config/sign_request", "", "true", diff.Info, "", ""),
			}},
			{
				Action: diff.Changed, Before: look(5, 0x20), After: look(15, 0x22), Severity: diff.High,
				Gaps:   []diff.Gap{{Snapshot: look(10, 0x21), Reason: "not read"}},
				Fields: []diff.Field{setting("/config/sign_request", "true", "false", diff.High, "request-signing-off", "requests are not signed any more")},
			},
			{
				Action: diff.Removed, Before: look(15, 0x22), After: look(30, 0x24), Severity: diff.Critical, Modified: "2026-06-30T02:00:20Z",
				Rule: "provider-removed", Reason: "nobody can sign in through it any more",
			},
		},
	}
}
