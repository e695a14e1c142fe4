package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// What was done to the history itself, as opposed to what runs did to targets, is in
// the journal, too, under no run. Which snapshots are forgotten and which are pinned
// follows from these entries alone.

// noRun stands where an entry of a run has its id.
const noRun = ""

// The events of upkeep.
const (
	forgotEvent   = "forget"
	prunedEvent   = "prune"
	pinnedEvent   = "pin"
	unpinnedEvent = "unpin"
	keyedEvent    = "pseudonyms"
)

// deed is the data of an entry of upkeep.
type deed struct {
	Snapshots []string `json:"snapshots,omitempty"` // full ids
	Why       string   `json:"why,omitempty"`
	// Of blocks, those that were deleted and those that were rewritten.
	Deleted   int `json:"deleted,omitempty"`
	Rewritten int `json:"rewritten,omitempty"`
	// Key is what pseudonyms are made with.
	Key string `json:"key,omitempty"`
}

// upkeep is what the entries come to.
type upkeep struct {
	forgotten map[string]oblivion // by full id
	pins      map[string][]string // by full id, why, each once, oldest first
	holes     bool                // a snapshot was forgotten since blocks were last rewritten
	named     map[string]string   // ids in the entries, and which entry names each first
	key       string              // of pseudonyms, in hexadecimal; "" before there is one
}

// oblivion is when and why a snapshot was forgotten.
type oblivion struct {
	at  time.Time
	why string
}

// refuse is the error for one who asks for the snapshot: nil unless it is forgotten.
func (u *upkeep) refuse(id string) error {
	if f, ok := u.forgotten[id]; ok {
		return fmt.Errorf("%w: forgotten on %s", ErrForgotten, f.at.UTC().Format(time.DateOnly))
	}
	return nil
}

// readUpkeep reads the entries and adds them up. What it cannot make sense of is
// damage: a snapshot that may be forgotten is not to pass for an empty one.
func readUpkeep(ctx context.Context, tx *sqlx.Tx) (*upkeep, error) {
	list, err := upkeepEntries(ctx, tx)
	if err != nil {
		return nil, err
	}
	u, problems := addUp(list)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%w: %s %s", ErrCorrupt, problems[0].Where, problems[0].What)
	}
	return u, nil
}

// upkeepEntries gives the entries, none of a history whose schema has no journal.
func upkeepEntries(ctx context.Context, tx *sqlx.Tx) ([]Entry, error) {
	version, err := schemaVersion(ctx, tx)
	if err != nil {
		return nil, err
	}
	var journal bool
	err = tx.GetContext(ctx, &journal, `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal')`)
	if err != nil || !journal && version < journalSchema {
		return nil, err
	}
	return entries(ctx, tx, `run = ''`)
}

// addUp goes through the entries, oldest first.
func addUp(list []Entry) (*upkeep, []snapshot.Problem) {
	u := &upkeep{forgotten: map[string]oblivion{}, pins: map[string][]string{}, named: map[string]string{}}
	var problems []snapshot.Problem
	for _, e := range list {
		var d deed
		where := entryName(noRun, e.Seq)
		if err := json.Unmarshal(e.Data, &d); err != nil {
			problems = append(problems, snapshot.Problem{Where: where, What: fmt.Sprintf("cannot be read: %v", err)})
			continue
		}
		for _, id := range d.Snapshots {
			if _, ok := u.named[id]; !ok {
				u.named[id] = where
			}
		}
		if !u.add(e, d) {
			problems = append(problems, snapshot.Problem{Where: where, What: fmt.Sprintf("is a %q, which idpsnap does not do", e.Event)})
		}
	}
	return u, problems
}

func (u *upkeep) add(e Entry, d deed) bool {
	switch e.Event {
	case forgotEvent:
		u.holes = true
		for _, id := range d.Snapshots {
			if _, before := u.forgotten[id]; !before {
				u.forgotten[id] = oblivion{e.At, d.Why}
			}
		}
	case prunedEvent:
		u.holes = false
	case pinnedEvent:
		for _, id := range d.Snapshots {
			if !slices.Contains(u.pins[id], d.Why) {
				u.pins[id] = append(u.pins[id], d.Why)
			}
		}
	case unpinnedEvent:
		for _, id := range d.Snapshots {
			delete(u.pins, id)
		}
	case keyedEvent:
		u.key = cmp.Or(u.key, d.Key)
	default:
		return false
	}
	return true
}

// entryName names an entry of the journal for messages.
func entryName(run string, seq int64) string {
	if run == noRun {
		return fmt.Sprintf("upkeep, entry %d", seq)
	}
	return fmt.Sprintf("run %s, entry %d", run, seq)
}

// note appends an entry of upkeep, in the transaction of what it tells of.
func note(ctx context.Context, tx *sqlx.Tx, event string, at time.Time, d deed) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // it can be read by hand
	if err := encoder.Encode(d); err != nil {
		return err
	}
	e := Entry{Run: noRun, Event: event, At: at, Data: bytes.TrimSpace(text.Bytes())}
	_, err := appendEntry(ctx, tx, e, func(_, _ int64) bool { return true })
	return err
}

// reason is why as it can be read back.
func reason(why string) (string, error) {
	if why == "" {
		return "", errors.New("without a reason")
	}
	return strings.ToValidUTF8(why, "\ufffd"), nil
}

// kept is a snapshot that the history holds.
type kept struct {
	id          string
	seq, target int64
}

// find gives the snapshots with the full ids, each once. It refuses those that are
// not there, or not any more.
func (u *upkeep) find(ctx context.Context, tx *sqlx.Tx, ids []string) ([]kept, error) {
	var list []kept
	for _, id := range ids {
		digest, err := hex.DecodeString(id)
		if err != nil {
			return nil, fmt.Errorf("%w: %q", ErrNoSnapshot, id)
		}
		k := kept{id: hex.EncodeToString(digest)}
		err = tx.QueryRowContext(ctx, `SELECT seq, target FROM snapshot WHERE id = ?`, digest).Scan(&k.seq, &k.target)
		if noRows(err) {
			err = ErrNoSnapshot
		}
		if err == nil {
			err = u.refuse(k.id)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", snapshot.ShortID(id), err)
		}
		if !slices.Contains(list, k) {
			list = append(list, k)
		}
	}
	return list, nil
}
