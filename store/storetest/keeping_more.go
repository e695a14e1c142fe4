package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/idpsnap/idpsnap/snapshot"
)

func pinned(t *testing.T, k Keeper, errs KeepingErrors) {
	t.Helper()
	ctx := context.Background()
	nights := usersOf(t, k, list{"a": user("a", "1")}, list{"a": user("a", "2")}, list{"a": user("a", "3")})
	shows := func(want string) {
		t.Helper()
		got := ""
		for _, sn := range listed(t, k) {
			got += "," + sn.Pin
		}
		if got != want {
			t.Errorf("pins %s, want %s", got, want)
		}
	}
	refused := func() {
		t.Helper()
		if err := k.Forget(ctx, ids(nights[:2]), later, "x"); !errors.Is(err, errs.Pinned) {
			t.Errorf("forget: %v", err)
		}
	}
	if err := k.Pin(ctx, ids(nights[:1]), later, ""); err == nil {
		t.Error("pinned for no reason")
	}
	for _, why := range []string{"audit", "audit", "legal <hold>", "audit"} {
		if err := k.Pin(ctx, ids(nights[:1]), later, why); err != nil {
			t.Fatal(err)
		}
		refused()
	}
	shows(",audit; legal <hold>,,")
	if err := k.Pin(ctx, ids(nights[:2]), later, "audit"); err != nil { // one is new
		t.Fatal(err)
	}
	shows(",audit; legal <hold>,audit,")
	if err := k.Pin(ctx, []string{nights[2].ID, "00" + nights[0].ID[2:]}, later, "x"); !errors.Is(err, errs.NoSnapshot) {
		t.Errorf("unknown: %v", err)
	}
	for range 2 {
		if err := k.Unpin(ctx, ids(nights), later, ""); err != nil {
			t.Fatal(err)
		}
		shows(",,,")
	}
	forget(t, k, nights[:2]...)
}

// oneStays: of the complete snapshots that somebody asked for, each target keeps one.
func oneStays(t *testing.T, k Keeper, errs KeepingErrors) {
	t.Helper()
	ctx := context.Background()
	zone := snapshot.Target{Scope: snapshot.Zone, ID: "z1"}
	l := map[snapshot.Collection]list{users: {"a": user("a", "1")}}
	first := night(t, k, Account, start, l)
	second := night(t, k, Account, start.AddDate(0, 0, 1), l)
	safety := nightOf(t, k, snapshot.Snapshot{Target: Account, Origin: snapshot.Safety}, l, nil)
	partial := nightOf(t, k, snapshot.Snapshot{Target: Account}, l, []snapshot.Collection{providers})
	other := nightOf(t, k, snapshot.Snapshot{Target: zone}, l, []snapshot.Collection{providers})
	refused := func(list ...snapshot.Snapshot) {
		t.Helper()
		if err := k.Forget(ctx, ids(list), later, "x"); !errors.Is(err, errs.LastComplete) {
			t.Errorf("forget: %v", err)
		}
	}
	refused(first, second)
	refused(other, second, first)
	forget(t, k, first)
	refused(second)
	refused(second, safety, partial)
	forget(t, k, other, partial) // the zone has no complete one
	forget(t, k, safety)
	if got := listed(t, k); len(got) != 1 || got[0].ID != second.ID {
		t.Errorf("left: %v", got)
	}
	nightOf(t, k, snapshot.Snapshot{Target: Account, Origin: snapshot.Imported, ImportedFrom: first.ID}, l, nil)
	forget(t, k, second)
	if got := listed(t, k); len(got) != 1 || got[0].ImportedFrom != first.ID {
		t.Errorf("left: %v", got)
	}
}

// nightOf records the snapshot with these lists, and with collections that could not
// be read.
func nightOf(t helper, h History, sn snapshot.Snapshot, lists map[snapshot.Collection]list, failed []snapshot.Collection) snapshot.Snapshot {
	t.Helper()
	ctx := context.Background()
	d, err := h.Begin(ctx, sn.Target)
	if err != nil {
		t.Fatal(err)
	}
	sn.TakenAt, sn.FinishedAt, sn.Tool = start, start, "test"
	for c, l := range lists {
		sn.Captures = append(sn.Captures, finish(t, d, c, l))
	}
	for _, c := range failed {
		sn.Captures = append(sn.Captures, snapshot.Capture{Collection: c, Status: snapshot.Failed, Error: "lost connection"})
	}
	if sn, err = d.Commit(ctx, sn); err != nil {
		t.Fatal(err)
	}
	return sn
}

