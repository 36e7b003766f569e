//go:build linux

package yardstick

import (
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// chart is a plot of some curves over the same places, from left to right.
type chart struct {
	title, across string
	// log has each line of the grid stand for ten times as much as the one below it.
	log    bool
	curves curves
}

// The picture and the field with the curves in it, in pixels.
const (
	width, height            = 720, 400
	left, right, top, bottom = 80, 560, 50, 350
)

// svgHead suits bright and dark pages.
const svgHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img">
<title>%s</title>
<style>
text { font: 13px sans-serif; fill: #333 }
.grid { stroke: #ccc }
.curve { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .grid { stroke: #555 } }
</style>
<text x="%d" y="24" style="font-weight: bold">%[3]s</text>
`

// svg draws the chart.
func (c chart) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, svgHead, width, height, c.title, left)
	places := c.curves.places()
	low, high := c.span()
	for _, at := range c.grid(low, high) {
		y := c.height(at, low, high)
		fmt.Fprintf(&b, `<path class="grid" d="M%d %.1fH%d"/>`+"\n", left, y, right)
		fmt.Fprintf(&b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left-8, y+4,
			grouped(at))
	}
	for i, place := range places {
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n",
			across(i, len(places)), bottom+20, grouped(number(place)))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (left+right)/2,
		bottom+42, c.across)
	c.draw(&b, places, low, high)
	b.WriteString("</svg>\n")
	return b.String()
}

// draw draws the curves, the highest first, with their names at their ends.
func (c chart) draw(b *strings.Builder, places []string, low, high float64) {
	colours := []string{"#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd"}
	for n, name := range slices.Sorted(maps.Keys(c.curves)) {
		colour := colours[n%len(colours)]
		var path, dots strings.Builder
		x, y, step := 0.0, 0.0, "M"
		for i, place := range places {
			value, known := c.curves[name][place]
			if !known {
				continue
			}
			x, y = across(i, len(places)), c.height(value, low, high)
			fmt.Fprintf(&path, "%s%.1f %.1f", step, x, y)
			fmt.Fprintf(&dots, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"><title>%s</title>`+
				"</circle>\n", x, y, colour, grouped(value))
			step = "L"
		}
		fmt.Fprintf(b, `<path class="curve" stroke="%s" d="%s"/>`+"\n%s", colour, &path, &dots)
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" style="fill: %s">%s</text>`+"\n", x+10, y+4, colour,
			name)
	}
}

// span gives the values at the lower and the upper edge.
func (c chart) span() (low, high float64) {
	low, high = math.Inf(1), 0
	for _, p := range c.curves {
		for _, value := range p {
			low, high = min(low, value), max(high, value)
		}
	}
	if !c.log || high == 0 {
		return 0, max(1, high*1.1)
	}
	return math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high)))
}

// grid gives the values with a line.
func (c chart) grid(low, high float64) (all []float64) {
	if c.log {
		for at := low; at <= high*1.001 && at > 0; at *= 10 {
			all = append(all, at)
		}
		return all
	}
	step := math.Pow(10, math.Floor(math.Log10(high)))
	for high/step < 4 {
		step /= 2
	}
	for at := low; at <= high; at += step {
		all = append(all, at)
	}
	return all
}

// height is where a value is drawn.
func (c chart) height(value, low, high float64) float64 {
	if c.log && low > 0 {
		value, low, high = math.Log(value), math.Log(low), math.Log(high)
	}
	return bottom - (bottom-top)*(value-low)/(high-low)
}

// across is where the nth of some places is drawn.
func across(n, places int) float64 {
	return left + (right-left)*(float64(n)+.5)/float64(places)
}

// grouped writes a number as people read it.
func grouped(of float64) string {
	digits := fmt.Sprintf("%.0f", of)
	if of < 10 {
		return fmt.Sprintf("%.3g", of)
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func TestAChartIsXMLWithAllItsPoints(t *testing.T) {
	of := curves{"evbook": {"16": 20_000, "64": 30_000, "1024": 40_000}, "limit": {"64": 70_000}}
	for _, log := range []bool{true, false} {
		text := chart{title: "t", across: "connections", log: log, curves: of}.svg()
		for d := xml.NewDecoder(strings.NewReader(text)); ; {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
		}
		if dots := strings.Count(text, "<circle"); dots != 4 {
			t.Errorf("%d points are drawn, not 4", dots)
		}
		sixteen, thousand := strings.Index(text, ">16<"), strings.Index(text, ">1,024<")
		if sixteen < 0 || thousand < sixteen {
			t.Errorf("places stand at %d and %d", sixteen, thousand)
		}
	}
}

func TestHigherValuesAreDrawnHigher(t *testing.T) {
	for _, log := range []bool{true, false} {
		c := chart{log: log, curves: curves{"a": {"1": 20, "2": 4000}}}
		low, high := c.span()
		few, many := c.height(20, low, high), c.height(4000, low, high)
		if few <= many || many < top || few > bottom {
			t.Errorf("log %t: 20 is drawn at %.0f, 4,000 at %.0f", log, few, many)
		}
	}
}
