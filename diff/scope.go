package diff

import (
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// slot is a collection of a beside its counterpart in b. Of SCIM lists the
// providers' ids may differ, or one of them not exist: then it is "".
type slot struct {
	kind snapshot.Kind
	a, b string // provider ids
}

// collection is what the slot is called: as in a, where a has it.
func (s slot) collection() snapshot.Collection {
	if s.a == "" {
		return snapshot.Collection{Kind: s.kind, Provider: s.b}
	}
	return snapshot.Collection{Kind: s.kind, Provider: s.a}
}

// outlook is what may be said of a slot.
type outlook int

const (
	unasked outlook = iota // the options leave it out
	known                  // both sides are
	unknown                // one side is not
	unread                 // neither was to be read
	helping                // not asked for, but what is asked for names what is in it
)

// scope decides for every slot what may be said of it, and notes what may not.
func (c *comparison) scope() {
	for _, k := range snapshot.Kinds() {
		if !k.IsSCIM() {
			c.decide(slot{kind: k})
			continue
		}
		c.unlisted(k)
		for _, l := range c.lists {
			c.decide(slot{kind: k, a: l.a, b: l.b})
		}
		for _, set := range c.unsure {
			c.ambiguousLists(k, set)
		}
	}
}

// unlisted notes that a state which did not read its providers does not know what
// SCIM lists there are, unless that is noted of the providers themselves, or the
// state names such lists without them.
func (c *comparison) unlisted(k snapshot.Kind) {
	providers := slot{kind: snapshot.IdentityProvider}
	if !c.asked(k) || c.asked(providers.kind) {
		return
	}
	look := func(st State) looked {
		if c.namesLists(st, k) {
			return looked{knowledge: listed}
		}
		return c.look(st, providers.kind, "")
	}
	c.note(slot{kind: k}, look(c.a), look(c.b))
}

func idOf(r *snapshot.Resource) string {
	if r == nil {
		return ""
	}
	return r.ID
}

func (c *comparison) decide(s slot) {
	inA, inB := c.look(c.a, s.kind, s.a), c.look(c.b, s.kind, s.b)
	if !c.wants(s) {
		// An app names policies, and a policy groups: where they have other ids, which
		// is which has to be known all the same.
		if !c.within && s.kind.IsReference() && !c.narrowed() && inA.is(listed) && inB.is(listed) {
			c.slots[s] = helping
		}
		return
	}
	if c.within && s.a != s.b && (c.holds(c.b, s.a) || c.holds(c.a, s.b)) && inA.is(listed, nobody) && inB.is(listed, nobody) {
		// Options.Map says that its provider is another one in the other state. But in
		// one target lists come paired by id, and without what is the same in both.
		inA = looked{missing, "the provider is not paired by id, as its list is"}
	}
	switch {
	case s.kind.IsSCIM() && c.within:
		// A list without a provider: it may be that of one that has another id there.
		if inA.is(listed) && s.b == "" && !readProviders(c.a) {
			inA = looked{missing, "its provider was not read"}
		}
		if inB.is(listed) && s.a == "" && !readProviders(c.b) {
			inB = looked{missing, "its provider was not read"}
		}
	case s.kind.IsReference() && !c.within && inA.is(listed) && inB.is(listed):
		inA, inB = c.lookAtNamed(c.a, s.kind), c.lookAtNamed(c.b, s.kind)
	}
	c.slots[s] = c.note(s, inA, inB)
}

// note says what may be said of a slot, and notes where that is not all. Whoever
// names a kind asks for it, though neither state was to read it.
func (c *comparison) note(s slot, inA, inB looked) outlook {
	at := NotCompared{Collection: s.collection(), ProviderName: c.providerName(s), Reason: c.reason(inA, inB)}
	switch {
	case inA.is(listed, nobody) && inB.is(listed, nobody):
		return known
	case inA.is(nobody, scimOff) && inB.is(nobody, scimOff):
		return unread // there is no such list
	case inA.is(nobody, scimOff, leftOut) && inB.is(nobody, scimOff, leftOut) && len(c.o.Kinds) == 0:
		c.result.Unread = append(c.result.Unread, at)
		return unread
	default:
		c.result.NotCompared = append(c.result.NotCompared, at)
		return unknown
	}
}

// holds reports whether a state has a provider of the id.
func (*comparison) holds(st State, id string) bool {
	return id != "" && slices.ContainsFunc(st.Providers, func(r snapshot.Resource) bool { return r.ID == id })
}

// reason says which state does not know, and why.
func (c *comparison) reason(inA, inB looked) string {
	switch {
	case inA.why == "":
		return "in " + c.b.Text + " " + inB.why
	case inB.why == "":
		return "in " + c.a.Text + " " + inA.why
	case inA.why == inB.why:
		return "in " + c.a.Text + " and in " + c.b.Text + " " + inA.why
	}
	return "in " + c.a.Text + " " + inA.why + "; in " + c.b.Text + " " + inB.why
}

// looked is what a state knows of a collection, and why it is not more.
type looked struct {
	knowledge
	why string
}

type knowledge int

const (
	listed  knowledge = iota // read whole
	nobody                   // there is no such provider: its list is empty
	scimOff                  // the provider has no such list to read, or there are none in a zone
	leftOut                  // not to be read: by flag, not permitted, not offered
	missing                  // should have been read, and was not
)

func (k knowledge) is(one ...knowledge) bool { return slices.Contains(one, k) }

// look says what a state knows of a collection; provider is the state's own id of
// the provider of a SCIM list, "" where it has no such provider.
func (c *comparison) look(st State, k snapshot.Kind, provider string) looked {
	capture, ok := st.Snapshot.Capture(snapshot.Collection{Kind: k, Provider: provider})
	if !ok && k.IsSCIM() {
		switch providers, _ := st.Snapshot.Capture(snapshot.Collection{Kind: snapshot.IdentityProvider}); {
		case st.Snapshot.Target.Scope == snapshot.Zone:
			return looked{scimOff, "unsupported: Cloudflare has SCIM lists for accounts only"}
		case providers.Status == snapshot.Complete && provider == "":
			return looked{knowledge: nobody}
		case providers.Status == snapshot.Complete:
			return looked{scimOff, "not read, as SCIM is off there"}
		case c.namesLists(st, k):
			return looked{scimOff, "not read"} // it knows its lists, and this is none of them
		case leavesOut(providers.Status):
			return looked{leftOut, "not read, as the providers were not"}
		}
		return looked{missing, "not read, as the providers were not"}
	}
	switch {
	case capture.Status == snapshot.Complete:
		return looked{knowledge: listed}
	case leavesOut(capture.Status):
		return looked{leftOut, string(capture.Status) + because(capture.Error)}
	case ok:
		return looked{missing, string(capture.Status) + because(capture.Error)}
	}
	return looked{missing, "not read"}
}

// leavesOut reports whether a capture of the status was not to be read.
func leavesOut(s snapshot.Status) bool { return s == snapshot.Skipped || s == snapshot.Unsupported }

func because(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

// ambiguousLists notes the SCIM lists of providers that are ambiguous.
func (c *comparison) ambiguousLists(k snapshot.Kind, set Ambiguity) {
	note := func(st State, s slot) {
		capture, ok := st.Snapshot.Capture(s.collection())
		if !ok || !c.wants(s) {
			return
		}
		at := NotCompared{Collection: s.collection(), ProviderName: c.providerName(s), Reason: "it is ambiguous which provider of the other state this one is"}
		if leavesOut(capture.Status) {
			at.Reason = "in " + st.Text + " " + string(capture.Status) + because(capture.Error)
		}
		if leavesOut(capture.Status) && len(c.o.Kinds) == 0 {
			c.slots[s] = unread
			c.result.Unread = append(c.result.Unread, at)
			return
		}
		c.slots[s] = unknown
		c.result.NotCompared = append(c.result.NotCompared, at)
	}
	for _, id := range set.A {
		note(c.a, slot{kind: k, a: id})
	}
	for _, id := range set.B {
		note(c.b, slot{kind: k, b: id})
	}
}

// asked reports whether the options ask for a kind at all.
func (c *comparison) asked(k snapshot.Kind) bool {
	return len(c.o.Kinds) == 0 || slices.Contains(c.o.Kinds, k)
}

// wants reports whether the options ask for a slot.
func (c *comparison) wants(s slot) bool {
	if !c.asked(s.kind) {
		return false
	}
	if !c.narrowed() || s.kind == snapshot.IdentityProvider {
		return true
	}
	return s.kind.IsSCIM() && c.chosen[couple{s.a, s.b}]
}

// narrowed reports whether only some providers are asked for.
func (c *comparison) narrowed() bool { return len(c.o.Providers)+len(c.o.Types) > 0 }

// providerName names the provider of a SCIM slot, as b calls it.
func (c *comparison) providerName(s slot) string {
	if !s.kind.IsSCIM() {
		return ""
	}
	if name := c.namesB[s.b]; name != "" {
		return name
	}
	return c.namesA[s.a]
}
