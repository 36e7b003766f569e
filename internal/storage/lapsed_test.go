package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// soldOutByHolds makes an event whose seats are all held, by single-seat holds that lapse one
// second after the other, and moves the clock to an hour after.
func soldOutByHolds(t testing.TB, seats int) (*Store, booking.Selector, []booking.Booking) {
	t.Helper()
	s := open(t)
	sel := event(t, s, seats)
	var holds []booking.Booking
	for i := range seats {
		holds = append(holds, hold(t, s, sel, 1, time.Minute+time.Duration(seats-i)*time.Second))
	}
	slices.Reverse(holds) // the last one lapses first
	setClock(s, holds[seats-1].ExpiresAt.Add(time.Hour))
	return s, sel, holds
}

// shown is all that can be read of an event and its bookings, but for the number of its version.
func shown(t testing.TB, s *Store, sel booking.Selector) string {
	t.Helper()
	ctx := context.Background()
	var text []string
	add := func(what string, value any, err error) {
		must(t, err)
		text = append(text, fmt.Sprintf("%s: %+v", what, value))
	}
	one, err := s.Event(ctx, sel)
	one.Version, one.Lapsed = 0, 0
	add("event", one, err)
	check, err := s.Check(ctx, booking.AvailabilityRequest{Event: sel, Quantity: one.Capacity})
	add("check", check.Sufficient(), err)
	for _, q := range []EventQuery{
		{Available: one.Capacity}, {Sort: "available"}, {Sort: "-available"},
	} {
		q.Limit = 9
		page, err := s.Events(ctx, q)
		for i := range page.Events {
			page.Events[i].Version, page.Events[i].Lapsed = 0, 0
		}
		add("events "+q.Sort, page, err)
	}
	for _, states := range [][]booking.Status{
		nil, {booking.Held}, {booking.Expired}, {booking.Held, booking.Confirmed},
		{booking.Expired, booking.Held}, {booking.Confirmed, booking.Released},
	} {
		page, err := s.Bookings(ctx, BookingQuery{
			Event: sel, Status: states, Page: Page{Limit: MaxLimit},
		})
		add(fmt.Sprintf("%d bookings %v", len(page.Bookings), states), page.Bookings, err)
	}
	for _, states := range [][]booking.Status{nil, {booking.Held}, {booking.Expired}} {
		suggested, err := s.SuggestBookings(ctx, BookingWish{Statuses: states, Limit: 50})
		add(fmt.Sprintf("%d suggested %v", len(suggested), states), suggested, err)
	}
	return strings.Join(text, "\n")
}

func TestLapsedHoldsAreShownAlikeOnAndOffTheBooks(t *testing.T) {
	s, sel, holds := soldOutByHolds(t, 5)
	live := hold(t, s, event(t, s, 3), 2, 0)
	on := shown(t, s, sel)
	counters(t, s, sel, 0, 0, 5)
	for _, want := range []string{
		"check: true", "0 bookings [held]:", "5 bookings [expired]:", "1 suggested [held]:",
		"5 suggested [expired]:",
	} {
		if !strings.Contains(on, want) {
			t.Errorf("%q is not in\n%s", want, on)
		}
	}
	swept, err := s.Sweep(t.Context())
	if err != nil || swept != len(holds) || rawStatus(t, s, live.Reference) != booking.Held {
		t.Errorf("%d swept, %v", swept, err)
	}
	if off := shown(t, s, sel); off != on {
		t.Errorf("on the books\n%s\noff them\n%s", on, off)
	}
	counters(t, s, sel, 0, 0, 5)
}

func TestSeatsOfLapsedHoldsAreBookedOldestFirst(t *testing.T) {
	s, sel, holds := soldOutByHolds(t, 5)
	r, err := s.Book(t.Context(), booking.Request{Event: sel, Quantity: 2})
	if err != nil || r.Left != 3 {
		t.Errorf("%d left, %v", r.Left, err)
	}
	for i, b := range holds {
		want := booking.Held
		if i < 2 {
			want = booking.Expired
		}
		if got := rawStatus(t, s, b.Reference); got != want {
			t.Errorf("hold %d is %s on the books, want %s", i+1, got, want)
		}
	}
	counters(t, s, sel, 0, 2, 3)
}

