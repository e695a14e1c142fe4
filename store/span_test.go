package store

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pairs reads rows of two numbers.
func pairs(text string) (rows [][]int64, err error) {
	err = parseRows([]byte(text), 2, func(row []int64) { rows = append(rows, slices.Clone(row)) })
	return rows, err
}

func TestRows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][][]int64{
		`[]`:                        nil,
		`[[1,2]]`:                   {{1, 2}},
		`[[0,-1],[-20,300]]`:        {{0, -1}, {-20, 300}},
		`[[1,2],[3,4],[5,6]]`:       {{1, 2}, {3, 4}, {5, 6}},
		`[[1234567890123456789,2]]`: {{1234567890123456789, 2}},
		`[[9223372036854775807,-9223372036854775808],[-9223372036854775807,7]]`: {{math.MaxInt64, math.MinInt64}, {-math.MaxInt64, 7}},
	} {
		got, err := pairs(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		for end := range text {
			if _, err := pairs(text[:end]); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s, cut to %q: %v", text, text[:end], err)
			}
		}
	}
}

func TestRowsThatSQLiteDoesNotWrite(t *testing.T) {
	t.Parallel()
	for what, texts := range map[string][]string{
		"brackets": {`1,2`, `[1,2]`, `[[1,2`, `[[[1,2]]]`, `[]]`, `[[]`, `[[1,2]]]`, `[[1,2]],`, `[[1,2]][[3,4]]`, `[[1,2]][]`, `][`},
		"commas":   {`[,]`, `[[1,2],]`, `[,[1,2]]`, `[[1,2],,[3,4]]`, `[[1,2][3,4]]`, `[[1,2,]]`, `[[,1,2]]`, `[[1,,2]]`},
		"width":    {`[[]]`, `[[1]]`, `[[1,2,3]]`, `[[1,2],[3]]`, `[[1,2],[3,4,5]]`, `[[1,2],[]]`},
		"numbers": {
			`[[1,]]`, `[[,2]]`, `[[-,2]]`, `[[1,-]]`, `[[--1,2]]`, `[[1-,2]]`, `[[1-2,3]]`, `[[+1,2]]`, `[[1.5,2]]`, `[[1e3,2]]`, `[["1",2]]`, `[[null,2]]`, `[[0x1,2]]`,
		},
		"too large": {
			`[[9223372036854775808,2]]`, `[[-9223372036854775809,2]]`, `[[9999999999999999999,2]]`, `[[-9999999999999999999,2]]`,
			`[[18446744073709551617,2]]`, `[[1,99999999999999999999]]`, `[[1,00000000000000000002]]`, // the first of these is 1 in 64 bits
		},
		"space": {``, ` `, ` []`, `[] `, `[ ]`, `[[1, 2]]`, `[[1,2] ]`, "[[1,2]]\n", "[[1,2]]\x00"},
	} {
		for _, text := range texts {
			if rows, err := pairs(text); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s: %q is read as %v, %v", what, text, rows, err)
			}
		}
	}
}
