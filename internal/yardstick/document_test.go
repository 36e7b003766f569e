//go:build linux

package yardstick

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	tableBegins = "<!-- written by: go test ./internal/yardstick -bench Table -update -->\n"
	tableEnds   = "<!-- written until here -->\n"
)

func TestTheDocumentShowsWhatWasMeasured(t *testing.T) {
	kept, err := keptFigures()
	if err != nil {
		t.Fatal(err)
	}
	for path, written := range documents(t, kept) {
		if *update {
			if err := os.WriteFile(path, []byte(written), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		shown, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(shown) != written {
			t.Errorf("%s does not show the figures that are kept; "+
				"run: go test ./internal/yardstick -run Document -update", path)
		}
	}
}

// documents are the files that show figures, with their text.
func documents(t testing.TB, of figures) map[string]string {
	t.Helper()
	docs := filepath.Join("..", "..", "docs")
	page := filepath.Join(docs, "performance.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), tableBegins)
	_, after, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", page)
	}
	return map[string]string{
		page: before + tableBegins + "\n" + of.Machine.String() + ":\n\n" +
			tableOf(of.Rows, true) + "\n" + tableEnds + after,
		filepath.Join(docs, "performance-connections.svg"): chart{
			title: "Bookings a second by connections", across: "connections", log: true,
			curves: of.Rates,
		}.svg(),
		filepath.Join(docs, "performance-rows.svg"): chart{
			title:  "Microseconds for a booking by bookings in the table, 100 bookers",
			across: "bookings in the table", curves: of.Costs,
		}.svg(),
	}
}

func TestWhatWasNotMeasuredIsSaid(t *testing.T) {
	text := tableOf(map[string]figure{"p99": {Median: 1.1, Min: 1, Max: 1.3}}, true)
	for _, want := range []string{
		"no pocketbase", "| **1.10×** ", "| 1.00× to 1.30× ", "| aim ", "| not run ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if lines := strings.Count(text, "\n"); lines != len(rows())+2 {
		t.Errorf("%d lines for %d rows", lines, len(rows()))
	}
}

func TestASmallerTableIsNotJudgedByWhatIsForTheLargest(t *testing.T) {
	const smaller = "1 M rows"
	for size, want := range map[string]string{smaller: "not judged: 1 M rows", wantedSize: "aim"} {
		text := tableOf(map[string]figure{"size-one": {Median: 1, Size: size}}, false)
		if !strings.Contains(text, "| "+want+" ") {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestEachRowIsMeasured(t *testing.T) {
	names := map[string]bool{}
	for _, m := range measurements() {
		for _, name := range m.rows {
			names[name] = true
		}
	}
	for _, r := range rows() {
		if !names[r.name] {
			t.Errorf("nothing measures %q", r.name)
		}
	}
}

// places are the places of all curves, from the smallest on.
func (c curves) places() []string {
	all := map[string]bool{}
	for _, p := range c {
		for place := range p {
			all[place] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Compare(number(a), number(b))
	})
}

// number is that of a place.
func number(place string) float64 {
	n, _ := strconv.ParseFloat(place, 64) // they all are numbers
	return n
}
