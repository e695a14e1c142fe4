package store_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// TestPagesAtOnce records nights whose pages come all at once, overlap and hold what
// others hold; the first two readings of each break off and begin again.
func TestPagesAtOnce(t *testing.T) {
	t.Parallel()
	s := create(t, filepath.Join(t.TempDir(), "history.db"))
	c := crowd{random: rand.New(rand.NewPCG(1, 2)), users: map[string]string{}}
	for n := range 4 {
		before := maps.Clone(c.users)
		c.night(n)
		sn := c.record(t, s, time.Date(2026, 1, 1+n, 3, 0, 0, 0, time.UTC))
		c.check(t, s, sn, before)
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Problems) > 0 {
		t.Errorf("%v, %v", v.Problems, err)
	}
}

// crowd is a list of users.
type crowd struct {
	random *rand.Rand
	users  map[string]string // JSON by id
}

// night lets a night pass.
func (c *crowd) night(n int) {
	for i := range 3000 {
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", i*7, i)
		if i%20 == 0 { // no UUID
			id = fmt.Sprintf("%d%s", i, strings.Repeat("x", i%250))
		}
		switch c.random.IntN(20) {
		case 0:
			delete(c.users, id)
		case 1, 2, 3, 4:
			c.users[id] = fmt.Sprintf(`{"id":%q,"active":%t,"displayName":"%d%s","meta":{"version":"%d"}}`,
				id, c.random.IntN(2) == 0, c.random.IntN(3), strings.Repeat("y", c.random.IntN(200)), n)
		}
	}
}

// record records the users, the third time that they are read.
func (c *crowd) record(t *testing.T, s *store.Store, at time.Time) snapshot.Snapshot {
	t.Helper()
	d, err := s.Begin(t.Context(), storetest.Account)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(t.Context(), snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "p"})
	if err != nil {
		t.Fatal(err)
	}
	for _, breaksOff := range []bool{true, true, false} {
		list := c.served()
		if breaksOff {
			list = list[:len(list)/2]
		}
		if fresh, want := readAtOnce(t, r, list), distinct(list); fresh != want {
			t.Errorf("%d users were fresh, of %d", fresh, want)
		}
		if breaksOff {
			r.Restart()
		}
	}
	capture, err := r.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	capture.Status = snapshot.Complete
	sn, err := d.Commit(t.Context(), snapshot.Snapshot{Target: storetest.Account, TakenAt: at, FinishedAt: at, Captures: []snapshot.Capture{capture}})
	if err != nil {
		t.Fatal(err)
	}
	return sn
}

// served gives the users in any order, every third of them twice.
func (c *crowd) served() (list []snapshot.Element) {
	for _, id := range slices.Sorted(maps.Keys(c.users)) {
		for range 1 + c.random.IntN(3)/2 {
			list = append(list, snapshot.Element{ID: id, JSON: []byte(c.users[id])})
		}
	}
	c.random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func distinct(list []snapshot.Element) int {
	ids := map[string]bool{}
	for _, e := range list {
		ids[e.ID] = true
	}
	return len(ids)
}

// readAtOnce lets eight readers read the list, each in pages that begin with the end of
// the page before. The memory of a page is used again as soon as it was taken.
func readAtOnce(t *testing.T, r snapshot.Recording, list []snapshot.Element) int {
	t.Helper()
	const readers, size, overlap = 8, 37, 9
	var reached, fresh atomic.Int64
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for {
				end := int(reached.Add(size))
				if end-size >= len(list) {
					return
				}
				page := slices.Clone(list[max(end-size-overlap, 0):min(end, len(list))])
				for i := range page {
					page[i].JSON = bytes.Clone(page[i].JSON)
				}
				n, err := r.Page(page)
				if err != nil {
					t.Error(err)
				}
				fresh.Add(int64(n))
				for _, e := range page {
					copy(e.JSON, bytes.Repeat([]byte("!"), len(e.JSON)))
				}
			}
		})
	}
	wg.Wait()
	return int(fresh.Load())
}

// check compares what the history has of the night with the users as they are, and
// as they were before.
func (c *crowd) check(t *testing.T, s *store.Store, sn snapshot.Snapshot, before map[string]string) {
	t.Helper()
	var added, removed, active int
	for id, json := range c.users {
		if before[id] == "" {
			added++
		}
		if strings.Contains(json, `"active":true`) {
			active++
		}
	}
	for id := range before {
		if c.users[id] == "" {
			removed++
		}
	}
	if got := sn.Captures[0]; got.Count != len(c.users) || got.Active != active || got.Added != added || got.Removed != removed {
		t.Errorf("%+v, want %d users, %d active, %d added and %d removed", got, len(c.users), active, added, removed)
	}
	held := map[string]bool{}
	for r, err := range s.Resources(t.Context(), sn.ID) {
		if err != nil {
			t.Fatal(err)
		}
		want, err := snapshot.NewDocument([]byte(c.users[r.ID]))
		if err != nil || !bytes.Equal(r.Document, want) || held[r.ID] {
			t.Errorf("%s is %s, want %s, %v", r.ID, r.Document, want, err)
		}
		held[r.ID] = true
	}
	if len(held) != len(c.users) {
		t.Errorf("%d users are held, of %d", len(held), len(c.users))
	}
}
