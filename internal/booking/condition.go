package booking

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// LookAgain is the hint where something is not as it was seen; each door words it in its own way.
const LookAgain = "look at it again before it is changed"

// Condition says in which versions a caller has seen the thing that a command is to change. A thing
// that is in another one by now is left as it is: the command is refused with [Stale]. A repeated
// request is answered as it was the first time, whatever has become of the thing since.
type Condition struct {
	// Versions are those of the event; nil for any.
	Versions []int64
	// Tags are those of the booking, as [Booking.Tag] gives them; nil for any.
	Tags []string
}

// meetsEvent refuses an event that is in none of the versions.
func (c Condition) meetsEvent(e Event) error {
	if c.Versions == nil || slices.Contains(c.Versions, e.Version) {
		return nil
	}
	err := Errorf(Stale, "event %d is in version %d by now and not as it was seen", e.ID,
		e.Version).WithHint(LookAgain)
	err.Event = e.ID
	return err
}

// meetsBooking refuses a booking, as it is now, that is in none of the versions.
func (c Condition) meetsBooking(b Booking) error {
	if c.Tags == nil || slices.Contains(c.Tags, b.Tag()) {
		return nil
	}
	err := Errorf(Stale, "booking %s is not any more as it was seen", b.Reference).
		WithHint(LookAgain)
	err.Event, err.Booking = b.EventID, b.Reference
	return err
}

// tagBytes are enough for two versions of a booking never to have one tag.
const tagBytes = 16

// Tag names the version of a booking in hexadecimal digits: another one after each change. It is
// that of the moment for which the booking was read ([Booking.At]).
func (b Booking) Tag() string {
	// Limited is bookkeeping of the event's.
	text, err := json.Marshal([]any{
		b.Reference, b.EventID, b.Quantity, b.Status, b.UnitPrice, append([]Line{}, b.Lines...),
		b.Code, b.Email, b.Name, b.Note, b.CancelReason, instant(b.ExpiresAt), b.Extensions,
		instant(b.OfferedAt), b.Issue, instant(b.CreatedAt), instant(b.UpdatedAt),
	})
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:tagBytes])
}

// instant is a moment whatever the zone it is told in.
func instant(t time.Time) int64 { return t.UnixMicro() }
