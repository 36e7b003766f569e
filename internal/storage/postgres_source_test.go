package storage

import (
	"testing"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// A server was started again, or another one has taken over: readers need not know.
func TestReadersDoNotHearOfLostConnections(t *testing.T) {
	address := postgresAddress(t)
	s := openPostgresAt(t, address+"&application_name=reader_of_"+t.Name())
	sel := event(t, s, 5)
	for name, read := range map[string]func() error{
		"one": func() error {
			_, err := s.Event(t.Context(), sel)
			return err
		},
		"a list": func() error {
			return s.EachEvent(t.Context(), EventQuery{}, func(booking.Event) error { return nil })
		},
		"a moment": func() error {
			_, err := s.Verify(t.Context())
			return err
		},
	} {
		must(t, read())
		ended := pgcluster.Query(t, address, `SELECT count(pg_terminate_backend(pid, 5000))
			FROM pg_stat_activity WHERE application_name LIKE 'reader_of_%'`)
		if ended[0] == "0" {
			t.Fatal("no connection was lost: the test is blind")
		}
		if err := read(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
