package report

import (
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// injections are names that would do something in a format that is not escaped.
var injections = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='x`, `</title></style><b>`,
	"a|b`c``d", "`", "``` x", `back\|slash\`, "[link](https://evil.example) ![i](x)", "**bold** _it_ ~~no~~",
	"@octocat #123 GH-12", "https://evil.example", "# heading", "&lt;amp&#124;", "{{.}}", ":smile:", strings.Repeat("`", 100) + "|" + strings.Repeat("`", 99),
	" spaces ", "a | --- |", "0123456789abcdef0123456789abcdef01234567",
}

// hostileDiff says hostile things wherever a result can say anything.
func hostileDiff(tb testing.TB) diff.Result {
	tb.Helper()
	names := append(append([]string{}, hostileNames...), injections...)
	a, b := before(), after()
	a.Text, b.Text = names[0]+injections[0], injections[4]
	a.Snapshot.TargetName, b.Snapshot.TargetName = injections[1], names[1]
	a.Snapshot.Target.ID, b.Snapshot.ID = injections[2], injections[3]
	r := diff.Result{A: a, B: b}
	kinds := append(snapshot.Kinds(), "")
	actions := []diff.Action{diff.Changed, diff.Added, diff.Changed, diff.Removed}
	for i, name := range names {
		at := snapshot.Collection{Kind: kinds[i%len(kinds)]}
		if at.Kind == "" {
			at.Kind = snapshot.Kind(name)
		}
		if at.Kind.IsSCIM() {
			at.Provider = name
		}
		r.Changes = append(r.Changes, hostileChange(at, actions[i%len(actions)], name, names[(i+1)%len(names)]))
		r.NotCompared = append(r.NotCompared, diff.NotCompared{Collection: at, ProviderName: name, Reason: name})
		r.Unread = append(r.Unread, diff.NotCompared{Collection: at, ProviderName: name, Reason: name})
		r.Ambiguous = append(r.Ambiguous, diff.Ambiguity{Collection: at, Name: name, Type: snapshot.Type(name), A: []string{name}, B: []string{name, name}})
		// Everything of a provider and of a user, whatever the name.
		r.Changes = append(r.Changes,
			hostileChange(snapshot.Collection{Kind: snapshot.IdentityProvider}, diff.Changed, name, ""),
			hostileChange(snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "p"}, diff.Changed, name, ""))
	}
	return r
}

// hostileChange says name wherever a change can say anything.
func hostileChange(at snapshot.Collection, a diff.Action, name, other string) diff.Change {
	valid := strings.ToValidUTF8(name, "?")
	q, long := quoted(valid), quoted(strings.Repeat("x", 70)+valid+strings.Repeat("y", 70))
	fields := []diff.Field{
		setting("/"+name, q, quoted(strings.ToValidUTF8(other, "?")), diff.High, name, name),
		setting("/list", `["a","b",`+q+`]`, `["a","b"]`, diff.Medium, name, name),
		setting("/long", long, strings.Replace(long, "yy", "zz", 1), diff.Low, "", ""),
		setting("/raw", `{"x":`+q+`}`, `[{}]`, diff.Info, "", ""),
	}
	for i := range fields {
		switch a {
		case diff.Added:
			fields[i].Old = nil
		case diff.Removed:
			fields[i].New = nil
		case diff.Changed:
		}
	}
	return diff.Change{
		Action: a, Collection: at, ProviderName: name, ID: name, IDB: name + "2",
		Summary:  snapshot.Summary{Name: name, Email: name, Type: snapshot.Type(name), Modified: name},
		Severity: diff.High, Rule: name, Reason: name, Fields: fields,
	}
}
