package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	// maxTries bounds how often one request is sent.
	maxTries = 6
	// firstBackoff doubles with each try up to maxBackoff.
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// firstLimited is the same for a 429 that does not say how long it lasts. The
	// block lasts five minutes (Cloudflare docs: limits), which five waits cover.
	firstLimited = 10 * time.Second
	maxLimited   = 5 * time.Minute
	// maxWait is the longest wait that a server may ask for: longer, and a person
	// should know now.
	maxWait = 15 * time.Minute
)

// read sends a GET until it brings an answer that accept can use, or further
// tries would not help. It is used for nothing but GET.
func (c *Client) read(ctx context.Context, call call, accept func(*answer) error) error {
	for try := 1; ; try++ {
		f := c.offer(ctx, call, accept)
		if f == nil {
			return nil
		}
		f.err.Tries = try
		c.heed(f, try)
		if !f.again || try == maxTries {
			return f.err
		}
		if err := c.pause(ctx, f, try); err != nil {
			return err
		}
	}
}

// write sends a request that changes something. It is sent again only where the
// server said that it had no effect: after a 429.
func (c *Client) write(ctx context.Context, call call, accept func(*answer) error) error {
	for try := 1; ; try++ {
		f := c.offer(ctx, call, accept)
		if f == nil {
			return nil
		}
		f.err.Tries = try
		c.heed(f, try)
		if f.unclear {
			f.err.is = append(f.err.is, ErrAmbiguous)
		}
		if !f.limited || try == maxTries {
			return f.err
		}
		if err := c.pause(ctx, f, try); err != nil {
			return err
		}
	}
}

// offer sends a call once and lets accept have the answer. What that returns shows
// whether the answer can be used; its sheet is given back then.
func (c *Client) offer(ctx context.Context, call call, accept func(*answer) error) *failure {
	a, f := c.attempt(ctx, call)
	if f != nil {
		return f
	}
	defer a.free()
	if err := accept(a); err != nil {
		return c.unusable(a, err)
	}
	return nil
}

// heed lets the budget block after a 429, so that every request of these
// credentials waits and not only this one.
func (c *Client) heed(f *failure, try int) {
	if !f.limited || f.err.RetryAfter > maxWait {
		return
	}
	d := f.err.RetryAfter
	if d == 0 {
		d = c.jitter(backoff(firstLimited, maxLimited, try))
	}
	c.budget.block(d)
}

// pause waits before the next try. After a 429 the budget does that.
func (c *Client) pause(ctx context.Context, f *failure, try int) error {
	if f.err.RetryAfter > maxWait {
		f.err.Message += fmt.Sprintf(": asked to wait %s, which is too long: try again then", f.err.RetryAfter)
		return f.err
	}
	if f.limited {
		return nil
	}
	d := max(f.err.RetryAfter, c.jitter(backoff(firstBackoff, maxBackoff, try)))
	why := f.err.Message
	if f.err.Status >= 400 {
		why = strconv.Itoa(f.err.Status)
	}
	if err := c.waits.wait(ctx, fmt.Sprintf("retry after %s: %s %s", why, f.err.Method, f.err.Path), d); err != nil {
		f.err.is = append(f.err.is, err, context.Cause(ctx))
		return f.err
	}
	return nil
}

func backoff(first, most time.Duration, try int) time.Duration {
	d := first
	for i := 1; i < try && d < most; i++ {
		d *= 2
	}
	return min(d, most)
}

// jitter spreads waits over [d/2, d), so that parallel requests do not come back
// at the same moment.
func (c *Client) jitter(d time.Duration) time.Duration {
	return d/2 + time.Duration(c.random()*float64(d/2))
}

// unusable is a 2xx answer that accept did not take.
func (c *Client) unusable(a *answer, err error) *failure {
	e := c.errorOf(a.call, a.resp)
	f := &failure{err: e, unclear: true}
	var bad *badAnswerError
	switch {
	case errors.As(err, &bad):
		f.again = bad.broken
		if len(bad.errors) > 0 { // success is false
			e.describe(bad.errors, c.cleaner.clean)
			e.classify(a.call.permission)
			f.unclear = false
		} else {
			e.Message = c.cleaner.clean(bad.Error())
		}
	default: // what accept itself ran into: not the answer's fault
		e.Message = c.cleaner.clean(err.Error())
		e.is = append(e.is, err)
	}
	return f
}
