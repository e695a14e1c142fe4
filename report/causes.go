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
	var causes []Cause
	at := map[[2]string]int{}
	for _, c := range sn.Captures {
		if c.Status == snapshot.Complete || !wanted(c.Kind, kinds) {
			continue
		}
		gist := Gist(c.Error)
		key := [2]string{string(c.Status), gist}
		i, known := at[key]
		if !known {
			i = len(causes)
			at[key] = i
			causes = append(causes, Cause{Status: c.Status, Why: c.Error, Gist: gist})
		}
		if causes[i].Why != c.Error {
			causes[i].Why = gist
		}
		causes[i].Captures = append(causes[i].Captures, c)
	}
	return causes
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
