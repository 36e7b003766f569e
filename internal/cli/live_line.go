package cli

import (
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// liveLine is a line on a terminal that is written anew whenever something changes. It needs
// nothing of the terminal but the return to the beginning of the line.
type liveLine struct {
	a *app
	// shown is what is to be seen, without colours.
	shown string
}

// inOneLine says whether people look at a terminal, on which a line can be written anew.
func (a *app) inOneLine() bool { return a.env.OutTerminal && a.forPeople() && a.picked == nil }

// show writes the line anew. The lead, with which it begins, has a style.
func (l *liveLine) show(lead string, s style, rest string) error {
	text := visible(lead + rest)
	if width := l.a.env.Width(); width > 1 {
		text = cut(text, width-1) // in the last column the next character would wrap
	}
	if text == l.shown {
		return nil
	}
	styled := text
	if behind, whole := strings.CutPrefix(text, lead); whole {
		styled = l.a.painter(l.a.config.Color, l.a.env.OutTerminal).paint(s, lead) + behind
	}
	_, err := fmt.Fprint(l.a.out, "\r", styled, l.rubber(text))
	l.shown = text
	return err
}

// rubber is what covers the end of the former line behind a text.
func (l *liveLine) rubber(text string) string {
	return strings.Repeat(" ", max(0, twwidth.Width(l.shown)-twwidth.Width(text)))
}

// clear takes the line away.
func (l *liveLine) clear() error {
	_, err := fmt.Fprint(l.a.out, "\r", l.rubber(""), "\r")
	l.shown = ""
	return err
}

// leave leaves the line as it is and begins the next one.
func (l *liveLine) leave() error {
	if l.shown == "" {
		return nil
	}
	_, err := fmt.Fprintln(l.a.out)
	return err
}
