package cli

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// badWordsForTypes add no ticket type and change none. They name event 1, which has none.
func badWordsForTypes() []badWords {
	add := []string{"ticket-type", "add", "child", "--event", "1"}
	edit := []string{"ticket-type", "edit", "child", "--event", "1"}
	events := []string{
		"", "--event: is missing", "0", "--event: ", "Go Meetup", "neither an event's number",
	}
	return slices.Concat(
		with([]string{"ticket-type", "add", "child"}, "--event", events...),
		with([]string{"ticket-type", "list"}, "--event", events...),
		with([]string{"ticket-type", "close", "child"}, "--event", events...),
		with([]string{"ticket-type", "add", "--event", "1"}, "--name",
			"", "--name: is empty; give it a name", "a=b", "which separate names in commands",
			"a,b", "has a = or a comma", " a", "begins or ends with a space",
			strings.Repeat("x", 61), "at most 60", "a\x00b", "U+0000", "\u202eevil", "U+202E",
			"\xff", "UTF-8"),
		with(add, "--name", "kid", `--name: is given twice, "child" and "kid"`),
		with(add, "--price", "", "--price: is missing", "-1", "--price: ", "1,50", "--price: ",
			"12.345", "EUR"),
		with(add, "--sales-open", "soon", "--sales-open: ", "2026-12-01", "--sales-open: "),
		with(append(slices.Clone(add), "--sales-open", "2027-01-02 10:00"), "--sales-close",
			"2027-01-01 10:00", "--sales-close: 2027-01-01T10:00:00Z is not after"),
		with(add, "--min-per-booking", "", "--min-per-booking: is empty", "-1", "got -1", "x",
			"is not a number"),
		with(add, "--max-per-booking", "1.5", "is not a whole number", "10000001", "got 10000001"),
		with(append(slices.Clone(add), "--min-per-booking", "5"), "--max-per-booking",
			"4", "--min-per-booking: 5 is more than the most, 4"),
		with(edit, "--min-per-booking", "x", "--min-per-booking: "),
		[]badWords{
			{append(slices.Clone(add), "--code-required=maybe"), "--code-required"},
			{append(slices.Clone(add), "kid"), `unexpected argument "kid"`},
			{edit, "nothing to change"},
			{[]string{"ticket-type", "edit", "--event", "1"}, "the ticket type is missing"},
			{[]string{"ticket-type", "close", "--event", "1"}, "the ticket type is missing"},
			{[]string{"ticket-type", "open", "--event", "1"}, "the ticket type is missing"},
			{[]string{"ticket-type", "list", "child"}, `unexpected argument "child"`},
			{[]string{"ticket-type", "list", "--event", "1", "--all"}, "unknown flag --all"},
			{[]string{"ticket-type", "list", "--event", "1", "--fields", "nmae"},
				`did you mean "name"?`},
			{[]string{"ticket-type", "delete", "child", "--event", "1"}, "unknown command"},
			{[]string{"ticket-typ", "list"}, `did you mean "evbook ticket-type"?`},
		},
	)
}

// badWordsForPools add no pool and change none.
func badWordsForPools() []badWords {
	add := []string{"pool", "add", "boat", "--event", "1"}
	return slices.Concat(
		with(add, "--capacity", "", "--capacity: is missing", "0", "--capacity: must be", "-1",
			"got -1", "1e3", "is not a number", "10000001", "got 10000001"),
		with([]string{"pool", "add", "--event", "1", "--capacity", "5"}, "--name",
			"", "--name: is empty", "a=b", "has a = or a comma", "a\x07b", "U+0007"),
		with([]string{"pool", "edit", "boat", "--event", "1"}, "--capacity",
			"", "--capacity: is empty", "ten", "is not a number"),
		[]badWords{
			{add, "--capacity: is missing"},
			{[]string{"pool", "add"}, "--event: is missing; --name: is missing"},
			{[]string{"pool", "edit", "boat", "--event", "1"}, "nothing to change"},
			{[]string{"pool", "edit", "--event", "1"}, "the pool is missing"},
			{[]string{"pool", "list", "--event", "1", "-o", "xml"}, "output"},
			{[]string{"pol", "list"}, `did you mean "evbook pool"?`},
		},
	)
}

// badWordsForCodes add no access code and change none.
func badWordsForCodes() []badWords {
	add := []string{"code", "add", "--event", "1", "--uses", "5"}
	return slices.Concat(
		with([]string{"code", "add", "--event", "1"}, "--uses", "", "--uses: is missing", "0",
			"--uses: must be", "-1", "got -1", "many", "is not a number", "10000001",
			"got 10000001"),
		with(add, "--code", "", "--code: is empty; leave it out", " ", "--code: is empty", "abc",
			"is 3 characters long, must be 4 to 40", strings.Repeat("A", 41), "must be 4 to 40",
			"VIP 26", "use letters without accents", "CAFÉ-1", "use letters without accents",
			"A_B_C", "has '_'", "a\x00bc", "has", "\x1b[2J", "has"),
		with(add, "--type", "", "--type: is empty", "a,", "--type: is empty"),
		with(add, "--valid-until", "soon", "--valid-until: ", "tomorrow", "time of day"),
		[]badWords{
			{[]string{"code", "add"}, "--event: is missing; --uses: is missing"},
			{append(slices.Clone(add), "FRIENDS"), `unexpected argument "FRIENDS"`},
			{[]string{"code", "disable", "--event", "1"}, "the code is missing"},
			{[]string{"code", "disable", "FRIENDS"}, "--event: is missing"},
			{[]string{"code", "list"}, "--event: is missing"},
			{[]string{"code", "enable", "FRIENDS", "--event", "1"}, "unknown command"},
			{[]string{"cod", "list"}, `did you mean "evbook code"?`},
		},
	)
}

