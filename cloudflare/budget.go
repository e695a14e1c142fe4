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
// While nothing is known, at the start and after a window that was used up or a
// block that was sat out, one request goes alone, and its answer tells.
type Budget struct {
	reserve float64
	now     func() time.Time

	mu       sync.Mutex
	windows  map[string]*window
	told     bool // an answer told limits
	silent   bool // none does: the documented limit is assumed
	inFlight int
	blocked  time.Time     // nothing goes before
	probe    bool          // one request alone, until one that went since is answered
	probes   int           // how often that began
	log      []time.Time   // of the requests within the assumed window, oldest first
	answer   chan struct{} // closed with the next answer; nil: nobody waits for it
}

// NewBudget makes a budget that leaves the given share of every window, between
// 0 and 1, unused.
func NewBudget(reserve float64, now func() time.Time) *Budget {
	if !(reserve >= 0) { // also not a number
		reserve = 0
	}
	return &Budget{
		reserve: min(reserve, 1),
		now:     now,
		windows: map[string]*window{},
		probe:   true,
	}
}

// passage is the leave for one request. It must be settled.
type passage struct {
	budget *Budget
	sent   time.Time
	probes int
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
			p := &passage{budget: b, sent: now, probes: b.probes}
			b.mu.Unlock()
			return p, nil
		}
		if d == untilAnswer {
			if b.answer == nil {
				b.answer = make(chan struct{})
			}
			answer := b.answer
			b.mu.Unlock()
			select {
			case <-answer:
			case <-ctx.Done():
			}
			continue
		}
		b.mu.Unlock()
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
		switch {
		case now.Before(w.latest):
		case w.guess || w.room(b.reserve) <= 0:
			delete(b.windows, name)
			b.startProbe()
		default:
			// Nobody waits, so no crowd will rush in: as many as are on their way at
			// once may go before an answer tells about the new window.
			*w = window{quota: w.quota, left: w.quota, latest: now.Add(assumedWindow), guess: true}
		}
	}
}

func (b *Budget) startProbe() {
	b.probe = true
	b.probes++
}

// answered takes what the answer told: nil where it told nothing.
func (p *passage) answered(limits []limit) {
	p.settle(func(b *Budget, now time.Time) {
		told := false
		for _, l := range limits {
			told = b.observe(l, p.sent, now) || told
		}
		switch {
		case told:
			b.silent, b.told = false, true
		case len(limits) == 0:
			b.charge()
			b.silent = len(b.windows) == 0
		}
		// An answer from before the probe began does not end it.
		if p.probes == b.probes && (told || len(limits) == 0) {
			b.probe = false
		}
	})
}

// lost says that no answer came. After answered it does nothing.
func (p *passage) lost() {
	p.settle(func(b *Budget, _ time.Time) {
		b.charge()
		if !b.told { // it is not known either whether anything will be told
			b.probe, b.silent = false, true
		}
	})
}

// charge counts a request of which it was not told whether it was counted.
func (b *Budget) charge() {
	for _, w := range b.windows {
		w.left = max(0, w.left-1)
	}
}

func (p *passage) settle(learn func(b *Budget, now time.Time)) {
	if p.done {
		return
	}
	p.done = true
	b := p.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	learn(b, b.now())
	// Those who wait for an answer look again.
	if b.answer != nil {
		close(b.answer)
		b.answer = nil
	}
}

// observe takes one limit from an answer to a request of the given time. It
// returns false where the limit belongs to a window that is over.
func (b *Budget) observe(l limit, sent, now time.Time) bool {
	w := b.windows[l.name]
	if w == nil {
		w = &window{guess: true}
		b.windows[l.name] = w
	}
	return w.take(windowOf(l, sent, now))
}

// block stops every request for d.
func (b *Budget) block(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := b.now().Add(d); until.After(b.blocked) {
		b.blocked = until
	}
	b.startProbe()
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
