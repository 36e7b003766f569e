package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// sprint is how long each side books in a round.
const sprint = 2 * time.Second

// BenchmarkPostgres books single seats of random events and compares that with the textbook's
// transaction, run by pgbench in the same cluster, which syncs. The two alternate in each round.
// x-textbook is how often as fast a server of evbook's is, x-p99 how long its slow bookings take
// beside those of the textbook, x-cpu how many times the textbook's take of the processors' time,
// all processes counted: the medians of the rounds.
func BenchmarkPostgres(b *testing.B) {
	usual := debug.SetGCPercent(300) // as `serve` has it while little is alive
	b.Cleanup(func() { debug.SetGCPercent(usual) })
	cluster := pgcluster.Start(b, pgcluster.Config{})
	for _, c := range []struct{ bookers, events int }{{64, 1}, {64, 1000}, {1, 1}} {
		b.Run(fmt.Sprintf("bookers=%d/events=%d", c.bookers, c.events), func(b *testing.B) {
			s := serverWithEvents(b, cluster.Address(b, postgresSchema(b)...), c.events)
			textbook := pgcluster.NewTextbook(b, cluster.Address(b), c.events)
			bookFor(b, s, c.bookers, c.events) // statements are prepared
			var rates, ratios, p99s, used []float64
			for b.Loop() {
				began := cluster.Used()
				theirs := textbook.Run(b, c.bookers, int(sprint.Seconds()))
				between := cluster.Used()
				ours := bookFor(b, s, c.bookers, c.events)
				ended := cluster.Used()
				b.Logf("%s ours, %s the textbook's", told99(ours), told99(theirs))
				rates = append(rates, ours.PerSecond)
				ratios = append(ratios, ours.PerSecond/theirs.PerSecond)
				p99s = append(p99s, ours.P99.Seconds()/theirs.P99.Seconds())
				used = append(used, ((between-began).Seconds()/theirs.PerSecond)/
					((ended-between).Seconds()/ours.PerSecond))
			}
			b.ReportMetric(median(rates), "bookings/s")
			b.ReportMetric(median(ratios), "x-textbook")
			b.ReportMetric(median(p99s), "x-p99")
			b.ReportMetric(median(used), "x-cpu")
		})
	}
}

// BenchmarkPostgresReaders books with 64 bookers, alone and, in turns, beside a hundred connections
// whose readers look at an event ten times a second each. x-alone is how often as fast it is beside
// them: the median of the rounds.
func BenchmarkPostgresReaders(b *testing.B) {
	address := pgcluster.Start(b, pgcluster.Config{}).Address(b, postgresSchema(b)...)
	s := serverWithEvents(b, address, 1)
	var readers []*Store
	for range 25 {
		from, err := Open(b.Context(), Options{Address: address, ReadOnly: true})
		must(b, err)
		b.Cleanup(func() { must(b, from.Close()) })
		readers = append(readers, from)
	}
	var ratios []float64
	for b.Loop() {
		alone := bookFor(b, s, 64, 1)
		ctx, stop := context.WithCancel(b.Context())
		var all sync.WaitGroup
		for _, from := range readers {
			for range poolConnections {
				all.Go(func() { lookOn(ctx, b, from) })
			}
		}
		ratios = append(ratios, bookFor(b, s, 64, 1).PerSecond/alone.PerSecond)
		stop()
		all.Wait()
	}
	b.ReportMetric(median(ratios), "x-alone")
}

// lookOn looks at the first event again and again.
func lookOn(ctx context.Context, b *testing.B, from *Store) {
	for ctx.Err() == nil {
		_, err := from.Event(ctx, booking.Selector{ID: 1})
		if err != nil && ctx.Err() == nil {
			b.Error(err)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func told99(r pgcluster.Rate) string {
	return fmt.Sprintf("%.0f/s (median %s, p99 %s)", r.PerSecond, r.Median.Round(time.Microsecond),
		r.P99.Round(time.Microsecond))
}

// serverWithEvents opens a store as a server does, with so many events of plenty of seats.
func serverWithEvents(b *testing.B, address string, events int) *Store {
	b.Helper()
	tamperPostgres(b, address, fmt.Sprintf(`INSERT INTO events (id, name, description, venue,
			capacity, held, confirmed, price, currency, status, zone, version, created_at)
		SELECT n, 'Go Meetup', '', '', 100000000, 0, 0, 0, 'EUR', 'open', 'UTC', 1, 1
		FROM generate_series(1, %d) AS n`, events))
	s, err := Open(b.Context(), Options{Address: address, Actor: "test", Serving: true})
	must(b, err)
	b.Cleanup(func() { must(b, s.Close()) })
	return s
}

// bookFor lets bookers book seats of random events for a sprint.
func bookFor(b *testing.B, s *Store, bookers, events int) pgcluster.Rate {
	b.Helper()
	var (
		all sync.WaitGroup
		mu  sync.Mutex
		lat []time.Duration
	)
	end := time.Now().Add(sprint)
	for range bookers {
		all.Go(func() {
			var took []time.Duration
			for began := time.Now(); began.Before(end); {
				_, err := s.Book(context.Background(), booking.Request{
					Event: booking.Selector{ID: 1 + rand.Int64N(int64(events))}, Quantity: 1,
					Email: "user@example.com",
				})
				if err != nil {
					b.Error(err)
					return
				}
				now := time.Now()
				took = append(took, now.Sub(began))
				began = now
			}
			mu.Lock()
			defer mu.Unlock()
			lat = append(lat, took...)
		})
	}
	all.Wait()
	if len(lat) == 0 {
		b.Fatal("nothing was booked")
	}
	slices.Sort(lat)
	return pgcluster.Rate{
		PerSecond: float64(len(lat)) / sprint.Seconds(),
		Median:    lat[len(lat)/2], P99: lat[len(lat)*99/100],
	}
}
