package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/migrate"
)

// piece is one result about plans and runs, as it is printed in each of its formats.
type piece struct {
	formats []string
	print   func(format string, w io.Writer, s Style) error
}

// pieces are what the golden files of plans and runs show.
func pieces(tb testing.TB) map[string]piece {
	tb.Helper()
	plan := func(p *migrate.Plan, o PlanOptions) piece {
		return piece{PlanFormats(), func(format string, w io.Writer, s Style) error {
			o.Style = s
			return Plan(format, w, p, o)
		}}
	}
	runs := func(list ...migrate.Run) piece {
		return piece{RunFormats(), func(format string, w io.Writer, s Style) error { return Runs(format, w, s, list) }}
	}
	run := func(r migrate.Run) piece {
		return piece{RunFormats(), func(format string, w io.Writer, s Style) error { return Run(format, w, s, r) }}
	}
	checklists := func(p *migrate.Plan, run string, lists []migrate.Checklist, dangling []migrate.Reference) piece {
		return piece{ChecklistFormats(), func(format string, w io.Writer, s Style) error {
			return Checklists(format, w, s, p, run, lists, dangling)
		}}
	}
	lacking := func(list []migrate.Lack, needed int) piece {
		return piece{LackingFormats(), func(format string, w io.Writer, s Style) error { return SecretsLacking(format, w, s, list, needed) }}
	}
	going := brokenOff(tb)
	going.Status = migrate.Running
	ended := brokenOff(tb)
	ended.Status, ended.FinishedAt = migrate.Incomplete, ended.StartedAt.Add(4e9)
	bad := lacks()
	for i := range bad {
		bad[i].Name, bad[i].Key, bad[i].Why, bad[i].ID = hostileNames[i], injections[i], hostileNames[i+1]+hostileNames[7], injections[3]
	}
	all := map[string]piece{
		"plan":               plan(moving(tb), PlanOptions{Supplied: func(id, path string) bool { return id == okta && path == "/config/client_secret" }}),
		"plan_full":          plan(moving(tb), PlanOptions{Full: true, DryRun: true}),
		"plan_stuck":         plan(stuck(tb), PlanOptions{}),
		"plan_restore":       plan(putBack(tb), PlanOptions{}),
		"plan_nothing":       plan(nothingToDo(tb), PlanOptions{}),
		"plan_empty":         plan(&migrate.Plan{}, PlanOptions{}),
		"plan_hostile":       plan(hostilePlan(), PlanOptions{Full: true}),
		"runs":               runs(brokenOff(tb), carriedOut(tb), going, ended, allWritten(tb)),
		"runs_none":          runs(),
		"runs_hostile":       runs(hostileRun()),
		"run":                run(carriedOut(tb)),
		"run_broken":         run(brokenOff(tb)),
		"run_bare":           run(migrate.Run{ID: "x", Status: migrate.Running}),
		"run_hostile":        run(hostileRun()),
		"checklists":         checklists(moving(tb), runID, toDo(), stillNamed()),
		"checklists_restore": checklists(putBack(tb), "", nil, stillNamed()[:1]),
		"checklists_bare":    checklists(nil, "", toDo()[2:], nil),
		"checklists_none":    checklists(moving(tb), runID, nil, nil),
		"checklists_hostile": checklists(hostilePlan(), injections[1], hostileToDo(), hostilePlan().Dangling),
		"lacking":            lacking(lacks(), 5),
		"lacking_nothing":    lacking(nil, 5),
		"lacking_no_need":    lacking(nil, 0),
		"lacking_hostile":    lacking(bad, 1),
	}
	for name, a := range applied(tb) {
		all[name] = piece{RunFormats(), func(format string, w io.Writer, s Style) error { return Done(format, w, s, a) }}
	}
	for name, i := range impacts(tb) {
		all[name] = piece{ImpactFormats(), func(format string, w io.Writer, s Style) error { return Impact(format, w, s, i, "prod@latest") }}
	}
	return all
}

func printedPiece(tb testing.TB, p piece, format string, s Style) string {
	tb.Helper()
	var b bytes.Buffer
	if err := p.print(format, &b, s); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestPlansAndRunsArePrintedAsInGoldenFiles(t *testing.T) {
	for name, p := range pieces(t) {
		for _, format := range p.formats {
			t.Run(name+extensions[format], func(t *testing.T) {
				got := printedPiece(t, p, format, Style{Width: 100})
				if format == "html" && name != "checklists" {
					got = style.ReplaceAllString(got, "<style>as in checklists.html</style>")
				}
				golden(t, name+extensions[format], got)
			})
		}
	}
	for _, name := range []string{"plan", "plan_stuck", "done", "done_incomplete", "done_failed", "runs", "checklists", "impact"} {
		p := pieces(t)[name]
		t.Run(name+"_narrow.txt", func(t *testing.T) { golden(t, name+"_narrow.txt", printedPiece(t, p, "text", Style{Width: 60})) })
		t.Run(name+"_color.txt", func(t *testing.T) {
			golden(t, name+"_color.txt", printedPiece(t, p, "text", Style{Width: 120, Color: true}))
		})
	}
}

func TestTextOfPlansAndRunsIsHarmlessAndFits(t *testing.T) {
	for name, p := range pieces(t) {
		for _, columns := range []int{0, 60, 80, 120} {
			out := printedPiece(t, p, "text", Style{Width: columns})
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				if bad := strings.IndexFunc(line, dangerous); bad >= 0 || !utf8.ValidString(line) {
					t.Errorf("%s: %q in %q", name, line[max(bad, 0):], line)
				}
				if strings.TrimRight(line, " ") != line && !strings.HasSuffix(name, "_hostile") {
					t.Errorf("%s: %q ends in spaces", name, line)
				}
				copied := slices.ContainsFunc(strings.Fields(line), func(word string) bool { return width(word) > 30 })
				if w := width(line); w > columns && columns > 0 && !copied && !strings.HasSuffix(name, "_hostile") {
					t.Errorf("%s: %d columns: %q", name, w, line)
				}
			}
		}
	}
}

