package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// ofHistory times what is asked of a history that was made without any server.
// Another process makes it: what that used at its peak would else be counted with
// every process that is started after it.
func (b *bench) ofHistory(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	path := filepath.Join(b.dir, "history.db")
	cmd := exec.CommandContext(ctx, self, "-make", path, "-users", fmt.Sprint(b.users), "-nights", fmt.Sprint(b.nights))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make a history: %w: %s", err, out)
	}
	b.env = []string{"HOME=" + b.dir, "IDPSNAP_DB=" + path}
	fmt.Printf("%d nights, %.1f MB\n\n", b.nights, float64(b.size())/1e6)
	return b.look(ctx)
}

// makeHistory makes a history in which 0.3 % of the users change and 0.05 % come
// and go each night.
func (b *bench) makeHistory(ctx context.Context, path string) error {
	s, err := store.Create(ctx, path, store.Options{Busy: time.Second})
	if err != nil {
		return err
	}
	account := storetest.NewPopulation(b.users, b.users/50)
	for n := range b.nights {
		if n > 0 {
			account.Night(30, 5, 5)
		}
		d, err := s.Begin(ctx, storetest.Account)
		if err != nil {
			return err
		}
		if _, err := account.Record(ctx, d, time.Date(2026, 1, 1+n, 3, 0, 0, 0, time.UTC)); err != nil {
			return err
		}
	}
	return s.Close()
}
