package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkForgetYear forgets 300 of 365 nights, prunes, and forgets one night more.
func BenchmarkForgetYear(b *testing.B) {
	ctx := context.Background()
	s, nights, path := year(b)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	var gone []string
	for n, sn := range nights[:334] {
		if n%10 > 0 {
			gone = append(gone, sn.ID)
		}
	}
	for b.Loop() {
		b.StopTimer()
		own := filepath.Join(b.TempDir(), "history.db")
		copyFile(b, path, own)
		s := create(b, own)
		b.StartTimer()
		begin := time.Now()
		step := func(name string, err error) {
			b.Helper()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(time.Since(begin).Milliseconds()), name+"-ms")
			begin = time.Now()
		}
		step("forget", s.Forget(ctx, gone, later, "x"))
		done, err := s.Prune(ctx, later)
		step("prune", err)
		step("forget-one", s.Forget(ctx, []string{nights[len(nights)-2].ID}, later, "x"))
		step("forget-newest", s.Forget(ctx, []string{nights[len(nights)-1].ID}, later, "x"))
		b.ReportMetric(float64(done.Before)/1e6, "MB-before")
		b.ReportMetric(float64(done.After)/1e6, "MB-after")
		b.StopTimer()
		if v, err := s.Verify(ctx); err != nil || len(v.Problems) > 0 {
			b.Error(v.Problems, err)
		}
		b.StartTimer()
	}
}
