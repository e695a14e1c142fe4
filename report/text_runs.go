package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// listRuns prints a line for each run, and a line more for what is to be typed to
// finish one that was broken off.
func (t text) listRuns(runs []migrate.Run) error {
	w := newWriter(t.w)
	if len(runs) == 0 {
		w.print("no runs\n")
		return w.end()
	}
	const (
		route  = 3 // its column
		indent = "          "
	)
	tab := table{columns: []column{
		{title: "ID"}, {title: "STARTED (UTC)"}, {title: "VERB"}, {title: "SOURCE → TARGET"}, {title: "STATUS"}, {title: "DONE", right: true},
	}}
	for _, run := range runs {
		plan, n := planOf(run), countSteps(run.Steps)
		id := Safe(snapshot.ShortID(run.ID))
		r := row{cells: []cell{
			{id, t.bold},
			plain(run.StartedAt.UTC().Format("2006-01-02 15:04")), plain(t.fit(Safe(string(plan.Verb)), 12)), plain(""),
			t.runStatus(run.Status), plain(number(n.Written) + "/" + number(n.Writes)),
		}}
		switch run.Status {
		case migrate.Interrupted, migrate.Incomplete:
			if missing := n.missing(); missing != "" {
				r.notes = append(r.notes, indent+t.warn(missing))
			}
			if n.Written == n.Writes && run.Status == migrate.Incomplete {
				r.notes = append(r.notes, indent+t.warn(allButSeen))
			}
			r.notes = append(r.notes, indent+t.warn("to go on: idpsnap resume "+id))
		default:
		}
		tab.rows = append(tab.rows, r)
	}
	const enough = 36
	room := tab.rest(route, t.width)
	for i, run := range runs {
		if r := &tab.rows[i]; room >= enough || t.whole {
			r.cells[route].text = t.shortRoute(run, room)
		} else { // on a line of its own
			r.notes = append([]string{indent + t.shortRoute(run, t.width-len(indent))}, r.notes...)
		}
	}
	if room < enough && !t.whole {
		tab.columns = slices.Delete(tab.columns, route, route+1)
		for i := range tab.rows {
			tab.rows[i].cells = slices.Delete(tab.rows[i].cells, route, route+1)
		}
	}
	tab.print(w, t.dim)
	return w.end()
}

// shortRoute says from where to where in n columns: also which state a word like latest
// meant.
func (t text) shortRoute(run migrate.Run, n int) string {
	plan := planOf(run)
	r, id := routeOf(plan), ""
	_, typed, at := strings.Cut(plan.Source.State, "@")
	if !at {
		typed = plan.Source.State
	}
	if plan.Source.Snapshot != "" && (typed == "" || !strings.HasPrefix(plan.Source.Snapshot, strings.ToLower(typed))) {
		id = " (" + t.fit(Safe(snapshot.ShortID(plan.Source.Snapshot)), 12) + ")"
	}
	into := r.Into
	if into == "" {
		into = r.IntoAt
	}
	n -= width(id) + len(" > ")
	into = t.fit(into, max(n/2, n-width(r.State)))
	return t.fit(r.State, n-width(into)) + id + " → " + into
}

func (t text) runStatus(s migrate.RunStatus) cell {
	c := cell{text: t.fit(Safe(string(s)), 16)}
	switch s {
	case migrate.Done:
		c.paint = t.good
	case migrate.Running:
		c.paint = t.warn
	default:
		c.paint = t.bad
	}
	return c
}

// oneRun prints everything about a run.
func (t text) oneRun(run migrate.Run) error {
	w := newWriter(t.w)
	t.runHeader(w, run)
	t.steps(w, run.Steps)
	t.lostTokens(w, run.Steps)
	t.keptTokens(w, run.Steps, "")
	t.lastLine(w, run, 0)
	return w.end()
}

