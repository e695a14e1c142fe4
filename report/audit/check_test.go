package audit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/report/audit"
)

// cellsOf writes the rows of a table down, the columns with the keys of each, and
// checks that the table is what it says it is.
func cellsOf(t *testing.T, r *audit.Report, name string, keys ...string) []string {
	t.Helper()
	table, ok := r.Table(name)
	if !ok {
		t.Fatalf("no table %q", name)
	}
	var at []int
	for _, key := range keys {
		i := slices.IndexFunc(table.Columns, func(c audit.Column) bool { return c.Key == key })
		if i < 0 {
			t.Fatalf("no column %q in %q", key, name)
		}
		at = append(at, i)
	}
	lines := []string{}
	for row, err := range table.Rows {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var cells []string
		for _, i := range at {
			cells = append(cells, row[i].String())
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return lines
}

// figureOf gives the figure with the key, as text.
func figureOf(t *testing.T, r *audit.Report, key string) string {
	t.Helper()
	i := slices.IndexFunc(r.Figures, func(f audit.Figure) bool { return f.Key == key })
	if i < 0 {
		t.Fatalf("no figure %q", key)
	}
	return r.Figures[i].Value.String()
}

// leadOf writes down what is on top of a report.
func leadOf(r *audit.Report) []string {
	lines := []string{}
	for _, m := range r.Lead {
		lines = append(lines, m.Severity.String()+": "+m.Text)
	}
	return lines
}

// unknownOf writes down what a report says nothing about.
func unknownOf(r *audit.Report) []string {
	lines := []string{}
	for _, u := range r.Unknown {
		lines = append(lines, u.What+" | "+u.When+" | "+u.Reason)
	}
	return lines
}

// factOf gives the fact with the key, as text.
func factOf(t *testing.T, r *audit.Report, key string) string {
	t.Helper()
	i := slices.IndexFunc(r.Facts, func(f audit.Fact) bool { return f.Key == key })
	if i < 0 {
		t.Fatalf("no fact %q", key)
	}
	return r.Facts[i].Value.String()
}

// wellFormed checks what has to hold for every report: that tables have the rows and
// cells that they say, twice the same; that keys tell things apart; that charts have a
// value for every label.
func wellFormed(t *testing.T, r *audit.Report) {
	t.Helper()
	if r.Kind == "" || r.Title == "" || len(r.Lead) == 0 || len(r.Tables) == 0 {
		t.Errorf("a report without a kind, title, lead or table: %q, %q", r.Kind, r.Title)
	}
	var names, figures, facts []string
	for _, table := range r.Tables {
		names = append(names, table.Name)
		wellFormedTable(t, r, &table)
	}
	for _, f := range r.Figures {
		figures = append(figures, f.Key)
	}
	for _, f := range r.Facts {
		facts = append(facts, f.Key)
	}
	distinct(t, "tables", names)
	distinct(t, "figures", figures)
	distinct(t, "facts", facts)
	for _, c := range r.Charts {
		for _, s := range c.Series {
			if len(s.Values) != len(c.Labels) {
				t.Errorf("chart %q: %d values of %q for %d labels", c.Name, len(s.Values), s.Name, len(c.Labels))
			}
		}
	}
}

func wellFormedTable(t *testing.T, r *audit.Report, table *audit.Table) {
	t.Helper()
	var keys []string
	for _, c := range table.Columns {
		if keys = append(keys, c.Key); c.Key == "" || c.Name == "" {
			t.Errorf("table %q: a column without a key or name", table.Name)
		}
	}
	distinct(t, "columns of "+table.Name, keys)
	if table.Name == "" || table.Title == "" || table.Sheet == "" || table.Empty == "" {
		t.Errorf("table %q lacks a name, title, sheet or what to say where it is empty", table.Name)
	}
	for row, err := range table.Rows {
		if err != nil || len(row) != len(table.Columns) {
			t.Fatalf("table %q: %d cells for %d columns, %v", table.Name, len(row), len(table.Columns), err)
		}
	}
	first, second := cellsOf(t, r, table.Name, keys...), cellsOf(t, r, table.Name, keys...)
	if d := cmp.Diff(first, second); d != "" {
		t.Errorf("table %q is another one the second time: %s", table.Name, d)
	}
	if len(first) != table.Len {
		t.Errorf("table %q has %d rows, and says %d", table.Name, len(first), table.Len)
	}
	for range table.Rows { // whoever stops gets no more
		break
	}
}

func distinct(t *testing.T, what string, keys []string) {
	t.Helper()
	slices.Sort(keys)
	if n := len(slices.Compact(slices.Clone(keys))); n != len(keys) {
		t.Errorf("%s are not distinct: %q", what, keys)
	}
}
