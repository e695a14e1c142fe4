package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// looks are what a state may know of the SCIM users of provider p.
var looks = map[string]func(s *side, who string){
	"listed": func(s *side, who string) {
		s.provider(snapshot.Okta, "p", "Okta", nil).capture(user, "p", snapshot.Complete).user("p", "of "+who, tree{})
	},
	"no provider": func(*side, string) {},
	"SCIM off":    func(s *side, _ string) { s.provider(snapshot.Okta, "p", "Okta", nil) },
	"skipped": func(s *side, _ string) {
		s.provider(snapshot.Okta, "p", "Okta", nil).capture(user, "p", snapshot.Skipped)
	},
	"unsupported": func(s *side, _ string) {
		s.provider(snapshot.Okta, "p", "Okta", nil).capture(user, "p", snapshot.Unsupported)
	},
	"failed": func(s *side, _ string) {
		s.provider(snapshot.Okta, "p", "Okta", nil).capture(user, "p", snapshot.Failed)
	},
	"providers failed": func(s *side, _ string) { s.capture(snapshot.IdentityProvider, "", snapshot.Failed) },
	"providers skipped": func(s *side, _ string) {
		s.capture(snapshot.IdentityProvider, "", snapshot.Skipped)
	},
	"providers forgotten": func(s *side, _ string) { s.drop(snapshot.IdentityProvider, "") },
}

// reasons are what is said of each, "" where there is nothing to say.
var reasons = map[string]string{
	"listed": "", "no provider": "", "SCIM off": "not read, as SCIM is off there",
	"skipped": "skipped: no luck", "unsupported": "unsupported: no luck", "failed": "failed: no luck",
	"providers failed": "not read, as the providers were not", "providers skipped": "not read, as the providers were not",
	"providers forgotten": "not read, as the providers were not",
}

// TestEveryCombinationOfLooks looks at one list with every pair of eyes.
func TestEveryCombinationOfLooks(t *testing.T) {
	for _, kinds := range [][]snapshot.Kind{{user}, nil} {
		everyCombination(t, diff.Options{Kinds: kinds})
	}
}

func everyCombination(t *testing.T, o diff.Options) {
	t.Helper()
	for inA, a := range looks {
		for inB, b := range looks {
			from, to := world("one"), world("one")
			a(from, "a")
			b(to, "b")
			r := compare(t, from, to, o)
			var list []string // what is said of the list, not of all lists
			for _, line := range says(r) {
				if strings.Contains(line, "scim_user of p") {
					list = append(list, line)
				}
			}
			if d := cmp.Diff(expected(inA, inB, len(o.Kinds) > 0), list); d != "" {
				t.Errorf("%s > %s, kinds %s: %s", inA, inB, o.Kinds, d)
			}
			blind := func(look string) bool { return strings.HasPrefix(look, "providers") }
			if inA == "listed" && blind(inB) && r.Complete() {
				t.Errorf("%s > %s is called complete", inA, inB)
			}
			if blind(inA) && blind(inB) && len(r.NotCompared)+len(r.Unread) == 0 {
				t.Errorf("%s > %s: nothing is said", inA, inB)
			}
		}
	}
}

// asked says that the kind was named: then what neither state was to read is missed.
func expected(inA, inB string, asked bool) []string {
	is := func(look string, among ...string) bool {
		for _, one := range among {
			if look == one {
				return true
			}
		}
		return false
	}
	var why []string
	switch a, b := reasons[inA], reasons[inB]; {
	case a != "" && a == b:
		why = []string{"in a and in b " + a}
	case a != "" && b != "":
		why = []string{"in a " + a + "; in b " + b}
	case a != "":
		why = []string{"in a " + a}
	case b != "":
		why = []string{"in b " + b}
	}
	said := strings.Join(why, "")
	blind := []string{"providers failed", "providers skipped", "providers forgotten"}
	empty := []string{"no provider", "SCIM off"}
	leftOut := append([]string{"skipped", "unsupported", "providers skipped"}, empty...)
	switch {
	case is(inA, append(blind, "no provider")...) && is(inB, append(blind, "no provider")...):
		return nil // neither knows of such a list
	case inA == "listed" && inB == "listed":
		return []string{"removed scim_user of p of a", "added scim_user of p of b"}
	case inA == "listed" && inB == "no provider":
		return []string{"removed scim_user of p of a"}
	case inA == "no provider" && inB == "listed":
		return []string{"added scim_user of p of b"}
	case is(inA, empty...) && is(inB, empty...):
		return nil // there is no such list
	case is(inA, leftOut...) && is(inB, leftOut...) && !asked:
		return []string{"unread: scim_user of p: " + said}
	}
	return []string{"not compared: scim_user of p: " + said}
}

