package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/sandbox"
)

// TestForbiddenListIsUnknown: a list that may not be read for a night is unknown
// and not empty.
func TestForbiddenListIsUnknown(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"/scim/users", "/scim/groups"} {
		cloud, provider := office(t, 3, 250, 20)
		m := newMachine(t, cloud)
		m.want(0, "snapshot")
		m.arm(sandbox.Fault{Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Path: list})
		for range 2 {
			partial := decodeTaken(t, m.want(3, "snapshot", "--json"))[0]
			for _, c := range partial.Collections {
				failed := strings.HasSuffix(list, strings.TrimPrefix(c.Kind, "scim_")+"s") && c.ProviderID != ""
				if failed != (c.Status == "failed") || c.Removed > 0 {
					t.Errorf("403 on %s: %+v", list, c)
				}
			}
			m.want(0, "verify")
		}
		cloud.ClearFaults()
		whole := decodeTaken(t, m.want(0, "snapshot", "--json"))[0]
		for _, c := range whole.Collections {
			if c.Status != "complete" || c.Added+c.Changed+c.Removed > 0 {
				t.Errorf("the night after 403 on %s: %+v", list, c)
			}
		}
		m.checkWhole(provider)
	}
}

// TestOutagesInTheMiddle: whatever goes wrong within 100 pages, in the end they
// are all there.
func TestOutagesInTheMiddle(t *testing.T) {
	t.Parallel()
	cloud, provider := office(t, 4, 10_000, 120)
	m := newMachine(t, cloud)
	users := "/scim/users"
	for name, faults := range map[string][]sandbox.Fault{
		"429": {
			{Kind: sandbox.FaultStatus, Status: 429, RetryAfter: 3 * time.Second, Path: users, Skip: 20, Times: 3},
			{Kind: sandbox.FaultStatus, Status: 429, RetryAfter: 2 * time.Minute, Path: users, Skip: 60, Times: 1},
			{Kind: sandbox.FaultStatus, Status: 429, Path: users, Skip: 80, Times: 2},
		},
		"HTML 502": {
			{Kind: sandbox.FaultStatus, Status: 502, Path: users, Skip: 10, Times: 5},
			{Kind: sandbox.FaultHTML, Path: users, Skip: 50, Times: 4},
			{Kind: sandbox.FaultStatus, Status: 503, Path: users, Skip: 70, Times: 3},
			{Kind: sandbox.FaultStatus, Status: 504, Path: users, Skip: 90, Times: 3},
		},
		"cut": {
			{Kind: sandbox.FaultCut, Path: users, Times: 2},
			{Kind: sandbox.FaultCut, Path: users, Skip: 40, Times: 5},
		},
		"dropped": {
			{Kind: sandbox.FaultDropBefore, Path: users, Skip: 15, Times: 5},
			{Kind: sandbox.FaultDropAfter, Path: users, Skip: 30, Times: 5},
			{Kind: sandbox.FaultDropBefore, Path: "/scim/groups", Times: 2},
			{Kind: sandbox.FaultDropBefore, Path: "identity_providers", Times: 2},
		},
		"all": {
			{Kind: sandbox.FaultStatus, Status: 429, RetryAfter: time.Second, Skip: 25, Times: 2},
			{Kind: sandbox.FaultStatus, Status: 502, Skip: 35, Times: 3},
			{Kind: sandbox.FaultCut, Skip: 45, Times: 3},
			{Kind: sandbox.FaultDropBefore, Skip: 55, Times: 3},
			{Kind: sandbox.FaultHTML, Skip: 65, Times: 3},
		},
	} {
		m.arm(faults...)
		got := decodeTaken(t, m.want(0, "snapshot", "--json", "--quiet"))[0]
		if c := got.of(sandbox.KindSCIMUser); got.Status != "complete" || c.Count != 10_000 || c.Removed > 0 {
			t.Errorf("%s: %s, users %+v", name, got.Status, c)
		}
		if left := cloud.Faults(); len(left) > 0 {
			t.Errorf("%s: not all of it happened: %v", name, left)
		}
		cloud.ClearFaults()
	}
	m.checkWhole(provider)
	if all, writes := cloud.RequestCount(); writes > 0 {
		t.Errorf("%d of %d requests were not GET", writes, all)
	}
}

