package audit_test

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

func coverage(t *testing.T, f *fake, q audit.Question) *audit.Report {
	t.Helper()
	r, err := audit.NewCoverage(context.Background(), f, q)
	if err != nil {
		t.Fatalf("%v", err)
	}
	wellFormed(t, r)
	return r
}

// june is from the 1st to the end of the given day.
func june(f *fake, last int) audit.Question {
	from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	return f.question(from, from.AddDate(0, 0, last).Add(-time.Nanosecond))
}

func TestEveryDayIsCovered(t *testing.T) {
	f := newFake()
	f.okta().nights(30)
	r := coverage(t, f, june(f, 30))
	if d := cmp.Diff([]string{"info: A complete snapshot was taken each day: 30 of 30."}, leadOf(r)); d != "" {
		t.Error(d)
	}
	for key, want := range map[string]string{"expected": "30", "covered": "30", "partial": "0", "missed": "0", "percent": "100", "longest_gap_hours": "0", "gaps": "0"} {
		if have := figureOf(t, r, key); have != want {
			t.Errorf("%s is %s, want %s", key, have, want)
		}
	}
	if have := factOf(t, r, "every"); have != "every day" {
		t.Errorf("due %s", have)
	}
}

func TestGapsAreNamedAndMeasured(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "ada@acme.example").nights(3) // 1 to 3
	f.fail(users, "okta", "HTTP 500").night()                        // 4
	f.rest(2)                                                        // 5, 6
	f.nights(2)                                                      // 7, 8
	f.record(snapshot.Safety)                                        // 9: not one of those that are due
	f.night()                                                        // 10
	f.forget(1, "keep 7 daily")                                      // the 2nd
	q := june(f, 10)
	r := coverage(t, f, q)
	if d := cmp.Diff([]string{
		"2026-06-01T00:00:00Z | covered | true | 1 | 0 | 0 | ",
		"2026-06-02T00:00:00Z | covered | true | 1 | 0 | 1 | ",
		"2026-06-03T00:00:00Z | covered | true | 1 | 0 | 0 | ",
		"2026-06-04T00:00:00Z | partial | true | 0 | 1 | 0 | users of Okta: HTTP 500",
		"2026-06-05T00:00:00Z | missed | true | 0 | 0 | 0 | ",
		"2026-06-06T00:00:00Z | missed | true | 0 | 0 | 0 | ",
		"2026-06-07T00:00:00Z | covered | true | 1 | 0 | 0 | ",
		"2026-06-08T00:00:00Z | covered | true | 1 | 0 | 0 | ",
		"2026-06-09T00:00:00Z | missed | true | 0 | 0 | 0 | ",
		"2026-06-10T00:00:00Z | covered | true | 1 | 0 | 0 | ",
	}, cellsOf(t, r, "days", "from", "status", "due", "complete", "partial", "forgotten", "not_read")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"2026-06-03T02:00:00Z | 2026-06-07T02:00:00Z | 96 | 2 of 3 due snapshots not taken; not read: users of Okta: HTTP 500",
		"2026-06-08T02:00:00Z | 2026-06-10T02:00:00Z | 48 | 1 of 1 due snapshot not taken",
	}, cellsOf(t, r, "gaps", "from", "to", "hours", "why")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"high: 6 of 10 days have a complete snapshot (missed: 3, partial only: 1). The longest gap is 96 hours."}, leadOf(r)); d != "" {
		t.Error(d)
	}
	snaps := cellsOf(t, r, "snapshots", "taken_at", "status", "origin", "providers", "users", "active", "groups", "not_read", "forgotten_at", "forgotten_why")
	if d := cmp.Diff([]string{
		"2026-06-02T02:00:00Z | complete | ordinary | 1 | 1 | 1 | 0 |  | 2026-06-11T02:00:00Z | keep 7 daily",
		"2026-06-03T02:00:00Z | complete | ordinary | 1 | 1 | 1 | 0 |  |  | ",
		"2026-06-04T02:00:00Z | partial | ordinary | 1 | not known | not known | 0 | users of Okta: HTTP 500 |  | ",
	}, snaps[1:4]); d != "" {
		t.Error(d)
	}
	if snaps[6] != "2026-06-09T02:00:00Z | complete | safety | 1 | 1 | 1 | 0 |  |  | " {
		t.Errorf("%s", snaps[6])
	}
	total := r.Charts[0].Series[0].Values
	if len(r.Charts) != 1 || total[0] != 1 || !math.IsNaN(total[3]) || !math.IsNaN(total[4]) || total[6] != 1 {
		t.Errorf("%v", total)
	}
}

