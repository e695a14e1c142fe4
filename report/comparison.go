package report

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// DiffOptions say how much of a comparison, or of the history of a resource, is
// shown, and how it may look.
type DiffOptions struct {
	Style
	Stat bool // one line for each resource, without its settings
	Full bool // every SCIM user and group, every setting of what was added or removed, and values whole
}

// DiffFormats lists the formats that Diff knows.
func DiffFormats() []string { return []string{"text", "json", "markdown", "html"} }

// Diff writes what differs between two states.
func Diff(format string, w io.Writer, r diff.Result, o DiffOptions) error {
	switch format {
	case "text":
		return newText(w, o.Style).diff(compare(r, o))
	case "json":
		return jsonPrinter{w}.diff(r, o)
	case "markdown":
		return newMarkdown(w).diff(compare(r, o))
	case "html":
		return writeHTML(w, compare(r, o))
	}
	return fmt.Errorf("unknown format %q: one of %s", format, strings.Join(DiffFormats(), ", "))
}

// comparison is a diff.Result as people are told of it, whatever the format: in
// the order in which it is read, summed up where it is long, and every text in it
// safe. What the template of the HTML reads has names that it can see.
type comparison struct {
	States      []state // a and b
	NotCompared []unknown
	Ambiguous   []ambiguous
	Unread      []unknown
	Sections    []section
	Counts      counts
	Complete    bool // all that was asked for was compared
	Stat        bool
	OneTarget   bool // a and b are of one target, which had one name

	full      bool
	elsewhere bool              // a and b are of two targets
	moved     map[string]bool   // ids of the providers that came or went
	names     map[string]string // of providers, by id
	work      int               // spent on comparing character by character
}

// state is one side of a comparison.
type state struct {
	Label   string // "a" or "b"
	Text    string // as it was typed
	Source  string // "snapshot 3f2a91bc", "live state" or "file"
	Time    string
	Partial bool
	Target  string // its name, "" where that is not known
	Address string

	at time.Time
}

// unknown are collections of which nothing is said, for one reason.
type unknown struct {
	Collections []words
	Why         string
}

// ambiguous is a name of which nobody can tell which resource of a is which of b.
type ambiguous struct {
	What, Name string
	A, B       []string
}

// section is what differs in one collection.
type section struct {
	Collection words
	SCIM       bool
	Counts     counts
	Happened   string   // to how many what, in a SCIM list
	Reasons    []reason // that many of its changes share, as they do in a SCIM list
	Blocks     []block
}

// reason is why changes weigh what they do.
type reason struct {
	Severity diff.Severity
	Text     string
}

// block are changes of a section that stand together: of a SCIM list those of one
// action, of others all.
type block struct {
	More string // what is left out, "" for nothing

	changes []*diff.Change
	c       *comparison
	reasons []reason
}

// Changes yields the changes that are shown. There may be a great many, so each is
// made when its turn comes.
func (b block) Changes() iter.Seq[change] {
	return func(yield func(change) bool) {
		for _, ch := range b.changes {
			if !yield(b.c.change(ch, b.reasons)) {
				return
			}
		}
	}
}

// compare makes what people are told of a comparison.
func compare(r diff.Result, o DiffOptions) *comparison {
	c := &comparison{
		Complete: r.Complete(), Stat: o.Stat, full: o.Full,
		elsewhere: r.A.Snapshot.Target != r.B.Snapshot.Target, names: map[string]string{},
	}
	for _, s := range []diff.State{r.A, r.B} {
		c.States = append(c.States, stateOf(s))
		for _, p := range s.Providers {
			c.names[p.ID] = Safe(strings.TrimSpace(p.Summary().Name))
		}
	}
	c.States[0].Label, c.States[1].Label = "a", "b"
	c.OneTarget = !c.elsewhere && r.A.Snapshot.TargetName == r.B.Snapshot.TargetName
	c.NotCompared, c.Unread = unknowns(withoutAmbiguous(r)), unknowns(r.Unread)
	for _, a := range r.Ambiguous {
		c.Ambiguous = append(c.Ambiguous, ambiguous{c.kindOf(a.Kind, a.Type, a.Provider), label(a.Name), safeAll(a.A), safeAll(a.B)})
	}
	for i := range r.Changes {
		c.Counts.add(&r.Changes[i])
	}
	for _, rest := range r.Rest {
		c.Counts.addRest(rest)
	}
	c.Sections = c.sections(r.Changes, r.Rest)
	return c
}

