package httpapi

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// codeView is an access code as JSON. The code is null where a dry run leaves none behind.
type codeView struct {
	EventID int64   `json:"event_id"`
	Code    *string `json:"code"`
	// Uses is how many seats can be booked with the code in all, Available how many still can.
	Uses      int `json:"uses"`
	Available int `json:"available"`
	Held      int `json:"held"`
	Confirmed int `json:"confirmed"`
	// Types are the names of the ticket types that the code is for; empty for all.
	Types      []string `json:"types"`
	ValidUntil *string  `json:"valid_until"`
	Disabled   bool     `json:"disabled"`
	CreatedAt  string   `json:"created_at"`
	// Status says whether the code can be used now.
	Status booking.CodeStatus `json:"status"`
}

func viewCode(e booking.Event, c booking.Code, now time.Time) codeView {
	return codeView{
		EventID: e.ID, Code: orNull(c.Text), Uses: c.Uses, Available: c.Left(), Held: c.Held,
		Confirmed: c.Confirmed, Types: TypesOf(e, c), ValidUntil: instant(c.ValidUntil),
		Disabled: c.Disabled, CreatedAt: stamp(c.CreatedAt), Status: c.Status(now),
	}
}

// TypesOf names the ticket types that an access code is for; none when it is for all.
func TypesOf(e booking.Event, c booking.Code) []string {
	names := []string{}
	for _, t := range e.Types {
		if slices.Contains(c.Types, t.ID) {
			names = append(names, t.Name)
		}
	}
	return names
}

// CodeRecord is an access code of an event as a row, as it is at a time.
func CodeRecord(e booking.Event, c booking.Code, now time.Time) Record {
	return RecordOf(viewCode(e, c, now))
}

// AddedCode answers an access code added to an event.
func AddedCode(a booking.CodeAnswer, now time.Time) Envelope {
	name := "a code"
	if a.Code.Text != "" { // else a dry run has made it up
		name = "code " + a.Code.Text
	}
	return done(viewCode(a.Event, a.Code, now), "added %s for %s of event %d", name,
		booking.Seats(a.Code.Uses), a.Event.ID)
}

// DisabledCode answers an access code taken out of use.
func DisabledCode(a booking.CodeAnswer, now time.Time) Envelope {
	return done(viewCode(a.Event, a.Code, now),
		"code %s of event %d is disabled, its bookings stay", a.Code.Text, a.Event.ID)
}

// ListedCodes shows a page of the access codes of an event, as they are at a time.
func ListedCodes(page storage.CodePage, now time.Time) Envelope {
	codes := page.Event.Codes.List()
	views := make([]codeView, len(codes))
	for i, c := range codes {
		views[i] = viewCode(page.Event, c, now)
	}
	return listed(views, page.Next, count(len(views), "code", "codes"))
}

// codeBody asks for an access code.
type codeBody struct {
	code, validUntil string
	uses             int
	types            []string
}

func (b *codeBody) names() []string { return []string{"code", "uses", "types", "valid_until"} }

// take reads one member. Null is taken where the answer has null too.
func (b *codeBody) take(name string, value jsontext.Value) (reason string, known bool) {
	switch name {
	case "code":
		reason = readText(value, &b.code)
		if reason == "" && b.code == "" {
			reason = "is empty; leave it out to have one made up"
		}
		return reason, true
	case "uses":
		return readCount(value, &b.uses), true
	case "types":
		return readTypeNames(value, &b.types), true
	case "valid_until":
		return readWhen(value, &b.validUntil), true
	}
	return "", false
}

// readTypeNames reads an array with the names of ticket types, of which an event has only so many.
func readTypeNames(value jsontext.Value, into *[]string) (reason string) {
	if value.Kind() != '[' {
		return "must be an array, got " + describe(value)
	}
	dec := jsontext.NewDecoder(bytes.NewReader(value))
	must(dec.ReadToken())
	for dec.PeekKind() != ']' {
		if len(*into) == booking.MaxTypes {
			return fmt.Sprintf("has more than %d names", booking.MaxTypes)
		}
		var name string
		if reason := readTypeName(must(dec.ReadValue()), &name); reason != "" {
			return fmt.Sprintf("name %d %s", len(*into)+1, reason)
		}
		*into = append(*into, name)
	}
	return ""
}

// disableBody takes an access code out of use.
type disableBody struct{ disabled bool }

func (b *disableBody) names() []string { return []string{"disabled"} }

// take reads one member.
func (b *disableBody) take(name string, value jsontext.Value) (reason string, known bool) {
	if name != "disabled" {
		return "", false
	}
	reason = readFlag(value, &b.disabled)
	if reason == "" && !b.disabled {
		reason = "cannot be false: who has the code may have been told that it is gone; add another"
	}
	return reason, true
}

func (v *visit) listCodes(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	q, err := readQuery(r, "limit", "cursor")
	if err != nil {
		return err
	}
	page := q.page()
	if err := q.err(); err != nil {
		return err
	}
	codes, err := v.store.Codes(r.Context(), storage.CodeQuery{Event: sel, Page: page})
	if err != nil {
		return err
	}
	return shown(w, ListedCodes(codes, v.opts.Now()))
}

func (v *visit) addCode(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	var f form
	var b codeBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	f.require("uses")
	if err := f.err(); err != nil {
		return err
	}
	added, err := v.store.AddCode(r.Context(), booking.NewCode{
		Event: sel, Text: b.code, Uses: b.uses, Types: b.types, ValidUntil: b.validUntil,
	})
	if err != nil {
		return err
	}
	return created(w, partOf(added.Event, "codes", added.Code.Text), false,
		AddedCode(added, v.opts.Now()))
}

// disableCode takes an access code out of use. It is no deletion, since the code stays on the list.
func (v *visit) disableCode(w http.ResponseWriter, r *http.Request, sel booking.Selector) error {
	var f form
	var b disableBody
	if err := readBody(w, r, &f, &b); err != nil {
		return err
	}
	f.require("disabled")
	if err := f.err(); err != nil {
		return err
	}
	disabled, err := v.store.DisableCode(r.Context(), booking.CodeSelector{
		Event: sel, Text: r.PathValue("code"),
	})
	if err != nil {
		return err
	}
	return shown(w, DisabledCode(disabled, v.opts.Now()))
}
