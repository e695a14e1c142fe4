package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestMain lets the processes that bench starts of itself be this one.
func TestMain(m *testing.M) {
	if os.Getenv(childVar) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// bench runs the program.
func bench(t *testing.T, args ...string) string {
	t.Helper()
	var stdout bytes.Buffer
	if err := run(context.Background(), args, &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	return stdout.String()
}

// holds checks that every step is in the table and in the file, measured or with
// the reason why not.
func holds(t *testing.T, text string, r *record) {
	t.Helper()
	for _, s := range steps(&r.Options) {
		if !strings.Contains(text, s.title) {
			t.Errorf("the table lacks %q", s.title)
		}
		for _, program := range s.programs {
			m := r.get(s.id, program, s.what)
			if m == nil {
				t.Errorf("the file lacks %s of %s", s.title, program)
				continue
			}
			if !strings.Contains(text, program) || (m.Lacking == "") != (len(m.Values) > 0) || m.Median < m.Min {
				t.Errorf("%s of %s: %+v", s.title, program, *m)
			}
			if s.lacking != "" && m.Lacking != s.lacking {
				t.Errorf("%s of %s: not measured: %q, want %q", s.title, program, m.Lacking, s.lacking)
			}
		}
	}
	if len(r.Goals) != len(goals()) {
		t.Errorf("%d goals, want %d", len(r.Goals), len(goals()))
	}
	for _, g := range goals() {
		if !strings.Contains(text, g.what) || !strings.Contains(text, g.by) {
			t.Errorf("the table lacks the goal %q, measured by %q", g.what, g.by)
		}
	}
}

func TestEveryRowIsInTheTableAndInTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	file := filepath.Join(t.TempDir(), "run.json")
	text := bench(t, "-users", "300", "-nights", "2", "-slow", "1", "-latency", "1ms", "-history", "3", "-rounds", "1", "-install=false", "-json", file)
	f, err := load(file)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, text, f.Runs[0])
	if f.Program.Go != runtime.Version() || !strings.Contains(text, f.Program.String()) {
		t.Errorf("the program that was measured is %+v in the file, and the table is\n%s", f.Program, text)
	}
	if again := bench(t, file); again != text {
		t.Errorf("printed again:\n%s\nwant\n%s", again, text)
	}
	both := bench(t, "-compare", file, file)
	for _, want := range []string{"size after the last night", "ratio", "1.00", "old: " + f.Program.String(), "new: " + f.Program.String()} {
		if !strings.Contains(both, want) {
			t.Errorf("two runs beside each other lack %q:\n%s", want, both)
		}
	}
	doc := filepath.Join(t.TempDir(), "doc.md")
	if err := os.WriteFile(doc, []byte("before\n<!-- bench: nights -->\nold\n<!-- bench: end -->\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bench(t, "-doc", doc, file)
	got, err := os.ReadFile(doc)
	want := "before\n<!-- bench: nights -->\n\n" + bench(t, "-markdown", file) + "<!-- bench: end -->\nafter\n"
	if err != nil || string(got) != want {
		t.Errorf("%v: the document is\n%s\nwant\n%s", err, got, want)
	}
}

func TestWhatIsLeftOutIsSaid(t *testing.T) {
	without := func(tool string) *lab {
		l := newLab(io.Discard)
		l.lacking[tool] = tool + " is not installed"
		return l
	}
	for name, test := range map[string]struct {
		lab           *lab
		options       options
		step, program string
		want          string
	}{
		"the server":     {without(""), options{Peers: true}, firstNight, idpsnap, "left out by -nights 0"},
		"slow nights":    {without(""), options{Nights: 2}, slowNight, plainFetch, "left out by -slow 0"},
		"a history":      {without(""), options{Nights: 2}, made + asOf, storeAlone, "left out by -history 0"},
		"peers":          {without(""), options{Nights: 2}, nextNight, gitNight, "left out by -peers=false"},
		"one peer":       {without("restic"), options{Nights: 2, Peers: true}, sizeAll, resticAsked, "restic is not installed"},
		"what all need":  {without("jq"), options{Nights: 2, Peers: true}, verified, gitPacked, "jq is not installed"},
		"for no reason":  {without("restic"), options{Nights: 2, Peers: true}, nextNight, gitNight, "nothing was found"},
		"nobody's fault": {without("git"), options{Nights: 2, Peers: true}, nextNight, idpsnap, "nothing was found"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &record{Options: test.options, without: test.lab.reasons(&test.options)}
			r.finish()
			var text strings.Builder
			p := printer{w: &text}
			p.record(r)
			holds(t, text.String(), r)
			what := wallTime
			if test.step == sizeAll {
				what = size
			}
			if m := r.get(test.step, test.program, what); m == nil || m.Lacking != test.want {
				t.Errorf("%s of %s: %+v, want %q", test.step, test.program, m, test.want)
			}
			if !strings.Contains(text.String(), test.want) {
				t.Errorf("the table lacks %q:\n%s", test.want, text.String())
			}
		})
	}
}

func TestOlderFilesAreRead(t *testing.T) {
	older := filepath.Join(t.TempDir(), "older.json")
	const text = `{"format":1,"command":"bench","machine":{},"runs":[{"options":{"users":100000},"goals":[{"goal":"the first night","verdict":"ok"}]}]}`
	if err := os.WriteFile(older, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := load(older)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Runs[0].Goals[0].By; got != "idpsnap snapshot" {
		t.Errorf("the goal was measured by %q", got)
	}
	if text := bench(t, "-compare", older, older); !strings.Contains(text, "old: "+build{}.String()) {
		t.Errorf("that no program is known is not said:\n%s", text)
	}
}

func TestProgramsAreToldApart(t *testing.T) {
	const revision = "0123456789abcdef0123456789abcdef01234567"
	for want, b := range map[string]build{
		"idpsnap at 0123456789ab": {Version: "v1.2.3", Revision: revision},
		"idpsnap at 0123456789ab, with changes that were not committed": {Revision: revision, Modified: true},
		"idpsnap v1.2.3": {Version: "v1.2.3"},
		"idpsnap of a revision that is not known": {Version: "(devel)"},
	} {
		if got := b.String(); got != want {
			t.Errorf("%+v is %q, want %q", b, got, want)
		}
	}
}

func TestManyUsersAreMeasuredInMinutes(t *testing.T) {
	usual := options{Nights: 30, Slow: 5, History: 365, Rounds: 5}
	for name, test := range map[string]struct {
		args string
		want options
	}{
		"as many as the goals are of": {"-users 100000", usual},
		"many":                        {"-users 1000000", options{Nights: 4, Rounds: 3}},
		"what was set stays":          {"-nights 2 -slow 1 -history 365 -users 1000000", options{Nights: 2, Slow: 1, History: 365, Rounds: 3}},
		"even if it is the default":   {"-users 1000000 -nights 30 -slow 5 -history 365 -rounds 5", usual},
		"growth":                      {"-growth -users 1000000", usual},
	} {
		t.Run(name, func(t *testing.T) {
			o, _, err := parse(strings.Fields(test.args), io.Discard)
			got := options{Nights: o.Nights, Slow: o.Slow, History: o.History, Rounds: o.Rounds}
			if err != nil || got != test.want {
				t.Errorf("%+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func TestGoalsAreOfOneWorkload(t *testing.T) {
	o := options{Users: 100_000, Nights: 2, History: 365, Churn: 1}
	for name, test := range map[string]struct {
		seconds float64
		change  func(o *options)
		want    string
	}{
		"met":           {0.8, func(*options) {}, met},
		"missed":        {0.81, func(*options) {}, missed},
		"of more users": {0.8, func(o *options) { o.Users = 1_000_000 }, "is of 100,000 users"},
		"of more churn": {0.8, func(o *options) { o.Churn = 10 }, "is of churn 1"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &record{Options: o}
			test.change(&r.Options)
			r.add(firstNight, idpsnap, wallTime, test.seconds)
			r.finish()
			for _, v := range r.Goals {
				want := "not measured"
				if v.Goal == "the first night" {
					want = test.want
				}
				if v.Verdict != want && !strings.HasPrefix(v.Verdict, "is of") {
					t.Errorf("%s: %s, want %s", v.Goal, v.Verdict, want)
				}
			}
		})
	}
}
