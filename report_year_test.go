package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/sandbox"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// auditor is somebody who has the history of the year, and neither a token nor an
// account: reports need none.
func auditor(t *testing.T) *machine {
	t.Helper()
	m := newMachine(t, sandbox.New(sandbox.Options{Now: time.Now, Sleep: nap}))
	m.db = year(t)
	m.env = map[string]string{"HOME": m.home, "IDPSNAP_DB": m.db, "NOW": "2026-10-01T00:00:00Z"}
	t.Cleanup(func() {
		if asked, _ := m.cloud.RequestCount(); asked > 0 {
			t.Errorf("Cloudflare was asked %d times", asked)
		}
	})
	return m
}

// ofKind are words of a command line that asks for a report of the kind about the
// whole year.
func ofKind(k audit.Kind) []string {
	if k.OfMoment() {
		return []string{"report", string(k), "--at", "2026-09-30", "--from", "2025-12-31"}
	}
	return []string{"report", string(k), "--from", "2025-10-01", "--to", "2026-09-30"}
}

// in adds the format to the words of a command line.
func in(format string, args []string) []string {
	return append(slices.Clone(args), "--format", format)
}

// TestReportsOfTheYear holds every report in every format to golden files. Where the
// whole year would make them long, they are about a part of it.
func TestReportsOfTheYear(t *testing.T) {
	t.Parallel()
	m := auditor(t)
	everything := report.EvidenceFormats()
	for _, g := range []struct {
		name    string
		formats []string
		args    []string
	}{
		{"access-review", everything, []string{"access-review", "--at", "2025-10-15", "--from", "2025-10-05", "--provider", "Okta"}},
		{"access-review_pii", []string{"csv"}, []string{"access-review", "--at", "2025-12-31", "--from", "2025-12-20", "--provider", "Entra ID", "--redact", "pii"}},
		{"lifecycle", everything, []string{"lifecycle", "--from", "2026-02-01", "--to", "2026-03-20", "--provider", "Entra ID"}},
		{"lifecycle_removed", []string{"csv"}, []string{"lifecycle", "--from", "2026-05-15", "--to", "2026-05-25"}},
		{"lifecycle_pii", []string{"csv"}, []string{"lifecycle", "--from", "2025-11-10", "--to", "2025-12-31", "--redact", "pii"}},
		{"config-changes", everything, []string{"config-changes", "--from", "2025-10-01", "--to", "2026-09-30"}},
		{"deprovisioning", everything, []string{"deprovisioning", "--at", "2026-09-30", "--from", "2025-12-31"}},
		{"posture", everything, []string{"posture", "--at", "2026-09-30", "--from", "2025-12-31"}},
		{"coverage", everything, []string{"coverage", "--from", "2026-03-05", "--to", "2026-03-18"}},
		{"coverage_weeks", []string{"csv"}, []string{"coverage", "--from", "2025-10-01", "--to", "2026-09-30", "--every", "1w"}},
	} {
		for _, format := range g.formats {
			t.Run(g.name+"/"+format, func(t *testing.T) {
				r := m.want(0, in(format, append([]string{"report"}, g.args...))...)
				if r.stderr != "" {
					t.Errorf("stderr: %s", r.stderr)
				}
				out := steady(t, format, r.stdout)
				if g.name != "config-changes" { // one of them has the facts, which are much the same
					out = facts[format].ReplaceAllString(out, "")
				}
				asInGoldenFile(t, g.name+goldenEnds[format], out)
			})
		}
	}
}

var goldenEnds = map[string]string{"table": ".txt", "csv": ".csv", "json": ".json", "markdown": ".md", "html": ".html", "xlsx": ".xlsx.txt"}

// asInGoldenFile compares with a file in testdata/report; -update writes it.
func asInGoldenFile(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "report", name)
	if *update {
		must(os.MkdirAll(filepath.Dir(path), 0o755))
		must(os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.SplitAfter(string(want), "\n"), strings.SplitAfter(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got), 'go test . -run ReportsOfTheYear -update' accepts it:\n%s", path, diff)
	}
}

