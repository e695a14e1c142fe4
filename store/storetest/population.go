package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Population is an account with its people, for benchmarks and for laws that want
// many: providers with SCIM users and groups as Cloudflare serves them.
type Population struct {
	random      *rand.Rand
	Collections []*People
}

// People are one collection of a Population.
type People struct {
	snapshot.Collection
	Elements []snapshot.Element
}

// NewPopulation makes users and groups, spread over six providers as in a company
// that has bought some others.
func NewPopulation(users, groups int) *Population {
	p := &Population{random: rand.New(rand.NewPCG(7, 7))} //nolint:gosec // the same people each time
	providers := &People{Collection: snapshot.Collection{Kind: snapshot.IdentityProvider}}
	for i, share := range []int{60, 20, 10, 5, 3, 2} {
		provider, name := p.uuid(), "Okta"
		if i > 0 {
			name = fmt.Sprintf("Okta %d", i+1)
		}
		providers.Elements = append(providers.Elements, snapshot.Element{ID: provider, JSON: fmt.Appendf(nil,
			`{"id":%q,"name":%q,"type":"okta","config":{"client_id":"%x","okta_account":"https://corp%d.okta.example"},"scim_config":{"enabled":true,"user_deprovision":true}}`,
			provider, name, i+1, i+1)})
		u := &People{Collection: snapshot.Collection{Kind: snapshot.SCIMUser, Provider: provider}}
		for range users * share / 100 {
			id := p.uuid()
			u.Elements = append(u.Elements, snapshot.Element{ID: id, JSON: p.user(id)})
		}
		g := &People{Collection: snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: provider}}
		for n := range groups * share / 100 {
			id := p.uuid()
			g.Elements = append(g.Elements, snapshot.Element{ID: id, JSON: fmt.Appendf(nil,
				`{"id":%q,"externalId":%q,"displayName":"Team %d-%d","meta":{"created":"2025-01-01T00:00:00Z","lastModified":"2025-01-01T00:00:00Z"},"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}`,
				id, p.uuid(), i, n)})
		}
		p.Collections = append(p.Collections, u, g)
	}
	p.Collections = append(p.Collections, providers)
	for _, k := range snapshot.Kinds() { // and nothing else
		if k != snapshot.IdentityProvider && !k.IsSCIM() {
			p.Collections = append(p.Collections, &People{Collection: snapshot.Collection{Kind: k}})
		}
	}
	return p
}

func (p *Population) uuid() string {
	a, b := p.random.Uint64(), p.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b&0xfff, b>>16)
}

var (
	given  = []string{"Ada", "Bea", "Carl", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivan", "Jo", "Kim", "Lea", "Max", "Nora", "Otto", "Pia"}
	family = []string{"Abel", "Brandt", "Cruz", "Dahl", "Evers", "Frank", "Gomez", "Huang", "Ito", "Jansen", "Koch", "Lund", "Meier", "Novak", "Okafor", "Patel"}
)

func (p *Population) user(id string) []byte {
	first, last, n := given[p.random.IntN(len(given))], family[p.random.IntN(len(family))], p.random.IntN(1e6)
	return fmt.Appendf(nil, `{"id":%q,"externalId":%q,"displayName":"%s %s","active":%t,"emails":[{"value":"%s.%s%d@corp.example","type":"work","primary":true}],"meta":{"created":"2025-%02d-%02dT%02d:%02d:%02dZ","lastModified":"2026-%02d-%02dT%02d:%02d:%02dZ"},"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`,
		id, p.uuid(), first, last, p.random.IntN(50) > 0, first, last, n,
		1+p.random.IntN(12), 1+p.random.IntN(28), p.random.IntN(24), p.random.IntN(60), p.random.IntN(60),
		1+p.random.IntN(10), 1+p.random.IntN(28), p.random.IntN(24), p.random.IntN(60), p.random.IntN(60))
}

// Record records the account in the draft, as the snapshot of that moment.
func (p *Population) Record(ctx context.Context, d Draft, at time.Time) (snapshot.Snapshot, error) {
	sn := snapshot.Snapshot{Target: Account, TakenAt: at, FinishedAt: at, Tool: "test"}
	for _, c := range p.Collections {
		r, err := d.Open(ctx, c.Collection)
		if err != nil {
			return sn, err
		}
		for page := range slices.Chunk(c.Elements, pageSize) {
			if _, err := r.Page(page); err != nil {
				return sn, err
			}
		}
		capture, err := r.Finish(ctx)
		if err != nil {
			return sn, err
		}
		capture.Status = snapshot.Complete
		sn.Captures = append(sn.Captures, capture)
	}
	return d.Commit(ctx, sn)
}

// pageSize is the largest page of a SCIM list (OpenAPI).
const pageSize = 100

// Night lets a night pass: of the users, the shares (in 1/10000) are changed,
// added and removed.
func (p *Population) Night(changed, added, removed int) {
	for _, c := range p.Collections {
		if c.Kind != snapshot.SCIMUser {
			continue
		}
		total := len(c.Elements)
		for range total * changed / 10000 {
			e := &c.Elements[p.random.IntN(len(c.Elements))]
			e.JSON = p.user(e.ID)
		}
		for range total * removed / 10000 {
			i := p.random.IntN(len(c.Elements))
			c.Elements = slices.Delete(c.Elements, i, i+1)
		}
		for range total * added / 10000 {
			id := p.uuid()
			c.Elements = append(c.Elements, snapshot.Element{ID: id, JSON: p.user(id)})
		}
	}
}
