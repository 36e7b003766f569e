package booking

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// later is the next transaction after some time: what the sheet has is stored, and loaded again
// with the holds that have lapsed by then.
func (g *group) later(d time.Duration) *group {
	next := &group{Sheet: NewSheet(g.mint), now: g.now.Add(d)}
	for _, c := range g.events {
		if c.After != nil {
			onTheBooks := *c.After
			onTheBooks.Held += onTheBooks.Lapsed
			onTheBooks.Lapsed = 0
			next.LoadEvent(onTheBooks)
		}
	}
	maps.Copy(next.keys, g.keys)
	var lapsed []Booking
	for _, c := range g.bookings {
		next.LoadBooking(c.After)
		if c.After.Status == Held && c.After.At(next.now).Status == Expired {
			lapsed = append(lapsed, c.After)
		}
	}
	slices.SortFunc(lapsed, func(a, b Booking) int {
		return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.Reference, b.Reference))
	})
	for _, b := range lapsed {
		next.LoadLapsed(b.EventID, b.Quantity)
		next.LoadLapsedHold(b)
	}
	return next
}

// hold holds seats for the default time.
func (g *group) hold(t testing.TB, event int64, quantity int) Booking {
	t.Helper()
	return must[Receipt](t)(ask(g, (*Draft).Book,
		Request{Event: Selector{ID: event}, Quantity: quantity, Hold: true})).Booking
}

// event finds an event of the sheet.
func (g *group) event(t testing.TB, id int64) Event {
	t.Helper()
	e, ok := g.Find(Selector{ID: id})
	if !ok {
		t.Fatalf("no event %d", id)
	}
	return e
}

const (
	all  = 5 // seats of the bookings below
	part = 2
)

// in makes a booking in a state, with its journal behind it, and gives the transaction after. A
// hold is expired when it has lapsed and is still on the books.
func in(t testing.TB, state Status) (*group, Booking) {
	t.Helper()
	g := newGroup()
	event := g.create(t, 2*all)
	var b Booking
	if state == Confirmed || state == Cancelled {
		b = g.book(t, event.ID, all)
	} else {
		b = g.hold(t, event.ID, all)
	}
	wait := time.Second
	switch state {
	case Cancelled:
		b = must[Returned](t)(ask(g, (*Draft).Cancel,
			Cancellation{Reference: b.Reference})).Booking
	case Released:
		b = must[Returned](t)(ask(g, (*Draft).Release, Release{Reference: b.Reference})).Booking
	case Expired:
		wait = DefaultTTL
	}
	g = g.later(wait)
	return g, b.At(g.now)
}

// give gives a command to a booking.
func (g *group) give(command Command, b Booking) error {
	seats := part
	switch command {
	case ToConfirm:
		return second(ask(g, (*Draft).Confirm, Confirmation{Reference: b.Reference}))
	case ToConfirmPart:
		return second(ask(g, (*Draft).Confirm,
			Confirmation{Reference: b.Reference, Quantity: &seats}))
	case ToExtend:
		return second(ask(g, (*Draft).Extend, Extension{Reference: b.Reference}))
	case ToRelease:
		return second(ask(g, (*Draft).Release, Release{Reference: b.Reference}))
	case ToCancel:
		return second(ask(g, (*Draft).Cancel, Cancellation{Reference: b.Reference}))
	case ToCancelPart:
		return second(ask(g, (*Draft).Cancel,
			Cancellation{Reference: b.Reference, Quantity: &seats}))
	case ToCallOff:
		return g.do(func(d *Draft) error {
			return second(d.CancelEvent(Selector{ID: b.EventID}, true, ""))
		})
	case ToExpire:
		*g = *g.later(DefaultTTL)
		return g.do(func(d *Draft) error {
			d.Sweep(b.EventID)
			return nil
		})
	}
	panic("no such command: " + command)
}

