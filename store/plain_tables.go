package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// plainTables are the tables of WritePlain. Tables and columns may be added; none is
// renamed. What is not known is NULL. An address is compared without regard to case.
const plainTables = `
CREATE TABLE snapshot (
  format_version TEXT NOT NULL, -- of these tables
  id             TEXT, -- SHA-256 of the manifest; NULL where the state was not recorded
  target         TEXT NOT NULL, -- 'account:<id>' or 'zone:<id>'
  target_name    TEXT,
  taken_at       TEXT, -- RFC 3339, UTC, like all times here
  finished_at    TEXT,
  status         TEXT NOT NULL, -- 'complete', or 'partial' where a collection failed
  origin         TEXT, -- 'safety', 'import'; NULL of an ordinary one
  note           TEXT,
  tool           TEXT, -- version of idpsnap
  host           TEXT, -- of the API
  requests       INTEGER
);
CREATE TABLE collections (
  kind          TEXT NOT NULL,
  provider_id   TEXT, -- of SCIM lists
  provider_name TEXT,
  status        TEXT NOT NULL, -- 'complete', 'partial', 'failed', 'skipped', 'unsupported'
  error         TEXT, -- why it is not complete
  count         INTEGER, -- of a complete one
  active        INTEGER -- of complete SCIM users
);
CREATE TABLE organization (id TEXT PRIMARY KEY, name TEXT, document TEXT NOT NULL);
CREATE TABLE identity_providers (id TEXT PRIMARY KEY, name TEXT, type TEXT, document TEXT NOT NULL);
CREATE TABLE scim_users (
  provider_id   TEXT NOT NULL,
  provider_name TEXT,
  id            TEXT NOT NULL,
  external_id   TEXT,
  user_name     TEXT COLLATE NOCASE,
  display_name  TEXT,
  email         TEXT COLLATE NOCASE, -- the primary one, or the first
  active        INTEGER, -- 1 or 0; NULL where the document says neither
  created       TEXT, -- meta.created and meta.lastModified, as Cloudflare has them
  modified      TEXT,
  document      TEXT NOT NULL,
  PRIMARY KEY (provider_id, id)
);
CREATE TABLE scim_groups (
  provider_id   TEXT NOT NULL,
  provider_name TEXT,
  id            TEXT NOT NULL,
  external_id   TEXT,
  display_name  TEXT,
  document      TEXT NOT NULL,
  PRIMARY KEY (provider_id, id)
);
CREATE TABLE access_apps (id TEXT PRIMARY KEY, name TEXT, document TEXT NOT NULL);
CREATE TABLE access_policies (id TEXT PRIMARY KEY, name TEXT, document TEXT NOT NULL);
CREATE TABLE access_groups (id TEXT PRIMARY KEY, name TEXT, document TEXT NOT NULL);
`

const plainIndexes = `
CREATE INDEX scim_users_email ON scim_users (email);
CREATE INDEX scim_users_user_name ON scim_users (user_name);
CREATE INDEX scim_users_external_id ON scim_users (external_id);
`

// plainFormat is the format_version of the tables.
const plainFormat = "1"

// plainInserts insert a resource. ?1 is the document, ?2 the id, ?3 the name; of
// SCIM resources ?4 and ?5 are the provider's id and name, ?6 the external id.
var plainInserts = map[snapshot.Kind]string{
	snapshot.Organization:     `INSERT INTO organization (document, id, name) VALUES (?1, ?2, ?3)`,
	snapshot.IdentityProvider: `INSERT INTO identity_providers (document, id, name, type) VALUES (?1, ?2, ?3, ?4)`,
	snapshot.SCIMUser: `INSERT INTO scim_users (document, id, display_name, provider_id, provider_name, external_id, user_name, email, modified, active, created)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
		CASE json_type(?1, '$.active') WHEN 'true' THEN 1 WHEN 'false' THEN 0 END,
		CASE json_type(?1, '$.meta.created') WHEN 'text' THEN json_extract(?1, '$.meta.created') END)`,
	snapshot.SCIMGroup: `INSERT INTO scim_groups (document, id, display_name, provider_id, provider_name, external_id)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
	snapshot.AccessApp:    `INSERT INTO access_apps (document, id, name) VALUES (?1, ?2, ?3)`,
	snapshot.AccessPolicy: `INSERT INTO access_policies (document, id, name) VALUES (?1, ?2, ?3)`,
	snapshot.AccessGroup:  `INSERT INTO access_groups (document, id, name) VALUES (?1, ?2, ?3)`,
}

// plainWriter fills the tables within a transaction, whose end closes its
// statements.
type plainWriter struct {
	tx         *sqlx.Tx
	names      map[string]string // of providers with SCIM lists, by id
	statements map[snapshot.Kind]*sqlx.Stmt
}

func (w *plainWriter) snapshot(ctx context.Context, sn snapshot.Snapshot) error {
	_, err := w.tx.ExecContext(ctx, `INSERT INTO snapshot (format_version, id, target, target_name, taken_at, finished_at, status, origin, note, tool, host, requests)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, plainFormat, known(sn.ID), sn.Target.String(), known(sn.TargetName), plainTime(sn.TakenAt),
		plainTime(sn.FinishedAt), sn.Status(), known(string(sn.Origin)), known(sn.Note), known(sn.Tool), known(sn.Host), sn.Requests)
	if err != nil {
		return err
	}
	for _, c := range sn.Captures {
		if c.Provider != "" && c.ProviderName != "" {
			w.names[c.Provider] = c.ProviderName
		}
		var count, active any
		if c.Status == snapshot.Complete {
			if count = c.Count; c.Kind == snapshot.SCIMUser {
				active = c.Active
			}
		}
		_, err := w.tx.ExecContext(ctx, `INSERT INTO collections (kind, provider_id, provider_name, status, error, count, active)
			VALUES (?, ?, ?, ?, ?, ?, ?)`, c.Kind, known(c.Provider), known(c.ProviderName), c.Status, known(c.Error), count, active)
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *plainWriter) resource(ctx context.Context, r snapshot.Resource) error {
	insert, ok := w.statements[r.Kind]
	if !ok {
		query, ok := plainInserts[r.Kind]
		if !ok {
			return fmt.Errorf("there is no table for a %q", r.Kind)
		}
		var err error
		if insert, err = w.tx.PreparexContext(ctx, query); err != nil {
			return err
		}
		w.statements[r.Kind] = insert
	}
	s := r.Summary()
	args := []any{string(r.Document), r.ID, known(s.Name)}
	switch r.Kind {
	case snapshot.IdentityProvider:
		args = append(args, known(string(s.Type)))
	case snapshot.SCIMUser:
		addresses := r.Addresses() // the last one is the userName
		args = append(args, r.Provider, known(w.names[r.Provider]), known(s.ExternalID),
			known(addresses[len(addresses)-1]), known(s.Email), known(s.Modified))
	case snapshot.SCIMGroup:
		args = append(args, r.Provider, known(w.names[r.Provider]), known(s.ExternalID))
	default: // of the others the document tells the rest
	}
	_, err := insert.ExecContext(ctx, args...)
	return err
}

// known is NULL for what a snapshot or a document does not say.
func known(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func plainTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
