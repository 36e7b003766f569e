package booking

import (
	"fmt"
	"time"
)

// Limits of holds. What is held stands empty if nobody comes back, so there is an end to it.
const (
	// DefaultTTL is how long seats are held unless told otherwise: time to fill in a form and pay.
	DefaultTTL = 10 * time.Minute
	// MinTTL is the shortest time: with less, a hold could lapse while its answer is on the way.
	MinTTL = time.Minute
	// MaxTTL is the longest time from the making of a hold to its end, however often it is
	// extended; an offer may stand for [MaxOfferTTL]. Whoever needs seats for more than a day books
	// them, and cancels if need be.
	MaxTTL = 24 * time.Hour
	// MaxPublicTTL is that time for who comes without a token: a basket is filled and paid for in
	// it, and who has left it behind does not keep others from the seats for a day.
	MaxPublicTTL = 30 * time.Minute
	// MaxExtensions is how often a hold can be extended. It keeps a page that stays open from
	// holding its seats for a day.
	MaxExtensions = 3
	// MaxOfferTTL is the longest time for which the waitlist offers seats: a week.
	MaxOfferTTL = 7 * 24 * time.Hour
)

// validateTTL says why a time for which seats are held is not fine; "" when it is.
func validateTTL(ttl, most time.Duration) string {
	if ttl != 0 && (ttl < MinTTL || ttl > most) {
		return fmt.Sprintf("must be from %.0f to %.0f seconds, got %g", MinTTL.Seconds(),
			most.Seconds(), ttl.Seconds())
	}
	return ""
}

// maxTTL is the longest time for which the caller may have seats held.
func (s Scope) maxTTL() time.Duration {
	if s.Public {
		return MaxPublicTTL
	}
	return MaxTTL
}

// withinTTL refuses with [Invalid] to hold seats for longer than the caller may.
func (d *Draft) withinTTL(ttl time.Duration) error {
	var bad Fields
	bad.Add("ttl_seconds", validateTTL(ttl, d.caller.Scope.maxTTL()))
	return bad.Err()
}

func (r Request) validateTTL() string {
	if r.TTL != 0 && !r.Hold {
		return "is only for seats that are held"
	}
	return validateTTL(r.TTL, MaxTTL)
}

// deadline is when a hold of that time lapses; 0 means [DefaultTTL].
func deadline(now time.Time, ttl time.Duration) time.Time {
	if ttl == 0 {
		ttl = DefaultTTL
	}
	return now.Add(ttl.Truncate(time.Microsecond))
}

// At gives the booking as it is at a time: a hold whose time has come is expired, whether or not it
// was taken off the books.
func (b Booking) At(now time.Time) Booking {
	if b.Status == Held && !now.Before(b.ExpiresAt) {
		b.Status, b.UpdatedAt = Expired, b.ExpiresAt
	}
	return b
}

// Extension asks to hold seats for longer.
type Extension struct {
	Reference Reference
	// TTL is how long they are held from now on, [MinTTL] to [MaxTTL]; 0 means [DefaultTTL].
	TTL time.Duration
	// Key is the caller's idempotency key; empty for none.
	Key Key
}

