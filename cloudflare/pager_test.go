package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/snapshot"
)

func TestPages(t *testing.T) {
	apps := snapshot.Collection{Kind: snapshot.AccessApp}
	for _, test := range []struct {
		name     string
		server   *listServer
		target   snapshot.Target
		list     snapshot.Collection
		requests int
		unsteady string
		asked    string // the first query, and others that there must be
	}{
		{name: "one page", server: &listServer{ids: numbered(1, 12)}, list: providers, requests: 1, asked: "page=1&per_page=1000"},
		{name: "empty", server: &listServer{}, list: providers, requests: 1},
		{name: "SCIM asks for 100", server: &listServer{ids: numbered(1, 7)}, list: users, requests: 1, asked: "page=1&per_page=100"},
		{name: "one full page", server: &listServer{ids: numbered(1, 100)}, list: users, requests: 1},
		{name: "two pages and one again", server: &listServer{ids: numbered(1, 101)}, list: users, requests: 3},
		{name: "many pages", server: &listServer{ids: numbered(1, 3450)}, list: users, requests: 36},
		{name: "no result_info", server: &listServer{ids: numbered(1, 70), noInfo: true}, list: users, requests: 1},
		{name: "no result_info, full pages", server: &listServer{ids: numbered(1, 350), noInfo: true}, list: users, requests: 5},
		{name: "no result_info, nothing but full pages", server: &listServer{ids: numbered(1, 300), noInfo: true}, list: users, requests: 5},
		{name: "no result_info, one full page", server: &listServer{ids: numbered(1, 100), noInfo: true}, list: users, requests: 3},
		{name: "no result_info, last page for ever", server: &listServer{ids: numbered(1, 300), noInfo: true, repeats: true}, list: users, requests: 5},
		{name: "page ignored, total honest", server: &listServer{ids: numbered(1, 250), ignores: true}, list: users, unsteady: "100 were read of 250"},
		{name: "more pages told than there are", server: &listServer{ids: numbered(1, 250), pages: 1 << 40}, list: users},
		{name: "more pages told, last one for ever", server: &listServer{ids: numbered(1, 250), pages: 1 << 40, repeats: true}, list: users},
		{name: "fewer pages told than there are", server: &listServer{ids: numbered(1, 250), pages: 1}, list: users, requests: 4},
		{name: "no total", server: &listServer{ids: numbered(1, 250), noTotal: true}, list: users, requests: 4},
		{name: "no total, too few pages told", server: &listServer{ids: numbered(1, 250), noTotal: true, pages: 1}, list: users, requests: 4},
		{name: "total too small", server: &listServer{ids: numbered(1, 250), total: 249}, list: users, unsteady: "250 were read of 249"},
		{name: "total too large", server: &listServer{ids: numbered(1, 250), total: 251}, list: users, unsteady: "250 were read of 251"},
		{name: "total of a page", server: &listServer{ids: numbered(1, 250), total: 100}, list: users, unsteady: "250 were read of 100"},
		{name: "total absurd", server: &listServer{ids: numbered(1, 250), total: 1 << 50}, list: users, unsteady: "250 were read of"},
		{name: "smaller pages than asked for", server: &listServer{ids: numbered(1, 220), most: 50}, list: apps, requests: 6, asked: "page=1&per_page=1000|page=2&per_page=50"},
		{name: "smaller pages, unsaid", server: &listServer{ids: numbered(1, 220), most: 50, lies: true}, list: apps, requests: 6, asked: "page=1&per_page=1000|page=2&per_page=1000"},
		{name: "size refused once", server: &listServer{ids: numbered(1, 220), refuse: 100}, list: apps, requests: 5, asked: "page=1&per_page=1000|page=1&per_page=100"},
		{name: "every size refused", server: &listServer{ids: numbered(1, 60), size: 25, refuse: 25}, list: users, requests: 5, asked: "page=1&per_page=100||page=2"},
		{name: "zone: no query", server: &listServer{ids: numbered(1, 30), size: 200}, target: zone, list: providers, requests: 1, asked: ""},
		{name: "zone: more pages", server: &listServer{ids: numbered(1, 60), size: 25}, target: zone, list: providers, requests: 4, asked: "|page=2"},
		{name: "zone: no result_info", server: &listServer{ids: numbered(1, 25), size: 25, noInfo: true}, target: zone, list: providers, requests: 1},
		{name: "zone: page ignored", server: &listServer{ids: numbered(1, 60), size: 60, ignores: true, pages: 3}, target: zone, list: providers},
		{name: "an id twice", server: &listServer{ids: append(numbered(1, 240), "id-0003")}, list: users, unsteady: "240 were read of 241"},
		{name: "an id twice, no total", server: &listServer{ids: append(append(numbered(1, 240), "id-0003"), numbered(250, 280)...), noTotal: true}, list: users, unsteady: "met twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := test.server
				if s.size == 0 {
					s.size = 25
				}
				s.latency = time.Millisecond
				target := account
				if test.target.ID != "" {
					target = test.target
				}
				c := newClient(t, s.RoundTrip)
				source, got := c.Source(target), newCollected(t)
				err := source.Read(t.Context(), test.list, got)
				if test.unsteady != "" {
					if !errors.Is(err, snapshot.ErrUnsteady) || !strings.Contains(err.Error(), test.unsteady) || got.restarts != 2 {
						t.Fatalf("error %v after %d restarts, want %q", err, got.restarts, test.unsteady)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(s.ids, got.ids()); d != "" && len(s.ids)+len(got.ids()) > 0 {
					t.Error(d)
				}
				if test.requests != 0 && s.requests != test.requests {
					t.Errorf("%d requests, want %d: %q", s.requests, test.requests, s.asked)
				}
				if source.Requests() != s.requests || c.Requests() != s.requests {
					t.Errorf("counted %d and %d requests of %d", source.Requests(), c.Requests(), s.requests)
				}
				if s.requests > 60 {
					t.Errorf("%d requests", s.requests)
				}
				for i, want := range strings.Split(test.asked, "|") {
					if test.asked != "" && (!slices.Contains(s.asked, want) || i == 0 && s.asked[0] != want) {
						t.Errorf("asked %q, want %q", s.asked, test.asked)
					}
				}
			})
		})
	}
}

