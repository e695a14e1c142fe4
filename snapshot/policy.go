package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Unlimited keeps all there are where it is one of the numbers of a Policy.
const Unlimited = -1

// Policy says which snapshots a history keeps, in the words of restic, which has
// taught them to many: Daily 7 keeps, of the last 7 days that have a snapshot, the
// newest one each; WithinDaily "7d" the same of the days within 7 days of the newest
// snapshot; Within all that were taken in that time. Whatever one of them keeps is
// kept. Days, ISO weeks, months and years are those of UTC.
//
// Beyond restic, in an hour, day, week, month or year a complete snapshot goes before
// a partial one, and safety snapshots are judged by themselves, so that they never
// take the place of others.
type Policy struct {
	Last, Hourly, Daily, Weekly, Monthly, Yearly                                 int // 0 keeps none, Unlimited all
	Within, WithinHourly, WithinDaily, WithinWeekly, WithinMonthly, WithinYearly Period

	// Now is the time of whoever asks. A snapshot that claims to be from more than a day
	// later, taken while a clock was wrong, is not the newest, from which Within and its
	// like count. The zero time lets all count.
	Now time.Time
}

// Verdict is what a policy says of one snapshot.
type Verdict struct {
	Snapshot
	Keep    bool
	Reasons []string // why it is kept: "daily snapshot", "within 7d", "last complete", "pinned: CHG-2291"
}

// countRule and periodRule are one of a policy's words each.
type countRule struct {
	word   string // "daily"; its flag is --keep-daily
	number int
	bucket bucket
}

type periodRule struct {
	word   string
	period Period
	bucket bucket
}

// bucket numbers the hours, days or the like, so that snapshots of one have the same
// number and those of two neighbours have not.
type bucket func(t time.Time) int

func (p Policy) counts() []countRule {
	return []countRule{
		{"last", p.Last, nil}, // each snapshot for itself
		{"hourly", p.Hourly, hour},
		{"daily", p.Daily, day},
		{"weekly", p.Weekly, week},
		{"monthly", p.Monthly, month},
		{"yearly", p.Yearly, time.Time.Year},
	}
}

func (p Policy) periods() []periodRule {
	return []periodRule{
		{"hourly", p.WithinHourly, hour},
		{"daily", p.WithinDaily, day},
		{"weekly", p.WithinWeekly, week},
		{"monthly", p.WithinMonthly, month},
		{"yearly", p.WithinYearly, time.Time.Year},
	}
}

func month(t time.Time) int { return t.Year()*100 + int(t.Month()) }
func day(t time.Time) int   { return month(t)*100 + t.Day() }
func hour(t time.Time) int  { return day(t)*100 + t.Hour() }

func week(t time.Time) int {
	year, number := t.ISOWeek()
	return year*100 + number
}

// Empty reports whether the policy has no word to say, which must not mean that all
// snapshots go.
func (p Policy) Empty() bool {
	p.Now = time.Time{}
	return p == Policy{}
}

// String gives the policy as it is typed: "--keep-daily 90 --keep-within 1y6m".
func (p Policy) String() string {
	var words []string
	for _, r := range p.counts() {
		switch {
		case r.number == Unlimited:
			words = append(words, "--keep-"+r.word+" unlimited")
		case r.number != 0:
			words = append(words, fmt.Sprintf("--keep-%s %d", r.word, r.number))
		}
	}
	if !p.Within.IsZero() {
		words = append(words, "--keep-within "+p.Within.String())
	}
	for _, r := range p.periods() {
		if !r.period.IsZero() {
			words = append(words, "--keep-within-"+r.word+" "+r.period.String())
		}
	}
	return strings.Join(words, " ")
}

