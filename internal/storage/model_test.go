package storage

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// model is what a store has to hold, kept in plain maps and written without a look at the rules.
type model struct {
	path   string
	store  *Store
	events map[int64]*modelEvent
	// bookings are in the order in which they were made.
	bookings []*modelBooking
	keys     map[string]modelKey
	// lastEvent is the highest number that an event ever had.
	lastEvent int64
}

type modelEvent struct {
	id       int64
	slug     string
	capacity int
	price    int64
	status   booking.EventStatus
	changes  int64
}

type modelBooking struct {
	ref       booking.Reference
	event     int64
	quantity  int
	price     int64
	cancelled bool
	// email and reason are empty once the booking is forgotten.
	email, reason string
}

// modelKey is what was asked for under a key, and what was answered.
type modelKey struct {
	ask     string
	booking *modelBooking
	// named is how the event of the booking was called.
	named booking.Selector
	// quantity and left are of the answer to a booking, event of that to a new event.
	quantity, left int
	event          modelEvent
	// seats were given back, and left the booking as it is here.
	seats int
	rest  modelBooking
}

func (m *model) find(sel booking.Selector) *modelEvent {
	if sel.Slug == "" {
		return m.events[sel.ID]
	}
	for _, e := range m.events {
		if e.slug == sel.Slug {
			return e
		}
	}
	return nil
}

func (m *model) of(event int64) (all []*modelBooking, taken int) {
	for _, b := range m.bookings {
		if b.event != event {
			continue
		}
		all = append(all, b)
		if !b.cancelled {
			taken += b.quantity
		}
	}
	return all, taken
}

// expect compares a verdict with the one that is due, and says whether the command succeeded.
func expect(t *rapid.T, what any, err error, want booking.Kind) bool {
	if got := booking.KindOf(err); got != want {
		t.Fatalf("%+v: got %q: %v, want %q", what, got, err, want)
	}
	return err == nil
}

// same compares what a command answered with what is due.
func same[T comparable](t *rapid.T, what string, got, want T) {
	if got != want {
		t.Fatalf("%s: got %+v, want %+v", what, got, want)
	}
}

// created judges the answer to a new event.
func (m *model) created(t *rapid.T, ask booking.NewEvent, got booking.Created, err error) {
	text := fmt.Sprint("create", ask.Slug, ask.Capacity, ask.Price.Minor, ask.Draft)
	used, repeated := m.keys[ask.Key.Text]
	switch {
	case ask.Key.Text != "" && repeated && used.ask != text:
		expect(t, ask, err, booking.KeyReused)
		return
	case ask.Key.Text != "" && repeated:
		expect(t, ask, err, "")
		same(t, "replayed", got.Replayed, true)
		same(t, "the event as it was", asModel(got.Event), used.event)
		return
	case ask.Slug != "" && m.find(booking.Selector{Slug: ask.Slug}) != nil:
		expect(t, ask, err, booking.Conflict)
		return
	}
	expect(t, ask, err, "")
	m.lastEvent++
	e := modelEvent{m.lastEvent, ask.Slug, ask.Capacity, ask.Price.Minor, booking.OpenEvent, 1}
	if ask.Draft {
		e.status = booking.DraftEvent
	}
	same(t, "the new event", asModel(got.Event), e)
	same(t, "replayed", got.Replayed, false)
	m.keys[ask.Key.Text] = modelKey{ask: text, event: e}
	m.events[e.id] = &e
}

func asModel(e booking.Event) modelEvent {
	return modelEvent{e.ID, e.Slug, e.Capacity, e.Price.Minor, e.Status, e.Version}
}

// booked judges the answer to a booking.
func (m *model) booked(t *rapid.T, ask booking.Request, got booking.Receipt, err error) {
	e := m.find(ask.Event)
	// A slug that leads nowhere any more still means the event that the key booked by it.
	if k := m.keys[ask.Key.Text]; e == nil && ask.Key.Text != "" && k.booking != nil &&
		k.named == ask.Event {
		e = m.events[k.booking.event]
	}
	if e == nil {
		expect(t, ask, err, booking.NotFound)
		return
	}
	text := fmt.Sprint("book", e.id, ask.Quantity, ask.Email)
	if used, repeated := m.keys[ask.Key.Text]; ask.Key.Text != "" && repeated {
		if used.ask != text {
			expect(t, ask, err, booking.KeyReused)
			return
		}
		expect(t, ask, err, "")
		same(t, "replayed", got.Replayed, true)
		same(t, "reference", got.Booking.Reference, used.booking.ref)
		same(t, "quantity", got.Booking.Quantity, used.quantity)
		same(t, "status", got.Booking.Status, booking.Confirmed)
		same(t, "email", got.Booking.Email, used.booking.email)
		same(t, "left", got.Left, used.left)
		same(t, "changed since", got.Changed,
			used.booking.cancelled || used.booking.quantity != used.quantity)
		return
	}
	_, taken := m.of(e.id)
	switch left := e.capacity - taken - ask.Quantity; {
	case e.status != booking.OpenEvent:
		expect(t, ask, err, booking.Closed)
	case left < 0:
		expect(t, ask, err, booking.SoldOut)
	default:
		expect(t, ask, err, "")
		b := &modelBooking{
			got.Booking.Reference, e.id, ask.Quantity, e.price, false, ask.Email, "",
		}
		if got.Booking.Reference == 0 || m.byReference(b.ref) != nil {
			t.Fatalf("reference %s is not a new one", b.ref)
		}
		same(t, "replayed", got.Replayed, false)
		same(t, "left", got.Left, left)
		same(t, "price", got.Booking.UnitPrice.Minor, e.price)
		e.changes++
		m.bookings = append(m.bookings, b)
		m.keys[ask.Key.Text] = modelKey{
			ask: text, booking: b, named: ask.Event, quantity: ask.Quantity, left: left,
		}
	}
}

