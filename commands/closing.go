package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// close reads an access review that was filled in, and shows what became of it.
func (a *reportArgs) close(ctx context.Context, env Env, shared *common, e *evidence, format string) error {
	f, err := os.Open(a.closing)
	if errors.Is(err, fs.ErrNotExist) {
		return &problem{class: errNotFound, text: fmt.Sprintf("--close: there is no file %s", a.closing), hint: "idpsnap report access-review --out review.xlsx makes one to fill in"}
	}
	if err != nil {
		return fmt.Errorf("--close: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	next, stop := iter.Pull2(report.ReadReview(f))
	defer stop()
	first, err, ok := next()
	if err != nil || !ok {
		return badReview(a.closing, err)
	}
	reviewed, err := e.reviewed(ctx, first["snapshot_id"])
	if err != nil {
		return err
	}
	if e.query.Redact && !redacted(first) {
		return usage("leave --redact pii out", "--close: %s has people's names, and no pseudonyms", a.closing)
	}
	var unreadable error
	closed, err := audit.Close(ctx, e.history, e.Question, *reviewed, func(yield func(map[string]string, error) bool) {
		for row := first; ok; row, err, ok = next() {
			if err != nil {
				unreadable = badReview(a.closing, err)
				yield(nil, unreadable)
				return
			}
			if e.query.Redact {
				nameless(row)
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	switch {
	case unreadable != nil:
		return unreadable
	case errors.Is(err, audit.ErrRedacted):
		return usage("--redact pii closes a redacted review", "--close: %s has pseudonyms in the place of people's names", a.closing)
	case errors.Is(err, audit.ErrNotReview):
		return badReview(a.closing, err)
	case err != nil:
		return err
	}
	if err := a.show(ctx, env, shared, closed.Report, format); err != nil {
		return err
	}
	return a.closingVerdict(closed)
}

// pseudonymous are the columns in which a redacted review has pseudonyms.
var pseudonymous = []string{"user_name", "display_name", "email", "external_id"}

var pseudonym = regexp.MustCompile(`(?i)^[^@\s]+-[0-9a-f]{12}(@redacted\.invalid)?$`)

// isPseudonym reports whether a text of such a column names nobody.
func isPseudonym(text string) bool {
	text = strings.TrimSpace(text)
	return text == "" || pseudonym.MatchString(text)
}

// redacted reports whether a row is one of a redacted review.
func redacted(row map[string]string) bool {
	return !slices.ContainsFunc(pseudonymous, func(column string) bool { return !isPseudonym(row[column]) })
}

// nameless takes out of a row what would name somebody in a report that is to name
// nobody: what somebody wrote over a pseudonym, and who reviewed.
func nameless(row map[string]string) {
	for _, column := range pseudonymous {
		if !isPseudonym(row[column]) {
			row[column] = "(not a pseudonym)"
		}
	}
	for _, column := range []string{"reviewer", "ticket", "decision"} {
		if strings.Contains(row[column], "@") || column == "reviewer" && strings.TrimSpace(row[column]) != "" {
			row[column] = "(not shown)"
		}
	}
}

func badReview(path string, err error) error {
	text, hint := "it has no rows", "the file must be what idpsnap report access-review --format csv or xlsx wrote, filled in, with its columns"
	if err != nil {
		text = err.Error()
	}
	if format := new(report.FormatError); errors.As(err, &format) {
		hint = `save it as "CSV UTF-8", or as an Excel workbook (.xlsx), or fill in the workbook of report access-review --out review.xlsx`
	}
	return &problem{class: errBadFile, text: fmt.Sprintf("--close: %s: %s", path, text), hint: hint}
}

// reviewed finds the snapshot that a review is about.
func (e *evidence) reviewed(ctx context.Context, id string) (*snapshot.Snapshot, error) {
	id = strings.TrimSpace(id)
	for i := range e.Snapshots {
		if sn := &e.Snapshots[i]; sn.ID == id && e.Question.At != nil && e.Question.At.TakenAt.After(sn.TakenAt) {
			return sn, nil
		}
	}
	all, err := e.store.Snapshots(ctx) // those after --at, too
	if err != nil {
		return nil, err
	}
	for _, sn := range all {
		if sn.ID == id && sn.Target == e.Question.Target {
			return nil, &problem{
				class: errNotFound, text: fmt.Sprintf("no complete snapshot is newer than the one that was reviewed, %s of %s", snapshot.ShortID(id), minute(sn.TakenAt)),
				hint: "idpsnap snapshot takes one, and --at names a later one: whether a revocation took effect only that tells",
			}
		}
	}
	forgotten, err := e.store.Forgotten(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range forgotten {
		if f.ID == id {
			return nil, &problem{
				class: errNotFound, text: fmt.Sprintf("the snapshot that was reviewed, %s of %s, was forgotten on %s (%s)",
					snapshot.ShortID(id), minute(f.TakenAt), f.ForgottenAt.UTC().Format(time.DateOnly), f.Why),
				hint: "a copy of the history from before may have it: --db names another history; idpsnap pin keeps what is under review",
			}
		}
	}
	return nil, &problem{
		class: errNotFound, text: fmt.Sprintf("the review is about snapshot %.64q, which the history does not hold for %s", id, e.Question.Target),
		hint: "--db names another history, --target another target; idpsnap snapshots lists what there is",
	}
}

// minute writes a moment as lists of snapshots do.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// closingVerdict is the error that closing a review ends with, after it was shown.
func (a *reportArgs) closingVerdict(c *audit.Closing) error {
	switch {
	case c.Tampered > 0:
		return &problem{class: errIntegrity, text: "not what the history says of the reviewed snapshot: " + plural(c.Tampered, "row") + " of the review", hint: "the report names them, and the columns"}
	case c.NotKnown > 0:
		return &problem{class: errIncomplete, text: "not known, as the list was not read: the outcome of " + plural(c.NotKnown, "row"), hint: "close the review again with a later snapshot: --at latest"}
	case c.Open > 0 && a.exit:
		return errDifferent
	}
	return nil
}
