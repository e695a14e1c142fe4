package migrate

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// JSON Pointers that more than one rule is about.
const (
	pathName        = "/name"
	pathType        = "/type"
	pathConfig      = "/config"
	pathSCIM        = "/scim_config"
	pathSCIMEnabled = "/scim_config/enabled"
	pathSet         = "/saml_certificate_set_id"
	pathEncryption  = "/config/enable_encryption"
	pathUserDeprov  = "/scim_config/user_deprovision"
	pathSeatDeprov  = "/scim_config/seat_deprovision"
)

// marker is what stands in a document in place of a secret.
var marker = []byte(`"` + snapshot.Redacted + `"`)

// SecretsOf lists the secrets that the provider has or may have. Required are those
// without which it cannot be created as it was: those that its type requires, and those
// that the state knows it had; of okta's api_token, which only older accounts have, it
// mostly knows nothing. The SCIM token is none: Cloudflare makes a new one.
func SecretsOf(r snapshot.Resource) []Secret {
	found := map[string]bool{}
	info, _ := snapshot.TypeOf(r.Summary().Type)
	for _, f := range info.Fields {
		if f.Role == snapshot.Secret && f.Path != pathSCIM+"/secret" {
			found[f.Path] = f.Required
		}
	}
	if _, known := snapshot.TypeOf(r.Summary().Type); !known && at(r.Document, "/config/client_id") != nil {
		found["/config/client_secret"] = false // as of all known types that have the one
	}
	for path, value := range leaves(r.Document) {
		if bytes.Equal(value, marker) && path != pathSCIM+"/secret" {
			found[path] = true
		}
	}
	var list []Secret
	for path, required := range found {
		list = append(list, Secret{Path: path, Key: keyOf(path), Required: required})
	}
	slices.SortFunc(list, func(a, b Secret) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// isKnownSecret reports whether the type is known to have a secret there.
func isKnownSecret(t snapshot.Type, path string) bool {
	info, _ := snapshot.TypeOf(t)
	return slices.ContainsFunc(info.Fields, func(f snapshot.Field) bool { return f.Path == path && f.Role == snapshot.Secret })
}

// keyOf is what a secrets file calls a secret: its name within config, with dots where
// it lies deeper.
func keyOf(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, pathConfig), "/")
	return strings.ReplaceAll(path, "/", ".")
}

// settings are what of a provider's document may be sent: all that a person chose,
// known or not, and nothing that is Cloudflare's own, secret, or null.
func settings(r snapshot.Resource) ([]byte, error) {
	d := []byte(r.Document)
	info, _ := snapshot.TypeOf(r.Summary().Type)
	var err error
	for _, f := range info.Fields {
		if f.Role != snapshot.Setting && err == nil {
			d, err = without(d, f.Path)
		}
	}
	for path, value := range leaves(d) {
		if err == nil && (bytes.Equal(value, marker) || string(value) == "null") {
			d, err = without(d, path)
		}
	}
	return d, err
}

// sendable checks that a plan says nothing that is never sent: it may have been made by
// hand.
func (a Action) sendable() error {
	if a.Kind != snapshot.IdentityProvider || a.Settings == nil {
		return nil
	}
	info, _ := snapshot.TypeOf(a.Type)
	for _, f := range info.Fields {
		if f.Role != snapshot.Setting && at(a.Settings, f.Path) != nil {
			return fmt.Errorf("the plan for %q has %s, which is never sent from there", a.Name, f.Path)
		}
	}
	if bytes.Contains(a.Settings, marker) {
		return fmt.Errorf("the plan for %q has the trace of a secret, which is never sent", a.Name)
	}
	return nil
}

// hidden are the lists of a document that have a secret in them: what else is in them
// cannot be sent without it.
func hidden(d []byte) []string {
	var all []string
	for path, value := range leaves(d) {
		if value[0] == '[' && bytes.Contains(value, marker) {
			all = append(all, path)
		}
	}
	return all
}

// laidOver is the body of an update: what is live, and over it the settings that
// differ. What the update leaves out, null says: an API that takes a body for the
// whole removes it, and so does one that merges.
func laidOver(live snapshot.Resource, desired []byte, changes []Change) ([]byte, error) {
	d, err := settings(live)
	if err == nil && live.Summary().Type == snapshot.OneTimePIN && !isTrue(d, pathSCIMEnabled) {
		d, err = without(d, pathSCIM) // Cloudflare refuses it there, even where it says nothing
	}
	for _, path := range places(live.Document, desired, changes) {
		if err != nil {
			break
		}
		value := at(desired, path)
		switch {
		case value != nil:
			d, err = with(d, path, value)
		case !isSetting(path):
			d, err = without(d, path)
		default:
			d, err = with(d, path, removal(live, path))
		}
	}
	return d, err
}

// isSetting reports whether the path is one of a setting, and not of a part of one:
// a setting is sent whole, and a null in it would be kept.
func isSetting(path string) bool {
	parent := path[:strings.LastIndexByte(path, '/')]
	return parent == "" || parent == pathConfig || parent == pathSCIM
}

// withoutNulls is a body that says nothing of what is to go, nil where that is what the
// body says already.
func withoutNulls(body []byte) ([]byte, error) {
	var err error
	out := body
	for path, value := range leaves(body) {
		if err == nil && string(value) == "null" {
			out, err = without(out, path)
		}
	}
	if err != nil || bytes.Equal(out, body) {
		return nil, err
	}
	return out, nil
}

// removal is how a setting is taken away: by false where that means absence.
func removal(r snapshot.Resource, path string) json.RawMessage {
	info, _ := snapshot.TypeOf(r.Summary().Type)
	for _, f := range info.Fields {
		if f.Path == path && f.Value == snapshot.Bool {
			return json.RawMessage("false")
		}
	}
	return json.RawMessage("null")
}

// places are where the changes lead, no deeper than to the first value that is not an
// object on both sides: a list is sent whole.
func places(live, desired []byte, changes []Change) []string {
	var all []string
	for _, c := range changes {
		path := ""
		for _, step := range strings.Split(strings.TrimPrefix(c.Path, "/"), "/") {
			path += "/" + step
			if !isObject(at(live, path)) || !isObject(at(desired, path)) {
				break
			}
		}
		if !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}

func isObject(value []byte) bool { return kindOf(value) == '{' }

func isTrue(d []byte, path string) bool { return string(at(d, path)) == "true" }

// withSecrets puts the supplied secrets into a body.
func withSecrets(body []byte, secrets []Secret, supplied map[string]string) ([]byte, error) {
	for _, s := range secrets {
		value, ok := supplied[s.Path]
		if !ok {
			continue
		}
		quoted, err := encode(value)
		if err != nil {
			return nil, err
		}
		if body, err = with(body, s.Path, quoted); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// same reports whether two documents of the kind have the same settings.
func same(k snapshot.Kind, a, b []byte) bool {
	x, errX := fingerprint(k, a)
	y, errY := fingerprint(k, b)
	return errX == nil && errY == nil && x == y
}

// fingerprint is a digest over the settings of a document.
func fingerprint(k snapshot.Kind, document []byte) (string, error) {
	d, err := snapshot.NewDocument(document)
	if err != nil {
		return "", err
	}
	reduced, err := snapshot.Settings(k, d)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(reduced)
	return hex.EncodeToString(sum[:]), nil
}
