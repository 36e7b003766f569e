package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// writeRows writes rows as they are, whatever the rules say of them.
func writeRows(t testing.TB, s *Store, fill func(*batch)) {
	t.Helper()
	tx, err := engineOf(t, placeOf(s)).begin(context.Background())
	must(t, err)
	var b batch
	fill(&b)
	_, err = tx.commit(context.Background(), &b)
	must(t, err)
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// anyEvent makes an event that shares much with others, whole hours away from now.
func anyEvent(r *rand.Rand, id int64, now time.Time) booking.Event {
	e := booking.Event{
		ID:   id,
		Slug: pick(r, "", fmt.Sprintf("meetup-%d", id)),
		EventDetails: booking.EventDetails{
			Name: pick(r, "Go Meetup", "go meetup", "Straßenfest", "Zoë", "Zoe", "100% Jazz",
				"a_b"),
			Venue:    pick(r, "", "STRASSENBAHN", "Jazz Cellar"),
			Capacity: 1 + r.IntN(4),
			Price:    booking.Money{Minor: int64(r.IntN(3)), Currency: "EUR"},
			Zone:     "UTC",
			Waitlist: pick(r, booking.Policies()...),
			OfferTTL: booking.DefaultOfferTTL,

			MaxPerBooking: pick(r, 0, 0, 1, 2),
			CodeRequired:  r.IntN(6) == 0,
		},
		Status: pick(r, booking.DraftEvent, booking.OpenEvent, booking.OpenEvent,
			booking.ClosedEvent, booking.CancelledEvent),
		Version:   1,
		CreatedAt: now.Add(-time.Duration(r.IntN(5)) * time.Hour),
	}
	e.Confirmed = r.IntN(e.Capacity + 1)
	if r.IntN(4) > 0 {
		e.StartsAt = now.Add(time.Duration(r.IntN(9)-4) * time.Hour)
	}
	if r.IntN(2) == 0 {
		e.EndsAt = cmp.Or(e.StartsAt, now.Add(-2*time.Hour)).Add(time.Hour)
	}
	if r.IntN(4) == 0 {
		e.SalesOpen = now.Add(time.Duration(r.IntN(5)-2) * time.Hour)
		e.SalesClose = e.SalesOpen.Add(2 * time.Hour)
	}
	e.Waiting = pick(r, 0, 0, 0, 1)
	return e
}

func anyBooking(r *rand.Rand, events int64, now time.Time) booking.Booking {
	made := now.Add(time.Duration(r.IntN(9)-4) * time.Hour)
	b := booking.Booking{
		EventID:   1 + r.Int64N(events),
		Quantity:  1 + r.IntN(3),
		Status:    pick(r, booking.Statuses()...),
		UnitPrice: booking.Money{Currency: "EUR"},
		Email:     pick(r, "", "ada@example.com", "Ada@Example.com", "zoë@example.com"),
		Name:      pick(r, "", "Ada", "ADA", "Zoë", "100%", "a_b"),
		CreatedAt: made,
		UpdatedAt: made,
	}
	if b.Status != booking.Confirmed && b.Status != booking.Cancelled {
		b.ExpiresAt, b.Extensions = made.Add(time.Hour/2), r.IntN(3)
	}
	if !b.ExpiresAt.IsZero() && b.Status != booking.Waiting && b.Status != booking.Left {
		b.OfferedAt = pick(r, time.Time{}, made)
	}
	b.Limited = b.Status == booking.Waiting // by their address they are found in any case
	return b
}

// hold adds the seats of a hold to an event, which gets as many more.
func (all *rows) hold(b booking.Booking) {
	e := &all.events[b.EventID-1]
	e.Capacity += b.Quantity
	if b.At(all.now).Status == booking.Expired {
		e.Lapsed += b.Quantity
	} else {
		e.Held += b.Quantity
	}
}

// rows are what is in a database, as the lists show it.
type rows struct {
	// now is what all times are whole hours away from.
	now      time.Time
	events   []booking.Event
	bookings []booking.Booking
}

// randomRows makes a database with random events and bookings.
func randomRows(t testing.TB) (*Store, rows) {
	t.Helper()
	const events, bookings = 60, 120
	s, r := open(t), seeded(t)
	all := rows{now: time.Now().UTC().Truncate(time.Microsecond)}
	for id := range int64(events) {
		all.events = append(all.events, anyEvent(r, id+1, all.now))
	}
	for row := range int64(bookings) {
		made := anyBooking(r, events, all.now)
		made.Reference = s.refs.reference(row + 1)
		all.bookings = append(all.bookings, made)
		if made.Status == booking.Held {
			all.hold(made)
		}
	}
	writeRows(t, s, func(b *batch) {
		for _, e := range all.events {
			insertEvent(b, e)
			b.exec(`UPDATE events SET waiting = $2 WHERE id = $1`, e.ID, e.Waiting)
		}
		for i, made := range all.bookings {
			saveBooking(b, int64(i+1), &booking.BookingChange{After: made})
			all.bookings[i] = made.At(all.now)
		}
	})
	return s, all
}

// seeded makes random numbers that a failed test can be repeated with.
func seeded(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// compareEvents says how the sortings order events, in words of its own.
func compareEvents(sort string) func(a, b booking.Event) int {
	name, descending := strings.CutPrefix(sort, "-")
	return func(a, b booking.Event) int {
		if name == "starts_at" && a.StartsAt.IsZero() != b.StartsAt.IsZero() {
			return cmp.Compare(b.StartsAt.Unix(), a.StartsAt.Unix()) // none is last in both
		}
		by := map[string]int{
			"id": 0, "": 0,
			"name":       cmp.Compare(booking.Fold(a.Name), booking.Fold(b.Name)),
			"starts_at":  a.StartsAt.Compare(b.StartsAt),
			"available":  cmp.Compare(a.Available(), b.Available()),
			"capacity":   cmp.Compare(a.Capacity, b.Capacity),
			"price":      cmp.Compare(a.Price.Minor, b.Price.Minor),
			"created_at": a.CreatedAt.Compare(b.CreatedAt),
		}[name]
		by = cmp.Or(by, cmp.Compare(a.ID, b.ID))
		if descending {
			return -by
		}
		return by
	}
}

// wants is what the filters of a query mean, in words of their own.
func (q EventQuery) wants(e booking.Event, now time.Time) bool {
	end := e.EndsAt
	if end.IsZero() {
		end = e.StartsAt
	}
	search := booking.Fold(q.Search)
	return (len(q.Status) == 0 || slices.Contains(q.Status, e.Status)) &&
		(!q.Upcoming || e.Status != booking.CancelledEvent && (end.IsZero() || end.After(now))) &&
		(q.Since.IsZero() || !e.StartsAt.IsZero() && !e.StartsAt.Before(q.Since)) &&
		(q.Until.IsZero() || !e.StartsAt.IsZero() && e.StartsAt.Before(q.Until)) &&
		(strings.Contains(booking.Fold(e.Name), search) ||
			strings.Contains(booking.Fold(e.Venue), search) || strings.Contains(e.Slug, search)) &&
		(q.Available == 0 || sells(e, q.Available, now))
}

// sells says whether seats of an event can be booked at a time.
func sells(e booking.Event, seats int, now time.Time) bool {
	found, err := e.Check(booking.AvailabilityRequest{Quantity: seats}, now)
	return err == nil && found.Sufficient()
}

func (q BookingQuery) wants(b booking.Booking) bool {
	search := booking.Fold(q.Search)
	return (q.Event.ID == 0 || b.EventID == q.Event.ID) &&
		(len(q.Status) == 0 || slices.Contains(q.Status, b.Status)) &&
		(q.Since.IsZero() || !b.CreatedAt.Before(q.Since)) &&
		(q.Until.IsZero() || b.CreatedAt.Before(q.Until)) &&
		(strings.Contains(booking.Fold(b.Name), search) ||
			strings.Contains(booking.Fold(b.Email), search)) &&
		(q.Email == "" || booking.Fold(b.Email) == booking.Fold(q.Email)) &&
		(!q.Waitlist || b.Status == booking.Waiting || b.Status == booking.Left ||
			!b.OfferedAt.IsZero())
}

func TestEventsAreThoseThatAPlainFilterLeaves(t *testing.T) {
	strive(t, trials(100, 1000), 30)
	s, all := randomRows(t)
	rapid.Check(t, func(t *rapid.T) {
		q := EventQuery{
			Status: rapid.SliceOfN(rapid.SampledFrom([]booking.EventStatus{booking.DraftEvent,
				booking.OpenEvent, booking.CancelledEvent}), 0, 3).Draw(t, "status"),
			Upcoming:  rapid.Bool().Draw(t, "upcoming"),
			Search:    drawSearch(t),
			Available: rapid.IntRange(0, 4).Draw(t, "available"),
			Sort:      drawSort(t, EventSorts()),
		}
		q.Since, q.Until = drawSpan(t, all.now)
		var want, got []booking.Event
		for _, e := range all.events {
			if q.wants(e, time.Now()) {
				want = append(want, e)
			}
		}
		slices.SortFunc(want, compareEvents(q.Sort))
		expect(t, q, s.EachEvent(context.Background(), q, func(e booking.Event) error {
			got = append(got, e)
			return nil
		}), "")
		sameEntries(t, "each event", got, want)
		paged, _ := pagesOf(t, s.events(q), rapid.IntRange(1, 9).Draw(t, "limit"), func() {})
		sameEntries(t, "pages of events", paged, want)
	})
}

func TestBookingsAreThoseThatAPlainFilterLeaves(t *testing.T) {
	strive(t, trials(100, 1000), 30)
	s, all := randomRows(t)
	rapid.Check(t, func(t *rapid.T) {
		q := BookingQuery{
			Event:  booking.Selector{ID: rapid.Int64Range(0, 3).Draw(t, "event")},
			Status: rapid.SliceOfN(rapid.SampledFrom(booking.Statuses()), 0, 3).Draw(t, "status"),
			Search: drawSearch(t),
			Email:  rapid.SampledFrom([]string{"", "", "ADA@EXAMPLE.com", "ada"}).Draw(t, "email"),

			Waitlist: rapid.Bool().Draw(t, "waitlist"),
		}
		q.Since, q.Until = drawSpan(t, all.now)
		var want, got []booking.Booking
		for _, b := range all.bookings {
			if q.wants(b) {
				want = append(want, b)
			}
		}
		expect(t, q, s.EachBooking(context.Background(), q, func(b booking.Booking) error {
			got = append(got, b)
			return nil
		}), "")
		sameEntries(t, "each booking", got, want)
		paged, _ := pagesOf(t, s.bookings(q), rapid.IntRange(1, 9).Draw(t, "limit"), func() {})
		sameEntries(t, "pages of bookings", paged, want)
	})
}

func sameEntries[T any](t fatal, what string, got, want []T) {
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %+v, want %+v", what, got, want)
	}
}

func drawSearch(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		"", "", "go", "GO MEET", "strasse", "ßen", "ZOË", "e\u0308", "%", "_", "a_b", "jazz", "ada",
		"example", "' OR 1=1 --", "meetup-1",
	}).Draw(t, "search")
}

