//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The completions are tried in bash, zsh and fish as they are installed. The script for PowerShell
// is only compared with what the program prints (internal/cli/completion_test.go): there is no
// PowerShell where these tests run.

// shellTries is how often a shell is asked: where the database does not answer in time nothing is
// offered, and the machine may be busy.
const shellTries = 10

// bashLibrary is where the package bash-completion has the functions that the script calls.
const bashLibrary = "/usr/share/bash-completion/bash_completion"

// askBash does what bash does at TAB. Its arguments are the script of completions, the line and the
// words into which readline splits it. Outside of a real line compopt has nothing to change.
const askBash = `source ` + bashLibrary + `
source "$1"
COLUMNS=120 COMP_TYPE=63 COMP_KEY=9
COMP_LINE=$2 COMP_POINT=${#2}
shift 2
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
compopt() { :; }
__start_evbook
printf '%s\n' "${COMPREPLY[@]}"`

// askZsh has an interactive zsh on a terminal of its own complete lines, and shows after each what
// it has become. Its arguments are the script of completions and the lines.
const askZsh = `zmodload zsh/zpty
zpty -b shell 'stty cols 120 rows 60; exec zsh -f -i'
zpty -w shell "PROMPT= RPROMPT= LISTMAX=0 KEYTIMEOUT=1; setopt no_beep
  autoload -Uz compinit; compinit -u -D; source ${(q)1}
  mark() { zle -I; print -r -- \"<LINE:\$BUFFER>\"; BUFFER= }
  zle -N mark; bindkey '^X' mark; bindkey '^I' complete-word; print BE''GIN"
zpty -r -m shell seen '*BEGIN*'
for line in "${@[2,-1]}"; do
  zpty -w -n shell "$line"$'\t\x18'
  zpty -r -m shell seen '*<LINE:*>*'
  print -r -- "$seen"
done
zpty -d shell`

// askFish completes a line. Its arguments are the script of completions and the line.
const askFish = `source $argv[1]; complete -C $argv[2]`

// terminalCodes are what a shell writes to move the cursor and to clear the screen.
var terminalCodes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]|[\x00\r]")

// shellHouse is a house with two events and a booking, and with names that a shell must not run.
func shellHouse(t *testing.T) (h house, reference string) {
	t.Helper()
	h = newHouse(t)
	h.must(t, "event", "create", "--name", undatedName,
		"--capacity", "3")
	h.must(t, "event", "create", "--name", "Go: Meetup", "--capacity", "12", "--slug", "go-meetup",
		"--starts-at", "2199-12-01T19:00:00Z")
	reference = h.must(t, "book", "--event", "2", "--qty", "2", "-o", "name")
	h.must(t, "backup", "--out", "my a:b.db")
	return h, reference
}

// asked runs a shell until it prints everything that is wanted, and gives what it printed.
func (h house) asked(t *testing.T, wanted []string, shell string, args ...string) string {
	t.Helper()
	var o outcome
	for range shellTries {
		cmd := h.command(t.Context(), shell, args...)
		cmd.Env = append(cmd.Env, "HOME="+h.dir, "XDG_CONFIG_HOME="+h.dir, "XDG_DATA_HOME="+h.dir,
			"XDG_CACHE_HOME="+h.dir, "XDG_RUNTIME_DIR="+h.dir, "ZDOTDIR="+h.dir, "TERM=xterm",
			"LC_ALL=C.UTF-8", "INPUTRC=/dev/null")
		o = finish(cmd)
		if o.code != 0 || o.stderr != "" {
			t.Fatalf("%s ended with %d: %s%s", shell, o.code, o.stdout, o.stderr)
		}
		o.stdout = terminalCodes.ReplaceAllString(o.stdout, "")
		if !slices.ContainsFunc(wanted, func(s string) bool {
			return !strings.Contains(o.stdout, s)
		}) {
			break
		}
	}
	if _, err := os.Stat(h.path("pwned")); err == nil {
		t.Fatalf("%s %q ran what is only text", shell, args)
	}
	return o.stdout
}

// script gives the path of a script of completions.
func script(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, "completions", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	undatedName  = "Undated $(touch pwned) `touch pwned`'\""
	undatedAbout = undatedName + " · 3 free"
	meetupAbout  = "Go: Meetup · 1 Dec 2199 19:00 · 10 free"
	bookingAbout = "2 seats · Go: Meetup · confirmed"
)

