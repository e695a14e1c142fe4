package snapshot

import "testing"

// scimUser is a user as Cloudflare serves it: the document that there are most of.
const scimUser = `{"id":"5f2b5a5e-6f6c-4c39-9c3b-8f6d0e3a9b11","externalId":"00u1a2b3c4d5e6f7g8h9","displayName":"Ada Lovelace",` +
	`"active":true,"emails":[{"value":"ada.lovelace@acme.example","type":"work","primary":true}],` +
	`"meta":{"created":"2025-01-01T00:00:00Z","lastModified":"2026-06-30T12:34:56Z"},` +
	`"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`

func BenchmarkNewDocument(b *testing.B) {
	for name, raw := range map[string]string{
		"user":     scimUser,
		"provider": provider(Types()[1]).String(),
		"sorted":   newDocument(b, scimUser),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewDocument([]byte(raw)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSettings(b *testing.B) {
	for k, raw := range map[Kind]string{SCIMUser: scimUser, IdentityProvider: provider(Types()[1]).String()} {
		d := Document(newDocument(b, raw))
		b.Run(string(k), func(b *testing.B) {
			b.SetBytes(int64(len(d)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Settings(k, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSummary(b *testing.B) {
	r := Resource{Collection: Collection{Kind: SCIMUser}, Document: Document(newDocument(b, scimUser))}
	b.ReportAllocs()
	for b.Loop() {
		if s := r.Summary(); s.Email == "" {
			b.Fatal(s)
		}
	}
}

func BenchmarkName(b *testing.B) {
	r := Resource{Collection: Collection{Kind: SCIMUser}, Document: Document(newDocument(b, scimUser))}
	b.ReportAllocs()
	for b.Loop() {
		if r.Name() == "" {
			b.Fatal(r)
		}
	}
}
