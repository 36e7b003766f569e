package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"evbook/internal/booking"
)

const contentType = "application/json; charset=utf-8"

// ServeHTTP guards, routes and logs a request. Whatever happens on the way, the answer is an
// envelope.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	answer := &recorder{ResponseWriter: w}
	id := requestID(r)
	harden(w.Header(), id)
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("handler panicked: %v\n%s", p, debug.Stack())
			if answer.status == 0 {
				d.refuse(answer, r, err)
			} else {
				d.logFailure(r, err, id)
			}
		}
		d.logAccess(r, answer.status, time.Since(start), id)
	}()
	if err := d.guard(r); err != nil {
		d.refuse(answer, r, err)
		return
	}
	d.mux.ServeHTTP(answer, r)
	if answer.muted {
		w.Header().Del("Location") // that of a redirect, which goes nowhere
		d.refuse(answer, r, unrouted(answer, r))
	}
}

// adapt makes an [http.Handler] of a handler: the one place where errors become answers.
func (d *door) adapt(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(&visit{door: d, store: d.store}, w, r); err != nil {
			d.refuse(w, r, err)
		}
	})
}

// refuse answers an error, and logs it when it is the server's own.
func (d *door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	id := w.Header().Get(requestIDHeader)
	var refused *refusal
	if errors.As(err, &refused) {
		render(w, refused.status, Failed(err, id))
		return
	}
	kind := booking.KindOf(err)
	switch kind {
	case booking.Busy:
		w.Header().Set("Retry-After", "1")
	case booking.Internal, booking.Unavailable, booking.Unknown, booking.Unsound:
		d.logFailure(r, err, id)
	}
	render(w, Status(kind), Failed(err, id))
}

// logFailure notes an error with what lies under it, which no client gets to see.
func (d *door) logFailure(r *http.Request, err error, id string) {
	attrs := []slog.Attr{slog.String("request_id", id), slog.String("error", err.Error())}
	if cause := errors.Unwrap(err); cause != nil {
		attrs = append(attrs, slog.String("cause", cause.Error()))
	}
	d.opts.Logger.LogAttrs(r.Context(), slog.LevelError, "request failed", attrs...)
}

// render writes an answer. That the client is gone by then is nobody's to know.
func render(w http.ResponseWriter, status int, e Envelope) {
	var body bytes.Buffer
	if err := e.Encode(&body); err != nil {
		panic(err) // envelopes are plain values: they always encode
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

// recorder remembers the status of an answer, and holds back what the mux has to say by itself: its
// refusals, which are no envelopes, and its redirects to addresses that it finds tidier.
type recorder struct {
	http.ResponseWriter
	status int
	muted  bool
}

// WriteHeader passes the status on, unless it belongs to an answer of the mux.
func (a *recorder) WriteHeader(status int) {
	a.status = status
	a.muted = status > http.StatusIMUsed && status != http.StatusNotModified &&
		a.Header().Get("Content-Type") != contentType
	if !a.muted {
		a.ResponseWriter.WriteHeader(status)
	}
}

// Write passes the body on, unless it belongs to an answer that is held back.
func (a *recorder) Write(body []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.muted {
		return len(body), nil
	}
	return a.ResponseWriter.Write(body)
}

// unrouted puts the mux's own answer into our words. A redirect is none of ours: it would be
// followed with another method or without the body by some clients.
func unrouted(answer *recorder, r *http.Request) error {
	if answer.status == http.StatusMethodNotAllowed {
		return &refusal{
			status: http.StatusMethodNotAllowed,
			code:   "method_not_allowed",
			message: fmt.Sprintf("%s does not take %s, only %s", clip(r.URL.Path),
				clip(r.Method), answer.Header().Get("Allow")),
		}
	}
	return booking.Errorf(booking.NotFound, "no such address: %s", clip(r.URL.Path)).
		WithHint("there are /events, /bookings and /bookings/check")
}

// logAccess notes a request: never its body, its query or its key, which may be personal.
func (d *door) logAccess(r *http.Request, status int, took time.Duration, id string) {
	level := slog.LevelInfo
	if isHealth(r) {
		level = slog.LevelDebug
	}
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	d.opts.Logger.LogAttrs(r.Context(), level, "request",
		slog.String("method", clip(r.Method)),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Duration("duration", took),
		slog.String("request_id", id))
}
