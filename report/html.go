package report

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/idpsnap/idpsnap/diff"
)

// diffPage is a page of its own: no script, nothing from the network. The template
// escapes whatever it is given for the place where it puts it.
//
//go:embed diff.html.tmpl
var diffPage string

// pageStyle is how every page looks.
//
//go:embed style.html.tmpl
var pageStyle string

var diffTemplate = page("diff", diffPage)

func page(name, text string) *template.Template {
	return template.Must(template.Must(template.New(name).Parse(pageStyle)).Parse(text))
}

func writeHTML(out io.Writer, c *comparison) error { return writePage(out, diffTemplate, c) }

func writePage(out io.Writer, page *template.Template, data any) error {
	w := newWriter(out)
	if err := page.Execute(w, data); w.err == nil {
		w.err = err
	}
	return w.end()
}

// Title heads a collection.
func (w words) Title() string { return capital(w.String()) }

// Any reports whether any of the changes is shown.
func (b block) Any() bool { return len(b.changes) > 0 }

// Weighty reports whether the resource was there before and after, so that each of
// its settings has a severity of its own.
func (c change) Weighty() bool { return c.Action == diff.Changed }
