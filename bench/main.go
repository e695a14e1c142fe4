// Command bench times whole nights, as cron would run them, against the sandbox:
//
//	go run ./bench [-users 100000] [-nights 7] [-latency 50ms]
//	go run ./bench -history -nights 365
//
// It prints, for the first night and for the median of the others, the time and
// the peak memory of the idpsnap process, what the history grew by, and how long
// fetching the same pages and throwing them away takes, in the same run: on a
// noisy machine only the ratios mean something. Then, as medians of five runs, what
// looking into that history takes: what differs between neighbouring nights and
// between the first and the last, everything as of the one in the middle, and
// verify. With -history it makes the nights without a server and times that alone.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	b := bench{}
	fetch := flag.Bool("fetch", false, "only fetch the pages named on standard input (used by bench itself)")
	flag.IntVar(&b.users, "users", 100_000, "SCIM `users`; for 50 of them there is one group")
	flag.IntVar(&b.nights, "nights", 7, "incremental `nights`")
	flag.DurationVar(&b.latency, "latency", 50*time.Millisecond, "latency of a request in the second half")
	flag.BoolVar(&b.history, "history", false, "only time looking into a history of so many nights")
	at := flag.String("make", "", "only make the history at `FILE` (used by bench itself)")
	flag.Parse()
	run := b.run
	switch {
	case *fetch:
		run = fetchAll
	case *at != "":
		run = func(ctx context.Context) error { return b.makeHistory(ctx, *at) }
	}
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	users, nights int
	latency       time.Duration
	history       bool

	dir     string
	program string
	env     []string // of idpsnap
	base    string   // of the sandbox
	account string
	token   string
	pages   []byte // URLs of what a night reads, a line each
}

const parallelism = 8

func (b *bench) run(ctx context.Context) (err error) {
	if b.dir, err = os.MkdirTemp("", "idpsnap-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	b.program = filepath.Join(b.dir, "idpsnap")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", b.program, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	if b.history {
		return b.ofHistory(ctx)
	}
	stop, err := b.startSandbox(ctx)
	if err != nil {
		return err
	}
	defer stop()

	fmt.Printf("%d users and %d groups, %d cores, %s\n\n", b.users, b.users/50, runtime.NumCPU(), runtime.Version())
	if err := b.listPages(ctx); err != nil {
		return err
	}
	first, err := b.night(ctx)
	if err != nil {
		return err
	}
	plain, err := b.plainFetch(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%-34s %9s %9s %7s %10s\n", "", "idpsnap", "fetch", "ratio", "memory")
	line("first night", first, plain)
	size := b.size()
	if err := b.incremental(ctx, "incremental night"); err != nil {
		return err
	}
	fmt.Printf("\nhistory: %.1f MB after the first night, %.1f KB more for each of the others\n",
		float64(size)/1e6, float64(b.size()-size)/1e3/float64(b.nights))
	if err := b.look(ctx); err != nil {
		return err
	}
	fmt.Println()
	fault := fmt.Sprintf(`{"kind":"latency","latency":%q}`, b.latency)
	if err := b.post(ctx, "faults", fault); err != nil {
		return err
	}
	return b.incremental(ctx, fmt.Sprintf("incremental, %v a request", b.latency))
}

func (b *bench) incremental(ctx context.Context, what string) error {
	var nights, plains []usage
	for range b.nights {
		churn := fmt.Sprintf("churn?target=account:%s&changed=%d&added=%d&removed=%d", b.account, b.users*3/1000, b.users/2000, b.users/2000)
		if err := b.post(ctx, churn, ""); err != nil {
			return err
		}
		if err := b.listPages(ctx); err != nil {
			return err
		}
		night, err := b.night(ctx)
		if err != nil {
			return err
		}
		plain, err := b.plainFetch(ctx)
		if err != nil {
			return err
		}
		nights, plains = append(nights, night), append(plains, plain)
	}
	line(fmt.Sprintf("%s (median of %d)", what, b.nights), median(nights), median(plains))
	return nil
}

// usage is what a process took.
type usage struct {
	wall   time.Duration
	memory int64 // at the peak, in bytes
}

func median(list []usage) usage {
	slices.SortFunc(list, func(a, b usage) int { return int(a.wall - b.wall) })
	return list[len(list)/2]
}

func memory(u usage) string { return fmt.Sprintf("%.0f MB", float64(u.memory)/1e6) }

func line(what string, night, plain usage) {
	fmt.Printf("%-34s %9s %9s %7.2f %10s\n", what, night.wall.Round(time.Millisecond), plain.wall.Round(time.Millisecond),
		float64(night.wall)/float64(plain.wall), memory(night))
}

func timed(cmd *exec.Cmd) (usage, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, stderr.String())
	}
	u := usage{wall: time.Since(start)}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.memory = r.Maxrss * 1024
	}
	return u, nil
}

