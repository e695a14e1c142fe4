package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
)

// span is a version: where its document lies, and the captures that saw it.
type span struct {
	collection, first, last int64
	block, start, length    int64
}

func byBlock(a, b span) int {
	return cmp.Or(cmp.Compare(a.block, b.block), cmp.Compare(a.start, b.start))
}

// queryer is a connection, or any of them.
type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// appendSpans appends what one of the queries for versions gives.
func appendSpans(ctx context.Context, to []span, db queryer, query string, args ...any) ([]span, error) {
	var text []byte
	if err := db.QueryRowContext(ctx, query, args...).Scan(&text); err != nil {
		return nil, err
	}
	return parseSpans(to, text)
}

// parseSpans reads spans as SQLite writes them: [[1,2,3,4,5,6],[1,2,3,4,5,6]].
func parseSpans(to []span, text []byte) ([]span, error) {
	var p span
	columns := []*int64{&p.collection, &p.first, &p.last, &p.block, &p.start, &p.length}
	column := 0
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9' && column < len(columns) && *columns[column] < 1<<53:
			*columns[column] = *columns[column]*10 + int64(c-'0')
		case c == ',' && column < len(columns):
			column++
		case c == ']' && column == len(columns)-1:
			to, p, column = append(to, p), span{}, len(columns)
		case c == '[' && i > 0:
			column = 0
		case c == '[', c == ',' && text[i-1] == ']', c == ']' && i == len(text)-1:
		default:
			return nil, fmt.Errorf("%w: a version has %.80s", ErrCorrupt, text[i:])
		}
	}
	return to, nil
}
