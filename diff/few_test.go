package diff_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// With Most, the changes that are told are those that would be told anyway, the worst
// of each list and action; and all are counted.
func TestFewAreToldAndAllAreCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := twoSides(t)
		o := diff.Options{
			AtLeast: rapid.SampledFrom(diff.Severities()).Draw(t, "at least"),
			Brief:   rapid.Bool().Draw(t, "brief"),
		}
		all := compare(t, a, b, o)
		o.Most = rapid.IntRange(1, 3).Draw(t, "most")
		few := compare(t, a, b, o)
		type list struct {
			snapshot.Collection
			diff.Action
		}
		byKey := map[string]diff.Change{}
		want, told := map[list]map[diff.Severity]int{}, map[list]int{}
		count := func(of list, s diff.Severity, n int) {
			if want[of] == nil {
				want[of] = map[diff.Severity]int{}
			}
			want[of][s] += n
		}
		for _, ch := range all.Changes {
			byKey[fmt.Sprint(ch.Collection, ch.ID, ch.IDB)] = ch
			count(list{ch.Collection, ch.Action}, ch.Severity, 1)
		}
		least := map[list]diff.Severity{}
		for _, ch := range few.Changes {
			if d := cmp.Diff(byKey[fmt.Sprint(ch.Collection, ch.ID, ch.IDB)], ch); d != "" {
				t.Fatal(d)
			}
			of := list{ch.Collection, ch.Action}
			count(of, ch.Severity, -1)
			if least[of] = min(ch.Severity, least[of]); told[of] == 0 {
				least[of] = ch.Severity
			}
			told[of]++
		}
		for _, r := range few.Rest {
			of := list{r.Collection, r.Action}
			count(of, r.Severity, -r.N)
			if !r.Kind.IsSCIM() || told[of] != o.Most || r.Severity > least[of] || r.N < 1 {
				t.Fatalf("%+v, of which %d are told, the least of them %s", r, told[of], least[of])
			}
		}
		for of, severities := range want {
			for s, n := range severities {
				if n != 0 {
					t.Fatalf("%v: %d of %s more than are told", of, n, s)
				}
			}
		}
		added, changed, removed := all.Count()
		if x, y, z := few.Count(); x != added || y != changed || z != removed {
			t.Fatalf("%d, %d, %d counted, not %d, %d, %d", x, y, z, added, changed, removed)
		}
	})
}

// A mass is one, however few of it are told.
func TestMassOfWhichFewAreTold(t *testing.T) {
	people := func(prefix string) *side {
		w := world("one").provider(snapshot.Okta, "p", "Okta", nil).scim("p")
		for i := range 30 {
			w = w.user("p", fmt.Sprint("u", i), tree{"displayName": fmt.Sprintf("%q", prefix+fmt.Sprint(i))})
		}
		return w
	}
	r := compare(t, people("A"), people("B"), diff.Options{Most: 3})
	if len(r.Changes) != 3 || len(r.Rest) != 1 || r.Rest[0].N != 27 || r.Rest[0].Severity != diff.High || r.Rest[0].ProviderName != "Okta" {
		t.Fatalf("%+v, rest %+v", r.Changes, r.Rest)
	}
	if !slices.ContainsFunc(r.Changes, func(ch diff.Change) bool {
		return ch.Rule == "mass-user-change" && ch.Name != "" && len(ch.Fields) == 1
	}) {
		t.Errorf("%+v", r.Changes[0])
	}
}
