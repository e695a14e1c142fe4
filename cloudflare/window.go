package cloudflare

import (
	"math"
	"time"
)

// window is what is known about one limit's current window. Servers tell its end
// in whole seconds, and an answer is under way for some time, so the end is known
// to lie between two moments.
type window struct {
	quota            int
	left             int // fewest that an answer told
	earliest, latest time.Time
	guess            bool // the window before is over, this one was not told yet
}

// windowOf is what one answer tells, to a request of the given time.
func windowOf(l limit, sent, now time.Time) window {
	return window{
		quota: max(l.quota, l.left),
		left:  l.left,
		// Servers round either way, so a second on each side belongs to the doubt.
		earliest: sent.Add(l.reset - time.Second),
		latest:   now.Add(l.reset + time.Second),
	}
}

// take brings w up to what another answer told. It returns false where that was
// about a window before w.
func (w *window) take(told window) bool {
	switch {
	case w.guess || told.earliest.After(w.latest): // a new window
		*w = told
	case told.latest.Before(w.earliest): // an answer that was overtaken
		return false
	default: // the same window: answers overtake one another, the fewest counts
		w.quota = max(w.quota, told.quota)
		w.left = min(w.left, told.left)
		if told.earliest.After(w.earliest) {
			w.earliest = told.earliest
		}
		if told.latest.Before(w.latest) {
			w.latest = told.latest
		}
	}
	return true
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
