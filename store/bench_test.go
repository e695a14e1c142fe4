package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// night records the population as the snapshot of the night.
func night(tb testing.TB, s *store.Store, p *storetest.Population, at time.Time) snapshot.Snapshot {
	tb.Helper()
	ctx := context.Background()
	d, err := s.Begin(ctx, storetest.Account)
	if err != nil {
		tb.Fatal(err)
	}
	sn, err := p.Record(ctx, d, at)
	if err != nil {
		tb.Fatal(err)
	}
	return sn
}

// company is a history of 100,000 users and 2,000 groups in 6 providers, in which
// 0.3 % of the users change and 0.05 % come and go each night.
func company(tb testing.TB, nights int) (*store.Store, *storetest.Population, string) {
	tb.Helper()
	dir := os.Getenv("IDPSNAP_BENCH_DIR") // keeps what was made, to look at it
	if dir == "" {
		dir = tb.TempDir()
	}
	path := filepath.Join(dir, fmt.Sprintf("company-%d.db", nights))
	s, err := store.Create(context.Background(), path, store.Options{Busy: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	p := storetest.NewPopulation(100_000, 2_000)
	at := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	for n := range nights {
		if n > 0 {
			p.Night(30, 5, 5)
		}
		night(tb, s, p, at.AddDate(0, 0, n))
	}
	return s, p, path
}

func size(tb testing.TB, path string) int64 {
	tb.Helper()
	info, err := os.Stat(path)
	if err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}

// served is how many bytes the account's lists have.
func served(p *storetest.Population) (n int64) {
	for _, c := range p.Collections {
		for _, e := range c.Elements {
			n += int64(len(e.JSON))
		}
	}
	return n
}

func BenchmarkFirstNight(b *testing.B) {
	p := storetest.NewPopulation(100_000, 2_000)
	b.SetBytes(served(p))
	b.ReportAllocs()
	var bytes int64
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "history.db")
		s, err := store.Create(context.Background(), path, store.Options{Busy: time.Second})
		if err != nil {
			b.Fatal(err)
		}
		night(b, s, p, time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC))
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		bytes = size(b, path)
	}
	b.ReportMetric(float64(bytes)/1e6, "MB")
}

func BenchmarkIncrementalNight(b *testing.B) {
	s, p, path := company(b, 1)
	before, nights := size(b, path), 0
	b.SetBytes(served(p))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		p.Night(30, 5, 5)
		nights++
		b.StartTimer()
		night(b, s, p, time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC).AddDate(0, 0, nights))
	}
	b.ReportMetric(float64(size(b, path)-before)/1e3/float64(nights), "KB/night")
}

// BenchmarkReading reads the lists of a company, and commits nothing: with no head to
// compare with, so that every document is made and packed; with heads of which all are as
// served; and with those of the night before.
func BenchmarkReading(b *testing.B) {
	for _, c := range []struct {
		name            string
		nights, changed int
	}{{"NoHeads", 0, 0}, {"NothingNew", 1, 0}, {"AnOrdinaryNight", 1, 30}} {
		b.Run(c.name, func(b *testing.B) {
			s, p, _ := company(b, c.nights)
			p.Night(c.changed, c.changed/6, c.changed/6)
			b.SetBytes(served(p))
			b.ReportAllocs()
			for b.Loop() {
				d, err := s.Begin(b.Context(), storetest.Account)
				if err != nil {
					b.Fatal(err)
				}
				for _, people := range p.Collections {
					readList(b, d, people)
				}
			}
		})
	}
}

// readList reads one list into the draft, in pages of 100.
func readList(b *testing.B, d *store.Draft, people *storetest.People) {
	b.Helper()
	r, err := d.Open(b.Context(), people.Collection)
	if err != nil {
		b.Fatal(err)
	}
	for page := range slices.Chunk(people.Elements, 100) {
		if _, err := r.Page(page); err != nil {
			b.Fatal(err)
		}
	}
	if c, err := r.Finish(b.Context()); err != nil || c.Count != len(people.Elements) {
		b.Fatal(c.Count, err)
	}
}

// year is the company's history of a year. One that an earlier run kept is used
// again.
func year(b *testing.B) (s *store.Store, nights []snapshot.Snapshot, path string) {
	b.Helper()
	ctx := context.Background()
	path = filepath.Join(os.Getenv("IDPSNAP_BENCH_DIR"), "company-365.db")
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		s, _, path = company(b, 365)
	} else {
		b.Cleanup(func() { _ = s.Close() })
	}
	if nights, err = s.Snapshots(ctx); err != nil || len(nights) != 365 {
		b.Fatalf("%s: %d nights, %v", path, len(nights), err)
	}
	return s, nights, path
}

// BenchmarkYear times what is asked of a history of 365 nights.
func BenchmarkYear(b *testing.B) {
	ctx := context.Background()
	s, list, path := year(b)
	b.Run("AsOfNight180", func(b *testing.B) {
		b.ReportAllocs()
		documents := 0
		for b.Loop() {
			documents = 0
			for r, err := range s.Resources(ctx, list[179].ID) {
				if err != nil {
					b.Fatal(err)
				}
				documents += len(r.Document)
			}
		}
		b.SetBytes(int64(documents))
		b.ReportMetric(float64(size(b, path))/1e6, "MB")
	})
	b.Run("MembersOfTheLast", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range s.Members(ctx, list[364].ID) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	for name, nights := range map[string][2]int{"DifferencesNeighbours": {179, 180}, "DifferencesFirstLast": {0, 364}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			count := 0
			for b.Loop() {
				count = 0
				for _, err := range s.Differences(ctx, list[nights[0]].ID, list[nights[1]].ID) {
					if err != nil {
						b.Fatal(err)
					}
					count++
				}
			}
			b.ReportMetric(float64(count), "pairs")
		})
	}
	b.Run("Versions", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			versions, err := s.Versions(ctx, storetest.Account, func(r snapshot.Resource) bool { return bytes.Contains(r.Document, []byte("Ada.Koch1")) })
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(versions)), "versions")
		}
	})
	b.Run("Verify", func(b *testing.B) {
		b.SetBytes(size(b, path))
		b.ReportAllocs()
		for b.Loop() {
			v, err := s.Verify(ctx)
			if err != nil || len(v.Problems) > 0 {
				b.Fatal(err, v.Problems)
			}
		}
	})
}

// BenchmarkChunks reads a company at once and in chunks: what a bound on memory
// costs.
func BenchmarkChunks(b *testing.B) {
	ctx := context.Background()
	s, list, _ := year(b)
	for name, size := range map[string]int64{"AtOnce": 1 << 40, "ChunksOf8MB": 8 << 20} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			s.SetChunk(size)
			for b.Loop() {
				for _, err := range s.Resources(ctx, list[179].ID) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkAppend appends to a history of about 40 MB, and seals it.
func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	path := filepath.Join(b.TempDir(), "history.db")
	s := create(b, path)
	night(b, s, storetest.NewPopulation(200_000, 4_000), time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC))
	e := store.Entry{Run: "a", Event: "e", At: time.Date(2026, 2, 1, 3, 0, 0, 0, time.UTC), Data: bytes.Repeat([]byte("x"), 500)}
	b.Run("Entry", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Append(ctx, e, store.AnyEntry); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(size(b, path))/1e6, "MB")
	})
	b.Run("Seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := s.Seal(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
}
