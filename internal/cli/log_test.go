package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

func sampleEntries() []booking.Entry {
	at := time.Date(2026, 12, 1, 18, 0, 5, 0, time.UTC)
	return []booking.Entry{
		{EventID: 1, Seq: 1, At: at, Actor: "cli:ada", Kind: booking.EventCreated, Capacity: 40},
		{EventID: 1, Seq: 2, At: at, Actor: "cli:\x1bada", Kind: booking.BookingConfirmed,
			Booking: 1, Confirmed: 2},
		{EventID: 1, Seq: 3, At: at, Actor: "a very long name of somebody", Booking: 1,
			Kind: booking.BookingReduced, Confirmed: -1},
		{EventID: 12, Seq: 4, At: at, Actor: "http", Kind: booking.EventEdited, Capacity: -5,
			Detail: booking.Detail{Fields: []string{"capacity", "venue"}}},
		{EventID: 12, Seq: 5, At: at, Actor: "http", Kind: booking.BookingConfirmed, Booking: 1,
			Held: -3, Confirmed: 2},
		{EventID: 12, Seq: 6, At: at, Actor: "http", Kind: booking.BookingHeld, Booking: 1,
			Held: 2, Detail: booking.Detail{ExpiresAt: at.Add(10 * time.Minute)}},
	}
}

func TestTheJournalIsDrawnForEyes(t *testing.T) {
	berlin, err := booking.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const want = `` +
		`WHEN (Europe/Berlin)  EVENT  SEQ  WHO                           WHAT               ` +
		"REFERENCE          SEATS  DETAIL\n" +
		`2026-12-01 19:00:05       1    1  cli:ada                       event.created      ` +
		"                          capacity +40\n" +
		`2026-12-01 19:00:05       1    2  cli:␛ada                      booking.confirmed  ` +
		"EVB-00000-00001-H     +2\n" +
		`2026-12-01 19:00:05       1    3  a very long name of somebody  booking.reduced    ` +
		"EVB-00000-00001-H     -1\n" +
		`2026-12-01 19:00:05      12    4  http                          event.edited       ` +
		"                          capacity -5, venue\n" +
		`2026-12-01 19:00:05      12    5  http                          booking.confirmed  ` +
		"EVB-00000-00001-H     -1  held -3\n" +
		`2026-12-01 19:00:05      12    6  http                          booking.held       ` +
		"EVB-00000-00001-H     +2  held +2, until 2026-12-01 19:10:05\n"
	var b bytes.Buffer
	p := page{to: &b}
	tabulate(&p, entryListing(berlin), sampleEntries())
	if b.String() != want || p.err != nil {
		t.Errorf("error %v, drawn:\n%s\nwant:\n%s", p.err, b.String(), want)
	}
}

func TestFollowedEntriesStandUnderTheirHeads(t *testing.T) {
	const want = `` +
		`WHEN (UTC)           EVENT    SEQ  WHO               WHAT                 ` +
		"REFERENCE          SEATS  DETAIL\n" +
		`2026-12-01 18:00:05      1      1  cli:ada           event.created        ` +
		"                          capacity +40\n" +
		`2026-12-01 18:00:05      1      2  cli:␛ada          booking.confirmed    ` +
		"EVB-00000-00001-H     +2\n" +
		`2026-12-01 18:00:05      1      3  a very long name of somebody  booking.reduced      ` +
		"EVB-00000-00001-H     -1\n"
	var b bytes.Buffer
	p := page{to: &b}
	followed(&p, sampleEntries()[:1], entryListing(time.UTC))
	p.bare = true
	followed(&p, sampleEntries()[1:3], entryListing(time.UTC))
	if b.String() != want {
		t.Errorf("drawn:\n%s\nwant:\n%s", b.String(), want)
	}
}

func TestTheDetailTellsPeopleWhatTheSeatsDoNot(t *testing.T) {
	until := time.Date(2026, 12, 1, 22, 0, 0, 0, time.UTC)
	adults := func(held, confirmed, waiting int) []booking.TypeSeats {
		return []booking.TypeSeats{
			{Type: 1, Name: "adult", Held: held, Confirmed: confirmed, Waiting: waiting},
		}
	}
	for want, e := range map[string]booking.Entry{
		"waiting +2": {Kind: booking.BookingJoined, Waiting: 2},
		"waiting -2, held +2, until 2026-12-01 22:00:00, adult +2": {
			Kind: booking.BookingOffered, Waiting: -2, Held: 2,
			Detail: booking.Detail{ExpiresAt: until, Types: adults(2, 0, -2)}},
		"waiting -1, adult": {Kind: booking.BookingLeft, Waiting: -1,
			Detail: booking.Detail{Types: adults(0, 0, -1)}},
		"held -2, adult": {Kind: booking.BookingConfirmed, Held: -2, Confirmed: 2,
			Detail: booking.Detail{Types: adults(-2, 2, 0)}},
		"adult -1, child +1": {Kind: booking.BookingResized, Detail: booking.Detail{
			Types: append(adults(0, -1, 0), booking.TypeSeats{Name: "child", Confirmed: 1})}},
		"to event 2": {EventID: 1, Kind: booking.BookingMoved, Confirmed: -3,
			Detail: booking.Detail{Event: 2}},
		"held +3, until 2026-12-01 22:00:00, adult +3, code CLUB, from event 1": {EventID: 2,
			Kind: booking.BookingMoved, Held: 3, Detail: booking.Detail{
				Event: 1, Code: "CLUB", Types: adults(3, 0, 0), ExpiresAt: until}},
		"adult +2": {EventID: 1, Kind: booking.BookingMoved, Confirmed: 2,
			Detail: booking.Detail{Event: 1, Types: adults(0, 2, 0)}},
		"balcony":   {Kind: booking.PoolAdded, Detail: booking.Detail{Name: "balcony"}},
		"code CLUB": {Kind: booking.CodeAdded, Detail: booking.Detail{Code: "CLUB"}},
		"":          {Kind: booking.BookingTransferred},
	} {
		if got := entryDetail(e, time.UTC); got != want {
			t.Errorf("%s: %q, want %q", e.Kind, got, want)
		}
	}
}

func TestTheLogTakesOnlyWhatItUnderstands(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	for _, c := range []struct{ line, says string }{
		{"log --event=", "--event: "},
		{"log --event=001", "--event: "},
		{"log --ref=EVB-7K3M9-9QXT4-0", "typo"},
		{"log --ref=", "--ref: "},
		{"log --since=last-week", "--since: "},
		{"log --since=", "--since: is missing"},
		{"log --limit=0", "--limit: must be"},
		{"log --limit=5 --all", "--limit: cannot stand together with --all"},
		{"log --cursor=1", "--cursor: "},
		{"log --cursor=1.1.x", "--cursor: "},
		{"log --follow --limit=5", "--limit: cannot stand together with --follow"},
		{"log --follow --cursor=1.1.1", "--cursor: cannot stand together with --follow"},
	} {
		stdout, stderr, code := w.run(strings.Fields(c.line)...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d, stderr %q, want %q in it", c.line, code, stderr, c.says)
		}
	}
	w.vars["EVBOOK_TZ"] = "Berlin"
	if _, stderr, code := w.run("log"); code != 2 || !strings.Contains(stderr, "EVBOOK_TZ: ") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

func TestALogThatCannotBeWrittenEnds(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	var stderr bytes.Buffer
	if code := w.runTo(brokenWriter{}, &stderr, "log", "--follow", "--all"); code != 1 {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
}
