package cli

import (
	"context"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// amending is a change of a booking after which it has seats still.
type amending struct {
	do func(context.Context, *storage.Store, booking.Reference) (booking.Amended, error)
	// envelope is the answer that HTTP would give, and text the one for people.
	envelope func(booking.Amended) httpapi.Envelope
	text     func(*page, booking.Amended)
	// done is a verb for what was done: "moved".
	done string
}

// amendBooking carries out a change of the booking that was typed.
func (a *app) amendBooking(ctx context.Context, typed string, change amending) error {
	reference, err := booking.ParseReference(typed)
	if err != nil {
		return badReference(err)
	}
	var amended booking.Amended
	err = a.withStore(ctx, changing, func(store *storage.Store) error {
		amended, err = change.do(ctx, store, reference)
		return err
	})
	if err != nil {
		return err
	}
	if amended.Replayed {
		a.note("This key was used before: nothing was changed now. " +
			"The booking is shown as it is now.")
	}
	return a.sayChanged(answer{
		envelope: change.envelope(amended),
		done:     change.done + " " + reference.String(),
		names:    []string{reference.String()},
		text:     func(p *page) { change.text(p, amended) },
	})
}
