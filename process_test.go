package main

import (
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/sandbox"
)

// TestKilled kills snapshot at random moments of its life. Each time the history
// opens and verifies, holds what it held, and what was reported as recorded.
func TestKilled(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	cloud, provider := office(t, 7, 800, 20)
	m := newMachine(t, cloud)
	m.flick("rate-limit", "off")

	if r := m.start("snapshot").end(t); r.code != 0 {
		t.Fatal(r)
	}
	asks, _ := cloud.RequestCount()
	// soon is a moment of any order of magnitude.
	soon := func() time.Duration {
		return time.Duration(50e3 * math.Pow(1000, random.Float64())) // 50 µs to 50 ms
	}
	count := func() int {
		t.Helper()
		switch v := m.run("verify"); v.code {
		case 0:
			return len(m.snapshots())
		case 10:
			return 0
		default:
			t.Fatalf("verify: %s", v)
			return 0
		}
	}
	had := count()
	const rounds = 50
	outcomes := map[string]int{}
	for round := range rounds {
		if round < rounds/5 { // nights that make the history
			if err := os.RemoveAll(filepath.Dir(m.db)); err != nil {
				t.Fatal(err)
			}
			had = 0
		}
		if err := cloud.Churn(account, 20, 5, 5); err != nil {
			t.Fatal(err)
		}
		cloud.ClearRequests()
		stale := journal(m.db) // SQLite leaves one that a kill left before it counted
		p := m.start("snapshot", "--quiet")
		ended := make(chan struct{})
		go func() { _ = p.Wait(); close(ended) }()
		running := func() bool {
			select {
			case <-ended:
				return false
			case <-time.After(20 * time.Microsecond):
				return true
			}
		}
		if round%2 == 0 { // while it asks, or right after
			for enough := random.IntN(asks + 1); running(); {
				if asked, _ := cloud.RequestCount(); asked >= enough {
					break
				}
			}
		} else { // while it writes
			for journal(m.db) == stale && running() {
			}
		}
		moment := soon()
		select {
		case <-time.After(moment):
		case <-ended:
		}
		now := journal(m.db)
		writing := now != "" && now != stale
		_ = p.Process.Kill() // it may have ended
		<-ended

		holds := count()
		reported := p.out.Len() > 0
		t.Logf("round %d: after %v, writing %v, reported %v, snapshots %d → %d", round, moment, writing, reported, had, holds)
		switch {
		case holds < had || holds > had+1:
			t.Fatalf("round %d: %d snapshots became %d", round, had, holds)
		case reported && holds == had:
			t.Fatalf("round %d: reported and not recorded: %s", round, p.out.String())
		case writing && holds == had:
			outcomes["while writing, undone"]++
		case writing:
			outcomes["while writing, recorded"]++
		case holds > had:
			outcomes["recorded"]++
		default:
			outcomes["before writing"]++
		}
		had = holds
	}
	t.Log(outcomes)
	if outcomes["while writing, undone"] == 0 {
		t.Errorf("no process was killed while it wrote: %v", outcomes)
	}
	if r := m.start("snapshot").end(t); r.code != 0 {
		t.Fatal(r)
	}
	m.checkWhole(provider)
	again := decodeTaken(t, m.want(0, "snapshot", "--json", "--quiet"))[0]
	for _, c := range again.Collections {
		if c.Status != "complete" || c.Added+c.Changed+c.Removed > 0 {
			t.Errorf("nothing happened, and yet %+v", c)
		}
	}
}

// journal tells the journal that stands beside a history from others: "" is none.
func journal(db string) string {
	info, err := os.Stat(db + "-journal")
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), " ", info.Size())
}

// TestTogether: several snapshots at once on one history. Each is recorded or says
// that it is not.
func TestTogether(t *testing.T) {
	t.Parallel()
	targets := [][]string{{"--account", sandbox.DefaultAccount}, {"--account", sandbox.DefaultSecondAccount}, {"--zone", sandbox.DefaultZone}}
	for _, n := range []int{2, 5} {
		for _, different := range []bool{false, true} {
			for _, timeout := range []string{"30s", "0s"} {
				t.Run(fmt.Sprintf("%d different %v timeout %s", n, different, timeout), func(t *testing.T) {
					m := newMachine(t, sandbox.DefaultWorld(sandbox.Options{Now: time.Now, Sleep: nap, Seed: 8}))
					recorded := 0
					for range 2 { // without a history, and with one
						var all []*process
						for i := range n {
							target := targets[0]
							if different {
								target = targets[i%len(targets)]
							}
							all = append(all, m.start(append([]string{"snapshot", "--quiet", "--lock-timeout", timeout}, target...)...))
						}
						good := 0
						for _, p := range all {
							switch r := p.end(t); {
							case r.code == 0:
								good++
							case r.code != 11 || r.stdout != "" || !strings.Contains(r.stderr, "idpsnap: "):
								t.Errorf("%s", r)
							}
						}
						if good == 0 && timeout != "0s" { // nobody waits: all may get into one another's way
							t.Error("none was recorded")
						}
						if different && n == 2 && timeout != "0s" && good != 2 {
							t.Errorf("of two different targets %d were recorded", good)
						}
						recorded += good
						if v := m.run("verify"); v.code == 10 && recorded == 0 {
							continue
						} else if v.code != 0 {
							t.Errorf("verify: %s", v)
						}
						if got := len(m.snapshots()); got != recorded {
							t.Errorf("%d snapshots, but %d were reported", got, recorded)
						}
					}
					for _, target := range targets {
						if r := m.want(0, append([]string{"snapshot", "--json", "--quiet"}, target...)...); anyRemoved.MatchString(r.stdout) {
							t.Errorf("the night after: %s", r)
						}
					}
					m.want(0, "verify")
				})
			}
		}
	}
}

