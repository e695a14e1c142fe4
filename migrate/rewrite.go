package migrate

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// rewritten is the document of an app, policy or group with ids of providers
// replaced, and whether there was one to replace. An id counts where it names a
// provider, never inside another text.
func rewritten(r snapshot.Resource, ids map[string]string) (snapshot.Document, bool, error) {
	raw, changed, err := replaced(r, ids)
	if err != nil || !changed {
		return r.Document, false, err
	}
	// Names may have changed places, and a document is sorted.
	d, err := snapshot.NewDocument(raw)
	if err != nil {
		return r.Document, false, fmt.Errorf("replace ids of providers in %s %q: %w", r.Kind, r.Name(), err)
	}
	return d, true, nil
}

// uuid is what ids of providers look like (recorded). Only such a one is replaced
// where no documented field holds it: anything shorter might be a word.
var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// replacement is what is to stand in a document instead, by JSON Pointer.
type replacement struct {
	names, values map[string]string
}

func replaced(r snapshot.Resource, ids map[string]string) ([]byte, bool, error) {
	known := map[string]bool{}
	for old, updated := range ids {
		if old != updated {
			known[old] = true
		}
	}
	to := replacement{names: map[string]string{}, values: map[string]string{}}
	for _, s := range spotsIn(r, known) {
		if !known[s.id] || s.role == roleOther && (s.key || !uuid.MatchString(s.id)) {
			continue
		}
		if ids[s.id] == "" {
			return nil, false, fmt.Errorf("replace %s in %s %q: what it becomes is not known yet", s.id, r.Kind, r.Name())
		}
		if s.key {
			to.names[s.path] = ids[s.id]
		} else {
			to.values[s.path] = ids[s.id]
		}
	}
	if len(to.names)+len(to.values) == 0 {
		return r.Document, false, nil
	}
	out, err := to.in(json.RawMessage(r.Document), "")
	if err != nil {
		return nil, false, fmt.Errorf("replace ids of providers in %s %q: %w", r.Kind, r.Name(), err)
	}
	return out, true, nil
}

// in makes the replacements in the value at the path. Paths are those of the document
// as it was, so that two ids may change places.
func (to replacement) in(value json.RawMessage, path string) (json.RawMessage, error) {
	switch kindOf(value) {
	case '"':
		if id, ok := to.values[path]; ok {
			return encode(id)
		}
	case '{':
		members := membersOf(value)
		names := map[string]bool{}
		for i, m := range members {
			here := below(path, m.name)
			var err error
			if members[i].value, err = to.in(m.value, here); err != nil {
				return nil, err
			}
			if id, ok := to.names[here]; ok {
				members[i].name = id
				if members[i].text, err = nameText(id); err != nil {
					return nil, err
				}
			}
			if names[members[i].name] {
				return nil, fmt.Errorf("%s would have %q twice", path, members[i].name)
			}
			names[members[i].name] = true
		}
		return object(members), nil
	case '[':
		list := elementsOf(value)
		distinct := len(once(list)) == len(list)
		for i, v := range list {
			var err error
			if list[i], err = to.in(v, element(path, i)); err != nil {
				return nil, err
			}
		}
		if path == "/allowed_idps" && distinct {
			list = once(list) // two providers may have become one
		}
		return array(list), nil
	}
	return value, nil
}

// once is the list without repetitions.
func once(list []json.RawMessage) []json.RawMessage {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(v json.RawMessage) bool {
		was := seen[string(v)]
		seen[string(v)] = true
		return was
	})
}

// referenceBody is what is sent to Cloudflare to replace ids of providers in an app,
// policy or group: all of the document, false, null and empty values, too, because a
// PUT replaces the whole (Cloudflare docs). What Cloudflare computes is left out, and
// so are the secrets: the document holds marks in their place, see withheld.
func referenceBody(r snapshot.Resource, ids map[string]string) ([]byte, error) {
	raw, _, err := replaced(r, ids)
	if err != nil {
		return nil, err
	}
	s := sender{kind: r.Kind}
	if s.computed, err = computedIn(r); err != nil {
		return nil, fmt.Errorf("%s %q: %w", r.Kind, r.Name(), err)
	}
	return s.value(json.RawMessage(raw), ""), nil
}

