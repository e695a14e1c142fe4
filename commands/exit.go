package commands

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/idpsnap/idpsnap/cloudflare"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// The exit statuses. Scripts rely on them: a status is never given another
// meaning.
const (
	exitDone        = 0
	exitFailed      = 1
	exitDifferent   = 2
	exitIncomplete  = 3
	exitPermission  = 4
	exitRefused     = 5
	exitCancelled   = 6
	exitNotFound    = 10
	exitLocked      = 11
	exitIntegrity   = 13
	exitUsage       = 64
	exitInterrupted = 130
	exitTerminated  = 143
)

// outcome is a row of the table of exit statuses.
type outcome struct {
	code  int
	means string // as every --help says it
	errs  []error
	hint  string // what to type next, unless the error itself knows better
}

// outcomes is the one table of exit statuses: what they mean and which errors
// end in them. The first row that has the error decides; an error in no row
// is exitFailed.
func outcomes() []outcome {
	return []outcome{
		{code: exitDone, means: "done, no differences"},
		{code: exitFailed, means: "failed"},
		{
			code: exitDifferent, means: "differences found (where --exit-code asks for it)",
			errs: []error{errDifferent},
		},
		{
			code: exitIncomplete, means: "incomplete: part could not be read or applied",
			errs: []error{errIncomplete},
		},
		{
			code: exitPermission, means: "authentication or permission",
			errs: []error{snapshot.ErrForbidden, errCredentials, cloudflare.ErrCredentials},
			hint: "idpsnap doctor says which permission is missing",
		},
		{
			code: exitRefused, means: "refused by a guard: lock-out, missing secret, stale plan, unattended without --yes",
			errs: []error{errRefused, store.ErrPinned, store.ErrLastComplete},
		},
		{code: exitCancelled, means: "cancelled by the person", errs: []error{errCancelled}},
		{
			code: exitNotFound, means: "no such history, snapshot or resource",
			errs: []error{errNotFound, store.ErrNoHistory, store.ErrNoSnapshot},
			hint: "idpsnap snapshot takes the first snapshot; --db names another history",
		},
		{
			code: exitLocked, means: "the history is in use by another idpsnap",
			errs: []error{store.ErrLocked, store.ErrMoved, store.ErrRunMoved, store.ErrRearranged},
			hint: "try again, or wait longer with --lock-timeout 5m",
		},
		{
			code: exitIntegrity, means: "integrity failure: the history is not as it was recorded",
			errs: []error{errIntegrity, store.ErrCorrupt},
			hint: "idpsnap verify names what is damaged; keep the file, and fetch a copy from before",
		},
		{code: exitUsage, means: "wrong usage", errs: []error{errUsage}},
		{code: exitInterrupted, means: "interrupted (SIGINT)"},
		{code: exitTerminated, means: "terminated (SIGTERM)"},
	}
}

// codeAuthentication is Cloudflare's code of an "Authentication error".
const codeAuthentication = 10000

// hints for errors that end in exitFailed but have a way out.
func hintOf(err error) string {
	var refusal *cloudflare.Error
	if errors.As(err, &refusal) && refusal.Permission != "" {
		if refusal.Code == codeAuthentication { // Cloudflare says the same of a token that it does not know
			return "is it the right token, and still valid? If so, give it that permission, for this target; idpsnap doctor tells which of the two"
		}
		return "give the token that permission, for this target; idpsnap doctor tries every permission"
	}
	switch {
	case errors.Is(err, store.ErrNewer):
		return "a newer idpsnap wrote this history: upgrade idpsnap"
	case errors.Is(err, store.ErrNotHistory):
		return "--db must name a history that idpsnap made, or a file that does not exist yet"
	case errors.Is(err, store.ErrReadOnly):
		return "give this user the right to write there, or --db FILE names another history"
	case errors.Is(err, store.ErrMoved):
		return "that one is recorded; run it again if you want another"
	case errors.Is(err, store.ErrRunMoved):
		return "idpsnap runs shows how it stands"
	case errors.Is(err, cloudflare.ErrNotFound):
		return "is the id right, 32 hexadecimal digits, and does CLOUDFLARE_BASE_URL, if set, end in /client/v4? idpsnap doctor looks into it"
	case errors.Is(err, cloudflare.ErrUnreachable):
		return "idpsnap doctor looks into how the API is reached"
	case errors.Is(err, syscall.ENOTDIR):
		return "--db FILE names the history: what stands before its last / must be a directory"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EPERM):
		return "--db FILE puts the history where this user may write"
	}
	return ""
}

// The classes of errors that arise in this package.
var (
	errUsage       = errors.New("wrong usage")
	errIncomplete  = errors.New("incomplete")
	errNothing     = errors.New("nothing was recorded") // ends in exitFailed: there is no part of it
	errNotFound    = errors.New("not found")
	errCredentials = errors.New("no usable credentials")
	errIntegrity   = errors.New("integrity failure")
	errRefused     = errors.New("refused")
	errCancelled   = errors.New("cancelled")
)

// problem is an error of a class with a text for the person and, where there is
// one, the next thing to type.
type problem struct {
	class error
	text  string
	hint  string
	cause error // more of what it is, for errors.Is
}

func (p *problem) Error() string { return p.text }

func (p *problem) Unwrap() []error {
	if p.cause == nil {
		return []error{p.class}
	}
	return []error{p.class, p.cause}
}

// usage is an error in what was typed, and what to type instead.
func usage(hint, format string, args ...any) error {
	return &problem{class: errUsage, text: fmt.Sprintf(format, args...), hint: hint}
}

// failure is what Main says about an error, and ends with.
type failure struct {
	code int
	text string
	hint string
}

// judge finds the status, text and hint for the error that ended a command.
func judge(ctx context.Context, err error) failure {
	f := failure{code: exitFailed, text: err.Error(), hint: hintOf(err)}
	var sig interruptedError
	if ctx.Err() != nil && errors.As(context.Cause(ctx), &sig) {
		f = failure{code: exitInterrupted, text: sig.Error()}
		if sig.signal == syscall.SIGTERM {
			f.code = exitTerminated
		}
		return f
	}
	for _, row := range outcomes() {
		for _, class := range row.errs {
			if errors.Is(err, class) {
				f.code = row.code
				if f.hint == "" {
					f.hint = row.hint
				}
				return f.withOwnHint(err)
			}
		}
	}
	return f.withOwnHint(err)
}

func (f failure) withOwnHint(err error) failure {
	var p *problem
	if errors.As(err, &p) && (p.hint != "" || errors.Is(p.class, errUsage)) {
		f.hint = p.hint
	}
	return f
}

// meaning finds the row of a status.
func meaning(code int) string {
	for _, row := range outcomes() {
		if row.code == code {
			return row.means
		}
	}
	return ""
}
