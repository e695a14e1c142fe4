package report

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// diffJSON is a comparison, less its changes, which follow one by one.
type diffJSON struct {
	FormatVersion string            `json:"format_version"`
	A             stateJSON         `json:"a"`
	B             stateJSON         `json:"b"`
	Complete      bool              `json:"complete"` // all that was asked for was compared
	NotCompared   []notComparedJSON `json:"not_compared"`
	Unread        []notComparedJSON `json:"unread"` // that neither state was to read
	Ambiguous     []ambiguousJSON   `json:"ambiguous"`
	Summary       summaryJSON       `json:"summary"`
}

type stateJSON struct {
	State      string          `json:"state"`    // as it was typed
	Snapshot   string          `json:"snapshot"` // the full digest; "" of a live state
	Target     string          `json:"target"`
	TargetName string          `json:"target_name"`
	TakenAt    string          `json:"taken_at"`
	Status     snapshot.Status `json:"status"`
}

type notComparedJSON struct {
	Kind         snapshot.Kind `json:"kind"`
	ProviderID   string        `json:"provider_id,omitempty"`   // of SCIM lists
	ProviderName *string       `json:"provider_name,omitempty"` // of SCIM lists
	Reason       string        `json:"reason"`
}

type ambiguousJSON struct {
	Kind       snapshot.Kind  `json:"kind"`
	ProviderID string         `json:"provider_id,omitempty"` // of SCIM users and groups
	Name       string         `json:"name"`
	Type       *snapshot.Type `json:"type,omitempty"` // of providers
	A          []string       `json:"a"`              // ids
	B          []string       `json:"b"`
}

type summaryJSON struct {
	Added    int `json:"added"`
	Changed  int `json:"changed"`
	Removed  int `json:"removed"`
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

// identityJSON is what people know a resource by.
type identityJSON struct {
	ProviderID   string         `json:"provider_id,omitempty"`   // of SCIM users and groups
	ProviderName *string        `json:"provider_name,omitempty"` // of SCIM users and groups
	Name         string         `json:"name"`
	Email        *string        `json:"email,omitempty"` // of SCIM users
	Type         *snapshot.Type `json:"type,omitempty"`  // of providers
}

// weightJSON is how much a change matters, and why.
type weightJSON struct {
	Severity string `json:"severity"`
	Rule     string `json:"rule,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

type changeJSON struct {
	Action diff.Action   `json:"action"`
	Kind   snapshot.Kind `json:"kind"`
	ID     string        `json:"id"`             // in a; of what was added, in b
	IDB    string        `json:"id_b,omitempty"` // in b; absent of what was removed
	identityJSON
	weightJSON
	Modified string       `json:"modified,omitempty"`
	Fields   *[]fieldJSON `json:"fields,omitempty"` // absent where not asked for
}

// fieldJSON has the values byte for byte as recorded, and null where there is none.
type fieldJSON struct {
	Path string          `json:"path"` // JSON Pointer
	Old  json.RawMessage `json:"old"`
	New  json.RawMessage `json:"new"`
	weightJSON
}

func (p jsonPrinter) diff(r diff.Result, o DiffOptions) error {
	var n counts
	for i := range r.Changes {
		n.add(&r.Changes[i])
	}
	out := diffJSON{
		FormatVersion: formatVersion, A: asStateJSON(r.A), B: asStateJSON(r.B), Complete: r.Complete(),
		NotCompared: asNotComparedJSON(r.NotCompared), Unread: asNotComparedJSON(r.Unread),
		Ambiguous: make([]ambiguousJSON, 0, len(r.Ambiguous)),
		Summary: summaryJSON{
			n.Added, n.Changed, n.Removed,
			n.of[diff.Critical], n.of[diff.High], n.of[diff.Medium], n.of[diff.Low], n.of[diff.Info],
		},
	}
	for _, a := range r.Ambiguous {
		who := asIdentityJSON(a.Collection, "", snapshot.Summary{Name: a.Name, Type: a.Type})
		out.Ambiguous = append(out.Ambiguous, ambiguousJSON{a.Kind, who.ProviderID, a.Name, who.Type, listed(a.A), listed(a.B)})
	}
	w := newWriter(p.w)
	w.open(out, "changes")
	for i := range r.Changes {
		if w.err != nil {
			break
		}
		w.separate(i)
		w.json(asChangeJSON(&r.Changes[i], o))
	}
	w.close(len(r.Changes))
	return w.end()
}

// open writes the object v but for its end, and the beginning of its last member,
// a list.
func (w *writer) open(v any, list string) {
	w.print(string(bytes.TrimSuffix(w.encode(v), []byte("}"))), `,"`, list, `":[`)
}

func asStateJSON(s diff.State) stateJSON {
	sn := s.Snapshot
	return stateJSON{s.Text, sn.ID, sn.Target.String(), sn.TargetName, timeJSON(sn.TakenAt), sn.Status()}
}

func timeJSON(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func asNotComparedJSON(list []diff.NotCompared) []notComparedJSON {
	out := make([]notComparedJSON, 0, len(list))
	for _, n := range list {
		who := asIdentityJSON(n.Collection, n.ProviderName, snapshot.Summary{})
		out = append(out, notComparedJSON{n.Kind, who.ProviderID, who.ProviderName, n.Reason})
	}
	return out
}

func asIdentityJSON(c snapshot.Collection, providerName string, s snapshot.Summary) identityJSON {
	out := identityJSON{Name: s.Name}
	if c.Kind.IsSCIM() {
		out.ProviderID, out.ProviderName = c.Provider, &providerName
	}
	if c.Kind == snapshot.SCIMUser {
		out.Email = &s.Email
	}
	if c.Kind == snapshot.IdentityProvider {
		out.Type = &s.Type
	}
	return out
}

func asChangeJSON(ch *diff.Change, o DiffOptions) changeJSON {
	out := changeJSON{
		Action: ch.Action, Kind: ch.Kind, ID: ch.ID, IDB: ch.IDB,
		identityJSON: asIdentityJSON(ch.Collection, ch.ProviderName, ch.Summary),
		weightJSON:   weightJSON{ch.Severity.String(), ch.Rule, ch.Reason},
		Modified:     ch.Modified,
	}
	if ch.Action == diff.Removed {
		out.IDB = ""
	}
	if !o.Stat {
		fields := asFieldsJSON(ch.Fields)
		out.Fields = &fields
	}
	return out
}

func asFieldsJSON(fields []diff.Field) []fieldJSON {
	out := make([]fieldJSON, len(fields))
	for i, f := range fields {
		out[i] = fieldJSON{f.Path, f.Old, f.New, weightJSON{f.Severity.String(), f.Rule, f.Reason}}
	}
	return out
}

// listed makes a list that JSON writes as one even if it is empty.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
