package cloudflare

import (
	"fmt"
	"math/rand"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// listServer serves one list as the API does, and can be made to do it badly.
type listServer struct {
	mu       sync.Mutex
	ids      []string
	size     int           // of a page, where none is asked for
	most     int           // larger pages are served as this many; 0: no bound
	refuse   int           // larger pages are answered with 400; 0: none
	lies     bool          // with most: per_page is told as it was asked
	noInfo   bool          // no result_info
	ignores  bool          // page is ignored
	repeats  bool          // beyond the end the last page is served again
	pages    int           // total_pages to tell, whatever is true
	total    int           // total_count to tell, whatever is true
	noTotal  bool          // total_count is not told
	latency  time.Duration // of an answer
	random   *rand.Rand    // varies the latency
	before   func(s *listServer, n int)
	requests int
	asked    []string
}

func (s *listServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	d := s.latency
	if s.random != nil {
		d = time.Duration(s.random.Int63n(int64(2*d) + 1))
	}
	s.mu.Unlock()
	if d > 0 {
		time.Sleep(d / 2)
		defer time.Sleep(d / 2)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	s.asked = append(s.asked, r.URL.RawQuery)
	if s.before != nil {
		s.before(s, s.requests)
	}
	q := r.URL.Query()
	size, page := s.size, 1
	if v, err := strconv.Atoi(q.Get("per_page")); err == nil {
		size = v
	}
	if v, err := strconv.Atoi(q.Get("page")); err == nil && !s.ignores {
		page = v
	}
	if s.refuse > 0 && size > s.refuse {
		return reply(400, refusal(12130, "access.api.error.invalid_request: per_page")), nil
	}
	told := size
	if s.most > 0 && size > s.most {
		size = s.most
		if !s.lies {
			told = size
		}
	}
	pages := (len(s.ids) + size - 1) / size
	if s.repeats {
		page = min(page, pages)
	}
	from := min((page-1)*size, len(s.ids))
	part := s.ids[from:min(from+size, len(s.ids))]
	body := `{"success":true,"errors":[],"messages":[],"result":` + elements(part...)
	if !s.noInfo {
		total := len(s.ids)
		if s.total != 0 {
			total = s.total
		}
		if s.pages != 0 {
			pages = s.pages
		}
		body += fmt.Sprintf(`,"result_info":{"page":%d,"per_page":%d,"count":%d,"total_pages":%d`, page, told, len(part), pages)
		if !s.noTotal {
			body += fmt.Sprintf(`,"total_count":%d`, total)
		}
		body += "}"
	}
	return reply(200, body+"}"), nil
}

func (s *listServer) add(at int, id string) { s.ids = slices.Insert(s.ids, min(at, len(s.ids)), id) }
func (s *listServer) remove(at int)         { s.ids = slices.Delete(slices.Clone(s.ids), at, at+1) }