// facts are where each format says how a report was made; CSV has none, and JSON keeps
// them.
var facts = map[string]*regexp.Regexp{
	"table":    regexp.MustCompile(`(?s)\nSource\n.*`),
	"csv":      regexp.MustCompile(`^$`),
	"json":     regexp.MustCompile(`^$`),
	"markdown": regexp.MustCompile(`(?s)\n### Source\n.*`),
	"html":     regexp.MustCompile(`(?s)<section class="facts">.*</section>\n`),
	"xlsx":     regexp.MustCompile(`(?s)== Method\n.*`),
}

var looks = regexp.MustCompile(`(?s)(<style>).*?(</style>)|(<svg [^>]*>).*?(</svg>)`)

// steady gives of a report what a golden file is to hold: of a page all but its looks,
// which package report has golden files for, and of a workbook the cells.
func steady(t *testing.T, format, out string) string {
	t.Helper()
	switch format {
	case "html":
		return looks.ReplaceAllString(out, "$1$3…$2$4")
	case "xlsx":
		return cellsOfBook(t, out)
	}
	return out
}

// openedBook opens a workbook that a command printed.
func openedBook(t *testing.T, raw string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader([]byte(raw)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(f.Close()) })
	return f
}

// cellsOfBook writes down what the cells of a workbook show, a line for each row.
func cellsOfBook(t *testing.T, raw string) string {
	t.Helper()
	f := openedBook(t, raw)
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		fmt.Fprintf(&b, "== %s\n", sheet)
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for i, c := range row {
				if strings.ContainsFunc(c, unicode.IsControl) {
					row[i] = strconv.Quote(c)
				}
			}
			b.WriteString(strings.Join(row, " | ") + "\n")
		}
	}
	return b.String()
}

// TestTheYearIsTheSameWheneverItIsLived: ids of snapshots are in golden files.
func TestTheYearIsTheSameWheneverItIsLived(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	again := filepath.Join(t.TempDir(), "history.db")
	if err := liveTheYear(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	var heads []string
	for _, path := range []string{year(t), again} {
		s, err := store.Open(t.Context(), path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		chain, err := s.Chain(t.Context())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || len(chain) != 362 {
			t.Fatalf("%d snapshots, want 361 nights and a safety snapshot: %v", len(chain), err)
		}
		heads = append(heads, chain[len(chain)-1])
	}
	if heads[0] != heads[1] {
		t.Errorf("the year ends in snapshot %s, and in %s", snapshot.ShortID(heads[0]), snapshot.ShortID(heads[1]))
	}
}

// TestPseudonymsStandForEverybody: with --redact pii no report says who somebody is, in
// no format.
func TestPseudonymsStandForEverybody(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	people := map[string]bool{}
	for _, at := range []string{"2025-11-09", "2025-12-31"} {
		for _, r := range m.show(at, "--kind", "scim_user").Resources {
			u := userIn(t, r.Document)
			people[u.name], people[u.email], people[u.external] = true, true, true
		}
	}
	if len(people) < 100 {
		t.Fatalf("%d names, addresses and ids are not what was to be looked for", len(people))
	}
	for _, kind := range audit.Kinds() {
		args := []string{"report", string(kind), "--from", "2025-11-10", "--to", "2025-12-31"}
		for _, format := range report.EvidenceFormats() {
			redacted := steady(t, format, m.want(0, append(in(format, args), "--redact", "pii")...).stdout)
			for who := range people {
				if strings.Contains(redacted, who) {
					t.Errorf("%s as %s names %q", kind, format, who)
				}
			}
			if kind != audit.AccessReview && kind != audit.Lifecycle {
				continue
			}
			plain, named := steady(t, format, m.want(0, in(format, args)...).stdout), false
			for who := range people {
				named = named || strings.Contains(plain, who)
			}
			if !named { // what is looked for can be found
				t.Errorf("%s as %s names nobody without --redact", kind, format)
			}
		}
	}
}
