package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/snapshot"
)

// nights are three of the ordinary target, one of them pinned, one partial and one
// imported, with a safety snapshot, and one of a zone.
func nights() []snapshot.Snapshot {
	pinned, old, imported := ordinary(), ordinary(), ordinary()
	old.ID, old.TakenAt = id(0x11), night.AddDate(0, 0, -2)
	pinned.ID, pinned.TakenAt, pinned.Pin = id(0x12), night.AddDate(0, 0, -1), "audit 2026, CHG-2291"
	imported.ID, imported.TakenAt, imported.Origin = id(0x13), night.AddDate(0, 0, -3), snapshot.Imported
	imported.ImportedFrom, imported.Note = id(0x77), "from the old machine"
	return []snapshot.Snapshot{imported, old, pinned, ordinary(), safety(), partial(), zone()}
}

// forgettings are what the golden files of forget show.
func forgettings() map[string]Forgetting {
	daily := snapshot.Policy{Daily: 1, Within: snapshot.Period{Hours: 3}}
	verdicts := daily.Apply(nights())
	named := make([]snapshot.Verdict, 0, len(verdicts))
	for _, v := range verdicts {
		v.Keep, v.Reasons = v.ID != id(0x11), []string{"not named"}
		if !v.Keep {
			v.Reasons = nil
		}
		named = append(named, v)
	}
	bad := hostile()
	bad.Pin = hostileNames[0] + hostileNames[1] + hostileNames[2] + hostileNames[7]
	return map[string]Forgetting{
		"forget":          {Policy: daily.String(), Verdicts: verdicts},
		"forget_dry_run":  {Policy: daily.String(), Verdicts: verdicts, DryRun: true},
		"forget_pruned":   {Policy: daily.String(), Verdicts: verdicts, Pruned: &Pruned{48_310_222, 41_200_000, true}},
		"forget_named":    {Verdicts: named},
		"forget_nothing":  {Policy: "--keep-last 9", Verdicts: snapshot.Policy{Last: 9}.Apply(nights()[:3]), Pruned: &Pruned{4096, 4096, false}},
		"forget_in_place": {Pruned: &Pruned{98_304, 98_304, true}},
		"forget_prune":    {Pruned: &Pruned{5_000_000, 4_000_000, true}},
		"forget_hostile":  {Policy: "--keep-last 1", Verdicts: snapshot.Policy{Last: 1}.Apply([]snapshot.Snapshot{bad})},
	}
}

func printedForgetting(tb testing.TB, format string, f Forgetting, s Style) string {
	tb.Helper()
	var b bytes.Buffer
	if err := Forget(format, &b, f, s); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestForgettingAsInGoldenFiles(t *testing.T) {
	for name, f := range forgettings() {
		for format, ext := range map[string]string{"text": ".txt", "json": ".json"} {
			t.Run(name+ext, func(t *testing.T) { golden(t, name+ext, printedForgetting(t, format, f, Style{Width: 100})) })
		}
	}
	golden(t, "forget_color.txt", printedForgetting(t, "text", forgettings()["forget"], Style{Width: 70, Color: true}))
	golden(t, "forget_piped.txt", printedForgetting(t, "text", forgettings()["forget"], Style{}))
	if err := Forget("yaml", new(bytes.Buffer), Forgetting{}, Style{}); err == nil || !strings.Contains(err.Error(), "yaml") {
		t.Errorf("an unknown format: %v", err)
	}
}

// Nobody who gives a pin its reason, or calls a target something, writes to the
// terminal of whoever runs forget; programs get it as it is.
func TestForgettingIsHarmless(t *testing.T) {
	for name, f := range forgettings() {
		out := printedForgetting(t, "text", f, Style{Width: 100})
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			if bad := strings.IndexFunc(line, dangerous); bad >= 0 || !utf8.ValidString(line) || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: %q", name, line)
			}
			if w := width(line); w > 100 {
				t.Errorf("%s: %d columns: %q", name, w, line)
			}
		}
		if !json.Valid([]byte(printedForgetting(t, "json", f, Style{}))) {
			t.Errorf("%s: no JSON", name)
		}
	}
	var back struct {
		Targets []struct{ Keep []struct{ Reasons []string } }
	}
	bad := forgettings()["forget_hostile"]
	if err := json.Unmarshal([]byte(printedForgetting(t, "json", bad, Style{})), &back); err != nil {
		t.Fatal(err)
	}
	reasons := back.Targets[0].Keep[0].Reasons
	if got := reasons[len(reasons)-1]; got != "pinned: "+bad.Verdicts[0].Pin {
		t.Errorf("the reason is %q", got)
	}
}

// The list of snapshots says which are pinned, and which were imported; where none is,
// it is as ever.
func TestSnapshotsThatArePinned(t *testing.T) {
	list := nights()
	list[4].Pin = hostileNames[1] + hostileNames[7]
	for format, ext := range map[string]string{"text": ".txt", "json": ".json"} {
		golden(t, "forget_snapshots"+ext, printed(t, format, Style{Width: 120}, func(p Printer) error { return p.Snapshots(list) }))
	}
	for i := range list {
		list[i].Pin = ""
	}
	for _, format := range Formats() {
		if out := printed(t, format, Style{}, func(p Printer) error { return p.Snapshots(list) }); strings.Contains(strings.ToLower(out), "pinned") {
			t.Errorf("nothing is pinned: %s", out)
		}
	}
}

// verify tells what was forgotten: people the newest of it, programs all.
func TestVerifiedWithForgotten(t *testing.T) {
	v := snapshot.Verification{Snapshots: 30, Captures: 180, Versions: 99, Bytes: 4096, Sealed: true, Head: id(0x3f)}
	for i := range 12 {
		f := snapshot.Forgotten{Snapshot: ordinary(), ForgottenAt: night.AddDate(0, 1, i), Why: "--keep-daily 7"}
		f.ID, f.TakenAt = id(byte(0x20+i)), night.AddDate(0, 0, -40+i)
		v.Forgotten = append(v.Forgotten, f)
	}
	v.Forgotten[11].Why = hostileNames[0] + hostileNames[7]
	for format, ext := range map[string]string{"text": ".txt", "json": ".json"} {
		out := printed(t, format, Style{Width: 100}, func(p Printer) error { return p.Verified(v) })
		golden(t, "forget_verified"+ext, out)
		want := map[string]int{"text": maxForgotten, "json": 12}[format]
		if got := strings.Count(out, fmt.Sprint(night.Year(), "-08-")) + strings.Count(out, fmt.Sprint(night.Year(), "-07-")); got != want {
			t.Errorf("%s tells of %d forgotten snapshots, want %d: %s", format, got, want, out)
		}
	}
	v.Forgotten = nil
	for _, format := range Formats() {
		if out := printed(t, format, Style{}, func(p Printer) error { return p.Verified(v) }); strings.Contains(strings.ToLower(out), "forgotten") {
			t.Errorf("nothing was forgotten: %s", out)
		}
	}
}
