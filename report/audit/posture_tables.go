package audit

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

func (p *posture) providers() Table {
	columns := []Column{
		{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
		{Key: "provider_name", Name: "Provider"},
		{Key: "provider_type", Name: "Type", Role: Code, Minor: true},
		{Key: "vendor", Name: "Kind"},
		{Key: "read_only", Name: "Read-only", Minor: true},
		{Key: "endpoints", Name: "Endpoints", Role: Code},
		{Key: "client_id", Name: "Client id", Role: Code, Minor: true},
		{Key: "secret_set", Name: "Secret set", Minor: true},
		{Key: "pkce", Name: "PKCE"},
		{Key: "sign_request", Name: "Requests signed"},
		{Key: "encryption", Name: "Encryption", Minor: true},
		{Key: "conditional_access", Name: "Conditional access", Minor: true},
		{Key: "claims", Name: "Claims and attributes", Minor: true},
		{Key: "scopes", Name: "Scopes", Minor: true},
		{Key: "scim", Name: "SCIM"},
		{Key: "certificates", Name: "Certificates", Minor: true},
		{Key: "certificate_until", Name: "First certificate ends"},
		{Key: "apps_naming", Name: "Apps that allow it"},
		{Key: "apps_allowing_all", Name: "Apps that allow all"},
		{Key: "policies_naming", Name: "Policies naming it", Minor: true},
		{Key: "groups_naming", Name: "Groups naming it", Minor: true},
	}
	var rows [][]Cell
	for _, l := range p.now.lists {
		if l.provider != nil {
			rows = append(rows, p.providerRow(l))
		}
	}
	return Table{
		Name: "providers", Title: "How people sign in", Sheet: "Providers", Empty: "No provider is known.",
		Columns: columns, Rows: fixedRows(rows), Len: len(rows),
	}
}

func (p *posture) providerRow(l *userList) []Cell {
	d := l.provider
	info, _ := snapshot.TypeOf(l.typ())
	// What a type does not have is empty; what may be left out where it is off is no.
	flag := func(name string) Cell {
		if !hasField(info, "/config/"+name) {
			return None
		}
		return Bool(saysTrue(d, "config", name))
	}
	count, until := p.certificateSummary(l)
	_, appsUnread := p.unread[snapshot.AccessApp]
	number := func(n int, k snapshot.Kind) Cell {
		if _, unread := p.unread[k]; unread || appsUnread && k == snapshot.AccessPolicy {
			return NotKnown
		}
		return Number(n)
	}
	scim := scimSettingsOf(d)
	return []Cell{
		Text(l.id), Text(l.called()), Text(string(l.typ())), Text(info.Vendor), Bool(saysTrue(d, "read_only")),
		Text(endpointsOf(d)), Text(textIn(d, "config", "client_id")), secretCell(d, info),
		flag("pkce_enabled"), flag("sign_request"), flag("enable_encryption"), flag("conditional_access_enabled"),
		Text(strings.Join(slices.Concat(textsIn(d, "config", "claims"), textsIn(d, "config", "attributes")), ", ")),
		Text(strings.Join(textsIn(d, "config", "scopes"), ", ")), Bool(scim.enabled), count, until,
		number(p.allowed[l.id], snapshot.AccessApp), number(p.allowAll, snapshot.AccessApp),
		number(p.named[l.id][snapshot.AccessPolicy], snapshot.AccessPolicy), number(p.named[l.id][snapshot.AccessGroup], snapshot.AccessGroup),
	}
}

// certificateSummary is how many certificates a provider has, and when the first of
// them ends.
func (p *posture) certificateSummary(l *userList) (count, until Cell) {
	n := 0
	var first time.Time
	for _, c := range p.certificates {
		if c.list != l || c.own {
			continue
		}
		n++
		if c.cert != nil && (first.IsZero() || c.cert.NotAfter.Before(first)) {
			first = c.cert.NotAfter
		}
	}
	if n == 0 && l.typ() != snapshot.SAML {
		return None, None
	}
	return Number(n), Time(first)
}

func hasField(info snapshot.TypeInfo, path string) bool {
	return slices.ContainsFunc(info.Fields, func(f snapshot.Field) bool { return f.Path == path })
}

// secretCell says whether a provider has its secret. Cloudflare shows of most that have
// one nothing at all: then it is not known.
func secretCell(d snapshot.Document, info snapshot.TypeInfo) Cell {
	switch {
	case textIn(d, "config", "client_secret") == snapshot.Redacted:
		return Bool(true)
	case hasField(info, "/config/client_secret"):
		return NotKnown
	}
	return None
}

// tenantFields name, beside addresses, whose accounts a provider has.
var tenantFields = []string{"directory_id", "azure_cloud", "okta_account", "authorization_server_id", "apps_domain", "onelogin_account", "ping_env_id", "centrify_account", "centrify_app_id"}

// endpointsOf are where a provider sends people, and where Cloudflare asks.
func endpointsOf(d snapshot.Document) string {
	config := valueIn(d, "config")
	var all []string
	for _, name := range namesIn(config) {
		if value := textIn(config, name); value != "" && name != "redirect_url" &&
			(strings.HasSuffix(name, "_url") || slices.Contains(tenantFields, name)) {
			all = append(all, name+"="+value)
		}
	}
	return strings.Join(all, "; ")
}

func (p *posture) apps() Table {
	columns := []Column{
		{Key: "app_id", Name: "App id", Role: Code, Minor: true},
		{Key: "app_name", Name: "App"},
		{Key: "app_type", Name: "Type", Role: Code, Minor: true},
		{Key: "domain", Name: "Domain", Role: Code},
		{Key: "allowed_providers", Name: "Allowed providers"},
		{Key: "auto_redirect", Name: "Redirects by itself", Minor: true},
		{Key: "session_duration", Name: "Session"},
		{Key: "policies", Name: "Policies"},
	}
	var rows [][]Cell
	for _, r := range p.of[snapshot.AccessApp] {
		d := r.Document
		rows = append(rows, []Cell{
			Text(r.ID), Text(r.Name()), Text(textIn(d, "type")), Text(textIn(d, "domain")), Text(p.allowedBy(d)),
			Bool(saysTrue(d, "auto_redirect_to_identity")), Text(textIn(d, "session_duration")), Text(policiesOf(d)),
		})
	}
	t := Table{
		Name: "apps", Title: "Which apps allow which providers", Sheet: "Apps", Empty: "There is no Access app.",
		Columns: columns, Rows: fixedRows(rows), Len: len(rows),
	}
	if why, unread := p.unread[snapshot.AccessApp]; unread {
		t.Empty = "Not known: " + why + "."
	}
	return t
}

// allowedBy names the providers that an app allows. An empty list allows all.
func (p *posture) allowedBy(app snapshot.Document) string {
	var names []string
	for _, id := range textsIn(app, "allowed_idps") {
		names = append(names, p.called(id))
	}
	switch {
	case names != nil:
		return strings.Join(names, ", ")
	case !signsIn(app):
		return ""
	}
	return "all"
}

// policiesOf names an app's policies with what they do: "Staff (allow)".
func policiesOf(app snapshot.Document) string {
	var all []string
	for i, policy := range listIn(app, "policies") {
		var id string
		_ = json.Unmarshal(policy, &id) // reusable ones may stand there by their ids
		name := cmp.Or(textIn(policy, "name"), textIn(policy, "id"), id, "policy "+strconv.Itoa(i+1))
		if decision := textIn(policy, "decision"); decision != "" {
			name += " (" + decision + ")"
		}
		all = append(all, name)
	}
	return strings.Join(all, ", ")
}
