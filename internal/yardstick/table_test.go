//go:build linux

package yardstick

import (
	"cmp"
	"fmt"
	"strings"
)

// row is one line of the table: a ratio, or a difference in megabytes, and where it must get to.
type row struct {
	name, what, yardstick string
	// floor is the bar and aim what we are after. Where the aim is the smaller one, less is better.
	floor, aim float64
	unit       string
}

// rows are all lines, in the order in which they are shown.
func rows() []row {
	const limit, textbook = "limit server", "pgbench, textbook's transaction"
	return []row{
		{"lone", "one booking a transaction, in process", "append of 512 B + fdatasync",
			.8, .95, "×"},
		{"post-16", "`POST /bookings`, 16 connections", limit, .30, .45, "×"},
		{"post-64", "`POST /bookings`, 64", limit, .40, .60, "×"},
		{"post-256", "`POST /bookings`, 256", limit, .46, .70, "×"},
		{"post-1024", "`POST /bookings`, 1,024", limit, .46, .70, "×"},
		{"seed-delete", "`POST /bookings`, 64", "seed design, rollback journal", 20, 30, "×"},
		{"seed-wal", "`POST /bookings`, 64", "seed design, WAL", 5, 8, "×"},
		{"pocketbase", "`POST /bookings`, 64", "PocketBase, create-record", 5, 8, "×"},
		{"p99", "`POST /bookings`, 64, p99", limit, 2, 1.2, "×"},
		{"keys", "`POST /bookings`, 64, each with a key, 1 M live", "without keys",
			.7, .85, "×"},
		{"size-many", "cost per booking, 100 bookers, %s in 1,000 events", "1 k rows",
			1.3, 1.1, "×"},
		{"size-one", "cost per booking, 100 bookers, %s in one event", "1 k rows",
			1.3, 1.1, "×"},
		{"events", "1,000 events, 64 bookers in process", "one hot event", .85, .95, "×"},
		{"sold-out", "sold-out answers, 64 connections", limit, .5, .8, "×"},
		{"check", "`GET /bookings/check`, 64 connections", limit, .6, .8, "×"},
		{"event", "`GET /events/{id}`, 64 connections", limit, .6, .8, "×"},
		{"book", "`evbook book`, whole process", "`sqlite3`, same transaction", 2.2, 1.65, "×"},
		{"help", "`evbook --help`, whole process", "hello-world in Go", 2.8, 2.3, "×"},
		{"processes", "50 processes × 20 bookings, longest wait", "without file lock",
			.35, .2, "×"},
		{"postgres-one", "PostgreSQL, one hot event, 64 bookers", textbook, 15, 30, "×"},
		{"postgres-many", "PostgreSQL, 1,000 events, 64 bookers", textbook, 3, 4, "×"},
		{"memory", "memory of `serve`, 1,024 connections", limit, 64, 32, " MB"},
	}
}

// lessIsBetter says whether the row is of something that costs.
func (r row) lessIsBetter() bool { return r.aim < r.floor }

// reaches says whether what was measured is as good as a bar.
func (r row) reaches(measured, bar float64) bool {
	if r.lessIsBetter() {
		return measured <= bar
	}
	return measured >= bar
}

// isGrossLoss says whether what was measured is not half as good as the floor.
func (r row) isGrossLoss(measured float64) bool {
	if r.lessIsBetter() {
		return !r.reaches(measured, 2*r.floor)
	}
	return !r.reaches(measured, r.floor/2)
}

// figure is what was measured for a row.
type figure struct {
	Median, Min, Max float64
	// CPU is the same by processor time, 0 where that would say nothing.
	CPU    float64 `json:",omitempty"`
	Rounds int
	// Others is the share of the processors that others had meanwhile.
	Others float64
	// Size is the number of rows that were in the table, where the row leaves it open.
	Size string `json:",omitempty"`
}

// wantedSize is that of the table for which floors and aims are.
const wantedSize = "10 M rows"

// verdict says where a figure stands.
func (r row) verdict(f figure) string {
	switch {
	case f.Size != "" && f.Size != wantedSize:
		return "not judged: " + f.Size
	case r.reaches(f.Median, r.aim):
		return "aim"
	case r.reaches(f.Median, r.floor):
		return "floor"
	}
	return "**under**"
}

// number writes a ratio or a difference with as many digits as say something.
func (r row) number(of float64) string {
	switch {
	case r.unit != "×" || of >= 10:
		return fmt.Sprintf("%.0f%s", of, r.unit)
	case of >= 2:
		return fmt.Sprintf("%.1f%s", of, r.unit)
	}
	return fmt.Sprintf("%.2f%s", of, r.unit)
}

// tableOf is the table in Markdown, as wide as its cells: of all rows, or of those with a figure
// alone.
func tableOf(found map[string]figure, all bool) string {
	cells := [][]string{{
		"what", "yardstick", "measured", "least to most", "by CPU", "others", "floor", "aim",
		"reached",
	}}
	for _, r := range rows() {
		f, measured := found[r.name]
		what := strings.Replace(r.what, "%s", cmp.Or(f.Size, wantedSize), 1)
		line := []string{
			what, r.yardstick, "", "", "", "", r.number(r.floor), r.number(r.aim), "",
		}
		switch {
		case measured:
			line[2], line[8] = "**"+r.number(f.Median)+"**", r.verdict(f)
			line[3] = r.number(f.Min) + " to " + r.number(f.Max)
			line[5] = fmt.Sprintf("%.0f %%", 100*f.Others)
			if f.CPU != 0 {
				line[4] = r.number(f.CPU)
			}
		case !all:
			continue
		case r.name == "pocketbase":
			line[8] = "not run: no pocketbase"
		default:
			line[8] = "not run"
		}
		cells = append(cells, line)
	}
	return markdown(cells)
}

// markdown writes cells as a table whose columns stand below one another.
func markdown(cells [][]string) string {
	widths := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, cell := range line {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for n, line := range cells {
		for i, cell := range line {
			fmt.Fprintf(&b, "| %-*s ", widths[i], cell)
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, width := range widths {
				b.WriteString("|" + strings.Repeat("-", width+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}