func finish(t helper, d Draft, c snapshot.Collection, l list) snapshot.Capture {
	t.Helper()
	r, err := d.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range l.pages(100) {
		if _, err := r.Page(page); err != nil {
			t.Fatal(err)
		}
	}
	capture, err := r.Finish(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	capture.Status = snapshot.Complete
	return capture
}

// underADraft forgets snapshots while another one is being taken. What it was
// compared with may not go; anything else may.
func underADraft(t *testing.T, k Keeper, errs KeepingErrors) {
	t.Helper()
	same := someUsers(600)
	with := func(id, name string) list {
		l := list{id: user(id, name)}
		for id, json := range same {
			l[id] = json
		}
		return l
	}
	draft := func(l list, meanwhile func()) (snapshot.Snapshot, error) {
		t.Helper()
		d, err := k.Begin(context.Background(), Account)
		if err != nil {
			t.Fatal(err)
		}
		capture := finish(t, d, users, l)
		meanwhile()
		sn, err := d.Commit(context.Background(), snapshot.Snapshot{Target: Account, TakenAt: start, FinishedAt: start, Captures: []snapshot.Capture{capture}})
		verify(t, k)
		return sn, err
	}
	n := 0
	fresh := func(l list) snapshot.Snapshot {
		n++
		return night(t, k, Account, start.AddDate(0, 0, n), map[snapshot.Collection]list{users: l})
	}
	fresh(with("a", "0"))
	old, base := fresh(with("a", "1")), fresh(with("a", "2"))
	l := with("b", "3")
	sn, err := draft(l, func() { forget(t, k, old); prune(t, k) })
	if err != nil {
		t.Fatalf("an older one was forgotten: %v", err)
	}
	counts(t, sn, users, "601 +1 ~0 -1")
	holds(t, k, sn, users, l)
	holds(t, k, base, users, with("a", "2"))

	if _, err := draft(with("c", "4"), func() { forget(t, k, sn) }); !errors.Is(err, errs.Moved) {
		t.Errorf("its own base was forgotten: %v", err)
	}
	// The numbers of what was forgotten may be given to what comes after.
	sn = fresh(with("d", "5"))
	if _, err := draft(with("c", "6"), func() { forget(t, k, sn); sn = fresh(with("e", "6")) }); !errors.Is(err, errs.Moved) {
		t.Errorf("another one stands in for its base: %v", err)
	}
	if _, err := draft(with("c", "7"), func() { forget(t, k, fresh(with("f", "7"))) }); !errors.Is(err, errs.Moved) {
		t.Errorf("another one came and was forgotten: %v", err)
	}
	zone := snapshot.Target{Scope: snapshot.Zone, ID: "z1"}
	lists := map[snapshot.Collection]list{users: same}
	first := night(t, k, zone, start, lists)
	night(t, k, zone, start, lists)
	if sn, err = draft(l, func() { forget(t, k, first) }); err != nil {
		t.Errorf("another target's was forgotten: %v", err)
	}
	holds(t, k, sn, users, l)
}

func runsDoNotSee(t *testing.T, k Keeper, errs KeepingErrors) {
	t.Helper()
	ctx := context.Background()
	nights := usersOf(t, k, list{"a": user("a", "1")}, list{"a": user("a", "2")}, list{"a": user("a", "3")})
	forget(t, k, nights[0])
	journal(t, k, "")
	e := Entry{Run: "a", Event: "e", At: start, Data: []byte("{}")}
	last := func(end int64) (int64, error) { return k.AppendLast(ctx, e, end) }
	var err error
	if e.Seq, err = last(0); err != nil {
		t.Fatalf("no run has an entry: %v", err)
	}
	first := e
	prune(t, k)
	if err := k.Pin(ctx, ids(nights[1:2]), later, "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := last(first.Seq - 1); !errors.Is(err, errs.RunMoved) {
		t.Errorf("%v, want %v", err, errs.RunMoved)
	}
	if e.Seq, err = last(first.Seq); err != nil {
		t.Fatalf("after upkeep: %v", err)
	}
	second := e
	e.Seq = 0
	if e.Seq, err = k.Append(ctx, e, second.Seq); err != nil {
		t.Fatal(err)
	}
	journal(t, k, "", first, second, e)
	journal(t, k, "a", first, second, e)
}

func nothingToPrune(t *testing.T, k Keeper, _ KeepingErrors) {
	t.Helper()
	l := someUsers(50)
	nights := usersOf(t, k, l, l, l)
	for range 2 {
		prune(t, k)
		verify(t, k)
	}
	forget(t, k, nights[1]) // which alone held nothing
	for range 2 {
		prune(t, k)
		holds(t, k, nights[2], users, l)
	}
}

// Forgetting records nights that choose decides on, forgets, pins and prunes, and
// checks after each step that what is left is what it was. choose gives a number
// from 0 up to, and without, n.
func Forgetting(t helper, k Keeper, choose func(what string, n int) int) {
	t.Helper()
	w := &world{helper: t, Keeper: k, choose: choose, state: map[string]map[snapshot.Collection]list{}, held: map[string]map[snapshot.Collection]list{}}
	for range 2 + choose("steps", 9) {
		switch choose("step", 6) {
		case 0, 1, 2:
			w.night()
		case 3, 4:
			w.forget()
		default:
			prune(t, k)
		}
		w.check()
	}
	agrees(t, k)
}

type world struct {
	helper
	Keeper
	choose func(what string, n int) int
	n      int
	state  map[string]map[snapshot.Collection]list // what targets hold now, by their ids
	nights []snapshot.Snapshot                     // that are there
	held   map[string]map[snapshot.Collection]list // what they held, by their ids
}

func (w *world) night() {
	w.Helper()
	target := Account
	if w.choose("target", 4) == 0 {
		target = snapshot.Target{Scope: snapshot.Zone, ID: "z1"}
	}
	groups := snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: users.Provider}
	others := snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "00000000-2222-4222-8222-222222222222"}
	if w.state[target.ID] == nil {
		w.state[target.ID] = map[snapshot.Collection]list{users: {}, providers: {}, groups: someUsers(w.choose("that stay", 3) * 200), others: {}}
	}
	names := []string{"00000000-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "a", "00000000", "00007919-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}
	read := map[snapshot.Collection]list{}
	var failed []snapshot.Collection
	for _, c := range []snapshot.Collection{users, providers, groups, others} {
		l := w.state[target.ID][c]
		for range w.choose("changes", 4) {
			id := names[w.choose("id", len(names))]
			if value := w.choose("value", 3); value > 0 {
				l[id] = user(id, fmt.Sprint("value ", value))
			} else {
				delete(l, id)
			}
		}
		switch w.choose("capture", 8) {
		case 0:
			failed = append(failed, c)
		case 1: // its provider is not there
		default:
			read[c] = list{}
			for id, json := range l {
				read[c][id] = json
			}
		}
	}
	sn := nightOf(w, w.Keeper, snapshot.Snapshot{Target: target, Note: fmt.Sprint(w.n)}, read, failed)
	w.n++
	for c, l := range read {
		w.counted(sn, c, l)
	}
	w.nights = append(w.nights, sn)
	w.held[sn.ID] = read
}

