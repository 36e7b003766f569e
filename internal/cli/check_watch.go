package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// watchSeats shows each change of the answer until the seats can be booked, waiting is in vain or
// the time is over.
func (a *app) watchSeats(
	ctx context.Context, ask booking.AvailabilityRequest, wait time.Duration,
) error {
	shown := &seatWatch{a: a, ask: ask, line: liveLine{a: a}}
	var found booking.Availability
	err := a.withStore(ctx, reading, func(store *storage.Store) error {
		var err error
		found, err = a.waitForSeats(ctx, store, ask, wait, shown.show)
		return err
	})
	switch {
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return errors.Join(shown.line.leave(), answered{booking.Interrupted})
	case err != nil:
		return errors.Join(shown.line.leave(), err)
	case a.inOneLine():
		if err := errors.Join(shown.line.clear(), a.say(checkAnswer(found, ask))); err != nil {
			return err
		}
	}
	return verdict(found)
}

// seatWatch shows what is found, and nothing twice.
type seatWatch struct {
	a    *app
	ask  booking.AvailabilityRequest
	line liveLine
	// before is what was shown last, by its text.
	before string
}

func (l *seatWatch) show(found booking.Availability) error {
	said := httpapi.Checked(found).Message
	if said == l.before || l.a.hushed() {
		return nil
	}
	l.before = said
	if l.a.inOneLine() {
		e := found.Event
		lead := fmt.Sprintf("%d free", found.Available)
		return l.line.show(lead, freeStyle(strconv.Itoa(found.Available)),
			fmt.Sprintf(", waiting for %d: %s", found.Quantity, titleAndStart(e)))
	}
	return printFollowed(l.a, []booking.Availability{found}, checkListing(),
		checkAnswer(found, l.ask).text)
}

// checkListing is how answers are listed for programs.
func checkListing() listing[booking.Availability] {
	columns := []column{
		{title: "EVENT", right: true}, {title: "SEATS", right: true},
		{title: "FREE", right: true}, {title: "ENOUGH"},
	}
	return listing[booking.Availability]{
		record: httpapi.CheckRecord,
		name: func(found booking.Availability) string {
			return strconv.FormatInt(found.Event.ID, 10)
		},
		columns: columns,
		cells: func(found booking.Availability) []string {
			return cells(httpapi.CheckRecord(found), nil)
		},
		envelope: func(list []booking.Availability, _ string) httpapi.Envelope {
			return httpapi.Checked(list[len(list)-1])
		},
	}
}
