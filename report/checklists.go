package report

import (
	"cmp"
	_ "embed"
	"io"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// ChecklistFormats lists the formats that Checklists knows.
func ChecklistFormats() []string { return []string{"text", "json", "markdown", "html"} }

// Checklists writes what people have to do after a plan was carried out: for each
// provider that was created, and for what still names one that the target does not
// have. run is the id of the run, "" where there is none.
func Checklists(format string, w io.Writer, style Style, p *migrate.Plan, run string, lists []migrate.Checklist, dangling []migrate.Reference) error {
	if p == nil {
		p = new(migrate.Plan)
	}
	switch format {
	case "text":
		t := newText(w, style)
		out := newWriter(w)
		t.todos(out, todosOf(p, run, lists, dangling))
		return out.end()
	case "json":
		return jsonPrinter{w}.one(checklistsDocument{
			formatVersion, cmp.Or(p.Target.TargetName, p.Target.Target), p.Target.Target, run, p.Verb, p.Source.State, p.Source.Snapshot, p.Source.TakenAt,
			checklistsJSON(lists), referencesJSON(dangling),
		})
	case "markdown":
		m := newMarkdown(w)
		m.todos(todosOf(p, run, lists, dangling))
		return m.w.end()
	case "html":
		return writePage(w, checklistTemplate, todosOf(p, run, lists, dangling))
	}
	return unknownFormatOf(format, ChecklistFormats())
}

type checklistsDocument struct {
	FormatVersion  string              `json:"format_version"`
	Target         string              `json:"target"` // its name, where it has one
	TargetAddress  string              `json:"target_address"`
	Run            string              `json:"run"` // "" where there is none
	Verb           migrate.Verb        `json:"verb"`
	SourceState    string              `json:"source_state"`
	SourceSnapshot string              `json:"source_snapshot"`
	TakenAt        string              `json:"taken_at"` // when the state was as it is
	Checklists     []migrate.Checklist `json:"checklists"`
	Dangling       []migrate.Reference `json:"dangling"` // what still names a provider that the target does not have
}

//go:embed checklist.html.tmpl
var checklistPage string

var checklistTemplate = page("checklist", checklistPage)

// todos are checklists as people read them: every text in them is safe.
type todos struct {
	route

	Run      string // "" where there is none
	Lists    []todo
	Rewrites string // what would do what Dangling asks for, "" where that was done
	Dangling []todoItem
}

// todo is what is to be done about one provider.
type todo struct {
	Name, Vendor, OldID, NewID string
	Items                      []todoItem
}

// todoItem is one thing to do: What, in our words, and the Name of what it is done to,
// "" where What says all.
type todoItem struct {
	What, Name string
	Parts      []todoPart
}

// todoPart is how, or with what, or why.
type todoPart struct {
	Label, Text string
	Value       bool   // Text is to be copied
	Of          string // the name of what Text is the id of, "" for none
}

func todosOf(p *migrate.Plan, run string, lists []migrate.Checklist, dangling []migrate.Reference) todos {
	out := todos{route: routeOf(p), Run: Safe(snapshot.ShortID(run))}
	for _, l := range lists {
		out.Lists = append(out.Lists, todoOf(l))
	}
	for _, ref := range dangling {
		out.Dangling = append(out.Dangling, todoReference(ref))
	}
	if !out.rewritesThere {
		out.Rewrites = "does it, as far as the new id is known."
	}
	return out
}

// Facts say after what the checklist is, and from which state that came.
func (t todos) Facts() []fact {
	if t.Verb == "" {
		return nil
	}
	what := t.Verb + " of " + t.State
	if t.Run != "" {
		what += ", run " + t.Run
	}
	from := t.What()
	if !t.ToItself {
		from += ", of " + addressedWhole(t.From, t.FromAt)
	}
	return []fact{{Label: "after", Text: what}, {Label: "from", Text: from}}
}

func addressedWhole(name, address string) string {
	if name == "" || address == "" {
		return name + address
	}
	return name + " (" + address + ")"
}

func todoOf(l migrate.Checklist) todo {
	out := todo{Name: label(l.Name), Vendor: cmp.Or(Safe(l.Vendor), vendorOf(l.Type)), OldID: Safe(l.OldID), NewID: Safe(l.NewID)}
	for _, i := range l.Items {
		item := todoItem{What: Safe(i.What)}
		for _, part := range []todoPart{
			{Label: "where", Text: Safe(i.Where)}, {Label: "value", Text: Safe(i.Value), Value: true}, {Label: "note", Text: Safe(i.Note)},
		} {
			if part.Text != "" {
				item.Parts = append(item.Parts, part)
			}
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// todoReference says what to do about an app, policy or group.
func todoReference(r migrate.Reference) todoItem {
	known := 0
	var parts []todoPart
	for _, m := range r.Providers {
		parts = append(parts, todoPart{Label: "old", Text: Safe(m.ID), Value: true, Of: Safe(strings.TrimSpace(m.Name))})
		if m.NewID == "" {
			parts = append(parts, todoPart{Label: "new", Text: "not known"})
			continue
		}
		known++
		parts = append(parts, todoPart{Label: "new", Text: Safe(m.NewID), Value: true})
	}
	what := "Put the new ids into the "
	switch {
	case known == 0:
		what = "Put a provider that the target has into the "
	case len(r.Providers) == 1:
		what = "Put the new id into the "
	}
	return todoItem{What: what + kindName(r.Kind), Name: Safe(cmp.Or(strings.TrimSpace(r.Name), r.ID)), Parts: parts}
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
func (t todos) Any() bool { return len(t.Lists)+len(t.Dangling) > 0 }

// Title heads the checklist.
func (t todos) Title() string { return t.title(cmp.Or(addressedWhole(t.Into, t.IntoAt), "the target")) }

func (t todos) title(target string) string {
	if !t.Any() {
		return "Nothing is to be done by hand in " + target + "."
	}
	return "To do by hand in " + target
}

const danglingTitle = "What names a provider that is not there"

// DanglingTitle heads what names providers that are not there.
func (t todos) DanglingTitle() string { return danglingTitle }

func (t text) todos(w *writer, d todos) {
	t.paragraph(w, "", d.Title(), t.bold)
	if !d.Any() {
		return
	}
	for _, f := range d.Facts() {
		t.labelled(w, "  ", cell{f.Label, t.dim}, len("after"), f.Text)
	}
	if len(d.Lists) > 0 {
		w.print("\n")
	}
	for i, list := range d.Lists {
		if w.err != nil {
			return
		}
		if i > 0 {
			w.print("\n")
		}
		t.todo(w, list)
	}
	if len(d.Dangling) == 0 {
		return
	}
	w.print("\n  ", t.bold(danglingTitle), "\n")
	if d.Rewrites != "" {
		t.paragraph(w, "      ", "--rewrite-references "+d.Rewrites, t.dim)
	}
	t.todoItems(w, d.Dangling)
}

// checklists prints a box for each thing to do.
func (t text) checklists(w *writer, lists []migrate.Checklist) {
	for i, l := range lists {
		if w.err != nil {
			return
		}
		if i > 0 {
			w.print("\n")
		}
		t.todo(w, todoOf(l))
	}
}

func (t text) todo(w *writer, list todo) {
	w.print("  ", t.bold(t.fit(list.Name, t.width/2)), " ", t.dim("("+t.fit(list.Vendor, t.width/4)+")"), "\n")
	if ids := list.IDs(); ids != "" {
		t.paragraph(w, "      ", ids, t.dim)
	}
	t.todoItems(w, list.Items)
	if len(list.Items) == 0 {
		w.print("      ", t.dim("nothing to do"), "\n")
	}
}

// todoItems prints things to do. Values, which are to be copied, are never cut.
func (t text) todoItems(w *writer, items []todoItem) {
	const indent, n = "       ", 5
	for _, item := range items {
		what := t.fit(item.What, maxReason)
		if item.Name != "" {
			what += " " + t.fit(item.Name, t.width/2)
		}
		t.labelled(w, "  ", cell{"[ ]", t.warn}, 0, what)
		for _, part := range item.Parts {
			w.print(indent, t.dim(part.Label))
			space := strings.Repeat(" ", n-len(part.Label)+2)
			text := part.Text
			if part.Of != "" {
				text += " (" + t.fit(part.Of, t.width/4) + ")"
			}
			for _, l := range t.value(text, t.width-len(indent)-n-2) {
				w.print(space, l, "\n")
				space = strings.Repeat(" ", len(indent)+n+2)
			}
		}
	}
}

func (m markdown) todos(d todos) {
	target := addressedCode(d.Into, d.IntoAt)
	switch {
	case d.Into+d.IntoAt == "":
		target = "the target"
	case d.IntoAt == "":
		target = code(d.Into)
	}
	if !d.Any() {
		m.w.print(d.title(target), "\n")
		return
	}
	m.w.print("## ", d.title(target), "\n")
	if d.Verb != "" {
		m.w.print("\n- after: ", prose(d.Verb), " of ", code(d.State))
		if d.Run != "" {
			m.w.print(", run ", code(d.Run))
		}
		m.w.print("\n")
		m.from(d.route)
	}
	for _, list := range d.Lists {
		m.w.print("\n### ", code(list.Name), " (", prose(list.Vendor), ")\n\n")
		if ids := list.IDs(); ids != "" {
			m.w.print(code(ids), "\n\n")
		}
		m.todoItems(list.Items)
		if len(list.Items) == 0 {
			m.w.print("Nothing to do.\n")
		}
	}
	if len(d.Dangling) == 0 {
		return
	}
	m.w.print("\n### ", danglingTitle, "\n\n")
	if d.Rewrites != "" {
		m.w.print("`--rewrite-references` ", d.Rewrites, "\n\n")
	}
	m.todoItems(d.Dangling)
}

func (m markdown) todoItems(items []todoItem) {
	for _, item := range items {
		m.w.print("- [ ] ", sentence(item.What))
		if item.Name != "" {
			m.w.print(" ", code(item.Name))
		}
		m.w.print("\n")
		for _, part := range item.Parts {
			text := sentence(part.Text)
			if part.Value {
				text = code(part.Text)
			}
			if part.Of != "" {
				text += " (" + code(part.Of) + ")"
			}
			m.w.print("  - ", part.Label, ": ", text, "\n")
		}
	}
}
