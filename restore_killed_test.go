package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/commands"
)

// mortal lets a process be killed, as with kill -9, at an event of its life:
//
//	request N before    a request is about to be sent; reading ones are not counted
//	request N after     it was answered, and nobody has seen the answer
//	row N before        the journal is about to get a row
//	row N within        that row is half written
//	output N before     something is about to be printed as the result
//
// A request that reads is counted as "look": they are sent several at once.
func mortal(env commands.Env, getenv func(string) string) commands.Env {
	m := &mortality{at: getenv("KILL_AT"), notes: getenv("EVENTS"), counts: map[string]int{}}
	if m.at == "" && m.notes == "" {
		return env
	}
	m.db = filepath.Join(getenv("HOME"), ".local/share/idpsnap/history.db")
	m.carrier, env.HTTP = env.HTTP, m
	m.out, env.Stdout = env.Stdout, m
	now := env.Now
	env.Now = func() time.Time {
		if writesRow() {
			n := m.next("row")
			m.happens("row", n, "before")
			if m.event("row", n, "within") == m.at {
				go m.dieWhileWriting()
			}
		}
		return now()
	}
	return env
}

// writesRow reports whether the time is wanted for a row of the journal.
func writesRow() bool {
	var callers [8]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, "commands.runJournal.line") {
			return true
		}
		if !more {
			return false
		}
	}
}

type mortality struct {
	at, notes, db string
	carrier       http.RoundTripper
	out           io.Writer

	mu     sync.Mutex
	counts map[string]int
}

func (m *mortality) next(what string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[what]++
	return m.counts[what]
}

func (m *mortality) event(what string, n int, when string) string {
	return fmt.Sprintf("%s %d %s", what, n, when)
}

// happens notes an event, or is the end.
func (m *mortality) happens(what string, n int, when string) {
	event := m.event(what, n, when)
	if event == m.at {
		die()
	}
	if m.notes == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := os.OpenFile(m.notes, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(err)
	_, err = fmt.Fprintln(f, event)
	must(err)
	must(f.Close())
}

func die() {
	must(syscall.Kill(os.Getpid(), syscall.SIGKILL))
	select {}
}

// dieWhileWriting waits until SQLite has begun to write.
func (m *mortality) dieWhileWriting() {
	for {
		if _, err := os.Stat(m.db + "-journal"); err == nil {
			die()
		}
	}
}

// RoundTrip sends a request.
func (m *mortality) RoundTrip(r *http.Request) (*http.Response, error) {
	what := "request"
	if r.Method == http.MethodGet {
		what = "look"
	}
	n := m.next(what)
	m.happens(what, n, "before")
	resp, err := m.carrier.RoundTrip(r)
	m.happens(what, n, "after")
	return resp, err
}

// Write prints.
func (m *mortality) Write(p []byte) (int, error) {
	m.happens("output", m.next("output"), "before")
	return m.out.Write(p)
}

// events are what happens in the life of a command that nobody kills.
func (e *errand) events(args ...string) []string {
	e.Helper()
	e.env["EVENTS"] = filepath.Join(e.home, "events")
	defer delete(e.env, "EVENTS")
	if r := e.start(args...).end(e.T); r.code != 0 {
		e.Fatal(r.whole())
	}
	return strings.Split(strings.TrimSpace(string(read(e.T, e.env["EVENTS"]))), "\n")
}

// TestKilledWhileWriting kills a restore at each moment of its life that differs from
// others, and a migration at some. What was begun is found and finished, and nothing
// is written twice.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	for name, errand := range map[string]func(*testing.T) *errand{"mending": mending, "moving": moving} {
		plain := undisturbed(t, errand)
		e := errand(t)
		events := e.events(e.carrying(e.begin...)...)
		for n, event := range moments(events) {
			if !exhaustive && (name == "moving" && n%9 != 3 || testing.Short() && n%5 != 0) {
				continue
			}
			t.Run(name+": "+event, func(t *testing.T) {
				t.Parallel()
				e := errand(t)
				e.killed(event)
				e.check(plain)
			})
		}
	}
}