// A server that sends as much as a page is asked for, again and again, and tells no
// total, may have more: what was read must not pass for the whole.
func TestRepeatedPageIsNotTheWhole(t *testing.T) {
	s := &listServer{ids: numbered(1, 250), noInfo: true, ignores: true}
	err := newClient(t, s.RoundTrip).Source(account).Read(t.Context(), users, newCollected(t))
	if err == nil || !strings.Contains(err.Error(), "page 2 repeats page 1") {
		t.Errorf("got %v", err)
	}
}

// Changes while a list is read, one by one: the reading that counts is whole, or
// there is none.
func TestListChangesWhileItIsRead(t *testing.T) {
	swap := func(s *listServer) { s.remove(3); s.add(len(s.ids), "new") }
	for name, test := range map[string]struct {
		change   func(s *listServer, n int)
		restarts int
		unsteady bool
	}{
		"one goes":             {func(s *listServer, n int) { at(n, 5, func() { s.remove(3) }) }, 1, false},
		"one goes at the end":  {func(s *listServer, n int) { at(n, 11, func() { s.remove(3) }) }, 1, false},
		"one goes when over":   {func(s *listServer, n int) { at(n, 12, func() { s.remove(3) }) }, 0, false},
		"one comes":            {func(s *listServer, n int) { at(n, 5, func() { s.add(0, "new") }) }, 1, false},
		"one comes at the end": {func(s *listServer, n int) { at(n, 11, func() { s.add(5000, "new") }) }, 1, false},
		"one goes, one comes":  {func(s *listServer, n int) { at(n, 4, func() { s.remove(3) }); at(n, 8, func() { s.add(5000, "new") }) }, 2, false},
		"a swap before the second page": {func(s *listServer, n int) {
			at(n, 2, func() { time.Sleep(time.Second); swap(s) })
		}, 1, false},
		"a swap after a long pause": {func(s *listServer, n int) { at(n, 6, func() { time.Sleep(time.Minute); swap(s) }) }, 1, false},
		"for ever":                  {func(s *listServer, n int) { s.add(0, fmt.Sprint("new", n)) }, 2, true},
		"for ever, going":           {func(s *listServer, _ int) { s.remove(0) }, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &listServer{ids: numbered(1, 1000), size: 100, latency: 50 * time.Millisecond, before: test.change}
				c := newClient(t, s.RoundTrip, func(o *Options) { o.Parallelism = 1 })
				got := newCollected(t)
				err := c.Source(account).Read(t.Context(), users, got)
				if test.unsteady {
					if !errors.Is(err, snapshot.ErrUnsteady) || got.restarts != 2 {
						t.Errorf("error %v, %d restarts", err, got.restarts)
					}
					return
				}
				if err != nil || got.restarts != test.restarts {
					t.Fatalf("error %v, %d restarts, want %d", err, got.restarts, test.restarts)
				}
				if name != "one goes when over" {
					want := slices.Sorted(slices.Values(s.ids))
					if d := cmp.Diff(want, got.ids()); d != "" {
						t.Error(d)
					}
				}
			})
		})
	}
}

