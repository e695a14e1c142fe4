package report

import (
	"fmt"
	"html/template"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// EvidenceWorkbook writes reports as one workbook for spreadsheets (XLSX): a summary,
// then a sheet for each table, then how all of it was made. Equal reports give equal
// bytes.
func EvidenceWorkbook(w io.Writer, reports []*audit.Report) error {
	b := &book{File: excelize.NewFile()}
	defer b.Close() //nolint:errcheck // removes temporary files, if it can; the workbook is written by then
	if err := b.fill(reports); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	pack := &packer{out: w}
	b.SetZipWriter(func(io.Writer) excelize.ZipWriter { return pack })
	if _, err := b.WriteTo(io.Discard); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

func evidenceXLSX(w io.Writer, r *audit.Report) error {
	return EvidenceWorkbook(w, []*audit.Report{r})
}

// A book is a workbook that is being written. Its sheets are written in order, each
// row as it comes: what does not fit memory waits in temporary files, which nobody
// else can read and which are gone in the end.
type book struct {
	*excelize.File
	bookStyles
	sheets []*bookSheet
}

// bookSheet is a sheet that holds a table, or as much of one as fits.
type bookSheet struct {
	name   string
	report *audit.Report
	table  *audit.Table
	rows   int        // without the header
	more   *bookSheet // where the table goes on
}

// lastRow is how many rows a sheet can have, the header among them.
const lastRow = excelize.TotalRows

func (b *book) fill(reports []*audit.Report) error {
	b.sheets = planSheets(reports, lastRow-1)
	if err := b.makeStyles(); err != nil {
		return err
	}
	if err := b.properties(reports); err != nil {
		return err
	}
	if err := b.summary(reports); err != nil {
		return err
	}
	if err := b.tables(); err != nil {
		return err
	}
	return b.method(reports)
}

// properties says what the workbook is, and nothing of when and where it was written:
// that is no part of the evidence, and would make equal reports different files.
func (b *book) properties(reports []*audit.Report) error {
	title := "Audit evidence"
	if len(reports) == 1 {
		title = reports[0].Title
	}
	b.Pkg.Store("docProps/core.xml", []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n"+
		`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">`+
		"<dc:title>"+template.HTMLEscapeString(Safe(title))+"</dc:title><dc:creator>idpsnap</dc:creator></cp:coreProperties>"))
	if err := b.SetAppProps(&excelize.AppProperties{Application: "idpsnap"}); err != nil {
		return fmt.Errorf("properties: %w", err)
	}
	return nil
}

// bookStyles are the looks that cells can have, by the numbers that a workbook has
// for them.
type bookStyles struct {
	title, head, headReviewer, text, code, wrap, number, figure, time, unknown, reviewer int
	weights                                                                              map[diff.Severity]int
}

// asText is the number format of cells that stay text whatever is typed into them: a
// name that begins with = does not become a formula when somebody edits it, and what a
// reviewer types is read as it was typed.
const asText = 49

func (b *book) makeStyles() error {
	plain := excelize.Style{NumFmt: asText, Alignment: &excelize.Alignment{Vertical: "top"}}
	style := func(change func(s *excelize.Style)) excelize.Style {
		s := plain
		change(&s)
		return s
	}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	head := func(color string) excelize.Style {
		return style(func(s *excelize.Style) {
			s.Font, s.Fill = font(excelize.Font{Bold: true}), fill(color)
			s.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: "8A919E"}}
		})
	}
	date, left := "yyyy-mm-dd hh:mm:ss", &excelize.Alignment{Vertical: "top", Horizontal: "left"}
	b.weights = map[diff.Severity]int{}
	for _, want := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.title, style(func(s *excelize.Style) { s.Font = font(excelize.Font{Bold: true, Size: 15}) })},
		{&b.head, head("ECEEF1")},
		{&b.headReviewer, head("F6DFA4")},
		{&b.text, plain},
		{&b.code, style(func(s *excelize.Style) { s.Font = font(excelize.Font{Family: "Consolas", Size: 10}) })},
		{&b.wrap, style(func(s *excelize.Style) { s.Alignment = &excelize.Alignment{Vertical: "top", WrapText: true} })},
		{&b.number, style(func(s *excelize.Style) { s.NumFmt = 3 })},
		{&b.figure, style(func(s *excelize.Style) { s.NumFmt, s.Alignment = 3, left })},
		{&b.time, style(func(s *excelize.Style) { s.NumFmt, s.CustomNumFmt, s.Alignment = 0, &date, left })},
		{&b.unknown, style(func(s *excelize.Style) { s.Font = font(excelize.Font{Italic: true, Color: "5D6675"}) })},
		{&b.reviewer, style(func(s *excelize.Style) {
			s.Fill = fill("FDF6E0")
			s.Border = []excelize.Border{{Type: "bottom", Style: 4, Color: "E5D5A5"}, {Type: "right", Style: 4, Color: "E5D5A5"}}
		})},
	} {
		id, err := b.NewStyle(&want.style)
		if err != nil {
			return fmt.Errorf("style: %w", err)
		}
		*want.id = id
	}
	return b.makeWeights(plain, fill)
}

// font is f in the letters that workbooks have by themselves, where it says nothing
// else.
func font(f excelize.Font) *excelize.Font {
	if f.Family == "" {
		f.Family = "Calibri"
	}
	if f.Size == 0 {
		f.Size = 11
	}
	return &f
}

// makeWeights makes the looks of severities, the same as on pages.
func (b *book) makeWeights(plain excelize.Style, fill func(string) excelize.Fill) error {
	looks := map[diff.Severity][2]string{ // letters, ground
		diff.Critical: {"FFFFFF", "B3261E"}, diff.High: {"B3261E", "FBE4E2"}, diff.Medium: {"7A5C00", "FAF1CF"},
		diff.Low: {"3C4350", "ECEEF1"}, diff.Info: {"5D6675", "FFFFFF"},
	}
	for _, s := range diff.Severities() {
		look := plain
		look.Font, look.Fill = font(excelize.Font{Color: looks[s][0], Bold: s >= diff.High}), fill(looks[s][1])
		id, err := b.NewStyle(&look)
		if err != nil {
			return fmt.Errorf("style: %w", err)
		}
		b.weights[s] = id
	}
	return nil
}
