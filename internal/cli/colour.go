package cli

import (
	"runtime"
	"strings"
)

// style is how a piece of text stands out on a terminal that shows colours: the number of an SGR
// sequence (ECMA-48, 8.3.117), 0 for none.
type style int

const (
	unstyled style = 0
	bold     style = 1
	dim      style = 2
	red      style = 31
	green    style = 32
	yellow   style = 33
)

// begin is the sequence that begins a style.
func (s style) begin() string {
	switch s {
	case bold:
		return "\x1b[1m"
	case dim:
		return "\x1b[2m"
	case red:
		return "\x1b[31m"
	case green:
		return "\x1b[32m"
	case yellow:
		return "\x1b[33m"
	}
	return ""
}

// painter puts styles on text for one stream, or leaves it as it is.
type painter bool

func (p painter) paint(s style, text string) string {
	if !p || s == unstyled || text == "" {
		return text
	}
	return s.begin() + text + "\x1b[0m"
}

// painter decides for one stream: what was asked for by --color, else what the user's environment
// says (no-color.org, bixense.com/clicolors), else whether there is a terminal.
func (a *app) painter(choice string, terminal bool) painter {
	switch choice {
	case "always":
		return true
	case "never":
		return false
	}
	set := func(name string) bool {
		value, _ := a.env.Getenv(name)
		return value != "" && value != "0"
	}
	term, _ := a.env.Getenv("TERM")
	off, _ := a.env.Getenv("CLICOLOR")
	none, _ := a.env.Getenv("NO_COLOR")
	switch {
	case none != "": // whatever its value
		return false
	case set("CLICOLOR_FORCE") || set("FORCE_COLOR"):
		return true
	case !terminal || term == "dumb" || off == "0":
		return false
	case runtime.GOOS == "windows": // the old console shows the sequences themselves
		return painter(set("WT_SESSION") || term != "")
	}
	return true
}

// statusStyle makes a status of an event, a booking or a token stand out. What stands behind the
// word is no matter.
func statusStyle(status string) style {
	word, _, _ := strings.Cut(status, " ")
	switch word {
	case "open", "confirmed", "active", "live":
		return green
	case "draft", "closed", "held", "waiting":
		return yellow
	case "cancelled":
		return red
	case "over", "released", "expired", "left", "disabled", "used_up", "revoked":
		return dim
	}
	return unstyled
}
