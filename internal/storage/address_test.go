package storage

import (
	"strings"
	"testing"
)

func TestAnAddressIsToldFromAFile(t *testing.T) {
	for db, want := range map[string]bool{
		"postgres://":            true,
		"postgres://db/events":   true,
		"postgresql://u:p@db/ev": true,
		"events.db":              false,
		"postgres.db":            false,
		"./postgres:/x":          false,
		"":                       false,
	} {
		if got := IsAddress(db); got != want {
			t.Errorf("%q: got %v", db, got)
		}
	}
}

func TestAMaskedAddressNamesTheDatabaseAndNobody(t *testing.T) {
	for address, want := range map[string]string{
		"events.db":               "events.db",
		"postgres://":             "postgres://",
		"postgres://db/events":    "postgres://db/events",
		"postgres://ada@db/ev":    "postgres://db/ev",
		"postgresql://db:5432/ev": "postgresql://db:5432/ev",

		"postgres://ada:sec@db1:54,db2:55/ev?sslmode=require": "postgres://db1:54,db2:55/ev",
		"postgres:///ev?host=/run&user=ada&password=sec":      "postgres:///ev?host=%2Frun",
		"postgres://db/ev?search_path=club&password=sec":      "postgres://db/ev?search_path=club",
	} {
		if got := Masked(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

// A password that should have been escaped makes an address that means something else; it must not
// be shown for that.
func TestABadlyWrittenPasswordIsMaskedToo(t *testing.T) {
	for _, address := range []string{
		"postgres://ada:sec/ret@db/ev", "postgres://ada:sec?ret@db/ev",
		"postgres://ada:sec@ret@db/ev", "postgres://ada:sec#ret@db/ev",
		"postgres://db/ev?password=sec%zzret", "postgres://db/ev?password=sec@ret&host=x",
		"postgres://ada:sec%ret@db/ev", "postgres://ada:sec ret@db/ev",
	} {
		if got := Masked(address); strings.Contains(got, "sec") {
			t.Errorf("%s: got %s", address, got)
		}
	}
}

func TestAnAtSignStandsBeforeTheServersOrIsEscaped(t *testing.T) {
	for address, stray := range map[string]bool{
		"postgres://":                       false,
		"postgres://ada:sec@db/ev":          false,
		"postgres://ada:s%40c@db/ev?user=x": false,
		"postgres://ada:top@sec@db/ev":      true,
		"postgres://ada:top/sec@db/ev":      true,
		"postgres://ada:top?sec@db/ev":      true,
		"postgres://ada:12#sec@db/ev":       true,
		"postgres://ada:sec@db/ev?user=a@b": true,
	} {
		if hasStrayAt(address) != stray {
			t.Errorf("%s: got %v", address, !stray)
		}
	}
}
