package booking

// Hints about one booking, which each door words in its own way.
const (
	// CancelIt is the hint where seats that are confirmed can be given back.
	CancelIt = "cancel it to give its seats back"
	// ReleaseIt is the hint where seats that are held can be given back.
	ReleaseIt = "release it to give its seats back"
	// ConfirmOrRelease is the hint where a hold can go either way.
	ConfirmOrRelease = "confirm it, or release it to give its seats back"
	// LeaveIt is the hint where an entry of the waitlist can be given up.
	LeaveIt = "wait for an offer, or leave the waitlist"
	// LeaveFirst is the hint where another entry stands in the way.
	LeaveFirst = "leave that place first"
	// CheckCode is the hint where an access code does not exist or was disabled.
	CheckCode = "check how it is written, or ask who gave it to you"
)

// conflict makes the refusal of a command by the state of a booking.
func conflict(b Booking, format string, args ...any) *Error {
	err := Errorf(Conflict, format, args...)
	err.Event, err.Booking = b.EventID, b.Reference
	return err
}

// giveUp is the hint how all seats of a booking are given back.
func giveUp(b Booking) string {
	if b.Status == Held {
		return ReleaseIt
	}
	return CancelIt
}
