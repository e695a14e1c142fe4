package diff

import (
	"fmt"
	"strings"
)

// Severity says how much a change matters to who can sign in.
type Severity int

// The severities, from what happens every day to what locks people out or lets
// strangers in.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = []string{"info", "low", "medium", "high", "critical"}

// Severities lists all, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// String gives the severity as it is written everywhere.
func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityNames) {
		return fmt.Sprintf("severity %d", int(s))
	}
	return severityNames[s]
}

// ParseSeverity finds the severity called name.
func ParseSeverity(name string) (Severity, error) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: one of %s", name, strings.Join(severityNames, ", "))
}
