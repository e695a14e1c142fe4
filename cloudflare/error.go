package cloudflare

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

var (
	// ErrAmbiguous marks a write whose outcome is unknown: it was sent, and no
	// answer came that says what became of it. It may have been carried out.
	ErrAmbiguous = errors.New("it is not known whether the change was made")
	// ErrNotEnabled marks an account where Access is not enabled.
	ErrNotEnabled = errors.New("the account has no Zero Trust organization")
	// ErrUnreachable marks a request that never left: nobody answers at the API's
	// address, or not the one who should.
	ErrUnreachable = errors.New("the API cannot be reached")
	// ErrNotFound marks a 404.
	ErrNotFound = errors.New("not found")
)

// Error is a request that did not bring what was asked for. Its texts are
// bounded, free of control characters and of the credentials.
type Error struct {
	Method     string
	Path       string        // as sent, without the query
	Status     int           // 0 where no answer came
	Code       int           // Cloudflare's, of the first error in the answer; 0 where there is none
	Message    string        // Cloudflare's, or what is wrong with the answer
	Ray        string        // CF-Ray: what Cloudflare's support asks for
	AuditLogID string        // CF-Auditlog-Id
	Permission string        // what the token needs, where the request was refused for want of it
	RetryAfter time.Duration // as the server asked
	Tries      int           // how often the request was sent

	is []error
}

// Error names the request, what came back, and what to do where that is known.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d", e.Status)
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
	}
	switch {
	case e.Code != 0:
		fmt.Fprintf(&b, ": %d %s", e.Code, e.Message)
	case e.Message != "":
		b.WriteString(": " + e.Message)
	}
	var notes []string
	if e.Ray != "" {
		notes = append(notes, "CF-Ray "+e.Ray)
	}
	if e.Tries > 1 {
		notes = append(notes, fmt.Sprintf("%d tries", e.Tries))
	}
	if len(notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(notes, ", "))
	}
	if e.Permission != "" {
		fmt.Fprintf(&b, "; the token needs %q", e.Permission)
	}
	for _, kind := range []error{ErrNotEnabled, ErrAmbiguous} {
		if errors.Is(e, kind) {
			b.WriteString("; " + kind.Error())
		}
	}
	return b.String()
}

// Unwrap gives the sentinels that apply: snapshot.ErrForbidden, ErrNotEnabled,
// ErrNotFound, ErrAmbiguous, ErrRedirect, and the context's error.
func (e *Error) Unwrap() []error { return e.is }

// apiError is one error in Cloudflare's envelope. (OpenAPI.)
type apiError struct {
	Code    int        `json:"code"`
	Message string     `json:"message"`
	Chain   []apiError `json:"error_chain"`
}

// text gives an error with what led to it: "Invalid request headers (6111
// Invalid format for Authorization header)".
func (e apiError) text() string {
	s := e.Message
	for i, c := range e.Chain {
		if i == 3 {
			break
		}
		s += fmt.Sprintf(" (%d %s)", c.Code, c.Message)
	}
	return s
}

// describe puts the envelope's errors into e.
func (e *Error) describe(all []apiError, clean func(string) string) {
	if len(all) == 0 {
		return
	}
	e.Code = all[0].Code
	text := all[0].text()
	for i, more := range all[1:] {
		if i == 2 {
			break
		}
		text += fmt.Sprintf("; %d %s", more.Code, more.text())
	}
	e.Message = clean(text)
}

// Codes of refusals that are about the credentials although the status is 400:
// seen in third parties' logs, not in the OpenAPI description.
const (
	codeInvalidHeaders = 6003 // a malformed token; error_chain has 6111
	codeNoCredentials  = 9106
	codeNotEnabled     = 9999 // access.api.error.not_enabled: Access is not enabled
)

// classify adds the sentinels that the answer calls for.
func (e *Error) classify(permission string) {
	switch {
	case e.notEnabled():
		e.is = append(e.is, ErrNotEnabled)
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		e.is = append(e.is, snapshot.ErrForbidden)
		e.Permission = permission
	case e.Status == http.StatusBadRequest && e.Code == codeInvalidHeaders:
		e.is = append(e.is, snapshot.ErrForbidden)
		e.Message += ": the token or key is malformed: copy it again, whole and without spaces or quotes"
	case e.Status == http.StatusBadRequest && e.Code == codeNoCredentials:
		e.is = append(e.is, snapshot.ErrForbidden)
		e.Message += ": the credentials did not reach Cloudflare: is there a proxy in between?"
	case e.Status == http.StatusNotFound:
		e.is = append(e.is, ErrNotFound)
	}
}

func (e *Error) notEnabled() bool {
	return strings.Contains(e.Message, "access.api.error.not_enabled") ||
		e.Code == codeNotEnabled && strings.Contains(e.Message, "not enabled")
}
