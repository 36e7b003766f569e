package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"
	"time"

	"evbook/internal/booking"
)

// stuck is behind a database handle that closes and says that it failed to.
type stuck struct{ real *sql.DB }

var errStuck = errors.New("cannot close")

func (s stuck) Connect(context.Context) (driver.Conn, error) { return nil, errStuck }

func (s stuck) Driver() driver.Driver { return s.real.Driver() }

func (s stuck) Close() error { return errors.Join(errStuck, s.real.Close()) }

// Closing the connection is the first step of settling. When even that fails, the next group must
// not go on as if the file were certain.
func TestAnErrorAtCommitStaysUnsettledWhenClosingFails(t *testing.T) {
	s, f, sel := faultyStore(t)
	engine := f.engine.(*sqliteEngine)
	f.fail(func(ctx context.Context, tx transaction, b *batch) (bool, error) {
		sent, err := kept(errLost)(ctx, tx, b)
		engine.db = sql.OpenDB(stuck{engine.db})
		return sent, err
	}, nil)
	_, err := s.Book(t.Context(), seat(sel, "k"))
	if booking.KindOf(err) != booking.Unknown || !errors.Is(err, errStuck) {
		t.Fatalf("got %v, want unknown because closing fails", err)
	}
	if !engine.unsettled {
		t.Error("the next group would go on from a file that is not certain")
	}
	again, err := s.Book(t.Context(), seat(sel, "k"))
	if err != nil || !again.Replayed || engine.unsettled {
		t.Errorf("the same key gives %+v, %v; unsettled %t", again, err, engine.unsettled)
	}
	confirmed(t, s, sel, 1)
}

// Markers go by chance, at most a hundred and twenty-eight at once and none that may be asked for.
func TestOldMarkersGo(t *testing.T) {
	s := open(t)
	now := time.Now()
	stored := func(group byte) (n int) {
		t.Helper()
		marker, err := newMarker(time.Now())
		must(t, err)
		marker[len(marker)-1] = group
		tx, err := writerOf(s).engine.begin(t.Context())
		must(t, err)
		var b batch
		markGroup(&b, s.dialect, marker, now)
		_, err = tx.commit(t.Context(), &b)
		must(t, err)
		must(t, inFile(s).db.QueryRow(`SELECT count(*) FROM markers`).Scan(&n))
		return n
	}
	for range markersReaped {
		stored(1)
	}
	if n := stored(reapedEvery); n != markersReaped+1 {
		t.Errorf("%d markers of just now", n)
	}
	now = now.Add(markerLife + time.Minute)
	if n := stored(1); n != markersReaped+2 {
		t.Errorf("%d markers before one of %d groups", n, reapedEvery)
	}
	if n := stored(reapedEvery); n != 3 {
		t.Errorf("%d markers after it", n)
	}
}
