package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// The functions of this file change the world behind the API's back, as a person in the dashboard or a directory
// that synchronises would. A target is "account:ID" or "zone:ID"; providerID is for SCIM kinds only.

// Put adds a resource, or replaces the one with the same id. It is kept byte for byte and served so, except for
// secrets; a provider of an OAuth type that comes without client_secret gets a made-up one, as it must have one. An organization has no id: it is replaced.
func (s *Server) Put(target string, kind Kind, providerID string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return err
	}
	return s.put(t, kind, providerID, raw, nil)
}

// put takes a document that may hide paths beyond the known secrets.
func (s *Server) put(t *target, kind Kind, providerID string, raw []byte, hide [][]string) error {
	if err := checkDocument(kind, raw); err != nil {
		return err
	}
	raw = slices.Clone(raw)
	r := record{view: raw}
	switch {
	case kind == KindProvider:
		s.learn(raw)
		r = s.show(record{full: &full{stored: withSecret(raw), hide: hide, provider: true, loaded: true}})
	case hide != nil:
		r = s.show(record{full: &full{stored: raw, hide: hide, loaded: true}})
	}
	if kind == KindOrganization {
		t.org = &r
		return nil
	}
	c, err := t.collection(kind, providerID)
	if err != nil {
		return err
	}
	if i := c.find(idOf(raw)); i >= 0 {
		c.replace(i, r)
	} else {
		c.add(r)
	}
	return nil
}

// withSecret gives a document of an OAuth type the client_secret that a read has left out: the provider has one.
// It is served no more than any other; what is served is the document as it came.
func withSecret(raw []byte) []byte {
	config, _ := get(raw, "config")
	_, there := get(config, "client_secret")
	if there || len(members(config)) == 0 || !providerTypes[getString(raw, "type")].oauth {
		return raw
	}
	return set(raw, quote("sandbox-presumed-"+fingerprint(idOf(raw))), "config", "client_secret")
}

// checkDocument refuses what could not be served.
func checkDocument(kind Kind, raw []byte) error {
	if err := checkKind(kind); err != nil {
		return err
	}
	var value json.RawMessage
	if err := json.Unmarshal(raw, &value); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	if !isObject(raw) {
		return fmt.Errorf("%s: not a JSON object: %.40s", kind, raw)
	}
	if kind != KindOrganization && idOf(raw) == "" {
		return fmt.Errorf("%s has no id: %.80s", kind, raw)
	}
	return nil
}

// Stored is a resource with its secrets, as no API call shows it.
func (s *Server) Stored(target string, kind Kind, providerID, id string) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, err := s.target(target)
	if err != nil {
		return nil, err
	}
	if kind == KindOrganization && t.org != nil {
		return slices.Clone(t.org.stored()), nil
	}
	c, i, err := t.locate(kind, providerID, id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(c.items[i].stored()), nil
}

// IDs lists the ids of a collection, in its order.
func (s *Server) IDs(target string, kind Kind, providerID string) ([]string, error) {
	s.mu.Lock() // collection may make the list
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return nil, err
	}
	c, err := t.collection(kind, providerID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(c.items))
	for i, r := range c.items {
		ids[i] = r.id()
	}
	return ids, nil
}

// Remove deletes a resource; of a provider also what it has synced. Removing the organization disables Access.
func (s *Server) Remove(target string, kind Kind, providerID, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return err
	}
	if kind == KindOrganization {
		t.org = nil
		return nil
	}
	c, i, err := t.locate(kind, providerID, id)
	if err != nil {
		return err
	}
	c.delete(i)
	if kind == KindProvider {
		t.forget(id)
	}
	return nil
}

// Edit sets fields of a resource, by JSON Pointer: "/config/issuer_url" to a JSON value, or to nil to remove it.
// A provider gets a new version; redirect and SCIM URLs stay unless they are named.
func (s *Server) Edit(target string, kind Kind, providerID, id string, fields map[string]json.RawMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return err
	}
	if kind == KindOrganization {
		if t.org == nil {
			return fmt.Errorf("%s has no organization", t)
		}
		next, err := edited(t.org.stored(), fields)
		if err == nil {
			t.org = &record{view: next}
		}
		return err
	}
	c, i, err := t.locate(kind, providerID, id)
	if err != nil {
		return err
	}
	old := c.items[i]
	next, err := edited(old.stored(), fields)
	if err != nil {
		return fmt.Errorf("%s %s: %w", kind, id, err)
	}
	if kind == KindProvider {
		s.learn(next)
	}
	if _, ok := get(next, "version"); ok && kind == KindProvider {
		next = set(next, quote(s.newVersion(next)), "version")
	}
	if old.full == nil {
		c.replace(i, record{view: next})
		return nil
	}
	changed := *old.full
	changed.stored = next
	c.replace(i, s.show(record{full: &changed}))
	return nil
}

// edited returns raw with fields set.
func edited(raw []byte, fields map[string]json.RawMessage) ([]byte, error) {
	for _, p := range slices.Sorted(maps.Keys(fields)) {
		value := fields[p]
		path, ok := pointer(p)
		switch {
		case !ok:
			return nil, fmt.Errorf("%q is not a JSON Pointer such as /config/client_id", p)
		case value == nil:
			raw = remove(raw, path...)
		case !json.Valid(value):
			return nil, fmt.Errorf("%s: not a JSON value: %.40s", p, value)
		default:
			raw = set(raw, value, path...)
		}
	}
	return raw, nil
}

// locate finds a resource. The caller holds s.mu.
func (t *target) locate(kind Kind, providerID, id string) (*collection, int, error) {
	if err := checkKind(kind); err != nil {
		return nil, 0, err
	}
	if kind == KindOrganization {
		return nil, 0, fmt.Errorf("%s has no organization", t)
	}
	var c *collection
	if kind.scim() {
		lists := t.scim[providerID]
		if lists == nil {
			return nil, 0, fmt.Errorf("%s: nothing was synced by a provider %q", t, providerID)
		}
		c = &lists.users
		if kind == KindSCIMGroup {
			c = &lists.groups
		}
	} else {
		c = t.existing(kind)
	}
	i := c.find(id)
	if i < 0 {
		return nil, 0, fmt.Errorf("%s has no %s %q", t, kind, id)
	}
	return c, i, nil
}

// Join synchronises one new user and returns its id.
func (s *Server) Join(target, providerID string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.target(target)
	if err != nil {
		return "", err
	}
	c, err := t.collection(KindSCIMUser, providerID)
	if err != nil {
		return "", err
	}
	r := record{view: s.people().appendUser(nil, nil)}
	c.add(r)
	return r.id(), nil
}

// Leave removes a user whom a provider has synced.
func (s *Server) Leave(target, providerID, id string) error {
	return s.Remove(target, KindSCIMUser, providerID, id)
}
