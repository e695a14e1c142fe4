package diff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

const idp = snapshot.IdentityProvider

// naming is a state in which an app names a provider, a policy and a group, a policy
// a provider and a group, and a group both, each by an id that is the account's own.
func naming(account string) *side {
	id := func(what string) string { return quote(what + " of " + account) }
	include := []any{tree{"group": tree{"id": id("nested")}}, tree{"login_method": tree{"id": id("idp")}}}
	return world(account).provider(snapshot.Okta, "idp of "+account, "Okta", nil).
		of(app, "app of "+account, tree{
			"name": `"A"`, "allowed_idps": []any{id("idp")},
			"policies": []any{tree{"id": id("policy"), "name": `"P"`, "include": include}},
		}).
		of(policy, "policy of "+account, tree{"name": `"P"`, "include": include}).
		of(accessGroup, "group of "+account, tree{"name": `"G"`, "include": include}).
		of(accessGroup, "nested of "+account, tree{"name": `"N"`, "include": []any{rule("everyone")}})
}

// Whoever did not read what is named by ids cannot tell whether another id is another
// thing.
func TestWhatNamesWhatWasNotReadIsNotCompared(t *testing.T) {
	why := func(what string) string { return ": in b the " + what + " that it names were not read" }
	apps, policies, groups := "not compared: access_app", "not compared: access_policy", "not compared: access_group"
	no := ": in b failed: no luck"
	for kind, want := range map[snapshot.Kind][]string{
		idp:         {"not compared: identity_provider" + no, apps + why("providers"), policies + why("providers"), groups + why("providers")},
		policy:      {apps + why("policies"), policies + no},
		accessGroup: {apps + why("groups"), policies + why("groups"), groups + no},
	} {
		for _, status := range []snapshot.Status{snapshot.Failed, snapshot.Skipped} {
			a, b := naming("one"), naming("two").capture(kind, "", status)
			var lines []string
			for _, line := range want {
				lines = append(lines, strings.ReplaceAll(line, "failed", string(status)))
			}
			for _, kinds := range [][]snapshot.Kind{nil, {app}, {policy, accessGroup}} {
				asked := func(line string) bool {
					return kinds == nil || slices.ContainsFunc(kinds, func(k snapshot.Kind) bool { return strings.Contains(line, string(k)+":") })
				}
				expected := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !asked(line) })
				got := slices.DeleteFunc(says(compare(t, a, b, diff.Options{Kinds: kinds})), func(line string) bool { return strings.Contains(line, "scim_") })
				if d := cmp.Diff(expected, got); d != "" && len(expected)+len(got) > 0 {
					t.Errorf("%s %s, kinds %s: %s", kind, status, kinds, d)
				}
				mirrored := compare(t, b, a, diff.Options{Kinds: kinds})
				if len(mirrored.Changes) > 0 || len(mirrored.NotCompared) < len(expected) {
					t.Errorf("%s %s, kinds %s, the other way round: %q", kind, status, kinds, says(mirrored))
				}
			}
			// In one target ids say the same on both sides.
			within := compare(t, naming("one"), naming("one").capture(kind, "", status), diff.Options{Kinds: []snapshot.Kind{app}})
			if !within.Complete() || len(within.Changes) > 0 {
				t.Errorf("%s %s in one target: %q", kind, status, says(within))
			}
		}
	}
	both := compare(t, naming("one").capture(idp, "", snapshot.Failed).capture(policy, "", snapshot.Failed), naming("two").capture(idp, "", snapshot.Failed), diff.Options{Kinds: []snapshot.Kind{app}})
	want := []string{apps + ": in a the providers and policies that it names were not read; in b the providers that it names were not read"}
	if d := cmp.Diff(want, says(both)); d != "" {
		t.Error(d)
	}
}

// A zone has no policies of its own. Its apps repeat theirs all the same.
func TestAppsWherePoliciesCannotBeRead(t *testing.T) {
	unread := "not compared: access_policy: in b unsupported: no luck"
	b := naming("two").capture(policy, "", snapshot.Unsupported)
	if d := cmp.Diff([]string{unread}, says(compare(t, naming("one"), b, diff.Options{}))); d != "" {
		t.Error(d)
	}
	at := snapshot.Collection{Kind: app}
	b.resources[at][0].Document = snapshot.Document(strings.Replace(string(b.resources[at][0].Document), `"name":"P"`, `"name":"Q"`, 1))
	want := []string{`changed access_app app of one > app of two: /policies/0/name "P" > "Q"`}
	only := diff.Options{Kinds: []snapshot.Kind{app}}
	if d := cmp.Diff(want, says(compare(t, naming("one"), b, only))); d != "" {
		t.Error(d)
	}
	// Nor where neither has them.
	a := naming("one").capture(policy, "", snapshot.Unsupported)
	if d := cmp.Diff(want, says(compare(t, a, b, only))); d != "" {
		t.Error(d)
	}
}

// twins is a state with two things of one name, and an app that names one of them.
func twins(account string, k snapshot.Kind, n int, named ...int) *side {
	id := func(i int) string { return fmt.Sprint(k, i, " of ", account) }
	s := world(account)
	for i := range n {
		s.of(k, id(i), tree{"name": `"Twin"`, "type": `"okta"`})
	}
	var rules, ids []any
	for _, i := range named {
		ids = append(ids, quote(id(i)))
		rules = append(rules, tree{"login_method": tree{"id": quote(id(i))}})
	}
	return s.of(app, "app of "+account, tree{"name": `"A"`, "allowed_idps": ids, "x": ids}).
		of(policy, "policy of "+account, tree{"name": `"P"`, "include": rules})
}

// Which of two namesakes is named nobody can tell: so it is no change.
func TestNamingOneOfTheAmbiguousIsNoChange(t *testing.T) {
	for _, k := range []snapshot.Kind{idp, accessGroup} {
		for _, c := range [][2]*side{
			{twins("one", k, 2, 1), twins("two", k, 1, 0)},
			{twins("one", k, 1, 0), twins("two", k, 2, 1)},
			{twins("one", k, 2, 0, 1), twins("two", k, 2, 1, 0)},
		} {
			r := compare(t, c[0], c[1], diff.Options{})
			if len(r.Changes) > 0 || len(r.Ambiguous) != 1 || len(r.NotCompared) != 1 {
				t.Errorf("%s: %q", k, says(r))
			}
			if r := compare(t, c[0], c[1], diff.Options{Kinds: []snapshot.Kind{app, policy}}); len(r.Changes) > 0 || !r.Complete() {
				t.Errorf("%s, apps alone: %q", k, says(r))
			}
		}
		r := compare(t, twins("one", k, 2, 1), twins("two", k, 1), diff.Options{Kinds: []snapshot.Kind{app}, Ignore: []string{"/x"}})
		one := fmt.Sprintf(`"one of %s0 of one, %s1 of one, %s0 of two"`, k, k, k)
		if d := cmp.Diff([]string{"changed access_app app of one > app of two: /allowed_idps [" + one + "] > []"}, says(r)); d != "" {
			t.Error(d)
		}
	}
}
