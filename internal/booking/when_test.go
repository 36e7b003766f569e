package booking

import (
	"strings"
	"testing"
	"time"
)

// sunday is Sun 22 Nov 2026 15:04:05 in Berlin, and some nanoseconds.
func sunday(t testing.TB) time.Time {
	t.Helper()
	return time.Date(2026, 11, 22, 15, 4, 5, 678, zone(t, "Europe/Berlin"))
}

func TestTimesAreReadAsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-01T19:00:00+01:00":      "2026-12-01T18:00:00Z",
		"2026-12-01T19:00:00Z":           "2026-12-01T19:00:00Z",
		"2026-12-01T19:00:00-00:00":      "2026-12-01T19:00:00Z",
		"2026-12-01T19:00:00.999999999Z": "2026-12-01T19:00:00Z",
		"2026-12-01T00:30:00.5+14:00":    "2026-11-30T10:30:00Z",
		"2026-12-01T19:00:00-23:59":      "2026-12-02T18:59:00Z",
		"2026-12-01 19:00":               "2026-12-01T18:00:00Z",
		"2026-12-01T19:00":               "2026-12-01T18:00:00Z",
		"2026-12-01 19:00:30":            "2026-12-01T18:00:30Z",
		"2026-12-01T19:00:30":            "2026-12-01T18:00:30Z",
		"2026-07-01 00:00":               "2026-06-30T22:00:00Z",
		"2028-02-29 12:00":               "2028-02-29T11:00:00Z",
		"1970-01-01T00:00:00Z":           "1970-01-01T00:00:00Z",
		"1970-01-01 01:00":               "1970-01-01T00:00:00Z",
		"9999-12-31T23:59:59Z":           "9999-12-31T23:59:59Z",
		"today 19:00":                    "2026-11-22T18:00:00Z",
		"today 00:00":                    "2026-11-21T23:00:00Z",
		"TODAY 19:00:59":                 "2026-11-22T18:00:59Z",
		"tomorrow 19:00":                 "2026-11-23T18:00:00Z",
		"mon 19:00":                      "2026-11-23T18:00:00Z",
		"Tue 19:00":                      "2026-11-24T18:00:00Z",
		"WED 19:00":                      "2026-11-25T18:00:00Z",
		"thursday 19:00":                 "2026-11-26T18:00:00Z",
		"Friday 19:00":                   "2026-11-27T18:00:00Z",
		"sat 19:00":                      "2026-11-28T18:00:00Z",
		"sun 19:00":                      "2026-11-29T18:00:00Z", // not today
		"sunday 19:00":                   "2026-11-29T18:00:00Z",
		"+0m":                            "2026-11-22T14:04:05Z",
		"+3d":                            "2026-11-25T14:04:05Z",
		"+1w":                            "2026-11-29T14:04:05Z",
		"+2h30m":                         "2026-11-22T16:34:05Z",
		"+1d2h":                          "2026-11-23T16:04:05Z",
		"+1w2d3h4m":                      "2026-12-01T17:08:05Z",
		"+90m":                           "2026-11-22T15:34:05Z",
		"+008d":                          "2026-11-30T14:04:05Z",
	} {
		got, err := ParseWhen(text, zone(t, "Europe/Berlin"), sunday(t))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: got %s, want %s", text, got.Format(time.RFC3339Nano), want)
		}
	}
}

