package httpapi

import (
	"errors"
	"net/http"

	"evbook/internal/booking"
)

// Failed is the envelope of an error. Of an error that is no [booking.Error], or one of the kind
// [booking.Internal], it says nothing but "internal error": its text is for the log. A credential
// that was given in a wrong place is not repeated. The request id may be empty.
func Failed(err error, requestID string) Envelope {
	answer := failed(err, requestID)
	answer.Message = booking.Conceal(answer.Message)
	answer.Error.Hint = booking.Conceal(answer.Error.Hint)
	for i, field := range answer.Error.Fields {
		answer.Error.Fields[i] = BadField{
			Name: booking.Conceal(field.Name), Reason: booking.Conceal(field.Reason),
		}
	}
	return answer
}

func failed(err error, requestID string) Envelope {
	if refused, ok := errors.AsType[*refusal](err); ok {
		return Envelope{
			Message: refused.message,
			Error:   &Failure{Code: refused.code, Hint: refused.hint, RequestID: requestID},
		}
	}
	known, ok := errors.AsType[*booking.Error](err)
	if !ok || known.Kind == booking.Internal {
		return Envelope{
			Message: "internal error",
			Error:   &Failure{Code: string(booking.Internal), RequestID: requestID},
		}
	}
	failure := &Failure{Code: string(known.Kind), Hint: known.Hint, RequestID: requestID}
	for _, f := range known.Fields {
		failure.Fields = append(failure.Fields, BadField{Name: f.Name, Reason: f.Reason})
	}
	answer := Envelope{Message: known.Message, Error: failure}
	if known.Kind == booking.SoldOut && known.Rows == 0 {
		answer.Data = shortageView{EventID: known.Event, Available: known.Available}
	}
	return answer
}

// outward is an error as clients are told of it. Where the database is, how it is reached and what
// is wrong with it is for the log.
func outward(err error) error {
	known, ok := errors.AsType[*booking.Error](err)
	if !ok {
		return err
	}
	switch known.Kind {
	case booking.Unavailable:
		return booking.Errorf(known.Kind, "the database cannot be reached, nothing was changed").
			WithHint("repeat it later, with the same idempotency key")
	case booking.Busy:
		return booking.Errorf(known.Kind, "the database was not free in time").
			WithHint("nothing was changed; try again")
	case booking.Unknown:
		return booking.Errorf(known.Kind,
			"the database did not say what became of it: it may be done or not").
			WithHint("%s", known.Hint)
	}
	return err
}

// Status is the HTTP status of a kind of failure; 500 for a kind that it does not know.
func Status(kind booking.Kind) int {
	status, _ := statusOf(kind)
	return status
}

// statusOf is the table of the HTTP door: one row for every kind.
func statusOf(kind booking.Kind) (status int, ok bool) {
	switch kind {
	case booking.Partial:
		return http.StatusOK, true
	case booking.Internal, booking.Unsound:
		return http.StatusInternalServerError, true
	case booking.Invalid:
		return http.StatusBadRequest, true
	case booking.NotFound:
		return http.StatusNotFound, true
	case booking.SoldOut, booking.Closed, booking.Limit, booking.Conflict:
		return http.StatusConflict, true
	case booking.KeyReused:
		return http.StatusUnprocessableEntity, true
	case booking.Stale:
		return http.StatusPreconditionFailed, true
	case booking.Unauthenticated:
		return http.StatusUnauthorized, true
	case booking.Forbidden:
		return http.StatusForbidden, true
	case booking.TooMany:
		return http.StatusTooManyRequests, true
	case booking.Busy, booking.Unavailable, booking.Unknown, booking.Interrupted:
		return http.StatusServiceUnavailable, true
	}
	return http.StatusInternalServerError, false
}

// refusal is a failure of the protocol itself, which only HTTP knows.
type refusal struct {
	status              int
	code, message, hint string
}

// Error is the message alone.
func (r *refusal) Error() string { return r.message }
