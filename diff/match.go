package diff

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// A naming is one way to know a resource by: "" where it does not apply.
type naming func(r candidate) string

// candidate is a resource that looks for its counterpart.
type candidate struct {
	*snapshot.Resource
	known snapshot.Summary
}

// namings are how resources of a kind are known where ids say nothing, the surest
// first. Case is not a difference in an e-mail address, as people write them. A
// blank name is none: nobody knows anything by it.
var namings = map[snapshot.Kind][]naming{
	snapshot.Organization:     {func(r candidate) string { return r.ID }},
	snapshot.IdentityProvider: {singleton, typeAndName},
	snapshot.SCIMUser:         {externalID, func(r candidate) string { return strings.ToLower(strings.TrimSpace(r.known.Email)) }},
	snapshot.SCIMGroup:        {externalID, name},
	snapshot.AccessApp:        {name},
	snapshot.AccessPolicy:     {name},
	snapshot.AccessGroup:      {name},
}

func externalID(r candidate) string { return unlessBlank(r.known.ExternalID) }

func name(r candidate) string { return unlessBlank(r.known.Name) }

func singleton(r candidate) string {
	if info, _ := snapshot.TypeOf(r.known.Type); info.Singleton {
		return string(r.known.Type)
	}
	return ""
}

func typeAndName(r candidate) string {
	if name(r) == "" {
		return ""
	}
	return string(r.known.Type) + "\x00" + r.known.Name
}

func unlessBlank(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

// matching is what became of resources that stand alone.
type matching struct {
	pairs     []snapshot.Pair
	ambiguous []snapshot.Pair // on one side each; as the sets have them
	sets      []Ambiguity
	a, b      []*snapshot.Resource // that have no counterpart
}

// match pairs resources of one kind by what they are known by. Where a name leads
// to more than one on either side, all that have it are ambiguous: nothing is
// guessed. forced pairs ids of a with ids of b before anything else.
func match(a, b []*snapshot.Resource, forced map[string]string) matching {
	var m matching
	m.force(a, b, forced)
	if len(m.a) == 0 || len(m.b) == 0 {
		return m
	}
	inA, inB := candidates(m.a), candidates(m.b)
	for _, n := range namings[m.a[0].Kind] {
		inA, inB = m.by(n, inA, inB)
	}
	m.a, m.b = resources(inA), resources(inB)
	return m
}

// force pairs what is said to be the same.
func (m *matching) force(a, b []*snapshot.Resource, forced map[string]string) {
	if len(forced) == 0 {
		m.a, m.b = a, b
		return
	}
	at := make(map[string]int, len(b))
	for i, r := range b {
		at[r.ID] = i
	}
	taken := make([]bool, len(b))
	for _, r := range a {
		to, ok := forced[r.ID]
		i, there := at[to]
		if !ok || !there {
			m.a = append(m.a, r)
			continue
		}
		taken[i] = true
		m.pairs = append(m.pairs, snapshot.Pair{A: r, B: b[i]})
	}
	for i, r := range b {
		if !taken[i] {
			m.b = append(m.b, r)
		}
	}
}

// candidates reads what the resources are known by, on every core: of users there
// may be a hundred thousand.
func candidates(list []*snapshot.Resource) []candidate {
	all := make([]candidate, len(list))
	const chunk = 1024
	inParallel((len(list)+chunk-1)/chunk, func(i int) {
		for j := i * chunk; j < min((i+1)*chunk, len(list)); j++ {
			all[j] = candidate{list[j], list[j].Summary()}
		}
	})
	return all
}

func resources(list []candidate) []*snapshot.Resource {
	all := make([]*snapshot.Resource, len(list))
	for i, r := range list {
		all[i] = r.Resource
	}
	return all
}

// namesakes counts who has a name: how many in a and in b, and the last of each.
type namesakes struct{ a, b, inA, inB int }

// by pairs what is still alone by one naming, and gives what then still is.
func (m *matching) by(n naming, a, b []candidate) (restA, restB []candidate) {
	at := make(map[string]int, len(a)) // index of all, by name
	all := make([]namesakes, 0, len(a))
	ofA, ofB := make([]int, len(a)), make([]int, len(b))
	for i, r := range a {
		ofA[i] = -1
		k := n(r)
		if k == "" {
			continue
		}
		j, ok := at[k]
		if !ok {
			j = len(all)
			at[k], all = j, append(all, namesakes{})
		}
		ofA[i], all[j].inA = j, i
		all[j].a++
	}
	for i, r := range b {
		ofB[i] = -1
		if k := n(r); k != "" {
			if j, ok := at[k]; ok {
				ofB[i], all[j].inB = j, i
				all[j].b++
			}
		}
	}
	crowds := map[int]*crowd{}
	var order []*crowd // by the first of a, not as the map has them
	for i, r := range a {
		switch j := ofA[i]; {
		case j < 0 || all[j].b == 0:
			restA = append(restA, r)
		case all[j].a == 1 && all[j].b == 1:
			m.pairs = append(m.pairs, snapshot.Pair{A: r.Resource, B: b[all[j].inB].Resource})
		default:
			if crowds[j] == nil {
				crowds[j] = new(crowd)
				order = append(order, crowds[j])
			}
			crowds[j].a = append(crowds[j].a, r)
		}
	}
	for i, r := range b {
		if j := ofB[i]; j < 0 {
			restB = append(restB, r)
		} else if crowds[j] != nil {
			crowds[j].b = append(crowds[j].b, r)
		}
	}
	for _, c := range order {
		m.set(c)
	}
	return restA, restB
}

// crowd are the resources that answer to one name.
type crowd struct{ a, b []candidate }

// set notes that nobody can tell who is who in a crowd.
func (m *matching) set(c *crowd) {
	byID := func(x, y candidate) int { return strings.Compare(x.ID, y.ID) }
	slices.SortFunc(c.a, byID)
	slices.SortFunc(c.b, byID)
	first := c.a[0]
	set := Ambiguity{Collection: first.Collection, Name: first.known.Name, Type: first.known.Type}
	if unlessBlank(set.Name) == "" {
		set.Name = first.known.Email
	}
	for _, r := range c.a {
		set.A = append(set.A, r.ID)
		m.ambiguous = append(m.ambiguous, snapshot.Pair{A: r.Resource})
	}
	for _, r := range c.b {
		set.B = append(set.B, r.ID)
		m.ambiguous = append(m.ambiguous, snapshot.Pair{B: r.Resource})
	}
	m.sets = append(m.sets, set)
}
