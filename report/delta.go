package report

import (
	"strings"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/diff"
)

// delta is how one setting differs, for people: every text in it is safe.
type delta struct {
	Path     string // dotted
	Severity diff.Severity
	Reason   string // of what is medium or worse
	Form     form
	Old, New string
	Runs     []run
	Mentions []string // names of the providers that the values name by id, where these cannot stand beside it
	Expected bool     // nothing to weigh: in another target the same thing has another id

	full bool // all of it is asked for
}

// form says how a delta is shown.
type form string

// The forms.
const (
	alone    form = "alone"    // New, a setting of what came or went with it, or Runs, its elements
	pair     form = "pair"     // Old and New
	reorder  form = "reorder"  // Old and New, lists that differ in their order
	inside   form = "inside"   // Runs make up both texts: long ones that share much
	elements form = "elements" // Runs are what came into a list and went from it
)

// run is a part of a text that one side has, or both.
type run struct {
	diff.Action
	Text string
}

// What is longer than longValue columns is compared character by character, and
// around what differs there so many columns of context are shown. A part that only
// one side has is shown to maxRun columns.
const (
	longValue  = 60
	aroundDiff = 20
	maxRun     = 200
)

// unset stands for a setting that a state does not have.
const unset = "(not set)"

// only tells of a setting that came or went with its resource.
func (c *comparison) only(f diff.Field) delta {
	value := f.New
	if value == nil {
		value = f.Old
	}
	d := delta{Path: dotted(f.Path), Form: alone, New: c.shown(c.value(value), value), Mentions: c.mentions(value), full: c.full}
	if list, ok := plainList(value); ok && isCertificate(value) {
		d.Runs = c.runs("", list)
	}
	return d
}

// delta tells of a setting that differs.
func (c *comparison) delta(f diff.Field) delta {
	d := delta{
		Path: dotted(f.Path), Severity: f.Severity, Form: pair, Old: c.side(f.Old, f.New), New: c.side(f.New, f.Old),
		Mentions: c.mentions(f.Old, f.New), full: c.full,
	}
	if f.Severity >= diff.Medium {
		d.Reason = Safe(f.Reason)
	}
	c.compare(&d, f)
	old, updated := c.shown(d.Old, f.Old), c.shown(d.New, f.New)
	if i := common(d.Old, d.New); d.Old != d.New && !strings.HasPrefix(old, d.Old[:i]) { // they differ in what is left out
		head := "…" + tail(d.Old[:i], aroundDiff)
		old, updated = c.shown(head+d.Old[i:], nil), c.shown(head+d.New[i:], nil)
	}
	d.Old, d.New = old, updated
	return d
}

// compare finds the form that says best what differs.
func (c *comparison) compare(d *delta, f diff.Field) {
	if f.Old == nil || f.New == nil {
		return
	}
	if d.Old == d.New { // what differs cannot be seen; JSON escapes tell
		d.Old, d.New = Safe(string(f.Old)), Safe(string(f.New))
	}
	if c.lists(d, f) || isCertificate(f.Old) && isCertificate(f.New) {
		return
	}
	if max(width(d.Old), width(d.New)) > longValue && c.affords(len(d.Old)+len(d.New)) {
		if segments, ok := diff.Inline(d.Old, d.New); ok {
			d.Form, d.Runs = inside, make([]run, len(segments))
			for i, s := range segments {
				d.Runs[i] = run(s)
			}
		}
	}
}

// common counts the bytes that two texts begin with, whole characters of them.
func common(a, b string) int {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	for i > 0 && i < len(a) && !utf8.RuneStart(a[i]) {
		i--
	}
	return i
}

// Shown gives the runs with no more of what both sides share than shows where the
// others stand, unless all is asked for.
func (d delta) Shown() []run {
	if d.full {
		return d.Runs
	}
	return shortened(d.Runs)
}

// maxWork bounds what is compared character by character in all: a few seconds'
// worth, of which an ordinary comparison takes milliseconds. The cost of one grows
// with the square of its length, and how long and how many values are is up to
// whoever writes names and settings.
const maxWork = 1 << 31

// affords reports whether so many characters may still be compared.
func (c *comparison) affords(n int) bool {
	c.work += n * n
	return c.work <= maxWork
}

// side writes one side of a setting. That a switch is absent and that it is off is
// one thing to the API, so that beside "true" absence reads as "false".
func (c *comparison) side(value, other []byte) string {
	switch {
	case value != nil:
		return c.value(value)
	case string(other) == "true":
		return "false"
	}
	return unset
}

// shortened gives the runs with no more of what both sides share than what shows
// where the others stand.
func shortened(runs []run) []run {
	out := make([]run, len(runs))
	for i, r := range runs {
		switch {
		case r.Action != "":
			r.Text = limit(r.Text, maxRun)
		case width(r.Text) <= 2*aroundDiff+1:
		case i == 0:
			r.Text = "…" + tail(r.Text, aroundDiff)
		case i == len(runs)-1:
			r.Text = fit(r.Text, aroundDiff+1)
		default:
			r.Text = fit(r.Text, aroundDiff+1) + tail(r.Text, aroundDiff)
		}
		out[i] = r
	}
	return out
}

// tail is the end of s, which is safe, that takes about n columns.
func tail(s string, n int) string {
	begin, _ := cut(s, width(s)-n)
	return s[begin:]
}

// sides joins runs to the two texts that they make up.
func sides(runs []run) (before, after string) {
	var a, b strings.Builder
	for _, r := range runs {
		if r.Action != diff.Added {
			a.WriteString(r.Text)
		}
		if r.Action != diff.Removed {
			b.WriteString(r.Text)
		}
	}
	return a.String(), b.String()
}
