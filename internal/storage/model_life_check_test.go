package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// step has the store and the oracle do the same, and compares what they answer.
func (m *life) step(t *rapid.T, a deed) {
	answer, err := a.do(m.store)
	want := m.decide(a)
	m.compare(t, a, outcome{answer, err}, want[0])
}

// group hands many commands to the grouper as one group. No writer runs meanwhile: the store's own
// waits for calls.
func (m *life) group(t *rapid.T) {
	deeds := make([]deed, rapid.IntRange(2, 8).Draw(t, "commands"))
	calls, answers := make([]*call, len(deeds)), make([]func() any, len(deeds))
	for i := range deeds {
		deeds[i] = m.joining(t)
		calls[i] = &call{caller: m.store.caller, done: make(chan struct{})}
		calls[i].command, answers[i] = deeds[i].call()
	}
	unlock, err := writerOf(m.store).engine.lock()
	expect(t, "lock", err, "")
	writerOf(m.store).group.run(writerOf(m.store).engine, calls)
	unlock()
	for i, want := range m.decide(deeds...) {
		<-calls[i].done
		m.compare(t, deeds[i], outcome{answers[i](), calls[i].err}, want)
	}
}

func (m *life) compare(t *rapid.T, a deed, got, want outcome) {
	if g, w := plainError(got.err), plainError(want.err); !reflect.DeepEqual(g, w) {
		t.Fatalf("%T %+v:\n got %+v\nwant %+v", a.ask, a.ask, g, w)
	}
	if _, rows := want.answer.([]booking.RowResult); want.err != nil && !rows {
		return // nothing is answered
	}
	if g, w := m.plain(got.answer), m.plain(want.answer); !reflect.DeepEqual(g, w) {
		t.Fatalf("%T %+v:\n got %+v\nwant %+v", a.ask, a.ask, g, w)
	}
}

// plainError is what callers see of an error.
func plainError(err error) any {
	var e *booking.Error
	if !errors.As(err, &e) {
		return err
	}
	seen := *e
	seen.Cause = nil
	return seen
}

// plain leaves out of an answer what the store need not know to give it: access codes that nobody
// asked for, and how a customer is counted; and the secrets, which no rule knows.
func (m *life) plain(answer any) any {
	switch a := answer.(type) {
	case booking.Receipt:
		return m.plainReceipt(a)
	case booking.Returned:
		a.Booking, a.Event = m.plainBooking(a.Booking), m.plainEvent(a.Event)
		a.Left = m.counted(a.Left)
		return a
	case booking.Amended:
		a.Booking, a.Event = m.plainBooking(a.Booking), m.plainEvent(a.Event)
		a.Left, a.Secret = m.counted(a.Left), booking.Secret{}
		return a
	case booking.Extended:
		a.Booking, a.Event = m.plainBooking(a.Booking), m.plainEvent(a.Event)
		return a
	case booking.Created:
		a.Event = m.plainEvent(a.Event)
		return a
	case booking.CalledOff:
		a.Event = m.plainEvent(a.Event)
		return a
	case booking.Event:
		return m.plainEvent(a)
	case booking.TypeAnswer:
		a.Event = m.plainEvent(a.Event)
		return a
	case booking.PoolAnswer:
		a.Event = m.plainEvent(a.Event)
		return a
	case booking.CodeAnswer:
		a.Event = m.plainEvent(a.Event)
		return a
	case []booking.RowResult:
		a = slices.Clone(a)
		for i := range a {
			a[i].Receipt = m.plainReceipt(a[i].Receipt)
		}
		return a
	}
	return answer
}

func (m *life) plainReceipt(r booking.Receipt) booking.Receipt {
	r.Booking, r.Event, r.Left = m.plainBooking(r.Booking), m.plainEvent(r.Event), m.counted(r.Left)
	r.Secret = booking.Secret{}
	return r
}

func (m *life) counted(seats int) int {
	if m.sparing {
		return 0
	}
	return seats
}

