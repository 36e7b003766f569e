//go:build linux

package yardstick

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"
)

// BenchmarkTable measures every row of the table of docs/performance.md that can be measured here,
// and prints them. Each side has its turn in each of five rounds, in alternating order; a ratio is
// taken round by round, and the median of the ratios counts. With -update the figures are kept, and
// shown in the document.
func BenchmarkTable(b *testing.B) {
	at := newTable(b)
	for _, m := range measurements() {
		at.measure(b, m)
	}
	at.tell(b)
}

// BenchmarkShort measures three rows in half a minute, and fails where one is not half as good as
// its floor: so much does not come from neighbours on the machine.
func BenchmarkShort(b *testing.B) {
	at := newTable(b)
	at.rounds, at.turn = 3, time.Second
	short, known := []string{"post-64", "check", "book"}, 0
	for _, m := range measurements() {
		if slices.Contains(short, m.name) {
			known++
			at.measure(b, m)
		}
	}
	if known != len(short) {
		b.Errorf("%d of %q are measurements", known, short)
	}
	if b.Failed() {
		return
	}
	// What is measured together with these needs more rounds than there are.
	maps.DeleteFunc(at.found.Rows, func(name string, _ figure) bool {
		return !slices.Contains(short, name)
	})
	at.print()
	for _, lost := range grossLosses(at.found.Rows) {
		b.Error(lost)
	}
}

// measurement finds the figures of some rows that can be had together.
type measurement struct {
	name string
	rows []string
	run  func(b *testing.B, at *table)
}

func measurements() []measurement {
	posts := func(connections int, rows ...string) measurement {
		name := fmt.Sprintf("post-%d", connections)
		return measurement{name, append(rows, name), func(b *testing.B, at *table) {
			measurePosts(b, at, connections)
		}}
	}
	size := func(name string, events int) measurement {
		return measurement{name, []string{name}, func(b *testing.B, at *table) {
			measureSize(b, at, name, events)
		}}
	}
	alone := func(name string, run func(*testing.B, *table)) measurement {
		return measurement{name, []string{name}, run}
	}
	return []measurement{
		alone("lone", measureLone),
		posts(16), posts(64, "seed-delete", "seed-wal", "pocketbase", "p99"), posts(256),
		posts(1024, "memory"),
		alone("keys", measureKeys),
		size("size-many", 1000), size("size-one", 1),
		alone("events", measureEvents),
		alone("sold-out", measureSoldOut),
		alone("check", measureCheck),
		alone("event", measureEvent),
		alone("book", measureBook),
		alone("help", measureHelp),
		alone("processes", measureProcesses),
		{"postgres", []string{"postgres-one", "postgres-many"}, measurePostgres},
	}
}

// table is one run.
type table struct {
	house
	rounds int
	// turn is how long each side works in a round.
	turn  time.Duration
	found figures
}

func newTable(b *testing.B) *table {
	return &table{
		house: newHouse(b), rounds: 5, turn: 2 * time.Second,
		found: figures{
			Machine: thisMachine(b), Rows: map[string]figure{},
			Rates: curves{}, Costs: curves{},
		},
	}
}

// measure finds the figures of a measurement, and how much others disturbed it.
func (at *table) measure(b *testing.B, m measurement) {
	b.Helper()
	known, w := maps.Clone(at.found.Rows), startWatch(b)
	b.Run(m.name, func(b *testing.B) {
		m.run(b, at)
		for _, name := range m.rows { // nobody comes here who has skipped it
			_, kept := at.found.Rows[name]
			if optional := name == "pocketbase" && !hasPocketBase(b); !kept && !optional {
				b.Errorf("nothing was measured for the row %s", name)
			}
		}
	})
	for name, f := range at.found.Rows {
		if _, was := known[name]; !was {
			f.Others = w.others(b)
			at.found.Rows[name] = f
		}
	}
}

// isLong says whether tables of ten million rows are wanted, which take a quarter of an hour.
func isLong() bool { return os.Getenv("EVBOOK_LONG") != "" }

// side has its turn in each round.
type side func(b *testing.B) Pace

// race lets all sides have their turns, in alternating order, after one that does not count. Of
// each round it gives the paces in the order of the sides.
func (at *table) race(b *testing.B, sides ...side) [][]Pace {
	b.Helper()
	for _, s := range sides {
		s(b)
	}
	var all [][]Pace
	for n := range at.rounds {
		round := make([]Pace, len(sides))
		for i := range sides {
			if n%2 == 1 {
				i = len(sides) - 1 - i
			}
			round[i] = sides[i](b)
		}
		all = append(all, round)
	}
	return all
}

// sample is what one round says of a row: by the clock, and by processor time or 0.
type sample struct{ wall, cpu float64 }

// speeds says how many times as fast the first side was as another one.
func speeds(rounds [][]Pace, other int) (all []sample) {
	for _, r := range rounds {
		all = append(all, sample{r[0].Rate / r[other].Rate, r[other].CPU / r[0].CPU})
	}
	return all
}

// costs says how many times as much the first side costs as another one.
func costs(rounds [][]Pace, other int) (all []sample) {
	for _, s := range speeds(rounds, other) {
		all = append(all, sample{1 / s.wall, 1 / s.cpu})
	}
	return all
}

// byClock leaves processor time out, where it says nothing.
func byClock(all []sample) []sample {
	for i := range all {
		all[i].cpu = 0
	}
	return all
}

// rates are what a side reached in each round.
func rates(rounds [][]Pace, of int) (all []float64) {
	for _, r := range rounds {
		all = append(all, r[of].Rate)
	}
	return all
}

// keep keeps the figure of a row, and reports it.
func (at *table) keep(b *testing.B, name, size string, all []sample) {
	b.Helper()
	var walls, cpus []float64
	for _, s := range all {
		walls, cpus = append(walls, s.wall), append(cpus, s.cpu)
	}
	f := figure{
		Median: Median(walls), Min: slices.Min(walls), Max: slices.Max(walls),
		CPU: Median(cpus), Rounds: len(all), Size: size,
	}
	at.found.Rows[name] = f
	b.ReportMetric(0, "ns/op") // of many things at once it would say nothing
	b.ReportMetric(f.Median, "x-"+name)
	if f.CPU != 0 {
		b.ReportMetric(f.CPU, "x-"+name+"-by-cpu")
	}
}