// Extended answers an [Extension].
type Extended struct {
	Booking Booking
	// Event is the event as it is now.
	Event Event
	// Replayed is true when the key had been used with the same request before: nothing was
	// extended now, and the hold is shown as it was answered then.
	Replayed bool
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (e Extension) Validate() error {
	var bad Fields
	bad.Add("ttl_seconds", validateTTL(e.TTL, MaxTTL))
	bad.Add("idempotency_key", e.Key.validate())
	return bad.Err()
}

// frozenExtension is the part of an extension's answer that a replay must repeat.
type frozenExtension struct {
	Quantity   int       `json:"quantity"`
	ExpiresAt  time.Time `json:"expires_at"`
	Extensions int       `json:"extensions"`
	UpdatedAt  time.Time `json:"updated_at"`
	Lines      []Line    `json:"lines,omitempty"`
	Issue      int       `json:"issue,omitzero"`
}

// Extend lets a hold lapse later. A hold that lasts as long anyway stays as it is, and that does
// not count. It refuses with [Conflict] when the booking is not held any more, when it was extended
// [MaxExtensions] times, or when it would last longer than [MaxTTL] in all, [MaxPublicTTL] for who
// has no token; and with [KeyReused] when the key belongs to another request.
func (d *Draft) Extend(e Extension) (Extended, error) {
	if err := e.Validate(); err != nil {
		return Extended{}, err
	}
	print := fingerprint(e.Key, "extend", e.Reference, e.TTL)
	return onBooking(d, e.Reference, e.Key, print, replayExtension,
		func(b Booking, event Event) (Extended, error) { return d.extend(e, b, event) })
}

func (d *Draft) extend(e Extension, b Booking, event Event) (Extended, error) {
	step, err := d.step(b, ToExtend)
	if err != nil {
		return Extended{}, err
	}
	if until := deadline(d.now, e.TTL); until.After(b.ExpiresAt) {
		if err := b.extendable(until, d.now, d.caller.Scope.maxTTL()); err != nil {
			return Extended{}, err
		}
		b.ExpiresAt = until
		b.Extensions++
		d.move(step, &event, &b, nil)
		d.putEvent(event)
	}
	return Extended{Booking: b, Event: event}, nil
}

// extendable refuses with [Conflict] when a hold cannot last until a time, or longer than that in
// all.
func (b Booking) extendable(until, now time.Time, most time.Duration) error {
	confirm := "confirm it before it expires at " + b.ExpiresAt.Format(time.RFC3339)
	if b.Extensions >= MaxExtensions {
		return conflict(b, "hold %s was extended %d times already, which is the most",
			b.Reference, b.Extensions).WithHint("%s", confirm)
	}
	last := b.heldAt().Add(most)
	if !until.After(last) {
		return nil
	}
	limit := fmt.Sprintf("no hold lasts longer than %g hours", most.Hours())
	if most < time.Hour {
		limit = fmt.Sprintf("without a token it is extended to %g minutes in all at most",
			most.Minutes())
	}
	err := conflict(b, "hold %s cannot last until %s: %s", b.Reference,
		until.Format(time.RFC3339), limit)
	// Whole minutes, of which one passes until somebody has repeated the command.
	ttl := (last.Sub(now) - time.Minute).Truncate(time.Minute)
	if ttl < MinTTL || !now.Add(ttl).After(b.ExpiresAt) {
		return err.WithHint("%s", confirm)
	}
	err.Instead.TTL = ttl
	return err.WithHint("it can be extended until %s", last.Format(time.RFC3339))
}

// heldAt is when the booking became a hold.
func (b Booking) heldAt() time.Time {
	if b.OfferedAt.IsZero() {
		return b.CreatedAt
	}
	return b.OfferedAt
}

// freeze gives the part of the answer that a replay must repeat.
func (e Extended) freeze() any {
	b := e.Booking
	return frozenExtension{
		b.Quantity, b.ExpiresAt, b.Extensions, b.UpdatedAt, b.Lines, b.Issue,
	}
}

// replayExtension answers a repeated extension as it was answered the first time.
func replayExtension(used Used, b Booking, event Event) (Extended, error) {
	var frozen frozenExtension
	if err := used.thaw(&frozen); err != nil {
		return Extended{}, err
	}
	b = b.issued(frozen.Issue)
	b.Status, b.Quantity, b.CancelReason = Held, frozen.Quantity, ""
	b.Lines = frozen.Lines
	b.ExpiresAt, b.Extensions, b.UpdatedAt = frozen.ExpiresAt, frozen.Extensions, frozen.UpdatedAt
	return Extended{Booking: b, Event: event, Replayed: true}, nil
}