func (m *life) plainBooking(b booking.Booking) booking.Booking {
	b.Limited = false
	b.Lines = orNil(b.Lines)
	return b.At(m.now)
}

func (m *life) plainEvent(e booking.Event) booking.Event {
	if m.sparing {
		e = onBooks(e)
	}
	e.Types, e.Pools, e.Codes = orNil(e.Types), orNil(e.Pools), booking.Codes{}
	return e
}

// orNil makes empty lists alike.
func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// check compares all that the store holds with what the oracle has.
func (m *life) check(t *rapid.T) {
	ctx := context.Background()
	seen := 0
	expect(t, "events", m.store.EachEvent(ctx, EventQuery{}, func(e booking.Event) error {
		seen++
		full, err := m.store.AllCodes(ctx, CodeQuery{Event: booking.Selector{ID: e.ID}})
		expect(t, "event", err, "")
		m.checkEvent(t, e, full.Event)
		return nil
	}), "")
	same(t, "number of events", seen, len(m.events))
	seen = 0
	expect(t, "bookings", m.store.EachBooking(ctx, BookingQuery{}, func(b booking.Booking) error {
		if seen >= len(m.bookings) {
			t.Fatalf("there is a booking too many: %+v", b)
		}
		same(t, "booking", m.plainBooking(b), m.plainBooking(m.bookings[seen]))
		seen++
		return nil
	}), "")
	same(t, "number of bookings", seen, len(m.bookings))
}

// checkEvent compares an event as lists have it, and as it is shown by itself.
func (m *life) checkEvent(t *rapid.T, listed, full booking.Event) {
	want, ok := m.events[listed.ID]
	if !ok {
		t.Fatalf("event %d should not be there", listed.ID)
	}
	for _, hold := range m.lapsed() {
		if hold.EventID == want.ID {
			want.Lapse(hold)
		}
	}
	want.Types, want.Pools = orNil(want.Types), orNil(want.Pools)
	want.Codes = booking.NewCodes(want.Codes.List()...) // balanced alike
	full.Parked = 0
	same(t, "event", full, want)
	if listed.Available() != want.Available() {
		t.Fatalf("listed event: %d available, want %d", listed.Available(), want.Available())
	}
	m.checkBookable(t, want)
	want.Types, want.Pools, want.Codes = nil, nil, booking.Codes{}
	listed.Parked, want.Parked = 0, 0
	same(t, "listed event", listed, want)
}

// checkBookable asks for the events of which some seats can be booked.
func (m *life) checkBookable(t *rapid.T, want booking.Event) {
	seats := rapid.IntRange(1, 4).Draw(t, "bookable")
	listed := false
	expect(t, "bookable events", m.store.EachEvent(context.Background(),
		EventQuery{Available: seats}, func(e booking.Event) error {
			listed = listed || e.ID == want.ID
			return nil
		}), "")
	same(t, fmt.Sprintf("%d seats of event %d can be booked", seats, want.ID), listed,
		want.Bookable(seats, m.now))
}

// checkJournal compares the journal at the end, and has the store verified.
func (m *life) checkJournal(t *rapid.T) {
	ctx := context.Background()
	var got []booking.Entry
	expect(t, "journal", m.store.EachEntry(ctx, JournalQuery{}, func(e booking.Entry) error {
		got = append(got, e)
		return nil
	}), "")
	inOrder := func(a, b booking.Entry) int {
		return cmp.Or(cmp.Compare(a.EventID, b.EventID), cmp.Compare(a.Seq, b.Seq))
	}
	slices.SortFunc(got, inOrder)
	slices.SortFunc(m.journal, inOrder)
	same(t, "number of entries", len(got), len(m.journal))
	for i := range got {
		same(t, "entry", got[i], m.journal[i])
	}
	r, err := m.store.Verify(ctx)
	if err != nil || len(r.Findings) > 0 {
		t.Fatalf("verify: %+v, %v", r.Findings, err)
	}
}
