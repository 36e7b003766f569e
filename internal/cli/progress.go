package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// narrowest is the least width of a terminal on which the bar fits into its line.
const narrowest = 50

// clearLine is ANSI for the beginning of the line, and nothing behind it.
const clearLine = "\r\x1b[K"

// barWidth is how many places a bar has, and redrawn how long it stays as it is at least.
const (
	barWidth = 16
	redrawn  = 100 * time.Millisecond
)

// progress shows a person how far a long command is, or what it does, in one line. The zero value
// shows nothing.
type progress struct {
	// to is where the line is, nil for nowhere.
	to    io.Writer
	doing string
	// done counts the rows that are, drawn is when the line was drawn last.
	done, rows int
	drawn      time.Time
}

// progress makes a bar for so many rows, where a person looks at the standard error. doing says
// what is done to them.
func (a *app) progress(doing string, rows int) *progress {
	if !a.showsProgress(rows) {
		return &progress{}
	}
	p := &progress{to: a.env.Err, doing: doing, rows: rows}
	p.draw()
	return p
}

// busy is progress of which nobody knows how far it is.
func (a *app) busy(doing string, rows int) *progress {
	if !a.showsProgress(rows) {
		return &progress{}
	}
	fmt.Fprint(a.env.Err, doing, " ...")
	return &progress{to: a.env.Err}
}

// showsProgress says whether a person is told of what is done to so many rows.
func (a *app) showsProgress(rows int) bool {
	return rows > bookedAtOnce && a.isWatched()
}

// isWatched says whether a person looks at the standard error, with room for a line.
func (a *app) isWatched() bool {
	if !a.env.ErrTerminal || a.global.quiet {
		return false
	}
	width := narrowest
	if a.env.OutTerminal {
		width = a.env.Width()
	}
	return width <= 0 || width >= narrowest
}

// add notes that rows are done.
func (p *progress) add(rows int) {
	p.done += rows
	if p.rows > 0 && time.Since(p.drawn) >= redrawn {
		p.draw()
	}
}

// draw draws the bar. That it cannot be drawn harms nobody.
func (p *progress) draw() {
	full := strings.Repeat("█", barWidth*p.done/p.rows)
	fmt.Fprintf(p.to, "%s%s %3d%% |%-*s| %d/%d", clearLine, p.doing, 100*p.done/p.rows, barWidth,
		full, p.done, p.rows)
	p.drawn = time.Now()
}

// end takes the bar or the line away.
func (p *progress) end() {
	if p.to != nil {
		fmt.Fprint(p.to, clearLine)
	}
}
