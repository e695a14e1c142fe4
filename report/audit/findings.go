package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// finding is something that is not as it should be.
type finding struct {
	severity diff.Severity
	kind     snapshot.Kind
	id, name string // of the resource
	rule     string // stable, for programs: "certificate_expired"
	what     string // is the case
	why      string // that matters
	mend     string // it, in Cloudflare's words
}

// findingColumns are those of a table of findings.
func findingColumns() []Column {
	return []Column{
		{Key: "severity", Name: "Severity", Role: Weight},
		{Key: "kind", Name: "Kind", Minor: true},
		{Key: "id", Name: "Id", Role: Code, Minor: true},
		{Key: "name", Name: "Where"},
		{Key: "finding", Name: "Finding", Role: Code, Minor: true},
		{Key: "what", Name: "What"},
		{Key: "why", Name: "Why it matters"},
		{Key: "mend", Name: "How to mend it"},
	}
}

// findingTable shows findings, the worst first. Those that weigh less than the
// question asks for are left out.
func findingTable(list []finding, empty string) Table {
	var rows [][]Cell
	for _, f := range list {
		rows = append(rows, []Cell{
			Weigh(f.severity), Text(string(f.kind)), Text(f.id), Text(providerLabel(f.id, f.name)),
			Text(f.rule), Text(f.what), Text(f.why), Text(f.mend),
		})
	}
	return Table{
		Name: "findings", Title: "Findings", Sheet: "Exceptions", Empty: empty,
		Columns: findingColumns(), Rows: fixedRows(rows), Len: len(rows),
	}
}

// sortedFindings are those that weigh enough, the worst first.
func sortedFindings(list []finding, atLeast diff.Severity) []finding {
	list = slices.DeleteFunc(list, func(f finding) bool { return f.severity < atLeast })
	slices.SortStableFunc(list, func(a, b finding) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), rank(a.kind)-rank(b.kind), strings.Compare(a.name, b.name), strings.Compare(a.id, b.id), strings.Compare(a.rule, b.rule))
	})
	return list
}

// findingFigures count findings by severity, the worst first; Info has none.
func findingFigures(list []finding) (all []Figure) {
	for _, s := range diff.Severities() {
		if s == diff.Info {
			continue
		}
		n := 0
		for _, f := range list {
			if f.severity == s {
				n++
			}
		}
		f := Figure{Key: "findings_" + s.String(), Name: Capital(s.String()) + " findings", Value: Number(n)}
		if n > 0 {
			f.Severity = s
		}
		all = append(all, f)
	}
	return all
}

// findingLead says what is on top: the worst findings, by what they are.
func findingLead(list []finding, fine string) []Remark {
	if len(list) == 0 {
		return []Remark{{diff.Info, fine}}
	}
	worst := list[0].severity
	var where []string
	n := 0
	for _, f := range list {
		if f.severity != worst {
			break
		}
		n++
		where = append(where, fmt.Sprintf("%s (%s)", providerLabel(f.id, f.name), f.what))
	}
	return []Remark{{worst, fmt.Sprintf("%s of severity %s: %s.", Things(n, "finding"), worst, enumerated(where))}}
}
