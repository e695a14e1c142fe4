package report

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// TemplateEntry is a provider whose secrets are to be supplied.
type TemplateEntry struct {
	ID, Name, Vendor string
	Type             snapshot.Type
	Ambiguous        bool // another provider has its name
	Secrets          []TemplateSecret
}

// TemplateSecret is one secret of a provider.
type TemplateSecret struct {
	Key      string // "client_secret"
	Called   string // as its vendor calls it: "Client secret"
	Where    string // in the vendor's words
	Optional bool
}

// SecretsTemplate writes a secrets file to fill in, as YAML: empty values are what has
// to be supplied, and what may be is commented out.
func SecretsTemplate(w io.Writer, state string, entries []TemplateEntry) error {
	out := newWriter(w)
	out.print("# Secrets of the identity providers of ", fit(Safe(state), maxWord), ", for idpsnap to restore or migrate them with.\n",
		"#\n",
		"# Fill in what is empty. A value is the secret itself, or says where it is:\n",
		"#   env:NAME        an environment variable\n",
		"#   file:PATH       a file\n",
		"#   command:LINE    what a command prints, as of a password manager\n",
		"#\n",
		"# Nobody else may read this file: keep its mode 0600, and keep it out of version control.\n\n",
		"identity_providers:")
	if len(entries) == 0 {
		out.print(" {} # none of them needs a secret\n")
		return out.end()
	}
	out.print("\n")
	used := map[string]bool{}
	for _, e := range entries {
		out.entry(e, used)
	}
	return out.end()
}

// maxKey is how many characters a key may have. YAML lets one on a line have 1024.
const maxKey = 1000

// entry writes a provider under its name or, where that does not tell it from others
// or cannot be a key, under its id.
func (w *writer) entry(e TemplateEntry, used map[string]bool) {
	key := e.Name
	if quoted := yamlQuoted(key); e.Ambiguous || strings.TrimSpace(key) == "" || !utf8.ValidString(key) || len(quoted) > maxKey || used[key] {
		key = strings.ToValidUTF8(e.ID, "?")
	}
	if used[key] {
		return // the very same
	}
	used[key] = true
	head := fit(cmp.Or(Safe(e.Vendor), vendorOf(e.Type)), maxRun) + " (" + fit(Safe(string(e.Type)), maxRun) + ")"
	if key != e.Name {
		head += ", called " + fit(label(e.Name), maxRun)
	}
	w.print("\n  # ", head, "\n")
	comment, wanted := "", false
	for _, s := range e.Secrets {
		wanted = wanted || !s.Optional
	}
	if !wanted { // a provider without any secret is nothing to read
		comment = "# "
	}
	w.print("  ", comment, yamlQuoted(key), ":\n")
	for _, s := range e.Secrets {
		called := ""
		if s.Called != "" {
			called = `"` + fit(Safe(s.Called), maxRun) + `"`
		}
		if s.Optional {
			called = strings.TrimPrefix(called+", optional", ", ")
		}
		for _, line := range []string{called, fit(Safe(s.Where), maxReason)} {
			if line != "" {
				w.print("    # ", line, "\n")
			}
		}
		mark := comment
		if s.Optional {
			mark = "# "
		}
		w.print("    ", mark, yamlKey(s.Key), `: ""`, "\n")
	}
}

var plainKey = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)+$`)

// yamlKey is a key as it is if it is a name of several words, which no YAML takes for
// anything else, and else in quotes.
func yamlKey(s string) string {
	if plainKey.MatchString(s) {
		return s
	}
	return yamlQuoted(s)
}

// yamlQuoted writes a text in double quotes, in which nothing has a meaning but what is
// escaped. What Safe would change is escaped, so that the file shows all that it holds.
func yamlQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch text := string(r); {
		case r == '"' || r == '\\':
			b.WriteString(`\` + text)
		case r != utf8.RuneError && Safe(text) == text:
			b.WriteString(text)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// LackingFormats lists the formats that SecretsLacking knows.
func LackingFormats() []string { return []string{"text", "json"} }

type lackingJSON struct {
	FormatVersion string     `json:"format_version"`
	OK            bool       `json:"ok"` // nothing lacks
	Needed        int        `json:"needed"`
	Lacking       []lackJSON `json:"lacking"`
}

type lackJSON struct {
	Provider string        `json:"provider"`
	Type     snapshot.Type `json:"type"`
	ID       string        `json:"id"` // in the source
	Key      string        `json:"key"`
	Why      string        `json:"why"`
}

// SecretsLacking says which secrets, of so many that are needed, are missing or cannot
// be real.
func SecretsLacking(format string, w io.Writer, style Style, lacks []migrate.Lack, needed int) error {
	switch format {
	case "text":
		return newText(w, style).lacking(lacks, needed)
	case "json":
		out := lackingJSON{FormatVersion: formatVersion, OK: len(lacks) == 0, Needed: needed, Lacking: make([]lackJSON, 0, len(lacks))}
		for _, l := range lacks {
			out.Lacking = append(out.Lacking, lackJSON{l.Name, l.Type, l.ID, l.Key, l.Why})
		}
		return jsonPrinter{w}.one(out)
	}
	return unknownFormat(format)
}

func (t text) lacking(lacks []migrate.Lack, needed int) error {
	w := newWriter(t.w)
	same := map[string]map[string]bool{} // ids of those of one name
	for _, l := range lacks {
		if same[l.Name] == nil {
			same[l.Name] = map[string]bool{}
		}
		same[l.Name][l.ID] = true
	}
	tab := table{indent: "  ", columns: make([]column, 4)}
	for _, l := range lacks {
		name := t.fit(cmp.Or(Safe(strings.TrimSpace(l.Name)), Safe(l.ID)), t.width/3)
		kind := "(" + t.fit(vendorOf(l.Type), t.width/5) + ")"
		tab.add(cell{name, t.bold}, cell{kind, t.dim}, plain(t.fit(Safe(l.Key), t.width/4)), cell{Safe(l.Why), t.bad})
		if len(same[l.Name]) > 1 {
			last := &tab.rows[len(tab.rows)-1]
			last.notes = append(last.notes, "  "+t.dim(t.fit(Safe(l.ID), 40)))
		}
	}
	const why = 3
	room := max(tab.rest(why, t.width), 20)
	for i := range tab.rows {
		c := &tab.rows[i].cells[why]
		c.text = t.fit(c.text, max(room, 20))
	}
	tab.print(w, t.dim)
	switch {
	case len(lacks) > 0:
		w.print("\n", t.bad(number(len(lacks))+" of "+things(needed, "secret")+" cannot be used"), "\n")
	case needed == 0:
		w.print("No secrets are needed.\n")
	default:
		w.print(t.good("All "+things(needed, "secret")+" are there"), "\n")
	}
	return w.end()
}
