//go:build unix

package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// columns is how many columns a text takes on a terminal. It knows only what the tests write.
func columns(text string) (n int) {
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana), r >= 0x1F300:
			n += 2
		default:
			n++
		}
	}
	return n
}

// manyLettered are names of events, of letters that are not all one column wide.
func manyLettered() []string {
	return []string{
		"Go Meetup", "日本語の勉強会とても長い名前のイベントです日本語の勉強会とても長い名前",
		"Feierabend 🎉🎊 mit Musik und Tanz im Hof",
		"x\u0302 and q\u0303", "李小龍 🥋",
	}
}

func TestAListFitsTheTerminalAndStaysAligned(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	x := h.terminal(t, 120)
	for _, name := range manyLettered() {
		h.event(t, name, 10)
		if got, want := columns(name), x.widthOf(name); got != want {
			t.Fatalf("the test takes %q for %d columns wide, the terminal for %d", name, got, want)
		}
	}
	for _, width := range []int{120, 80, 60, 40} {
		x.resize(width)
		shown, code := x.run("evbook event list")
		lines := strings.Split(strings.TrimSuffix(shown, "\n"), "\n")
		if code != 0 || len(lines) != 1+len(manyLettered()) {
			t.Errorf("exit code %d, %d lines at width %d", code, len(lines), width)
		}
		checkFit(t, lines, width)
		if cut, want := strings.Contains(lines[2], "…"), width < 120; cut != want {
			t.Errorf("at width %d the name is cut: %t, not %t", width, cut, want)
		}
		if cut, want := strings.Contains(lines[1], "…"), width < 48; cut != want {
			t.Errorf("at width %d the row of a short name is cut: %t, not %t", width, cut, want)
		}
		if t.Failed() {
			t.Fatalf("the list at width %d:\n%s", width, shown)
		}
	}
}

// checkFit insists that no line of a list of events is wider than the terminal, and that the
// numbers after the names stand under their heading.
func checkFit(t *testing.T, lines []string, width int) {
	t.Helper()
	before, _, _ := strings.Cut(lines[0], "FREE")
	end := columns(before + "FREE")
	for _, line := range lines[1:] {
		before, _, found := strings.Cut(line, " 10 ")
		if got := columns(before + " 10"); !found || got != end {
			t.Errorf("the free seats end in column %d, not %d: %s", got, end, line)
		}
	}
	for _, line := range lines {
		if got := columns(line); got > width {
			t.Errorf("%d columns are shown on a terminal of %d: %s", got, width, line)
		}
	}
}

func TestAPipedListIsNeitherCutNorLaidOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, name := range manyLettered() {
		h.event(t, name, 10)
	}
	x := h.terminal(t, 40)
	shown, _ := x.run("evbook event list --fields id,name,capacity | tr '\\t' '|'")
	var want strings.Builder
	for i, name := range manyLettered() {
		fmt.Fprintf(&want, "%d|%s|10\n", i+1, name)
	}
	if shown != want.String() {
		t.Errorf("the list shows\n%swant\n%s", shown, &want)
	}
}

func TestColoursAreForTerminalsThatShowThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.event(t, "Go Meetup", 10)
	x := h.terminal(t, 120)
	list := []string{"\x1b[1mID", "\x1b[32mopen"}
	failure := []string{"\x1b[31merror:"}
	for _, c := range []struct {
		command string
		// painted is what stands there in colours; without it nothing is coloured.
		painted []string
	}{
		{"evbook event list", list},
		{"NO_COLOR=1 evbook event list", nil},
		{"TERM=dumb evbook event list", nil},
		{"CLICOLOR=0 evbook event list", nil},
		{"evbook event list --color never", nil},
		{"NO_COLOR=1 evbook event list --color always", list},
		{"evbook event list -o table | cat", nil},
		{"CLICOLOR_FORCE=1 evbook event list -o table | cat", list},
		{"evbook event list -o table --color always | cat", list},
		{"evbook event list --color always --fields id,status,name | cat", nil},
		{"evbook event show 9", failure},
		{"evbook event show 9 >out.txt", failure},
		{"evbook event list -o table >out.txt; cat out.txt", nil},
		{"evbook event show 9 2>err.txt; cat err.txt", nil},
		{"evbook event list 2>err.txt", list},
		{"NO_COLOR=1 evbook event show 9", nil},
		{"evbook event show 9 --color never", nil},
	} {
		shown, _ := x.run(c.command)
		painted := x.painted()
		if !strings.Contains(shown, "open") && !strings.Contains(shown, "error:") {
			t.Errorf("%s shows neither a list nor an error:\n%s", c.command, shown)
		}
		if c.painted == nil && strings.Contains(painted, "\x1b") {
			t.Errorf("%s shows colours: %q", c.command, painted)
		}
		for _, piece := range c.painted {
			if !strings.Contains(painted, piece) {
				t.Errorf("%s does not show %q: %q", c.command, piece, painted)
			}
		}
	}
}

