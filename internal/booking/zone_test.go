package booking

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

// zone loads a time zone that is sure to exist.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	location, err := LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

func TestZonesAreKnownByTheirIANANames(t *testing.T) {
	for _, name := range []string{
		"UTC", "Etc/UTC", "Etc/GMT+5", "Europe/Berlin", "America/Argentina/Buenos_Aires",
		"EST5EDT", "America/Port-au-Prince", "GB-Eire", "Asia/Ho_Chi_Minh",
		"Antarctica/DumontDUrville",
	} {
		location, err := LoadZone(name)
		if err != nil || location.String() != name {
			t.Errorf("%q: got %v and %v", name, location, err)
		}
		if reason := validateZone(name); reason != "" {
			t.Errorf("%q is refused: %s", name, reason)
		}
	}
	for _, name := range []string{
		"", "Local", "local", "localtime", "posixrules", "right/Europe/Berlin", "posix/UTC",
		"zone.tab", "CEST", "+01:00", "GMT+1:00", "europe/berlin", "Berlin", "Europe", "Europe/",
		"/Europe/Berlin", "Europe//Berlin", "Europe/Berlin/", "../Europe/Berlin",
		"Europe/../Europe/Berlin", "Europe/.", "./UTC", "/etc/localtime", `Europe\Berlin`,
		"Europe/Berlin\x00", " UTC", "UTC ", "Europe/Bärlin", "Europe/Nowhere",
		strings.Repeat("A", 65), strings.Repeat("A/", 1<<20), "\xff", "A\x1b[2J",
	} {
		location, err := LoadZone(name)
		if err == nil {
			t.Errorf("%.40q is read as %v", name, location)
			continue
		}
		if !strings.HasSuffix(err.Error(),
			"is not a time zone; use an IANA name such as Europe/Berlin") {
			t.Errorf("%.40q: got %v", name, err)
		}
		if validateZone(name) != err.Error() {
			t.Errorf("%.40q: validateZone says %q", name, validateZone(name))
		}
		assertSafeReason(t, err.Error())
	}
}

// Every half hour around every clock change of some decades is compared with a plain search over
// all offsets in use near it. The last years are those that zone data give by a rule alone.
func TestInstantsAreThoseAPlainSearchFinds(t *testing.T) {
	for _, name := range []string{
		"Europe/Berlin", "Europe/Dublin", "America/New_York", "America/St_Johns",
		"America/Caracas", "America/Santiago", "Africa/Casablanca", "Africa/Cairo", "Asia/Gaza",
		"Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia",
	} {
		location, changes := zone(t, name), 0
		day := time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC)
		for ; day.Year() < 2042; day = day.AddDate(0, 0, 1) {
			_, before := day.In(location).Zone()
			_, after := day.AddDate(0, 0, 1).In(location).Zone()
			if before == after {
				continue
			}
			changes++
			for step := -36 * 2; step <= 60*2; step++ {
				checkInstants(t, day.Add(time.Duration(step)*30*time.Minute), location)
			}
		}
		if changes == 0 {
			t.Errorf("%s never changed its clocks", name)
		}
	}
}

func checkInstants(t *testing.T, wall time.Time, location *time.Location) {
	t.Helper()
	var found []time.Time
	tried := map[int]bool{}
	for hours := -48; hours <= 48; hours += 6 {
		_, offset := wall.Add(time.Duration(hours) * time.Hour).In(location).Zone()
		instant := wall.Add(-time.Duration(offset) * time.Second)
		if !tried[offset] && wallClock(instant.In(location)).Equal(wall) {
			found = append(found, instant)
		}
		tried[offset] = true
	}
	before, after := instants(wall, location)
	ok := false
	switch len(found) {
	case 0:
		ok = before.After(after)
	case 1:
		ok = before.Equal(found[0]) && after.Equal(found[0])
	case 2:
		ok = before.Before(after) && (before.Equal(found[0]) && after.Equal(found[1]) ||
			before.Equal(found[1]) && after.Equal(found[0]))
	}
	if !ok {
		t.Errorf("%s in %s: got %v and %v, the search found %v",
			wall.Format(time.DateTime), location, before, after, found)
	}
}
