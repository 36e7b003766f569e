package booking

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The years in which a time may lie, in UTC.
const (
	minYear = 1970
	maxYear = 9999
)

const (
	// spanUnits are weeks, days, hours and minutes. There are no months: "m" is taken.
	spanUnits = "wdhm"
	// maxSpanDigits keeps every number of a span far from overflow.
	maxSpanDigits = 5
)

// acceptedTimes is the way out of most refusals of [ParseWhen].
const acceptedTimes = `use a form such as "2026-12-01 19:00", "2026-12-01T19:00:00+01:00", ` +
	`"tomorrow 19:00", "fri 19:00" or "+3d2h"`

// ParseWhen reads a time as people type it, and never guesses:
//
//	2026-12-01T19:00:00+01:00            RFC 3339; a fraction of a second is cut off
//	2026-12-01 19:00, 2026-12-01T19:00   by the clocks of the zone; seconds may follow
//	today 19:00, tomorrow 19:00          as the date is now in the zone
//	fri 19:00, Friday 19:00              the next such day after today
//	+3d, +1w2d, +2h30m, +1d2h            from now; weeks, days, hours, minutes, in this order
//
// Weeks and days keep the time of day that the clocks of the zone show; hours and minutes are
// elapsed time. A local time that a clock change skips or repeats is refused with both choices.
// The result is in UTC, in whole seconds, from the years 1970 to 9999. The text of the error is
// the reason.
func ParseWhen(text string, zone *time.Location, now time.Time) (time.Time, error) {
	t, err := readWhen(text, zone, now)
	if err != nil {
		return time.Time{}, err
	}
	t = t.UTC().Truncate(time.Second)
	if !isInYears(t) {
		return time.Time{}, fmt.Errorf("%s is in the year %d, must be from %d to %d",
			quoted(text), t.Year(), minYear, maxYear)
	}
	return t, nil
}

func readWhen(text string, zone *time.Location, now time.Time) (time.Time, error) {
	today := wallClock(now.In(zone))
	word, clock, _ := strings.Cut(text, " ")
	days, isDay := daysUntil(word, today.Weekday())
	switch {
	case strings.HasPrefix(text, "+"):
		return readSpan(text, zone, now)
	case isDay && clock != "":
		return readLocal(text, today.AddDate(0, 0, days).Format(time.DateOnly)+" "+clock, zone)
	case isDay || hasShape(text, time.DateOnly):
		return time.Time{}, fmt.Errorf("%s has no time of day; say it too, as in %q",
			quoted(text), strings.TrimSpace(text)+" 19:00")
	case hasShape(text, "15:04"), hasShape(text, time.TimeOnly):
		return time.Time{}, fmt.Errorf("%s has no day; say it too, as in %q",
			quoted(text), "today "+text)
	case isRFC3339(text):
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return time.Time{}, noSuchTime(text, err)
		}
		return t, nil
	}
	return readLocal(text, text, zone)
}

// daysUntil counts the days from today to the day that a word names. The name of today itself
// means the same day of next week.
func daysUntil(word string, today time.Weekday) (int, bool) {
	word = strings.ToLower(word)
	switch word {
	case "today":
		return 0, true
	case "tomorrow":
		return 1, true
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name := strings.ToLower(day.String()); word == name || word == name[:3] {
			return (int(day-today)+6)%7 + 1, true
		}
	}
	return 0, false
}

// readLocal reads a date and a time of day by the clocks of the zone. The text is what was typed.
func readLocal(text, dateTime string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{
		"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
	} {
		if !hasShape(dateTime, layout) {
			continue
		}
		wall, err := time.Parse(layout, dateTime)
		if err != nil {
			return time.Time{}, noSuchTime(text, err)
		}
		return resolve(text, wall, 0, zone)
	}
	return time.Time{}, notATime(text)
}

// readSpan reads a span from now, such as +1d2h.
func readSpan(text string, zone *time.Location, now time.Time) (time.Time, error) {
	days, elapsed, ok := parseSpan(text[1:])
	switch {
	case !ok:
		return time.Time{}, notATime(text)
	case days == 0:
		return now.Add(elapsed), nil
	}
	return resolve(text, wallClock(now.In(zone)).AddDate(0, 0, days), elapsed, zone)
}

