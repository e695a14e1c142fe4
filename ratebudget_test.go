package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/idpsnap/idpsnap/commands"
	"github.com/idpsnap/idpsnap/sandbox"
)

// The tests of this file run the whole program against the documented limit, in a
// bubble of testing/synctest: there time moves only while all wait, so that five
// minutes take none, and how long something took is the same in every run.

// outsideFirst has made what a process makes once: it may be used in a bubble, but
// must not come from there.
func outsideFirst(t *testing.T) {
	t.Helper()
	m := newMachine(t, sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 1}))
	m.want(0, "snapshot", "--quiet")
	m.want(0, "verify")
}

const (
	quota     = 1200
	window    = 5 * time.Minute
	roundTrip = 50 * time.Millisecond
)

// road leads to a Cloudflare in this process and watches the windows of each token.
type road struct {
	to http.Handler

	mu     sync.Mutex
	tokens map[string]*traffic
}

// traffic is what a token was used for.
type traffic struct {
	ends        time.Time // of the window
	used        int       // in it, by anyone
	own         int       // of them, by idpsnap
	most        int       // own in any window
	total       int       // own in all
	first, last time.Time // own
	refused     int       // by the limit, of anyone's
	others      int       // requests of others in all windows
	heard       int       // of them, as the newest answer tells
	before      int       // the same until now
	at          time.Time // when that was
	deepest     int       // how far own requests went into what had to be left, but for others that could not be known of
	reserve     int
}

func newRoad(to http.Handler) *road { return &road{to: to, tokens: map[string]*traffic{}} }

func (r *road) of(token string) *traffic {
	if r.tokens[token] == nil {
		r.tokens[token] = &traffic{}
	}
	return r.tokens[token]
}

// serve hands a request on. It gives the answer and how many requests of others
// that counts.
func (r *road) serve(req *http.Request, own bool, known int) (*http.Response, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, tr := time.Now(), r.of(req.Header.Get("Authorization"))
	if !now.Before(tr.ends) {
		tr.ends, tr.used, tr.own = now.Add(window), 0, 0
	}
	tr.used++
	if own {
		tr.own++
		tr.total++
		tr.most = max(tr.most, tr.own)
		tr.deepest = max(tr.deepest, tr.used-(tr.others-known)-(quota-tr.reserve))
		if tr.first.IsZero() {
			tr.first = now
		}
		tr.last = now
	} else {
		tr.others++
	}
	w := httptest.NewRecorder()
	r.to.ServeHTTP(w, req)
	if w.Code == http.StatusTooManyRequests {
		tr.refused++
	}
	return w.Result(), tr.others
}

// RoundTrip is a request of idpsnap.
func (r *road) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	tr := r.of(req.Header.Get("Authorization"))
	known := tr.heard
	if !time.Now().After(tr.at) { // what comes at this moment may come too late
		known = tr.before
	}
	r.mu.Unlock()
	time.Sleep(roundTrip / 2)
	resp, others := r.serve(req, true, known)
	time.Sleep(roundTrip / 2)
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := time.Now(); now.After(tr.at) {
		tr.at, tr.before = now, tr.heard
	}
	tr.heard = max(tr.heard, others)
	return resp, nil
}

// elsewhere makes requests at these times from now on, as a dashboard does.
func (r *road) elsewhere(ctx context.Context, token string, at []time.Duration) {
	began := time.Now()
	for _, d := range at {
		select {
		case <-time.After(time.Until(began.Add(d))):
		case <-ctx.Done():
			return
		}
		req := httptest.NewRequest(http.MethodGet, "/client/v4/accounts/"+sandbox.DefaultAccount, http.NoBody)
		req.Header.Set("Authorization", "Bearer "+token)
		resp, _ := r.serve(req, false, 0)
		_ = resp.Body.Close()
	}
}

// run runs a command as if at a terminal of its own, and gives what that showed.
func (r *road) run(t *testing.T, vars map[string]string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	env := commands.System()
	env.Getenv = func(name string) string { return vars[name] }
	env.HTTP, env.Now, env.Random = r, time.Now, func() float64 { return 0.5 }
	env.Entropy, env.Headroom, env.Version = strings.NewReader(""), 0, "v0.0.0-test"
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), &bytes.Buffer{}, &stderr
	env.InTerminal, env.Terminal, env.OutTerminal, env.Width = false, true, false, 100
	if code := commands.Main(t.Context(), env, args); code != 0 {
		t.Errorf("%s: exit status %d: %s", args, code, head(stderr.String()))
	}
	return stderr.String()
}