func at(n, when int, do func()) {
	if n == when {
		do()
	}
}

// world is a list that changes at random while it is read, and remembers what
// was there when.
type world struct {
	listServer
	always    map[string]bool // there from the beginning of the reading till now
	sometimes map[string]bool // there at some moment of it
	n         int
}

func (w *world) begin() {
	w.always, w.sometimes = map[string]bool{}, map[string]bool{}
	for _, id := range w.ids {
		w.always[id], w.sometimes[id] = true, true
	}
}

func (w *world) change(r *rand.Rand) {
	if len(w.ids) > 0 && r.Intn(2) == 0 {
		i := r.Intn(len(w.ids))
		delete(w.always, w.ids[i])
		w.remove(i)
		return
	}
	w.n++
	id := fmt.Sprint("new-", w.n)
	w.sometimes[id] = true
	w.add(r.Intn(len(w.ids)+1), id)
}

// The law of lists: what is read has everything that was there all the time and
// nothing that never was, or the reading says that it is not sound. Changes come
// one between two answers, exchanges during pauses (of which no two follow
// closely), and answers in any order.
func TestListsAreRightOrUnsteady(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 400).Draw(rt, "elements")
		often := rapid.SampledFrom([]int{3, 10, 40, 200}).Draw(rt, "changes")
		parallel := rapid.IntRange(1, 8).Draw(rt, "parallel")
		swaps := rapid.Bool().Draw(rt, "swaps in pauses")
		seed := rapid.Int64().Draw(rt, "seed")
		fails := ""
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewSource(seed))
			w := &world{listServer: listServer{ids: numbered(1, n), size: 10, most: 10, latency: 20 * time.Millisecond, random: r}}
			w.begin()
			blocked, calm := time.Time{}, 20
			w.before = func(*listServer, int) {
				if r.Intn(often) == 0 {
					w.change(r)
				}
			}
			c := newClient(t, func(req *http.Request) (*http.Response, error) {
				w.mu.Lock()
				now := time.Now()
				if now.Before(blocked) {
					w.mu.Unlock()
					return reply(429, "", "Retry-After", "300"), nil
				}
				if calm++; swaps && calm > 30 && r.Intn(20) == 0 {
					calm = 0
					blocked = now.Add(300 * time.Second)
					time.AfterFunc(100*time.Second, func() {
						w.mu.Lock()
						defer w.mu.Unlock()
						before := len(w.ids)
						for range 2 * r.Intn(3) {
							w.change(r)
						}
						for len(w.ids) < before {
							w.n++
							id := fmt.Sprint("new-", w.n)
							w.sometimes[id] = true
							w.add(r.Intn(len(w.ids)+1), id)
						}
						for len(w.ids) > before {
							i := r.Intn(len(w.ids))
							delete(w.always, w.ids[i])
							w.remove(i)
						}
					})
					w.mu.Unlock()
					return reply(429, "", "Retry-After", "300"), nil
				}
				w.mu.Unlock()
				return w.RoundTrip(req)
			}, func(o *Options) { o.Parallelism = parallel })
			got := &watched{collected: newCollected(t), restarted: func() {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.begin()
			}}
			err := c.Source(account).Read(t.Context(), users, got)
			if err != nil {
				var e *Error
				if limited := errors.As(err, &e) && e.Status == http.StatusTooManyRequests; !limited && !errors.Is(err, snapshot.ErrUnsteady) {
					fails = fmt.Sprintf("error %v", err)
				}
				return
			}
			for id := range w.always {
				if _, ok := got.docs[id]; !ok {
					fails = fmt.Sprintf("%s was there all the time and is missing", id)
				}
			}
			for id := range got.docs {
				if !w.sometimes[id] {
					fails = fmt.Sprintf("%s never was there in this reading", id)
				}
			}
		})
		if fails != "" {
			rt.Fatal(fails)
		}
	})
}

