package httpapi

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"time"

	"evbook/internal/booking"
)

const contentType = "application/json; charset=utf-8"

// mostBuffered is the longest text of which net/http says the length by itself, in bytes. A map of
// more than eight headers, as the answer to a booking would have with that one, costs four times as
// much as one of eight.
const mostBuffered = 2048

// ServeHTTP guards, routes and logs a request. Whatever happens on the way, the answer is an
// envelope.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	answer := &recorder{ResponseWriter: w}
	id := requestID(r)
	d.harden(w.Header(), r, id)
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("handler panicked: %v\n%s", p, debug.Stack())
			if answer.status == 0 {
				d.refuse(answer, r, err)
			} else {
				d.logFailure(r, err, id)
			}
		}
		took := time.Since(start)
		d.opts.Metrics.request(routeOf(r), answer.status, took)
		d.logAccess(answer, r, start, took, id)
	}()
	if err := d.admit(answer, r); err != nil {
		d.refuse(answer, r, err)
		return
	}
	if d.preflight(answer, r) {
		return
	}
	if r.Method == http.MethodOptions && r.URL.Path == "*" {
		offer(answer, allMethods)
		return
	}
	d.mux.ServeHTTP(answer, r)
	if answer.muted {
		d.answerUnrouted(answer, r)
	}
}

// admit finds out where a request comes from, and refuses it before anything is done for it.
// Whether the process is up may be asked by anybody, at any rate.
func (d *door) admit(answer *recorder, r *http.Request) (err error) {
	if answer.client, err = d.clientOf(r); err != nil {
		return err
	}
	answer.network = networkOf(answer.client)
	if !isHealth(r) {
		if answer.open, err = d.open(r); err != nil {
			return err
		}
		if err := d.countRequest(answer); err != nil {
			return err
		}
	}
	return d.guard(r)
}

// adapt makes an [http.Handler] of a handler for some roles: the one place where errors become
// answers.
func (d *door) adapt(may role, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := d.visit(w.(*recorder), r, may)
		if err == nil {
			err = v.conditioned(r)
		}
		if err == nil {
			err = h(v, w, r)
			err = cmp.Or(v.suspectCode(w.Header(), err), err)
		}
		if err != nil {
			d.refuse(w, r, err)
		}
	})
}

// visit lets somebody in who may use a route.
func (d *door) visit(answer *recorder, r *http.Request, may role) (*visit, error) {
	if isHealth(r) { // they tell of the database, and must not need it
		return &visit{door: d, visitor: aStranger()}, nil
	}
	who, err := d.identify(r, answer.open)
	if booking.KindOf(err) == booking.Unauthenticated {
		err = cmp.Or(d.suspect(answer.Header(), answer.network), err)
	}
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(d.countVisit(answer, r, &who), may.admit(who.role)); err != nil {
		return nil, err
	}
	return &visit{d, who, d.store.As(who.caller)}, nil
}

// show answers something as the visitor may see it.
func (v *visit) show(w http.ResponseWriter, e Envelope) error {
	return shown(w, v.role.discreet(e))
}

// shown answers with what there is.
func shown(w http.ResponseWriter, e Envelope) error {
	render(w, http.StatusOK, e)
	return nil
}

// created answers something new, or the same again for a repeated key.
func created(w http.ResponseWriter, location string, replayed bool, e Envelope) error {
	w.Header().Set("Location", location)
	markReplay(w, replayed)
	render(w, http.StatusCreated, e)
	return nil
}

// changed answers a change of a booking, or the same again for a repeated key.
func changed(w http.ResponseWriter, replayed bool, e Envelope) error {
	markReplay(w, replayed)
	return shown(w, e)
}

// refuse answers an error, and logs it when it is the server's own.
func (d *door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	id := w.Header().Get(requestIDHeader)
	if refused, ok := errors.AsType[*refusal](err); ok {
		render(w, refused.status, Failed(err, id))
		return
	}
	kind := booking.KindOf(err)
	switch kind {
	case booking.Busy:
		w.Header().Set("Retry-After", "1")
	case booking.Unauthenticated:
		challenge(w.Header())
	case booking.Internal, booking.Unavailable, booking.Unknown, booking.Unsound:
		d.logFailure(r, err, id)
	}
	render(w, Status(kind), Failed(outward(err), id))
}

// render writes an answer.
func render(w http.ResponseWriter, status int, e Envelope) { write(w, status, text(e)) }

// text is an answer as it is sent.
func text(e Envelope) []byte {
	const enough = 1 << 10 // for one booking or event, as a rule
	return append(shapes().append(make([]byte, 0, enough), e), '\n')
}

// write sends the text of an answer. That the client is gone by then is nobody's to know.
func write(w http.ResponseWriter, status int, text []byte) {
	w.Header().Set("Content-Type", contentType)
	if len(text) > mostBuffered {
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// recorder remembers the status of an answer, and holds back what the mux has to say by itself: its
// refusals, which are no envelopes, and its redirects to addresses that it finds tidier.
type recorder struct {
	http.ResponseWriter
	status int
	muted  bool
	// client is where the request comes from.
	client netip.Addr
	// network is the part of it that stands for one client: [networkOf].
	network string
	// open says that everybody is served as the owner.
	open bool
}

// empty answers without a body.
func (a *recorder) empty(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
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

// Unwrap gives what the answer is written to, to those who set its deadlines or flush it.
func (a *recorder) Unwrap() http.ResponseWriter { return a.ResponseWriter }