// lists counts the requests that reading a target takes: a page holds a hundred
// users or groups, and besides there are its name, organization, providers, apps,
// policies and groups.
func lists(t *testing.T, cloud *sandbox.Server, target string) int {
	t.Helper()
	providers, err := cloud.IDs(target, sandbox.KindProvider, "")
	if err != nil {
		t.Fatal(err)
	}
	n := 6
	for _, id := range providers {
		for _, kind := range []sandbox.Kind{sandbox.KindSCIMUser, sandbox.KindSCIMGroup} {
			ids, err := cloud.IDs(target, kind, id)
			if err != nil {
				t.Fatal(err)
			}
			n += (len(ids) + 99) / 100
		}
	}
	return n
}

// best is how long n requests take at least, slots at once, if of each window all
// but the reserve is used and others make requests of their own at these times.
func best(n, slots, reserve int, others []time.Duration) time.Duration {
	used, ends := 0, time.Duration(0)
	count := func(now time.Duration) {
		if now >= ends {
			used, ends = 0, now+window
		}
		used++
	}
	for now := time.Duration(0); ; now += roundTrip {
		for ; len(others) > 0 && others[0] <= now; others = others[1:] {
			count(others[0])
		}
		for i := 0; i < slots && n > 0 && (now >= ends || used < quota-reserve); i++ {
			count(now)
			n--
		}
		if n == 0 {
			return now + roundTrip
		}
	}
}

// randomTimes are moments of an hour, so far apart on average.
func randomTimes(apart time.Duration) []time.Duration {
	random := rand.New(rand.NewSource(1))
	var all []time.Duration
	for at := time.Duration(0); at < time.Hour; {
		at += time.Duration(random.ExpFloat64() * float64(apart))
		all = append(all, at)
	}
	return all
}

// check fails where the limit was run into or the reserve was touched. In the doubt
// are requests of another process that were on their way.
func (tr *traffic) check(t *testing.T, doubt int) {
	t.Helper()
	if tr.refused > 0 {
		t.Errorf("%d requests were refused", tr.refused)
	}
	if tr.deepest > doubt || tr.most > quota-tr.reserve+doubt {
		t.Errorf("%d requests in a window of which %d are left to others; %d too deep", tr.most, tr.reserve, tr.deepest)
	}
}

// waitsForBudget is what the line of progress then says.
var waitsForBudget = regexp.MustCompile(`resources, .*waiting 4 min \d+ s: rate budget used up`)

// TestRateBudget: of 100,000 users each page is a request, and all of them are more
// than a window allows. The night takes hardly longer than the limit demands, it
// never runs into it, and others find what is left to them.
func TestRateBudget(t *testing.T) {
	t.Parallel()
	onlyWithoutDetector(t)
	outsideFirst(t)
	cloud := sandbox.New(sandbox.Options{Now: time.Now, Seed: 3})
	cloud.AddAccount(sandbox.DefaultAccount, "Large", "large.cloudflareaccess.com")
	must(cloud.Populate(account, sandbox.Population{Users: 100_000, Groups: 2000}))
	home := t.TempDir()
	for night, test := range []struct {
		name      string
		headers   string
		share     string
		reserve   int
		others    time.Duration // on average from one request of others to the next
		processes int
		waits     bool
	}{
		{name: "the first night", share: "0", waits: false},
		{name: "a fifth is left", reserve: 240, waits: true},
		{name: "three windows", share: "60%", reserve: 720, waits: true},
		{name: "beside a dashboard", reserve: 240, others: 2 * time.Second, waits: true},
		{name: "beside a busy script", reserve: 240, others: 1500 * time.Millisecond, waits: true},
		{name: "older headers", headers: "old", reserve: 240, waits: true},
		{name: "older headers beside a dashboard", headers: "old", reserve: 240, others: 2 * time.Second, waits: true},
		{name: "no headers", headers: "none", reserve: 240, waits: true},
		{name: "two processes", reserve: 240, processes: 2, waits: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			must(cloud.Switch("ratelimit-headers", "new"))
			if test.headers != "" {
				must(cloud.Switch("ratelimit-headers", test.headers))
			}
			must(cloud.Churn(account, 300, 50, 50))
			needs := lists(t, cloud, account)
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Duration(night) * 24 * time.Hour)
				r := newRoad(cloud)
				r.of("Bearer " + sandbox.DefaultToken).reserve = test.reserve
				var others []time.Duration
				if test.others > 0 {
					others = randomTimes(test.others)
				}
				ctx, stop := context.WithCancel(t.Context())
				go r.elsewhere(ctx, sandbox.DefaultToken, others)
				args := []string{"snapshot"}
				if test.share != "" {
					args = append(args, "--rate-reserve", test.share)
				}
				began, processes := time.Now(), max(test.processes, 1)
				var group sync.WaitGroup
				for i := range processes {
					group.Go(func() {
						shown := r.run(t, map[string]string{
							"HOME": filepath.Join(home, fmt.Sprint(i)), "CLOUDFLARE_BASE_URL": "http://localhost/client/v4",
							"CLOUDFLARE_API_TOKEN": sandbox.DefaultToken, "CLOUDFLARE_ACCOUNT_ID": sandbox.DefaultAccount,
						}, args...)
						if waitsForBudget.MatchString(shown) != test.waits {
							t.Errorf("showed %s", head(shown))
						}
					})
				}
				group.Wait()
				took := time.Since(began)
				stop()
				tr := r.of("Bearer " + sandbox.DefaultToken)
				tr.check(t, 16*(processes-1))
				least := best(processes*needs, processes*8, test.reserve, others)
				t.Logf("%d requests for %d pages and the like took %s; at best %s (%.3f times)", tr.total, needs, took, least, float64(took)/float64(least))
				if took > least+least/10 {
					t.Errorf("took %s, and %s would have done", took, least)
				}
			})
		})
	}
}

