package commands

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
	"unicode"

	"github.com/idpsnap/idpsnap/snapshot"
)

// maxStateFile bounds a file that is read as a state.
const maxStateFile = 4 << 30

// stateFile is what `show STATE --json` and export print, as far as a state needs it.
// Package report writes it.
type stateFile struct {
	FormatVersion string `json:"format_version"`
	Snapshot      *struct {
		ID         string          `json:"id"`
		Target     string          `json:"target"`
		TargetName string          `json:"target_name"`
		TakenAt    time.Time       `json:"taken_at"`
		FinishedAt time.Time       `json:"finished_at"`
		Origin     snapshot.Origin `json:"origin"`
		Note       string          `json:"note"`
		Tool       string          `json:"tool"`
		Host       string          `json:"host"`
		Requests   int             `json:"requests"`
		// Of an imported one, the id that it had before.
		ImportedFrom string `json:"imported_from"`
		Collections  []struct {
			Kind         snapshot.Kind   `json:"kind"`
			ProviderID   string          `json:"provider_id"`
			ProviderName string          `json:"provider_name"`
			Status       snapshot.Status `json:"status"`
			Error        string          `json:"error"`
			Count        int             `json:"count"`
			Active       int             `json:"active"`
			Digest       snapshot.Digest `json:"digest"`
		} `json:"collections"`
	} `json:"snapshot"`
	Resources []struct {
		Kind       snapshot.Kind   `json:"kind"`
		ID         string          `json:"id"`
		ProviderID string          `json:"provider_id"`
		Document   json.RawMessage `json:"document"`
		// In YAML, strings of the document as they were sent, by JSON Pointer.
		AsSent map[string]string `json:"as_sent"`
	} `json:"resources"`
}

// readStateFile reads a state from the file at path, or from stdin where path is
// "-". Documents are made canonical and redacted anew: a person may have edited
// the file.
func readStateFile(ctx context.Context, env Env, path string) (snapshot.Snapshot, []snapshot.Resource, error) {
	in := io.Reader(interruptible{ctx, env.Stdin})
	if path != "-" {
		f, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) {
			return snapshot.Snapshot{}, nil, &problem{class: errNotFound, text: fmt.Sprintf("file:%s: there is no such file", path), hint: "idpsnap export STATE --out FILE makes one"}
		}
		if err != nil {
			return snapshot.Snapshot{}, nil, fmt.Errorf("read state: %w", err)
		}
		defer f.Close() //nolint:errcheck // nothing was written
		in = f
	}
	sn, resources, err := decodeState(io.LimitReader(in, maxStateFile))
	if ctx.Err() != nil {
		return sn, nil, context.Cause(ctx)
	}
	if err != nil {
		return sn, nil, &problem{class: errBadFile, text: fmt.Sprintf("file:%s: %v", path, err), hint: "the file must be what idpsnap export STATE writes as JSON or YAML, whole"}
	}
	return sn, resources, nil
}

// interruptible reads stdin, on which a person may not be typing anything, until
// the context ends.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i interruptible) Read(p []byte) (int, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		buf := make([]byte, len(p))
		n, err := i.r.Read(buf)
		done <- result{buf[:n], err}
	}()
	select {
	case r := <-done:
		return copy(p, r.data), r.err
	case <-i.ctx.Done():
		return 0, context.Cause(i.ctx)
	}
}

// errBadFile marks a file that holds no state.
var errBadFile = errors.New("not a state")

// notWhole is why a collection is not known of which a file holds a part, or nothing.
const notWhole = "not whole in this file"

// sqliteMagic is what SQLite files begin with.
const sqliteMagic = "SQLite format 3\x00"

