package report

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Mode says how progress is shown.
type Mode int

// A Bar is one line of a terminal that is written over; Lines and JSONLines are
// log lines, as log/slog writes them; Silent shows nothing.
const (
	Silent Mode = iota
	Bar
	Lines
	JSONLines
)

const (
	redrawEvery = 100 * time.Millisecond
	logEvery    = 10 * time.Second
	rateOver    = 10 * time.Second // the rate is that of the last so long
	barWidth    = 79               // at most; a line that wraps cannot be written over
)

// Progress tells, while collections are being read, how far that is, how fast it
// goes and what it waits for. Its methods may be called from several goroutines.
//
// It draws when it is told something, with the clock that it was given, and starts
// no goroutine. (schollz/progressbar has a clock and a goroutine of its own, and a
// bar needs a total, which nobody knows while lists are being paged.)
type Progress struct {
	mode  Mode
	w     io.Writer
	width int // of the bar
	log   *slog.Logger
	now   func() time.Time

	mu      sync.Mutex
	read    map[snapshot.Collection]int
	total   int
	current string // the collection that was last heard of
	samples []sample
	started time.Time
	shown   time.Time // when the line was last drawn or logged
	drawn   bool      // a line stands on the terminal
	done    bool

	waitUntil  time.Time
	waitReason string
	waitShown  time.Time            // the end of the wait that was last shown
	waitLogged map[string]time.Time // when a wait for this reason was last logged
}

// sample is how much had been read at a moment.
type sample struct {
	at    time.Time
	total int
}

// NewProgress makes a Progress that writes to w, the error stream.
func NewProgress(w io.Writer, mode Mode, now func() time.Time) *Progress {
	p := &Progress{mode: mode, w: w, width: barWidth, now: now, read: map[snapshot.Collection]int{}, waitLogged: map[string]time.Time{}}
	switch mode {
	case Silent:
		return p
	case Lines:
		p.log = slog.New(slog.NewTextHandler(w, nil))
	case JSONLines:
		p.log = slog.New(slog.NewJSONHandler(w, nil))
	case Bar:
	}
	p.started = now()
	p.samples = []sample{{at: p.started}}
	if mode != Bar {
		p.shown = p.started // what takes less than a line's time needs no line
	}
	return p
}

// Fit keeps the bar within a terminal of so many columns; 0 is not known.
func (p *Progress) Fit(columns int) {
	if columns > 0 {
		p.width = min(barWidth, max(columns-1, 20))
	}
}

// Collection tells how many resources of a collection have been read so far; it
// may be fewer than before, where a list is read again from its start.
func (p *Progress) Collection(c snapshot.Collection, providerName string, read int) {
	if p.mode == Silent {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += read - p.read[c]
	p.read[c] = read
	p.current = fit(collectionName(c, providerName), 60)
	p.show(false)
}

// Waiting tells that something waits for the duration d, and why; a duration of 0
// tells that nothing waits any more. Others may be reading meanwhile.
func (p *Progress) Waiting(reason string, d time.Duration) {
	if p.mode == Silent {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if d <= 0 {
		p.waitUntil = time.Time{}
		p.show(false)
		return
	}
	reason = Safe(reason)
	if until := p.now().Add(d); until.After(p.waitUntil) {
		p.waitUntil, p.waitReason = until, reason
	}
	// A long wait is told at once, or it would look as if all had come to a stop;
	// and once, however many goroutines wait for the same.
	news := d >= time.Second && p.waitUntil.Sub(p.waitShown) > d/2
	if p.mode == Bar {
		p.show(news)
		return
	}
	p.logWait(reason, d, news && d >= logEvery)
}

// Redraw draws the bar anew, so that a wait is counted down and a rate falls while
// nothing is read. Whoever has a clock that ticks may call it at every tick.
func (p *Progress) Redraw() {
	if p.mode != Bar {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		p.show(false)
	}
}

// Done ends the showing and leaves the terminal as it was. Whatever is told
// afterwards is not shown. It may be called again.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = true
	p.clear()
}

// Clear takes the bar off the terminal, so that a line can be printed; the bar
// comes back when there is more to tell.
func (p *Progress) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *Progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

// show draws or logs, unless it did a moment ago and this is no news.
func (p *Progress) show(news bool) {
	now := p.now()
	every := logEvery
	if p.mode == Bar {
		every = redrawEvery
	}
	if p.done || (!news && now.Sub(p.shown) < every) {
		return
	}
	p.shown = now
	rate := p.rate(now)
	if left := p.waitUntil.Sub(now); left > 0 {
		p.waitShown = p.waitUntil
	}
	if p.mode == Bar {
		fmt.Fprint(p.w, "\r", p.line(now, rate), "\x1b[K")
		p.drawn = true
		return
	}
	p.logLine(now, rate)
}

// rate is how many resources a second were read lately.
func (p *Progress) rate(now time.Time) int {
	for len(p.samples) > 1 && now.Sub(p.samples[1].at) >= rateOver {
		p.samples = p.samples[1:]
	}
	first := p.samples[0]
	p.samples = append(p.samples, sample{now, p.total})
	d := now.Sub(first.at).Seconds()
	if d < 0.1 {
		return 0
	}
	return max(0, int(float64(p.total-first.total)/d))
}

// line is the bar: the numbers first, then what is going on. Where something waits,
// the reason counts more than the rest: on a line of 80 columns it has to have room.
func (p *Progress) line(now time.Time, rate int) string {
	s := things(p.total, "resource")
	if left := p.waitUntil.Sub(now); left > 0 {
		s += ", waiting " + seconds(left)
		if p.waitReason != "" {
			s += ": " + p.waitReason
		}
		return fit(s, p.width)
	}
	if rate > 0 {
		s += ", " + number(rate) + "/s"
	}
	if p.current != "" {
		s += ", " + p.current
	}
	return fit("Reading: "+s, p.width)
}

func (p *Progress) logLine(now time.Time, rate int) {
	r := slog.NewRecord(now, slog.LevelInfo, "reading", 0)
	r.AddAttrs(slog.Int("resources", p.total), slog.Int("per_second", rate), slog.Int("collections", len(p.read)))
	if p.current != "" {
		r.AddAttrs(slog.String("collection", p.current))
	}
	if left := p.waitUntil.Sub(now); left > 0 {
		r.AddAttrs(waitAttrs(left, p.waitReason)...)
	}
	_ = p.log.Handler().Handle(context.Background(), r) // nobody to tell
}

// logWait logs a wait: for each reason, however short it is; but one that comes
// again and again, as retries do, not each time, unless it is long.
func (p *Progress) logWait(reason string, d time.Duration, long bool) {
	now := p.now()
	last, known := p.waitLogged[reason]
	if p.done || (known && !long && now.Sub(last) < logEvery) {
		return
	}
	p.waitLogged[reason], p.waitShown, p.shown = now, p.waitUntil, now
	p.rate(now) // the rate after the wait does not count what came before
	r := slog.NewRecord(now, slog.LevelInfo, "waiting", 0)
	r.AddAttrs(waitAttrs(d, reason)...)
	_ = p.log.Handler().Handle(context.Background(), r) // nobody to tell
}

func waitAttrs(left time.Duration, reason string) []slog.Attr {
	s := int((left + time.Second - 1) / time.Second)
	return []slog.Attr{slog.Int("waiting_seconds", s), slog.String("waiting_for", reason)}
}

// seconds writes what is left of a wait, in whole seconds and never 0.
func seconds(d time.Duration) string {
	if s := (d + time.Second - 1) / time.Second; s < 60 {
		return fmt.Sprintf("%d s", max(s, 1))
	}
	return span(d)
}
