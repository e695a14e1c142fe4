package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// What is shown does not depend on whether all was told or the rest only counted.
func TestWhatIsOnlyCountedIsShownAsWhatIsLeftOut(t *testing.T) {
	for name, all := range map[string]diff.Result{"mass": mass(60), "gone": gone(t), "eventful": eventful(t)} {
		few := all
		few.Changes, few.Rest = nil, nil
		type list struct {
			snapshot.Collection
			diff.Action
		}
		told, rest := map[list]int{}, map[list]map[diff.Severity]int{}
		for _, severity := range diff.Severities() {
			for _, ch := range all.Changes {
				at := list{ch.Collection, ch.Action}
				switch {
				case ch.Severity != severity:
				case !ch.Kind.IsSCIM(), told[at] < MaxListed:
					few.Changes = append(few.Changes, ch)
					told[at]++
				case rest[at] == nil:
					rest[at] = map[diff.Severity]int{severity: 1}
				default:
					rest[at][severity]++
				}
				if ch.Severity == severity && rest[at] != nil && rest[at][severity] > 0 {
					few.Rest = addTo(few.Rest, ch)
				}
			}
		}
		for i := range few.Rest {
			r := &few.Rest[i]
			r.N = rest[list{r.Collection, r.Action}][r.Severity]
		}
		for _, format := range []string{"text", "markdown", "html"} {
			for _, stat := range []bool{false, true} {
				o := DiffOptions{Style: Style{Width: 100}, Stat: stat}
				if d := cmp.Diff(printedDiff(t, format, all, o), printedDiff(t, format, few, o)); d != "" {
					t.Errorf("%s as %s (-all +few):\n%s", name, format, d)
				}
			}
		}
	}
}

// addTo makes sure that the rest has an entry for such changes.
func addTo(rest []diff.Rest, ch diff.Change) []diff.Rest {
	for _, r := range rest {
		if r.Collection == ch.Collection && r.Action == ch.Action && r.Severity == ch.Severity {
			return rest
		}
	}
	return append(rest, diff.Rest{Collection: ch.Collection, ProviderName: ch.ProviderName, Action: ch.Action, Severity: ch.Severity})
}