func TestAnyOtherTextIsRefusedAndNeverGuessedAt(t *testing.T) {
	for _, text := range []string{
		"", " ", "now", "soon", "12/11/2026 19:00", "2026/12/01 19:00", "01.12.2026 19:00",
		"Dec 1 2026", "1 Dec 2026 19:00", "2026-12-1 19:00", "26-12-01 19:00", "20261201T190000Z",
		"1764615600", "2026-12-01  19:00", "2026-12-01 9:00", "2026-12-01 19", "2026-12-01 19h",
		"2026-12-01 7pm", "2026-12-01 07:00 pm", "2026-12-01_19:00", "2026-12-01t19:00",
		" 2026-12-01 19:00", "2026-12-01 19:00 ", "2026-12-01 19:00\n", "2026-12-01 19:00\x00",
		"2026-12-01 19:00:00.5", "2026-12-01 19:00 CET", "2026-12-01 19:00+01:00",
		"2026-12-01 19:00:00+01:00", "2026-12-01T19:00Z", "2026-12-01T19:00:00z",
		"2026-12-01t19:00:00Z", "2026-12-01T9:00:00Z", "2026-12-01T19:00:00,5Z",
		"2026-12-01T19:00:00.Z", "2026-12-01T19:00:00+1:00", "2026-12-01T19:00:00+0100",
		"2026-12-01T19:00:00+01", "2026-12-01T19:00:00+24:00", "2026-12-01T19:00:00+01:60",
		"2026-12-01T19:00:00Z+01:00", "２０２６-12-01 19:00", "12026-12-01 19:00", "-2026-12-01 19:00",
		"yesterday 19:00", "next fri 19:00", "tues 19:00", "fr 19:00", "frid 19:00",
		"freitag 19:00", "fri  19:00", "fri\t19:00", "fri 9:00", "fri 7pm", "fri 19:00 CET",
		"fri 19.00", "friT19:00", "19:00 fri", "today noon", "+", "+d", "+3", "+3x", "+3D", "+3M",
		"+3y", "+3s", "+3mo", "+ 3d", "+3d ", "+3 d", "+-3d", "-3d", "+3d+2h", "+2h3d", "+3d3d",
		"+1d1w", "+1.5h", "+1e3d", "+123456d", "+0x3d", "++3d", "+3d2", "+99999999999999999999d",
		"+３d", "\xff", "+3\xff", "fri \x1b[2J",
	} {
		got, err := ParseWhen(text, zone(t, "Europe/Berlin"), sunday(t))
		if err == nil {
			t.Errorf("%q is read as %v", text, got)
			continue
		}
		want := quoted(text) + ` is not a time; use a form such as "2026-12-01 19:00"`
		if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v", text, err)
		}
		assertSafeReason(t, err.Error())
	}
}

