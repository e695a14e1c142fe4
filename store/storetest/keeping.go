package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Keeper is a history that does not keep everything for ever.
type Keeper interface {
	History
	AppendLast(ctx context.Context, e Entry, end int64) (seq int64, err error)
	Forget(ctx context.Context, ids []string, at time.Time, why string) error
	Forgotten(ctx context.Context) ([]snapshot.Forgotten, error)
	Prune(ctx context.Context, at time.Time) error
	Pin(ctx context.Context, ids []string, at time.Time, why string) error
	Unpin(ctx context.Context, ids []string, at time.Time, why string) error
}

// KeepingErrors are a keeper's for what the suite provokes.
type KeepingErrors struct {
	Moved, NoSnapshot, RunMoved error // as in Errors

	Forgotten    error // an id of a snapshot that was forgotten
	Pinned       error // a snapshot that is not to be forgotten
	LastComplete error // what leaves a target without a complete snapshot
}

// RunKeeping runs the suite on keepers that open makes, each new and empty.
func RunKeeping(t *testing.T, open func(t *testing.T) Keeper, errs KeepingErrors) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, k Keeper, errs KeepingErrors){
		"OthersHoldWhatTheyHeld":        othersHold,
		"NightAfterIsComparedWithWhich": nightAfter,
		"SettingsAreRememberedRightly":  settingsStay,
		"WhatReturnsWasNeverGone":       returns,
		"CollectionIsForgottenWhole":    wholeCollection,
		"ForgottenIsListedApart":        listedApart,
		"AllOrNothingIsForgotten":       allOrNothing,
		"PinnedIsKept":                  pinned,
		"OneCompleteStays":              oneStays,
		"ForgottenUnderADraft":          underADraft,
		"RunsDoNotSeeUpkeep":            runsDoNotSee,
		"PruneWithNothingToDo":          nothingToPrune,
	} {
		t.Run(name, func(t *testing.T) {
			k := open(t)
			test(t, k, errs)
			verify(t, k)
			agrees(t, k)
			prune(t, k)
			verify(t, k)
			agrees(t, k)
		})
	}
}

var later = start.AddDate(1, 0, 0) // when snapshots are forgotten

func forget(t helper, k Keeper, list ...snapshot.Snapshot) {
	t.Helper()
	if err := k.Forget(context.Background(), ids(list), later, "keep less"); err != nil {
		t.Fatal(err)
	}
}

func prune(t helper, k Keeper) {
	t.Helper()
	if err := k.Prune(context.Background(), later); err != nil {
		t.Fatal(err)
	}
}

func ids(list []snapshot.Snapshot) (all []string) {
	for _, sn := range list {
		all = append(all, sn.ID)
	}
	return all
}

// usersOf records nights of the account with these lists of users.
func usersOf(t helper, h History, lists ...list) (nights []snapshot.Snapshot) {
	t.Helper()
	for n, l := range lists {
		nights = append(nights, night(t, h, Account, start.AddDate(0, 0, n), map[snapshot.Collection]list{users: l}))
	}
	return nights
}

