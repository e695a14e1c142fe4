package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"

	"github.com/idpsnap/idpsnap/report/audit"
)

// hues is how many series of a chart have colours of their own, where they are not
// weighed: the page knows --series-0 to --series-5, and how its lines are broken.
const hues = 6

// paint names the colour of series i, as a class and, behind --, as a colour of the
// page.
func (p *picture) paint(i int) string {
	if s := p.Series[i]; s.Weighed {
		return "weight-" + s.Severity.String()
	}
	return "series-" + strconv.Itoa(i%hues)
}

// theme gives each series a colour that nothing else has, so that paints finds it.
// Package charts knows no names of colours.
func (p *picture) theme() charts.ColorPalette {
	colors := make([]charts.Color, len(p.values))
	for i := range colors {
		colors[i] = marker(i)
	}
	return charts.MakeTheme(charts.ThemeOption{SeriesColors: colors, BackgroundColor: charts.ColorTransparent})
}

func marker(i int) charts.Color {
	//nolint:gosec // G115: i counts series, and is cut to a byte
	return charts.Color{R: 1, G: uint8(i / 256), B: uint8(i % 256), A: 255}
}

// paints puts the page's colours in place of the markers, and breaks lines so that
// they are told apart without colour.
func (p *picture) paints() *strings.Replacer {
	var pairs []string
	for i := range p.values {
		name := p.paint(i)
		line := fmt.Sprintf("stroke:var(--%s)", name)
		if dash := dashes[i%hues]; dash != "" {
			line += ";stroke-dasharray:" + dash
		}
		pairs = append(pairs, "stroke:"+marker(i).String(), line, "fill:"+marker(i).String(), fmt.Sprintf("fill:var(--%s)", name))
	}
	return strings.NewReplacer(pairs...)
}

// dashes say how the line of a series is broken.
var dashes = [hues]string{"", "7 4", "2 3", "12 3 2 3", "4 2", "1 5"}

// key is one line of a chart's legend.
type key struct {
	Class, Dash, Name string
	Line              bool
}

// Keys is the legend, in the order in which bars stand on one another.
func (p *picture) Keys() []key {
	list := make([]key, len(p.Series))
	for i, s := range p.Series {
		list[i] = key{Class: p.paint(i), Name: fit(Safe(s.Name), 80)}
		if p.Kind == audit.Line {
			list[i].Line, list[i].Dash = true, dashes[i%hues]
		}
	}
	return list
}

// Notes say what the eye would not see, or might take for something else.
func (p *picture) Notes() []string {
	var list []string
	if n := p.unknown(); n > 0 {
		list = append(list, "grey: not known ("+number(n)+" of "+number(len(p.Labels))+")")
	}
	if p.axis.min > 0 {
		list = append(list, "the scale begins at "+p.axis.label(p.axis.min))
	}
	return list
}

// words says what the picture shows to whoever cannot see it.
func (p *picture) words() string {
	var parts []string
	for i, s := range p.Series {
		parts = append(parts, s.Name+": "+p.course(i))
	}
	return strings.Join(parts, ". ") + "."
}

// course says what becomes of series i.
func (p *picture) course(i int) string {
	first, last, least, most, unknown := -1, -1, -1, -1, 0
	var sum float64
	for j, v := range p.values[i] {
		if math.IsNaN(v) {
			unknown++
			continue
		}
		if first < 0 {
			first, least, most = j, j, j
		}
		if last = j; v < p.values[i][least] {
			least = j
		}
		if v > p.values[i][most] {
			most = j
		}
		sum += v
	}
	if first < 0 {
		return "not known"
	}
	at := func(j int) string { return quantity(p.values[i][j]) + " (" + p.Labels[j] + ")" }
	said := "from " + at(first) + " to " + at(last) + ", least " + at(least) + ", most " + at(most)
	if p.Kind == audit.Bars {
		said = quantity(sum) + " in all, most " + at(most)
	}
	if unknown > 0 {
		said += "; not known " + number(unknown) + " of " + number(len(p.Labels)) + " times"
	}
	return said
}
