package pgcluster

import (
	"strconv"
	"testing"
)

func TestTheTextbookBooksAndIsMeasured(t *testing.T) {
	address := Address(t)
	book := NewTextbook(t, address, 3)
	rate := book.Run(t, 4, 1)
	if rate.PerSecond <= 0 || rate.Median <= 0 || rate.P99 < rate.Median {
		t.Errorf("measured %+v", rate)
	}
	booked := Query(t, address, `SELECT count(*) FROM bookings`)[0]
	if n, err := strconv.ParseFloat(booked, 64); err != nil || n < rate.PerSecond {
		t.Errorf("%s bookings in the table, %v in a second", booked, rate.PerSecond)
	}
	if counted := Query(t, address, `SELECT sum(booked) FROM events`)[0]; counted != booked {
		t.Errorf("%s bookings, and %s were counted", booked, counted)
	}
	if hot := Query(t, address, `SELECT id FROM events WHERE booked = 0`); len(hot) > 0 {
		t.Errorf("nobody booked for the events %q", hot)
	}
}

func TestProgramsWorkInTheSchemaOfTheTest(t *testing.T) {
	address := Address(t, "CREATE TABLE seats (n int); INSERT INTO seats VALUES (7)")
	said, err := Program(t, address, "psql", "-XAtc", "SELECT n FROM seats").CombinedOutput()
	if err != nil || string(said) != "7\n" {
		t.Errorf("psql says %q, %v", said, err)
	}
}
