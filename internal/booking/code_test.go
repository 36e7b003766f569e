package booking

import (
	"strings"
	"testing"
	"time"
)

// secret is event 1 of ten seats, three of which can be booked with the code CLUB.
func secret(t testing.TB) *group {
	t.Helper()
	g := newGroup()
	g.create(t, 10)
	g.addCode(t, NewCode{Text: " club ", Uses: 3, ValidUntil: "+2d"})
	return g
}

// with asks for seats of event 1 with a code.
func (g *group) with(t testing.TB, code string, words ...string) (Receipt, error) {
	t.Helper()
	r := request(t, words...)
	r.Code = code
	return ask(g, (*Draft).Book, r)
}

// uses fails the test unless the code CLUB has so many uses left.
func (g *group) uses(t testing.TB, left int) {
	t.Helper()
	if c := g.event(t, 1).code("CLUB"); c.Left() != left {
		t.Errorf("%d uses are left of %+v, want %d", c.Left(), c, left)
	}
}

func TestEachSeatIsAUseOfTheCode(t *testing.T) {
	g := secret(t)
	r := must[Receipt](t)(g.with(t, "  cLuB", "2"))
	if r.Booking.Code != "CLUB" {
		t.Errorf("got %+v", r.Booking)
	}
	_, err := g.with(t, "CLUB", "2")
	refused(t, err, SoldOut, "only 1 seat of code CLUB left for event 1, asked for 2")
	must[Receipt](t)(g.with(t, "CLUB", "1"))
	_, err = g.with(t, "CLUB", "1")
	refused(t, err, SoldOut, "code CLUB of event 1 is used up, asked for 1")
	g.take(t, "1")
	g.uses(t, 0)
}

func TestUsesComeBackWithTheSeats(t *testing.T) {
	l := codedLife()
	for command, left := range map[Command]int{
		ToConfirm: 5, ToConfirmPart: 8, ToRelease: 10, ToExpire: 10, ToCallOff: 10, ToMove: 10,
		ToResize: 3,
	} {
		g, b := l.in(t, Held)
		must0(t, l.give(g, command, b))
		if c := g.event(t, 1).code("CLUB"); c.Left() != left {
			t.Errorf("%s: %d uses are left, want %d", command, c.Left(), left)
		}
	}
	g, b := l.in(t, Confirmed)
	must0(t, l.give(g, ToCancelPart, b))
	g.uses(t, 7)
	must0(t, l.give(g, ToCancel, b))
	g.uses(t, 10)
}

func TestACodeOfLapsedHoldsCanBeUsedAgain(t *testing.T) {
	g := secret(t)
	g.lapsing(t, "2")
	hold := request(t, "3")
	hold.Code, hold.Hold, hold.TTL = "club", true, MinTTL
	b := must[Receipt](t)(ask(g, (*Draft).Book, hold)).Booking
	g = g.later(time.Hour)
	g.uses(t, 3)
	must[Receipt](t)(g.with(t, "club", "1"))
	g.uses(t, 2)
	if got := g.expired(); len(got) != 1 || got[0] != b.Reference {
		t.Errorf("%v were taken off the books", got)
	}
}

func TestACodeThatCannotBeUsedIsRefused(t *testing.T) {
	g := secret(t)
	unknown := func(err error, code string) {
		t.Helper()
		refused(t, err, NotFound, "event 1 has no access code "+quoted(code)+" that can be used")
	}
	unknown(second(g.with(t, "pub", "1")), "PUB")
	g.now = g.now.Add(48 * time.Hour)
	_, err := g.with(t, "club", "1")
	refused(t, err, Closed, "code CLUB of event 1 was valid until 2026-11-24T12:00:00Z")
	g.now = g.now.Add(-1)
	held := request(t, "1")
	held.Hold, held.Code = true, "club"
	b := must[Receipt](t)(ask(g, (*Draft).Book, held)).Booking
	sel := CodeSelector{Event: Selector{ID: 1}, Text: "club"}
	must[CodeAnswer](t)(ask(g, (*Draft).DisableCode, sel))
	before := everything(g.Sheet)
	must[CodeAnswer](t)(ask(g, (*Draft).DisableCode, sel))
	if everything(g.Sheet) != before {
		t.Error("disabling it again changed something")
	}
	unknown(second(g.with(t, "club", "1")), "CLUB")
	must0(t, second(ask(g, (*Draft).Confirm, Confirmation{Reference: b.Reference})))
	sel.Text = "pub"
	refused(t, second(ask(g, (*Draft).DisableCode, sel)), NotFound,
		`event 1 has no access code "pub"`)
}

