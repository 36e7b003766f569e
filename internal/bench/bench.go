// Package bench puts a load on evbook and tells what became of it, honestly: what was acknowledged,
// refused, failed and left open are counted apart, every call counts with the time that its caller
// waited for it, and in the end the database has to agree.
//
// The loop is closed: a number of clients each make one call after the other. So a slow answer
// keeps its client from asking, and a rate is what so many clients get, not what could come at
// them.
//
// Bench may import storage and booking, and nothing else of evbook.
package bench

import (
	"context"
	"fmt"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// Limits of a load.
const (
	// MaxClients is the most clients, each with at most one connection.
	MaxClients = 10_000
	// MaxEvents is the most events that are booked.
	MaxEvents = 1000
	// MinDuration and MaxDuration are how long it may last.
	MinDuration = 100 * time.Millisecond
	MaxDuration = time.Hour
)

// Load is what is to be done.
type Load struct {
	// Clients is how many ask at the same time, 1 to [MaxClients].
	Clients int
	// Duration is how long, [MinDuration] to [MaxDuration].
	Duration time.Duration
	// Events is how many events are booked at a time, each call at one of them by chance: 1 to
	// [MaxEvents].
	Events int
	// SellOut has each event sell whatever it can. Else it has a successor after 50,000 bookings,
	// unless their database goes.
	SellOut bool
	// Capacity is the number of seats of each, 1 to [booking.MaxCapacity].
	Capacity int
	Mix      Mix
	// Keys gives every booking an idempotency key of its own.
	Keys bool
	// Name begins the names of the events.
	Name string
	// Passing leaves the events as they are: their database goes.
	Passing bool
}

// Validate reports every field that breaks a limit, as one Invalid error.
func (l Load) Validate() error {
	var bad booking.Fields
	count := func(name string, n, most int) {
		if n < 1 || n > most {
			bad.Add(name, fmt.Sprintf("must be a whole number from 1 to %d, got %d", most, n))
		}
	}
	count("clients", l.Clients, MaxClients)
	if l.Duration < MinDuration || l.Duration > MaxDuration {
		bad.Add("duration", fmt.Sprintf("must be from %s to %gh such as 10s, got %s", MinDuration,
			MaxDuration.Hours(), l.Duration))
	}
	count("events", l.Events, MaxEvents)
	count("capacity", l.Capacity, booking.MaxCapacity)
	return bad.Err()
}

// Target is what the load is put on. Its errors are those of the store.
type Target interface {
	// Create makes an event that is on sale, and gives its number: the same one for the same draft.
	Create(ctx context.Context, d Draft) (event int64, err error)
	// Call makes one call of a client. When a Book returns without an error, one seat is booked.
	Call(ctx context.Context, c Call) error
	// Booked is how many seats of an event are confirmed, as the database counts them.
	Booked(ctx context.Context, event int64) (seats int64, err error)
	// Verify counts every seat again; nil where that cannot be asked for.
	Verify(ctx context.Context) (*storage.Report, error)
	// Cancel calls an event off with all its bookings.
	Cancel(ctx context.Context, event int64) error
}

// Draft is an event that is to be made.
type Draft struct {
	Name     string
	Capacity int
	// Key is its idempotency key, so that it can be asked for again when no answer has come.
	Key string
}

// Call is what a client asks for.
type Call struct {
	Operation Operation
	Event     int64
	// Client is the number of the client, from 0.
	Client int
	// Key is the idempotency key of a booking, "" for none.
	Key string
}

// Stage is what is being done.
type Stage string

// The stages, in their order.
const (
	Preparing  Stage = "making events"
	Loading    Stage = "loading"
	Judging    Stage = "counting"
	Verifying  Stage = "verifying"
	Cancelling Stage = "cancelling events"
)

// Progress is how far a load is.
type Progress struct {
	Stage Stage
	// Loaded is for how long clients have been asking.
	Loaded time.Duration
	// Done is how many of their calls were done; of events that are made or cancelled, how many of
	// so many in all.
	Done int64
	Of   int
}