// TestOutageThatLasts: what does not come in the end is failed and not short.
func TestOutageThatLasts(t *testing.T) {
	t.Parallel()
	cloud, provider := office(t, 5, 1000, 5)
	m := newMachine(t, cloud)
	m.want(0, "snapshot")
	for _, f := range []sandbox.Fault{
		{Kind: sandbox.FaultStatus, Status: 502},
		{Kind: sandbox.FaultStatus, Status: 429},
		{Kind: sandbox.FaultStatus, Status: 404},
		{Kind: sandbox.FaultHTML},
		{Kind: sandbox.FaultCut},
		{Kind: sandbox.FaultGarbage},
		{Kind: sandbox.FaultDropBefore},
	} {
		f.Path, f.Query = "/scim/users", "page=7&"
		m.arm(f)
		r := m.want(3, "snapshot", "--json", "--quiet")
		if c := decodeTaken(t, r)[0].of(sandbox.KindSCIMUser); c.Status != "failed" || c.Error == "" {
			t.Errorf("%s %d: users %+v", f.Kind, f.Status, c)
		}
		cloud.ClearFaults()
	}
	got := decodeTaken(t, m.want(0, "snapshot", "--json", "--quiet"))[0].of(sandbox.KindSCIMUser)
	if got.Added+got.Changed+got.Removed > 0 {
		t.Errorf("the night after: %+v", got)
	}
	m.checkWhole(provider)
}

// TestDrift: users come and go while they are listed. What is recorded as complete
// is what Cloudflare had at one moment; otherwise it has failed.
func TestDrift(t *testing.T) {
	t.Parallel()
	outcomes := map[string]int{}
	for _, kind := range []sandbox.FaultKind{sandbox.FaultDriftRemove, sandbox.FaultDriftAdd, sandbox.FaultDriftSwap} {
		for i, where := range []struct{ page, of int }{{1, 1}, {1, 2}, {2, 2}, {1, 12}, {2, 12}, {6, 12}, {11, 12}, {12, 12}} {
			if testing.Short() && i%3 != 2 {
				continue
			}
			for _, parallelism := range []int{1, 8} {
				for _, times := range []int{1, 9} {
					d := drift{kind: kind, page: where.page, pages: where.of, parallelism: parallelism, count: 1 + (i+times)%3, times: times}
					outcomes[fmt.Sprintf("%s: %s", kind, d.happen(t, uint64(i)))]++
				}
			}
		}
	}
	t.Log(outcomes)
}

// drift is a list of pages that changes after a page was read: so many users at
// once, on so many readings of the page.
type drift struct {
	kind                                   sandbox.FaultKind
	page, pages, parallelism, count, times int
}

func (d drift) happen(t *testing.T, seed uint64) (outcome string) {
	t.Helper()
	cloud, provider := office(t, seed, 100*d.pages-int(seed), 0)
	m := newMachine(t, cloud)
	before := cloudIDs(t, cloud, sandbox.KindSCIMUser, provider)
	m.arm(sandbox.Fault{Kind: d.kind, Path: "/scim/users", Query: fmt.Sprintf("page=%d&", d.page), Count: d.count, Times: d.times})
	r := m.run("snapshot", "--json", "--quiet", "--parallelism", fmt.Sprint(d.parallelism))
	if r.code != 0 && r.code != 3 {
		t.Errorf("%+v: %s", d, r)
		return "broken"
	}
	c := decodeTaken(t, r)[0].of(sandbox.KindSCIMUser)
	now := cloudIDs(t, cloud, sandbox.KindSCIMUser, provider)
	switch {
	case c.Status == "failed" && r.code == 3:
		return "failed"
	case c.Status != "complete" || r.code != 0:
		t.Errorf("%+v: %s", d, r)
		return "broken"
	case atOneMoment(m.ids(sandbox.KindSCIMUser), before, now):
		return "right"
	case d.kind == sandbox.FaultDriftSwap && d.pages > 1 && c.Count == len(before):
		// As many go as come between two answers: the totals agree, and which page
		// is read once more decides whether it shows.
		return "right count of two moments"
	default:
		t.Errorf("%+v: complete with %d users; there were %d and are %d", d, c.Count, len(before), len(now))
		return "wrong"
	}
}

