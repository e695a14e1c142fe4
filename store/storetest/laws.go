package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// agrees checks that what a history says of changes is what its listings give: the
// differences of any two snapshots of a target, and the versions of its resources.
func agrees(t helper, h History) {
	t.Helper()
	all, err := h.Snapshots(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	listings := map[string][]snapshot.Resource{}
	targets := map[snapshot.Target][]snapshot.Snapshot{}
	for _, sn := range all {
		targets[sn.Target] = append(targets[sn.Target], sn)
		for r, err := range h.Resources(context.Background(), sn.ID) {
			if err != nil {
				t.Fatal(err)
			}
			listings[sn.ID] = append(listings[sn.ID], r)
		}
	}
	for target, nights := range targets {
		membersAgree(t, h, nights, listings)
		for i, a := range nights {
			for j, b := range nights {
				all := differences(t, h, a, b)
				if diff := differing(texts(compared(listings[a.ID], listings[b.ID])), texts(all)); diff != "" {
					t.Fatalf("differences of %s and %s (-listings +got):\n%s", snapshot.ShortID(a.ID), snapshot.ShortID(b.ID), diff)
				}
				partsAgree(t, h, a, b, all, 2*i+j)
			}
		}
		for name, match := range map[string]func(snapshot.Resource) bool{
			"all":  func(snapshot.Resource) bool { return true },
			"some": func(r snapshot.Resource) bool { return (len(r.ID)+len(r.Document))%3 == 0 },
			"none": func(snapshot.Resource) bool { return false },
		} {
			want := lives(nights, listings, match)
			got, err := h.Versions(context.Background(), target, match)
			if err != nil {
				t.Fatal(err)
			}
			if diff := differing(lines(want), lines(got)); diff != "" {
				t.Fatalf("versions, %s (-listings +got):\n%s", name, diff)
			}
		}
	}
}

func differences(t helper, h History, a, b snapshot.Snapshot, kinds ...snapshot.Kind) (pairs []snapshot.Pair) {
	t.Helper()
	for p, err := range h.Differences(context.Background(), a.ID, b.ID, kinds...) {
		if err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// compared pairs two listings, both in display order.
func compared(a, b []snapshot.Resource) (pairs []snapshot.Pair) {
	for len(a)+len(b) > 0 {
		order := -1
		switch {
		case len(a) == 0:
			order = 1
		case len(b) > 0:
			order = snapshot.CompareResources(a[0], b[0])
		}
		var p snapshot.Pair
		if order <= 0 {
			p.A, a = &a[0], a[1:]
		}
		if order >= 0 {
			p.B, b = &b[0], b[1:]
		}
		if order != 0 || string(p.A.Document) != string(p.B.Document) {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// lives makes the versions of what matches out of listings, oldest night first.
func lives(nights []snapshot.Snapshot, listings map[string][]snapshot.Resource, match func(snapshot.Resource) bool) (all []snapshot.Version) {
	type name struct {
		snapshot.Collection
		id string
	}
	matched := map[name]bool{}
	for _, sn := range nights {
		holds := map[name]snapshot.Resource{}
		for _, r := range listings[sn.ID] {
			holds[name{r.Collection, r.ID}] = r
			if match(r) {
				matched[name{r.Collection, r.ID}] = true
			}
		}
		for i, v := range all {
			of := name{v.Collection, v.ID}
			if c, _ := sn.Capture(v.Collection); c.Status != snapshot.Complete || v.Until != "" {
				continue
			}
			if now, ok := holds[of]; ok && string(now.Document) == string(v.Document) {
				delete(holds, of) // the same version
			} else {
				all[i].Until = sn.ID
			}
		}
		for _, r := range holds {
			all = append(all, snapshot.Version{Resource: r, From: sn.ID})
		}
	}
	all = slices.DeleteFunc(all, func(v snapshot.Version) bool { return !matched[name{v.Collection, v.ID}] })
	slices.SortStableFunc(all, func(a, b snapshot.Version) int { return snapshot.CompareResources(a.Resource, b.Resource) })
	return all
}

// differing is cmp.Diff of lines, which are many and mostly equal: it would compare each
// one several times to find that out.
func differing(want, got []string) string {
	if slices.Equal(want, got) {
		return ""
	}
	return cmp.Diff(want, got)
}

func texts(pairs []snapshot.Pair) (list []string) {
	for _, p := range pairs {
		list = append(list, text(p.A)+" -> "+text(p.B))
	}
	return list
}

func text(r *snapshot.Resource) string {
	if r == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s %s %s", r.Collection, r.ID, r.Document)
}

func lines(versions []snapshot.Version) (list []string) {
	for _, v := range versions {
		list = append(list, fmt.Sprintf("%s, from %s until %s", text(&v.Resource), snapshot.ShortID(v.From), snapshot.ShortID(v.Until)))
	}
	return list
}

// Nights records nights that choose decides on, and checks what the history says of
// them. choose gives a number from 0 up to, and without, n.
func Nights(t helper, h History, choose func(what string, n int) int) {
	t.Helper()
	zone := snapshot.Target{Scope: snapshot.Zone, ID: "z1"}
	groups := snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: users.Provider}
	others := snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "00000000-2222-4222-8222-222222222222"}
	ids := []string{
		"00000000-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "00000000-aaaa-4aaa-8aaa-bbbbbbbbbbbb", "a", "00000000", "00000000-z", strings.Repeat("long", 20),
	}
	state := map[string]map[snapshot.Collection]list{}
	for n := range 2 + choose("nights", 8) {
		target := Account
		if choose("target", 5) == 0 {
			target = zone
		}
		if state[target.ID] == nil {
			state[target.ID] = map[snapshot.Collection]list{users: {}, providers: {}, groups: someUsers(choose("that stay", 3) * 20), others: {}}
		}
		read := map[snapshot.Collection]list{}
		for _, c := range []snapshot.Collection{users, providers, groups, others} {
			l := state[target.ID][c]
			for range choose("changes", 4) {
				id := ids[choose("id", len(ids))]
				if value := choose("value", 4); value > 0 {
					l[id] = user(id, strings.Repeat("x", value))
				} else {
					delete(l, id)
				}
			}
			if choose("capture", 4) > 0 {
				read[c] = l
			}
		}
		night(t, h, target, start.Add(time.Duration(n)*time.Hour), read)
	}
	agrees(t, h)
}
