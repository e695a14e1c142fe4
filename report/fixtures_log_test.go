package report

import (
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// lives are what the golden files of log show.
func lives(tb testing.TB) map[string][]diff.Life {
	tb.Helper()
	look := func(n int, b byte) *snapshot.Snapshot {
		sn := ordinary()
		sn.ID, sn.TakenAt = id(b), night.AddDate(0, 0, n)
		return &sn
	}
	first, last := look(0, 0x10), look(9, 0x19)
	saml := ordinaryResources(tb)[3]
	user := ordinaryResources(tb)[5]
	target := ordinary().Target
	changed := eventful(tb).Changes[1].Fields
	settings := eventful(tb).Changes[2].Fields
	for i := range settings {
		settings[i].Old, settings[i].New = nil, settings[i].Old
	}
	var gaps []diff.Gap
	for i := range 5 {
		gaps = append(gaps, diff.Gap{Snapshot: look(3+i, byte(0x13+i)), Reason: "failed: 403 Forbidden: 10000 Authentication error"})
	}
	there := diff.Event{Action: diff.Added, After: first, Fields: settings}
	change := diff.Event{Action: diff.Changed, Before: look(1, 0x11), After: look(2, 0x12), Severity: diff.Critical, Fields: changed}
	gone := diff.Event{
		Action: diff.Removed, Before: look(2, 0x12), After: look(8, 0x18), Gaps: gaps, Severity: diff.Critical,
		Rule: "provider-removed", Reason: "nobody can sign in through it any more", Fields: eventful(tb).Changes[2].Fields,
	}
	hostileLife := diff.Life{Target: target, Looks: 1, LastLook: first, Present: true}
	hostileLife.Resource = hostileResources(tb)[13]
	hostileLife.ProviderName = injections[0]
	for _, name := range append(append([]string{}, hostileNames...), injections...) {
		hostileLife.Events = append(hostileLife.Events, diff.Event{
			Action: diff.Changed, Before: first, After: last, Severity: diff.High, Rule: name, Reason: name, Modified: name,
			Gaps:   []diff.Gap{{Snapshot: first, Reason: name}},
			Fields: []diff.Field{setting("/"+name, quoted(strings.ToValidUTF8(name, "?")), `1`, diff.High, name, name)},
		})
	}
	return map[string][]diff.Life{
		"log": {
			{Resource: saml, Target: target, Events: []diff.Event{there, change}, Looks: 10, LastLook: last, Present: true},
			{Resource: user, ProviderName: "Corp Okta", Target: target, Looks: 9, Gaps: 1, LastLook: last, Present: true, Events: []diff.Event{
				{Action: diff.Added, Before: first, After: look(1, 0x11), Modified: "2026-06-30T11:00:00Z", Rule: "user-joined"},
				{Action: diff.Changed, Before: look(4, 0x14), After: look(6, 0x16), Gaps: gaps[1:2], Modified: "2026-07-05T11:00:00Z", Fields: []diff.Field{setting("/active", "true", "false", diff.Info, "user-deactivated", "")}},
			}},
		},
		"log_gone":    {{Resource: saml, Target: target, Events: []diff.Event{there, gone}, Looks: 5, Gaps: 5, LastLook: last}},
		"log_hostile": {hostileLife},
		"log_at_once": {atOnce(tb)},
	}
}
