package commands

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func someFlags() flagTable {
	return tableOf([]cli.Flag{
		&cli.BoolFlag{Name: "json"}, &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}},
		&cli.StringFlag{Name: "db"}, &cli.StringFlag{Name: "note"}, &cli.StringSliceFlag{Name: "kind"},
	})
}

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		args, flags, rest string // separated by spaces; "" in args is written as _
		err               string
	}{
		{"a b", "", "a b", ""},
		{"a --json b", "--json", "a b", ""},
		{"a -q --db x b", "-q --db=x", "a b", ""},
		{"--db=x a --kind k --kind=l", "--db=x --kind=k --kind=l", "a", ""},
		{"-db x a -json", "--db=x -json", "a", ""},
		{"a -- --json --db", "", "a --json --db", ""},
		{"a - file:-", "", "a - file:-", ""},
		{"--db=--json a", "--db=--json", "a", ""},
		{"--db -5 a", "--db=-5", "a", ""},
		{"--note _ a", "--note=", "a", ""},
		{"--json=false a", "--json=false", "a", ""},
		{"--db=a=b", "--db=a=b", "", ""},
		{"a --db", "", "", "needs a value"},
		{"--db _ a", "", "", "is empty"},
		{"--db= a", "", "", "is empty"},
		{"--db --json a", "", "", "the flag --json follows"},
		{"--db -- a", "--db=--", "a", ""},
		{"--jsno a", "", "", "no flag --jsno"},
		{"-x", "", "", "no flag --x"},
		{"---json", "", "", "no flag --"},
		{"--=", "", "", "no flag --"},
		{"--token=abc", "", "", "never flags"},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := strings.Fields(test.args)
			for i := range args {
				if args[i] == "_" {
					args[i] = ""
				}
			}
			flags, rest, err := someFlags().split("show", args)
			switch {
			case test.err != "":
				if err == nil || !strings.Contains(err.Error(), test.err) || !errors.Is(err, errUsage) {
					t.Errorf("error %v, want one with %q", err, test.err)
				}
			case err != nil:
				t.Error(err)
			case strings.Join(flags, " ") != test.flags || strings.Join(rest, " ") != test.rest:
				t.Errorf("flags %q, rest %q; want %q, %q", flags, rest, test.flags, test.rest)
			}
		})
	}
}

// No argument is lost, made or reordered; a flag is never left among the
// arguments before "--".
func FuzzSplit(f *testing.F) {
	f.Add("a\x00--json\x00--db\x00x\x00--\x00--y")
	f.Add("--kind=a\x00b\x00-q")
	f.Fuzz(func(t *testing.T, joined string) {
		args := strings.Split(joined, "\x00")
		flags, rest, err := someFlags().split("show", args)
		if err != nil {
			if !errors.Is(err, errUsage) {
				t.Fatal(err)
			}
			return
		}
		end := slices.Index(args, "--")
		for i, a := range rest {
			if looksLikeFlag(a) && (end < 0 || !slices.Contains(args[end:], a)) {
				t.Fatalf("argument %d is the flag %q", i, a)
			}
		}
		next := 0
		for _, a := range rest {
			for next < len(args) && args[next] != a {
				next++
			}
			if next == len(args) {
				t.Fatalf("%q is not among %q in this order", rest, args)
			}
			next++
		}
		for _, fl := range flags {
			if !strings.HasPrefix(fl, "-") {
				t.Fatalf("%q is no flag", fl)
			}
		}
	})
}

func TestNearest(t *testing.T) {
	commands := []string{"snapshot", "snapshots", "show", "verify", "doctor", "sandbox", "demo", "help"}
	for word, want := range map[string]string{
		"snapshto": "snapshot", "snaphsots": "snapshots", "shwo": "show", "verfy": "verify", "sand": "sandbox",
		"restore": "", "x": "", "": "", "snap": "snapshot", "docter": "doctor",
	} {
		if got := nearest(word, commands); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}
