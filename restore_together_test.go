package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/commands"
	"github.com/idpsnap/idpsnap/sandbox"
)

// awaitFault waits until what was armed has hit.
func (e *errand) awaitFault() {
	e.Helper()
	for range 20_000 {
		if len(e.cloud.Faults()) == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	e.Fatalf("nothing went wrong within 20 s: %v", e.cloud.Faults())
}

// TestInterruptedWhileWriting: Ctrl-C and SIGTERM let the write under way be finished
// and noted, and say how to go on. A second Ctrl-C waits for nothing.
func TestInterruptedWhileWriting(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, mending)
	slow := sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 800 * time.Millisecond, Times: 1}
	of := func(f sandbox.Fault, method string, skip int) sandbox.Fault {
		f.Method, f.Skip = method, skip
		return f
	}
	for _, test := range []struct {
		name   string
		fault  sandbox.Fault
		signal syscall.Signal
		twice  bool
		quiet  bool
		code   int
		writes int // that were sent; 0 where it is of no matter
	}{
		{name: "first", fault: of(slow, "POST", 0), signal: syscall.SIGINT, code: 130, writes: 1},
		{name: "first, by cron", fault: of(slow, "POST", 0), signal: syscall.SIGTERM, code: 143, writes: 1, quiet: true},
		{name: "second", fault: of(slow, "POST", 1), signal: syscall.SIGINT, code: 130, writes: 2},
		{name: "update", fault: of(slow, "PUT", 0), signal: syscall.SIGTERM, code: 143, writes: 3},
		{name: "reference", fault: of(slow, "PUT", 3), signal: syscall.SIGINT, code: 130, writes: 6},
		{name: "last", fault: of(slow, "DELETE", 1), signal: syscall.SIGINT, code: 130, writes: len(plain.writes)},
		{name: "reading again", fault: sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 800 * time.Millisecond, Times: 1, Method: "GET", Path: "/apps"}, signal: syscall.SIGINT, code: 130},
		{name: "answer lost", fault: sandbox.Fault{Kind: sandbox.FaultDropAfter, Method: "POST", Times: 1}, signal: syscall.SIGINT, code: 130, writes: 1},
		{name: "twice", fault: sandbox.Fault{Kind: sandbox.FaultHang, Method: "POST", Times: 1, After: true}, signal: syscall.SIGINT, twice: true, code: -1, writes: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := mending(t)
			if test.name == "reading again" { // once for the plan, once for the safety snapshot
				test.fault.Skip = 2
			}
			e.arm(test.fault)
			e.cloud.ClearRequests()
			args := e.carrying(e.begin...)
			if test.quiet {
				args = append(args, "--quiet")
			}
			e.env["REAL_WAITS"] = "1"
			p := e.start(args...)
			delete(e.env, "REAL_WAITS")
			e.awaitFault()
			must(p.Process.Signal(test.signal))
			if test.twice {
				time.Sleep(1200 * time.Millisecond)
				must(p.Process.Signal(test.signal))
			}
			r := p.end(t)
			fmt.Fprintf(&e.said, "%s\n", r.whole())
			if r.code != test.code {
				t.Errorf("want exit status %d, got %s", test.code, r.whole())
			}
			_, writes := e.cloud.RequestCount()
			if test.writes > 0 && writes != test.writes {
				t.Errorf("%d writes were sent, want %d", writes, test.writes)
			}
			run := e.last()
			if test.name == "reading again" {
				if run.Status == "running" || run.Status == "done" {
					t.Errorf("the run is %s", run.Status)
				}
			} else if run.Status != "interrupted" {
				t.Errorf("the run is %s", run.Status)
			}
			if !test.twice && !strings.Contains(r.stdout+r.stderr, "idpsnap resume "+run.ID[:8]) {
				t.Errorf("it does not say how to go on: %s", r.whole())
			}
			written := 0
			for _, a := range run.Actions {
				if a.Outcome == "succeeded" || a.Outcome == "adopted" {
					written++
				}
				if a.Outcome == "unknown" && !test.twice {
					t.Errorf("what came of %s was not noted", a.Name)
				}
			}
			if !test.twice && written != writes {
				t.Errorf("%d writes were sent, and %d noted", writes, written)
			}
			e.finish(1)
			e.check(plain)
		})
	}
}

