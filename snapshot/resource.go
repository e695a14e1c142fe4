package snapshot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
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
	// Modified is when the provider of a SCIM resource last wrote it, as Cloudflare
	// has it: meta.lastModified.
	Modified string
}

// Summary reads a document for what people know it by. A field that is missing or
// of another type than documented stays empty: the document itself is what was
// recorded, and nothing depends on its being well made.
func (r Resource) Summary() Summary {
	d := r.Document
	switch r.Kind {
	case SCIMUser, SCIMGroup:
		return r.scim()
	case IdentityProvider:
		return Summary{Name: d.text("name"), Type: Type(d.text("type"))}
	case Organization:
		return Summary{Name: cmp.Or(d.text("name"), d.text("auth_domain"))}
	default:
		return Summary{Name: d.text("name")}
	}
}

// scim reads a SCIM resource in one go: there are many.
func (r Resource) scim() (s Summary) {
	for name, value := range parts(r.Document) {
		switch string(name) {
		case "displayName":
			s.Name = textOf(value)
		case "externalId":
			s.ExternalID = textOf(value)
		case "meta":
			s.Modified = Document(value).text("lastModified")
		case "emails":
			if r.Kind == SCIMUser {
				s.Email = addressOf(value)
			}
		case "active":
			s.Active = r.Kind == SCIMUser && string(value) == "true"
		}
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
	s := textOf(id)
	if s == "" {
		return "", fmt.Errorf("a %s whose id is %.40s", k, id)
	}
	return s, nil
}

// IsActive reports whether the document says "active": true, as a SCIM user's does.
func (d Document) IsActive() bool { return d.says("active") }

// Addresses are all that a SCIM user may be reached or known by: the e-mail
// addresses and, where the provider sends one, the userName. Other resources have
// none.
func (r Resource) Addresses() []string {
	if r.Kind != SCIMUser {
		return nil
	}
	var all []string
	emails, _ := r.Document.member("emails")
	for _, e := range parts(emails) {
		all = append(all, Document(e).text("value"))
	}
	return append(all, r.Document.text("userName"))
}

// addressOf is the primary address of a SCIM user's emails, or the first.
func addressOf(emails []byte) string {
	first := ""
	for _, e := range parts(emails) {
		address := Document(e).text("value")
		if Document(e).says("primary") {
			return address
		}
		first = cmp.Or(first, address)
	}
	return first
}

// text is the string that the member holds, "" where it holds none.
func (d Document) text(name string) string {
	value, _ := d.member(name)
	return textOf(value)
}

// says reports whether the member holds true.
func (d Document) says(name string) bool {
	value, _ := d.member(name)
	return string(value) == "true"
}

// member finds the value of a member of the document itself, as it is written
// there. The name is one that JSON writes without an escape.
func (d Document) member(name string) (value []byte, ok bool) {
	for n, v := range parts(d) {
		if string(n) == name {
			return v, true
		}
	}
	return nil, false
}

// textOf reads a string as JSON has it; of anything else it gives "".
func textOf(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1])
	}
	var s string
	if err := json.Unmarshal(value, &s); err != nil {
		return ""
	}
	return s
}

// parts yields the names and values of an object's members, or the values of an
// array's elements; a value that is neither has no parts. It relies on the value
// being part of a canonical document.
func parts(value []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		var name []byte
		depth, start := 0, 1
		for i := 0; i < len(value); i++ {
			switch value[i] {
			case '"':
				quote := i
				i = endOfString(value, i)
				if depth == 1 && i+1 < len(value) && value[i+1] == ':' {
					name, start = value[quote+1:i], i+2
				}
			case '{', '[':
				depth++
			case '}', ']', ',':
				if depth == 1 && start < i {
					if !yield(name, value[start:i]) {
						return
					}
					start = i + 1
				}
				if value[i] != ',' {
					depth--
				}
			}
		}
	}
}

// endOfString gives the index of the quote that ends the string at value[i], or the
// length of value where none does.
func endOfString(value []byte, i int) int {
	for i++; ; {
		n := bytes.IndexByte(value[min(i, len(value)):], '"')
		if n < 0 {
			return len(value)
		}
		escapes := 0
		for i+n-escapes > i && value[i+n-escapes-1] == '\\' {
			escapes++
		}
		if i += n; escapes%2 == 0 {
			return i
		}
		i++
	}
}
