// Package storetest is the suite that every implementation of a history passes.
package storetest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// History is what a history can do, as its users know it.
type History interface {
	Begin(ctx context.Context, t snapshot.Target) (Draft, error)
	Snapshots(ctx context.Context) ([]snapshot.Snapshot, error)
	Resources(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Resource, error]
	Differences(ctx context.Context, a, b string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Pair, error]
	DifferencesIn(ctx context.Context, a, b string, wanted func(snapshot.Collection) bool) iter.Seq2[snapshot.Pair, error]
	Members(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Member, error]
	Versions(ctx context.Context, t snapshot.Target, match func(snapshot.Resource) bool) ([]snapshot.Version, error)
	Append(ctx context.Context, e Entry, after int64) (seq int64, err error)
	Journal(ctx context.Context, run string) ([]Entry, error)
	Verify(ctx context.Context) (snapshot.Verification, error)
}

// Errors are a history's for what the suite provokes.
type Errors struct {
	Moved      error // a snapshot that another one came before
	NoSnapshot error // an unknown id
	RunMoved   error // an entry of a run that has others than its writer knows of
}

// Draft is a snapshot that is being taken.
type Draft interface {
	snapshot.Recorder
	Commit(ctx context.Context, sn snapshot.Snapshot) (snapshot.Snapshot, error)
}

// Run runs the suite on histories that open makes, each new and empty.
func Run(t *testing.T, open func(t *testing.T) History, errs Errors) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, h History){
		"SaveThenLoadIsIdentity":         saveThenLoad,
		"EachNightIsAsItWas":             eachNightIsAsItWas,
		"UnchangedNightCountsNothing":    unchangedNight,
		"MaskedSecretsAreAbsence":        maskedSecrets,
		"SecretsAreNotKept":              secretsAreNotKept,
		"LastModifiedIsNoChange":         lastModifiedIsNoChange,
		"MissedCaptureLeavesNoHole":      missedCapture,
		"RestartForgets":                 restartForgets,
		"FirstOfTwoWithOneIDCounts":      firstCounts,
		"ComesBackAfterLeaving":          comesBack,
		"ManyResources":                  manyResources,
		"SameSetSameDigest":              sameSetSameDigest,
		"TargetsAreApart":                targetsAreApart,
		"BadDocumentIsRefused":           badDocument,
		"SecondOfTwoDraftsIsRefused":     func(t *testing.T, h History) { t.Helper(); secondDraft(t, h, errs.Moved) },
		"UnfinishedReadingIsNoCapture":   unfinished,
		"SnapshotKeepsItsOwnParticulars": particulars,

		"ChangedAndBackIsNoDifference":     changedAndBack,
		"NeighboursDifferInWhatChanged":    neighbours,
		"CollectionOfOneSideIsYieldedOnce": oneSided,
		"DifferencesOfAKind":               differencesOfAKind,
		"DifferencesStop":                  differencesStop,
		"DifferencesNeedSnapshotsOfOne":    func(t *testing.T, h History) { t.Helper(); differencesRefused(t, h, errs.NoSnapshot) },
		"FirstSeenIsOfWhoeverStays":        func(t *testing.T, h History) { t.Helper(); firstSeen(t, h, errs.NoSnapshot) },
		"RenamedIsFoundByItsOldName":       renamed,
		"GoneIsFound":                      gone,
		"OtherTargetsAreNotSearched":       otherTargets,
		"RecordedMeanwhileIsNotSearched":   recordedMeanwhile,
		"CancelledReadingStops":            cancelled,

		"EntriesComeBackInTheirOrder": appendThenRead,
		"EntriesHaveTimesInUTC":       timesAreUTC,
		"EntriesThatCannotBeAreNot":   entriesThatCannotBe,
		"EntryComesAfterTheOneKnown":  func(t *testing.T, h History) { t.Helper(); appendAfter(t, h, errs.RunMoved) },
		"OneOfManyCarriesARunOn":      func(t *testing.T, h History) { t.Helper(); oneWins(t, h, errs.RunMoved) },
		"RunsAtOnceLeaveNoGap":        runsAtOnce,
		"JournalLeavesSnapshotsAlone": journalAndSnapshots,
		"CancelledEntryIsNotAppended": cancelledAppend,
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			test(t, h)
			verify(t, h)
			agrees(t, h)
		})
	}
}

