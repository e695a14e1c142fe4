package sandbox

import (
	"net/http"
	"net/url"
	"strconv"
)

// page is which part of a list a call asks for.
type page struct{ number, size int }

// page reads the paging of a call. What the API does with a size over its maximum is not documented: a switch
// decides between clamping and refusing.
func (s *Server) page(query url.Values, l listing) (page, *failure) {
	p := page{number: 1, size: l.standard}
	var err error
	if text := query.Get("page"); text != "" {
		if p.number, err = strconv.Atoi(text); err != nil {
			return p, invalid("page must be a number") // own words: no source has them
		}
	}
	if text := query.Get("per_page"); text != "" {
		if p.size, err = strconv.Atoi(text); err != nil {
			return p, invalid("per_page must be a number") // own words
		}
	}
	if p.size > l.most && s.switched("per-page-over-max", "error") {
		return p, invalid("per_page must not exceed " + strconv.Itoa(l.most)) // own words
	}
	p.number = max(p.number, 1)
	p.size = min(max(p.size, l.least), l.most)
	if s.switched("ignore-page", "on") {
		p.number = 1
	}
	return p, nil
}

// servePage answers a list. It copies ready bytes and nothing else: a night of 100,000 users is a thousand of
// these.
func (s *Server) servePage(items []record, p page) (answer, *failure) {
	total := len(items)
	pages := (total + p.size - 1) / p.size
	if s.switched("paging", "off") {
		p, pages = page{number: 1, size: max(total, p.size)}, 1
	}
	from := min((p.number-1)*p.size, total)
	if p.number > 1 && from == total && s.switched("page-past-end", "error") {
		return answer{}, invalid("page is out of range") // own words
	}
	items = items[from:min(from+p.size, total)]

	pooled := takeBuffer()
	body := append((*pooled)[:0], `{"errors":[],"messages":[],"result":[`...)
	for i := range items {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, items[i].view...)
	}
	body = append(body, ']')
	if s.switched("result-info", "on") {
		body = append(body, `,"result_info":{"count":`...)
		body = strconv.AppendInt(body, int64(len(items)), 10)
		body = append(body, `,"page":`...)
		body = strconv.AppendInt(body, int64(p.number), 10)
		body = append(body, `,"per_page":`...)
		body = strconv.AppendInt(body, int64(p.size), 10)
		body = append(body, `,"total_count":`...)
		body = strconv.AppendInt(body, int64(total), 10)
		body = append(body, `,"total_pages":`...)
		body = strconv.AppendInt(body, int64(pages), 10)
		body = append(body, '}')
	}
	body = append(body, `,"success":true}`...)
	return answer{status: http.StatusOK, body: body, pooled: pooled}, nil
}

// listed is the collection in the order that the switch asks for. No source promises an order: "shuffled" is
// another one on each listing, beginning with its first page; "unstable" is another one for each page.
func (s *Server) listed(c *collection, first bool) []record {
	if s.switched("order", "stable") {
		return c.items
	}
	m := &c.mixed
	m.Lock()
	defer m.Unlock()
	if first || m.edits != c.edits || len(m.items) != len(c.items) || s.switched("order", "unstable") {
		m.generation++
		m.edits = c.edits
		m.items = append([]record(nil), c.items...)
		shuffle(&random{state: s.seed + m.generation}, m.items)
	}
	return m.items
}

// firstPage says whether a call begins a listing.
func firstPage(query url.Values) bool {
	number := query.Get("page")
	return number == "" || number == "1"
}
