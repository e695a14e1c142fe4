package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
)

// harmful finds what a name did to a report that no name may do.
func harmful(t *testing.T, format, out string) string {
	t.Helper()
	switch format {
	case "json":
		if !json.Valid([]byte(out)) || strings.ContainsAny(out, "\x1b\x07\x00\r") {
			return "JSON that is none, or acts on a terminal"
		}
		return ""
	case "csv":
		return harmfulCSV(t, out)
	case "xlsx":
		return harmfulBook(t, out)
	}
	if problem := unsafe(out); problem != "" {
		return problem
	}
	switch format {
	case "markdown":
		return harmfulMarkdown(out)
	case "html":
		return harmfulPage(t, out)
	}
	return ""
}

// harmfulCSV finds a cell that a spreadsheet takes for a formula, whether it parts cells
// at commas or at semicolons.
func harmfulCSV(t *testing.T, out string) string {
	t.Helper()
	if bad := strings.IndexFunc(out, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) || r == '\u202e' }); bad >= 0 {
		return "CSV acts on a terminal: " + out[bad:min(len(out), bad+20)]
	}
	width := 0
	for _, comma := range []rune{',', ';'} {
		for _, line := range csvRecords(t, out, comma) {
			if width = max(width, len(line)); comma == ',' && len(line) != width {
				return "CSV has a line of another width: " + strings.Join(line, ",")
			}
			for _, c := range line {
				begins := strings.TrimLeftFunc(c, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '"' })
				if begins != "" && strings.ContainsRune("=+-@", []rune(begins)[0]) {
					return "CSV has a formula: " + c
				}
			}
		}
	}
	return ""
}

// harmfulBook finds a cell of a workbook that is computed, or that holds what a
// terminal obeys.
func harmfulBook(t *testing.T, out string) string {
	t.Helper()
	f := openedBook(t, out)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x, c := range row {
				at, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				if formula, err := f.GetCellFormula(sheet, at); err != nil || formula != "" {
					return sheet + "!" + at + " is computed: " + formula
				}
				if strings.ContainsFunc(c, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\u202e' }) {
					return sheet + "!" + at + " acts on a terminal: " + c
				}
			}
		}
	}
	return ""
}

var (
	tagInMarkdown  = regexp.MustCompile(`<[a-zA-Z/!]`)
	linkInMarkdown = regexp.MustCompile(`\]\(`)
)

// harmfulMarkdown finds a row of a table that has other columns than its head, and what
// would become HTML or a link.
func harmfulMarkdown(out string) string {
	columns := 0
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
		} else {
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			if columns == 0 {
				columns = n
			}
			if n != columns {
				return "a table has another column: " + line
			}
		}
		shown := strings.NewReplacer(`\\`, "", `\<`, "", `\[`, "", `\]`, "").Replace(outsideCode(line))
		if tagInMarkdown.MatchString(shown) || linkInMarkdown.MatchString(shown) {
			return "Markdown becomes HTML or a link: " + line
		}
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "## ") && !strings.HasPrefix(line, "### ") {
			return "a heading that is none of ours: " + line
		}
	}
	return ""
}

// shapesOf are the elements of a page, each with its attributes.
func shapesOf(page *html.Node) map[string]bool {
	shapes := map[string]bool{}
	for e := range page.Descendants() {
		if e.Type != html.ElementNode {
			continue
		}
		shape := e.Data
		for _, a := range e.Attr {
			shape += " " + a.Key
		}
		shapes[shape] = true
	}
	return shapes
}

// harmfulPage finds in a page what runs, what is loaded and what leads away.
func harmfulPage(t *testing.T, out string) string {
	t.Helper()
	page := parsedPage(t, out)
	for _, name := range []string{"script", "iframe", "img", "object", "embed", "link", "base", "form", "input", "b", "image", "use", "foreignobject"} {
		if list := elements(page, name, ""); len(list) > 0 {
			return "the page has the element " + name
		}
	}
	for e := range page.Descendants() {
		for _, a := range e.Attr {
			leads := slices.Contains([]string{"href", "src", "xlink:href", "action", "srcset"}, a.Key)
			if strings.HasPrefix(a.Key, "on") || leads && !strings.HasPrefix(a.Val, "#") || a.Key == "style" && strings.Contains(a.Val, "url(") {
				return "the page has the attribute " + a.Key + "=" + a.Val
			}
		}
	}
	return ""
}

// TestHostileNamesOfTheYear: people and groups called as nobody is do no harm in any
// report, and JSON has their names as they are.
func TestHostileNamesOfTheYear(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	for _, args := range [][]string{
		{"report", "access-review", "--at", "2025-10-15", "--from", "2025-10-05"},
		{"report", "access-review", "--at", "2026-09-30", "--from", "2025-10-15"}, // they left, which no CSV says
		{"report", "lifecycle", "--from", "2026-02-20", "--to", "2026-09-30"},     // they leave
	} {
		names := decoded(m.want(0, in("json", args)...).stdout)
		for _, who := range hostileNames {
			if !strings.Contains(names, "\n"+who+"\n") {
				t.Errorf("%v as JSON does not have %q as it is", args, who)
			}
		}
		for _, format := range report.EvidenceFormats() {
			out := m.want(0, in(format, args)...).stdout
			if problem := harmful(t, format, out); problem != "" {
				t.Errorf("%v as %s: %s", args, format, problem)
			}
			shown := showing(t, format, out)
			for _, who := range hostileNames {
				if inFirst := format != "csv" || args[3] != "2026-09-30"; inFirst && !shown(who) {
					t.Errorf("%v as %s does not show %q", args, format, who)
				}
			}
		}
	}
}

