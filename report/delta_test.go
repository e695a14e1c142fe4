package report

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
)

func TestSettingsAreSaidShortly(t *testing.T) {
	pem := ordinaryResources(t)[3]
	cert := certificateOf(t, pem)
	long := `"https://idp.example/` + strings.Repeat("a/", 60) + `"`
	c := &comparison{names: map[string]string{okta: "Corp Okta"}}
	for _, x := range []struct{ path, old, new, want string }{
		{"/config/sign_request", "true", "", "config.sign_request true → false"},
		{"/config/sign_request", "", "true", "config.sign_request false → true"},
		{"/config/claims", "", `["a"]`, "config.claims (not set) → [a]"},
		{"/name", `"true"`, `true`, `name "true" → true`},
		{"/name", `"x"`, `null`, "name x → null"},
		{"/a.b/c~1d/e~0f/", "1", "2", `"a.b".c/d.e~f."" 1 → 2`},
		{"/we\"ird/a b\u202e\n/\\x", "1", "2", `"we\"ird"."a b\u202e\n".\x 1 → 2`},
		{"/\U000e0041/c\\.", "1", "2", `"\udb40\udc41"."c\\." 1 → 2`},
		{"/secret", `"(redacted)"`, "", "secret (redacted) → (not set)"},
		{"/set", `["a","b","department"]`, `["a","b","groups"]`, "set - department + groups"},
		{"/set", `["a"]`, `["b"]`, "set [a] → [b]"},
		{"/list", `["a","b"]`, `["b","a"]`, "list order changed"},
		{"/list", `["a","b","c"]`, `["b","a","d"]`, "list [a, b, c] → [b, a, d]"},
		{"/list", `["alpha","alpha","beta"]`, `["alpha","beta"]`, "list - alpha"},
		{"/list", `[{"a":1}]`, `[{"a":2}]`, `list [{"a":1}] → [{"a":2}]`},
		{"/idp", `"` + okta + `"`, `"x"`, "idp " + okta + " (Corp Okta) → x"},
		{"/escape", `"\u001b"`, `"\\x1b"`, `escape "\u001b" → "\\x1b"`},
		{"/url", long, strings.Replace(long, "example", "elsewhere", 1), "url https://idp.e[-xampl-]{+lsewher+}e/a/a/a/a/a/a/a/a/a/…"},
		{"/cert", cert, `"x"`, "cert certificate valid until 2027-06-30 for CN=idp.corp.example, SHA-256 9b3b506c1e8a64d9 → x"},
	} {
		got := text{}.line(c.delta(setting(x.path, x.old, x.new, diff.Low, "", "")))
		if x.path == "/url" {
			got = got[:strings.Index(got, "…")+len("…")]
		}
		if got != x.want {
			t.Errorf("%s: %s\nwant %s", x.path, got, x.want)
		}
	}
}

func TestMarkdownShowsWhatItHolds(t *testing.T) {
	for in, want := range map[string]string{
		"x":                     "`x`",
		"":                      "(empty)",
		"a`b":                   "``a`b``",
		"`":                     "`` ` ``",
		" a ":                   "`  a  `",
		"a|b":                   "`a\\|b`",
		`a\|b`:                  "`a\\`&#124;`b`",
		`\|`:                    "`\\`&#124;",
		`a\\|`:                  "`a\\\\`&#124;",
		`\||`:                   "`\\`&#124;`\\|`",
		"@octocat #123":         "`@octocat #123`",
		strings.Repeat("`", 41): "`" + strings.Repeat(`\x60`, 41) + "`",
	} {
		if got := codeInTable(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for _, s := range []string{"decides whose word is believed", "in latest failed: 403 Forbidden (6 tries)", "90 of 120 (75 %) of the list at once"} {
		if prose(s) != s {
			t.Errorf("%s is not prose", s)
		}
	}
	for _, s := range append(injections, "see www.evil", "GH-12", "a.b", "a:b:", "deadbeef1", "x_y_z", "- x", "1*2", "x\\") {
		if prose(s) == s {
			t.Errorf("%s is prose", s)
		}
	}
}

// Without its code spans, and the entity between two of them, nothing is left but
// our own words and marks.
func TestMarkdownIsHarmlessWhateverNamesSay(t *testing.T) {
	for name, c := range comparisons(t) {
		for _, stat := range []bool{false, true} {
			out := printedDiff(t, "markdown", c.result, DiffOptions{Stat: stat, Full: true})
			columns := 0
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				if bad := strings.IndexFunc(line, dangerous); bad >= 0 {
					t.Errorf("%s: %q", name, line)
				}
				rest := withoutCode(t, line)
				rest = strings.ReplaceAll(rest, "&#124;", "")
				if strings.ContainsAny(strings.TrimLeft(rest, "#"), "`<@#[]\\&{") || strings.Contains(rest, "://") || strings.Contains(rest, "script") {
					t.Errorf("%s: %q in %q", name, rest, line)
				}
				if !strings.HasPrefix(line, "|") {
					columns = 0
					continue
				}
				n := cells(line)
				if columns == 0 {
					columns = n
				}
				if n != columns {
					t.Errorf("%s: %d cells, not %d: %q", name, n, columns, line)
				}
			}
		}
	}
}

// withoutCode takes the code spans out of a line, as CommonMark finds them.
func withoutCode(t *testing.T, line string) string {
	t.Helper()
	var out strings.Builder
	for line != "" {
		if line[0] != '`' {
			out.WriteByte(line[0])
			line = line[1:]
			continue
		}
		n := len(line) - len(strings.TrimLeft(line, "`"))
		rest := line[n:]
		for {
			i := strings.IndexByte(rest, '`')
			if i < 0 {
				t.Fatalf("a code span without an end: %q", line)
			}
			rest = rest[i:]
			m := len(rest) - len(strings.TrimLeft(rest, "`"))
			rest = rest[m:]
			if m == n {
				break
			}
		}
		line = rest
	}
	return out.String()
}

// cells counts the cells of a row as GitHub does, for which a backslash escapes
// any mark after it, in a code span or not.
func cells(row string) int {
	n := 0
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			n++
		}
	}
	return n
}