// TestInterrupted: Ctrl-C and cron's SIGTERM end a command at once, whatever it
// waits for, and nothing is recorded.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	hanging := sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 10 * time.Minute, Path: "/scim/users", Skip: 3}
	limited := sandbox.Fault{Kind: sandbox.FaultStatus, Status: 429, RetryAfter: 10 * time.Minute, Path: "/scim/users", Skip: 3}
	flaky := sandbox.Fault{Kind: sandbox.FaultStatus, Status: 502, Path: "/scim/users"}
	for _, test := range []struct {
		name   string
		fault  sandbox.Fault
		signal syscall.Signal
		code   int
		args   string
	}{
		{"while fetching", hanging, syscall.SIGINT, 130, "snapshot"},
		{"while fetching, for a script", hanging, syscall.SIGINT, 130, "snapshot --json"},
		{"while fetching, by cron", hanging, syscall.SIGTERM, 143, "snapshot"},
		{"while fetching a live state", hanging, syscall.SIGINT, 130, "show live"},
		{"while waiting for the rate limit", limited, syscall.SIGINT, 130, "snapshot"},
		{"while waiting for the rate limit, by cron", limited, syscall.SIGTERM, 143, "snapshot --quiet"},
		{"while trying again", flaky, syscall.SIGINT, 130, "snapshot"},
		{"killed while fetching", hanging, syscall.SIGKILL, -1, "snapshot"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cloud, provider := office(t, 9, 1200, 10)
			m := newMachine(t, cloud)
			m.want(0, "snapshot")
			before, err := os.ReadFile(m.db)
			if err != nil {
				t.Fatal(err)
			}
			m.arm(test.fault)
			cloud.ClearRequests()
			m.env["REAL_WAITS"] = "1"
			p := m.start(strings.Fields(test.args)...)
			m.awaitRequests(5) // what it asked for in vain is among them, or about to be
			if err := p.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			r := p.end(t)
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("it took %v to end", took)
			}
			if r.code != test.code || r.stdout != "" {
				t.Errorf("want exit status %d, got %s", test.code, r)
			}
			if test.code > 0 && !strings.Contains(r.stderr, "SIG") {
				t.Errorf("it does not say why it ended: %s", r)
			}
			cloud.ClearFaults()
			delete(m.env, "REAL_WAITS")
			m.want(0, "verify")
			if after, err := os.ReadFile(m.db); err != nil || string(after) != string(before) {
				t.Errorf("the history is not what it was: %v", err)
			}
			if _, err := os.Stat(m.db + "-journal"); !os.IsNotExist(err) {
				t.Error("a journal was left behind", err)
			}
			m.want(0, "snapshot")
			m.checkWhole(provider)
		})
	}
}

// TestInterruptedFirstNight: of a first night that was broken off nothing is
// left that would be taken for a history.
func TestInterruptedFirstNight(t *testing.T) {
	t.Parallel()
	cloud, _ := office(t, 10, 300, 0)
	m := newMachine(t, cloud)
	m.arm(sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 10 * time.Minute, Path: "/scim/users"})
	p := m.start("snapshot")
	m.awaitRequests(4)
	if err := p.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if r := p.end(t); r.code != 130 {
		t.Errorf("want exit status 130, got %s", r)
	}
	m.cloud.ClearFaults()
	if r := m.run("show", "latest"); r.code != 10 {
		t.Errorf("show latest: %s", r)
	}
	if r := m.run("verify"); r.code != 0 && r.code != 10 {
		t.Errorf("verify: %s", r)
	}
	m.want(0, "snapshot")
	m.want(0, "verify")
	var names []string
	err := filepath.WalkDir(m.home, func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			names = append(names, filepath.Base(path))
		}
		return err
	})
	if err != nil || len(names) != 1 {
		t.Errorf("files at home: %v %v", names, err)
	}
}

// anyRemoved finds a collection of which something was removed.
var anyRemoved = regexp.MustCompile(`"removed":[1-9]`)
