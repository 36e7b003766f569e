package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
)

// httpWords tells what all requests have in common, and shows some.
const httpWords = `
405, 406, 413 and 415 refuse a method, a stream for a client that takes none, a
body that is too large and one that is not said to be JSON.

Until the first token is made, everybody on this machine is served as the owner.
From then on, or where others than this machine reach the server, strangers see
events and free seats, book and hold; evbook token create makes tokens for
organisers and for the door. A booking that was made over HTTP is answered with
its secret, which opens that one booking. Tokens and secrets go into the header
Authorization: Bearer ...

The whole contract, field by field, is an OpenAPI document: evbook openapi prints
it, and GET /openapi.yaml and /openapi.json answer with it.

The stream of an event is made of server-sent events: how the event stands, then
a message for each entry of the journal, whose number is its id. Who sends the
last id as Last-Event-ID gets what was missed. event watch shows the same.

POST, PATCH and DELETE of bookings and POST of an event or to a waitlist take the
header Idempotency-Key: the same key does the same thing once, within 24 hours.

Lists take the filters and sorts of the commands, by the names that the fields
have: GET /events takes status, upcoming, since, until, search, available and
sort, GET /bookings and the waitlist take status, since, until, user_email, search
and sort, GET /bookings event_id too. All take limit, 1 to 200 (30), and cursor,
which is the next_cursor of the page before.

GET of an event, of its ticket types and pools and of a booking has the header
ETag. Sent back in If-None-Match it spares the answer (304). Sent in If-Match of a
PATCH or DELETE, or of a POST about a booking, it keeps from changing what somebody
else has changed meanwhile (412). Of an event the version alone will do:
If-Match: "3".

POST /bookings/batch takes {"bookings": [...]}, up to 1000 rows as POST /bookings
takes one, each with an idempotency_key of its own or a part of that in the header.
All are booked or none; with "atomic": false those that can be (200 and "partial"
where some are refused).

A hold is a booking that lapses unless it is confirmed in time. POST /bookings
holds seats with "hold": true, for 600 seconds, or with "ttl_seconds", 60 to
86400. The bodies after that may be left out: confirm takes quantity, lines,
user_email, name and note, extend takes ttl_seconds.

Where an event has several ticket types, POST /bookings takes "type" beside the
quantity, or "lines": [{"type": "adult", "quantity": 2}, ...] instead of it, and
"code" where an access code is needed. In a query, lines=adult:2,child:3 stands
for lines.

POST to a waitlist takes quantity, user_email, name, note and type. Seats that
come free are offered to who waits: the booking is held then, has offered_at, and
is confirmed or released as any hold is. PATCH of a booking takes user_email, name
and note, or else quantity or lines, the seats that it is to have; move takes
event_id, type and code, transfer takes user_email, name and note.

    curl localhost:8080/events -H 'Content-Type: application/json' \
      -d '{"name": "Go Meetup", "capacity": 40}'
    curl localhost:8080/bookings -H 'Content-Type: application/json' \
      -d '{"event_id": 1, "quantity": 2}'
    curl localhost:8080/bookings -H 'Content-Type: application/json' \
      -d '{"event_id": 1, "quantity": 2, "ttl_seconds": 900}'
    curl -X POST localhost:8080/bookings/EVB-7K3M9-9QXT4-K/confirm
    curl 'localhost:8080/bookings/check?event_id=1&quantity=2'
    curl -N localhost:8080/events/1/stream
`

func httpTopic() string {
	var b strings.Builder
	b.WriteString(`evbook serve answers at 127.0.0.1:8080 or --addr, others than this machine only
with TLS or behind a proxy:

`)
	for _, r := range httpapi.Routes() {
		fmt.Fprintf(&b, "  %-6s  %-32s  %s\n", r.Method, r.Path, r.About)
	}
	b.WriteString(`
Every answer is one JSON object with success, message and data; a failure has
error too, a list page. The commands print the same with -o json.

The status is 200 or 201 on success. Of failures it goes with error.code, which
evbook help exit-codes explains:

`)
	for _, line := range failureStatuses() {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	b.WriteString(httpWords)
	return b.String()
}

// failureStatuses lists the HTTP status of each failure, from 400 on, as "404  not_found".
func failureStatuses() []string {
	words := map[int][]string{}
	for _, kind := range booking.Kinds() {
		if status := httpapi.Status(kind); status >= 400 {
			words[status] = append(words[status], string(kind))
		}
	}
	var lines []string
	for _, status := range slices.Sorted(maps.Keys(words)) {
		lines = append(lines, fmt.Sprintf("%d  %s", status, strings.Join(words[status], ", ")))
	}
	return lines
}
