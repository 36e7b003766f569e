package storage

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"evbook/internal/booking"
)

// bookUntilMoved books seats in a file, by several at once, until each of them is refused. started
// is called when there are some bookings. It gives the references that were acknowledged.
func bookUntilMoved(t testing.TB, s *Store, sel booking.Selector, started func()) (
	acknowledged []booking.Reference,
) {
	t.Helper()
	const crowd, some = 8, 40
	var all sync.WaitGroup
	var mu sync.Mutex
	for range crowd {
		all.Go(func() {
			for !t.Failed() {
				r, err := s.Book(t.Context(), seat(sel, ""))
				if booking.KindOf(err) == booking.Busy {
					continue
				}
				if err != nil {
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, r.Booking.Reference)
				if len(acknowledged) == some {
					all.Go(started)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return acknowledged
}

// lost counts references that lead nowhere at an address.
func lost(t testing.TB, address string, references []booking.Reference) (n int) {
	t.Helper()
	s := openPostgresAt(t, address)
	for _, ref := range references {
		if _, err := s.Booking(t.Context(), ref); booking.KindOf(err) == booking.NotFound {
			n++
		} else {
			must(t, err)
		}
	}
	return n
}

func TestNothingThatIsBookedDuringAMoveIsLost(t *testing.T) {
	path, address := empty(t), unused(t)
	s := openAt(t, path)
	sel := event(t, s, booking.MaxCapacity)
	booked := bookUntilMoved(t, s, sel, func() { moved(t, path, address) })
	if n := lost(t, address, booked); n > 0 {
		t.Errorf("%d of %d bookings are lost", n, len(booked))
	}
	sound(t, openPostgresAt(t, address))
}

// What a copy is moved of goes on being sold: the guard is that a move keeps all others out, and
// marks the file.
func TestWhatIsBookedDuringTheMoveOfACopyIsLost(t *testing.T) {
	path, address := empty(t), unused(t)
	s := openAt(t, path)
	sel := event(t, s, booking.MaxCapacity)
	booked := bookUntilMoved(t, s, sel, func() {
		copied := filepath.Join(t.TempDir(), "copy.db")
		_, err := s.Backup(t.Context(), copied)
		must(t, err)
		moved(t, copied, address)
		time.Sleep(50 * time.Millisecond)
		must(t, s.Close())
	})
	if n := lost(t, address, booked); n == 0 {
		t.Error("nothing is lost without the guard: the test beside it proves nothing")
	}
}