func TestTimesThatAreNotOnTheClockOrCalendarAreRefused(t *testing.T) {
	// The last second of 2016 was a leap second. No clock of ours can show it.
	for text, want := range map[string]string{
		"2026-02-29 19:00":          "does not exist: day out of range",
		"2026-04-31T19:00:00Z":      "does not exist: day out of range",
		"2026-00-01 19:00":          "does not exist: month out of range",
		"2026-13-01 19:00":          "does not exist: month out of range",
		"2026-12-00 19:00":          "does not exist: day out of range",
		"2026-12-01 24:00":          "does not exist: hour out of range",
		"2026-12-01 19:60":          "does not exist: minute out of range",
		"2026-12-01 23:59:60":       "does not exist: second out of range",
		"2016-12-31T23:59:60Z":      "does not exist: second out of range",
		"fri 25:00":                 "does not exist: hour out of range",
		"2026-12-01":                `has no time of day; say it too, as in "2026-12-01 19:00"`,
		"tomorrow":                  `has no time of day; say it too, as in "tomorrow 19:00"`,
		"Fri":                       `has no time of day; say it too, as in "Fri 19:00"`,
		"fri ":                      `has no time of day; say it too, as in "fri 19:00"`,
		"19:00":                     `has no day; say it too, as in "today 19:00"`,
		"19:00:30":                  `has no day; say it too, as in "today 19:00:30"`,
		"1969-12-31T23:59:59Z":      "is in the year 1969, must be from 1970 to 9999",
		"1970-01-01 00:59":          "is in the year 1969, must be from 1970 to 9999",
		"0001-01-01T00:00:00Z":      "is in the year 1, must be from 1970 to 9999",
		"0000-01-01 00:00":          "must be from 1970 to 9999",
		"9999-12-31T23:59:59-01:00": "is in the year 10000, must be from 1970 to 9999",
	} {
		got, err := ParseWhen(text, zone(t, "Europe/Berlin"), sunday(t))
		if err == nil {
			t.Errorf("%q is read as %v", text, got)
			continue
		}
		if !strings.HasPrefix(err.Error(), quoted(text)) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestHugeTextsAreRefusedWithAShortReason(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("9", 1<<20), "+" + strings.Repeat("1d", 1<<20), strings.Repeat("fri ",
			1<<18),
		"2026-12-01T19:00:00." + strings.Repeat("0", 1<<20),
	} {
		_, err := ParseWhen(text, time.UTC, sunday(t))
		if err == nil {
			t.Fatalf("%.30s… is accepted", text)
		}
		assertSafeReason(t, err.Error())
	}
}

func TestTodayIsTheDateInTheZone(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	for name, want := range map[string]string{
		"Pacific/Kiritimati": "2026-11-23T06:00:00+14:00",
		"Pacific/Pago_Pago":  "2026-11-22T06:00:00-11:00",
	} {
		location := zone(t, name)
		got, err := ParseWhen("today 06:00", location, now)
		if err != nil || got.In(location).Format(time.RFC3339) != want {
			t.Errorf("%s: got %v and %v, want %s", name, got.In(location), err, want)
		}
	}
}

func TestDaysKeepTheTimeOfDayAndHoursElapse(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	eve := time.Date(2026, 10, 24, 12, 0, 0, 0, berlin) // the clocks go back in the night
	for text, want := range map[string]string{
		"+1d":   "2026-10-25T12:00:00+01:00",
		"+24h":  "2026-10-25T11:00:00+01:00",
		"+1d1h": "2026-10-25T13:00:00+01:00",
		"+14h":  "2026-10-25T02:00:00+02:00", // one of two, and no doubt which
		"+15h":  "2026-10-25T02:00:00+01:00",
		"+1w":   "2026-10-31T12:00:00+01:00",
	} {
		got, err := ParseWhen(text, berlin, eve)
		if err != nil || got.In(berlin).Format(time.RFC3339) != want {
			t.Errorf("%s: got %v and %v, want %s", text, got.In(berlin), err, want)
		}
	}
}

func TestHoursFromNowAreNeverInDoubt(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	// The clocks show 02:30 for the first time, and will do so once more.
	got, err := ParseWhen("+0h", berlin, time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC))
	if err != nil || got.In(berlin).Format(time.RFC3339) != "2026-10-25T02:30:00+02:00" {
		t.Errorf("got %v and %v", got.In(berlin), err)
	}
}

