package migrate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// killed is what a process that is killed panics with.
type killed struct{}

// fault is what goes wrong with a call.
type fault int

const (
	lostBefore fault = iota + 1 // the request never arrived
	lostAfter                   // it was carried out, and the answer was lost
	refused                     // a definite error
	conflict                    // 409
	forbidden
	killBefore
	killAfter
)

var errRefused = errors.New("400 Bad Request")

type object = map[string]any

// fakeTarget is a target in memory: a Remote with switches.
type fakeTarget struct {
	target   snapshot.Target
	merges   bool // an update is laid over what is there, instead of replacing it
	fills    bool // what was not chosen is filled in with Cloudflare's standard
	lag      int  // so many lists after a creation lack what was created
	onFault  map[int]fault
	calls    int // that Apply has made
	writes   int
	made     int // providers that were ever created
	lagging  map[string]int
	bodies   []string
	breaches []string // what was sent and never may be
	told     map[string][]string

	providers  map[string]object // as they are, secrets and all
	references map[snapshot.Kind]map[string]object

	organization bool
	captures     map[snapshot.Kind]snapshot.Status // other than complete
}

func newTarget(id string) *fakeTarget {
	scope := snapshot.Account
	if strings.HasPrefix(id, "zone") {
		scope = snapshot.Zone
	}
	return &fakeTarget{
		target: snapshot.Target{Scope: scope, ID: id}, organization: true,
		onFault: map[int]fault{}, lagging: map[string]int{}, told: map[string][]string{},
		providers: map[string]object{}, references: map[snapshot.Kind]map[string]object{}, captures: map[snapshot.Kind]snapshot.Status{},
	}
}

// add puts providers into the target as they are.
func (f *fakeTarget) add(documents ...string) *fakeTarget {
	for _, d := range documents {
		p := decoded(d)
		f.providers[p["id"].(string)] = p
	}
	return f
}

func (f *fakeTarget) refer(k snapshot.Kind, documents ...string) *fakeTarget {
	if f.references[k] == nil {
		f.references[k] = map[string]object{}
	}
	for _, d := range documents {
		p := decoded(d)
		f.references[k][p["id"].(string)] = p
	}
	return f
}

func decoded(text string) object {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var o object
	if err := d.Decode(&o); err != nil {
		panic(fmt.Sprintf("%s: %v", text, err))
	}
	return o
}

