package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// document puts the tables into a document in Markdown, between two marks.
func (f file) document(path string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	part := "nights"
	if f.Runs[0].Set != "" {
		part = "growth"
	}
	begin, end := "<!-- bench: "+part+" -->\n", "<!-- bench: end -->\n"
	before, rest, found := strings.Cut(string(old), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s: no place for tables between %q and %q", path, begin, end)
	}
	var tables bytes.Buffer
	p := printer{w: &tables, markdown: true}
	p.file(f)
	return os.WriteFile(path, []byte(before+begin+"\n"+tables.String()+end+after), 0o644)
}
