package storage

import (
	"fmt"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// gaveBack judges the answer to the cancellation of a booking.
func (m *model) gaveBack(t *rapid.T, ask booking.Cancellation, got booking.Returned, err error) {
	b := m.byReference(ask.Reference)
	if b == nil {
		expect(t, ask, err, booking.NotFound)
		return
	}
	text := fmt.Sprint("cancel", b.ref, "all")
	seats := b.quantity
	if ask.Quantity != nil {
		seats = *ask.Quantity
		text = fmt.Sprint("cancel", b.ref, seats)
	}
	if m.repeated(t, ask.Key, text, b, b.reason, got, err) {
		return
	}
	if b.status != booking.Confirmed || seats > b.quantity {
		expect(t, ask, err, booking.Conflict)
		return
	}
	expect(t, ask, err, "")
	if seats == b.quantity {
		b.status = booking.Cancelled
	} else {
		b.quantity -= seats
	}
	m.returned(t, ask.Key, text, b, seats, got)
}

// repeated judges the answer to a command whose key was used before, and says whether it was. The
// answer shows the reason.
func (m *model) repeated(
	t *rapid.T, key booking.Key, text string, b *modelBooking, reason string,
	got booking.Returned, err error,
) bool {
	used, repeated := m.used(key)
	switch {
	case !repeated:
		return false
	case used.ask != text:
		expect(t, text, err, booking.KeyReused)
		return true
	}
	expect(t, text, err, "")
	same(t, "replayed", got.Replayed, true)
	same(t, "seats", got.Seats, used.seats)
	was := used.rest
	was.email, was.reason = b.email, reason
	same(t, "the booking as it was", asModelBooking(got.Booking), was)
	return true
}

// returned judges the answer to a command that has just given seats back.
func (m *model) returned(
	t *rapid.T, key booking.Key, text string, b *modelBooking, seats int, got booking.Returned,
) {
	e := m.events[b.event]
	e.changes++
	_, taken := m.of(e.id)
	same(t, "replayed", got.Replayed, false)
	same(t, "seats", got.Seats, seats)
	same(t, "left", got.Left, e.capacity-taken)
	same(t, "the booking", asModelBooking(got.Booking), *b)
	m.remember(key, modelKey{ask: text, seats: seats, rest: *b})
}