// walker is a command in this process that stops at rows of the journal, as if it
// were a process of its own.
type walker struct {
	*errand

	pid     int
	at      int           // the row before which it stops
	stopped chan struct{} // closed when it has
	goOn    chan struct{}
	ended   chan result
	rows    int
}

var walkers struct {
	sync.Mutex
	said int
}

// walk begins a command that stops before it writes the row.
func (e *errand) walk(row int, args ...string) *walker {
	walkers.Lock()
	walkers.said++
	w := &walker{
		errand: e, pid: 1<<30 + walkers.said, at: row,
		stopped: make(chan struct{}), goOn: make(chan struct{}), ended: make(chan result, 1),
	}
	walkers.Unlock()
	go func() {
		w.ended <- e.apart(func(env *commands.Env) {
			e.someoneElse(env)
			env.PID = w.pid
			now := env.Now
			env.Now = func() time.Time {
				if writesRow() {
					w.rows++
					if w.rows == w.at {
						close(w.stopped)
						<-w.goOn
					}
				}
				return now()
			}
		}, args...)
	}()
	return w
}

// someoneElse is another process, to whom walkers live.
func (e *errand) someoneElse(env *commands.Env) {
	alive := env.Alive
	env.PID = 1<<30 - 1
	env.Alive = func(pid int) bool { return pid > 1<<30 || alive(pid) }
}

// stop waits until the walker has stopped. One that has ended instead tells how.
func (w *walker) stop() (r result, ended bool) {
	w.Helper()
	select {
	case <-w.stopped:
		return result{}, false
	case r := <-w.ended:
		return r, true
	case <-time.After(20 * time.Second):
		w.Fatal("it neither stops nor ends")
		return result{}, true
	}
}

// end lets the walker go on.
func (w *walker) end() result {
	close(w.goOn)
	r := <-w.ended
	fmt.Fprintln(&w.said, r.whole())
	return r
}

// apart is do for a command beside others: what it says is not noted.
func (e *errand) apart(change func(*commands.Env), args ...string) result {
	beside := &errand{machine: e.machine}
	return beside.do(change, args...)
}

// TestTwoRestoresAtOnce: of two at once one is carried out and the other says that it
// is not, wherever they meet.
func TestTwoRestoresAtOnce(t *testing.T) {
	t.Parallel()
	for name, errand := range map[string]func(*testing.T) *errand{"moving": moving, "mending": mending} {
		plain := undisturbed(t, errand)
		for _, row := range []int{1, 2, 3, 5} {
			t.Run(fmt.Sprintf("%s, row %d", name, row), func(t *testing.T) {
				t.Parallel()
				e := errand(t)
				first := e.walk(row, e.carrying(e.begin...)...)
				if r, ended := first.stop(); ended {
					t.Fatal(r.whole())
				}
				second := e.walk(1, e.carrying(e.begin...)...)
				r, ended := second.stop()
				if row > 1 && (!ended || r.code != 11) {
					t.Errorf("the second one was not refused: %s", r.whole())
				}
				if !ended { // both are about to begin
					close(first.goOn)
					got := second.end()
					other := <-first.ended
					codes := []int{got.code, other.code}
					slices.Sort(codes)
					// The other sees one that writes, or a target that has changed.
					if !slices.Equal(codes, []int{0, 11}) && !slices.Equal(codes, []int{0, 5}) {
						t.Errorf("want one done and the other refused, got\n%s\n%s", got.whole(), other.whole())
					}
				} else if r := first.end(); r.code != 0 {
					t.Errorf("the first one: %s", r.whole())
				}
				e.once(plain)
			})
		}
	}
}

