package storage

import (
	"context"
	"net"
	"slices"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// route remembers which of the servers of an address was reached last, so that the next connection
// is sought there first. The driver takes them in the order of the address: one in front that has
// lost its power would cost every connection the whole time-out.
type route struct {
	lookUp pgconn.LookupFunc

	mu sync.Mutex
	// names are the names that numeric addresses were found for.
	names map[string]string
	// number and port are where a server was reached last, "" before that.
	number, port string
}

// follow has the connections that are made with a configuration follow one route.
func follow(config *pgxpool.Config) {
	r := &route{lookUp: config.ConnConfig.LookupFunc, names: map[string]string{}}
	config.ConnConfig.LookupFunc = r.resolve
	config.BeforeConnect, config.AfterConnect = r.order, r.note
}

// connectTo makes one connection outside of the pool, along the same route.
func connectTo(ctx context.Context, config *pgxpool.Config) (*pgx.Conn, error) {
	c := config.ConnConfig.Copy()
	if err := config.BeforeConnect(ctx, c); err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	return conn, config.AfterConnect(ctx, conn)
}

// resolve gives the numeric addresses of a name, first the one that was reached last.
func (r *route) resolve(ctx context.Context, name string) ([]string, error) {
	numbers, err := r.lookUp(ctx, name)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, number := range numbers {
		r.names[number] = name
	}
	slices.SortStableFunc(numbers, r.byLast)
	return numbers, err
}

func (r *route) byLast(a, b string) int {
	switch r.number {
	case a:
		return -1
	case b:
		return 1
	}
	return 0
}

// order puts the server that was reached last first, with all ways to it. It gives no error.
func (r *route) order(_ context.Context, c *pgx.ConnConfig) error {
	r.mu.Lock()
	name, port := r.names[r.number], r.port
	r.mu.Unlock()
	first := &pgconn.FallbackConfig{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}
	var known, others []*pgconn.FallbackConfig
	for _, way := range append([]*pgconn.FallbackConfig{first}, c.Fallbacks...) {
		if way.Host == name && strconv.Itoa(int(way.Port)) == port {
			known = append(known, way)
		} else {
			others = append(others, way)
		}
	}
	ways := append(known, others...)
	c.Host, c.Port, c.TLSConfig = ways[0].Host, ways[0].Port, ways[0].TLSConfig
	c.Fallbacks = ways[1:]
	return nil
}

// note notes where a connection leads. Sockets in the file system are all one to it.
func (r *route) note(_ context.Context, conn *pgx.Conn) error {
	number, port, err := net.SplitHostPort(conn.PgConn().Conn().RemoteAddr().String())
	if err == nil {
		r.mu.Lock()
		r.number, r.port = number, port
		r.mu.Unlock()
	}
	return nil
}
