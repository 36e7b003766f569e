package cli

import (
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

const (
	// gap is what stands between two columns: what the first has behind it, and the second before.
	gap = tw.Space + tw.Space
	// leastWidth is how far a column is cut at most.
	leastWidth = 8
	ellipsis   = "…"
)

// column is the head of one column.
type column struct {
	title string
	// right is for numbers, which stand at the right.
	right bool
	// wide columns are shown by -o wide alone.
	wide bool
	// least is how wide a column is at least where rows are shown as they come.
	least int
	// flexible columns are cut where the terminal is too narrow.
	flexible bool
	// style makes cells stand out by what they say.
	style func(cell string) style
}

// table adds rows under aligned heads, without any lines.
func (p *page) table(columns []column, rows [][]string) {
	twwidth.SetEastAsian(false) // else widths would depend on the locale
	columns, rows = p.chosen(columns, rows)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = visible(cell)
		}
	}
	if p.width > 0 {
		narrow(columns, rows, p.width)
	}
	p.colour(columns, rows)
	p.draw(columns, rows)
}

// chosen leaves out what only -o wide shows.
func (p *page) chosen(columns []column, rows [][]string) ([]column, [][]string) {
	hidden := func(i int) bool { return columns[i].wide && !p.wide }
	var kept []column
	for i, c := range columns {
		if !hidden(i) {
			kept = append(kept, c)
		}
	}
	shown := make([][]string, len(rows))
	for i, row := range rows {
		for j, cell := range row {
			if !hidden(j) {
				shown[i] = append(shown[i], cell)
			}
		}
	}
	return kept, shown
}

// narrow cuts the cells of flexible columns, always those of the widest one, until the rows fit or
// no column can be cut any further.
func narrow(columns []column, rows [][]string, width int) {
	widths := make([]int, len(columns))
	total := (len(columns) - 1) * len(gap)
	for i, c := range columns {
		widths[i] = len(c.title)
		for _, row := range rows {
			widths[i] = max(widths[i], twwidth.Width(row[i]))
		}
		total += widths[i]
	}
	for ; total > width; total-- {
		widest := -1
		for i, c := range columns {
			least := max(leastWidth, len(c.title))
			if c.flexible && widths[i] > least && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = cut(cell, widths[i])
		}
	}
}

// cut shortens a text that is too wide. Truncate alone would put the ellipsis after texts that fit.
func cut(text string, width int) string {
	if twwidth.Width(text) <= width {
		return text
	}
	return twwidth.Truncate(text, width, ellipsis)
}

// colour styles what is laid out already.
func (p *page) colour(columns []column, rows [][]string) {
	if !p.styles {
		return
	}
	for i, c := range columns {
		if c.style == nil {
			continue
		}
		for _, row := range rows {
			row[i] = p.styles.paint(c.style(row[i]), row[i])
		}
	}
}

// draw has the rows aligned.
func (p *page) draw(columns []column, rows [][]string) {
	align := make([]tw.Align, len(columns))
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i], align[i] = c.title, tw.AlignLeft
		if c.right {
			align[i] = tw.AlignRight
		}
	}
	cells := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Alignment:  tw.CellAlignment{PerColumn: align},
		Padding:    tw.CellPadding{Global: tw.PaddingDefault},
	}
	var drawn strings.Builder
	t := tablewriter.NewTable(&drawn,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
		tablewriter.WithConfig(tablewriter.Config{Header: cells, Row: cells}),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithEastAsian(false),
	)
	if !p.bare {
		t.Header(heads)
	}
	for _, row := range rows {
		if p.err = t.Append(row); p.err != nil {
			return
		}
	}
	if p.err = t.Render(); p.err != nil {
		return
	}
	heading := bold
	if p.bare {
		heading = unstyled
	}
	for line := range strings.Lines(drawn.String()) {
		// The first column needs no gap before it.
		line = strings.TrimRight(line[len(tw.Space):], " \n")
		if p.width > 0 { // where cutting columns was not enough
			line = cut(line, p.width)
		}
		p.to.WriteString(p.styles.paint(heading, line) + "\n")
		heading = unstyled
	}
}

// detail adds a name and its value in one line, or nothing when there is no value.
func (p *page) detail(name, value string) {
	if value != "" {
		p.line("%-12s %s", name+":", value)
	}
}

// text adds a name and a value that may have several lines, which are indented like the first.
func (p *page) text(name, value string) {
	name += ":"
	for line := range strings.Lines(value) {
		p.line("%-12s %s", name, strings.TrimSuffix(line, "\n"))
		name = ""
	}
}
