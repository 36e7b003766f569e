package storage

import (
	"pgregory.net/rapid"

	"evbook/internal/booking"
)

func (m *life) amend(t *rapid.T) deed {
	ask := booking.Amendment{Reference: m.reference(t), Key: m.key(t)}
	if rapid.Bool().Draw(t, "names") {
		ask.Name = new(anyOf(t, "name", "", "Ann"))
	}
	if rapid.Bool().Draw(t, "addresses") {
		ask.Email = new(m.email(t))
	}
	a := one(ask, ask.Key, (*Store).Amend, (*booking.Draft).Amend)
	a.refs = []booking.Reference{ask.Reference}
	return a
}

func (m *life) transfer(t *rapid.T) deed {
	ask := booking.Transfer{
		Reference: m.reference(t), Key: m.key(t),
		Email: anyOf(t, "email", customersOfLife()...),
	}
	a := one(ask, ask.Key, (*Store).Transfer, (*booking.Draft).Transfer)
	a.refs = []booking.Reference{ask.Reference}
	return a
}

func (m *life) resize(t *rapid.T) deed {
	ask := booking.Resize{Reference: m.reference(t, booking.Held, booking.Confirmed), Key: m.key(t)}
	b := m.booking(ask.Reference)
	if len(b.Lines) > 0 && rapid.Bool().Draw(t, "lines") {
		ask.Lines = lines(t, m.events[b.EventID])
		ask.Lines[0].Quantity = rapid.IntRange(0, 4).Draw(t, "seats")
	} else {
		ask.Quantity = new(rapid.IntRange(1, 6).Draw(t, "seats"))
	}
	a := one(ask, ask.Key, (*Store).Resize, (*booking.Draft).Resize)
	a.refs = []booking.Reference{ask.Reference}
	return a
}

func (m *life) move(t *rapid.T) deed {
	ask := booking.Move{Reference: m.reference(t, booking.Held, booking.Confirmed), Key: m.key(t)}
	to := booking.Selector{ID: m.booking(ask.Reference).EventID}
	if len(m.find(to).Types) == 0 || anyOf(t, "elsewhere", true, true, false) {
		ask.Event = m.selector(t)
		to = ask.Event
	}
	ask.Code = m.code(t, to)
	if len(m.find(to).Types) > 0 != wrongly(t) {
		ask.Type = typeOf(t, m.find(to))
	}
	a := one(ask, ask.Key, (*Store).Move, (*booking.Draft).Move)
	a.refs = []booking.Reference{ask.Reference}
	a.events = []booking.Selector{ask.Event}
	return a
}
