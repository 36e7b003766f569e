package booking

import (
	"testing"
	"time"
)

func TestATimeThatBoundsAListIsRead(t *testing.T) {
	for _, c := range []struct{ zone, text, want string }{
		{"Europe/Berlin", "2026-12-01", "2026-11-30T23:00:00Z"},
		{"Europe/Berlin", "today", "2026-11-21T23:00:00Z"},
		{"Europe/Berlin", "tomorrow", "2026-11-22T23:00:00Z"},
		{"Europe/Berlin", "Fri", "2026-11-26T23:00:00Z"},
		{"Europe/Berlin", "yesterday", "2026-11-20T23:00:00Z"},
		{"Europe/Berlin", "Yesterday 08:30", "2026-11-21T07:30:00Z"},
		{"Europe/Berlin", "today 08:00", "2026-11-22T07:00:00Z"},
		{"Europe/Berlin", "-1h", "2026-11-22T11:00:00Z"},
		{"Europe/Berlin", "-2h30m", "2026-11-22T09:30:00Z"},
		{"Europe/Berlin", "-30d", "2026-10-23T11:00:00Z"}, // 13:00 by the clocks of both days
		{"Europe/Berlin", "-1w2d", "2026-11-13T12:00:00Z"},
		{"Europe/Berlin", "+3d", "2026-11-25T12:00:00Z"},
		{"Europe/Berlin", "2026-12-01 19:00", "2026-12-01T18:00:00Z"},
		{"Europe/Berlin", "2026-12-01T19:00:00Z", "2026-12-01T19:00:00Z"},
		// The clocks go from 23:59 to 01:00, and from 00:59 to 00:00.
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"},
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"},
		{"America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z"}, // 23:59 is followed by 23:00
	} {
		zone, err := LoadZone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		got, err := ParseBound(c.text, zone, now)
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s %s: %v, error %v, want %s", c.zone, c.text, got, err, c.want)
		}
	}
}

func TestWhatIsNoTimeBoundsNoList(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, text := range []string{
		"", " ", "-", "-3", "-d", "--3d", "-3d-2h", "-2h1d", "yesterdays", "yesterday ",
		"yesterday 25:00", "2026-13-01", "2026-02-30", "1969-12-31", "10000-01-01", "last week",
		"2026-12-01 ", " 2026-12-01", "-99999w",
	} {
		if got, err := ParseBound(text, time.UTC, now); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestEveryDayBeginsOnceInEveryZone(t *testing.T) {
	for _, name := range []string{
		"America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Africa/Cairo", "Asia/Tehran",
		"America/Asuncion", "Atlantic/Azores", "Europe/Berlin", "Australia/Lord_Howe",
	} {
		zone, err := LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2027; {
			got := beginning(day, zone)
			before := got.Add(-time.Second)
			if got.Day() != day.Day() || before.Day() == day.Day() {
				t.Errorf("%s: %s begins at %s", name, day.Format(time.DateOnly), got)
			}
			day = day.AddDate(0, 0, 1)
		}
	}
}