// Account is the target of most of the suite.
var Account = snapshot.Target{Scope: snapshot.Account, ID: "a1b2c3"}

var (
	users     = snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "11111111-1111-4111-8111-111111111111"}
	providers = snapshot.Collection{Kind: snapshot.IdentityProvider}
	start     = time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
)

// list is what a collection holds: JSON by id.
type list map[string]string

func (l list) pages(size int) [][]snapshot.Element {
	var all []snapshot.Element
	for id, json := range l {
		all = append(all, snapshot.Element{ID: id, JSON: []byte(json)})
	}
	var pages [][]snapshot.Element
	for ; len(all) > size; all = all[size:] {
		pages = append(pages, all[:size])
	}
	return append(pages, all)
}

// helper is what *testing.T and *rapid.T have in common.
type helper interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// night records lists as one snapshot of the target.
func night(t helper, h History, target snapshot.Target, at time.Time, lists map[snapshot.Collection]list) snapshot.Snapshot {
	t.Helper()
	ctx := context.Background()
	d, err := h.Begin(ctx, target)
	if err != nil {
		t.Fatal(err)
	}
	sn := snapshot.Snapshot{Target: target, TakenAt: at, FinishedAt: at.Add(time.Minute), Tool: "test", Host: "api.test"}
	for c, l := range lists {
		r, err := d.Open(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range l.pages(100) {
			if _, err := r.Page(page); err != nil {
				t.Fatal(err)
			}
		}
		capture, err := r.Finish(ctx)
		if err != nil {
			t.Fatal(err)
		}
		capture.Status = snapshot.Complete
		sn.Captures = append(sn.Captures, capture)
	}
	sn, err = d.Commit(ctx, sn)
	if err != nil {
		t.Fatal(err)
	}
	return sn
}

// holds checks that the snapshot has exactly these documents in the collection.
func holds(t *testing.T, h History, sn snapshot.Snapshot, c snapshot.Collection, want list) {
	t.Helper()
	got := list{}
	last := ""
	for r, err := range h.Resources(context.Background(), sn.ID, c.Kind) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Collection != c {
			continue
		}
		if r.ID <= last {
			t.Errorf("%s comes after %s", r.ID, last)
		}
		last = r.ID
		got[r.ID] = string(r.Document)
	}
	if !maps.Equal(want, got) {
		diff := cmp.Diff(want, got)
		t.Errorf("%s in snapshot %s (-want +got):\n%s", c, snapshot.ShortID(sn.ID), diff)
	}
}

func verify(t *testing.T, h History) {
	t.Helper()
	v, err := h.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range v.Problems {
		t.Errorf("verify: %s: %s", p.Where, p.What)
	}
}

func counts(t *testing.T, sn snapshot.Snapshot, c snapshot.Collection, want string) {
	t.Helper()
	capture, ok := sn.Capture(c)
	if !ok {
		t.Fatalf("no capture of %s", c)
	}
	if got := fmt.Sprintf("%d +%d ~%d -%d", capture.Count, capture.Added, capture.Changed, capture.Removed); got != want {
		t.Errorf("%s: counts %s, want %s", c, got, want)
	}
}

func user(id, name string) string {
	return fmt.Sprintf(`{"active":true,"displayName":%q,"id":%q}`, name, id)
}

func someUsers(n int) list {
	l := list{}
	for i := range n {
		id := fmt.Sprintf("%08d-aaaa-4aaa-8aaa-aaaaaaaaaaaa", i*7919)
		l[id] = user(id, fmt.Sprint("User ", i))
	}
	return l
}
