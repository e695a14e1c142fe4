package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

func webPage(tb testing.TB, reports ...*audit.Report) string {
	tb.Helper()
	var b bytes.Buffer
	if err := EvidencePage(&b, reports); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestEvidencePagesAreAsInGoldenFiles(t *testing.T) {
	golden(t, "evidence_page.html", webPage(t, reviewReport(3)))
	golden(t, "evidence_page_many.html", webPage(t, reviewReport(1), changesReport()))
	golden(t, "evidence_page_none.html", webPage(t))
}

// contents counts the elements of a page, and lists its texts, its links and its
// styles. It fails where the page is not as well formed as XML has to be.
func contents(tb testing.TB, page string) (tags map[string]int, texts, links []string) {
	tb.Helper()
	page = strings.Replace(page, "<!doctype html>", "", 1)
	for _, tag := range []string{"meta", "input", "br"} {
		page = regexp.MustCompile(`<`+tag+`\b[^>]*[^/]>`).ReplaceAllStringFunc(page, func(s string) string { return strings.TrimSuffix(s, ">") + "/>" })
	}
	tags = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = map[string]string{"nbsp": "\u00a0"}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return tags, texts, links
		}
		if err != nil {
			tb.Fatalf("not a well formed page: %v", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			tags[t.Name.Local]++
			for _, a := range t.Attr {
				if t.Name.Local != "td" || !slices.Contains([]string{"prose", "long"}, a.Value) { // which depends on the text
					tags[t.Name.Local+" "+a.Name.Local]++
				}
				if slices.Contains([]string{"href", "src", "action", "style"}, a.Name.Local) {
					links = append(links, a.Value)
				}
			}
		case xml.CharData:
			texts = append(texts, string(t))
		}
	}
}

// reportOf says name wherever a report can say anything.
func reportOf(name string) *audit.Report {
	rows := [][]audit.Cell{{audit.Text(name), audit.Text(name), audit.Text(name)}}
	column := func(role audit.ColumnRole, minor bool) audit.Column {
		return audit.Column{Key: name, Name: name, Role: role, Minor: minor}
	}
	return &audit.Report{
		Kind: audit.Kind(name), Title: name,
		Lead:    []audit.Remark{{Severity: diff.High, Text: name}},
		Facts:   []audit.Fact{{Group: audit.Source, Key: name, Name: name, Value: audit.Text(name)}, {Group: audit.FactGroup(name), Key: name, Name: name, Value: audit.Text(name)}},
		Figures: []audit.Figure{{Key: name, Name: name, Value: audit.Text(name), Severity: diff.Low}},
		Unknown: []audit.Unknown{{What: name, When: name, Reason: name}},
		Charts: []audit.Chart{
			{Name: name, Title: name, Kind: audit.Line, Labels: []string{name, name}, Series: []audit.Series{{Name: name, Values: []float64{1, 2}}}},
			{Name: name, Title: name, Kind: audit.Bars, Labels: []string{name, name}, Series: []audit.Series{{Name: name, Values: []float64{1, math.NaN()}}}},
			{Name: name, Title: name},
		},
		Tables: []audit.Table{
			{Name: name, Title: name, Sheet: name, Len: 1, Rows: rowsFrom(rows), Columns: []audit.Column{column(audit.Plain, true), column(audit.Weight, false), column(audit.Code, false)}},
			{Name: name, Title: name, Sheet: name, Empty: name, Columns: []audit.Column{column(audit.Reviewer, false)}},
		},
	}
}

func TestNamesNeverBecomePartsOfAPage(t *testing.T) {
	want, _, _ := contents(t, webPage(t, reportOf("harmless"), reportOf("harmless")))
	check := func(tb testing.TB, name string) {
		tb.Helper()
		page := webPage(tb, reportOf(name), reportOf(name))
		if !utf8.ValidString(page) || strings.ContainsFunc(page, func(r rune) bool { return r != '\n' && dangerous(r) }) {
			tb.Errorf("%q leaves something dangerous in the page", name)
		}
		tags, texts, links := contents(tb, page)
		if fmt.Sprint(tags) != fmt.Sprint(want) {
			tb.Errorf("%q makes the elements %v, want %v", name, tags, want)
		}
		n := 0
		for _, text := range texts {
			if strings.Contains(text, Safe(name)) {
				n++
			}
		}
		if strings.TrimSpace(Safe(name)) == Safe(name) && width(Safe(name)) < 20 && n < 30 {
			tb.Errorf("%q is shown %d times only", name, n)
		}
		for _, link := range links {
			if !regexp.MustCompile(`^#[a-z0-9_-]*$|^(stroke|fill|stroke-width|stroke-dasharray|[:; ()0-9a-z-])*$`).MatchString(link) {
				tb.Errorf("%q makes the link or style %q", name, link)
			}
		}
	}
	for _, name := range slices.Concat(hostileNames, injections, []string{"rgb(1,0,0)", "stroke:rgb(1,0,0)", "#", "a b", "id"}) {
		if name != "" {
			check(t, name)
		}
	}
	if t.Failed() {
		return
	}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.StringMatching(`[a-z]?.{0,6}[<>&"'{};]{0,4}.{0,6}[a-z]`).Draw(rt, "name")
		check(t, name)
		if t.Failed() {
			rt.FailNow()
		}
	})
}