// atOneMoment says whether the ids are those that the list had at any moment of a
// drift: users go at its front and come at its front or end, so what it holds
// moves along a line of all that ever were.
func atOneMoment(got, before, after []string) bool {
	line := before // and who came behind them
	at := places(before)
	if _, old := at[after[0]]; !old && slices.Contains(after, before[0]) {
		line = after // they came at the front
	} else {
		for _, id := range after {
			if _, old := at[id]; !old {
				line = append(slices.Clip(line), id)
			}
		}
	}
	at = places(line)
	seen := map[int]bool{}
	first, last := len(line), -1
	for _, id := range got {
		place, ok := at[id]
		if !ok || seen[place] {
			return false
		}
		seen[place] = true
		first, last = min(first, place), max(last, place)
	}
	return last-first+1 == len(got)
}

func places(ids []string) map[string]int {
	at := make(map[string]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	return at
}

// TestOddServers: servers that do not page as described. Reading ends, and what is
// recorded as complete is everything.
func TestOddServers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		switches string
		may      string // fail: "never", "always" beyond one page, "at a page" exactly, which may be cut off, or "sometimes"
	}{
		{"ignore-page=on", "always"},
		{"ignore-page=on result-info=off", "always"},
		{"result-info=off", "never"},
		{"per-page-over-max=error", "never"},
		{"per-page-over-max=error result-info=off", "never"},
		{"page-past-end=error", "never"},
		{"page-past-end=error result-info=off", "sometimes"},
		{"paging=off", "never"},
		{"paging=off result-info=off", "at a page"},
		{"order=shuffled", "sometimes"},
		{"order=shuffled result-info=off", "sometimes"},
		{"order=unstable", "always"},
		{"order=unstable result-info=off", "always"},
		{"ratelimit-headers=old", "never"},
		{"ratelimit-headers=none", "never"},
	} {
		for _, users := range []int{0, 1, 99, 100, 101, 250, 300} {
			cloud, provider := office(t, 6, users, 2)
			m := newMachine(t, cloud)
			for _, s := range strings.Fields(test.switches) {
				name, value, _ := strings.Cut(s, "=")
				m.flick(name, value)
			}
			r := m.run("snapshot", "--json", "--quiet")
			if all, _ := cloud.RequestCount(); all > 60 {
				t.Errorf("%s, %d users: %d requests", test.switches, users, all)
			}
			if r.code != 0 && r.code != 3 {
				t.Errorf("%s, %d users: %s", test.switches, users, r)
				continue
			}
			c := decodeTaken(t, r)[0].of(sandbox.KindSCIMUser)
			complete := r.code == 0 && c.Status == "complete"
			if complete && !sameIDs(m.ids(sandbox.KindSCIMUser), cloudIDs(t, cloud, sandbox.KindSCIMUser, provider)) {
				t.Errorf("%s: complete with %d users of %d", test.switches, c.Count, users)
			}
			if !complete && (r.code != 3 || c.Status != "failed") {
				t.Errorf("%s, %d users: %s", test.switches, users, r)
			}
			if may := test.may; may == "never" && !complete || may == "at a page" && complete == (users == 100) || may == "always" && (users > 100 && complete || users < 100 && !complete) {
				t.Errorf("%s, %d users: %s", test.switches, users, r)
			}
		}
	}
}
