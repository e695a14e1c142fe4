package report

import (
	"regexp"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Cause is why collections of a snapshot were not read.
type Cause struct {
	Status   snapshot.Status
	Why      string // as recorded where that is the same for all, else Gist; it comes from outside
	Gist     string // Why, less what differs from request to request
	Captures []snapshot.Capture
}

// Causes groups the collections that were not read by why, in the order of the
// snapshot: those of the kinds, or all where there are none.
func Causes(sn snapshot.Snapshot, kinds ...snapshot.Kind) []Cause {
	var unread []snapshot.Capture
	for _, c := range sn.Captures {
		if c.Status != snapshot.Complete && wanted(c.Kind, kinds) {
			unread = append(unread, c)
		}
	}
	var causes []Cause
	for _, g := range groupByWhy(unread, func(c snapshot.Capture) (string, string) { return string(c.Status), c.Error }) {
		causes = append(causes, Cause{Status: g.members[0].Status, Why: g.why, Gist: g.gist, Captures: g.members})
	}
	return causes
}

// group are things of one class for which the same is why.
type group[T any] struct {
	why     string // as it is said of all of them, else gist
	gist    string // why, less what differs from request to request
	members []T
}

// groupByWhy groups what is of one class for one reason, in the order of the list.
func groupByWhy[T any](list []T, of func(T) (class, why string)) []group[T] {
	var groups []group[T]
	at := map[[2]string]int{}
	for _, one := range list {
		class, why := of(one)
		gist := Gist(why)
		key := [2]string{class, gist}
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, group[T]{why: why, gist: gist})
		}
		if groups[i].why != why {
			groups[i].why = gist
		}
		groups[i].members = append(groups[i].members, one)
	}
	return groups
}

// wanted reports whether a kind is one of the kinds, or there are none to choose by.
func wanted(k snapshot.Kind, kinds []snapshot.Kind) bool {
	return len(kinds) == 0 || slices.Contains(kinds, k)
}

// Gist takes out of an error what only names the request: its method and path,
// and the CF-Ray.
func Gist(text string) string {
	for _, cut := range gistCuts {
		text = cut.ReplaceAllString(text, "")
	}
	return text
}

var gistCuts = []*regexp.Regexp{
	regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE) /\S*: `),
	regexp.MustCompile(` \(CF-Ray [^(), ]*\)`),
	regexp.MustCompile(`CF-Ray [^(), ]*, `),
}
