package report

import (
	"iter"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Show prints a header, then the resources under a title for each collection:
// a few lines for a provider, one line for anything else. Within a collection they
// are sorted by name, so that an eye finds them, unless there are too many for that.
func (t text) Show(sn snapshot.Snapshot, kinds []snapshot.Kind, resources iter.Seq2[snapshot.Resource, error]) error {
	w := newWriter(t.w)
	t.header(w, sn)
	t.notRead(w, sn, kinds...)
	s := show{text: t, w: w, sn: sn, providers: map[string]string{}}
	for r, err := range resources {
		if err != nil {
			s.flush()
			_ = w.end()
			return err
		}
		if s.take(r); w.err != nil {
			break
		}
	}
	s.flush()
	s.empty(kinds)
	return w.end()
}

// maxSorted is how many resources of a collection are sorted by name. More stay in
// the order in which they come, by id.
const maxSorted = 2000

// show is the printing of one state. Of the resources that it has shown it keeps
// the providers' names only.
type show struct {
	text
	w         *writer
	sn        snapshot.Snapshot
	current   snapshot.Collection
	taken     int                 // resources of the current collection
	pending   []snapshot.Resource // of these, the ones that wait to be sorted
	providers map[string]string   // name by id
}

// take keeps a resource until its collection is whole, or shows it at once where
// that is large.
func (s *show) take(r snapshot.Resource) {
	if s.taken == 0 || r.Collection != s.current {
		s.flush()
		s.current, s.taken = r.Collection, 0
		s.title(r.Collection)
	}
	s.taken++
	switch {
	case s.taken <= maxSorted:
		s.pending = append(s.pending, r)
		return
	case len(s.pending) > 0:
		s.show()
	}
	s.resource(r)
}

// flush shows what waits, sorted by name.
func (s *show) flush() {
	type named struct {
		name string
		snapshot.Resource
	}
	all := make([]named, len(s.pending))
	for i, r := range s.pending {
		all[i] = named{strings.ToLower(r.Name()), r}
	}
	slices.SortStableFunc(all, func(a, b named) int { return strings.Compare(a.name, b.name) })
	for i, r := range all {
		s.pending[i] = r.Resource
	}
	s.show()
}

// show shows what waits.
func (s *show) show() {
	for _, r := range s.pending {
		s.resource(r)
	}
	s.pending = nil
}

func (s *show) resource(r snapshot.Resource) {
	sum := r.Summary()
	switch r.Kind {
	case snapshot.IdentityProvider:
		s.providers[r.ID] = providerLabel(r.ID, sum.Name)
		s.provider(r, sum)
	case snapshot.SCIMUser:
		s.user(r, sum)
	case snapshot.SCIMGroup:
		s.line(r, sum, Safe(sum.ExternalID))
	case snapshot.Organization:
		s.line(r, sum, leaf(fieldsOf(r.Document), "auth_domain"))
	case snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup:
		s.reference(r, sum)
	default:
		s.line(r, sum, Safe(r.ID))
	}
}

// title heads a collection: "SCIM users of Corp Okta (98,231; 97,002 active)".
func (s *show) title(c snapshot.Collection) {
	capture, known := s.sn.Capture(c)
	title := s.fit(collectionName(c, capture.ProviderName), s.width-30)
	counts := ""
	if known && capture.Status == snapshot.Complete && c.Kind != snapshot.Organization {
		counts = " (" + number(capture.Count)
		if c.Kind == snapshot.SCIMUser {
			counts += "; " + number(capture.Active) + " active"
		}
		counts += ")"
	}
	s.w.print("\n", s.bold(capital(title)), counts, "\n")
}

// user prints the name, "inactive" if so, and the address, which is never
// shortened to fit: it is what people search for. On a terminal its length is
// bounded, as that of an address is by RFC 5321.
func (s *show) user(r snapshot.Resource, sum snapshot.Summary) {
	state := s.pad("", 8)
	if !sum.Active {
		state = s.warn("inactive")
	}
	address := s.fit(Safe(sum.Email), 254)
	if address == "" {
		address = s.dim(Safe(r.ID))
	}
	s.w.print("  ", s.pad(label(sum.Name), s.width*2/5), "  ", state, "  ", address, "\n")
}

// line prints a name and one thing more.
func (s *show) line(_ snapshot.Resource, sum snapshot.Summary, more string) {
	if more == "" {
		s.w.print("  ", s.fit(label(sum.Name), s.width-2), "\n")
		return
	}
	n := s.width * 2 / 5
	s.w.print("  ", s.pad(label(sum.Name), n), "  ", s.fit(more, s.width-n-4), "\n")
}

// reference prints what depends on providers, and on which: they are the reason
// why it was read.
func (s *show) reference(r snapshot.Resource, sum snapshot.Summary) {
	fields := fieldsOf(r.Document)
	var what string
	switch r.Kind { //nolint:exhaustive // the caller has sorted out the rest
	case snapshot.AccessApp:
		what = strings.TrimSpace(leaf(fields, "type") + " " + leaf(fields, "domain"))
	case snapshot.AccessPolicy:
		what = leaf(fields, "decision")
	}
	var uses []string
	for _, id := range mentioned(r.Document, s.providers) {
		uses = append(uses, s.fit(s.providers[id], 40))
	}
	if allowed := leaf(fields, "allowed_idps"); r.Kind == snapshot.AccessApp && (allowed == "" || allowed == "[]" || allowed == "null") {
		uses = append([]string{"any provider"}, uses...)
	}
	n := s.width / 3
	line := "  " + s.pad(label(sum.Name), n)
	if r.Kind != snapshot.AccessGroup {
		line += "  " + s.pad(what, n)
	}
	if len(uses) > 0 {
		line += "  " + strings.Join(uses, ", ")
	}
	s.w.print(strings.TrimRight(line, " "), "\n")
}

// provider prints a provider's name, type and id, and below them its settings.
func (s *show) provider(r snapshot.Resource, sum snapshot.Summary) {
	info, _ := snapshot.TypeOf(sum.Type)
	n := (s.width - 4 - 36 - 2) / 2
	s.w.print("  ", s.bold(s.pad(label(sum.Name), n)), "  ", s.pad(Safe(info.Vendor), n-2), "  ", s.dim(Safe(r.ID)), "\n")
	set := settingPaths(r)
	var rows []field
	for _, f := range fieldsOf(r.Document) {
		if set[f.path] && f.path != "name" && f.path != "type" && !strings.HasPrefix(f.path, "scim_config.") {
			rows = append(rows, field{strings.TrimPrefix(f.path, "config."), f.value})
		}
	}
	if line := scimLine(fieldsOf(r.Document)); line != "" {
		rows = append(rows, field{"SCIM", line})
	}
	longest := 0
	for _, f := range rows {
		longest = max(longest, min(width(f.path), s.width*2/5))
	}
	for _, f := range rows {
		s.w.print("      ", s.dim(s.pad(f.path, longest)), "  ", s.fit(f.value, s.width-longest-8), "\n")
	}
}

// empty names the collections of the kinds that were read and hold nothing.
func (s *show) empty(kinds []snapshot.Kind) {
	var names []string
	for _, c := range s.sn.Captures {
		if c.Status == snapshot.Complete && c.Count == 0 && wanted(c.Kind, kinds) {
			names = append(names, s.fit(collectionName(c.Collection, c.ProviderName), s.width/2))
		}
	}
	if len(names) > 0 {
		s.w.print("\n")
		s.labelled(s.w, "", cell{"Empty:", s.dim}, 0, strings.Join(names, ", "))
	}
}

// label is a name, safe, or says that there is none.
func label(name string) string {
	if strings.TrimSpace(name) == "" {
		return "(no name)"
	}
	return Safe(name)
}
