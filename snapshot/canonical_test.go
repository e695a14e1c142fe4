package snapshot

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDocumentIsTheSameHoweverItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := objects().Draw(t, "object")
		drawn := style{
			order: func(names []string) []string { return rapid.Permutation(names).Draw(t, "order") },
			space: func() string { return rapid.SampledFrom([]string{"", " ", "\t\r\n"}).Draw(t, "space") },
			quote: func(s string) string { return rapid.SampledFrom([]string{quote(s), escapeAll(s)}).Draw(t, "name") },
		}
		want := newDocument(t, o.String())
		for _, s := range []style{drawn, careless} {
			if raw := s.write(o); newDocument(t, raw) != want {
				t.Fatalf("%s\nbecame %s\nwant   %s", raw, newDocument(t, raw), want)
			}
		}
	})
}

func TestDocumentOfDocumentIsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := newDocument(t, objects().Draw(t, "object").String())
		if twice := newDocument(t, once); twice != once {
			t.Fatalf("%s\nbecame %s", once, twice)
		}
	})
}

func TestDocumentKeepsWhatWasSent(t *testing.T) {
	for _, value := range []string{
		`2.50`, `9007199254740993`, `1E400`, `1e+07`, `-0`, `-0.0`, `0`, `123456789012345678901234567890.10`,
		`true`, `false`, `null`, `{}`, `[]`, `[null,false,"",[],{}]`, `""`, `"***"`,
		`"<&>"`, `"\u003c\u0026\u003E"`, "\"\u2028\"", `"\u2028"`, `"é"`, `"\u00e9"`, `"e` + "\u0301" + `"`,
		`"\/"`, `"/"`, `"\b\f\n\r\t\"\\"`, `"\u0000"`, `"𝄞"`, `"\uD834\udd1e"`, `"\ud800"`, "\"\x7f\"",
	} {
		if got, want := newDocument(t, ` { "x" : `+value+"\n}"), `{"x":`+value+`}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestDocumentSortsNamesByTheirBytes(t *testing.T) {
	got := newDocument(t, `{"𝄞":1,"\ue000":2,"b":3,"B":4,"a~":5,"a":6,"":7,"a/":8,"\u00e9":9,"z\"":10,"Z\n":11}`)
	want := `{"":7,"B":4,"Z\n":11,"a":6,"a/":8,"a~":5,"b":3,"z\"":10,"é":9,"` + "\ue000" + `":2,"𝄞":1}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDocumentRefusesWhatIsNoObject(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":                   ``,
		"space":                     ` `,
		"null":                      `null`,
		"array":                     `[]`,
		"string":                    `"{}"`,
		"two objects":               `{}{}`,
		"data after the object":     `{} x`,
		"byte order mark":           "\ufeff{}",
		"form feed as space":        "\f{}",
		"cut off in a name":         `{"a`,
		"cut off after a name":      `{"a"`,
		"cut off after a colon":     `{"a":`,
		"cut off in a string":       `{"a":"b`,
		"cut off in an escape":      `{"a":"\u00`,
		"cut off after a backslash": `{"a":"\`,
		"cut off in a number":       `{"a":1`,
		"cut off in a word":         `{"a":tru`,
		"cut off in an array":       `{"a":[1,`,
		"comma at the end":          `{"a":1,}`,
		"comma at the end of array": `{"a":[1,]}`,
		"comma at the start":        `{,"a":1}`,
		"no comma":                  `{"a":1 "b":2}`,
		"no colon":                  `{"a" 1}`,
		"name without quotes":       `{a:1}`,
		"number as a name":          `{1:1}`,
		"wrong bracket":             `{"a":[1}`,
		"single quotes":             `{'a':1}`,
		"comment":                   `{"a":1/**/}`,
		"capital word":              `{"a":True}`,
		"longer word":               `{"a":nullx}`,
		"leading zero":              `{"a":01}`,
		"plus":                      `{"a":+1}`,
		"minus alone":               `{"a":-}`,
		"no digit before the point": `{"a":.5}`,
		"no digit after the point":  `{"a":1.}`,
		"no digit in the exponent":  `{"a":1e+}`,
		"NaN":                       `{"a":NaN}`,
		"infinity":                  `{"a":-Infinity}`,
		"hexadecimal":               `{"a":0x10}`,
		"unknown escape":            `{"a":"\x41"}`,
		"escape of no digits":       `{"a":"\u00g0"}`,
		"line break in a string":    "{\"a\":\"\n\"}",
		"NUL in a name":             "{\"\x00\":1}",
		"invalid UTF-8":             "{\"a\":\"\xff\"}",
		"overlong UTF-8":            "{\"a\":\"\xc0\xaf\"}",
		"surrogate in UTF-8":        "{\"a\":\"\xed\xa0\x80\"}",
		"UTF-8 cut off":             "{\"a\":\"\xe2\x80\"}",
		"invalid UTF-8 in a name":   "{\"\xff\":1}",
		"half a pair in a name":     `{"\ud800":1}`,
	} {
		t.Run(name, func(t *testing.T) { refused(t, raw) })
	}
}

func TestDocumentRefusesNamesThatOccurTwice(t *testing.T) {
	for _, raw := range []string{
		`{"a":1,"a":1}`,
		`{"b":1,"a":2,"b":3}`,
		`{"a":1,"\u0061":2}`,
		`{"\u00e9":1,"é":2}`,
		`{"x":[{"a":{"y":1,"z":2,"y":3}}]}`,
		`{"client_secret":"","client_secret":"s"}`, // the first would be dropped
		`{"client_secret":"s","client_secret":null}`,
		`{"client_secret":"s","a":1,"client_secret":null}`,
	} {
		refused(t, raw)
	}
}

func refused(t *testing.T, raw string) {
	t.Helper()
	if d, err := NewDocument([]byte(raw)); !errors.Is(err, ErrSyntax) || d != nil {
		t.Errorf("NewDocument(%q) = %s, %v; want ErrSyntax", raw, d, err)
	}
}

func TestDocumentNestsAsDeepAsMaxDepth(t *testing.T) {
	arrays := func(n int) string { return `{"a":` + strings.Repeat(`[`, n-1) + strings.Repeat(`]`, n-1) + `}` }
	objects := func(n int) string { return strings.Repeat(`{"a":`, n-1) + `{}` + strings.Repeat(`}`, n-1) }
	for _, nested := range []func(int) string{arrays, objects} {
		if raw := nested(maxDepth); newDocument(t, raw) != raw {
			t.Errorf("%d deep: changed", maxDepth)
		}
		refused(t, nested(maxDepth+1))
	}
	refused(t, strings.Repeat(`{"a":[`, 1_000_000)) // and no stack overflow
}

// What a canonicalizer has read changes nothing of what it makes of the next document.
func TestDocumentOwesNothingToOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := new(canonicalizer)
		for range rapid.IntRange(1, 6).Draw(t, "documents") {
			raw := []byte(rapid.SampledFrom([]style{canonical, careless}).Draw(t, "style").write(objects().Draw(t, "object")))
			raw = raw[:rapid.SampledFrom([]int{len(raw), len(raw) / 2}).Draw(t, "length")]
			c.begin(raw, nil)
			got, err := c.document(nil)
			own := new(canonicalizer)
			own.begin(raw, nil)
			want, wantErr := own.document(nil)
			if string(got) != string(want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Fatalf("%s\nbecame %s, %v\nwant   %s, %v", raw, got, err, want, wantErr)
			}
		}
	})
}

func TestNamesThatBeginAlike(t *testing.T) {
	for range 2 { // the second time they are known
		for _, test := range [][2]string{
			{`{"a":1,"ab":2}`, `{"a":1,"ab":2}`},
			{`{"ab":1,"a":2}`, `{"a":2,"ab":1}`},
			{`{"a" :1,"ab"	:2}`, `{"a":1,"ab":2}`},
			{`{"a\"":1,"a":2}`, `{"a":2,"a\"":1}`},
			{`{"a\u0022":1,"a\u0000":2,"a":3}`, `{"a":3,"a\u0000":2,"a\"":1}`},
			{`{"created_by":1,"created_at":2}`, `{"created_at":2,"created_by":1}`},
			{`{"created_":1,"created":2,"created_\u0000":3}`, `{"created":2,"created_":1,"created_\u0000":3}`},
		} {
			if got := newDocument(t, test[0]); got != test[1] {
				t.Errorf("%s became %s, want %s", test[0], got, test[1])
			}
		}
		refused(t, `{"created_at":1,"created_by":2,"created_at":3}`)
		refused(t, `{"ab":1,"a" 2}`)
		refused(t, `{"ab":1,"ab`)
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	var raw strings.Builder
	for i := range 3 * maxNames {
		fmt.Fprintf(&raw, `,"%d%s":0`, i, strings.Repeat("x", i%(2*maxName)))
	}
	c := new(canonicalizer)
	c.begin([]byte("{"+raw.String()[1:]+"}"), nil)
	if _, err := c.document(nil); err != nil {
		t.Fatal(err)
	}
	chain := 0
	for n := c.start.next; n != nil && chain <= maxNames; n = n.next {
		chain++
	}
	if len(c.names) > maxNames || chain > maxNames {
		t.Errorf("remembers %d names, %d in a row", len(c.names), chain)
	}
	for text := range c.names {
		if len(text) > maxName {
			t.Errorf("remembers a name of %d bytes", len(text))
		}
	}
}

func TestSkipText(t *testing.T) {
	odd := func(r rune) bool { return r < ' ' || r >= utf8.RuneSelf || r == '"' || r == '\\' }
	for b := range 256 {
		for i := range 20 {
			in := []byte(strings.Repeat("~ !#[]\x7f", 4))
			in[i] = byte(b)
			for begin := range i + 1 {
				want := len(in)
				if odd(rune(b)) {
					want = i
				}
				if got := skipText(in, begin); got != want {
					t.Fatalf("from %d of %q: %d, want %d", begin, in, got, want)
				}
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.OneOf(rapid.ByteRange(' ', '~'), rapid.Byte()), 0, 40).Draw(t, "in")
		want := 0
		for want < len(in) && !odd(rune(in[want])) {
			want++
		}
		if got := skipText(in, 0); got != want {
			t.Fatalf("%q: %d, want %d", in, got, want)
		}
	})
}

func TestDocumentIsNewMemory(t *testing.T) {
	raw := []byte(`{"a":"x","b":[1]}`)
	first, err := NewDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := string(first)
	clear(raw)
	newDocument(t, `{"c":"of the same length"}`) // may use the same canonicalizer
	if string(first) != want {
		t.Errorf("became %s", first)
	}
}

// Run with -race: a canonicalizer that served two documents at once would be seen.
func TestDocumentsAreMadeAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for _, info := range Types() {
		raw := careless.write(provider(info))
		want := newDocument(t, raw)
		for range 4 {
			wg.Go(func() {
				for range 50 {
					if d, err := NewDocument([]byte(raw)); err != nil || string(d) != want {
						t.Errorf("%s: got %s, %v", info.Type, d, err)
						return
					}
					if _, err := NewDocument([]byte(raw[:len(raw)/2])); err == nil {
						t.Errorf("%s: half a document was accepted", info.Type)
						return
					}
				}
			})
		}
	}
	wg.Wait()
}
