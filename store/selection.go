package store

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// selection says which versions are to be read.
type selection struct {
	collections map[int64]snapshot.Collection // by row
	stretches   []stretch
	// namesOnly tells the versions of which no more than the resource's id is wanted;
	// nil: none.
	namesOnly func(p span) bool
}

// stretch is a part of a selection: of some collections the versions that were seen
// at one of two captures, but not at the other. All captures of a snapshot are
// numbered together, so one bound stands for that of each collection. At 0 nothing
// was seen: from there on, a stretch is all that was seen at its end.
type stretch struct {
	collections []int64
	from, to    int64
	gone        bool // with all that had been seen up to its end, too; from is 0
}

// add selects a stretch of the collections that the captures are of.
func (s *selection) add(captures []capture, from, to int64) {
	if len(captures) == 0 {
		return
	}
	if s.collections == nil {
		s.collections = map[int64]snapshot.Collection{}
	}
	part := stretch{from: from, to: to}
	for _, c := range captures {
		s.collections[c.collection] = c.Collection
		part.collections = append(part.collections, c.collection)
	}
	s.stretches = append(s.stretches, part)
}

// addWithGone selects all that was seen at any capture up to one of them.
func (s *selection) addWithGone(captures []capture, to int64) {
	before := len(s.stretches)
	s.add(captures, 0, to)
	for i := range s.stretches[before:] {
		s.stretches[before+i].gone = true
	}
}

// ranks gives the collections' places in display order.
func (s *selection) ranks() map[int64]int {
	rows := make([]int64, 0, len(s.collections))
	for row := range s.collections {
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b int64) int {
		return snapshot.CompareResources(snapshot.Resource{Collection: s.collections[a]}, snapshot.Resource{Collection: s.collections[b]})
	})
	ranks := make(map[int64]int, len(rows))
	for i, row := range rows {
		ranks[row] = i
	}
	return ranks
}

// rows is the stretch's collections for the queries below.
func (p stretch) rows() string {
	text, _ := json.Marshal(p.collections) // numbers have no error
	return string(text)
}

// The queries for versions. ?1 are the collections, ?2 and ?3 the bounds. What they
// give is one value: to fetch row by row costs several times as much.
const (
	asSpans       = `SELECT json_group_array(json_array(collection, first, last, block, start, length)) `
	inCollections = `collection IN (SELECT value FROM json_each(?1))`

	// By the indexes: the cost is that of the versions that began or ended in between.
	begun        = `FROM version WHERE ` + inCollections + ` AND first > ?2 AND first <= ?3`
	ended        = `FROM version WHERE ` + inCollections + ` AND last > ?2 AND last <= ?3 AND last < 2147483647 AND ?2 > 0`
	begunByIndex = asSpans + begun + ` AND +last > ?3`
	endedByIndex = asSpans + ended + ` AND +first <= ?2`
	countByIndex = `SELECT (SELECT count(*) FROM (SELECT 1 ` + begun + ` LIMIT ?4)) + (SELECT count(*) FROM (SELECT 1 ` + ended + ` LIMIT ?4))`

	// By the table, a range of it at a time: the cost is that of all versions, but of
	// each it is a tenth of what it is by an index.
	byTable = asSpans + `FROM version NOT INDEXED WHERE id >= ?4 AND id <= ?5
		AND (first <= ?2 AND last > ?2) <> (first <= ?3 AND last > ?3) AND ` + inCollections

	// All that began up to a capture.
	allByTable = asSpans + `FROM version NOT INDEXED WHERE id >= ?3 AND id <= ?4 AND first <= ?2 AND ` + inCollections
)

const (
	scanIsCheaper = 10 // times, of one version
	rangeSize     = 8 << 10
	maxRanges     = 1 << 10 // however high a damaged number is
)

// shares divides what the selection asks for.
func (s *Store) shares(ctx context.Context, sel *selection) (shares []share, err error) {
	var versions int64
	if err := s.reader.GetContext(ctx, &versions, `SELECT coalesce(max(id), 0) FROM version`); err != nil {
		return nil, err
	}
	var few []span
	for _, p := range sel.stretches {
		if p.gone {
			shares = append(shares, inRanges(versions, allByTable, p.rows(), p.to)...)
			continue
		}
		var count int64
		enough := versions / scanIsCheaper
		if err := s.reader.GetContext(ctx, &count, countByIndex, p.rows(), p.from, p.to, enough+1); err != nil {
			return nil, err
		}
		if count > enough {
			shares = append(shares, inRanges(versions, byTable, p.rows(), p.from, p.to)...)
			continue
		}
		for _, query := range []string{begunByIndex, endedByIndex} {
			if few, err = appendSpans(ctx, few, s.reader, query, p.rows(), p.from, p.to); err != nil {
				return nil, err
			}
		}
	}
	return append(shares, inBlocks(few)...), nil
}

// inRanges makes a share of each range of the table. The query takes its bounds
// behind the other arguments.
func inRanges(versions int64, query string, args ...any) (shares []share) {
	size := max(rangeSize, versions/maxRanges+1)
	from := int64(math.MinInt64)
	for done := int64(0); done < versions; {
		done += min(size, versions-done)
		shares = append(shares, share{query: query, args: slices.Concat(args, []any{from, done})})
		from = done + 1
	}
	return shares
}

// inBlocks makes a share of each block's spans.
func inBlocks(spans []span) (shares []share) {
	slices.SortFunc(spans, byBlock)
	for len(spans) > 0 {
		end := 1
		for end < len(spans) && spans[end].block == spans[0].block {
			end++
		}
		shares = append(shares, share{spans: spans[:end]})
		spans = spans[end:]
	}
	return shares
}
