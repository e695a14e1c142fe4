package snapshot

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Memory is a Recorder that keeps documents in memory: for a state that is looked
// at and recorded nowhere.
type Memory struct {
	mu         sync.Mutex
	recordings map[Collection]*memoryRecording
}

// NewMemory makes an empty Memory.
func NewMemory() *Memory { return &Memory{recordings: map[Collection]*memoryRecording{}} }

// Open begins a recording of the collection.
func (m *Memory) Open(_ context.Context, c Collection) (Recording, error) {
	r := &memoryRecording{memory: m, collection: c}
	r.Restart()
	return r, nil
}

// Resources yields what the finished recordings hold, in display order.
func (m *Memory) Resources() iter.Seq[Resource] {
	return func(yield func(Resource) bool) {
		m.mu.Lock()
		all := make([]Resource, 0, len(m.recordings))
		for c, r := range m.recordings {
			for id, d := range r.documents {
				all = append(all, Resource{Collection: c, ID: id, Document: d})
			}
		}
		m.mu.Unlock()
		slices.SortFunc(all, CompareResources)
		for _, r := range all {
			if !yield(r) {
				return
			}
		}
	}
}

// CompareResources orders resources for display: by kind, provider and id.
func CompareResources(a, b Resource) int {
	if a.Kind != b.Kind {
		return slices.Index(displayOrder, a.Kind) - slices.Index(displayOrder, b.Kind)
	}
	if a.Provider != b.Provider {
		return strings.Compare(a.Provider, b.Provider)
	}
	return strings.Compare(a.ID, b.ID)
}

var displayOrder = Kinds()

type memoryRecording struct {
	memory     *Memory
	collection Collection

	mu        sync.Mutex
	documents map[string]Document
}

// Page takes one page. Of elements with the same id the first counts.
func (r *memoryRecording) Page(elements []Element) (fresh int, err error) {
	for _, e := range elements {
		d, err := NewDocument(e.JSON)
		if err != nil {
			return 0, err
		}
		r.mu.Lock()
		if _, seen := r.documents[e.ID]; !seen {
			fresh++
			r.documents[e.ID] = d
		}
		r.mu.Unlock()
	}
	return fresh, nil
}

func (r *memoryRecording) Restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.documents = map[string]Document{}
}

func (r *memoryRecording) Finish(context.Context) (Capture, error) {
	r.memory.mu.Lock()
	defer r.memory.mu.Unlock()
	r.memory.recordings[r.collection] = r
	c := Capture{Collection: r.collection, Count: len(r.documents)}
	for _, d := range r.documents {
		if r.collection.Kind == SCIMUser && d.IsActive() {
			c.Active++
		}
	}
	return c, nil
}
