package report

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// readPath takes a dotted path apart again, as stepName promises that one can.
func readPath(t interface{ Fatalf(string, ...any) }, path string) []string {
	var steps []string
	for {
		step, rest, more := strings.Cut(path, ".")
		if strings.HasPrefix(path, `"`) {
			d := json.NewDecoder(strings.NewReader(path))
			if err := d.Decode(&step); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			rest = path[d.InputOffset():]
			rest, more = strings.CutPrefix(rest, ".")
		}
		steps = append(steps, step)
		if !more {
			return steps
		}
		path = rest
	}
}

func TestPathsCanBeReadBack(t *testing.T) {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.SampledFrom([]string{"", ".", " ", `"`, `\`, `\"`, "\n", "\u202e", "\U000e0041", "é", "́", "config", "0", "/", "~", "�"})
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(odd, 0, 12).Draw(t, "parts"), "") + rapid.String().Draw(t, "rest")
		}), 1, 4).Draw(t, "steps")
		pointer := ""
		for _, s := range steps {
			pointer += "/" + escape.Replace(s)
		}
		path := dotted(pointer)
		if got := readPath(t, path); strings.Join(got, "\x00") != strings.Join(steps, "\x00") || len(got) != len(steps) {
			t.Fatalf("%q: %s: %q", steps, path, got)
		}
		if Safe(path) != path {
			t.Fatalf("%q is not safe", path)
		}
	})
}

func TestLongValuesAreCutUnlessAllIsAskedFor(t *testing.T) {
	r := longValues(t)
	for _, format := range []string{"text", "markdown", "html"} {
		for _, width := range []int{0, 80} {
			short := printedDiff(t, format, r, DiffOptions{Style: Style{Width: width}})
			full := printedDiff(t, format, r, DiffOptions{Style: Style{Width: width}, Full: true})
			oneLine := strings.NewReplacer("\n", "", " ", "")
			for _, s := range []string{"and280more;--fullshowsall", "and240more;--fullshowsall", "(2,625more;--fullshowsall)"} {
				if !strings.Contains(oneLine.Replace(short), s) {
					t.Errorf("%s, %d columns: no %q: %s", format, width, s, short)
				}
			}
			if n := strings.Count(short, "group 2"); n > 40 {
				t.Errorf("%s: %d elements", format, n)
			}
			all := oneLine.Replace(full)
			if strings.Contains(all, "--full") || strings.Contains(all, "…") || !strings.Contains(all, "group299") || !strings.Contains(all, strings.Repeat("path/", 600)) {
				t.Errorf("%s, %d columns: not everything: %s", format, width, full)
			}
		}
	}
}

// Two values that differ where they are cut are cut elsewhere.
func TestWhatDiffersIsNotCutOff(t *testing.T) {
	c := &comparison{}
	for _, value := range []string{strings.Repeat("ab", 90000), strings.Repeat("ä", 20000)} {
		d := c.delta(setting("/x", quoted(value), quoted(value+"c"), diff.Low, "", ""))
		if d.Old == d.New || width(d.Old) > maxShown+50 || width(d.New) > maxShown+50 {
			t.Errorf("%.50s and %.50s", d.Old, d.New)
		}
	}
}

func TestJSONStaysInItsColumn(t *testing.T) {
	r := longValues(t)
	r.Changes = []diff.Change{changeOf(diff.Changed, ordinaryResources(t)[12], r.Changes[0].Fields[:2]...)}
	for _, columns := range []int{60, 80, 100} {
		out := printedDiff(t, "text", r, DiffOptions{Style: Style{Width: columns}})
		for line := range strings.Lines(out) {
			if strings.Contains(line, `"`) && width(strings.TrimSuffix(line, "\n")) > columns {
				t.Errorf("%d columns: %s", columns, line)
			}
		}
		if !strings.Contains(out, "mentions: ") {
			t.Errorf("who is %s: %s", pin, out)
		}
	}
}

func TestNobodyIsLostInStat(t *testing.T) {
	r := namesakes(t)
	for _, format := range []string{"text", "markdown", "html"} {
		out := printedDiff(t, format, r, DiffOptions{Style: Style{Width: 100}, Stat: true})
		for _, s := range []string{"24 left with their provider", "25 left with their provider", "b379617e-2eea-4f5e-9571-7357a6114c6d", "c480728f-3ffb-4a6f-a682-8468b7225d7e"} {
			if !strings.Contains(out, s) {
				t.Errorf("%s: no %s: %s", format, s, out)
			}
		}
	}
	few := diff.Result{A: before(), B: after(), Changes: people(okta, "Corp Okta", 2, 0, 2)}
	for _, format := range []string{"text", "markdown", "html"} {
		out := printedDiff(t, format, few, DiffOptions{Style: Style{Width: 100}, Stat: true})
		if strings.Contains(out, "0 setting") || strings.Contains(out, "| 0 |") || !strings.Contains(out, "added.1@corp.example") {
			t.Errorf("%s: %s", format, out)
		}
	}
	// What comes first need not have a line of its own.
	for i := range r.Changes {
		if r.Changes[i].Kind == snapshot.SCIMUser {
			r.Changes[i].Severity = diff.Critical
		} else {
			r.Changes[i].Severity = diff.Low
		}
	}
	for _, format := range DiffFormats() {
		printedDiff(t, format, r, DiffOptions{Stat: true})
	}
}

func TestANewIDIsSaidOnce(t *testing.T) {
	r := eventful(t)
	ch := r.Changes[0]
	ch.Fields = append(ch.Fields, setting("/id", quoted(ch.ID), quoted(ch.IDB), diff.Info, "", ""))
	r.Changes = []diff.Change{ch}
	for _, format := range []string{"text", "markdown", "html"} {
		if out := printedDiff(t, format, r, DiffOptions{}); strings.Count(out, ch.IDB) != 1 {
			t.Errorf("%s: %s", format, out)
		}
	}
}

func TestALogOfNothingIsNoPanic(t *testing.T) {
	for _, format := range Formats() {
		printedLog(t, format, nil, DiffOptions{})
	}
}
