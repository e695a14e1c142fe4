package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

// send makes a call over a real connection.
func send(t *testing.T, url, method, path, body string) (status int, answer string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url+"/client/v4"+path, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // a kept connection would be retried
	resp, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(all), err
}

func TestFaultStatus(t *testing.T) {
	s, _ := newServer(t)
	for _, c := range []struct {
		status            int
		contentType, body string
	}{
		{429, "application/json", `{"success":false,"errors":[{"code":971,`},
		{403, "application/json", `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]`},
		{500, "application/json", `{"success":false`},
		{502, "text/html; charset=UTF-8", "<!DOCTYPE html>"},
		{503, "text/plain", "upstream"},
		{504, "text/plain", ""},
	} {
		must(t, s.AddFault(sandbox.Fault{Kind: sandbox.FaultStatus, Status: c.status, Times: 1, RetryAfter: 1500 * time.Millisecond}))
		r := get(t, s, idps)
		if r.Status != c.status || r.Header.Get("Content-Type") != c.contentType || !strings.HasPrefix(r.Body, c.body) || (c.body == "") != (r.Body == "") {
			t.Errorf("%d: %d %s %q", c.status, r.Status, r.Header.Get("Content-Type"), r.Body)
		}
		if r.Header.Get("Retry-After") != "2" {
			t.Errorf("Retry-After: %q", r.Header.Get("Retry-After"))
		}
		want(t, get(t, s, idps), 200, 0, "")
	}
}

func TestFaultBodies(t *testing.T) {
	s, _ := newServer(t)
	must(t, s.AddFault(sandbox.Fault{Kind: sandbox.FaultHTML, Times: 1}))
	must(t, s.AddFault(sandbox.Fault{Kind: sandbox.FaultGarbage, Times: 1}))
	if r := get(t, s, idps); r.Status != 200 || !strings.HasPrefix(r.Body, "<!DOCTYPE") {
		t.Errorf("html: %d %s", r.Status, r.Body)
	}
	if r := get(t, s, idps); r.Status != 200 || !strings.Contains(r.Body, `"result":{"id":17}`) {
		t.Errorf("garbage: %d %s", r.Status, r.Body)
	}
}

func TestFaultConnections(t *testing.T) {
	s, _ := newServer(t)
	server := httptest.NewServer(s)
	defer server.Close()
	count := func() int { return get(t, s, idps).ResultInfo.TotalCount }
	post := func(f sandbox.Fault) (int, string, error) {
		t.Helper()
		f.Method, f.Times = "POST", 1
		must(t, s.AddFault(f))
		return send(t, server.URL, "POST", idps, github)
	}
	if _, _, err := post(sandbox.Fault{Kind: sandbox.FaultDropBefore}); !errors.Is(err, io.EOF) || count() != 0 {
		t.Errorf("drop-before: %v, %d providers", err, count())
	}
	if _, _, err := post(sandbox.Fault{Kind: sandbox.FaultDropAfter}); !errors.Is(err, io.EOF) || count() != 1 {
		t.Errorf("drop-after: %v, %d providers", err, count())
	}
	if status, body, err := post(sandbox.Fault{Kind: sandbox.FaultCut}); status != 201 || !errors.Is(err, io.ErrUnexpectedEOF) || body == "" || count() != 2 {
		t.Errorf("cut: %d %q %v, %d providers", status, body, err, count())
	}
	if status, _, err := post(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 502}); status != 502 || err != nil || count() != 2 {
		t.Errorf("502: %d %v, %d providers", status, err, count())
	}
	if status, _, err := post(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 502, After: true}); status != 502 || err != nil || count() != 3 {
		t.Errorf("502 after: %d %v, %d providers", status, err, count())
	}
	if status, _, err := send(t, server.URL, "POST", idps, github); status != 201 || err != nil || count() != 4 {
		t.Errorf("no fault: %d %v", status, err)
	}
	var statuses []int
	for _, r := range s.Requests() {
		if r.Method == http.MethodPost {
			statuses = append(statuses, r.Status)
		}
	}
	if diff := cmp.Diff([]int{0, 0, 201, 502, 502, 201}, statuses); diff != "" {
		t.Errorf("log: %s", diff)
	}
}

func TestFaultLatency(t *testing.T) {
	s, c := newServer(t)
	must(t, s.AddFault(sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 50 * time.Millisecond, Path: "identity_providers"}))
	must(t, s.AddFault(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 500, Times: 1}))
	if r := get(t, s, idps); r.Status != 500 || c.slept != 50*time.Millisecond {
		t.Errorf("%d after %v", r.Status, c.slept)
	}
	get(t, s, inAccount+"apps")
	want(t, get(t, s, idps), 200, 0, "")
	if c.slept != 100*time.Millisecond {
		t.Errorf("slept %v", c.slept)
	}
	if err := sandbox.New(sandbox.Options{}).AddFault(sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 1}); err == nil {
		t.Error("latency without a sleep: no error")
	}
}

