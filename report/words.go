package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// plural is what people call the resources of a kind, singular one of them.
var (
	plural = map[snapshot.Kind]string{
		snapshot.Organization: "organization", snapshot.IdentityProvider: "identity providers",
		snapshot.SCIMUser: "SCIM users", snapshot.SCIMGroup: "SCIM groups",
		snapshot.AccessApp: "Access apps", snapshot.AccessPolicy: "Access policies", snapshot.AccessGroup: "Access groups",
	}
	singular = map[snapshot.Kind]string{
		snapshot.Organization: "organization", snapshot.IdentityProvider: "identity provider",
		snapshot.SCIMUser: "SCIM user", snapshot.SCIMGroup: "SCIM group",
		snapshot.AccessApp: "Access app", snapshot.AccessPolicy: "Access policy", snapshot.AccessGroup: "Access group",
	}
)

// kindName is what people call one resource of a kind, safe.
func kindName(k snapshot.Kind) string {
	if name := singular[k]; name != "" {
		return name
	}
	return Safe(string(k))
}

// collectionName is what people call a collection, safe: "SCIM users of Corp Okta".
func collectionName(c snapshot.Collection, providerName string) string {
	return collectionWords(c, providerName).String()
}

func collectionWords(c snapshot.Collection, providerName string) words {
	name := words{What: plural[c.Kind], provider: Safe(c.Provider)}
	if name.What == "" {
		name.What = Safe(string(c.Kind))
	}
	if c.Provider != "" {
		name.Of = providerLabel(c.Provider, providerName)
	}
	return name
}

// words is what people call a collection: in our words, and the name that tells
// which one it is, which comes from outside and may be "".
type words struct {
	What, Of string
	ID       string // of the provider, where another one has its name

	provider string // its id
}

func (w words) String() string {
	s := w.What
	if w.Of != "" {
		s += " of " + w.Of
	}
	if w.ID != "" {
		s += " (" + w.ID + ")"
	}
	return s
}

// tellApart gives those of a list that would read the same, and are of several
// providers, the ids of these.
func tellApart(list []*words) {
	type name struct{ what, of string }
	first := map[name]*words{}
	for _, w := range list {
		n := name{w.What, w.Of}
		if same := first[n]; same == nil {
			first[n] = w
		} else if same.provider != w.provider {
			same.ID, w.ID = same.provider, w.provider
		}
	}
	for _, w := range list { // those that came before another was found
		if same := first[name{w.What, w.Of}]; same.ID != "" {
			w.ID = w.provider
		}
	}
}

func pointers(list []words) []*words {
	out := make([]*words, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// providerLabel is a provider's name, or its id where it has none.
func providerLabel(id, name string) string {
	if strings.TrimSpace(name) == "" {
		return Safe(id)
	}
	return Safe(name)
}

// targetLabel is a target's name, where that could be read, with its address.
func (t text) targetLabel(sn snapshot.Snapshot, n int) string {
	return t.addressed(Safe(sn.TargetName), Safe(sn.Target.String()), n)
}

func (t text) addressed(name, address string, n int) string {
	if name == "" {
		return t.fit(address, n)
	}
	return t.fit(name, max(n-width(address)-3, 12)) + " (" + address + ")"
}

// How words and numbers are written is as in the reports of package audit.
var capital, number, things = audit.Capital, audit.Thousands, audit.Things

// changes writes what differs from before: "+40 ~12 -3", or "" for nothing.
func changes(added, changed, removed int) string {
	var parts []string
	for _, p := range []struct {
		sign string
		n    int
	}{{"+", added}, {"~", changed}, {"-", removed}} {
		if p.n != 0 {
			parts = append(parts, p.sign+number(p.n))
		}
	}
	return strings.Join(parts, " ")
}

// moment writes a time to the second, always in UTC and saying so.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// minute writes a time to the minute, where many stand together.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// span writes a duration as people say it.
func span(d time.Duration) string {
	switch s := int(d.Round(time.Second) / time.Second); {
	case d < 10*time.Second:
		return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 1, 64) + " s"
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	default:
		return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
	}
}

// size writes a number of bytes.
func size(n int64) string {
	units := []string{"bytes", "KB", "MB", "GB", "TB"}
	f, u := float64(n), 0
	for f >= 1000 && u < len(units)-1 {
		f /= 1000
		u++
	}
	if u == 0 || f >= 100 {
		return fmt.Sprintf("%.0f %s", f, units[u])
	}
	return fmt.Sprintf("%.1f %s", f, units[u])
}