func TestBashOffersEventsAndReferences(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	needFile(t, bashLibrary)
	h, reference := shellHouse(t)
	events := []string{
		"2          (" + meetupAbout + ")", "go-meetup  (event 2 · " + meetupAbout + ")",
		"1          (" + undatedAbout + ")",
	}
	for _, c := range []struct {
		line string
		// words are those of the line as readline splits it, if not at its spaces.
		words []string
		want  []string
	}{
		{line: "evbook book --event ", want: events},
		{line: "evbook book --event go", want: []string{"go-meetup"}},
		{line: "evbook booking cancel ", want: []string{reference}},
		{line: "evbook book --event=", words: []string{"evbook", "book", "--event", "=", ""},
			want: events},
		{line: "evbook book --event=go", words: []string{"evbook", "book", "--event", "=", "go"},
			want: []string{"go-meetup"}},
		{line: "evbook --db 'my a:b.db' event show ",
			words: []string{"evbook", "--db", "'my a:b.db'", "event", "show", ""}, want: events},
		{line: `evbook --db my\ a:b.db event show go`,
			words: []string{"evbook", "--db", `my\ a`, ":", "b.db", "event", "show", "go"},
			want:  []string{"go-meetup"}},
		{line: "evbook book --note '; touch pwned' --event go",
			words: []string{"evbook", "book", "--note", "'; touch pwned'", "--event", "go"},
			want:  []string{"go-meetup"}},
		{line: "evbook --db missing.db book --event ", want: []string{""}},
		{line: "evbook book --email ", want: []string{""}},
		{line: "evbook --color ", want: []string{"auto", "always", "never"}},
	} {
		words := c.words
		if words == nil {
			words = strings.Split(c.line, " ")
		}
		args := append([]string{"--norc", "-c", askBash, "bash", script(t, "evbook.bash"), c.line},
			words...)
		got := h.asked(t, c.want, "bash", args...)
		if want := strings.Join(c.want, "\n") + "\n"; got != want {
			t.Errorf("%s<TAB> offers\n%swant\n%s", c.line, got, want)
		}
	}
}

func TestZshOffersEventsAndReferences(t *testing.T) {
	t.Parallel()
	need(t, "zsh")
	h, reference := shellHouse(t)
	cases := []struct {
		line string
		// lists is what is listed, in this order.
		lists []string
		// becomes is the line after TAB.
		becomes string
	}{
		{"evbook book --event go", nil, "evbook book --event go-meetup "},
		{"evbook book --event=go", nil, "evbook book --event=go-meetup "},
		{"evbook booking show EVB", nil, "evbook booking show " + reference + " "},
		{`evbook --db my\ a:b.db event show g`, nil,
			`evbook --db my\ a:b.db event show go-meetup `},
		{"evbook book --note '; touch pwned' --event go", nil,
			"evbook book --note '; touch pwned' --event go-meetup "},
		{"evbook --db my", nil, `evbook --db my\ a:b.db `},
		{"evbook --db missing.db book --event g", nil, "evbook --db missing.db book --event g"},
		{"evbook book --email m", nil, "evbook book --email m"},
		// The last one, since zsh draws a list again after each line.
		{"evbook book --event ", []string{
			"2          -- " + meetupAbout, "go-meetup  -- event 2 · " + meetupAbout,
			"1          -- " + undatedAbout,
		}, "evbook book --event "},
	}
	args := []string{"-f", "-c", askZsh, "zsh", script(t, "_evbook")}
	var want []string
	for _, c := range cases {
		args = append(args, c.line)
		want = append(append(want, c.lists...), "<LINE:"+c.becomes+">")
	}
	// What zsh shows has more between, above all the lines as they were typed.
	shown := h.asked(t, want, "zsh", args...)
	rest, lists := shown, 0
	for _, piece := range want {
		before, after, found := strings.Cut(rest, piece)
		if !found {
			t.Fatalf("zsh shows\n%s\nwant next %s", before, piece)
		}
		rest = after
		lists += strings.Count(piece, " -- ")
	}
	if got := strings.Count(shown, " -- "); got != lists {
		t.Errorf("zsh lists %d offers, want %d:\n%s", got, lists, shown)
	}
}

