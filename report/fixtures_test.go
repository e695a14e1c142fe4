package report

import (
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

const (
	account = "f037e56e89293a057740de681ac9abbe"
	okta    = "2d1c3f70-5c44-4f57-9e0a-9f1f4f6f2a01"
	entra   = "3133c0fe-e89c-45ad-a862-e1aa4b321b95"
	pin     = "df769912-7f47-4faf-a58f-8cb669ee95c3"
)

var night = time.Date(2026, 6, 30, 2, 0, 3, 0, time.UTC)

func id(b byte) string { return strings.Repeat(fmt.Sprintf("%02x", b), 32) }

func capture(k snapshot.Kind, count, added, changed, removed int) snapshot.Capture {
	return snapshot.Capture{
		Collection: snapshot.Collection{Kind: k}, Status: snapshot.Complete,
		Count: count, Added: added, Changed: changed, Removed: removed,
	}
}

func of(c snapshot.Capture, provider, name string, active int) snapshot.Capture {
	c.Provider, c.ProviderName, c.Active = provider, name, active
	return c
}

func not(status snapshot.Status, why string, c snapshot.Capture) snapshot.Capture {
	return snapshot.Capture{Collection: c.Collection, ProviderName: c.ProviderName, Status: status, Error: why}
}

func ordinary() snapshot.Snapshot {
	return snapshot.Snapshot{
		ID: id(0x3f), Target: snapshot.Target{Scope: snapshot.Account, ID: account}, TargetName: "Example Corp",
		TakenAt: night, FinishedAt: night.Add(251 * time.Second), Requests: 1034, Tool: "1.0.0", Host: "api.cloudflare.com",
		Captures: []snapshot.Capture{
			capture(snapshot.Organization, 1, 0, 0, 0),
			capture(snapshot.IdentityProvider, 4, 1, 0, 0),
			of(capture(snapshot.SCIMUser, 98231, 40, 12, 3), okta, "Corp Okta", 97002),
			of(capture(snapshot.SCIMUser, 2, 0, 0, 0), entra, "Entra for contractors", 1),
			of(capture(snapshot.SCIMGroup, 2000, 0, 1, 0), okta, "Corp Okta", 0),
			of(capture(snapshot.SCIMGroup, 0, 0, 0, 0), entra, "Entra for contractors", 0),
			capture(snapshot.AccessApp, 2, 0, 0, 0),
			capture(snapshot.AccessPolicy, 1, 0, 0, 0),
			capture(snapshot.AccessGroup, 0, 0, 0, 0),
		},
	}
}

func partial() snapshot.Snapshot {
	sn := ordinary()
	sn.ID, sn.TakenAt, sn.FinishedAt = id(0xa7), night.AddDate(0, 0, 1), night.AddDate(0, 0, 1).Add(4300*time.Millisecond)
	sn.Requests, sn.Note = 1, "before the Okta cut-over, CHG-2291"
	sn.Captures[2] = not(snapshot.Failed, "changed while listing: 98231 users announced, 98230 read, three times over (GET /accounts/"+
		account+"/access/identity_providers/"+okta+"/scim/users, CF-Ray 8f1d2c3b4a5e6f70-FRA)", sn.Captures[2])
	sn.Captures[4].Changed = 0
	sn.Captures[1].Added = 0
	for i := 6; i < 9; i++ {
		sn.Captures[i] = not(snapshot.Skipped, "not permitted", sn.Captures[i])
	}
	return sn
}

// refused is a night on which a token had lost a permission, so that many lists
// failed for one cause, and one for another.
func refused() snapshot.Snapshot {
	sn := ordinary()
	for i, ray := range map[int]string{2: "8f1d", 3: "8f1e", 4: "8f1f", 5: "8f20"} {
		c := sn.Captures[i]
		sn.Captures[i] = not(snapshot.Failed, "GET /accounts/"+account+"/access/identity_providers/"+c.Provider+"/scim/x: 403 Forbidden: 10000 Authentication error (CF-Ray "+
			ray+`-FRA); the token needs "Access: Organizations, Identity Providers, and Groups Read"`, c)
	}
	sn.Captures[8] = not(snapshot.Failed, "GET /accounts/"+account+"/access/groups: 502 Bad Gateway: a page of HTML (CF-Ray 8f21-FRA, 6 tries)", sn.Captures[8])
	return sn
}

func safety() snapshot.Snapshot {
	sn := ordinary()
	sn.ID, sn.Origin, sn.Note, sn.TakenAt = id(0x01), snapshot.Safety, "before restoring 3f3f3f3f", night.Add(7*time.Hour)
	for i := range sn.Captures {
		sn.Captures[i].Added, sn.Captures[i].Changed, sn.Captures[i].Removed = 0, 0, 0
	}
	return sn
}

func zone() snapshot.Snapshot {
	return snapshot.Snapshot{
		ID: id(0xee), Target: snapshot.Target{Scope: snapshot.Zone, ID: "0da42c8d2132a9ddaf714f9e7c920711"},
		TakenAt: night, FinishedAt: night.Add(time.Second), Requests: 5,
		Captures: []snapshot.Capture{
			capture(snapshot.Organization, 1, 1, 0, 0),
			capture(snapshot.IdentityProvider, 1, 1, 0, 0),
			not(snapshot.Unsupported, "no such list at Cloudflare", of(capture(snapshot.SCIMUser, 0, 0, 0, 0), entra, "Entra", 0)),
			not(snapshot.Unsupported, "no such list at Cloudflare", of(capture(snapshot.SCIMGroup, 0, 0, 0, 0), entra, "Entra", 0)),
		},
	}
}

func empty() snapshot.Snapshot {
	return snapshot.Snapshot{
		Target: snapshot.Target{Scope: snapshot.Account, ID: account}, TakenAt: night,
		Captures: []snapshot.Capture{capture(snapshot.Organization, 0, 0, 0, 0), capture(snapshot.IdentityProvider, 0, 0, 0, 0)},
	}
}

// hostileNames are what somebody may call a provider, a user or an account to
// deceive whoever reads about it.
var hostileNames = []string{
	"\x1b[2J\x1b[31mred\x1b[0m",
	"two\nlines\r\nSnapshot 00000000 of Nobody",
	"user\u202emoc.live@nimda",
	"zero\u200bwidth\ufeff",
	"\xff\xfebroken",
	"c1 \u009b31m control\u0085",
	"\u3164",
	strings.Repeat("very long ", 40),
	"zalgo" + strings.Repeat("\u0301", 300) + "end",
	"山田　太郎 (営業部)",
	"👩‍👩‍👧 family",
	"",
	`"quoted" <b>&amp;</b> \x1b`,
}

func hostile() snapshot.Snapshot {
	sn := ordinary()
	sn.TargetName, sn.Note, sn.ID = hostileNames[0]+hostileNames[1]+hostileNames[7], hostileNames[1]+hostileNames[2], id(0xbd)
	sn.Captures = sn.Captures[:2]
	for i, name := range hostileNames {
		c := of(capture(snapshot.SCIMUser, i+1, 0, i, 0), fmt.Sprintf("0000-%02d", i), name, i)
		if i%4 == 0 {
			c = not(snapshot.Failed, "GET /x: 500: "+name, c)
		}
		sn.Captures = append(sn.Captures, c)
	}
	return sn
}

func resource(tb testing.TB, k snapshot.Kind, provider, json string) snapshot.Resource {
	tb.Helper()
	d, err := snapshot.NewDocument([]byte(json))
	if err != nil {
		tb.Fatalf("%s: %v", json, err)
	}
	id, err := snapshot.IDOf(k, d)
	if err != nil {
		tb.Fatal(err)
	}
	return snapshot.Resource{Collection: snapshot.Collection{Kind: k, Provider: provider}, ID: id, Document: d}
}

func ordinaryResources(tb testing.TB) []snapshot.Resource {
	tb.Helper()
	user := func(provider, id, name, mail string, active bool) snapshot.Resource {
		return resource(tb, snapshot.SCIMUser, provider, fmt.Sprintf(`{"id":%q,"externalId":"00u-%s","displayName":%q,"active":%v,
			"emails":[{"value":%q,"type":"work","primary":true}],"meta":{"created":"2025-01-01T00:00:00Z","lastModified":"2026-06-29T11:00:00Z"},
			"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`, id, id, name, active, mail))
	}
	return []snapshot.Resource{
		resource(tb, snapshot.Organization, "", `{"auth_domain":"example.cloudflareaccess.com","name":"Example","is_ui_read_only":false}`),
		oktaResource(tb),
		resource(tb, snapshot.IdentityProvider, "", `{"id":"`+entra+`","name":"Entra for contractors","type":"azureAD","config":{"azure_cloud":"default",
			"client_id":"test","directory_id":"b1f7…directory","conditional_access_enabled":false,"support_groups":true},
			"scim_config":{"enabled":true,"identity_update_behavior":"no_action","user_deprovision":false,"seat_deprovision":false}}`),
		samlResource(tb),
		resource(tb, snapshot.IdentityProvider, "", `{"id":"`+pin+`","name":"One-time PIN","type":"onetimepin","config":{"redirect_url":"https://x"}}`),
		user(okta, "u1", "Ada Lovelace", "ada.lovelace@corp.example", true),
		user(okta, "u2", "山田 太郎", "taro.yamada@corp.example", true),
		user(okta, "u3", "Bartholomew Featherstonehaugh-Cholmondeley von und zu Hohenstein", strings.Repeat("bartholomew.", 6)+"hohenstein@corp.example", false),
		user(okta, "u4", "", "no-name@corp.example", true),
		user(entra, "u5", "No Address", "", false),
		resource(tb, snapshot.SCIMGroup, okta, `{"id":"g1","externalId":"00g1","displayName":"Engineering","schemas":[]}`),
		resource(tb, snapshot.SCIMGroup, okta, `{"id":"g2","displayName":"Everyone"}`),
		resource(tb, snapshot.AccessApp, "", `{"id":"a1","name":"Grafana","type":"self_hosted","domain":"grafana.corp.example","allowed_idps":["`+okta+`"]}`),
		resource(tb, snapshot.AccessApp, "", `{"id":"a2","name":"Wiki","type":"self_hosted","domain":"wiki.corp.example","allowed_idps":[],
			"policies":[{"include":[{"azureAD":{"id":"x","identity_provider_id":"`+entra+`"}},{"login_method":{"id":"`+pin+`"}}]}]}`),
		resource(tb, snapshot.AccessPolicy, "", `{"id":"p1","name":"Engineers","decision":"allow","include":[{"okta":{"name":"Engineering","identity_provider_id":"`+okta+`"}}]}`),
	}
}

func oktaResource(tb testing.TB) snapshot.Resource {
	tb.Helper()
	return resource(tb, snapshot.IdentityProvider, "", `{"id":"`+okta+`","uid":"`+okta+`","name":"Corp Okta","type":"okta","version":"3f79ae229bdb0a7fd163df1edbe148f5",
		"config":{"client_id":"0oa1b2c3d4","client_secret":"s3cret","okta_account":"https://corp.okta.com","claims":["email","groups"],"pkce_enabled":true,
		"email_claim_name":"true","redirect_url":"https://example.cloudflareaccess.com/cdn-cgi/access/callback"},
		"future":{"ratio":2.50,"serial":9007199254740993,"note":"<&> and \u2028 and `+"\u2028"+`","a.b":[{"x":null},[]],"empty":{}},
		"scim_config":{"enabled":true,"user_deprovision":true,"seat_deprovision":true,"identity_update_behavior":"automatic",
		"scim_base_url":"https://example.cloudflareaccess.com/scim/`+okta+`","secret":"tok"}}`)
}

func samlResource(tb testing.TB) snapshot.Resource {
	tb.Helper()
	cert, err := os.ReadFile("testdata/certificate.pem")
	if err != nil {
		tb.Fatal(err)
	}
	return resource(tb, snapshot.IdentityProvider, "", `{"id":"s1","name":"Corp SAML","type":"saml","config":{"issuer_url":"https://idp.corp.example",
		"sso_target_url":"https://idp.corp.example/sso","sign_request":false,"idp_public_certs":[`+string(new(writer).encode(string(cert)))+`],
		"header_attributes":[{"attribute_name":"mail","header_name":"X-Mail"}],"attributes":["mail","groups"]}}`)
}

// everyType gives a provider of each of the 15 types, with every field that the
// type is documented to have, and one of a type that nobody knows.
func everyType(tb testing.TB) []snapshot.Resource {
	tb.Helper()
	var all []snapshot.Resource
	types := append(snapshot.Types(), snapshot.TypeInfo{Type: "future-idp", Vendor: "?"})
	for i, info := range types {
		var config []string
		for _, f := range info.Fields {
			name, ok := strings.CutPrefix(f.Path, "/config/")
			if !ok {
				continue
			}
			value := map[snapshot.Value]string{snapshot.Bool: "true", snapshot.Set: `["b","a"]`, snapshot.List: `["c"]`}[f.Value]
			if value == "" {
				value = fmt.Sprintf("%q", "the "+name)
			}
			config = append(config, fmt.Sprintf("%q:%s", name, value))
		}
		name := info.Vendor + " login"
		if info.Type == "future-idp" {
			config = append(config, `"tenant":"t-1"`)
		}
		if info.Type == snapshot.Cloudflare {
			name = ""
		}
		all = append(all, resource(tb, snapshot.IdentityProvider, "", fmt.Sprintf(`{"id":"00000000-0000-0000-0000-0000000000%02d","name":%q,"type":%q,"config":{%s}}`,
			i, name, info.Type, strings.Join(config, ","))))
	}
	return all
}

func hostileResources(tb testing.TB) []snapshot.Resource {
	tb.Helper()
	var all []snapshot.Resource
	for _, k := range []snapshot.Kind{snapshot.IdentityProvider, snapshot.SCIMUser, snapshot.SCIMGroup, snapshot.AccessApp} {
		for i, name := range hostileNames {
			q := strings.TrimSuffix(string(new(writer).encode(strings.ToValidUTF8(name, "?"))), "\n")
			r := resource(tb, k, "", fmt.Sprintf(`{"id":"h%02d","name":%s,"type":%s,"displayName":%s,"externalId":%s,"emails":[{"value":%s}],"config":{%s:%s},"domain":%s}`,
				i, q, q, q, q, q, q, q, q))
			if k.IsSCIM() {
				r.Provider = "0000-07"
			}
			all = append(all, r)
		}
	}
	return all
}

func sequence(list []snapshot.Resource) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		for r := range slices.Values(list) {
			if !yield(r, nil) {
				return
			}
		}
	}
}