// encoded is JSON with no escape but those that encoding/json insists on.
func encoded(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// copied is a value that shares nothing with v.
func copied(o object) object { return decoded(encoded(o)) }

// state is the target as a snapshot of it would be.
func (f *fakeTarget) state() migrate.State {
	s := migrate.State{State: diff.State{Text: "live:" + f.target.ID}}
	s.Snapshot = snapshot.Snapshot{Target: f.target, TargetName: "Account " + f.target.ID, TakenAt: time.Unix(0, 0)}
	for _, k := range []snapshot.Kind{snapshot.Organization, snapshot.IdentityProvider, snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup} {
		status := snapshot.Complete
		if other, ok := f.captures[k]; ok {
			status = other
		}
		s.Snapshot.Captures = append(s.Snapshot.Captures, snapshot.Capture{Collection: snapshot.Collection{Kind: k}, Status: status})
	}
	if f.organization {
		r := resource(snapshot.Organization, object{"name": f.target.ID, "auth_domain": f.target.ID + ".cloudflareaccess.com"})
		s.Organization = &r
	}
	for _, id := range slices.Sorted(maps.Keys(f.providers)) {
		s.Providers = append(s.Providers, resource(snapshot.IdentityProvider, f.providers[id]))
	}
	for _, k := range []snapshot.Kind{snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup} {
		for _, id := range slices.Sorted(maps.Keys(f.references[k])) {
			s.References = append(s.References, f.reference(k, id))
		}
	}
	return s
}

func resource(k snapshot.Kind, o object) snapshot.Resource {
	d, err := snapshot.NewDocument([]byte(encoded(o)))
	if err != nil {
		panic(err)
	}
	id, err := snapshot.IDOf(k, d)
	if err != nil {
		panic(err)
	}
	return snapshot.Resource{Collection: snapshot.Collection{Kind: k}, ID: id, Document: d}
}

// reference serves an app with the policies that it names, as Cloudflare does.
func (f *fakeTarget) reference(k snapshot.Kind, id string) snapshot.Resource {
	o := copied(f.references[k][id])
	list, _ := o["policies"].([]any)
	for i, v := range list {
		p, _ := v.(object)
		if known := f.references[snapshot.AccessPolicy][fmt.Sprint(p["id"])]; known != nil {
			whole := copied(known)
			whole["precedence"], whole["reusable"] = p["precedence"], true
			list[i] = whole
		}
	}
	return resource(k, o)
}

// call counts a call, carries it out as far as the fault lets it, and says what the
// answer is.
func (f *fakeTarget) call(do func() error) error {
	f.calls++
	switch f.onFault[f.calls] {
	case lostBefore:
		return fmt.Errorf("connection reset: %w", migrate.ErrAmbiguous)
	case lostAfter:
		_ = do()
		return fmt.Errorf("timeout: %w", migrate.ErrAmbiguous)
	case refused:
		return errRefused
	case conflict:
		return fmt.Errorf("409: %w", migrate.ErrConflict)
	case forbidden:
		return fmt.Errorf("403: %w", snapshot.ErrForbidden)
	case killBefore:
		panic(killed{})
	case killAfter:
		_ = do()
		panic(killed{})
	}
	return do()
}

// Providers lists them, but for those that the list does not have yet.
func (f *fakeTarget) Providers(context.Context) (list []snapshot.Resource, err error) {
	err = f.call(func() error {
		for _, r := range f.state().Providers {
			if f.lagging[r.ID] > 0 {
				f.lagging[r.ID]--
			} else {
				list = append(list, r)
			}
		}
		return nil
	})
	return list, err
}

// Provider gives one.
func (f *fakeTarget) Provider(_ context.Context, id string) (r snapshot.Resource, err error) {
	err = f.call(func() error {
		if f.providers[id] == nil {
			return migrate.ErrGone
		}
		r = resource(snapshot.IdentityProvider, f.providers[id])
		return nil
	})
	return r, err
}

// Create creates one.
func (f *fakeTarget) Create(_ context.Context, body []byte) (w migrate.Written, err error) {
	err = f.call(func() error {
		p := f.receive(body)
		f.made++
		id := fmt.Sprintf("made-%s-%d", f.target.ID, f.made)
		f.lagging[id] = f.lag
		w = f.put(id, withoutNulls(p).(object), nil)
		return nil
	})
	return w, err
}

// Update changes one.
func (f *fakeTarget) Update(_ context.Context, id string, body []byte) (w migrate.Written, err error) {
	err = f.call(func() error {
		old := f.providers[id]
		if old == nil {
			return migrate.ErrGone
		}
		p := f.receive(body)
		if f.merges {
			p = merged(old, p)
		} else {
			p = withoutNulls(p).(object)
			keepSecrets(p, old)
		}
		w = f.put(id, p, old)
		return nil
	})
	return w, err
}

// Delete deletes one.
func (f *fakeTarget) Delete(_ context.Context, id string) error {
	return f.call(func() error {
		f.writes++
		if f.providers[id] == nil {
			return migrate.ErrGone
		}
		delete(f.providers, id)
		return nil
	})
}

// Reference gives an app, policy or group.
func (f *fakeTarget) Reference(_ context.Context, k snapshot.Kind, id string) (r snapshot.Resource, err error) {
	err = f.call(func() error {
		if f.references[k][id] == nil {
			return migrate.ErrGone
		}
		r = f.reference(k, id)
		return nil
	})
	return r, err
}

// UpdateReference replaces one.
func (f *fakeTarget) UpdateReference(_ context.Context, k snapshot.Kind, id string, body []byte) error {
	return f.call(func() error {
		if f.references[k][id] == nil {
			return migrate.ErrGone
		}
		f.writes++
		o := decoded(string(body))
		o["id"] = id
		f.references[k][id] = o
		return nil
	})
}

// receive notes a body, and what is in it that never may be.
func (f *fakeTarget) receive(body []byte) object {
	f.writes++
	f.bodies = append(f.bodies, string(body))
	p := decoded(string(body))
	for path, v := range flat(p) {
		text, isText := v.(string)
		for _, no := range []string{"/id", "/uid", "/version", "/read_only", "/saml_certificate_set", "/config/redirect_url", "/scim_config/scim_base_url", "/scim_config/secret"} {
			if path == no || strings.HasPrefix(path, no+"/") {
				f.breaches = append(f.breaches, path+" was sent")
			}
		}
		if isText && strings.Contains(text, snapshot.Redacted) {
			f.breaches = append(f.breaches, path+" is a mark, no secret")
		}
		if isText && isSecret(path) && strings.Trim(text, "* ") == "" {
			f.breaches = append(f.breaches, path+" is empty or masked")
		}
	}
	return p
}

// isSecret reports whether the path is one that these tests keep secrets at.
func isSecret(path string) bool {
	return path == "/config/client_secret" || path == "/config/api_token" || path == "/config/extra_password"
}

// put stores a provider as Cloudflare would, and answers.
func (f *fakeTarget) put(id string, p, old object) migrate.Written {
	p["id"], p["uid"], p["version"] = id, "uid-"+id, json.Number(fmt.Sprint(f.writes))
	config, _ := p["config"].(object)
	if config == nil {
		config = object{}
	}
	config["redirect_url"] = "https://" + f.target.ID + ".cloudflareaccess.com/cdn-cgi/access/callback"
	p["config"] = config
	if f.fills && p["type"] == "azureAD" && config["azure_cloud"] == nil {
		config["azure_cloud"] = "default"
	}
	token := ""
	if scim, _ := p["scim_config"].(object); scim != nil {
		if f.fills && scim["identity_update_behavior"] == nil {
			scim["identity_update_behavior"] = "no_action"
		}
		before, _ := old["scim_config"].(object)
		scim["scim_base_url"] = "https://" + f.target.ID + ".cloudflareaccess.com/scim/" + id
		if scim["enabled"] == true {
			scim["secret"] = "scim-token-of-" + id
			if before["enabled"] != true {
				token = fmt.Sprintf("scim-token-of-%s-%d", id, f.writes)
				f.told[id] = append(f.told[id], token)
			}
		}
	}
	f.providers[id] = p
	return migrate.Written{Resource: resource(snapshot.IdentityProvider, p), SCIMToken: token}
}

// withoutNulls is a provider without settings that are null. What is null deeper in a
// setting stays: a setting is a value like any other.
func withoutNulls(v any) any {
	o := v.(object)
	for k, member := range o {
		if member == nil {
			delete(o, k)
		} else if inner, ok := member.(object); ok && (k == "config" || k == "scim_config") {
			maps.DeleteFunc(inner, func(_ string, v any) bool { return v == nil })
		}
	}
	return o
}

// merged lays the settings of a provider over what is there: null removes.
func merged(old, patch object) object {
	out := copied(old)
	for k, v := range patch {
		out[k] = v
		was, isObject := old[k].(object)
		with, also := v.(object)
		if isObject && also && (k == "config" || k == "scim_config") {
			out[k] = copied(was)
			maps.Copy(out[k].(object), with)
		}
	}
	return withoutNulls(out).(object)
}

// keepSecrets keeps the secrets that an update leaves out.
func keepSecrets(p, old object) {
	before, _ := old["config"].(object)
	config, _ := p["config"].(object)
	for name, v := range before {
		if isSecret("/config/"+name) && config != nil && config[name] == nil {
			config[name] = v
		}
	}
}

// flat are the leaves of an object by JSON Pointer; lists and empty objects are leaves,
// too, and what is in lists is given as well.
func flat(v any) map[string]any {
	all := map[string]any{}
	var look func(path string, v any)
	look = func(path string, v any) {
		switch v := v.(type) {
		case object:
			for k, m := range v {
				look(path+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k), m)
			}
			if len(v) > 0 {
				return
			}
		case []any:
			for i, m := range v {
				look(fmt.Sprintf("%s/%d", path, i), m)
			}
		}
		all[path] = v
	}
	look("", v)
	return all
}

