package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"evbook/internal/booking"
)

// badAddress refuses an address; the reason may be "".
func badAddress(reason string) *booking.Error {
	text := "the address of the database is not valid"
	if reason != "" {
		text += ": " + reason
	}
	return booking.Errorf(booking.Invalid, "%s", text).
		WithHint("its form is postgres://HOST:5432/NAME; a password with special characters" +
			" stands in PGPASSWORD or .pgpass, or has them escaped, as %%2F for / and %%40 for" +
			" an at sign")
}

// reasonAgainst gives what pgx has against a setting of an address, or of the variables and files
// that complete it; "" where that may have a part of a password in it.
func reasonAgainst(address string, err error) string {
	text := err.Error()
	_, reason, found := strings.Cut(text[strings.LastIndex(text, "`")+1:], ": ")
	in := func(secret string) bool { return strings.Contains(reason, secret) }
	if !found || strings.HasPrefix(reason, "failed to parse as") ||
		slices.ContainsFunc(secretsOf(address), in) {
		return ""
	}
	return reason
}

// unknownSetting refuses an address with a setting that the server does not know: its error.
func unknownSetting(name string, err error) *booking.Error {
	var answer *pgconn.PgError
	errors.As(err, &answer)
	return booking.Errorf(booking.Invalid, "the address of %s is not valid: %s", name,
		answer.Message).WithHint("settings stand behind the ? of an address, or in PGOPTIONS")
}

// unreached is why there is no connection: of all attempts the one that tells most.
type unreached struct {
	text string
	all  *pgconn.ConnectError
}

func (u *unreached) Error() string { return u.text }

// Is looks among all attempts. There is no Unwrap: what one of them says by itself tells less.
func (u *unreached) Is(target error) bool { return errors.Is(u.all, target) }

// As looks among all attempts.
func (u *unreached) As(target any) bool { return errors.As(u.all, target) }

// telling gives the error to be shown for one of a connection: what a server has answered, else
// that it is a standby, else the last attempt, since those with TLS come before those without.
func telling(err error) error {
	var all *pgconn.ConnectError
	if !errors.As(err, &all) {
		return err
	}
	var shown error
	most := -1
	for _, attempt := range attempts(all.Unwrap()) {
		var answer *pgconn.PgError
		var standby *pgconn.NotPreferredError
		rank := 0
		switch {
		case errors.As(attempt, &answer):
			rank = 2
		case errors.As(attempt, &standby):
			rank = 1
		}
		if rank >= most {
			shown, most = attempt, rank
		}
	}
	return &unreached{fmt.Sprintf("user %q at %v", all.Config.User, shown), all}
}

// attempts are the errors that are joined in one.
func attempts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}
