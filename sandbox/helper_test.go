package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/sandbox"
)

const (
	account     = "0123456789abcdef0123456789abcdef"
	zone        = "fedcba9876543210fedcba9876543210"
	noAccess    = "00000000000000000000000000000bad"
	team        = "acme.cloudflareaccess.com"
	accountName = "account:" + account
	zoneName    = "zone:" + zone
	inAccount   = "/accounts/" + account + "/access/"
	inZone      = "/zones/" + zone + "/access/"
	idps        = inAccount + "identity_providers"
)

// clock is a time that only moves when told, or slept on.
type clock struct {
	sync.Mutex
	at    time.Time
	slept time.Duration
}

func newClock() *clock { return &clock{at: time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.at
}

func (c *clock) Advance(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.at = c.at.Add(d)
}

func (c *clock) Sleep(_ context.Context, d time.Duration) error {
	c.Advance(d)
	c.Lock()
	defer c.Unlock()
	c.slept += d
	return nil
}

// newServer has an account, a zone of it, and an account without Access.
func newServer(tb testing.TB) (*sandbox.Server, *clock) {
	tb.Helper()
	c := newClock()
	s := sandbox.New(sandbox.Options{Now: c.Now, Sleep: c.Sleep, Seed: 7})
	s.AddAccount(account, "Acme", team)
	s.AddZone(zone, "acme.example", account, "zone-acme.cloudflareaccess.com")
	s.AddAccountWithoutOrganization(noAccess, "Never enabled")
	return s, c
}

// reply is an answer in the envelope.
type reply struct {
	Status  int
	Header  http.Header
	Body    string
	Success bool
	Errors  []struct {
		Code    int
		Message string
		Chain   []struct {
			Code    int
			Message string
		} `json:"error_chain"`
	}
	Result     json.RawMessage
	ResultInfo *info `json:"result_info"`
}

type info struct {
	Count      int `json:"count"`
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

// call sends a request with the read-write token; more header lines, "Name: value", replace it.
func call(tb testing.TB, s http.Handler, method, path, body string, header ...string) reply {
	tb.Helper()
	if !strings.HasPrefix(path, "/sandbox/") {
		path = "/client/v4" + path
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if header == nil {
		header = []string{"Authorization: Bearer " + sandbox.DefaultToken}
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	out := reply{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
	_ = json.Unmarshal(w.Body.Bytes(), &out) // not every answer is an envelope
	return out
}

func get(tb testing.TB, s http.Handler, path string, header ...string) reply {
	tb.Helper()
	return call(tb, s, http.MethodGet, path, "", header...)
}

// want checks status and, of a failure, the first error: "12135 access.api.error.not_found".
func want(tb testing.TB, r reply, status, code int, message string) {
	tb.Helper()
	if r.Status != status {
		tb.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
	}
	if code == 0 {
		if !r.Success || len(r.Errors) != 0 {
			tb.Fatalf("not a success: %s", r.Body)
		}
		return
	}
	if r.Success || len(r.Errors) != 1 || r.Errors[0].Code != code || !strings.Contains(r.Errors[0].Message, message) || string(r.Result) != "null" {
		tb.Fatalf("want error %d %s, got %s", code, message, r.Body)
	}
}

// object decodes a result for looking at; numbers stay as written.
func object(tb testing.TB, raw []byte) map[string]any {
	tb.Helper()
	var out map[string]any
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil {
		tb.Fatalf("%v: %s", err, raw)
	}
	return out
}

func list(tb testing.TB, r reply) []map[string]any {
	tb.Helper()
	var raw []json.RawMessage
	if err := json.Unmarshal(r.Result, &raw); err != nil {
		tb.Fatalf("%v: %s", err, r.Body)
	}
	out := make([]map[string]any, len(raw))
	for i := range raw {
		out[i] = object(tb, raw[i])
	}
	return out
}

func ids(tb testing.TB, r reply) string {
	tb.Helper()
	var out []string
	for _, item := range list(tb, r) {
		out = append(out, item["id"].(string))
	}
	return strings.Join(out, " ")
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

const github = `{"name":"GitHub","type":"github","config":{"client_id":"abc","client_secret":"hush"}}`

// create makes a provider through the API and returns it.
func create(tb testing.TB, s http.Handler, body string) map[string]any {
	tb.Helper()
	r := call(tb, s, http.MethodPost, idps, body)
	want(tb, r, http.StatusCreated, 0, "")
	return object(tb, r.Result)
}
