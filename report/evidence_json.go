package report

import (
	"io"
	"math"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/report/audit"
)

type remarkJSON struct {
	Severity string `json:"severity"` // "info" where all is well
	Text     string `json:"text"`
}

type unknownJSON struct {
	What   string `json:"what"`
	When   string `json:"when"` // "" where that is the report's moment
	Reason string `json:"reason"`
}

type chartJSON struct {
	Name   string       `json:"name"`
	Title  string       `json:"title"`
	Labels []string     `json:"labels"`
	Series []seriesJSON `json:"series"`
}

type seriesJSON struct {
	Name   string     `json:"name"`
	Values []*float64 `json:"values"` // one for each label; null where it is not known
}

// evidenceJSON writes a report as one JSON document, each fact and each row on a line.
// Facts, figures and rows are objects of cells: see cells.
func evidenceJSON(out io.Writer, r *audit.Report) error {
	w := newWriter(out)
	w.evidenceHead(r)
	w.print(",\n", `"tables":{`)
	for i := range r.Tables {
		w.separate(i)
		if err := w.evidenceRows(&r.Tables[i]); err != nil { // the document stays unfinished
			_ = w.end()
			return err
		}
	}
	w.print("\n}}\n")
	return w.end()
}

// evidenceHead writes everything but the tables.
func (w *writer) evidenceHead(r *audit.Report) {
	lead := make([]remarkJSON, 0, len(r.Lead))
	for _, l := range r.Lead {
		lead = append(lead, remarkJSON{l.Severity.String(), l.Text})
	}
	unknown := make([]unknownJSON, 0, len(r.Unknown))
	for _, u := range r.Unknown {
		unknown = append(unknown, unknownJSON(u))
	}
	charts := make([]chartJSON, 0, len(r.Charts))
	for _, c := range r.Charts {
		charts = append(charts, asChartJSON(c))
	}
	w.print(`{"format_version":"`, formatVersion, `","report":`)
	w.json(r.Kind)
	w.print(`,"title":`)
	w.json(r.Title)
	w.print(`,"lead":`)
	w.json(lead)
	w.print(",\n", `"facts":[`)
	keys := quotedKeys("group", "key", "name", "value")
	for i, f := range r.Facts {
		w.separate(i)
		w.cells(keys, []audit.Cell{audit.Text(string(f.Group)), audit.Text(f.Key), audit.Text(f.Name), f.Value})
	}
	w.print("\n],\n", `"figures":`)
	w.figures(r.Figures)
	w.print(",\n", `"unknown":`)
	w.json(unknown)
	w.print(",\n", `"charts":`)
	w.json(charts)
}

func (w *writer) figures(figures []audit.Figure) {
	var keys []string
	var values []audit.Cell
	for _, f := range figures {
		keys, values = append(keys, f.Key), append(values, f.Value)
	}
	w.cells(quotedKeys(keys...), values)
}

func asChartJSON(c audit.Chart) chartJSON {
	out := chartJSON{c.Name, c.Title, listed(c.Labels), make([]seriesJSON, 0, len(c.Series))}
	for _, s := range c.Series {
		values := make([]*float64, len(s.Values))
		for i, v := range s.Values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				values[i] = &v
			}
		}
		out.Series = append(out.Series, seriesJSON{s.Name, values})
	}
	return out
}

// evidenceRows writes a table as a member of an object.
func (w *writer) evidenceRows(t *audit.Table) error {
	w.json(t.Name)
	w.print(`:{"title":`)
	w.json(t.Title)
	w.print(`,"count":`)
	w.json(t.Len)
	w.print(`,"rows":[`)
	keys := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		keys[i] = c.Key
	}
	quoted, n := quotedKeys(keys...), 0
	for row, err := range rowsOf(t) {
		if err != nil {
			return err
		}
		if w.err != nil {
			break
		}
		w.separate(n)
		w.cells(quoted, row)
		n++
	}
	w.print("\n]}")
	return nil
}

// cells writes values as an object: numbers, true and false, times in RFC 3339, text
// exactly as it was recorded, and null where there is none. What is not known is
// null, too, and its key is in the member not_known, which is absent where everything
// is known.
func (w *writer) cells(keys []jsontext.Value, cells []audit.Cell) {
	b, unknown := []byte("{"), []byte(nil)
	for i, c := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, keys[i]...), ':')
		if c.IsNotKnown() {
			unknown = append(append(unknown, ','), keys[i]...)
		}
		b = appendCell(b, c)
	}
	if len(unknown) > 0 {
		b = append(append(append(b, `,"not_known":[`...), unknown[1:]...), ']')
	}
	_, _ = w.Write(append(b, '}')) // w remembers
}

func appendCell(b []byte, c audit.Cell) []byte {
	if s, ok := c.AsText(); ok {
		return appendQuoted(b, s)
	}
	if p, ok := c.AsSetting(); ok {
		return appendQuoted(b, p)
	}
	if at, ok := c.AsTime(); ok {
		return appendQuoted(b, timeJSON(at))
	}
	if c.IsNone() || c.IsNotKnown() {
		return append(b, "null"...)
	}
	return append(b, c.String()...) // of a number, or true or false
}

// appendQuoted appends s as a JSON string. What is not UTF-8 becomes U+FFFD, which is
// no error here.
func appendQuoted(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s)
	return b
}

func quotedKeys(keys ...string) []jsontext.Value {
	out := make([]jsontext.Value, len(keys))
	for i, k := range keys {
		out[i] = appendQuoted(nil, k)
	}
	return out
}