// once fails unless the target is as planned, whichever run has seen to it.
func (e *errand) once(d deed) {
	e.Helper()
	world := e.world()
	if len(world) != len(d.world) {
		e.Errorf("the target has %d things, want %d", len(world), len(d.world))
	}
	for name, want := range d.world {
		if world[name] != want {
			e.Errorf("%s is\n%s\nwant\n%s", name, world[name], want)
		}
	}
	e.want(0, append(slices.Clone(e.begin), "--dry-run", "--exit-code")...)
	e.want(0, "verify")
}

// TestProcessesAtOnce is the same with processes that meet where they will.
func TestProcessesAtOnce(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, mending)
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			e := mending(t)
			var all []*process
			for range 3 {
				all = append(all, e.start(e.carrying(e.begin...)...))
			}
			done := 0
			for _, p := range all {
				r := p.end(t)
				switch r.code {
				case 0: // or there was nothing left to do
					done++
				case 5, 11: // the target is another one by now, or somebody is at it
				default:
					t.Errorf("%s", r.whole())
				}
			}
			if done == 0 {
				if r := e.do(nil, e.carrying(e.begin...)...); r.code != 0 {
					t.Errorf("nobody did it, and now: %s", r.whole())
				}
			}
			e.once(plain)
		})
	}
}

// TestResumeBesideOthers: a run that is being carried out is not resumed, nor one
// beside which another one writes; and of two resumes one carries the run out.
func TestResumeBesideOthers(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, mending)
	broken := func(t *testing.T) (*errand, string) {
		t.Helper()
		e := mending(t)
		e.env["KILL_AT"] = "request 2 after"
		if r := e.start(e.carrying(e.begin...)...).end(t); r.code != -1 {
			t.Fatal(r.whole())
		}
		delete(e.env, "KILL_AT")
		return e, e.last().ID
	}
	refused := func(e *errand, args ...string) {
		e.Helper()
		before := len(e.cloud.Writes())
		r := e.do(e.someoneElse, e.carrying(args...)...)
		if r.code != 11 || !strings.Contains(r.stderr, "idpsnap runs") {
			e.Errorf("want exit status 11 and what to do, got %s", r.whole())
		}
		if len(e.cloud.Writes()) != before {
			e.Error("it has written")
		}
		if _, err := os.Stat(e.tokens(e.files)); !errors.Is(err, fs.ErrNotExist) {
			e.Errorf("a file for tokens was left behind: %v", err)
		}
	}
	t.Run("that is being carried out", func(t *testing.T) {
		t.Parallel()
		e := mending(t)
		w := e.walk(4, e.carrying(e.begin...)...)
		w.stop()
		var id string
		for _, line := range strings.Split(e.apart(e.someoneElse, "runs").stdout, "\n") {
			if strings.Contains(line, "running") {
				id = strings.Fields(line)[0]
			}
		}
		refused(e, "resume", id)
		refused(e, e.begin...)
		if r := w.end(); r.code != 0 {
			t.Error(r.whole())
		}
		e.check(plain)
	})
	t.Run("that is being resumed", func(t *testing.T) {
		t.Parallel()
		e, id := broken(t)
		w := e.walk(3, e.carrying("resume", id)...)
		w.stop()
		refused(e, "resume", id)
		refused(e, e.begin...)
		if r := w.end(); r.code != 0 {
			t.Error(r.whole())
		}
		e.check(plain)
	})
	t.Run("beside a new one", func(t *testing.T) {
		t.Parallel()
		e, id := broken(t)
		// What the first has done stays, and another one does the rest.
		w := e.walk(3, e.carrying(e.begin...)...)
		w.stop()
		refused(e, "resume", id)
		if r := w.end(); r.code != 0 {
			t.Error(r.whole())
		}
		e.once(plain)
	})
	t.Run("two at once", func(t *testing.T) {
		t.Parallel()
		e, id := broken(t)
		first, second := e.walk(1, e.carrying("resume", id)...), e.walk(1, e.carrying("resume", id)...)
		ends := make(chan result, 2)
		for _, w := range []*walker{first, second} {
			if r, ended := w.stop(); ended { // while the other one took its snapshot
				ends <- r
				continue
			}
			go func() { close(w.goOn); ends <- <-w.ended }()
		}
		one, other := <-ends, <-ends
		fmt.Fprintln(&e.said, one.whole(), other.whole())
		codes := []int{one.code, other.code}
		slices.Sort(codes)
		if !slices.Equal(codes, []int{0, 11}) {
			t.Errorf("want one done and the other refused, got\n%s\n%s", one.whole(), other.whole())
		}
		e.check(plain)
	})
}

