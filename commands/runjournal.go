package commands

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// runJournal is the journal of one run in the history.
type runJournal struct {
	store *store.Store
	id    string
	now   func() time.Time
}

// Write records an event for good.
func (l runJournal) Write(ctx context.Context, e migrate.Event, data any) error {
	line, err := l.line(e, data)
	if err != nil {
		return err
	}
	_, err = l.store.Append(ctx, line, store.AnyEntry)
	return err
}

// enter is Write that wants the whole journal, of all runs, to end with the line end.
func (l runJournal) enter(ctx context.Context, e migrate.Event, data any, end int64) error {
	line, err := l.line(e, data)
	if err != nil {
		return err
	}
	_, err = l.store.AppendLast(ctx, line, end)
	return err
}

func (l runJournal) line(e migrate.Event, data any) (store.Entry, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // the digest of the plan is over its text
	if err := encoder.Encode(data); err != nil {
		return store.Entry{}, fmt.Errorf("journal of run %s: %w", l.id, err)
	}
	return store.Entry{Run: l.id, Event: string(e), At: l.now().UTC(), Data: bytes.TrimSpace(text.Bytes())}, nil
}

// journalEnd is the newest line of all runs, 0 where there is none.
func journalEnd(ctx context.Context, s *store.Store) (int64, error) {
	lines, err := s.Journal(ctx, "")
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	return lines[len(lines)-1].Seq, nil
}

// newRunID makes an id that no other run has.
func newRunID(p *migrate.Plan, env Env) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %d", p.Digest, env.Now().UnixNano(), env.Host, env.PID))
	return hex.EncodeToString(sum[:16])
}

// pastRun is a run as the history has it.
type pastRun struct {
	migrate.Run

	present map[int][]string
	last    int64 // the newest line of its journal
}

// readRuns gives the runs of the history, oldest first. With an error of the class
// errIntegrity it gives those that can be read.
func readRuns(ctx context.Context, env Env, s *store.Store) ([]pastRun, error) {
	lines, err := s.Journal(ctx, "")
	if err != nil {
		return nil, err
	}
	var order []string
	byRun := map[string][]migrate.Entry{}
	for _, e := range lines {
		if byRun[e.Run] == nil {
			order = append(order, e.Run)
		}
		byRun[e.Run] = append(byRun[e.Run], migrate.Entry{Seq: e.Seq, Run: e.Run, Event: migrate.Event(e.Event), At: e.At, Data: e.Data})
	}
	var runs []pastRun
	var damage error
	for _, id := range order {
		lines := byRun[id]
		newest := lines[len(lines)-1].At
		r, present, err := migrate.Replay(id, lines, func(p migrate.Process) bool { return carriesOn(env, p, newest) })
		if err != nil {
			damage = &problem{class: errIntegrity, cause: err, text: err.Error()}
			continue
		}
		runs = append(runs, pastRun{r, present, lines[len(lines)-1].Seq})
	}
	return runs, damage
}

// silence is how long a run that is being carried out writes no line at most: a write,
// with all that a client waits for, takes less.
const silence = time.Hour

// carriesOn reports whether a process still carries its run out, whose newest line was
// written at that time. Of another host's nobody here knows. A process with this one's
// number is not this one, and so is gone: in a container every process may be number 1.
func carriesOn(env Env, p migrate.Process, newest time.Time) bool {
	if env.Now().Sub(newest) > silence {
		return false
	}
	return p.Host != env.Host || p.PID != env.PID && env.Alive(p.PID)
}

// findRun finds the run whose id the word is, or begins.
func findRun(ctx context.Context, env Env, s *store.Store, word string) (pastRun, error) {
	runs, err := readRuns(ctx, env, s)
	if err != nil && !errors.Is(err, errIntegrity) {
		return pastRun{}, err
	}
	found := slices.DeleteFunc(slices.Clone(runs), func(r pastRun) bool {
		return len(word) < 4 || !strings.HasPrefix(r.ID, strings.ToLower(word))
	})
	if len(found) == 1 {
		return found[0], nil
	}
	if err != nil {
		return pastRun{}, err
	}
	text := fmt.Sprintf("no run's id begins with %q", word)
	if len(found) > 1 {
		text = fmt.Sprintf("more than one run's id begins with %q", word)
		runs = found
	}
	for i, r := range slices.Backward(runs) {
		if i < len(runs)-10 {
			break
		}
		text += fmt.Sprintf("\n%s  %s  %s to %s  %s", snapshot.ShortID(r.ID), r.StartedAt.UTC().Format(time.RFC3339), r.Plan.Verb, r.Plan.Target.Target, r.Status)
	}
	return pastRun{}, &problem{class: errNotFound, text: text, hint: "idpsnap runs lists them"}
}
