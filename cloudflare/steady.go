package cloudflare

import (
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"time"
)

// A list is read page by page while others may change it. Removing an element
// moves every later one forward, so that the one that moves across a border
// between a page that was read and one that was not is lost; adding one moves
// them back, so that one is met twice. What shows this:
//
//   - every answer has the list's total, and all must agree, with one another
//     and with what was collected;
//   - no id may be met twice, unless the server merely repeats itself at the end;
//   - pages that were read before a pause are read once more after it, and must
//     hold the same ids.
//
// A removal and an addition of which no answer saw the one without the other
// keep the total. They can hide only between two answers, so the last is for the
// time when answers are furthest apart: a wait for the rate budget takes minutes,
// while otherwise answers are milliseconds apart. Had something that was read
// before the pause moved, its borders to what was not read would have moved too.
// After a long pause the borders are looked at once it is over, at the end that of
// the longest of the short ones. As a rule this costs one request, and one more
// for each long pause.
//
// What is left: an exchange that falls whole between two answers of a stretch
// without long pauses, and one in a pause whose traces a second one undoes before
// the border is looked at. Lists of one page are exact, but for what Cloudflare
// itself gets wrong. Where answers tell no total, only the other two checks
// remain.
const longPause = 2 * time.Second

// seen is what a page showed.
type seen struct {
	page    int
	n       int    // elements
	fresh   int    // of them, with an id that was not met before
	ids     uint64 // a digest of the ids, whatever their order
	total   int    // -1: not told
	pages   int    // 0: not told
	perPage int    // 0: not told
	full    bool   // as many elements as a page can have, as far as that is known
	at      int64  // nanoseconds
}

var idSeed = maphash.MakeSeed()

// look sums up page n.
func (p *pass) look(n int, s *sheet, fresh int) seen {
	v := seen{
		page: n, n: len(s.elements), fresh: fresh, at: p.client.nanos(),
		total: max(-1, s.info.total), pages: max(0, s.info.pages), perPage: max(0, s.info.perPage),
	}
	for _, e := range s.elements {
		v.ids += maphash.String(idSeed, e.ID)
	}
	size := v.perPage
	if size == 0 {
		size = p.size
	}
	v.full = size > 0 && v.n >= size
	return v
}

// announced is how many pages a page says there are; 0 where it does not.
func (s seen) announced() int {
	if s.total <= 0 || s.n == 0 {
		return s.pages
	}
	size := s.n
	if s.perPage > 0 {
		size = min(size, s.perPage)
	}
	return max(s.pages, (s.total-1)/size+1)
}

// movedError says how a list changed while it was read.
type movedError struct{ text string }

func (e *movedError) Error() string { return e.text }

func moved(format string, args ...any) error {
	return &movedError{fmt.Sprintf(format, args...)}
}

// watch remembers what the pages of one reading showed.
type watch struct {
	mu    sync.Mutex
	pages []seen // as they came
	total int    // -1: not told yet
	fresh int
}

// note takes a page. Where it came after a long pause, it returns the pages to
// read once more now: those that stood beside a page that had not been read when
// the pause began. It returns a movedError as soon as two totals disagree: the
// rest need not be read.
func (w *watch) note(p seen) (borders []int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pages) > 0 && p.at-w.pages[len(w.pages)-1].at > int64(longPause) {
		read := map[int]bool{}
		for _, was := range w.pages {
			read[was.page] = was.n > 0
		}
		for n, elements := range read {
			if elements && (!read[n+1] || n > 1 && !read[n-1]) {
				borders = append(borders, n)
			}
		}
		slices.Sort(borders)
	}
	w.pages = append(w.pages, p)
	w.fresh += p.fresh
	return borders, w.agree(p)
}

func (w *watch) agree(p seen) error {
	if p.total < 0 {
		return nil
	}
	if w.total >= 0 && w.total != p.total {
		return moved("its total went from %d to %d", w.total, p.total)
	}
	w.total = p.total
	return nil
}

// more tells whether there may be more after page n, the last one read. Where the
// total is known, it decides; else a page that is not full ends the list, and so
// does one of a list that tells no size and was asked for none: answers without
// result_info were seen, and were the whole.
func (w *watch) more(n int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.total >= 0 && w.fresh >= w.total {
		return false
	}
	last, ok := w.find(n)
	if !ok || last.fresh == 0 {
		return false
	}
	return w.total >= 0 || last.full
}

func (w *watch) find(page int) (seen, bool) {
	for _, p := range w.pages {
		if p.page == page {
			return p, true
		}
	}
	return seen{}, false
}

// doubtful is the page to read once more at the end: the highest that had been
// read when the longest pause began that was not a long one. 0: none.
func (w *watch) doubtful() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pages) < 2 {
		return 0
	}
	longest, border, highest := int64(-1), w.pages[0].page, 0
	for i, p := range w.pages {
		if i > 0 {
			if pause := p.at - w.pages[i-1].at; pause > longest && pause <= int64(longPause) {
				longest, border = pause, highest
			}
		}
		if p.n > 0 {
			highest = max(highest, p.page)
		}
	}
	return border
}

// compare takes a page that was read once more.
func (w *watch) compare(p seen) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.agree(p); err != nil {
		return err
	}
	if was, ok := w.find(p.page); ok && (was.n != p.n || was.ids != p.ids) {
		return moved("page %d held other elements at the end than at first", p.page)
	}
	return nil
}

// repeatsUntold tells whether page 2 was page 1 again, where nothing tells a total:
// the server does not heed the page that it is asked for. Had it sent more than it
// was asked for, or less, that would be all.
func (w *watch) repeatsUntold() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	first, one := w.find(1)
	second, two := w.find(2)
	return w.total < 0 && one && two && second.n > 0 && first.ids == second.ids
}

// verdict tells whether the reading is sound.
func (w *watch) verdict() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.total >= 0 && w.fresh != w.total {
		return moved("%d were read of %d", w.fresh, w.total)
	}
	// A page that is known in part shows that elements moved. One that is known
	// whole may be the server repeating itself, where the list is over.
	over := int(^uint(0) >> 1)
	for _, p := range w.pages {
		if p.fresh == 0 {
			over = min(over, p.page)
		} else if p.fresh < p.n {
			return moved("%d elements of page %d were met twice", p.n-p.fresh, p.page)
		}
	}
	if w.total >= 0 {
		return nil
	}
	for _, p := range w.pages {
		if p.page > over && p.fresh > 0 {
			return moved("page %d brought nothing new, but page %d did", over, p.page)
		}
	}
	return nil
}