// TestRestoreBesideSnapshot: a snapshot that is being recorded and a restore do not
// get in one another's way, or say so.
func TestRestoreBesideSnapshot(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, mending)
	for _, path := range []string{"/identity_providers", "/policies"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			e := mending(t)
			e.arm(sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 400 * time.Millisecond, Path: path, Times: 1})
			p := e.start("snapshot", "--quiet")
			e.awaitFault()
			r := e.do(nil, e.carrying(e.begin...)...)
			s := p.end(t)
			switch {
			case r.code != 0 && r.code != 11, s.code != 0 && s.code != 11:
				t.Errorf("%s\n%s", r.whole(), s.whole())
			case r.code == 11:
				if len(e.runs()) > 0 {
					t.Error("it was refused, and has begun")
				}
				if r := e.do(nil, e.carrying(e.begin...)...); r.code != 0 {
					t.Errorf("%s", r.whole())
				}
			}
			// latest is the snapshot, or what came before the restore: neither is what was wanted.
			world := e.world()
			for name, want := range plain.world {
				if r.code == 0 && world[name] != want {
					t.Errorf("%s is\n%s\nwant\n%s", name, world[name], want)
				}
			}
			e.want(0, "verify")
		})
	}
}

// TestRestoreWithoutRoom: where the history cannot grow any more, nothing more is
// written, and with room again the run is finished.
func TestRestoreWithoutRoom(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, moving)
	whole := moving(t)
	whole.want(0, whole.carrying(whole.begin...)...)
	full := int64(len(read(t, whole.db)))
	begun, unfinished := 0, 0
	var mu sync.Mutex
	t.Cleanup(func() {
		if begun < 3 || unfinished < 3 {
			t.Errorf("of the restores %d were broken off at their beginning and %d later: that tells little", begun, unfinished)
		}
	})
	t.Logf("the history has %d bytes in the end", full)
	for missing := int64(4 << 10); missing < full; missing += 4 << 10 {
		if missing > 28<<10 && missing%(20<<10) != 0 { // there it fails at the beginning
			continue
		}
		t.Run(fmt.Sprint(missing), func(t *testing.T) {
			t.Parallel()
			e := moving(t)
			e.env["FILE_LIMIT"] = fmt.Sprint(full - missing)
			r := e.start(e.carrying(e.begin...)...).end(t)
			delete(e.env, "FILE_LIMIT")
			fmt.Fprintln(&e.said, r.whole())
			if v := e.run("verify"); v.code != 0 && v.code != 10 {
				t.Errorf("verify: %s", v)
			}
			runs := e.begun()
			_, writes := e.cloud.RequestCount()
			switch {
			case r.code != 1 || strings.Contains(r.stderr, "goroutine"):
				t.Errorf("want exit status 1, got %s", r.whole())
			case len(runs) == 0:
				mu.Lock()
				begun++
				mu.Unlock()
				if writes > 0 {
					t.Errorf("nothing was begun, and %d writes were sent", writes)
				}
				if r := e.do(nil, e.carrying(e.begin...)...); r.code != 0 {
					t.Errorf("with room: %s", r.whole())
				}
			default:
				mu.Lock()
				unfinished++
				mu.Unlock()
				known := 0
				for _, a := range runs[0].Actions {
					if a.Outcome != "pending" && a.Outcome != "none" {
						known++
					}
				}
				if writes > known {
					t.Errorf("%d writes were sent, the journal knows of %d", writes, known)
				}
				e.finish(1)
			}
			e.check(plain)
		})
	}
}

