package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/idpsnap/idpsnap/report/audit"
)

// lines writes one row of a sheet after the other.
type lines struct {
	w   *excelize.StreamWriter
	row int
	err error
}

func (l *lines) add(values ...any) { l.high(0, values...) }

// high adds a row that is so high; 0 is as high as it has to be.
func (l *lines) high(height float64, values ...any) {
	if l.row++; l.err == nil && len(values) > 0 {
		l.err = l.w.SetRow(fmt.Sprintf("A%d", l.row), values, excelize.RowOpts{Height: height})
	}
}

// summary writes the first sheet: what a reader wants to know before the rows, and
// where they are.
func (b *book) summary(reports []*audit.Report) error {
	first := b.GetSheetName(0)
	if err := b.SetSheetName(first, summarySheet); err != nil {
		return fmt.Errorf("sheet %s: %w", summarySheet, err)
	}
	w, err := b.open(summarySheet)
	if err != nil {
		return err
	}
	l := &lines{w: w}
	for i, width := range []float64{38, 34, 12, 70} {
		if l.err == nil {
			l.err = w.SetColWidth(i+1, i+1, width)
		}
	}
	for i, r := range reports {
		if i > 0 {
			l.add()
			l.add()
		}
		b.summarise(l, r)
	}
	if l.err == nil {
		l.err = w.Flush()
	}
	if l.err != nil {
		return fmt.Errorf("sheet %s: %w", summarySheet, l.err)
	}
	return nil
}

func (b *book) summarise(l *lines, r *audit.Report) {
	l.high(24, excelize.Cell{StyleID: b.title, Value: bookSafe(r.Title)})
	l.add(b.cell(audit.Text("All times are UTC. Sheet "+methodSheet+" says where everything is from."), audit.Plain))
	l.add()
	for _, f := range r.Facts {
		if f.Group == audit.Source || f.Group == audit.Scope {
			l.add(b.say(f.Name), b.first(f.Value))
		}
	}
	if len(r.Lead) > 0 {
		l.add()
		l.add(b.heads("Severity", "In short", "", "")...)
	}
	for _, remark := range r.Lead {
		l.add(b.cell(audit.Text(concern(remark.Severity)), audit.Weight), b.cell(audit.Text(remark.Text), audit.Plain))
	}
	if len(r.Figures) > 0 {
		l.add()
		l.add(b.heads("Figure", "Value", "Severity")...)
	}
	for _, f := range r.Figures {
		l.add(b.say(f.Name), b.first(f.Value), b.cell(audit.Text(concern(f.Severity)), audit.Weight))
	}
	if len(r.Unknown) > 0 {
		l.add()
		l.add(b.heads("Not known", "When", "", "Why")...)
	}
	for _, u := range r.Unknown {
		l.add(b.say(u.What), b.say(u.When), nil, b.say(u.Reason))
	}
	l.add()
	l.add(b.heads("Table", "Sheet", "Rows", "Note")...)
	for _, s := range b.sheets {
		if s.report == r {
			l.add(b.say(s.table.Title), b.say(s.name), b.first(audit.Number(s.rows)), b.say(s.note()))
		}
	}
}

// note says what a sheet does not say itself: that it is empty on purpose, or where
// its table goes on.
func (s *bookSheet) note() string {
	switch {
	case s.more != nil:
		return "of " + number(s.table.Len) + " rows; goes on in sheet " + s.more.name
	case s.rows < s.table.Len:
		return "the last of " + number(s.table.Len) + " rows"
	case s.rows == 0:
		return s.table.Empty
	}
	return ""
}

// method writes the last sheet: all facts of the reports, a part for each of them.
func (b *book) method(reports []*audit.Report) error {
	w, err := b.open(methodSheet)
	if err != nil {
		return err
	}
	l := &lines{w: w}
	for i, width := range []float64{22, 16, 30, 26, 90} {
		if l.err == nil {
			l.err = w.SetColWidth(i+1, i+1, width)
		}
	}
	if l.err == nil {
		l.err = w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
	l.add(b.heads("Report", "Question", "Fact", "Key", "Value")...)
	for i, r := range reports {
		if i > 0 {
			l.add()
		}
		for _, f := range r.Facts {
			l.add(b.say(r.Title), b.say(capital(string(f.Group))), b.say(f.Name), b.cell(audit.Text(f.Key), audit.Code), b.first(f.Value))
		}
	}
	if l.err == nil {
		l.err = w.Flush()
	}
	if l.err != nil {
		return fmt.Errorf("sheet %s: %w", methodSheet, l.err)
	}
	return nil
}

// first is a value that stands beside its name, not below others: numbers begin where
// text does.
func (b *book) first(c audit.Cell) any {
	value := b.cell(c, audit.Plain)
	if v, ok := value.(excelize.Cell); ok && v.StyleID == b.number {
		v.StyleID = b.figure
		return v
	}
	return value
}

// say is text that stands alone.
func (b *book) say(s string) any {
	if s == "" {
		return nil
	}
	return excelize.Cell{StyleID: b.wrap, Value: bookSafe(s)}
}

func (b *book) heads(names ...string) []any {
	list := make([]any, len(names))
	for i, n := range names {
		list[i] = excelize.Cell{StyleID: b.head, Value: n}
	}
	return list
}
