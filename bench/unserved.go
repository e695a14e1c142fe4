package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// unserved measures what is asked of a history that is made without a server, by
// the store alone.
func (l *lab) unserved(ctx context.Context, r *record) error {
	o := r.Options
	if o.History == 0 {
		return nil
	}
	dir := filepath.Join(l.dir, "unserved")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h := history{lab: l, path: filepath.Join(dir, "history.db")}
	l.log.say("making a history of %d nights without a server", o.History)
	first, err := l.makeOf(ctx, filepath.Join(dir, "first.db"), 1, o)
	if err != nil {
		return err
	}
	all, err := l.makeOf(ctx, h.path, o.History, o)
	if err != nil {
		return err
	}
	r.add(made+sizeAll, idpsnap, size, float64(all))
	r.add(made+sizeAdded, idpsnap, size, float64(all-first)/float64(o.History-1))
	if err := l.askAlone(ctx, r, h, made); err != nil {
		return err
	}
	return l.ask(ctx, r, h.probes(o.History, made))
}

// makeOf makes a history of so many nights, in another process, and gives its size.
func (l *lab) makeOf(ctx context.Context, path string, nights int, o options) (int64, error) {
	o.Nights = nights
	cmd, err := l.child(ctx, job{Do: "make", Path: path, options: o})
	if err != nil {
		return 0, err
	}
	if _, err := timed(cmd); err != nil {
		return 0, err
	}
	return sizeOf(path)
}

// makeHistory makes a history in which 0.3 % of the users change and 0.05 % come
// and go each night, times churn.
func makeHistory(ctx context.Context, j job) (err error) {
	s, err := store.Create(ctx, j.Path, store.Options{Busy: time.Second})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	account := storetest.NewPopulation(j.Users, j.Users/50)
	of := func(share int) int { return int(float64(share) * j.Churn) }
	for n := range j.Nights {
		if n > 0 {
			account.Night(of(changedShare), of(addedShare), of(removedShare))
		}
		d, err := s.Begin(ctx, storetest.Account)
		if err != nil {
			return err
		}
		if _, err := account.Record(ctx, d, time.Date(2026, 1, 1+n, 3, 0, 0, 0, time.UTC)); err != nil {
			return err
		}
	}
	return nil
}