// TestTargetsShareTheRateBudget: profiles with the same token share one budget, even
// where answers do not tell what is left; one with another token need not wait.
func TestTargetsShareTheRateBudget(t *testing.T) {
	t.Parallel()
	onlyWithoutDetector(t)
	outsideFirst(t)
	cloud := sandbox.New(sandbox.Options{Now: time.Now, Seed: 4})
	accounts := []string{sandbox.DefaultAccount, sandbox.DefaultSecondAccount, strings.Repeat("7", 32)}
	needs := make([]int, len(accounts))
	for i, id := range accounts {
		cloud.AddAccount(id, fmt.Sprint("Office ", i), fmt.Sprintf("office%d.cloudflareaccess.com", i))
		must(cloud.Populate("account:"+id, sandbox.Population{Users: []int{8000, 8000, 4000}[i], Groups: 200}))
		needs[i] = lists(t, cloud, "account:"+id)
	}
	const another = "another-token"
	cloud.AddToken(sandbox.Token{Value: another, Permissions: sandbox.AllPermissions})
	for night, headers := range []string{"new", "old", "none"} {
		t.Run(headers, func(t *testing.T) {
			must(cloud.Switch("ratelimit-headers", headers))
			home := t.TempDir()
			config := filepath.Join(home, ".config/idpsnap/config.yaml")
			must(os.MkdirAll(filepath.Dir(config), 0o700))
			var text strings.Builder
			text.WriteString("profiles:\n")
			for i, name := range []string{"a", "b", "c"} {
				fmt.Fprintf(&text, "  %s: {account: %q, token_env: %s}\n", name, accounts[i], []string{"ONE", "ONE", "TWO"}[i])
			}
			must(os.WriteFile(config, []byte(text.String()), 0o600))
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Duration(night) * 24 * time.Hour)
				r := newRoad(cloud)
				const reserve = 1080
				one, two := r.of("Bearer "+sandbox.DefaultToken), r.of("Bearer "+another)
				one.reserve, two.reserve = reserve, reserve
				began := time.Now()
				shown := r.run(t, map[string]string{
					"HOME": home, "CLOUDFLARE_BASE_URL": "http://localhost/client/v4", "ONE": sandbox.DefaultToken, "TWO": another,
				}, "snapshot", "--all", "--rate-reserve", "90%")
				took := time.Since(began)
				one.check(t, 0)
				two.check(t, 0)
				if !waitsForBudget.MatchString(shown) {
					t.Errorf("showed %s", head(shown))
				}
				if d, most := two.last.Sub(two.first), best(needs[2], 8, reserve, nil); d > 2*most {
					t.Errorf("with another token: took %s, and %s would have done", d, most)
				}
				least := best(needs[0]+needs[1], 8, reserve, nil) + best(needs[2], 8, reserve, nil)
				t.Logf("took %s; at best %s (%.3f times)", took, least, float64(took)/float64(least))
				if took > least+least/10 {
					t.Errorf("took %s, and %s would have done", took, least)
				}
			})
		})
	}
}