// counted checks what the snapshot says of the changes since the newest one that is
// left and read the collection.
func (w *world) counted(sn snapshot.Snapshot, c snapshot.Collection, l list) {
	w.Helper()
	before := list{}
	for _, old := range w.nights {
		if held, ok := w.held[old.ID][c]; ok && old.Target == sn.Target {
			before = held
		}
	}
	want := snapshot.Capture{Count: len(l)}
	for id, json := range l {
		switch was, there := before[id]; {
		case !there:
			want.Added++
		case was != json:
			want.Changed++
		}
	}
	for id := range before {
		if _, there := l[id]; !there {
			want.Removed++
		}
	}
	got, _ := sn.Capture(c)
	if got.Count != want.Count || got.Added != want.Added || got.Changed != want.Changed || got.Removed != want.Removed {
		w.Fatalf("%s: counted %+v, want %+v", c, got, want)
	}
}

// forget forgets as many as are drawn, if their target then has a complete one.
func (w *world) forget() {
	w.Helper()
	var gone, left []snapshot.Snapshot
	had, has := map[snapshot.Target]bool{}, map[snapshot.Target]bool{}
	for _, sn := range w.nights {
		complete := sn.Status() == snapshot.Complete
		had[sn.Target] = had[sn.Target] || complete
		if w.choose("forget", 2) == 0 {
			gone = append(gone, sn)
			continue
		}
		has[sn.Target] = has[sn.Target] || complete
		left = append(left, sn)
	}
	may := true
	for _, sn := range gone {
		may = may && (has[sn.Target] || !had[sn.Target])
	}
	err := w.Forget(context.Background(), ids(gone), later, "drawn")
	if (err == nil) != may {
		w.Fatalf("forget %d of %d: %v", len(gone), len(w.nights), err)
	}
	if may {
		w.nights = left
	}
}

func (w *world) check() {
	w.Helper()
	v, err := w.Verify(context.Background())
	if err != nil || len(v.Problems) > 0 {
		w.Fatalf("verify: %v, %v", v.Problems, err)
	}
	all := listed(w, w.Keeper)
	if len(all) != len(w.nights) || len(v.Forgotten) != w.n-len(all) {
		w.Fatalf("%d listed, %d forgotten, of %d", len(all), len(v.Forgotten), w.n)
	}
	for i, sn := range w.nights {
		if all[i].ID != sn.ID {
			w.Fatalf("%s is listed, want %s", all[i].ID, sn.ID)
		}
		left := 0
		for _, l := range w.held[sn.ID] {
			left += len(l)
		}
		for r, err := range w.Resources(context.Background(), sn.ID) {
			if err != nil {
				w.Fatal(err)
			}
			if want := w.held[sn.ID][r.Collection][r.ID]; want != string(r.Document) {
				w.Fatalf("%s in %s is %s, but was %q", r.ID, r.Collection, r.Document, want)
			}
			left--
		}
		if left != 0 {
			w.Fatalf("%d are missing in snapshot %s", left, snapshot.ShortID(sn.ID))
		}
	}
}