func TestARefusedBookingKeepsLapsedHoldsOffTheBooks(t *testing.T) {
	many := func(s *Store, sel booking.Selector) error {
		_, err := s.BookMany(context.Background(), []booking.Request{
			{Event: sel, Quantity: 2}, {Event: sel, Quantity: 2},
		}, true)
		return err
	}
	one := func(s *Store, sel booking.Selector) error {
		_, err := s.Book(context.Background(), booking.Request{Event: sel, Quantity: 4})
		return err
	}
	for name, ask := range map[string]func(*Store, booking.Selector) error{
		"one": one, "all or nothing": many,
	} {
		s, sel, holds := soldOutByHolds(t, 3)
		if err := ask(s, sel); booking.KindOf(err) != booking.SoldOut {
			t.Errorf("%s: %v", name, err)
		}
		for _, b := range holds {
			if got := rawStatus(t, s, b.Reference); got != booking.Expired {
				t.Errorf("%s: %s is %s on the books", name, b.Reference, got)
			}
		}
		before, err := groups(t.Context(), s)
		must(t, err)
		if err := ask(s, sel); booking.KindOf(err) != booking.SoldOut {
			t.Errorf("%s, again: %v", name, err)
		}
		if after, err := groups(t.Context(), s); err != nil || after != before {
			t.Errorf("%s, again: there was nothing to keep, %v", name, err)
		}
		counters(t, s, sel, 0, 0, 3)
	}
}

func TestCapacityIsLoweredOntoLapsedHolds(t *testing.T) {
	s, sel, holds := soldOutByHolds(t, 5)
	e, err := s.EditEvent(t.Context(), sel, booking.Edit{Capacity: new(2)})
	if err != nil || e.Available() != 2 {
		t.Errorf("got %+v, %v", e, err)
	}
	for i, b := range holds {
		if got := rawStatus(t, s, b.Reference); (got == booking.Expired) != (i < 3) {
			t.Errorf("hold %d is %s on the books", i+1, got)
		}
	}
	counters(t, s, sel, 0, 0, 2)
}

// Crowds share one group: together they find the seats of lapsed holds, and no more than there are.
func TestAGroupSharesTheSeatsOfLapsedHolds(t *testing.T) {
	s, sel, _ := soldOutByHolds(t, 5)
	var commands []command
	for range 4 {
		commands = append(commands, book(booking.Request{Event: sel, Quantity: 2}))
	}
	var sold int
	for i, err := range groupOf(t, s, commands...) {
		switch booking.KindOf(err) {
		case "":
			sold += 2
		case booking.SoldOut:
		default:
			t.Errorf("command %d: %v", i+1, err)
		}
	}
	if sold != 4 {
		t.Errorf("%d seats sold", sold)
	}
	counters(t, s, sel, 0, 4, 1)
}

// Nobody waits until thousands of holds are counted: the answer of a booking counts so many and no
// more. All else counts all.
func TestABookingCountsOnlySoManyLapsedHolds(t *testing.T) {
	s := open(t)
	sel := event(t, s, 10_000)
	last := lapsedInBulk(t, s, lapsedCounted+50)
	setClock(s, last)
	r, err := s.Book(t.Context(), booking.Request{Event: sel, Quantity: 1})
	if want := 10_000 - 50 - 1; err != nil || r.Left != want {
		t.Errorf("%d left, %v, want %d", r.Left, err, want)
	}
	counters(t, s, sel, 0, 1, 9_999)
	r, err = s.Book(t.Context(), booking.Request{Event: sel, Quantity: 9_999})
	if err != nil || r.Left != 0 {
		t.Errorf("%d left, %v", r.Left, err)
	}
	counters(t, s, sel, 0, 10_000, 0)
}

