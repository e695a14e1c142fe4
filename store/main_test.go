package store_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets the short run, that with the race detector, try fewer random histories.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f != nil && testing.Short() && f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "8"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
