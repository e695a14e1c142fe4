package report

import (
	"bytes"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"

	"github.com/idpsnap/idpsnap/report/audit"
)

// A picture is a chart as a page shows it: lines or bars that package charts draws,
// in a frame that is written here. Labels and names never pass through package
// charts, which would shorten numbers (1.2k), let dates run into one another and
// draw no bars at all where there are many.
type picture struct {
	*audit.Chart
	values [][]float64 // of each series, one for each label; NaN is not known
	stack  bool        // bars stand on one another
	axis   scale
	left   int // where the plot begins: the numbers of the axis stand there
	plot   int // width of the plot
}

// Sizes of a picture, in units of its own: it is drawn as wide as there is room.
const (
	pictureWidth  = 640
	pictureHeight = 250
	plotTop       = 12
	plotHeight    = 206
	plotRight     = 16 // half of the last date stands there
	letterWidth   = 7  // at most, of digits at the size of the labels
)

// tooMuch is more than anybody has of anything: a number that large is none.
const tooMuch = 1e15

// newPicture makes a picture of c; ok is false where nothing in it is known.
func newPicture(c *audit.Chart) (p *picture, ok bool) {
	p = &picture{Chart: c, values: make([][]float64, len(c.Series)), stack: c.Kind == audit.Bars}
	for i, s := range c.Series {
		p.values[i] = make([]float64, len(c.Labels))
		for j := range p.values[i] {
			p.values[i][j] = math.NaN()
			if j < len(s.Values) && math.Abs(s.Values[j]) < tooMuch {
				p.values[i][j] = s.Values[j]
			}
		}
		p.stack = p.stack && s.Weighed
	}
	lo, hi, known := p.extent()
	if !known {
		return p, false
	}
	p.axis = newScale(lo, hi, c.Kind == audit.Bars)
	p.left = 12
	for _, v := range p.axis.ticks() {
		p.left = max(p.left, 12+letterWidth*len(p.axis.label(v)))
	}
	p.plot = pictureWidth - p.left - plotRight
	if c.Kind == audit.Bars {
		p.plot = max(p.plot, len(c.Labels)*p.slot())
	}
	return p, true
}

// slot is how wide the bars of one label and the space around them are at least.
func (p *picture) slot() int {
	if p.stack {
		return 6
	}
	return 6 + 4*len(p.values)
}

