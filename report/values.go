package report

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/diff"
)

// maxShown is how many columns of a value, or of an element of a list, are shown,
// unless all of it is asked for.
const maxShown = 400

// limit makes s, which is safe, about n columns wide, and says what is left out. What
// is shorter than saying that is not.
func limit(s string, n int) string {
	const note = 40
	if fit(s, n+note) == s {
		return s
	}
	end, _ := cut(s, n)
	return s[:end] + "… (" + number(width(s[end:])) + " more; --full shows all)"
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

// shown is text, which c.value made of a value, without what is left out of one that
// is long.
func (c *comparison) shown(text string, v jsontext.Value) string {
	if c.full {
		return text
	}
	list, ok := plainList(v)
	if !ok || text != c.value(v) { // as where only JSON tells two values apart
		return limit(text, maxShown)
	}
	parts := make([]string, 0, MaxListed+1)
	for _, r := range c.runs("", list) {
		parts = append(parts, r.Text)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// runs are elements of a list that share an action, the last of which says what is
// left out.
func (c *comparison) runs(a diff.Action, list []jsontext.Value) []run {
	var runs []run
	for i, e := range list {
		if i == MaxListed && !c.full {
			return append(runs, run{a, "and " + number(len(list)-i) + " more; --full shows all"})
		}
		runs = append(runs, run{a, c.shown(c.value(e), e)})
	}
	return runs
}

// mentions names the providers whose ids stand somewhere inside of values.
func (c *comparison) mentions(values ...[]byte) []string {
	var names []string
	for _, v := range values {
		if k := jsontext.Value(v).Kind(); k != '{' && k != '[' || isPlain(v) {
			continue // these names stand beside the ids
		}
		for _, id := range mentioned(v, c.names) {
			if !slices.Contains(names, c.names[id]) {
				names = append(names, c.names[id])
			}
		}
	}
	return names
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
	runs := append(c.runs(diff.Removed, removed), c.runs(diff.Added, added)...)
	length := 0
	for _, r := range runs {
		length += len("+ ") + len(r.Text)
	}
	if length >= len(d.Old)+len(d.New) && !certificates {
		return false
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
