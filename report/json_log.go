package report

import (
	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// logJSON is a log, less its resources, which follow one by one.
type logJSON struct {
	FormatVersion string `json:"format_version"`
	Target        string `json:"target"`
}

type lifeJSON struct {
	Kind snapshot.Kind `json:"kind"`
	ID   string        `json:"id"`
	identityJSON
	Present  bool        `json:"present"` // the last look saw it
	Looks    int         `json:"looks"`   // snapshots that can tell whether it was there
	Gaps     int         `json:"gaps"`    // snapshots that cannot
	LastLook *lookJSON   `json:"last_look"`
	Events   []eventJSON `json:"events"` // oldest first
}

// lookJSON is a snapshot that looked; null stands for none.
type lookJSON struct {
	Snapshot string `json:"snapshot"`
	TakenAt  string `json:"taken_at"`
}

type eventJSON struct {
	Event string `json:"event"`
	weightJSON
	Modified  string      `json:"modified,omitempty"`
	Before    *lookJSON   `json:"before"` // null where none looked before
	After     *lookJSON   `json:"after"`
	NotLooked []gapJSON   `json:"not_looked"` // in between, oldest first
	Fields    []fieldJSON `json:"fields"`
}

type gapJSON struct {
	lookJSON
	Reason string `json:"reason"`
}

func (p jsonPrinter) log(target snapshot.Target, lives []diff.Life) error {
	w := newWriter(p.w)
	w.open(logJSON{formatVersion, target.String()}, "resources")
	for i, l := range lives {
		if w.err != nil {
			break
		}
		w.separate(i)
		w.json(asLifeJSON(l))
	}
	w.close(len(lives))
	return w.end()
}

func asLifeJSON(l diff.Life) lifeJSON {
	out := lifeJSON{
		Kind: l.Kind, ID: l.ID, identityJSON: asIdentityJSON(l.Collection, l.ProviderName, l.Summary()),
		Present: l.Present, Looks: l.Looks, Gaps: l.Gaps, LastLook: asLookJSON(l.LastLook),
		Events: make([]eventJSON, 0, len(l.Events)),
	}
	for _, e := range l.Events {
		event := eventJSON{
			Event: eventNames[e.Action], weightJSON: weightJSON{e.Severity.String(), e.Rule, e.Reason}, Modified: e.Modified,
			Before: asLookJSON(e.Before), After: asLookJSON(e.After),
			NotLooked: make([]gapJSON, 0, len(e.Gaps)), Fields: asFieldsJSON(e.Fields),
		}
		for _, g := range e.Gaps {
			event.NotLooked = append(event.NotLooked, gapJSON{*asLookJSON(g.Snapshot), g.Reason})
		}
		out.Events = append(out.Events, event)
	}
	return out
}

func asLookJSON(sn *snapshot.Snapshot) *lookJSON {
	if sn == nil {
		return nil
	}
	return &lookJSON{sn.ID, timeJSON(sn.TakenAt)}
}