// fakeJournal keeps a journal in memory.
type fakeJournal struct {
	entries []migrate.Entry
	writes  int
	onFault map[int]fault // by number of the row that is written: refused, killBefore, killAfter
}

// Write records an event.
func (j *fakeJournal) Write(_ context.Context, e migrate.Event, data any) error {
	j.writes++
	raw := []byte(encoded(data))
	note := func() {
		j.entries = append(j.entries, migrate.Entry{Seq: int64(len(j.entries) + 1), Run: "run", Event: e, At: time.Unix(int64(j.writes), 0), Data: raw})
	}
	switch j.onFault[j.writes] {
	case refused:
		return errors.New("disk full")
	case killBefore:
		panic(killed{})
	case killAfter:
		note()
		panic(killed{})
	default:
		note()
		return nil
	}
}

// fakeTokens keeps tokens in memory.
type fakeTokens struct {
	kept []migrate.Token
	err  error
}

// Keep keeps one.
func (k *fakeTokens) Keep(t migrate.Token) error {
	if k.err != nil {
		return k.err
	}
	k.kept = append(k.kept, t)
	return nil
}

func noSleep(context.Context, time.Duration) error { return nil }

// suppliedFor are secrets for all that the plan asks for.
func suppliedFor(p *migrate.Plan) migrate.Secrets {
	all := migrate.Secrets{}
	for _, a := range p.Actions {
		for _, s := range a.Secrets {
			if all[a.SourceID] == nil {
				all[a.SourceID] = map[string]string{}
			}
			all[a.SourceID][s.Path] = "hush-" + a.SourceID + "-" + s.Key
		}
	}
	return all
}