func (m *model) byReference(ref booking.Reference) *modelBooking {
	i := slices.IndexFunc(m.bookings, func(b *modelBooking) bool { return b.ref == ref })
	if i < 0 {
		return nil
	}
	return m.bookings[i]
}

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
	used, repeated := m.keys[ask.Key.Text]
	switch {
	case ask.Key.Text != "" && repeated && used.ask != text:
		expect(t, ask, err, booking.KeyReused)
	case ask.Key.Text != "" && repeated:
		expect(t, ask, err, "")
		same(t, "replayed", got.Replayed, true)
		same(t, "seats", got.Seats, used.seats)
		was := used.rest
		was.email, was.reason = b.email, b.reason
		same(t, "the booking as it was", asModelBooking(got.Booking), was)
	case b.cancelled || seats > b.quantity:
		expect(t, ask, err, booking.Conflict)
	default:
		expect(t, ask, err, "")
		same(t, "replayed", got.Replayed, false)
		same(t, "seats", got.Seats, seats)
		m.events[b.event].changes++
		if b.cancelled = seats == b.quantity; !b.cancelled {
			b.quantity -= seats
		}
		same(t, "the booking", asModelBooking(got.Booking), *b)
		m.keys[ask.Key.Text] = modelKey{ask: text, seats: seats, rest: *b}
	}
}

func asModelBooking(b booking.Booking) modelBooking {
	return modelBooking{
		b.Reference, b.EventID, b.Quantity, b.UnitPrice.Minor, b.Status == booking.Cancelled,
		b.Email, b.CancelReason,
	}
}

// check compares all that the store holds with the model.
func (m *model) check(t *rapid.T) {
	ctx := context.Background()
	var events []booking.Event
	for page := (Page{Limit: 2}); ; {
		p, err := m.store.Events(ctx, EventQuery{Page: page})
		expect(t, "events", err, "")
		events = append(events, p.Events...)
		if page.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	same(t, "number of events", len(events), len(m.events))
	for i, id := range slices.Sorted(maps.Keys(m.events)) {
		m.checkEvent(t, events[i], *m.events[id])
	}
}

func (m *model) checkEvent(t *rapid.T, got booking.Event, want modelEvent) {
	ctx := context.Background()
	all, taken := m.of(want.id)
	same(t, "event", asModel(got), want)
	same(t, "confirmed", got.Confirmed, taken)
	alone, err := m.store.Event(ctx, booking.Selector{ID: want.id, Slug: want.slug})
	expect(t, want, err, "")
	same(t, "the event by itself", alone, got)
	var bookings []booking.Booking
	for page := (Page{Limit: 3}); ; {
		p, err := m.store.Bookings(ctx, bookingsOf(booking.Selector{ID: want.id}, page))
		expect(t, "bookings", err, "")
		bookings = append(bookings, p.Bookings...)
		if page.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	same(t, "number of bookings", len(bookings), len(all))
	for i, b := range bookings {
		same(t, "booking", asModelBooking(b), *all[i])
		alone, err := m.store.Booking(ctx, b.Reference)
		expect(t, b, err, "")
		same(t, "the booking by itself", alone, b)
	}
}

// reopen closes the store and opens it again.
func (m *model) reopen(t *rapid.T) {
	if m.store != nil {
		expect(t, "close", m.store.Close(), "")
	}
	s, err := Open(context.Background(), Options{Path: m.path, Create: true, Actor: "test"})
	expect(t, "open", err, "")
	m.store = s
}

// strive sets how many checks rapid makes, and of how many steps on average.
func strive(t *testing.T, checks, steps int) {
	t.Helper()
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(checks), "rapid.steps": strconv.Itoa(steps),
		"rapid.nofailfile": "true", // the seed that is printed repeats a failure just as well
	} {
		before := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(name, before) }) // it was valid before
	}
}

func TestTheStoreDoesWhatAPlainModelDoes(t *testing.T) {
	strive(t, 100, 30)
	if long() {
		strive(t, 2000, 50)
	}
	template := filepath.Join(t.TempDir(), "events.db")
	if err := openAt(t, template).Close(); err != nil {
		t.Fatal(err)
	}
	empty, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "events.db")
	rapid.Check(t, func(t *rapid.T) {
		for _, name := range []string{path + "-wal", path + "-shm"} {
			_ = os.Remove(name) // there after a failure only
		}
		expect(t, "template", os.WriteFile(path, empty, 0o600), "")
		m := &model{path: path, events: map[int64]*modelEvent{}, keys: map[string]modelKey{}}
		m.reopen(t)
		defer func() { m.store.Close() }()
		t.Repeat(m.steps())
		r, err := m.store.Verify(context.Background())
		if err != nil || len(r.Findings) > 0 {
			t.Fatalf("verify: %+v, %v", r.Findings, err)
		}
		same(t, "bookings verified", r.Bookings, len(m.bookings))
	})
}
