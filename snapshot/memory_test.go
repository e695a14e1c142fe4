package snapshot

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func element(id, more string) Element {
	return Element{ID: id, JSON: fmt.Appendf(nil, `{"id":%q%s}`, id, more)}
}

func open(t *testing.T, m *Memory, c Collection) Recording {
	t.Helper()
	r, err := m.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func finish(t *testing.T, r Recording) Capture {
	t.Helper()
	c, err := r.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func page(t *testing.T, r Listing, fresh int, elements ...Element) {
	t.Helper()
	if got, err := r.Page(elements); err != nil || got != fresh {
		t.Errorf("Page = %d, %v; want %d", got, err, fresh)
	}
}

func TestMemoryHoldsWhatWasReadInDisplayOrder(t *testing.T) {
	m := NewMemory()
	order := []Collection{
		{Organization, ""},
		{IdentityProvider, ""},
		{SCIMUser, "p1"},
		{SCIMUser, "p2"},
		{SCIMGroup, "p1"},
		{AccessApp, ""},
		{AccessPolicy, ""},
		{AccessGroup, ""},
	}
	var want []string
	for _, c := range order {
		want = append(want, c.String()+" a", c.String()+" b")
	}
	slices.Reverse(order)
	for _, c := range order {
		r := open(t, m, c)
		page(t, r, 1, element("b", `,"client_secret":"s"`))
		page(t, r, 1, element("b", ""), element("a", `,"client_secret":"s"`))
		if got, want := finish(t, r), (Capture{Collection: c, Count: 2}); got != want {
			t.Errorf("captured %+v, want %+v", got, want)
		}
	}
	var got []string
	for r := range m.Resources() {
		got = append(got, fmt.Sprint(r.Collection, " ", r.ID))
		// Of elements with the same id the first counts.
		if want := fmt.Sprintf(`{"client_secret":"(redacted)","id":%q}`, r.ID); string(r.Document) != want {
			t.Errorf("%s %s is %s", r.Collection, r.ID, r.Document)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for range m.Resources() {
		break // may stop early
	}
}

func TestMemoryForgetsWhatARestartForgets(t *testing.T) {
	m, c := NewMemory(), Collection{SCIMGroup, "p"}
	r := open(t, m, c)
	page(t, r, 2, element("a", ""), element("b", ""))
	r.Restart()
	page(t, r, 1, element("b", `,"x":1`), element("b", ""))
	if got := finish(t, r); got.Count != 1 {
		t.Errorf("counted %d", got.Count)
	}
	want := []Resource{{c, "b", Document(`{"id":"b","x":1}`)}}
	if diff := cmp.Diff(want, slices.Collect(m.Resources())); diff != "" {
		t.Error(diff)
	}
}

func TestMemoryHoldsNothingOfAnUnfinishedRecording(t *testing.T) {
	m := NewMemory()
	page(t, open(t, m, Collection{Kind: AccessApp}), 1, element("a", ""))
	if got := slices.Collect(m.Resources()); len(got) != 0 {
		t.Errorf("holds %v", got)
	}
}

func TestMemoryCountsActiveUsersOnly(t *testing.T) {
	m := NewMemory()
	for k, want := range map[Kind]int{SCIMUser: 2, SCIMGroup: 0, IdentityProvider: 0} {
		r := open(t, m, Collection{Kind: k})
		page(t, r, 4, element("a", `,"active":true`), element("b", `,"active":false`), element("c", ""), element("d", `,"active":true`))
		if got := finish(t, r); got.Active != want || got.Count != 4 {
			t.Errorf("%s: %d of %d active, want %d of 4", k, got.Active, got.Count, want)
		}
	}
}

func TestMemoryRefusesWhatIsNoDocument(t *testing.T) {
	r := open(t, NewMemory(), Collection{Kind: AccessApp})
	if _, err := r.Page([]Element{{ID: "a", JSON: []byte(`{"id":"a"`)}}); !errors.Is(err, ErrSyntax) {
		t.Errorf("got %v", err)
	}
}

func TestMemoryIsFilledAtOnce(t *testing.T) {
	m := NewMemory()
	var wg sync.WaitGroup
	for p := range 4 {
		r := open(t, m, Collection{SCIMUser, fmt.Sprint(p)})
		wg.Go(func() {
			var pages sync.WaitGroup
			for n := range 8 {
				pages.Go(func() { page(t, r, 2, element(fmt.Sprint(n, "a"), ""), element(fmt.Sprint(n, "b"), "")) })
			}
			pages.Wait()
			if got := finish(t, r); got.Count != 16 {
				t.Errorf("counted %d", got.Count)
			}
		})
	}
	wg.Wait()
	if got := len(slices.Collect(m.Resources())); got != 64 {
		t.Errorf("holds %d resources", got)
	}
}
