package report

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// action is what is to be done about one resource.
type action struct {
	migrate.Verdict
	Sign     string // + ~ - ! =
	Name     string
	Kind     string // the vendor of a provider, else "Access app"
	Severity diff.Severity
	Weighed  bool // each of its settings has a severity
	Reasons  []string
	Shared   bool // what blocks it blocks others, too, and is said once
	Warnings []string
	Deltas   []delta
	More     string // what is left out, "" for nothing
	Facts    []fact
	Changes  diff.Action // what a comparison would call it, or what is blocked
}

// intended is what would be done if nothing blocked it.
func intended(a *migrate.Action) migrate.Verdict {
	switch {
	case a.Action != migrate.Blocked:
		return a.Action
	case a.TargetID == "":
		return migrate.Create
	}
	return migrate.Update
}

// fact is something that belongs to an action and is no setting.
type fact struct {
	Label, Text string
	Urgent      bool // somebody has to do something about it
	Words       bool // Text has nothing from outside
}

// action tells of one action.
func (d *planned) action(c *comparison, a *migrate.Action, o PlanOptions) action {
	changes := changedBy(intended(a))
	out := action{
		Verdict: migrate.Verdict(Safe(string(a.Action))), Sign: cmp.Or(verdictSigns[a.Action], "?"), Name: titleOf(a), Kind: whatOf(a),
		Weighed: changes == diff.Changed, Changes: changes, Reasons: safeAll(a.Reasons), Warnings: safeAll(a.Warnings),
	}
	if d.shares(a) {
		out.Shared, out.Reasons = true, nil
	}
	if a.Action == migrate.Update && len(a.Changes) == 0 {
		out.Weighed = false
	}
	fields := fieldsToWeigh(a.Changes)
	for _, f := range fields {
		out.Severity = max(out.Severity, f.Severity)
	}
	out.Deltas, out.More = c.deltas(changes, fields, a.Kind)
	out.Facts = append(idFacts(a), d.loginFacts(a)...)
	writes := a.Action.Writes() || a.Action == migrate.Blocked // for when that is settled
	if writes {
		out.Facts = append(out.Facts, secretFacts(a, o)...)
	}
	if a.TellsToken && writes {
		f := fact{Label: "SCIM token", Text: "Cloudflare will tell it once", Words: true}
		if !d.keepsTokens {
			f.Text, f.Urgent = f.Text+", and no file is named to keep it", true
		}
		out.Facts = append(out.Facts, f)
	}
	for _, old := range slices.Sorted(maps.Keys(a.Replaces)) {
		f := fact{Label: cmp.Or(c.names[old], "provider"), Text: Safe(old) + " → "}
		if id := a.Replaces[old]; id != "" {
			f.Text += Safe(id)
		} else {
			f.Text += "the id that it will get"
		}
		out.Facts = append(out.Facts, f)
	}
	return out
}

// titleOf is what people call the resource of an action: its name, else its id.
func titleOf(a *migrate.Action) string {
	for _, s := range []string{a.Name, a.TargetID, a.SourceID} {
		if strings.TrimSpace(s) != "" {
			return Safe(s)
		}
	}
	return label("")
}

// whatOf says what the resource of an action is: the vendor of a provider, or a kind.
func whatOf(a *migrate.Action) string {
	if a.Kind != snapshot.IdentityProvider {
		return kindName(a.Kind)
	}
	return vendorOf(a.Type)
}

func vendorOf(t snapshot.Type) string {
	info, _ := snapshot.TypeOf(t)
	return Safe(info.Vendor)
}

