package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// facts are those that every report states: where it is from, what it covers, whether
// that is complete, what proves it and how it was made.
func (q Question) facts() []Fact {
	return slices.Concat(q.source(), q.scope(), q.completeness(), q.integrity(), q.method())
}

func (q Question) source() []Fact {
	return []Fact{
		{Source, "target", "Target", Text(q.Target.String())},
		{Source, "target_name", "Name", Text(q.TargetName)},
		{Source, "api_host", "API host", Text(q.over(func(s *snapshot.Snapshot) string { return s.Host }))},
		{Source, EndpointsFact, "API endpoints", Text(q.endpoints())},
	}
}

// EndpointsFact is the key of a fact that nobody wants to read before anything else.
const EndpointsFact = "api_endpoints"

// endpoints are the lists that snapshots of the target are made of, as Cloudflare's API
// names them (its OpenAPI schema).
func (q Question) endpoints() string {
	lists := "organizations, identity_providers, apps, groups"
	if q.Target.Scope == snapshot.Account {
		lists += ", policies, identity_providers/{id}/scim/users, identity_providers/{id}/scim/groups"
	}
	return fmt.Sprintf("/%ss/%s/access/: %s", q.Target.Scope, q.Target.ID, lists)
}

// over lists what the snapshots that the report rests on say, each once.
func (q Question) over(say func(*snapshot.Snapshot) string) string {
	var list []string
	for _, s := range append(q.inPeriod(), q.cited()...) {
		if word := say(s); word != "" && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func (q Question) scope() []Fact {
	list := []Fact{
		{Scope, "period_from", "Period from", Time(q.From)},
		{Scope, "period_to", "Period to", Time(q.To)},
	}
	if q.At != nil {
		list = append(list, Fact{Scope, "as_of", "As of", Time(q.At.TakenAt)})
	}
	if q.Since != nil {
		list = append(list, Fact{Scope, "compared_with", "Compared with the snapshot of", Time(q.Since.TakenAt)})
	}
	people := "as recorded"
	if q.Redact {
		people = "pseudonyms stand for them"
	}
	list = append(list, q.Asked...)
	return append(list, Fact{Scope, "people", "People", Text(people)})
}

// completeness says of each collection how many rows it has; where the API counted
// otherwise, the collection is not complete, and so not known.
func (q Question) completeness() []Fact {
	var list []Fact
	if s := q.newest(); s != nil {
		list = append(list, Fact{Completeness, "status", "Snapshot", Text(string(s.Status()))})
		for _, c := range s.Captures {
			rows := NotKnown
			if c.Status == snapshot.Complete {
				rows = Number(c.Count)
			}
			list = append(list, Fact{Completeness, "rows." + keyOf(c.Collection), Capital(listName(c.Collection, c.ProviderName)), rows})
		}
		list = append(list, Fact{Completeness, "api_total", "Rows against the API", Text("as many as the API itself counted, in every list with a number here")})
	}
	complete, partial := 0, 0
	for _, s := range q.inPeriod() {
		if s.Status() == snapshot.Complete {
			complete++
		} else {
			partial++
		}
	}
	return append(list,
		Fact{Completeness, "snapshots_complete", "Complete snapshots in the period", Number(complete)},
		Fact{Completeness, "snapshots_partial", "Partial snapshots in the period", Number(partial)},
		Fact{Completeness, "snapshots_forgotten", "Forgotten snapshots of the period", Number(len(q.forgottenInPeriod()))},
	)
}

// keyOf names a collection for programs: "scim_user.okta".
func keyOf(c snapshot.Collection) string {
	if c.Provider == "" {
		return string(c.Kind)
	}
	return string(c.Kind) + "." + c.Provider
}

// integrity cites the snapshots. Digests would let whoever has a list in clear prove
// that a report with pseudonyms is about it, so there they are left out.
func (q Question) integrity() []Fact {
	var list []Fact
	add := func(key, name string, s *snapshot.Snapshot) {
		if s != nil {
			list = append(list, Fact{Integrity, key, name, Text(s.ID)})
		}
	}
	add("snapshot", "Snapshot", q.At)
	add("compared_snapshot", "Compared with", q.Since)
	if in := q.inPeriod(); len(in) > 0 {
		add("first_snapshot", "First of the period", in[0])
		add("last_snapshot", "Last of the period", in[len(in)-1])
	}
	s := q.newest()
	if s == nil || q.Redact {
		return list
	}
	for _, c := range s.Captures {
		if c.Status == snapshot.Complete {
			list = append(list, Fact{Integrity, "digest." + keyOf(c.Collection), "Digest of the " + listName(c.Collection, c.ProviderName), Text(c.Digest.String())})
		}
	}
	return list
}

func (q Question) method() []Fact {
	return []Fact{
		{Method, "command", "Command", Text(q.Command)},
		{Method, "tool", "Made by", Text(strings.TrimSpace("idpsnap " + q.Tool))},
		{Method, "snapshots_by", "Snapshots by idpsnap", Text(q.over(func(s *snapshot.Snapshot) string { return s.Tool }))},
		{Method, "windows", "Windows", Text("a change happened after its window's start, when the last snapshot that saw things as they were was begun, and before its end, when the first that saw them as they are was finished")},
		{Method, "check", "To check", Text("idpsnap verify recomputes every digest and the chain of snapshots; a snapshot's id stands for all it holds and for every snapshot before it")},
	}
}

// newest is the snapshot that the report is about or, of a report over a period, the
// last one in it; nil where there is none. A safety snapshot leaves lists out on
// purpose, and is not taken where there is another.
func (q Question) newest() *snapshot.Snapshot {
	if q.At != nil {
		return q.At
	}
	var last *snapshot.Snapshot
	for _, s := range q.inPeriod() {
		if s.Origin != snapshot.Safety || last == nil || last.Origin == snapshot.Safety {
			last = s
		}
	}
	return last
}

// cited are the snapshots that a report about a moment names.
func (q Question) cited() []*snapshot.Snapshot {
	return slices.DeleteFunc([]*snapshot.Snapshot{q.Since, q.At}, func(s *snapshot.Snapshot) bool { return s == nil })
}

// inPeriod are the snapshots of the period, oldest first.
func (q Question) inPeriod() []*snapshot.Snapshot {
	var list []*snapshot.Snapshot
	for i := range q.Snapshots {
		if q.covers(q.Snapshots[i].TakenAt) {
			list = append(list, &q.Snapshots[i])
		}
	}
	return list
}

// forgottenInPeriod are the snapshots of the period that the history does not hold any
// more.
func (q Question) forgottenInPeriod() []*snapshot.Forgotten {
	var list []*snapshot.Forgotten
	for i := range q.Forgotten {
		if f := &q.Forgotten[i]; f.Target == q.Target && q.covers(f.TakenAt) {
			list = append(list, f)
		}
	}
	return list
}

// covers reports whether a moment is in the period. One that has no beginning or end
// reaches as far as the history does.
func (q Question) covers(t time.Time) bool {
	return !t.Before(q.From) && (q.To.IsZero() || !t.After(q.To))
}

// begins is when the history of the target begins, with what it has forgotten; the
// zero time where there is none.
func (q Question) begins() time.Time {
	var first time.Time
	earliest := func(t time.Time) {
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	for i := range q.Snapshots {
		earliest(q.Snapshots[i].TakenAt)
	}
	for i := range q.Forgotten {
		if q.Forgotten[i].Target == q.Target {
			earliest(q.Forgotten[i].TakenAt)
		}
	}
	return first
}

// period is the period with a beginning and an end, where the question or the history
// has them.
func (q Question) period() (from, to time.Time) {
	from, to = q.From, q.To
	if from.IsZero() {
		from = q.begins()
	}
	if n := len(q.Snapshots); to.IsZero() && n > 0 {
		to = q.Snapshots[n-1].TakenAt
	}
	return from, to
}

// reach says where the history begins, where that is after the period does.
func (q Question) reach() []Remark {
	begins := q.begins()
	switch {
	case begins.IsZero():
		return []Remark{{Severity: diff.Medium, Text: "There is no snapshot of the target: nothing is known."}}
	case q.From.Before(begins) && !q.From.IsZero():
		return []Remark{{Severity: diff.Medium, Text: "The history begins on " + minuteOf(begins) + ": what was before is not known."}}
	}
	return nil
}
