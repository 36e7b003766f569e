package storage

import (
	"context"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// steps are what may happen to a store, one at a time or many in one group; after each, everything
// is compared.
func (m *model) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"":       m.check,
		"create": m.create,
		"book":   m.book,
		"again":  m.book, // twice as often
		"cancel": m.cancel,
		"group":  m.group,
		"edit":   m.edit,
		"status": m.status,
		"call off": func(t *rapid.T) {
			if rapid.IntRange(0, 3).Draw(t, "seldom") == 0 {
				m.callOff(t)
			}
		},
		"delete": m.delete,
		"forget": m.forget,
		"reopen": m.reopen,
		"end":    m.endHold,
		"extend": m.extend,
		"sweep":  m.sweep,
		"wait":   m.wait,
		"rush":   m.rush,
	}
}

func slugs() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"", "one", "two", "six"})
}

func keys() *rapid.Generator[booking.Key] {
	return rapid.Custom(func(t *rapid.T) booking.Key {
		text := rapid.SampledFrom([]string{"", "", "a", "b", "c", "d"}).Draw(t, "key")
		return booking.Key{Scope: "test", Text: text}
	})
}

// selector names an event that is there, or was, or never will be.
func (m *model) selector(t *rapid.T) booking.Selector {
	if slug := slugs().Draw(t, "slug"); slug != "" && rapid.Bool().Draw(t, "by slug") {
		return booking.Selector{Slug: slug}
	}
	return booking.Selector{ID: rapid.Int64Range(1, m.lastEvent+1).Draw(t, "event")}
}

func (m *model) newEvent(t *rapid.T) booking.NewEvent {
	return booking.NewEvent{
		Slug: slugs().Draw(t, "slug"),
		EventDetails: booking.EventDetails{
			Name: "Go Meetup", Capacity: rapid.IntRange(1, 12).Draw(t, "capacity"), Zone: "UTC",
			Price: booking.Money{
				Minor: rapid.Int64Range(0, 3).Draw(t, "price"), Currency: "EUR",
			},
		},
		Draft: rapid.IntRange(0, 4).Draw(t, "draft") == 0,
		Key:   keys().Draw(t, "key"),
	}
}

func (m *model) create(t *rapid.T) {
	if len(m.events) >= 5 {
		t.Skip("enough events")
	}
	ask := m.newEvent(t)
	got, err := m.store.CreateEvent(context.Background(), ask)
	m.created(t, ask, got, err)
}

func (m *model) request(t *rapid.T) booking.Request {
	hold := rapid.Bool().Draw(t, "hold")
	ask := booking.Request{
		Event:    m.selector(t),
		Quantity: rapid.IntRange(1, 5).Draw(t, "quantity"),
		Hold:     hold,
		Email:    rapid.SampledFrom(emails()).Draw(t, "email"),
		Key:      keys().Draw(t, "key"),
	}
	if hold {
		ask.TTL = rapid.SampledFrom(ttls()).Draw(t, "ttl")
	}
	return ask
}

func (m *model) book(t *rapid.T) {
	ask := m.request(t)
	got, err := m.store.Book(context.Background(), ask)
	m.booked(t, ask, got, err)
}

// cancellation is of a booking that is there or, sometimes, of none.
func (m *model) cancellation(t *rapid.T) booking.Cancellation {
	ask := booking.Cancellation{Key: keys().Draw(t, "key")}
	if seats := rapid.IntRange(0, 3).Draw(t, "seats"); seats > 0 {
		ask.Quantity = &seats
	}
	ask.Reference = m.reference(t)
	return ask
}

func (m *model) reference(t *rapid.T) booking.Reference {
	if i := rapid.IntRange(-1, len(m.bookings)-1).Draw(t, "booking"); i >= 0 {
		return m.bookings[i].ref
	}
	return booking.Reference(rapid.Uint64Range(0, 1<<51).Draw(t, "reference"))
}

func (m *model) cancel(t *rapid.T) {
	ask := m.cancellation(t)
	got, err := m.store.CancelBooking(context.Background(), ask)
	m.gaveBack(t, ask, got, err)
}

