//go:build linux

package yardstick

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"evbook/internal/booking"
)

// sending lets a client of the server have its turns. The processor time is that of both.
func (at *table) sending(s server, c *Client) side {
	return func(b *testing.B) Pace {
		cpu, before := s.used(b), c.Answered()
		p := c.Send(b, at.turn)
		p.CPU += (s.used(b) - cpu).Seconds() / float64(c.Answered()-before)
		return p
	}
}

// measurePosts books single seats of one event over so many connections: of evbook, of the limit
// server, of the seed design in both of its forms, and of PocketBase where there is one.
func measurePosts(b *testing.B, at *table, connections int) {
	h := at.moved(b)
	h.event(b, booking.MaxCapacity)
	evbook := h.serve(b)
	limit := evbook.limitOf(b, evbook.request("POST /bookings", "", seatOfFirst))
	dial := func(s server) *Client {
		return Dial(b, s.address, connections, http.StatusCreated,
			s.request("POST /bookings", "", seatOfFirst))
	}
	ours := dial(evbook)
	var memory []sample
	sides := []side{
		func(b *testing.B) Pace {
			p := at.sending(evbook, ours)(b)
			memory = append(memory, sample{wall: (evbook.memory(b) - limit.memory(b)) / 1e6})
			return p
		},
		at.sending(limit, dial(limit)),
		at.sendingToSeed(b, h.path("delete.db"), "delete", dial),
		at.sendingToSeed(b, h.path("wal.db"), "wal", dial),
	}
	if hasPocketBase(b) {
		p := startPocketBase(b)
		records := Dial(b, p.address, connections, http.StatusOK, p.record())
		sides = append(sides, at.sending(p.server, records))
		defer func() { p.storedExactly(b, records.Answered()) }()
	}
	at.keepPosts(b, connections, at.race(b, sides...))
	if connections == 1024 {
		at.keep(b, "memory", "", memory[1:]) // but for the turn that does not count
	}
	h.soldExactly(b, 1+ours.Answered())
}

// sendingToSeed starts a server of the seed design for a client that dials it.
func (at *table) sendingToSeed(
	b *testing.B, path, journal string, dial func(server) *Client,
) side {
	s := startYardstick(b, journal, path)
	return at.sending(s, dial(s))
}

// keepPosts keeps what can be said of bookings over so many connections.
func (at *table) keepPosts(b *testing.B, connections int, rounds [][]Pace) {
	b.Helper()
	many := strconv.Itoa(connections)
	at.keep(b, "post-"+many, "", speeds(rounds, 1))
	names := []string{"evbook", "limit", "seed, rollback", "seed, WAL", "PocketBase"}
	for i, name := range names[:len(rounds[0])] {
		at.found.Rates.set(name, many, Median(rates(rounds, i)))
	}
	if connections != 64 {
		return
	}
	at.keep(b, "seed-delete", "", speeds(rounds, 2))
	at.keep(b, "seed-wal", "", speeds(rounds, 3))
	if len(rounds[0]) > 4 {
		at.keep(b, "pocketbase", "", speeds(rounds, 4))
	}
	var p99s []sample
	for _, r := range rounds {
		p99s = append(p99s, sample{wall: r[0].P99.Seconds() / r[1].P99.Seconds()})
	}
	at.keep(b, "p99", "", p99s)
}

// soldExactly insists that the first event has as many seats taken as were acknowledged, and that
// the database is sound.
func (h house) soldExactly(b *testing.B, acknowledged int) {
	b.Helper()
	var shown struct{ Data struct{ Confirmed int } }
	err := json.Unmarshal([]byte(h.must(b, "event", "show", "1", "-o", "json")), &shown)
	if err != nil {
		b.Fatal(err)
	}
	if shown.Data.Confirmed != acknowledged {
		b.Errorf("%d seats were acknowledged, %d are taken", acknowledged, shown.Data.Confirmed)
	}
	h.must(b, "verify")
}

// measureKeys books with a key on each request, of which a million are kept already, and without.
func measureKeys(b *testing.B, at *table) {
	const live = 1_000_000
	h := at.moved(b)
	h.event(b, booking.MaxCapacity)
	evbook := h.serve(b)
	post := func(header string) Ask {
		return evbook.request("POST /bookings", header, seatOfFirst)
	}
	evbook.answer(b, post(ownKey))
	moreKeys(b, h.path("events.db"), live)
	dial := func(header string) *Client {
		return Dial(b, evbook.address, 64, http.StatusCreated, post(header))
	}
	with, without := dial(ownKey), dial("")
	rounds := at.race(b, at.sending(evbook, with), at.sending(evbook, without))
	at.keep(b, "keys", "", speeds(rounds, 1))
	h.soldExactly(b, 1+with.Answered()+without.Answered())
}

// measureSoldOut asks for seats of an event that has none.
func measureSoldOut(b *testing.B, at *table) {
	measureAnswers(b, at, "sold-out", 1, http.StatusConflict, func(s server) Ask {
		return s.request("POST /bookings", "", seatOfFirst)
	})
}

// measureCheck asks whether two seats can be booked.
func measureCheck(b *testing.B, at *table) {
	measureAnswers(b, at, "check", 100, http.StatusOK, func(s server) Ask {
		return s.request("GET /bookings/check?event_id=1&quantity=2", "", "")
	})
}

// measureEvent asks for an event.
func measureEvent(b *testing.B, at *table) {
	measureAnswers(b, at, "event", 100, http.StatusOK, func(s server) Ask {
		return s.request("GET /events/1", "", "")
	})
}

// measureAnswers sends requests that change nothing to evbook and to the limit server, over 64
// connections; the event has had one booking.
func measureAnswers(
	b *testing.B, at *table, name string, capacity, status int, ask func(server) Ask,
) {
	h := at.moved(b)
	event := h.event(b, capacity)
	h.must(b, "book", "--event", event, "--qty", "1")
	evbook := h.serve(b)
	limit := evbook.limitOf(b, ask(evbook))
	var sides []side
	for _, s := range []server{evbook, limit} {
		sides = append(sides, at.sending(s, Dial(b, s.address, 64, status, ask(s))))
	}
	at.keep(b, name, "", speeds(at.race(b, sides...), 1))
	h.soldExactly(b, 1)
}
