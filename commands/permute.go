package commands

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagTable tells of each name of a flag whether the flag takes a value, and is
// where the arguments of a command are put in order.
type flagTable map[string]flagShape

type flagShape struct {
	name      string // its first, full name
	takes     bool   // a value follows
	mayBeVoid bool   // the value may be ""
}

func tableOf(flags []cli.Flag) flagTable {
	t := flagTable{}
	for _, f := range flags {
		shape := flagShape{name: f.Names()[0]}
		if d, ok := f.(cli.DocGenerationFlag); ok {
			shape.takes = d.TakesValue()
		}
		shape.mayBeVoid = shape.name == "note"
		for _, n := range f.Names() {
			t[n] = shape
		}
	}
	return t
}

// full lists the flags' full names as they are typed.
func (t flagTable) full() []string {
	var names []string
	for _, s := range t {
		names = append(names, "--"+s.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// looksLikeFlag tells "-x" and "--x" from arguments; "-" alone is one.
func looksLikeFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' && arg != "--" }

// cutFlag takes "--name=value" apart.
func cutFlag(arg string) (name, value string, has bool) {
	name, value, has = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
	return name, value, has
}

// split takes the flags out of args, wherever they stand, each as one
// "--name=value" or "--name", and returns what else there is. After "--"
// everything is an argument. The framework alone would take all that follows
// the first argument for arguments too, and so ignore flags without a word.
func (t flagTable) split(command string, args []string) (flags, rest []string, err error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return flags, append(rest, args[i+1:]...), nil
		}
		if !looksLikeFlag(arg) {
			rest = append(rest, arg)
			continue
		}
		name, value, has := cutFlag(arg)
		shape, known := t[name]
		if !known {
			return nil, nil, unknownFlag(command, arg, t.full())
		}
		if !shape.takes {
			flags = append(flags, arg)
			continue
		}
		if !has {
			i++
			if i == len(args) {
				return nil, nil, usage(helpHint(command), "flag --%s needs a value", shape.name)
			}
			value = args[i]
			if n, _, _ := cutFlag(value); looksLikeFlag(value) && t[n].name != "" {
				return nil, nil, usage("--"+shape.name+"="+value+", if that is the value",
					"flag --%s needs a value, but the flag %s follows", shape.name, value)
			}
		}
		if value == "" && !shape.mayBeVoid {
			return nil, nil, usage("is a variable empty that should not be?", "flag --%s needs a value: it is empty", shape.name)
		}
		flags = append(flags, "--"+shape.name+"="+value)
	}
	return flags, rest, nil
}

// unknownFlag names the flag without its value, which may be a secret.
func unknownFlag(command, arg string, known []string) error {
	name, _, _ := cutFlag(arg)
	of := "idpsnap"
	if command != "" {
		of += " " + command
	}
	if secretLike(name) {
		return usage("set CLOUDFLARE_API_TOKEN, or CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY, in the environment",
			"%s has no flag --%s: credentials are never flags, because other users can see them", of, name)
	}
	hint := helpHint(command)
	if near := nearest("--"+name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return usage(hint, "%s has no flag %s", of, "--"+name)
}

func secretLike(flag string) bool {
	switch flag {
	case "token", "api-token", "api_token", "key", "api-key", "api_key", "email", "secret":
		return true
	}
	return false
}

func helpHint(command string) string {
	if command == "" {
		return "idpsnap help"
	}
	return "idpsnap " + command + " --help"
}

// nearest finds the candidate that word was probably meant to be, or "".
func nearest(word string, candidates []string) string {
	best, least := "", max(1, len(strings.TrimLeft(word, "-"))/3)+1
	for _, c := range candidates {
		if d := distance(word, c); d < least {
			best, least = c, d
		}
	}
	if best != "" {
		return best
	}
	for _, c := range candidates { // a beginning: "snap", "--verb"
		if len(strings.TrimLeft(word, "-")) >= 3 && strings.HasPrefix(c, word) {
			return c
		}
	}
	return ""
}

// spelling says what to write for a flag's value that is none of the known ones.
func spelling(flag, word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean " + flag + " " + near + "?"
	}
	return flag + " " + known[0]
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to make b of a.
func distance(a, b string) int {
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
