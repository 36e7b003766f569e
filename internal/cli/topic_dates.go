package cli

import (
	"fmt"
	"strings"
)

// dateForms lists how a time can be written, and what it means.
func dateForms() [][2]string {
	return [][2]string{
		{"2026-12-01 19:00", "by the clocks of the zone; seconds may follow"},
		{"2026-12-01T19:00", "the same in one word"},
		{"2026-12-01T19:00:00+01:00", "RFC 3339: by the clocks of that offset"},
		{"2026-12-01T18:00:00Z", "RFC 3339 in UTC"},
		{"today 19:00", "today, as the date is now in the zone"},
		{"tomorrow 19:00", "the day after"},
		{"fri 19:00", "the next such day after today; also friday"},
		{"+3d", "from now: w, d, h, m are weeks, days, hours, minutes"},
		{"+1w2d", "weeks and days keep the time of day of the clocks"},
		{"+2h30m", "hours and minutes are elapsed time"},
	}
}

func datesTopic() string {
	var b strings.Builder
	b.WriteString(`A date has a time of day, and is never guessed.

`)
	for _, form := range dateForms() {
		fmt.Fprintf(&b, "  %-25s  %s\n", form[0], form[1])
	}
	b.WriteString(`
The zone is that of --tz. Without it, event edit takes the zone of the event,
and every other command that of EVBOOK_TZ, of config.yaml or of this machine. A
time that a clock change skips or repeats is refused with both choices. Years
go from 1970 to 9999.

Where a list is filtered, by --since and --until, a day may stand alone, which is
its beginning (2026-12-01, today, yesterday, fri), and -3d or -2h30m is before now.

People are shown times with zone and offset; the formats for programs have them
in UTC, as RFC 3339 writes them.

A duration has a unit: 500ms, 10s, 1m30s, 2h.
`)
	return b.String()
}
