package diff_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// crowd is a state with n users of which the first were renamed.
func crowd(account, provider string, k snapshot.Kind, n, renamed int) *side {
	s := world(account).provider(snapshot.Okta, provider, "Okta", nil).scim(provider)
	for i := range n {
		o := tree{"externalId": quote(fmt.Sprint("e", i)), "displayName": quote(fmt.Sprint("n", i))}
		if i < renamed {
			o["displayName"] = quote(fmt.Sprint("new", i))
		}
		s.add(snapshot.Collection{Kind: k, Provider: provider}, fmt.Sprint(i, " of ", provider), o)
	}
	return s
}

func (s *side) at(when time.Time) *side {
	s.snapshot.TakenAt = when
	return s
}

func TestManyAtOnceWeighMore(t *testing.T) {
	users := func(n, renamed int) *side { return crowd("one", "p", user, n, renamed) }
	for name, c := range map[string]struct {
		a, b *side
		want string // severity, rule and reason of the first change
	}{
		"more than a tenth":             {users(49, 0), users(49, 5), "high mass-user-change 5 of 49 (10 %) of the list at once"},
		"a tenth":                       {users(50, 0), users(50, 5), "info  "},
		"fewer than five":               {users(4, 0), users(4, 4), "info  "},
		"five of five":                  {users(5, 0), users(5, 5), "high mass-user-change 5 of 5 (100 %) of the list at once"},
		"all are gone":                  {users(5, 0), users(0, 0), "high mass-user-change 5 of 5 (100 %) of the list at once"},
		"counted from what there was":   {users(5, 0), users(100, 0), "high mass-user-change 95 of 5 (1900 %) of the list at once"},
		"from nothing":                  {users(0, 0), users(100, 0), "info user-joined a new person"},
		"in 31 days":                    {users(5, 0), users(5, 5).at(noon.AddDate(0, 0, 31)), "high mass-user-change 5 of 5 (100 %) of the list at once"},
		"in more than 31 days":          {users(5, 0), users(5, 5).at(noon.AddDate(0, 0, 31).Add(time.Second)), "info  "},
		"back in more than 31 days":     {users(5, 0).at(noon.AddDate(0, 1, 2)), users(5, 5), "info  "},
		"in another target":             {users(5, 0), crowd("two", "p", user, 5, 5), "info  "},
		"with the provider":             {world("one"), users(9, 0), "high provider-added a new way to sign in"},
		"gone with the provider":        {users(9, 0), world("one"), "critical provider-removed nobody can sign in through it any more"},
		"of a provider created again":   {users(9, 0), crowd("one", "q", user, 9, 5), "high provider-recreated it has a new id: what names the old one no longer finds it"},
		"groups":                        {crowd("one", "p", group, 9, 0), crowd("one", "p", group, 9, 9), "high mass-group-change 9 of 9 (100 %) of the list at once"},
		"each list by itself":           {lists(4), lists(0), "info user-left gone from the provider"},
		"what weighs more keeps saying": {apps(9), apps(0), "high app-removed what it stood before is not guarded any more"},
	} {
		first := compare(t, c.a, c.b, diff.Options{}).Changes[0]
		if got := fmt.Sprint(first.Severity, " ", first.Rule, " ", first.Reason); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	recreated := compare(t, users(9, 0), crowd("one", "q", user, 9, 5), diff.Options{}).Changes
	if last := recreated[len(recreated)-1]; last.Rule != "mass-user-change" || len(recreated) != 6 {
		t.Errorf("the list of a provider that was created again is the same list: %+v", last)
	}
}

// Who comes or goes with a provider is not said to be many at once.
func TestWhoComesOrGoesWithAProviderIsNoMass(t *testing.T) {
	full := crowd("one", "p", user, 9, 0)
	for rule, sides := range map[string][2]*side{"user-left": {full, world("one")}, "user-joined": {world("one"), full}} {
		people := compare(t, sides[0], sides[1], diff.Options{Kinds: []snapshot.Kind{user}}).Changes
		for _, ch := range people {
			if ch.Rule != rule || ch.Severity != diff.Info {
				t.Errorf("%+v", ch)
			}
		}
		if len(people) != 9 {
			t.Errorf("%d changes", len(people))
		}
	}
}

func TestAMassNeverLowersWhatAChangeWeighs(t *testing.T) {
	o := diff.Options{Rules: with(
		t,
		diff.Rule{Name: "user-left", Severity: diff.High},
		diff.Rule{Name: "mass-user-change", Severity: diff.Medium},
	)}
	for _, ch := range compare(t, crowd("one", "p", user, 9, 0), crowd("one", "p", user, 0, 0), o).Changes {
		if ch.Severity != diff.High || ch.Rule != "user-left" || ch.Reason != "gone from the provider" {
			t.Errorf("%+v", ch)
		}
	}
}

// lists are two lists with n users each.
func lists(n int) *side {
	s := world("one").provider(snapshot.Okta, "p", "Okta", nil).provider(snapshot.Okta, "q", "Okta 2", nil).scim("p", "q")
	for i := range n {
		s.user("p", fmt.Sprint("p", i), tree{}).user("q", fmt.Sprint("q", i), tree{})
	}
	return s
}

func apps(n int) *side {
	s := world("one")
	for i := range n {
		s.of(app, fmt.Sprint(i), tree{"name": quote(fmt.Sprint(i))})
	}
	return s
}

func TestTheFirstPercentageThatIsPassedCounts(t *testing.T) {
	o := diff.Options{Rules: with(
		t,
		diff.Rule{Name: "half", Severity: diff.Critical, Kind: user, Percent: 50},
		diff.Rule{Name: "mass-user-change", Severity: diff.Medium, Reason: "is much"},
	)}
	for renamed, want := range map[int]string{6: "critical half", 5: "medium mass-user-change"} {
		first := compare(t, crowd("one", "p", user, 10, 0), crowd("one", "p", user, 10, renamed), o).Changes[0]
		if got := fmt.Sprint(first.Severity, " ", first.Rule); got != want {
			t.Errorf("%d of 10: %s, want %s", renamed, got, want)
		}
	}
	o.AtLeast = diff.Critical
	if r := compare(t, crowd("one", "p", user, 10, 0), crowd("one", "p", user, 10, 6), o); len(r.Changes) != 6 {
		t.Errorf("what many make of it is known before the small ones are dropped: %q", says(r))
	}
}
