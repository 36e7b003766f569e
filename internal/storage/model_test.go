package storage

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// model is what a store has to hold, kept in plain maps and written without a look at the rules.
type model struct {
	path  string
	store *Store
	// now is what the clocks of the store say.
	now    time.Time
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
	ref      booking.Reference
	event    int64
	quantity int
	price    int64
	// status is held until somebody has taken a lapsed hold off the books.
	status     booking.Status
	made       time.Time
	expires    time.Time
	extensions int
	// email and reason are empty once the booking is forgotten.
	email, reason string
}

// modelKey is what was asked for under a key, and what was answered.
type modelKey struct {
	ask     string
	at      time.Time
	booking *modelBooking
	// named is how the event of the booking was called.
	named booking.Selector
	// left is of the answer to a booking, event of that to a new event.
	left  int
	event modelEvent
	// seats were given back, and left the booking as it is here. It is the new one, after a
	// request for seats.
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

// of gives the bookings of an event, and how many seats are not free.
func (m *model) of(event int64) (all []*modelBooking, taken int) {
	for _, b := range m.bookings {
		if b.event != event {
			continue
		}
		all = append(all, b)
		if s := m.shown(b).status; s == booking.Confirmed || s == booking.Held {
			taken += b.quantity
		}
	}
	return all, taken
}

// shown is a booking as everybody is to see it.
func (m *model) shown(b *modelBooking) modelBooking {
	now := *b
	if b.status == booking.Held && !m.now.Before(b.expires) {
		now.status = booking.Expired
	}
	return now
}

// used is what was asked for under a key that is still remembered.
func (m *model) used(key booking.Key) (modelKey, bool) {
	k, ok := m.keys[key.Text]
	return k, ok && key.Text != "" && m.now.Sub(k.at) <= booking.KeyLife
}

// remember keeps what was asked for under a key.
func (m *model) remember(key booking.Key, k modelKey) {
	k.at = m.now
	m.keys[key.Text] = k
}

// expect compares a verdict with the one that is due, and says whether the command succeeded.
func expect(t *rapid.T, what any, err error, want booking.Kind) bool {
	if got := booking.KindOf(err); got != want {
		t.Fatalf("%+v: got %q: %v, want %q", what, got, err, want)
	}
	return err == nil
}

// same compares what a command answered with what is due.
func same[T any](t *rapid.T, what string, got, want T) {
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %+v, want %+v", what, got, want)
	}
}

