package report

import (
	_ "embed"
	"html/template"
	"io"
	"strconv"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// evidencePage is what stands around the rows of reports. It comes in pieces, between
// which the rows are written as they come: a template over the whole would have to
// hold all of them.
//
//go:embed evidence.html.tmpl
var evidencePage string

var evidenceTemplate = page("evidence", evidencePage)

// EvidencePage writes reports as one page of HTML that stands alone: no script,
// nothing from the network. It can be printed.
func EvidencePage(w io.Writer, reports []*audit.Report) error { return evidenceHTML(w, reports) }

func evidenceHTML(out io.Writer, reports []*audit.Report) error {
	sheet, err := newPaper(reports)
	if err != nil {
		return err
	}
	w := newWriter(out)
	piece := func(name string, data any) {
		if err := evidenceTemplate.ExecuteTemplate(w, name, data); w.err == nil {
			w.err = err
		}
	}
	piece("begin", sheet)
	for _, part := range sheet.Parts {
		piece("opening", part)
		for _, l := range part.Lists {
			piece("list", l)
			if err := l.write(w); err != nil {
				_ = w.end() // what came before the error is shown; the error says the rest
				return err
			}
		}
		piece("closing", part)
	}
	piece("end", sheet)
	return w.end()
}

// A paper is a page of reports.
type paper struct {
	Title string
	Parts []*part
}

// Many reports whether the page has more than one report.
func (p *paper) Many() bool { return len(p.Parts) > 1 }

// A part is one report on a page.
type part struct {
	*audit.Report
	ID     string
	Alone  bool // on its page: then the page's heading is its heading
	Charts []image
	Lists  []*listing
}

// image is a chart as the template takes it.
type image struct {
	ID, Title string
	SVG       template.HTML // "" where nothing is known
	Keys      []key
	Notes     []string
}

func newPaper(reports []*audit.Report) (*paper, error) {
	p := &paper{Title: "Audit evidence"}
	taken := map[string]bool{}
	for _, r := range reports {
		part := &part{Report: r, ID: anchor(taken, string(r.Kind)), Alone: len(reports) == 1}
		if part.Alone {
			p.Title = Safe(r.Title)
		}
		for i := range r.Charts {
			c := &r.Charts[i]
			img := image{ID: anchor(taken, part.ID+"-chart-"+c.Name), Title: Safe(c.Title)}
			if pic, known := newPicture(c); known {
				svg, err := pic.svg(img.ID)
				if err != nil {
					return nil, err
				}
				img.SVG, img.Keys, img.Notes = svg, pic.Keys(), pic.Notes()
			}
			part.Charts = append(part.Charts, img)
		}
		for i := range r.Tables {
			t := &r.Tables[i]
			part.Lists = append(part.Lists, newListing(t, anchor(taken, part.ID+"-"+t.Name), part.Alone))
		}
		p.Parts = append(p.Parts, part)
	}
	return p, nil
}

// anchor makes a name for links of name, which nothing else on the page has. It is the
// same in every report of a kind, so that links to it last.
func anchor(taken map[string]bool, name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
	unique := name
	for n := 2; taken[unique]; n++ {
		unique = name + "-" + strconv.Itoa(n)
	}
	taken[unique] = true
	return unique
}

// Heading heads a section of the part.
func (p *part) Heading(id, title string) template.HTML {
	if id != "" {
		id = p.ID + "-" + id
	}
	return heading(p.Alone, id, escaped(title))
}

// Label is what the table of contents calls the part.
func (p *part) Label() string { return Safe(p.Title) }

// About are the facts that a reader wants before anything else: whose report it is
// and what it covers.
func (p *part) About() []answer {
	var list []answer
	for _, f := range p.Facts {
		if (f.Group == audit.Source || f.Group == audit.Scope) && f.Key != audit.EndpointsFact {
			list = append(list, answer{Safe(f.Name), valueHTML(f.Value)})
		}
	}
	return list
}

// answerGroup is all facts of one group.
type answerGroup struct {
	Group audit.FactGroup
	Title string
	Facts []answer
}

type answer struct {
	Name  string
	Value template.HTML
}

// Groups gives the facts group by group, in the order in which they first come.
func (p *part) Groups() []*answerGroup {
	var groups []*answerGroup
	found := map[audit.FactGroup]*answerGroup{}
	for _, f := range p.Facts {
		g := found[f.Group]
		if g == nil {
			g = &answerGroup{Group: f.Group, Title: capital(Safe(string(f.Group)))}
			found[f.Group] = g
			groups = append(groups, g)
		}
		g.Facts = append(g.Facts, answer{Safe(f.Name), valueHTML(f.Value)})
	}
	return groups
}

// remark is a sentence on top of a report.
type remark struct {
	Severity string // "" where all is well
	Text     string
}

// Remarks are the sentences on top.
func (p *part) Remarks() []remark {
	list := make([]remark, len(p.Lead))
	for i, l := range p.Lead {
		list[i] = remark{concern(l.Severity), Safe(l.Text)}
	}
	return list
}

// tile is a figure.
type tile struct {
	Name     string
	Value    template.HTML
	Severity string
}

// Tiles are the figures.
func (p *part) Tiles() []tile {
	var list []tile
	for _, f := range p.Figures {
		if f.Matters() {
			list = append(list, tile{Safe(f.Name), valueHTML(f.Value), concern(f.Severity)})
		}
	}
	return list
}

// Gaps are what the report says nothing about.
func (p *part) Gaps() []audit.Unknown {
	list := make([]audit.Unknown, len(p.Unknown))
	for i, u := range p.Unknown {
		list[i] = audit.Unknown{What: Safe(u.What), When: Safe(u.When), Reason: Safe(u.Reason)}
	}
	return list
}

// concern names a severity where it asks for attention.
func concern(s diff.Severity) string {
	if s <= diff.Info || s > diff.Critical {
		return ""
	}
	return s.String()
}
