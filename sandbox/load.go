package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// loadItem is one resource on its way into the world.
type loadItem struct {
	where    string // for errors
	target   string // "account:ID", "zone:ID"
	name     string // of the target, if known
	kind     Kind
	provider string
	raw      []byte
	hide     [][]string
}

// Load reads a world from JSON: recorded answers {"url":…,"response":{…}}, or what `idpsnap show STATE --json`
// prints; several documents one after the other, or arrays of them. Accounts and zones are made where they are
// missing. Resources keep every byte; one that has the id of another replaces it. Nothing is loaded unless
// everything can be read.
func (s *Server) Load(data []byte) error {
	var items []loadItem
	dec := json.NewDecoder(bytes.NewReader(data))
	for n := 1; ; n++ {
		at := dec.InputOffset()
		var doc json.RawMessage
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("load: document %d, which begins at byte %d: %w", n, at, err)
		}
		found, err := readLoad(doc)
		if err != nil {
			return fmt.Errorf("load: document %d, which begins at byte %d: %w", n, at, err)
		}
		items = append(items, found...)
	}
	if len(items) == 0 {
		return errors.New("load: no resources in it")
	}
	for _, item := range items {
		err := checkDocument(item.kind, item.raw)
		if err == nil && item.kind.scim() && (item.provider == "" || !strings.HasPrefix(item.target, "account:")) {
			err = fmt.Errorf("%s belongs to a provider of an account, not to %s", item.kind, item.target)
		}
		if err != nil {
			return fmt.Errorf("load: %s: %w", item.where, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loadAll(items)
}

// loadAll puts items into the world: providers before what hangs on them.
func (s *Server) loadAll(items []loadItem) error {
	for _, item := range items {
		if s.targets[item.target] == nil {
			s.makeTarget(item.target, items)
		}
		s.targets[item.target].loaded = true
		s.enable(s.targets[item.target], items)
	}
	// A SCIM list may come without the list of providers that it belongs to: stand-ins take its place.
	for _, late := range []bool{false, true} {
		for _, item := range items {
			if item.kind.scim() != late {
				continue
			}
			t := s.targets[item.target]
			if late && t.list(KindProvider).find(item.provider) < 0 {
				t.list(KindProvider).add(s.standIn(t, item.provider))
			}
			if err := s.put(t, item.kind, item.provider, item.raw, item.hide); err != nil {
				return fmt.Errorf("load: %s: %w", item.where, err)
			}
		}
	}
	return nil
}

// makeTarget makes an account or zone that only the loaded documents name.
func (s *Server) makeTarget(target string, items []loadItem) {
	scope, id, _ := strings.Cut(target, ":")
	name := "loaded " + scope
	for _, item := range items {
		if item.target == target && item.name != "" {
			name = item.name
		}
	}
	s.addTarget(scope, id, name, "")
}

// enable gives a target without an organization one: its team domain is in the redirect URLs of its providers.
func (s *Server) enable(t *target, items []loadItem) {
	if t.org != nil {
		return
	}
	domain := "loaded-" + t.id[:min(8, len(t.id))] + ".cloudflareaccess.com"
	for _, item := range items {
		if item.target != t.String() {
			continue
		}
		if u, err := url.Parse(getString(item.raw, "config", "redirect_url")); err == nil && u.Host != "" {
			domain = u.Host
		}
	}
	t.org = s.newOrganization(t.name, domain)
}

// standIn is a provider of which only the SCIM lists were loaded.
func (s *Server) standIn(t *target, id string) record {
	return s.providerRecord(fmt.Appendf(nil,
		`{"id":%s,"uid":%s,"type":"oidc","name":"loaded","config":{"redirect_url":%s},"scim_config":{"enabled":true,"scim_base_url":%s}}`,
		quote(id), quote(id), quote(callback(t.authDomain())), quote(scimBaseURL(t.authDomain(), id))))
}

// readLoad reads one document of any of the known forms.
func readLoad(doc []byte) ([]loadItem, error) {
	if isArray(doc) {
		var all []loadItem
		for n, one := range elements(doc) {
			items, err := readLoad(one)
			if err != nil {
				return nil, fmt.Errorf("element %d: %w", n, err)
			}
			all = append(all, items...)
		}
		return all, nil
	}
	if _, ok := get(doc, "response"); ok {
		return readRecorded(doc)
	}
	if _, ok := get(doc, "resources"); ok {
		return readState(doc)
	}
	return nil, fmt.Errorf("neither a recorded answer (url, response) nor a state (snapshot, resources)")
}

// loadedKinds are the lists of a recorded URL.
var loadedKinds = map[string]Kind{
	"identity_providers": KindProvider, "organizations": KindOrganization,
	"apps": KindApp, "policies": KindPolicy, "groups": KindAccessGroup,
}

// readRecorded reads {"url":…,"response":{…}}; the URL says what the response is a list, or one, of.
func readRecorded(doc []byte) ([]loadItem, error) {
	text := getString(doc, "url")
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if at := strings.Index(u.Path, basePath+"/"); at > 0 {
		u.Path = u.Path[at:]
	}
	rt, ok := parseRoute(u.Path)
	kind := loadedKinds[rt.resource]
	switch rt.scim {
	case "users":
		kind = KindSCIMUser
	case "groups":
		kind = KindSCIMGroup
	}
	if !ok || kind == "" {
		return nil, fmt.Errorf("url %q is not one of an Access collection", text)
	}
	if !isTrue(doc, "response", "success") {
		return nil, fmt.Errorf("%s: the response is not a successful one", text)
	}
	result, _ := get(doc, "response", "result")
	results := elements(result)
	switch {
	case isObject(result):
		results = [][]byte{result}
	case !isArray(result):
		return nil, fmt.Errorf("%s: result is neither a list nor an object: %.40s", text, result)
	}
	item := loadItem{target: rt.scope + ":" + rt.target, kind: kind}
	if kind.scim() {
		item.provider = rt.id
	}
	items := make([]loadItem, len(results))
	for n, raw := range results {
		items[n] = item
		items[n].where, items[n].raw = fmt.Sprintf("%s: result %d", text, n), raw
	}
	return items, nil
}
