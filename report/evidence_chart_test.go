package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/report/audit"
)

func drawn(tb testing.TB, c audit.Chart) string {
	tb.Helper()
	p, known := newPicture(&c)
	if !known {
		tb.Fatal("nothing is known")
	}
	svg, err := p.svg("c")
	if err != nil {
		tb.Fatal(err)
	}
	return string(svg)
}

// barHeights gives the heights of the bars in a picture.
func barHeights(svg string) []int {
	var list []int
	for _, m := range regexp.MustCompile(`<path d="M (\d+) (\d+)\nL (\d+) \d+\nL \d+ (\d+)[^"]*" style="stroke:none;fill:var`).FindAllStringSubmatch(svg, -1) {
		var x1, y1, x2, y2 int
		fmt.Sscan(strings.Join(m[1:], " "), &x1, &y1, &x2, &y2)
		if x2 > x1 {
			list = append(list, y2-y1)
		}
	}
	return list
}

func TestEveryBarIsDrawn(t *testing.T) {
	for _, labels := range []int{1, 2, 14, 45, 92, 365} {
		for _, weighed := range []bool{false, true} {
			c := audit.Chart{Name: "c", Title: "C", Kind: audit.Bars, Series: []audit.Series{{Name: "A", Weighed: weighed}, {Name: "B", Weighed: weighed, Severity: 3}, {Name: "C", Weighed: weighed, Severity: 4}}}
			for j := range labels {
				c.Labels = append(c.Labels, fmt.Sprintf("2026-%03d", j))
				for i := range c.Series {
					c.Series[i].Values = append(c.Series[i].Values, float64(1+(i+j)%3))
				}
			}
			heights := barHeights(drawn(t, c))
			if len(heights) != 3*labels {
				t.Errorf("%d labels, weighed %t: %d bars of %d", labels, weighed, len(heights), 3*labels)
			}
			for _, h := range heights {
				if h < 10 {
					t.Errorf("%d labels, weighed %t: a bar is %d high", labels, weighed, h)
					break
				}
			}
		}
	}
}

func TestALineBreaksWhereNothingIsKnown(t *testing.T) {
	c := audit.Chart{Name: "c", Title: "C", Labels: strings.Split("abcdefgh", ""), Series: []audit.Series{{Name: "A", Values: []float64{1, 2, math.NaN(), 4, math.Inf(1), 5, 6}}}}
	svg := drawn(t, c)
	lines := strings.Count(svg, "stroke:var(--series-0)")
	points := strings.Count(svg, "<circle")
	if lines != 3 || points != 1 {
		t.Errorf("%d strokes and %d points; want a line, a point, a line", lines, points)
	}
	if n := strings.Count(svg, `class="unknown"`); n != 3 {
		t.Errorf("%d labels are marked as not known, want 3", n)
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Error("a number is no number")
	}
	if !strings.Contains(svg, "A: from 1 (a) to 6 (g), least 1 (a), most 6 (g); not known 3 of 8 times.") {
		t.Errorf("is described as %s", regexp.MustCompile(`<desc.*?</desc>`).FindString(svg))
	}
}

func TestPicturesHoldWhateverIsPutIntoThem(t *testing.T) {
	value := rapid.OneOf(rapid.Float64Range(0, 1e6), rapid.SampledFrom([]float64{0, 1, 1204, 1205, 98231, 1e12, -5, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}))
	rapid.Check(t, func(rt *rapid.T) {
		c := audit.Chart{Name: "c", Title: "C", Kind: rapid.SampledFrom([]audit.ChartKind{audit.Line, audit.Bars}).Draw(rt, "kind")}
		c.Labels = rapid.SliceOfN(rapid.String(), 0, 40).Draw(rt, "labels")
		for range rapid.IntRange(0, 8).Draw(rt, "series") {
			c.Series = append(c.Series, audit.Series{Name: rapid.String().Draw(rt, "name"), Weighed: rapid.Bool().Draw(rt, "weighed"), Values: rapid.SliceOfN(value, 0, 45).Draw(rt, "values")})
		}
		p, known := newPicture(&c)
		if !known {
			return
		}
		svg, err := p.svg("c")
		if err != nil {
			rt.Fatal(err)
		}
		if again, err := p.svg("c"); err != nil || again != svg {
			rt.Fatal("drawn twice, it is not the same")
		}
		d := xml.NewDecoder(strings.NewReader(string(svg)))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				rt.Fatal(err)
			}
		}
		if bad := regexp.MustCompile(`NaN|rgb\(1,`).FindString(string(svg)); bad != "" && !strings.Contains(fmt.Sprint(c.Labels, c.Series), bad) {
			rt.Fatalf("%q in the picture", bad)
		}
	})
}

func TestScalesAreRound(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		bars   bool
		want   string
	}{
		{0, 0, true, "0 1"},
		{0, 1, true, "0 1"},
		{3, 10, true, "0 2 4 6 8 10"},
		{1204, 1251, false, "1,200 1,210 1,220 1,230 1,240 1,250 1,260"},
		{1204, 1251, true, "0 500 1,000 1,500"},
		{10, 1251, false, "0 500 1,000 1,500"},
		{1204, 1204, false, "1,203 1,204 1,205"},
		{98000, 98231, false, "98,000 98,050 98,100 98,150 98,200 98,250"},
		{-3, 4, true, "-4 -2 0 2 4"},
	} {
		s := newScale(c.lo, c.hi, c.bars)
		var got []string
		for _, v := range s.ticks() {
			got = append(got, s.label(v))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("from %v to %v: %s, want %s", c.lo, c.hi, strings.Join(got, " "), c.want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		lo := rapid.Float64Range(-1e9, 1e9).Draw(rt, "lo")
		hi := lo + rapid.Float64Range(0, 1e9).Draw(rt, "more")
		s := newScale(lo, hi, rapid.Bool().Draw(rt, "bars"))
		if n := len(s.ticks()); s.min > lo || s.max < hi || n < 2 || n > 9 {
			rt.Fatalf("%v has %d numbers for %v to %v", s, n, lo, hi)
		}
	})
}

func TestLabelsDoNotRunIntoOneAnother(t *testing.T) {
	text := regexp.MustCompile(`<text x="([0-9.]+)" y="236" text-anchor="(\w+)">([^<]*)</text>`)
	for n := 1; n < 400; n += 7 {
		for _, kind := range []audit.ChartKind{audit.Line, audit.Bars} {
			c := usersChart(n)
			c.Kind = kind
			end, found := 0.0, text.FindAllStringSubmatch(drawn(t, c), -1)
			if len(found) == 0 || found[0][3] != c.Labels[0] {
				t.Fatalf("%d points: the first is not labelled: %q", n, found)
			}
			for _, m := range found {
				var x float64
				fmt.Sscan(m[1], &x)
				wide := float64(6.5 * float64(len(m[3])))
				begin := x - map[string]float64{"start": 0, "middle": wide / 2, "end": wide}[m[2]]
				if begin < end {
					t.Errorf("%d points: %s begins at %.0f, where the label before ends at %.0f", n, m[3], begin, end)
				}
				end = begin + wide
			}
		}
	}
}
