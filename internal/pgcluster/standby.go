package pgcluster

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"testing"
)

// Standby makes a copy of a running server and has it follow: what is committed there arrives here.
// It is gone at the end of the test. Its name is what synchronous_standby_names calls it.
func (s *Server) Standby(t testing.TB, name string) *Server {
	t.Helper()
	standby, err := s.standby(name)
	need(t, err)
	endWith(t, standby)
	return standby
}

func (s *Server) standby(name string) (*Server, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	keep, err := newKeeper()
	if err != nil {
		return nil, err
	}
	at := *s.base
	at.Host = "127.0.0.1:" + strconv.Itoa(port)
	standby := &Server{bin: s.bin, keep: keep, base: &at}
	if err := standby.follow(s, name); err != nil {
		return nil, errors.Join(err, standby.end())
	}
	return standby, nil
}

// follow copies the files of a server, with its settings, and starts what has come of it.
func (s *Server) follow(primary *Server, name string) error {
	from := *primary.base
	from.RawQuery = url.Values{
		"sslmode": {"disable"}, "application_name": {name},
	}.Encode()
	cmd := s.keep.command(filepath.Join(s.bin, "pg_basebackup"), "--pgdata="+s.data(),
		"--dbname="+from.String(), "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w: %s", err, said)
	}
	if err := s.configure(Config{}); err != nil {
		return err
	}
	return s.start()
}

// At gives the address of the database on this server that another one has at an address.
func (s *Server) At(t testing.TB, address string) string {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	at.Host = s.base.Host
	return at.String()
}
