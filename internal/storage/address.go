package storage

import (
	"cmp"
	"net/url"
	"slices"
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

// hasStrayAt says whether an address has an @ besides the one that ends a user and password. It
// belongs to a password, of which the rest would be taken for a server, and looked up by its name.
func hasStrayAt(address string) bool {
	_, rest, _ := cutScheme(address)
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	return strings.Count(authority, "@") > 1 || strings.Contains(rest[len(authority):], "@")
}

// secretsOf gives all that may be a password in an address, as it is written and as it is meant.
func secretsOf(address string) (all []string) {
	_, rest, _ := cutScheme(address)
	user, query, _ := strings.Cut(rest, "@")
	_, word, _ := strings.Cut(user, ":")
	if _, settings, found := strings.Cut(cmp.Or(query, rest), "?"); found {
		given, _ := url.ParseQuery(settings) // of what is badly written, what is not
		all = append(all, given.Get("password"), given.Get("sslpassword"))
	}
	meant, _ := url.PathUnescape(word)
	all = append(all, word, meant)
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func cutScheme(db string) (scheme, rest string, ok bool) {
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if rest, ok := strings.CutPrefix(db, scheme); ok {
			return scheme, rest, true
		}
	}
	return "", db, false
}
