package report

import (
	"regexp"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
)

// weight makes what is critical or high stand out.
func weight(s diff.Severity) string {
	if s >= diff.High {
		return "**" + s.String() + "**"
	}
	return s.String()
}

// code makes a code span of text that is safe. It shows what it holds, whatever
// that is: the marks around it are more backticks than any in it.
func code(s string) string {
	run, longest := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	if longest > maxBackticks {
		s, longest = strings.ReplaceAll(s, "`", `\x60`), 0
	}
	switch {
	case s == "":
		return "(empty)"
	case s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "":
		s = " " + s + " " // of which one each is taken away
	}
	marks := strings.Repeat("`", longest+1)
	return marks + s + marks
}

// maxBackticks is how many backticks in a row a code span may hold. GitHub takes
// no more than 80 of them for a mark.
const maxBackticks = 40

func codes(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = code(s)
	}
	return strings.Join(out, ", ")
}

// codeInTable is code in a cell of a table, where a pipe would end the cell even
// inside of a code span. One after a backslash cannot be escaped by another: it
// stands between two spans.
func codeInTable(s string) string {
	parts := strings.Split(s, `\|`)
	for i, part := range parts {
		if i < len(parts)-1 {
			part += `\`
		}
		if parts[i] = ""; part != "" || i == 0 {
			parts[i] = strings.ReplaceAll(code(part), "|", `\|`)
		}
	}
	return strings.Join(parts, "&#124;")
}

// prose is text that is safe and has no more than words in it as it is, and any
// other as code.
func prose(s string) string {
	if plainProse.MatchString(s) && !notProse.MatchString(s) {
		return s
	}
	return code(s)
}

// sentence is text that is safe, of which what is more than words is code: a name, a
// path, a flag.
func sentence(s string) string {
	var out, odd []string
	flush := func() {
		if len(odd) > 0 {
			s := strings.Join(odd, " ")
			text := strings.TrimRight(s, ",;:. ")
			if text == "" {
				text = s
			}
			out, odd = append(out, code(text)+strings.TrimRight(s[len(text):], " ")), nil
		}
	}
	for word := range strings.SplitSeq(s, " ") {
		switch {
		case word == "":
			if len(odd) > 0 {
				odd = append(odd, word)
			}
		case (plainWord.MatchString(word) || word == ">" || word == "&") && !notProse.MatchString(word):
			flush()
			out = append(out, word)
		default:
			odd = append(odd, word)
		}
	}
	flush()
	return strings.Join(out, " ")
}

func proseInTable(s string) string {
	if p := prose(s); p == s {
		return p
	}
	return codeInTable(s)
}

var (
	plainProse = regexp.MustCompile(`^[\pL\pN]([\pL\pN ,;'"%()-]|[.:]( |$))*$`)
	plainWord  = regexp.MustCompile(`^[("']*[\pL\pN][\pL\pN,;'"%()/-]*[.:]?[)"',;]*$`)
	// A chat or GitHub may see in these an address, a commit or an issue.
	notProse = regexp.MustCompile(`(?i)\bwww\b|\bgh-|[0-9a-f]{7}`)
)
