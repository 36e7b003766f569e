package booking

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits of access codes, in characters.
const (
	minCode = 4
	maxCode = 40
)

// ListOfCodes is the hint where there is no such code, in words that fit both doors.
const ListOfCodes = "the list of codes shows what there is"

// Code is an access code of an event: whoever knows it may book what is sold with a code only. Each
// seat booked with it is a use.
type Code struct {
	// Text is unique within the event: ASCII letters, digits and "-", in capitals.
	Text string
	// Uses is how many seats can be booked with it, 1 to [MaxCapacity].
	Uses int
	// Types are the numbers of the ticket types that it is for, in order; empty for all.
	Types []int64
	// ValidUntil is when seats can no longer be asked for with it; zero for never.
	ValidUntil time.Time
	// Disabled codes are taken no more; what was booked or held with them stays.
	Disabled  bool
	CreatedAt time.Time
	Counters
}

// Left is how many more seats can be booked with the code.
func (c Code) Left() int { return c.free(c.Uses) }

// CodeStatus says whether an access code can be used.
type CodeStatus string

// The states of an access code, of which the first that is true counts.
const (
	// DisabledCode codes were taken out of use.
	DisabledCode CodeStatus = "disabled"
	// ExpiredCode codes were valid until a time that has come.
	ExpiredCode CodeStatus = "expired"
	// UsedUpCode codes have no seat left; those that come back can be booked with them again.
	UsedUpCode CodeStatus = "used_up"
	// ActiveCode codes can be used.
	ActiveCode CodeStatus = "active"
)

// Status says whether the code can be used at a time.
func (c Code) Status(now time.Time) CodeStatus {
	switch {
	case c.Disabled:
		return DisabledCode
	case !c.ValidUntil.IsZero() && !now.Before(c.ValidUntil):
		return ExpiredCode
	case c.Left() <= 0:
		return UsedUpCode
	}
	return ActiveCode
}

// NewCode asks for an access code.
type NewCode struct {
	Event Selector
	// Text is the code; storage makes one up when it is empty.
	Text string
	Uses int
	// Types are the names of the ticket types that it is for; empty for all.
	Types []string
	// ValidUntil is a time as [ParseWhen] reads it; empty for none.
	ValidUntil string
}

// CodeSelector names one access code of an event.
type CodeSelector struct {
	Event Selector
	Text  string
}

// CodeAnswer answers what was asked about an access code of an event.
type CodeAnswer struct {
	Event Event
	Code  Code
}

// NormalCode gives a code as it is kept: in capitals, without spaces around it.
func NormalCode(text string) string { return strings.ToUpper(strings.TrimSpace(text)) }

// validateCode says why a text cannot be an access code; "" when it can.
func validateCode(text string) string {
	if len(text) < minCode || len(text) > maxCode {
		return fmt.Sprintf("is %d characters long, must be %d to %d", len(text), minCode, maxCode)
	}
	other := func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}
	if i := strings.IndexFunc(text, other); i >= 0 {
		return fmt.Sprintf("%s has %q; use letters without accents, digits and -", quoted(text),
			[]rune(text[i:])[0])
	}
	return ""
}

// Validate reports every field that cannot be read or breaks a limit, as one [Invalid] error, when
// the event is as it is now.
func (n NewCode) Validate(e Event, now time.Time) error {
	if n.Text == "" { // storage makes up one that is fine
		n.Text = strings.Repeat("0", minCode)
	}
	_, err := n.read(e, now)
	return err
}

// read makes the code, its ticket types apart.
func (n NewCode) read(e Event, now time.Time) (Code, error) {
	c := Code{Text: NormalCode(n.Text), Uses: n.Uses, CreatedAt: now}
	var bad Fields
	bad.Add("code", validateCode(c.Text))
	bad.Add("uses", validateCount(c.Uses, MaxCapacity))
	readTimes(e.Zone, now, &bad, timeEdit{"valid_until", &n.ValidUntil, &c.ValidUntil})
	return c, bad.Err()
}

