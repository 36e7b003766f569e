package booking

import (
	"strings"
	"time"
)

// MinRetention is the shortest time for which personal data can be kept.
const MinRetention = 24 * time.Hour

// Forgetting says whose personal data is to be erased from bookings: exactly one of its fields is
// set. Personal data is e-mail, name, note and the reason of a cancellation. All else stays: seats,
// totals, status, reference, times and the journal; but who waits for seats leaves the waitlist.
type Forgetting struct {
	// Email is the address of the customer; upper and lower case are the same.
	Email string
	// Booking is one booking.
	Booking Reference
	// Retention is how long data is kept after an event is over, [MinRetention] or more. It is
	// erased from all bookings for which that is past.
	Retention time.Duration
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (f Forgetting) Validate() error {
	var bad Fields
	bad.Add("email", validateEmail(f.Email))
	if f.Retention != 0 && f.Retention < MinRetention {
		bad.Add("retention", "is "+f.Retention.String()+", must be one day or more")
	}
	if f == (Forgetting{}) {
		bad.Add("email", "is missing; write one address such as ann@example.com")
	}
	return bad.Err()
}

// DueBefore says which bookings of an event a retention concerns: those made before that moment,
// none for the zero time. An event is over when it ends or, without an end, when it starts. One
// without any times is over for each booking as soon as that was made.
func (f Forgetting) DueBefore(e Event, now time.Time) time.Time {
	limit := now.Add(-f.Retention)
	over := e.EndsAt
	if over.IsZero() {
		over = e.StartsAt
	}
	switch {
	case over.IsZero():
		return limit
	case over.Before(limit):
		return now
	}
	return time.Time{}
}

// concerns says whether a booking of an event is meant.
func (f Forgetting) concerns(b Booking, e Event, now time.Time) bool {
	switch {
	case f.Email != "":
		return sameAddress(b.Email, f.Email)
	case f.Booking != 0:
		return b.Reference == f.Booking
	}
	return b.CreatedAt.Before(f.DueBefore(e, now))
}

// sameAddress compares addresses whatever their case. [Fold] takes ß for ss too, as a search
// should. In addresses they are not the same; NUL, which stands in for ß, is in none.
func sameAddress(a, b string) bool {
	sharp := strings.NewReplacer("ß", "\x00", "ẞ", "\x00")
	return Fold(sharp.Replace(a)) == Fold(sharp.Replace(b))
}

// personal says whether the booking holds anything of its customer.
func (b Booking) personal() bool {
	return b.Email != "" || b.Name != "" || b.Note != "" || b.CancelReason != ""
}

// Forget erases personal data from those of the bookings that are concerned and hold any, and gives
// the number of these. Each gets an entry in the journal. It refuses with [NotFound] when there is
// no such booking.
func (d *Draft) Forget(f Forgetting, refs []Reference) (erased int, err error) {
	events := map[int64]*Event{}
	for _, ref := range refs {
		b, err := d.Booking(ref)
		if err != nil {
			return 0, err
		}
		event := events[b.EventID]
		if event == nil {
			found, err := d.Event(Selector{ID: b.EventID})
			if err != nil {
				return 0, err
			}
			event = &found
			events[b.EventID] = event
		}
		if !b.personal() || !f.concerns(b, *event, d.now) {
			continue
		}
		if b.Status == Waiting { // nobody could be told of an offer
			d.move(transition(Waiting, ToLeave), event, &b, nil)
		}
		b.Email, b.Name, b.Note, b.CancelReason = "", "", "", ""
		d.log(event, Entry{Kind: BookingForgotten, Booking: ref})
		d.putEvent(*event)
		d.putBooking(b)
		erased++
	}
	return erased, nil
}

// NobodyToForget is the answer when no booking has the address.
func NobodyToForget(email string) *Error {
	return Errorf(NotFound, "no booking has the e-mail %s", quoted(email)).
		WithHint("a booking without an e-mail is forgotten by its reference")
}
