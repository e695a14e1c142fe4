package migrate_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

func saml(id, name, more string) string {
	return `{"id":"` + id + `","name":"` + name + `","type":"saml","config":{"issuer_url":"i","sso_target_url":"https://s.example","idp_public_certs":["c"]` + more + `}}`
}

func allowing(codes ...migrate.GuardCode) migrate.Options {
	o := everything()
	o.Allow = codes
	return o
}

// What a plan does, and that it does it once.
func TestPlans(t *testing.T) {
	same := func() (*fakeTarget, *fakeTarget) { return newTarget("one"), newTarget("one") }
	two := func() (*fakeTarget, *fakeTarget) { return newTarget("src"), newTarget("dst") }
	set := func(provider, path, value string) []migrate.Set {
		return []migrate.Set{{Provider: provider, Path: path, Value: json.RawMessage(value)}}
	}
	for name, c := range map[string]struct {
		targets        func() (*fakeTarget, *fakeTarget)
		source, target []string
		o              func(*migrate.Options)
		want           string
	}{
		"nothing":              {two, nil, nil, nil, ""},
		"create":               {two, []string{okta("a", "A", "")}, nil, nil, "create A"},
		"by id":                {same, []string{okta("a", "A", "")}, []string{okta("a", "B", "")}, nil, "update A"},
		"equal":                {same, []string{okta("a", "A", "")}, []string{okta("a", "A", "")}, nil, "none A"},
		"created again":        {same, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"x":1`)}, nil, "update A"},
		"ids of two targets":   {two, []string{okta("a", "A", ""), okta("b", "B", "")}, []string{okta("b", "A", ""), okta("a", "B", "")}, nil, "none A, none B"},
		"id of another":        {two, []string{okta("a", "A", "")}, []string{github("a", "G", "c")}, nil, "create A"},
		"type and name":        {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"x":1`)}, nil, "update A"},
		"another type":         {two, []string{okta("a", "A", "")}, []string{github("b", "A", "c")}, nil, "create A"},
		"case of a name":       {two, []string{okta("a", "A", "")}, []string{okta("b", "a", "")}, nil, "create A"},
		"type changes":         {same, []string{okta("a", "A", "")}, []string{github("a", "A", "c")}, nil, "update A"},
		"singletons":           {two, []string{pin}, []string{strings.Replace(pin, `"PIN"`, `"Code"`, 1)}, nil, "update PIN"},
		"unknown type":         {two, []string{`{"id":"n","name":"N","type":"brand-new","config":{"x":{"y":[null,{"z":false}]}},"top":1.0}`}, nil, nil, "create N"},
		"no config":            {two, []string{`{"id":"n","name":"N","type":"brand-new"}`}, []string{`{"id":"m","name":"N","type":"brand-new","config":{"x":1}}`}, nil, "update N"},
		"config is null":       {two, []string{`{"id":"n","name":"N","type":"brand-new","config":{"x":1}}`}, []string{`{"id":"m","name":"N","type":"brand-new","config":null}`}, nil, "update N"},
		"unknown false goes":   {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"unknown":false`)}, nil, "update A"},
		"known false is none":  {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"pkce_enabled":false`)}, nil, "none A"},
		"no name":              {two, []string{okta("a", "", "")}, nil, nil, "blocked "},
		"blank name":           {two, []string{okta("a", " ", "")}, nil, nil, "blocked  "},
		"no name, renamed":     {two, []string{okta("a", "", "")}, nil, func(o *migrate.Options) { o.Rename = map[string]string{"a": "A"} }, "create A"},
		"no name, by id":       {same, []string{okta("a", "", "")}, []string{okta("a", "", `,"x":1`)}, nil, "update "},
		"extra stays":          {two, nil, []string{okta("a", "A", "")}, nil, ""},
		"extra goes":           {two, nil, []string{okta("a", "A", "")}, func(o *migrate.Options) { o.DeleteExtra = true }, "delete A"},
		"extra and only":       {two, []string{okta("a", "A", "")}, []string{okta("b", "A", ""), github("g", "G", "c")}, func(o *migrate.Options) { o.DeleteExtra = true; o.Only = []string{"A"} }, "none A"},
		"extra excluded":       {two, nil, []string{okta("b", "A", ""), github("g", "G", "c")}, func(o *migrate.Options) { o.DeleteExtra = true; o.Exclude = []string{"G"} }, "delete A"},
		"excluded by its id":   {two, []string{okta("a", "A", "")}, []string{okta("b", "A", "")}, func(o *migrate.Options) { o.DeleteExtra = true; o.Exclude = []string{"a"} }, ""},
		"excluded, other name": {same, []string{okta("a", "A", "")}, []string{okta("a", "B", "")}, func(o *migrate.Options) { o.DeleteExtra = true; o.Exclude = []string{"A"} }, ""},
		"excluded, mapped": {two, []string{okta("a", "A", "")}, []string{okta("b", "B", "")}, func(o *migrate.Options) {
			o.DeleteExtra = true
			o.Exclude = []string{"A"}
			o.Map = map[string]string{"A": "B"}
		}, ""},
		"excluded, renamed": {two, []string{okta("a", "A", "")}, []string{okta("b", "B", "")}, func(o *migrate.Options) {
			o.DeleteExtra = true
			o.Exclude = []string{"A"}
			o.Rename = map[string]string{"A": "B"}
		}, ""},
		"only a glob":           {two, []string{okta("a", "Corp A", ""), okta("b", "corp/B", ""), okta("c", "C", "")}, nil, func(o *migrate.Options) { o.Only = []string{"corp*"} }, "create Corp A, create corp/B"},
		"only but not":          {two, []string{okta("a", "A1", ""), okta("b", "A2", "")}, nil, func(o *migrate.Options) { o.Only = []string{"a?"}; o.Exclude = []string{"b"} }, "create A1"},
		"mapped by id":          {two, []string{okta("a", "A", "")}, []string{okta("b", "B", ""), okta("c", "A", "")}, func(o *migrate.Options) { o.Map = map[string]string{"a": "b"} }, "update A"},
		"mapped by name":        {two, []string{okta("a", "A", "")}, []string{okta("b", "B", "")}, func(o *migrate.Options) { o.Map = map[string]string{"a": "b"}; o.OnConflict = migrate.ConflictFail }, "update A"},
		"mapped and renamed":    {two, []string{okta("a", "A", "")}, []string{okta("b", "B", "")}, func(o *migrate.Options) { o.Map = map[string]string{"A": "b"}; o.Rename = map[string]string{"A": "C"} }, "update C"},
		"crowd":                 {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"x":1`), okta("c", "A", `,"x":2`)}, nil, "blocked A"},
		"crowd, mapped":         {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"x":1`), okta("c", "A", `,"x":2`)}, func(o *migrate.Options) { o.Map = map[string]string{"a": "c"} }, "update A"},
		"equal in a crowd":      {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"x":1`), okta("c", "A", "")}, nil, "none A"},
		"surplus":               {two, []string{okta("a", "A", ""), okta("b", "A", "")}, []string{okta("c", "A", "")}, nil, "create A, none A"},
		"crowd with standards":  {two, []string{azure("a", "A", ""), azure("b", "A", `,"x":1`)}, []string{azure("c", "A", `,"azure_cloud":"default"`), azure("d", "A", `,"x":1,"azure_cloud":"default"`)}, nil, "none A, none A"},
		"crowd, SCIM off":       {two, []string{on(okta("a", "A", "")), on(okta("b", "A", `,"x":1`))}, nil, func(o *migrate.Options) { o.SCIMOff = true }, "create A, create A"},
		"renamed":               {two, []string{okta("a", "A", "")}, nil, func(o *migrate.Options) { o.Rename = map[string]string{"a": "New"} }, "create New"},
		"names change places":   {same, []string{okta("a", "A", ""), okta("b", "B", "")}, []string{okta("a", "B", ""), okta("b", "A", "")}, nil, "update A, update B"},
		"set for one":           {two, []string{okta("a", "A", ""), okta("b", "B", "")}, []string{okta("c", "A", ""), okta("d", "B", "")}, func(o *migrate.Options) { o.Set = set("B", "/config/okta_account", `"n"`) }, "update B, none A"},
		"set for all":           {two, []string{okta("a", "A", ""), okta("b", "B", "")}, []string{okta("c", "A", "")}, func(o *migrate.Options) { o.Set = set("", "/config/email_claim_name", `"mail"`) }, "create B, update A"},
		"set a list":            {two, []string{okta("a", "A", `,"claims":["x"]`)}, []string{okta("c", "A", `,"claims":["y"]`)}, func(o *migrate.Options) { o.Set = set("a", "/config/claims", `["y","x"]`) }, "update A"},
		"set null":              {two, []string{okta("a", "A", `,"prompt":"x"`)}, []string{okta("c", "A", `,"prompt":"y"`)}, func(o *migrate.Options) { o.Set = set("a", "/config/prompt", `null`) }, "update A"},
		"on conflict fail":      {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"x":1`)}, func(o *migrate.Options) { o.OnConflict = migrate.ConflictFail }, "blocked A"},
		"on conflict skip":      {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"x":1`)}, func(o *migrate.Options) { o.OnConflict = migrate.ConflictSkip }, "none A"},
		"no conflict by id":     {same, []string{okta("a", "A", "")}, []string{okta("a", "A", `,"x":1`)}, func(o *migrate.Options) { o.OnConflict = migrate.ConflictFail }, "update A"},
		"no conflict if equal":  {two, []string{okta("a", "A", "")}, []string{okta("b", "A", "")}, func(o *migrate.Options) { o.OnConflict = migrate.ConflictFail }, "none A"},
		"SCIM, no place":        {two, []string{on(okta("a", "A", ""))}, nil, func(o *migrate.Options) { o.KeepsTokens = false }, "blocked A"},
		"SCIM off":              {two, []string{on(okta("a", "A", ""))}, nil, func(o *migrate.Options) { o.KeepsTokens = false; o.SCIMOff = true }, "create A"},
		"SCIM stays off":        {two, []string{on(okta("a", "A", ""))}, []string{okta("b", "A", "")}, func(o *migrate.Options) { o.KeepsTokens = false; o.SCIMOff = true }, "update A"},
		"SCIM is on":            {two, []string{on(okta("a", "A", ""))}, []string{on(okta("b", "A", ""))}, func(o *migrate.Options) { o.KeepsTokens = false }, "none A"},
		"SCIM goes":             {two, []string{okta("a", "A", "")}, []string{on(okta("b", "A", ""))}, nil, "update A"},
		"PIN without SCIM":      {two, []string{`{"id":"p","name":"PIN","type":"onetimepin","config":{},"scim_config":{"enabled":false}}`}, nil, nil, "create PIN"},
		"PIN with SCIM, live":   {same, []string{pin}, []string{`{"id":"pin","name":"Code","type":"onetimepin","config":{},"scim_config":{"enabled":false,"identity_update_behavior":"no_action"}}`}, nil, "update PIN"},
		"certificate set":       {two, []string{strings.TrimSuffix(saml("a", "S", ""), "}") + `,"saml_certificate_set_id":"set-1"}`}, nil, nil, "create S"},
		"set of the target":     {two, []string{saml("a", "S", "")}, []string{strings.TrimSuffix(saml("b", "S", ""), "}") + `,"saml_certificate_set_id":"set-2"}`}, nil, "none S"},
		"encrypted afterwards":  {two, []string{saml("a", "S", `,"enable_encryption":true`)}, []string{saml("b", "S", `,"enable_encryption":true`)}, nil, "none S"},
		"standard of azure":     {two, []string{azure("a", "A", "")}, []string{azure("b", "A", `,"azure_cloud":"default"`)}, nil, "none A"},
		"no standard of azure":  {two, []string{azure("a", "A", "")}, []string{azure("b", "A", `,"azure_cloud":"GermanCloud"`)}, nil, "update A"},
		"standard of SCIM":      {two, []string{on(okta("a", "A", ""))}, []string{strings.Replace(on(okta("b", "A", "")), `"enabled"`, `"identity_update_behavior":"no_action","enabled"`, 1)}, nil, "none A"},
		"secret in a list":      {two, []string{okta("a", "A", `,"keys":[{"kid":"k","api_key":"sesame"}]`)}, nil, nil, "blocked A"},
		"secret in live list":   {two, []string{okta("a", "A", `,"keys":[{"kid":"k"}]`)}, []string{okta("b", "A", `,"keys":[{"kid":"k","api_key":"sesame"}],"x":1`)}, nil, "blocked A"},
		"list with one goes":    {two, []string{okta("a", "A", "")}, []string{okta("b", "A", `,"keys":[{"kid":"k","api_key":"sesame"}]`)}, nil, "update A"},
		"secret in a list, set": {two, []string{okta("a", "A", `,"keys":[{"kid":"k","api_key":"sesame"}]`)}, nil, func(o *migrate.Options) { o.Set = set("A", "/config/keys", `[{"kid":"k"}]`) }, "create A"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, merges := range []bool{false, true} {
				source, target := c.targets()
				source.add(c.source...)
				target.add(c.target...)
				target.merges, target.fills = merges, true
				o := everything()
				if c.o != nil {
					c.o(&o)
				}
				p := planned(t, source, target, o)
				if got := verdicts(p); got != c.want {
					t.Fatalf("%s, want %s: %+v", got, c.want, p.Actions)
				}
				for _, a := range p.Actions {
					if a.Action != migrate.Blocked && strings.Contains(string(a.Settings), snapshot.Redacted) || a.Action == migrate.Create && strings.Contains(string(a.Settings), ":null") && name != "unknown type" {
						t.Errorf("settings: %s", a.Settings)
					}
				}
				if p.Count(migrate.Blocked) == 0 {
					converges(t, source, target, o)
				}
			}
		})
	}
}

func azure(id, name, more string) string {
	return `{"id":"` + id + `","name":"` + name + `","type":"azureAD","config":{"client_id":"c","directory_id":"d","client_secret":"s"` + more + `}}`
}

// What blocks a plan says how to go on.
func TestBlockedSaysTheWayOut(t *testing.T) {
	blocked := func(source, target string, o migrate.Options) migrate.Action {
		s, d := newTarget("src").add(source), newTarget("dst")
		if target != "" {
			d.add(target, strings.NewReplacer(`"id":"b"`, `"id":"c"`, `"x":1`, `"x":2`).Replace(target))
		}
		p := planned(t, s, d, o)
		if p.Actions[0].Action != migrate.Blocked || len(p.Actions[0].Reasons) == 0 {
			t.Fatalf("%+v", p.Actions)
		}
		if _, standing := p.Standing(); len(standing) != 1 {
			t.Errorf("standing: %+v", standing)
		}
		if steps, err := migrate.Apply(t.Context(), p, migrate.Job{}); err == nil || steps != nil {
			t.Errorf("it was carried out: %v", steps)
		}
		return p.Actions[0]
	}
	o := everything()
	o.KeepsTokens = false
	for want, a := range map[string]migrate.Action{
		"--map a=ID":              blocked(okta("a", "A", ""), okta("b", "A", `,"x":1`), everything()),
		"--scim-secrets-out FILE": blocked(on(okta("a", "A", "")), "", o),
		"--scim off":              blocked(on(okta("a", "A", "")), "", o),
		"/config/keys is a list":  blocked(okta("a", "A", `,"keys":[{"api_key":"x"}]`), "", everything()),
		"--rename a=NAME":         blocked(okta("a", "", ""), "", everything()),
	} {
		if !strings.Contains(a.Reasons[0], want) {
			t.Errorf("%q does not have %q", a.Reasons[0], want)
		}
	}
}

// A secret or what Cloudflare computes does not get into a plan by --set.
func TestSetBringsNoSecret(t *testing.T) {
	for _, c := range []struct{ path, value string }{
		{"/config", `{"client_id":"c","client_secret":"hush"}`},
		{"/config/new_password", `"hush"`},
		{"/scim_config", `{"enabled":true,"secret":"hush"}`},
		{"/config/keys", `[{"api_key":"hush"}]`},
	} {
		o := everything()
		o.Set = []migrate.Set{{Provider: "a", Path: c.path, Value: json.RawMessage(c.value)}}
		_, err := migrate.NewPlan(migrate.Migrate, newTarget("src").add(okta("a", "A", "")).state(), newTarget("dst").state(), o)
		if err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "--secrets-file") {
			t.Errorf("%s: %v", c.path, err)
		}
	}
	o := everything()
	o.Set = []migrate.Set{{Path: "/config", Value: json.RawMessage(`{"client_id":"c","redirect_url":"r","x":null,"client_secret":""}`)}}
	p := planned(t, newTarget("src").add(okta("a", "A", "")), newTarget("dst"), o)
	if got := string(p.Actions[0].Settings); got != `{"config":{"client_id":"c"},"name":"A","type":"okta"}` {
		t.Errorf("settings: %s", got)
	}
}

func TestPlanErrors(t *testing.T) {
	source := newTarget("src").add(okta("a", "A", ""), okta("b", "A", ""), okta("c", "C", ""))
	target := newTarget("dst").add(okta("x", "X", ""), okta("y", "X", ""), okta("z", "Z", ""))
	for name, o := range map[string]migrate.Options{
		"only":                {Only: []string{"nobody"}},
		"only and another":    {Only: []string{"A", "nobody"}},
		"exclude":             {Exclude: []string{"nobody*"}},
		"rename":              {Rename: map[string]string{"nobody": "B"}},
		"set":                 {Set: []migrate.Set{{Provider: "nobody", Path: "/config/x", Value: json.RawMessage("1")}}},
		"map from nobody":     {Map: map[string]string{"nobody": "Z"}},
		"map to nobody":       {Map: map[string]string{"C": "nobody"}},
		"both of map unknown": {Map: map[string]string{"nobody": "no one"}},
		"map from two":        {Map: map[string]string{"A": "Z"}},
		"map to two":          {Map: map[string]string{"C": "X"}},
		"map two to one":      {Map: map[string]string{"a": "z", "C": "Z"}},
		"map one to two":      {Map: map[string]string{"c": "z", "C": "x"}},
	} {
		o.OnConflict = migrate.ConflictUpdate
		_, err := migrate.NewPlan(migrate.Migrate, source.state(), target.state(), o)
		var unknown *diff.UnknownError
		if !errors.As(err, &unknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, o := range map[string]migrate.Options{
		"through a text": {Set: []migrate.Set{{Provider: "C", Path: "/name/x", Value: json.RawMessage("1")}}},
		"not JSON":       {Set: []migrate.Set{{Path: "/config/x", Value: json.RawMessage("{")}}},
		"no pointer":     {Set: []migrate.Set{{Path: "config", Value: json.RawMessage("1")}}},
	} {
		if _, err := migrate.NewPlan(migrate.Migrate, source.state(), target.state(), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	o := everything()
	o.Exclude = []string{"Z"} // is in the target only, and kept from being deleted
	if _, err := migrate.NewPlan(migrate.Migrate, source.state(), target.state(), o); err != nil {
		t.Error(err)
	}
}

// What was not read is unknown, never empty.
func TestUnreadStates(t *testing.T) {
	full := func() migrate.State { return newTarget("src").add(okta("a", "A", "")).state() }
	with := func(s migrate.State, status snapshot.Status) migrate.State {
		s.Snapshot.Captures = slices.Clone(s.Snapshot.Captures)
		for i := range s.Snapshot.Captures {
			if s.Snapshot.Captures[i].Kind == snapshot.IdentityProvider {
				s.Snapshot.Captures[i].Status = status
			}
		}
		return s
	}
	bare := full()
	bare.Snapshot.Captures = nil
	empty := full()
	empty.Providers = nil
	extra := everything()
	extra.DeleteExtra = true
	for name, c := range map[string]struct {
		source, target migrate.State
		o              migrate.Options
		refused        bool
	}{
		"read":                 {full(), full(), extra, false},
		"target failed":        {full(), with(full(), snapshot.Failed), everything(), true},
		"target partial":       {full(), with(full(), snapshot.Partial), everything(), true},
		"target without":       {full(), bare, everything(), true},
		"source failed":        {with(empty, snapshot.Failed), full(), everything(), true},
		"part of a source":     {with(full(), snapshot.Partial), full(), everything(), false},
		"part, delete extra":   {with(full(), snapshot.Partial), full(), extra, true},
		"nothing, but read":    {empty, full(), extra, false},
		"source without lists": {bare, full(), everything(), false},
	} {
		p, err := migrate.NewPlan(migrate.Restore, c.source, c.target, c.o)
		if errors.Is(err, migrate.ErrUnread) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
		if strings.HasPrefix(name, "part of") && (p == nil || len(p.Notes) == 0) {
			t.Errorf("%s: no note", name)
		}
	}
}

// Zones have no SCIM.
func TestPlanIntoAZone(t *testing.T) {
	source, zone := newTarget("src").add(on(okta("a", "A", ""))), newTarget("zone")
	o := everything()
	o.KeepsTokens = false
	p := planned(t, source, zone, o)
	a := actionOf(t, p, "A")
	if a.Action != migrate.Create || a.TellsToken || strings.Contains(string(a.Settings), "scim") {
		t.Errorf("%+v", a)
	}
	if len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "SCIM") {
		t.Errorf("notes: %q", p.Notes)
	}
	converges(t, source, zone, o)
}

func TestPlanNotesWhatDoesNotCarryOver(t *testing.T) {
	source := newTarget("src").add(strings.TrimSuffix(saml("a", "S", `,"enable_encryption":true`), "}") + `,"saml_certificate_set_id":"set-1"}`)
	p := planned(t, source, newTarget("dst"), everything())
	if len(p.Notes) != 2 || strings.Contains(string(p.Actions[0].Settings), "set-1") || strings.Contains(string(p.Actions[0].Settings), "enable_encryption") {
		t.Errorf("%q, %s", p.Notes, p.Actions[0].Settings)
	}
	within := planned(t, source, newTarget("src"), everything())
	if !strings.Contains(string(within.Actions[0].Settings), "set-1") || len(within.Notes) != 0 {
		t.Errorf("within: %q, %s", within.Notes, within.Actions[0].Settings)
	}
}

// The secrets that a plan asks for.
func TestSecretsOfPlans(t *testing.T) {
	source := newTarget("src").add(okta("a", "A", `,"api_token":"t","extra_password":"p"`), pin, github("g", "G", "c"))
	target := newTarget("dst").add(okta("b", "A", `,"x":1`))
	p := planned(t, source, target, everything())
	got := map[string][]migrate.Secret{}
	for _, a := range p.Actions {
		got[a.Name] = a.Secrets
	}
	secret := func(key string, required bool) migrate.Secret {
		return migrate.Secret{Path: "/config/" + key, Key: key, Required: required}
	}
	want := map[string][]migrate.Secret{
		"A":   {secret("api_token", false), secret("client_secret", false), secret("extra_password", false)},
		"G":   {secret("client_secret", true)},
		"PIN": nil,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	other := planned(t, newTarget("one").add(okta("a", "A", "")), newTarget("one").add(github("a", "A", "c")), everything())
	if s := other.Actions[0].Secrets; len(s) != 2 || s[0].Required || !s[1].Required {
		t.Errorf("of another type: %+v", s)
	}
	lacks := p.Lacks(migrate.Secrets{"a": {"/config/api_token": "***"}})
	if len(lacks) != 2 || lacks[0].Why != "missing" || lacks[0].Name != "G" || !strings.Contains(lacks[1].Why, "masked") {
		t.Errorf("%+v", lacks)
	}
	r := newProcess(p, target)
	r.secrets["g"]["/config/client_secret"] = "changeme"
	if _, err, _ := r.once(); err == nil || target.calls != 0 {
		t.Errorf("with a placeholder: %v, %d calls", err, target.calls)
	}
}

// References are named, and rewritten where that is asked for.
func TestReferencesInPlans(t *testing.T) {
	source := newTarget("src").add(okta(alphaID, "A", ""), github(betaID, "B", "b"), pin).
		refer(snapshot.AccessApp, `{"id":"s-app","name":"Wiki","allowed_idps":["`+alphaID+`"]}`, `{"id":"s-other","name":"Other","allowed_idps":["pin"]}`)
	target := func() *fakeTarget {
		return newTarget("dst").add(github("tb", "B", "b"), pin).
			refer(snapshot.AccessApp, `{"id":"t-app","name":"Wiki","allowed_idps":["`+alphaID+`","`+betaID+`"]}`, `{"id":"t-app-2","name":"Fine","allowed_idps":["tb"]}`, `{"id":"t-app-3","name":"Nobody's","allowed_idps":["gone"]}`).
			refer(snapshot.AccessPolicy, `{"id":"pol","name":"P","include":[{"login_method":{"id":"`+betaID+`"}}]}`)
	}
	p := planned(t, source, target(), everything())
	if got := verdicts(p); got != "create A, none B, none PIN" {
		t.Error(got)
	}
	names := func(list []migrate.Reference) (all []string) {
		for _, r := range list {
			for _, m := range r.Providers {
				all = append(all, r.Name+": "+m.Name+" "+m.NewID)
			}
		}
		return all
	}
	if d := cmp.Diff([]string{"Wiki: A "}, names(p.References)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"Nobody's:  ", "Wiki: A ", "Wiki: B tb", "P: B tb"}, names(p.Dangling)); d != "" {
		t.Error(d)
	}
	o := everything()
	o.RewriteReferences = true
	live := target()
	p = planned(t, source, live, o)
	if got := verdicts(p); got != "create A, update Wiki, update P, none B, none PIN" {
		t.Error(got)
	}
	if d := cmp.Diff(map[string]string{alphaID: "", betaID: "tb"}, actionOf(t, p, "Wiki").Replaces); d != "" {
		t.Error(d)
	}
	converges(t, source, live, o)
	if got := encoded(live.references[snapshot.AccessApp]["t-app"]["allowed_idps"]); got != `["made-dst-1","tb"]` {
		t.Error(got)
	}
}

// Of a target that has a provider under an id of the source's, that id is not replaced.
func TestLiveIDsAreNotReplaced(t *testing.T) {
	source := newTarget("src").add(okta(alphaID, "A", ""))
	target := newTarget("dst").add(github(alphaID, "G", "g")).refer(snapshot.AccessApp, `{"id":"app","name":"App","allowed_idps":["`+alphaID+`"]}`)
	o := everything()
	o.RewriteReferences = true
	if got := verdicts(planned(t, source, target, o)); got != "create A" {
		t.Error(got)
	}
}

func TestPlanTellsTheTarget(t *testing.T) {
	p := planned(t, newTarget("src"), newTarget("dst"), allowing())
	if p.Target.RedirectURL != "https://dst.cloudflareaccess.com/cdn-cgi/access/callback" || p.Target.AuthDomain != "dst.cloudflareaccess.com" {
		t.Errorf("%+v", p.Target)
	}
	if p.Writes() || p.FormatVersion != migrate.FormatVersion || p.Source.Target != "account:src" {
		t.Errorf("%+v", p)
	}
}
