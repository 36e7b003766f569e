package httpapi

import (
	"log/slog"
	"net/http"
	"time"

	"evbook/internal/storage"
)

// Options says how the door is to behave.
type Options struct {
	// Logger takes one line per request, and the text of internal errors; nil for neither.
	Logger *slog.Logger
	// Addr is the address listened on. A request may name its host beside the loopback names.
	Addr string
	// Currency is the ISO 4217 code of prices that name none; "" means EUR.
	Currency string
	// Now tells the time that "tomorrow" in a request counts from; nil means time.Now.
	Now func() time.Time
	// Draining says whether the server is shutting down, so that /readyz can tell; nil means never.
	Draining func() bool
}

// door holds what the handlers share. It has no state of its own: all that lasts is in the store.
type door struct {
	store *storage.Store
	opts  Options
	mux   *http.ServeMux
	cross *http.CrossOriginProtection
}

// New makes the HTTP door of a store.
func New(store *storage.Store, opts Options) http.Handler {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Currency == "" {
		opts.Currency = "EUR"
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Draining == nil {
		opts.Draining = func() bool { return false }
	}
	d := &door{
		store: store,
		opts:  opts,
		mux:   http.NewServeMux(),
		cross: http.NewCrossOriginProtection(),
	}
	for pattern, h := range d.routes() {
		d.mux.Handle(pattern, d.adapt(h))
	}
	return d
}

// NewServer makes a server with every time and size limited, so that no client can hold a
// connection or memory for long.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}
