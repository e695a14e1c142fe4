package report

// stat prints a line for each resource, and for those of a list that are left out.
func (t text) stat(w *writer, c *comparison) {
	tab := table{indent: "  ", columns: make([]column, 5)}
	kinds := min(t.width*3/10, t.width-48) // columns; what else is in a line needs so many
	var changes []change                   // of the rows, empty for a line of words
	for _, s := range c.Sections {
		for _, b := range s.Blocks {
			for ch := range b.Changes() {
				tab.add(cell{ch.Sign, t.painterOf(ch.Action)}, plain(t.fit(ch.Kind, kinds)), plain(named(ch)),
					cell{ch.Severity.String(), t.painter(ch.Severity)}, plain(ch.Size("setting")))
				changes = append(changes, ch)
			}
			if b.More == "" {
				continue
			}
			for _, line := range t.wrap(t.collection(s.Collection, t.width/2)+": "+b.More, t.width-5) {
				tab.rows = append(tab.rows, row{notes: []string{"   " + t.dim(line)}})
				changes = append(changes, change{})
			}
		}
	}
	const name = 2
	room := max(tab.rest(name, t.width), 12) // what the others leave does not depend on the names
	for i, r := range tab.rows {
		if len(r.cells) > 0 && !t.whole {
			r.cells[name].text = fitNamed(changes[i], room)
		}
	}
	if len(tab.rows) > 0 {
		w.print("\n")
	}
	tab.print(w, t.dim)
}

// named is a name with the e-mail address, as two people can have one name.
func named(c change) string {
	if c.Email == "" {
		return c.Name
	}
	return c.Name + "  " + c.Email
}

// fitNamed is named in n columns. Of the two the address tells more.
func fitNamed(c change, n int) string {
	const least = 6 // columns of a name that say anything
	left := n - width(c.Email) - 2
	switch {
	case width(named(c)) <= n:
		return named(c)
	case c.Email == "":
		return fit(c.Name, n)
	case left < least:
		return fit(c.Email, n)
	}
	return fit(c.Name, left) + "  " + c.Email
}
