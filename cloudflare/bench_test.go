package cloudflare

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/idpsnap/idpsnap/snapshot"
)

// benchPages is a list of 20,000 users, as it is served.
const benchPages = 200

// servedPages makes its pages and the headers that go with each.
var servedPages = sync.OnceValues(func() (pages [][]byte, headers []http.Header) {
	for n := range benchPages {
		var b bytes.Buffer
		b.WriteString(`{"success":true,"errors":[],"messages":[],"result":[`)
		for i := n * 100; i < n*100+100; i++ {
			if i%100 > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"id":"0aa6ab97-0000-4d2b-9d1e-%012d","externalId":"00u%017d","displayName":"Zoë Number %d","active":true,`+
				`"emails":[{"value":"person.%d@example.com","type":"work","primary":true}],`+
				`"meta":{"created":"2025-01-01T00:00:00Z","lastModified":"2025-01-01T00:00:00Z"},`+
				`"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`, i, i, i, i)
		}
		fmt.Fprintf(&b, `],"result_info":{"page":%d,"per_page":100,"count":100,"total_count":%d,"total_pages":%d}}`, n+1, benchPages*100, benchPages)
		pages = append(pages, b.Bytes())
		headers = append(headers, http.Header{
			"Content-Type":     {"application/json"},
			"Cf-Ray":           {fmt.Sprintf("8f%014x-FRA", n)},
			"Ratelimit":        {fmt.Sprintf(`"default";r=%d;t=%d`, 1_000_000-n, 300-n%300)},
			"Ratelimit-Policy": {`"default";q=1000000;w=300`},
		})
	}
	return pages, headers
})

// servePage finds the page that a request asks for.
func servePage(r *http.Request) ([]byte, http.Header) {
	pages, headers := servedPages()
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > len(pages) {
		panic(r.URL)
	}
	return pages[n-1], headers[n-1]
}

// counting is a Listing that keeps nothing.
type counting struct{ n atomic.Int64 }

func (c *counting) Page(elements []snapshot.Element) (int, error) {
	c.n.Add(int64(len(elements)))
	return len(elements), nil
}

func (*counting) Restart() {}

func benchmarkReadList(b *testing.B, o Options) {
	b.Helper()
	c, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	source := c.Source(account)
	b.ReportAllocs()
	for b.Loop() {
		var got counting
		if err := source.Read(b.Context(), users, &got); err != nil || got.n.Load() != benchPages*100 {
			b.Fatalf("%d users: %v", got.n.Load(), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*benchPages), "µs/page")
}

// BenchmarkReadList is what of a list is this package's own: pages that are there
// at once.
func BenchmarkReadList(b *testing.B) {
	benchmarkReadList(b, options(func(r *http.Request) (*http.Response, error) {
		page, header := servePage(r)
		return &http.Response{
			StatusCode: http.StatusOK, Header: header, ContentLength: int64(len(page)), ProtoMajor: 1, ProtoMinor: 1,
			Body: io.NopCloser(bytes.NewReader(page)),
		}, nil
	}))
}

// BenchmarkReadListHTTP is the same with a server in between, whose work counts
// too.
func BenchmarkReadListHTTP(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, header := servePage(r)
		for name, values := range header {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		_, _ = w.Write(page)
	}))
	defer server.Close()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	o := options(transport.RoundTrip)
	o.BaseURL = server.URL
	benchmarkReadList(b, o)
}

// BenchmarkLimits is what an answer's headers take to read.
func BenchmarkLimits(b *testing.B) {
	_, headers := servedPages()
	now := options(nil).Now()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if limits := limitsOf(headers[i%len(headers)], now); len(limits) != 1 {
			b.Fatal(limits)
		}
	}
}
