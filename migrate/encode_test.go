package migrate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/migrate"
)

// fullPlan is a plan with something of everything.
func fullPlan(tb testing.TB) (*migrate.Plan, []byte) {
	tb.Helper()
	source, target := crossing(false)
	source.add(saml("s", "S <&>\u2028", `,"enable_encryption":true,"more":{"b":1.0,"a":[{"z":null,"y":1e400}]}`))
	o := everything()
	o.DeleteExtra, o.RewriteReferences, o.Exclude = true, true, []string{"PIN"}
	o.Rename = map[string]string{"Alpha": "Alpha 2", "Beta": "Beta 2"}
	o.Map = map[string]string{"Delta": "d2"}
	o.Set = []migrate.Set{{Provider: "Gamma", Path: "/config/new", Value: json.RawMessage(`{"b":[1,2],"a":null}`)}}
	p, err := migrate.NewPlan(migrate.Migrate, source.state(), target.state(), o)
	if err != nil {
		tb.Fatal(err)
	}
	raw, err := p.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	return p, raw
}

func TestPlansComeBack(t *testing.T) {
	p, raw := fullPlan(t)
	back, err := migrate.ParsePlan(raw)
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Encode()
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("%s\n%v", cmp.Diff(string(raw), string(again)), err)
	}
	if verdicts(back) != verdicts(p) {
		t.Error(verdicts(back))
	}
	wrapped := `{"format_version":"1","plan":` + string(raw) + `}`
	if _, err := migrate.ParsePlan([]byte(wrapped)); err != nil {
		t.Errorf("as --json shows it: %v", err)
	}
	empty := planned(t, newTarget("src"), newTarget("dst"), migrate.Options{})
	if raw, err = empty.Encode(); err != nil {
		t.Fatal(err)
	}
	if _, err := migrate.ParsePlan(raw); err != nil {
		t.Errorf("an empty one: %v", err)
	}
}

