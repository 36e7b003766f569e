package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// httpActor is who stands in the journal behind a change that came over HTTP.
const httpActor = "http"

func newServe(a *app) *cobra.Command {
	var addrFile string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve events and bookings over HTTP",
		Long: `Serve events and bookings over HTTP, to programs on this machine. The other commands,
and further servers, may use the same database meanwhile. Ctrl-C lets running requests end; a
second one does not wait for them.`,
		Example: `  evbook serve
  evbook serve --addr 127.0.0.1:9000
  curl http://127.0.0.1:8080/events`,
		GroupID: groupOperations,
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd.Context(), addrFile)
		}),
	}
	flags := cmd.Flags()
	flags.String("addr", "", "loopback `HOST:PORT` to listen on (127.0.0.1:8080)")
	flags.String("shutdown-timeout", "", "the longest `DURATION` to let requests end (10s)")
	flags.StringVar(&addrFile, "addr-file", "", "write the address to this `FILE` once listening")
	return cmd
}

func (a *app) serve(ctx context.Context, addrFile string) error {
	if err := onlyLoopback(a.config.Addr); err != nil {
		return err
	}
	store, err := storage.Open(ctx, storage.Options{
		Path: a.config.DB, Create: true, LockTimeout: a.config.LockTimeout,
		Actor: httpActor, Serving: true,
	})
	if err != nil {
		return err
	}
	err = a.listenAndServe(ctx, store, addrFile)
	return errors.Join(err, store.Close())
}

// onlyLoopback refuses addresses that other machines could reach: everyone who reaches the server
// may read and change everything.
func onlyLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback()) {
		return nil
	}
	return booking.Errorf(booking.Invalid,
		"--addr: %q can be reached from other machines, and there is no access control yet", addr).
		WithHint("listen on this machine only: --addr 127.0.0.1:8080")
}

func (a *app) listenAndServe(ctx context.Context, store *storage.Store, addrFile string) error {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", a.config.Addr)
	if err != nil {
		return booking.Errorf(booking.Unavailable, "cannot listen on %s: %w", a.config.Addr,
			innermost(err)).WithHint("choose another port: evbook serve --addr 127.0.0.1:8081")
	}
	defer listener.Close()
	addr := listener.Addr().String()
	if addrFile != "" {
		if err := os.WriteFile(addrFile, []byte(addr+"\n"), 0o600); err != nil {
			return booking.Errorf(booking.Unavailable, "cannot write the address file: %w", err)
		}
	}
	level := slog.LevelInfo
	if a.global.quiet {
		level = slog.LevelWarn
	}
	logger := slog.New(slog.NewTextHandler(a.env.Err, &slog.HandlerOptions{Level: level}))
	var draining atomic.Bool
	server := httpapi.NewServer(httpapi.New(store, httpapi.Options{
		Logger: logger, Addr: addr, Currency: a.config.Currency, Now: a.env.Now,
		Draining: draining.Load,
	}))
	server.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelWarn)
	a.note("evbook %s listening on http://%s (%s). Ctrl-C stops it.", version(), addr, a.config.DB)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", addr, err)
	case <-ctx.Done():
		draining.Store(true)
		return a.drain(server)
	}
}

// drain stops a server: no new requests, and some time for those that run.
func (a *app) drain(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), a.config.ShutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		a.note("Some requests took longer than %s and were cut off.", a.config.ShutdownTimeout)
		return server.Close()
	}
	return nil
}

// innermost leaves out what the network packages say around a system error.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
