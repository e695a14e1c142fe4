package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// controlPath is where a person or a test steers a running sandbox. It asks for no credentials: there is nothing
// real behind it.
const controlPath = "/sandbox/"

// controlHelp is what GET /sandbox/ answers.
const controlHelp = `The sandbox: a Cloudflare Access that lives in this process. Nothing done here reaches Cloudflare.

API       /client/v4/…              with Authorization: Bearer ` + DefaultToken + `
                                    or ` + DefaultReadToken + `
                                    or X-Auth-Email: ` + DefaultEmail + ` and X-Auth-Key: ` + DefaultKey + `

GET       /sandbox/world            accounts, zones and their providers, with counts
GET       /sandbox/switches         all switches: value, values, what they do
PUT       /sandbox/switches/NAME?value=VALUE
GET       /sandbox/faults           what is armed
POST      /sandbox/faults           {"kind":"status","status":502,"path":"/scim/users","query":"page=3","times":1}
                                    kind: status, cut, drop-before, drop-after, html, garbage, hang,
                                    latency, drift-remove, drift-add, drift-swap; also method, skip, after, count,
                                    "retry_after":"30s", "latency":"200ms"; path is a part of the path, or
                                    with * a pattern for all of it; times 0 is for ever
DELETE    /sandbox/faults           disarm all
GET       /sandbox/requests         the latest calls of the API
DELETE    /sandbox/requests         forget them
GET       /sandbox/resources/SCOPE/ID/KIND/RESOURCE?provider=ID     with its secrets
PUT       the same, a JSON document: add or replace it, byte for byte
PATCH     the same, {"/json/pointer": value, …}: set fields
DELETE    the same
                                    SCOPE account or zone; KIND organization, identity_provider, scim_user,
                                    scim_group, access_app, access_policy, access_group; provider for scim_…
POST      /sandbox/join?target=account:ID&provider=ID               one new user
POST      /sandbox/churn?target=account:ID&changed=N&added=N&removed=N
POST      /sandbox/grant?target=account:ID&provider=ID              share it: it cannot be deleted
POST      /sandbox/load             recorded answers, or what "idpsnap show STATE --json" prints
`

// Help is the text that describes the control surface.
func Help() string { return controlHelp }

// controlMux wires the control surface.
func (s *Server) controlMux() *http.ServeMux {
	mux := http.NewServeMux()
	handle := func(pattern string, do func(r *http.Request, body []byte) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { control(w, r, do) })
	}
	mux.HandleFunc("GET "+controlPath+"{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, controlHelp)
	})
	handle("GET /sandbox/world", func(*http.Request, []byte) (any, error) { return s.Targets(), nil })
	handle("GET /sandbox/switches", func(*http.Request, []byte) (any, error) { return s.Switches(), nil })
	handle("PUT /sandbox/switches/{name}", func(r *http.Request, _ []byte) (any, error) {
		return nil, s.Switch(r.PathValue("name"), r.FormValue("value"))
	})
	handle("GET /sandbox/faults", func(*http.Request, []byte) (any, error) { return s.Faults(), nil })
	handle("POST /sandbox/faults", func(_ *http.Request, body []byte) (any, error) { return nil, s.addFaultJSON(body) })
	handle("DELETE /sandbox/faults", func(*http.Request, []byte) (any, error) { s.ClearFaults(); return nil, nil })
	handle("GET /sandbox/requests", func(*http.Request, []byte) (any, error) { return s.requestsJSON(), nil })
	handle("DELETE /sandbox/requests", func(*http.Request, []byte) (any, error) { s.ClearRequests(); return nil, nil })
	handle("/sandbox/resources/{scope}/{id}/{kind}/{resource}", s.controlResource)
	handle("/sandbox/resources/{scope}/{id}/{kind}", s.controlResource) // an organization has no id
	handle("POST /sandbox/join", func(r *http.Request, _ []byte) (any, error) {
		id, err := s.Join(r.FormValue("target"), r.FormValue("provider"))
		return map[string]string{"id": id}, err
	})
	handle("POST /sandbox/churn", func(r *http.Request, _ []byte) (any, error) { return nil, s.controlChurn(r) })
	handle("POST /sandbox/grant", func(r *http.Request, _ []byte) (any, error) {
		return nil, s.Grant(r.FormValue("target"), r.FormValue("provider"))
	})
	handle("POST /sandbox/load", func(_ *http.Request, body []byte) (any, error) { return nil, s.Load(body) })
	return mux
}

