package cli

import (
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// column is the head of one column; numbers stand at its right.
type column struct {
	title string
	right bool
}

// table adds rows under aligned heads, without any lines.
func (p *page) table(columns []column, rows [][]string) {
	align := make([]tw.Align, len(columns))
	titles := make([]string, len(columns))
	gaps := make([]tw.Padding, len(columns))
	for i, c := range columns {
		titles[i], align[i] = c.title, tw.AlignLeft
		if c.right {
			align[i] = tw.AlignRight
		}
		gaps[i] = tw.Padding{Right: "  ", Overwrite: true}
	}
	gaps[len(gaps)-1] = tw.PaddingNone
	cells := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Alignment:  tw.CellAlignment{PerColumn: align},
		Padding:    tw.CellPadding{Global: tw.PaddingNone, PerColumn: gaps},
	}
	var drawn strings.Builder
	t := tablewriter.NewTable(&drawn,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
		tablewriter.WithConfig(tablewriter.Config{Header: cells, Row: cells}),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithEastAsian(tw.Off), // else the width would depend on the locale
	)
	t.Header(titles)
	for _, row := range rows {
		seen := make([]string, len(row))
		for i, cell := range row {
			seen[i] = visible(cell)
		}
		if err := t.Append(seen); err != nil {
			p.err = err
			return
		}
	}
	if err := t.Render(); err != nil {
		p.err = err
		return
	}
	for line := range strings.Lines(drawn.String()) {
		p.to.WriteString(strings.TrimRight(line, " \n"))
		p.to.WriteByte('\n')
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
