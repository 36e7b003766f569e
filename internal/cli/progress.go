package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// narrowest is the least width of a terminal on which the bar fits into its line.
const narrowest = 50

// clearLine is ANSI for the beginning of the line, and nothing behind it.
const clearLine = "\r\x1b[K"

// progress shows a person how far a long command is, or what it does. The zero value shows nothing.
type progress struct {
	bar *progressbar.ProgressBar
	// line is where a line without a bar is, nil for none.
	line io.Writer
}

// progress makes a bar for so many rows, where a person looks at the standard error. doing says
// what is done to them.
func (a *app) progress(doing string, rows int) progress {
	if !a.showsProgress(rows) {
		return progress{}
	}
	bar := progressbar.NewOptions(rows,
		progressbar.OptionSetWriter(a.env.Err),
		progressbar.OptionSetDescription(doing),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionUseANSICodes(true), // clears what a terminal has echoed behind it too
	)
	_ = bar.RenderBlank()
	return progress{bar: bar}
}

// busy is progress of which nobody knows how far it is: a line.
func (a *app) busy(doing string, rows int) progress {
	if !a.showsProgress(rows) {
		return progress{}
	}
	fmt.Fprint(a.env.Err, doing, " ...")
	return progress{line: a.env.Err}
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

// add notes that rows are done. That a bar cannot be drawn harms nobody.
func (p progress) add(rows int) {
	if p.bar != nil {
		_ = p.bar.Add(rows)
	}
}

// end takes the bar or the line away.
func (p progress) end() {
	if p.line != nil {
		fmt.Fprint(p.line, clearLine)
	}
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
