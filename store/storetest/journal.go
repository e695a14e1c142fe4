package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Entry is an entry of the journal.
type Entry struct {
	Seq        int64
	Run, Event string
	At         time.Time
	Data       []byte
}

// anyEntry appends without a condition.
const anyEntry = -1

// record appends what is given and returns it with its place.
func record(t helper, h History, e Entry, after int64) Entry {
	t.Helper()
	seq, err := h.Append(context.Background(), e, after)
	if err != nil {
		t.Fatal(err)
	}
	e.Seq = seq
	return e
}

// journal checks what the history tells of a run, or of all.
func journal(t helper, h History, run string, want ...Entry) {
	t.Helper()
	got, err := h.Journal(context.Background(), run)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("journal of run %q (-appended +read):\n%s", run, diff)
	}
}

func appendThenRead(t *testing.T, h History) {
	t.Helper()
	journal(t, h, "")
	journal(t, h, "a")
	var a, b, all []Entry
	for i, data := range []string{`{"z": 1, "a":[]}`, "", "a\x00b", "\xff\xfe", "<&>\u2028é", "123", "NULL"} {
		// Neither the times nor anything else but the order of appending decides.
		e := Entry{Run: "a", Event: fmt.Sprint("event ", i), At: start.Add(-time.Duration(i) * time.Nanosecond), Data: []byte(data)}
		a = append(a, record(t, h, e, anyEntry))
		e.Run, e.Event, e.At = "a b", "", start
		b = append(b, record(t, h, e, anyEntry))
		all = append(all, a[i], b[i])
		if want := int64(2*i + 1); a[i].Seq != want || b[i].Seq != want+1 {
			t.Fatalf("places %d and %d, want from %d", a[i].Seq, b[i].Seq, want)
		}
	}
	journal(t, h, "a", a...)
	journal(t, h, "a b", b...)
	journal(t, h, "A")
	journal(t, h, "", all...)
}

func timesAreUTC(t *testing.T, h History) {
	t.Helper()
	at := time.Date(2026, 3, 29, 1, 59, 59, 123456789, time.FixedZone("", -5*3600))
	want := record(t, h, Entry{Run: "a", Event: "e", At: at, Data: []byte{}, Seq: 99}, 0)
	if want.Seq != 1 {
		t.Errorf("place %d", want.Seq)
	}
	want.At = at.UTC()
	journal(t, h, "a", want)
}

func entriesThatCannotBe(t *testing.T, h History) {
	t.Helper()
	for name, e := range map[string]Entry{
		"of no run":          {Event: "e", At: start},
		"of a year too long": {Run: "a", Event: "e", At: start.AddDate(9000, 0, 0)},
		"of a year below 0":  {Run: "a", Event: "e", At: start.AddDate(-9000, 0, 0)},
	} {
		if _, err := h.Append(context.Background(), e, anyEntry); err == nil {
			t.Errorf("an entry %s is taken", name)
		}
	}
	journal(t, h, "")
}

func appendAfter(t *testing.T, h History, errRunMoved error) {
	t.Helper()
	refused := func(run string, after int64) {
		t.Helper()
		seq, err := h.Append(context.Background(), Entry{Run: run, Event: "no", At: start}, after)
		if !errors.Is(err, errRunMoved) || seq != 0 {
			t.Errorf("run %s after %d: %d, %v; want %v", run, after, seq, err, errRunMoved)
		}
	}
	e := Entry{Run: "a", Event: "e", At: start, Data: []byte("{}")}
	refused("a", 1)
	a1 := record(t, h, e, 0)
	refused("a", 0)
	refused("a", a1.Seq+1)
	a2 := record(t, h, e, a1.Seq)
	refused("a", a1.Seq)
	e.Run = "b"
	refused("b", a2.Seq) // another run's
	b := record(t, h, e, 0)
	e.Run = "a"
	refused("a", b.Seq)
	a3 := record(t, h, e, a2.Seq) // an entry of another run does not move this one
	a4 := record(t, h, e, anyEntry)
	journal(t, h, "a", a1, a2, a3, a4)
	journal(t, h, "", a1, a2, b, a3, a4)
}

// oneWins lets many carry one run on at once.
func oneWins(t *testing.T, h History, errRunMoved error) {
	t.Helper()
	OneWins(t, []History{h, h, h, h, h, h}, errRunMoved)
}

