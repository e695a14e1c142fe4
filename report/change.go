package report

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// change is what happened to one resource.
type change struct {
	diff.Action
	Sign     string // + ~ -
	Happened string // "changed", "joined"
	Kind     string // "identity provider", "SCIM user of Corp Okta"
	Name     string
	Vendor   string // of a provider
	Email    string // of a user; where there is none, the id
	Severity diff.Severity
	Said     bool // the severity is said above, or not worth a word
	Reason   string
	Settings int  // how many differ
	Counted  bool // the settings were looked at
	NewID    bool // a provider that was deleted and created again
	Deltas   []delta
	More     string // what is left out, "" for nothing
}

// change tells of one change. The shared reasons were said before.
func (c *comparison) change(ch *diff.Change, shared []reason) change {
	out := change{
		Action: ch.Action, Sign: signs[ch.Action], Kind: kindName(ch.Kind), Severity: ch.Severity,
		Name: Safe(ch.Title()), Reason: Safe(ch.Reason), Happened: c.happened(ch.Kind, ch.Action),
		Settings: len(ch.Fields), Counted: !ch.Kind.IsSCIM() || ch.Action == diff.Changed,
	}
	if ch.Kind.IsSCIM() {
		out.Kind += " of " + providerLabel(ch.Provider, ch.ProviderName)
		out.Name = label(ch.Name)
		out.Said = ch.Severity < diff.Medium || slices.Contains(shared, reason{ch.Severity, out.Reason})
		out.Email = Safe(strings.TrimSpace(ch.Email))
		if out.Email == "" && (ch.Kind == snapshot.SCIMUser || strings.TrimSpace(ch.Name) == "") {
			out.Email = Safe(ch.ID)
		}
	}
	if ch.Kind == snapshot.IdentityProvider {
		info, _ := snapshot.TypeOf(ch.Type)
		out.Vendor = Safe(info.Vendor)
		out.NewID = !c.elsewhere && ch.Action == diff.Changed && ch.IDB != ch.ID
	}
	if !c.Stat {
		out.Deltas, out.More = c.settings(ch)
	}
	if said(out.Deltas, out.Reason) {
		out.Reason = ""
	}
	return out
}

// said reports whether a reason is said of one of the settings, where it belongs.
func said(deltas []delta, why string) bool {
	return slices.ContainsFunc(deltas, func(d delta) bool { return d.Reason == why })
}

var signs = map[diff.Action]string{diff.Added: "+", diff.Changed: "~", diff.Removed: "-"}

// settings are the settings in which a resource differs, after its id where that
// says something.
func (c *comparison) settings(ch *diff.Change) (deltas []delta, more string) {
	switch {
	case ch.Action != diff.Changed && ch.Kind.IsSCIM():
		return nil, ""
	case ch.Action != diff.Changed && ch.Kind != snapshot.Organization:
		deltas = []delta{{Path: "id", Form: alone, New: c.shown(Safe(ch.ID), nil)}}
	case ch.Action == diff.Changed && ch.IDB != "" && ch.IDB != ch.ID && !tellsID(ch.Fields):
		d := delta{Path: "new id", Form: pair, Old: c.shown(Safe(ch.ID), nil), New: c.shown(Safe(ch.IDB), nil), full: c.full}
		if c.elsewhere { // other targets, other ids
			d.Path, d.Expected = "id", true
		}
		deltas = []delta{d}
	}
	fields, more := c.deltas(ch.Action, ch.Fields, ch.Kind)
	return append(deltas, fields...), more
}

// tellsID reports whether an id is among the fields, as it is where all are compared.
func tellsID(fields []diff.Field) bool {
	return slices.ContainsFunc(fields, func(f diff.Field) bool { return f.Path == "/id" })
}

// deltas tells of settings, the worst first. Of a resource that came or went they
// are what it consists of; its name and type are said before.
func (c *comparison) deltas(a diff.Action, fields []diff.Field, k snapshot.Kind) (deltas []delta, more string) {
	if a == diff.Changed {
		for _, severity := range diff.Severities() {
			for _, f := range fields {
				if f.Severity == severity {
					deltas = append(deltas, c.delta(f))
				}
			}
		}
		return deltas, ""
	}
	left := 0
	for _, f := range fields {
		switch {
		case f.Path == "/name" || f.Path == "/id" || k == snapshot.IdentityProvider && f.Path == "/type":
		case len(deltas) == MaxListed && !c.full:
			left++
		default:
			deltas = append(deltas, c.only(f))
		}
	}
	if left > 0 {
		more = "and " + things(left, "more setting") + "; --full shows all"
	}
	return deltas, more
}

// Size says how many settings differ, and nothing where nobody has counted: unit is
// what one of them is called, "" where that is said elsewhere.
func (c change) Size(unit string) string {
	var parts []string
	if c.NewID {
		parts = append(parts, "new id")
	}
	switch {
	case !c.Counted || c.NewID && c.Settings == 0:
	case unit == "":
		parts = append(parts, number(c.Settings))
	default:
		parts = append(parts, things(c.Settings, unit))
	}
	return strings.Join(parts, ", ")
}