// AddCode adds an access code to an event. It refuses with [Conflict] when the event has it
// already or is cancelled, and with [NotFound] when there is no such event or ticket type.
func (d *Draft) AddCode(n NewCode) (CodeAnswer, error) {
	event, err := d.plannable(n.Event)
	if err != nil {
		return CodeAnswer{}, err
	}
	c, err := n.read(event, d.now)
	if err != nil {
		return CodeAnswer{}, err
	}
	for _, name := range n.Types {
		t, err := event.ticketType(name)
		if err != nil {
			return CodeAnswer{}, err
		}
		c.Types = append(c.Types, t.ID)
	}
	slices.Sort(c.Types)
	c.Types = slices.Compact(c.Types)
	if event.code(c.Text) != nil {
		return CodeAnswer{}, Errorf(Conflict, "event %d has the code %s already", event.ID, c.Text).
			WithHint("choose another code")
	}
	event.Codes = event.Codes.With(c)
	event.Planned = true
	d.log(&event, Entry{Kind: CodeAdded, Detail: Detail{Code: c.Text}})
	d.putEvent(event)
	return CodeAnswer{Event: event, Code: c}, nil
}

// DisableCode takes an access code out of use; one that is disabled already stays as it is. It
// refuses with [NotFound] when there is no such event or code.
func (d *Draft) DisableCode(sel CodeSelector) (CodeAnswer, error) {
	event, err := d.Event(sel.Event)
	if err != nil {
		return CodeAnswer{}, err
	}
	found := event.code(NormalCode(sel.Text))
	if found == nil {
		err := Errorf(NotFound, "event %d has no access code %s", event.ID, quoted(sel.Text)).
			WithHint(ListOfCodes)
		err.Event = event.ID
		return CodeAnswer{}, err
	}
	if found.Disabled {
		return CodeAnswer{Event: event, Code: *found}, nil
	}
	c := *found
	c.Disabled = true
	event.Codes = event.Codes.With(c)
	d.log(&event, Entry{Kind: CodeDisabled, Detail: Detail{Code: c.Text}})
	d.putEvent(event)
	return CodeAnswer{Event: event, Code: c}, nil
}

// admit refuses lines for which a code is needed that was not given, and a code that does not hold
// for them: with [NotFound] when there is no such code, and with [Closed] otherwise.
func (e Event) admit(lines []Line, text string, now time.Time) error {
	var c Code
	if text != "" {
		found := e.code(text)
		if found == nil || found.Disabled {
			return noCode(e, text)
		}
		c = *found
		if !c.ValidUntil.IsZero() && !now.Before(c.ValidUntil) {
			return closed(e, "code %s of event %d was valid until %s", c.Text, e.ID,
				c.ValidUntil.Format(time.RFC3339))
		}
	}
	for _, l := range lines {
		t := e.typeByID(l.Type)
		needed := e.CodeRequired || t != nil && t.CodeRequired
		fits := text != "" && (len(c.Types) == 0 || slices.Contains(c.Types, l.Type))
		switch {
		case needed && text == "":
			return closed(e, "%s is sold with an access code only", e.what(t)).
				WithHint(GiveCode)
		case text != "" && !fits:
			return closed(e, "code %s is not for %s", c.Text, e.what(t))
		}
	}
	return nil
}

// what names what is sold: a ticket type, or the event itself.
func (e Event) what(t *TicketType) string {
	if t != nil {
		return fmt.Sprintf("ticket type %s of event %d", quoted(t.Name), e.ID)
	}
	return fmt.Sprintf("event %d", e.ID)
}

func noCode(e Event, text string) *Error {
	err := Errorf(NotFound, "event %d has no access code %s that can be used", e.ID, quoted(text)).
		WithHint(CheckCode)
	err.Event = e.ID
	return err
}

// IsNoCode says whether an error is the refusal of an access code that there is not. Doors count
// them, so that nobody finds one by trying.
func IsNoCode(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == NotFound && e.Hint == CheckCode
}
