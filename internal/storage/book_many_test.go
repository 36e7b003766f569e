package storage

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// seatRows asks for single seats, each row under a key of its own.
func seatRows(sel booking.Selector, n int) []booking.Request {
	rows := make([]booking.Request, n)
	for i := range rows {
		rows[i] = seat(sel, fmt.Sprintf("row-%d", i))
	}
	return rows
}

func TestManyRowsAreOneTransaction(t *testing.T) {
	s, f, sel := faultyStore(t)
	f.fail(nil, nil)
	results, err := s.BookMany(t.Context(), seatRows(sel, 40), true)
	if begun, _ := f.counts(); err != nil || begun != 1 || len(results) != 40 {
		t.Errorf("%d results in %d transactions, %v", len(results), begun, err)
	}
	confirmed(t, s, sel, 40)
}

func TestOneRefusedRowBooksNothing(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	results, err := s.BookMany(t.Context(), seatRows(sel, 41), true)
	var e *booking.Error
	if !errors.As(err, &e) || e.Kind != booking.SoldOut || e.Rows != 1 || len(results) != 41 {
		t.Errorf("%d results, %+v", len(results), err)
	}
	confirmed(t, s, sel, 0)
	results, err = s.BookMany(t.Context(), seatRows(sel, 41), false)
	if err != nil || results[39].Refusal != nil || results[40].Refusal == nil {
		t.Errorf("%d results, %v", len(results), err)
	}
	confirmed(t, s, sel, 40)
}

// More keys than one statement looks up, alive and dead ones among them.
func TestKeysOfManyRowsAreAllFound(t *testing.T) {
	s := open(t)
	sel := event(t, s, 1_000)
	rows := seatRows(sel, 3*lookedUpAtOnce+7)
	first, err := s.BookMany(t.Context(), rows, true)
	must(t, err)
	again, err := s.BookMany(t.Context(), rows, true)
	must(t, err)
	for i, r := range again {
		if !r.Receipt.Replayed || !reflect.DeepEqual(r.Receipt.Booking, first[i].Receipt.Booking) {
			t.Fatalf("row %d gives %+v, first was %+v", i, r.Receipt, first[i].Receipt)
		}
	}
	tamper(t, placeOf(s), `UPDATE idempotency_keys SET at = 0`)
	late, err := s.BookMany(t.Context(), rows, true)
	must(t, err)
	for i, r := range late {
		if r.Receipt.Replayed {
			t.Fatalf("row %d is remembered after more than a day", i)
		}
	}
	if e, err := s.Event(t.Context(), sel); err != nil || e.Confirmed != 2*len(rows) {
		t.Errorf("%d seats, %v; want %d", e.Confirmed, err, 2*len(rows))
	}
	sound(t, s)
}

func TestThereIsALimitToRows(t *testing.T) {
	s := open(t)
	sel := event(t, s, 40)
	_, err := s.BookMany(t.Context(), make([]booking.Request, booking.MaxRows+1), true)
	var e *booking.Error
	if !errors.As(err, &e) || e.Kind != booking.Invalid ||
		!strings.Contains(e.Message, "100000 rows") || e.Hint == "" {
		t.Errorf("got %+v", err)
	}
	if _, err := s.BookMany(t.Context(), nil, true); booking.KindOf(err) != booking.Invalid {
		t.Errorf("no rows: %v", err)
	}
	confirmed(t, s, sel, 0)
}

func TestManyRowsWithoutAnAnswerAreUnknown(t *testing.T) {
	bare := func(rows []booking.Request) []booking.Request {
		rows[2].Key = booking.Key{}
		return rows
	}
	for name, c := range map[string]struct {
		rows func([]booking.Request) []booking.Request
		hint string
	}{
		"all keyed": {func(rows []booking.Request) []booking.Request { return rows },
			"repeat it with the same idempotency key: that settles what happened"},
		"one bare": {bare, "look before you repeat it: it may have been done"},
	} {
		s, f, sel := faultyStore(t)
		f.fail(kept(errLost), errors.New("cannot look"))
		results, err := s.BookMany(t.Context(), c.rows(seatRows(sel, 5)), true)
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Unknown || e.Hint != c.hint || results != nil {
			t.Errorf("%s: %d results, %+v", name, len(results), err)
		}
		confirmed(t, s, sel, 5)
	}
}
