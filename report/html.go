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

var diffTemplate = template.Must(template.New("diff").Parse(diffPage))

func writeHTML(out io.Writer, c *comparison) error {
	w := newWriter(out)
	if err := diffTemplate.Execute(w, c); w.err == nil {
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
