package cli

import "testing"

func TestTheZoneOfDatesIsTheOneAskedForElseTheMachines(t *testing.T) {
	for _, c := range []struct {
		configured, tz, want string
		guessed              bool
	}{
		{configured: "Europe/Berlin", tz: "Asia/Tokyo", want: "Europe/Berlin"},
		{tz: "Asia/Tokyo", want: "Asia/Tokyo"},
		{tz: ":Asia/Tokyo", want: "Asia/Tokyo"},
		{tz: ":/usr/share/zoneinfo/Asia/Tokyo", want: "Asia/Tokyo"},
		{tz: "", want: "UTC"},
		{tz: "CET-1CEST", want: "UTC", guessed: true},
		{tz: "../../etc/passwd", want: "UTC", guessed: true},
	} {
		a := &app{env: Env{Getenv: func(string) (string, bool) { return c.tz, true }}}
		a.config.TZ = c.configured
		if got, guessed := a.zone(); got != c.want || guessed != c.guessed {
			t.Errorf("%+v: %q, guessed %v", c, got, guessed)
		}
	}
}
