package report

import (
	"github.com/idpsnap/idpsnap/snapshot"
)

// maxValue bounds how much of one value is printed, in columns.
const maxValue = 2000

// Resource prints what people know a resource by, then its settings, then the
// other fields that were recorded, each with its dotted path.
func (t text) Resource(sn snapshot.Snapshot, r snapshot.Resource) error {
	w := newWriter(t.w)
	t.named(w, r)
	t.fields(w, t.about(sn, r, r.Summary()))

	set := settingPaths(r)
	var settings, others []field
	for _, f := range fieldsOf(r.Document) {
		if set[f.path] {
			settings = append(settings, f)
		} else {
			others = append(others, f)
		}
	}
	for _, part := range []struct {
		title  string
		fields []field
	}{{"Settings", settings}, {"Other fields", others}} {
		if len(part.fields) > 0 {
			w.print("\n", t.bold(part.title), "\n")
			t.fields(w, part.fields)
		}
	}
	return w.end()
}

// named heads what is said of one resource.
func (t text) named(w *writer, r snapshot.Resource) {
	w.print(capital(kindName(r.Kind)), " ", t.bold(t.fit(label(r.Name()), t.width-20)), "\n")
}

// knownBy gives the facts that tell a resource from others.
func knownBy(r snapshot.Resource, sum snapshot.Summary, provider string) []field {
	facts := []field{{"id", Safe(r.ID)}}
	if sum.Type != "" {
		info, _ := snapshot.TypeOf(sum.Type)
		facts = append(facts, field{"type", Safe(info.Vendor)})
	}
	if r.Provider != "" {
		facts = append(facts, field{"provider", provider + " (" + Safe(r.Provider) + ")"})
	}
	return facts
}

// about gives the facts that stand above the document.
func (t text) about(sn snapshot.Snapshot, r snapshot.Resource, sum snapshot.Summary) []field {
	capture, _ := sn.Capture(r.Collection)
	facts := knownBy(r, sum, t.fit(providerLabel(r.Provider, capture.ProviderName), t.width/2))
	if r.Kind == snapshot.SCIMUser {
		facts = append(facts, field{"active", map[bool]string{true: "yes", false: "no"}[sum.Active]})
	}
	state := "snapshot " + Safe(snapshot.ShortID(sn.ID))
	if sn.ID == "" {
		state = "live state"
	}
	return append(facts,
		field{"target", t.targetLabel(sn, t.width-14)},
		field{"as of", moment(sn.TakenAt) + " (" + state + ")"})
}

// fields prints paths and values in two columns.
func (t text) fields(w *writer, fields []field) {
	longest := 0
	for _, f := range fields {
		longest = max(longest, min(width(f.path), t.width/2))
	}
	for _, f := range fields {
		t.labelled(w, "  ", cell{t.fit(f.path, t.width/2), t.dim}, longest, t.fit(f.value, maxValue))
	}
}