func TestACodeIsForItsTypes(t *testing.T) {
	g := hall(t)
	g.addCode(t, NewCode{Text: "kids", Uses: 9, Types: []string{"Child", "standing", "child"}})
	must[TypeAnswer](t)(g.editType("child", TypeEdit{CodeRequired: new(true)}))
	refused(t, g.try(t, "child=1"), Closed,
		`ticket type "child" of event 1 is sold with an access code only`)
	_, err := g.with(t, "kids", "child=1", "adult=1")
	refused(t, err, Closed, `code KIDS is not for ticket type "adult" of event 1`)
	r := must[Receipt](t)(g.with(t, "kids", "child=1", "standing=1"))
	if c := r.Event.code("KIDS"); c.Confirmed != 2 || !same(c.Types, []int64{2, 4}) {
		t.Errorf("got %+v", c)
	}
	_, err = ask(g, (*Draft).AddCode,
		NewCode{Event: Selector{ID: 1}, Text: "NONE", Uses: 1, Types: []string{"senior"}})
	refused(t, err, NotFound, `event 1 has no ticket type "senior"`)
}

func TestAnEventCanBeSoldWithCodesOnly(t *testing.T) {
	g := secret(t)
	must[Event](t)(g.edit(1, Edit{CodeRequired: new(true)}))
	refused(t, g.try(t, "1"), Closed, "event 1 is sold with an access code only")
	must[Receipt](t)(g.with(t, "club", "1"))
}

// Else the waitlist would be a way around the code.
func TestNobodyWaitsForWhatIsSoldWithACode(t *testing.T) {
	g := secret(t)
	must[Event](t)(g.edit(1, Edit{CodeRequired: new(true)}))
	_, err := ask(g, (*Draft).Join,
		Joining{Event: Selector{ID: 1}, Quantity: 1, Email: "ann@example.com"})
	refused(t, err, Closed, "event 1 is sold with an access code only, and has no waitlist")
}

func TestCodesAreWrittenPlainly(t *testing.T) {
	g := secret(t)
	for text, reason := range map[string]string{
		"abc":                   "is 3 characters long, must be 4 to 40",
		"":                      "is 0 characters long, must be 4 to 40",
		strings.Repeat("A", 41): "is 41 characters long, must be 4 to 40",
		"with space":            `"WITH SPACE" has ' '; use letters without accents, digits and -`,
		"zoë-1":                 `"ZOË-1" has 'Ë'; use letters without accents, digits and -`,
	} {
		_, err := ask(g, (*Draft).AddCode, NewCode{Event: Selector{ID: 1}, Text: text, Uses: 1})
		refused(t, err, Invalid, "code: "+reason)
	}
	_, err := ask(g, (*Draft).AddCode, NewCode{Event: Selector{ID: 1}, Text: "Club", Uses: 1})
	refused(t, err, Conflict, "event 1 has the code CLUB already")
}

// A row for each code: together they are more than what is free without lapsed holds.
func TestRowsWithDifferentCodesShareTheSeatsOfLapsedHolds(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	g.addCode(t, NewCode{Text: "ONE1", Uses: 10})
	g.addCode(t, NewCode{Text: "TWO2", Uses: 10})
	g.lapsing(t, "5")
	g.lapsing(t, "5")
	g = g.later(time.Hour)
	one, two := request(t, "5"), request(t, "5")
	one.Code, two.Code = "one1", "two2"
	must[[]RowResult](t)(g.many([]Request{one, two}, true))
	if e := g.event(t, 1); e.Confirmed+e.OnBooks() > e.Capacity {
		t.Errorf("the books have %+v of %d seats", e.Counters, e.Capacity)
	}
}
