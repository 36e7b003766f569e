package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"evbook/internal/booking"
)

// dawdling is an engine that waits a moment for its like on another server, and for bookers, before
// it starts, and pauses between the first and the last keys of a group, so that both come to hold
// keys and want others. With disorder the keys are in an order of its own.
type dawdling struct {
	engine
	meet     chan struct{}
	disorder bool
	// deadlocks counts the groups that ended in one.
	deadlocks *atomic.Int64
}

func (e dawdling) lock() (func(), error) {
	select {
	case e.meet <- struct{}{}:
	case <-e.meet:
	case <-time.After(20 * time.Millisecond):
	}
	time.Sleep(5 * time.Millisecond)
	return e.engine.lock()
}

func (e dawdling) begin(ctx context.Context) (transaction, error) {
	tx, err := e.engine.begin(ctx)
	return dawdlingTx{tx, e}, err
}

type dawdlingTx struct {
	transaction
	of dawdling
}

func (tx dawdlingTx) commit(ctx context.Context, b *batch) (sent bool, err error) {
	isKey := func(s step) bool { return s.table == &keyRows }
	if first := slices.IndexFunc(b.steps, isKey); first >= 0 {
		end := first
		for end < len(b.steps) && isKey(b.steps[end]) {
			end++
		}
		if keys := b.steps[first:end]; tx.of.disorder {
			rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		}
		half := first + (end-first)/2
		err = tx.run(ctx, &batch{steps: b.steps[:half]})
		time.Sleep(3 * time.Millisecond)
		b = &batch{steps: b.steps[half:]}
	}
	if err == nil {
		sent, err = tx.transaction.commit(ctx, b)
	}
	if postgresCode(err) == "40P01" {
		tx.of.deadlocks.Add(1)
	}
	return sent, err
}

// meetOverKeys has two servers book with the same keys for different events at the same time, until
// it is enough. It gives how many keys there were, and how many bookings were made with them.
func meetOverKeys(t *testing.T, servers []*Store, enough func() bool) (keys, made int) {
	t.Helper()
	const meetings, bookers = 25, 24
	var events []booking.Selector
	for _, s := range servers {
		events = append(events, event(t, s, booking.MaxCapacity))
	}
	var booked atomic.Int64
	for ; keys < meetings*bookers && !enough(); keys += bookers {
		var all sync.WaitGroup
		for i, s := range servers {
			for n := range bookers {
				all.Go(func() {
					ask := seat(events[i], fmt.Sprint(keys+n))
					switch _, err := s.Book(context.Background(), ask); booking.KindOf(err) {
					case "":
						booked.Add(1)
					case booking.KeyReused, booking.Busy:
					default:
						t.Errorf("key %s: %v", ask.Key.Text, err)
					}
				})
			}
		}
		all.Wait()
	}
	return keys, int(booked.Load())
}

// dawdlers opens two servers on one database, and gives the number of their deadlocks.
func dawdlers(t *testing.T, address string, disorder bool) ([]*Store, *atomic.Int64) {
	t.Helper()
	var servers []*Store
	var deadlocks atomic.Int64
	meet := make(chan struct{})
	for range 2 {
		s := openPostgresAt(t, address)
		for _, w := range writersOf(s) {
			w.engine = dawdling{w.engine, meet, disorder, &deadlocks}
		}
		servers = append(servers, s)
	}
	return servers, &deadlocks
}

func TestTwoServersNeverDeadlockOverKeys(t *testing.T) {
	address := postgresAddress(t)
	servers, deadlocks := dawdlers(t, address, false)
	before := deadlocksOf(t, address)
	keys, made := meetOverKeys(t, servers, func() bool { return false })
	if made != keys {
		t.Errorf("%d keys have made %d bookings", keys, made)
	}
	sound(t, servers[0])
	for _, s := range servers { // a connection tells what it has counted when it ends
		must(t, s.Close())
	}
	if n, seen := deadlocksOf(t, address)-before, deadlocks.Load(); n+seen > 0 {
		t.Errorf("there were %d deadlocks, of which the server tells %d", seen, n)
	}
}

// Keys that are written in any order must deadlock, else the servers do not meet.
func TestTwoServersWithKeysInAnyOrderDeadlock(t *testing.T) {
	servers, deadlocks := dawdlers(t, postgresAddress(t), true)
	meetOverKeys(t, servers, func() bool { return deadlocks.Load() > 0 })
	if deadlocks.Load() == 0 {
		t.Error("there was no deadlock: the test is blind")
	}
}

// deadlocksOf counts those that the server has ended in the database of an address.
func deadlocksOf(t testing.TB, address string) (n int64) {
	t.Helper()
	atPostgres(t, address, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT deadlocks FROM pg_stat_database
			WHERE datname = current_database()`).Scan(&n)
	})
	return n
}