// lapsedInBulk adds single-seat holds to event 1, which has had no booking, and gives the time at
// which the last of them has lapsed.
func lapsedInBulk(t testing.TB, s *Store, holds int) time.Time {
	t.Helper()
	numbers := fmt.Sprintf(`WITH RECURSIVE n(i) AS
		(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)`, holds)
	now := time.Now().UTC().Truncate(time.Microsecond)
	tamper(t, placeOf(s), "PRAGMA synchronous = off", "BEGIN",
		fmt.Sprintf(`INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency,
			email, name, note, cancel_reason, created_at, updated_at, expires_at)
			%s SELECT i, 1, 1, 'held', 0, 'EUR', '', '', '', '', %d + i, %[2]d + i, %d + i FROM n`,
			numbers, micros(now), micros(now.Add(booking.DefaultTTL))),
		`INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id, capacity, held,
			confirmed, detail) `+numbers+`
			SELECT 1, i + 1, i, 'test', 'booking.held', i, 0, 1, 0, '' FROM n`,
		fmt.Sprintf(`UPDATE events SET held = %d, version = %[1]d + 1 WHERE id = 1`, holds),
		"COMMIT", "PRAGMA wal_checkpoint(TRUNCATE)")
	return now.Add(booking.DefaultTTL + time.Duration(holds)*time.Microsecond)
}

func TestASweepGoesThroughAllEventsInBoundedGroups(t *testing.T) {
	s := open(t)
	f := &faulty{engine: writerOf(s).engine}
	writerOf(s).engine = f
	event(t, s, 1000)
	second := event(t, s, 10)
	last := lapsedInBulk(t, s, 2*sweepGroup+1)
	also := hold(t, s, second, 3, 0)
	live := hold(t, s, event(t, s, 10), 3, 5*time.Hour)
	setClock(s, last.Add(time.Hour))
	f.fail(nil, nil)
	swept, err := s.Sweep(t.Context())
	if begun, _ := f.counts(); err != nil || swept != 2*sweepGroup+2 || begun != 4 {
		t.Errorf("%d swept in %d groups, %v", swept, begun, err)
	}
	if rawStatus(t, s, also.Reference) != booking.Expired ||
		rawStatus(t, s, live.Reference) != booking.Held {
		t.Error("one that lapsed is left, or one that did not is gone")
	}
	f.fail(nil, nil)
	swept, err = s.Sweep(t.Context())
	if begun, _ := f.counts(); err != nil || swept+begun != 0 {
		t.Errorf("again: %d swept in %d groups, %v", swept, begun, err)
	}
	sound(t, s)
}

// What has to be fast uses the index over holds, however many bookings there are beside them.
func TestHoldsAreFoundByTheirIndex(t *testing.T) {
	s := open(t)
	now := time.Now()
	var f filter
	f.where("event_id = ?", 1)
	s.withStatus(&f, []booking.Status{booking.Held}, now)
	for name, tt := range map[string]struct {
		sql  string
		args []any
	}{
		"lapsed holds": {lapsedHolds("SELECT quantity", ""), []any{1, micros(now), 5}},
		"lapsed seats": {s.selectEvents(at(now)), nil},
		"sweep": {`SELECT DISTINCT event_id FROM bookings
			WHERE status = 'held' AND expires_at <= $1`, []any{micros(now)}},
		"lapsed holds of a pool": {lapsedHolds("SELECT quantity", inPool(s.dialect, booking.Event{
			Types: []booking.TicketType{{ID: 1, Pool: 1}, {ID: 2, Pool: 1}},
		}, booking.Pool{ID: 1})), []any{1, micros(now), 5}},
		"held bookings of an event": {
			selectBooking + ` WHERE ` + strings.Join(f.conditions, " AND "), f.args},
	} {
		text := queryPlan(t, s, tt.sql, tt.args...)
		if !strings.Contains(text, "bookings_holds") || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// What only reads may find a database from before there were holds.
func TestADatabaseFromBeforeThereWereHoldsCanBeRead(t *testing.T) {
	s, err := Open(t.Context(), Options{Path: schemaOne(t, 3), ReadOnly: true})
	must(t, err)
	defer s.Close()
	got := shown(t, s, booking.Selector{ID: 1})
	if !strings.Contains(got, "3 bookings [confirmed released]:") {
		t.Errorf("got %s", got)
	}
}