func TestHTMLIsHarmlessWhateverNamesSay(t *testing.T) {
	for name, c := range comparisons(t) {
		for _, stat := range []bool{false, true} {
			out := printedDiff(t, "html", c.result, DiffOptions{Stat: stat, Full: true})
			_, body, _ := strings.Cut(out, "</style>")
			if bad := strings.IndexFunc(strings.ReplaceAll(out, "\n", ""), dangerous); bad >= 0 {
				t.Errorf("%s: %q", name, out[bad:min(len(out), bad+20)])
			}
			for tag := range tags(t, body) {
				if !ourTags[tag] {
					t.Errorf("%s: %s", name, tag)
				}
			}
			title, _, _ := strings.Cut(out, "<style>")
			if n := strings.Count(title, "<"); n != 9 {
				t.Errorf("%s: %d tags in the head: %s", name, n, title)
			}
			for _, outside := range []string{"src=", "href=", "http-equiv=\"refresh"} {
				for _, tag := range strings.Split(out, "<")[1:] {
					if inside, _, _ := strings.Cut(tag, ">"); strings.Contains(inside, outside) {
						t.Errorf("%s: %s", name, inside)
					}
				}
			}
		}
	}
}

// tags are the tags that occur, each as it is written but for the words of classes
// that are known.
func tags(t *testing.T, body string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, part := range strings.Split(body, "<")[1:] {
		inside, _, ok := strings.Cut(part, ">")
		if !ok {
			t.Errorf("a tag without an end: %.100s", part)
		}
		found[knownClasses.Replace(inside)] = true
	}
	return found
}

var (
	knownClasses = strings.NewReplacer("critical", "S", "high", "S", "medium", "S", "low", "S", "info", "S",
		"added", "A", "changed", "A", "removed", "A")
	ourTags = map[string]bool{}
)

func init() {
	for _, tag := range []string{
		"head", "body", "main", "h1", "h2", "h3", "p", "dl class=\"states\"", "div", "dt", "dd", "code", "strong", "small", "header",
		"section", "section class=\"note\"", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "del", "ins", "footer", "html",
		"p class=\"sum\"", "p class=\"soft\"", "p class=\"more\"", "span class=\"badge S\"", "span class=\"soft\"", "span class=\"action A\"",
		"td class=\"action A\"", "article class=\"S\"", "div class=\"people\"", "code class=\"inside\"", "code class=\"elements\"",
	} {
		name, _, _ := strings.Cut(tag, " ")
		ourTags[tag], ourTags["/"+name] = true, true
	}
}

// Whoever writes names must not decide how long a comparison takes to print.
func TestWorkIsBounded(t *testing.T) {
	c := &comparison{}
	source := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		b := make([]byte, 8000)
		for i := range b {
			b[i] = byte('a' + source.IntN(4))
		}
		return quoted(string(b))
	}
	before, after := text(), text()
	for range 1000 {
		c.delta(setting("/x", before, after, diff.Low, "", ""))
	}
	if d := c.delta(setting("/x", before, before[:4000]+`"`, diff.Low, "", "")); d.Form != pair {
		t.Errorf("goes on: %s", d.Form)
	}
}
