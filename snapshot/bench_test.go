package snapshot

import (
	"bytes"
	"fmt"
	"testing"
)

// scimUser is a user as Cloudflare serves it: the document that there are most of.
const scimUser = `{"id":"5f2b5a5e-6f6c-4c39-9c3b-8f6d0e3a9b11","externalId":"00u1a2b3c4d5e6f7g8h9","displayName":"Ada Lovelace",` +
	`"active":true,"emails":[{"value":"ada.lovelace@acme.example","type":"work","primary":true}],` +
	`"meta":{"created":"2025-01-01T00:00:00Z","lastModified":"2026-06-30T12:34:56Z"},` +
	`"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`

// servedUsers are users of whom no two have the same bytes, and some a name that is
// not ASCII.
func servedUsers(n int) [][]byte {
	all, names := make([][]byte, n), []string{"Ada Lovelace", "Renée Sørensen", "Jo Li", "Maximilian von Habsburg-Lothringen"}
	for i := range all {
		all[i] = bytes.ReplaceAll([]byte(scimUser), []byte("5f2b5a5e"), fmt.Appendf(nil, "%08x", i*2_654_435_761&0xffffffff))
		all[i] = bytes.ReplaceAll(all[i], []byte("Ada Lovelace"), []byte(names[i%len(names)]))
		all[i] = bytes.ReplaceAll(all[i], []byte("ada.lovelace"), fmt.Appendf(nil, "person.%d", i*7919%n))
	}
	return all
}

// eachBytes is the mean size of the documents.
func eachBytes(all [][]byte) int64 { return int64(len(bytes.Join(all, nil)) / len(all)) }

func BenchmarkNewDocument(b *testing.B) {
	for _, raw := range []struct{ name, served string }{
		{"user", scimUser},
		{"sorted user", newDocument(b, scimUser)},
		{"provider", provider(Types()[1]).String()},
	} {
		b.Run(raw.name, func(b *testing.B) {
			served := []byte(raw.served)
			b.SetBytes(int64(len(served)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewDocument(served); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAppendDocument makes documents of 100,000 users, as the first night does: an
// operation is one user.
func BenchmarkAppendDocument(b *testing.B) {
	served := servedUsers(100_000)
	b.SetBytes(eachBytes(served))
	b.ReportAllocs()
	var out []byte
	for i := 0; b.Loop(); i++ {
		var err error
		if out, _, err = AppendDocument(out[:0], SCIMUser, served[i%len(served)]); err != nil {
			b.Fatal(err)
		}
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

// BenchmarkMemory keeps 100,000 users as a state that is looked at and recorded
// nowhere, page by page.
func BenchmarkMemory(b *testing.B) {
	served := servedUsers(100_000)
	elements := make([]Element, len(served))
	for i, raw := range served {
		elements[i] = Element{ID: string(raw[7:43]), JSON: raw}
	}
	b.SetBytes(eachBytes(served) * int64(len(served)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewMemory().Open(b.Context(), Collection{Kind: SCIMUser, Provider: "p"})
		if err != nil {
			b.Fatal(err)
		}
		for i := 0; i < len(elements); i += 100 {
			if _, err := r.Page(elements[i : i+100]); err != nil {
				b.Fatal(err)
			}
		}
		if c, err := r.Finish(b.Context()); err != nil || c.Count != len(elements) {
			b.Fatal(c.Count, err)
		}
	}
}

func BenchmarkSummary(b *testing.B) {
	r := Resource{Collection: Collection{Kind: SCIMUser}, Document: Document(newDocument(b, scimUser))}
	b.SetBytes(int64(len(r.Document)))
	b.ReportAllocs()
	for b.Loop() {
		if s := r.Summary(); s.Email == "" {
			b.Fatal(s)
		}
	}
}

func BenchmarkName(b *testing.B) {
	r := Resource{Collection: Collection{Kind: SCIMUser}, Document: Document(newDocument(b, scimUser))}
	b.SetBytes(int64(len(r.Document)))
	b.ReportAllocs()
	for b.Loop() {
		if r.Name() == "" {
			b.Fatal(r)
		}
	}
}

func BenchmarkIsActive(b *testing.B) {
	d := Document(newDocument(b, scimUser))
	b.ReportAllocs()
	for b.Loop() {
		if !d.IsActive() {
			b.Fatal(d)
		}
	}
}