// Apply judges snapshots, those of each target by themselves, and gives a verdict on
// each in the order of the list, which is that in which they were recorded. Whatever
// the policy says, the newest complete snapshot of a target is kept, and pinned ones
// are. An empty policy keeps all.
func (p Policy) Apply(list []Snapshot) []Verdict {
	type group struct {
		target Target
		safety bool
	}
	verdicts := make([]Verdict, len(list))
	groups := map[group][]*Verdict{}
	for i, sn := range slices.Backward(list) { // so that of two taken at once the later comes first
		verdicts[i].Snapshot = sn
		g := group{sn.Target, sn.Origin == Safety}
		groups[g] = append(groups[g], &verdicts[i])
	}
	for _, of := range groups {
		slices.SortStableFunc(of, func(a, b *Verdict) int { return b.TakenAt.Compare(a.TakenAt) })
		p.judge(of)
	}
	last := LastComplete(list)
	for i := range verdicts {
		v := &verdicts[i]
		if newest, ok := last[v.Target]; ok && newest == i {
			v.keep("last complete")
		}
		if v.Pin != "" {
			v.keep("pinned: " + v.Pin)
		}
	}
	return verdicts
}

// LastComplete finds, in a list, the newest complete snapshot of each target that is
// no safety snapshot: without it a target could neither be restored nor compared.
func LastComplete(list []Snapshot) map[Target]int {
	last := map[Target]int{}
	for i, sn := range list {
		if sn.Origin == Safety || sn.Status() != Complete {
			continue
		}
		if newest, ok := last[sn.Target]; !ok || !sn.TakenAt.Before(list[newest].TakenAt) {
			last[sn.Target] = i
		}
	}
	return last
}

// judge applies the policy to one group, newest first.
func (p Policy) judge(group []*Verdict) {
	if p.Empty() {
		for _, v := range group {
			v.keep("no policy")
		}
		return
	}
	var newest time.Time // in all time, where all claim to be from later
	for _, v := range slices.Backward(group) {
		if p.Now.IsZero() || !v.TakenAt.After(p.Now.AddDate(0, 0, 1)) {
			newest = v.TakenAt.UTC()
		}
	}
	for _, v := range within(group, p.Within, newest) {
		v.keep("within " + p.Within.String())
	}
	for _, r := range p.counts() {
		left := r.number
		for _, v := range chosen(group, r.bucket) {
			if left == 0 {
				break
			}
			v.keep(r.word + " snapshot")
			if left > 0 {
				left--
			}
		}
		if left != 0 && r.bucket != nil {
			keepOldest(group, chosen(group, r.bucket), r.word+" snapshot")
		}
	}
	for _, r := range p.periods() {
		those := within(group, r.period, newest)
		for _, v := range chosen(those, r.bucket) {
			v.keep(r.word + " within " + r.period.String())
		}
		if len(those) == len(group) {
			keepOldest(group, chosen(those, r.bucket), r.word+" within "+r.period.String())
		}
	}
}

// keepOldest keeps the oldest snapshot of a group, too, where a rule could have kept
// more than there are: so the history reaches back as far as it may. A partial one is
// kept so only where none is complete.
func keepOldest(group, kept []*Verdict, reason string) {
	if len(group) == 0 {
		return
	}
	oldest := group[len(group)-1]
	for _, v := range slices.Backward(group) {
		if v.Status() == Complete {
			oldest = v
			break
		}
	}
	if !slices.Contains(kept, oldest) {
		oldest.keep("oldest " + reason)
	}
}

// within gives those that were taken in the period before the newest.
func within(group []*Verdict, period Period, newest time.Time) []*Verdict {
	if period.IsZero() {
		return nil
	}
	begin := period.before(newest)
	n := 0
	for n < len(group) && group[n].TakenAt.After(begin) {
		n++
	}
	return group[:n]
}

// chosen gives of each bucket the snapshot that stands for it: the newest complete
// one, or where there is none the newest.
func chosen(group []*Verdict, of bucket) []*Verdict {
	if of == nil {
		return group
	}
	var all []*Verdict
	last := 0
	for i, v := range group {
		number := of(v.TakenAt.UTC())
		switch n := len(all) - 1; {
		case i == 0 || number != last:
			all = append(all, v)
		case v.Status() == Complete && all[n].Status() != Complete:
			all[n] = v
		}
		last = number
	}
	return all
}

func (v *Verdict) keep(why string) {
	v.Keep = true
	v.Reasons = append(v.Reasons, why)
}
