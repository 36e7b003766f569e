package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

const (
	demoActor = "demo"
	// demoBookers is how many fight for the last seats, each with the file open for itself, as
	// so many shells would have it.
	demoBookers = 50
	// demoLeft is how many seats are left when the fight begins.
	demoLeft = 20
)

func newDemo(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "demo",
		Long: `Make a throw-away database with a few events, let many bookers fight for the last
seats of one of them, and prove the result. Nothing of yours is touched and nothing is left
behind.`,
		Example: "  evbook demo",
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context())
		}),
	}
}

func (a *app) demo(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "evbook-demo-")
	if err != nil {
		return booking.Errorf(booking.Unavailable, "cannot make a folder for the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	d := &demo{path: filepath.Join(folder, "events.db"), zone: a.demoZone(), now: a.env.Now()}
	if err := d.play(ctx); err != nil {
		return err
	}
	if err := a.show(d.answer()); err != nil || d.kept() {
		return err
	}
	return answered{booking.Unsound}
}

// demoZone is the zone of the made-up events: the configured one, or one with a clock change.
func (a *app) demoZone() string {
	if a.config.TZ != "" {
		return a.config.TZ
	}
	return "Europe/Berlin"
}

// demo is one run of the demonstration, and what came of it.
type demo struct {
	path, zone string
	now        time.Time
	// hot is the event that everybody wants, the last one made.
	hot booking.Selector
	// booked counts the seats that were acknowledged to the crowd, refused the bookers that were
	// told that none was left.
	booked, refused atomic.Int64
	took            time.Duration
	before, after   []booking.Event
	report          storage.Report
}

// play makes the events, lets the crowd in and looks at the result.
func (d *demo) play(ctx context.Context) error {
	store, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := d.fill(ctx, store); err != nil {
		return err
	}
	all := storage.EventQuery{Page: storage.Page{Limit: storage.DefaultLimit}}
	before, err := store.Events(ctx, all)
	if err != nil {
		return err
	}
	if err := d.fight(ctx); err != nil {
		return err
	}
	after, err := store.Events(ctx, all)
	if err != nil {
		return err
	}
	d.before, d.after = before.Events, after.Events
	d.report, err = store.Verify(ctx)
	return err
}

func (d *demo) open(ctx context.Context) (*storage.Store, error) {
	return storage.Open(ctx, storage.Options{Path: d.path, Create: true, Actor: demoActor})
}

// fill makes believable events, each with some bookings.
func (d *demo) fill(ctx context.Context, store *storage.Store) error {
	for _, e := range []struct {
		name, venue  string
		days         int
		price        int64
		capacity     int
		firstBooking int
	}{
		{"Go Meetup", "Old Town Library", 9, 0, 40, 12},
		{"Pottery for Beginners", "Workshop on the Quay", 16, 45_00, 8, 3},
		{"New Year's Concert", "St Mary's Hall", 40, 28_50, 120, 120 - demoLeft},
	} {
		start := d.now.AddDate(0, 0, e.days).Truncate(24 * time.Hour).Add(18 * time.Hour)
		made, err := store.CreateEvent(ctx, booking.NewEvent{EventDetails: booking.EventDetails{
			Name: e.name, Venue: e.venue, Capacity: e.capacity, Zone: d.zone, StartsAt: start,
			Price: booking.Money{Minor: e.price, Currency: "EUR"},
		}})
		if err != nil {
			return err
		}
		d.hot = booking.Selector{ID: made.Event.ID}
		_, err = store.Book(ctx, booking.Request{Event: d.hot, Quantity: e.firstBooking})
		if err != nil {
			return err
		}
	}
	return nil
}

// fight lets everybody book the last event at once, one seat at a time, until none is left.
func (d *demo) fight(ctx context.Context) error {
	began := time.Now()
	failures := make([]error, demoBookers)
	var everybody sync.WaitGroup
	for i := range demoBookers {
		everybody.Go(func() { failures[i] = d.bookUntilRefused(ctx) })
	}
	everybody.Wait()
	d.took = time.Since(began)
	return errors.Join(failures...)
}

func (d *demo) bookUntilRefused(ctx context.Context) error {
	store, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	for {
		r, err := store.Book(ctx, booking.Request{Event: d.hot, Quantity: 1})
		switch {
		case booking.KindOf(err) == booking.SoldOut:
			d.refused.Add(1)
			return nil
		case err != nil:
			return err
		}
		d.booked.Add(int64(r.Booking.Quantity))
	}
}

// contested is the event that everybody wanted, after the fight.
func (d *demo) contested() booking.Event { return d.after[len(d.after)-1] }

// kept says whether both promises were kept: every seat sold once, every acknowledgement true.
func (d *demo) kept() bool {
	e := d.contested()
	return e.Confirmed == e.Capacity && d.booked.Load() == demoLeft && len(d.report.Findings) == 0
}

// demoView is the result for programs.
type demoView struct {
	Capacity int   `json:"capacity"`
	Sold     int   `json:"sold"`
	Bookers  int   `json:"bookers"`
	Booked   int64 `json:"booked"`
	Refused  int64 `json:"refused"`
	Findings int   `json:"findings"`
}

func (d *demo) answer() answer {
	e := d.contested()
	return answer{
		envelope: httpapi.Envelope{
			Success: d.kept(),
			Message: fmt.Sprintf("sold %d of %s", e.Confirmed, booking.Seats(e.Capacity)),
			Data: demoView{
				Capacity: e.Capacity, Sold: e.Confirmed, Bookers: demoBookers,
				Booked: d.booked.Load(), Refused: d.refused.Load(),
				Findings: len(d.report.Findings),
			},
		},
		names: []string{strconv.FormatInt(e.ID, 10)},
		text:  d.tell,
		bare:  true,
	}
}

// tell is the story for people.
func (d *demo) tell(p *page) {
	e := d.contested()
	p.line("Three events in a throw-away database:")
	p.line("")
	tabulate(p, eventListing(d.now), d.before)
	p.line("")
	p.line("%d bookers, each with the file open for itself, fight for %d seats of event %d.",
		demoBookers, demoLeft, e.ID)
	p.line("%s later:", d.took.Round(time.Millisecond))
	p.line("")
	tabulate(p, eventListing(d.now), d.after)
	p.line("")
	p.line("Sold %d of %d seats: %d before, %d to the crowd. %d bookers were told: sold out.",
		e.Confirmed, e.Capacity, e.Capacity-demoLeft, d.booked.Load(), d.refused.Load())
	p.line("Counted again from %d bookings and %d journal entries: %d findings.",
		d.report.Bookings, d.report.Entries, len(d.report.Findings))
	if !d.kept() {
		p.report(d.report)
		return
	}
	p.line("Never oversold, nothing lost.")
	p.line("")
	p.line("Now with events of your own:")
	p.line(`  evbook event create --name "Go Meetup" --capacity 40`)
	p.line("  evbook book --event 1 --qty 2")
	p.line("  evbook serve")
}