// OneWins lets histories, which are all the same one, carry a run on at once, and
// checks that of those who know the same newest entry one can.
func OneWins(t *testing.T, histories []History, errRunMoved error) {
	t.Helper()
	var want []Entry
	for after := int64(0); after < 5; after++ {
		var wg sync.WaitGroup
		errs, seqs := make([]error, len(histories)), make([]int64, len(histories))
		entry := func(i int) Entry {
			return Entry{Run: "a", Event: fmt.Sprint("by ", i), At: start, Data: []byte("{}")}
		}
		for i, h := range histories {
			wg.Go(func() { seqs[i], errs[i] = h.Append(context.Background(), entry(i), after) })
		}
		wg.Wait()
		winners := 0
		for i, err := range errs {
			if err == nil {
				e := entry(i)
				e.Seq = seqs[i]
				want = append(want, e)
				winners++
			} else if !errors.Is(err, errRunMoved) {
				t.Error(err)
			}
		}
		if winners != 1 {
			t.Fatalf("after %d: %d of %d were let", after, winners, len(histories))
		}
	}
	for _, h := range histories {
		journal(t, h, "a", want...)
	}
}

// runsAtOnce appends entries of several runs from several goroutines.
func runsAtOnce(t *testing.T, h History) {
	t.Helper()
	const runs, each = 5, 8
	var wg sync.WaitGroup
	errs := make([]error, runs)
	want := make([][]Entry, runs)
	for r := range runs {
		wg.Go(func() {
			last := int64(0)
			for i := range each {
				e := Entry{Run: fmt.Sprint("run ", r), Event: fmt.Sprint(i), At: start, Data: []byte("{}")}
				if e.Seq, errs[r] = h.Append(context.Background(), e, last); errs[r] != nil {
					return
				}
				last = e.Seq
				want[r] = append(want[r], e)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for r := range runs {
		journal(t, h, fmt.Sprint("run ", r), want[r]...)
	}
	all, err := h.Journal(context.Background(), "")
	if err != nil || len(all) != runs*each {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	for i, e := range all {
		if e.Seq != int64(i)+1 {
			t.Fatalf("entry %d has place %d", i+1, e.Seq)
		}
	}
}

// journalAndSnapshots lets entries and nights alternate.
func journalAndSnapshots(t *testing.T, h History) {
	t.Helper()
	var want []Entry
	l := list{"a": user("a", "A")}
	for n := range 3 {
		want = append(want, record(t, h, Entry{Run: "a", Event: fmt.Sprint(n), At: start, Data: []byte("{}")}, int64(n)))
		sn := night(t, h, Account, start.AddDate(0, 0, n), map[snapshot.Collection]list{users: l})
		holds(t, h, sn, users, l)
	}
	journal(t, h, "a", want...)
}

func cancelledAppend(t *testing.T, h History) {
	t.Helper()
	e := record(t, h, Entry{Run: "a", Event: "e", At: start, Data: []byte("{}")}, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Append(ctx, e, anyEntry); !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	if _, err := h.Journal(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("journal: %v", err)
	}
	journal(t, h, "", e)
}

// Entries appends entries that choose decides on, checks that they come back and
// that nothing is found wrong with them, and returns them. choose gives a number
// from 0 up to, and without, n.
func Entries(t helper, h History, choose func(what string, n int) int) []Entry {
	t.Helper()
	pieces := []string{"", "a", "A", `"`, "\x00", "\xff", "é", "'; --", "{}", "0", "1e3"}
	text := func(what string) (s string) {
		for range choose(what, 4) {
			s += pieces[choose(what+" has", len(pieces))]
		}
		return s
	}
	var all []Entry
	newest, runs := map[string]int64{}, map[string][]Entry{}
	for range 1 + choose("entries", 6) {
		e := Entry{Run: "r" + text("run"), Event: text("event"), Data: []byte(text("data"))}
		e.At = start.Add(time.Duration(choose("at", 1e15)) * time.Millisecond / 1001)
		after := int64(anyEntry)
		if choose("condition", 2) == 1 {
			after = newest[e.Run]
		}
		e = record(t, h, e, after)
		newest[e.Run] = e.Seq
		runs[e.Run] = append(runs[e.Run], e)
		all = append(all, e)
	}
	for run, want := range runs {
		journal(t, h, run, want...)
	}
	journal(t, h, "", all...)
	v, err := h.Verify(context.Background())
	if err != nil || len(v.Problems) > 0 {
		t.Fatalf("verify: %v, %v", v.Problems, err)
	}
	return all
}
