package main

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/sandbox"
)

// checkNothingKept looks for the secrets that were supplied, and for the tokens that
// Cloudflare has told, in all that was said and in all files but those that are theirs.
func (m *mover) checkNothingKept(more ...string) {
	m.Helper()
	kept := everythingIn(m.T, m.home)
	kept["what was said"] = m.said.String()
	kept["journal"] = journalOf(m.T, m.db)
	if !strings.Contains(kept["journal"], "x_new_setting") {
		m.Error("the journal is not what was to be searched")
	}
	hush := append([]string{"HushNobodyKnows", "sandbox-secret-", sandbox.DefaultToken}, more...)
	for _, target := range m.cloud.Targets() {
		for _, raw := range m.stored(target.Target) {
			if tok := strings.Trim(pointedAt(raw, "/scim_config/secret"), `"`); tok != "null" {
				hush = append(hush, tok)
			}
		}
	}
	for _, of := range m.supplied {
		for _, value := range of {
			hush = append(hush, value[:min(len(value), len("Supplied-api_token-00000000-0000"))])
		}
	}
	for name, text := range kept {
		own := strings.Contains(name, m.home+"/secrets") || strings.Contains(name, m.home+"/tokens")
		for _, s := range hush {
			if at := strings.Index(text, s); at >= 0 && !own {
				m.Errorf("%s holds %s: …%s", name, s, text[max(0, at-60):at+len(s)])
			}
		}
	}
}

// journalOf is the text of a history's journal.
func journalOf(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), `SELECT CAST(data AS TEXT) FROM journal`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all.WriteString(text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}
