package store_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// TestVerifiedInParts: what is found does not depend on how many versions are read at
// a time.
func TestVerifiedInParts(t *testing.T) {
	t.Parallel()
	whole, _ := sample(t)
	for name, c := range map[string]struct {
		statements string
		finds      bool
	}{
		"as recorded": {``, false},
		"moved to both ends": {
			`UPDATE version SET id = -9223372036854775808 WHERE id = 5; UPDATE version SET id = 9223372036854775807 WHERE id = 600`, true,
		},
		"damaged here and there": {
			`DELETE FROM version WHERE id % 90 = 8; UPDATE version SET length = length - 1 WHERE id % 90 = 9; UPDATE version SET last = 7777 WHERE id % 90 = 10`, true,
		},
		"without any": {`DELETE FROM version`, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.db")
			copyFile(t, whole, path)
			if c.statements != "" {
				tamper(t, path, c.statements)
			}
			atOnce := verified(t, path, 0)
			if found := len(atOnce.Problems) > 0; found != c.finds {
				t.Errorf("at once: %v", atOnce.Problems)
			}
			for _, rows := range []int{1, 7, max(atOnce.Versions-1, 1), max(atOnce.Versions, 1), atOnce.Versions + 1} {
				if diff := cmp.Diff(atOnce, verified(t, path, rows)); diff != "" {
					t.Errorf("%d of %d rows at a time (-at once +in parts):\n%s", rows, atOnce.Versions, diff)
				}
			}
		})
	}
}

// verified verifies so many rows of versions at a time, or as many as ever. Problems
// come in no order.
func verified(tb testing.TB, path string, rows int) snapshot.Verification {
	tb.Helper()
	s, err := store.Open(context.Background(), path, store.Options{Busy: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Close()
	if rows > 0 {
		s.SetRows(rows)
	}
	v, err := s.Verify(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	slices.SortFunc(v.Problems, func(a, b snapshot.Problem) int {
		return strings.Compare(a.Where+a.What, b.Where+b.What)
	})
	return v
}