func TestPlansAndRunsArePaintedOnlyWhereWanted(t *testing.T) {
	marks := strings.NewReplacer("[-", "", "-]", "", "{+", "", "+}", "")
	for name, p := range pieces(t) {
		plain, painted := printedPiece(t, p, "text", Style{}), printedPiece(t, p, "text", Style{Color: true})
		painted = strings.ReplaceAll(strip.Replace(painted), "\x1b[31m", "")
		if strings.Contains(plain, "\x1b") || marks.Replace(painted) != marks.Replace(plain) {
			t.Errorf("%s: colour changes more than colour and marks", name)
		}
	}
}

func TestJSONOfPlansAndRunsIsOneDocument(t *testing.T) {
	for name, p := range pieces(t) {
		var v struct {
			FormatVersion string `json:"format_version"`
		}
		out := printedPiece(t, p, "json", Style{Color: true})
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.FormatVersion != "1" || !strings.HasSuffix(out, "}\n") {
			t.Errorf("%s: version %q, %v", name, v.FormatVersion, err)
		}
		if !strings.HasPrefix(name, "plan_") && strings.Contains(out, "null") && !strings.Contains(out, `"old":null`) && !strings.Contains(out, `"new":null`) {
			t.Errorf("%s: a list that is none: %s", name, out)
		}
	}
}

// What a plan says can be carried out afterwards is what was shown.
func TestPlansAsJSONAreThePlans(t *testing.T) {
	for _, p := range []*migrate.Plan{moving(t), putBack(t)} {
		var got struct{ Plan json.RawMessage }
		var b bytes.Buffer
		if err := errors.Join(Plan("json", &b, p, PlanOptions{}), json.Unmarshal(b.Bytes(), &got)); err != nil {
			t.Fatal(err)
		}
		if want := string(new(writer).encode(p)); string(got.Plan) != want {
			t.Errorf("%s\nwant %s", got.Plan, want)
		}
	}
}

func TestAPlanSaysWhatDecidesAboutIt(t *testing.T) {
	p := pieces(t)["plan"]
	for _, format := range []string{"text", "markdown"} {
		out := printedPiece(t, p, format, Style{})
		for _, want := range []string{
			"STOPPED by 1 blocked action and 2 guards", "--allow-app-lockout", "--allow-delete", "--max-changes 12", "(supplied)", "(needed)",
			"https://labs.cloudflareaccess.com/cdn-cgi/access/callback", "Cloudflare will tell it once", "Example Labs", labs, "2026-06-30 02:00:03 UTC",
			"Plan: 2 to create, 2 to update, 1 to delete, 1 blocked.", "s1 → s2",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in %s", format, want, out)
			}
		}
	}
}

func TestTheLastLineSaysHowItEnded(t *testing.T) {
	for name, want := range map[string]string{
		"plan_nothing": "Nothing to do: the target is as the state has it.\n", "plan_restore": "Plan: 0 to create, 1 to update, 0 to delete.\n",
		"done": "Done: 2 created, 2 updated, 1 deleted.\n", "done_restored": "Done: 0 created, 1 updated, 0 deleted.\n",
		"done_incomplete": "idpsnap resume 7c1d2e3f goes on\n", "run_broken": "idpsnap resume 7c1d2e3f goes on\n", "impact_none": "Nothing names it.\n",
	} {
		if out := printedPiece(t, pieces(t)[name], "text", Style{}); !strings.HasSuffix(out, want) {
			t.Errorf("%s: %s", name, out)
		}
	}
	left := nothingToDo(t)
	left.Actions[0].Reasons = []string{"it is to be left as it is"}
	if got := sumOf(left); got != "Nothing to do." {
		t.Error(got)
	}
	still := carriedOut(t)
	if got, well := endOf(still, 1); well || got != "Incomplete: 1 still differs; idpsnap resume 7c1d2e3f goes on" {
		t.Error(got)
	}
}

func TestPlansAndRunsReturnTheWritersFirstErrorAndRefuseUnknownFormats(t *testing.T) {
	for name, p := range pieces(t) {
		for _, format := range p.formats {
			if err := p.print(format, &fullDisk{}, Style{}); !errors.Is(err, errFull) {
				t.Errorf("%s, %s: %v", name, format, err)
			}
		}
		if err := p.print("yaml", io.Discard, Style{}); err == nil || !strings.Contains(fmt.Sprint(err), `"yaml"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := SecretsTemplate(&fullDisk{}, "x", templateEntries()); !errors.Is(err, errFull) {
		t.Error(err)
	}
}