// created judges the answer to a new event.
func (m *model) created(t *rapid.T, ask booking.NewEvent, got booking.Created, err error) {
	text := fmt.Sprint("create", ask.Slug, ask.Capacity, ask.Price.Minor, ask.Draft)
	used, repeated := m.used(ask.Key)
	switch {
	case repeated && used.ask != text:
		expect(t, ask, err, booking.KeyReused)
		return
	case repeated:
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
	m.remember(ask.Key, modelKey{ask: text, event: e})
	m.events[e.id] = &e
}

func asModel(e booking.Event) modelEvent {
	return modelEvent{e.ID, e.Slug, e.Capacity, e.Price.Minor, e.Status, e.Version}
}

// booked judges the answer to a request for seats.
func (m *model) booked(t *rapid.T, ask booking.Request, got booking.Receipt, err error) {
	e := m.find(ask.Event)
	used, repeated := m.used(ask.Key)
	// A slug that leads nowhere any more still means the event that the key booked by it.
	if e == nil && repeated && used.booking != nil && used.named == ask.Event {
		e = m.events[used.booking.event]
	}
	if e == nil {
		expect(t, ask, err, booking.NotFound)
		return
	}
	text := fmt.Sprint("book", e.id, ask.Quantity, ask.Email, ask.Hold, ask.TTL)
	switch {
	case repeated && used.ask != text:
		expect(t, ask, err, booking.KeyReused)
		return
	case repeated:
		expect(t, ask, err, "")
		same(t, "replayed", got.Replayed, true)
		was := used.rest
		was.email = used.booking.email
		same(t, "the booking as it was", asModelBooking(got.Booking), was)
		same(t, "left", got.Left, used.left)
		now := m.shown(used.booking)
		same(t, "changed since", got.Changed, now.status != was.status ||
			now.quantity != was.quantity || now.extensions != was.extensions)
		return
	case e.status != booking.OpenEvent:
		expect(t, ask, err, booking.Closed)
		return
	}
	m.makeRoom(e, ask.Quantity)
	_, taken := m.of(e.id)
	left := e.capacity - taken - ask.Quantity
	if left < 0 {
		expect(t, ask, err, booking.SoldOut)
		return
	}
	expect(t, ask, err, "")
	b := &modelBooking{
		ref: got.Booking.Reference, event: e.id, quantity: ask.Quantity, price: e.price,
		status: booking.Confirmed, made: m.now, email: ask.Email,
	}
	if ask.Hold {
		b.status, b.expires = booking.Held, m.now.Add(cmp.Or(ask.TTL, 10*time.Minute))
	}
	if b.ref == 0 || m.byReference(b.ref) != nil {
		t.Fatalf("reference %s is not a new one", b.ref)
	}
	same(t, "replayed", got.Replayed, false)
	same(t, "left", got.Left, left)
	same(t, "the new booking", asModelBooking(got.Booking), *b)
	e.changes++
	m.bookings = append(m.bookings, b)
	m.remember(ask.Key, modelKey{ask: text, booking: b, named: ask.Event, left: left, rest: *b})
}

func (m *model) byReference(ref booking.Reference) *modelBooking {
	i := slices.IndexFunc(m.bookings, func(b *modelBooking) bool { return b.ref == ref })
	if i < 0 {
		return nil
	}
	return m.bookings[i]
}

func asModelBooking(b booking.Booking) modelBooking {
	return modelBooking{
		b.Reference, b.EventID, b.Quantity, b.UnitPrice.Minor, b.Status, b.CreatedAt, b.ExpiresAt,
		b.Extensions, b.Email, b.CancelReason,
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
	same(t, "taken", got.Taken(), taken)
	same(t, "on the books", got.Taken()+got.Lapsed, want.capacity-m.room(&want))
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
		same(t, "booking", asModelBooking(b), m.shown(all[i]))
		alone, err := m.store.Booking(ctx, b.Reference)
		expect(t, b, err, "")
		same(t, "the booking by itself", alone, b)
	}
}

// reopen closes the store and opens it again.
func (m *model) reopen(t *rapid.T) {
	m.store = openAgain(t, m.store, m.path, func() time.Time { return m.now })
}

// openAgain closes a store, unless there is none yet, and opens it again with a clock.
func openAgain(t *rapid.T, s *Store, path string, now func() time.Time) *Store {
	if s != nil {
		expect(t, "close", s.Close(), "")
	}
	s, err := Open(context.Background(), in(path, Options{Create: true, Actor: "test"}))
	expect(t, "open", err, "")
	s.now, writerOf(s).group.now = now, now
	return s
}

// strive sets how many checks rapid makes, and of how many steps on average. On PostgreSQL there
// are fewer: each takes ten times as long, and the rules are the same.
func strive(t *testing.T, checks, steps int) {
	t.Helper()
	if pgcluster.OnPostgres() {
		checks = max(checks/4, fewTrials)
	}
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

// depth is of how many steps a random sequence of commands is on average.
func depth() int {
	if long() {
		return 50
	}
	return 30
}

func TestTheStoreDoesWhatAPlainModelDoes(t *testing.T) {
	strive(t, trials(100, 2000), depth())
	blank, path := empty(t), somewhere(t)
	rapid.Check(t, func(t *rapid.T) {
		expect(t, "blank", restore(blank, path), "")
		m := &model{
			path: path, now: time.Now().UTC().Truncate(time.Microsecond),
			events: map[int64]*modelEvent{}, keys: map[string]modelKey{},
		}
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
