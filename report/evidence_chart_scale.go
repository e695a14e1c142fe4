package report

import (
	"math"
	"strconv"
)

// A scale is the axis that the numbers of a chart stand at.
type scale struct {
	min, max, step float64
}

// newScale makes a scale of few round numbers around lo to hi. It begins at zero, as
// bars have to, unless numbers differ by so little that nobody would see it.
func newScale(lo, hi float64, zero bool) scale {
	const steps = 5
	if zero || hi-lo > hi/4 || lo <= 0 {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	if lo == hi { // all are equal: a line in the middle, or nothing but zeros
		lo, hi = max(lo-1, min(lo, 0)), hi+1
	}
	step := roundStep((hi - lo) / steps)
	return scale{min: math.Floor(lo/step) * step, max: math.Ceil(hi/step) * step, step: step}
}

// roundStep gives the smallest of 1, 2, 5, 10, 20, 50, … that is no less than v.
// Charts count people and changes: there are no halves of them.
func roundStep(v float64) float64 {
	step := math.Pow(10, math.Floor(math.Log10(max(v, 1))))
	for _, n := range []float64{1, 2, 5, 10} {
		if n*step >= v {
			return n * step
		}
	}
	return 10 * step
}

// ticks gives the round numbers of the scale.
func (s scale) ticks() []float64 {
	var list []float64
	for i := 0; s.min+float64(i)*s.step <= s.max && i < 100; i++ {
		list = append(list, s.min+float64(i)*s.step)
	}
	return list
}

func (s scale) label(v float64) string { return quantity(v) }

// quantity writes a number of a chart.
func quantity(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < tooMuch {
		return number(int(v))
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}
