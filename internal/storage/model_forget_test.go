package storage

import (
	"context"
	"strings"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// emails are addresses of two customers, and none.
func emails() []string {
	return []string{"", "ann@example.com", "Ann@Example.COM", "bob@example.com"}
}

// forgetting is of an address, of one booking that may be there, or of what has outlived its time.
func (m *model) forgetting(t *rapid.T) booking.Forgetting {
	switch rapid.IntRange(0, 4).Draw(t, "whom") {
	case 0:
		return booking.Forgetting{Retention: booking.MinRetention}
	case 1, 2:
		return booking.Forgetting{Email: rapid.SampledFrom(emails()[1:]).Draw(t, "email")}
	}
	i := rapid.IntRange(-1, len(m.bookings)-1).Draw(t, "booking")
	if i < 0 {
		return booking.Forgetting{Booking: 1 << 51}
	}
	return booking.Forgetting{Booking: m.bookings[i].ref}
}

func (m *model) forget(t *rapid.T) {
	ask := m.forgetting(t)
	got, err := m.store.Forget(context.Background(), ask)
	if ask.Booking != 0 && m.byReference(ask.Booking) == nil {
		expect(t, ask, err, booking.NotFound)
		return
	}
	erased := 0
	for _, b := range m.bookings {
		meant := b.ref == ask.Booking || ask.Email != "" && strings.EqualFold(b.email, ask.Email) ||
			ask.Retention != 0 && b.made.Before(m.now.Add(-ask.Retention))
		if meant && b.email+b.reason != "" {
			b.email, b.reason = "", ""
			m.events[b.event].changes++
			erased++
		}
	}
	if ask.Email != "" && erased == 0 {
		expect(t, ask, err, booking.NotFound)
		return
	}
	expect(t, ask, err, "")
	same(t, "erased", got, Erasure{Bookings: erased})
}
