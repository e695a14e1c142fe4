package audit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/snapshot"
)

// personOf reads a SCIM user, in one go: there are many. What is missing, or not as
// documented, stays empty.
func personOf(r snapshot.Resource) person {
	p := person{id: r.ID, active: NotKnown}
	d := memberReader{jsontext.NewDecoder(bytes.NewBuffer(r.Document), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	d.each('{', func(name string) {
		switch name {
		case "displayName":
			p.name = d.text()
		case "userName":
			p.userName = d.text()
		case "externalId":
			p.externalID = d.text()
		case "active":
			if value := d.value(); value.Kind() == 't' || value.Kind() == 'f' {
				p.active = Bool(value.Kind() == 't')
			}
		case "meta":
			d.each('{', func(name string) {
				switch name {
				case "created":
					p.created = d.text()
				case "lastModified":
					p.modified = d.text()
				default:
					d.value()
				}
			})
		case "emails":
			p.readEmails(d)
		default:
			d.value()
		}
	})
	return p
}

// readEmails takes the addresses: the primary one, or the first, is that by which
// people know the user.
func (p *person) readEmails(d memberReader) {
	found := false
	d.each('[', func(string) {
		value, primary := "", false
		d.each('{', func(name string) {
			switch name {
			case "value":
				value = d.text()
			case "primary":
				primary = d.value().Kind() == 't'
			default:
				d.value()
			}
		})
		if !found && (primary || p.email == "") {
			p.email, found = value, primary
		}
		if a := foldAddress(strings.TrimSpace(value)); a != "" && !slices.Contains(p.addresses, a) {
			p.addresses = append(p.addresses, a)
		}
	})
}

// memberReader goes through a document. What is no JSON ends it.
type memberReader struct{ *jsontext.Decoder }

// each calls do for every member of an object, or every element of an array, with the
// decoder before its value, which do is to read. A value of another kind is skipped.
func (d memberReader) each(kind jsontext.Kind, do func(name string)) {
	if d.PeekKind() != kind {
		d.value()
		return
	}
	if _, err := d.ReadToken(); err != nil {
		return
	}
	for {
		next := d.PeekKind()
		if next == '}' || next == ']' {
			_, _ = d.ReadToken() // it was peeked at
		}
		if next == '}' || next == ']' || next == jsontext.KindInvalid {
			return
		}
		name := ""
		if kind == '{' {
			token, err := d.ReadToken()
			if err != nil {
				return
			}
			name = token.String()
		}
		before := d.InputOffset()
		do(name)
		if d.InputOffset() == before { // nothing could be read: it is no JSON
			return
		}
	}
}

// value reads a value; of what is no JSON it gives nothing.
func (d memberReader) value() jsontext.Value {
	v, err := d.ReadValue()
	if err != nil {
		return nil
	}
	return v
}

// text reads a text; of anything else it gives "".
func (d memberReader) text() string {
	v := d.value()
	if v.Kind() != '"' {
		return ""
	}
	return unquoted(v)
}
