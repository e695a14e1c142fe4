package audit

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// event is one thing that happened to a SCIM user or group. One change of a user may
// be several: renamed and deactivated.
type event struct {
	what     string
	path     string // of the setting, or of all that are part of it
	old, new string // "" where there was none
	severity diff.Severity
	reason   string
}

// eventKinds are all events there are, in the order in which people are shown them.
var eventKinds = []struct{ what, one, several string }{
	{"joiner", "joiner", "joiners"},
	{"leaver", "leaver", "leavers"},
	{"deactivated", "deactivated", "deactivated"},
	{"reactivated", "reactivated", "reactivated"},
	{"renamed", "renamed", "renamed"},
	{"email_changed", "e-mail address changed", "e-mail addresses changed"},
	{"group_added", "group added", "groups added"},
	{"group_removed", "group removed", "groups removed"},
	{"group_renamed", "group renamed", "groups renamed"},
	{"other_change", "other change", "other changes"},
}

// withProvider is the reason of those who went with their provider.
const withProvider = "gone with the provider, which was removed"

// eventsOf says what a change of a SCIM user or group was.
func eventsOf(ch *Change) []event {
	whole := func(user, group string) []event {
		e := event{what: user, severity: ch.Severity, reason: ch.Reason}
		if ch.Kind == snapshot.SCIMGroup {
			e.what = group
		}
		if ch.WithProvider {
			e.reason = withProvider
		}
		return []event{e}
	}
	switch ch.Action {
	case diff.Added:
		return whole("joiner", "group_added")
	case diff.Removed:
		return whole("leaver", "group_removed")
	case diff.Changed:
	}
	of := map[string][]diff.Field{}
	for _, f := range ch.Fields {
		what := eventOf(ch.Kind, f)
		of[what] = append(of[what], f)
	}
	var list []event
	for _, k := range eventKinds {
		if fields := of[k.what]; len(fields) > 0 {
			list = append(list, merged(ch, k.what, fields))
		}
	}
	return list
}

// eventOf says what it is that a setting is another one.
func eventOf(k snapshot.Kind, f diff.Field) string {
	top, _, _ := strings.Cut(strings.TrimPrefix(f.Path, "/"), "/")
	switch {
	case k == snapshot.SCIMGroup && top == "displayName":
		return "group_renamed"
	case k == snapshot.SCIMGroup:
	case top == "active" && string(f.Old) == "true":
		return "deactivated"
	case top == "active" && string(f.New) == "true":
		return "reactivated"
	case top == "displayName" || top == "name":
		return "renamed"
	case top == "emails" || top == "userName":
		return "email_changed"
	}
	return "other_change"
}

// merged makes one event of the settings that are part of it. Of several the old and
// the new values are JSON objects, by path, and the path is what these begin with.
func merged(ch *Change, what string, fields []diff.Field) event {
	e := event{what: what, path: fields[0].Path, old: plain(fields[0].Old), new: plain(fields[0].New)}
	for _, f := range fields {
		if e.reason == "" || f.Severity > e.severity {
			e.severity, e.reason = f.Severity, f.Reason
		}
	}
	if ch.Reason != "" { // it is one of many at once
		e.severity, e.reason = ch.Severity, ch.Reason
	}
	if len(fields) == 1 {
		return e
	}
	was, is := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for _, f := range fields {
		e.path = common(e.path, f.Path)
		if f.Old != nil {
			was[f.Path] = f.Old
		}
		if f.New != nil {
			is[f.Path] = f.New
		}
	}
	e.old, e.new = objectOf(was), objectOf(is)
	return e
}

// common is the JSON Pointer that both begin with.
func common(a, b string) string {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < min(len(x), len(y)) && x[n] == y[n] {
		n++
	}
	return strings.Join(slices.Clone(x[:n]), "/")
}

// objectOf writes values by their paths.
func objectOf(values map[string]json.RawMessage) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(values); err != nil { // documents are JSON, or there was no change
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