// Space and the order of names may change, as any editor changes them.
func TestPlansMayBeLaidOutOtherwise(t *testing.T) {
	_, raw := fullPlan(t)
	var tight bytes.Buffer
	if err := json.Compact(&tight, raw); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"compact":  tight.String(),
		"spacious": strings.ReplaceAll(string(raw), "\n", "\r\n\t"),
		"turned":   turned(decoded(string(raw))),
	} {
		if _, err := migrate.ParsePlan([]byte(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// turned writes JSON with the names of all objects in the reverse order.
func turned(v any) string {
	switch v := v.(type) {
	case object:
		var parts []string
		names := slices.Sorted(maps.Keys(v))
		slices.Reverse(names)
		for _, k := range names {
			parts = append(parts, encoded(k)+":"+turned(v[k]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, turned(e))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	return encoded(v)
}

// refusedPlan sees to it that a plan that was edited is refused.
func refusedPlan(tb rapid.TB, data []byte) {
	tb.Helper()
	p, err := migrate.ParsePlan(data)
	if err == nil || p != nil || !errors.Is(err, migrate.ErrEdited) && !errors.Is(err, migrate.ErrNotPlan) {
		tb.Errorf("%v: %s", err, data)
	}
}

// Any leaf of a plan, changed or removed, any name, any list: it is refused.
func TestEditedPlansAreRefused(t *testing.T) {
	_, raw := fullPlan(t)
	edits, stride := 0, 1
	if testing.Short() {
		stride = 47
	}
	edit := func(change func(o object)) {
		if edits++; edits%stride != 0 {
			return
		}
		o := decoded(string(raw))
		change(o)
		if encoded(o) == encoded(decoded(string(raw))) {
			return
		}
		refusedPlan(t, []byte(turned(o)))
	}
	// Every place of the tree, by walking a copy of it in step.
	var walk func(v any, get func(o object) any)
	walk = func(v any, get func(o object) any) {
		switch v := v.(type) {
		case object:
			edit(func(o object) { get(o).(object)["surplus"] = "x" })
			for k, inner := range v {
				edit(func(o object) { delete(get(o).(object), k) })
				edit(func(o object) { get(o).(object)[k] = other(inner) })
				edit(func(o object) { m := get(o).(object); m[k+"x"] = m[k]; delete(m, k) })
				walk(inner, func(o object) any { return get(o).(object)[k] })
			}
		case []any:
			for i, inner := range v {
				edit(func(o object) { get(o).([]any)[i] = other(inner) })
				edit(func(o object) { l := get(o).([]any); l[i], l[0] = l[0], l[i] })
				walk(inner, func(o object) any { return get(o).([]any)[i] })
			}
		}
	}
	walk(decoded(string(raw)), func(o object) any { return o })
	if edits < 1000 {
		t.Errorf("%d edits only", edits)
	}
}

// other is a value that is not v.
func other(v any) any {
	switch v := v.(type) {
	case string:
		return v + "x"
	case bool:
		return !v
	case json.Number:
		return json.Number("1" + v.String())
	case nil:
		return true
	}
	return nil
}

// Any byte of a plan that is no space, changed: it is refused, or says the same.
func TestAnyByteOfAPlanCounts(t *testing.T) {
	p, raw := fullPlan(t)
	rapid.Check(t, func(t *rapid.T) {
		data := slices.Clone(raw)
		i := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		data[i] = rapid.OneOf(rapid.SampledFrom([]byte(`"\{}[]:,0 aA`)), rapid.Byte()).Draw(t, "byte")
		back, err := migrate.ParsePlan(data)
		switch {
		case err == nil:
			again, err := back.Encode()
			if err != nil || !bytes.Equal(raw, again) || back.Digest != p.Digest {
				t.Fatalf("byte %d: accepted, and another plan: %s", i, cmp.Diff(string(raw), string(again)))
			}
		case !errors.Is(err, migrate.ErrEdited) && !errors.Is(err, migrate.ErrNotPlan):
			t.Fatal(err)
		}
	})
}

func TestNoPlans(t *testing.T) {
	_, raw := fullPlan(t)
	for name, data := range map[string]string{
		"nothing":         "",
		"no JSON":         "{",
		"a list":          "[]",
		"null":            "null",
		"another object":  "{}",
		"another format":  strings.Replace(string(raw), `"format_version": "1"`, `"format_version": "2"`, 1),
		"no digest":       `{"format_version":"1"}`,
		"something after": string(raw) + "{}",
		"two":             string(raw) + string(raw),
		"wrapped null":    `{"plan":null}`,
		"unknown field":   strings.Replace(string(raw), `"format_version"`, `"surplus":1,"format_version"`, 1),
	} {
		p, err := migrate.ParsePlan([]byte(data))
		if p != nil || !errors.Is(err, migrate.ErrNotPlan) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOverride(t *testing.T) {
	source := newTarget("one").add(okta("a", "A", ""), github("g", "G", "c"))
	target := newTarget("one").add(okta("a", "A", `,"x":1`), github("g", "G", "d"), github("h", "H", "d"))
	o := allowing()
	o.DeleteExtra, o.MaxChanges = true, 1
	o.Allow = append(o.Allow, migrate.GuardLockout)
	p := planned(t, source, target, o)
	digest := p.Digest
	if g, _ := p.Standing(); len(g) != 2 {
		t.Fatalf("%+v", p.Guards)
	}
	for _, c := range []struct {
		codes []migrate.GuardCode
		n     int
		left  int
	}{
		{nil, 0, 2},
		{nil, 2, 2},
		{nil, 3, 1},
		{[]migrate.GuardCode{migrate.GuardDelete}, 0, 1},
		{[]migrate.GuardCode{migrate.GuardLockout}, 0, 2},
		{[]migrate.GuardCode{migrate.GuardMaxChanges}, 0, 2}, // a number lets it pass, no code
		{[]migrate.GuardCode{migrate.GuardDelete, migrate.GuardDelete}, 3, 0},
	} {
		later, err := p.Override(c.codes, c.n)
		if err != nil {
			t.Fatal(err)
		}
		if g, _ := later.Standing(); len(g) != c.left {
			t.Errorf("%v, %d: %+v", c.codes, c.n, g)
		}
		raw, err := later.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := migrate.ParsePlan(raw); err != nil {
			t.Error(err)
		}
	}
	if g, _ := p.Standing(); len(g) != 2 || p.Digest != digest || len(p.Options.Allow) != 1 {
		t.Error("the plan itself was changed")
	}
}

// A fingerprint changes with what a plan relies on, and with nothing else.
func TestFingerprint(t *testing.T) {
	state := func(change func(f *fakeTarget)) string {
		f := newTarget("one").add(okta("a", "A", ""), pin).refer("access_app", `{"id":"app","name":"App","allowed_idps":["a"]}`, `{"id":"free","name":"Free"}`)
		if change != nil {
			change(f)
		}
		mark, err := migrate.Fingerprint(f.state())
		if err != nil {
			t.Fatal(err)
		}
		return mark
	}
	same := state(nil)
	for name, change := range map[string]func(f *fakeTarget){
		"a setting":   func(f *fakeTarget) { f.add(okta("a", "A", `,"x":1`)) },
		"a provider":  func(f *fakeTarget) { f.add(okta("b", "A", "")) },
		"one less":    func(f *fakeTarget) { delete(f.providers, "pin") },
		"its id":      func(f *fakeTarget) { delete(f.providers, "pin"); f.add(strings.Replace(pin, `"pin"`, `"p"`, 1)) },
		"an app":      func(f *fakeTarget) { f.references["access_app"]["app"]["name"] = "B" },
		"one more":    func(f *fakeTarget) { f.refer("access_app", `{"id":"b","name":"B","allowed_idps":["pin"]}`) },
		"now it does": func(f *fakeTarget) { f.references["access_app"]["free"]["allowed_idps"] = []any{"a"} },
		"the target":  func(f *fakeTarget) { f.target.ID = "two" },
	} {
		if state(change) == same {
			t.Errorf("%s: no other fingerprint", name)
		}
	}
	for name, change := range map[string]func(f *fakeTarget){
		"a version":      func(f *fakeTarget) { f.providers["a"]["version"] = json.Number("8") },
		"a secret":       func(f *fakeTarget) { f.providers["a"]["config"].(object)["client_secret"] = "another" },
		"an app's times": func(f *fakeTarget) { f.references["access_app"]["app"]["updated_at"] = "now" },
		"another app":    func(f *fakeTarget) { f.references["access_app"]["free"]["name"] = "B" },
	} {
		if state(change) != same {
			t.Errorf("%s: another fingerprint", name)
		}
	}
}

func FuzzParsePlan(f *testing.F) {
	_, raw := fullPlan(f)
	f.Add(raw)
	f.Add([]byte(`{"plan":{"format_version":"1","digest":"x","actions":[{"settings":{"a":1,"a":2}}]}}`))
	f.Add([]byte(`{"format_version":"1","digest":"x","options":{"set":[{"value":null}]},"actions":[{"changes":[{}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := migrate.ParsePlan(data)
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		if err != nil {
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := migrate.ParsePlan(again); err != nil {
			t.Fatal(err)
		}
	})
}
