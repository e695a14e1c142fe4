package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// gate is a server with a rate limit: so many requests in each window, counted
// when they arrive; beyond it everything is blocked for a window.
type gate struct {
	mu       sync.Mutex
	quota    int
	window   time.Duration
	headers  string // "ratelimit", "x-ratelimit", or none
	random   *rand.Rand
	latency  time.Duration
	steady   bool // the latency does not vary
	fault    int  // one answer in so many is lost
	began    time.Time
	used     int // in this window, by anyone
	own      int // of them, by us
	most     int // own requests in any window
	served   int
	refused  int
	arrivals []time.Time
}

func (g *gate) roll(now time.Time) {
	if g.began.IsZero() {
		g.began = now
	}
	for !now.Before(g.began.Add(g.window)) {
		g.began, g.used, g.own = g.began.Add(g.window), 0, 0
	}
}

// elsewhere is a request by another tool of the same person.
func (g *gate) elsewhere() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.roll(time.Now())
	g.used++
}

func (g *gate) RoundTrip(*http.Request) (*http.Response, error) {
	g.mu.Lock()
	there, back := time.Duration(g.random.Int63n(int64(g.latency)+1)), time.Duration(g.random.Int63n(int64(g.latency)+1))
	if g.steady {
		there, back = g.latency/2, g.latency/2
	}
	lost := g.served > 0 && g.fault > 0 && g.random.Intn(g.fault) == 0
	g.mu.Unlock()
	time.Sleep(there)
	defer time.Sleep(back)

	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.roll(now)
	g.used++
	g.own++
	g.most = max(g.most, g.own)
	g.arrivals = append(g.arrivals, now)
	left := g.quota - g.used
	reset := int(g.began.Add(g.window).Sub(now).Seconds()) // rounded down
	var h []string
	switch g.headers {
	case "ratelimit":
		h = []string{
			"Ratelimit", fmt.Sprintf(`"default";r=%d;t=%d, "other";r=999999;t=1`, max(left, 0), reset),
			"Ratelimit-Policy", fmt.Sprintf(`"default";q=%d;w=%d, "other";q=1000000;w=1`, g.quota, int(g.window.Seconds())),
		}
	case "x-ratelimit":
		h = []string{"X-Ratelimit-Limit", fmt.Sprint(g.quota), "X-Ratelimit-Remaining", fmt.Sprint(max(left, 0)), "X-Ratelimit-Reset", fmt.Sprint(reset)}
	}
	if left < 0 {
		g.refused++
		return reply(429, refusal(971, "More than allowed"), append(h, "Retry-After", fmt.Sprint(reset+1))...), nil
	}
	g.served++
	if lost {
		return nil, io.ErrUnexpectedEOF
	}
	return reply(200, ok(`{"name":"x"}`), h...), nil
}

// The law of budgets: of a window no more is used than lies outside the reserve,
// the block is never run into, nothing waits for ever, and what may be used is
// used, whoever asks in parallel, however answers overtake one another.
func TestBudgetLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		quota := rapid.IntRange(1, 60).Draw(rt, "quota")
		reserve := rapid.SampledFrom([]float64{0, 0.2, 0.5, 1}).Draw(rt, "reserve")
		requests := rapid.IntRange(1, 150).Draw(rt, "requests")
		workers := rapid.IntRange(1, 12).Draw(rt, "workers")
		clients := rapid.IntRange(1, 3).Draw(rt, "clients")
		seed := rapid.Int64().Draw(rt, "seed")
		fails := ""
		headers := rapid.SampledFrom([]string{"ratelimit", "x-ratelimit"}).Draw(rt, "headers")
		fault := rapid.SampledFrom([]int{0, 0, 10}).Draw(rt, "faults")
		synctest.Test(t, func(t *testing.T) {
			g := &gate{
				quota: quota, window: 60 * time.Second, random: rand.New(rand.NewSource(seed)),
				latency: 300 * time.Millisecond, headers: headers, fault: fault,
			}
			began := time.Now()
			b := NewBudget(reserve, time.Now)
			var group sync.WaitGroup
			work := make(chan int)
			for range workers {
				c := newClient(t, g.RoundTrip, func(o *Options) { o.Budget, o.Parallelism = b, 1+workers/clients })
				group.Go(func() {
					for range work {
						if _, err := c.AccountName(t.Context(), accountID); err != nil && fault == 0 { // six losses in a row happen
							fails = err.Error()
						}
					}
				})
			}
			for i := range requests {
				work <- i
			}
			close(work)
			group.Wait()

			may := quota - reserved(quota, reserve)
			if fault == 0 && g.most > may {
				fails = fmt.Sprintf("%d requests in a window of %d with a reserve of %g", g.most, quota, reserve)
			}
			// Where the answer that was to tell about a new window is lost, so is one
			// request, which the reserve has to bear.
			if g.refused > 0 && (fault == 0 || reserve > 0 && quota >= 20) {
				fails = fmt.Sprintf("%d requests ran into the limit", g.refused)
			}
			// A window may lose its border's requests: what was in flight, and the
			// seconds that servers round.
			if took, most := time.Since(began), time.Duration(requests*2/may+3)*62*time.Second; took > most && fault == 0 {
				fails = fmt.Sprintf("%d requests of %d a window took %s", requests, may, took)
			}
			if fault == 0 && requests <= may && time.Since(began) > 60*time.Second {
				fails = fmt.Sprintf("waited although %d of %d requests fit into one window", requests, may)
			}
		})
		if fails != "" {
			rt.Fatal(fails)
		}
	})
}