func TestWhatIsSaidOfAListThatWasNotRead(t *testing.T) {
	full := func() *side {
		return world("one").of(app, "1", tree{"name": `"A"`}).provider(snapshot.Okta, "p", "Okta", nil).scim("p").user("p", "u", tree{})
	}
	for name, c := range map[string]struct {
		a, b *side
		want []string
	}{
		"apps failed": {full(), full().capture(app, "", snapshot.Failed), []string{"not compared: access_app: in b failed: no luck"}},
		"apps not there": {
			full().drop(app, ""), full().drop(app, ""), []string{"not compared: access_app: in a and in b not read"},
		},
		"apps skipped before": {full().capture(app, "", snapshot.Skipped), full(), []string{"not compared: access_app: in a skipped: no luck"}},
		"apps never asked for": {
			full().capture(app, "", snapshot.Unsupported), full().capture(app, "", snapshot.Skipped),
			[]string{"unread: access_app: in a unsupported: no luck; in b skipped: no luck"},
		},
		"not whole in either file": {
			full().capture(app, "", snapshot.Failed).because("not whole in this file"), full().capture(app, "", snapshot.Failed).because("not whole in this file"),
			[]string{"not compared: access_app: in a and in b failed: not whole in this file"},
		},
		"providers failed": {
			full(), full().capture(snapshot.IdentityProvider, "", snapshot.Failed).drop(user, "p").drop(group, "p"),
			[]string{
				"not compared: identity_provider: in b failed: no luck",
				"not compared: scim_user of p: in b not read, as the providers were not",
				"not compared: scim_group of p: in b not read, as the providers were not",
			},
		},
		"the provider is gone": {full(), world("one").of(app, "1", tree{"name": `"A"`}), []string{"removed identity_provider p", "removed scim_user of p u"}},
		"SCIM was switched off": {
			full(), full().drop(user, "p").drop(group, "p"),
			[]string{
				"not compared: scim_user of p: in b not read, as SCIM is off there",
				"not compared: scim_group of p: in b not read, as SCIM is off there",
			},
		},
	} {
		r := compare(t, c.a, c.b, diff.Options{})
		if d := cmp.Diff(c.want, says(r)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if named := compare(t, c.a, c.b, diff.Options{Kinds: snapshot.Kinds()}); len(named.Unread) > 0 || named.Complete() != (len(r.NotCompared)+len(r.Unread) == 0) {
			t.Errorf("%s, named: %q", name, says(named))
		}
		if r.Complete() != (len(r.NotCompared) == 0) {
			t.Errorf("%s: complete is %t", name, r.Complete())
		}
	}
}

func TestCount(t *testing.T) {
	a := world("one").of(app, "1", tree{"name": `"A"`}).of(app, "2", tree{"name": `"B"`}).of(app, "3", tree{})
	b := world("one").of(app, "1", tree{"name": `"C"`}).of(app, "4", tree{"name": `"D"`})
	r := compare(t, a, b, diff.Options{})
	added, changed, removed := r.Count()
	if got := fmt.Sprint(added, changed, removed); got != "1 1 2" {
		t.Error(got)
	}
	if got := r.Changes[0].Title(); got != "3" {
		t.Errorf("what has no name is called %q", got)
	}
}
