package booking

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// update makes the tests of generated files write them instead of comparing them.
var update = flag.Bool("update", false, "write the generated files anew")

const statesIntroduction = `# The states of a booking

Made from the table of transitions in ` + "`internal/booking/transition.go`" + ` by
` + "`go test ./internal/booking -update`" + `; the same tests try every row on the real rules.

- **waiting**: an entry of the waitlist. It is a booking from the beginning and keeps its reference
  when it is offered seats, which makes it a hold, and when these are confirmed. It has no seats.
- **held**: the seats are kept until they are confirmed or released, or until the hold lapses.
- **confirmed**: the seats are taken for good, until somebody gives them back.
- **cancelled**, **released**, **expired**, **left**: final. A booking that gave all its seats back
  keeps the number that it had at the end.

A hold whose time has come counts as expired at that moment, whether or not it was taken off the
books: its seats are free at once, and whoever needs them takes it off.

In the table *n* is all seats of the booking and *k* those that the command names; to change a
booking *k* is the difference, and below zero for fewer seats. The counters are those of the event
and of whatever else the seats count in: ticket type, pool, access code. A move takes the seats out
of one place and into another, with an entry in the journal for each.

| state | command | becomes | waiting | held | confirmed | journal |
|---|---|---|---|---|---|---|
`

// row writes a transition as a row of the document.
func (t Transition) row() string {
	from := string(t.From)
	if from == "" {
		from = "–"
	}
	becomes, journal := string(t.To), string(t.Entry)
	switch {
	case t.Refusal != "":
		becomes, journal = "–", "refused: "+string(t.Refusal)
	case t.Entry == "":
		becomes, journal = "–", "nothing happens"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s |\n", from, t.Command, becomes,
		t.Waiting, t.Held, t.Confirmed, journal)
}

func TestTheDocumentOfTheStatesIsTheTableOfTheRules(t *testing.T) {
	var text strings.Builder
	text.WriteString(statesIntroduction)
	for _, tr := range Transitions() {
		text.WriteString(tr.row())
	}
	path := filepath.Join("..", "..", "docs", "booking-states.md")
	if *update {
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != text.String() {
		t.Errorf("%s is not what the rules are; run go test ./internal/booking -update", path)
	}
}
