package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// How tests read reports: in each format, as whoever gets it would.

// evidenceDoc is a report as JSON.
type evidenceDoc struct {
	Report string
	Title  string
	Lead   []struct{ Severity, Text string }
	Facts  []struct {
		Group, Key, Name string
		Value            any
	}
	Figures members
	Unknown []struct{ What, When, Reason string }
	Charts  []struct {
		Name   string
		Labels []string
		Series []struct {
			Name   string
			Values []*float64
		}
	}
	Tables members
}

// members are those of a JSON object, in their order.
type members []struct {
	key   string
	value json.RawMessage
}

func (m *members) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		*m = append(*m, struct {
			key   string
			value json.RawMessage
		}{fmt.Sprint(key), value})
	}
	return nil
}

// text is the value of a member as people see it.
func (m members) text(key string) string {
	for _, e := range m {
		if e.key != key {
			continue
		}
		var s string
		switch {
		case string(e.value) != "null" && json.Unmarshal(e.value, &s) == nil:
			return s
		case string(e.value) != "null":
			return string(e.value)
		case slices.Contains(m.notKnown(), key):
			return "not known"
		}
	}
	return ""
}

func (m members) notKnown() (keys []string) {
	for _, e := range m {
		if e.key == "not_known" {
			must(json.Unmarshal(e.value, &keys))
		}
	}
	return keys
}

func (m members) number(t *testing.T, key string) int {
	t.Helper()
	n, err := strconv.Atoi(m.text(key))
	if err != nil {
		t.Fatalf("%s: %q is no number", key, m.text(key))
	}
	return n
}

type tableDoc struct {
	Title string
	Count int
	Rows  []members
}

func (d *evidenceDoc) table(t *testing.T, name string) tableDoc {
	t.Helper()
	for _, e := range d.Tables {
		if e.key == name {
			var table tableDoc
			must(json.Unmarshal(e.value, &table))
			return table
		}
	}
	t.Fatalf("%s has no table %s", d.Report, name)
	return tableDoc{}
}

// row is the first one with the value.
func (d tableDoc) row(t *testing.T, key, value string) members {
	t.Helper()
	for _, r := range d.Rows {
		if r.text(key) == value {
			return r
		}
	}
	t.Fatalf("%s has no row of which %s is %q", d.Title, key, value)
	return nil
}

// evidence makes a report and reads it.
func (m *machine) evidence(code int, args ...string) *evidenceDoc {
	m.Helper()
	return readEvidence(m.T, m.want(code, in("json", args)...).stdout)
}

func readEvidence(t *testing.T, text string) *evidenceDoc {
	t.Helper()
	d := &evidenceDoc{}
	if err := json.Unmarshal([]byte(text), d); err != nil {
		t.Fatalf("%v: %s", err, head(text))
	}
	return d
}

// told are the numbers that a format shows: the figures from first to last, how many
// things are said not to be known, and how many rows each table is said to have, and
// has.
type told struct {
	Figures []figure
	Unknown int
	Tables  []toldTable
}

type figure struct{ Name, Value string } // JSON has no names for people

type toldTable struct {
	Title       string
	Count, Rows int
}

func toldByJSON(t *testing.T, out string) (n told) {
	t.Helper()
	d := readEvidence(t, out)
	for _, f := range d.Figures {
		if f.key != "not_known" {
			n.Figures = append(n.Figures, figure{"", d.Figures.text(f.key)})
		}
	}
	n.Unknown = len(d.Unknown)
	for _, e := range d.Tables {
		table := d.table(t, e.key)
		n.Tables = append(n.Tables, toldTable{table.Title, table.Count, len(table.Rows)})
	}
	return n
}

// plainNumber takes the thousands apart no longer.
func plainNumber(s string) string { return strings.ReplaceAll(strings.Trim(s, "* "), ",", "") }

var (
	counted    = regexp.MustCompile(`^(?:### )?(.+) \(([0-9,]+)\)$`)
	figureLine = regexp.MustCompile(`^  (\S.*?)  +(\S.*)$`)
	rowsSaid   = regexp.MustCompile(`^(.+?) *([0-9,]+) rows?$`)
)

func atoi(s string) int {
	n, err := strconv.Atoi(plainNumber(s))
	must(err)
	return n
}