// extent gives the lowest and highest of all numbers, or of their sums where bars
// stand on one another.
func (p *picture) extent() (lo, hi float64, known bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for j := range p.Labels {
		var sum float64
		for _, vs := range p.values {
			v := vs[j]
			if math.IsNaN(v) {
				continue
			}
			known = true
			if sum += v; p.stack {
				v = sum
			}
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi, known
}

// unknown counts the labels of which something is not known.
func (p *picture) unknown() int {
	n := 0
	for j := range p.Labels {
		if p.unknownAt(j) {
			n++
		}
	}
	return n
}

func (p *picture) unknownAt(j int) bool {
	for _, vs := range p.values {
		if math.IsNaN(vs[j]) {
			return true
		}
	}
	return false
}

// x gives the middle of label j in the plot.
func (p *picture) x(j int) float64 {
	if n := len(p.Labels); p.Kind == audit.Line && n > 1 {
		return float64(p.plot) * float64(j) / float64(n-1)
	}
	return p.edge(j) + p.edge(1)/2
}

// edge gives where the room of label j begins in the plot.
func (p *picture) edge(j int) float64 {
	return float64(p.plot) * float64(j) / float64(len(p.Labels))
}

func (p *picture) y(v float64) float64 {
	return plotTop + plotHeight*(p.axis.max-v)/(p.axis.max-p.axis.min)
}

// svg writes the picture. Colours are names that the page gives a meaning to, one
// for light and one for dark; id begins the names by which title and description
// are found.
func (p *picture) svg(id string) (template.HTML, error) {
	marks, err := p.marks()
	if err != nil {
		return "", fmt.Errorf("chart %s: %w", p.Name, err)
	}
	var b strings.Builder
	width := p.left + p.plot + plotRight
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-labelledby="%[3]s-title %[3]s-desc"`, width, pictureHeight, id)
	if width > pictureWidth {
		fmt.Fprintf(&b, ` style="min-width:%dpx"`, width)
	}
	fmt.Fprintf(&b, `><title id="%[1]s-title">%[2]s</title><desc id="%[1]s-desc">%[3]s</desc>`, id, escaped(p.Title), escaped(p.words()))
	p.frame(&b)
	fmt.Fprintf(&b, `<g transform="translate(%d %d)">%s</g></svg>`, p.left, plotTop, marks)
	//nolint:gosec // G203: texts are escaped above, and the marks hold none
	return template.HTML(b.String()), nil
}

// frame writes what is around the lines or bars: where something is not known, the
// lines of the axis with their numbers, and the labels.
func (p *picture) frame(b *strings.Builder) {
	for j := range p.Labels {
		if p.unknownAt(j) {
			from, to := p.edge(j), p.edge(j+1)
			if p.Kind == audit.Line && len(p.Labels) > 1 {
				half := p.x(1) / 2
				from, to = max(p.x(j)-half, 0), min(p.x(j)+half, float64(p.plot))
			}
			fmt.Fprintf(b, `<rect class="unknown" x="%s" y="%d" width="%s" height="%d"/>`, unit(float64(p.left)+from), plotTop, unit(to-from), plotHeight)
		}
	}
	for _, v := range p.axis.ticks() {
		y := unit(p.y(v))
		fmt.Fprintf(b, `<path class="grid" d="M%d %sH%d"/><text x="%d" y="%s" dy=".33em" text-anchor="end">%s</text>`,
			p.left, y, p.left+p.plot, p.left-6, y, p.axis.label(v))
	}
	for _, j := range p.labelled() {
		x, anchor := float64(p.left)+p.x(j), "middle"
		switch half := float64(letterWidth*width(p.label(j))) / 2; {
		case x+half > float64(p.left+p.plot+plotRight):
			x, anchor = float64(p.left+p.plot+plotRight), "end"
		case x < half:
			x, anchor = 0, "start"
		}
		fmt.Fprintf(b, `<path class="axis" d="M%s %dv5"/><text x="%s" y="%d" text-anchor="%s">%s</text>`,
			unit(float64(p.left)+p.x(j)), plotTop+plotHeight, unit(x), pictureHeight-14, anchor, template.HTMLEscapeString(p.label(j)))
	}
}

// label is what stands below point j.
func (p *picture) label(j int) string { return fit(Safe(p.Labels[j]), 24) }

// labelled gives the points that have room for their label: evenly apart, the first
// among them.
func (p *picture) labelled() []int {
	widest := 1
	for j := range p.Labels {
		widest = max(widest, width(p.label(j)))
	}
	room := max(1, p.plot/(letterWidth*widest+24)) // so many labels fit
	n := len(p.Labels)
	step := (n + room - 1) / room
	var list []int
	for j := 0; j < n; j += step {
		list = append(list, j)
	}
	return list
}

// marks lets package charts draw the lines or bars, without its own axes.
func (p *picture) marks() (string, error) {
	painter := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: p.plot, Height: plotHeight})
	draw := p.bars
	if p.Kind == audit.Line {
		draw = p.lines
	}
	if err := draw(painter); err != nil {
		return "", fmt.Errorf("draw: %w", err)
	}
	image, err := painter.Bytes()
	if err != nil {
		return "", fmt.Errorf("draw: %w", err)
	}
	_, image, opened := bytes.Cut(image, []byte(">"))
	image, closed := bytes.CutSuffix(image, []byte("</svg>"))
	if !opened || !closed {
		return "", fmt.Errorf("draw: not an SVG picture of %d bytes", len(image))
	}
	return p.paints().Replace(string(image)), nil
}

// known gives the series as package charts takes them, which has a number of its own
// for what is not known.
func (p *picture) known() [][]float64 {
	list := make([][]float64, len(p.values))
	for i, vs := range p.values {
		list[i] = make([]float64, len(vs))
		for j, v := range vs {
			if list[i][j] = v; math.IsNaN(v) {
				list[i][j] = charts.GetNullValue()
			}
		}
	}
	return list
}

func (p *picture) lines(painter *charts.Painter) error {
	o := charts.NewLineChartOptionWithData(p.known())
	o.Padding, o.Theme = charts.NewBox(0, 0, 0, 0), p.theme()
	o.Legend.Show, o.XAxis.Show = charts.Ptr(false), charts.Ptr(false)
	o.XAxis.Labels = make([]string, len(p.Labels))
	o.XAxis.BoundaryGap = charts.Ptr(len(p.Labels) == 1)
	o.YAxis = []charts.YAxisOption{p.valueAxis()}
	o.LineStrokeWidth = 2
	o.Symbol.Shape = charts.SymbolNone
	return painter.LineChart(o)
}

func (p *picture) bars(painter *charts.Painter) error {
	const widest, apart = 28, 1
	o := charts.NewBarChartOptionWithData(p.known())
	o.Padding, o.Theme = charts.NewBox(0, 0, 0, 0), p.theme()
	o.Legend.Show, o.CategoryAxis.Show = charts.Ptr(false), charts.Ptr(false)
	o.CategoryAxis.Labels = make([]string, len(p.Labels))
	o.ValueAxis = []charts.YAxisOption{p.valueAxis()}
	o.StackSeries = charts.Ptr(p.stack)
	lanes, slot := len(p.values), float64(p.plot)/float64(len(p.Labels))
	if p.stack {
		lanes = 1
	}
	o.BarMargin = charts.Ptr(apart / slot)
	o.BarSize = min(0.7, float64(lanes*widest)/slot)
	return painter.BarChart(o)
}

func (p *picture) valueAxis() charts.YAxisOption {
	return charts.YAxisOption{Show: charts.Ptr(false), Min: &p.axis.min, Max: &p.axis.max, PreferNiceIntervals: charts.Ptr(false)}
}

// unit writes a length of a picture.
func unit(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