func TestPagesStandAlone(t *testing.T) {
	page := webPage(t, reviewReport(20), changesReport())
	tags, _, links := contents(t, page)
	for _, tag := range []string{"script", "link", "img", "iframe", "object", "form"} {
		if tags[tag] > 0 {
			t.Errorf("the page has %d of <%s>", tags[tag], tag)
		}
	}
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]]++; ids[m[1]] > 1 {
			t.Errorf("the name %q is there more than once", m[1])
		}
	}
	for _, l := range links {
		if link, ok := strings.CutPrefix(l, "#"); ok && ids[link] == 0 {
			t.Errorf("a link leads to %q, which is not there", link)
		}
	}
	for _, m := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		for _, id := range strings.Fields(m[1]) {
			if ids[id] == 0 {
				t.Errorf("something is labelled by %q, which is not there", id)
			}
		}
	}
	if n := tags["th"]; n == 0 || tags["th scope"] != n || tags["caption"] != tags["table"] {
		t.Errorf("%d headers, %d of them with a scope; %d captions for %d tables", n, tags["th scope"], tags["caption"], tags["table"])
	}
	if strings.Contains(page, "url(") || strings.Contains(page, "@import") {
		t.Error("the style asks for something")
	}
	if strings.Contains(page, "Reviewer</th>") {
		t.Error("a page has columns that nobody can fill in")
	}
	if n := strings.Count(page, "<svg viewBox=\"0 0 640"); n != 3 || tags["title"] != n+1 || tags["desc"] != n {
		t.Errorf("%d charts, %d titles, %d descriptions", n, tags["title"], tags["desc"])
	}
}

func TestLongTablesSayThatTheyAreCut(t *testing.T) {
	for _, n := range []int{pageRows, pageRows + 1} {
		r := reviewReport(1)
		row := make([]audit.Cell, len(r.Tables[0].Columns))
		row[4] = audit.Text("somebody")
		r.Tables[0].Len = n
		r.Tables[0].Rows = func(yield func([]audit.Cell, error) bool) {
			for range n {
				if !yield(row, nil) {
					return
				}
			}
		}
		page := webPage(t, r)
		if got := strings.Count(page, "<td>somebody</td>"); got != pageRows {
			t.Errorf("%d rows of %d", got, n)
		}
		said := strings.Contains(page, "The first 5,000 of 5,001 rows are shown here. The rest is in the CSV and the workbook.")
		if said != (n > pageRows) {
			t.Errorf("of %d rows: says that they are cut: %t", n, said)
		}
		if !strings.Contains(page, "<small>"+number(n)+" rows</small>") {
			t.Errorf("does not say that there are %d rows", n)
		}
	}
	if cut := long(strings.Repeat("é", pageCell+5)); !strings.Contains(cut, "the first 2,000 of 2,005 characters") || strings.Count(cut, "é") != pageCell {
		t.Errorf("a long text is shown as %s", cut)
	}
}

func TestPagesSayWhatIsNotKnown(t *testing.T) {
	r := reviewReport(11)
	page := webPage(t, r)
	for _, want := range []string{
		`<dt>Left since the last review</dt><dd><span class="unknown">not known</span></dd>`,
		`<td class="unknown">not known</td>`, `<dt>Users of Partner SAML</dt><dd><span class="unknown">not known</span></dd>`,
		"grey: not known (3 of 92)", "not known 2 of 92 times", "Nobody left.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	r.Charts = []audit.Chart{{Name: "x", Title: "X", Labels: []string{"a"}, Series: []audit.Series{{Name: "Y", Values: []float64{math.NaN()}}}}}
	if page := webPage(t, r); !strings.Contains(page, "Nothing of this is known.") || strings.Contains(page, "<svg") {
		t.Error("a chart of nothing is drawn")
	}
}

func TestPagesEndWithTheFirstError(t *testing.T) {
	broken := errors.New("history is damaged")
	for name, spoil := range map[string]func(*audit.Table){
		"the rows'": func(tb *audit.Table) {
			tb.Rows = func(yield func([]audit.Cell, error) bool) { yield(nil, broken) }
		},
		"too few rows":            func(tb *audit.Table) { tb.Len++ },
		"too many rows":           func(tb *audit.Table) { tb.Len-- },
		"rows where none counted": func(tb *audit.Table) { tb.Len = 0 },
	} {
		r := reviewReport(3)
		spoil(&r.Tables[0])
		var b bytes.Buffer
		err := EvidencePage(&b, []*audit.Report{r})
		if err == nil || name == "the rows'" && !errors.Is(err, broken) {
			t.Errorf("%s error: %v", name, err)
		}
		if strings.Contains(b.String(), "</html>") {
			t.Errorf("%s error: the page looks whole", name)
		}
	}
	for n := range 40 {
		w := &fullDisk{n * 4096}
		if err := EvidencePage(w, []*audit.Report{reviewReport(800)}); !errors.Is(err, errFull) {
			t.Fatalf("a disk with room for %d bytes: %v", n*4096, err)
		}
	}
}
