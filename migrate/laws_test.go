package migrate_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// anySetting draws values of settings, of which nobody knows what they mean.
func anySetting(depth int) *rapid.Generator[any] {
	scalar := rapid.SampledFrom([]any{nil, true, false, "", "a", "ü<&>\u2028", "xx", json.Number("1.0"), json.Number("10"), []any{}, object{}})
	if depth == 0 {
		return scalar
	}
	inner := anySetting(depth - 1)
	return rapid.OneOf(scalar, scalar,
		rapid.Custom(func(t *rapid.T) any { return rapid.SliceOfN(inner, 0, 3).Draw(t, "list") }),
		rapid.Custom(func(t *rapid.T) any {
			return rapid.MapOfN(rapid.SampledFrom([]string{"p", "q/r", "~s", ""}), inner, 0, 3).Draw(t, "object")
		}),
	)
}

// providerOf draws a provider as a target may have it. Names and ids are few, and
// collide.
func providerOf(id string) *rapid.Generator[object] {
	return rapid.Custom(func(t *rapid.T) object {
		config := object{"redirect_url": "https://x/callback"}
		p := object{
			"id": id, "uid": "u-" + id, "version": json.Number("7"), "config": config,
			"name": rapid.SampledFrom([]string{"A", "A", "B", "a", "Ü */[x]"}).Draw(t, "name"),
			"type": rapid.SampledFrom([]string{"okta", "okta", "azureAD", "saml", "github", "onetimepin", "oidc", "brand-new"}).Draw(t, "type"),
		}
		for _, name := range []string{"client_id", "claims", "pkce_enabled", "azure_cloud", "scopes", "new/setting", "~odd", "flag"} {
			if !rapid.Bool().Draw(t, "has "+name) {
				continue
			}
			switch name {
			case "pkce_enabled":
				config[name] = rapid.Bool().Draw(t, name)
			case "azure_cloud":
				config[name] = rapid.SampledFrom([]string{"default", "GermanCloud"}).Draw(t, name)
			case "claims", "scopes":
				config[name] = rapid.SliceOfN(rapid.SampledFrom([]any{"x", "y", "z"}), 0, 3).Draw(t, name)
			default:
				config[name] = anySetting(2).Draw(t, name)
			}
		}
		for _, name := range []string{"client_secret", "extra_password", "api_token"} {
			if rapid.Bool().Draw(t, "has "+name) {
				config[name] = rapid.SampledFrom([]any{"stored-" + id, "stored-" + id, "", "****", nil}).Draw(t, name)
			}
		}
		if rapid.Bool().Draw(t, "has more") {
			p["more"] = anySetting(2).Draw(t, "more")
		}
		if rapid.Bool().Draw(t, "has SCIM") && p["type"] != "onetimepin" {
			scim := object{"enabled": rapid.Bool().Draw(t, "enabled"), "scim_base_url": "https://x/scim", "secret": "scim-token-" + id}
			for _, name := range []string{"user_deprovision", "seat_deprovision", "unknown"} {
				if rapid.Bool().Draw(t, "has "+name) {
					scim[name] = rapid.Bool().Draw(t, name)
				}
			}
			if rapid.Bool().Draw(t, "has behavior") {
				scim["identity_update_behavior"] = rapid.SampledFrom([]string{"no_action", "automatic"}).Draw(t, "behavior")
			}
			p["scim_config"] = scim
		}
		return p
	})
}

// sides draws a source and a target.
func sides(t *rapid.T) (source, target *fakeTarget) {
	target = newTarget("dst")
	if rapid.Bool().Draw(t, "same target") {
		source = newTarget("dst")
	} else {
		source = newTarget("src")
	}
	prefix := rapid.SampledFrom([]string{"s", "t"}).Draw(t, "ids") // equal ids mean nothing in two targets
	for i := range rapid.IntRange(0, 4).Draw(t, "of the source") {
		id := fmt.Sprintf("%s%d", prefix, i)
		source.providers[id] = providerOf(id).Draw(t, id)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "of the target") {
		id := fmt.Sprintf("t%d", i)
		target.providers[id] = providerOf(id).Draw(t, "target's "+id)
		if len(source.providers) == 0 || rapid.IntRange(0, 3).Draw(t, "is another one") == 0 {
			continue
		}
		// Most are like one of the source's, or nearly.
		like := copied(source.providers[rapid.SampledFrom(slices.Sorted(maps.Keys(source.providers))).Draw(t, "is like")])
		for _, part := range []string{"config", "scim_config", "more"} {
			if v, ok := target.providers[id][part]; ok && like["type"] != "onetimepin" && rapid.Bool().Draw(t, "with another "+part) {
				like[part] = v
			}
		}
		like["id"], target.providers[id] = id, like
	}
	target.merges = rapid.Bool().Draw(t, "merges")
	target.fills = rapid.Bool().Draw(t, "fills")
	target.lag = rapid.IntRange(0, 2).Draw(t, "lag")
	return source, target
}

