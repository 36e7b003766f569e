package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// customer books a seat with everything that a customer can give.
func customer(t testing.TB, s *Store, sel booking.Selector, email string) booking.Reference {
	t.Helper()
	r, err := s.Book(t.Context(), booking.Request{
		Event: sel, Quantity: 1, Email: email, Name: "Ada", Note: "by the window",
	})
	must(t, err)
	return r.Booking.Reference
}

// forgets has a store forget and compares the number of bookings.
func forgets(t testing.TB, s *Store, ask booking.Forgetting, want int) {
	t.Helper()
	done, err := s.Forget(t.Context(), ask)
	must(t, err)
	if done.Bookings != want || done.InLog {
		t.Errorf("%+v: got %+v, want %d bookings", ask, done, want)
	}
}

// known says whether a booking still holds personal data.
func known(t testing.TB, s *Store, ref booking.Reference) bool {
	t.Helper()
	b, err := s.Booking(t.Context(), ref)
	must(t, err)
	if (b.Email == "") != (b.Name == "") || (b.Name == "") != (b.Note == "") {
		t.Errorf("half of %+v is left", b)
	}
	return b.Name != ""
}

// refusedAs checks the kind and the message of an error.
func refusedAs(t testing.TB, err error, kind booking.Kind, message string) {
	t.Helper()
	var e *booking.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Message != message {
		t.Errorf("got %q: %v, want %q: %s", booking.KindOf(err), err, kind, message)
	}
}

func TestAnAddressIsForgottenInAllItsBookings(t *testing.T) {
	s := open(t)
	first, second := event(t, s, 10), event(t, s, 10)
	ada := []booking.Reference{
		customer(t, s, first, "Ada@Example.org"), customer(t, s, second, "ada@example.ORG"),
	}
	bob := customer(t, s, first, "bob@example.org")
	ask := booking.Forgetting{Email: "ADA@example.org"}
	if n, err := s.Concerned(t.Context(), ask); n != 2 || err != nil {
		t.Errorf("%d are concerned, %v", n, err)
	}
	forgets(t, s, ask, 2)
	if known(t, s, ada[0]) || known(t, s, ada[1]) || !known(t, s, bob) {
		t.Error("not the bookings of Ada, or not only these, are forgotten")
	}
	const nobody = `no booking has the e-mail "ADA@example.org"`
	_, err := s.Forget(t.Context(), ask)
	refusedAs(t, err, booking.NotFound, nobody)
	_, err = s.Concerned(t.Context(), ask)
	refusedAs(t, err, booking.NotFound, nobody)
	confirmed(t, s, first, 2)
	sound(t, s)
}

func TestOneBookingIsForgottenByItsReference(t *testing.T) {
	s := open(t)
	sel := event(t, s, 10)
	ref, other := customer(t, s, sel, ""), customer(t, s, sel, "")
	ask := booking.Forgetting{Booking: ref}
	if n, err := s.Concerned(t.Context(), ask); n != 1 || err != nil {
		t.Errorf("%d are concerned, %v", n, err)
	}
	b, err := s.Booking(t.Context(), ref)
	must(t, err)
	if b.Name == "" {
		t.Fatal("there is nothing to forget")
	}
	forgets(t, s, ask, 1)
	forgets(t, s, ask, 0)
	if b, err := s.Booking(t.Context(), ref); err != nil || b.Name != "" || b.Note != "" {
		t.Errorf("got %+v, %v", b, err)
	}
	if b, err := s.Booking(t.Context(), other); err != nil || b.Name == "" {
		t.Errorf("another booking is %+v, %v", b, err)
	}
	missing := booking.Forgetting{Booking: s.refs.reference(99)}
	_, err = s.Forget(t.Context(), missing)
	refusedAs(t, err, booking.NotFound, booking.NoBooking(missing.Booking).Message)
	_, err = s.Concerned(t.Context(), missing)
	refusedAs(t, err, booking.NotFound, booking.NoBooking(missing.Booking).Message)
}

