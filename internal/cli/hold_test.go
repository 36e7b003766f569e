package cli

import (
	"slices"
	"strings"
	"testing"
)

// hold holds seats of an event and gives the reference.
func (w *world) hold(event, quantity string) string {
	w.t.Helper()
	return strings.TrimSpace(w.must("hold", "create", "--event", event, "--qty", quantity,
		"-o", "name"))
}

// badWordsForHolds hold nothing, and change no hold.
func badWordsForHolds() []badWords {
	const ref = "EVB-7K3M9-9QXT4-K"
	create := []string{"hold", "create", "--event", "1", "--qty", "1"}
	confirm, extend := []string{"hold", "confirm", ref}, []string{"hold", "extend", ref}
	ttls := []string{
		"", `got ""`, "0", "from 1m to 24h", "0s", `got "0s"`, "59s", `got "59s"`, "59.999s",
		"from 1m to 24h", "24h1s", `got "24h1s"`, "1d", `got "1d"`, "-10m", `got "-10m"`, "10",
		`got "10"`, "10 m", "from 1m to 24h", "ten minutes", "from 1m to 24h", "1e9h",
		"from 1m to 24h", "9999999999h", "from 1m to 24h", "\x1b[2J", "from 1m to 24h",
		strings.Repeat("9", 10_000) + "m", "from 1m to 24h", "１０m", "from 1m to 24h",
	}
	return slices.Concat(
		with(create, "--ttl", ttls...), with(extend, "--ttl", ttls...),
		with(create, "--email", "ada", "--email: must be one address"),
		with(create, "--idempotency-key", "", "--idempotency-key: is empty", "a b", "--idem"),
		with([]string{"hold", "create", "--event", "1"}, "--qty",
			"0", "--qty: must be", "-1", "got -1", "1.5", "is not a whole number", "", "--qty"),
		with(confirm, "--qty", "0", "--qty: must be", "1.5", "--qty", "", "--qty: is empty",
			"10000001", "from 1 to 10000000"),
		with(confirm, "--email", "ada@", "--email: must be one address"),
		with(confirm, "--name", "a\x07b", "U+0007"),
		with(confirm, "--note", strings.Repeat("n", 1_001), "at most 1000"),
		with(confirm, "--idempotency-key", "", "--idempotency-key: is empty"),
		with(extend, "--idempotency-key", "", "--idempotency-key: is empty"),
		with([]string{"hold", "release", ref}, "--idempotency-key", "", "is empty"),
		with([]string{"hold", "list"}, "--status",
			"open", "must be one of waiting, held", "hold", `got "hold"`, "", "is missing"),
		[]badWords{
			{[]string{"hold", "create"}, "evbook hold create --event 1 --qty 2"},
			{[]string{"hold", "create", "--from", "-"}, "unknown flag --from"},
			{[]string{"hold", "creat", "--event", "1"}, `did you mean "evbook hold create"?`},
			{[]string{"hold", "confrim", ref}, `did you mean "evbook hold confirm"?`},
			{[]string{"hold", "cancel", ref}, `unknown command "cancel" for "evbook hold"`},
			{[]string{"hld", "list"}, `did you mean "evbook hold"?`},
			{[]string{"hold", "--event", "1", "--qty", "2"}, "unknown flag --event"},
			{[]string{"hold", "show"}, "the reference is missing"},
			{[]string{"hold", "confirm"}, "the reference is missing"},
			{[]string{"hold", "extend"}, "the reference is missing"},
			{[]string{"hold", "release"}, "the reference is missing"},
			{[]string{"hold", "show", "nonsense"}, "reference"},
			{[]string{"hold", "confirm", "EVB-7K3M9-9QXT4-0"}, "typo"},
			{[]string{"hold", "extend", "EVB-7K3M9-9QXT4-0"}, "typo"},
			{[]string{"hold", "release", "EVB-7K3M9-9QXT4-0"}, "typo"},
			{[]string{"hold", "release", ref, "--qty", "1"}, "unknown flag --qty"},
			{[]string{"hold", "extend", ref, "--ttl", "10m", "--ttl", "20m"}, "given twice"},
			{[]string{"hold", "list", "--limit", "0"}, "--limit"},
			{[]string{"hold", "list", "held"}, `unexpected argument "held"`},
			{[]string{"hold", "show", ref, "--dry-run"}, "unknown flag --dry-run"},
			{[]string{"book", "--event", "1", "--qty", "1", "--ttl", "10m"}, "unknown flag --ttl"},
		},
	)
}

