package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/migrate"
)

// tokenArgs are the flags that say where SCIM tokens go, which Cloudflare tells once.
type tokenArgs struct {
	out        string
	recipients cli.StringSlice
}

func (a *tokenArgs) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "scim-secrets-out", Destination: &a.out, Usage: "new `FILE`, for its owner alone, for the SCIM tokens that Cloudflare tells only once"},
		&cli.StringSliceFlag{Name: "age-recipient", Destination: &a.recipients, Usage: "encrypt that file for this `RECIPIENT` of age (age1…); age -d decrypts it; may be given again"},
	}
}

// open makes the file, so that it is known to be writable before anything is written
// to Cloudflare. It gives nil where no file was named; a nil *tokenSink is no
// migrate.Tokens.
func (a *tokenArgs) open() (*tokenSink, error) {
	recipients, err := a.parse()
	if err != nil {
		return nil, err
	}
	if a.out == "" {
		return nil, nil //nolint:nilnil // there is no file, and nothing wrong with that
	}
	s := &tokenSink{path: a.out, recipients: recipients}
	empty, err := s.document()
	if err != nil { // some kinds of recipients do not go together
		return nil, usage("leave some of them out", "--age-recipient: %v", err)
	}
	s.made, err = createPrivate(s.path, empty)
	if err != nil {
		return nil, notCreated("--scim-secrets-out", s.path, err)
	}
	return s, nil
}

// parse reads the public keys.
func (a *tokenArgs) parse() ([]age.Recipient, error) {
	if a.out == "" && len(a.recipients.Value()) > 0 {
		return nil, usage("--scim-secrets-out FILE", "--age-recipient encrypts the file of SCIM tokens, and none is named")
	}
	var all []age.Recipient
	for i, text := range a.recipients.Value() {
		r, err := parseRecipient(strings.TrimSpace(text), i+1)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// parseRecipient reads a public key. What is none is not quoted: it may be the
// private one.
func parseRecipient(text string, number int) (age.Recipient, error) {
	if strings.HasPrefix(strings.ToUpper(text), "AGE-SECRET-KEY-") || strings.Contains(text, "PRIVATE KEY") {
		return nil, usage("age-keygen -y KEYFILE prints the public key", "--age-recipient number %d is a private key: only the public one is wanted here", number)
	}
	if all, err := age.ParseRecipients(strings.NewReader(text)); err == nil && len(all) == 1 {
		return all[0], nil
	}
	return nil, usage("--age-recipient age1…; age-keygen makes a key and prints it", "--age-recipient number %d is no public key of age", number)
}

// tokenSink keeps SCIM tokens in a file, which at any moment is whole: each token is
// on the disk, and the file readable, before Keep returns.
type tokenSink struct {
	path       string
	recipients []age.Recipient
	made       fs.FileInfo // the file without tokens

	mu     sync.Mutex
	tokens []migrate.Token
	behind bool // the last of them is not in the file
}

var _ migrate.Tokens = (*tokenSink)(nil)

// Keep writes the file anew, with this token. Where that fails the file stays as it
// was, and the next Keep, or Close, tries to write this token, too.
func (s *tokenSink) Keep(t migrate.Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	same := func(old migrate.Token) bool { return old.ID == t.ID } // whose token is no longer valid
	s.tokens = append(slices.DeleteFunc(s.tokens, same), t)
	s.behind = true
	return s.write()
}

// Close removes the file again if no token came, unless keepEmpty.
func (s *tokenSink) Close(keepEmpty bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.behind {
		return s.write()
	}
	if len(s.tokens) > 0 || keepEmpty {
		return nil
	}
	now, err := os.Lstat(s.path)
	if err != nil || !os.SameFile(now, s.made) || now.Size() != s.made.Size() || !now.ModTime().Equal(s.made.ModTime()) {
		return nil // it is gone, which was wanted, or not the one that was made here
	}
	if err := os.Remove(s.path); err != nil {
		return fmt.Errorf("remove the empty file of SCIM tokens: %w", err)
	}
	return nil
}

func (s *tokenSink) write() error {
	data, err := s.document()
	if err == nil {
		err = replacePrivate(s.path, data)
	}
	if err != nil {
		return &problem{class: err, text: fmt.Sprintf("write the SCIM tokens to %s: %v", s.path, err), hint: "the file holds the tokens that came before; make room or the directory anew"}
	}
	s.behind = false
	return nil
}

// document is what the file holds: JSON for scripts, or that encrypted.
func (s *tokenSink) document() ([]byte, error) {
	plain, err := json.MarshalIndent(struct {
		FormatVersion string          `json:"format_version"`
		Tokens        []migrate.Token `json:"tokens"`
	}{"1", append([]migrate.Token{}, s.tokens...)}, "", "  ")
	if err != nil {
		return nil, err
	}
	plain = append(plain, '\n')
	if len(s.recipients) == 0 {
		return plain, nil
	}
	var out bytes.Buffer
	armored := armor.NewWriter(&out)
	w, err := age.Encrypt(armored, s.recipients...)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err = errors.Join(w.Close(), armored.Close()) // before what they wrote is taken
	return out.Bytes(), err
}

// createPrivate makes a file for its owner alone, which must not be there yet, and
// sees to it that it outlives a power cut. Where that fails, there is none.
func createPrivate(path string, data []byte) (fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err = fill(f, data); err == nil {
		err = syncDirectory(filepath.Dir(path))
	}
	info, statErr := os.Lstat(path)
	if err = errors.Join(err, statErr); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return info, nil
}

// replacePrivate puts a file in the place of another: whoever opens it finds the old
// one or the new one, whole.
func replacePrivate(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	if err = fill(f, data); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDirectory(filepath.Dir(path))
}

// fill writes, syncs and closes.
func fill(f io.WriteCloser, data []byte) error {
	_, err := f.Write(data)
	if file, ok := f.(*os.File); ok && err == nil {
		err = file.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDirectory makes the names in a directory outlive a power cut. Some file systems
// cannot, and say so.
func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// creatable says what speaks against making a new file, as far as that is known
// without making it. "" is no file.
func creatable(flag, path string) error {
	if path == "" {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return notCreated(flag, path, fs.ErrExist)
	}
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	if err != nil {
		return notCreated(flag, path, err)
	}
	return nil
}

// notCreated says why there is no new file.
func notCreated(flag, path string, err error) error {
	p := &problem{class: err, text: fmt.Sprintf("%s: %v", flag, err), hint: flag + " FILE names a new file in a directory where this user may write"}
	if errors.Is(err, fs.ErrExist) {
		p.class, p.text = errRefused, fmt.Sprintf("%s: %s is there already, and is not overwritten", flag, path)
		p.hint = flag + " FILE names a file that is not there yet"
	}
	return p
}
