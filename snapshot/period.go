package snapshot

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Period is a length of time as people and calendars count it.
type Period struct{ Years, Months, Days, Hours int }

// ErrPeriod marks text that is no period.
var ErrPeriod = errors.New("not a period")

// maxDigits keeps a period within what a calendar can count.
const maxDigits = 5

// ParsePeriod reads a period such as "2y5m7d3h". Each of the units stands once at
// most, in any order.
func ParsePeriod(s string) (Period, error) {
	var p Period
	fields := map[byte]*int{'y': &p.Years, 'm': &p.Months, 'd': &p.Days, 'h': &p.Hours}
	for rest := s; ; {
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if n == 0 || n > maxDigits || n == len(rest) {
			return Period{}, fmt.Errorf("%w: %q: write a number and a unit, such as 7d, 6m or 2y5m7d3h", ErrPeriod, s)
		}
		unit := rest[n]
		field := fields[unit]
		switch {
		case unit == 'w':
			return Period{}, fmt.Errorf("%w: %q: weeks are written in days: 14d", ErrPeriod, s)
		case field == nil:
			return Period{}, fmt.Errorf("%w: %q: the units are y, m, d and h, each once", ErrPeriod, s)
		}
		number, err := strconv.Atoi(rest[:n])
		if err != nil {
			return Period{}, fmt.Errorf("%w: %q: %w", ErrPeriod, s, err)
		}
		*field = number
		delete(fields, unit)
		if rest = rest[n+1:]; rest == "" {
			return p, nil
		}
	}
}

// IsZero reports whether the period has no length.
func (p Period) IsZero() bool { return p == Period{} }

// String gives the period as ParsePeriod reads it; one without length is "0h".
func (p Period) String() string {
	s := ""
	for _, part := range []struct {
		number int
		unit   string
	}{{p.Years, "y"}, {p.Months, "m"}, {p.Days, "d"}, {p.Hours, "h"}} {
		if part.number != 0 {
			s += strconv.Itoa(part.number) + part.unit
		}
	}
	if s == "" {
		return "0h"
	}
	return s
}

// before is the moment that lies the period before t, by the calendar.
func (p Period) before(t time.Time) time.Time {
	return t.AddDate(-p.Years, -p.Months, -p.Days).Add(-time.Duration(p.Hours) * time.Hour)
}
