package cloudflare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/idpsnap/idpsnap/snapshot"
)

// maxReadings bounds how often a list is read when it changes under our hands.
const maxReadings = 3

// maxPages bounds a list that does not tell how long it is: two million resources,
// and eighty minutes of the rate budget.
const maxPages = 20_000

// list reads one list whole. The API gives pages by number, without a token that
// ties them together and without a promised order, so a list that changes while
// it is read can lose or repeat elements between pages: see steady.go.
type list struct {
	client   reader
	endpoint endpoint
	sent     *atomic.Int64
	to       snapshot.Listing
}

// read reads the list, and again where it changed meanwhile.
func (l *list) read(ctx context.Context) error {
	for reading := 1; ; reading++ {
		err := l.pass(ctx)
		var moved *movedError
		if !errors.As(err, &moved) {
			return err
		}
		if reading == maxReadings {
			return fmt.Errorf("GET %s: %w: read %d times, at last %w", l.endpoint.path, snapshot.ErrUnsteady, reading, moved)
		}
		l.to.Restart()
		if err := l.client.pauseList(ctx, reading); err != nil {
			return fmt.Errorf("GET %s: %w", l.endpoint.path, err)
		}
	}
}

// pauseList lets a change that is under way come to its end.
func (c *Client) pauseList(ctx context.Context, reading int) error {
	return c.waits.wait(ctx, "the list changed while it was read: reading it again", backoff(time.Second, maxBackoff, 1+2*(reading-1)))
}

// workers is how many pages are on their way or being taken in at once: more
// than the requests at once, so that the network need not wait for the latter.
func (c *Client) workers() int { return 2 * c.parallel }

// nanos is a clock for distances.
func (c *Client) nanos() int64 { return c.now().UnixNano() }

// pass is one reading of a list.
type pass struct {
	*list
	size  int // per_page that is sent; 0: none
	watch watch

	mu   sync.Mutex
	last int // no page beyond it is asked for
}

// pass reads the list once. It returns a movedError where the list changed.
func (l *list) pass(ctx context.Context) error {
	p := &pass{list: l, last: int(^uint(0) >> 1), watch: watch{total: -1}}
	first, err := p.first(ctx)
	if err != nil {
		return err
	}
	pages := first.announced()
	if first.n == 0 || p.last == 1 {
		return p.watch.verdict()
	}

	if err := p.announcedPages(ctx, pages); err != nil {
		return err
	}
	// What was announced may be too little, or nothing was. Go on while there are
	// full pages and the total is not reached.
	for n := max(pages, 1) + 1; n <= p.end() && p.watch.more(n-1); n++ {
		if n > maxPages {
			return fmt.Errorf("GET %s: %d pages, and no end", p.endpoint.path, maxPages)
		}
		if _, err := p.page(ctx, n); err != nil {
			return err
		}
	}
	if n := p.watch.doubtful(); n > 0 {
		if err := p.again(ctx, n); err != nil {
			return err
		}
	}
	if first.n == p.size && p.watch.repeatsUntold() {
		return fmt.Errorf("GET %s: page 2 repeats page 1, and no total tells whether its %d elements are all there are", p.endpoint.path, first.n)
	}
	return p.watch.verdict()
}

// announcedPages reads pages 2 to the last one that was announced, in parallel. A
// goroutine for each page would take time to grow its stack again and again.
func (p *pass) announcedPages(ctx context.Context, pages int) error {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	next.Store(1)
	for range min(p.client.workers(), pages-1) {
		group.Go(func() error {
			for {
				n := int(next.Add(1))
				if n > pages || n > p.end() {
					return nil
				}
				if _, err := p.page(ctx, n); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// first reads page 1 and settles the size of pages. An endpoint that refuses the
// size is asked for smaller pages.
func (p *pass) first(ctx context.Context) (seen, error) {
	sizes := []int{p.endpoint.size}
	for _, smaller := range []int{100, 0} {
		if smaller < p.endpoint.size {
			sizes = append(sizes, smaller)
		}
	}
	var refusal error
	for _, size := range sizes {
		p.size = size
		got, err := p.page(ctx, 1)
		if err == nil {
			if got.perPage > 0 && got.perPage < size {
				p.size = got.perPage // the server serves smaller pages than it was asked for
			}
			return got, nil
		}
		if refusal == nil {
			refusal = err
		}
		var e *Error
		if !errors.As(err, &e) || e.Status != http.StatusBadRequest || errors.Is(err, snapshot.ErrForbidden) || errors.Is(err, ErrNotEnabled) {
			return seen{}, err
		}
	}
	return seen{}, refusal
}

// page reads page n and hands it on.
func (p *pass) page(ctx context.Context, n int) (seen, error) {
	var got seen
	var borders []int
	err := p.fetch(ctx, n, func(s *sheet) error {
		fresh, err := p.to.Page(s.elements)
		if err != nil {
			return fmt.Errorf("GET %s: page %d: %w", p.endpoint.path, n, err)
		}
		got = p.look(n, s, fresh)
		borders, err = p.watch.note(got)
		return err
	})
	if err != nil {
		return got, err
	}
	for _, border := range borders {
		if err := p.again(ctx, border); err != nil {
			return got, err
		}
	}
	// Nothing fresh: the list is over, or the server repeats itself.
	if got.fresh == 0 {
		p.mu.Lock()
		p.last = min(p.last, n)
		p.mu.Unlock()
	}
	return got, nil
}

// again reads page n once more, to see whether it is as it was.
func (p *pass) again(ctx context.Context, n int) error {
	return p.fetch(ctx, n, func(s *sheet) error {
		return p.watch.compare(p.look(n, s, 0))
	})
}

func (p *pass) end() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// fetch gets page n. What take returns is not the answer's fault and ends the
// reading.
func (p *pass) fetch(ctx context.Context, n int, take func(*sheet) error) error {
	query := ""
	// A list without documented paging is asked plainly for what should be all.
	if n > 1 || p.size > 0 {
		query = "page=" + strconv.Itoa(n)
	}
	if p.size > 0 {
		query += "&per_page=" + strconv.Itoa(p.size)
	}
	c := call{method: http.MethodGet, path: p.endpoint.path, query: query, permission: p.endpoint.read, sent: p.sent}
	var taken error
	err := p.client.read(ctx, c, func(a *answer) error {
		err := a.parseList()
		if err == nil {
			taken = take(a.sheet)
		}
		return err
	})
	return cmp.Or(err, taken)
}
