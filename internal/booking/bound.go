package booking

import (
	"fmt"
	"strings"
	"time"
)

// ParseBound reads a time that bounds a list, which often lies in the past. It takes whatever
// [ParseWhen] takes, and also:
//
//	2026-12-01, today, fri               the beginning of that day by the clocks of the zone
//	yesterday, yesterday 19:00           the day before the date of now
//	-3d, -1w2d, -2h30m                   before now, read like +3d
//
// The text of the error is the reason.
func ParseBound(text string, zone *time.Location, now time.Time) (time.Time, error) {
	today := wallClock(now.In(zone))
	word, clock, timed := strings.Cut(text, " ")
	if strings.EqualFold(word, "yesterday") {
		word = today.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if timed {
		return ParseWhen(word+" "+clock, zone, now)
	}
	if strings.HasPrefix(text, "-") {
		return readPast(text, zone, now)
	}
	day, err := time.Parse(time.DateOnly, word)
	if days, named := daysUntil(word, today.Weekday()); named {
		day, err = today.AddDate(0, 0, days), nil
	}
	if err != nil || !isInYears(day) {
		return ParseWhen(text, zone, now)
	}
	return beginning(day, zone).UTC(), nil
}

// readPast reads a span before now, such as -1d2h.
func readPast(text string, zone *time.Location, now time.Time) (time.Time, error) {
	days, elapsed, ok := parseSpan(text[1:])
	if !ok {
		return time.Time{}, notATime(text)
	}
	then := now.Add(-elapsed)
	if days > 0 {
		var err error
		wall := wallClock(now.In(zone)).AddDate(0, 0, -days)
		if then, err = resolve(text, wall, -elapsed, zone); err != nil {
			return time.Time{}, err
		}
	}
	if !isInYears(then) {
		return time.Time{}, fmt.Errorf("%s is before the year %d", quoted(text), minYear)
	}
	return then.UTC().Truncate(time.Second), nil
}

// beginning is the first moment of a day. A clock change may skip midnight, or show it twice.
func beginning(day time.Time, zone *time.Location) time.Time {
	year, month, date := day.Date()
	first := time.Date(year, month, date, 0, 0, 0, 0, zone)
	if first.Day() != date { // skipped: the day begins with the change
		_, first = first.ZoneBounds()
	}
	if first.Hour() > 0 {
		first, _ = first.ZoneBounds()
	}
	if twin := first.Add(-time.Hour); twin.Day() == date {
		return twin
	}
	return first
}
