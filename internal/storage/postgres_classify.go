package storage

import (
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"evbook/internal/booking"
)

// postgresCode gives the SQLSTATE of an error that a PostgreSQL server has sent, "" for any other.
func postgresCode(err error) string {
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}

// before gives the error of a group of which nothing is saved: [again] if it lies in what else goes
// on in the database, or in the connection. Then the whole group is run again as it is.
func (e *pgEngine) before(err error) error {
	if err == nil {
		return nil
	}
	switch code := postgresCode(err); {
	case code == "25006":
		return e.leave(err)
	case e.conn.IsClosed():
		return again{unreachable(e.name).Because(err)}
	case passing(err, code):
		return again{err}
	}
	return err
}

// leave takes leave of a server that has become a standby, or always was one: there is, or will be,
// another primary at the address.
func (e *pgEngine) leave(err error) error {
	_ = e.drop() // what it says is no news
	return again{isStandby(e.name).Because(err)}
}

// passing says whether an error of the server's may be another one, or none, a moment later.
func passing(err error, code string) bool {
	switch code {
	case "40001", "40P01": // serialization failure, deadlock
		return true
	case "23505": // another server was faster with the same key or number
		return true
	case "57P01", "57P02", "57P03", "57P05": // shutting down, crashed, starting up, idle too long
		return true
	case "0A000": // a migration has changed what a prepared statement answers with
		var refusal *pgconn.PgError
		return errors.As(err, &refusal) && refusal.Routine == "RevalidateCachedQuery"
	}
	return strings.HasPrefix(code, "08") // connection exceptions
}

func (e *pgEngine) classify(name string, err error) error {
	return classify(name, err, postgresError)
}

// postgresError gives the error for a SQLSTATE, or for a server that is not there; nil for what
// nobody can act on.
func postgresError(name string, err error) *booking.Error {
	code := postgresCode(err)
	switch code {
	case "55P03":
		return booking.Errorf(booking.Busy, "%s is locked by another program", name).
			WithHint("nothing was changed; try again")
	case "25006":
		return isStandby(name)
	case "42P01", "42703":
		return notSetUp(name)
	case "42501":
		return booking.Errorf(booking.Unavailable, "no permission for a table of %s", name).
			WithHint("the role needs SELECT, INSERT, UPDATE and DELETE on evbook's tables")
	case "53100":
		return booking.Errorf(booking.Unavailable, "the disk of %s is full", name).
			WithHint("nothing was changed; make room and try again, reading still works")
	case "53200":
		return booking.Errorf(booking.Unavailable, "%s is out of memory", name)
	case "53300":
		return booking.Errorf(booking.Unavailable, "%s has too many connections", name).
			WithHint("raise max_connections, or lower pool_max_conns in the addresses")
	case "3D000", "3F000":
		return booking.Errorf(booking.Unavailable, "there is no database %s", name).
			WithHint("createdb makes one, evbook migrate up sets it up")
	case "XX001", "XX002":
		return booking.Errorf(booking.Unavailable, "%s is damaged", name).
			WithHint("put a backup in its place, or let a standby take over")
	}
	var unconnected *pgconn.ConnectError
	switch {
	case code == "42704" && errors.As(err, &unconnected):
		return unknownSetting(name, err)
	case strings.HasPrefix(code, "28"):
		return booking.Errorf(booking.Unavailable, "%s does not let this user in", name).
			WithHint("the password stands in PGPASSWORD, in .pgpass, or in the address")
	case passing(err, code), code == "" && isLost(err):
		return unreachable(name)
	}
	return nil
}

func unreachable(name string) *booking.Error {
	return booking.Errorf(booking.Unavailable, "%s cannot be reached", name).
		WithHint("nothing was changed; look whether the server runs, and try again")
}

// isLost says whether there was no connection, or there is none any more.
func isLost(err error) bool {
	var unreachable *pgconn.ConnectError
	var broken *net.OpError
	return errors.As(err, &unreachable) || errors.As(err, &broken) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

func notSetUp(name string) *booking.Error {
	return booking.Errorf(booking.Unavailable, "%s is not set up for evbook", name).
		WithHint("evbook migrate up sets it up")
}
