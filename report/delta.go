package report

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

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
}

// form says how a delta is shown.
type form string

// The forms.
const (
	alone    form = "alone"    // New, a setting of what came or went with it
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
	return delta{Path: dotted(f.Path), Form: alone, New: c.value(value)}
}

// delta tells of a setting that differs.
func (c *comparison) delta(f diff.Field) delta {
	d := delta{Path: dotted(f.Path), Severity: f.Severity, Form: pair, Old: c.side(f.Old, f.New), New: c.side(f.New, f.Old)}
	if f.Severity >= diff.Medium {
		d.Reason = Safe(f.Reason)
	}
	if f.Old == nil || f.New == nil {
		return d
	}
	if d.Old == d.New { // what differs cannot be seen; JSON escapes tell
		d.Old, d.New = Safe(string(f.Old)), Safe(string(f.New))
	}
	if c.lists(&d, f) || isCertificate(f.Old) && isCertificate(f.New) {
		return d
	}
	if max(width(d.Old), width(d.New)) > longValue && c.affords(len(d.Old)+len(d.New)) {
		if segments, ok := diff.Inline(d.Old, d.New); ok {
			d.Form, d.Runs = inside, make([]run, len(segments))
			for i, s := range segments {
				d.Runs[i] = run(s)
			}
		}
	}
	return d
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

// value writes a value, with the names of the providers that it names by id.
func (c *comparison) value(v jsontext.Value) string {
	if list, ok := plainList(v); ok {
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = c.value(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	text := valueText(v)
	if name := c.names[text]; name != "" {
		text += " (" + name + ")"
	}
	return text
}

// lists makes d tell which elements came into a list and went from it, where that
// says it all and is shorter than both lists. It reports whether it did.
func (c *comparison) lists(d *delta, f diff.Field) bool {
	before, ok1 := plainList(f.Old)
	after, ok2 := plainList(f.New)
	if !ok1 || !ok2 {
		return false
	}
	added, stayed := without(after, before)
	removed, remained := without(before, after)
	if len(added)+len(removed) == 0 {
		d.Form = reorder
		return true
	}
	certificates := isCertificate(f.Old) && isCertificate(f.New) // say more one by one
	if !equalValues(stayed, remained) || len(remained) == 0 && !certificates {
		return false
	}
	var runs []run
	length := 0
	for _, e := range added {
		runs = append(runs, run{diff.Added, c.value(e)})
	}
	for _, e := range removed {
		runs = append(runs, run{diff.Removed, c.value(e)})
	}
	for _, r := range runs {
		length += len("+ ") + len(r.Text)
	}
	if length >= len(d.Old)+len(d.New) && !certificates {
		return false
	}
	if certificates { // one that takes another's place, rather than a list that grows
		slices.Reverse(runs)
	}
	d.Form, d.Runs = elements, runs
	return true
}

// without splits a list into the elements that the other does not have, counting
// each as often as it occurs, and the rest.
func without(list, other []jsontext.Value) (gone, rest []jsontext.Value) {
	left := make(map[string]int, len(other))
	for _, e := range other {
		left[string(e)]++
	}
	for _, e := range list {
		if left[string(e)] == 0 {
			gone = append(gone, e)
			continue
		}
		left[string(e)]--
		rest = append(rest, e)
	}
	return gone, rest
}

func equalValues(a, b []jsontext.Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func isCertificate(v jsontext.Value) bool {
	return strings.HasPrefix(valueText(v), certificateText) || strings.HasPrefix(valueText(v), "["+certificateText)
}

// shortened gives the runs with no more of what both sides share than what shows
// where the others stand.
func shortened(runs []run) []run {
	out := make([]run, len(runs))
	for i, r := range runs {
		switch {
		case r.Action != "":
			r.Text = fit(r.Text, maxRun)
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

// dotted writes a JSON Pointer as people are shown paths.
func dotted(pointer string) string {
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, s := range steps {
		steps[i] = stepName(unescapePointer.Replace(s))
	}
	return strings.Join(steps, ".")
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")
