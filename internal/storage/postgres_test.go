package storage

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// postgresAddress gives the address of a database that is set up.
func postgresAddress(t testing.TB) string {
	t.Helper()
	scripts := postgresSchema(t)
	last := len(scripts) - 1
	return pgcluster.Prepared(t, scripts[last], scripts[:last]...)
}

// postgresSchema are the scripts that set a database up.
func postgresSchema(t testing.TB) (scripts []string) {
	t.Helper()
	files, err := fs.Glob(postgresMigrations, "postgres/*.sql")
	must(t, err)
	for _, file := range files {
		script, err := postgresMigrations.ReadFile(file)
		must(t, err)
		scripts = append(scripts, string(script))
	}
	return append(scripts, fmt.Sprintf(`INSERT INTO meta
		(one, schema, oldest_writer, reference_key)
		VALUES (1, %d, %d, decode(repeat('5e', 32), 'hex'))`, schemaVersion, oldestWriter))
}

// atPostgres does something behind evbook's back.
func atPostgres(t testing.TB, address string, do func(context.Context, *pgx.Conn) error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	must(t, err)
	defer conn.Close(context.Background())
	must(t, do(t.Context(), conn))
}

// tamperPostgres changes a database behind evbook's back.
func tamperPostgres(t testing.TB, address string, statements ...string) {
	t.Helper()
	atPostgres(t, address, func(ctx context.Context, conn *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
}

// rowsAt counts the rows of a table, or of what else stands behind FROM.
func rowsAt(t testing.TB, address, from string) (n int) {
	t.Helper()
	atPostgres(t, address, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT count(*) FROM "+from).Scan(&n)
	})
	return n
}

// engineAt opens the engine alone.
func engineAt(t testing.TB, address string) *pgEngine {
	t.Helper()
	config, err := readAddress(address, soon)
	must(t, err)
	e, err := newPostgresEngine(t.Context(), Masked(address), config)
	must(t, err)
	t.Cleanup(func() { must(t, e.close()) })
	return e
}

// kindOfConnecting says how a database is refused, "" if it is not.
func kindOfConnecting(t testing.TB, address string) booking.Kind {
	t.Helper()
	config, err := readAddress(address, soon)
	if err == nil {
		var e *pgEngine
		if e, err = newPostgresEngine(t.Context(), Masked(address), config); err == nil {
			must(t, e.close())
		}
	}
	return booking.KindOf(classify(Masked(address), err, postgresError))
}

func TestADatabaseThatIsFasterThanSafeIsToldToWait(t *testing.T) {
	e := engineAt(t, postgresAddress(t)+"&synchronous_commit=off"+
		"&client_min_messages=error&idle_session_timeout=9000")
	for setting, want := range map[string]string{
		"synchronous_commit": "on", "client_min_messages": "warning", "idle_session_timeout": "0",
	} {
		var got string
		must(t, e.conn.QueryRow(t.Context(), "SHOW "+setting).Scan(&got))
		if got != want {
			t.Errorf("%s is %s, want %s", setting, got, want)
		}
	}
}

func TestWhatAnAddressSaysOfTheSessionIsHeeded(t *testing.T) {
	const address = "postgres://db/jitters?lock_timeout=7&options=-c%20statement_timeout%3D9" +
		"%20--idle-in-transaction-session-timeout%3D8"
	config, err := readAddress(address, soon)
	must(t, err)
	for name, want := range map[string]string{
		"lock_timeout": "7", "application_name": "evbook", "statement_timeout": "",
		"idle_in_transaction_session_timeout": "", "jit": "off",
	} {
		if got := config.ConnConfig.RuntimeParams[name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestServersThatCannotBeUsedAreUnavailable(t *testing.T) {
	address := postgresAddress(t)
	for name, bad := range map[string]string{
		"nobody listens":   "postgres://x@127.0.0.1:1/x",
		"no such database": strings.Replace(address, "/evbook?", "/nowhere?", 1),
		"wrong password":   strings.Replace(address, "@", "x@", 1),
		"not set up":       pgcluster.Address(t),
		"no such schema":   address + "x",
	} {
		if kind := kindOfConnecting(t, bad); kind != booking.Unavailable {
			t.Errorf("%s: %q", name, kind)
		}
	}
	if kind := kindOfConnecting(t, "postgres://ada:se%ret@127.0.0.1/x"); kind != booking.Invalid {
		t.Errorf("not an address: %q", kind)
	}
	if kind := kindOfConnecting(t, address); kind != "" {
		t.Errorf("a good one: %q", kind)
	}
}
