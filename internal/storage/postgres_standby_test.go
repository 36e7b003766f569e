package storage

import (
	"strings"
	"testing"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// onAStandby gives the address of a database on a standby, and an event in it.
func onAStandby(t testing.TB) (address string, sel booking.Selector) {
	t.Helper()
	server := pgcluster.Start(t, pgcluster.Config{})
	primary := server.Address(t, postgresSchema(t)...)
	sel = event(t, openPostgresAt(t, primary), 5)
	return server.Standby(t, "copy").At(t, primary), sel
}

// An address of one name can lead to a standby while another server takes over. Who writes does not
// stay there; who wants any server takes leave of one that refuses.
func TestWhoWritesDoesNotStayWithAStandby(t *testing.T) {
	standby, sel := onAStandby(t)
	_, err := Open(t.Context(), Options{Address: standby, Serving: true})
	if booking.KindOf(err) != booking.Unavailable || !strings.Contains(err.Error(), "standby") {
		t.Fatalf("opened to be written: %v", err)
	}
	s := openPostgresAt(t, standby+"&target_session_attrs=any")
	_, err = s.Book(t.Context(), seat(sel, ""))
	if booking.KindOf(err) != booking.Unavailable || !strings.Contains(err.Error(), "standby") {
		t.Fatalf("a booking hears %v", err)
	}
	if len(s.write.failing()) == 0 {
		t.Error("nobody looks whether it can be written again")
	}
	if w := s.write.(*lanes).lane([]int64{sel.ID}); w.engine.(*pgEngine).conn != nil {
		t.Error("the connection was kept")
	}
	must(t, pgcluster.Execute(standby, `SELECT pg_promote()`))
	_, err = s.Book(t.Context(), seat(sel, ""))
	must(t, err)
}

func TestWhichServersAreWantedIsForTheAddressToSay(t *testing.T) {
	for query, insists := range map[string]bool{"": true, "&target_session_attrs=any": false} {
		config, err := readAddress("postgres://one,two/x?sslmode=disable"+query, soon)
		must(t, err)
		if got := config.ConnConfig.ValidateConnect != nil; got != insists {
			t.Errorf("%q: refuses standbys: %t", query, got)
		}
	}
}

func TestWhoAsksIsToldThatTheServerIsAStandby(t *testing.T) {
	standby, _ := onAStandby(t)
	s := openPostgresAt(t, standby+"&target_session_attrs=any")
	at, err := s.Server(t.Context())
	must(t, err)
	if !at.Standby || at.Role != "evbook" || !strings.HasPrefix(at.Addr, "127.0.0.1:") {
		t.Errorf("got %+v", at)
	}
}
