package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// relocateInPart is a helper that moves a database, and is ready when so many stages are done.
func relocateInPart(work task, o orders) error {
	var stopped error
	stages := -1.0
	_, err := Relocate(context.Background(), Relocation{
		From: work.Path, To: work.Address,
		Progress: func(_ Stage, done, total int) {
			if done == 0 {
				stages++
			}
			if stopped == nil && stages+float64(done)/float64(total) >= work.Part {
				stopped = o.ready()
			}
		},
	})
	return errors.Join(stopped, err)
}

// crowded makes a file with everything of a season, and five hundred bookings more.
func crowded(t testing.TB) string {
	t.Helper()
	path := season(t)
	s := openAt(t, path)
	sel := event(t, s, 500)
	requests := make([]booking.Request, 500)
	for i := range requests {
		requests[i] = seat(sel, fmt.Sprintf("more-%d", i))
	}
	_, err := s.BookMany(t.Context(), requests, true)
	must(t, err)
	must(t, s.Close())
	return path
}

// contents is every row of every table that is moved, read from a file.
func contents(t testing.TB, path string) string {
	t.Helper()
	from, err := openOrigin(t.Context(), Options{Path: path, LockTimeout: time.Second})
	must(t, err)
	var all strings.Builder
	for _, table := range movedTables() {
		rows, err := from.read(t.Context(), table, func() {})
		must(t, err)
		for rows.Next() {
		}
		must(t, rows.Err())
		rows.close()
		fmt.Fprintf(&all, "%s %d %x\n", table.name, rows.seen.rows, rows.seen.sum())
	}
	must(t, from.close())
	return all.String()
}

// contentsAt is the same of what is at an address.
func contentsAt(t testing.TB, address string) string {
	t.Helper()
	to, err := openDestination(t.Context(), Options{Address: address, LockTimeout: time.Second})
	must(t, err)
	var all strings.Builder
	for _, table := range movedTables() {
		seen := newTally()
		must(t, to.each(t.Context(), table, seen.add))
		fmt.Fprintf(&all, "%s %d %x\n", table.name, seen.rows, seen.sum())
	}
	must(t, to.close())
	return all.String()
}

// A process is killed while rows are copied, and while they are read back.
func TestAMoveThatIsKilledIsRepeated(t *testing.T) {
	for _, part := range []float64{1, 1.5, 2.5, 3} {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			path, address := crowded(t), unused(t)
			want := contents(t, path)
			p := launch(t, task{Role: "relocate", Path: path, Address: address, Part: part})
			p.await(t)
			p.kill()
			sound(t, openAt(t, path))
			if done := moved(t, path, address); done.Already {
				t.Error("it was moved before COMMIT")
			}
			if got := contentsAt(t, address); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// A process is killed when its COMMIT is on its way, and when it was carried out but the file is
// not marked yet.
func TestAMoveThatIsKilledAroundCommitIsRepeated(t *testing.T) {
	for name, do := range map[string]pgcluster.Action{
		"does not arrive": pgcluster.DropRequest, "is not answered": pgcluster.DropAnswer,
	} {
		t.Run(name, func(t *testing.T) {
			path, address := crowded(t), postgresAddress(t)
			want := contents(t, path)
			proxy := pgcluster.NewProxy(t, address)
			var connection int
			fault := proxy.Arm(do, func(m pgcluster.Message) bool {
				connection = m.Connection
				return m.Type == 'E' && m.SQL == "COMMIT"
			})
			p := launch(t, task{Role: "relocate", Path: path, Address: proxy.Address, Part: 9})
			<-fault.Struck()
			last := connection
			<-proxy.Arm(pgcluster.Stall, func(m pgcluster.Message) bool {
				return m.Connection > last // it asks what became of its COMMIT
			}).Struck()
			p.kill()
			if id := identityOf(t, path); id.movedTo != "" {
				t.Fatal("the file is marked already: nothing is proven")
			}
			if done := moved(t, path, address); done.Already != (do == pgcluster.DropAnswer) {
				t.Errorf("moved before: %v", done.Already)
			}
			if got := contentsAt(t, address); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}
