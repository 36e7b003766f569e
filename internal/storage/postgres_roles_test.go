package storage

import (
	"context"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// rolesAt makes the roles of docs/deploy/roles.sql under names of their own, and gives the
// addresses by which the owner and a server reach their schema.
func rolesAt(t testing.TB) (owner, server string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/deploy/roles.sql")
	must(t, err)
	superuser := pgcluster.Address(t)
	at, err := url.Parse(superuser)
	must(t, err)
	name := strings.Replace(at.Query().Get("search_path"), "test_", "roles_", 1)
	// Comments name the program, and evbook_owner is another word.
	made := regexp.MustCompile(`(?m)--.*$|\bevbook(_owner)?\b`).ReplaceAllStringFunc(string(text),
		func(word string) string { return strings.Replace(word, "evbook", name, 1) })
	tamperPostgres(t, superuser, made,
		`ALTER ROLE `+name+` PASSWORD 'secret'`, `ALTER ROLE `+name+`_owner PASSWORD 'secret'`)
	t.Cleanup(func() {
		drop := `DROP OWNED BY ` + name + `, ` + name + `_owner CASCADE;
			DROP ROLE ` + name + `, ` + name + `_owner`
		if err := pgcluster.Execute(superuser, drop); err != nil {
			t.Error(err)
		}
	})
	settings := at.Query()
	settings.Del("search_path") // the roles have their own
	at.RawQuery = settings.Encode()
	at.User = url.UserPassword(name+"_owner", "secret")
	owner = at.String()
	at.User = url.UserPassword(name, "secret")
	return owner, at.String()
}

func TestAServerNeedsNoMoreThanItsRoleMay(t *testing.T) {
	owner, server := rolesAt(t)
	_, _, err := Migrate(t.Context(), Options{Address: server, LockTimeout: soon})
	if booking.KindOf(err) != booking.Unavailable {
		t.Errorf("a server that sets up hears %v", err)
	}
	_, _, err = Migrate(t.Context(), Options{Address: owner, LockTimeout: soon})
	must(t, err)
	s := openPostgresAt(t, server)
	liveThroughASeason(t, s)
	must(t, s.Ready(t.Context()))
	sound(t, s)

	for _, beyond := range []string{
		`TRUNCATE journal`, `DROP TABLE journal`, `ALTER TABLE events DROP CONSTRAINT events_check`,
		`ALTER TABLE events DISABLE TRIGGER ALL`, `CREATE TABLE x (n int)`,
		`SELECT setval('booking_numbers', 1)`, `DROP INDEX bookings_event`,
		`SET session_replication_role = replica`,
	} {
		atPostgres(t, server, func(ctx context.Context, conn *pgx.Conn) error {
			if _, err := conn.Exec(ctx, beyond); postgresCode(err) != "42501" {
				t.Errorf("%s: %v, must not be allowed", beyond, err)
			}
			return nil
		})
	}
	// Who owns it may do so at any time.
	_, _, err = Migrate(t.Context(), Options{Address: owner, LockTimeout: soon})
	must(t, err)
}

// liveThroughASeason has a store do a little of everything.
func liveThroughASeason(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.Background()
	sel := event(t, s, 40)
	held := hold(t, s, sel, 2, time.Hour)
	_, err := s.Confirm(ctx, booking.Confirmation{Reference: held.Reference})
	must(t, err)
	made := customer(t, s, sel, "ada@example.org")
	must(t, err)
	_, err = s.CancelBooking(ctx, booking.Cancellation{Reference: made})
	must(t, err)
	plannedSeason(t, s)
	done, err := s.Forget(ctx, booking.Forgetting{Booking: made})
	if err != nil || done.Bookings != 1 || !done.InLog {
		t.Errorf("forgotten: %+v, %v; the role may not clean up itself", done, err)
	}
	_, err = s.CancelEvent(ctx, sel, true, "rain")
	must(t, err)
}
