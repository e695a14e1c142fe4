package audit

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// notSet is said of a value of a setting that the document does not have. What it has
// is JSON, and never looks so.
const notSet = "(not set)"

// value is the cell of an old or new value. What came or went as a whole has none.
func (a alteration) value(text string) Cell {
	if text == "" && a.path != "" {
		return Text(notSet)
	}
	return Text(text)
}

// settingWords writes the path of a setting as people are shown it: with dots. One that
// has more in it than plain names stays as it is.
func settingWords(pointer string) string {
	for _, r := range pointer {
		if r != '/' && r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return pointer
		}
	}
	return strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
}

// meaningOf says in names what a setting said that names providers by their ids:
// "Entra ID, Okta → (not set)". Of other settings there is nothing to say.
func meaningOf(ch *Change, a alteration, called map[string]string) string {
	if ch.Action != diff.Changed || ch.Kind == snapshot.IdentityProvider || a.path == "" {
		return ""
	}
	always := namesProviders(a.path)
	old, before := providersIn(a.old, always, called)
	updated, after := providersIn(a.new, always, called)
	if !always && !before && !after {
		return ""
	}
	return old + " → " + updated
}

// namesProviders reports whether a setting has nothing but ids of providers.
func namesProviders(path string) bool {
	steps := strings.Split(path, "/")
	return slices.Contains(steps, "allowed_idps") || steps[len(steps)-1] == "identity_provider_id"
}

// providersIn names the providers in a JSON value, and whether there are any that are
// known. Where every text is the id of one, those that are not known are called by it.
func providersIn(value string, every bool, called map[string]string) (names string, some bool) {
	var v any
	if slices.Contains([]string{"", "null", "[]"}, value) || json.Unmarshal([]byte(value), &v) != nil {
		return notSet, false
	}
	var list []string
	for _, id := range textsWithin(v) {
		name, known := called[id]
		some = some || known
		if !known && every {
			name = id
		}
		if name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return "(none)", false
	}
	slices.Sort(list)
	return strings.Join(list, ", "), some
}

// textsWithin are all texts in a JSON value.
func textsWithin(v any) (list []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, element := range v {
			list = append(list, textsWithin(element)...)
		}
	case map[string]any:
		for _, member := range v {
			list = append(list, textsWithin(member)...)
		}
	}
	return list
}