func toldByMarkdown(_ *testing.T, out string) (n told) {
	for _, part := range strings.Split(out, "\n\n") {
		lines := strings.Split(strings.Trim(part, "\n"), "\n")
		title := counted.FindStringSubmatch(lines[0])
		switch last := len(n.Tables) - 1; {
		case lines[0] == "| | |":
			for _, line := range lines[2:] {
				cells := strings.Split(line, "|")
				n.Figures = append(n.Figures, figure{strings.TrimSpace(cells[1]), plainNumber(cells[2])})
			}
		case title != nil:
			n.Tables = append(n.Tables, toldTable{title[1], atoi(title[2]), 0})
		case strings.HasPrefix(lines[0], "| "):
			n.Tables[last].Rows = len(lines) - 2
		case strings.HasPrefix(lines[0], "- ") && last == 0 && n.Tables[0].Title == "Not known":
			n.Unknown = len(lines)
			n.Tables = nil
		}
	}
	return n
}

func toldByText(_ *testing.T, out string) (n told) {
	for _, part := range strings.Split(out, "\n\n") {
		lines := strings.Split(strings.Trim(part, "\n"), "\n")
		title := counted.FindStringSubmatch(lines[0])
		switch rows := len(lines) - 2; { // without the title and the names of columns
		case title != nil && title[1] == "Not known" && n.Unknown == 0 && len(n.Tables) == 0:
			n.Unknown = len(lines) - 1
		case title != nil:
			if strings.HasPrefix(lines[len(lines)-1], "  left out: ") {
				rows--
			}
			n.Tables = append(n.Tables, toldTable{title[1], atoi(title[2]), rows})
		case len(n.Figures) == 0 && len(n.Tables) == 0 && figureLine.MatchString(lines[0]):
			for _, line := range lines {
				f := figureLine.FindStringSubmatch(line)
				n.Figures = append(n.Figures, figure{f[1], plainNumber(f[2])})
			}
		}
	}
	return n
}

// elements are those below a node that have the name and, where one is given, the
// class.
func elements(n *html.Node, name, class string) []*html.Node {
	var list []*html.Node
	for e := range n.Descendants() {
		if e.Type == html.ElementNode && e.Data == name && (class == "" || attribute(e, "class") == class) {
			list = append(list, e)
		}
	}
	return list
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// textIn is what a browser shows of a node.
func textIn(n *html.Node) string {
	var b strings.Builder
	for e := range n.Descendants() {
		if e.Type == html.TextNode {
			b.WriteString(e.Data)
		}
	}
	return b.String()
}

func parsedPage(t *testing.T, out string) *html.Node {
	t.Helper()
	page, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func toldByHTML(t *testing.T, out string) (n told) {
	t.Helper()
	page := parsedPage(t, out)
	for _, tiles := range elements(page, "dl", "tiles") {
		for _, dd := range elements(tiles, "dd", "") {
			name := elements(dd.Parent, "dt", "")[0].FirstChild.Data // without its badge
			n.Figures = append(n.Figures, figure{strings.TrimSpace(name), plainNumber(textIn(dd))})
		}
	}
	for _, note := range elements(page, "section", "note") {
		n.Unknown += len(elements(note, "li", ""))
	}
	for _, section := range elements(page, "section", "") {
		heads := elements(section, "small", "")
		if len(heads) != 1 {
			continue
		}
		said := rowsSaid.FindStringSubmatch(textIn(heads[0].Parent))
		table := toldTable{said[1], atoi(said[2]), 0}
		for _, body := range elements(section, "tbody", "") {
			table.Rows += len(elements(body, "tr", ""))
		}
		n.Tables = append(n.Tables, table)
	}
	return n
}

func toldByXLSX(t *testing.T, out string) (n told) {
	t.Helper()
	f := openedBook(t, out)
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	part, parts := "", []string{"Figure Value", "Not known When", "Table Sheet"}
	for _, row := range rows {
		switch {
		case len(row) == 0:
			part = ""
		case part == "" && len(row) > 1 && slices.Contains(parts, row[0]+" "+row[1]):
			part, _, _ = strings.Cut(row[0], " ")
		case part == "Figure":
			n.Figures = append(n.Figures, figure{row[0], plainNumber(row[1])})
		case part == "Not":
			n.Unknown++
		case part == "Table":
			list, err := f.GetRows(row[1])
			if err != nil {
				t.Fatal(err)
			}
			n.Tables = append(n.Tables, toldTable{row[0], atoi(row[2]), len(list) - 1})
		}
	}
	return n
}

func csvRecords(t *testing.T, text string, comma rune) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	if r.Comma = comma; comma != ',' {
		r.LazyQuotes, r.FieldsPerRecord = true, -1
	}
	list, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list
}
