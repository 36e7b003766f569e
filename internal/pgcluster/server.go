package pgcluster

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Config says what is special about a cluster.
type Config struct {
	// Settings go into its postgresql.conf, each as name and value, as they are. What is not named
	// is as installed, fsync with it, but for what keeps a cluster small and within its folder.
	Settings map[string]string
}

// Server is one PostgreSQL on the loopback, at a port that stays the same.
type Server struct {
	// base is the address of the superuser "evbook" and the database "evbook".
	base *url.URL
	bin  string
	keep *keeper
	// run is the server while it runs, else nil. ended is closed when it has ended.
	run   *exec.Cmd
	ended chan struct{}
	shelf shelf
}

// Start makes a cluster for one test alone, which may kill and stop it. It is gone at the end of
// the test. A machine without PostgreSQL skips the test, as with Address.
func Start(t testing.TB, config Config) *Server {
	t.Helper()
	s, err := newServer(config)
	need(t, err)
	endWith(t, s)
	return s
}

// endWith leaves nothing of a server when the test is over.
func endWith(t testing.TB, s *Server) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server said last:\n%s", s.log())
		}
		if err := s.end(); err != nil {
			t.Error(err)
		}
	})
}

// newServer makes a cluster and starts it.
func newServer(config Config) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	keep, err := newKeeper()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, keep: keep, base: &url.URL{
		Scheme: "postgres", User: url.UserPassword("evbook", rand.Text()),
		Host: fmt.Sprintf("127.0.0.1:%d", port), Path: "/evbook", RawQuery: "sslmode=disable",
	}}
	if err := s.prepare(config); err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// prepare brings a new server to where tests can use it.
func (s *Server) prepare(config Config) error {
	if err := s.initialise(config); err != nil {
		return err
	}
	if err := s.start(); err != nil {
		return err
	}
	return Execute(s.first(), "CREATE DATABASE evbook")
}

// first gives the address of the database that every cluster has from its beginning.
func (s *Server) first() string {
	first := *s.base
	first.Path = "/postgres"
	return first.String()
}

// FreePort finds a port of the loopback to listen at, below those that the system hands out:
// somebody who connects while the server is down could be given the very port, and would then reach
// himself.
func FreePort() (int, error) {
	const first, ports, tries = 20_000, 12_000, 100
	for range tries {
		n, err := rand.Int(rand.Reader, big.NewInt(ports))
		if err != nil {
			return 0, err
		}
		port := first + int(n.Int64())
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, fmt.Errorf("none of %d ports from %d on is free", tries, first)
}

// initialise makes the files of a cluster.
func (s *Server) initialise(config Config) error {
	password, _ := s.base.User.Password()
	secret := filepath.Join(s.keep.dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o600); err != nil {
		return err
	}
	if err := s.keep.owner.give(secret); err != nil {
		return err
	}
	// Checking a password by SCRAM takes milliseconds, which is much for a thousand connections.
	cmd := s.keep.command(filepath.Join(s.bin, "initdb"), "--pgdata="+s.data(), "--no-sync",
		"--auth=md5", "--pwfile="+secret, "--username=evbook", "--encoding=UTF8", "--locale=C")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, said)
	}
	return s.configure(config)
}

// configure writes the settings of a cluster behind those that initdb has written.
func (s *Server) configure(config Config) error {
	var text strings.Builder
	fmt.Fprintf(&text, "port = %s\nunix_socket_directories = '%s'\n", s.base.Port(), s.keep.dir)
	text.WriteString("listen_addresses = '127.0.0.1'\nshared_buffers = 64MB\n" +
		"max_connections = 200\n")
	// Memory of the system's would stay behind when the server is killed.
	text.WriteString("dynamic_shared_memory_type = mmap\n")
	for name, value := range config.Settings {
		fmt.Fprintf(&text, "%s = '%s'\n", name, strings.ReplaceAll(value, "'", "''"))
	}
	path := filepath.Join(s.data(), "postgresql.conf")
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text.String())
	return errors.Join(err, file.Close())
}

func (s *Server) data() string { return filepath.Join(s.keep.dir, "data") }

// start runs the server and waits until it answers.
func (s *Server) start() error {
	log, err := os.OpenFile(s.logPath(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	run := s.keep.command(filepath.Join(s.bin, "postgres"), "-D", s.data())
	run.Stdout, run.Stderr = log, log
	if err := run.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = run.Wait() // how it ended is in its log
		close(ended)
	}()
	s.run, s.ended = run, ended
	return s.await()
}

// await waits until the server answers, or has ended.
func (s *Server) await() error {
	for over := time.Now().Add(patience); ; {
		err := Execute(s.first(), "")
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			s.run = nil
			return fmt.Errorf("the server ended at once: %s", s.log())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(over) {
			return fmt.Errorf("the server does not answer: %w: %s", err, s.log())
		}
	}
}

func (s *Server) logPath() string { return filepath.Join(s.keep.dir, "log") }

// log gives the end of what the server has said.
func (s *Server) log() string {
	text, err := os.ReadFile(s.logPath())
	if err != nil {
		return err.Error()
	}
	const enough = 4000
	return string(text[max(0, len(text)-enough):])
}

// leave waits until the server, which was told to end, has done so.
func (s *Server) leave(err error) error {
	if err != nil {
		return err
	}
	select {
	case <-s.ended:
		s.run = nil
		return nil
	case <-time.After(patience):
		return fmt.Errorf("the server does not end: %s", s.log())
	}
}

// end leaves nothing of a cluster.
func (s *Server) end() error {
	var err error
	if s.run != nil {
		err = s.leave(stop(s.run.Process, false))
	}
	return errors.Join(err, s.keep.end())
}

// Kill ends the server and all its connections with SIGKILL, as a crash of the machine would, but
// that what it has handed to the system stays. Restart starts it again.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if err := s.leave(killAll(s.run.Process)); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server in order; transactions that are under way are rolled back.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.leave(stop(s.run.Process, true)); err != nil {
		t.Fatal(err)
	}
}

// Restart starts the server again after Kill or Stop, and waits until it answers.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	err := s.start()
	// What is left of a killed server's connections may hold its memory for a moment longer.
	for tries := 0; err != nil && tries < 50; tries++ {
		time.Sleep(50 * time.Millisecond)
		err = s.start()
	}
	if err != nil {
		t.Fatal(err)
	}
}
