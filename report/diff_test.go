package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

func printedDiff(tb testing.TB, format string, r diff.Result, o DiffOptions) string {
	tb.Helper()
	var b bytes.Buffer
	if err := Diff(format, &b, r, o); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func printedLog(tb testing.TB, format string, l []diff.Life, o DiffOptions) string {
	tb.Helper()
	var b bytes.Buffer
	if err := Log(format, &b, ordinary().Target, l, o); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

var extensions = map[string]string{"text": ".txt", "json": ".json", "markdown": ".md", "html": ".html"}

// style is the same on every page: one golden file has it.
var style = regexp.MustCompile(`(?s)<style>.*</style>`)

func TestComparisonsArePrintedAsInGoldenFiles(t *testing.T) {
	for name, c := range comparisons(t) {
		for _, format := range DiffFormats() {
			if format != "text" && (name == "diff_narrow" || name == "diff_piped" || name == "diff_color") {
				continue // they have no style
			}
			t.Run(name+extensions[format], func(t *testing.T) {
				got := printedDiff(t, format, c.result, c.o)
				if format == "html" && name != "diff" {
					got = style.ReplaceAllString(got, "<style>as in diff.html</style>")
				}
				golden(t, name+extensions[format], got)
			})
		}
	}
}

func TestLogsArePrintedAsInGoldenFiles(t *testing.T) {
	for name, l := range lives(t) {
		for _, format := range Formats() {
			t.Run(name+extensions[format], func(t *testing.T) {
				golden(t, name+extensions[format], printedLog(t, format, l, DiffOptions{Style: Style{Width: 100}}))
			})
		}
	}
}

// everyText is each result of diff and log as text of every width.
func everyText(tb testing.TB) map[string]string {
	tb.Helper()
	all := map[string]string{}
	for _, width := range []int{0, 60, 100} {
		for _, full := range []bool{false, true} {
			for name, c := range comparisons(tb) {
				o := DiffOptions{Style: Style{Width: width}, Full: full, Stat: c.o.Stat}
				all[fmt.Sprintf("%s, %d columns, %v", name, width, full)] = printedDiff(tb, "text", c.result, o)
			}
			for name, l := range lives(tb) {
				all[fmt.Sprintf("%s, %d columns, %v", name, width, full)] = printedLog(tb, "text", l, DiffOptions{Style: Style{Width: width}, Full: full})
			}
		}
	}
	return all
}

func TestTextOfDifferencesIsHarmlessAndFits(t *testing.T) {
	for name, out := range everyText(t) {
		limit := defaultWidth
		if strings.Contains(name, " 60 columns") {
			limit = 60
		}
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			if bad := strings.IndexFunc(line, dangerous); bad >= 0 || !utf8.ValidString(line) {
				t.Errorf("%s: %q in %q", name, line[max(bad, 0):], line)
			}
			if strings.TrimRight(line, " ") != line && !strings.HasPrefix(name, "diff_hostile, 0") {
				t.Errorf("%s: %q ends in spaces", name, line)
			}
			if w := width(line); w > limit && !strings.Contains(name, " 0 columns") && !strings.Contains(name, "hostile") &&
				!slices.ContainsFunc(strings.Fields(line), func(word string) bool { return width(word) > 30 }) {
				t.Errorf("%s: %d columns: %q", name, w, line)
			}
			whole := strings.Contains(name, " 0 columns, true") || strings.Contains(name, " 0 columns") && !strings.Contains(name, "hostile") && !strings.Contains(name, "long")
			if whole && strings.Contains(strings.ReplaceAll(line, "b1f7…directory", ""), "…") {
				t.Errorf("%s: cut: %q", name, line)
			}
		}
	}
}

func TestDifferencesArePaintedOnlyWhereWanted(t *testing.T) {
	marks := strings.NewReplacer("[-", "", "-]", "", "{+", "", "+}", "")
	strip := strings.NewReplacer("\x1b[1m", "", "\x1b[2m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[31;1m", "", "\x1b[0m", "", "\x1b[22m", "", "\x1b[0;22m", "")
	same := func(name, plain, painted string) {
		if strings.Contains(plain, "\x1b") || !strings.Contains(painted, "\x1b") {
			t.Errorf("%s: colour where none is wanted, or none", name)
		}
		if marks.Replace(strip.Replace(painted)) != marks.Replace(plain) {
			t.Errorf("%s: colour changes more than colour and marks", name)
		}
	}
	for name, c := range comparisons(t) {
		o := DiffOptions{Stat: c.o.Stat}
		plain := printedDiff(t, "text", c.result, o)
		o.Color = true
		same(name, plain, printedDiff(t, "text", c.result, o))
	}
	for name, l := range lives(t) {
		if len(l) > 0 {
			same(name, printedLog(t, "text", l, DiffOptions{}), printedLog(t, "text", l, DiffOptions{Style: Style{Color: true}}))
		}
	}
}

func TestJSONOfDifferencesKeepsEverything(t *testing.T) {
	all := map[string]string{}
	for name, c := range comparisons(t) {
		all[name] = printedDiff(t, "json", c.result, c.o)
	}
	for name, l := range lives(t) {
		all[name] = printedLog(t, "json", l, DiffOptions{})
	}
	for name, out := range all {
		var v struct {
			FormatVersion string `json:"format_version"`
		}
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.FormatVersion != "1" || !strings.HasSuffix(out, "}\n") {
			t.Errorf("%s: version %q, %v", name, v.FormatVersion, err)
		}
	}
	for _, name := range append(append([]string{}, hostileNames...), injections...) {
		if q := quoted(name); !strings.Contains(all["diff_hostile"], `"name":`+q) {
			t.Errorf("%s is not in the JSON", q)
		}
	}
}

// What Cloudflare sent is handed on byte for byte: a float would lose digits.
func TestJSONOfDifferencesHasValuesVerbatim(t *testing.T) {
	extreme := []string{
		`9007199254740993`, `2.50`, `1e400`, `-0`, `"\u0000<&>\u2028` + "\u2028" + `"`, `[1.0,{"b":1,"a":[]}]`, `{}`, `null`,
		`"` + strings.Repeat("x", 1<<20) + `"`, strings.Repeat("[", 500) + strings.Repeat("]", 500),
	}
	for _, value := range extreme {
		ch := changeOf(diff.Changed, oktaResource(t), setting("/x", value, "", diff.Low, "", ""))
		r := diff.Result{A: before(), B: after(), Changes: []diff.Change{ch}}
		if out := printedDiff(t, "json", r, DiffOptions{}); !strings.Contains(out, `{"path":"/x","old":`+value+`,"new":null,"severity":"low"}`) {
			t.Errorf("%.100s is not in %.1000s", value, out)
		}
		for _, format := range DiffFormats() {
			printedDiff(t, format, r, DiffOptions{})
		}
	}
	broken := diff.Result{A: before(), B: after(), Changes: []diff.Change{changeOf(diff.Changed, oktaResource(t), setting("/x", `{"a":`, "1", diff.Low, "", ""))}}
	if err := Diff("json", io.Discard, broken, DiffOptions{}); err == nil {
		t.Error("printed what is not JSON")
	}
	for _, format := range []string{"text", "markdown", "html"} {
		printedDiff(t, format, broken, DiffOptions{})
	}
}

func TestJSONOfDifferencesHasAllThatScriptsRelyOn(t *testing.T) {
	var v struct {
		A, B    map[string]any
		Summary map[string]int
		Changes []map[string]any
	}
	r := eventful(t)
	if err := json.Unmarshal([]byte(printedDiff(t, "json", r, DiffOptions{})), &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Changes) != len(r.Changes) || v.Summary["added"] != 24 || v.Summary["critical"] != 2 || v.A["state"] != "latest~1" || v.B["snapshot"] != id(0xa7) {
		t.Errorf("%d changes, %v, %v, %v", len(v.Changes), v.Summary, v.A, v.B)
	}
	for i, ch := range v.Changes {
		kind := snapshot.Kind(ch["kind"].(string))
		for name, want := range map[string]bool{
			"provider_id": kind.IsSCIM(), "provider_name": kind.IsSCIM(), "email": kind == snapshot.SCIMUser,
			"type": kind == snapshot.IdentityProvider, "id_b": ch["action"] != "removed", "fields": true,
			"severity": true, "name": true, "id": true, "reason": r.Changes[i].Reason != "", "rule": r.Changes[i].Rule != "",
		} {
			if _, has := ch[name]; has != want {
				t.Errorf("change %d, a %s that was %s: has %s: %v", i, kind, ch["action"], name, has)
			}
		}
	}
	if out := printedDiff(t, "json", r, DiffOptions{Stat: true}); strings.Contains(out, `"fields"`) {
		t.Error("fields that were not asked for")
	}
}

func TestUsersAreSummedUpUnlessAllAreAskedFor(t *testing.T) {
	for _, format := range []string{"text", "markdown", "html"} {
		for _, stat := range []bool{false, true} {
			short := printedDiff(t, format, mass(1000), DiffOptions{Stat: stat})
			full := printedDiff(t, format, mass(1000), DiffOptions{Stat: stat, Full: true})
			if n := strings.Count(short, "Person "); n != 2*MaxListed || !strings.Contains(short, "and 980 more changed") || !strings.Contains(short, "and 480 more left") {
				t.Errorf("%s, %v: %d people: %s", format, stat, n, short)
			}
			if n := strings.Count(full, "Person "); n != 1500 || strings.Contains(full, "--full") {
				t.Errorf("%s, %v: %d people", format, stat, n)
			}
		}
	}
}

// The one that matters is shown, however many others there are.
func TestTheWorstIsAlwaysShown(t *testing.T) {
	r := diff.Result{A: before(), B: after(), Changes: people(okta, "Corp Okta", 0, 5000, 0)}
	r.Changes[4321] = because(diff.Critical, "x", "the administrator", r.Changes[4321])
	for _, format := range []string{"text", "markdown", "html"} {
		out := printedDiff(t, format, r, DiffOptions{})
		if !strings.Contains(out, r.Changes[4321].Name) || !strings.Contains(out, "the administrator") || !strings.Contains(out, "1 critical") {
			t.Errorf("%s: %s", format, out)
		}
	}
}

func TestEqualDifferencesGiveEqualBytes(t *testing.T) {
	for name, c := range comparisons(t) {
		for _, format := range DiffFormats() {
			if first, second := printedDiff(t, format, c.result, c.o), printedDiff(t, format, c.result, c.o); first != second {
				t.Errorf("%s, %s: differs", name, format)
			}
		}
	}
}

func TestDifferencesReturnTheWritersFirstError(t *testing.T) {
	for _, room := range []int{0, 70_000} {
		for _, format := range DiffFormats() {
			if err := Diff(format, &fullDisk{room}, mass(10_000), DiffOptions{Full: true}); !errors.Is(err, errFull) {
				t.Errorf("%s: %v", format, err)
			}
		}
	}
	for _, format := range Formats() {
		if err := Log(format, &fullDisk{}, ordinary().Target, lives(t)["log"], DiffOptions{}); !errors.Is(err, errFull) {
			t.Errorf("log, %s: %v", format, err)
		}
	}
}

func TestDifferencesRefuseUnknownFormats(t *testing.T) {
	if err := Diff("yaml", io.Discard, diff.Result{}, DiffOptions{}); err == nil || !strings.Contains(err.Error(), "html") {
		t.Error(err)
	}
	if err := Log("html", io.Discard, snapshot.Target{}, nil, DiffOptions{}); err == nil || !strings.Contains(err.Error(), "text or json") {
		t.Error(err)
	}
}
