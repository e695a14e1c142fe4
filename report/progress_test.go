package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// clock is a time that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

var (
	providers = snapshot.Collection{Kind: snapshot.IdentityProvider}
	users     = snapshot.Collection{Kind: snapshot.SCIMUser, Provider: okta}
)

// story tells a Progress a night's work, 100 users every 125 ms with one long wait,
// as if four goroutines were waiting.
func story(p *Progress, c *clock) {
	p.Collection(providers, "", 4)
	for read := 100; read <= 40000; read += 100 {
		c.pass(125 * time.Millisecond)
		p.Collection(users, "Corp\x1b[31m Okta\n", read)
		if read == 20000 {
			for range 4 {
				p.Waiting("rate budget used up but for the reserve", 42*time.Second)
			}
			for range 42 {
				c.pass(time.Second)
				p.Redraw()
			}
			p.Waiting("", 0)
		}
	}
	p.Done()
	p.Collection(users, "late", 1)
	p.Waiting("late", time.Hour)
	p.Redraw()
	p.Done()
}

func TestBarIsOneLineAndLeavesNothing(t *testing.T) {
	var b bytes.Buffer
	c := &clock{t: night}
	story(NewProgress(&b, Bar, c.now), c)
	out := b.String()
	draws := strings.Split(out, "\r")[1:]
	if draws[len(draws)-1] != "\x1b[K" || strings.Contains(out, "late") {
		t.Errorf("ends in %q", draws[len(draws)-1])
	}
	for _, d := range draws {
		line, ok := strings.CutSuffix(d, "\x1b[K")
		if !ok || strings.IndexFunc(line, dangerous) >= 0 || width(line) > barWidth {
			t.Errorf("drew %q", d)
		}
	}
	for _, want := range []string{
		"\rReading: 4 resources, identity providers\x1b[K",
		"\r20,004 resources, waiting 42 s: rate budget used up but for the reserve\x1b[K",
		"\r20,004 resources, waiting 1 s: rate budget",
		"\rReading: 40,004 resources, 800/s, SCIM users of Corp\\x1b[31m Okta\\n\x1b[K",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("never drew %q", want)
		}
	}
}

func TestBarIsDrawnTenTimesASecondAtMost(t *testing.T) {
	var b bytes.Buffer
	c := &clock{t: night}
	p := NewProgress(&b, Bar, c.now)
	for i := range 10_000 {
		c.pass(time.Millisecond)
		p.Collection(users, "", i)
		p.Waiting("a retry", 20*time.Millisecond)
	}
	if n := strings.Count(b.String(), "\r"); n > 101 {
		t.Errorf("drawn %d times in 10 s", n)
	}
}

func TestProgressInLogLines(t *testing.T) {
	var out strings.Builder
	for _, mode := range []Mode{Lines, JSONLines, Silent} {
		var b bytes.Buffer
		c := &clock{t: night}
		story(NewProgress(&b, mode, c.now), c)
		out.Write(b.Bytes())
		for line := range bytes.Lines(b.Bytes()) {
			if mode == JSONLines && !json.Valid(line) {
				t.Errorf("%q is not JSON", line)
			}
		}
	}
	golden(t, "progress.txt", out.String())
}

func TestShortWorkIsNotLogged(t *testing.T) {
	var b bytes.Buffer
	c := &clock{t: night}
	p := NewProgress(&b, Lines, c.now)
	for i := range 90 {
		c.pass(100 * time.Millisecond)
		p.Collection(users, "", i)
	}
	p.Done()
	if b.Len() > 0 {
		t.Errorf("logged %q", b.String())
	}
}

// A wait is told a log however short it is, but one reason not again and again.
func TestWaitsAreLogged(t *testing.T) {
	var b bytes.Buffer
	c := &clock{t: night}
	p := NewProgress(&b, Lines, c.now)
	for range 50 {
		p.Waiting("retry after 502: GET /a", 300*time.Millisecond)
		p.Waiting("retry after 502: GET /b", 300*time.Millisecond)
		c.pass(300 * time.Millisecond)
		p.Waiting("", 0)
	}
	for range 2 {
		for range 4 {
			p.Waiting("rate limit reached", 5*time.Minute)
		}
		c.pass(5 * time.Minute)
	}
	p.Done()
	p.Waiting("late", time.Minute)
	want := regexp.MustCompile(`^(\S+ level=INFO msg=waiting waiting_seconds=1 waiting_for="retry after 502: GET /[ab]"\n){2}(\S+ level=INFO msg=reading .*\n)?` +
		`(\S+ level=INFO msg=waiting waiting_seconds=1 waiting_for="retry after 502: GET /[ab]"\n){2}` +
		`(\S+ level=INFO msg=waiting waiting_seconds=300 waiting_for="rate limit reached"\n){2}$`)
	if !want.MatchString(b.String()) {
		t.Errorf("logged %s", b.String())
	}
}

func TestAListThatIsReadAgainIsCountedOnce(t *testing.T) {
	var b bytes.Buffer
	c := &clock{t: night}
	p := NewProgress(&b, Bar, c.now)
	for _, read := range []int{500, 100, 300} {
		c.pass(time.Second)
		p.Collection(users, "Corp Okta", read)
	}
	p.Clear()
	if !strings.Contains(b.String(), "\rReading: 300 resources, 100/s, SCIM users of Corp Okta\x1b[K\r\x1b[K") {
		t.Errorf("drew %q", b.String())
	}
}

func TestProgressIsSafeForConcurrentUse(t *testing.T) {
	for _, mode := range []Mode{Silent, Bar, Lines, JSONLines} {
		c := &clock{t: night}
		p := NewProgress(io.Discard, mode, c.now)
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range 200 {
					c.pass(time.Millisecond * 20)
					p.Collection(snapshot.Collection{Kind: snapshot.SCIMUser, Provider: fmt.Sprint(g)}, "", i)
					p.Waiting("x", time.Duration(i%3)*time.Second)
					p.Redraw()
				}
				p.Done()
			})
		}
		wg.Wait()
	}
}

func TestBarFitsTheTerminal(t *testing.T) {
	for columns, want := range map[int]int{0: barWidth, 60: 59, 200: barWidth, 3: 20} {
		p := NewProgress(io.Discard, Bar, func() time.Time { return time.Time{} })
		p.Fit(columns)
		if p.width != want {
			t.Errorf("%d columns: a bar of %d, want %d", columns, p.width, want)
		}
	}
}
