package cli

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// narrowest is the least width of a terminal on which the bar fits into its line.
const narrowest = 50

// progress shows a person how far a long command is. The zero value shows nothing.
type progress struct{ bar *progressbar.ProgressBar }

// progress makes a bar for so many rows, where a person looks at the standard error. doing says
// what is done to them.
func (a *app) progress(doing string, rows int) progress {
	if !a.env.ErrTerminal || a.global.quiet || rows <= bookedAtOnce {
		return progress{}
	}
	if a.env.OutTerminal {
		if width := a.env.Width(); width > 0 && width < narrowest {
			return progress{}
		}
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
	return progress{bar}
}

// add notes that rows are done. That a bar cannot be drawn harms nobody.
func (p progress) add(rows int) {
	if p.bar != nil {
		_ = p.bar.Add(rows)
	}
}

// end takes the bar away.
func (p progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