// A clock cannot be turned back, so the times are: in microseconds since 1970.
func TestWhatHasOutlivedItsRetentionIsForgotten(t *testing.T) {
	s := open(t)
	refs := map[string]booking.Reference{}
	kinds := []string{"over", "over for a day", "to come", "no times, old", "no times"}
	for id, what := range kinds {
		sel := event(t, s, 10)
		if sel.ID != int64(id+1) {
			t.Fatalf("event %d", sel.ID)
		}
		refs[what] = customer(t, s, sel, "ada@example.org")
	}
	const day = 24 * time.Hour
	ago := func(days time.Duration) int64 { return micros(time.Now().Add(-days * day)) }
	tamper(t, placeOf(s),
		fmt.Sprintf(`UPDATE events SET starts_at = 0, ends_at = %d WHERE id = 1`, ago(31)),
		fmt.Sprintf(`UPDATE events SET starts_at = 0, ends_at = %d WHERE id = 2`, ago(1)),
		fmt.Sprintf(`UPDATE events SET starts_at = %d WHERE id = 3`, ago(-7)),
		fmt.Sprintf(`UPDATE bookings SET created_at = %d WHERE event_id = 4`, ago(31)))
	ask := booking.Forgetting{Retention: 30 * day}
	if n, err := s.Concerned(t.Context(), ask); n != 2 || err != nil {
		t.Errorf("%d are concerned, %v", n, err)
	}
	forgets(t, s, ask, 2)
	for what, ref := range refs {
		if want := what != "over" && what != "no times, old"; known(t, s, ref) != want {
			t.Errorf("%s: known is %v", what, !want)
		}
	}
	forgets(t, s, ask, 0)
	sound(t, s)
}

// bookedByAda fills an empty store with so many bookings of one address.
func bookedByAda(t testing.TB, s *Store, bookings int) {
	t.Helper()
	event(t, s, booking.MaxCapacity)
	prefill(t, placeOf(s), bookings)
	tamper(t, placeOf(s), `UPDATE bookings SET email = 'Ada@example.org',
		email_folded = 'ada@example.org'`)
}

func TestVeryManyBookingsAreForgottenInGroups(t *testing.T) {
	const bookings = 2*forgetGroup + 1
	s := open(t)
	bookedByAda(t, s, bookings)
	forgets(t, s, booking.Forgetting{Email: "ada@example.org"}, bookings)
	var entries, groups, most int
	peek(t, s, []any{&entries, &groups, &most}, `SELECT CAST(sum(n) AS BIGINT), count(*), max(n)
		FROM (SELECT count(*) AS n FROM journal WHERE kind = 'booking.forgotten'
			GROUP BY at) AS g`)
	if entries != bookings || groups != 3 || most != forgetGroup {
		t.Errorf("%d entries in %d groups of up to %d", entries, groups, most)
	}
	sound(t, s)
}

// cancelling cancels a context when a group has been taken, so that this one is the last.
type cancelling struct {
	engine
	groups int
	cancel context.CancelFunc
}

func (c *cancelling) begin(ctx context.Context) (transaction, error) {
	if c.groups--; c.groups == 0 {
		c.cancel()
	}
	return c.engine.begin(ctx)
}

func TestForgettingThatWasInterruptedTellsHowFarItCameAndGoesOn(t *testing.T) {
	const bookings = forgetGroup + 1
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	// The event is one group, the first bookings to be forgotten are the second.
	writerOf(s).engine = &cancelling{writerOf(s).engine, 2, cancel}
	writerOf(s).group.work.pause = time.Minute
	bookedByAda(t, s, bookings)
	ask := booking.Forgetting{Email: "ada@example.org"}
	done, err := s.Forget(ctx, ask)
	refusedAs(t, err, booking.Interrupted,
		fmt.Sprintf("interrupted after %d bookings were forgotten", forgetGroup))
	if done.Bookings != forgetGroup {
		t.Errorf("got %+v", done)
	}
	forgets(t, s, ask, 1)
	sound(t, s)
}

func TestADryRunForgetsNobody(t *testing.T) {
	s := open(t)
	ref := customer(t, s, event(t, s, 10), "ada@example.org")
	must(t, s.Close())
	dry, err := Open(t.Context(), in(placeOf(s), Options{DryRun: true}))
	must(t, err)
	defer dry.Close()
	forgets(t, dry, booking.Forgetting{Email: "ada@example.org"}, 1)
	_, err = dry.Forget(t.Context(), booking.Forgetting{Email: "bob@example.org"})
	refusedAs(t, err, booking.NotFound, `no booking has the e-mail "bob@example.org"`)
	if !known(t, dry, ref) {
		t.Error("the booking is forgotten")
	}
}

func TestForgettingNeedsAStoreThatWrites(t *testing.T) {
	s := open(t)
	customer(t, s, event(t, s, 10), "ada@example.org")
	must(t, s.Close())
	reading, err := Open(t.Context(), in(placeOf(s), Options{ReadOnly: true}))
	must(t, err)
	defer reading.Close()
	for _, email := range []string{"ada@example.org", "nobody@example.org"} {
		_, err = reading.Forget(t.Context(), booking.Forgetting{Email: email})
		if booking.KindOf(err) != booking.Unavailable {
			t.Errorf("%s: %v", email, err)
		}
	}
	_, err = open(t).Forget(t.Context(), booking.Forgetting{Email: "nobody"})
	if booking.KindOf(err) != booking.Invalid || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("got %v", err)
	}
}
