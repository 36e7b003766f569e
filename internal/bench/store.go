package bench

import (
	"context"
	"fmt"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// cancelReason is kept with the bookings.
const cancelReason = "the benchmark is over"

// Store is a database in this process as a target: clients call its store as the handlers of a
// server do.
type Store struct{ *storage.Store }

// Create makes an event.
func (s Store) Create(ctx context.Context, d Draft) (int64, error) {
	made, err := s.CreateEvent(ctx, booking.NewEvent{Key: keyOf(d.Key),
		EventDetails: booking.EventDetails{
			Name: d.Name, Capacity: d.Capacity, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
		}})
	return made.Event.ID, err
}

// Call makes one call of a client.
func (s Store) Call(ctx context.Context, c Call) (err error) {
	at := booking.Selector{ID: c.Event}
	switch c.Operation {
	case Book:
		_, err = s.Book(ctx, booking.Request{
			Event: at, Quantity: 1, Email: emailOf(c.Client), Key: keyOf(c.Key),
		})
	case Check:
		_, err = s.Check(ctx, booking.AvailabilityRequest{Event: at, Quantity: 1})
	case Show:
		_, err = s.Event(ctx, at)
	}
	return err
}

// Booked is how many seats of an event are confirmed.
func (s Store) Booked(ctx context.Context, event int64) (int64, error) {
	e, err := s.Event(ctx, booking.Selector{ID: event})
	return int64(e.Confirmed), err
}

// Verify counts every seat of the database again.
func (s Store) Verify(ctx context.Context) (*storage.Report, error) {
	report, err := s.Store.Verify(ctx)
	if err != nil {
		return nil, err
	}
	return &report, nil
}

// Cancel calls an event off.
func (s Store) Cancel(ctx context.Context, event int64) error {
	_, err := s.CancelEvent(ctx, booking.Selector{ID: event}, true, cancelReason)
	return err
}

// emailOf is the address of a client, who is nobody.
func emailOf(client int) string { return fmt.Sprintf("client%d@bench.example", client) }

// keyOf is an idempotency key of somebody who may use the database.
func keyOf(text string) booking.Key {
	if text == "" {
		return booking.Key{}
	}
	return booking.Key{Scope: booking.LocalScope, Text: text}
}
