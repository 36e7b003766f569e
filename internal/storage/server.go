package storage

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Server is the database server that an address has led to.
type Server struct {
	// Addr is its host and port, or its socket.
	Addr string
	// Version is that of PostgreSQL; Database and Role are the names by which it knows ours.
	Version, Database, Role string
	// Standby says that nothing can be written there.
	Standby bool
	// number is the version as server_version_num.
	number int
}

// String tells which of several servers it is, and who asks.
func (s Server) String() string {
	return fmt.Sprintf("%s, database %q, role %q", s.Addr, s.Database, s.Role)
}

// Server tells which server the database was reached at, for people; the next connection may lead
// to another one. It is the zero Server for a file. Errors: Forbidden.
func (s *Store) Server(ctx context.Context) (Server, error) {
	if err := s.caller.Scope.OwnerOnly(); err != nil {
		return Server{}, err
	}
	at, err := s.read.source.server(ctx)
	return at, s.classify(err)
}

func (s *pgSource) server(ctx context.Context) (at Server, err error) {
	err = s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) (err error) {
		at, err = serverOf(ctx, conn.Conn())
		return err
	})
	return at, err
}

// server is none for a file.
func (s *sqliteSource) server(context.Context) (Server, error) { return Server{}, nil }

// serverOf asks the server of a connection.
func serverOf(ctx context.Context, conn *pgx.Conn) (Server, error) {
	at := Server{Addr: conn.PgConn().Conn().RemoteAddr().String()}
	err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int,
		current_setting('server_version'), pg_is_in_recovery(), current_database(), current_user`).
		Scan(&at.number, &at.Version, &at.Standby, &at.Database, &at.Role)
	return at, err
}
