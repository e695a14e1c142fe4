package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// Kind names a kind of resource, in the words that `idpsnap show --json` uses.
type Kind string

// The kinds of resources that the sandbox keeps.
const (
	KindOrganization Kind = "organization"
	KindProvider     Kind = "identity_provider"
	KindSCIMUser     Kind = "scim_user"
	KindSCIMGroup    Kind = "scim_group"
	KindApp          Kind = "access_app"
	KindPolicy       Kind = "access_policy"
	KindAccessGroup  Kind = "access_group"
)

var kinds = []Kind{KindOrganization, KindProvider, KindSCIMUser, KindSCIMGroup, KindApp, KindPolicy, KindAccessGroup}

// scim says whether resources of the kind belong to one provider.
func (k Kind) scim() bool { return k == KindSCIMUser || k == KindSCIMGroup }

func checkKind(k Kind) error {
	if !slices.Contains(kinds, k) {
		return fmt.Errorf("unknown kind %q: use one of %s", k, joinKinds())
	}
	return nil
}

func joinKinds() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// listing is how one kind of list is paged.
type listing struct{ standard, least, most int }

// The page sizes: identity providers and SCIM lists, accounts as in the OpenAPI description; apps, groups and
// policies as in recorded answers.
var (
	listProviders = listing{standard: 200, least: 1, most: 1000}
	listSCIM      = listing{standard: 100, least: 1, most: 100}
	listApps      = listing{standard: 1000, least: 1, most: 1000}
	listPolicies  = listing{standard: 100, least: 1, most: 1000}
	listDirectory = listing{standard: 20, least: 5, most: 50}
)
