package report

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// rendering times one rendering, by the bytes that it writes.
func rendering(b *testing.B, render func(io.Writer) error) {
	b.Helper()
	b.ReportAllocs()
	var w counter
	for b.Loop() {
		w = 0
		if err := render(&w); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(w))
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func BenchmarkShow100kUsers(b *testing.B) {
	user := ordinaryResources(b)[6]
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			rendering(b, func(w io.Writer) error {
				p, err := New(format, w, Style{})
				if err != nil {
					return err
				}
				return p.Show(ordinary(), nil, repeated(user, 100_000))
			})
		})
	}
}

// BenchmarkEvidence100kRows renders a report with a row for each of 100,000 users.
func BenchmarkEvidence100kRows(b *testing.B) {
	r := longEvidence(100_000)
	for _, format := range EvidenceFormats() {
		b.Run(format, func(b *testing.B) {
			rendering(b, func(w io.Writer) error { return Evidence(w, format, Style{Width: 100}, r) })
		})
	}
}

func TestShowKeepsNoResources(t *testing.T) {
	user := ordinaryResources(t)[6]
	for _, format := range Formats() {
		p, _ := New(format, io.Discard, Style{})
		var before, during runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		err := p.Show(ordinary(), nil, func(yield func(snapshot.Resource, error) bool) {
			for range repeated(user, 10_000) {
				own := user
				own.Document = append(snapshot.Document(nil), user.Document...)
				if !yield(own, nil) {
					return
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&during)
		})
		if err != nil {
			t.Fatal(err)
		}
		if grown := int64(during.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
			t.Errorf("%s: holds %d bytes after 10,000 resources", format, grown)
		}
	}
}

func repeated(r snapshot.Resource, n int) func(func(snapshot.Resource, error) bool) {
	return func(yield func(snapshot.Resource, error) bool) {
		for range n {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func BenchmarkDiff100kUsers(b *testing.B) {
	result := diff.Result{A: before(), B: after(), Changes: people(okta, "Corp Okta", 0, 100_000, 0)}
	for _, format := range DiffFormats() {
		for _, full := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s,full=%v", format, full), func(b *testing.B) {
				rendering(b, func(w io.Writer) error {
					return Diff(format, w, result, DiffOptions{Style: Style{Width: 100}, Full: full})
				})
			})
		}
	}
}
