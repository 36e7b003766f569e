//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// shellPrompt is what the shell of a terminal shows when it waits for a command.
const shellPrompt = "$ "

// glance is the time between two looks at a terminal.
const glance = 20 * time.Millisecond

// terminal is a shell on a terminal of its own. tmux plays the terminal: it takes keys and tells
// what is to be seen.
type terminal struct {
	t           testing.TB
	dir, socket string
	// typed is the last command as it stands on the terminal, count is how many there were.
	typed string
	count int
}

// terminal opens a terminal of some columns with a shell that works in the house and sees nothing
// of the environment outside of it. It is closed at the end of the test.
func (h house) terminal(t *testing.T, columns int) *terminal {
	t.Helper()
	need(t, "tmux")
	// The path of a socket has to be short, and those of t.TempDir are not.
	dir, err := os.MkdirTemp("", "evbook")
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, dir: h.dir, socket: filepath.Join(dir, "tmux")}
	t.Cleanup(func() {
		x.tmux("kill-server")
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	x.tmux("new-session", "-d", "-x", strconv.Itoa(columns), "-y", "50", "-c", h.dir, "sh", "-i")
	return x
}

// tmux runs a command of tmux and gives what it prints.
func (x *terminal) tmux(args ...string) string {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "tmux",
		append([]string{"-u", "-S", x.socket, "-f", "/dev/null"}, args...)...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + x.dir, "TMPDIR=" + x.dir, "SHELL=/bin/sh",
		"LC_ALL=C.UTF-8", "TZ=UTC", "PS1=" + shellPrompt, "EVBOOK_CONFIG=none",
		// The race detector, when it is on, else lets every process sleep for a second at its end.
		"GORACE=atexit_sleep_ms=0",
	}
	o := finish(cmd)
	if o.code != 0 {
		x.t.Fatalf("tmux %q: exit code %d: %s", args, o.code, o.stderr)
	}
	return o.stdout
}

// screen is all that was shown so far. Lines that the terminal had to wrap are in one piece.
func (x *terminal) screen() string {
	x.t.Helper()
	lines := strings.Split(x.tmux("capture-pane", "-p", "-J", "-S", "-"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// await looks at the terminal until it shows what is awaited, and gives the screen.
func (x *terminal) await(what string, shown func(screen string) bool) string {
	x.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(glance) {
		screen := x.screen()
		switch {
		case shown(screen):
			return screen
		case time.Now().After(end):
			x.t.Fatalf("waited in vain for %s; the terminal shows:\n%s", what, screen)
		}
	}
}

// start types a command as soon as the shell is ready for it. Its end, and its exit code, will be
// told by a line of its own.
func (x *terminal) start(command string) {
	x.t.Helper()
	x.await("the shell's prompt", func(screen string) bool {
		return strings.HasSuffix("\n"+screen, "\n"+strings.TrimSpace(shellPrompt))
	})
	x.count++
	x.typed = fmt.Sprintf(`%s; echo "<%d:$?>"`, command, x.count)
	x.tmux("send-keys", "-l", "--", x.typed, ";", "send-keys", "Enter")
}

// press presses keys by their names in tmux, all at once.
func (x *terminal) press(keys ...string) {
	x.t.Helper()
	x.tmux(append([]string{"send-keys"}, keys...)...)
}

// awaitText waits until the last command shows a text.
func (x *terminal) awaitText(text string) {
	x.t.Helper()
	x.await(strconv.Quote(text), func(screen string) bool {
		return strings.Contains(x.since(screen), text)
	})
}

// since cuts what stood on a screen before the last command was typed.
func (x *terminal) since(screen string) string {
	_, after, _ := strings.Cut(screen, shellPrompt+x.typed+"\n")
	return after
}

// end waits until the last command has ended and gives what it showed and its exit code. A command
// that leaves the cursor in the middle of a line fails the test, except behind the echo of Ctrl-C.
func (x *terminal) end() (shown string, code int) {
	x.t.Helper()
	last := regexp.MustCompile(fmt.Sprintf(`(?m)(?:^|\^C)<%d:(\d+)>$`, x.count))
	screen := x.await("the end of "+x.typed+" at the beginning of a line", last.MatchString)
	after := x.since(screen)
	at := last.FindStringSubmatchIndex(after)
	if at == nil {
		x.t.Fatalf("cannot find %s on the terminal:\n%s", x.typed, screen)
	}
	code, err := strconv.Atoi(after[at[2]:at[3]])
	if err != nil {
		x.t.Fatal(err)
	}
	return after[:at[0]], code
}

// run types a command and waits for its end.
func (x *terminal) run(command string) (shown string, code int) {
	x.t.Helper()
	x.start(command)
	return x.end()
}

// painted is what the last command has shown, with the SGR sequences of its colours. The command
// has to be over.
func (x *terminal) painted() string {
	x.t.Helper()
	after := x.since(x.tmux("capture-pane", "-p", "-J", "-e", "-S", "-"))
	shown, _, found := strings.Cut(after, fmt.Sprintf("<%d:", x.count))
	if !found {
		x.t.Fatalf("%s is not over:\n%s", x.typed, after)
	}
	return shown
}

// resize gives the terminal another number of columns, and waits until the shell has them.
func (x *terminal) resize(columns int) {
	x.t.Helper()
	x.tmux("resize-window", "-x", strconv.Itoa(columns))
	until(x.t, "the terminal to be resized", func() bool {
		size, _ := x.run("stty size")
		return strings.HasSuffix(size, fmt.Sprintf(" %d\n", columns))
	})
}

// widthOf is how many columns a text takes in the eyes of the terminal. It has to fit in one line.
func (x *terminal) widthOf(text string) int {
	x.t.Helper()
	path := filepath.Join(x.dir, "width.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		x.t.Fatal(err)
	}
	x.start("cat width.txt; read enter")
	x.awaitText(text)
	width, err := strconv.Atoi(strings.TrimSpace(x.tmux("display-message", "-p", "#{cursor_x}")))
	if err != nil {
		x.t.Fatal(err)
	}
	x.press("Enter")
	x.end()
	return width
}

// hold takes the place of a writer who keeps the database of the house for long, and gives the
// function that lets the next one go.
func (h house) hold(t testing.TB) (release func()) {
	t.Helper()
	turn, lock := flock.New(h.path("events.db.turn")), flock.New(h.path("events.db.lock"))
	for _, f := range []*flock.Flock{turn, lock} {
		if err := f.Lock(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
	}
	if err := turn.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := lock.Close(); err != nil {
			t.Error(err)
		}
	}
}

// awaitQueue waits until somebody stands in line behind who holds the database: they have the turn.
func (h house) awaitQueue(t testing.TB) {
	t.Helper()
	until(t, "somebody to wait for the database", func() bool {
		turn := flock.New(h.path("events.db.turn"))
		defer turn.Close()
		had, err := turn.TryLock()
		if err != nil {
			t.Fatal(err)
		}
		return !had
	})
}