func TestFaultMatching(t *testing.T) {
	for _, c := range []struct {
		fault sandbox.Fault
		hits  []int // of the calls below
	}{
		{sandbox.Fault{}, []int{0, 1, 2, 3, 4}},
		{sandbox.Fault{Times: 2}, []int{0, 1}},
		{sandbox.Fault{Skip: 3}, []int{3, 4}},
		{sandbox.Fault{Skip: 1, Times: 1}, []int{1}},
		{sandbox.Fault{Method: "post"}, []int{1}},
		{sandbox.Fault{Path: "/apps"}, []int{2, 3}},
		{sandbox.Fault{Path: "/apps", Query: "page=2"}, []int{3}},
		{sandbox.Fault{Path: "*/access/*s"}, []int{0, 1, 2, 3}},
		{sandbox.Fault{Path: "*/identity_*"}, []int{0, 1}},
		{sandbox.Fault{Path: "/client/v4/zones/*"}, []int{4}},
		{sandbox.Fault{Path: "*nothing*"}, nil},
	} {
		s, _ := newServer(t)
		c.fault.Kind, c.fault.Status = sandbox.FaultStatus, 418
		must(t, s.AddFault(c.fault))
		var hits []int
		for i, r := range []string{"GET " + idps, "POST " + idps, "GET " + inAccount + "apps", "GET " + inAccount + "apps?page=2", "GET /zones/" + zone} {
			method, path, _ := strings.Cut(r, " ")
			if call(t, s, method, path, github).Status == 418 {
				hits = append(hits, i)
			}
		}
		if diff := cmp.Diff(c.hits, hits); diff != "" {
			t.Errorf("%+v: %s", c.fault, diff)
		}
		s.ClearFaults()
		want(t, get(t, s, idps), 200, 0, "")
	}
	s, _ := newServer(t)
	for _, f := range []sandbox.Fault{{}, {Kind: "boom"}, {Kind: sandbox.FaultStatus}, {Kind: sandbox.FaultLatency}, {Kind: sandbox.FaultCut, Skip: -1}} {
		if s.AddFault(f) == nil {
			t.Errorf("%+v: no error", f)
		}
	}
}

// TestDrift: lists that change behind a reader who has seen the first page.
func TestDrift(t *testing.T) {
	for _, c := range []struct {
		kind        sandbox.FaultKind
		total, seen int // afterwards, and how many of the old users a reader of both pages gets
		first       string
	}{
		{sandbox.FaultDriftRemove, 147, 147, "other"}, // three are skipped
		{sandbox.FaultDriftAdd, 153, 150, "other"},    // three are seen twice
		{sandbox.FaultDriftSwap, 150, 147, "other"},   // three are skipped, and the total does not tell
	} {
		s, _, _, users := withUsers(t, 150)
		before := map[string]bool{}
		for p := range 2 {
			for id := range strings.SplitSeq(ids(t, get(t, s, fmt.Sprint(users, "?page=", p+1))), " ") {
				before[id] = true
			}
		}
		must(t, s.AddFault(sandbox.Fault{Kind: c.kind, Path: "/scim/users", Times: 1, Count: 3}))
		one, two := get(t, s, users), get(t, s, users+"?page=2")
		seen := map[string]bool{}
		for id := range strings.SplitSeq(ids(t, one)+" "+ids(t, two), " ") {
			if before[id] {
				seen[id] = true
			}
		}
		if one.ResultInfo.TotalCount != 150 || two.ResultInfo.TotalCount != c.total || len(seen) != c.seen {
			t.Errorf("%s: %d, then %d; saw %d", c.kind, one.ResultInfo.TotalCount, two.ResultInfo.TotalCount, len(seen))
		}
	}
	// Every list can drift.
	s, _ := newServer(t)
	must(t, s.Populate(accountName, sandbox.Population{Groups: 12, Apps: 2, Policies: 2, AccessGroups: 2}))
	all, err := s.IDs(accountName, sandbox.KindProvider, "")
	must(t, err)
	for _, path := range []string{idps + "/" + all[0] + "/scim/groups", idps, inAccount + "apps", inAccount + "policies", inAccount + "groups"} {
		n := get(t, s, path).ResultInfo.TotalCount
		must(t, s.AddFault(sandbox.Fault{Kind: sandbox.FaultDriftAdd, Times: 1, Count: 2}))
		get(t, s, path)
		if r := get(t, s, path); r.ResultInfo.TotalCount != n+2 {
			t.Errorf("%s: %d, then %d", path, n, r.ResultInfo.TotalCount)
		}
	}
}

func TestRateBudget(t *testing.T) {
	s, c := newServer(t)
	h := get(t, s, idps).Header
	if h.Get("Ratelimit") != `"default";r=1199;t=300` || h.Get("Ratelimit-Policy") != `"default";q=1200;w=300` {
		t.Errorf("headers: %v", h)
	}
	c.Advance(100 * time.Second)
	for range 1199 {
		want(t, get(t, s, idps), 200, 0, "")
	}
	r := get(t, s, idps)
	want(t, r, 429, 971, "More than 1200 requests per 300 seconds reached")
	if r.Header.Get("Retry-After") != "300" || r.Header.Get("Ratelimit") != `"default";r=0;t=300` {
		t.Errorf("headers: %v", r.Header)
	}
	// Only that token is blocked, and the block lasts five minutes from then on, however often one asks.
	want(t, get(t, s, idps, "Authorization: Bearer "+sandbox.DefaultReadToken), 200, 0, "")
	c.Advance(299*time.Second + time.Millisecond)
	if r = get(t, s, idps); r.Status != 429 || r.Header.Get("Retry-After") != "1" {
		t.Errorf("%d %v", r.Status, r.Header)
	}
	c.Advance(time.Second)
	if h = get(t, s, idps).Header; h.Get("Ratelimit") != `"default";r=1199;t=300` {
		t.Errorf("headers: %v", h)
	}
	// Without a block the budget is new when its window is over.
	c.Advance(301 * time.Second)
	if h = get(t, s, idps).Header; h.Get("Ratelimit") != `"default";r=1199;t=300` {
		t.Errorf("headers: %v", h)
	}
}
