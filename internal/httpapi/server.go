package httpapi

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"evbook/internal/storage"
)

// What counts where neither the client nor the options say anything.
const (
	defaultZone     = "UTC"
	defaultCurrency = "EUR"
)

// answerTime is for a transaction itself, on a slow disk, and for the way of the answer.
const answerTime = 20 * time.Second

// Options says how the door is to behave.
type Options struct {
	// Logger takes one line per request, and the text of internal errors; nil for neither.
	Logger *slog.Logger
	// Zone is the IANA name of the time zone of new events that name none; their times are read
	// in it. "" means UTC.
	Zone string
	// Currency is the ISO 4217 code of prices that name none; "" means EUR.
	Currency string
	// Now tells the time that "tomorrow" in a request counts from; nil means time.Now.
	Now func() time.Time
	// Open serves everybody as the owner until the first token is made; for servers that nothing
	// but their own machine can reach.
	Open bool
	// Draining says whether the server is shutting down, so that /readyz can tell and streams end,
	// which the server would wait for else; nil means never.
	Draining func() bool
	// MaxStreams is how many streams there may be at once; 0 means 1,000.
	MaxStreams int
	// Heartbeat is the time between two signs of life in a stream; 0 means 15 seconds.
	Heartbeat time.Duration
	// Hosts are the names of the door beside those of this machine, without ports.
	Hosts []string
	// Proxies are the networks of the proxies that say where requests come from. Without any, a
	// request that was passed on is refused.
	Proxies []netip.Prefix
	// Origins are those of web pages whose scripts may use the door, as browsers write them:
	// "https://club.example".
	Origins []string
	// Limits say how often one client is answered; nil for any number of times.
	Limits *Limits
	// Metrics count what is answered; nil for nobody who counts.
	Metrics *Metrics
	// Uses remember which tokens were shown; nil for nobody who wants to know.
	Uses *TokenUses
}

// door holds what the handlers share. All that lasts is in the store.
type door struct {
	store *storage.Store
	opts  Options
	mux   *http.ServeMux
	cross *http.CrossOriginProtection
	// headers are those of every answer. They share their values, which are only replaced.
	headers []header
	streams *streamHub
	// logs are the logs of requests by their outcome: [door.logOf].
	logs   sync.Map
	tokens tokens
	// crowd are those who read just now.
	crowd crowd
	// limits forget with the process, and count for this server alone.
	limits limits
}

// New makes the HTTP door of a store.
func New(store *storage.Store, opts Options) http.Handler {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Currency == "" {
		opts.Currency = defaultCurrency
	}
	if opts.Zone == "" {
		opts.Zone = defaultZone
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Draining == nil {
		opts.Draining = func() bool { return false }
	}
	opts.Heartbeat = cmp.Or(opts.Heartbeat, defaultHeartbeat)
	d := &door{
		store:   store,
		opts:    opts,
		mux:     http.NewServeMux(),
		cross:   http.NewCrossOriginProtection(),
		headers: hardHeaders(),
		streams: newStreamHub(store, opts),
		limits:  newLimits(opts.Limits, opts.Metrics, time.Now),
	}
	for _, origin := range opts.Origins {
		if err := d.cross.AddTrustedOrigin(origin); err != nil {
			panic(err) // the configuration has checked them
		}
	}
	may := policy()
	for pattern, r := range routes() {
		d.mux.Handle(pattern, d.adapt(may[pattern], r.handle))
	}
	return d
}

// NewServer makes a server with every time and size limited, so that no client can hold a
// connection or memory for long. A handler may wait for the database as long as the lock timeout
// of the store says, 0 for [storage.DefaultLockTimeout], and still has time to answer.
func NewServer(h http.Handler, lockTimeout time.Duration) *http.Server {
	if lockTimeout == 0 {
		lockTimeout = storage.DefaultLockTimeout
	}
	const readTimeout = 15 * time.Second
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       readTimeout,
		// It counts from the end of the header: reading the body is part of it.
		WriteTimeout:   readTimeout + lockTimeout + answerTime,
		IdleTimeout:    120 * time.Second,
		MaxHeaderBytes: 16 << 10,
		// OPTIONS * is answered by the handler too, with the headers of every answer.
		DisableGeneralOptionsHandler: true,
	}
}

// unhurried does work that takes the longer the more there is in the database, and can be waited
// for as long as it takes: only its answer has a time limit, which begins when it is done.
func unhurried[T any](w http.ResponseWriter, work func() (T, error)) (T, error) {
	control := http.NewResponseController(w)
	// Where there is no connection, there is no deadline either.
	_ = control.SetWriteDeadline(time.Time{})
	defer func() { _ = control.SetWriteDeadline(time.Now().Add(answerTime)) }()
	return work()
}
