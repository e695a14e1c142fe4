package report

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/snapshot"
)

// field is one leaf of a document as people are shown it: its dotted path and its
// value, both safe. A list of plain values is a leaf, too.
type field struct{ path, value string }

// fieldsOf gives the leaves of a document in its order, and of what is not JSON
// those that it can read.
func fieldsOf(d snapshot.Document) []field {
	return appendFields(nil, "", jsontext.Value(d))
}

func appendFields(fields []field, path string, v jsontext.Value) []field {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	kind := dec.PeekKind()
	if (kind != '{' && kind != '[') || isPlain(v) {
		return append(fields, field{path, valueText(v)})
	}
	if _, err := dec.ReadToken(); err != nil {
		return fields
	}
	for i := 0; ; i++ {
		k := dec.PeekKind()
		if k == '}' || k == ']' {
			return fields
		}
		step := strconv.Itoa(i)
		if kind == '{' {
			name, err := dec.ReadToken()
			if err != nil {
				return fields
			}
			step = stepName(name.String())
		}
		value, err := dec.ReadValue()
		if err != nil {
			return fields
		}
		below := step
		if path != "" {
			below = path + "." + step
		}
		fields = appendFields(fields, below, value.Clone())
	}
}

// isPlain reports whether an object is empty, or a list has neither objects nor
// lists in it.
func isPlain(v jsontext.Value) bool {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	if t, err := dec.ReadToken(); err != nil || t.Kind() == '{' {
		return err == nil && dec.PeekKind() == '}'
	}
	for dec.PeekKind() != ']' {
		if t, err := dec.ReadToken(); err != nil || t.Kind() == '{' || t.Kind() == '[' {
			return false
		}
	}
	return true
}

// valueText writes a value for people: strings without quotes where no doubt is left.
func valueText(v jsontext.Value) string {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	t, err := dec.ReadToken()
	if err != nil {
		return Safe(string(v))
	}
	switch k := t.Kind(); {
	case k == '"':
		return showString(t.String())
	case k == '{' && dec.PeekKind() == '}':
		return "{}"
	case k == '[':
		var parts []string
		for _, element := range elementsOf(v) {
			parts = append(parts, valueText(element))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return Safe(string(bytes.TrimSpace(v)))
}

// elementsOf gives the elements of a list, and of what is not JSON those that it
// can read.
func elementsOf(v jsontext.Value) []jsontext.Value {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	var list []jsontext.Value
	for dec.PeekKind() != ']' {
		element, err := dec.ReadValue()
		if err != nil {
			break
		}
		list = append(list, element.Clone())
	}
	return list
}

// plainList gives the elements of a list of plain values; ok is false for anything
// else.
func plainList(v jsontext.Value) (list []jsontext.Value, ok bool) {
	if v.Kind() != '[' || !isPlain(v) {
		return nil, false
	}
	return elementsOf(v), true
}

func showString(s string) string {
	if c := certificate(s); c != "" {
		return c
	}
	if jsontext.Value(s).IsValid() || s == "" || strings.TrimSpace(s) != s {
		return `"` + Safe(s) + `"`
	}
	return Safe(s)
}

// certificateText begins what is said of a certificate.
const certificateText = "certificate valid until "

// certificate says how long the certificate s is valid, whose it is and, since two
// may agree in that, the beginning of its fingerprint; or gives "" if s is none. It
// knows PEM, and PEM without its first and last line.
func certificate(s string) string {
	if len(s) < 200 {
		return ""
	}
	var der []byte
	if block, _ := pem.Decode([]byte(s)); block != nil {
		der = block.Bytes
	} else if b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), "")); err == nil {
		der = b
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(c.Raw)
	return certificateText + c.NotAfter.UTC().Format(time.DateOnly) + " for " + Safe(c.Subject.String()) +
		", SHA-256 " + hex.EncodeToString(sum[:8])
}

// leaf finds the value at a path, or gives "" where there is none or it is empty.
func leaf(fields []field, path string) string {
	for _, f := range fields {
		if f.path == path && f.value != `""` {
			return f.value
		}
	}
	return ""
}

// settingPaths tells which leaves of a resource a person chose.
func settingPaths(r snapshot.Resource) map[string]bool {
	set := map[string]bool{}
	settings, err := snapshot.Settings(r.Kind, r.Document)
	if err != nil {
		return set // not JSON: there is little to show, and nothing to sort
	}
	for _, f := range fieldsOf(settings) {
		set[f.path] = true
	}
	return set
}

// scimLine sums up scim_config: "on (user_deprovision, seat_deprovision)", "off",
// or "" where there is none.
func scimLine(fields []field) string {
	state, more := "", []string(nil)
	for _, f := range fields {
		name, ok := strings.CutPrefix(f.path, "scim_config.")
		switch {
		case !ok || name == "scim_base_url" || name == "secret":
		case name == "enabled":
			state = map[string]string{"true": "on"}[f.value]
			if state == "" {
				state = "off"
			}
		case f.value == "true":
			more = append(more, name)
		case f.value != "false" && f.value != "null":
			more = append(more, name+" "+f.value)
		}
	}
	if state == "on" && len(more) > 0 {
		state += " (" + strings.Join(more, ", ") + ")"
	}
	return state
}

// mentioned lists the ids, of those given, that occur in a document as a string or
// as a name, each once, in the order in which they occur.
func mentioned(d snapshot.Document, ids map[string]string) []string {
	var found []string
	seen := map[string]bool{}
	dec := jsontext.NewDecoder(bytes.NewReader(d), jsontext.AllowDuplicateNames(true))
	for {
		t, err := dec.ReadToken()
		if err != nil {
			return found
		}
		if t.Kind() != '"' {
			continue
		}
		if id := t.String(); ids[id] != "" && !seen[id] {
			seen[id] = true
			found = append(found, id)
		}
	}
}