func TestASlotThatIsNotOverIsNotMissed(t *testing.T) {
	f := newFake()
	f.okta().nights(3)
	noon := firstNight.Add(10 * time.Hour)
	for _, test := range []struct {
		to                         time.Time
		expected, missed, lastSlot string
	}{
		{noon.AddDate(0, 0, 2), "3", "0", "covered"}, // the 3rd, whose snapshot is there already
		{noon.AddDate(0, 0, 3), "3", "0", "running"}, // the 4th
		{noon.AddDate(0, 0, 4), "4", "1", "running"},
	} {
		r := coverage(t, f, f.question(firstNight.Truncate(day), test.to))
		slots := cellsOf(t, r, "days", "status")
		if figureOf(t, r, "expected") != test.expected || figureOf(t, r, "missed") != test.missed || slots[len(slots)-1] != test.lastSlot {
			t.Errorf("to %s: %s expected, %s missed, %q", test.to, figureOf(t, r, "expected"), figureOf(t, r, "missed"), slots)
		}
	}
}

func TestBeforeTheHistoryBegins(t *testing.T) {
	f := newFake()
	f.okta().nights(3)
	may := time.Date(2026, 5, 30, 0, 0, 0, 0, time.UTC)
	to := time.Date(2026, 6, 3, 23, 59, 59, 0, time.UTC)
	asked := coverage(t, f, f.question(may, to))
	if d := cmp.Diff([]string{
		"high: 3 of 5 days have a complete snapshot (missed: 2, partial only: 0). The longest gap is 50 hours.",
		"medium: The history begins on 2026-06-01 02:00 UTC: what was before is not known.",
	}, leadOf(asked)); d != "" {
		t.Error(d)
	}
	open := coverage(t, f, f.question(time.Time{}, to))
	if figureOf(t, open, "expected") != "3" || figureOf(t, open, "percent") != "100" {
		t.Errorf("%q", leadOf(open))
	}
	none := coverage(t, newFake(), audit.Question{Target: acme})
	if figureOf(t, none, "percent") != "not known" || len(leadOf(none)) != 2 {
		t.Errorf("%q", leadOf(none))
	}
}

func TestSnapshotsAreDueAsOftenAsIsSaid(t *testing.T) {
	f := newFake()
	f.okta().nights(4)
	q := june(f, 4)
	q.Every = 6 * time.Hour
	r := coverage(t, f, q)
	if figureOf(t, r, "expected") != "16" || figureOf(t, r, "covered") != "4" || figureOf(t, r, "percent") != "25" || factOf(t, r, "every") != "every 6 hours" {
		t.Errorf("%q", leadOf(r))
	}
	q.Every = 48 * time.Hour
	if r := coverage(t, f, q); figureOf(t, r, "expected") != "2" || figureOf(t, r, "percent") != "100" {
		t.Errorf("%q", leadOf(r))
	}
}

// whatever was forgotten, and however nights ended, every slot is one thing.
func TestSlotsAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFake()
		f.okta()
		for range rapid.IntRange(0, 12).Draw(rt, "nights") {
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				f.rest(1)
			case 1:
				f.fail(users, "okta", "x").night()
			case 2:
				f.record(snapshot.Safety)
			default:
				f.night()
			}
		}
		if len(f.snapshots) > 0 && rapid.Bool().Draw(rt, "forget") {
			f.forget(rapid.IntRange(0, len(f.snapshots)-1).Draw(rt, "which"), "policy")
		}
		n := rapid.IntRange(1, 12).Draw(rt, "days")
		r := coverage(t, f, june(f, n))
		number := func(key string) int {
			i, err := strconv.Atoi(figureOf(t, r, key))
			if err != nil {
				rt.Fatalf("%s: %v", key, err)
			}
			return i
		}
		if due := number("expected"); due != n || due != number("covered")+number("partial")+number("missed") {
			rt.Fatalf("%d days, %d due: %q", n, due, leadOf(r))
		}
		if gaps := number("longest_gap_hours"); (gaps > 0) != (number("covered") < n) {
			rt.Fatalf("the longest gap is %d hours: %q", gaps, leadOf(r))
		}
	})
}

func TestChartsHaveAPointForEachDayWeekOrMonth(t *testing.T) {
	f := newFake()
	f.okta().nights(2)
	from := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC) // a Monday
	for _, test := range []struct {
		days        int
		n           int
		first, last string
	}{
		{0, 1, "2026-06-01", "2026-06-01"},
		{45, 46, "2026-06-01", "2026-07-16"},
		{46, 7, "2026-06-01", "2026-07-13"},
		{400, 58, "2026-06-01", "2027-07-05"},
		{401, 14, "2026-06", "2027-07"},
	} {
		q := f.question(from.Add(-9*time.Hour), from.Add(-9*time.Hour).AddDate(0, 0, test.days))
		if test.days == 0 {
			q = f.question(from.Add(-9*time.Hour), from)
		}
		labels := coverage(t, f, q).Charts[0].Labels
		if have := fmt.Sprint(len(labels), labels[0], labels[len(labels)-1]); have != fmt.Sprint(test.n, test.first, test.last) {
			t.Errorf("%d days: %s", test.days, have)
		}
	}
	wednesday := coverage(t, f, f.question(firstNight.Add(day), firstNight.AddDate(0, 0, 90)))
	if first := wednesday.Charts[0].Labels[0]; first != "2026-06-01" {
		t.Errorf("the week begins on %s", first)
	}
}