// parseSpan reads numbers with units: each unit at most once, the larger ones first.
func parseSpan(span string) (days int, elapsed time.Duration, ok bool) {
	units := spanUnits
	for span != "" {
		size := len(span) - len(strings.TrimLeft(span, "0123456789"))
		if size == 0 || size > maxSpanDigits || size == len(span) {
			return 0, 0, false
		}
		amount, err := strconv.Atoi(span[:size])
		_, smaller, known := strings.Cut(units, span[size:size+1])
		if err != nil || !known {
			return 0, 0, false
		}
		switch span[size] {
		case 'w':
			days += 7 * amount
		case 'd':
			days += amount
		case 'h':
			elapsed += time.Duration(amount) * time.Hour
		case 'm':
			elapsed += time.Duration(amount) * time.Minute
		}
		span, units = span[size+1:], smaller
	}
	return days, elapsed, units != spanUnits
}

// resolve gives the instant at which the clocks in the zone show the wall time, plus what elapses
// after it. A wall time that happens twice or never is refused with both choices.
func resolve(
	text string, wall time.Time, elapsed time.Duration, zone *time.Location,
) (time.Time, error) {
	before, after := instants(wall, zone)
	first, second, fault := before.Add(elapsed), after.Add(elapsed), "happens twice"
	switch {
	case first.Equal(second):
		return first, nil
	case first.After(second):
		first, second, fault = second, first, "does not exist"
	}
	return time.Time{}, fmt.Errorf("%s %s in %s, where the clocks change; write %s or %s",
		quoted(text), fault, zone, first.Format(time.RFC3339), second.Format(time.RFC3339))
}

// hasShape is true when the text has a digit wherever the layout has one, and is the same
// otherwise. [time.Parse] alone is not strict: it takes 9:00 for 09:00, and offsets such as +01:99.
func hasShape(text, layout string) bool {
	if len(text) != len(layout) {
		return false
	}
	for i := range len(layout) {
		if text[i] != layout[i] && !(isDigits(text[i:i+1]) && isDigits(layout[i:i+1])) {
			return false
		}
	}
	return true
}

// isRFC3339 is true for the form of RFC 3339, in upper case.
func isRFC3339(text string) bool {
	const local = "2006-01-02T15:04:05"
	if len(text) <= len(local) || !hasShape(text[:len(local)], local) {
		return false
	}
	offset := text[len(local):]
	if fraction, ok := strings.CutPrefix(offset, "."); ok {
		offset = strings.TrimLeft(fraction, "0123456789")
		if len(offset) == len(fraction) {
			return false
		}
	}
	if offset == "Z" {
		return true
	}
	return (hasShape(offset, "+00:00") || hasShape(offset, "-00:00")) &&
		offset[1:3] <= "23" && offset[4:6] <= "59"
}

func notATime(text string) error {
	return fmt.Errorf("%s is not a time; %s", quoted(text), acceptedTimes)
}

// noSuchTime refuses a text of the right form in which a number is too big, such as day 30 of
// February or second 60.
func noSuchTime(text string, err error) error {
	why := ""
	if parse, ok := errors.AsType[*time.ParseError](err); ok {
		why = parse.Message
	}
	return fmt.Errorf("%s does not exist%s; %s", quoted(text), why, acceptedTimes)
}

// FormatWhen writes a time for people, with the zone and its offset so that nobody has to guess:
// "Tue 1 Dec 2026 19:00 CET (+01:00)". Seconds show when there are any. Zones whose short name is
// a number show the offset alone. The zero time is "", an unknown zone counts as UTC.
func FormatWhen(t time.Time, zone string) string {
	if t.IsZero() {
		return ""
	}
	location, err := LoadZone(zone)
	if err != nil {
		location = time.UTC
	}
	t = t.In(location)
	layout := "Mon 2 Jan 2006 15:04"
	if t.Second() != 0 {
		layout += ":05"
	}
	switch name, _ := t.Zone(); {
	case name == "UTC":
		layout += " MST"
	case name >= "A":
		layout += " MST (-07:00)"
	default:
		layout += " -07:00"
	}
	return t.Format(layout)
}

// validateTime says why a time is not one that can be stored. The zero time means "not decided"
// and is fine.
func validateTime(t time.Time) string {
	if t.IsZero() || isInYears(t) {
		return ""
	}
	return fmt.Sprintf("must be in the years %d to %d, got %s", minYear, maxYear,
		t.UTC().Format(time.RFC3339))
}

func isInYears(t time.Time) bool {
	year := t.UTC().Year()
	return minYear <= year && year <= maxYear
}
