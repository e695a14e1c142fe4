package report

import (
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Verified prints one sentence if all is well, and what is wrong if it is not.
func (t text) Verified(v snapshot.Verification) error {
	w := newWriter(t.w)
	switch {
	case len(v.Problems) == 0 && v.Snapshots == 0:
		w.print("The history is empty.\n")
		return w.end()
	case len(v.Problems) == 0:
		w.print(t.good("The history is intact."), "\n")
	default:
		w.print(t.bad("The history is damaged"), ": ", things(len(v.Problems), "problem"), ".\n\n")
		for _, p := range v.Problems {
			where := Safe(p.Where)
			for i, line := range t.wrap(where+": "+Safe(p.What), t.width-4) {
				w.print([]string{"  ", "    "}[min(i, 1)], line, "\n")
			}
		}
		w.print("\n")
	}
	w.printf("Checked: %s, %s, %s of resources, %s of documents\n",
		things(v.Snapshots, "snapshot"), things(v.Captures, "capture"), things(v.Versions, "version"), size(v.Bytes))
	if !v.Sealed {
		for _, line := range t.wrap("Pages: not checked: the last write ended before their checksums were recorded, or was another program's. The next snapshot records them.", t.width) {
			w.print(line, "\n")
		}
	}
	if v.Head != "" {
		w.print("Newest snapshot: ", Safe(v.Head), "\n")
	}
	if v.Head != "" && len(v.Problems) == 0 {
		w.print("Keep this id elsewhere: while it is found here and verify passes, nothing up to it was altered.\n")
	}
	t.forgotten(w, v.Forgotten)
	return w.end()
}

// Doctor prints the checks in their order, each with its remedy below it.
func (t text) Doctor(checks []Check) error {
	w := newWriter(t.w)
	longest := 0
	for _, c := range checks {
		longest = max(longest, min(width(Safe(c.Name)), t.width/3))
	}
	counts := map[CheckStatus]int{}
	for _, c := range checks {
		counts[c.Status]++
		status := t.checkStatus(c.Status)
		head := status.paint(pad(status.text, 4)) + "  " + pad(Safe(c.Name), longest)
		lines := t.wrap(Safe(c.Detail), t.width-longest-8)
		w.print(strings.TrimRight(head+"  "+strings.Join(lines[:min(1, len(lines))], ""), " "), "\n")
		space := strings.Repeat(" ", longest+8)
		for _, line := range lines[min(1, len(lines)):] {
			w.print(space, line, "\n")
		}
		if c.Remedy == "" {
			continue
		}
		for i, line := range t.wrap(Safe(c.Remedy), t.width-longest-11) {
			w.print(space, []string{"-> ", "   "}[min(i, 1)], line, "\n")
		}
	}
	if len(checks) > 0 {
		w.print("\n")
	}
	w.print(number(counts[OK]), " ok, ", things(counts[Warn], "warning"), ", ", number(counts[Fail]), " failed\n")
	return w.end()
}

func (t text) checkStatus(s CheckStatus) cell {
	switch s {
	case OK:
		return cell{"ok", t.good}
	case Warn:
		return cell{"warn", t.warn}
	case Fail:
		return cell{"FAIL", t.bad}
	}
	return cell{Safe(string(s)), t.bad}
}
