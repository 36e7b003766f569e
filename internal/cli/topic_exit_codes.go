package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"evbook/internal/booking"
)

// exitPipe is what shells see of a process that writes to a pipe whose reader is gone.
const exitPipe = 141

// exitMeanings says in one line when each kind of failure occurs and what to do then.
func exitMeanings() map[booking.Kind]string {
	return map[booking.Kind]string{
		booking.Internal:        "anything unexpected",
		booking.Invalid:         "a command, flag or value is wrong; nothing was tried",
		booking.NotFound:        "no such event, booking, ticket type, pool or code",
		booking.SoldOut:         "fewer seats are left than were asked for",
		booking.Closed:          "the event or the ticket type is not on sale",
		booking.Limit:           "more than one booking or one customer may have",
		booking.Conflict:        "the state of things forbids it; repeating will not help",
		booking.KeyReused:       "the idempotency key belongs to another request",
		booking.Stale:           "changed by somebody else since you looked; look again",
		booking.Busy:            "the database was not free in time; nothing changed, repeat",
		booking.Unauthenticated: "a token or a booking's secret is missing or wrong",
		booking.Forbidden:       "not allowed",
		booking.TooMany:         "asked too often; wait",
		booking.Unavailable:     "the database cannot be opened, read or written",
		booking.Partial:         "some rows of many were refused, the others are done",
		booking.Unknown:         "it may be done; the hint says how to find out",
		booking.Unsound:         "verify, doctor or bench found something wrong",
		booking.Interrupted:     "Ctrl-C came before anything was changed",
	}
}

// exitLine is a row of the topic: how a command may end.
type exitLine struct {
	code          int
	word, meaning string
}

func exitCodesTopic() string {
	lines := []exitLine{
		{0, "", "done; for check: the seats can be booked"},
		{exitPipe, "", "nobody reads the answer any more (SIGPIPE); what was asked for is done"},
		{exitTerminated, string(booking.Interrupted), "SIGTERM came before anything was changed"},
	}
	codes, meanings := exitCodes(), exitMeanings()
	for _, kind := range booking.Kinds() {
		lines = append(lines, exitLine{codes[kind], string(kind), meanings[kind]})
	}
	slices.SortStableFunc(lines, func(a, b exitLine) int { return cmp.Compare(a.code, b.code) })
	var b strings.Builder
	b.WriteString(`The exit code of a command says how it ended; a number never changes its
meaning. With -o json the word stands in the answer, as error.code.

CODE  WORD         MEANING
`)
	for _, l := range lines {
		fmt.Fprintf(&b, "%4d  %-11s  %s\n", l.code, l.word, l.meaning)
	}
	return b.String()
}
