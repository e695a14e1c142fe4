package main

import (
	"fmt"
	"slices"
	"strings"
)

// file prints everything of a file.
func (p *printer) file(f file) {
	p.printf("%s\n\n", f.Machine)
	if f.Program != (build{}) {
		p.printf("%s\n\n", f.Program)
	}
	if p.markdown {
		p.printf("Made by `%s`.\n\n", f.Command)
	} else {
		p.printf("%s\n\n", f.Command)
	}
	for i, r := range f.Runs {
		switch {
		case r.Set == "":
			p.record(r)
		case i == 0 || f.Runs[i-1].Set != r.Set:
			p.set(f, r.Set)
		}
	}
}

// set prints runs that differ in one thing beside each other.
func (p *printer) set(f file, title string) {
	if p.markdown {
		p.printf("### With more %s\n\n", title)
	} else {
		p.printf("With more %s\n\n", title)
	}
	var runs []*record
	var labels []string
	for _, r := range f.Runs {
		if r.Set == title {
			runs, labels = append(runs, r), append(labels, r.label())
		}
	}
	p.printf("Time, CPU and peak memory, or what the title says.\n\n")
	t := table{head: append([]string{"step", "program"}, labels...), numbers: 2}
	for _, s := range steps(&options{Nights: anyNumber, History: anyNumber}) {
		for _, program := range s.programs {
			if cells := grown(runs, s.id, program); strings.Join(cells, "") != "" {
				t.add(append([]string{s.title, program}, cells...)...)
			}
		}
	}
	p.table(t)
	if title == "users" { // the goal that no smaller run can meet
		p.goals(runs[len(runs)-1].judged())
	}
}

// grown has for each run everything that a program took for a step.
func grown(runs []*record, step, program string) (cells []string) {
	for _, r := range runs {
		var numbers []string
		for _, what := range []string{wallTime, cpuTime, memory, size, requests} {
			if v, ok := r.median(step, program, what); ok {
				numbers = append(numbers, amount(v, units[what]))
			}
		}
		cells = append(cells, strings.Join(numbers, " · "))
	}
	return cells
}

// judged are the goals that the run has met or missed.
func (r *record) judged() []verdict {
	return slices.DeleteFunc(slices.Clone(r.Goals), func(v verdict) bool { return v.Verdict != met && v.Verdict != missed })
}

// record prints one run and what came of the goals.
func (p *printer) record(r *record) {
	changed, added, removed := r.Options.churn()
	p.printf("%s users; each night %s changed, %s added, %s removed.\n\n", number(r.Options.Users), number(changed), number(added), number(removed))
	t := table{head: []string{"step", "program", "median", "best", "CPU", "peak memory", "× idpsnap", ""}, numbers: 2}
	before := ""
	for _, s := range steps(&r.Options) {
		for _, program := range s.programs {
			title := s.title
			if title == before {
				title = ""
			}
			before = s.title
			t.add(append([]string{title, program}, r.cells(s, program)...)...)
		}
	}
	p.table(t)
	p.goals(r.Goals)
}

// cells are the numbers of a program at a step.
func (r *record) cells(s step, program string) []string {
	m := r.get(s.id, program, s.what)
	if m == nil {
		m = &measure{Lacking: "the file has nothing of it"}
	}
	if m.Lacking != "" {
		return []string{"not measured", "", "", "", "", m.Lacking}
	}
	cells := []string{amount(m.Median, m.Unit), "", "", "", "", ""}
	if len(m.Values) > 1 {
		cells[1] = amount(m.Min, m.Unit)
	}
	for i, what := range []string{cpuTime, memory} {
		if v, ok := r.median(s.id, program, what); ok {
			cells[2+i] = amount(v, units[what])
		}
	}
	ratio, ok := r.ratio(s.id, program, idpsnap)
	if ours, found := r.median(s.id, idpsnap, s.what); s.what != wallTime && found {
		ratio, ok = m.Median/ours, true
	}
	if ok && program != idpsnap {
		cells[4] = fmt.Sprintf("%.2f", ratio)
	}
	return cells
}

func (p *printer) goals(list []verdict) {
	if len(list) == 0 {
		return
	}
	t := table{head: []string{"goal", "measured by", "limit", "measured", "of the limit", ""}, numbers: 2}
	for _, v := range list {
		limit, measured, ratio := "≤ ", "", ""
		if v.AtLeast {
			limit = "≥ "
		}
		if v.Verdict == met || v.Verdict == missed {
			measured, ratio = amount(v.Measured, v.Unit), fmt.Sprintf("%.2f", v.Ratio)
		}
		t.add(v.Goal, v.By, limit+amount(v.Limit, v.Unit), measured, ratio, v.Verdict)
	}
	p.table(t)
}

// beside prints, of several runs, everything that was measured in any of them and,
// of two, how many times as much the second is.
func (p *printer) beside(runs []*record, labels []string) {
	t := table{head: append([]string{"step", "program", "what"}, labels...), numbers: 3}
	if len(runs) == 2 {
		t.head = append(t.head, "ratio")
	}
	for _, s := range steps(&options{Nights: anyNumber, History: anyNumber, Latency: runs[0].Options.Latency}) {
		for _, program := range s.programs {
			for _, what := range []string{wallTime, cpuTime, memory, size, requests} {
				cells := besides(runs, s.id, program, what)
				if slices.ContainsFunc(cells, func(c string) bool { return c != "" }) {
					t.add(append([]string{s.title, program, what}, cells...)...)
				}
			}
		}
	}
	p.table(t)
}

func besides(runs []*record, step, program, what string) (cells []string) {
	var values []float64
	for _, r := range runs {
		v, ok := r.median(step, program, what)
		if !ok {
			cells = append(cells, "")
			continue
		}
		values, cells = append(values, v), append(cells, amount(v, units[what]))
	}
	if len(runs) == 2 {
		ratio := ""
		if len(values) == 2 && values[0] > 0 {
			ratio = fmt.Sprintf("%.2f", values[1]/values[0])
		}
		cells = append(cells, ratio)
	}
	return cells
}

// compare prints an older file beside a newer one, run by run.
func (p *printer) compare(older, newer file) {
	for _, f := range []struct {
		age string
		file
	}{{"old", older}, {"new", newer}} {
		p.printf("%s: %s\n     %s\n\n", f.age, f.Program, f.Machine)
	}
	for i, r := range newer.Runs {
		if i < len(older.Runs) {
			p.beside([]*record{older.Runs[i], r}, []string{"old", "new"})
		}
	}
}