// process is a run that may be killed and resumed.
type process struct {
	plan    *migrate.Plan
	remote  *fakeTarget
	journal *fakeJournal
	tokens  *fakeTokens
	secrets migrate.Secrets
	errs    []string
}

func newProcess(p *migrate.Plan, f *fakeTarget) *process {
	return &process{plan: p, remote: f, journal: &fakeJournal{onFault: map[int]fault{}}, tokens: &fakeTokens{}, secrets: suppliedFor(p)}
}

// once begins or resumes the run, until it ends or is killed.
func (r *process) once() (steps []migrate.Step, err error, dead bool) { //nolint:revive // dead is no result, it is why there is none
	defer func() {
		if v := recover(); v != nil {
			if _, ok := v.(killed); !ok {
				panic(v)
			}
			dead = true
		}
		if err != nil {
			r.errs = append(r.errs, err.Error())
		}
	}()
	job := migrate.Job{Remote: r.remote, Journal: r.journal, Secrets: r.secrets, Tokens: r.tokens, Sleep: noSleep}
	ctx := context.Background()
	plan := r.plan
	if len(r.journal.entries) == 0 {
		raw, err := plan.Encode()
		if err != nil {
			return nil, err, false
		}
		if err := r.journal.Write(ctx, migrate.EventBegin, migrate.Begin{Plan: raw, Safety: "safe"}); err != nil {
			return nil, err, false
		}
	} else {
		run, present, err := r.replay()
		if err != nil {
			return nil, err, false
		}
		plan, job.Past, job.Present = run.Plan, run.Steps, present
		if err := r.journal.Write(ctx, migrate.EventClaim, migrate.Claim{}); err != nil {
			return nil, err, false
		}
	}
	steps, err = migrate.Apply(ctx, plan, job)
	status := migrate.Done
	if err != nil {
		status = migrate.Incomplete
	}
	if noted := r.journal.Write(ctx, migrate.EventEnd, migrate.End{Status: status}); err == nil {
		err = noted
	}
	return steps, err, false
}

func (r *process) replay() (migrate.Run, map[int][]string, error) {
	return migrate.Replay("run", r.journal.entries, func(migrate.Process) bool { return false })
}

// untilDone resumes the run until it is done, and gives its last steps.
func (r *process) untilDone() ([]migrate.Step, error) {
	var steps []migrate.Step
	var err error
	var dead bool
	for range 8 {
		if steps, err, dead = r.once(); !dead && err == nil {
			return steps, nil
		}
	}
	return steps, fmt.Errorf("it was never done: %v", r.errs)
}
