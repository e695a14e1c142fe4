package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/store"
)

// historyArgs are the flags of commands that read or write the history.
type historyArgs struct {
	db   string
	wait time.Duration
}

func (a *historyArgs) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "db", Destination: &a.db, Usage: "`FILE` of the history (IDPSNAP_DB; else idpsnap/history.db in $XDG_DATA_HOME or ~/.local/share)"},
		&cli.DurationFlag{Name: "lock-timeout", Destination: &a.wait, Value: 30 * time.Second, Usage: "how long to wait, as `TIME`, for another idpsnap on the same history, e.g. 90s or 5m (default 30s)"},
	}
}

// path finds the history's file.
func (a *historyArgs) path(env Env) (string, error) {
	path, err := a.named(env)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "", &problem{
			class: store.ErrNotHistory, text: path + " is a directory, and a history is a file",
			hint: "--db " + filepath.Join(path, "history.db") + " names a file in it",
		}
	}
	return path, nil
}

// named is the path that the flag or the environment names.
func (a *historyArgs) named(env Env) (string, error) {
	if a.db != "" {
		return a.db, nil
	}
	if p := env.Getenv("IDPSNAP_DB"); p != "" {
		return p, nil
	}
	dir, err := home(env, "XDG_DATA_HOME", ".local/share")
	if err != nil {
		return "", fmt.Errorf("find the history: %w", err)
	}
	return filepath.Join(dir, "idpsnap", "history.db"), nil
}

// home finds a base directory: the variable's, if it is an absolute path as the
// XDG specification wants it, else sub in the home directory.
func home(env Env, variable, sub string) (string, error) {
	if dir := env.Getenv(variable); filepath.IsAbs(dir) {
		return dir, nil
	}
	dir := env.Getenv("HOME")
	if dir == "" {
		dir = env.Getenv("USERPROFILE")
	}
	if !filepath.IsAbs(dir) {
		return "", usage("set HOME, or name the file with --db (cron starts with a bare environment)", "neither %s nor HOME is set", variable)
	}
	return filepath.Join(dir, filepath.FromSlash(sub)), nil
}

func (a *historyArgs) options() (store.Options, error) {
	if a.wait < 0 {
		return store.Options{}, usage("--lock-timeout 30s", "--lock-timeout must not be negative")
	}
	return store.Options{Busy: a.wait}, nil
}

// with opens the history, which must exist, for fn and closes it again.
func (a *historyArgs) with(ctx context.Context, env Env, fn func(*store.Store) error) error {
	path, err := a.path(env)
	if err != nil {
		return err
	}
	opts, err := a.options()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, path, opts)
	if err != nil {
		return err
	}
	return errors.Join(fn(s), s.Close())
}

// orCreate is with for a history that is made if there is none. fn is told
// whether it was made.
func (a *historyArgs) orCreate(ctx context.Context, env Env, fn func(s *store.Store, path string, isNew bool) error) error {
	path, err := a.path(env)
	if err != nil {
		return err
	}
	opts, err := a.options()
	if err != nil {
		return err
	}
	_, missing := os.Stat(path)
	s, err := store.Create(ctx, path, opts)
	if err != nil {
		return err
	}
	return errors.Join(fn(s, path, errors.Is(missing, os.ErrNotExist)), s.Close())
}

// configArgs is the flag that names the configuration.
type configArgs struct{ config string }

func (a *configArgs) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Destination: &a.config, Usage: "`FILE` of profiles (IDPSNAP_CONFIG; else idpsnap/config.yaml in $XDG_CONFIG_HOME or ~/.config)"},
	}
}

// file finds the configuration; it is named where it must exist.
func (a *configArgs) file(env Env) (path string, named bool, err error) {
	if a.config != "" {
		return a.config, true, nil
	}
	if p := env.Getenv("IDPSNAP_CONFIG"); p != "" {
		return p, true, nil
	}
	dir, err := home(env, "XDG_CONFIG_HOME", ".config")
	if err != nil {
		return "", false, fmt.Errorf("find the configuration: %w", err)
	}
	return filepath.Join(dir, "idpsnap", "config.yaml"), false, nil
}

// targetArgs are the flags of commands that take one target.
type targetArgs struct {
	configArgs

	account, zone, profile string
}

func (a *targetArgs) flags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "account", Destination: &a.account, Usage: "`ID` of the account that is the target"},
		&cli.StringFlag{Name: "zone", Destination: &a.zone, Usage: "`ID` of the zone that is the target"},
		&cli.StringFlag{Name: "profile", Destination: &a.profile, Usage: "`NAME` of the profile that is the target"},
	}, a.configArgs.flags()...)
}
