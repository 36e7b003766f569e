package cli

import (
	"slices"
	"strings"
	"testing"
)

// badWordsForAmending change no booking.
func badWordsForAmending() []badWords {
	const ref = "EVB-7K3M9-9QXT4-K"
	edit, change := []string{"booking", "edit", ref}, []string{"booking", "change", ref}
	move, transfer := []string{"booking", "move", ref}, []string{"booking", "transfer", ref}
	return slices.Concat(
		with(edit, "--email", "ada", "--email: must be one address", "a@b@example.org", "--email"),
		with(edit, "--name", "\x1b[31mred", "U+001B", strings.Repeat("x", 201), "at most 200"),
		with(edit, "--note", strings.Repeat("n", 1_001), "at most 1000"),
		with(edit, "--idempotency-key", "", "--idempotency-key: is empty"),
		with(change, "--qty", "0", "--qty: must be", "-1", "got -1", "+1", "plus sign", "",
			"--qty: is empty", "1.5", "is not a whole number", "10000001", "from 1 to 10000000"),
		with(change, "--line",
			"adult", "write adult=2", "=2", "write adult=2", "adult=", "is empty", "adult=x",
			"is not a number", "adult=-1", "must be", "adult=1,adult=2", "named twice",
			"", "write adult=2", "adult=10000001", "from 1 to 10000000"),
		with(append(slices.Clone(change), "--qty", "1"), "--line", "adult=1", "beside lines"),
		with(change, "--idempotency-key", "", "--idempotency-key: is empty"),
		with(move, "--to-event", "", "--to-event", "0", "--to-event", "Go Meetup", "--to-event",
			"-1", "--to-event"),
		with(move, "--to-type", "", "--to-type: is empty"),
		with(append(slices.Clone(move), "--to-event", "2"), "--idempotency-key", "", "is empty"),
		with(transfer, "--email", "", "--email: is missing", "ada", "--email: must be one address"),
		with(append(slices.Clone(transfer), "--email", "a@b.org"), "--name", "a\nb", "U+000A"),
		[]badWords{
			{edit, "nothing to change"},
			{[]string{"booking", "edit"}, "the reference is missing"},
			{[]string{"booking", "edit", "nonsense", "--name", "Ada"}, "reference"},
			{append(slices.Clone(edit), "--qty", "2"), "unknown flag --qty"},
			{append(slices.Clone(edit), "--nmae", "Ada"), "did you mean --name?"},
			{change, "--qty: is missing; say how many seats the booking is to have"},
			{append(slices.Clone(change), "3"), `unexpected argument "3"`},
			{[]string{"booking", "change"}, "the reference is missing"},
			{[]string{"booking", "chnage", ref}, `did you mean "evbook booking change"?`},
			{move, "--to-event: is missing; say to which event or ticket type"},
			{append(slices.Clone(move), "--code", "CLUB"), "--to-event: is missing"},
			{append(slices.Clone(move), "--to-evnt", "2"), "did you mean --to-event?"},
			{[]string{"booking", "move"}, "the reference is missing"},
			{[]string{"booking", "move", "EVB-7K3M9-9QXT4-0", "--to-event", "1"}, "typo"},
			{transfer, "--email: is missing; write the new customer's address"},
			{[]string{"booking", "transfer"}, "the reference is missing"},
			{append(slices.Clone(transfer), "--yes"), "unknown flag --yes"},
		},
	)
}

func TestARepeatedChangeShowsWhatBecameOfTheBooking(t *testing.T) {
	w := hall(t, 10)
	w.must("event", "create", "--name", "Chess Night", "--capacity", "10")
	for _, change := range []string{
		"edit --name Ada", "change --qty 2", "move --to-event 2", "transfer --email a@example.org",
	} {
		verb, rest, _ := strings.Cut(change, " ")
		reference := w.hold("1", "1")
		line := append(strings.Fields("booking "+verb+" "+reference+" "+rest),
			"--idempotency-key", verb)
		w.must(line...)
		w.lapse(reference)
		stdout, stderr, code := w.run(append(line, "-o", "json")...)
		if code != 0 || !strings.Contains(stdout, `"status":"expired"`) ||
			!strings.HasPrefix(stderr, "This key was used before: nothing was changed now.") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", change, code, stdout, stderr)
		}
	}
}

func TestMoreSeatsThanThereAreAreNotAnsweredWithACommandThatBooksAnew(t *testing.T) {
	w := hall(t, 3)
	w.must("event", "create", "--name", "Chess Night", "--capacity", "1")
	booked := strings.TrimSpace(w.must("book", "--event", "1", "--qty", "2", "-o", "name"))
	for _, line := range []string{
		"booking change " + booked + " --qty 4", "booking move " + booked + " --to-event 2",
	} {
		_, stderr, code := w.run(strings.Fields(line)...)
		if code != 4 || strings.Contains(stderr, "evbook book ") {
			t.Errorf("%s: exit %d, stderr %q", line, code, stderr)
		}
	}
}
