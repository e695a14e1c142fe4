package diff

import (
	"strings"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Segment is a run of characters that two values share, or that only one has.
type Segment struct {
	Action // Added: only in the new value; Removed: only in the old; "": in both
	Text   string
}

// maxInline bounds the length of what is compared inside. A chain of three
// certificates is about 6 KB.
const maxInline = 16 << 10

// maxCells bounds what is compared character by character between the common
// beginning and end: the cost grows with the product of both lengths. At the bound
// it is some tens of milliseconds, and two certificates are below it.
const maxCells = 5 << 20

// Inline says what differs inside two texts: the segments in order, whose shared
// and removed ones make up old, whose shared and added ones make up new. ok is
// false where the texts have so little in common, or are so long, that showing one
// beside the other says more.
func Inline(old, updated string) (segments []Segment, ok bool) {
	if len(old)+len(updated) > maxInline || !utf8.ValidString(old) || !utf8.ValidString(updated) {
		return nil, false
	}
	shared := 0
	for _, d := range inside(old, updated) {
		s := Segment{Text: d.Text}
		switch d.Type {
		case diffmatchpatch.DiffInsert:
			s.Action = Added
		case diffmatchpatch.DiffDelete:
			s.Action = Removed
		case diffmatchpatch.DiffEqual:
			if strings.TrimSpace(d.Text) != "" {
				shared += len(d.Text)
			}
		}
		segments = append(segments, s)
	}
	// Less than a third in common: a different value, not an edited one.
	return segments, shared*3 >= max(len(old), len(updated))
}

func inside(old, updated string) []diffmatchpatch.Diff {
	begin, end := common(old, updated)
	was, is := old[begin:len(old)-end], updated[begin:len(updated)-end]
	if len(was)*len(is) > maxCells {
		all := []diffmatchpatch.Diff{
			{Type: diffmatchpatch.DiffEqual, Text: old[:begin]},
			{Type: diffmatchpatch.DiffDelete, Text: was},
			{Type: diffmatchpatch.DiffInsert, Text: is},
			{Type: diffmatchpatch.DiffEqual, Text: old[len(old)-end:]},
		}
		if end == 0 {
			all = all[:3]
		}
		if begin == 0 {
			all = all[1:]
		}
		return all
	}
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // the default looks at the clock, and equal input is to give equal output
	return dmp.DiffCleanupSemantic(dmp.DiffMain(old, updated, false))
}

// common gives how long the beginning and the end are that two texts share, in
// whole characters.
func common(a, b string) (begin, end int) {
	n := min(len(a), len(b))
	for begin < n && a[begin] == b[begin] {
		begin++
	}
	for begin > 0 && (begin < len(a) && !utf8.RuneStart(a[begin]) || begin < len(b) && !utf8.RuneStart(b[begin])) {
		begin--
	}
	for end < n-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	for end > 0 && !utf8.RuneStart(a[len(a)-end]) {
		end--
	}
	return begin, end
}
