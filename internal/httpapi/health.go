package httpapi

import (
	"context"
	"net/http"
	"time"

	"evbook/internal/booking"
)

const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
	// readyTime is how long the database may take to show that it is there.
	readyTime = time.Second
)

// isHealth is true for what load balancers and supervisors ask, under any name of the machine.
func isHealth(r *http.Request) bool {
	return r.URL.Path == healthPath || r.URL.Path == readyPath
}

// healthy says that the process is up. It never touches the database: restarting the process
// would not mend that.
func (v *visit) healthy(w http.ResponseWriter, _ *http.Request) error {
	render(w, http.StatusOK, done(nil, "evbook is up"))
	return nil
}

// ready says whether requests can be served now.
func (v *visit) ready(w http.ResponseWriter, r *http.Request) error {
	if v.opts.Draining() {
		return &refusal{
			status: http.StatusServiceUnavailable, code: string(booking.Unavailable),
			message: "the server is shutting down",
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := v.door.store.Ready(ctx); err != nil {
		return err
	}
	render(w, http.StatusOK, done(nil, "evbook is ready"))
	return nil
}
