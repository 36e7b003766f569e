package cli

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// badWords is a command line that has to be refused; says is part of what standard error then says.
type badWords struct {
	args []string
	says string
}

// with puts each bad value behind a flag of a command that is good without it.
func with(command []string, flag string, pairs ...string) (all []badWords) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, badWords{slices.Concat(command, []string{flag, pairs[i]}), pairs[i+1]})
	}
	return all
}

func badWordsForBooking() []badWords {
	book := []string{"book", "--event", "1"}
	full := append(slices.Clone(book), "--qty", "1")
	return slices.Concat(
		with(book, "--qty",
			"0", "--qty: must be", "-1", "got -1", "1.5", "--qty", "1e3", "--qty", "2147483648",
			"got 2147483648", "9223372036854775808", "--qty", "0x10", "--qty", "1_000", "--qty",
			"+2", "--qty", "", "--qty", " ", "--qty", "two", "--qty", "２", "--qty",
			"NaN", "--qty", "10000001", "from 1 to 10000000"),
		with([]string{"book", "--qty", "1"}, "--event",
			"0", "--event", "-1", "--event", "1.0", "--event", "", "--event", "Go Meetup",
			"--event", "a", "--event", "--qty", "--event", "+1", "--event", "001", "--event",
			"9223372036854775808", "--event", "../1", "--event"),
		with(full, "--email",
			"ada", "--email", "ada@", "--email", "@example.org", "--email", "a@b@example.org",
			"--email", "Ada <ada@example.org>", "--email", "ada@example", "--email",
			"ada example@example.org", "--email", "ada@[127.0.0.1]", "--email",
			"ada@example.org\n", "--email", strings.Repeat("a", 250)+"@example.org", "--email"),
		with(full, "--name",
			"\x1b[31mred", "U+001B", "a\x07b", "U+0007", "\u202eevil", "U+202E", "a\nb", "U+000A",
			"\xff\xfe", "UTF-8", strings.Repeat("x", 10_000), "at most 200", "   ", "blank",
			"a\u0085b", "U+0085"),
		with(full, "--note",
			"\x1b]0;title\x07", "U+001B", strings.Repeat("n", 1_001), "at most 1000"),
		with(full, "--idempotency-key", "two words", "--idempotency-key", "ключ",
			"--idempotency-key", strings.Repeat("k", 256), "at most 255",
			"", "--idempotency-key: is empty"),
		[]badWords{
			{book, "--qty"}, {[]string{"book", "--qty", "1"}, "--event"},
			{append(slices.Clone(full), "now"), "now"},
			{append(slices.Clone(full), "--qty", "2"), "--qty"},
			{append(slices.Clone(full), "--evnt", "2"), "--event"},
			{[]string{"bok", "--event", "1"}, "book"},
			{[]string{"booking", "cancel", "EVB-00000"}, "EVB-00000"},
			{[]string{"booking", "cancel", "EVB-7K3M9-9QXT4-0"}, "typo"},
			{[]string{"booking", "cancel"}, "missing"},
			{[]string{"booking", "cancel", "EVB-7K3M9-9QXT4-K", "--idempotency-key", ""},
				"--idempotency-key: is empty"},
			{[]string{"booking", "cancel", "EVB-7K3M9-9QXT4-K", "--qty", "0"}, "--qty: must be"},
			{[]string{"booking", "cancel", "EVB-7K3M9-9QXT4-K", "--qty", ""}, "--qty: is empty"},
			{[]string{"booking", "list", "--event", "1", "--limit", ""}, "--limit: is empty"},
			{[]string{"booking", "show", "\x1b[2J"}, "reference"},
			{[]string{"booking", "list", "--event", ""}, "--event"},
			{[]string{"booking", "list", "--event", "1", "--limit", "0"}, "--limit"},
			{[]string{"booking", "list", "--event", "1", "--limit", "201"}, "--limit"},
			{[]string{"booking", "list", "--event", "1", "--cursor", "x"}, "--cursor"},
			{[]string{"check", "--event", "1", "--qty", "0"}, "--qty"},
			{[]string{"check", "--event", "1", "--qty", "1", "--wait", "30"}, "--wait"},
			{[]string{"check", "--event", "1", "--qty", "1", "--wait", "-1s"}, "--wait"},
		},
	)
}