// runHeader prints what is carried out, when, by whom, and what was before.
func (t text) runHeader(w *writer, run migrate.Run) {
	const labels = len("status")
	t.route(w, routeOf(planOf(run)), Safe(snapshot.ShortID(run.ID)), labels)
	when := "started " + moment(run.StartedAt)
	switch {
	case !run.FinishedAt.IsZero():
		when += ", ended after " + span(run.FinishedAt.Sub(run.StartedAt))
	case run.Status == migrate.Running || run.Status == migrate.Interrupted:
		when += ", not ended"
	}
	if run.Process.Host != "" {
		when += ", by " + Safe(run.Process.Host)
	}
	t.labelled(w, "  ", cell{"run", t.dim}, labels, t.fit(when, maxReason))
	status := t.runStatus(run.Status)
	t.labelled(w, "  ", cell{"status", t.dim}, labels, status.paint(status.text))
	if run.Safety != "" {
		id := Safe(snapshot.ShortID(run.Safety))
		undo := "idpsnap restore " + id + " --delete-extra --dry-run"
		line := "snapshot " + id + ": " + undo + " shows how to undo this"
		if n := len("  ") + labels + len("  "); t.whole || n+width(line) <= t.width {
			t.labelled(w, "  ", cell{"safety", t.dim}, labels, line)
		} else { // what is to be typed stays on one line
			t.labelled(w, "  ", cell{"safety", t.dim}, labels, "snapshot "+id+"; how to undo this is shown by")
			t.labelled(w, "  ", cell{}, labels, undo)
		}
	}
}

// regenerate is where a SCIM token is made anew, in the words of the checklist.
const regenerate = "Cloudflare dashboard > Zero Trust > Integrations > Identity providers > NAME > Edit > Regenerate Secret, then Save:"

// lostTokens prints of which providers the SCIM token was told and is lost, and what
// to do about it.
func (t text) lostTokens(w *writer, steps []migrate.Step) {
	first := true
	for _, s := range steps {
		if !s.TokenLost {
			continue
		}
		if first {
			w.print("\n", t.bad("SCIM tokens that nobody has"), "\n")
			t.paragraph(w, "  ", "Cloudflare told them once, and they could not be kept: until there are new ones, no users are provisioned. "+
				"For each of these, go to "+regenerate, nil)
			first = false
		}
		line := t.stepName(s) + " " + t.fit(Safe(targetOf(s)), 40)
		if s.TokenFile != "" {
			line += "; look into " + Safe(s.TokenFile) + " first: it may be there"
		}
		t.labelled(w, "  ", cell{"!", t.bad}, 0, line)
	}
}

// keptTokens says which SCIM tokens are in which file; other is the one of those of
// which that is not noted, "" where there is none.
func (t text) keptTokens(w *writer, steps []migrate.Step, other string) {
	var files []string
	of := map[string][]string{}
	for _, s := range steps {
		file := cmp.Or(s.TokenFile, other)
		if !s.TokenKept || file == "" {
			continue
		}
		if of[file] == nil {
			files = append(files, file)
		}
		of[file] = append(of[file], t.stepName(s))
	}
	for i, file := range files {
		if i == 0 {
			w.print("\n", t.bold("SCIM tokens"), "\n")
		}
		for _, l := range t.wrap("In "+Safe(file)+": "+strings.Join(of[file], ", "), t.width-2) {
			w.print("  ", l, "\n")
		}
	}
	if len(files) > 0 {
		t.paragraph(w, "  ", "Give each to the vendor of its provider: Cloudflare does not tell them again.", nil)
	}
}

func (t text) stepName(s migrate.Step) string {
	name := t.fit(titleOf(&s.Action), t.width/2)
	if kind := whatOf(&s.Action); kind != "" {
		name += " (" + t.fit(kind, t.width/4) + ")"
	}
	return name
}

func (t text) lastLine(w *writer, run migrate.Run, differs int) {
	line, well := endOf(run, differs)
	paint := t.bad
	switch {
	case well && run.Status == migrate.Done:
		paint = t.good
	case well:
		paint = t.warn
	}
	w.print("\n")
	what, next, more := strings.Cut(line, "; ")
	if !more || t.whole || width(line) <= t.width {
		t.paragraph(w, "", line, paint)
		return
	}
	t.paragraph(w, "", what+";", paint) // what is to be typed stays on one line
	t.paragraph(w, "", next, paint)
}
