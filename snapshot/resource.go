package snapshot

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Resource is one recorded thing.
type Resource struct {
	Collection
	ID       string
	Document Document
}

// Summary is what people know a resource by.
type Summary struct {
	Name       string // display name; of the organization its name or team domain
	Type       Type   // of a provider
	Email      string // of a SCIM user: the primary address, or the first
	ExternalID string // of a SCIM resource: its id at the provider
	Active     bool   // of a SCIM user
}

// Summary reads a document for what people know it by. A field that is missing or
// of another type than documented stays empty: the document itself is what was
// recorded, and nothing depends on its being well made.
func (r Resource) Summary() Summary {
	var d struct {
		Name        text      `json:"name"`
		Type        text      `json:"type"`
		AuthDomain  text      `json:"auth_domain"`
		DisplayName text      `json:"displayName"`
		ExternalID  text      `json:"externalId"`
		Active      truth     `json:"active"`
		Emails      addresses `json:"emails"`
	}
	if err := json.Unmarshal(r.Document, &d); err != nil {
		return Summary{}
	}
	s := Summary{Name: string(d.Name), Active: bool(d.Active), ExternalID: string(d.ExternalID), Email: d.Emails.primary()}
	switch r.Kind {
	case IdentityProvider:
		s.Type = Type(d.Type)
	case SCIMUser, SCIMGroup:
		s.Name = string(d.DisplayName)
	case Organization:
		if s.Name == "" {
			s.Name = string(d.AuthDomain)
		}
	case AccessApp, AccessPolicy, AccessGroup:
	}
	return s
}

// Name is what people call the resource; a SCIM user without a display name is
// called by the e-mail address.
func (r Resource) Name() string {
	s := r.Summary()
	if s.Name == "" {
		return s.Email
	}
	return s.Name
}

// text, truth and addresses read what they expect and pass over anything else.
type (
	text      string
	truth     bool
	addresses []address
	address   struct {
		Value   text  `json:"value"`
		Primary truth `json:"primary"`
	}
)

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
	}
	return nil
}

func (t *truth) UnmarshalJSON(b []byte) error {
	*t = string(b) == "true"
	return nil
}

func (a *addresses) UnmarshalJSON(b []byte) error {
	var list []address
	if json.Unmarshal(b, &list) == nil {
		*a = list
	}
	return nil
}

func (a addresses) primary() string {
	for _, e := range a {
		if e.Primary {
			return string(e.Value)
		}
	}
	if len(a) > 0 {
		return string(a[0].Value)
	}
	return ""
}

// IDOf reads the id out of a document of the kind. The organization has none at
// Cloudflare: there is one in a target, and it is called by its kind.
func IDOf(k Kind, d Document) (string, error) {
	if k == Organization {
		return string(Organization), nil
	}
	id, ok := d.member("id")
	if !ok {
		return "", fmt.Errorf("a %s without an id", k)
	}
	if len(id) > 2 && id[0] == '"' && bytes.IndexByte(id, '\\') < 0 {
		return string(id[1 : len(id)-1]), nil
	}
	var s string
	if err := json.Unmarshal(id, &s); err != nil || s == "" {
		return "", fmt.Errorf("a %s whose id is %.40s", k, id)
	}
	return s, nil
}

// IsActive reports whether the document says "active": true, as a SCIM user's does.
func (d Document) IsActive() bool {
	v, _ := d.member("active")
	return string(v) == "true"
}

// member finds the value of a member of the document itself, as it is written
// there. It relies on the document being canonical.
func (d Document) member(name string) (value []byte, ok bool) {
	depth, start := 0, 0
	for i := 0; i < len(d); i++ {
		switch d[i] {
		case '"':
			end := i + 1
			for end < len(d) && d[end] != '"' {
				if d[end] == '\\' {
					end++
				}
				end++
			}
			if depth == 1 && start == 0 && end+1 < len(d) && d[end+1] == ':' && string(d[i+1:end]) == name {
				start = end + 2
			}
			i = end
		case '{', '[':
			depth++
		case '}', ']', ',':
			if depth == 1 && start > 0 {
				return d[start:i], true
			}
			if d[i] != ',' {
				depth--
			}
		}
	}
	return nil, false
}
