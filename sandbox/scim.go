package sandbox

import (
	"net/url"
	"slices"
	"strings"
)

// maxFilterIDs is how many ids one filter may name (OpenAPI).
const maxFilterIDs = 50

// listSCIM lists the users or groups that a provider has synced. The caller holds s.mu.
func (s *Server) listSCIM(t *target, rq *request) (answer, *failure) {
	providers := t.list(KindProvider)
	i := providers.find(rq.route.id)
	if i < 0 {
		return answer{}, notFound()
	}
	query := rq.URL.Query()
	p, refusal := s.page(query, listSCIM)
	if refusal != nil {
		return answer{}, refusal
	}
	if !isTrue(providers.items[i].stored(), "scim_config", "enabled") {
		if s.switched("scim-off-list", "error") {
			return answer{}, invalid("scim is not enabled for this identity provider") // own words
		}
		return s.servePage(nil, p)
	}
	var items []record
	if lists := t.scim[rq.route.id]; lists != nil {
		c := &lists.users
		if rq.route.scim == "groups" {
			c = &lists.groups
		}
		items = s.listed(c, firstPage(query))
	}
	keep, refusal := scimFilter(query, rq.route.scim)
	if refusal != nil {
		return answer{}, refusal
	}
	if keep != nil {
		items = slices.DeleteFunc(slices.Clone(items), func(r record) bool { return !keep(r.view) })
	}
	return s.servePage(items, p)
}

// scimFilter reads the filters of a SCIM list: ids of either side, or names. They exclude one another (OpenAPI).
// How names compare is not documented: here as a whole and without regard to case.
func scimFilter(query url.Values, list string) (func(raw []byte) bool, *failure) {
	filters := map[string]func(raw []byte, wanted []string) bool{
		"cf_resource_id":  func(raw []byte, wanted []string) bool { return slices.Contains(wanted, idOf(raw)) },
		"idp_resource_id": func(raw []byte, wanted []string) bool { return slices.Contains(wanted, getString(raw, "externalId")) },
		"name": func(raw []byte, wanted []string) bool {
			return strings.EqualFold(getString(raw, "displayName"), wanted[0])
		},
	}
	if list == "users" {
		filters["email"] = func(raw []byte, wanted []string) bool { return hasEmail(raw, wanted[0]) }
		filters["username"] = func(raw []byte, wanted []string) bool {
			// The schema has a filter for user names and no field for them.
			return strings.EqualFold(getString(raw, "userName"), wanted[0]) || hasEmail(raw, wanted[0])
		}
	}
	var keep func(raw []byte) bool
	for name, matches := range filters {
		wanted := query[name]
		if len(wanted) == 0 {
			continue
		}
		if keep != nil {
			return nil, invalid("filters are mutually exclusive") // own words
		}
		if len(wanted) > maxFilterIDs {
			return nil, invalid("too many values for " + name) // own words
		}
		keep = func(raw []byte) bool { return matches(raw, wanted) }
	}
	return keep, nil
}

func hasEmail(raw []byte, wanted string) bool {
	emails, _ := get(raw, "emails")
	return slices.ContainsFunc(elements(emails), func(e []byte) bool {
		return strings.EqualFold(getString(e, "value"), wanted)
	})
}
