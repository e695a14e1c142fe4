package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// file is everything that was measured, as -json writes it.
type file struct {
	Format  int       `json:"format"`
	Command string    `json:"command"`
	Program build     `json:"program,omitzero"` // older files do not say it
	Machine machine   `json:"machine"`
	Runs    []*record `json:"runs"`
}

const fileFormat = 1

// record is one run.
type record struct {
	Set      string    `json:"set,omitempty"` // of runs that differ in one thing
	Options  options   `json:"options"`
	Measures []measure `json:"measurements"`
	Goals    []verdict `json:"goals"`

	without map[string]string // why a program could not be measured
}

// measure is one number of one step, each time that it was taken.
type measure struct {
	Step    string    `json:"step"`
	Program string    `json:"program"`
	What    string    `json:"what"` // time, cpu, memory, size or requests
	Unit    string    `json:"unit"`
	Values  []float64 `json:"values,omitempty"` // in the order of the nights
	Median  float64   `json:"median,omitempty"`
	Min     float64   `json:"min,omitempty"`
	Lacking string    `json:"not_measured,omitempty"`
}

// What is measured of a step.
const (
	wallTime = "time"
	cpuTime  = "cpu"
	memory   = "memory"
	size     = "size"
	requests = "requests"
)

var units = map[string]string{wallTime: "s", cpuTime: "s", memory: "bytes", size: "bytes", requests: "requests"}

func (r *record) add(step, program, what string, value float64) {
	m := r.get(step, program, what)
	if m == nil {
		r.Measures = append(r.Measures, measure{Step: step, Program: program, What: what, Unit: units[what]})
		m = &r.Measures[len(r.Measures)-1]
	}
	m.Values = append(m.Values, value)
}

// took notes what a process took.
func (r *record) took(step, program string, u usage) {
	r.add(step, program, wallTime, u.wall.Seconds())
	r.add(step, program, cpuTime, u.cpu.Seconds())
	if u.memory > 0 {
		r.add(step, program, memory, float64(u.memory))
	}
}

// get gives what was measured, or nil.
func (r *record) get(step, program, what string) *measure {
	for i, m := range r.Measures {
		if m.Step == step && m.Program == program && m.What == what {
			return &r.Measures[i]
		}
	}
	return nil
}

// median is that of what was measured; ok says whether it was.
func (r *record) median(step, program, what string) (value float64, ok bool) {
	if m := r.get(step, program, what); m != nil && m.Lacking == "" {
		return median(m.Values), true
	}
	return 0, false
}

// ratio is how many times as much time the one program took as the other: night by
// night, where both were measured in each.
func (r *record) ratio(step, program, other string) (ratio float64, ok bool) {
	a, b := r.get(step, program, wallTime), r.get(step, other, wallTime)
	if a == nil || b == nil || len(a.Values) == 0 || len(b.Values) == 0 {
		return 0, false
	}
	if len(a.Values) != len(b.Values) {
		return median(a.Values) / median(b.Values), true
	}
	each := make([]float64, len(a.Values))
	for i := range each {
		each[i] = a.Values[i] / b.Values[i]
	}
	return median(each), true
}

// finish sums up what was measured, and says of what was not why.
func (r *record) finish() {
	for i := range r.Measures {
		m := &r.Measures[i]
		m.Median, m.Min = median(m.Values), slices.Min(m.Values)
	}
	for _, s := range steps(&r.Options) {
		for _, program := range s.programs {
			if r.get(s.id, program, s.what) != nil {
				continue
			}
			why := s.lacking
			if why == "" {
				why = r.without[program]
			}
			if why == "" {
				why = "nothing was found"
			}
			r.Measures = append(r.Measures, measure{Step: s.id, Program: program, What: s.what, Unit: units[s.what], Lacking: why})
		}
	}
	r.judge()
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// save writes a file with a measurement a line.
func (f file) save(path string) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	text = bytes.ReplaceAll(text, []byte(`,{"step"`), []byte(",\n{\"step\""))
	text = bytes.ReplaceAll(text, []byte(`,{"goal"`), []byte(",\n{\"goal\""))
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func load(path string) (f file, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	if f.Format != fileFormat || len(f.Runs) == 0 {
		return f, fmt.Errorf("%s: not written by this bench", path)
	}
	for _, r := range f.Runs {
		nameCommands(r.Goals)
	}
	return f, nil
}
