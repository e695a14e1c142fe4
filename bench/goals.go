package main

// goal is what one measurement should be.
type goal struct {
	what    string
	by      string // the command that is measured, or the programs compared
	limit   float64
	atLeast bool   // else at most
	unit    string // s, bytes or times
	users   int    // that it holds for
	nights  int    // that the history has, at least
	of      func(r *record) (value float64, ok bool)
}

// verdict is what came of a goal.
type verdict struct {
	Goal     string  `json:"goal"`
	By       string  `json:"measured_by,omitempty"`
	Limit    float64 `json:"limit"`
	AtLeast  bool    `json:"at_least,omitempty"`
	Unit     string  `json:"unit"`
	Measured float64 `json:"measured,omitempty"`
	Ratio    float64 `json:"ratio,omitempty"` // of what was measured to the limit
	Verdict  string  `json:"verdict"`         // ok, missed, or why there is none
}

const (
	met    = "ok"
	missed = "missed"
)

const times = "times"

// goals are for 100,000 users of whom 0.3 % are changed and 0.05 % come and go each
// night, and where it matters for a history of 365 nights.
func goals() []goal {
	const users, year = 100_000, 365
	return []goal{
		{"a night, over fetching the same pages", "idpsnap snapshot ÷ plain fetch", 2, false, times, users, 0, ofRatio(nextNight, idpsnap, plainFetch)},
		{"a night with 50 ms a request, over fetching", "idpsnap snapshot ÷ plain fetch", 1.15, false, times, users, 0, ofRatio(slowNight, idpsnap, plainFetch)},
		{"the first night", "idpsnap snapshot", 0.8, false, "s", users, 0, of(firstNight, wallTime)},
		{"the first night, peak memory", "idpsnap snapshot", 130e6, false, "bytes", users, 0, of(firstNight, memory)},
		{"what differs between neighbours, in the store", "store alone", 0.025, false, "s", users, year, ofLong(neighbours, storeAlone, wallTime)},
		{"what differs between neighbours, as a process", "idpsnap diff", 0.1, false, "s", users, year, ofLong(neighbours, idpsnap, wallTime)},
		{"night 1 against night 365, in the store", "store alone", 0.4, false, "s", users, year, ofLong(firstLast, storeAlone, wallTime)},
		{"everything as of a night in the middle, in the store", "store alone", 0.25, false, "s", users, year, ofLong(asOf, storeAlone, wallTime)},
		{"size after 365 nights", "size of the history", 50e6, false, "bytes", users, year, ofLong(sizeAll, idpsnap, size)},
		{"each night adds", "size of the history", 70e3, false, "bytes", users, year, ofLong(sizeAdded, idpsnap, size)},
		{"a night, peak memory", "idpsnap snapshot", 64e6, false, "bytes", users, 0, of(nextNight, memory)},
		{"a night of 1,000,000 users, peak memory", "idpsnap snapshot", 200e6, false, "bytes", 1_000_000, 0, of(nextNight, memory)},
		{"verify, 365 nights, as a process", "idpsnap verify", 0.5, false, "s", users, year, ofLong(verified, idpsnap, wallTime)},
		{"a night, faster than curl, jq and git commit", "curl, jq, git ÷ idpsnap snapshot", 10, true, times, users, 0, ofRatio(nextNight, gitNight, idpsnap)},
		{"30 nights, smaller than in restic", "restic's repository ÷ the history", 8, true, times, users, 30, smallerThanRestic},
	}
}

// of takes what idpsnap needed for a step.
func of(step, what string) func(r *record) (float64, bool) {
	return func(r *record) (float64, bool) { return r.median(step, idpsnap, what) }
}

// ofLong takes it from the longer of the two histories.
func ofLong(step, program, what string) func(r *record) (float64, bool) {
	return func(r *record) (float64, bool) {
		if r.Options.Nights >= r.Options.History {
			return r.median(step, program, what)
		}
		return r.median(made+step, program, what)
	}
}

func ofRatio(step, program, other string) func(r *record) (float64, bool) {
	return func(r *record) (float64, bool) { return r.ratio(step, program, other) }
}

func smallerThanRestic(r *record) (float64, bool) {
	theirs, ok := r.median(sizeAll, resticAsked, size)
	ours, _ := r.median(sizeAll, idpsnap, size)
	return theirs / ours, ok && ours > 0
}

// nameCommands completes verdicts of a file that was written before they said by
// which command they were measured.
func nameCommands(list []verdict) {
	for i, v := range list {
		for _, g := range goals() {
			if v.By == "" && v.Goal == g.what {
				list[i].By = g.by
			}
		}
	}
}

// judge holds the run to the goals.
func (r *record) judge() {
	for _, g := range goals() {
		v := verdict{Goal: g.what, By: g.by, Limit: g.limit, AtLeast: g.atLeast, Unit: g.unit}
		value, ok := g.of(r)
		nights := max(r.Options.Nights, r.Options.History)
		if g.nights == 30 { // of what the peers have kept
			nights = r.Options.Nights
		}
		switch {
		case g.users != r.Options.Users:
			v.Verdict = "is of " + number(g.users) + " users"
		case r.Options.Churn != 1:
			v.Verdict = "is of churn 1"
		case !ok:
			v.Verdict = "not measured"
		case nights < g.nights:
			v.Verdict = "is of " + number(g.nights) + " nights"
		case g.atLeast == (value >= g.limit) || value == g.limit:
			v.Verdict = met
		default:
			v.Verdict = missed
		}
		if ok {
			v.Measured, v.Ratio = value, value/g.limit
		}
		r.Goals = append(r.Goals, v)
	}
}