func anyOptions(t *rapid.T, source, target *fakeTarget) migrate.Options {
	o := everything()
	ours, theirs := slices.Sorted(maps.Keys(source.providers)), slices.Sorted(maps.Keys(target.providers))
	if len(ours) > 0 {
		word := rapid.SampledFrom(ours)
		switch rapid.IntRange(0, 9).Draw(t, "which") {
		case 0:
			o.Only = []string{word.Draw(t, "only")}
		case 1:
			o.Exclude = []string{word.Draw(t, "exclude")}
		case 2, 3:
			o.Rename = map[string]string{word.Draw(t, "rename"): rapid.SampledFrom([]string{"A", "B", "New"}).Draw(t, "to")}
		case 4, 5:
			value := json.RawMessage(encoded(anySetting(2).Draw(t, "value")))
			path := rapid.SampledFrom([]string{"/config/flag", "/config/set/deep", "/name2", "/scim_config/enabled"}).Draw(t, "path")
			if path == "/scim_config/enabled" {
				value = json.RawMessage("false")
			}
			o.Set = []migrate.Set{{Provider: word.Draw(t, "set"), Path: path, Value: value}}
		case 6, 7:
			if len(theirs) > 0 {
				o.Map = map[string]string{word.Draw(t, "map"): rapid.SampledFrom(theirs).Draw(t, "to")}
			}
		}
	}
	o.DeleteExtra = rapid.Bool().Draw(t, "delete extra")
	o.SCIMOff = rapid.Bool().Draw(t, "SCIM off")
	o.OnConflict = rapid.SampledFrom([]migrate.OnConflict{migrate.ConflictUpdate, migrate.ConflictSkip, migrate.ConflictFail, ""}).Draw(t, "on conflict")
	return o
}

// settingsOf are what a person chose of the target's providers, by path; secrets too.
func settingsOf(t *rapid.T, f *fakeTarget, id string) map[string]any {
	p := f.providers[id]
	d, err := snapshot.NewDocument([]byte(encoded(p)))
	if err != nil {
		t.Fatal(err)
	}
	reduced, err := snapshot.Settings(snapshot.IdentityProvider, d)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	for path, v := range flat(decoded(string(reduced))) {
		all[path] = encoded(v)
	}
	for path, v := range flat(p) {
		if text, ok := v.(string); ok && isSecret(path) && strings.Trim(text, "*") != "" {
			all[path] = v
		}
	}
	return all
}

// Whatever is on both sides: the plan is carried out, the same plan then does nothing;
// nothing is deleted that nobody asked for; no secret stands where it must not; what
// the plan does not name stays.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source, target := sides(t)
		o := anyOptions(t, source, target)
		verb := migrate.Migrate
		if source.target == target.target {
			verb = migrate.Restore
		}
		p, err := migrate.NewPlan(verb, source.state(), target.state(), o)
		if err != nil {
			t.Fatal(err)
		}
		if p.Count(migrate.Delete) > 0 && !o.DeleteExtra {
			t.Fatalf("it would delete: %s", verdicts(p))
		}
		if _, blocked := p.Standing(); len(blocked) > 0 {
			return
		}
		before := map[string]map[string]any{}
		for id := range target.providers {
			before[id] = settingsOf(t, target, id)
		}
		r := newProcess(p, target)
		if rapid.Bool().Draw(t, "no secrets that need not be") {
			for _, a := range p.Actions {
				for _, secret := range a.Secrets {
					if !secret.Required {
						delete(r.secrets[a.SourceID], secret.Path)
					}
				}
			}
		}
		steps, err, _ := r.once()
		if err != nil {
			t.Fatalf("%s: %v: %+v", verdicts(p), err, steps)
		}
		if len(target.breaches) > 0 {
			t.Fatal(target.breaches)
		}
		left, err := migrate.Remaining(steps, target.state())
		if err != nil || len(left) > 0 {
			t.Fatalf("remaining: %+v, %v", left, err)
		}
		again, err := migrate.NewPlan(verb, source.state(), target.state(), o)
		if err != nil {
			t.Fatal(err)
		}
		if _, blocked := again.Standing(); again.Writes() || len(blocked) > 0 {
			t.Fatalf("after %s again: %s\n%+v\n%+v", verdicts(p), verdicts(again), p.Actions, again.Actions)
		}
		for _, a := range p.Actions {
			if a.Action == migrate.Update {
				staysTheSame(t, a, before[a.TargetID], settingsOf(t, target, a.TargetID), r.secrets[a.SourceID])
			}
		}
		noSecretIn(t, r)
	})
}

// staysTheSame sees to it that an update has changed what it names, and nothing else.
func staysTheSame(t *rapid.T, a migrate.Action, before, after map[string]any, supplied map[string]string) {
	named := func(path string, _ any) bool {
		return slices.ContainsFunc(a.Changes, func(c migrate.Change) bool {
			return c.Path == path || strings.HasPrefix(path, c.Path+"/") || strings.HasPrefix(c.Path, path+"/")
		})
	}
	for path, secret := range supplied {
		before[path] = secret
	}
	for _, filled := range []string{"/config/azure_cloud", "/scim_config/identity_update_behavior"} {
		if before[filled] == nil && (after[filled] == `"default"` || after[filled] == `"no_action"`) {
			delete(after, filled)
		}
	}
	maps.DeleteFunc(before, named)
	maps.DeleteFunc(after, named)
	if d := cmp.Diff(before, after); d != "" {
		t.Fatalf("%q was changed where the plan does not say so:\n%s\n%+v", a.Name, d, a)
	}
}

// noSecretIn looks for secrets where none may be.
func noSecretIn(t *rapid.T, r *process) {
	raw, err := r.plan.Encode()
	if err != nil {
		t.Fatal(err)
	}
	written := append([]string{string(raw)}, r.errs...)
	for _, e := range r.journal.entries {
		written = append(written, string(e.Data))
	}
	for _, text := range written {
		for _, secret := range []string{"hush-", "stored-", "scim-token-"} {
			if strings.Contains(text, secret) {
				t.Fatalf("a secret: %s", text)
			}
		}
	}
}