func TestFishOffersEventsAndReferences(t *testing.T) {
	t.Parallel()
	need(t, "fish")
	h, reference := shellHouse(t)
	meetup := "go-meetup\tevent 2 · " + meetupAbout + "\n"
	for _, c := range []struct{ line, want string }{
		{"evbook book --event ", "2\t" + meetupAbout + "\n" + meetup + "1\t" + undatedAbout + "\n"},
		{"evbook book --event go", meetup},
		{"evbook book --event=go", "--event=" + meetup},
		{"evbook booking cancel evb", reference + "\t" + bookingAbout + "\n"},
		{`evbook --db my\ a:b.db event show g`, meetup},
		{`evbook --db ~/my\ a:b.db event show g`, meetup},
		{"evbook --db my", "my a:b.db\n"},
		{"evbook book --note '; touch pwned #' --name '' --event g", meetup},
		{"evbook --db missing.db book --event ", ""},
		{"evbook --db missing.db booking cancel E", ""},
		{"evbook book --email ", ""},
	} {
		got := h.asked(t, []string{c.want}, "fish", "--no-config", "-c", askFish,
			script(t, "evbook.fish"), c.line)
		if got != c.want {
			t.Errorf("%s<TAB> offers\n%swant\n%s", c.line, got, c.want)
		}
	}
}

// needFile skips a test like need, for want of a file.
func needFile(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	if os.Getenv("EVBOOK_NOSKIP") != "" {
		t.Fatalf("%s is missing, and EVBOOK_NOSKIP forbids to skip", path)
	}
	t.Skipf("NOT TESTED: %s is missing", path)
}

// manyInSQL fills a database with 10,000 events and a million bookings of the first.
const manyInSQL = `
PRAGMA synchronous = OFF;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
INSERT INTO events (id, slug, name, description, venue, capacity, held, confirmed, price, currency,
	status, zone, starts_at, version, created_at)
SELECT i, 'event-' || i, 'Event ' || i, 'What it is about, in a line or two.', 'Hall', 100, 0, 0, 0,
	'EUR', 'open', 'Europe/Berlin', 4102444800000000 + i * 7919 % 10007 * 3600000000, 1, 0 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email, name, note,
	cancel_reason, created_at, updated_at)
SELECT i, 1, 1, 'confirmed', 0, 'EUR', '', '', '', '', i, i FROM n;
COMMIT;
`

// BenchmarkCompletion measures the whole process that a shell starts at TAB, with 10,000 events and
// a million bookings: at most 100 ms. The time is the median.
func BenchmarkCompletion(b *testing.B) {
	need(b, "go")
	need(b, "sqlite3")
	h := house{dir: b.TempDir(), binary: filepath.Join(b.TempDir(), "evbook")}
	build(b, h.binary, ".")
	h.event(b, "Go Meetup", 10_000_000)
	fill := h.command(b.Context(), "sqlite3", "-batch", "-bail", "events.db")
	fill.Stdin = strings.NewReader(manyInSQL)
	if o := finish(fill); o.code != 0 {
		b.Fatalf("sqlite3: %s", o.stderr)
	}
	for name, words := range map[string][]string{
		"events":     {"book", "--event", ""},
		"slugs":      {"event", "show", "event-77"},
		"references": {"booking", "cancel", ""},
		"missing":    {"booking", "show", "EVB-00000-0"},
	} {
		b.Run(name, func(b *testing.B) {
			benchmarkCompletion(b, func() *exec.Cmd {
				return h.command(b.Context(), h.binary, append([]string{"__complete"}, words...)...)
			})
		})
	}
}

func benchmarkCompletion(b *testing.B, ask func() *exec.Cmd) {
	var times []time.Duration
	offers := 0
	for b.Loop() {
		o := finish(ask())
		if o.code != 0 || o.stderr != "" {
			b.Fatalf("ended with %d: %s", o.code, o.stderr)
		}
		times = append(times, o.took)
		offers = strings.Count(o.stdout, "\n") - 1
	}
	took := median(times)
	b.ReportMetric(float64(took.Microseconds())/1000, "ms")
	b.ReportMetric(float64(offers), "offers")
	if took > 100*time.Millisecond {
		b.Errorf("%s is more than 100 ms", took)
	}
}
