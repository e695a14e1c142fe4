package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// redacted is what a state has in the place of a secret.
const redacted = `"(redacted)"`

// readState reads what `idpsnap show STATE --json` prints.
func readState(doc []byte) ([]loadItem, error) {
	target := getString(doc, "snapshot", "target")
	scope, id, ok := strings.Cut(target, ":")
	if !ok || (scope != "account" && scope != "zone") || id == "" {
		return nil, fmt.Errorf("snapshot.target is %q, not account:ID or zone:ID", target)
	}
	list, _ := get(doc, "resources")
	if !isArray(list) {
		return nil, fmt.Errorf("resources is not a list: %.40s", list)
	}
	var items []loadItem
	for n, resource := range elements(list) {
		raw, ok := get(resource, "document")
		if !ok {
			return nil, fmt.Errorf("resources[%d] has no document", n)
		}
		item := loadItem{
			where:    fmt.Sprintf("resources[%d] (%s %s)", n, getString(resource, "kind"), getString(resource, "id")),
			target:   target,
			name:     getString(doc, "snapshot", "target_name"),
			kind:     Kind(getString(resource, "kind")),
			provider: getString(resource, "provider_id"),
		}
		if !slices.Contains(kinds, item.kind) {
			return nil, fmt.Errorf("%s: unknown kind: use one of %s", item.where, joinKinds())
		}
		item.raw, item.hide = refill(raw, item.where)
		items = append(items, item)
	}
	return items, nil
}

// refill puts a made-up secret in the place of each redacted one. Those outside the known places of secrets are
// returned as paths that are never to be served.
func refill(raw []byte, seed string) ([]byte, [][]string) {
	var hide [][]string
	for _, path := range pathsOf(raw, redacted, nil) {
		raw = set(raw, quote("sandbox-refilled-"+fingerprint(seed, strings.Join(path, "/"))), path...)
		if !slices.ContainsFunc(secretFields, func(known []string) bool { return slices.Equal(known, path) }) {
			hide = append(hide, path)
		}
	}
	return raw, hide
}

// pathsOf finds where a value stands in a document. An element of an array is its last path only inside an
// object: as a list of its own, removing one would move the others.
func pathsOf(raw []byte, value string, at []string) [][]string {
	var out [][]string
	step := func(name string, inner []byte) {
		path := append(slices.Clone(at), name)
		if string(inner) == value {
			out = append(out, path)
			return
		}
		out = append(out, pathsOf(inner, value, path)...)
	}
	for _, m := range members(raw) {
		step(m.key, raw[m.valStart:m.valEnd])
	}
	for n, inner := range elements(raw) {
		if isObject(inner) || isArray(inner) {
			step(strconv.Itoa(n), inner)
		}
	}
	return out
}
