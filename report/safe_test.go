package report

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/snapshot"
)

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"Corp Okta":                        "Corp Okta",
		`CORP\jane`:                        `CORP\jane`,
		"Zoë Müller-Lüdenſcheidt":          "Zoë Müller-Lüdenſcheidt",
		"山田　太郎":                            "山田　太郎",
		"\x1b[31mred":                      `\x1b[31mred`,
		"a\tb\r\nc\x00\x7f":                `a\tb\r\nc\x00\x7f`,
		"\u009b31m":                        `\u009b31m`,
		"ad\u202enimda":                    `ad\u202enimda`,
		"\ufeffbom\u200d":                  `\ufeffbom\u200d`,
		"\u2028":                           `\u2028`,
		"\U000e0041 tag":                   `\U000e0041 tag`,
		"\xffbyte\xc3":                     `\xffbyte\xc3`,
		"\ufffd is a letter":               "\ufffd is a letter",
		"e" + strings.Repeat("\u0301", 10): "e" + strings.Repeat("\u0301", 8) + `\u0301\u0301`,
		"\u3164":                           `\u3164`,
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range hostileNames {
		f.Add(s, 10)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		safe := Safe(s)
		if strings.IndexFunc(safe, dangerous) >= 0 || !utf8.ValidString(safe) {
			t.Errorf("Safe(%q) = %q", s, safe)
		}
		if Safe(safe) != safe {
			t.Errorf("Safe(%q) = %q", safe, Safe(safe))
		}
		n = max(0, min(n, 500))
		fitted := fit(safe, n)
		if width(fitted) > n || len(fitted) > maxBytes*n || !utf8.ValidString(fitted) {
			t.Errorf("fit(%q, %d) = %q", safe, n, fitted)
		}
		if width(safe) <= n && len(safe) <= maxBytes*n && fitted != safe {
			t.Errorf("fit(%q, %d) = %q, and all of it would fit", safe, n, fitted)
		}
		if w := width(pad(safe, n)); w != n {
			t.Errorf("pad(%q, %d) is %d wide", safe, n, w)
		}
		lines := wrap(safe, n)
		got, want := strings.Join(lines, ""), strings.ReplaceAll(safe, " ", "")
		got = strings.ReplaceAll(got, " ", "")
		if short := len(lines) == maxLines && strings.HasPrefix(want, strings.TrimSuffix(got, "…")); got != want && !short {
			t.Errorf("wrap(%q, %d) = %q", safe, n, lines)
		}
		for _, l := range lines {
			if w := width(l); w > max(n, 20) && (w > maxWord || strings.Contains(l, " ")) {
				t.Errorf("wrap(%q, %d) has the line %q", safe, n, l)
			}
		}
	})
}

func TestFitCutsBetweenWholeCharacters(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"Corp Okta", 9, "Corp Okta"},
		{"Corp Okta", 8, "Corp Ok…"},
		{"山田太郎", 8, "山田太郎"},
		{"山田太郎", 7, "山田太…"},
		{"山田太郎", 6, "山田…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"x", 0, ""},
	} {
		if got := fit(c.in, c.n); got != c.want {
			t.Errorf("fit(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func FuzzResourcesOfAnyContent(f *testing.F) {
	for _, r := range append(ordinaryResources(f), hostileResources(f)...) {
		f.Add([]byte(r.Document))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := snapshot.NewDocument(raw)
		if err != nil {
			t.Skip()
		}
		for _, k := range append(snapshot.Kinds(), "unheard_of", "") {
			r := snapshot.Resource{Collection: snapshot.Collection{Kind: k}, ID: "x", Document: d}
			for _, result := range []func(Printer) error{
				func(p Printer) error { return p.Resource(ordinary(), r) },
				func(p Printer) error { return p.Show(ordinary(), nil, sequence([]snapshot.Resource{r, r})) },
			} {
				text := printed(t, "text", Style{}, result)
				if strings.IndexFunc(strings.ReplaceAll(text, "\n", ""), dangerous) >= 0 || !utf8.ValidString(text) {
					t.Errorf("%s %s: printed %q", k, d, text)
				}
				if out := printed(t, "json", Style{}, result); !json.Valid([]byte(out)) || !strings.Contains(out, string(d)) {
					t.Errorf("%s %s: printed %s", k, d, out)
				}
			}
		}
	})
}
