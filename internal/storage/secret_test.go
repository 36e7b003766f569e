package storage

import (
	"math/rand/v2"
	"testing"

	"evbook/internal/booking"
)

// The vectors were computed by another program. Secrets are in the hands of customers: none of
// these may ever change.
func TestSecretsAreDerivedAsTheyAlwaysWere(t *testing.T) {
	key := make([]byte, referenceKeyBytes)
	for i := range key {
		key[i] = byte(i)
	}
	derived := newSecrets(key)
	for _, tt := range []struct {
		row, created int64
		issue        int
		want         string
	}{
		{1, 0, 0, "evb_booking_xidake2o52uk62ix6qbla5i2cat4ybgbq"},
		{1, 0, 1, "evb_booking_uvw6a7p4fuxo7w424vtum5jblyweodgea"},
		{2, 0, 0, "evb_booking_vujruuro7zmdwdnu3gam6sodhexcbursi"},
		{1, 1795348800000000, 0, "evb_booking_k7qx6q5naadjtkkmrsu2erxulienemt3y"},
		{maxRow, 1795348800123456, 7, "evb_booking_qumkfwb4zm6qpyomifjrzvfzvilkulfba"},
	} {
		if got := derived.of(tt.row, tt.created, tt.issue).Text(); got != tt.want {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
}

// Who guesses does so in the right form; only the secret itself is made up.
func TestGuessingHitsNoSecret(t *testing.T) {
	live, guesses := trials(20_000, 100_000), trials(200_000, 1_000_000)
	derived, known := newSecrets(make([]byte, referenceKeyBytes)), map[booking.Secret]bool{}
	for row := range int64(live) {
		known[derived.of(row, row, 0)] = true
	}
	if len(known) != live || !known[newSecrets(make([]byte, referenceKeyBytes)).of(7, 7, 0)] {
		t.Fatal("a secret is not found by who knows it: the test is blind")
	}
	random := rand.NewChaCha8([32]byte{4})
	for range guesses {
		var guess booking.Secret
		random.Read(guess[:])
		if known[guess] {
			t.Fatal("a guess is right")
		}
	}
}

// opens fails the test unless a secret opens a booking, with all rights or only with that of
// repeating a transfer.
func opens(t testing.TB, s *Store, ref booking.Reference, secret booking.Secret, issue int) {
	t.Helper()
	scope, err := s.GuestScope(t.Context(), ref, secret)
	must(t, err)
	if want := (booking.Scope{Public: true, Own: ref, Issue: issue}); scope.Issue != want.Issue ||
		scope.Own != ref || !scope.Public {
		t.Errorf("got %+v, want %+v", scope, want)
	}
}

func TestEveryAnswerThatMakesABookingHasItsSecret(t *testing.T) {
	s := open(t)
	sel := event(t, s, 3)
	made := map[string]booking.Receipt{}
	note := func(how string) func(booking.Receipt, error) {
		return func(r booking.Receipt, err error) {
			t.Helper()
			must(t, err)
			made[how] = r
		}
	}
	join := booking.Joining{
		Event: sel, Quantity: 1, Email: "ann@example.com",
		Key: booking.Key{Scope: "test", Text: "join"},
	}
	note("booking")(s.Book(t.Context(), seat(sel, "book")))
	note("hold")(s.Book(t.Context(), booking.Request{Event: sel, Quantity: 1, Hold: true}))
	rows, err := s.BookMany(t.Context(), seatRows(sel, 1), false)
	must(t, err)
	made["row"] = rows[0].Receipt
	note("entry")(s.Join(t.Context(), join))
	for how, r := range made {
		opens(t, s, r.Booking.Reference, r.Secret, 0)
		stored, err := s.Booking(t.Context(), r.Booking.Reference)
		must(t, err)
		if r.Secret == (booking.Secret{}) || r.Secret != s.Secret(stored) {
			t.Errorf("%s: %#v", how, r.Secret.Text())
		}
	}
	again, err := s.Book(t.Context(), seat(sel, "book"))
	must(t, err)
	joined, err := s.Join(t.Context(), join)
	must(t, err)
	if again.Secret != made["booking"].Secret || joined.Secret != made["entry"].Secret {
		t.Error("a repeated request is answered with another secret")
	}
	many, err := s.BookMany(t.Context(), seatRows(sel, 2), false)
	must(t, err)
	if many[1].Refusal == nil || many[1].Receipt.Secret != (booking.Secret{}) {
		t.Errorf("a refused row has a secret: %+v", many[1])
	}
}

func TestADryRunGivesNoSecret(t *testing.T) {
	path, b, _ := stocked(t)
	s := rehearsal(t, path)
	one := booking.Selector{ID: 1}
	booked, err := s.Book(t.Context(), seat(one, "new"))
	must(t, err)
	rows, err := s.BookMany(t.Context(), seatRows(one, 2), true)
	must(t, err)
	given, err := s.Transfer(t.Context(), booking.Transfer{
		Reference: b.Reference, Email: "bob@example.com",
	})
	must(t, err)
	for i, secret := range []booking.Secret{
		booked.Secret, rows[0].Receipt.Secret, rows[1].Receipt.Secret, given.Secret,
	} {
		if secret != (booking.Secret{}) {
			t.Errorf("answer %d has a secret", i)
		}
	}
}

// Who handed a booking on and never heard the answer can ask again with the secret that is void by
// then, and for nothing else.
func TestATransferMakesANewSecret(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	r, err := s.Book(ctx, booking.Request{
		Event: event(t, s, 9), Quantity: 1, Email: "a@example.com",
	})
	must(t, err)
	ref := r.Booking.Reference
	guest := func(secret booking.Secret) *Store {
		scope, err := s.GuestScope(ctx, ref, secret)
		must(t, err)
		return s.As(booking.Caller{Actor: "http", Scope: scope})
	}
	transfer := booking.Transfer{
		Reference: ref, Email: "b@example.com", Key: booking.Key{Scope: "public", Text: "t"},
	}
	given, err := guest(r.Secret).Transfer(ctx, transfer)
	must(t, err)
	opens(t, s, ref, given.Secret, 1)
	opens(t, s, ref, r.Secret, 0)
	again, err := guest(r.Secret).Transfer(ctx, transfer)
	must(t, err)
	if !again.Replayed || again.Secret != given.Secret || again.Secret == r.Secret {
		t.Errorf("got %+v, first %+v", again, given)
	}
	for _, other := range []booking.Transfer{
		{Reference: ref, Email: "c@example.com"},
		{Reference: ref, Email: "c@example.com", Key: booking.Key{Scope: "public", Text: "u"}},
	} {
		_, err := guest(r.Secret).Transfer(ctx, other)
		refusedAs(t, err, booking.NotFound, booking.NoBooking(ref).Message)
	}
	transfer.Email = "c@example.com"
	_, err = guest(r.Secret).Transfer(ctx, transfer)
	refusedAs(t, err, booking.NotFound, booking.NoBooking(ref).Message)
	if _, err := guest(r.Secret).Booking(ctx, ref); booking.KindOf(err) != booking.NotFound {
		t.Errorf("the former customer sees the booking: %v", err)
	}
	// Handed on once more, the first secret is not even known.
	_, err = guest(given.Secret).Transfer(ctx, booking.Transfer{
		Reference: ref, Email: "d@example.com",
	})
	must(t, err)
	if _, err := s.GuestScope(ctx, ref, r.Secret); booking.KindOf(err) != booking.Unauthenticated {
		t.Errorf("got %v", err)
	}
	repeated, err := guest(given.Secret).Transfer(ctx, transfer)
	if booking.KindOf(err) != booking.NotFound {
		t.Errorf("got %+v, %v", repeated, err)
	}
	sound(t, s)
}

func TestAWrongSecretIsRefusedWhetherOrNotThereIsABooking(t *testing.T) {
	s := open(t)
	sel := event(t, s, 9)
	refs := seats(t, s, sel, 2)
	first, err := s.Booking(t.Context(), refs[0])
	must(t, err)
	none := s.refs.reference(99)
	for _, ref := range []booking.Reference{refs[1], none, 0} {
		scope, err := s.GuestScope(t.Context(), ref, s.Secret(first))
		if scope.Own != 0 || booking.KindOf(err) != booking.Unauthenticated {
			t.Errorf("%s: %+v, %v", ref, scope, err)
		}
		// What a booking that is not there would have as its secret opens nothing either.
		b := booking.Booking{Reference: none}
		if _, err := s.GuestScope(t.Context(), none, s.Secret(b)); err == nil {
			t.Error("a booking that is not there was opened")
		}
	}
}