// exhaustive leaves out no moment: IDPSNAP_EXHAUSTIVE=1 go test -run Killed .
var exhaustive = os.Getenv("IDPSNAP_EXHAUSTIVE") != ""

// moments are the events at which it makes a difference to be killed: of those before
// the first row, of the output, and of what is read, a few will do.
func moments(events []string) []string {
	var all []string
	begun := false
	for i, event := range events {
		begun = begun || strings.HasPrefix(event, "row 1 ")
		switch what, _, _ := strings.Cut(event, " "); {
		case exhaustive && what != "row":
			all = append(all, event)
		case !begun && i%6 != 0, what == "look" && i%9 != 0, what == "output" && i+1 < len(events) && i%4 != 0:
		case what == "row":
			all = append(all, event, strings.Replace(event, "before", "within", 1))
		default:
			all = append(all, event)
		}
	}
	return all
}

// killed carries the errand out, with a death in the middle.
func (e *errand) killed(event string) {
	e.Helper()
	before := e.begun()
	e.env["KILL_AT"] = event
	p := e.start(e.carrying(e.begin...)...)
	r := p.end(e.T)
	delete(e.env, "KILL_AT")
	fmt.Fprintf(&e.said, "$ idpsnap %s\n%s\n", strings.Join(e.begin, " "), r.whole())
	if r.code != -1 && !strings.HasSuffix(event, "within") {
		e.Fatalf("want it killed, got %s", r.whole())
	}
	e.kept() // are whole files
	if v := e.run("verify"); v.code != 0 && (v.code != 10 || len(before) > 0) {
		e.Fatalf("verify: %s", v)
	}
	all := e.begun()
	if len(all) == 0 { // nobody had begun
		if _, writes := e.cloud.RequestCount(); writes > 0 {
			e.Fatalf("%d writes of which the journal knows nothing", writes)
		}
		if again := e.do(nil, e.carrying(e.begin...)...); again.code != 0 {
			e.Fatalf("the same once more: %s", again.whole())
		}
		return
	}
	status := []string{"interrupted"}
	if r.code == 0 || strings.HasPrefix(event, "output") {
		status = append(status, "done")
	}
	if !slices.Contains(status, all[0].Status) {
		e.Fatalf("the run is %s, not interrupted", all[0].Status)
	}
	if all[0].Status == "done" {
		return
	}
	if r := e.do(nil, e.carrying("resume", all[0].ID)...); r.code != 0 {
		e.Fatalf("resume: %s", e.said.String())
	}
}

// begun are the runs of a history that may not be there.
func (e *errand) begun() []run {
	e.Helper()
	if _, err := os.Stat(e.db); err != nil {
		return nil
	}
	if r := e.run("runs"); r.code == 10 {
		return nil
	}
	return e.runs()
}

// TestKilledAgain kills the resume, too, and then the one after it.
func TestKilledAgain(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, mending)
	for n := 1; n <= len(plain.writes); n += 2 {
		for i, again := range []string{"row 1 before", "row 2 before", "row 3 before", "request 1 before", "request 1 after", "output 1 before"} {
			if (n/2+i)%3 != 0 || testing.Short() && n%4 != 1 {
				continue
			}
			t.Run(fmt.Sprintf("request %d after, then %s", n, again), func(t *testing.T) {
				t.Parallel()
				e := mending(t)
				dies := func(event string, args ...string) {
					t.Helper()
					e.env["KILL_AT"] = event
					if r := e.start(e.carrying(args...)...).end(t); r.code != -1 {
						if n < len(plain.writes) { // else there may be nothing left to do
							t.Fatalf("want it killed, got %s", r.whole())
						}
					}
					delete(e.env, "KILL_AT")
				}
				dies(fmt.Sprintf("request %d after", n), e.begin...)
				id := e.last().ID
				dies(again, "resume", id)
				if e.last().Status != "done" {
					dies(again, "resume", id)
				}
				e.finish(1)
				e.check(plain)
			})
		}
	}
}
