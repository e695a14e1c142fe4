package diff

import (
	"cmp"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Life is the history of one resource, deleted or not.
type Life struct {
	snapshot.Resource // as it was last seen
	Target            snapshot.Target
	ProviderName      string             // of a SCIM resource
	Events            []Event            // oldest first; there is one at least
	Looks             int                // snapshots that can tell whether it was there
	Gaps              int                // snapshots that cannot
	LastLook          *snapshot.Snapshot // the newest that can tell
	Present           bool               // LastLook saw it
}

// Event is something that happened to a resource between two snapshots: it appeared
// (Added), changed, or was gone (Removed).
type Event struct {
	Action
	// Before is the last snapshot that knew of the resource as it was until then; nil
	// where none looked before: then After is merely the first that did.
	Before *snapshot.Snapshot
	// After is the first snapshot that knew of it as it was from then on.
	After *snapshot.Snapshot
	// Gaps are the snapshots in between that did not look, oldest first.
	Gaps []Gap

	Severity Severity
	Rule     string
	Reason   string
	Modified string // of a SCIM resource: when its provider last wrote it, as Cloudflare says
	Fields   []Field
}

// Gap is a snapshot that could not tell what became of a resource.
type Gap struct {
	Snapshot *snapshot.Snapshot
	Reason   string
}

// Lives tells the lives of resources of one target. snapshots are all of the
// target, oldest first; versions are all that the resources had, and all that the
// providers of the SCIM resources among them had, ordered by resource and then by
// age. Lives come in the order in which they begin. Providers are told of only where
// wanted says so. Of the options, AllFields, Ignore and Rules count.
func Lives(snapshots []snapshot.Snapshot, versions []snapshot.Version, wanted func(snapshot.Resource) bool, o Options) ([]Life, error) {
	h := historian{
		snapshots: snapshots, at: map[string]int{},
		versions: map[resourceKey][]snapshot.Version{},
		weigher:  weigher{rules: o.Rules.compiled()}, ignored: compilePatterns(o.Ignore),
		reducer: reducer{all: o.AllFields},
	}
	for i, sn := range snapshots {
		h.at[sn.ID] = i
	}
	var order []resourceKey
	for _, v := range versions {
		k := resourceKey{v.Collection, v.ID}
		if h.versions[k] == nil {
			order = append(order, k)
		}
		h.versions[k] = append(h.versions[k], v)
	}
	var lives []Life
	for _, k := range order {
		if !slices.ContainsFunc(h.versions[k], func(v snapshot.Version) bool { return wanted(v.Resource) }) {
			continue
		}
		life, err := h.life(k)
		if err != nil {
			return nil, err
		}
		if len(life.Events) > 0 { // else a snapshot saw it that was recorded after the list of snapshots was read
			lives = append(lives, life)
		}
	}
	begins := func(l Life) int { return h.at[l.Events[0].After.ID] }
	slices.SortStableFunc(lives, func(x, y Life) int { return cmp.Compare(begins(x), begins(y)) })
	return lives, nil
}

type resourceKey struct {
	snapshot.Collection
	id string
}

// historian knows all that lives are made of.
type historian struct {
	snapshots []snapshot.Snapshot
	at        map[string]int // index of a snapshot by its id
	versions  map[resourceKey][]snapshot.Version
	weigher   weigher
	reducer   reducer
	ignored   []pattern
}

// sight is what one snapshot knows of a resource: that it was there, that it was
// not, or, where reason says why, nothing.
type sight struct {
	resource *snapshot.Resource
	reason   string
}

func (h *historian) life(k resourceKey) (Life, error) {
	list := h.versions[k]
	life := Life{Resource: list[len(list)-1].Resource}
	var last *sight // the last that knew
	var gaps []Gap
	for i := range h.snapshots {
		sn := &h.snapshots[i]
		now := h.sight(i, k)
		if now.reason != "" {
			life.Gaps++
			gaps = append(gaps, Gap{sn, now.reason})
			continue
		}
		life.Looks++
		if now.resource != nil {
			if capture, ok := sn.Capture(k.Collection); ok && capture.ProviderName != "" {
				life.ProviderName = capture.ProviderName
			}
		}
		e, differs, err := h.event(last, now)
		if err != nil {
			return life, err
		}
		if differs {
			e.Before, e.After, e.Gaps = life.LastLook, sn, gaps
			life.Events = append(life.Events, e)
		}
		gaps, last = nil, &now
		life.Target, life.LastLook, life.Present = sn.Target, sn, now.resource != nil
	}
	return life, nil
}

// sight says what snapshot i knows of the resource.
func (h *historian) sight(i int, k resourceKey) sight {
	sn := h.snapshots[i]
	capture, ok := sn.Capture(k.Collection)
	if ok && capture.Status == snapshot.Complete {
		return sight{resource: h.held(i, k)}
	}
	if ok {
		return sight{reason: string(capture.Status) + because(capture.Error)}
	}
	if !k.Kind.IsSCIM() {
		return sight{reason: "not read"}
	}
	switch provider := h.sight(i, resourceKey{snapshot.Collection{Kind: snapshot.IdentityProvider}, k.Provider}); {
	case provider.reason != "":
		return sight{reason: "not read, as the providers were not"}
	case provider.resource == nil:
		return sight{} // with its provider it was gone, or not there yet
	default:
		return sight{reason: "not read, as SCIM is off there"}
	}
}

// held gives the version that the reading in snapshot i found, nil where none.
func (h *historian) held(i int, k resourceKey) *snapshot.Resource {
	list := h.versions[k]
	for j := range list {
		from, began := h.at[list[j].From]
		until, ended := h.at[list[j].Until]
		if began && from <= i && (!ended || i < until) {
			return &list[j].Resource
		}
	}
	return nil
}

// event says what happened between two sights that know; differs is false where
// that is nothing. before is nil where nobody looked before.
func (h *historian) event(before *sight, after sight) (_ Event, differs bool, err error) {
	var was *snapshot.Resource
	if before != nil {
		was = before.resource
	}
	if was == after.resource {
		return Event{}, false, nil
	}
	ch, err := resourceChange(&h.reducer, was, after.resource, h.ignored)
	if err != nil {
		return Event{}, false, err
	}
	if ch.Action == Changed && len(ch.Fields) == 0 {
		return Event{}, false, nil
	}
	now := cmp.Or(after.resource, was)
	if ch.Summary = now.Summary(); before != nil {
		h.weigher.weigh(&ch) // at the first look nothing has happened
	}
	return Event{
		Action: ch.Action, Severity: ch.Severity, Rule: ch.Rule, Reason: ch.Reason,
		Modified: ch.Modified, Fields: ch.Fields,
	}, true, nil
}
