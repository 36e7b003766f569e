package httpapi

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// maxBody is the largest body of a request, in bytes, unless the route takes more.
const maxBody = 64 << 10

// body is what a JSON object is read into.
type body interface {
	// take reads the member of a name; the reason says why its value is bad, "" when it is fine.
	take(name string, value jsontext.Value) (reason string, known bool)
	// names are the members that there can be.
	names() []string
}

// readBody reads a request's body, which has to be one JSON object. What is wrong with single
// members goes to the form; an error means that there is no telling them apart.
func readBody(w http.ResponseWriter, r *http.Request, f *form, into body) error {
	return readBodyUpTo(maxBody, w, r, f, into)
}

// readBodyUpTo reads a body as readBody does, of at most so many bytes.
func readBodyUpTo(
	most int64, w http.ResponseWriter, r *http.Request, f *form, into body,
) error {
	text, err := bodyText(most, w, r)
	if err != nil {
		return err
	}
	return readObject(text, "the body", f, into)
}

// readOptionalBody reads a request's body as readBody does, unless there is none.
func readOptionalBody(w http.ResponseWriter, r *http.Request, f *form, into body) error {
	if r.ContentLength == 0 {
		return nil
	}
	if r.ContentLength < 0 { // sent in chunks: only reading it tells
		start := bufio.NewReader(r.Body)
		if _, err := start.Peek(1); err == io.EOF {
			return nil
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{start, r.Body}
	}
	return readBody(w, r, f, into)
}

// readPatch reads a request's body as readBody does. One that changes nothing is refused.
func readPatch(w http.ResponseWriter, r *http.Request, f *form, into body) error {
	err := readBody(w, r, f, into)
	if err == nil && len(f.seen) == 0 {
		return booking.Errorf(booking.Invalid, "the body names nothing to change").
			WithHint("known are %s", strings.Join(into.names(), ", "))
	}
	return err
}

// readObject reads a text, called something in errors, that has to be one JSON object.
func readObject(text *bytes.Buffer, called string, f *form, into body) error {
	// Duplicates are left to the form, which tells them along with all else.
	dec := jsontext.NewDecoder(text, jsontext.AllowDuplicateNames(true))
	if kind := dec.PeekKind(); kind != '{' {
		return notAnObject(dec, called)
	}
	if _, err := dec.ReadToken(); err != nil {
		return badJSON(err, called)
	}
	for dec.PeekKind() != '}' {
		if len(f.seen) == maxFields {
			return booking.Errorf(booking.Invalid, "%s has more than %d fields", called, maxFields)
		}
		if err := readMember(dec, f, into); err != nil {
			return badJSON(err, called)
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return badJSON(err, called)
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return booking.Errorf(booking.Invalid, "%s goes on after the JSON object, at byte %d",
			called, dec.InputOffset()+1).WithHint("send one JSON object and nothing else")
	}
	return nil
}

func readMember(dec *jsontext.Decoder, f *form, into body) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	name := token.String()
	value, err := dec.ReadValue()
	if err != nil || !f.meet(name) {
		return err
	}
	reason, known := into.take(name, value)
	if !known {
		f.unknown(name, into.names())
		return nil
	}
	f.complain(name, reason)
	return nil
}

// notAnObject says what the text is instead of an object.
func notAnObject(dec *jsontext.Decoder, called string) error {
	value, err := dec.ReadValue()
	if errors.Is(err, io.EOF) {
		return booking.Errorf(booking.Invalid, "%s is empty, a JSON object is needed", called)
	}
	if err != nil {
		return badJSON(err, called)
	}
	return booking.Errorf(booking.Invalid, "%s is %s, a JSON object is needed", called,
		describe(value))
}

// badJSON says where the text stops being JSON.
func badJSON(err error, called string) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return booking.Errorf(booking.Invalid, "%s ends before its JSON object does", called)
	}
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return booking.Errorf(booking.Invalid, "%s is not valid JSON", called)
	}
	return booking.Errorf(booking.Invalid, "%s is not valid JSON at byte %d: %s", called,
		syntax.ByteOffset+1, clip(syntax.Err.Error()))
}

// bodyText reads the body, which may have so many bytes.
func bodyText(most int64, w http.ResponseWriter, r *http.Request) (*bytes.Buffer, error) {
	if err := checkMedia(r.Header); err != nil {
		return nil, err
	}
	if r.ContentLength > most {
		return nil, tooLarge(most, w)
	}
	from := io.Reader(r.Body)
	if r.ContentLength < 0 { // sent in chunks: only reading it tells
		from = http.MaxBytesReader(w, r.Body, most)
	}
	size := max(r.ContentLength, 0)
	text := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := text.ReadFrom(from); err != nil {
		var exceeded *http.MaxBytesError
		if errors.As(err, &exceeded) {
			return nil, tooLarge(most, w)
		}
		return nil, booking.Errorf(booking.Invalid, "the body could not be read to its end")
	}
	return text, nil
}

// tooLarge refuses a body of which the rest, or all, is not read.
func tooLarge(most int64, w http.ResponseWriter) error {
	// Without this the server would wait for some of the rest before it answers.
	w.Header().Set("Connection", "close")
	return &refusal{
		status:  http.StatusRequestEntityTooLarge,
		code:    "too_large",
		message: fmt.Sprintf("the body is larger than %d bytes", most),
	}
}

// checkMedia refuses a body that does not say that it is plain JSON in UTF-8.
func checkMedia(h http.Header) error {
	if coding := h.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return wrongMedia("Content-Encoding %s is not taken", clip(coding)).
			hinting("send the body as it is, without compression")
	}
	const howTo = "send the header Content-Type: application/json, with curl: " +
		"-H 'Content-Type: application/json'"
	types := h.Values("Content-Type")
	switch {
	case len(types) == 0:
		return wrongMedia("the Content-Type is missing").hinting(howTo)
	case len(types) > 1:
		return wrongMedia("the Content-Type is given twice").hinting(howTo)
	case types[0] == "application/json":
		return nil
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil || media != "application/json" {
		return wrongMedia("Content-Type %s is not taken", clip(types[0])).hinting(howTo)
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return wrongMedia("charset %s is not taken", clip(charset)).hinting("JSON is UTF-8")
	}
	return nil
}

func wrongMedia(format string, args ...any) *refusal {
	return &refusal{
		status:  http.StatusUnsupportedMediaType,
		code:    "unsupported_media_type",
		message: fmt.Sprintf(format, args...),
	}
}

// hinting adds what to do next.
func (r *refusal) hinting(hint string) *refusal {
	r.hint = hint
	return r
}

// bodiless guards a handler that takes no body; instead says where its content belongs.
func bodiless(h handler, instead string) handler {
	return func(v *visit, w http.ResponseWriter, r *http.Request) error {
		// A body sent in chunks has no length yet, and counts as one without being read.
		if r.ContentLength != 0 {
			return booking.Errorf(booking.Invalid, "%s takes no body", r.Method).
				WithHint("%s", instead)
		}
		return h(v, w, r)
	}
}
