package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

const okta = "11111111-1111-4111-8111-111111111111"

// plainSnapshot is a snapshot with something of every kind, with names as people who
// mean harm choose them, and with lists that were not read.
func plainSnapshot() (snapshot.Snapshot, []snapshot.Resource) {
	users := snapshot.Collection{Kind: snapshot.SCIMUser, Provider: okta}
	groups := snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: okta}
	of := func(k snapshot.Kind) snapshot.Collection { return snapshot.Collection{Kind: k} }
	complete := func(c snapshot.Collection, name string, count, active int) snapshot.Capture {
		return snapshot.Capture{Collection: c, ProviderName: name, Status: snapshot.Complete, Count: count, Active: active}
	}
	sn := snapshot.Snapshot{
		ID: strings.Repeat("ab", 32), Target: snapshot.Target{Scope: snapshot.Account, ID: "a1b2c3"}, TargetName: "Robert'); DROP TABLE scim_users;--",
		TakenAt: time.Date(2026, 6, 30, 3, 0, 0, 5e6, time.FixedZone("", 7200)), FinishedAt: time.Date(2026, 6, 30, 1, 1, 0, 0, time.UTC),
		Tool: "1.2.3", Host: "api.test", Requests: 12,
		Captures: []snapshot.Capture{
			complete(of(snapshot.IdentityProvider), "", 1, 0),
			complete(users, "Okta", 3, 1),
			complete(groups, "Okta", 0, 0),
			{Collection: snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "p2"}, ProviderName: "Entra", Status: snapshot.Failed, Error: "HTTP 500"},
			{Collection: of(snapshot.AccessApp), Status: snapshot.Skipped, Error: "not permitted"},
		},
	}
	resource := func(c snapshot.Collection, id, document string) snapshot.Resource {
		return snapshot.Resource{Collection: c, ID: id, Document: snapshot.Document(document)}
	}
	return sn, []snapshot.Resource{
		resource(of(snapshot.Organization), "organization", `{"auth_domain":"acme.cloudflareaccess.test"}`),
		resource(of(snapshot.IdentityProvider), okta, `{"config":{"pkce_enabled":true},"id":"`+okta+`","name":"Okta","type":"okta"}`),
		resource(users, "u1", `{"active":true,"displayName":"=cmd|'/c calc'!A1","emails":[{"primary":true,"value":"Ada.Koch@corp.example"}],"externalId":"x1","id":"u1","meta":{"created":"2025-01-02T03:04:05Z","lastModified":"2026-01-01T00:00:00Z"},"n":1.00,"userName":"ada"}`),
		resource(users, "u2", `{"active":false,"displayName":"\u001b[31m\u202egnp","emails":[],"id":"u2","meta":{"created":7}}`),
		resource(users, "u3", `{"active":"yes","displayName":"a\nb","id":"u3","meta":[]}`),
		resource(groups, "g1", `{"displayName":"<script>","externalId":"gx","id":"g1"}`),
		resource(of(snapshot.AccessApp), "app", `{"allowed_idps":["`+okta+`","gone"],"id":"app","name":"Wiki"}`),
		resource(of(snapshot.AccessPolicy), "pol", `{"id":"pol","name":"Staff"}`),
		resource(of(snapshot.AccessGroup), "grp", `{"id":"grp"}`),
	}
}

func each(list []snapshot.Resource, end error) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
		if end != nil {
			yield(snapshot.Resource{}, end)
		}
	}
}

