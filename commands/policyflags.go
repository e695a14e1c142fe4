package commands

import (
	"strconv"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/snapshot"
)

// policyArgs are the flags of a retention policy, as they were typed.
type policyArgs struct {
	last, hourly, daily, weekly, monthly, yearly string

	within, withinHourly, withinDaily, withinWeekly, withinMonthly, withinYearly string
}

// policyWord is one word of a policy: the number or the period of the flag text.
type policyWord struct {
	flag, alias, keeps string
	text               *string
	number             *int             // set by a number
	period             *snapshot.Period // set by a period
}

// words are all words of a policy, with where in p their values belong.
func (a *policyArgs) words(p *snapshot.Policy) []policyWord {
	return []policyWord{
		{"keep-last", "l", "the last `N` snapshots, or unlimited", &a.last, &p.Last, nil},
		{"keep-hourly", "H", "one for each of the last `N` hours that have any, or unlimited", &a.hourly, &p.Hourly, nil},
		{"keep-daily", "d", "one for each of the last `N` days, or unlimited", &a.daily, &p.Daily, nil},
		{"keep-weekly", "w", "one for each of the last `N` weeks, or unlimited", &a.weekly, &p.Weekly, nil},
		{"keep-monthly", "m", "one for each of the last `N` months, or unlimited", &a.monthly, &p.Monthly, nil},
		{"keep-yearly", "y", "one for each of the last `N` years, or unlimited", &a.yearly, &p.Yearly, nil},
		{"keep-within", "", "all of the last `DURATION` before the newest one, such as 2y5m7d3h", &a.within, nil, &p.Within},
		{"keep-within-hourly", "", "one for each hour of the last `DURATION`", &a.withinHourly, nil, &p.WithinHourly},
		{"keep-within-daily", "", "one for each day of the last `DURATION`", &a.withinDaily, nil, &p.WithinDaily},
		{"keep-within-weekly", "", "one for each week of the last `DURATION`", &a.withinWeekly, nil, &p.WithinWeekly},
		{"keep-within-monthly", "", "one for each month of the last `DURATION`", &a.withinMonthly, nil, &p.WithinMonthly},
		{"keep-within-yearly", "", "one for each year of the last `DURATION`", &a.withinYearly, nil, &p.WithinYearly},
	}
}

func (a *policyArgs) policyFlags() []cli.Flag {
	var flags []cli.Flag
	for _, w := range a.words(new(snapshot.Policy)) {
		f := &cli.StringFlag{Name: w.flag, Destination: w.text, Usage: "keep " + w.keeps}
		if w.alias != "" {
			f.Aliases = []string{w.alias}
		}
		flags = append(flags, f)
	}
	return flags
}

// given reports whether any word of a policy was typed, be it one that keeps nothing.
func (a *policyArgs) given() bool { return *a != policyArgs{} }

// policy reads the flags.
func (a *policyArgs) policy() (snapshot.Policy, error) {
	var p snapshot.Policy
	for _, w := range a.words(&p) {
		var err error
		switch {
		case *w.text == "":
		case w.period != nil:
			*w.period, err = snapshot.ParsePeriod(*w.text)
		case *w.text == "unlimited":
			*w.number = snapshot.Unlimited
		default:
			*w.number, err = strconv.Atoi(*w.text)
			if err != nil || *w.number < 0 {
				return p, usage("--"+w.flag+" 7, or --"+w.flag+" unlimited", "--%s: %q is no number of snapshots to keep", w.flag, *w.text)
			}
		}
		if err != nil {
			return p, usage("--"+w.flag+" 1y6m, for a year and six months", "--%s: %v", w.flag, err)
		}
	}
	return p, nil
}
