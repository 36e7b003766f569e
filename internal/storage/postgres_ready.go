package storage

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"evbook/internal/booking"
)

// readyPatience is how long a connection may take to say that its server is ready.
const readyPatience = 2 * time.Second

// vitals are what a server says of itself.
type vitals struct {
	schema int
	err    error
}

// ready asks over a connection of its own, so that it does not wait behind readers: one for all who
// want to know, who come one after the other. It asks in the background, since who wants to know
// may not wait as long as it takes to find another server: one who comes later hears of it.
func (s *pgSource) ready(ctx context.Context) (schema int, err error) {
	said := make(chan vitals, 1)
	select {
	case conn := <-s.health:
		go s.examine(conn, said)
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case r := <-said:
		return r.schema, r.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// examine asks over the connection for health, or over a new one when that is lost, as it may have
// been long ago. Whatever is wrong, the next one to ask may reach another server of the address.
func (s *pgSource) examine(conn *pgx.Conn, said chan<- vitals) {
	var r vitals
	if conn != nil {
		r.schema, r.err = s.askReady(conn)
	}
	if conn == nil || conn.IsClosed() {
		if conn, r.err = connectTo(s.life, s.pool.Config()); r.err == nil {
			r.schema, r.err = s.askReady(conn)
		}
	}
	if r.err != nil && conn != nil {
		r.err = errors.Join(r.err, hangUp(conn))
		conn = nil
	}
	s.health <- conn
	said <- r
}

// askReady asks for the schema, and whether the server takes what this store has for it.
func (s *pgSource) askReady(conn *pgx.Conn) (schema int, err error) {
	ctx, cancel := context.WithTimeout(s.life, readyPatience)
	defer cancel()
	var standby bool
	var key []byte
	err = conn.QueryRow(ctx, `SELECT schema, reference_key, pg_is_in_recovery() FROM meta`).
		Scan(&schema, &key, &standby)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, unfinishedAt(s.name)
	case err == nil && !bytes.Equal(key, s.key):
		return 0, anotherDatabase(s.name)
	case err == nil && standby && s.writes:
		err = isStandby(s.name)
	case err == nil && s.demand != nil:
		err = s.demand(ctx, conn.PgConn())
	}
	return schema, err
}

// isStandby is the error of who would write to a server that only reads.
func isStandby(name string) *booking.Error {
	return booking.Errorf(booking.Unavailable, "%s cannot be written: it is a standby", name).
		WithHint("the address of the primary, or of all servers, is needed")
}
