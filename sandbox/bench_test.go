package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/idpsnap/idpsnap/sandbox"
)

// sink is a response writer that costs nothing.
type sink struct {
	header http.Header
	bytes  int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(b []byte) (int, error) { s.bytes += len(b); return len(b), nil }

// BenchmarkUserPage is one page of 100 users out of 60,000.
func BenchmarkUserPage(b *testing.B) {
	s, _ := newServer(b)
	must(b, s.Switch("rate-limit", "off"))
	must(b, s.Populate(accountName, sandbox.Population{Users: 100_000, Groups: 2000}))
	all, err := s.IDs(accountName, sandbox.KindProvider, "")
	must(b, err)
	requests := make([]*http.Request, 600)
	for i := range requests {
		requests[i] = httptest.NewRequest(http.MethodGet, fmt.Sprintf("/client/v4%s/%s/scim/users?page=%d&per_page=100", idps, all[0], i+1), http.NoBody)
		requests[i].Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	}
	w := &sink{header: http.Header{}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		clear(w.header)
		s.ServeHTTP(w, requests[i%len(requests)])
	}
	b.ReportMetric(float64(w.bytes)/float64(b.N), "bytes/page")
}

// BenchmarkPopulate says what a user costs to make and to keep.
func BenchmarkPopulate(b *testing.B) {
	const users = 100_000
	var before, after runtime.MemStats
	var s *sandbox.Server
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		s, _ = newServer(b)
		must(b, s.Populate(accountName, sandbox.Population{Users: users}))
		runtime.GC()
		runtime.ReadMemStats(&after)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/users, "heap-bytes/user")
	runtime.KeepAlive(s)
}

// BenchmarkChurn is a night of 100,000 users.
func BenchmarkChurn(b *testing.B) {
	s, _ := newServer(b)
	must(b, s.Populate(accountName, sandbox.Population{Users: 100_000}))
	for b.Loop() {
		must(b, s.Churn(accountName, 300, 50, 50))
	}
}