func TestPeopleAreToldHowToConfirmAHoldAndProgramsAreNot(t *testing.T) {
	w := hall(t, 10)
	create := []string{"hold", "create", "--event", "1", "--qty", "1", "--idempotency-key", "k"}
	stdout, stderr, code := w.run(create...)
	_, reference, _ := strings.Cut(strings.TrimSpace(stdout), "\nReference: ")
	told := "Confirm it before then: evbook hold confirm " + reference + "\n"
	if code != 0 || reference == "" || stderr != told {
		t.Fatalf("exit %d, stdout %q, stderr %q, want %q", code, stdout, stderr, told)
	}
	const replayed = "This key was used before: nothing new was held."
	if _, stderr, _ := w.run(create...); stderr != replayed+"\n"+told {
		t.Errorf("repeated: stderr %q", stderr)
	}
	for _, args := range [][]string{{"-o", "name"}, {"-o", "json"}, {"-q"}} {
		_, stderr, code := w.run(slices.Concat(create[:6], args)...)
		if code != 0 || stderr != "" {
			t.Errorf("%v: exit %d, stderr %q", args, code, stderr)
		}
	}
	w.must("hold", "confirm", reference)
	want := replayed + " The hold has changed since: evbook hold show " + reference + "\n"
	if _, stderr, _ := w.run(create...); stderr != want {
		t.Errorf("confirmed and repeated: stderr %q, want %q", stderr, want)
	}
}

func TestWhoAsksToHoldTooManySeatsIsShownHowToHoldFewer(t *testing.T) {
	w := hall(t, 3)
	for command, hint := range map[string]string{
		"hold create": "evbook hold create --event 1 --qty 3",
		"book":        "evbook book --event 1 --qty 3",
	} {
		args := append(strings.Fields(command), "--event", "1", "--qty", "4")
		_, stderr, code := w.run(args...)
		if code != 4 || !strings.HasSuffix(stderr, "\nhint:  "+hint+"\n") {
			t.Errorf("%s: exit %d, stderr %q", command, code, stderr)
		}
	}
}

func TestRowsOfAFileHoldSeatsInBothFormats(t *testing.T) {
	for name, text := range map[string]string{
		"ndjson": `{"event_id":1,"quantity":1}
{"event_id":1,"quantity":2,"hold":true}
{"event_id":1,"quantity":3,"ttl_seconds":900}
{"event_id":1,"quantity":4,"hold":false}`,
		"csv": "event_id,quantity,hold,ttl_seconds\n1,1,,\n1,2,true,\n1,3,,900\n1,4,false,\n",
	} {
		w := hall(t, 40)
		got := w.bookRows(text, 0)
		if statuses(got.Data) != "booked held held booked" ||
			got.Message != "booked 2 bookings with 5 seats, 2 rows held" {
			t.Errorf("%s: %+v", name, got)
		}
		shown := w.must("event", "show", "1")
		if !strings.Contains(shown, "30 free of 40, 5 held\n") {
			t.Errorf("%s: %s", name, shown)
		}
		w.must("verify")
	}
	w := hall(t, 40)
	for row, says := range map[string]string{
		"yes,": "hold: must be true or false, got", "TRUE,": "hold: must be true or false, got",
		"false,600":                "ttl_seconds: is only for seats that are held",
		",0":                       "ttl_seconds: must be from 60 to 86400 seconds, got 0",
		",10m":                     "ttl_seconds: \"10m\" is not a number",
		",9999999999":              "seconds, got 9999999999",
		",18446744074000000000000": "far too large",
	} {
		w.in = "event_id,quantity,hold,ttl_seconds\n1,1," + row + "\n"
		if _, stderr, code := w.run("book", "--from", "-"); code != 2 ||
			!strings.Contains(stderr, says) {
			t.Errorf("%s: exit %d, stderr %q, want %q", row, code, stderr, says)
		}
	}
}