// fieldsToWeigh are changes as a comparison has them.
func fieldsToWeigh(changes []migrate.Change) []diff.Field {
	value := func(raw []byte) []byte {
		if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) { // as a plan writes that there is none
			return nil
		}
		return raw
	}
	fields := make([]diff.Field, 0, len(changes))
	for _, ch := range changes {
		severity, err := diff.ParseSeverity(ch.Severity)
		if err != nil {
			severity = diff.Critical // what is not understood is not harmless
		}
		f := diff.Field{Path: ch.Path, Old: value(ch.Old), New: value(ch.New), Severity: severity, Reason: ch.Reason}
		if f.Old == nil && f.New == nil {
			f.New = []byte("null")
		}
		fields = append(fields, f)
	}
	return fields
}

// idFacts says under which id the resource stands, where that is not the same before
// and after.
func idFacts(a *migrate.Action) []fact {
	source, target := Safe(a.SourceID), Safe(a.TargetID)
	switch {
	case creates(a) && source != "":
		return []fact{{Label: "id", Text: source + " → a new one"}}
	case a.Action == migrate.Delete && target != "":
		return []fact{{Label: "id", Text: target}}
	case source != "" && target != "" && source != target:
		return []fact{{Label: "id", Text: source + " → " + target}}
	}
	return nil
}

// creates reports whether a resource is created, or would be if nothing blocked it. Of
// some it is not known whether it would.
func creates(a *migrate.Action) bool {
	return intended(a) == migrate.Create && (a.Action == migrate.Create || len(a.Changes) > 0)
}

// loginFacts says what the vendor has to know about a provider that is created.
func (d *planned) loginFacts(a *migrate.Action) []fact {
	if !creates(a) || a.Kind != snapshot.IdentityProvider || a.Type == snapshot.OneTimePIN || a.Type == snapshot.Cloudflare {
		return nil // nobody redirects from these
	}
	if d.redirectURL == "" {
		return []fact{{Label: "redirect URL", Text: "not known, as the team domain is not", Words: true, Urgent: true}}
	}
	return []fact{{Label: "redirect URL", Text: d.redirectURL}}
}

func secretFacts(a *migrate.Action, o PlanOptions) []fact {
	facts := make([]fact, 0, len(a.Secrets))
	for _, s := range a.Secrets {
		f := fact{Label: cmp.Or(Safe(s.Key), dotted(s.Path)), Words: true}
		switch {
		case o.Supplied != nil && o.Supplied(a.SourceID, s.Path):
			f.Text = "(supplied)"
		case s.Required:
			f.Text, f.Urgent = "(needed)", true
		case a.Action == migrate.Create && !o.Full: // of older accounts, and rarely there
			continue
		case a.Action == migrate.Update:
			f.Text = "(not supplied: stays as it is)"
		default:
			f.Text = "(optional, not supplied)"
		}
		facts = append(facts, f)
	}
	return facts
}

// left are resources that are left as they are, for one reason.
type left struct {
	Why   string
	Names []string
	More  int // that are not named
}

// idleOnes sums up what nothing is done about.
func idleOnes(list []*migrate.Action) (same string, others []left) {
	providers, rest := 0, 0
	at := map[string]int{}
	for _, a := range list {
		why := strings.Join(safeAll(a.Reasons), "; ")
		switch {
		case why == "" && len(a.Changes) > 0:
			why = "differs, and stays as it is"
		case why == "" && a.Kind == snapshot.IdentityProvider:
			providers++
			continue
		case why == "":
			rest++
			continue
		}
		i, known := at[why]
		if !known {
			i = len(others)
			at[why] = i
			others = append(others, left{Why: why})
		}
		if len(others[i].Names) < MaxListed {
			others[i].Names = append(others[i].Names, titleOf(a))
		} else {
			others[i].More++
		}
	}
	are := func(n int) string {
		if n == 1 {
			return " is as it should be"
		}
		return " are as they should be"
	}
	switch {
	case providers > 0 && rest > 0:
		same = things(providers, "provider") + " and " + things(rest, "other") + " are as they should be"
	case providers > 0:
		same = things(providers, "provider") + are(providers)
	case rest > 0:
		same = things(rest, "resource") + are(rest)
	}
	return same, others
}