func TestTheEndOfACutListNamesTheCommandForTheRest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 3 {
		h.event(t, fmt.Sprintf("It's meetup %d", i+1), 10)
	}
	x := h.terminal(t, 100)
	shown, _ := x.run(`evbook event list --limit 2 --search "it's" 2>err.txt`)
	if strings.Contains(shown, "more") || !strings.Contains(shown, "meetup 2") {
		t.Errorf("the standard output is not the list alone:\n%s", shown)
	}
	shown, _ = x.run(`evbook event list --limit 2 --search "it's"`)
	footer := regexp.MustCompile(`(?m)^These are 2, there are more: (.*) \(or --all\)$`)
	named := footer.FindStringSubmatch(shown)
	if named == nil {
		t.Fatalf("no command for the rest is named:\n%s", shown)
	}
	shown, code := x.run(named[1])
	if code != 0 || !strings.Contains(shown, "meetup 3") || strings.Contains(shown, "meetup 2") ||
		strings.Contains(shown, "there are more") {
		t.Errorf("%s ends with %d and shows:\n%s", named[1], code, shown)
	}
}

// question is a command that asks before it changes something.
type question struct {
	command string
	// asks is what it asks, kept is what it says when it was told not to.
	asks, kept string
	// done says whether it has been done.
	done func(t testing.TB, h house) bool
}

func questions() []question {
	return []question{
		{
			command: "evbook event cancel 1",
			asks:    `Cancel event 1 "Go Meetup" and give up 2 seats that are booked? [y/N]`,
			kept:    "error: event 1 was not cancelled\n",
			done: func(t testing.TB, h house) bool {
				return ask[eventAnswer](t, h, "event", "show", "1").Status == "cancelled"
			},
		},
		{
			command: "evbook booking forget ada@example.org",
			asks:    "Erase the personal data of 1 booking for good? [y/N]",
			kept:    "error: nothing was erased\n",
			done: func(t testing.TB, h house) bool {
				return ask[[]bookingAnswer](t, h, "booking", "list")[0].Email == ""
			},
		},
	}
}

func TestAQuestionIsAnsweredByYesOrNothingIsDone(t *testing.T) {
	t.Parallel()
	for _, q := range questions() {
		h := newHouse(t)
		h.event(t, "Go Meetup", 10)
		h.must(t, "book", "--event", "1", "--qty", "2", "--email", "ada@example.org")
		x := h.terminal(t, 100)
		for _, keys := range [][]string{{"n", "Enter"}, {"Enter"}, {"C-d"}, {"x", "Enter"}} {
			x.start(q.command)
			x.awaitText(q.asks)
			x.press(keys...)
			shown, code := x.end()
			if code != 5 || !strings.HasSuffix(shown, q.kept) || q.done(t, h) {
				t.Errorf("%s, answered by %q, ends with %d:\n%s", q.command, keys, code, shown)
			}
		}
		x.start(q.command)
		x.awaitText(q.asks)
		x.press("C-c")
		if shown, code := x.end(); code != 130 || q.done(t, h) {
			t.Errorf("%s, interrupted, ends with %d:\n%s", q.command, code, shown)
		}
		x.start(q.command)
		x.awaitText(q.asks)
		x.press("y", "Enter")
		if shown, code := x.end(); code != 0 || !q.done(t, h) {
			t.Errorf("%s, answered by yes, ends with %d:\n%s", q.command, code, shown)
		}
		h.verify(t)
	}
}

func TestNothingIsAskedWhereAFlagHasAnswered(t *testing.T) {
	t.Parallel()
	for _, q := range questions() {
		h := newHouse(t)
		h.event(t, "Go Meetup", 10)
		h.must(t, "book", "--event", "1", "--qty", "2", "--email", "ada@example.org")
		x := h.terminal(t, 100)
		for _, command := range []string{
			q.command + " --no-input", "EVBOOK_NO_INPUT=1 " + q.command, "CI=1 " + q.command,
		} {
			shown, code := x.run(command)
			if code != 5 || q.done(t, h) || strings.Contains(shown, "[y/N]") ||
				!strings.Contains(shown, "--yes") {
				t.Errorf("%s ends with %d:\n%s", command, code, shown)
			}
		}
		shown, code := x.run(q.command + " --yes")
		if code != 0 || !q.done(t, h) || strings.Contains(shown, "[y/N]") {
			t.Errorf("%s --yes ends with %d:\n%s", q.command, code, shown)
		}
	}
}

func TestWithoutAPipeNothingIsReadFromTheTerminal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.event(t, "Go Meetup", 10)
	x := h.terminal(t, 100)
	shown, code := x.run("evbook book --event 1 --from -")
	if code != 2 || !strings.Contains(shown, "nothing is piped") {
		t.Errorf("the booking ends with %d:\n%s", code, shown)
	}
}
