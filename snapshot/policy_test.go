package snapshot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// sundays are those of the examples in restic's manual: one backup every Sunday for 12
// weeks.
const sundays = `
2019-09-01 11:00:00
2019-09-08 11:00:00
2019-09-15 11:00:00
2019-09-22 11:00:00
2019-09-29 11:00:00
2019-10-06 11:00:00
2019-10-13 11:00:00
2019-10-20 11:00:00
2019-10-27 11:00:00
2019-11-03 11:00:00
2019-11-10 11:00:00
2019-11-17 11:00:00`

// mixed are the ends of days, ISO weeks (2024-12-30 is in the first one of 2025),
// months and years, and several in one hour.
const mixed = `
2023-12-30 02:00:00
2023-12-30 14:00:00
2023-12-31 02:00:00
2024-01-01 02:00:00
2024-02-29 02:00:00
2024-03-31 02:00:00
2024-06-30 02:00:00
2024-12-29 02:00:00
2024-12-30 02:00:00
2024-12-31 02:00:00
2024-12-31 23:59:59
2025-01-01 00:00:00
2025-01-05 02:00:00
2025-01-06 02:00:00
2025-02-28 02:00:00
2025-03-01 02:00:00
2025-05-31 02:00:00
2025-06-15 02:00:00
2025-06-28 02:00:00
2025-06-29 02:00:00
2025-06-29 23:00:00
2025-06-30 01:59:59
2025-06-30 02:00:00
2025-06-30 02:30:00
2025-06-30 02:59:59
2025-06-30 03:00:00`