func (b *bench) idpsnap(ctx context.Context, args ...string) (usage, error) {
	cmd := exec.CommandContext(ctx, b.program, append(args, "--quiet")...)
	cmd.Env = append(os.Environ(), b.env...)
	return timed(cmd)
}

// look times what is asked of the history, as processes.
func (b *bench) look(ctx context.Context) error {
	for _, args := range [][]string{
		{"diff", "latest~1", "latest"},
		{"diff", fmt.Sprintf("latest~%d", b.nights-1), "latest"},
		{"diff", fmt.Sprintf("latest~%d", b.nights-1), "latest", "--json"},
		{"show", fmt.Sprintf("latest~%d", b.nights/2), "--json"},
		{"log", "Okta"},
		{"verify"},
	} {
		u, err := b.often(ctx, args...)
		if err != nil {
			return err
		}
		fmt.Printf("idpsnap %-28s %9s %25s\n", strings.Join(args, " "), u.wall.Round(time.Millisecond), memory(u))
	}
	return nil
}

// often gives the median of some runs of the same command.
func (b *bench) often(ctx context.Context, args ...string) (usage, error) {
	var list []usage
	for range 5 {
		u, err := b.idpsnap(ctx, args...)
		if err != nil {
			return u, err
		}
		list = append(list, u)
	}
	return median(list), nil
}

func (b *bench) night(ctx context.Context) (usage, error) {
	return b.idpsnap(ctx, "snapshot", "--parallelism", fmt.Sprint(parallelism))
}

func (b *bench) size() int64 {
	info, err := os.Stat(filepath.Join(b.dir, "history.db"))
	if err != nil {
		return 0
	}
	return info.Size()
}

func (b *bench) plainFetch(ctx context.Context) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	cmd := exec.CommandContext(ctx, self, "-fetch")
	cmd.Env = append(os.Environ(), "TOKEN="+b.token)
	cmd.Stdin = bytes.NewReader(b.pages)
	return timed(cmd)
}

// startSandbox serves the population and reads from what is printed how to use it.
func (b *bench) startSandbox(ctx context.Context) (stop func(), err error) {
	cmd := exec.CommandContext(ctx, b.program, "sandbox", "--listen", "127.0.0.1:0", "--no-rate-limit", "--users", fmt.Sprint(b.users))
	cmd.Env = append(os.Environ(), "HOME="+b.dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	b.env = []string{"HOME=" + b.dir, "IDPSNAP_DB=" + filepath.Join(b.dir, "history.db")}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		setting, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "export ")
		if !ok {
			continue
		}
		name, value, _ := strings.Cut(setting, "=")
		value = strings.Trim(value, `'"`)
		b.env = append(b.env, name+"="+value)
		switch name {
		case "CLOUDFLARE_BASE_URL":
			b.base = strings.TrimSuffix(value, "/client/v4")
		case "CLOUDFLARE_ACCOUNT_ID":
			b.account = value
		case "CLOUDFLARE_API_TOKEN":
			b.token = value
		}
		if b.base != "" && b.account != "" && b.token != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return stop, nil
		}
	}
	stop()
	return nil, errors.New("the sandbox did not say how to use it")
}

func (b *bench) post(ctx context.Context, path, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+"/sandbox/"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s: %s: %s", path, resp.Status, text)
	}
	return nil
}
