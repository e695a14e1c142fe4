package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// references are apps, policies and groups that name providers.
type references struct {
	Kinds  string // "2 Access apps, 1 Access policy"
	One    bool   // there is one
	Listed []reference
	More   string // what is left out, "" for nothing
}

// reference is one of them.
type reference struct {
	Kind, Name string
	Providers  []string // that it names
}

// maxReferences is how many are listed where a plan has more to say.
const maxReferences = 5

// referencesOf lists references; ids says whether with the ids of the providers.
func referencesOf(list []migrate.Reference, ids bool) *references {
	if len(list) == 0 {
		return nil
	}
	out := &references{One: len(list) == 1}
	count := map[snapshot.Kind]int{}
	for _, r := range list {
		count[r.Kind]++
		one := reference{Kind: kindName(r.Kind), Name: Safe(cmp.Or(strings.TrimSpace(r.Name), r.ID))}
		for _, m := range r.Providers {
			one.Providers = append(one.Providers, mentionText(m, ids))
		}
		out.Listed = append(out.Listed, one)
	}
	out.Kinds = kindCounts(count)
	return out
}

// first leaves no more of those that are listed than there is room for; all says how
// to see all.
func (r *references) first(all string) {
	if r == nil || len(r.Listed) <= maxReferences {
		return
	}
	r.More = "and " + number(len(r.Listed)-maxReferences) + " more; " + all
	r.Listed = r.Listed[:maxReferences]
}

// kindCounts writes how many there are of each kind: "2 Access apps, 1 Access policy".
func kindCounts(count map[snapshot.Kind]int) string {
	parts := make([]string, 0, len(count))
	kinds := snapshot.Kinds()
	for _, k := range slices.Sorted(maps.Keys(count)) {
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	for _, k := range kinds {
		if count[k] == 0 {
			continue
		}
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