// TestRestoreWithoutHistory: where the history cannot be written nothing is written
// at all.
func TestRestoreWithoutHistory(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("the owner of files may write to them again: only root can become somebody else")
	}
	e := mending(t)
	const nobody = 65534
	must(filepath.WalkDir(e.home, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, nobody, nobody))
	}))
	for dir := filepath.Dir(e.home); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		must(os.Chmod(dir, 0o755))
	}
	for _, closed := range []string{e.db, filepath.Dir(e.db)} {
		must(os.Chown(closed, 0, 0))
	}
	must(os.Chmod(e.db, 0o644))
	must(os.Chmod(filepath.Dir(e.db), 0o755))
	before := read(t, e.db)
	e.cloud.ClearRequests()
	e.env["RUN_AS"] = fmt.Sprint(nobody)
	r := e.start(e.carrying(e.begin...)...).end(t)
	if r.code != 1 || !strings.Contains(r.stderr, "idpsnap: ") || strings.Contains(r.stderr, "goroutine") {
		t.Errorf("want exit status 1, got %s", r.whole())
	}
	if _, writes := e.cloud.RequestCount(); writes > 0 || !bytes.Equal(read(t, e.db), before) {
		t.Errorf("%d writes, or another history", writes)
	}
	if _, err := os.Stat(e.tokens(1)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file for tokens was left behind: %v", err)
	}
}

// hooked calls a function before each write is sent, counted from 1.
type hooked struct {
	carrier http.RoundTripper
	before  func(write int)
	writes  int
}

func (h *hooked) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		h.writes++
		h.before(h.writes)
	}
	return h.carrier.RoundTrip(r)
}

func beforeWrites(fn func(write int)) func(*commands.Env) {
	return func(env *commands.Env) { env.HTTP = &hooked{carrier: env.HTTP, before: fn} }
}

// TestNoRoomForTokens: where a SCIM token cannot be kept, the run stops, says whose it
// is, and can be resumed with another file.
func TestNoRoomForTokens(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, moving)
	stops := func(t *testing.T, e *errand, dir string, breaks func()) {
		t.Helper()
		r := e.do(beforeWrites(func(write int) {
			if write == 3 { // the first that tells a token
				breaks()
			}
		}), append(slices.Clone(e.begin), "--yes", "--secrets-file", e.secrets, "--scim-secrets-out", filepath.Join(dir, "tokens.json"))...)
		if r.code != 1 && r.code != 3 || !strings.Contains(r.stderr, `the SCIM token of "Entra ID" is lost`) {
			t.Errorf("want it to stop and say that the token is lost, got %s", r.whole())
		}
		if !e.saysLost("Entra ID") {
			t.Errorf("the token is not named: %s", r.whole())
		}
		if _, writes := e.cloud.RequestCount(); writes != 3 {
			t.Errorf("%d writes were sent", writes)
		}
		e.finish(1)
		e.check(plain)
	}
	t.Run("directory gone", func(t *testing.T) {
		t.Parallel()
		e := moving(t)
		dir := filepath.Join(e.home, "tokens")
		must(os.Mkdir(dir, 0o700))
		stops(t, e, dir, func() { must(os.RemoveAll(dir)) })
	})
	t.Run("disk full", func(t *testing.T) {
		t.Parallel()
		disk := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk).CombinedOutput(); err != nil {
			t.Skipf("no small disk can be had (%v: %s)", err, bytes.TrimSpace(out))
		}
		t.Cleanup(func() {
			if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
				t.Errorf("umount: %v: %s", err, out)
			}
		})
		e := moving(t)
		stops(t, e, disk, func() { fill(t, disk, 0) })
	})
}