// mapDecides says what --map OLD=NEW does.
const mapDecides = "decides which of a is which of b."

// MapDecides is the constant, for the template.
func (*comparison) MapDecides() string { return mapDecides }

func stateOf(s diff.State) state {
	sn := s.Snapshot
	out := state{
		Text: Safe(s.Text), Time: moment(sn.TakenAt), at: sn.TakenAt, Partial: sn.Status() == snapshot.Partial,
		Target: Safe(sn.TargetName), Address: Safe(sn.Target.String()), Source: "live state",
	}
	switch {
	case sn.ID != "":
		out.Source = "snapshot " + Safe(snapshot.ShortID(sn.ID))
	case strings.HasPrefix(s.Text, "file:"):
		out.Source = "file"
	}
	return out
}

// withoutAmbiguous are the collections that were not compared, less those entries
// that say what Ambiguous says with more care.
func withoutAmbiguous(r diff.Result) []diff.NotCompared {
	return slices.DeleteFunc(slices.Clone(r.NotCompared), func(n diff.NotCompared) bool {
		return strings.HasPrefix(n.Reason, "ambiguous: ") &&
			slices.ContainsFunc(r.Ambiguous, func(a diff.Ambiguity) bool { return a.Collection == n.Collection })
	})
}

// unknowns groups collections by why nothing is said of them.
func unknowns(list []diff.NotCompared) []unknown {
	var all []unknown
	var names []*words
	for _, g := range groupByWhy(list, func(n diff.NotCompared) (string, string) { return "", n.Reason }) {
		u := unknown{Why: cmp.Or(Safe(g.why), "nobody says why")}
		for _, n := range g.members {
			u.Collections = append(u.Collections, collectionWords(n.Collection, n.ProviderName))
		}
		names = append(names, pointers(u.Collections)...)
		all = append(all, u)
	}
	tellApart(names)
	return all
}

// kindOf is what people call one resource of a kind, safe: "Okta identity
// provider", "SCIM user of Corp Okta".
func (c *comparison) kindOf(k snapshot.Kind, t snapshot.Type, provider string) string {
	name := kindName(k)
	if t != "" {
		info, _ := snapshot.TypeOf(t)
		name = Safe(info.Vendor) + " " + name
	}
	if provider != "" {
		name += " of " + providerLabel(provider, c.names[provider])
	}
	return name
}

func safeAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = Safe(s)
	}
	return out
}

// Nothing is what is said where nothing differs.
func (c *comparison) Nothing() string {
	if !c.Complete {
		return "No differences in what could be compared."
	}
	return "No differences."
}

// Sum is the last line: how many resources differ, and how much that matters.
func (c *comparison) Sum() string {
	if c.Counts.total() == 0 {
		return c.Nothing()
	}
	if !c.Complete {
		return c.Counts.String() + "; not everything could be compared"
	}
	return c.Counts.String()
}

// Headline says what was compared to somebody who has not typed it: the name of the
// target, or its address, and the two times.
func (c *comparison) Headline() string {
	a, b := c.States[0], c.States[1]
	format := "2006-01-02 15:04"
	if minute(a.at) == minute(b.at) {
		format += ":05"
	}
	from, to := a.at.UTC().Format(format), b.at.UTC().Format(format)+" UTC"
	nameA, nameB := cmp.Or(a.Target, a.Address), cmp.Or(b.Target, b.Address)
	switch {
	case c.OneTarget:
		return nameA + ": " + from + " → " + to
	case nameA == nameB:
		nameA, nameB = nameA+" ("+a.Address+")", nameB+" ("+b.Address+")"
	}
	return nameA + ", " + from + " → " + nameB + ", " + to
}