// showing reports of names whether a format shows them, as it shows such.
func showing(t *testing.T, format, out string) func(name string) bool {
	t.Helper()
	cells := map[string]bool{}
	switch format {
	case "table":
		return func(name string) bool { return strings.Contains(out, report.Safe(name)) }
	case "csv":
		for _, line := range csvRecords(t, out, ',') {
			for _, c := range line {
				cells[report.Safe(report.SpreadsheetUnsafe(c))] = true
			}
		}
	case "html":
		for _, td := range elements(parsedPage(t, out), "td", "") {
			cells[textIn(td)] = true
		}
	case "xlsx":
		f := openedBook(t, out)
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range slices.Concat(rows...) {
				cells[report.Safe(c)] = true
			}
		}
	default: // JSON is looked at apart; Markdown has escapes of its own
		return func(string) bool { return true }
	}
	return func(name string) bool { return cells[report.Safe(name)] }
}

// TestHostileNamesInABundle do no harm in any of its files.
func TestHostileNamesInABundle(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	dir := filepath.Join(m.home, "bundle")
	m.want(0, "report", "access-review", "--at", "2025-10-15", "--from", "2025-10-05", "--bundle", dir)
	formats := map[string]string{".csv": "csv", ".json": "json", ".md": "markdown", ".html": "html", ".xlsx": "xlsx"}
	seen := map[string]int{}
	must(filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "SHA256SUMS" || e.Name() == "README.md" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		format := formats[filepath.Ext(path)]
		if format == "" {
			t.Errorf("what is %s?", path)
			return nil
		}
		if problem := harmful(t, format, string(raw)); problem != "" {
			t.Errorf("%s: %s", path, problem)
		}
		shown := showing(t, format, string(raw))
		for _, who := range hostileNames {
			if e.Name() == "access-review.csv" || format == "xlsx" || format == "html" {
				if seen[format]++; !shown(who) {
					t.Errorf("%s does not show %q", path, who)
				}
			}
			if e.Name() == "access-review.json" || filepath.Base(filepath.Dir(path)) == "snapshots" {
				if seen[format]++; !strings.Contains(decoded(string(raw)), "\n"+who+"\n") {
					t.Errorf("%s does not have %q as it is", path, who)
				}
			}
		}
		return nil
	}))
	if len(seen) != 4 || seen["json"] < 3*len(hostileNames) {
		t.Errorf("%v is not what was to be looked at", seen)
	}
}

// TestProvidersAndAppsWithHostileNames do no harm in any report: a page has the
// elements that it would have if all were called "plain".
func TestProvidersAndAppsWithHostileNames(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	shapes := map[string]bool{}
	for _, name := range append([]string{"plain"}, hostile...) {
		m := newMachine(t, hostileWorld(t, 21, "before"))
		m.env["NOW"] = "2026-06-29T02:00:00Z"
		m.want(0, "snapshot", "--quiet")
		m.env["CLOUDFLARE_BASE_URL"] = newMachine(t, hostileWorld(t, 21, name)).env["CLOUDFLARE_BASE_URL"]
		m.env["NOW"] = "2026-06-30T02:00:00Z"
		m.want(0, "snapshot", "--quiet")
		m.env["NOW"] = "2026-07-01T00:00:00Z"
		m.env["CLOUDFLARE_BASE_URL"] = ""
		named := false
		period := []string{"--from", "2026-06-29T12:00:00Z", "--to", "2026-06-30"}
		reports := tree(t, m.bundle(append([]string{"report", "access-review"}, period...)...)) // all of them, in all formats but one
		for _, kind := range audit.Kinds() {
			reports[string(kind)+".txt"] = m.want(0, append([]string{"report", string(kind)}, period...)...).stdout
		}
		for file, out := range reports {
			format := map[string]string{".csv": "csv", ".json": "json", ".md": "markdown", ".html": "html", ".xlsx": "xlsx", ".txt": "table"}[filepath.Ext(file)]
			if format == "" || file == "README.md" {
				continue
			}
			if problem := harmful(t, format, out); problem != "" {
				t.Errorf("%q, %s: %s", name, file, problem)
			}
			switch format {
			case "json":
				of, _, _ := strings.Cut(file, ".")
				named = named || of != "access-review" && slices.Contains(audit.Kinds(), audit.Kind(of)) && strings.Contains(decoded(out), name)
			case "html":
				for shape := range shapesOf(parsedPage(t, out)) {
					if name == "plain" {
						shapes[shape] = true
					} else if !shapes[shape] {
						t.Errorf("%q: the page has %s, which plain names do not make", name, shape)
					}
				}
			}
		}
		if !named {
			t.Errorf("no report has the name %q", name)
		}
	}
	if len(shapes) < 20 {
		t.Errorf("%d elements are not what was to be looked at", len(shapes))
	}
}
