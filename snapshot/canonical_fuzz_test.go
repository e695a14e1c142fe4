package snapshot

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// FuzzDocument holds NewDocument against another implementation of canonical JSON, and
// AppendDocument against NewDocument.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		newSetting.String(), scimUser, `{"id":1,"secret":"s","b":[{"token":""}],"meta":{}}`,
		`{"b":2.50,"a":[1E400,-0,{"é":"\u00e9","\ud834\udd1e":null}],"":""}`,
		`{"a":"\ud800","b":"\/"}`, `{"a":1,"a":2}`, "{\"a\":\"\xff\"}", `{"\ud800":1}`, `{"a":01}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, k := range []Kind{SCIMUser, AccessPolicy} {
			inOneGo(t, k, raw)
		}
		d, err := NewDocument(raw)
		in := inspect(raw)
		if in.valid && in.depth <= maxDepth && err != nil {
			t.Fatalf("refused %q: %v", raw, err)
		}
		if err != nil {
			if !errors.Is(err, ErrSyntax) {
				t.Fatalf("%q: %v does not wrap ErrSyntax", raw, err)
			}
			return
		}
		// Half a surrogate pair in a string is kept; the oracle calls it invalid UTF-8.
		if lax := jsontext.AllowInvalidUTF8(true); !utf8.Valid(raw) || !jsontext.Value(raw).IsValid(lax) {
			t.Fatalf("accepted %q", raw)
		}
		if again, err := NewDocument(d); err != nil || !bytes.Equal(again, d) {
			t.Fatalf("%s\nbecame %s, %v", d, again, err)
		}
		if !in.valid || in.secrets {
			return
		}
		// Apart from how names are escaped, which the oracle leaves as it is.
		plainest := []jsontext.Options{jsontext.ReorderRawObjects(true)}
		if got, want := format(t, d, plainest...), format(t, raw, plainest...); got != want {
			t.Fatalf("%q\nsays %s\nwant %s", raw, got, want)
		}
		// To the byte. The oracle sorts names by UTF-16, which agrees with their bytes
		// below U+10000.
		if !in.escapedNames && !in.wideNames {
			if want := format(t, raw, jsontext.ReorderRawObjects(true), jsontext.PreserveRawStrings(true)); string(d) != want {
				t.Fatalf("%q\nbecame %s\nwant   %s", raw, d, want)
			}
		}
	})
}

func format(t *testing.T, raw []byte, o ...jsontext.Options) string {
	t.Helper()
	v := jsontext.Value(raw).Clone()
	if err := v.Format(o...); err != nil {
		t.Fatal(err)
	}
	return string(v)
}

// inspection is what the oracle finds in a text.
type inspection struct {
	valid                   bool // one JSON object by RFC 7493
	depth                   int
	secrets                 bool // it may have secrets, to be redacted
	escapedNames, wideNames bool
}

func inspect(raw []byte) (in inspection) {
	in.valid = jsontext.Value(raw).IsValid() && jsontext.Value(raw).Kind() == '{'
	in.secrets = bytes.Contains(raw, []byte("PRIVATE"))
	dec := jsontext.NewDecoder(bytes.NewReader(raw))
	for {
		in.depth = max(in.depth, dec.StackDepth())
		if dec.PeekKind() == '"' {
			if kind, n := dec.StackIndex(dec.StackDepth()); kind == '{' && n%2 == 0 {
				quoted, err := dec.ReadValue()
				if err != nil {
					return in
				}
				name, err := jsontext.AppendUnquote(nil, quoted)
				if err != nil {
					return in
				}
				in.escapedNames = in.escapedNames || bytes.IndexByte(quoted, '\\') >= 0
				in.wideNames = in.wideNames || strings.ContainsFunc(string(name), func(r rune) bool { return r > 0xffff })
				lower := bytes.ToLower(name)
				for _, word := range []string{"secret", "pass", "token", "key"} {
					in.secrets = in.secrets || bytes.Contains(lower, []byte(word))
				}
				continue
			}
		}
		if _, err := dec.ReadToken(); err != nil {
			in.valid = in.valid && errors.Is(err, io.EOF)
			return in
		}
	}
}
