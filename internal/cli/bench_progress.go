package cli

import (
	"fmt"
	"io"
	"time"

	"evbook/internal/bench"
)

// benchProgress shows a person how far a benchmark is, in one line.
type benchProgress struct {
	// to is where the line is, nil where nobody looks.
	to       io.Writer
	duration time.Duration
}

// show writes the line anew. That it cannot be drawn harms nobody.
func (b benchProgress) show(p bench.Progress) {
	if b.to == nil {
		return
	}
	text := string(p.Stage)
	switch {
	case p.Of > 1:
		text = fmt.Sprintf("%s: %d of %d", text, p.Done, p.Of)
	case p.Stage == bench.Loading:
		text = fmt.Sprintf("%s: %.1f s of %s, %d calls", text, p.Loaded.Seconds(), b.duration,
			p.Done)
	}
	fmt.Fprint(b.to, clearLine, text)
}

// end takes the line away.
func (b benchProgress) end() {
	if b.to != nil {
		fmt.Fprint(b.to, clearLine)
	}
}