// group hands many commands to the grouper as one group and judges each verdict. No writer runs
// meanwhile: the store's own waits for calls.
func (m *model) group(t *rapid.T) {
	calls := make([]*call, rapid.IntRange(2, 12).Draw(t, "commands"))
	for i := range calls {
		calls[i] = &call{done: make(chan struct{})}
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0:
			calls[i].command = cancel(m.cancellation(t))
		case 1, 2:
			calls[i].command = confirm(m.confirmation(t))
		case 3:
			calls[i].command = release(m.releasing(t))
		case 4:
			calls[i].command = extend(m.extension(t))
		default:
			calls[i].command = book(m.request(t))
		}
	}
	unlock, err := writerOf(m.store).engine.lock()
	expect(t, "lock", err, "")
	writerOf(m.store).group.run(writerOf(m.store).engine, calls)
	unlock()
	for _, c := range calls {
		<-c.done
		switch command := c.command.(type) {
		case *errand[booking.Request, booking.Receipt]:
			m.booked(t, command.ask, command.answer, c.err)
		case *errand[booking.Cancellation, booking.Returned]:
			m.gaveBack(t, command.ask, command.answer, c.err)
		case *errand[booking.Confirmation, booking.Returned]:
			m.madeFinal(t, command.ask, command.answer, c.err)
		case *errand[booking.Release, booking.Returned]:
			m.released(t, command.ask, command.answer, c.err)
		case *errand[booking.Extension, booking.Extended]:
			m.extended(t, command.ask, command.answer, c.err)
		}
	}
}

func (m *model) edit(t *rapid.T) {
	sel := m.selector(t)
	var change booking.Edit
	var slug string
	var capacity int
	var price int64
	if rapid.Bool().Draw(t, "edits slug") {
		slug = slugs().Draw(t, "new slug")
		change.Slug = &slug
	}
	if rapid.Bool().Draw(t, "edits capacity") {
		capacity = rapid.IntRange(1, 12).Draw(t, "new capacity")
		change.Capacity = &capacity
	}
	if rapid.Bool().Draw(t, "edits price") {
		price = rapid.Int64Range(0, 3).Draw(t, "new price")
		change.Price = new(booking.Money{Minor: price, Currency: "EUR"}.Amount())
	}
	got, err := m.store.EditEvent(context.Background(), sel, change)
	e := m.find(sel)
	if e == nil {
		expect(t, sel, err, booking.NotFound)
		return
	}
	want := *e
	if change.Slug != nil {
		want.slug = slug
	}
	if change.Capacity != nil {
		want.capacity = capacity
	}
	if change.Price != nil {
		want.price = price
	}
	other := m.find(booking.Selector{Slug: want.slug})
	if e.status == booking.CancelledEvent || want.slug != "" && other != nil && other != e {
		expect(t, change, err, booking.Conflict)
		return
	}
	differs := want != *e
	m.makeRoom(e, e.capacity-want.capacity)
	if _, taken := m.of(e.id); want.capacity < taken {
		expect(t, change, err, booking.Conflict)
		return
	}
	expect(t, change, err, "")
	if want.changes = e.changes; differs {
		want.changes++
	}
	same(t, "the edited event", asModel(got), want)
	*e = want
}

func (m *model) status(t *rapid.T) {
	sel, change, to := m.selector(t), m.store.OpenEvent, booking.OpenEvent
	if rapid.Bool().Draw(t, "close") {
		change, to = m.store.CloseEvent, booking.ClosedEvent
	}
	got, err := change(context.Background(), sel)
	switch e := m.find(sel); {
	case e == nil:
		expect(t, sel, err, booking.NotFound)
	case e.status == booking.CancelledEvent:
		expect(t, sel, err, booking.Conflict)
	default:
		expect(t, sel, err, "")
		if e.status != to {
			e.status = to
			e.changes++
		}
		same(t, "the event", asModel(got), *e)
	}
}

func (m *model) callOff(t *rapid.T) {
	sel, agreed := m.selector(t), rapid.Bool().Draw(t, "agreed")
	got, err := m.store.CancelEvent(context.Background(), sel, agreed, "rain")
	e := m.find(sel)
	if e == nil {
		expect(t, sel, err, booking.NotFound)
		return
	}
	all, taken := m.of(e.id)
	if e.status == booking.CancelledEvent || taken > 0 && !agreed {
		expect(t, sel, err, booking.Conflict)
		return
	}
	expect(t, sel, err, "")
	m.makeRoom(e, e.capacity-taken)
	cancelled := 0
	for _, b := range all {
		switch b.status {
		case booking.Confirmed:
			b.status = booking.Cancelled
		case booking.Held:
			b.status = booking.Released
		default:
			continue
		}
		b.reason = "rain"
		cancelled++
	}
	e.status = booking.CancelledEvent
	e.changes += int64(cancelled) + 1
	same(t, "bookings", got.Bookings, cancelled)
	same(t, "seats", got.Seats, taken)
	same(t, "the event", asModel(got.Event), *e)
}

func (m *model) delete(t *rapid.T) {
	sel := m.selector(t)
	_, err := m.store.DeleteEvent(context.Background(), sel)
	e := m.find(sel)
	if e == nil {
		expect(t, sel, err, booking.NotFound)
		return
	}
	if all, _ := m.of(e.id); len(all) > 0 {
		expect(t, sel, err, booking.Conflict)
		return
	}
	expect(t, sel, err, "")
	delete(m.events, e.id)
}