// resticSays was made by restic 0.17.3: for each of the two lists a repository with
// "restic backup --time" at these times, TZ=UTC, then "restic forget --dry-run --json"
// with the policy. The numbers are the positions of those that it would keep.
var resticSays = []struct{ times, policy, keeps string }{
	{sundays, "--keep-daily 4", "8 9 10 11"},
	{sundays, "--keep-last 1", "11"},
	{sundays, "--keep-weekly 100", "0 1 2 3 4 5 6 7 8 9 10 11"},
	{sundays, "--keep-monthly 2", "8 11"},
	{sundays, "--keep-yearly 1", "11"},
	{sundays, "--keep-within 7d", "11"},
	{sundays, "--keep-within-monthly 2m", "4 8 11"},
	{sundays, "--keep-daily 4 --keep-monthly 3", "4 8 9 10 11"},
	{mixed, "--keep-last 3", "23 24 25"},
	{mixed, "--keep-hourly 2", "24 25"},
	{mixed, "--keep-hourly 100", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 24 25"},
	{mixed, "--keep-daily 3", "18 20 25"},
	{mixed, "--keep-weekly 6", "13 15 16 17 20 25"},
	{mixed, "--keep-weekly 100", "0 2 3 4 5 6 7 12 13 15 16 17 20 25"},
	{mixed, "--keep-monthly 12", "0 2 3 4 5 6 10 13 14 15 16 25"},
	{mixed, "--keep-monthly 4", "14 15 16 25"},
	{mixed, "--keep-yearly 2", "10 25"},
	{mixed, "--keep-yearly 3", "2 10 25"},
	{mixed, "--keep-yearly 4", "0 2 10 25"},
	{mixed, "--keep-within 1h", "23 24 25"},
	{mixed, "--keep-within 1d", "20 21 22 23 24 25"},
	{mixed, "--keep-within 1m", "16 17 18 19 20 21 22 23 24 25"},
	{mixed, "--keep-within 4m2d", "15 16 17 18 19 20 21 22 23 24 25"},
	{mixed, "--keep-within 1y6m", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25"},
	{mixed, "--keep-within 2y5m7d3h", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25"},
	{mixed, "--keep-within-hourly 1d", "20 21 24 25"},
	{mixed, "--keep-within-daily 2d", "20 25"},
	{mixed, "--keep-within-weekly 1y", "7 12 13 15 16 17 20 25"},
	{mixed, "--keep-within-monthly 1y", "10 13 14 15 16 25"},
	{mixed, "--keep-within-yearly 75y", "0 2 10 25"},
	{mixed, "--keep-daily 7 --keep-weekly 5 --keep-monthly 12 --keep-yearly 75", "0 2 3 4 5 6 10 13 14 15 16 17 18 20 25"},
	{mixed, "--keep-within-daily 7d --keep-within-weekly 1m --keep-within-monthly 1y --keep-within-yearly 75y", "0 2 10 13 14 15 16 17 18 20 25"},
	{mixed, "--keep-daily 90 --keep-weekly 53 --keep-monthly 36 --keep-yearly 7", "0 1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 17 18 20 25"},
	{mixed, "--keep-last 100", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25"},
	{mixed, "--keep-daily 21", "0 1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 17 18 20 25"},
	{mixed, "--keep-daily 22", "0 1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 17 18 20 25"},
	{mixed, "--keep-last 2 --keep-within-monthly 6m", "10 13 14 15 16 24 25"},
	{mixed, "--keep-monthly 100", "0 2 3 4 5 6 10 13 14 15 16 25"},
	{mixed, "--keep-yearly 100", "0 2 10 25"},
	{mixed, "--keep-daily unlimited", "0 1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 17 18 20 25"},
	{mixed, "--keep-hourly unlimited", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 24 25"},
	{mixed, "--keep-within-daily 75y", "0 1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 17 18 20 25"},
	{mixed, "--keep-within-hourly 75y", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 24 25"},
	{mixed, "--keep-within-weekly 75y", "0 2 3 4 5 6 7 12 13 15 16 17 20 25"},
	{sundays, "--keep-monthly 4", "0 4 8 11"},
	{sundays, "--keep-yearly 2", "0 11"},
	{sundays, "--keep-within-monthly 1y", "0 4 8 11"},
}

func TestPolicyKeepsWhatResticKeeps(t *testing.T) {
	for _, test := range resticSays {
		t.Run(test.policy, func(t *testing.T) {
			var keeps []string
			for i, v := range policy(t, test.policy).Apply(taken(t, strings.Split(test.times, "\n")[1:]...)) {
				if v.Keep {
					keeps = append(keeps, strconv.Itoa(i))
				}
				if v.Keep != (len(v.Reasons) > 0) {
					t.Errorf("%d: kept %v, because %q", i, v.Keep, v.Reasons)
				}
			}
			if diff := cmp.Diff(test.keeps, strings.Join(keeps, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The example of restic's manual: of one backup every day for 100 years, the last on a
// Sunday that ends a year, this keeps 7 for the days, 4 more for the weeks, 11 more for
// the months and 74 more for the years.
func TestPolicyOverHundredYears(t *testing.T) {
	last := time.Date(2028, 12, 31, 2, 0, 0, 0, time.UTC)
	list := make([]Snapshot, 36525)
	for i := range list {
		list[i].TakenAt = last.AddDate(0, 0, i+1-len(list))
	}
	first := map[string]int{} // how many each word is the first to keep
	for _, v := range policy(t, "--keep-daily 7 --keep-weekly 5 --keep-monthly 12 --keep-yearly 75").Apply(list) {
		if v.Keep {
			first[v.Reasons[0]]++
		}
	}
	want := map[string]int{"daily snapshot": 7, "weekly snapshot": 4, "monthly snapshot": 11, "yearly snapshot": 74}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
}

// The reasons of restic 0.17.3 for the same, and ours.
func TestPolicyReasons(t *testing.T) {
	list := taken(t, strings.Split(mixed, "\n")[1:]...)
	list[3].Pin = "year's end"
	for _, test := range []struct {
		policy string
		want   map[int]string
	}{
		{"--keep-daily 7 --keep-weekly 5 --keep-monthly 12 --keep-yearly 75", map[int]string{
			0: "oldest monthly snapshot, oldest yearly snapshot",
			2: "monthly snapshot, yearly snapshot", 3: "monthly snapshot, pinned: year's end", 4: "monthly snapshot", 5: "monthly snapshot",
			6: "monthly snapshot", 10: "monthly snapshot, yearly snapshot", 13: "monthly snapshot", 14: "daily snapshot, monthly snapshot",
			15: "daily snapshot, weekly snapshot, monthly snapshot", 16: "daily snapshot, weekly snapshot, monthly snapshot",
			17: "daily snapshot, weekly snapshot", 18: "daily snapshot", 20: "daily snapshot, weekly snapshot",
			25: "daily snapshot, weekly snapshot, monthly snapshot, yearly snapshot, last complete",
		}},
		{"--keep-within 1h --keep-within-daily 7d --keep-within-weekly 1m", map[int]string{
			3: "pinned: year's end", 16: "weekly within 1m", 17: "weekly within 1m", 18: "daily within 7d", 20: "daily within 7d, weekly within 1m",
			23: "within 1h", 24: "within 1h", 25: "within 1h, daily within 7d, weekly within 1m, last complete",
		}},
		{"--keep-last 1", map[int]string{3: "pinned: year's end", 25: "last snapshot, last complete"}},
	} {
		got := map[int]string{}
		for i, v := range policy(t, test.policy).Apply(list) {
			if v.Keep {
				got[i] = strings.Join(v.Reasons, ", ")
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.policy, diff)
		}
	}
}

// In these lists p is a partial snapshot, s a safety one, i an imported one, P is pinned and @b is of
// another target; the words behind are what is kept.
func TestPolicyBeyondRestic(t *testing.T) {
	for _, test := range []struct{ name, policy, list, keeps string }{
		{"complete before partial", "--keep-daily 2", "01T02 01T14p 02T02 02T14p 02T20p", "01T02 02T02"},
		{"partial where there is nothing else", "--keep-daily 3", "01T02 02T02p 02T14p 03T02", "01T02 02T14p 03T02"},
		{"the newest of several complete ones", "--keep-daily 1", "01T02 01T08 01T14p", "01T08"},
		{"within a time too", "--keep-within-daily 2d", "01T01 02T02 02T08p 03T02 03T08p", "02T02 03T02"},
		{"not one from outside the time", "--keep-within-daily 1d", "02T02 02T09p 03T08p", "02T09p 03T08p 02T02"}, // 02T02 as last complete
		{"each for itself", "--keep-last 2", "01T02 02T02p 03T02p", "01T02 02T02p 03T02p"},
		{"last complete", "--keep-hourly 1", "01T02 02T02 03T02p 04T02p", "02T02 04T02p"},
		{"only partial ones", "--keep-last 1", "01T02p 02T02p", "02T02p"},
		{"a safety snapshot is not the last complete one", "--keep-daily 1", "01T02 02T02p 03T02s", "01T02 02T02p 03T02s"},
		{"safety snapshots by themselves", "--keep-daily 2", "01T02 02T02 03T02 03T09s 04T09s 05T09s", "02T02 03T02 04T09s 05T09s"},
		{"only safety snapshots", "--keep-last 1", "01T02s 02T02s", "02T02s"},
		{"imported ones among the others", "--keep-daily 2", "01T02i 02T02i 03T02", "02T02i 03T02"},
		{"each target", "--keep-last 1", "01T02 01T03@b 02T02 02T03@b 03T02", "02T03@b 03T02"},
		{"each target since its own newest", "--keep-within 1d", "01T01@b 01T02@b 09T01 09T02", "01T01@b 01T02@b 09T01 09T02"},
		{"pinned", "--keep-last 1", "01T02P 02T02 03T02", "01T02P 03T02"},
		{"pinned ones count like others", "--keep-daily 2", "01T02 02T02P 03T02", "02T02P 03T02"},
		{"pinned partial and safety", "--keep-last 1", "01T02pP 01T03sP 02T02 03T02 04T02s", "01T02pP 01T03sP 03T02 04T02s"},
		{"unlimited", "--keep-daily unlimited", "01T02 01T03 02T02 03T02 04T02p 04T05p", "01T02 01T03 02T02 03T02 04T05p"},
		{"the oldest complete one, too", "--keep-daily 9", "01T02p 01T03 01T04 02T02", "01T03 01T04 02T02"},
		{"the same moment: the later recorded", "--keep-last 1", "01T02 01T02i", "01T02i"},
		{"no policy", "", "01T02 02T02p 03T02s", "01T02 02T02p 03T02s"},
		{"nothing to judge", "--keep-last 1", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			words := strings.Fields(test.list)
			var list []Snapshot
			for _, w := range words {
				list = append(list, abbreviated(t, w))
			}
			want := strings.Fields(test.keeps)
			slices.Sort(want)
			got := []string{}
			for i, v := range policy(t, test.policy).Apply(list) {
				if v.Keep {
					got = append(got, words[i])
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A night on which the clock stood in the year 2036 must not make all others old.
func TestPolicyWithWrongClock(t *testing.T) {
	list := taken(t, "2026-06-28 02:00:00", "2026-06-29 02:00:00", "2036-06-29 02:00:00", "2026-06-30 02:00:00")
	p := policy(t, "--keep-within 7d")
	for _, v := range p.Apply(list)[:2] {
		if v.Keep {
			t.Error("without Now the newest snapshot is not the one from 2036")
		}
	}
	p.Now = list[3].TakenAt
	for i, v := range p.Apply(list) {
		if !v.Keep {
			t.Errorf("snapshot %d is removed", i)
		}
	}
	p = policy(t, "--keep-within 1h")
	p.Now = list[3].TakenAt.Add(-time.Minute) // two clocks that do not quite agree
	if got := p.Apply([]Snapshot{list[0], list[3]}); got[0].Keep {
		t.Error("a minute is no wrong clock: the newest is the newest")
	}
	p.Now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // the clock of whoever asks is wrong
	for i, v := range p.Apply(list) {
		if !v.Keep {
			t.Errorf("with all from later, snapshot %d is removed", i)
		}
	}
}

// Days are those of UTC, wherever the snapshot's time says that it was taken.
func TestPolicyCountsInUTC(t *testing.T) {
	list := taken(t, "2026-06-29 23:30:00", "2026-06-30 00:30:00")
	for i := range list {
		list[i].TakenAt = list[i].TakenAt.In(time.FixedZone("", -5*3600)) // both on the 29th there
	}
	for i, v := range policy(t, "--keep-daily 2").Apply(list) {
		if !v.Keep {
			t.Errorf("snapshot %d is removed", i)
		}
	}
}

func TestPolicyIsWrittenAsTyped(t *testing.T) {
	for _, text := range []string{
		"", "--keep-last 3", "--keep-daily 90 --keep-weekly 53 --keep-monthly 36 --keep-yearly 7", "--keep-last unlimited --keep-hourly 24",
		"--keep-within 2y5m7d3h --keep-within-hourly 1h --keep-within-daily 7d --keep-within-weekly 1m --keep-within-monthly 1y --keep-within-yearly 75y",
	} {
		p := policy(t, text)
		if p.String() != text || p.Empty() != (text == "") {
			t.Errorf("%q: written %q, empty %v", text, p, p.Empty())
		}
		if p.Now = time.Unix(1, 0); p.Empty() != (text == "") {
			t.Errorf("%q: empty %v with a time", text, p.Empty())
		}
	}
}

func TestParsePeriod(t *testing.T) {
	for text, want := range map[string]Period{
		"2y5m7d3h": {2, 5, 7, 3}, "7d": {Days: 7}, "1y6m": {Years: 1, Months: 6}, "3h2y": {Years: 2, Hours: 3}, "99999h": {Hours: 99999}, "0d": {}, "007d": {Days: 7},
	} {
		got, err := ParsePeriod(text)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
		if again, err := ParsePeriod(got.String()); err != nil || again != want {
			t.Errorf("%s is written %s, which is read as %v, %v", text, got, again, err)
		}
	}
	for text, says := range map[string]string{
		"": "number and a unit", "7": "number and a unit", "d": "number and a unit", "1w": "14d", "-7d": "number", "7d7d": "once", "1y2": "number",
		"7D": "units are", "7 d": "units are", "100000d": "number", "1.5y": "units are", "99999999999999999999y": "number", "7days": "number", "٧d": "number",
	} {
		if got, err := ParsePeriod(text); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "not a period") {
			t.Errorf("%q: %v, %v, want %q", text, got, err, says)
		}
	}
}

// Whatever the list and the policy: what two policies keep, both together keep, and no
// more; more is kept by a higher number; the order of the list does not matter; others
// are not judged differently because of safety snapshots; and what must be kept is.
func TestPolicyLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfNDistinct(rapid.Custom(drawn), 0, 40, func(sn Snapshot) string { return sn.ID }).Draw(t, "list")
		a, b := rapid.Custom(drawnPolicy).Draw(t, "a"), rapid.Custom(drawnPolicy).Draw(t, "b")
		both := a
		both.Weekly, both.Within, both.WithinMonthly = b.Weekly, b.Within, b.WithinMonthly
		b = Policy{Weekly: b.Weekly, Within: b.Within, WithinMonthly: b.WithinMonthly}
		a.Weekly, a.Within, a.WithinMonthly = 0, Period{}, Period{}
		if a.Empty() || b.Empty() {
			return
		}
		keptA, keptB := kept(a, list), kept(b, list)
		for id := range kept(both, list) {
			if !keptA[id] && !keptB[id] {
				t.Fatalf("%s is kept by both, and by neither", id)
			}
			delete(keptA, id)
			delete(keptB, id)
		}
		if len(keptA)+len(keptB) > 0 {
			t.Fatalf("kept by one, not by both: %v %v", keptA, keptB)
		}
		more := a
		more.Daily, more.Last = a.Daily+1, a.Last+2
		for id := range kept(a, list) {
			if !kept(more, list)[id] {
				t.Fatalf("%s is kept by %s, not by %s", id, a, more)
			}
		}
		if diff := cmp.Diff(kept(a, list), kept(a, rapid.Permutation(list).Draw(t, "permuted"))); diff != "" {
			t.Fatal(diff)
		}
		ordinary := slices.DeleteFunc(slices.Clone(list), func(sn Snapshot) bool { return sn.Origin == Safety })
		alone := kept(a, ordinary)
		for _, v := range a.Apply(list) {
			if v.Origin != Safety && v.Keep != alone[v.ID] {
				t.Fatalf("%s is judged differently because of safety snapshots", v.ID)
			}
			if v.Pin != "" && !v.Keep {
				t.Fatalf("%s is pinned", v.ID)
			}
		}
		for target, i := range LastComplete(list) {
			if !kept(a, list)[list[i].ID] {
				t.Fatalf("the last complete snapshot of %s is removed", target)
			}
		}
	})
}

func kept(p Policy, list []Snapshot) map[string]bool {
	ids := map[string]bool{}
	for _, v := range p.Apply(list) {
		if v.Keep {
			ids[v.ID] = true
		}
	}
	return ids
}

// drawn draws a snapshot; no two have one time.
func drawn(t *rapid.T) Snapshot {
	minutes := rapid.IntRange(0, 3*365*24*60).Draw(t, "minutes")
	sn := Snapshot{
		ID: fmt.Sprint(minutes), TakenAt: time.Date(2024, 1, 1, 0, minutes, 0, 0, time.UTC),
		Target: Target{Account, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "target")},
		Origin: rapid.SampledFrom([]Origin{Ordinary, Ordinary, Safety, Imported}).Draw(t, "origin"),
		Pin:    rapid.SampledFrom([]string{"", "", "", "why"}).Draw(t, "pin"),
	}
	if rapid.Bool().Draw(t, "partial") {
		sn.Captures = []Capture{{Status: Failed}}
	}
	return sn
}

func drawnPolicy(t *rapid.T) Policy {
	number := rapid.SampledFrom([]int{0, 0, 1, 2, 5, 30})
	period := rapid.SampledFrom([]Period{{}, {}, {Hours: 5}, {Days: 9}, {Months: 7}, {Years: 2, Days: 1}})
	return Policy{
		Last: number.Draw(t, "last"), Hourly: number.Draw(t, "hourly"), Daily: number.Draw(t, "daily"), Weekly: number.Draw(t, "weekly"),
		Monthly: number.Draw(t, "monthly"), Yearly: number.Draw(t, "yearly"),
		Within: period.Draw(t, "within"), WithinDaily: period.Draw(t, "daily within"), WithinMonthly: period.Draw(t, "monthly within"),
	}
}

// policy reads a policy as it is typed.
func policy(t *testing.T, text string) Policy {
	t.Helper()
	var p Policy
	numbers := map[string]*int{"last": &p.Last, "hourly": &p.Hourly, "daily": &p.Daily, "weekly": &p.Weekly, "monthly": &p.Monthly, "yearly": &p.Yearly}
	periods := map[string]*Period{
		"within": &p.Within, "within-hourly": &p.WithinHourly, "within-daily": &p.WithinDaily, "within-weekly": &p.WithinWeekly,
		"within-monthly": &p.WithinMonthly, "within-yearly": &p.WithinYearly,
	}
	words := strings.Fields(text)
	for i := 0; i+1 < len(words); i += 2 {
		name := strings.TrimPrefix(words[i], "--keep-")
		var err error
		switch {
		case periods[name] != nil:
			*periods[name], err = ParsePeriod(words[i+1])
		case words[i+1] == "unlimited":
			*numbers[name] = Unlimited
		default:
			*numbers[name], err = strconv.Atoi(words[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func taken(t *testing.T, times ...string) []Snapshot {
	t.Helper()
	var list []Snapshot
	for _, text := range times {
		at, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Snapshot{ID: text, Target: Target{Account, "a"}, TakenAt: at})
	}
	return list
}

// abbreviated reads "03T14pP@b": on the third, at 14 hours, partial, pinned, of b.
func abbreviated(t *testing.T, word string) Snapshot {
	t.Helper()
	word, target, _ := strings.Cut(word, "@")
	sn := taken(t, "2026-06-"+strings.Replace(word[:5], "T", " ", 1)+":00:00")[0]
	if target != "" {
		sn.Target.ID = target
	}
	for _, r := range word[5:] {
		switch r {
		case 'p':
			sn.Captures = []Capture{{Status: Complete}, {Status: Failed, Error: "403"}}
		case 's':
			sn.Origin = Safety
		case 'i':
			sn.Origin = Imported
		case 'P':
			sn.Pin = "why"
		default:
			t.Fatalf("%q", word)
		}
	}
	return sn
}
