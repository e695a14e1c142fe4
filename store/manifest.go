package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// manifest is what a history says of a snapshot. Its bytes are stored as they were
// hashed: their SHA-256 is the snapshot's id. Fields may be added; none is renamed.
type manifest struct {
	Format     string            `json:"format_version"`
	Previous   string            `json:"previous"` // id of the snapshot before this one in the history, "" of the first
	Target     string            `json:"target"`
	TargetName string            `json:"target_name,omitempty"`
	TakenAt    time.Time         `json:"taken_at"`
	FinishedAt time.Time         `json:"finished_at"`
	Origin     snapshot.Origin   `json:"origin,omitempty"`
	Source     string            `json:"imported_from,omitempty"` // id of an imported one where it came from
	Note       string            `json:"note,omitempty"`
	Tool       string            `json:"tool"`
	Host       string            `json:"host"`
	Requests   int               `json:"requests"`
	Captures   []manifestCapture `json:"collections"`
}

type manifestCapture struct {
	Kind         snapshot.Kind    `json:"kind"`
	Provider     string           `json:"provider_id,omitempty"`
	ProviderName string           `json:"provider_name,omitempty"`
	Status       snapshot.Status  `json:"status"`
	Error        string           `json:"error,omitempty"`
	Count        int              `json:"count,omitempty"`
	Active       int              `json:"active,omitempty"`
	Digest       *snapshot.Digest `json:"digest,omitempty"` // of a complete capture
	Added        int              `json:"added,omitempty"`
	Changed      int              `json:"changed,omitempty"`
	Removed      int              `json:"removed,omitempty"`
}

const manifestFormat = "1"

// newManifest writes the snapshot's manifest and gives its id.
func newManifest(s snapshot.Snapshot, previous string) (text []byte, id snapshot.Digest, err error) {
	m := manifest{
		Format: manifestFormat, Previous: previous, Target: s.Target.String(), TargetName: s.TargetName,
		TakenAt: s.TakenAt, FinishedAt: s.FinishedAt, Origin: s.Origin, Source: s.ImportedFrom, Note: s.Note, Tool: s.Tool,
		Host: s.Host, Requests: s.Requests,
	}
	for _, c := range s.Captures {
		mc := manifestCapture{
			Kind: c.Kind, Provider: c.Provider, ProviderName: c.ProviderName, Status: c.Status, Error: c.Error,
			Count: c.Count, Active: c.Active, Added: c.Added, Changed: c.Changed, Removed: c.Removed,
		}
		if c.Status == snapshot.Complete {
			mc.Digest = &c.Digest
		}
		m.Captures = append(m.Captures, mc)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return nil, id, fmt.Errorf("write manifest: %w", err)
	}
	text = bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	return text, sha256.Sum256(text), nil
}

// readManifest reads what newManifest wrote.
func readManifest(text []byte) (s snapshot.Snapshot, previous string, err error) {
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return s, "", fmt.Errorf("%w: read a manifest: %w", ErrCorrupt, err)
	}
	t, err := snapshot.ParseTarget(m.Target)
	if err != nil {
		return s, "", fmt.Errorf("%w: read a manifest: %w", ErrCorrupt, err)
	}
	id := snapshot.Digest(sha256.Sum256(text))
	s = snapshot.Snapshot{
		ID: id.String(), Target: t, TargetName: m.TargetName, TakenAt: m.TakenAt, FinishedAt: m.FinishedAt,
		Origin: m.Origin, ImportedFrom: m.Source, Note: m.Note, Tool: m.Tool, Host: m.Host, Requests: m.Requests,
	}
	for _, mc := range m.Captures {
		c := snapshot.Capture{
			Collection:   snapshot.Collection{Kind: mc.Kind, Provider: mc.Provider},
			ProviderName: mc.ProviderName, Status: mc.Status, Error: mc.Error,
			Count: mc.Count, Active: mc.Active, Added: mc.Added, Changed: mc.Changed, Removed: mc.Removed,
		}
		if mc.Digest != nil {
			c.Digest = *mc.Digest
		}
		s.Captures = append(s.Captures, c)
	}
	return s, m.Previous, nil
}