// decodeJSON reads a state file's JSON, or the YAML that says the same. YAML has no
// brace at its beginning, JSON has.
func decodeJSON(r io.Reader) (f stateFile, err error) {
	in := bufio.NewReader(r)
	if start, _ := in.Peek(len(sqliteMagic)); string(start) == sqliteMagic { // what is shorter is none
		return f, errors.New("it is a SQLite file; a history is named with --db")
	}
	first, _, err := in.ReadRune()
	for err == nil && unicode.IsSpace(first) {
		first, _, err = in.ReadRune()
	}
	if err == nil {
		err = in.UnreadRune()
	}
	if err == nil && first != '{' {
		err = decodeYAML(in, &f)
		return f, err
	}
	dec := json.NewDecoder(in)
	if err := dec.Decode(&f); err != nil {
		return f, fmt.Errorf("it is not JSON of idpsnap: %w", plainly(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return f, errors.New("there is more behind its end")
	}
	return f, nil
}

func decodeYAML(r io.Reader, f *stateFile) error {
	text, err := io.ReadAll(io.LimitReader(r, maxYAML+1))
	if err != nil {
		return err
	}
	if len(text) > maxYAML {
		return fmt.Errorf("it is not JSON, and longer than the %d MB that are read of YAML", maxYAML>>20)
	}
	text, err = yamlToJSON(text)
	if err == nil {
		err = json.Unmarshal(text, f)
	}
	if err != nil {
		return fmt.Errorf("it is neither JSON nor YAML of idpsnap: %w", plainly(err))
	}
	return nil
}

func decodeState(r io.Reader) (snapshot.Snapshot, []snapshot.Resource, error) {
	f, err := decodeJSON(r)
	if err != nil {
		return snapshot.Snapshot{}, nil, err
	}
	switch {
	case f.Snapshot == nil:
		return snapshot.Snapshot{}, nil, errors.New(`it has no "snapshot"`)
	case f.FormatVersion != "1":
		return snapshot.Snapshot{}, nil, fmt.Errorf("its format_version is %q, this idpsnap reads 1", f.FormatVersion)
	}
	target, err := snapshot.ParseTarget(f.Snapshot.Target)
	if err != nil {
		return snapshot.Snapshot{}, nil, err
	}
	sn := snapshot.Snapshot{
		ID: f.Snapshot.ID, Target: target, TargetName: f.Snapshot.TargetName,
		TakenAt: f.Snapshot.TakenAt, FinishedAt: f.Snapshot.FinishedAt,
		Origin: f.Snapshot.Origin, Note: f.Snapshot.Note, Requests: f.Snapshot.Requests,
		Tool: f.Snapshot.Tool, Host: f.Snapshot.Host, ImportedFrom: f.Snapshot.ImportedFrom,
	}
	for _, c := range f.Snapshot.Collections {
		if _, err := snapshot.ParseKind(string(c.Kind)); err != nil {
			return sn, nil, err
		}
		sn.Captures = append(sn.Captures, snapshot.Capture{
			Collection:   snapshot.Collection{Kind: c.Kind, Provider: c.ProviderID},
			ProviderName: c.ProviderName, Status: c.Status, Error: c.Error, Count: c.Count, Active: c.Active, Digest: c.Digest,
		})
	}
	held := map[snapshot.Collection]int{}
	resources := make([]snapshot.Resource, 0, len(f.Resources))
	for i, r := range f.Resources {
		if _, err := snapshot.ParseKind(string(r.Kind)); err != nil {
			return sn, nil, fmt.Errorf("resource %d: %w", i+1, err)
		}
		doc, err := snapshot.NewDocument(exactly(r.Document, r.AsSent))
		if err != nil {
			return sn, nil, fmt.Errorf("resource %d (%s %s): %w", i+1, r.Kind, r.ID, err)
		}
		if id, err := snapshot.IDOf(r.Kind, doc); err != nil || id != r.ID {
			return sn, nil, fmt.Errorf("resource %d (%s %q): its document has another id, or none", i+1, r.Kind, r.ID)
		}
		at := snapshot.Collection{Kind: r.Kind, Provider: r.ProviderID}
		held[at]++
		resources = append(resources, snapshot.Resource{Collection: at, ID: r.ID, Document: doc})
	}
	// What --kind or a resource's name left out of the file is unknown, not empty.
	for i, c := range sn.Captures {
		if c.Status == snapshot.Complete && c.Count != held[c.Collection] {
			sn.Captures[i].Status, sn.Captures[i].Error = snapshot.Partial, notWhole
		}
	}
	slices.SortFunc(resources, snapshot.CompareResources)
	for i := 1; i < len(resources); i++ {
		if snapshot.CompareResources(resources[i-1], resources[i]) == 0 {
			return sn, nil, fmt.Errorf("%s %s is there twice", resources[i].Collection, resources[i].ID)
		}
	}
	return sn, resources, nil
}
