package storage

import (
	"testing"

	"evbook/internal/booking"
)

// A command that finds its place taken, however often it is tried, fails alone.
func TestWhoAlwaysCollidesFailsAlone(t *testing.T) {
	address := postgresAddress(t)
	s := openPostgresAt(t, address)
	sel := event(t, s, 40)
	tamperPostgres(t, address, `CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE unique_violation; END $$`, `CREATE TRIGGER taken BEFORE INSERT ON bookings
		FOR EACH ROW WHEN (NEW.quantity = 7) EXECUTE FUNCTION taken()`)
	var calls []*call
	for i := range 5 {
		ask := seat(sel, "")
		if i == 2 {
			ask.Quantity = 7
		}
		calls = append(calls, &call{command: book(ask), done: make(chan struct{})})
	}
	w := writerOf(s)
	w.group.run(w.engine, calls)
	for i, c := range calls {
		want := booking.Kind("")
		if i == 2 {
			want = booking.Busy
		}
		if booking.KindOf(c.err) != want {
			t.Errorf("call %d: %v", i, c.err)
		}
	}
	tamperPostgres(t, address, `DROP FUNCTION taken CASCADE`)
	confirmed(t, s, sel, 4)
}
