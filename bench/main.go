// Command bench measures whole nights, as cron would run them, against the sandbox,
// beside what people do without idpsnap:
//
//	go run ./bench                                     30 nights of 100,000 users
//	go run ./bench -nights 365                         a year of them
//	go run ./bench -users 1000000 -peers=false         4 nights of a million users
//	go run ./bench -nights 0                           only the history made without a server
//	go run ./bench -growth                             more users, more changes, more nights
//	go run ./bench -json new.json -compare old.json    beside an earlier run
//	go run ./bench -compare old.json new.json          two earlier runs
//	go run ./bench -json bench/results/nights.json -doc docs/performance.md
//	go run ./bench -growth -json bench/results/growth.json -doc docs/performance.md
//
// A night is measured for idpsnap, for fetching the same pages and throwing them
// away, and on the same pages for curl, jq and a git commit, and for curl, jq and
// restic: one after the other, night by night, because on a noisy machine only what
// was measured side by side can be compared. Then what is asked of the history. The
// numbers are medians; time is the wall's. Peers that are missing are installed
// from Debian's packages where that may be done; where it may not, the table says
// so.
//
// The goals for a year are judged by a history of 365 nights that is made without
// a server, which takes a minute or two instead of an hour.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := childOr(ctx, func() error { return run(ctx, os.Args[1:], os.Stdout, os.Stderr) })
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted") // what was ended by it says only that it was killed
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options say what is measured.
type options struct {
	Users   int           `json:"users"`
	Nights  int           `json:"nights"` // the first among them
	Slow    int           `json:"slow_nights"`
	Latency time.Duration `json:"latency_ns"`
	Churn   float64       `json:"churn"`
	History int           `json:"history_nights"`
	Rounds  int           `json:"rounds"`
	Peers   bool          `json:"peers"`

	install                bool
	program                string
	growth, markdown       bool
	jsonFile, compare, doc string
}

const parallelism = 8

// The people of a night, of 10,000 users, at churn 1.
const changedShare, addedShare, removedShare = 30, 5, 5

// churn is how many users are changed, added and removed in a night.
func (o *options) churn() (changed, added, removed int) {
	of := func(share float64) int { return max(1, int(float64(o.Users)*share*o.Churn/10_000)) }
	return of(changedShare), of(addedShare), of(removedShare)
}

// parse reads the options, and the files that are named after them.
func parse(args []string, stderr io.Writer) (o options, files []string, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.Users, "users", 100_000, "SCIM `users`; for 50 of them there is one group; for more than 100000, -nights is 4, -rounds 3, -slow and -history 0 unless set")
	flags.IntVar(&o.Nights, "nights", 30, "`nights`, with the first; 0 leaves out all that needs a server")
	flags.IntVar(&o.Slow, "slow", 5, "`nights` with -latency")
	flags.DurationVar(&o.Latency, "latency", 50*time.Millisecond, "`time` that a request takes in a slow night")
	flags.Float64Var(&o.Churn, "churn", 1, "`times` as many changes a night as 0.3 % changed, 0.05 % added, 0.05 % removed")
	flags.IntVar(&o.History, "history", 365, "`nights` of the history that is made without a server; 0 leaves it out")
	flags.IntVar(&o.Rounds, "rounds", 5, "`times` that each question is put to a history")
	flags.BoolVar(&o.Peers, "peers", true, "measure curl, jq, git and restic, too")
	flags.BoolVar(&o.install, "install", true, "install missing peers with apt-get, where this is root")
	flags.StringVar(&o.program, "program", "", "measure the idpsnap in `FILE` instead of this one")
	flags.BoolVar(&o.growth, "growth", false, "how the cost grows with users, changes and nights: nine smaller runs")
	flags.BoolVar(&o.markdown, "markdown", false, "print Markdown")
	flags.StringVar(&o.jsonFile, "json", "", "write everything that was measured to `FILE`")
	flags.StringVar(&o.compare, "compare", "", "print it beside `FILE`, which -json wrote")
	flags.StringVar(&o.doc, "doc", "", "put the tables into `FILE`, in the place of the last ones")
	if err := flags.Parse(args); err != nil {
		return o, nil, err
	}
	o.limit(flags)
	return o, flags.Args(), o.check()
}

// limit makes a run of many users one of minutes, as the largest of growth is. What
// was set is left as it is, and growth, which limits its own runs.
func (o *options) limit(flags *flag.FlagSet) {
	if o.Users <= manyUsers || o.growth {
		return
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, option := range map[string]struct {
		value *int
		few   int
	}{"nights": {&o.Nights, 4}, "rounds": {&o.Rounds, 3}, "slow": {&o.Slow, 0}, "history": {&o.History, 0}} {
		if !given[name] {
			*option.value = option.few
		}
	}
}

// manyUsers is how many the goals are of. With more of them nights, rounds and a
// year's history take hours.
const manyUsers = 100_000

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, files, err := parse(args, stderr)
	if err != nil {
		return err
	}
	var old file // read first: a name that is wrong should not cost a run, nor -json write over it
	if o.compare != "" {
		if old, err = load(o.compare); err != nil {
			return err
		}
	}
	f, err := found(ctx, &o, files, strings.Join(args, " "), stderr)
	if err != nil {
		return err
	}
	p := printer{w: stdout, markdown: o.markdown}
	p.file(f)
	if o.compare != "" {
		p.compare(old, f)
	}
	if o.doc != "" {
		p.err = errors.Join(p.err, f.document(o.doc))
	}
	return p.err
}

// found is what an earlier run has written or, without a file, what is measured now.
func found(ctx context.Context, o *options, files []string, args string, progress io.Writer) (f file, err error) {
	switch len(files) {
	case 0:
	case 1:
		return load(files[0])
	default:
		return f, fmt.Errorf("%d files: one is printed; -compare takes the other", len(files))
	}
	if f, err = measureAll(ctx, o, progress); err != nil {
		return f, err
	}
	f.Command = strings.TrimSpace("go run ./bench " + args)
	if o.jsonFile != "" {
		err = f.save(o.jsonFile)
	}
	return f, err
}

func (o *options) check() error {
	switch {
	case o.Nights < 0 || o.Nights == 1 || o.History < 0 || o.History == 1:
		return fmt.Errorf("-nights and -history want 0, or 2 and more: with one night there is nothing to compare")
	case o.Users < 50 || o.Users > 1_000_000:
		return fmt.Errorf("-users wants a number from 50 to 1000000")
	case o.Rounds < 1 || o.Churn <= 0 || o.Slow < 0:
		return fmt.Errorf("-rounds and -churn want more than 0, -slow no less")
	}
	return nil
}

// measureAll makes the runs that the options ask for.
func measureAll(ctx context.Context, o *options, progress io.Writer) (f file, err error) {
	l := newLab(progress)
	if err := l.prepare(ctx, o); err != nil {
		return f, err
	}
	defer func() {
		if e := l.close(); err == nil {
			err = e
		}
	}()
	f = file{Format: fileFormat, Program: buildOf(l.program), Machine: l.machine(ctx)}
	sets := []set{{Runs: []options{*o}}}
	if o.growth {
		sets = growth(*o)
	}
	for _, s := range sets {
		for _, o := range s.Runs {
			r, err := l.measure(ctx, o)
			if err != nil {
				return f, err
			}
			r.Set = s.Title
			f.Runs = append(f.Runs, r)
		}
	}
	return f, nil
}
