package main

import (
	"context"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/idpsnap/idpsnap/commands"
)

// TestMain lets the test binary be idpsnap for the tests.
func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"idpsnap": idpsnap})
}

// tidy runs the tests, and removes what they share.
type tidy struct{ *testing.M }

func (m tidy) Run() int {
	code := m.M.Run()
	must(os.RemoveAll(yearDir))
	return code
}

// idpsnap is main with a known version, a clock that a test can set, and waits
// that are cut short while the clock goes on as if they had not been. Besides NOW
// (see tamed) a test may set
//
//	REAL_WAITS=1    waits take as long as they take
//	RUN_AS=UID      root gives up its rights and becomes this user
//	FILE_LIMIT=N    no file may grow beyond N bytes, as if the disk were full
//	EVENTS=FILE     what happens in a restore is noted in the file, see mortal
//	KILL_AT=EVENT   at this one of them the process is killed
func idpsnap() {
	if text := os.Getenv("FILE_LIMIT"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		must(err)
		signal.Ignore(syscall.SIGXFSZ) // so that writing fails and does not kill
		must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n}))
	}
	if text := os.Getenv("RUN_AS"); text != "" {
		id, err := strconv.Atoi(text)
		must(err)
		must(syscall.Setgroups(nil))
		must(syscall.Setgid(id))
		must(syscall.Setuid(id))
	}
	ctx, stop := commands.Signals(context.Background())
	status := commands.Main(ctx, mortal(tamed(os.Getenv), os.Getenv), os.Args[1:])
	stop()
	os.Exit(status)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// tamed is the system's Env with the environment, the clock and the waits of a
// test: NOW is the time at which the clock begins.
func tamed(getenv func(string) string) commands.Env {
	env := commands.System()
	env.Version = "v0.0.0-test"
	env.Headroom = 0
	env.Getenv = getenv
	env.Entropy = strings.NewReader(strings.Repeat("not random", 32))
	c := &clock{}
	if text := getenv("NOW"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		must(err)
		c.ahead = time.Until(at)
	}
	env.Now = c.now
	if getenv("REAL_WAITS") == "" {
		sleep := env.Sleep
		env.Sleep = func(ctx context.Context, d time.Duration) error {
			until := c.now().Add(d)
			err := sleep(ctx, min(d, time.Millisecond))
			c.reach(until)
			return err
		}
	}
	return env
}

// clock is the real one and more.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) reach(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = max(c.ahead, time.Until(t))
}
