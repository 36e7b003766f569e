package cli

import (
	"slices"
	"strings"
	"testing"
)

// wait puts somebody on the waitlist of an event and gives the reference.
func (w *world) wait(event, quantity, email string) string {
	w.t.Helper()
	return strings.TrimSpace(w.must("waitlist", "join", "--event", event, "--qty", quantity,
		"--email", email, "-o", "name"))
}

// badWordsForWaitlist let nobody wait, and change no entry.
func badWordsForWaitlist() []badWords {
	join := []string{"waitlist", "join", "--event", "1", "--qty", "1", "--email", "a@example.org"}
	const ref = "EVB-7K3M9-9QXT4-K"
	return slices.Concat(
		with([]string{"waitlist", "join", "--event", "1", "--email", "a@example.org"}, "--qty",
			"0", "--qty: must be", "-1", "got -1", "1.5", "is not a whole number", "", "--qty",
			"10000001", "from 1 to 10000000"),
		with([]string{"waitlist", "join", "--qty", "1", "--email", "a@example.org"}, "--event",
			"0", "--event", "", "--event: is missing", "Go Meetup", "--event"),
		with(join[:6], "--email", "", "--email: is missing; who waits has to be told",
			"ada", "--email: must be one address", "a@example.org\n", "--email"),
		with(join, "--name", "a\x07b", "U+0007"),
		with(join, "--note", strings.Repeat("n", 1_001), "at most 1000"),
		with(join, "--type", "", "--type: is empty"),
		with(join, "--idempotency-key", "", "--idempotency-key: is empty", "a b", "--idem"),
		with([]string{"waitlist", "leave", ref}, "--idempotency-key", "", "is empty"),
		with([]string{"waitlist", "list"}, "--status",
			"open", "must be one of waiting, held", "waits", `got "waits"`, "", "is missing"),
		[]badWords{
			{[]string{"waitlist", "join"}, "evbook waitlist join --event 1 --qty 2 --email"},
			{append(slices.Clone(join), "--ttl", "10m"), "unknown flag --ttl"},
			{append(slices.Clone(join), "--line", "adult=1"), "unknown flag --line"},
			{append(slices.Clone(join), "--code", "CLUB"), "unknown flag --code"},
			{[]string{"waitlist", "add", "--event", "1"}, `unknown command "add"`},
			{[]string{"waitlst", "list"}, `did you mean "evbook waitlist"?`},
			{[]string{"waitlist", "leave"}, "the reference is missing"},
			{[]string{"waitlist", "leave", "EVB-7K3M9-9QXT4-0"}, "typo"},
			{[]string{"waitlist", "leave", ref, "--qty", "1"}, "unknown flag --qty"},
			{[]string{"waitlist", "explain"}, "the reference is missing"},
			{[]string{"waitlist", "explain", "nonsense"}, "reference"},
			{[]string{"waitlist", "explain", ref, "--dry-run"}, "unknown flag --dry-run"},
			{[]string{"waitlist", "list", "--limit", "0"}, "--limit"},
			{[]string{"waitlist", "list", "1"}, `unexpected argument "1"`},
			{[]string{"waitlist", "explain", ref, "--fields", "place"}, "no field"},
		},
	)
}

func TestOnlyPeopleAreToldWhatBecomesOfTheirPlace(t *testing.T) {
	w := hall(t, 1)
	w.must("book", "--event", "1", "--qty", "1")
	join := []string{"waitlist", "join", "--event", "1", "--qty", "1", "--email", "a@example.org",
		"--idempotency-key", "k"}
	stdout, stderr, code := w.run(join...)
	_, reference, _ := strings.Cut(strings.TrimSpace(stdout), "\nReference: ")
	told := "Why it waits, and behind whom: evbook waitlist explain " + reference + "\n"
	if code != 0 || reference == "" || stderr != told {
		t.Fatalf("exit %d, stdout %q, stderr %q, want %q", code, stdout, stderr, told)
	}
	const replayed = "This key was used before: nobody joined now. " +
		"The entry is shown as it is now.\n"
	if _, stderr, _ := w.run(append(slices.Clone(join), "-o", "name")...); stderr != replayed {
		t.Errorf("for a program: stderr %q", stderr)
	}
	w.must("event", "edit", "1", "--capacity", "2")
	want := replayed + "Confirm it before then: evbook hold confirm " + reference + "\n"
	if _, stderr, _ := w.run(join...); stderr != want {
		t.Errorf("offered: stderr %q, want %q", stderr, want)
	}
	w.lapse(reference)
	if stdout, stderr, _ := w.run(join...); stderr != replayed ||
		!strings.Contains(stdout, "status now: expired.\n") {
		t.Errorf("lapsed: stdout %q, stderr %q", stdout, stderr)
	}
}

func TestWhoAsksForSeatsOfSeveralTypesIsToldOfTheWaitlistWithoutACommand(t *testing.T) {
	w := hall(t, 1)
	w.must("ticket-type", "add", "--event", "1", "--name", "adult")
	w.must("ticket-type", "add", "--event", "1", "--name", "child with lunch")
	w.must("book", "--event", "1", "--qty", "1", "--type", "adult")
	for seats, hint := range map[string]string{
		"--line|adult=1|--line|child with lunch=1": "",
		"--type|adult|--qty|1": ": evbook waitlist join --event 1 --qty 1 --type adult" +
			" --email ADDRESS",
		"--type|child with lunch|--qty|1|--email|a@example.org": ": evbook waitlist join " +
			"--event 1 --qty 1 --type 'child with lunch' --email a@example.org",
	} {
		args := append([]string{"book", "--event", "1"}, strings.Split(seats, "|")...)
		_, stderr, code := w.run(args...)
		hint = "\nhint:  join the waitlist" + hint + "\n"
		if strings.HasPrefix(seats, "--line") { // more than there are in all: nobody can wait
			hint = "asked for 2\n"
		}
		if code != 4 || !strings.HasSuffix(stderr, hint) {
			t.Errorf("%s: exit %d, stderr %q, want %q", seats, code, stderr, hint)
		}
	}
}

func TestOnlyEntriesThatWaitAreOfferedWhereOneIsNeeded(t *testing.T) {
	w := hall(t, 3)
	booked := strings.TrimSpace(w.must("book", "--event", "1", "--qty", "3", "-o", "name"))
	first, second := w.wait("1", "1", "a@example.org"), w.wait("1", "2", "b@example.org")
	w.must("waitlist", "leave", w.wait("1", "1", "c@example.org"))
	w.must("booking", "cancel", booked, "--qty", "1")
	const about = " · Go Meetup · "
	waiting := second + "\t2 seats" + about + "waiting"
	offered := first + "\t1 seat" + about + "held"
	confirmed := booked + "\t2 seats" + about + "confirmed"
	for command, want := range map[string][]string{
		"waitlist leave":   {waiting},
		"waitlist explain": {waiting},
		"hold confirm":     {offered},
		"booking cancel":   {confirmed},
		"booking edit":     {waiting, offered, confirmed},
		"booking transfer": {waiting, offered, confirmed},
		"booking change":   {offered, confirmed},
		"booking move":     {offered, confirmed},
	} {
		w.offers(command+" TAB", want...)
		w.offers(command + " " + first + " TAB")
	}
	w.offers("waitlist join --event g", "go\tevent 1 · Go Meetup · 0 free")
	w.offers("booking move "+first+" --to-event 1", "1\tGo Meetup · 0 free")
}
