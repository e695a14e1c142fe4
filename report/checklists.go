package report

import (
	"cmp"
	_ "embed"
	"io"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
)

// ChecklistFormats lists the formats that Checklists knows.
func ChecklistFormats() []string { return []string{"text", "json", "markdown", "html"} }

// Checklists writes what people have to do after providers were created in the target.
func Checklists(format string, w io.Writer, style Style, target string, lists []migrate.Checklist) error {
	switch format {
	case "text":
		t := newText(w, style)
		out := newWriter(w)
		t.paragraph(out, "", Safe(todoIn(target, len(lists))), t.bold)
		t.checklists(out, lists)
		return out.end()
	case "json":
		return jsonPrinter{w}.one(checklistsDocument{formatVersion, target, checklistsJSON(lists)})
	case "markdown":
		m := newMarkdown(w)
		m.checklists(target, lists)
		return m.w.end()
	case "html":
		return writePage(w, checklistTemplate, todosOf(target, lists))
	}
	return unknownFormatOf(format, ChecklistFormats())
}

type checklistsDocument struct {
	FormatVersion string              `json:"format_version"`
	Target        string              `json:"target"`
	Checklists    []migrate.Checklist `json:"checklists"`
}

//go:embed checklist.html.tmpl
var checklistPage string

var checklistTemplate = page("checklist", checklistPage)

// todos are checklists as people read them: every text in them is safe.
type todos struct {
	Target string
	Lists  []todo
}

type todo struct {
	Name, Vendor, OldID, NewID string
	Items                      []migrate.Item
}

func todosOf(target string, lists []migrate.Checklist) todos {
	out := todos{Target: Safe(target)}
	for _, l := range lists {
		out.Lists = append(out.Lists, todoOf(l))
	}
	return out
}

func todoOf(l migrate.Checklist) todo {
	out := todo{Name: label(l.Name), Vendor: cmp.Or(Safe(l.Vendor), vendorOf(l.Type)), OldID: Safe(l.OldID), NewID: Safe(l.NewID)}
	for _, i := range l.Items {
		out.Items = append(out.Items, migrate.Item{What: Safe(i.What), Where: Safe(i.Where), Value: Safe(i.Value), Note: Safe(i.Note)})
	}
	return out
}

// IDs says which id became which, "" where none did.
func (t todo) IDs() string {
	switch {
	case t.OldID == "" || t.OldID == t.NewID:
		return t.NewID
	case t.NewID == "":
		return t.OldID + " → the id that it will get"
	}
	return t.OldID + " → " + t.NewID
}

// Any reports whether there is anything to do.
func (t todos) Any() bool { return len(t.Lists) > 0 }

func todoIn(target string, lists int) string {
	if lists == 0 {
		return "Nothing is to be done by hand in " + target + "."
	}
	return "To do by hand in " + target
}

// checklists prints a box for each thing to do. Values, which are to be copied, are
// never cut.
func (t text) checklists(w *writer, lists []migrate.Checklist) {
	for i, l := range lists {
		if w.err != nil {
			return
		}
		list := todoOf(l)
		if i > 0 {
			w.print("\n")
		}
		w.print("  ", t.bold(t.fit(list.Name, t.width/2)), " ", t.dim("("+t.fit(list.Vendor, t.width/4)+")"), "\n")
		if ids := list.IDs(); ids != "" {
			t.paragraph(w, "      ", ids, t.dim)
		}
		for _, item := range list.Items {
			t.labelled(w, "  ", cell{"[ ]", t.warn}, 0, t.fit(item.What, maxReason))
			for _, part := range []fact{{Label: "where", Text: item.Where}, {Label: "value", Text: item.Value}, {Label: "note", Text: item.Note}} {
				t.todoPart(w, part)
			}
		}
		if len(list.Items) == 0 {
			w.print("      ", t.dim("nothing to do"), "\n")
		}
	}
}

func (t text) todoPart(w *writer, f fact) {
	if f.Text == "" {
		return
	}
	const indent, n = "       ", 5
	w.print(indent, t.dim(f.Label))
	space := strings.Repeat(" ", n-len(f.Label)+2)
	for _, l := range t.value(f.Text, t.width-len(indent)-n-2) {
		w.print(space, l, "\n")
		space = strings.Repeat(" ", len(indent)+n+2)
	}
}

func (m markdown) checklists(target string, lists []migrate.Checklist) {
	if len(lists) == 0 {
		m.w.print("Nothing is to be done by hand in ", code(Safe(target)), ".\n")
		return
	}
	m.w.print("## To do by hand in ", code(Safe(target)), "\n")
	for _, l := range lists {
		list := todoOf(l)
		m.w.print("\n### ", code(list.Name), " (", prose(list.Vendor), ")\n\n")
		if ids := list.IDs(); ids != "" {
			m.w.print(code(ids), "\n\n")
		}
		for _, item := range list.Items {
			m.w.print("- [ ] ", prose(item.What), "\n")
			if item.Where != "" {
				m.w.print("  - where: ", prose(item.Where), "\n")
			}
			if item.Value != "" {
				m.w.print("  - value: ", code(item.Value), "\n")
			}
			if item.Note != "" {
				m.w.print("  - note: ", prose(item.Note), "\n")
			}
		}
		if len(list.Items) == 0 {
			m.w.print("Nothing to do.\n")
		}
	}
}