// maxLoad bounds what may be loaded over HTTP.
const maxLoad = 256 << 20

// control answers one call: a result, {"ok":true} for none, or {"error":…} with 400.
func control(w http.ResponseWriter, r *http.Request, do func(r *http.Request, body []byte) (any, error)) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLoad))
	var result any
	if err == nil {
		result, err = do(r, body)
	}
	w.Header().Set("Content-Type", "application/json")
	switch raw, isRaw := result.(json.RawMessage); {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		result = map[string]string{"error": err.Error()}
	case isRaw:
		_, _ = w.Write(raw) // as it is: an encoder would compact it
		return
	case result == nil:
		result = map[string]bool{"ok": true}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(result) // a caller that has gone is none of our concern
}

func (s *Server) controlResource(r *http.Request, body []byte) (any, error) {
	target := r.PathValue("scope") + ":" + r.PathValue("id")
	kind, id, provider := Kind(r.PathValue("kind")), r.PathValue("resource"), r.URL.Query().Get("provider")
	switch r.Method {
	case http.MethodGet:
		raw, err := s.Stored(target, kind, provider, id)
		return json.RawMessage(raw), err
	case http.MethodPut:
		if sent := idOf(body); json.Valid(body) && sent != id && kind != KindOrganization {
			return nil, fmt.Errorf("the document has the id %q, the path %q", sent, id)
		}
		return nil, s.Put(target, kind, provider, bytes.TrimSpace(body))
	case http.MethodPatch:
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(body, &fields); err != nil {
			return nil, fmt.Errorf("the body is not an object of JSON Pointers: %w", err)
		}
		return nil, s.Edit(target, kind, provider, id, fields)
	case http.MethodDelete:
		return nil, s.Remove(target, kind, provider, id)
	default:
		return nil, fmt.Errorf("%s is not one of GET, PUT, PATCH, DELETE", r.Method)
	}
}

func (s *Server) controlChurn(r *http.Request) error {
	var n [3]int
	for i, name := range []string{"changed", "added", "removed"} {
		text := r.FormValue(name)
		if text == "" {
			continue
		}
		var err error
		if n[i], err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("%s: %q is not a number", name, text)
		}
	}
	return s.Churn(r.FormValue("target"), n[0], n[1], n[2])
}

func (s *Server) requestsJSON() any {
	all, writes := s.RequestCount()
	return map[string]any{"count": all, "writes": writes, "requests": s.Requests()}
}

// faultJSON is a Fault as the control surface takes and shows it.
type faultJSON struct {
	Kind       FaultKind `json:"kind"`
	Method     string    `json:"method,omitempty"`
	Path       string    `json:"path,omitempty"`
	Query      string    `json:"query,omitempty"`
	Skip       int       `json:"skip,omitempty"`
	Times      int       `json:"times,omitempty"`
	Status     int       `json:"status,omitempty"`
	After      bool      `json:"after,omitempty"`
	RetryAfter string    `json:"retry_after,omitempty"`
	Latency    string    `json:"latency,omitempty"`
	Count      int       `json:"count,omitempty"`
}

func (s *Server) addFaultJSON(body []byte) error {
	var in faultJSON
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	retryAfter, err := duration(in.RetryAfter)
	latency, err2 := duration(in.Latency)
	if err = errors.Join(err, err2); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	return s.AddFault(Fault{
		Method: in.Method, Path: in.Path, Query: in.Query, Skip: in.Skip, Times: in.Times, Kind: in.Kind,
		Status: in.Status, After: in.After, RetryAfter: retryAfter, Latency: latency, Count: in.Count,
	})
}

// duration reads "1.5s"; nothing is zero.
func duration(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	return time.ParseDuration(text)
}

// MarshalJSON writes a fault as the control surface takes it.
func (f Fault) MarshalJSON() ([]byte, error) {
	out := faultJSON{
		Kind: f.Kind, Method: f.Method, Path: f.Path, Query: f.Query, Skip: f.Skip, Times: f.Times,
		Status: f.Status, After: f.After, Count: f.Count,
	}
	if f.RetryAfter > 0 {
		out.RetryAfter = f.RetryAfter.String()
	}
	if f.Latency > 0 {
		out.Latency = f.Latency.String()
	}
	return json.Marshal(out)
}
