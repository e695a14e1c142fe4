package cloudflare

import (
	"context"
	"math"
	"sync"
	"time"
)

// What is assumed where answers tell no limits. (Cloudflare docs: limits: 1200
// requests in five minutes for one person, over dashboard and API; whoever runs
// into it is blocked for the next five minutes.)
const (
	assumedQuota  = 1200
	assumedWindow = 5 * time.Minute
)

// Budget lets requests go as long as the rate limit has room beyond a reserve,
// which is left to the dashboard and to other tools of the same person. All
// requests with the same credentials share one.
//
// What answers tell about the limit is the truth, and then nothing else counts.
// It is told per window: so many left, so many seconds until the next one. While
// answers are under way, what they will report is not known, so each of them
// counts as one request that may not have been counted yet. Where answers tell
// nothing, the documented limit is assumed and the budget's own requests are
// counted over a sliding window.
//
// While nothing is known, at the start and where a window ended or a block was
// sat out, one request goes alone, and its answer tells.
type Budget struct {
	reserve float64
	now     func() time.Time

	mu       sync.Mutex
	windows  map[string]*window
	silent   bool // the last answer told no limits
	inFlight int
	blocked  time.Time     // nothing goes before
	probe    bool          // what is known may be outdated: one request alone
	log      []time.Time   // of the requests within the assumed window, oldest first
	answered chan struct{} // closed with the next answer
}

// NewBudget makes a budget that leaves the given share of every window, between
// 0 and 1, unused.
func NewBudget(reserve float64, now func() time.Time) *Budget {
	if !(reserve >= 0) { // also not a number
		reserve = 0
	}
	return &Budget{
		reserve:  min(reserve, 1),
		now:      now,
		windows:  map[string]*window{},
		probe:    true,
		answered: make(chan struct{}),
	}
}

// window is what is known about one limit's current window. Servers tell its end
// in whole seconds, and an answer is under way for some time, so the end is known
// to lie between two moments.
type window struct {
	quota            int
	left             int // fewest that an answer told
	earliest, latest time.Time
}

// room is how many requests may still go, those in flight included.
func (w *window) room(reserve float64) int {
	return w.left - reserved(w.quota, reserve)
}

// reserved is how many requests of a quota stay unused. One always may go, or a
// small quota would never let anything through.
func reserved(quota int, share float64) int {
	return max(0, min(int(math.Ceil(share*float64(quota))), quota-1))
}

// passage is the leave for one request. It must be settled.
type passage struct {
	budget *Budget
	sent   time.Time
	done   bool
}

// take waits until a request may go.
func (b *Budget) take(ctx context.Context, waits *waits) (*passage, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b.mu.Lock()
		now := b.now()
		d, reason := b.delay(now)
		if d == 0 {
			b.inFlight++
			b.log = append(b.log, now)
			b.mu.Unlock()
			return &passage{budget: b, sent: now}, nil
		}
		answered := b.answered
		b.mu.Unlock()

		if d == untilAnswer {
			select {
			case <-answered:
			case <-ctx.Done():
			}
			continue
		}
		if err := waits.wait(ctx, reason, d); err != nil {
			return nil, err
		}
	}
}

// untilAnswer is the delay of a request that waits for another one's answer.
const untilAnswer time.Duration = math.MaxInt64

// delay tells how long the next request has to wait, and why. It is untilAnswer
// only where an answer is under way.
func (b *Budget) delay(now time.Time) (time.Duration, string) {
	if d := b.blocked.Sub(now); d > 0 {
		return d, "rate limit reached: Cloudflare asked to wait"
	}
	b.expire(now)
	if b.silent {
		if d := b.assumed(now); d > 0 {
			return d, "rate budget used up but for the reserve (assumed: 1200 requests in 5 minutes)"
		}
	}
	answer := b.probe && b.inFlight > 0
	var d time.Duration
	for _, w := range b.windows {
		switch room := w.room(b.reserve); {
		case room <= 0:
			d = max(d, w.latest.Sub(now))
		case room <= b.inFlight: // the answers that are under way may show more
			answer = true
		}
	}
	switch {
	case d > 0:
		return d, "rate budget used up but for the reserve"
	case answer:
		return untilAnswer, ""
	default:
		return 0, ""
	}
}

// assumed is the delay where answers tell no limits.
func (b *Budget) assumed(now time.Time) time.Duration {
	may := assumedQuota - reserved(assumedQuota, b.reserve)
	if len(b.log) < may {
		return 0
	}
	return b.log[len(b.log)-may].Add(assumedWindow).Sub(now)
}

// expire forgets what is over.
func (b *Budget) expire(now time.Time) {
	n := max(0, len(b.log)-assumedQuota)
	for n < len(b.log) && now.Sub(b.log[n]) >= assumedWindow {
		n++
	}
	b.log = b.log[n:]
	for name, w := range b.windows {
		if !now.Before(w.latest) {
			delete(b.windows, name)
			b.probe = true
		}
	}
}

// settle takes what the answer told, or nil where it told nothing or none came.
// Only the first call counts.
func (p *passage) settle(limits []limit) {
	if p.done {
		return
	}
	p.done = true
	b := p.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.inFlight--
	told := false
	for _, l := range limits {
		told = b.observe(l, p.sent, now) || told
	}
	switch {
	case told:
		b.probe, b.silent = false, false
	case len(limits) == 0:
		// It may have been counted all the same.
		for _, w := range b.windows {
			w.left = max(0, w.left-1)
		}
		b.probe, b.silent = false, len(b.windows) == 0
	}
	b.wake()
}

// observe takes one limit from an answer to a request of the given time. It
// returns false where the limit belongs to a window that is over.
func (b *Budget) observe(l limit, sent, now time.Time) bool {
	// Servers round either way, so a second on each side belongs to the doubt.
	seen := window{
		quota: max(l.quota, l.left), left: l.left,
		earliest: sent.Add(l.reset - time.Second), latest: now.Add(l.reset + time.Second),
	}
	w := b.windows[l.name]
	switch {
	case w == nil || seen.earliest.After(w.latest): // a new window
		b.windows[l.name] = &seen
	case seen.latest.Before(w.earliest): // an answer that was overtaken
		return false
	default: // the same window: answers overtake one another, the fewest counts
		w.quota = max(w.quota, seen.quota)
		w.left = min(w.left, seen.left)
		if seen.earliest.After(w.earliest) {
			w.earliest = seen.earliest
		}
		if seen.latest.Before(w.latest) {
			w.latest = seen.latest
		}
	}
	return true
}

// block stops every request for d.
func (b *Budget) block(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := b.now().Add(d); until.After(b.blocked) {
		b.blocked = until
	}
	b.probe = true
}

// wake makes those who wait for an answer look again.
func (b *Budget) wake() {
	close(b.answered)
	b.answered = make(chan struct{})
}

// BudgetStatus is what a budget knows.
type BudgetStatus struct {
	Known bool          // whether Cloudflare told it; else the rest is assumed
	Quota int           // requests in a window
	Left  int           // of them, reserve included
	Reset time.Duration // until there are more; 0 where that is not known
}

// Status tells what is known about the tightest limit.
func (b *Budget) Status() BudgetStatus {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.expire(now)
	s := BudgetStatus{Quota: assumedQuota, Left: max(0, assumedQuota-len(b.log))}
	for _, w := range b.windows {
		if !s.Known || w.left < s.Left {
			s = BudgetStatus{Known: true, Quota: w.quota, Left: w.left, Reset: max(0, w.latest.Sub(now))}
		}
	}
	return s
}
