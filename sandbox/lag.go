package sandbox

import (
	"slices"
	"sync"
)

// lagReads is how many reads still show a deleted provider, and lagLists how many lists lack a created one. Deletion
// was measured to be eventually consistent; the numbers are the sandbox's own.
const (
	lagReads = 2
	lagLists = 1
)

// lag is what reads do not know yet of what was written. It has a lock of its own, as reads count down.
type lag struct {
	sync.Mutex
	gone  []ghost
	fresh map[string]int // lists that are to lack a provider, by its id
}

// ghost is a deleted provider that reads still show.
type ghost struct {
	record
	at   int // where in the list it was
	left int
}

func (l *lag) create(id string) {
	l.Lock()
	defer l.Unlock()
	if l.fresh == nil {
		l.fresh = map[string]int{}
	}
	l.fresh[id] = lagLists
}

func (l *lag) delete(r record, at int) {
	l.Lock()
	defer l.Unlock()
	l.gone = append(l.gone, ghost{record: r, at: at, left: lagReads})
}

// forget makes reads know all about a provider.
func (l *lag) forget(id string) {
	l.Lock()
	defer l.Unlock()
	delete(l.fresh, id)
	l.gone = slices.DeleteFunc(l.gone, func(g ghost) bool { return g.id() == id })
}

func (l *lag) clear() {
	l.Lock()
	defer l.Unlock()
	l.gone, l.fresh = nil, nil
}

// listed is what a list shows of the providers that there are.
func (l *lag) listed(items []record) []record {
	l.Lock()
	defer l.Unlock()
	if len(l.gone) == 0 && len(l.fresh) == 0 {
		return items
	}
	items = slices.DeleteFunc(slices.Clone(items), func(r record) bool {
		left, ok := l.fresh[r.id()]
		switch {
		case !ok:
			return false
		case left == 1:
			delete(l.fresh, r.id())
		default:
			l.fresh[r.id()]--
		}
		return true
	})
	for i := range l.gone {
		items = slices.Insert(items, min(l.gone[i].at, len(items)), l.gone[i].record)
		l.gone[i].left--
	}
	l.bury()
	return items
}

// got is a deleted provider that a read by its id still shows.
func (l *lag) got(id string) (record, bool) {
	l.Lock()
	defer l.Unlock()
	i := slices.IndexFunc(l.gone, func(g ghost) bool { return g.id() == id })
	if i < 0 {
		return record{}, false
	}
	r := l.gone[i].record
	l.gone[i].left--
	l.bury()
	return r, true
}

func (l *lag) bury() {
	l.gone = slices.DeleteFunc(l.gone, func(g ghost) bool { return g.left == 0 })
}
