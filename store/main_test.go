package store_test

import (
	"flag"
	"os"
	"testing"

	"github.com/idpsnap/idpsnap/store"
)

// TestMain lets histories not wait for the disk, which is half of the time else, and the
// short run, that with the race detector, try fewer random ones. Benchmarks wait for it,
// as in life: what they time is to be what users wait for.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		store.WaitForNoDisk()
	}
	if f := flag.Lookup("rapid.checks"); f != nil && testing.Short() && f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "8"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
