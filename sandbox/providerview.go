package sandbox

import (
	"slices"
	"strings"
)

// providerRecord makes a provider that was written through the API ready to be served.
func (s *Server) providerRecord(stored []byte) record {
	return s.show(record{full: &full{stored: stored, provider: true}})
}

// show renews what is served of a record.
func (s *Server) show(r record) record {
	if r.full == nil {
		return r
	}
	view := r.full.stored
	for _, path := range r.full.hide {
		view = remove(view, path...)
	}
	if r.full.provider {
		view = s.showSecrets(view, r.full.loaded)
		view = s.showBooleans(view)
		view = s.showSets(view)
	}
	return record{view: view, full: r.full}
}

// mask is as long as the one that the Terraform provider of the time knew.
var mask = []byte(`"` + strings.Repeat("*", 34) + `"`)

// showSecrets treats secrets as the switch says. Today's answers omit them; older ones had other ways.
func (s *Server) showSecrets(view []byte, loaded bool) []byte {
	for _, path := range secretFields {
		value, ok := get(view, path...)
		if !ok {
			continue
		}
		switch s.switches["secrets"] {
		case "null":
			view = set(view, []byte("null"), path...)
		case "empty":
			view = set(view, []byte(`""`), path...)
		case "mask":
			view = set(view, mask, path...)
		case "omit":
			if !loaded || !isMarker(value) { // a recording's own marker is part of the recording
				view = remove(view, path...)
			}
		}
	}
	return view
}

// isMarker says whether a value stands for a secret and is none.
func isMarker(value []byte) bool {
	text := string(value)
	return text == "null" || len(text) >= 2 && text[0] == '"' && strings.Trim(text[1:len(text)-1], "*") == ""
}

// showBooleans drops or adds false where it means the same as absence.
func (s *Server) showBooleans(view []byte) []byte {
	for _, name := range providerTypes[getString(view, "type")].booleans {
		value, ok := get(view, "config", name)
		switch {
		case ok && string(value) == "false" && s.switched("false-booleans", "absent"):
			view = remove(view, "config", name)
		case !ok && s.switched("false-booleans", "false"):
			view = set(view, []byte("false"), "config", name)
		}
	}
	return view
}

// showSets reorders lists whose order has no meaning; claims were seen to come back in another one.
func (s *Server) showSets(view []byte) []byte {
	if s.switched("set-order", "as-sent") {
		return view
	}
	for _, name := range []string{"claims", "scopes", "attributes"} {
		value, _ := get(view, "config", name)
		items := elements(value)
		if len(items) < 2 {
			continue
		}
		if s.switched("set-order", "reversed") {
			slices.Reverse(items)
		} else {
			shuffle(&random{state: s.seed + uint64(len(value))}, items)
		}
		view = set(view, array(items), "config", name)
	}
	return view
}

// echo is the answer to a write: what a read serves, and the SCIM token when it was just made.
func (s *Server) echo(r record, scimSecret []byte) []byte {
	out := r.view
	if scimSecret != nil {
		out = set(out, scimSecret, "scim_config", "secret")
	}
	if secret, ok := get(r.full.stored, "config", "client_secret"); ok && s.switched("post-echoes-secret", "on") {
		out = set(out, secret, "config", "client_secret")
	}
	return out
}
