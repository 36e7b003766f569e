package cli

import (
	"fmt"
	"strings"

	"evbook/internal/httpapi"
)

func httpTopic() string {
	var b strings.Builder
	b.WriteString(`evbook serve answers programs on this machine, at 127.0.0.1:8080 or --addr:

`)
	for _, r := range httpapi.Routes() {
		fmt.Fprintf(&b, "  %-6s  %-21s  %s\n", r.Method, r.Path, r.About)
	}
	b.WriteString(`
Every answer is one JSON object with success, message and data; a failure has
error too, a list page. The commands print the same with -o json.

The status is 200 or 201 on success, 400 for a bad request, 404 for what is not
there, 409 for too few seats and other conflicts, 422 for a key that belongs to
another request, 503 when the database cannot answer.

POST and DELETE of a booking and POST of an event take the header
Idempotency-Key: the same key does the same thing once, within 24 hours.

    curl localhost:8080/events -H 'Content-Type: application/json' \
      -d '{"name": "Go Meetup", "capacity": 40}'
    curl localhost:8080/bookings -H 'Content-Type: application/json' \
      -d '{"event_id": 1, "quantity": 2}'
    curl 'localhost:8080/bookings/check?event_id=1&quantity=2'
`)
	return b.String()
}
