package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A file has its name once it is whole, and takes no other's.
func TestWholeOrNotAtAll(t *testing.T) {
	broken := errors.New("cannot be written on")
	stopped, stop := context.WithCancel(context.Background())
	stop()
	for name, c := range map[string]struct {
		ctx       context.Context
		meanwhile func(path string) error // in the middle of writing
		want      string                  // the file's contents afterwards, "" where there is none
		code      int
	}{
		"whole":                   {want: "ours", code: exitDone},
		"an error in the middle":  {meanwhile: func(string) error { return broken }, code: exitFailed},
		"cancelled":               {ctx: stopped, code: exitFailed},
		"another makes the file":  {meanwhile: func(path string) error { return os.WriteFile(path, []byte("theirs"), 0o600) }, want: "theirs", code: exitRefused},
		"another makes a link":    {meanwhile: func(path string) error { return os.Symlink("nothing", path) }, code: exitRefused},
		"another removes the lot": {meanwhile: func(path string) error { return os.RemoveAll(filepath.Dir(path)) }, code: exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "state")
			ctx := c.ctx
			if ctx == nil {
				ctx = context.Background()
			}
			err := whole(path, func(staged string) error {
				return filled(ctx, staged, func(w io.Writer) error {
					if _, err := fmt.Fprint(w, "ours"); err != nil {
						return err
					}
					if _, err := os.Lstat(path); err == nil {
						t.Error("it has its name before it is whole")
					}
					if c.meanwhile != nil {
						return c.meanwhile(path)
					}
					return nil
				})
			})
			code := exitDone
			if err != nil {
				code = judge(t.Context(), err).code
			}
			if code != c.code {
				t.Errorf("%v: status %d, want %d", err, code, c.code)
			}
			got, _ := os.ReadFile(path)
			if string(got) != c.want {
				t.Errorf("the file has %q, want %q", got, c.want)
			}
			if info, err := os.Stat(path); err == nil && info.Mode() != 0o600 {
				t.Errorf("mode %v", info.Mode())
			}
			entries, _ := os.ReadDir(dir)
			for _, e := range entries {
				if e.Name() != "state" {
					t.Errorf("%s is left behind", e.Name())
				}
			}
		})
	}
}