// Others who use up the quota are seen, and left alone.
func TestBudgetSeesOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{quota: 100, window: 60 * time.Second, random: rand.New(rand.NewSource(1)), latency: 100 * time.Millisecond, headers: "ratelimit"}
		done := make(chan struct{})
		go func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(time.Second):
					g.elsewhere()
				}
			}
		}()
		c := newClient(t, g.RoundTrip)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 60 {
					if _, err := c.AccountName(t.Context(), accountID); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		close(done)
		if g.refused != 0 {
			t.Errorf("%d refused", g.refused)
		}
	})
}

// All that lies outside the reserve is used at once, without pacing.
func TestBudgetDoesNotPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{quota: 1200, window: 300 * time.Second, random: rand.New(rand.NewSource(1)), latency: 50 * time.Millisecond, headers: "ratelimit"}
		c := newClient(t, g.RoundTrip)
		began := time.Now()
		ask := func(n int) time.Duration {
			var group sync.WaitGroup
			work := make(chan int, n)
			for i := range n {
				work <- i
			}
			close(work)
			for range 16 {
				group.Go(func() {
					for range work {
						if _, err := c.AccountName(t.Context(), accountID); err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Wait()
			return time.Since(began)
		}
		if took := ask(960); took > 10*time.Second {
			t.Errorf("960 requests took %s", took)
		}
		status := c.budget.Status()
		if !status.Known || status.Quota != 1200 || status.Left != 240 || status.Reset < 290*time.Second {
			t.Errorf("%+v", status)
		}
		if took := ask(1); took < 300*time.Second || took > 302*time.Second {
			t.Errorf("the next one came after %s", took)
		}
	})
}

// The end of a window that was not used up is no reason to wait.
func TestBudgetDoesNotStallBetweenWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{quota: 1000, window: 2 * time.Second, random: rand.New(rand.NewSource(1)), latency: 50 * time.Millisecond, steady: true, headers: "ratelimit"}
		c := newClient(t, g.RoundTrip)
		began := time.Now()
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 400 {
					if _, err := c.AccountName(t.Context(), accountID); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		// 50 ms for each of 400 requests, one after the other, and the first alone.
		if took := time.Since(began); took > 20*time.Second+50*time.Millisecond {
			t.Errorf("took %s", took)
		}
	})
}

// Where nothing is told, the documented limit is assumed: 1200 in any five
// minutes, of which a fifth is left.
func TestBudgetAssumesTheDocumentedLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{quota: 1 << 30, window: time.Hour, random: rand.New(rand.NewSource(1)), latency: 20 * time.Millisecond}
		c := newClient(t, g.RoundTrip)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 300 {
					if _, err := c.AccountName(t.Context(), accountID); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		for i := 960; i < len(g.arrivals); i++ {
			if d := g.arrivals[i].Sub(g.arrivals[i-960]); d < 5*time.Minute-time.Second {
				t.Fatalf("961 requests within %s", d)
			}
		}
		if got := g.arrivals[959].Sub(g.arrivals[0]); got > 10*time.Second {
			t.Errorf("the first 960 took %s", got)
		}
		if s := c.budget.Status(); s.Known || s.Quota != 1200 {
			t.Errorf("%+v", s)
		}
	})
}

func TestBudgetObserves(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	sec := func(n int) time.Time { return start.Add(time.Duration(n) * time.Second) }
	tell := func(left, reset int) limit { return limit{"default", 100, left, time.Duration(reset) * time.Second} }
	b := NewBudget(0.2, func() time.Time { return start })
	for i, step := range []struct {
		l          limit
		sent, came int
		want       int
	}{
		{tell(50, 30), 0, 0, 50},
		{tell(60, 30), 0, 0, 50},    // overtaken
		{tell(48, 29), 1, 1, 48},    // counted on
		{tell(55, 29), 0, 2, 48},    // late
		{tell(99, 300), 32, 33, 99}, // the next window
		{tell(1, 0), 29, 34, 99},    // of the window before, late
		{tell(97, 298), 34, 34, 97},
	} {
		b.observe(step.l, sec(step.sent), sec(step.came))
		if got := b.windows["default"].left; got != step.want {
			t.Errorf("step %d: %d left, want %d", i, got, step.want)
		}
	}
}

func TestReserveLeavesOne(t *testing.T) {
	for _, test := range []struct {
		quota int
		share float64
		want  int
	}{{1200, 0.2, 240}, {10, 0.25, 3}, {1, 0.2, 0}, {2, 1, 1}, {0, 0.2, 0}, {100, 0, 0}} {
		if got := reserved(test.quota, test.share); got != test.want {
			t.Errorf("%d of which %g: %d, want %d", test.quota, test.share, got, test.want)
		}
	}
}

// A request that waits for another one's answer stops when it is told to.
func TestWaitForAnAnswerIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(0.2, time.Now)
		w := &waits{now: time.Now, sleep: sleep}
		if _, err := b.take(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := b.take(ctx, w); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