func badWordsForEvents() []badWords {
	create := []string{"event", "create", "--name", "X", "--capacity", "5"}
	unnamed := []string{"event", "create", "--capacity", "5"}
	edit := []string{"event", "edit", "1"}
	return slices.Concat(
		with([]string{"event", "create", "--name", "X"}, "--capacity",
			"0", "--capacity", "-5", "--capacity", "1e6", "--capacity", "10000001", "--capacity",
			"many", "--capacity", "4.0", "--capacity"),
		with(unnamed, "--name",
			"", "--name", "  ", "blank", strings.Repeat("x", 201), "at most 200",
			"a\x00b", "U+0000", "\u2066x", "U+2066", "\xc3\x28", "UTF-8"),
		with(create, "--idempotency-key", "", "--idempotency-key: is empty"),
		with(edit, "--price", "", "--price", "1,5", "--price", "12.345", "EUR"),
		with(edit, "--currency", "USD", "--currency", "ZZZ", "ZZZ", "", "currency"),
		with(edit, "--tz", "", "--tz", "Berlin", "--tz"),
		with(edit, "--starts-at", "tomorrow", "--starts-at", "yesterday", "--starts-at"),
		with(create, "--price",
			"", "--price",
			"NaN", "--price", "1e400", "--price", "-1", "--price", "12.345", "EUR", "1,50",
			"--price", "1_000", "--price", "Inf", "--price", "0x1p4", "--price", "--", "--price",
			"1000000000.01", "--price", "99999999999999999999", "--price", "12.50 EUR", "--price"),
		with(append(slices.Clone(create), "--currency", "JPY"), "--price", "1.5", "JPY"),
		with(create, "--currency", "ZZZ", "ZZZ", "EURO", "EURO", "€", "€", "12", "12"),
		with(create, "--starts-at",
			"tomorrow", "time of day", "2026-12-01", "time of day", "12/01/2026 19:00",
			"--starts-at",
			"2026-02-30 19:00", "does not exist", "2026-12-01 25:00", "--starts-at",
			"2026-12-01 19:60", "--starts-at", "next friday", "--starts-at", "19:00", "no day",
			"1969-12-31 23:59", "--starts-at", "10000-01-01 00:00", "--starts-at",
			"2026-12-01 7pm", "--starts-at", "+1y", "--starts-at"),
		with(append(slices.Clone(create), "--tz", "Europe/Berlin"), "--starts-at",
			"2027-03-28 02:30", "2027-03-28T03:30:00+02:00", "2026-10-25 02:30",
			"2026-10-25T02:30:00+01:00"),
		with(create, "--tz",
			"", "--tz", "Berlin", "--tz", "CEST", "--tz", "../etc/passwd", "--tz", "Local", "--tz"),
		with(create, "--slug",
			"a", "--slug", "Go", "--slug", "go--meetup", "--slug", "-go", "--slug", "123",
			"--slug", strings.Repeat("a", 65), "--slug", "café", "--slug"),
		with(append(slices.Clone(create), "--starts-at", "2026-12-01 19:00"), "--ends-at",
			"2026-12-01 19:00", "not after", "2026-12-01 18:00", "not after"),
		with(edit, "--capacity", "0", "--capacity", "-1", "--capacity"),
		[]badWords{
			{edit, "nothing to change"},
			{[]string{"event", "edit"}, "missing"},
			{[]string{"event", "create", "--name", "X"}, "--capacity"},
			{[]string{"event", "crate"}, "event create"},
			{[]string{"evnt"}, "event"},
			{[]string{"event", "show", "1", "2"}, "2"},
			{[]string{"event", "list", "--limit", "x"}, "--limit"},
			{[]string{"event", "list", "--cursor", "-1"}, "--cursor"},
			{[]string{"event", "list", "-o", "xml"}, "output"},
			{[]string{"event", "list", "--lock-timeout", "10"}, "lock"},
			{[]string{"serve", "--addr", "0.0.0.0:8080"}, "--addr"},
			{[]string{"serve", "--addr", "8080"}, "addr"},
			{[]string{"serve", "--addr", "localhost.example.org:0"}, "--addr"},
			{[]string{"backup"}, "--out"},
			{[]string{"completion", "tcsh"}, "tcsh"},
			{[]string{"help", "bok"}, "book"},
		},
	)
}

func TestBadWordsAreExplainedAndChangeNothing(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "40", "--slug", "go-meetup")
	w.must("book", "--event", "1", "--qty", "2")
	state := func() string {
		return w.must("event", "list", "-o", "json") +
			w.must("booking", "list", "--event", "1", "-o", "json")
	}
	before := state()
	cases := slices.Concat(badWordsForBooking(), badWordsForEvents(), badWordsForLists(),
		badWordsForOutput(), badWordsForMany(), badWordsForDryRuns(), badWordsForForgetting(),
		badWordsForHolds(), badWordsForWaitlist(), badWordsForAmending(), badWordsForBench(),
		badWordsForLines(), badWordsForTypes(), badWordsForPools(), badWordsForCodes(),
		badWordsForSales())
	for _, c := range cases {
		stdout, stderr, code := w.run(c.args...)
		if code != 2 {
			t.Errorf("%q: exit %d, want 2\n%s", c.args, code, stderr)
		}
		if !strings.Contains(stderr, "error: ") || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: standard error does not say %q:\n%s", c.args, c.says, stderr)
		}
		if strings.ContainsFunc(stdout+stderr, drivesTerminal) {
			t.Errorf("%q: a control character came out: %q", c.args, stdout+stderr)
		}
		if len(stderr) > 1_000 {
			t.Errorf("%q: %d bytes of explanation", c.args[:2], len(stderr))
		}
	}
	if after := state(); after != before {
		t.Errorf("bad input has changed something:\n%s\n%s", before, after)
	}
	if report := w.must("verify"); !strings.HasPrefix(report, "Sound") {
		t.Error(report)
	}
	if len(cases) < 300 {
		t.Errorf("only %d bad command lines", len(cases))
	}
	t.Logf("%d bad command lines", len(cases))
}

func drivesTerminal(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
}

func TestNamesOfAllTheWorldAreBooked(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "李小龍 🎉", "--capacity", "10")
	for _, name := range []string{
		"O'Brien", "李小龍", "José", "Ægir Ólafsson",
		"👩‍👩‍👧", "Robert'); DROP TABLE events;--",
	} {
		out := w.must("book", "--event", "1", "--qty", "1", "--name", name, "-o", "json")
		if !strings.Contains(out, name) {
			t.Errorf("%s was not kept: %s", name, out)
		}
	}
}
