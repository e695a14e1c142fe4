package report

import (
	"strings"

	"github.com/idpsnap/idpsnap/diff"
)

// counts says how many changes there are, of which action and severity.
type counts struct {
	Added, Changed, Removed int
	of                      [diff.Critical + 1]int
}

func (n *counts) add(ch *diff.Change) {
	switch ch.Action {
	case diff.Added:
		n.Added++
	case diff.Changed:
		n.Changed++
	case diff.Removed:
		n.Removed++
	}
	n.of[min(max(ch.Severity, diff.Info), diff.Critical)]++
}

// addRest adds changes that were only counted.
func (n *counts) addRest(r diff.Rest) {
	switch r.Action {
	case diff.Added:
		n.Added += r.N
	case diff.Changed:
		n.Changed += r.N
	case diff.Removed:
		n.Removed += r.N
	}
	n.of[min(max(r.Severity, diff.Info), diff.Critical)] += r.N
}

func (n counts) total() int { return n.Added + n.Changed + n.Removed }

func (n counts) String() string { return n.Actions() + "; " + n.severities() }

// Actions writes "2 added, 3 changed", leaving out what did not happen.
func (n counts) Actions() string {
	return numbers([]int{n.Added, n.Changed, n.Removed}, []string{string(diff.Added), string(diff.Changed), string(diff.Removed)})
}

// severities writes "1 critical, 3 info", the worst first.
func (n counts) severities() string {
	var ns []int
	var of []string
	for _, s := range n.Severities() {
		ns, of = append(ns, s.N), append(of, s.String())
	}
	return numbers(ns, of)
}

// severityCount is how many changes have a severity.
type severityCount struct {
	diff.Severity
	N int
}

// Severities gives those that occur, the worst first.
func (n counts) Severities() []severityCount {
	var list []severityCount
	for _, s := range diff.Severities() {
		if n.of[s] > 0 {
			list = append(list, severityCount{s, n.of[s]})
		}
	}
	return list
}

// numbers writes how many there are of each, leaving out what there is none of.
func numbers(ns []int, of []string) string {
	var parts []string
	for i, n := range ns {
		if n > 0 {
			parts = append(parts, number(n)+" "+of[i])
		}
	}
	return strings.Join(parts, ", ")
}
