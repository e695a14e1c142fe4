package diff_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

var errDisk = errors.New("the disk is gone")

// until yields the resources and then fails.
func until(list []snapshot.Resource) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		for r := range each(list) {
			if !yield(r, nil) {
				return
			}
		}
		yield(snapshot.Resource{}, errDisk)
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	for _, account := range []string{"one", "two"} {
		for _, n := range []int{0, 1, 9} {
			a, b := crowd("one", "p", user, n, 0), crowd(account, "p", user, 9, 9)
			inA, inB := a.state("a"), b.state("b")
			for name, pairs := range map[string]iter.Seq2[snapshot.Pair, error]{
				"a": diff.Pairs(inA, inB, until(a.others()), each(b.others())),
				"b": diff.Pairs(inA, inB, each(a.others()), until(b.others())),
			} {
				if _, err := diff.Compare(inA, inB, pairs, diff.Options{}); !errors.Is(err, errDisk) {
					t.Errorf("%s, account %s, %d users: %v", name, account, n, err)
				}
			}
		}
	}
}

// Whoever has seen enough stops, wherever that is.
func TestPairsStopWhenNobodyWantsMore(t *testing.T) {
	for _, account := range []string{"one", "two"} {
		a, b := crowd("one", "p", user, 5, 0), crowd(account, "p", user, 7, 3)
		a.user("p", "0 before all", tree{}).user("p", "6 of p and more", tree{})
		for stop := range 12 {
			seen := 0
			for range diff.Pairs(a.state("a"), b.state("b"), each(a.others()), each(b.others())) {
				if seen++; seen > stop {
					break
				}
			}
			if seen > stop+1 {
				t.Errorf("%d after %d", seen, stop)
			}
		}
	}
}

func TestADocumentThatIsNoneIsAnError(t *testing.T) {
	broken := []string{"", "[]", `{"a":1`, `{"a":}`, `{"a" 1}`, `{"a":1}}`, `{a:1}`, `{"a":1,}`, `{"a`, `{"a":"b`, "no JSON"}
	for _, document := range broken {
		for _, sides := range []string{"a", "b", "a b"} {
			a, b := crowd("one", "p", user, 3, 0), crowd("one", "p", user, 3, 3)
			for name, s := range map[string]*side{"a": a, "b": b} {
				if strings.Contains(sides, name) {
					for _, list := range s.resources {
						list[0].Document = snapshot.Document(document + strings.Repeat(" ", len(name+sides)))
					}
				}
			}
			if sides == "a b" { // else they are the same, and nobody looks inside
				for _, list := range b.resources {
					list[0].Document = snapshot.Document(document + "\n")
				}
			}
			var first string
			for range 5 {
				_, err := tryCompare(a, b, diff.Options{})
				if !errors.Is(err, snapshot.ErrSyntax) {
					t.Fatalf("%q in %s: %v", document, sides, err)
				}
				if first == "" {
					first = err.Error()
				}
				if d := cmp.Diff(first, err.Error()); d != "" {
					t.Fatal(d)
				}
			}
		}
	}
}

func TestTitle(t *testing.T) {
	for want, ch := range map[string]diff.Change{
		"Ada":   {ID: "1", Summary: snapshot.Summary{Name: "Ada", Email: "ada@x"}},
		"ada@x": {ID: "1", Summary: snapshot.Summary{Name: " \t", Email: "ada@x"}},
		"1":     {ID: "1"},
		"":      {},
	} {
		if got := ch.Title(); got != want {
			t.Errorf("%+v is called %q", ch, got)
		}
	}
}

// Those that are asked for may be among those that nobody can tell apart.
func TestFiltersAndAmbiguity(t *testing.T) {
	state := func(account string) *side {
		s := world(account)
		for i, name := range []string{"Okta", "Okta", "SAML"} {
			s.provider(snapshot.Okta, fmt.Sprint(account, i), name, nil)
		}
		return s
	}
	for word, n := range map[string]int{"okta": 1, "one1": 1, "two0": 1, "SAML": 0, "*": 1} {
		r := compare(t, state("one"), state("two"), diff.Options{Providers: []string{word}})
		if len(r.Ambiguous) != n || len(r.NotCompared) != n || len(r.Changes) > 0 {
			t.Errorf("%s: %q", word, says(r))
		}
	}
}
