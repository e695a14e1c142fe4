package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/idpsnap/idpsnap/sandbox"
)

// find finds a resource of the first account by what people call it, and the
// provider that synced it.
func find(ts *testscript.TestScript, cloud *sandbox.Server, kind sandbox.Kind, who string) (provider, id string) {
	provider, id, err := locate(cloud, kind, who)
	ts.Check(err)
	return provider, id
}

func locate(cloud *sandbox.Server, kind sandbox.Kind, who string) (provider, id string, err error) {
	if kind == sandbox.KindOrganization {
		return "", "", nil // it has no id, and there is one
	}
	providers := []string{""}
	if kind == sandbox.KindSCIMUser || kind == sandbox.KindSCIMGroup {
		if providers, err = cloud.IDs(account, sandbox.KindProvider, ""); err != nil {
			return "", "", err
		}
	}
	for _, provider := range providers {
		ids, err := cloud.IDs(account, kind, provider)
		if err != nil {
			return "", "", err
		}
		for _, id := range ids {
			raw, err := cloud.Stored(account, kind, provider, id)
			if err != nil {
				return "", "", err
			}
			var known struct {
				Name, DisplayName, ExternalID string
				Emails                        []struct{ Value string }
			}
			if err := json.Unmarshal(raw, &known); err != nil {
				return "", "", err
			}
			names := []string{id, known.Name, known.DisplayName, known.ExternalID}
			for _, e := range known.Emails {
				names = append(names, e.Value)
			}
			if slices.Contains(names, who) {
				return provider, id, nil
			}
		}
	}
	return "", "", fmt.Errorf("the account has no %s %q", kind, who)
}

// edit sets fields, {"/json/pointer": value}; null removes one.
func edit(cloud *sandbox.Server, kind sandbox.Kind, provider, id, fields string) error {
	var set map[string]json.RawMessage
	if err := json.Unmarshal([]byte(fields), &set); err != nil {
		return err
	}
	for path, value := range set {
		if string(value) == "null" {
			set[path] = nil
		}
	}
	return cloud.Edit(account, kind, provider, id, set)
}

// recreate deletes a provider of the first account and makes it again, as a person
// or Terraform would who cannot change it in place: it and all that it synced have
// new ids, and what names it names the old one. It gives the new id.
func recreate(cloud *sandbox.Server, id string) (string, error) {
	type held struct {
		kind sandbox.Kind
		raw  []byte
	}
	raw, err := cloud.Stored(account, sandbox.KindProvider, "", id)
	if err != nil {
		return "", err
	}
	var synced []held
	for _, kind := range []sandbox.Kind{sandbox.KindSCIMUser, sandbox.KindSCIMGroup} {
		ids, err := cloud.IDs(account, kind, id)
		if err != nil {
			return "", err
		}
		for _, of := range ids {
			raw, err := cloud.Stored(account, kind, id, of)
			if err != nil {
				return "", err
			}
			synced = append(synced, held{kind, bytes.ReplaceAll(raw, []byte(of), []byte(anew(of)))})
		}
	}
	if err := cloud.Remove(account, sandbox.KindProvider, "", id); err != nil {
		return "", err
	}
	if err := cloud.Put(account, sandbox.KindProvider, "", bytes.ReplaceAll(raw, []byte(id), []byte(anew(id)))); err != nil {
		return "", err
	}
	for _, s := range synced {
		if err := cloud.Put(account, s.kind, anew(id), s.raw); err != nil {
			return "", err
		}
	}
	return anew(id), nil
}

// anew is another id, always the same for the same one.
func anew(id string) string { return fmt.Sprintf("%08x%s", crc32.ChecksumIEEE([]byte(id)), id[8:]) }

func tells(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: tells FILE PATH VALUE")
	}
	text := ts.ReadFile(args[0])
	got, err := at([]byte(text), args[1])
	if err != nil {
		ts.Fatalf("%s: %v: %s", args[0], err, head(text))
	}
	if got != args[2] {
		ts.Fatalf("%s: %s is %s, want %s: %s", args[0], args[1], got, args[2], head(text))
	}
}

// at finds the value at a path such as changes.0.id in JSON, a string without its
// quotes; length is how many elements a list has, name=Okta the first of them that
// has it so, and what is not there is "absent".
func at(text []byte, path string) (string, error) {
	for _, step := range strings.Split(path, ".") {
		var list []json.RawMessage
		var object map[string]json.RawMessage
		switch n, err := strconv.Atoi(step); {
		case json.Unmarshal(text, &object) == nil && object != nil:
			value, ok := object[step]
			if !ok {
				return "absent", nil
			}
			text = value
		case json.Unmarshal(text, &list) == nil && list != nil && step == "length":
			return strconv.Itoa(len(list)), nil
		case list != nil && err == nil && n < len(list):
			text = list[n]
		case list != nil && strings.Contains(step, "="):
			key, value, _ := strings.Cut(step, "=")
			i := slices.IndexFunc(list, func(one json.RawMessage) bool {
				got, err := at(one, key)
				return err == nil && got == value
			})
			if i < 0 {
				return "absent", nil
			}
			text = list[i]
		default:
			return "", fmt.Errorf("nothing at %s of %s, which is %s", step, path, slices.Sorted(maps.Keys(object)))
		}
	}
	var s string
	if json.Unmarshal(text, &s) == nil && string(text) != "null" {
		return s, nil
	}
	var compact bytes.Buffer
	err := json.Compact(&compact, text)
	return compact.String(), err
}

// learn sets a variable to what JSON tells.
func learn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: learn NAME FILE PATH")
	}
	text := ts.ReadFile(args[1])
	got, err := at([]byte(text), args[2])
	if err != nil || got == "absent" {
		ts.Fatalf("%s has nothing at %s: %v: %s", args[1], args[2], err, head(text))
	}
	ts.Setenv(args[0], got)
}

// writes counts what the sandbox was sent that is not a GET.
func writes(ts *testscript.TestScript, cloud *sandbox.Server, want string) {
	if _, sent := cloud.RequestCount(); strconv.Itoa(sent) != want {
		var all []string
		for _, w := range cloud.Writes() {
			all = append(all, fmt.Sprintf("%s %s: %d", w.Method, w.Path, w.Status))
		}
		ts.Fatalf("the sandbox saw %d writes, want %s: %s", sent, want, all)
	}
}
