package diff

import (
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// mayName are the other lists whose resources those of a kind name by id. Of a
// target that has other ids nobody can tell what is named without them.
var mayName = map[snapshot.Kind][]snapshot.Kind{
	snapshot.AccessApp:    {snapshot.IdentityProvider, snapshot.AccessPolicy, snapshot.AccessGroup},
	snapshot.AccessPolicy: {snapshot.IdentityProvider, snapshot.AccessGroup},
	snapshot.AccessGroup:  {snapshot.IdentityProvider},
}

// plurals are what those lists are of.
var plurals = map[snapshot.Kind]string{
	snapshot.IdentityProvider: "providers", snapshot.AccessPolicy: "policies", snapshot.AccessGroup: "groups",
}

// lookAtNamed says whether a state knows what resources of a kind name. What a target
// cannot have, as a zone has no policies, nobody asks for.
func (c *comparison) lookAtNamed(st State, k snapshot.Kind) looked {
	var unread []string
	for _, named := range mayName[k] {
		if !c.lacks(named) && !c.look(st, named, "").is(listed) {
			unread = append(unread, plurals[named])
		}
	}
	if unread == nil {
		return looked{knowledge: listed}
	}
	return looked{missing, "the " + strings.Join(unread, " and ") + " that it names were not read"}
}

// lacks reports whether Cloudflare has no such list in one of the targets.
func (c *comparison) lacks(k snapshot.Kind) bool {
	at := snapshot.Collection{Kind: k}
	a, _ := c.a.Snapshot.Capture(at)
	b, _ := c.b.Snapshot.Capture(at)
	return a.Status == snapshot.Unsupported || b.Status == snapshot.Unsupported
}