func listed(t helper, h History) []snapshot.Snapshot {
	t.Helper()
	all, err := h.Snapshots(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func othersHold(t *testing.T, k Keeper, _ KeepingErrors) {
	t.Helper()
	lists := []list{
		{"a": user("a", "1"), "gone": user("gone", "1")},
		{"a": user("a", "2"), "between": user("between", "2")},
		{"a": user("a", "3"), "between": user("between", "2"), "b": user("b", "3")},
		{"a": user("a", "3"), "b": user("b", "4")},
		{"a": user("a", "5"), "c": user("c", "5")},
	}
	nights := usersOf(t, k, lists...)
	for _, gone := range [][]int{{1, 2}, {0}, {4}} {
		for _, n := range gone {
			forget(t, k, nights[n])
			nights[n].ID = ""
		}
		for pruned := range 2 {
			for n, sn := range nights {
				if sn.ID != "" {
					holds(t, k, sn, users, lists[n])
				}
			}
			verify(t, k)
			if pruned == 0 {
				prune(t, k)
			}
		}
	}
	if got := listed(t, k); len(got) != 1 || got[0].ID != nights[3].ID {
		t.Errorf("left: %v", got)
	}
}

// nightAfter counts against the newest night that is left.
func nightAfter(t *testing.T, k Keeper, _ KeepingErrors) {
	t.Helper()
	nights := usersOf(t, k, list{"a": user("a", "1"), "b": user("b", "1"), "c": user("c", "1")}, list{"a": user("a", "2"), "d": user("d", "2")})
	forget(t, k, nights[1])
	third := list{"a": user("a", "1"), "b": user("b", "3"), "d": user("d", "2")}
	sn := night(t, k, Account, start.AddDate(0, 0, 3), map[snapshot.Collection]list{users: third})
	counts(t, sn, users, "3 +1 ~1 -1")
	holds(t, k, sn, users, third)
	holds(t, k, nights[0], users, list{"a": user("a", "1"), "b": user("b", "1"), "c": user("c", "1")})
	if got := sn.Captures[0].Active; got != 3 {
		t.Errorf("%d active", got)
	}
}

// settingsStay: what comes back into the newest night is compared by its settings.
func settingsStay(t *testing.T, k Keeper, _ KeepingErrors) {
	t.Helper()
	modified := func(name, when string) list {
		return list{"a": `{"displayName":"` + name + `","id":"a","meta":{"lastModified":"` + when + `"}}`}
	}
	nights := usersOf(t, k, modified("A", "2026-01-01T00:00:00Z"), modified("B", "2026-02-01T00:00:00Z"))
	forget(t, k, nights[1])
	sn := night(t, k, Account, start.AddDate(0, 0, 3), map[snapshot.Collection]list{users: modified("A", "2026-03-01T00:00:00Z")})
	counts(t, sn, users, "1 +0 ~0 -0")
	sn = night(t, k, Account, start.AddDate(0, 0, 4), map[snapshot.Collection]list{users: modified("C", "2026-03-01T00:00:00Z")})
	counts(t, sn, users, "1 +0 ~1 -0")
}

func returns(t *testing.T, k Keeper, _ KeepingErrors) {
	t.Helper()
	was, other := list{"a": user("a", "A")}, list{"a": user("a", "B")}
	nights := usersOf(t, k, was, other, was, list{}, was)
	forget(t, k, nights[1], nights[3])
	differ(t, k, nights[0], nights[2])
	versions(t, k, Account, `"A"`, nights, lifetime{user("a", "A"), 1, 0})
	versions(t, k, Account, `"B"`, nights)
}

// wholeCollection forgets the only nights that read a list.
func wholeCollection(t *testing.T, k Keeper, _ KeepingErrors) {
	t.Helper()
	p := list{"p": `{"id":"p"}`}
	with := night(t, k, Account, start, map[snapshot.Collection]list{users: someUsers(300), providers: p})
	without := night(t, k, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{providers: p})
	forget(t, k, with)
	holds(t, k, without, providers, p)
	verify(t, k)
	again := night(t, k, Account, start.AddDate(0, 0, 2), map[snapshot.Collection]list{users: someUsers(2), providers: p})
	counts(t, again, users, "2 +2 ~0 -0")
	counts(t, again, providers, "1 +0 ~0 -0")
}

func listedApart(t *testing.T, k Keeper, errs KeepingErrors) {
	t.Helper()
	ctx := context.Background()
	nights := usersOf(t, k, list{"a": user("a", "1")}, list{"a": user("a", "2")}, list{"a": user("a", "3")})
	const why = "=cmd|'/c calc'!A1 <script>\n\x1b[31m\u202e"
	at := later.In(time.FixedZone("", 3600))
	for i, n := range []int{1, 0} {
		if err := k.Forget(ctx, []string{nights[n].ID}, at.AddDate(0, 0, i), why); err != nil {
			t.Fatal(err)
		}
	}
	want := []snapshot.Forgotten{{Snapshot: nights[0], ForgottenAt: later.AddDate(0, 0, 1), Why: why}, {Snapshot: nights[1], ForgottenAt: later, Why: why}}
	got, err := k.Forgotten(ctx)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("forgotten (-want +got): %v\n%s", err, diff)
	}
	if diff := cmp.Diff(nights[2:], listed(t, k)); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	v, err := k.Verify(ctx)
	if diff := cmp.Diff(want, v.Forgotten); err != nil || diff != "" || v.Snapshots != 3 || v.Captures != 1 {
		t.Errorf("verify: %+v, %v\n%s", v, err, diff)
	}
	for name, err := range map[string]error{
		"resources":   failure(k.Resources(ctx, nights[0].ID)),
		"members":     failure(k.Members(ctx, nights[0].ID)),
		"differences": failure(k.Differences(ctx, nights[0].ID, nights[2].ID)),
		"the other":   failure(k.Differences(ctx, nights[2].ID, nights[1].ID)),
		"forget":      k.Forget(ctx, ids(nights[:1]), later, "x"),
		"pin":         k.Pin(ctx, ids(nights[:1]), later, "x"),
		"unpin":       k.Unpin(ctx, ids(nights[:1]), later, "x"),
	} {
		if !errors.Is(err, errs.Forgotten) || !errors.Is(err, errs.NoSnapshot) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func allOrNothing(t *testing.T, k Keeper, errs KeepingErrors) {
	t.Helper()
	ctx := context.Background()
	nights := usersOf(t, k, list{"a": user("a", "1")}, list{"a": user("a", "2")}, list{"a": user("a", "3")})
	for _, id := range []string{"00" + nights[0].ID[2:], "no number", "", snapshot.ShortID(nights[0].ID)} {
		if err := k.Forget(ctx, []string{nights[0].ID, id}, later, "x"); !errors.Is(err, errs.NoSnapshot) || errors.Is(err, errs.Forgotten) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if err := k.Forget(ctx, ids(nights[:1]), later, ""); err == nil {
		t.Error("for no reason")
	}
	if err := k.Forget(ctx, ids(nights[:1]), later.AddDate(9000, 0, 0), "x"); err == nil {
		t.Error("in a year too long")
	}
	if err := k.Forget(ctx, nil, later, "x"); err != nil {
		t.Errorf("nothing: %v", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if err := k.Forget(ctx, ids(nights[:1]), later, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if got := listed(t, k); len(got) != 3 {
		t.Errorf("%d left", len(got))
	}
	forget(t, k, nights[0], nights[0]) // once is enough
	if got := listed(t, k); len(got) != 2 {
		t.Errorf("%d left", len(got))
	}
}
