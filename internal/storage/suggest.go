package storage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"evbook/internal/booking"
)

// A suggestion comes from the newest events or bookings only, so that the time to find it has a
// bound however long the tables get. References follow no index, so each has to be worked out.
const (
	suggestibleEvents   = 10_000
	suggestibleBookings = 1_000
)

// EventWish says which events to suggest to somebody who begins to type one.
type EventWish struct {
	// Typed is how the number or the slug begins; every event fits the empty text.
	Typed string
	// Statuses are those that an event may have, at least one.
	Statuses []booking.EventStatus
	// Lasting leaves events out that are over at Now.
	Lasting bool
	Now     time.Time
	// Limit is the most events to give.
	Limit int
}

// SuggestEvents gives events that fit a wish: what is to come first, the soonest before the others;
// then what has no time yet, and what has begun, the newest first. Of more than ten thousand events
// it sees the newest.
func (s *Store) SuggestEvents(
	ctx context.Context, w EventWish,
) (events []booking.Event, err error) {
	args := []any{micros(w.Now), w.Typed, w.Limit}
	var allowed []string
	for _, status := range w.Statuses {
		args = append(args, string(status))
		allowed = append(allowed, fmt.Sprintf("$%d", len(args)))
	}
	where := ` WHERE id IN (SELECT id FROM events ORDER BY id DESC LIMIT ` +
		fmt.Sprint(suggestibleEvents) + `)
		AND status IN (` + strings.Join(allowed, ", ") + `)
		AND (substr(CAST(id AS TEXT), 1, length($2)) = $2 OR substr(slug, 1, length($2)) = $2)`
	where += ` AND ` + s.ownEvents()
	if w.Lasting {
		where += ` AND (ends_at IS NULL OR ends_at > $1)`
	}
	err = s.read.each(ctx, func(scan scanner) error {
		e, err := scanEvent(scan)
		events = append(events, e)
		return err
	}, s.selectEvents(at(w.Now))+where+`
		ORDER BY CASE WHEN starts_at >= $1 THEN 0 WHEN starts_at IS NULL THEN 1 ELSE 2 END,
			CASE WHEN starts_at >= $1 THEN starts_at ELSE -starts_at END, id DESC
		LIMIT $3`, args...)
	return events, s.classify(err)
}

// Slugs lists the slugs of the newest ten thousand events that have one.
func (s *Store) Slugs(ctx context.Context) (slugs []string, err error) {
	err = s.read.each(ctx, func(scan scanner) error {
		var slug string
		err := scan(&slug)
		slugs = append(slugs, slug)
		return err
	}, `SELECT slug FROM events WHERE slug IS NOT NULL AND `+s.ownEvents()+`
		ORDER BY id DESC LIMIT $1`, suggestibleEvents)
	return slugs, s.classify(err)
}

// BookingWish says which bookings to suggest to somebody who begins to type a reference.
type BookingWish struct {
	// Typed is how the reference begins; every booking fits the empty text.
	Typed string
	// Statuses are those that a booking may have; every booking fits none at all. A hold that has
	// lapsed is expired.
	Statuses []booking.Status
	// Limit is the most bookings to give.
	Limit int
}

// SuggestedBooking is what a suggestion shows of a booking: nothing about its customer.
type SuggestedBooking struct {
	Reference booking.Reference
	// Event is the name of the event.
	Event    string
	Quantity int
	Status   booking.Status
}

// SuggestBookings gives bookings that fit a wish, the newest first. It sees the newest thousand
// bookings only.
func (s *Store) SuggestBookings(
	ctx context.Context, w BookingWish,
) (bookings []SuggestedBooking, err error) {
	where := filter{args: []any{suggestibleBookings}}
	oneOf(&where, "b.shown", w.Statuses)
	err = s.read.each(ctx, func(scan scanner) error {
		var row int64
		var b SuggestedBooking
		err := scan(&row, &b.Quantity, &b.Status, &b.Event)
		if err != nil || len(bookings) == w.Limit {
			return err
		}
		b.Reference = s.refs.reference(row)
		if strings.HasPrefix(b.Reference.String(), w.Typed) {
			bookings = append(bookings, b)
		}
		return nil
	}, `SELECT b.id, b.quantity, b.shown, e.name
		FROM (SELECT id, event_id, quantity, `+s.shownStatus(s.now())+` AS shown FROM bookings
			WHERE id IN (SELECT id FROM bookings ORDER BY id DESC LIMIT $1)
				AND `+s.ownBookings()+`) b
		JOIN events e ON e.id = b.event_id
		`+where.text()+` ORDER BY b.id DESC LIMIT $1`, where.args...)
	return bookings, s.classify(err)
}