// withheld are the JSON Pointers to the secrets that a document has marks for.
// Nobody knows what Cloudflare makes of a body without them.
func withheld(d snapshot.Document) []string {
	var all []string
	var look func(value json.RawMessage, path string)
	look = func(value json.RawMessage, path string) {
		if textOf(value) == snapshot.Redacted {
			all = append(all, path)
		}
		for _, m := range membersOf(value) {
			look(m.value, below(path, m.name))
		}
		for i, v := range elementsOf(value) {
			look(v, element(path, i))
		}
	}
	look(json.RawMessage(d), "")
	return all
}

// sender makes what is sent out of what was served.
type sender struct {
	kind     snapshot.Kind
	computed map[string]bool // by JSON Pointer
}

// alsoComputed are Cloudflare's own in SaaS apps, where settings are compared with
// them (OpenAPI: in answers only).
var alsoComputed = []string{"/saas_app/created_at", "/saas_app/updated_at"}

// value is what is sent of the value at the path, nil where nothing is.
func (s sender) value(value json.RawMessage, path string) json.RawMessage {
	switch {
	case s.computed[path],
		s.kind == snapshot.AccessApp && slices.Contains(alsoComputed, path),
		textOf(value) == snapshot.Redacted:
		return nil
	}
	switch kindOf(value) {
	case '{':
		members := membersOf(value)
		for i, m := range members {
			members[i].value = s.value(m.value, below(path, m.name))
		}
		return object(members)
	case '[':
		list := elementsOf(value)
		for i, v := range list {
			if s.kind == snapshot.AccessApp && path == "/policies" && string(at(v, "/reusable")) == "true" {
				list[i] = link(v)
			} else {
				list[i] = s.value(v, element(path, i))
			}
		}
		return array(list)
	}
	return value
}

// ownPart is the resource without what it only repeats: of the policies in an app that
// stand by themselves it has no more than which. They may be changed before the app is.
func ownPart(r snapshot.Resource) snapshot.Resource {
	list := elementsOf(at(r.Document, "/policies"))
	if r.Kind != snapshot.AccessApp || len(list) == 0 {
		return r
	}
	for i, p := range list {
		if string(at(p, "/reusable")) == "true" {
			list[i] = link(p)
		}
	}
	if d, err := with(r.Document, "/policies", array(list)); err == nil {
		r.Document = d
	}
	return r
}

// link is how an app names a policy that stands by itself (OpenAPI).
func link(policy json.RawMessage) json.RawMessage {
	return object(slices.DeleteFunc(membersOf(policy), func(m member) bool {
		return m.name != "id" && m.name != "precedence"
	}))
}

// computedIn are the JSON Pointers to what Cloudflare computes in a document: what
// package snapshot leaves out of its settings. Settings are without what is empty or
// null, too, which is no reason not to send it; so they are taken of the document's
// shape, in which nothing is.
func computedIn(r snapshot.Resource) (map[string]bool, error) {
	whole := shapeOf(json.RawMessage(r.Document))
	settings, err := snapshot.Settings(r.Kind, snapshot.Document(whole))
	if err != nil {
		return nil, err
	}
	computed := map[string]bool{}
	missing(whole, json.RawMessage(settings), "", computed)
	return computed, nil
}

// shapeOf is the value with a number in place of all that is no list and no object
// with something in it.
func shapeOf(value json.RawMessage) json.RawMessage {
	if members := membersOf(value); len(members) > 0 {
		for i, m := range members {
			members[i].value = shapeOf(m.value)
		}
		return object(members)
	}
	if list := elementsOf(value); len(list) > 0 {
		for i, v := range list {
			list[i] = shapeOf(v)
		}
		return array(list)
	}
	return json.RawMessage("1")
}

// missing notes what of the whole the part does not have. A list of another length
// is a set without repetitions, and nothing in it is computed.
func missing(whole, part json.RawMessage, path string, into map[string]bool) {
	for _, m := range membersOf(whole) {
		if v := child(part, m.name); v == nil {
			into[below(path, m.name)] = true
		} else {
			missing(m.value, v, below(path, m.name), into)
		}
	}
	list := elementsOf(whole)
	if len(list) != len(elementsOf(part)) {
		return
	}
	for i, v := range list {
		missing(v, elementsOf(part)[i], element(path, i), into)
	}
}
