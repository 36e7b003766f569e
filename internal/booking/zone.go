package booking

import (
	"fmt"
	"strings"
	"time"
)

// maxZone is the longest name of a time zone, in bytes; the longest there is has 32.
const maxZone = 64

// LoadZone finds a time zone by its IANA name, exactly as the IANA writes it. It takes about 10 µs.
// The machine's own zone ("Local") is refused: it means something else on every machine. The text
// of the error is the reason.
func LoadZone(name string) (*time.Location, error) {
	if isZoneName(name) {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, fmt.Errorf("%s is not a time zone; use an IANA name such as Europe/Berlin",
		quoted(name))
}

// isZoneName is true for names formed as the IANA forms them. It keeps paths, and files that lie
// beside the zones on many systems (localtime, posixrules, right/…), from being taken for zones.
func isZoneName(name string) bool {
	if name == "Local" || len(name) > maxZone {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] < 'A' || part[0] > 'Z' {
			return false
		}
		for i := range len(part) {
			c := part[i]
			letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
			if !letter && (c < '0' || c > '9') && c != '_' && c != '-' && c != '+' {
				return false
			}
		}
	}
	return true
}

// validateZone says why a text is not the name of a time zone.
func validateZone(name string) string {
	if _, err := LoadZone(name); err != nil {
		return err.Error()
	}
	return ""
}

// instants finds when the clocks in the zone show the wall time, which is given as if it were UTC.
// The two are equal but for a clock change: before is what the wall time means by the clock before
// the change, after by the clock after it. A wall time that happens twice has before earlier than
// after; one that is skipped has before later than after.
func instants(wall time.Time, zone *time.Location) (before, after time.Time) {
	year, month, day := wall.Date()
	t := time.Date(year, month, day, wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	start, end := t.ZoneBounds()
	for _, change := range []time.Time{start, end} {
		if change.IsZero() {
			continue
		}
		_, offsetBefore := change.Add(-time.Second).Zone()
		_, offsetAfter := change.Zone()
		before = wall.Add(-time.Duration(offsetBefore) * time.Second).In(zone)
		after = wall.Add(-time.Duration(offsetAfter) * time.Second).In(zone)
		// Twice or never: the two clocks disagree on whether the change has come yet. They never do
		// where the offset stays the same, as at the ends of years that ZoneBounds gives at times.
		if before.Before(change) != after.Before(change) {
			return before, after
		}
	}
	return t, t
}

// wallClock is what the clocks in t's zone show, as if it were UTC.
func wallClock(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
