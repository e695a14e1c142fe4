package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/idpsnap/idpsnap/snapshot"
)

// reading opens one recording of users for a test that drives it by hand.
func reading(t *testing.T, h History) (Draft, snapshot.Recording) {
	t.Helper()
	d, err := h.Begin(context.Background(), Account)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(context.Background(), users)
	if err != nil {
		t.Fatal(err)
	}
	return d, r
}

func page(t *testing.T, r snapshot.Recording, want int, json ...string) {
	t.Helper()
	var elements []snapshot.Element
	for _, j := range json {
		id, err := snapshot.IDOf(snapshot.SCIMUser, snapshot.Document(j))
		if err != nil {
			t.Fatal(err)
		}
		elements = append(elements, snapshot.Element{ID: id, JSON: []byte(j)})
	}
	if fresh, err := r.Page(elements); err != nil || fresh != want {
		t.Errorf("page: %d fresh, %v; want %d", fresh, err, want)
	}
}

func commit(t *testing.T, d Draft, r snapshot.Recording) snapshot.Snapshot {
	t.Helper()
	capture, err := r.Finish(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	capture.Status = snapshot.Complete
	sn, err := d.Commit(context.Background(), snapshot.Snapshot{
		Target: Account, TakenAt: start, FinishedAt: start, Captures: []snapshot.Capture{capture},
	})
	if err != nil {
		t.Fatal(err)
	}
	return sn
}

func restartForgets(t *testing.T, h History) {
	t.Helper()
	d, r := reading(t, h)
	page(t, r, 2, user("a", "A"), user("b", "B"))
	r.Restart()
	page(t, r, 2, user("a", "A"), user("c", "C"))
	sn := commit(t, d, r)
	holds(t, h, sn, users, list{"a": user("a", "A"), "c": user("c", "C")})

	d, r = reading(t, h)
	page(t, r, 2, user("a", "A"), user("c", "C2"))
	for range 300 { // more readings than there are marks
		r.Restart()
		page(t, r, 1, user("a", "A"))
	}
	sn = commit(t, d, r)
	counts(t, sn, users, "1 +0 ~0 -1")
	holds(t, h, sn, users, list{"a": user("a", "A")})
}

func firstCounts(t *testing.T, h History) {
	t.Helper()
	d, r := reading(t, h)
	page(t, r, 1, user("a", "A"), user("a", "A2"))
	page(t, r, 0, user("a", "A3"))
	sn := commit(t, d, r)
	holds(t, h, sn, users, list{"a": user("a", "A")})

	d, r = reading(t, h)
	page(t, r, 1, user("a", "A"))
	page(t, r, 0, user("a", "A4"))
	sn = commit(t, d, r)
	holds(t, h, sn, users, list{"a": user("a", "A")})
}

func badDocument(t *testing.T, h History) {
	t.Helper()
	_, r := reading(t, h)
	if _, err := r.Page([]snapshot.Element{{ID: "a", JSON: []byte(`{"id":"a"`)}}); !errors.Is(err, snapshot.ErrSyntax) {
		t.Errorf("a cut-off document: %v", err)
	}
	if _, err := r.Page([]snapshot.Element{{ID: "", JSON: []byte(`{}`)}}); err == nil {
		t.Error("an empty id is taken")
	}
}

func secondDraft(t *testing.T, h History, errMoved error) {
	t.Helper()
	d1, r1 := reading(t, h)
	d2, r2 := reading(t, h)
	page(t, r1, 1, user("a", "A"))
	page(t, r2, 1, user("b", "B"))
	sn := commit(t, d1, r1)
	capture, err := r2.Finish(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	capture.Status = snapshot.Complete
	_, err = d2.Commit(context.Background(), snapshot.Snapshot{Target: Account, Captures: []snapshot.Capture{capture}})
	if !errors.Is(err, errMoved) {
		t.Errorf("the second draft: %v, want %v", err, errMoved)
	}
	holds(t, h, sn, users, list{"a": user("a", "A")})
	if all, err := h.Snapshots(context.Background()); err != nil || len(all) != 1 {
		t.Errorf("%d snapshots, %v; want 1", len(all), err)
	}
}

func unfinished(t *testing.T, h History) {
	t.Helper()
	d, r := reading(t, h)
	page(t, r, 1, user("a", "A"))
	sn, err := d.Commit(context.Background(), snapshot.Snapshot{Target: Account, TakenAt: start, FinishedAt: start, Captures: []snapshot.Capture{
		{Collection: users, Status: snapshot.Failed, Error: "lost connection"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, h, sn, users, list{})
	if got := sn.Status(); got != snapshot.Partial {
		t.Errorf("status %s", got)
	}
}

func particulars(t *testing.T, h History) {
	t.Helper()
	d, err := h.Begin(context.Background(), Account)
	if err != nil {
		t.Fatal(err)
	}
	want := snapshot.Snapshot{
		Target: Account, TargetName: "Acme <&> Söhne", TakenAt: start, FinishedAt: start, Origin: snapshot.Safety,
		Note: "before\nthe move", Tool: "idpsnap 1", Host: "api.test", Requests: 7,
		Captures: []snapshot.Capture{{Collection: users, ProviderName: "Okta", Status: snapshot.Skipped, Error: "not asked for"}},
	}
	sn, err := d.Commit(context.Background(), want)
	if err != nil {
		t.Fatal(err)
	}
	all, err := h.Snapshots(context.Background())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	want.ID = sn.ID
	if got := all[0]; got.ID == "" || got.Note != want.Note || got.TargetName != want.TargetName || got.Origin != want.Origin ||
		got.Requests != want.Requests || len(got.Captures) != 1 || got.Captures[0] != want.Captures[0] {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// sameSetSameDigest comes to one set in two ways.
func sameSetSameDigest(t *testing.T, h History) {
	t.Helper()
	other := snapshot.Target{Scope: snapshot.Account, ID: "other"}
	var digests [2]snapshot.Digest
	for i, sizes := range [][]int{{3000, 100, 700}, {700}} {
		var sn snapshot.Snapshot
		for n, size := range sizes {
			sn = night(t, h, []snapshot.Target{Account, other}[i], start.AddDate(0, 0, n), map[snapshot.Collection]list{users: someUsers(size)})
		}
		digests[i] = sn.Captures[0].Digest
	}
	if digests[0] != digests[1] {
		t.Errorf("%s, but %s", digests[0], digests[1])
	}
}
