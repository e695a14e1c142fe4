package cloudflare

import (
	"fmt"
	"net/url"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Permission groups, spelt as the OpenAPI description spells them. The last two
// are from the Cloudflare docs' list of token permissions.
const (
	readProviders   = "Access: Organizations, Identity Providers, and Groups Read"
	writeProviders  = "Access: Organizations, Identity Providers, and Groups Write"
	readReferences  = "Access: Apps and Policies Read"
	writeReferences = "Access: Apps and Policies Write"
	readAccounts    = "Account Settings Read"
	readZones       = "Zone Read"
)

// endpoint is a list or object of the API.
type endpoint struct {
	path  string // below the base URL, escaped
	size  int    // the largest page that it serves; 0: no paging is documented
	read  string // permission
	write string // permission
}

// endpointOf finds where a kind of resource lives.
func endpointOf(t snapshot.Target, c snapshot.Collection) (endpoint, error) {
	base, err := accessPath(t)
	if err != nil {
		return endpoint{}, err
	}
	if c.Kind.IsSCIM() != (c.Provider != "") {
		return endpoint{}, fmt.Errorf("collection %s of %s: only a SCIM collection has a provider, and it must have one", c, t)
	}
	if t.Scope == snapshot.Zone && (c.Kind.IsSCIM() || c.Kind == snapshot.AccessPolicy) {
		return endpoint{}, fmt.Errorf("%w: it exists for accounts only", snapshot.ErrUnsupported)
	}
	switch c.Kind {
	case snapshot.Organization:
		return endpoint{path: base + "/organizations", read: readProviders, write: writeProviders}, nil
	case snapshot.IdentityProvider:
		e := endpoint{path: base + "/identity_providers", size: 1000, read: readProviders, write: writeProviders}
		if t.Scope == snapshot.Zone {
			e.size = 0
		}
		return e, nil
	case snapshot.SCIMUser, snapshot.SCIMGroup:
		provider, err := segment(c.Provider)
		if err != nil {
			return endpoint{}, err
		}
		list := map[snapshot.Kind]string{snapshot.SCIMUser: "users", snapshot.SCIMGroup: "groups"}[c.Kind]
		return endpoint{path: base + "/identity_providers/" + provider + "/scim/" + list, size: 100, read: readProviders}, nil
	case snapshot.AccessApp:
		return endpoint{path: base + "/apps", size: 1000, read: readReferences, write: writeReferences}, nil
	case snapshot.AccessPolicy:
		return endpoint{path: base + "/policies", size: 1000, read: readReferences, write: writeReferences}, nil
	case snapshot.AccessGroup:
		return endpoint{path: base + "/groups", size: 1000, read: readProviders, write: writeProviders}, nil
	default:
		return endpoint{}, fmt.Errorf("collection %s: %w", c, snapshot.ErrUnsupported)
	}
}

// accessPath is where a target's Access resources are.
func accessPath(t snapshot.Target) (string, error) {
	id, err := segment(t.ID)
	if err != nil {
		return "", err
	}
	switch t.Scope {
	case snapshot.Account:
		return "/accounts/" + id + "/access", nil
	case snapshot.Zone:
		return "/zones/" + id + "/access", nil
	default:
		return "", fmt.Errorf("%w: scope %q", snapshot.ErrTarget, t.Scope)
	}
}

// segment makes an id one segment of a path: an id cannot lead elsewhere.
func segment(id string) (string, error) {
	if id == "" || id == "." || id == ".." || len(id) > 256 {
		return "", fmt.Errorf("id %.64q cannot stand in an address", id)
	}
	return url.PathEscape(id), nil
}