func TestLocalTimesAtAClockChangeAreRefusedWithBothChoices(t *testing.T) {
	for _, tt := range []struct {
		zone, now, text, want string
	}{
		{"Europe/Berlin", "2026-10-01T12:00:00Z", "2026-10-25 02:30",
			`"2026-10-25 02:30" happens twice in Europe/Berlin, where the clocks change; ` +
				`write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00`},
		{"Europe/Berlin", "2026-10-01T12:00:00Z", "2026-10-25T02:00:00",
			`write 2026-10-25T02:00:00+02:00 or 2026-10-25T02:00:00+01:00`},
		{"Europe/Berlin", "2026-10-01T12:00:00Z", "2027-03-28 02:30",
			`"2027-03-28 02:30" does not exist in Europe/Berlin, where the clocks change; ` +
				`write 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00`},
		{"Europe/Berlin", "2026-10-24T12:00:00Z", "tomorrow 02:59:59",
			`"tomorrow 02:59:59" happens twice in Europe/Berlin, where the clocks change; ` +
				`write 2026-10-25T02:59:59+02:00 or 2026-10-25T02:59:59+01:00`},
		{"Europe/Berlin", "2026-10-24T12:00:00Z", "sun 02:30",
			`write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00`},
		{"Europe/Berlin", "2026-10-24T00:30:00Z", "+1d",
			`write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00`},
		{"Europe/Berlin", "2026-10-24T00:30:00Z", "+1d5h",
			`write 2026-10-25T06:30:00+01:00 or 2026-10-25T07:30:00+01:00`},
		{"Europe/London", "2026-10-01T12:00:00Z", "2026-10-25 01:30",
			`write 2026-10-25T01:30:00+01:00 or 2026-10-25T01:30:00Z`},
		{"America/New_York", "2026-10-01T12:00:00Z", "2026-11-01 01:00",
			`write 2026-11-01T01:00:00-04:00 or 2026-11-01T01:00:00-05:00`},
		{"Australia/Lord_Howe", "2026-10-01T12:00:00Z", "2026-10-04 02:15", // half an hour
			`write 2026-10-04T01:45:00+10:30 or 2026-10-04T02:45:00+11:00`},
		{"Pacific/Apia", "2011-12-01T12:00:00Z", "2011-12-30 12:00", // a whole day
			`write 2011-12-29T12:00:00-10:00 or 2011-12-31T12:00:00+14:00`},
		{"America/Santiago", "2026-01-01T12:00:00Z", "2026-04-04 23:30", // at midnight
			`write 2026-04-04T23:30:00-03:00 or 2026-04-04T23:30:00-04:00`},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		location := zone(t, tt.zone)
		got, err := ParseWhen(tt.text, location, now)
		if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("%s in %s: got %v and %v, want %s", tt.text, tt.zone, got, err, tt.want)
			continue
		}
		_, choices, _ := strings.Cut(err.Error(), "; write ")
		for choice := range strings.SplitSeq(choices, " or ") {
			again, err := ParseWhen(choice, location, now)
			if err != nil || again.In(location).Format(time.RFC3339) != choice {
				t.Errorf("%s offers %s, which is read as %v, %v", tt.text, choice, again, err)
			}
		}
	}
}

func TestTimesBesideAClockChangeAreNotRefused(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for text, want := range map[string]string{
		"2026-10-25 01:59:59": "2026-10-24T23:59:59Z",
		"2026-10-25 03:00":    "2026-10-25T02:00:00Z",
		"2027-03-28 01:59:59": "2027-03-28T00:59:59Z",
		"2027-03-28 03:00":    "2027-03-28T01:00:00Z",
	} {
		got, err := ParseWhen(text, berlin, sunday(t))
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: got %v and %v, want %s", text, got, err, want)
		}
	}
}

func TestTimesAreShownWithZoneAndOffset(t *testing.T) {
	at := time.Date(2026, 12, 1, 18, 0, 0, 999, time.UTC)
	for _, tt := range []struct {
		at         time.Time
		zone, want string
	}{
		{at, "Europe/Berlin", "Tue 1 Dec 2026 19:00 CET (+01:00)"},
		{at.AddDate(0, -5, 11), "Europe/Berlin", "Sun 12 Jul 2026 20:00 CEST (+02:00)"},
		{at, "Europe/London", "Tue 1 Dec 2026 18:00 GMT (+00:00)"},
		{at, "America/New_York", "Tue 1 Dec 2026 13:00 EST (-05:00)"},
		{at, "America/Sao_Paulo", "Tue 1 Dec 2026 15:00 -03:00"},
		{at, "Asia/Kathmandu", "Tue 1 Dec 2026 23:45 +05:45"},
		{at, "UTC", "Tue 1 Dec 2026 18:00 UTC"},
		{at, "Etc/UTC", "Tue 1 Dec 2026 18:00 UTC"},
		{at, "", "Tue 1 Dec 2026 18:00 UTC"},
		{at, "Mars/Olympus", "Tue 1 Dec 2026 18:00 UTC"},
		{at.Add(30 * time.Second), "Europe/Berlin", "Tue 1 Dec 2026 19:00:30 CET (+01:00)"},
		{at.In(zone(t, "Asia/Tokyo")), "Europe/Berlin", "Tue 1 Dec 2026 19:00 CET (+01:00)"},
		{time.Time{}, "Europe/Berlin", ""},
	} {
		if got := FormatWhen(tt.at, tt.zone); got != tt.want {
			t.Errorf("%v in %q: got %q, want %q", tt.at, tt.zone, got, tt.want)
		}
	}
}