func TestEveryTransitionIsAsTheTableHasIt(t *testing.T) {
	for _, tr := range Transitions() {
		if tr.From == "" {
			continue
		}
		g, b := in(t, tr.From)
		before := g.event(t, b.EventID)
		err := g.give(tr.Command, b)
		what := string(tr.From) + ", " + string(tr.Command)
		if KindOf(err) != tr.Refusal {
			t.Errorf("%s: got %v, want %q", what, err, tr.Refusal)
		}
		if err != nil && !strings.Contains(err.Error(), b.Reference.String()) {
			t.Errorf("%s: the refusal does not name the booking: %v", what, err)
		}
		after, now := g.event(t, b.EventID), g.bookings[b.Reference].After.At(g.now)
		if now.Status != tr.To {
			t.Errorf("%s: it is %s, want %s", what, now.Status, tr.To)
		}
		held, confirmed := tr.Held.seats(all, part), tr.Confirmed.seats(all, part)
		if after.Held-before.Held != held || after.Confirmed-before.Confirmed != confirmed {
			t.Errorf("%s: held %+d, confirmed %+d; want %+d, %+d", what, after.Held-before.Held,
				after.Confirmed-before.Confirmed, held, confirmed)
		}
		var kinds []EntryKind
		for _, e := range g.Journal() {
			if e.Booking != b.Reference || e.Kind == BookingExpired && tr.Entry == "" {
				continue // a hold that has lapsed is taken off the books by whoever meets it
			}
			kinds = append(kinds, e.Kind)
			if e.Held != held || e.Confirmed != confirmed {
				t.Errorf("%s: the journal says %+v", what, e)
			}
		}
		if tr.Entry == "" && len(kinds) > 0 ||
			tr.Entry != "" && !slices.Equal(kinds, []EntryKind{tr.Entry}) {
			t.Errorf("%s: the journal says %q, want %q", what, kinds, tr.Entry)
		}
	}
}

// The table has each state with each command once, and a way out of no final state.
func TestTheTableIsComplete(t *testing.T) {
	seen := map[[2]string]int{}
	for _, tr := range Transitions() {
		seen[[2]string{string(tr.From), string(tr.Command)}]++
		if from := tr.From; from != "" && from != Held && from != Confirmed && tr.To != from {
			t.Errorf("%s is left for %s", from, tr.To)
		}
		if tr.Refusal != "" && (tr.To != tr.From || tr.Held != Change{} || tr.Entry != "") {
			t.Errorf("refused, and yet something happens: %+v", tr)
		}
	}
	if want := 2 + len(Statuses())*len(Commands()); len(seen) != want {
		t.Errorf("%d rows, want %d", len(seen), want)
	}
	for row, n := range seen {
		if n != 1 {
			t.Errorf("%q is there %d times", row, n)
		}
	}
	for _, tr := range steps() {
		if seen[[2]string{string(tr.From), string(tr.Command)}] == 0 {
			t.Errorf("%+v is not in the table", tr)
		}
	}
}

// A booking that is used up says what has become of it, whatever it is asked.
func TestACommandThatComesTooLateHearsWhatHappened(t *testing.T) {
	const ref = "EVB-00000-00001-H"
	for state, want := range map[Status]string{
		Held:      "booking " + ref + " is held and not confirmed",
		Confirmed: "booking " + ref + " is already confirmed",
		Cancelled: "booking " + ref + " is already cancelled",
		Released:  "hold " + ref + " was released at 2026-11-22T12:00:00Z",
		Expired:   "hold " + ref + " expired at 2026-11-22T12:10:00Z",
	} {
		asked := 0
		for _, command := range Commands() {
			if transition(state, command).Refusal == "" {
				continue
			}
			asked++
			g, b := in(t, state)
			err := g.give(command, b)
			refused(t, err, Conflict, want)
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
			if after := g.event(t, b.EventID); after != before {
				t.Errorf("%s, then %s: %+v is now %+v", first, then, before, after)
			}
		}
	}
}

func TestChangesAreWrittenWithLetters(t *testing.T) {
	for want, change := range map[string]Change{
		"0": {}, "+n": {All: 1}, "-n": {All: -1}, "+k": {Part: 1}, "-k": {Part: -1},
	} {
		if got := change.String(); got != want {
			t.Errorf("%+v is %q, want %q", change, got, want)
		}
	}
}
