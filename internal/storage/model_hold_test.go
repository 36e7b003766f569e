package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

func ttls() []time.Duration {
	return []time.Duration{0, time.Minute, 3 * time.Minute, time.Hour, 24 * time.Hour}
}

// room is how many seats nobody has on the books, whether or not a hold has lapsed.
func (m *model) room(e *modelEvent) int {
	room := e.capacity
	for _, b := range m.bookings {
		if b.event == e.id && (b.status == booking.Held || b.status == booking.Confirmed) {
			room -= b.quantity
		}
	}
	return room
}

// lapsed are the holds of an event that have lapsed and are on the books, the oldest first.
func (m *model) lapsed(e *modelEvent) (holds []*modelBooking) {
	for _, b := range m.bookings {
		if b.event == e.id && b.status == booking.Held && m.shown(b).status == booking.Expired {
			holds = append(holds, b)
		}
	}
	slices.SortStableFunc(holds, func(a, b *modelBooking) int {
		return a.expires.Compare(b.expires)
	})
	return holds
}

// makeRoom takes as many lapsed holds off the books as have to go for the seats.
func (m *model) makeRoom(e *modelEvent, seats int) (gone int) {
	for _, b := range m.lapsed(e) {
		if m.room(e) >= seats {
			break
		}
		b.status = booking.Expired
		e.changes++
		gone++
	}
	return gone
}

// wait lets time pass, or sets the clocks back.
func (m *model) wait(t *rapid.T) {
	m.now = m.now.Add(rapid.SampledFrom([]time.Duration{
		time.Microsecond, time.Minute, time.Minute, 3 * time.Minute, 10 * time.Minute,
		time.Hour, 20 * time.Hour, -time.Minute, -time.Hour,
	}).Draw(t, "time"))
}

// rush fills an event with holds, some of which lapse before the next one wants seats.
func (m *model) rush(t *rapid.T) {
	sel := m.selector(t)
	ask := func(seats int, ttl time.Duration) {
		ask := booking.Request{Event: sel, Quantity: seats, Hold: ttl > 0, TTL: ttl}
		got, err := m.store.Book(context.Background(), ask)
		m.booked(t, ask, got, err)
	}
	for range rapid.IntRange(2, 8).Draw(t, "holds") {
		ask(rapid.IntRange(1, 3).Draw(t, "seats"), rapid.SampledFrom([]time.Duration{
			time.Minute, 2 * time.Minute, 3 * time.Minute,
		}).Draw(t, "ttl"))
	}
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 3).Draw(t, "minutes")) * time.Minute)
	ask(rapid.IntRange(1, 6).Draw(t, "wanted"), 0)
}

func (m *model) sweep(t *rapid.T) {
	want := 0
	for _, e := range m.events {
		want += m.makeRoom(e, e.capacity+1)
	}
	got, err := m.store.Sweep(context.Background())
	expect(t, "sweep", err, "")
	same(t, "swept", got, want)
}

func (m *model) confirmation(t *rapid.T) booking.Confirmation {
	ask := booking.Confirmation{
		Reference: m.reference(t), Email: rapid.SampledFrom(emails()).Draw(t, "email"),
		Key: keys().Draw(t, "key"),
	}
	if seats := rapid.IntRange(0, 3).Draw(t, "seats"); seats > 0 {
		ask.Quantity = &seats
	}
	return ask
}

func (m *model) releasing(t *rapid.T) booking.Release {
	return booking.Release{Reference: m.reference(t), Key: keys().Draw(t, "key")}
}

func (m *model) extension(t *rapid.T) booking.Extension {
	return booking.Extension{
		Reference: m.reference(t), TTL: rapid.SampledFrom(ttls()).Draw(t, "ttl"),
		Key: keys().Draw(t, "key"),
	}
}

// endHold confirms or releases.
func (m *model) endHold(t *rapid.T) {
	if rapid.Bool().Draw(t, "confirm") {
		ask := m.confirmation(t)
		got, err := m.store.Confirm(context.Background(), ask)
		m.madeFinal(t, ask, got, err)
		return
	}
	ask := m.releasing(t)
	got, err := m.store.Release(context.Background(), ask)
	m.released(t, ask, got, err)
}

func (m *model) extend(t *rapid.T) {
	ask := m.extension(t)
	got, err := m.store.Extend(context.Background(), ask)
	m.extended(t, ask, got, err)
}

// madeFinal judges the answer to a confirmation.
func (m *model) madeFinal(t *rapid.T, ask booking.Confirmation, got booking.Returned, err error) {
	b := m.byReference(ask.Reference)
	if b == nil {
		expect(t, ask, err, booking.NotFound)
		return
	}
	text, seats := fmt.Sprint("confirm", b.ref, ask.Email, "all"), b.quantity
	if ask.Quantity != nil {
		seats = *ask.Quantity
		text = fmt.Sprint("confirm", b.ref, ask.Email, seats)
	}
	if m.repeated(t, ask.Key, text, b, "", got, err) {
		return
	}
	if m.shown(b).status != booking.Held || seats > b.quantity {
		expect(t, ask, err, booking.Conflict)
		return
	}
	expect(t, ask, err, "")
	back := b.quantity - seats
	b.quantity, b.status, b.email = seats, booking.Confirmed, cmp.Or(ask.Email, b.email)
	m.returned(t, ask.Key, text, b, back, got)
}

// released judges the answer to a release.
func (m *model) released(t *rapid.T, ask booking.Release, got booking.Returned, err error) {
	b := m.byReference(ask.Reference)
	if b == nil {
		expect(t, ask, err, booking.NotFound)
		return
	}
	text := fmt.Sprint("release", b.ref)
	if m.repeated(t, ask.Key, text, b, b.reason, got, err) {
		return
	}
	if m.shown(b).status != booking.Held {
		expect(t, ask, err, booking.Conflict)
		return
	}
	expect(t, ask, err, "")
	b.status = booking.Released
	m.returned(t, ask.Key, text, b, b.quantity, got)
}

// extended judges the answer to an extension.
func (m *model) extended(t *rapid.T, ask booking.Extension, got booking.Extended, err error) {
	b := m.byReference(ask.Reference)
	if b == nil {
		expect(t, ask, err, booking.NotFound)
		return
	}
	text := fmt.Sprint("extend", b.ref, ask.TTL)
	used, repeated := m.used(ask.Key)
	until := m.now.Add(cmp.Or(ask.TTL, 10*time.Minute))
	longer := until.After(b.expires)
	switch {
	case repeated && used.ask != text:
		expect(t, ask, err, booking.KeyReused)
		return
	case repeated:
		expect(t, ask, err, "")
		was := used.rest
		was.email = b.email
		same(t, "the hold as it was", asModelBooking(got.Booking), was)
		same(t, "replayed", got.Replayed, true)
		return
	case m.shown(b).status != booking.Held,
		longer && (b.extensions == 3 || until.Sub(b.made) > 24*time.Hour):
		expect(t, ask, err, booking.Conflict)
		return
	}
	expect(t, ask, err, "")
	same(t, "replayed", got.Replayed, false)
	if longer {
		b.expires = until
		b.extensions++
		m.events[b.event].changes++
	}
	same(t, "the hold", asModelBooking(got.Booking), *b)
	m.remember(ask.Key, modelKey{ask: text, rest: *b})
}
