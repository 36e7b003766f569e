package cli

import (
	"os"
	"strings"

	"evbook/internal/booking"
)

// zone gives the name of the zone in which dates are meant: the one asked for (by flag, variable
// or file), else that of this machine. It is not known when nothing tells its IANA name; UTC is
// used then, and guessed is true.
func (a *app) zone() (name string, guessed bool) {
	if a.config.TZ != "" {
		return a.config.TZ, false
	}
	if tz, ok := a.env.Getenv("TZ"); ok {
		return ianaName(strings.TrimPrefix(tz, ":"))
	}
	target, err := os.Readlink("/etc/localtime")
	if err != nil {
		return "UTC", true
	}
	return ianaName(target)
}

// ianaName finds the zone's name in what the system calls it: a name, or a path that ends in one.
func ianaName(text string) (name string, guessed bool) {
	if text == "" { // POSIX: an empty TZ is UTC
		return "UTC", false
	}
	if _, after, ok := strings.Cut(text, "zoneinfo/"); ok {
		text = after
	}
	if _, err := booking.LoadZone(text); err != nil {
		return "UTC", true
	}
	return text, false
}
