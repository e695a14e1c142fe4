package diff_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
)

func TestInline(t *testing.T) {
	for _, c := range []struct {
		old, updated string
		want         []diff.Segment
	}{
		{"https://sso.acme.example/saml", "https://sso.acme-login.example/saml", []diff.Segment{
			{Text: "https://sso.acme"}, {Action: diff.Added, Text: "-login"}, {Text: ".example/saml"},
		}},
		{"24h", "30d", nil},
		{"", "new", nil},
		{"a b c d e f", "1 2 3 4 5 6", nil},
		{"caf\xff", "cafe", nil},
		{"𝄞é", "𝄞é!", []diff.Segment{{Text: "𝄞é"}, {Action: diff.Added, Text: "!"}}},
	} {
		segments, ok := diff.Inline(c.old, c.updated)
		if ok != (c.want != nil) {
			t.Errorf("%q > %q: %t", c.old, c.updated, ok)
		}
		if d := cmp.Diff(c.want, segments); ok && d != "" {
			t.Errorf("%q > %q: %s", c.old, c.updated, d)
		}
	}
	// What is too long to be compared by character may have a beginning and an end.
	begin, end := strings.Repeat("é", 1000)+"\u00e9", "\u00f9"+strings.Repeat("ü", 1000)
	segments, ok := diff.Inline(begin+random(3000, 1)+end, begin+random(3000, 2)+end)
	if !ok || len(segments) != 4 || segments[0].Text != begin || segments[3].Text != end {
		t.Errorf("%t, %q", ok, segments)
	}
	segments, ok = diff.Inline("é"+random(3000, 1)+"é", "è"+random(3000, 2)+"\u0329")
	if ok || len(segments) != 2 {
		t.Errorf("%t, %q", ok, segments)
	}
	if _, ok := diff.Inline(strings.Repeat("a", 1<<20), strings.Repeat("a", 1<<20)+"b"); ok {
		t.Error("compares a megabyte by character")
	}
}

// random is text in which nothing is alike for long.
func random(n int, seed uint64) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	r := rand.New(rand.NewPCG(seed, seed))
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

// The longest texts that are compared by character, with the least in common, and
// the longest of all.
func TestInlineAtItsWorst(t *testing.T) {
	start := time.Now()
	diff.Inline(random(2250, 1), random(2250, 2))
	diff.Inline(random(8<<10, 1), random(8<<10, 2))
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %s", took)
	}
}

func BenchmarkInline(b *testing.B) {
	certificate := random(2<<10, 3)
	for name, texts := range map[string][2]string{
		"certificates": {random(2<<10, 1), random(2<<10, 2)},
		"edited":       {certificate + "a" + certificate, certificate + "b" + certificate},
		"worst":        {random(2250, 1), random(2250, 2)},
		"longest":      {random(8<<10, 1), random(8<<10, 2)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				diff.Inline(texts[0], texts[1])
			}
		})
	}
}
