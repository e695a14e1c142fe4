package migrate

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// role says what a provider is named for.
type role int

const (
	roleAllowed role = iota // people may sign in with it
	roleSCIM                // users are provisioned to the app from it
	roleClaim               // a claim of a SaaS app is taken from it
	roleInclude             // rules of a policy or group
	roleExclude
	roleRequire
	roleOther // where no documented field names a provider
)

// spot is one place in a document where a provider is named.
type spot struct {
	id     string
	path   string // JSON Pointer
	key    bool   // the id is the name of the member there, not its value
	role   role
	policy string // JSON Pointer to the policy, within an app, whose rule it is; "" elsewhere
}

// ruleLists are the lists of rules that policies and groups have.
var ruleLists = []struct {
	name string
	role role
}{{"include", roleInclude}, {"exclude", roleExclude}, {"require", roleRequire}}

// olderRules are the rules that named a provider by connection_id before they did by
// identity_provider_id (Terraform's provider for Cloudflare, issue 682).
var olderRules = []string{"azureAD", "auth_context", "github-organization", "gsuite", "okta", "saml", "oidc"}

// mentions gives the ids of providers that an app, policy or group names where the
// API documents that it does, and the JSON Pointers to where.
func mentions(r snapshot.Resource) map[string][]string { return mentionsOf(r, nil) }

// mentionsOf gives what mentions does and, as a second line, every other place that
// holds the id of a known provider: Cloudflare adds fields without notice, and ids
// are no words that would stand there by chance.
func mentionsOf(r snapshot.Resource, known map[string]bool) map[string][]string {
	all := map[string][]string{}
	for _, s := range spotsIn(r, known) {
		if !slices.Contains(all[s.id], s.path) {
			all[s.id] = append(all[s.id], s.path)
		}
	}
	return all
}

// ReferencesTo are the apps, policies and groups of the list that name a provider for
// whose id want says true, in display order. The names are those of all providers
// that are known, by id.
func ReferencesTo(list []snapshot.Resource, names map[string]string, want func(id string) bool) []Reference {
	known := map[string]bool{}
	for id := range names {
		known[id] = want(id)
	}
	return references(list, names, known, want)
}

// Dangling are the apps, policies and groups that name, where the API documents that
// they do, a provider that is none of those given.
func Dangling(list, providers []snapshot.Resource) []Reference {
	have := map[string]bool{}
	for _, p := range providers {
		have[p.ID] = true
	}
	return references(list, nil, nil, func(id string) bool { return !have[id] })
}

func references(list []snapshot.Resource, names map[string]string, known map[string]bool, want func(string) bool) []Reference {
	var all []Reference
	for _, r := range list {
		ref := Reference{Kind: r.Kind, ID: r.ID, Name: r.Name()}
		for id, at := range mentionsOf(r, known) {
			if want(id) {
				ref.Providers = append(ref.Providers, Mention{ID: id, Name: names[id], Paths: at})
			}
		}
		if ref.Providers == nil {
			continue
		}
		slices.SortFunc(ref.Providers, func(a, b Mention) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		all = append(all, ref)
	}
	slices.SortStableFunc(all, func(a, b Reference) int {
		return cmp.Or(cmp.Compare(rankOf(a.Kind), rankOf(b.Kind)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// rankOf is the place of a kind in display order.
func rankOf(k snapshot.Kind) int { return slices.Index(snapshot.Kinds(), k) }

// finder collects spots.
type finder struct {
	spots []spot
	seen  map[spot]bool // of each its path and key alone
}

// spotsIn finds all places in which an app, policy or group names a provider: the
// documented ones first, then those that hold the id of a known one.
func spotsIn(r snapshot.Resource, known map[string]bool) []spot {
	if !r.Kind.IsReference() {
		return nil
	}
	f := finder{seen: map[spot]bool{}}
	if r.Kind == snapshot.AccessApp {
		f.app(r.Document)
	} else {
		f.rules(json.RawMessage(r.Document), "", "")
	}
	if len(known) > 0 {
		f.rest(json.RawMessage(r.Document), "", known)
	}
	return f.spots
}

func (f *finder) add(s spot) {
	place := spot{path: s.path, key: s.key}
	if s.id == "" || f.seen[place] {
		return
	}
	f.seen[place] = true
	f.spots = append(f.spots, s)
}

// app looks where the OpenAPI schema has ids of providers in apps.
func (f *finder) app(d []byte) {
	for i, v := range elementsOf(at(d, "/allowed_idps")) {
		f.add(spot{id: textOf(v), path: element("/allowed_idps", i), role: roleAllowed})
	}
	f.add(spot{id: textAt(d, "/scim_config/idp_uid"), path: "/scim_config/idp_uid", role: roleSCIM})
	for _, list := range []string{"/saas_app/custom_claims", "/saas_app/custom_attributes"} {
		for i, v := range elementsOf(at(d, list)) {
			f.claim(at(v, "/source/name_by_idp"), element(list, i)+"/source/name_by_idp")
		}
	}
	for i, v := range elementsOf(at(d, "/policies")) {
		policy := element("/policies", i)
		f.rules(v, policy, policy)
	}
}

// claim reads name_by_idp. Claims of OIDC have a map by the ids of providers,
// attributes of SAML a list (OpenAPI); either is understood in both.
func (f *finder) claim(names json.RawMessage, path string) {
	for _, m := range membersOf(names) {
		f.add(spot{id: m.name, path: below(path, m.name), key: true, role: roleClaim})
	}
	for i, v := range elementsOf(names) {
		f.add(spot{id: textAt(v, "/idp_id"), path: element(path, i) + "/idp_id", role: roleClaim})
	}
}

// rules reads the lists of rules of a policy or group.
func (f *finder) rules(owner json.RawMessage, path, policy string) {
	for _, list := range ruleLists {
		for i, rule := range elementsOf(child(owner, list.name)) {
			for _, m := range membersOf(rule) {
				here := below(element(below(path, list.name), i), m.name)
				found := spot{role: list.role, policy: policy}
				if m.name == "login_method" {
					found.id, found.path = textAt(m.value, "/id"), here+"/id"
					f.add(found)
					continue
				}
				// Whatever the rule, this field says that it names a provider.
				found.id, found.path = textAt(m.value, "/identity_provider_id"), here+"/identity_provider_id"
				f.add(found)
				if slices.Contains(olderRules, m.name) {
					found.id, found.path = textAt(m.value, "/connection_id"), here+"/connection_id"
					f.add(found)
				}
			}
		}
	}
}

// rest looks at every string and every name.
func (f *finder) rest(value json.RawMessage, path string, known map[string]bool) {
	if s := textOf(value); known[s] {
		f.add(spot{id: s, path: path, role: roleOther})
	}
	for _, m := range sorted(membersOf(value)) {
		here := below(path, m.name)
		if here == "/id" || here == "/uid" { // what the thing itself is called
			continue
		}
		if known[m.name] {
			f.add(spot{id: m.name, path: here, key: true, role: roleOther})
		}
		f.rest(m.value, here, known)
	}
	for i, v := range elementsOf(value) {
		f.rest(v, element(path, i), known)
	}
}