func drawSort(t *rapid.T, sorts []string) string {
	return rapid.SampledFrom([]string{"", "-"}).Draw(t, "direction") +
		rapid.SampledFrom(sorts).Draw(t, "sort")
}

func drawSpan(t *rapid.T, now time.Time) (since, until time.Time) {
	if rapid.Bool().Draw(t, "since") {
		since = now.Add(time.Duration(rapid.IntRange(-4, 0).Draw(t, "from")) * time.Hour)
	}
	if rapid.Bool().Draw(t, "until") {
		until = now.Add(time.Duration(rapid.IntRange(1, 5).Draw(t, "to")) * time.Hour)
	}
	return since, until
}

// events and bookings read a page of a query.
func (s *Store) events(q EventQuery) func(Page) ([]booking.Event, string, error) {
	return func(p Page) ([]booking.Event, string, error) {
		q.Page = p
		page, err := s.Events(context.Background(), q)
		return page.Events, page.Next, err
	}
}

func (s *Store) bookings(q BookingQuery) func(Page) ([]booking.Booking, string, error) {
	return func(p Page) ([]booking.Booking, string, error) {
		q.Page = p
		page, err := s.Bookings(context.Background(), q)
		return page.Bookings, page.Next, err
	}
}

// fatal is a test, of rapid or not.
type fatal interface{ Fatalf(string, ...any) }

