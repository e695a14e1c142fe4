package diff_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// twoSides draws states of one target or of two.
func twoSides(t *rapid.T) (a, b *side) {
	account, prefix := "one", "id"
	if rapid.Bool().Draw(t, "another target") {
		account = "two"
		prefix = rapid.SampledFrom([]string{"id", "di"}).Draw(t, "prefix")
	}
	return worlds("one", "id", false, false).Draw(t, "a"), worlds(account, prefix, false, false).Draw(t, "b")
}

func TestAStateIsTheSameAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := worlds("one", "id", false, false).Draw(t, "a")
		if r := compare(t, a, a, diff.Options{}); len(r.Changes)+len(r.Ambiguous) > 0 {
			t.Fatalf("%q", says(r))
		}
	})
}

// flat are the changes in an order that no side has a say in.
func flat(r diff.Result, mirrored, values bool) []string {
	list := []string{}
	for _, ch := range r.Changes {
		action, from, to := ch.Action, ch.ID, ch.IDB
		switch {
		case ch.Action == diff.Added:
			from = ""
			if mirrored {
				action, from, to = diff.Removed, to, ""
			}
		case ch.Action == diff.Removed && mirrored:
			action, from, to = diff.Added, "", from
		case mirrored:
			from, to = to, from
		}
		line := fmt.Sprint(ch.Kind, " ", action, " ", from, " ", to)
		list = append(list, line)
		for _, f := range ch.Fields {
			old, updated := or(f.Old), or(f.New)
			if mirrored {
				old, updated = updated, old
			}
			if !values {
				old, updated = "", ""
			}
			list = append(list, fmt.Sprint(line, " ", f.Path, " ", old, " ", updated))
		}
	}
	for _, s := range r.Ambiguous {
		if mirrored {
			s.A, s.B = s.B, s.A
		}
		list = append(list, fmt.Sprint("ambiguous ", s.Kind, s.A, s.B))
	}
	slices.Sort(list)
	return list
}

func TestTheOtherWayRoundIsTheMirrorImage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := twoSides(t)
		there, back := compare(t, a, b, diff.Options{}), compare(t, b, a, diff.Options{})
		within := a.snapshot.Target == b.snapshot.Target // else ids are written as in b
		one, other := flat(there, false, within), flat(back, true, within)
		if shared := b.uses("id-"); !within && shared {
			// What names nothing, by an id that in the other target is something's, is taken
			// for that: Cloudflare's ids are no one else's, these may be.
			named := func(line string) bool { return strings.HasPrefix(line, "access_") }
			one, other = slices.DeleteFunc(one, named), slices.DeleteFunc(other, named)
		}
		if d := cmp.Diff(one, other); d != "" {
			t.Fatal(d)
		}
		if len(there.NotCompared) != len(back.NotCompared) || len(there.Unread) != len(back.Unread) {
			t.Fatalf("%q\nand back %q", says(there), says(back))
		}
	})
}

func TestTwoStepsCoverTheWholeWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s [3]*side
		for i := range s {
			s[i] = worlds("one", "id", false, true).Draw(t, "state")
		}
		ab, bc, ac := compare(t, s[0], s[1], diff.Options{}), compare(t, s[1], s[2], diff.Options{}), compare(t, s[0], s[2], diff.Options{})
		if !ab.Complete() || !bc.Complete() {
			t.Skip("who does not look sees no step")
		}
		for _, ch := range ac.Changes {
			if moved(ab, ch.Provider) || moved(bc, ch.Provider) {
				continue // with its provider, which was created again, it has a new id
			}
			if ch.Action == diff.Changed && len(ch.Fields) > 0 {
				for _, f := range ch.Fields {
					if !steps(ab, ch.Kind, ch.ID, f.Path, true) && !steps(bc, ch.Kind, ch.IDB, f.Path, false) {
						t.Fatalf("%+v of %+v in neither step", f, ch)
					}
				}
			} else if !steps(ab, ch.Kind, ch.ID, "", true) && !steps(bc, ch.Kind, ch.IDB, "", false) && !steps(bc, ch.Kind, ch.ID, "", true) {
				t.Fatalf("%+v in neither step", ch)
			}
		}
	})
}

// moved reports whether a provider came, went or was created again.
func moved(r diff.Result, provider string) bool {
	return slices.ContainsFunc(r.Changes, func(ch diff.Change) bool {
		return ch.Kind == snapshot.IdentityProvider && (ch.ID == provider || ch.IDB == provider) && (ch.Action != diff.Changed || ch.ID != ch.IDB)
	})
}

// uses reports whether there are ids that begin so.
func (s *side) uses(prefix string) bool {
	for _, list := range s.resources {
		for _, r := range list {
			if strings.HasPrefix(r.ID, prefix) {
				return true
			}
		}
	}
	return false
}

// steps reports whether the path of a resource changed, or it came or went.
func steps(r diff.Result, k snapshot.Kind, id, path string, ofA bool) bool {
	return slices.ContainsFunc(r.Changes, func(ch diff.Change) bool {
		if ch.Kind != k || ofA && ch.ID != id || !ofA && ch.IDB != id {
			return false
		}
		return path == "" || ch.Action != diff.Changed || ch.ID != ch.IDB || slices.ContainsFunc(ch.Fields, func(f diff.Field) bool {
			return strings.HasPrefix(f.Path+"/", path+"/") || strings.HasPrefix(path+"/", f.Path+"/")
		})
	})
}

func TestFieldsLeadFromOneStateToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := twoSides(t)
		all := rapid.Bool().Draw(t, "all fields")
		for _, ch := range compare(t, a, b, diff.Options{AllFields: all}).Changes {
			if ch.Kind.IsReference() && a.snapshot.Target != b.snapshot.Target {
				continue // ids are written as in b
			}
			was, is := a.find(ch.Kind, ch.ID, ch.Action != diff.Added), b.find(ch.Kind, ch.IDB, ch.Action != diff.Removed)
			if got, want := apply(t, ch.Kind, reduced(t, ch.Kind, was, all), ch.Fields), reduced(t, ch.Kind, is, all); got != want {
				t.Fatalf("%s\nand %+v\ngive %s\nwant %s", was, ch.Fields, got, want)
			}
		}
	})
}

// A history yields what differs, a file everything.
func TestItDoesNotMatterWhetherEqualPairsAreYielded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := worlds("one", "id", false, false).Draw(t, "a"), worlds("one", "id", false, false).Draw(t, "b")
		everything := func(yield func(snapshot.Pair, error) bool) {
			paired := map[string]snapshot.Pair{}
			for _, r := range a.others() {
				paired[r.String()+r.ID] = snapshot.Pair{A: &r}
			}
			for _, r := range b.others() {
				p := paired[r.String()+r.ID]
				p.B = &r
				paired[r.String()+r.ID] = p
			}
			for _, key := range slices.Sorted(maps.Keys(paired)) {
				if !yield(paired[key], nil) {
					return
				}
			}
		}
		full, err := diff.Compare(a.state("a"), b.state("b"), everything, diff.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(compare(t, a, b, diff.Options{}), full); d != "" {
			t.Fatal(d)
		}
	})
}

func TestOrderMeansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := twoSides(t)
		o := diff.Options{Map: map[string]string{}}
		for i, p := range a.state("").Providers {
			if of := b.state("").Providers; i < 2 && i < len(of) {
				o.Map[p.ID] = of[len(of)-1-i].ID
			}
		}
		if rapid.Bool().Draw(t, "some kinds") {
			o.Kinds = rapid.SliceOfN(rapid.SampledFrom(snapshot.Kinds()), 1, 4).Draw(t, "kinds")
		}
		if rapid.Bool().Draw(t, "some types") {
			o.Types = []snapshot.Type{rapid.SampledFrom([]snapshot.Type{snapshot.Okta, snapshot.OneTimePIN}).Draw(t, "type")}
		}
		want := compare(t, a, b, o)
		inA, inB := a.state("a"), b.state("b")
		shuffle := rand.New(rand.NewPCG(1, uint64(len(want.Changes))))
		for range 3 {
			for _, list := range [][]snapshot.Resource{inA.Providers, inB.Providers} {
				shuffle.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			}
			pairs := slices.Collect(maps.Keys(maps.Collect(diff.Pairs(inA, inB, each(a.others()), each(b.others())))))
			got, err := diff.Compare(inA, inB, func(yield func(snapshot.Pair, error) bool) {
				for _, p := range pairs { // as the map had them
					if !yield(p, nil) {
						return
					}
				}
			}, o)
			if err != nil {
				t.Fatal(err)
			}
			got.A, got.B = want.A, want.B
			if d := cmp.Diff(want, got); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func TestWhatWasNotReadIsNeitherAddedNorRemoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := twoSides(t)
		o := diff.Options{}
		if rapid.Bool().Draw(t, "some kinds") {
			o.Kinds = rapid.SliceOfN(rapid.SampledFrom(snapshot.Kinds()), 1, 3).Draw(t, "kinds")
		}
		r := compare(t, a, b, o)
		within := a.snapshot.Target == b.snapshot.Target // else one id may be that of two
		read := func(s *side, k snapshot.Kind) bool {
			in, _ := s.snapshot.Capture(snapshot.Collection{Kind: k})
			return in.Status == snapshot.Complete
		}
		lists := func(s *side, k snapshot.Kind) (all int) {
			for _, in := range s.snapshot.Captures {
				if in.Kind == k && in.Status == snapshot.Complete {
					all++
				}
			}
			return all
		}
		for _, ch := range r.Changes {
			switch {
			case len(o.Kinds) > 0 && !slices.Contains(o.Kinds, ch.Kind):
				t.Fatalf("not asked for: %+v", ch)
			case !ch.Kind.IsSCIM() && read(a, ch.Kind) && read(b, ch.Kind):
			case !ch.Kind.IsSCIM():
				t.Fatalf("%+v\nthough one side did not look", ch)
			case !read(a, snapshot.IdentityProvider) || !read(b, snapshot.IdentityProvider):
				t.Fatalf("%+v\nthough one side does not know its providers", ch)
			case ch.Action == diff.Removed && lists(a, ch.Kind) == 0, ch.Action == diff.Added && lists(b, ch.Kind) == 0:
				t.Fatalf("%+v\nof a list that was not read", ch)
			}
			for _, n := range r.NotCompared {
				if within && n.Collection == ch.Collection && !strings.HasPrefix(n.Reason, "ambiguous") {
					t.Fatalf("%+v\nthough %+v", ch, n)
				}
			}
		}
		asked := func(k snapshot.Kind) bool { return len(o.Kinds) == 0 || slices.Contains(o.Kinds, k) }
		for _, k := range snapshot.Kinds() {
			told := slices.ContainsFunc(append(slices.Clone(r.NotCompared), r.Unread...), func(n diff.NotCompared) bool { return n.Kind == k })
			of := k
			if k.IsSCIM() {
				of = snapshot.IdentityProvider
			}
			if asked(k) && (!read(a, of) || !read(b, of)) && !told && (!k.IsSCIM() || !asked(of)) {
				t.Fatalf("nothing is said of %s: %q", k, says(r))
			}
		}
	})
}
