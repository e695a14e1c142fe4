package report

import (
	"cmp"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// references are apps, policies and groups that name providers.
type references struct {
	Kinds  string // "2 Access apps, 1 Access policy"
	One    bool   // there is one
	Listed []reference
	More   int // that are not listed
}

// reference is one of them.
type reference struct {
	Kind, Name string
	Providers  []string // that it names
}

// maxReferences is how many are listed where a plan has more to say.
const maxReferences = 5

// referencesOf sums references up; ids says whether with the ids of the providers.
func referencesOf(list []migrate.Reference, ids, full bool) *references {
	if len(list) == 0 {
		return nil
	}
	out := &references{One: len(list) == 1}
	var order []snapshot.Kind
	count := map[snapshot.Kind]int{}
	for i, r := range list {
		if count[r.Kind] == 0 {
			order = append(order, r.Kind)
		}
		count[r.Kind]++
		if i >= maxReferences && !full {
			out.More++
			continue
		}
		one := reference{Kind: kindName(r.Kind), Name: Safe(cmp.Or(strings.TrimSpace(r.Name), r.ID))}
		for _, m := range r.Providers {
			one.Providers = append(one.Providers, mentionText(m, ids))
		}
		out.Listed = append(out.Listed, one)
	}
	out.Kinds = kindCounts(order, count)
	return out
}

// kindCounts writes how many there are of each kind: "2 Access apps, 1 Access policy".
func kindCounts(order []snapshot.Kind, count map[snapshot.Kind]int) string {
	parts := make([]string, 0, len(order))
	for _, k := range order {
		name := kindName(k)
		if count[k] != 1 && plural[k] != "" {
			name = plural[k]
		}
		parts = append(parts, number(count[k])+" "+name)
	}
	return strings.Join(parts, ", ")
}

// mentionText names a provider that is named somewhere.
func mentionText(m migrate.Mention, ids bool) string {
	name, id := Safe(strings.TrimSpace(m.Name)), Safe(m.ID)
	if m.NewID != "" && ids {
		id += " → " + Safe(m.NewID)
	}
	switch {
	case name == "":
		return id
	case ids:
		return name + " (" + id + ")"
	}
	return name
}

// namesOrName agrees with how many there are.
func (r *references) namesOrName() string {
	if r.One {
		return "names"
	}
	return "name"
}

// rewriteRepairs says what to do about what names providers that are not there.
const rewriteRepairs = "--rewrite-references repairs that, as far as it is known which provider is meant."
