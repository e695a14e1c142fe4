package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what a process took, with those that it started.
type usage struct {
	wall, cpu time.Duration // cpu is user and system
	memory    int64         // at the peak, in bytes; 0 where it is not known
}

// plus is the usage of one process after the other.
func (u usage) plus(v usage) usage {
	return usage{u.wall + v.wall, u.cpu + v.cpu, max(u.memory, v.memory)}
}

// command prepares a process that ends with the context, and with it those that it
// started.
func command(ctx context.Context, dir string, env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// timed runs a process whose output, unless it has a place, is thrown away.
func timed(cmd *exec.Cmd) (usage, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		text := stderr.Bytes()
		return usage{}, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args[:min(len(cmd.Args), 6)], " "), err, text[max(0, len(text)-2000):])
	}
	u := usage{wall: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	// A process inherits the peak of the one that started it. What is not above this
	// one's is not known.
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && r.Maxrss*1024 > peak() {
		u.memory = r.Maxrss * 1024
	}
	return u, nil
}

// output runs a process and returns what it printed.
func output(cmd *exec.Cmd) ([]byte, error) {
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	_, err := timed(cmd)
	return stdout.Bytes(), err
}

// peak is the most memory that this process has had.
func peak() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kb, 10, 64)
	return n * 1024
}

// log tells on standard error how far it is.
type log struct {
	w     io.Writer
	start time.Time
}

func (l log) say(format string, args ...any) {
	fmt.Fprintf(l.w, "%5.0f s  %s\n", time.Since(l.start).Seconds(), fmt.Sprintf(format, args...))
}
