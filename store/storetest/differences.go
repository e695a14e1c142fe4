package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// differ checks what the differences of two snapshots are, in both directions.
func differ(t *testing.T, h History, a, b snapshot.Snapshot, want ...[2]string) {
	t.Helper()
	var got, back [][2]string
	document := func(r *snapshot.Resource) string {
		if r == nil {
			return ""
		}
		return string(r.Document)
	}
	for _, p := range differences(t, h, a, b) {
		got = append(got, [2]string{document(p.A), document(p.B)})
	}
	for _, p := range differences(t, h, b, a) {
		back = append(back, [2]string{document(p.B), document(p.A)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, back); diff != "" {
		t.Errorf("differences, back (-want +got):\n%s", diff)
	}
}

func changedAndBack(t *testing.T, h History) {
	t.Helper()
	var nights []snapshot.Snapshot
	for n, name := range []string{"A", "B", "A"} {
		l := list{"a": user("a", name), "b": user("b", "B")}
		if n == 1 {
			delete(l, "b")
		}
		nights = append(nights, night(t, h, Account, start.AddDate(0, 0, n), map[snapshot.Collection]list{users: l}))
	}
	differ(t, h, nights[0], nights[2])
	differ(t, h, nights[0], nights[1], [2]string{user("a", "A"), user("a", "B")}, [2]string{user("b", "B"), ""})
	differ(t, h, nights[0], nights[0])
}

// neighbours changes little in a large collection.
func neighbours(t *testing.T, h History) {
	t.Helper()
	l := someUsers(4000)
	l["a"], l["b"] = user("a", "A"), user("b", "B")
	first := night(t, h, Account, start, map[snapshot.Collection]list{users: l})
	l["a"], l["c"] = user("a", "A2"), user("c", "C")
	delete(l, "b")
	second := night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{users: l})
	differ(t, h, first, second, [2]string{user("a", "A"), user("a", "A2")}, [2]string{user("b", "B"), ""}, [2]string{"", user("c", "C")})
}

func oneSided(t *testing.T, h History) {
	t.Helper()
	p := list{"p": `{"id":"p"}`}
	first := night(t, h, Account, start, map[snapshot.Collection]list{users: {"a": user("a", "A")}, providers: p})
	failed := night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{providers: p})
	third := night(t, h, Account, start.AddDate(0, 0, 2), map[snapshot.Collection]list{users: {"a": user("a", "A")}})
	differ(t, h, first, failed, [2]string{user("a", "A"), ""})
	differ(t, h, failed, third, [2]string{p["p"], ""}, [2]string{"", user("a", "A")})
	differ(t, h, first, third, [2]string{p["p"], ""})
}

func differencesOfAKind(t *testing.T, h History) {
	t.Helper()
	first := night(t, h, Account, start, map[snapshot.Collection]list{users: {}, providers: {"p": `{"id":"p"}`}})
	second := night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{users: {"a": user("a", "A")}, providers: {}})
	if got := texts(differences(t, h, first, second, snapshot.SCIMUser)); len(got) != 1 {
		t.Errorf("of users: %q", got)
	}
	if got := texts(differences(t, h, first, second, snapshot.AccessApp)); len(got) != 0 {
		t.Errorf("of a kind that is not there: %q", got)
	}
	if got := texts(differences(t, h, first, second, snapshot.SCIMUser, snapshot.IdentityProvider)); len(got) != 2 {
		t.Errorf("of both: %q", got)
	}
}

func differencesStop(t *testing.T, h History) {
	t.Helper()
	first := night(t, h, Account, start, map[snapshot.Collection]list{users: {}})
	second := night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{users: someUsers(10)})
	count := 0
	for _, err := range h.Differences(context.Background(), first.ID, second.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if count++; count == 3 {
			break
		}
	}
	if count != 3 {
		t.Errorf("%d differences", count)
	}
}

func differencesRefused(t *testing.T, h History, errNoSnapshot error) {
	t.Helper()
	zone := snapshot.Target{Scope: snapshot.Zone, ID: "z1"}
	a := night(t, h, Account, start, map[snapshot.Collection]list{providers: {"p": `{"id":"p"}`}})
	z := night(t, h, zone, start, map[snapshot.Collection]list{providers: {"p": `{"id":"p"}`}})
	err := failure(h.Differences(context.Background(), a.ID, z.ID))
	if err == nil || errors.Is(err, errNoSnapshot) {
		t.Errorf("another target's: %v", err)
	}
	for _, ids := range [][2]string{{a.ID, "00" + a.ID[2:]}, {"no number", a.ID}, {a.ID, ""}, {snapshot.ShortID(a.ID), a.ID}} {
		if err := failure(h.Differences(context.Background(), ids[0], ids[1])); !errors.Is(err, errNoSnapshot) {
			t.Errorf("%q: %v, want %v", ids, err, errNoSnapshot)
		}
	}
}

// failure is the error that a sequence ends with.
func failure[E any](seq func(func(E, error) bool)) (err error) {
	for _, err = range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

func cancelled(t *testing.T, h History) {
	t.Helper()
	first := night(t, h, Account, start, map[snapshot.Collection]list{users: {}})
	second := night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{users: someUsers(1000)})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := failure(h.Resources(ctx, second.ID)); !errors.Is(err, context.Canceled) {
		t.Errorf("resources: %v", err)
	}
	if err := failure(h.Differences(ctx, first.ID, second.ID)); !errors.Is(err, context.Canceled) {
		t.Errorf("differences: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	for _, all := range []bool{true, false} {
		_, err := h.Versions(ctx, Account, func(snapshot.Resource) bool { cancel(); return all })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("versions: %v", err)
		}
	}
}
