package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// forever is longer than anybody waits.
const forever = time.Duration(math.MaxInt64)

// patience reads for how long the seats are waited for.
func (in *checkInput) patience(f *form) time.Duration {
	wait := f.duration("wait", in.wait)
	switch {
	case in.watch && wait != 0:
		f.bad.Add("wait", "cannot stand together with --watch; use --timeout")
	case in.timeout != nil && !in.watch:
		f.bad.Add("timeout", "stands together with --watch only; use --wait")
	case in.timeout != nil:
		return f.duration("timeout", *in.timeout)
	case in.watch:
		return forever
	}
	return wait
}

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
