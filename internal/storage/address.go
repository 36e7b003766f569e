package storage

import (
	"net/url"
	"strings"
)

// shownSettings are the settings of an address that say which database it is.
const shownSettings = "host port dbname service search_path"

// IsAddress says whether a database is named by the address of a PostgreSQL server
// (postgres://host:5432/name) and not by a file.
func IsAddress(db string) bool {
	_, _, ok := cutScheme(db)
	return ok
}

// Masked is how the database of an address is named in messages, logs and metrics: the servers, the
// database and its schema, with neither user nor password. All before the last @ is left out, so
// that nothing of a password can be taken for a server, however badly it is written. What is no
// address stays as it is.
func Masked(db string) string {
	scheme, rest, ok := cutScheme(db)
	if !ok {
		return db
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	place, query, _ := strings.Cut(rest, "?")
	shown := url.Values{}
	given, err := url.ParseQuery(query)
	for _, name := range strings.Fields(shownSettings) {
		if err == nil && given.Has(name) {
			shown.Set(name, given.Get(name))
		}
	}
	if len(shown) > 0 {
		place += "?" + shown.Encode()
	}
	return scheme + place
}

func cutScheme(db string) (scheme, rest string, ok bool) {
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if rest, ok := strings.CutPrefix(db, scheme); ok {
			return scheme, rest, true
		}
	}
	return "", db, false
}