// answers runs a query on a plain file. Columns are parted by |, and NULL is a dash.
func answers(t *testing.T, path, query string) (lines []string) {
	t.Helper()
	db, err := sqlx.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		values, err := sqlx.SliceScan(rows)
		if err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = "-"
			if v != nil {
				texts[i] = fmt.Sprint(v)
			}
		}
		lines = append(lines, strings.Join(texts, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestWritePlain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?#%.db")
	sn, resources := plainSnapshot()
	if err := store.WritePlain(context.Background(), path, sn, each(resources, nil)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if names := names(t, filepath.Dir(path)); len(names) != 1 {
		t.Errorf("beside it: %q", names)
	}
	if _, err := store.Open(context.Background(), path, store.Options{}); !errors.Is(err, store.ErrNotHistory) {
		t.Errorf("opened as a history: %v", err)
	}
	plain := filepath.Join(t.TempDir(), "plain.db") // a name that needs no escape
	if err := os.Rename(path, plain); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		`SELECT * FROM snapshot`: {
			"1|" + sn.ID + "|account:a1b2c3|Robert'); DROP TABLE scim_users;--|2026-06-30T01:00:00.005Z|2026-06-30T01:01:00.000Z|partial|-|-|1.2.3|api.test|12",
		},
		`SELECT * FROM collections`: {
			"identity_provider|-|-|complete|-|1|-",
			"scim_user|" + okta + "|Okta|complete|-|3|1",
			"scim_group|" + okta + "|Okta|complete|-|0|-",
			"scim_user|p2|Entra|failed|HTTP 500|-|-",
			"access_app|-|-|skipped|not permitted|-|-",
		},
		`SELECT id, name FROM organization`:             {"organization|acme.cloudflareaccess.test"},
		`SELECT id, name, type FROM identity_providers`: {okta + "|Okta|okta"},
		`SELECT provider_id, provider_name, id, external_id, user_name, display_name, email, active, created, modified FROM scim_users`: {
			okta + "|Okta|u1|x1|ada|=cmd|'/c calc'!A1|Ada.Koch@corp.example|1|2025-01-02T03:04:05Z|2026-01-01T00:00:00Z",
			okta + "|Okta|u2|-|-|\x1b[31m\u202egnp|-|0|-|-",
			okta + "|Okta|u3|-|-|a\nb|-|-|-|-",
		},
		`SELECT provider_id, provider_name, id, external_id, display_name FROM scim_groups`: {okta + "|Okta|g1|gx|<script>"},
		`SELECT id, name FROM access_apps`:                                                  {"app|Wiki"},
		`SELECT id, name FROM access_policies`:                                              {"pol|Staff"},
		`SELECT id, name FROM access_groups`:                                                {"grp|-"},
		`SELECT id FROM scim_users WHERE email = 'ada.KOCH@corp.example'`:                   {"u1"},
		`SELECT value FROM access_apps, json_each(document, '$.allowed_idps')`:              {okta, "gone"},
		`SELECT json_extract(document, '$.config.pkce_enabled') FROM identity_providers`:    {"1"},
	} {
		if diff := cmp.Diff(want, answers(t, plain, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	var documents, want []string
	for _, table := range []string{"organization", "identity_providers", "scim_users", "scim_groups", "access_apps", "access_policies", "access_groups"} {
		documents = append(documents, answers(t, plain, "SELECT document FROM "+table)...)
	}
	for _, r := range resources {
		want = append(want, string(r.Document))
	}
	if diff := cmp.Diff(want, documents); diff != "" {
		t.Errorf("documents (-recorded +written):\n%s", diff)
	}
}

// TestWritePlainOfHistory writes what a history holds.
func TestWritePlainOfHistory(t *testing.T) {
	s, _, _, last := weeks(t, filepath.Join(t.TempDir(), "history.db"))
	path := filepath.Join(t.TempDir(), "plain.db")
	if err := store.WritePlain(context.Background(), path, last, s.Resources(context.Background(), last.ID)); err != nil {
		t.Fatal(err)
	}
	wrong := answers(t, path, `SELECT provider_id, c.active, sum(u.active), c.count, count(*) FROM collections c JOIN scim_users u USING (provider_id)
		WHERE kind = 'scim_user' GROUP BY provider_id HAVING c.count <> count(*) OR c.active <> sum(u.active)`)
	if len(wrong) > 0 {
		t.Errorf("counts differ: %q", wrong)
	}
	if all := answers(t, path, `SELECT count(*) > 900 FROM scim_users`); all[0] != "1" {
		t.Error("few users")
	}
}

// TestPlainExamples runs the queries of WritePlain's comment.
func TestPlainExamples(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plain.db")
	sn, resources := plainSnapshot()
	if err := store.WritePlain(context.Background(), path, sn, each(resources, nil)); err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("plain.go")
	if err != nil {
		t.Fatal(err)
	}
	var text string
	for _, line := range regexp.MustCompile(`(?m)^//\t(.*)$`).FindAllSubmatch(source, -1) {
		text += string(line[1]) + "\n"
	}
	count := 0
	for query := range strings.SplitSeq(text, ";\n") {
		if strings.TrimSpace(query) != "" {
			answers(t, path, query)
			count++
		}
	}
	if count != 5 {
		t.Errorf("%d queries", count)
	}
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// TestWritePlainOrNothing lets exports fail: nothing is there afterwards that was not
// before.
func TestWritePlainOrNothing(t *testing.T) {
	sn, resources := plainSnapshot()
	twice := append(resources[:len(resources):len(resources)], resources[2])
	strange := append(resources[:len(resources):len(resources)], snapshot.Resource{Collection: snapshot.Collection{Kind: "idol"}, ID: "i", Document: snapshot.Document("{}")})
	stop, cancel := context.WithCancel(context.Background())
	cancel()
	broken := errors.New("cannot be read on")
	for name, c := range map[string]struct {
		ctx       context.Context
		resources iter.Seq2[snapshot.Resource, error]
		prepare   func(t *testing.T, path string)
		says      string
		is        error
	}{
		"a sequence that fails": {resources: each(resources, broken), is: broken},
		"cancelled":             {ctx: stop, is: context.Canceled},
		"twice the same":        {resources: each(twice, nil), says: "scim_user of " + okta + " u1"},
		"of an unknown kind":    {resources: each(strange, nil), says: `there is no table for a "idol"`},
		"a file is there":       {prepare: func(t *testing.T, path string) { t.Helper(); put(t, os.WriteFile(path, []byte("mine"), 0o600)) }, is: fs.ErrExist},
		"a directory is there":  {prepare: func(t *testing.T, path string) { t.Helper(); put(t, os.Mkdir(path, 0o700)) }, is: fs.ErrExist},
		"a link to nothing":     {prepare: func(t *testing.T, path string) { t.Helper(); put(t, os.Symlink("nothing", path)) }, is: fs.ErrExist},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "plain.db")
			if c.prepare != nil {
				c.prepare(t, path)
			}
			before := names(t, filepath.Dir(path))
			if c.ctx == nil {
				c.ctx = context.Background()
			}
			if c.resources == nil {
				c.resources = each(resources, nil)
			}
			err := store.WritePlain(c.ctx, path, sn, c.resources)
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v %s", err, c.is, c.says)
			}
			if diff := cmp.Diff(before, names(t, filepath.Dir(path))); diff != "" {
				t.Errorf("files (-before +after):\n%s", diff)
			}
		})
	}
	if err := store.WritePlain(context.Background(), filepath.Join(t.TempDir(), "no", "such.db"), sn, each(resources, nil)); err == nil {
		t.Error("written to a directory that is not there")
	}
}

func put(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
