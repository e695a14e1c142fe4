package diff_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// find gives the document of a resource, an empty one where it is not there.
func (s *side) find(k snapshot.Kind, id string, there bool) snapshot.Document {
	for c, list := range s.resources {
		for _, r := range list {
			if there && c.Kind == k && r.ID == id {
				return r.Document
			}
		}
	}
	return snapshot.Document("{}")
}

func reduced(t helper, k snapshot.Kind, d snapshot.Document, all bool) string {
	t.Helper()
	f := snapshot.Settings
	if all {
		f = snapshot.AllFields
	}
	d, err := f(k, d)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(d)
}

// apply writes what a diff says into a document.
func apply(t helper, k snapshot.Kind, document string, fields []diff.Field) string {
	t.Helper()
	root := decode(t, document)
	for _, f := range fields {
		point(t, root, f)
	}
	written, err := json.Marshal(root)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return reduced(t, k, written, true)
}

func decode(t helper, document string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return v
}

// point follows a JSON Pointer and puts the new value there.
func point(t helper, at any, f diff.Field) {
	t.Helper()
	path := strings.Split(f.Path, "/")[1:]
	for i, step := range path {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		last := i == len(path)-1
		switch in := at.(type) {
		case map[string]any:
			switch {
			case last && f.New == nil:
				delete(in, step)
			case last:
				in[step] = decode(t, string(f.New))
			case in[step] == nil:
				in[step] = map[string]any{}
			}
			at = in[step]
		case []any:
			n := 0
			if _, err := fmt.Sscan(step, &n); err != nil || n >= len(in) {
				t.Fatalf("%s leads nowhere", f.Path)
			}
			if last {
				in[n] = decode(t, string(f.New))
			}
			at = in[n]
		default:
			t.Fatalf("%s leads nowhere", f.Path)
		}
	}
}