type watched struct {
	*collected
	restarted func()
}

func (w *watched) Restart() { w.collected.Restart(); w.restarted() }

// After a long pause the pages beside what had not been read are looked at again,
// on either side: an element may have gone from there to here, both ways.
func TestBordersOfAPause(t *testing.T) {
	w := watch{total: -1}
	at := int64(0)
	note := func(page, n int, later time.Duration) []int {
		at += int64(later)
		borders, err := w.note(seen{page: page, n: n, fresh: n, total: 180, at: at})
		if err != nil {
			t.Fatal(err)
		}
		return borders
	}
	for _, page := range []int{1, 2, 3, 6, 4, 5, 10, 11, 12, 13} {
		if got := note(page, 10, time.Second); got != nil {
			t.Errorf("page %d, without a pause: %d", page, got)
		}
	}
	if d := cmp.Diff([]int{6, 10, 13}, note(14, 10, time.Minute)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{6, 10, 14}, note(15, 0, time.Minute)); d != "" {
		t.Error(d)
	}
	if got := note(7, 10, longPause); got != nil {
		t.Errorf("after a short pause: %d", got)
	}
	if got := w.doubtful(); got != 14 {
		t.Errorf("at the end: %d", got)
	}
}

// Requests never go beyond the parallelism that was asked for, however many
// lists are read at once.
func TestParallelismIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &listServer{ids: numbered(1, 2000), size: 100, latency: 50 * time.Millisecond}
		now, most := 0, 0
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			s.mu.Lock()
			now++
			most = max(most, now)
			s.mu.Unlock()
			defer func() { s.mu.Lock(); now--; s.mu.Unlock() }()
			return s.RoundTrip(r)
		}, func(o *Options) { o.Parallelism = 5 })
		done := make(chan error)
		for range 3 {
			go func() { done <- c.Source(account).Read(context.Background(), users, newCollected(t)) }()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if most != 5 {
			t.Errorf("%d requests at once", most)
		}
	})
}

type refusing struct{ *collected }

func (refusing) Page([]snapshot.Element) (int, error) { return 0, errors.New("disk full") }

func TestListingsErrorEndsTheReading(t *testing.T) {
	s := &listServer{ids: numbered(1, 2000), size: 100}
	c := newClient(t, s.RoundTrip)
	err := c.Source(account).Read(t.Context(), users, refusing{newCollected(t)})
	if err == nil || !strings.Contains(err.Error(), "disk full") || s.requests != 1 {
		t.Errorf("%v after %d requests", err, s.requests)
	}
}
