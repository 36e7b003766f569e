package httpapi

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"evbook/internal/booking"
)

const (
	streamType = "text/event-stream"
	// lastEventHeader is how a client that comes back says what it has got already.
	lastEventHeader = "Last-Event-ID"
	// defaultHeartbeat and defaultStreams count where the options say nothing.
	defaultHeartbeat = 15 * time.Second
	defaultStreams   = 1_000
)

// stream tells how an event stands, and every change of it as it comes, until the client goes or
// nothing is left to tell.
func (v *visit) stream(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	if err := takesStream(r.Header); err != nil {
		return err
	}
	had, err := lastEvent(r.Header)
	if err != nil {
		return err
	}
	event, err := v.store.Event(r.Context(), sel)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		announce(w.Header())
		w.WriteHeader(http.StatusOK)
		return nil
	}
	l, err := v.streams.join(event.ID, event.Version, v.from)
	if err != nil {
		return err
	}
	defer v.streams.leave(l)
	// What the hub has told others already is in here; it tells the rest.
	event, err = v.store.Event(r.Context(), booking.Selector{ID: event.ID})
	if err != nil {
		return err
	}
	now := Standing{Event: event, At: v.opts.Now()}
	if now.Last() && had == event.Version {
		w.Header().Set("Content-Type", streamType)
		w.WriteHeader(http.StatusNoContent) // which tells browsers not to come back
		return nil
	}
	s := &sender{
		w: w, control: http.NewResponseController(w), patience: v.streams.patience,
		public: v.role.has(public), had: had, still: func() bool { return v.still(r) },
	}
	return v.send(s, r, l, now)
}

// takesStream refuses clients that say that they do not take a stream.
func takesStream(h http.Header) error {
	accepted := strings.Join(h.Values("Accept"), ",")
	if accepted == "" {
		return nil
	}
	for kind := range strings.SplitSeq(accepted, ",") {
		media, params, _ := mime.ParseMediaType(kind) // what is malformed accepts nothing
		switch media {
		case streamType, "text/*", "*/*":
			if q := params["q"]; q == "" || strings.Trim(q, "0.") != "" {
				return nil
			}
		}
	}
	return &refusal{
		status:  http.StatusNotAcceptable,
		code:    "not_acceptable",
		message: "a stream is " + streamType + ", which the header Accept excludes",
		hint:    "leave the header out, or send Accept: " + streamType,
	}
}

// lastEvent is the number of the newest entry that the client has got, -1 for none.
func lastEvent(h http.Header) (int64, error) {
	text := h.Get(lastEventHeader)
	if text == "" {
		return -1, nil
	}
	seq, reason := parseWhole(text, 64)
	if reason == "" && seq < 0 {
		reason = "must not be negative, got " + clip(text)
	}
	if reason != "" {
		return 0, booking.Errorf(booking.Invalid, "the header %s %s", lastEventHeader, reason).
			WithHint("send the id of the last message, or leave the header out")
	}
	return seq, nil
}

// send answers with a stream. Once its head is sent, nothing can be refused any more.
func (v *visit) send(s *sender, r *http.Request, l *listener, now Standing) error {
	if err := s.begin(); err != nil {
		return err
	}
	going, err := s.catchUp(r.Context(), v.store, now)
	if err != nil && r.Context().Err() == nil {
		id := s.w.Header().Get(requestIDHeader)
		v.logFailure(r, fmt.Errorf("a stream ends: %w", err), id)
		s.end(endUnavailable)
	}
	if going {
		s.follow(r.Context(), l, v.opts.Heartbeat)
	}
	return nil
}
