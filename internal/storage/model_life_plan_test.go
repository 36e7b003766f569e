package storage

import (
	"context"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// entryKinds are those that must come up for the comparison to be worth anything.
func entryKinds() []booking.EntryKind {
	return []booking.EntryKind{
		booking.EventCreated, booking.EventEdited, booking.EventOpened, booking.EventClosed,
		booking.EventCancelled, booking.EventDeleted, booking.BookingHeld, booking.BookingExtended,
		booking.BookingReleased, booking.BookingExpired, booking.BookingConfirmed,
		booking.BookingReduced, booking.BookingCancelled, booking.BookingForgotten,
		booking.BookingJoined, booking.BookingOffered, booking.BookingLeft, booking.BookingResized,
		booking.BookingMoved, booking.BookingEdited, booking.BookingTransferred,
		booking.TypeAdded, booking.TypeEdited, booking.TypeClosed, booking.PoolAdded,
		booking.PoolEdited, booking.CodeAdded, booking.CodeDisabled,
	}
}

// prepare makes two events, the second of which has ticket types, a pool and a code.
func (m *life) prepare(t *rapid.T) {
	m.create(t)
	m.create(t)
	sel := booking.Selector{ID: 2}
	m.step(t, m.addPool(t, sel))
	m.step(t, m.addType(t, sel))
	m.step(t, m.addType(t, sel))
	m.step(t, m.addCode(t, sel))
}

func (m *life) create(t *rapid.T) {
	if len(m.events) > 2 {
		t.Skip("enough events")
	}
	ask := booking.NewEvent{
		Slug: slugs().Draw(t, "slug"),
		EventDetails: booking.EventDetails{
			Name: "Go Meetup", Zone: "UTC",
			Capacity: rapid.IntRange(2, 7).Draw(t, "capacity") +
				anyOf(t, "more", 0, 0, 7), // so that pools and codes are used up before
			Price:          booking.Money{Minor: 500, Currency: "EUR"},
			MaxPerBooking:  anyOf(t, "per booking", 0, 0, 3),
			Waitlist:       anyOf(t, "policy", booking.Policies()...),
			OfferTTL:       anyOf[time.Duration](t, "offers", 0, time.Minute),
			MaxPerCustomer: anyOf(t, "per customer", 0, 0, 4),
		},
		Draft: wrongly(t), Key: m.key(t),
	}
	// Who has the slug already is looked at, so who waits there comes before it.
	m.step(t, of(booking.Selector{Slug: ask.Slug},
		one(ask, ask.Key, (*Store).CreateEvent, (*booking.Draft).CreateEvent)))
}

// of makes a deed about one event.
func of(sel booking.Selector, a deed) deed {
	a.events = []booking.Selector{sel}
	return a
}

func (m *life) addType(t *rapid.T, sel booking.Selector) deed {
	ask := booking.NewType{
		Event: sel, Name: anyOf(t, "name", typeNames()...),
		Price: anyOf(t, "price", "", "1.50"),
		Pool:  m.pool(t, sel),

		MinPerBooking: anyOf(t, "least", 0, 0, 2),
		MaxPerBooking: anyOf(t, "most", 0, 0, 3),
		CodeRequired:  anyOf(t, "code", 0, 1, 2, 3, 4, 5) == 0,
	}
	return of(sel, one(ask, booking.Key{}, (*Store).AddType, (*booking.Draft).AddType))
}

// pool names one of an event mostly, or none.
func (m *life) pool(t *rapid.T, sel booking.Selector) string {
	names := []string{""}
	for _, p := range m.find(sel).Pools {
		names = append(names, p.Name, p.Name)
	}
	if wrongly(t) {
		names = []string{"cellar"}
	}
	return anyOf(t, "pool", names...)
}

func (m *life) editType(t *rapid.T, sel booking.Selector) deed {
	ask := booking.TypeEdit{Event: sel, Type: typeOf(t, m.find(sel))}
	switch anyOf(t, "field", 0, 1, 2, 3, 4) {
	case 0:
		ask.Name = new(anyOf(t, "name", typeNames()...))
	case 1, 2:
		ask.Pool = new(m.pool(t, sel))
	case 3:
		ask.Closed = new(rapid.Bool().Draw(t, "closed"))
	default:
		ask.Price = new("2")
		ask.MaxPerBooking = new(rapid.IntRange(0, 4).Draw(t, "most"))
		ask.SalesOpen = new(m.moment(t))
	}
	return of(sel, one(ask, booking.Key{}, (*Store).EditType, (*booking.Draft).EditType))
}

// moment is a time near by, in words.
func (m *life) moment(t *rapid.T) string {
	hours := anyOf(t, "hours", 0, 0, -2, 1)
	if hours == 0 {
		return ""
	}
	return m.now.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
}

func (m *life) addPool(t *rapid.T, sel booking.Selector) deed {
	ask := booking.NewPool{
		Event: sel, Name: anyOf(t, "name", "hall", "balcony"),
		Capacity: rapid.IntRange(1, 8).Draw(t, "capacity"),
	}
	return of(sel, one(ask, booking.Key{}, (*Store).AddPool, (*booking.Draft).AddPool))
}

func (m *life) editPool(t *rapid.T, sel booking.Selector) deed {
	ask := booking.PoolEdit{
		Event: sel, Pool: m.pool(t, sel),
		Capacity: new(rapid.IntRange(1, 8).Draw(t, "capacity")),
	}
	return of(sel, one(ask, booking.Key{}, (*Store).EditPool, (*booking.Draft).EditPool))
}

func (m *life) addCode(t *rapid.T, sel booking.Selector) deed {
	ask := booking.NewCode{
		Event: sel, Text: anyOf(t, "code", "code-1", "CODE-2"),
		Uses: rapid.IntRange(1, 6).Draw(t, "uses"), ValidUntil: m.moment(t),
	}
	if anyOf(t, "for types", 0, 1, 2, 3) == 0 {
		ask.Types = []string{anyOf(t, "type", typeNames()...)}
	}
	return of(sel, one(ask, booking.Key{}, (*Store).AddCode, (*booking.Draft).AddCode))
}

func (m *life) disableCode(t *rapid.T, sel booking.Selector) deed {
	ask := booking.CodeSelector{
		Event: sel, Text: anyOf(t, "code", "code-1", "CODE-2"),
	}
	return of(sel, one(ask, booking.Key{}, (*Store).DisableCode, (*booking.Draft).DisableCode))
}

// plan changes what an event is divided into.
func (m *life) plan(t *rapid.T) deed {
	changes := map[string]func(*rapid.T, booking.Selector) deed{
		"add type": m.addType, "edit type": m.editType, "edit type again": m.editType,
		"add pool": m.addPool, "edit pool": m.editPool, "add code": m.addCode,
		"disable code": m.disableCode,
	}
	sel := booking.Selector{ID: 2} // so that event 1 stays simple mostly
	if wrongly(t) {
		sel = m.selector(t)
	}
	return changes[anyOf(t, "change", slices.Sorted(maps.Keys(changes))...)](t, sel)
}

// organise edits, opens or closes an event.
func (m *life) organise(t *rapid.T) deed {
	sel := m.selector(t)
	ctx := context.Background()
	open := m.find(sel).Status == booking.OpenEvent
	switch what := anyOf(t, "what", 0, 1, 2, 3, 4, 5); {
	case what == 0 || !open && what < 5:
		return of(sel, deed{
			ask: "open", do: func(s *Store) (any, error) { return s.OpenEvent(ctx, sel) },
			rule: func(d *booking.Draft) (any, error) { return d.OpenEvent(sel) },
		})
	case what == 1:
		return of(sel, deed{
			ask: "close", do: func(s *Store) (any, error) { return s.CloseEvent(ctx, sel) },
			rule: func(d *booking.Draft) (any, error) { return d.CloseEvent(sel) },
		})
	}
	edit := m.edit(t)
	a := of(sel, deed{
		ask: edit, do: func(s *Store) (any, error) { return s.EditEvent(ctx, sel, edit) },
		rule: func(d *booking.Draft) (any, error) { return d.EditEvent(sel, edit) },
	})
	if edit.Slug != nil {
		a.events = append(a.events, booking.Selector{Slug: *edit.Slug})
	}
	return a
}

func (m *life) edit(t *rapid.T) (edit booking.Edit) {
	switch anyOf(t, "field", 0, 1, 2, 3, 4, 5, 6, 7) {
	case 0, 1, 2:
		edit.Capacity = new(rapid.IntRange(1, 12).Draw(t, "capacity"))
	case 3:
		edit.MaxPerCustomer = new(anyOf(t, "per customer", 0, 3, 6))
	case 4:
		edit.MaxPerBooking = new(anyOf(t, "per booking", 0, 4))
	case 5:
		edit.Waitlist = new(anyOf(t, "policy", booking.Policies()...))
	case 6:
		edit.CodeRequired = new(anyOf(t, "code", 0, 1, 2, 3) == 0)
		edit.SalesOpen, edit.SalesClose = new(m.moment(t)), new("")
	default:
		edit.Slug = new(slugs().Draw(t, "new slug"))
		edit.OfferTTL = new(time.Minute)
	}
	return edit
}

func (m *life) callOff(t *rapid.T) deed {
	sel, agreed := m.selector(t), rapid.Bool().Draw(t, "agreed")
	return of(sel, deed{
		ask: "call off",
		do: func(s *Store) (any, error) {
			return s.CancelEvent(context.Background(), sel, agreed, "rain")
		},
		rule: func(d *booking.Draft) (any, error) { return d.CancelEvent(sel, agreed, "rain") },
	})
}

func (m *life) delete(t *rapid.T) deed {
	sel := m.selector(t)
	booked := false
	for _, b := range m.bookings {
		booked = booked || b.EventID == m.find(sel).ID
	}
	return of(sel, deed{
		ask: "delete", do: func(s *Store) (any, error) {
			return s.DeleteEvent(context.Background(), sel)
		},
		rule: func(d *booking.Draft) (any, error) { return d.DeleteEvent(sel, booked) },
	})
}
