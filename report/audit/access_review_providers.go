package audit

func (v *review) providers() Table {
	columns := []Column{
		{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
		{Key: "provider_name", Name: "Provider"},
		{Key: "provider_type", Name: "Provider type"},
		{Key: "list", Name: "List of users"},
		{Key: "api_total", Name: "Counted by the API"},
		{Key: "rows", Name: "Rows"},
		{Key: "active", Name: "Active"},
		{Key: "inactive", Name: "Inactive"},
		{Key: "new", Name: "New"},
		{Key: "changed", Name: "Changed"},
		{Key: "left", Name: "Left"},
		{Key: "flagged", Name: "To look at"},
	}
	var rows [][]Cell
	for _, l := range v.now.lists {
		row := []Cell{Text(l.id), Text(l.called()), l.typeCell(), Text("read")}
		if l.state != listRead {
			row[3] = Text(l.why)
			for len(row) < len(columns) {
				row = append(row, NotKnown)
			}
			rows = append(rows, row)
			continue
		}
		c := v.counts[l.id]
		row = append(row, Number(l.count), Number(c.users), Number(c.active), Number(c.inactive))
		row = append(row, v.sinceThen(l, c.new), v.sinceThen(l, c.changed), v.sinceThen(l, c.left))
		rows = append(rows, append(row, Number(c.flagged)))
	}
	for _, l := range v.goneLists() { // so that who left with them is counted here, too
		row := []Cell{Text(l.id), Text(l.called()), l.typeCell(), Text("gone with the provider"), None, None, None, None, None, None}
		rows = append(rows, append(row, Number(v.counts[l.id].left), None))
	}
	return Table{
		Name: "providers", Title: "Users of each provider", Sheet: "Summary", Empty: "There is no provider.",
		Columns: columns, Rows: fixedRows(rows), Len: len(rows),
	}
}

// sinceThen is a number of changes, where those are known.
func (v *review) sinceThen(l *userList, n int) Cell {
	switch {
	case v.before == nil:
		return None
	case v.compared(l.id) || v.stateBefore(l.id) == noProvider:
		return Number(n)
	}
	return NotKnown
}

// goneLists are the lists that were read before, and whose providers are gone.
func (v *review) goneLists() (gone []*userList) {
	if v.before == nil {
		return nil
	}
	for _, l := range v.before.lists {
		if v.wentAway(l.id) {
			gone = append(gone, l)
		}
	}
	return gone
}
