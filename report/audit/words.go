package audit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// lists are what people call the resources of a kind.
var lists = map[snapshot.Kind]string{
	snapshot.Organization: "organization", snapshot.IdentityProvider: "identity providers",
	snapshot.SCIMUser: "users", snapshot.SCIMGroup: "groups",
	snapshot.AccessApp: "Access apps", snapshot.AccessPolicy: "Access policies", snapshot.AccessGroup: "Access groups",
}

// listName is what people call a collection: "users of Okta". A provider without a
// name is called by its id.
func listName(c snapshot.Collection, providerName string) string {
	name := cmp.Or(lists[c.Kind], string(c.Kind))
	if c.Provider == "" {
		return name
	}
	return name + " of " + providerLabel(c.Provider, providerName)
}

// providerLabel is a provider's name, or its id where it has none.
func providerLabel(id, name string) string {
	if strings.TrimSpace(name) == "" {
		return id
	}
	return name
}

// Capital makes the first letter of our own words large.
func Capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Things writes a number of them: "1 snapshot", "2 snapshots".
func Things(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + one + "s"
}

// Thousands writes n with its thousands apart: 98,231.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	head, sign := s, ""
	if n < 0 {
		head, sign = s[1:], "-"
	}
	var tail string
	for len(head) > 3 {
		tail = "," + head[len(head)-3:] + tail
		head = head[:len(head)-3]
	}
	return sign + head + tail
}

// dayOf writes the day of a moment, UTC.
func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// minuteOf writes a moment to the minute, UTC.
func minuteOf(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// moment makes a cell of a time that comes from outside, as SCIM's are: where it is
// none, it stays text.
func moment(s string) Cell {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return Time(t)
	}
	return Text(s)
}

// because adds a reason.
func because(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}

// blanks gathers what was not read on several nights, so that it is said once.
type blanks struct {
	order []blank
	seen  map[blank]*[]time.Time
}

// blank is a collection that was not read, and why.
type blank struct {
	snapshot.Collection
	name, reason string
}

// add takes what was not compared on the night of t.
func (b *blanks) add(t time.Time, list []diff.NotCompared) {
	if b.seen == nil {
		b.seen = map[blank]*[]time.Time{}
	}
	for _, n := range list {
		at := blank{n.Collection, n.ProviderName, n.Reason}
		if b.seen[at] == nil {
			b.order = append(b.order, at)
			b.seen[at] = &[]time.Time{}
		}
		*b.seen[at] = append(*b.seen[at], t)
	}
}

// unknown says of each collection and reason on which nights that was.
func (b *blanks) unknown() []Unknown {
	slices.SortStableFunc(b.order, func(x, y blank) int {
		return cmp.Or(rank(x.Kind)-rank(y.Kind), strings.Compare(x.name, y.name), strings.Compare(x.Provider, y.Provider))
	})
	list := make([]Unknown, 0, len(b.order))
	for _, at := range b.order {
		list = append(list, Unknown{What: listName(at.Collection, at.name), When: nights(*b.seen[at]), Reason: at.reason})
	}
	return list
}

func rank(k snapshot.Kind) int { return slices.Index(snapshot.Kinds(), k) }

// nights writes moments, oldest first, as people say them.
func nights(list []time.Time) string {
	first, last := dayOf(list[0]), dayOf(list[len(list)-1])
	switch {
	case len(list) == 1:
		return first
	case first == last:
		return Things(len(list), "snapshot") + " on " + first
	}
	return Things(len(list), "snapshot") + " from " + first + " to " + last
}
