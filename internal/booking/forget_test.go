package booking

import (
	"strings"
	"testing"
	"time"
)

// personalBooking books with everything that a customer can give.
func (g *group) personalBooking(t testing.TB, event int64, email string) Booking {
	t.Helper()
	return must[Receipt](t)(ask(g, (*Draft).Book, Request{
		Event: Selector{ID: event}, Quantity: 2, Email: email, Name: "Ada", Note: "by the window",
	})).Booking
}

// forget runs one Forget and gives the number of bookings erased.
func (g *group) forget(t *testing.T, f Forgetting, refs ...Reference) (erased int) {
	t.Helper()
	must0(t, g.do(func(d *Draft) (err error) {
		erased, err = d.Forget(f, refs)
		return err
	}))
	return erased
}

func (g *group) booking(t *testing.T, ref Reference) (b Booking) {
	t.Helper()
	must0(t, g.do(func(d *Draft) (err error) {
		b, err = d.Booking(ref)
		return err
	}))
	return b
}

func TestForgettingErasesWhatIsPersonalAndNothingElse(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	b := g.personalBooking(t, event.ID, "Ada@Example.org")
	cancelled := must[Returned](t)(ask(g, (*Draft).Cancel, Cancellation{
		Reference: b.Reference, Part: some(1), Reason: "a friend is ill",
	}))
	before := len(g.Journal())
	g.now = g.now.Add(time.Hour)
	if n := g.forget(t, Forgetting{Email: "aDA@example.ORG"}, b.Reference); n != 1 {
		t.Fatalf("erased %d", n)
	}
	want := cancelled.Booking
	want.Email, want.Name, want.Note, want.CancelReason = "", "", "", ""
	if got := g.booking(t, b.Reference); !same(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	e, _ := g.Find(Selector{ID: event.ID})
	noted := g.Journal()[before:]
	wanted := Entry{
		EventID: event.ID, Seq: e.Version, At: g.now, Actor: "test", Kind: BookingForgotten,
		Booking: b.Reference,
	}
	if len(noted) != 1 || noted[0].Detail.Fields != nil {
		t.Fatalf("the journal has %+v", noted)
	}
	if noted[0].Detail = (Detail{}); noted[0].Seq != wanted.Seq || noted[0].At != wanted.At ||
		noted[0].Kind != wanted.Kind || noted[0].Booking != wanted.Booking ||
		noted[0].Confirmed != 0 || noted[0].Held != 0 || noted[0].Capacity != 0 {
		t.Errorf("the journal has %+v, want %+v", noted[0], wanted)
	}
	if e.Version != cancelled.Event.Version+1 || e.Confirmed != 1 {
		t.Errorf("the event is %+v", e)
	}
}

// A search finds ß by ss. Erasing cannot be undone, and these are two customers.
func TestForgettingAnAddressLeavesOneThatIsOnlyFoundByIt(t *testing.T) {
	for _, tt := range []struct {
		booked, forgotten string
		want              int
	}{
		{"stra\u00dfe@example.org", "strasse@example.org", 0},
		{"strasse@example.org", "stra\u00dfe@example.org", 0},
		{"\u00dfss@example.org", "ss\u00df@example.org", 0},
		{"stra\u00dfe@example.org", "STRA\u1e9eE@example.org", 1},
		{"\u00c9cole@example.org", "e\u0301cole@example.org", 1},
	} {
		g := newGroup()
		b := g.personalBooking(t, g.create(t, 10).ID, tt.booked)
		if n := g.forget(t, Forgetting{Email: tt.forgotten}, b.Reference); n != tt.want {
			t.Errorf("forgetting %s erases %d bookings of %s", tt.forgotten, n, tt.booked)
		}
	}
}

func TestForgettingTwiceChangesNothingTheSecondTime(t *testing.T) {
	g := newGroup()
	b := g.personalBooking(t, g.create(t, 10).ID, "ada@example.org")
	g.forget(t, Forgetting{Booking: b.Reference}, b.Reference)
	before := everything(g.Sheet)
	if n := g.forget(t, Forgetting{Booking: b.Reference}, b.Reference); n != 0 {
		t.Errorf("erased %d", n)
	}
	if after := everything(g.Sheet); after != before {
		t.Errorf("was\n%s\nis\n%s", before, after)
	}
}

func TestManyBookingsOfOneEventAreForgottenTogether(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	refs := []Reference{
		g.personalBooking(t, event.ID, "ada@example.org").Reference,
		g.personalBooking(t, event.ID, "bob@example.org").Reference,
		g.personalBooking(t, event.ID, "ada@example.org").Reference,
	}
	if n := g.forget(t, Forgetting{Email: "ada@example.org"}, refs...); n != 2 {
		t.Errorf("erased %d", n)
	}
	if b := g.booking(t, refs[1]); b.Name != "Ada" {
		t.Errorf("the booking of another address is %+v", b)
	}
	e, _ := g.Find(Selector{ID: event.ID})
	if entries := g.Journal(); int64(len(entries)) != e.Version ||
		entries[len(entries)-1].Seq != e.Version || entries[len(entries)-2].Seq != e.Version-1 {
		t.Errorf("version %d, journal %+v", e.Version, entries)
	}
}

func TestForgettingABookingThatIsNotThereIsRefused(t *testing.T) {
	g := newGroup()
	err := g.do(func(d *Draft) error {
		_, err := d.Forget(Forgetting{Booking: 7}, []Reference{7})
		return err
	})
	refused(t, err, NotFound, NoBooking(7).Message)
}

func TestRepeatedRequestsForForgottenBookingsAreAnsweredWithoutPersonalData(t *testing.T) {
	g := newGroup()
	event := g.create(t, 10)
	request := Request{
		Event: Selector{ID: event.ID}, Quantity: 2, Email: "ada@example.org", Name: "Ada",
		Note: "by the window", Key: Key{Scope: "test", Text: "book"},
	}
	booked := must[Receipt](t)(ask(g, (*Draft).Book, request)).Booking
	back := Cancellation{
		Reference: booked.Reference, Reason: "Ada is ill", Key: Key{Scope: "test", Text: "cancel"},
	}
	cancelled := must[Returned](t)(ask(g, (*Draft).Cancel, back)).Booking
	g.forget(t, Forgetting{Email: request.Email}, booked.Reference)

	again := must[Receipt](t)(ask(g, (*Draft).Book, request))
	booked.Email, booked.Name, booked.Note = "", "", ""
	if !again.Replayed || !same(again.Booking, booked) {
		t.Errorf("booking again gives %+v, want %+v", again, booked)
	}
	returned := must[Returned](t)(ask(g, (*Draft).Cancel, back))
	cancelled.Email, cancelled.Name, cancelled.Note, cancelled.CancelReason = "", "", "", ""
	if !returned.Replayed || !same(returned.Booking, cancelled) {
		t.Errorf("cancelling again gives %+v, want %+v", returned, cancelled)
	}
	for _, used := range g.NewKeys() {
		if answer := string(used.Answer); strings.Contains(answer, "Ada") ||
			strings.Contains(answer, "ada@") || strings.Contains(answer, "window") {
			t.Errorf("key %s keeps %s", used.Key.Text, answer)
		}
	}
}

func TestARetentionBeginsWhenTheEventIsOver(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	limit := now.Add(-90 * day)
	before := limit.Add(-3 * day)
	for name, tt := range map[string]struct {
		starts, ends, made time.Time
		due                bool
	}{
		"ended long ago":              {limit.Add(-2 * day), limit.Add(-1), before, true},
		"ended just as long ago":      {limit.Add(-2 * day), limit, before, false},
		"started long ago, ends late": {limit.Add(-2 * day), limit.Add(day), before, false},
		"started long ago, no end":    {limit.Add(-1), time.Time{}, before, true},
		"will start":                  {now.Add(day), time.Time{}, before, false},
		"only an end, long ago":       {time.Time{}, limit.Add(-1), before, true},
		"no times, booked long ago":   {time.Time{}, time.Time{}, limit.Add(-1), true},
		"no times, booked later":      {time.Time{}, time.Time{}, limit, false},
	} {
		f := Forgetting{Retention: 90 * day}
		e := Event{EventDetails: EventDetails{StartsAt: tt.starts, EndsAt: tt.ends}}
		if got := f.concerns(Booking{CreatedAt: tt.made}, e, now); got != tt.due {
			t.Errorf("%s: due is %v", name, got)
		}
	}
}

func TestForgettingNeedsToKnowWhom(t *testing.T) {
	for _, tt := range []struct {
		ask  Forgetting
		want string
	}{
		{Forgetting{}, "email: is missing; write one address such as ann@example.com"},
		{Forgetting{Email: "ada"}, `email: must be one address such as ann@example.com, got "ada"`},
		{Forgetting{Retention: time.Hour}, "retention: is 1h0m0s, must be one day or more"},
		{Forgetting{Retention: -MinRetention}, "retention: is -24h0m0s, must be one day or more"},
	} {
		refused(t, tt.ask.Validate(), Invalid, tt.want)
	}
	for _, ask := range []Forgetting{
		{Email: "ada@example.org"}, {Booking: 1}, {Retention: MinRetention},
	} {
		must0(t, ask.Validate())
	}
}

func TestWhoIsForgottenLeavesTheWaitlist(t *testing.T) {
	g, _ := full(t, "10")
	place := g.join(t, 2, "", ann)
	next := g.join(t, 1, "", bob)
	if n := g.forget(t, Forgetting{Email: ann}, place.Reference); n != 1 {
		t.Errorf("erased %d", n)
	}
	g.is(t, place, Left)
	g.is(t, next, Waiting)
	if e := g.event(t, 1); e.Waiting != 1 {
		t.Errorf("%d seats are waited for, want 1", e.Waiting)
	}
}