func TestStoredTimesLieInTheYears1970To9999(t *testing.T) {
	first := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{{}, first, first.AddDate(8030, 0, 0).Add(-1)} {
		if reason := validateTime(at); reason != "" {
			t.Errorf("%v is refused: %s", at, reason)
		}
	}
	for at, want := range map[time.Time]string{
		first.Add(-1): "must be in the years 1970 to 9999, got 1969-12-31T23:59:59Z",
		first.In(zone(t, "Asia/Tokyo")).Add(-time.Hour): "must be in the years 1970 to 9999, " +
			"got 1969-12-31T23:00:00Z",
		first.AddDate(8030, 0, 0): "must be in the years 1970 to 9999, got 10000-01-01T00:00:00Z",
		time.Time{}.Add(1):        "must be in the years 1970 to 9999, got 0001-01-01T00:00:00Z",
	} {
		if got := validateTime(at); got != want {
			t.Errorf("%v: got %q, want %q", at, got, want)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	names := []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe",
		"Pacific/Apia"}
	zones := make([]*time.Location, len(names))
	for i, name := range names {
		zones[i] = zone(f, name)
	}
	for i, text := range []string{
		"2026-12-01T19:00:00+01:00", "2026-12-01T19:00:00.5Z", "2026-12-01 19:00",
		"2026-12-01T19:00:30", "2026-10-25 02:30", "2027-03-28 02:30", "2011-12-30 12:00",
		"2026-02-30 19:00", "2026-12-01", "19:00", "today 19:00", "tomorrow 02:30", "fri 19:00",
		"Sunday 00:00", "mon", "+3d", "+1w2d3h4m", "+", "+99999w", "12/11/2026 19:00",
		"1969-12-31T23:59:59Z", "9999-12-31T23:59:59-01:00", "\xff",
	} {
		f.Add(text, i, int64(1_795_000_000))
		f.Add(text, i+1, int64(1_792_888_200))
	}
	f.Fuzz(func(t *testing.T, text string, pick int, unix int64) {
		location := zones[uint(pick)%uint(len(zones))]
		// Any moment from 1970 to 9999 may be now.
		now := time.Unix(int64(uint64(unix)%253_402_300_800), 0)
		got, err := ParseWhen(text, location, now)
		if err != nil {
			assertSafeReason(t, err.Error())
			return
		}
		if got.Location() != time.UTC || got.Nanosecond() != 0 || got.IsZero() {
			t.Errorf("%q is read as %v", text, got)
		}
		if reason := validateTime(got); reason != "" {
			t.Errorf("%q is read as %v, which is refused: %s", text, got, reason)
		}
		for _, zone := range []*time.Location{time.UTC, location} {
			written := got.In(zone).Format(time.RFC3339)
			if again, err := ParseWhen(written, time.UTC, now); err != nil || again != got {
				t.Errorf("%q is read as %s, and that as %v, %v", text, written, again, err)
			}
		}
		// The local form means the same, unless a clock change makes it ambiguous. On the last day
		// of 9999 the local year can have five digits, which no form has.
		local := got.In(location).Format(time.DateTime)
		if got.In(location).Year() > maxYear {
			return
		}
		again, err := ParseWhen(local, location, now)
		twice := err != nil && strings.Contains(err.Error(), "happens twice")
		if again != got && !twice {
			t.Errorf("%q is read as %v, %q as %v, %v", text, got, local, again, err)
		}
	})
}
