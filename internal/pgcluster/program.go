package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// patience bounds the wait for a server or a program that has nothing to wait for itself.
const patience = time.Minute

// Program is one of PostgreSQL's own, such as psql, that works at an address which this package has
// given. It is told of it by its environment, because those programs know no search_path in an
// address. The process is killed at the end of the test.
func Program(t testing.TB, address, name string, args ...string) *exec.Cmd {
	t.Helper()
	bin, err := binaries()
	need(t, err)
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := at.User.Password()
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, name), args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "PG") || strings.HasPrefix(pair, "LC_")
	})
	cmd.Env = append(cmd.Env, "LC_ALL=C", "PGHOST="+at.Hostname(), "PGPORT="+at.Port(),
		"PGUSER="+at.User.Username(), "PGPASSWORD="+password,
		"PGDATABASE="+strings.TrimPrefix(at.Path, "/"), "PGSSLMODE="+at.Query().Get("sslmode"),
		"PGOPTIONS=-c search_path="+at.Query().Get("search_path"))
	return cmd
}

// Query runs statements on a connection of its own, in one transaction unless they say otherwise,
// and gives the first column of the last one's rows as text. NULL is the empty text.
func Query(t testing.TB, address, sql string) []string {
	t.Helper()
	column, err := query(address, sql)
	if err != nil {
		t.Fatal(err)
	}
	return column
}

// Execute runs statements like Query, for those who have no rows to expect and no test to fail.
func Execute(address, sql string) error {
	_, err := query(address, sql)
	return err
}

func query(address, sql string) (column []string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgconn.Connect(ctx, address)
	if err != nil {
		return nil, err
	}
	results, err := conn.Exec(ctx, sql).ReadAll()
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return nil, fmt.Errorf("%.60q: %w", sql, err)
	}
	if len(results) == 0 {
		return nil, nil // nothing but comments
	}
	for _, row := range results[len(results)-1].Rows {
		column = append(column, string(row[0]))
	}
	return column, nil
}
