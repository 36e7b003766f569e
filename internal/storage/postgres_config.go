package storage

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// connectTimeout bounds the wait for each server of an address that does not set its own; who
	// waits for less than that everywhere else waits no longer here, but long enough for a server
	// that is far away.
	connectTimeout, farAway = 5 * time.Second, time.Second
	// A server that has gone without a word is given up after 5 + 3 × 2 seconds of silence.
	keepAliveIdle, keepAliveInterval, keepAliveCount = 5 * time.Second, 2 * time.Second, 3
	silence                                          = keepAliveIdle +
		keepAliveCount*keepAliveInterval
	// abandoned is after how long the server ends a transaction whose client has gone.
	abandoned = time.Minute
	// poolConnections is how many connections a store reads with, unless the address sets
	// pool_max_conns; the writer has one of its own.
	poolConnections = 4
)

// readAddress makes out of an address how to connect. What the address leaves open comes from the
// PG* variables, the service file and .pgpass, as in every PostgreSQL program. The error does not
// repeat the address: where it is badly written, nobody can tell its password from the rest.
func readAddress(address string, lockTimeout time.Duration) (*pgxpool.Config, error) {
	if hasStrayAt(address) {
		return nil, badAddress("")
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, badAddress(reasonAgainst(address, err))
	}
	if !hasSetting(address, "pool_max_conns") {
		config.MaxConns = poolConnections
	}
	follow(config)
	c := config.ConnConfig
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = min(connectTimeout, max(lockTimeout, farAway))
	}
	c.DialFunc = (&net.Dialer{Control: boundSilence, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount,
	}}).DialContext
	if hasSeveralHosts(c) {
		primaryOnly(config)
	}
	settings(c, sessionSettings(lockTimeout))
	return config, nil
}

// primaryOnly has connections pass over standbys, unless the address tells which servers it wants
// (target_session_attrs). Who writes must not stay with a standby that an address leads to for a
// moment, while another server takes over.
func primaryOnly(config *pgxpool.Config) {
	c := config.ConnConfig
	if c.ValidateConnect != nil || hasSetting(c.ConnString(), "target_session_attrs") {
		return
	}
	c.ValidateConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		answers, err := conn.Exec(ctx, `SELECT pg_is_in_recovery()`).ReadAll()
		if err == nil && string(answers[0].Rows[0][0]) == "t" {
			err = isStandby(Masked(c.ConnString()))
		}
		return err
	}
}

// hasSetting says whether an address has a setting, whatever its value.
func hasSetting(address, setting string) bool {
	at, err := url.Parse(address)
	return err == nil && at.Query().Has(setting)
}

// settings adds to what is set for a session, but for what the address, or the options in it, set.
func settings(c *pgx.ConnConfig, wanted map[string]string) {
	set := map[string]bool{}
	for name := range c.RuntimeParams {
		set[name] = true
	}
	for _, option := range strings.Fields(c.RuntimeParams["options"]) {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(option, "-c"), "--"), "=")
		set[strings.ReplaceAll(name, "-", "_")] = true
	}
	for name, value := range wanted {
		if !set[name] {
			c.RuntimeParams[name] = value
		}
	}
}

// sessionSettings are those of every connection, where the address says nothing else. There is no
// limit for statements, since one that ends a COMMIT would leave its verdict open.
func sessionSettings(lockTimeout time.Duration) map[string]string {
	return map[string]string{
		"application_name":                    "evbook",
		"client_encoding":                     "UTF8",
		"lock_timeout":                        fmt.Sprint(max(1, lockTimeout.Milliseconds())),
		"idle_in_transaction_session_timeout": fmt.Sprint(abandoned.Milliseconds()),
		"statement_timeout":                   "0",
		// Compiling a question takes hundreds of times as long as answering it.
		"jit": "off",
	}
}

// hasSeveralHosts is false for the second attempts at one host, with and without TLS.
func hasSeveralHosts(c *pgx.ConnConfig) bool {
	for _, f := range c.Fallbacks {
		if f.Host != c.Host || f.Port != c.Port {
			return true
		}
	}
	return false
}

// connectionsOf is how many connections a server opens: those it reads with, its lanes, and the one
// that finds out which lane.
func connectionsOf(config *pgxpool.Config) int { return int(config.MaxConns) + mostLanes + 1 }