// TestNotAllowedToWrite: a token that may not write, or not any more, ends the run
// with status 4 and the name of the permission; with another token it is finished.
func TestNotAllowedToWrite(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, mending)
	providers, apps := sandbox.IdentityProvidersWrite, sandbox.AppsPoliciesWrite
	for n := 1; n <= len(plain.writes); n++ {
		of := kindOfPath(plain.writes[n-1].Path)
		if n%2 == 0 && n != len(plain.writes) && of != "policies" {
			continue
		}
		missing, says := providers, "Access: Organizations, Identity Providers, and Groups Write"
		if of == "apps" || of == "policies" {
			missing, says = apps, "Access: Apps and Policies Write"
		}
		t.Run(fmt.Sprintf("%d %s %s", n, plain.writes[n-1].Method, of), func(t *testing.T) {
			t.Parallel()
			e := mending(t)
			e.cloud.ClearRequests()
			r := e.do(beforeWrites(func(write int) {
				if write == n {
					e.cloud.AddToken(sandbox.Token{Value: sandbox.DefaultToken, Permissions: sandbox.AllPermissions &^ missing})
				}
			}), e.carrying(e.begin...)...)
			if r.code != 4 || !strings.Contains(r.stderr, says) {
				t.Errorf("want exit status 4 and %q, got %s", says, r.whole())
			}
			effects := 0
			for _, w := range e.cloud.Writes() {
				if w.TookEffect() {
					effects++
				}
			}
			if _, writes := e.cloud.RequestCount(); effects != n-1 || writes != n {
				t.Errorf("%d writes were sent, %d took effect", writes, effects)
			}
			// Not mended, it stays as it is.
			if again := e.do(nil, e.carrying("resume", e.last().ID)...); again.code != 4 {
				t.Errorf("once more: %s", again.whole())
			}
			e.cloud.AddToken(sandbox.Token{Value: sandbox.DefaultToken, Permissions: sandbox.AllPermissions})
			e.finish(1)
			e.check(plain)
		})
	}
	t.Run("revoked", func(t *testing.T) {
		t.Parallel()
		e := mending(t)
		r := e.do(beforeWrites(func(write int) {
			if write == 2 {
				e.cloud.RemoveToken(sandbox.DefaultToken)
			}
		}), e.carrying(e.begin...)...)
		if r.code != 4 {
			t.Errorf("want exit status 4, got %s", r.whole())
		}
		e.cloud.AddToken(sandbox.Token{Value: sandbox.DefaultToken, Permissions: sandbox.AllPermissions})
		e.finish(1)
		e.check(plain)
	})
}

// kindOfPath is the collection that a path is in.
func kindOfPath(path string) string {
	_, rest, _ := strings.Cut(path, "/access/")
	kind, _, _ := strings.Cut(rest, "/")
	return kind
}

// TestHistoryLocked: where somebody else does not let go of the history in the middle,
// nothing more is written, and the run can be resumed.
func TestHistoryLocked(t *testing.T) {
	t.Parallel()
	plain := undisturbed(t, mending)
	for n := 1; n <= len(plain.writes); n += 3 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			e := mending(t)
			e.cloud.ClearRequests()
			db, err := sql.Open("sqlite3", "file:"+e.db+"?_txlock=immediate")
			must(err)
			defer db.Close()
			var tx *sql.Tx
			r := e.do(beforeWrites(func(write int) {
				if write == n {
					tx, err = db.Begin()
					must(err)
				}
			}), append(e.carrying(e.begin...), "--lock-timeout", "0s")...)
			must(tx.Rollback())
			if r.code != 11 {
				t.Errorf("want exit status 11, got %s", r.whole())
			}
			if _, writes := e.cloud.RequestCount(); writes != n {
				t.Errorf("%d writes were sent, want %d", writes, n)
			}
			e.finish(1)
			e.check(plain)
		})
	}
}
