package report

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/snapshot"
)

// exportYAML writes what Show prints as JSON in blocks that people can read. Every
// string is in quotes, so that no YAML takes one for something else, and every number
// is as it was recorded.
func exportYAML(out io.Writer, sn snapshot.Snapshot, resources iter.Seq2[snapshot.Resource, error]) error {
	w := newWriter(out)
	w.print(`format_version: "`, formatVersion, "\"\nsnapshot:")
	w.yaml(w.encode(asJSON(sn, false)), ":", "  ")
	w.print("resources:")
	some := false
	for r, err := range resources {
		if err != nil {
			w.print("\n\"") // a quote that nothing closes: nobody can mistake it for the whole
			_ = w.end()
			return err
		}
		if !some {
			some = true
			w.print("\n")
		}
		if w.yamlResource(r); w.err != nil {
			break
		}
	}
	if !some {
		w.print(" []\n")
	}
	return w.end()
}

// yamlResource writes a resource. Strings that were sent with escapes that they need
// not have (\u0026 for &) would not come back byte for byte: how they were written stands
// beside the document, by JSON Pointer. Where YAML cannot hold a document, it is there as
// the text of its JSON.
func (w *writer) yamlResource(r snapshot.Resource) {
	w.print("  -")
	w.yaml(w.encode(resourceJSON{Kind: r.Kind, ID: r.ID, ProviderID: r.Provider, Name: r.Name()}), "-", "    ")
	w.print("    document:")
	odd, ok := oddlyWritten(r.Document)
	if !ok {
		w.print(" ", yamlQuoted(string(r.Document)), "\n")
		return
	}
	w.yaml(r.Document, ":", "      ")
	if len(odd) > 0 {
		w.print("    as_sent:\n")
	}
	for _, o := range odd {
		w.print("      ", yamlQuoted(o.pointer), ": ", yamlQuoted(o.text), "\n")
	}
}

// asSent is a string of a document as it was sent.
type asSent struct{ pointer, text string }

// oddlyWritten lists the strings of a document that do not follow from what they say.
// It reports ok false where YAML cannot hold the document: it has names that are longer
// than keys may be, or halves of characters.
func oddlyWritten(d snapshot.Document) (odd []asSent, ok bool) {
	dec := jsontext.NewDecoder(bytes.NewReader(d))
	for {
		if dec.PeekKind() != '"' {
			if _, err := dec.ReadToken(); err != nil {
				return odd, errors.Is(err, io.EOF)
			}
			continue
		}
		within, n := dec.StackIndex(dec.StackDepth())
		text, err := dec.ReadValue()
		if err != nil {
			return nil, false
		}
		plain, err := jsontext.AppendQuote(nil, jsonText(text))
		switch same := err == nil && bytes.Equal(plain, text); {
		case within == '{' && n%2 == 0:
			if !same || len(yamlQuoted(jsonText(text))) > maxKey {
				return nil, false
			}
		case !same:
			o := asSent{string(dec.StackPointer()), string(text)}
			if len(yamlQuoted(o.pointer)) > maxKey {
				return nil, false
			}
			odd = append(odd, o)
		}
	}
}

// yaml writes a JSON value that comes behind a ":" or a "-"; what it holds stands
// behind the indent.
func (w *writer) yaml(value []byte, behind, indent string) {
	w.yamlNext(jsontext.NewDecoder(bytes.NewReader(value)), behind, indent)
}

func (w *writer) yamlNext(dec *jsontext.Decoder, behind, indent string) {
	kind := dec.PeekKind()
	if kind != '{' && kind != '[' {
		text, err := dec.ReadValue()
		if err != nil && w.err == nil {
			w.err = err
		}
		scalar := string(text)
		if kind == '"' {
			scalar = yamlQuoted(jsonText(text))
		}
		w.print(" ", scalar, "\n")
		return
	}
	w.yamlRead(dec)
	n := 0
	for ; w.err == nil && dec.PeekKind() != '}' && dec.PeekKind() != ']'; n++ {
		switch {
		case n == 0 && behind == "-":
			w.print(" ")
		case n == 0:
			w.print("\n", indent)
		default:
			w.print(indent)
		}
		entry := "-"
		if kind == '{' {
			w.print(yamlName(w.yamlRead(dec)))
			entry = ":"
		}
		w.print(entry)
		w.yamlNext(dec, entry, indent+"  ")
	}
	w.yamlRead(dec)
	if n == 0 {
		w.print(" ", map[jsontext.Kind]string{'{': "{}", '[': "[]"}[kind], "\n")
	}
}

// yamlRead reads a bracket, or a name, which it gives.
func (w *writer) yamlRead(dec *jsontext.Decoder) string {
	t, err := dec.ReadToken()
	if err != nil {
		if w.err == nil {
			w.err = err
		}
		return ""
	}
	return t.String()
}

var yamlWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// yamlWords are names that some YAML takes for something else.
var yamlWords = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// yamlName is a key: a word as it is, and else in quotes.
func yamlName(s string) string {
	if yamlWord.MatchString(s) && !slices.Contains(yamlWords, strings.ToLower(s)) {
		return s
	}
	return yamlQuoted(s)
}
