package booking

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hold holds seats for the default time.
func (g *group) hold(t testing.TB, event int64, quantity int) Booking {
	t.Helper()
	return must[Receipt](t)(ask(g, (*Draft).Book,
		Request{Event: Selector{ID: event}, Quantity: quantity, Hold: true})).Booking
}

func TestEveryTransitionIsAsTheTableHasIt(t *testing.T) {
	for _, l := range []life{plainLife(), typedLife(t), codedLife()} {
		for _, tr := range Transitions() {
			if tr.From != "" {
				l.follows(t, tr)
			}
		}
	}
}

// follows gives a command to a booking in a state, and looks whether all is as the table has it.
func (l life) follows(t *testing.T, tr Transition) {
	what := l.name + ", " + string(tr.From) + ", " + string(tr.Command)
	g, b := l.in(t, tr.From)
	before := map[int64]Event{1: g.event(t, 1), 2: g.event(t, 2)}
	err := l.give(g, tr.Command, b)
	if KindOf(err) != tr.Refusal {
		t.Errorf("%s: got %v, want %q", what, err, tr.Refusal)
	}
	if err != nil && !strings.Contains(err.Error(), b.Reference.String()) {
		t.Errorf("%s: the refusal does not name the booking: %v", what, err)
	}
	if now := g.find(b); now.Status != tr.To {
		t.Errorf("%s: it is %s, want %s", what, now.Status, tr.To)
	}
	for id, was := range before {
		got := tracks(was, g.event(t, id))
		for in, c := range got {
			if c.Lapsed = 0; c == (Counters{}) { // who is reaped, and when, is of no account here
				delete(got, in)
			} else {
				got[in] = c
			}
		}
		if want := l.becomes(tr, id); !same(got, want) {
			t.Errorf("%s: event %d changes by %+v, want %+v", what, id, got, want)
		}
	}
	l.isNoted(t, g, b, tr, what)
}

// isNoted looks whether the journal says what a transition is.
func (l life) isNoted(t *testing.T, g *group, b Booking, tr Transition, what string) {
	var kinds []EntryKind
	sums := map[string]Counters{}
	for _, e := range g.Journal() {
		if e.Booking != b.Reference || e.Kind == BookingExpired && tr.Entry == "" {
			continue // a hold that has lapsed is taken off the books by whoever meets it
		}
		if kinds = append(kinds, e.Kind); e.EventID == 1 {
			e.addTo(sums)
		}
	}
	var want []EntryKind
	if tr.Entry != "" {
		want = []EntryKind{tr.Entry}
	}
	if tr.Command == ToMove && tr.Refusal == "" {
		want = append(want, tr.Entry) // out of the one place and into the other
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("%s: the journal says %q, want %q", what, kinds, want)
	}
	changes := l.becomes(tr, 1)
	for in := range changes {
		if strings.HasPrefix(in, "pool ") { // what is in a pool is known from the types
			delete(changes, in)
		}
	}
	if !same(sums, changes) {
		t.Errorf("%s: the journal adds up to %+v, want %+v", what, sums, changes)
	}
}

// addTo adds an entry of the journal to sums, by what they are of.
func (e Entry) addTo(sums map[string]Counters) {
	total := Counters{Held: e.Held, Confirmed: e.Confirmed, Waiting: e.Waiting}
	add := func(what string, c Counters) {
		if sums[what] = sums[what].plus(c); sums[what] == (Counters{}) {
			delete(sums, what)
		}
	}
	add("event", total)
	if e.Detail.Code != "" {
		add("code "+e.Detail.Code, total)
	}
	for _, s := range e.Detail.Types {
		add("type "+s.Name, Counters{Held: s.Held, Confirmed: s.Confirmed, Waiting: s.Waiting})
	}
}

// The table has each state with each command once, and a way out of no final state.
func TestTheTableIsComplete(t *testing.T) {
	seen := map[[2]string]int{}
	for _, tr := range Transitions() {
		seen[[2]string{string(tr.From), string(tr.Command)}]++
		if from := tr.From; from != "" && from.Final() && tr.To != from {
			t.Errorf("%s is left for %s", from, tr.To)
		}
		if tr.Refusal != "" && (tr.To != tr.From || tr.Held != Delta{} || tr.Entry != "") {
			t.Errorf("refused, and yet something happens: %+v", tr)
		}
	}
	if want := 3 + len(Statuses())*len(Commands()); len(seen) != want {
		t.Errorf("%d rows, want %d", len(seen), want)
	}
	for row, n := range seen {
		if n != 1 {
			t.Errorf("%q is there %d times", row, n)
		}
	}
	for _, tr := range steps {
		if seen[[2]string{string(tr.From), string(tr.Command)}] == 0 {
			t.Errorf("%+v is not in the table", tr)
		}
	}
}

// A booking that is used up says what has become of it, whatever it is asked.
func TestACommandThatComesTooLateHearsWhatHappened(t *testing.T) {
	for state, want := range map[Status]string{
		Waiting:   "booking %s is on the waitlist and has no seats yet",
		Left:      "booking %s left the waitlist at 2026-11-22T12:00:00Z",
		Held:      "booking %s is held and not confirmed",
		Confirmed: "booking %s is already confirmed",
		Cancelled: "booking %s is already cancelled",
		Released:  "hold %s was released at 2026-11-22T12:00:00Z",
		Expired:   "hold %s expired at 2026-11-22T12:10:00Z",
	} {
		asked := 0
		for _, command := range Commands() {
			if transition(state, command).Refusal == "" {
				continue
			}
			asked++
			g, b := in(t, state)
			err := g.give(command, b)
			refused(t, err, Conflict, fmt.Sprintf(want, b.Reference))
			if e, ok := err.(*Error); !ok || e.Hint == "" {
				t.Errorf("%s, %s: no hint", state, command)
			}
		}
		if asked == 0 {
			t.Errorf("%s refuses nothing", state)
		}
	}
}

// Of any two commands that end a hold, the first wins and the second is told so.
func TestAHoldIsLeftExactlyOnce(t *testing.T) {
	ends := []Command{ToConfirm, ToConfirmPart, ToRelease}
	for _, first := range ends {
		for _, then := range ends {
			g, b := in(t, Held)
			must0(t, g.give(first, b))
			before := g.event(t, b.EventID)
			if err := g.give(then, b); KindOf(err) != Conflict {
				t.Errorf("%s, then %s: %v", first, then, err)
			}
			if after := g.event(t, b.EventID); !same(after, before) {
				t.Errorf("%s, then %s: %+v is now %+v", first, then, before, after)
			}
		}
	}
}

func TestChangesAreWrittenWithLetters(t *testing.T) {
	for want, change := range map[string]Delta{
		"0": {}, "+n": {All: 1}, "-n": {All: -1}, "+k": {Part: 1}, "-k": {Part: -1},
	} {
		if got := change.String(); got != want {
			t.Errorf("%+v is %q, want %q", change, got, want)
		}
	}
}
