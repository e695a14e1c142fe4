package cloudflare

import (
	"context"
	"sync"
	"time"
)

// waits sleeps, and tells about it once, however many requests sleep.
type waits struct {
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error
	tell  func(reason string, d time.Duration)

	mu    sync.Mutex
	count int       // requests that wait
	until time.Time // what was told
}

// wait sleeps for d, or until ctx is cancelled.
func (w *waits) wait(ctx context.Context, reason string, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.begin(reason, d)
	defer w.end()
	if err := w.sleep(ctx, d); err != nil {
		return err
	}
	return ctx.Err()
}

func (w *waits) begin(reason string, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
	// A second wait is worth telling only if it is clearly longer.
	if until := w.now().Add(d); w.count == 1 || until.After(w.until.Add(time.Second)) {
		w.until = until
		if w.tell != nil {
			w.tell(reason, d)
		}
	}
}

func (w *waits) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count--
	if w.count == 0 && w.tell != nil {
		w.tell("", 0)
	}
}