// pagesOf joins the pages of a list, calling between after each. No list here has a thousand pages.
func pagesOf[T any](
	t fatal, read func(Page) ([]T, string, error), limit int, between func(),
) (all []T, pages int) {
	for page := (Page{Limit: limit}); ; between() {
		entries, next, err := read(page)
		if err != nil {
			t.Fatalf("page %d: %v", pages+1, err)
		}
		all = append(all, entries...)
		pages++
		if next == "" {
			return all, pages
		}
		if pages == 1000 {
			t.Fatalf("the list does not end")
		}
		page.Cursor = next
	}
}

func TestAWalkSeesOneMoment(t *testing.T) {
	s := open(t)
	sel := event(t, s, 2*chunkRows)
	seats(t, s, sel, chunkRows+1)
	visited := 0
	err := s.EachBooking(t.Context(), BookingQuery{}, func(booking.Booking) error {
		if visited++; visited == 1 {
			seats(t, s, sel, 1)
		}
		return nil
	})
	if err != nil || visited != chunkRows+1 {
		t.Errorf("%d of %d bookings, %v", visited, chunkRows+1, err)
	}
}

func TestAWalkGoesOnFromACursorWhateverTheLimit(t *testing.T) {
	s := open(t)
	sel := event(t, s, 5)
	refs := seats(t, s, sel, 5)
	q := bookingsOf(sel, Page{Limit: 2})
	first, err := s.Bookings(t.Context(), q)
	must(t, err)
	q.Limit, q.Cursor = -1, first.Next
	var got []booking.Reference
	must(t, s.EachBooking(t.Context(), q, func(b booking.Booking) error {
		got = append(got, b.Reference)
		return nil
	}))
	if !slices.Equal(got, refs[2:]) {
		t.Errorf("got %v, want %v", got, refs[2:])
	}
}

func TestAnErrorOfTheVisitorEndsTheWalk(t *testing.T) {
	s := open(t)
	seats(t, s, event(t, s, 5*chunkRows), 5*chunkRows)
	enough := errors.New("enough")
	visited := 0
	err := s.EachBooking(t.Context(), BookingQuery{}, func(booking.Booking) error {
		visited++
		return enough
	})
	if err != enough || visited != 1 {
		t.Errorf("got %v after %d visits", err, visited)
	}
}

func TestAWalkEndsWithItsContext(t *testing.T) {
	s := open(t)
	seats(t, s, event(t, s, 5*chunkRows), 5*chunkRows)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.EachBooking(ctx, BookingQuery{}, func(booking.Booking) error {
		cancel()
		return nil
	})
	if booking.KindOf(err) != booking.Interrupted {
		t.Errorf("got %v", err)
	}
}
