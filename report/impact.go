package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// ImpactFormats lists the formats that Impact knows.
func ImpactFormats() []string { return []string{"text", "json", "markdown"} }

// Impact writes what depends on a provider of a state, which is as it was typed.
func Impact(format string, w io.Writer, style Style, i migrate.Impact, state string) error {
	switch format {
	case "text":
		return newText(w, style).impact(impactOf(i, state))
	case "json":
		return jsonPrinter{w}.impact(i, state)
	case "markdown":
		return newMarkdown(w).impact(impactOf(i, state))
	}
	return unknownFormatOf(format, ImpactFormats())
}

// dependence is a migrate.Impact as people are told of it: every text in it is safe.
type dependence struct {
	Name, Vendor, ID, State string
	NotKnown                []unknown
	Login                   string
	Groups                  []consequence
	Sum                     string
}

// consequence are effects of one kind.
type consequence struct {
	migrate.Consequence
	Title   string
	Effects []effect
}

type effect struct{ Kind, Name, ID, What string }

// consequences are what people call them, the worst first.
var consequences = []struct {
	of    migrate.Consequence
	title string
}{
	{migrate.OpensToAll, "opens to every login method"},
	{migrate.LocksOut, "lets nobody in"},
	{migrate.NoRedirect, "no longer sends people to it"},
	{migrate.RuleNoMatch, "no longer lets in whom a rule matches"},
	{migrate.RuleNoBlock, "no longer keeps out whom a rule matches"},
	{migrate.LosesOne, "loses one way to sign in"},
	{migrate.SCIMStops, "users are no longer provisioned"},
	{migrate.ClaimMissing, "a claim is no longer sent"},
	{migrate.OtherMention, "names it otherwise"},
}

func impactOf(i migrate.Impact, state string) dependence {
	s := i.Provider.Summary()
	d := dependence{Name: providerLabel(i.Provider.ID, s.Name), Vendor: vendorOf(s.Type), ID: Safe(i.Provider.ID), State: Safe(state), Login: Safe(i.Login)}
	for _, g := range groupByWhy(i.Unread, func(c snapshot.Capture) (string, string) { return string(c.Status), c.Error }) {
		u := unknown{Why: cmp.Or(Safe(g.why), "nobody says why")}
		for _, c := range g.members {
			u.Collections = append(u.Collections, collectionWords(c.Collection, c.ProviderName))
		}
		d.NotKnown = append(d.NotKnown, u)
	}
	of := map[migrate.Consequence][]effect{}
	var order []migrate.Consequence
	for _, c := range consequences {
		order = append(order, c.of)
	}
	for _, e := range i.Effects {
		if !slices.Contains(order, e.Consequence) {
			order = append(order, e.Consequence)
		}
		of[e.Consequence] = append(of[e.Consequence], effect{kindName(e.Kind), Safe(cmp.Or(strings.TrimSpace(e.Name), e.ID)), Safe(e.ID), Safe(e.What)})
	}
	for n, c := range order {
		if len(of[c]) == 0 {
			continue
		}
		title := Safe(string(c))
		if n < len(consequences) {
			title = consequences[n].title
		}
		d.Groups = append(d.Groups, consequence{c, title, of[c]})
	}
	d.Sum = sumOfImpact(i)
	return d
}

// sumOfImpact is the last line: how many name the provider. Of one that several rules
// name there are several effects.
func sumOfImpact(i migrate.Impact) string {
	type key struct {
		kind snapshot.Kind
		id   string
	}
	seen := map[key]bool{}
	count := map[snapshot.Kind]int{}
	for _, e := range i.Effects {
		k := key{e.Kind, e.ID}
		if seen[k] {
			continue
		}
		seen[k] = true
		count[e.Kind]++
	}
	unread := len(i.Unread) > 0
	switch {
	case len(seen) == 0 && unread:
		return "Nothing that could be read names it; not everything could be read."
	case len(seen) == 0:
		return "Nothing names it."
	}
	line := kindCounts(count) + " name it"
	if len(seen) == 1 {
		line = kindCounts(count) + " names it"
	}
	if unread {
		line += "; not everything could be read"
	}
	return line + "."
}

type impactJSON struct {
	FormatVersion string             `json:"format_version"`
	State         string             `json:"state"`
	Provider      impactProviderJSON `json:"provider"`
	Complete      bool               `json:"complete"` // all that may name it was read
	NotRead       []notReadJSON      `json:"not_read"`
	Login         string             `json:"login"`
	Effects       []migrate.Effect   `json:"effects"`
}

type impactProviderJSON struct {
	ID   string        `json:"id"`
	Name string        `json:"name"`
	Type snapshot.Type `json:"type"`
}

type notReadJSON struct {
	Kind   snapshot.Kind `json:"kind"`
	Reason string        `json:"reason"`
}

func (p jsonPrinter) impact(i migrate.Impact, state string) error {
	s := i.Provider.Summary()
	out := impactJSON{
		FormatVersion: formatVersion, State: state, Provider: impactProviderJSON{i.Provider.ID, s.Name, s.Type},
		Complete: len(i.Unread) == 0, NotRead: make([]notReadJSON, 0, len(i.Unread)), Login: i.Login,
		Effects: make([]migrate.Effect, 0, len(i.Effects)),
	}
	for _, c := range i.Unread {
		out.NotRead = append(out.NotRead, notReadJSON{c.Kind, cmp.Or(c.Error, string(c.Status))})
	}
	for _, e := range i.Effects {
		e.Paths = listed(e.Paths)
		out.Effects = append(out.Effects, e)
	}
	return p.one(out)
}
