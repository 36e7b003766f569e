package cli

import (
	"fmt"
	"strings"
	"time"

	"evbook/internal/bench"
)

// benchProgress shows a person how far a benchmark is, in one line of the standard error.
type benchProgress struct {
	a        *app
	duration time.Duration
	// shown is what is to be seen.
	shown string
}

// benchProgress makes the line; nil where nobody looks.
func (a *app) benchProgress(duration time.Duration) *benchProgress {
	if !a.env.ErrTerminal || a.global.quiet {
		return nil
	}
	if width := a.env.Width(); a.env.OutTerminal && width > 0 && width < narrowest {
		return nil
	}
	return &benchProgress{a: a, duration: duration}
}

// show writes the line anew.
func (b *benchProgress) show(p bench.Progress) {
	if b == nil {
		return
	}
	text := string(p.Stage)
	if p.Stage == bench.Loading {
		text = fmt.Sprintf("%s: %.1f s of %s, %d calls", text, p.Loaded.Seconds(), b.duration,
			p.Done)
	}
	b.write(text)
}

// end takes the line away.
func (b *benchProgress) end() {
	if b != nil {
		b.write("")
		_, _ = fmt.Fprint(b.a.env.Err, "\r")
	}
}

// write puts a text over the former one. That it cannot be drawn harms nobody.
func (b *benchProgress) write(text string) {
	rubber := strings.Repeat(" ", max(0, len(b.shown)-len(text)))
	_, _ = fmt.Fprint(b.a.env.Err, "\r", text, rubber)
	b.shown = text
}
