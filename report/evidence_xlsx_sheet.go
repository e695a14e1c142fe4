package report

import (
	"fmt"
	"iter"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/idpsnap/idpsnap/report/audit"
)

// tables writes the sheets of all tables.
func (b *book) tables() error {
	for i := 0; i < len(b.sheets); {
		s := b.sheets[i]
		next, stop := iter.Pull2(rowsOf(s.table))
		for ; s != nil; s = s.more {
			if err := b.sheet(s, next); err != nil {
				stop()
				return err
			}
			i++
		}
		// All rows that were counted are written; were there more, this tells.
		_, err, more := next()
		stop()
		if err != nil {
			return err
		}
		if more {
			return fmt.Errorf("table %s: more rows than were counted", b.sheets[i-1].table.Name)
		}
	}
	return nil
}

// nextRow is what iter.Pull2 makes of rows.
type nextRow = func() ([]audit.Cell, error, bool)

// sheet writes as many rows of a table as the sheet holds.
func (b *book) sheet(s *bookSheet, next nextRow) error {
	w, err := b.open(s.name)
	if err != nil {
		return err
	}
	sample, err := take(next, min(s.rows, 200))
	if err != nil {
		return err
	}
	if err := b.begin(w, s.table, sample); err != nil {
		return fmt.Errorf("sheet %s: %w", s.name, err)
	}
	for n := range s.rows {
		var row []audit.Cell
		if n < len(sample) {
			row = sample[n]
		} else {
			var more bool
			if row, err, more = next(); err != nil {
				return err
			} else if !more {
				break // tables finds out
			}
		}
		values := make([]any, len(row))
		for i, c := range row {
			values[i] = b.cell(c, s.table.Columns[i].Role)
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n+2), values); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	if err := b.finish(w, s); err != nil {
		return fmt.Errorf("sheet %s: %w", s.name, err)
	}
	return nil
}

// take takes up to n rows, for a look at how wide they are.
func take(next nextRow, n int) ([][]audit.Cell, error) {
	var list [][]audit.Cell
	for len(list) < n {
		row, err, more := next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		list = append(list, append([]audit.Cell{}, row...))
	}
	return list, nil
}

// open makes a sheet that prints across the paper, as wide as that is.
func (b *book) open(name string) (*excelize.StreamWriter, error) {
	wrong := func(err error) (*excelize.StreamWriter, error) {
		return nil, fmt.Errorf("sheet %s: %w", name, err)
	}
	if _, err := b.NewSheet(name); err != nil {
		return wrong(err)
	}
	wide, high, paper, across, fits := 1, 0, 9, "landscape", true
	if err := b.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fits}); err != nil {
		return wrong(err)
	}
	if err := b.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &across, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return wrong(err)
	}
	w, err := b.NewStreamWriter(name)
	if err != nil {
		return wrong(err)
	}
	return w, nil
}

// begin writes the header of a table, which stays in view.
func (b *book) begin(w *excelize.StreamWriter, t *audit.Table, sample [][]audit.Cell) error {
	header := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		header[i] = excelize.Cell{StyleID: b.head, Value: bookSafe(c.Name)}
		if c.Role == audit.Reviewer {
			header[i] = excelize.Cell{StyleID: b.headReviewer, Value: bookSafe(c.Name)}
		}
		if err := w.SetColWidth(i+1, i+1, columnWidth(c, i, sample)); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return w.SetRow("A1", header)
}

// columnWidth is what the first rows of a column need, within reason.
func columnWidth(c audit.Column, i int, sample [][]audit.Cell) float64 {
	const narrow, reviewer, wide = 9, 16, 48
	w := max(narrow, width(Safe(c.Name))+4) // the button of the filter stands there
	if c.Role == audit.Reviewer {
		w = max(w, reviewer)
	}
	for _, row := range sample {
		if w >= wide {
			break
		}
		need := width(Safe(row[i].String())) + 2
		if _, ok := row[i].AsTime(); ok {
			need = 20
		}
		w = max(w, need)
	}
	return float64(min(w, wide))
}

// finish adds what belongs to all rows: the filter, the words to choose from, and the
// header that is printed on every page.
func (b *book) finish(w *excelize.StreamWriter, s *bookSheet) error {
	last, err := excelize.CoordinatesToCellName(max(1, len(s.table.Columns)), s.rows+1)
	if err != nil {
		return err
	}
	if err := b.AutoFilter(s.name, "A1:"+last, nil); err != nil {
		return err
	}
	for i, c := range s.table.Columns {
		if len(c.Choices) == 0 || s.rows == 0 {
			continue
		}
		if err := b.choices(s, i+1, c); err != nil {
			return err
		}
	}
	if err := b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + s.name + "'!$1:$1", Scope: s.name}); err != nil {
		return err
	}
	return w.Flush()
}

// choices lets a column take its choices only.
func (b *book) choices(s *bookSheet, column int, c audit.Column) error {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return err
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(fmt.Sprintf("%[1]s2:%[1]s%[2]d", name, s.rows+1))
	if err := v.SetDropList(c.Choices); err != nil {
		return err
	}
	v.SetError(excelize.DataValidationErrorStyleStop, shorten(Safe(c.Name), 32), shorten("One of: "+strings.Join(c.Choices, ", "), 225))
	return b.AddDataValidation(s.name, v)
}
