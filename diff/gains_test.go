package diff_test

import (
	"testing"

	"github.com/idpsnap/idpsnap/diff"
)

// rule is one of a policy's, such as {"everyone":{}}.
func rule(name string) tree { return tree{name: tree{}} }

func including(name string, rules ...any) tree {
	return tree{"name": quote(name), "decision": `"allow"`, "include": rules}
}

func TestWhatAValueGains(t *testing.T) {
	for name, c := range map[string]struct {
		old, updated []any
		want         string
	}{
		"a policy that is called everyone": {nil, []any{including("everyone", rule("email"))}, "app-policies"},
		"and lets everyone in":             {nil, []any{including("everyone", rule("everyone"))}, "app-everyone"},
		"a second policy for everyone": {
			[]any{including("a", rule("everyone"))}, []any{including("a", rule("everyone")), including("b", rule("everyone"))}, "app-everyone",
		},
		"everyone, elsewhere": {
			[]any{including("a", rule("everyone")), including("b", rule("email"))}, []any{including("b", rule("email")), including("c", rule("everyone")), tree{}}, "app-policies",
		},
		"another name of the same": {[]any{including("a", rule("everyone"))}, []any{including("everyone", rule("everyone"))}, "app-policies"},
		"another decision":         {[]any{tree{"name": `"a"`, "decision": `"allow"`}}, []any{tree{"name": `"a"`, "decision": `"bypass"`}}, "app-bypass"},
		"a name like a decision":   {[]any{tree{"name": `"a"`}}, []any{tree{"name": `"bypass"`}}, "app-policies"},
		"a member of an object":    {[]any{tree{"x": tree{}}}, []any{tree{"x": rule("everyone")}}, "app-everyone"},
		"one fewer":                {[]any{including("a", rule("everyone"))}, nil, "app-policies"},
	} {
		scene := named(app, "policies", c.old, c.updated)
		if c.old == nil {
			scene = named(app, "policies", nil, c.updated)
		}
		ch := scene.result(t, diff.Options{}).Changes[0]
		for _, f := range ch.Fields {
			if f.Rule != c.want {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
	// A text in a list is one like any other.
	o := diff.Options{Rules: with(t, diff.Rule{Name: "mine", Severity: diff.Critical, Paths: []string{"/allowed_idps"}, Gains: `a"b`})}
	for want, updated := range map[string][]any{"mine": {`"x"`, `"a\"b"`}, "app-providers": {`"x"`, `"b"`}} {
		if ch := named(app, "allowed_idps", []any{`"x"`}, updated).result(t, o).Changes[0]; ch.Fields[0].Rule != want {
			t.Errorf("%+v, want %s", ch, want)
		}
	}
}
