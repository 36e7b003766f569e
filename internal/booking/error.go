package booking

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what went wrong in a way that programs can act on. The set is closed: each door has a
// table with a row for every kind, and a test that none is missing.
type Kind string

// The kinds of failure.
const (
	// Internal is anything unexpected. Its text is for the log; the caller may try again.
	Internal Kind = "internal"
	// Invalid means the request itself is wrong: nothing was tried. The caller has to change it.
	Invalid Kind = "invalid"
	// NotFound means that there is no such event, booking, ticket type, pool or code.
	NotFound Kind = "not_found"
	// SoldOut means that fewer seats are left than were asked for. Fewer seats may fit.
	SoldOut Kind = "sold_out"
	// Closed means that the event is not on sale: a draft, closed, cancelled or over.
	Closed Kind = "closed"
	// Limit means that it is more than an event, a ticket type or a code allows in one booking or
	// to one customer. Fewer seats may do.
	Limit Kind = "limit"
	// Conflict means that the state of things forbids the change, and repeating it will not help.
	Conflict Kind = "conflict"
	// KeyReused means that the idempotency key was used with another request.
	KeyReused Kind = "key_reused"
	// Stale means that the thing is not any more in the version that the caller had seen, and
	// nothing was changed. The caller has to look again.
	Stale Kind = "stale"
	// Busy means that the database was not free in time. Nothing changed; repeating is safe.
	Busy Kind = "busy"
	// Unauthenticated means that the caller has to show who it is: a token or a booking's secret
	// is missing, wrong or expired.
	Unauthenticated Kind = "unauthenticated"
	// Forbidden means that this door does not serve such a caller, or not so much.
	Forbidden Kind = "forbidden"
	// TooMany means that the caller asks too often and has to wait.
	TooMany Kind = "too_many"
	// Unavailable means that the database cannot be opened, read or written.
	Unavailable Kind = "unavailable"
	// Unknown means that the answer to COMMIT never came: the change may or may not have happened.
	// Repeating with the same idempotency key settles it.
	Unknown Kind = "unknown"
	// Partial means that some rows of many were refused, and the others are done. The answer tells
	// which; only the refused ones may be worth another try.
	Partial Kind = "partial"
	// Unsound means that a check of the database found something that must not be.
	Unsound Kind = "unsound"
	// Interrupted means that the caller gave up before anything was changed.
	Interrupted Kind = "interrupted"
)

// Kinds lists every kind, for the tables of the doors.
func Kinds() []Kind {
	return []Kind{
		Internal, Invalid, NotFound, SoldOut, Closed, Limit, Conflict, KeyReused, Stale, Busy,
		Unauthenticated, Forbidden, TooMany, Unavailable, Unknown, Partial, Unsound, Interrupted,
	}
}

// Error is a failure that a caller can act on.
type Error struct {
	Kind Kind
	// Message says what happened, with the thing and the numbers: lower case, no full stop.
	Message string
	// Hint says what to do next, in words that fit both doors; it may be empty.
	Hint string
	// Fields names every bad field of an Invalid error; it may be empty.
	Fields []Field
	// Event and Booking are what the failure is about, 0 when it is about neither or unknown.
	Event   int64
	Booking Reference
	// Slug is how the event was named, on NotFound.
	Slug string
	// Available is the number of seats left, on SoldOut.
	Available int
	// Instead is what would be accepted, as far as it is known.
	Instead Instead
	// Rows is how many rows of a request for many were refused; the fields then name the first of
	// them. It is 0 for a single request.
	Rows int
	// Cause is the error underneath, for the log; it may be nil.
	Cause error
}

// Field is one bad field of a request.
type Field struct {
	// Name is the field's name in JSON; the command line shows the flag that stands for it.
	Name string
	// Reason says what is wrong with the value, and what would be right.
	Reason string
}

// Error is the message alone; the hint, fields and cause are for the doors to show or log.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an error of a kind.
func Errorf(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// WithHint adds what to do next.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Because adds the error underneath, which goes to the log and not into the message.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// KindOf gives the kind of an error, Internal for one that has none, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Fields collects the bad fields of a request, so that all of them are told at once.
type Fields []Field

// Add notes the reason why a field is bad; an empty reason notes nothing.
func (f *Fields) Add(name, reason string) {
	if reason != "" {
		*f = append(*f, Field{Name: name, Reason: reason})
	}
}

// Err is nil when no field is bad, and otherwise one Invalid error that names them all.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	parts := make([]string, len(f))
	for i, field := range f {
		parts[i] = field.Name + ": " + field.Reason
	}
	return &Error{Kind: Invalid, Message: strings.Join(parts, "; "), Fields: f}
}

// soldOut is the answer when seats do not fit into a room of an event. queues says whether it helps
// to wait for them.
func soldOut(e Event, r room, queues bool) *Error {
	left := r.available()
	err := Errorf(SoldOut, "only %s left for event %d, asked for %d", r.ofName(left), e.ID, r.seats)
	switch {
	case left == 0 && r.key == roomKey{}:
		err = Errorf(SoldOut, "event %d is sold out, asked for %d", e.ID, r.seats)
	case left == 0 && r.key.code != "":
		err = Errorf(SoldOut, "code %s of event %d is used up, asked for %d", r.key.code, e.ID,
			r.seats)
	case left == 0:
		err = Errorf(SoldOut, "%s of event %d is sold out, asked for %d", r.name, e.ID, r.seats)
	}
	switch {
	case !queues: // waiting would be in vain
	case r.Waiting > 0:
		err = err.WithHint("people on the waitlist come first; %s", JoinWaitlist)
	case left == 0:
		err = err.WithHint(JoinWaitlist)
	}
	err.Event, err.Available = e.ID, left
	return err
}

// whatBecameOf tells what has become of a booking that is not in the state that a command is for.
func whatBecameOf(b Booking) *Error {
	const then = "its seats were given back then; nothing was changed now"
	when := b.UpdatedAt.Format(time.RFC3339)
	switch b.Status {
	case Waiting:
		return conflict(b, "booking %s is on the waitlist and has no seats yet", b.Reference).
			WithHint(LeaveIt)
	case Left:
		return conflict(b, "booking %s left the waitlist at %s", b.Reference, when).
			WithHint("it never had seats; join again to wait for some")
	case Held:
		return conflict(b, "booking %s is held and not confirmed", b.Reference).
			WithHint(ConfirmOrRelease)
	case Confirmed:
		return conflict(b, "booking %s is already confirmed", b.Reference).WithHint(CancelIt)
	case Released:
		return conflict(b, "hold %s was released at %s", b.Reference, when).WithHint(then)
	case Expired:
		return conflict(b, "hold %s expired at %s", b.Reference, when).
			WithHint("its seats are free for everybody since then; ask for seats anew")
	}
	return conflict(b, "booking %s is already cancelled", b.Reference).WithHint(then)
}

func tooMany(b Booking, l Line, command string, asked int) *Error {
	has := Seats(b.Quantity)
	switch {
	case len(b.Lines) > 1 && l.Type == 0:
		has = Seats(l.Quantity) + " " + l.Called()
	case len(b.Lines) > 1:
		has = Seats(l.Quantity) + " of ticket type " + quoted(l.Name)
	}
	return conflict(b, "booking %s has %s, cannot %s %d", b.Reference, has, command, asked)
}

// Seats writes a number of seats for people: "1 seat", "3 seats".
func Seats(n int) string {
	if n == 1 {
		return "1 seat"
	}
	return fmt.Sprintf("%d seats", n)
}