// badWordsForSales decide nothing about the sale of an event.
func badWordsForSales() (all []badWords) {
	for _, command := range [][]string{
		{"event", "create", "--name", "X", "--capacity", "5"}, {"event", "edit", "1"},
	} {
		all = slices.Concat(all,
			with(command, "--sales-open", "soon", "--sales-open: ", "19:00", "--sales-open: "),
			with(command, "--sales-close", "2026-02-30 10:00", "--sales-close: "),
			with(command, "--max-per-booking", "-1", "or 0 for no limit, got -1", "", "is empty",
				"x", "is not a number", "10000001", "got 10000001"),
			with(command, "--max-per-customer", "-1", "--max-per-customer: must be", "1.5",
				"--max-per-customer: "),
			with(command, "--waitlist", "", "must be strict or skip", "Strict", `got "Strict"`,
				"skip,strict", "must be strict or skip"),
			with(command, "--offer-ttl", "", "from 1m to 168h", "0", "from 1m to 168h", "59s",
				`got "59s"`, "169h", `got "169h"`, "7d", `got "7d"`, "-4h", "from 1m to 168h"),
			[]badWords{{append(slices.Clone(command), "--code-required=2"), "--code-required"}},
		)
	}
	return all
}

func TestASwitchThatIsLeftOutChangesNothing(t *testing.T) {
	w := family(t)
	shown := func() bool { return strings.Contains(w.must("event", "show", "1"), "\nCode: ") }
	for _, c := range []struct {
		args string
		want bool
	}{
		{"--code-required", true}, {"--venue Hall", true}, {"--code-required=false", false},
		{"--code-required=true", true}, {"--code-required=0", false}, {"--venue Quay", false},
	} {
		w.must(append([]string{"event", "edit", "1"}, strings.Fields(c.args)...)...)
		if shown() != c.want {
			t.Errorf("after %s: code required: %t", c.args, !c.want)
		}
	}
}

func TestDurationsAreWrittenAsTheyAreTyped(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"4h": 4 * time.Hour, "1h30m": 90 * time.Minute, "10m": 10 * time.Minute, "1m30s": 90e9,
		"1m10s": 70e9, "20h": 20 * time.Hour, "10h10m": 610 * time.Minute, "1h0m10s": 3610e9,
	} {
		if got := lasting(d); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAHintThatNothingNeedsACodeIsForPeopleWhomItConcerns(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Trip", "--capacity", "40")
	add := []string{"code", "add", "--event", "1", "--uses", "5"}
	told := func(args ...string) bool {
		t.Helper()
		_, stderr, code := w.run(append(slices.Clone(add), args...)...)
		if code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, stderr)
		}
		return strings.Contains(stderr, "needs a code yet")
	}
	if !told() || told("-o", "name") || told("-o", "json") || told("-q") || told("-n") {
		t.Error("the hint is missing, or stands where nobody reads it")
	}
	w.must("ticket-type", "add", "member", "--event", "1", "--code-required")
	if told() {
		t.Error("a ticket type needs a code, but the hint says no")
	}
}

func TestADryRunChangesNothingOfWhatAnEventIsDividedInto(t *testing.T) {
	w := family(t)
	state := func() string {
		return w.must("event", "show", "1", "-o", "json") + w.must("log", "-o", "json") +
			w.must("code", "list", "--event", "1", "-o", "json") + w.must("verify")
	}
	before := state()
	for _, c := range []struct{ line, says string }{
		{"ticket-type add senior", `Added ticket type senior to "Trip": 12.50 EUR. 40 left.`},
		{"ticket-type edit child --price 7", `Saved ticket type child of "Trip": 7.00 EUR. 10`},
		{"ticket-type close child", `Ticket type child of "Trip" is closed.`},
		{"ticket-type open child", `Ticket type child of "Trip" is on sale.`},
		{"pool add raft --capacity 2", `Added pool raft to "Trip": 2 seats.`},
		{"pool edit boat --capacity 9", `Saved pool boat of "Trip": 9 free of 9.`},
		{"code add --uses 5", `Added a code for 5 seats of "Trip".`},
		{"code disable FRIENDS", `Code FRIENDS of "Trip" is disabled.`},
	} {
		args := append(strings.Fields(c.line), "--event", "1", "-n")
		stdout, stderr, code := w.run(args...)
		if code != 0 || !strings.HasPrefix(stdout, "Dry run: "+c.says) ||
			!strings.HasSuffix(stderr, "Nothing was changed.\n") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", c.line, code, stdout, stderr)
		}
		if after := state(); after != before {
			t.Fatalf("%s has changed something:\n%s\n%s", c.line, before, after)
		}
	}
	w.must("ticket-type", "add", "senior", "--event", "1") // in earnest
	if state() == before {
		t.Error("the state does not show a new ticket type")
	}
}
