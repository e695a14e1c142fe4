package report

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

func BenchmarkShow100kUsers(b *testing.B) {
	user := ordinaryResources(b)[6]
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p, _ := New(format, io.Discard, Style{})
				if err := p.Show(ordinary(), nil, repeated(user, 100_000)); err != nil {
					b.Fatal(err)
				}
			}
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
				b.ReportAllocs()
				for b.Loop() {
					if err := Diff(format, io.Discard, result, DiffOptions{Style: Style{Width: 100}, Full: full}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
