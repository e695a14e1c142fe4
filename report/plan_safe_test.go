package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// As of comparisons: without code spans nothing is left but our own words and marks.
func TestMarkdownOfPlansIsHarmlessWhateverNamesSay(t *testing.T) {
	for name, p := range pieces(t) {
		if !slices.Contains(p.formats, "markdown") {
			continue
		}
		columns := 0
		for line := range strings.Lines(printedPiece(t, p, "markdown", Style{})) {
			line = strings.TrimSuffix(line, "\n")
			if bad := strings.IndexFunc(line, dangerous); bad >= 0 {
				t.Errorf("%s: %q", name, line)
			}
			rest := strings.TrimPrefix(strings.NewReplacer("&#124;", "", " & ", " ").Replace(withoutCode(t, line)), "- [ ] ")
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

var boxIDs = regexp.MustCompile(`"todo-\d+-\d+"`)

func TestHTMLOfChecklistsIsHarmlessWhateverNamesSay(t *testing.T) {
	ours := map[string]bool{}
	for _, tag := range []string{
		"head", "body", "main", "h1", "h3", "article", "header", `span class="soft"`, "span", `p class="soft"`, "code", `ul class="todo"`, "li",
		`input type="checkbox" id=N`, "label for=N", "dl", "dt", "dd", "html",
	} {
		name, _, _ := strings.Cut(tag, " ")
		ours[tag], ours["/"+name] = true, true
	}
	for name, p := range pieces(t) {
		if !slices.Contains(p.formats, "html") {
			continue
		}
		out := printedPiece(t, p, "html", Style{})
		if bad := strings.IndexFunc(strings.ReplaceAll(out, "\n", ""), dangerous); bad >= 0 {
			t.Errorf("%s: %q", name, out[bad:min(len(out), bad+20)])
		}
		title, body, _ := strings.Cut(out, "<style>")
		if n := strings.Count(title, "<"); n != 9 {
			t.Errorf("%s: %d tags in the head: %s", name, n, title)
		}
		_, body, _ = strings.Cut(body, "</style>")
		for tag := range tags(t, boxIDs.ReplaceAllString(body, "N")) {
			if !ours[tag] {
				t.Errorf("%s: %s", name, tag)
			}
		}
	}
}

// What has to be copied is whole, however narrow the terminal is.
func TestWhatIsToBeCopiedIsNeverCut(t *testing.T) {
	value := "https://labs.cloudflareaccess.com/scim/" + newOkta
	redirect := "https://labs.cloudflareaccess.com/cdn-cgi/access/callback"
	for _, columns := range []int{0, 60, 80, 200} {
		for name, want := range map[string][]string{
			"plan": {redirect, "--allow-app-lockout", "--max-changes 12"}, "checklists": {value, redirect},
			"done": {value, newOkta, newEntra, "idpsnap restore 01010101 --delete-extra --dry-run"}, "done_incomplete": {"idpsnap resume 7c1d2e3f goes on"}, "runs": {"idpsnap resume 7c1d2e3f"},
		} {
			out := printedPiece(t, pieces(t)[name], "text", Style{Width: columns})
			for _, s := range want {
				if !strings.Contains(out, s) {
					t.Errorf("%s, %d columns: no %q in\n%s", name, columns, s, out)
				}
			}
		}
	}
}
