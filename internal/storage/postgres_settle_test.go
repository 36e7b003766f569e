package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"evbook/internal/pgcluster"
)

// commitOne commits a group that makes an event in a row.
func commitOne(t testing.TB, e *pgEngine, row int64, marker []byte, more ...string) (bool, error) {
	t.Helper()
	tx, err := e.begin(t.Context())
	must(t, err)
	var b batch
	b.exec(`INSERT INTO events (id, name, description, venue, capacity, held, confirmed, price,
		currency, status, zone, version, created_at)
		VALUES ($1, 'x', '', '', 5, 0, 0, 0, 'EUR', 'open', 'UTC', 1, 1)`, row)
	b.exec(`INSERT INTO markers (id) VALUES ($1)`, marker)
	for _, statement := range more {
		b.query(func(scanner) error { return nil }, statement)
	}
	sent, err := tx.commit(t.Context(), &b)
	if !sent {
		tx.rollback()
	}
	return sent, err
}

func aMarker(t testing.TB) []byte {
	t.Helper()
	id, err := newMarker(time.Now())
	must(t, err)
	return id
}

const endOwnSession = `SELECT pg_terminate_backend(pg_backend_pid())`

func TestAGroupIsInOncePostgresHasCommitted(t *testing.T) {
	address := postgresAddress(t)
	e, id := engineAt(t, address), aMarker(t)
	if sent, err := commitOne(t, e, 1, id); !sent || err != nil {
		t.Fatal(sent, err)
	}
	for range 2 {
		if in, err := e.settle(t.Context(), id, nil); !in || err != nil {
			t.Fatal(in, err)
		}
	}
	if sent, err := commitOne(t, e, 2, aMarker(t)); !sent || err != nil {
		t.Fatal(sent, err)
	}
	if n := rowsAt(t, address, "events"); n != 2 {
		t.Errorf("%d events", n)
	}
}

// What was not found when it was settled can never come in later, however often it is asked for.
func TestWhatIsSettledAsNotInStaysOut(t *testing.T) {
	e, id := engineAt(t, postgresAddress(t)), aMarker(t)
	for range 2 {
		if in, err := e.settle(t.Context(), id, nil); in || err != nil {
			t.Fatal(in, err)
		}
	}
	sent, err := commitOne(t, e, 1, id)
	var retried again
	if sent || !errors.As(err, &retried) || postgresCode(err) != "23505" {
		t.Errorf("%v, %v", sent, err)
	}
}

// A group that is still being committed is waited for: it is never called lost too early.
func TestSettlingWaitsForATransactionThatIsUnderWay(t *testing.T) {
	address := postgresAddress(t)
	e, other, id := engineAt(t, address), engineAt(t, address), aMarker(t)
	tx, err := other.begin(t.Context())
	must(t, err)
	var b batch
	b.exec(`INSERT INTO markers (id) VALUES ($1)`, id)
	must(t, tx.run(t.Context(), &b))
	settled := make(chan error, 1)
	go func() {
		in, err := e.settle(context.Background(), id, nil)
		if err == nil && !in {
			err = errors.New("called lost")
		}
		settled <- err
	}()
	select {
	case err := <-settled:
		t.Fatal("it did not wait", err)
	case <-time.After(200 * time.Millisecond):
	}
	if _, err := tx.commit(t.Context(), &batch{}); err != nil {
		t.Fatal(err)
	}
	must(t, <-settled)
}

func TestAnErrorBeforeCommitIsTold(t *testing.T) {
	e := engineAt(t, postgresAddress(t))
	sent, err := commitOne(t, e, 1, aMarker(t), `SELECT 1 / 0`)
	if sent || postgresCode(err) != "22012" {
		t.Fatal(sent, err)
	}
	conn := e.conn
	if sent, err := commitOne(t, e, 1, aMarker(t)); !sent || err != nil || e.conn != conn {
		t.Fatal("the connection was of no use any more:", sent, err)
	}
}

// A connection that breaks while COMMIT is on its way leaves the verdict open.
func TestALostConnectionLeavesTheVerdictOpen(t *testing.T) {
	address := postgresAddress(t)
	e, id := engineAt(t, address), aMarker(t)
	sent, err := commitOne(t, e, 1, id, endOwnSession)
	if !sent || err == nil {
		t.Fatal(sent, err)
	}
	if in, err := e.settle(t.Context(), id, err); in || err != nil {
		t.Fatal(in, err)
	}
	if n := rowsAt(t, address, "events"); n != 0 {
		t.Errorf("%d events", n)
	}
}

func TestALostConnectionBeforeCommitIsTriedAgain(t *testing.T) {
	e := engineAt(t, postgresAddress(t))
	tx, err := e.begin(t.Context())
	must(t, err)
	var b batch
	b.query(func(scanner) error { return nil }, endOwnSession)
	var retried again
	if err := tx.run(t.Context(), &b); !errors.As(err, &retried) {
		t.Fatal(err)
	}
	tx.rollback()
	if sent, err := commitOne(t, e, 1, aMarker(t)); !sent || err != nil {
		t.Fatal(sent, err)
	}
}

// That no standby has confirmed is only warned of, to who is told to stop waiting for it.
func TestACommitThatNoStandbyHasConfirmedIsNoAcknowledgement(t *testing.T) {
	server := pgcluster.Start(t, pgcluster.Config{})
	address := server.Address(t, postgresSchema(t)...)
	e, id := engineAt(t, address), aMarker(t)
	wait := func(name string) {
		for _, statement := range []string{
			`ALTER SYSTEM SET synchronous_standby_names = '` + name + `'`,
			`SELECT pg_reload_conf()`,
		} {
			must(t, pgcluster.Execute(address, statement))
		}
	}
	wait("nobody")
	type verdict struct {
		sent bool
		err  error
	}
	heard := make(chan verdict, 1)
	go func() {
		sent, err := commitOne(t, e, 1, id)
		heard <- verdict{sent, err}
	}()
	const cancel = `SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
		WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()`
	for over := time.Now().Add(patience); pgcluster.Query(t, address, cancel)[0] == "0"; {
		if time.Now().After(over) {
			t.Fatal("nobody waits for a standby: the test is blind")
		}
		time.Sleep(10 * time.Millisecond)
	}
	got := <-heard
	if !got.sent || got.err == nil {
		t.Fatalf("sent %t, %v: acknowledged without a standby", got.sent, got.err)
	}
	time.AfterFunc(200*time.Millisecond, func() { wait("") })
	began := time.Now()
	if in, err := e.settle(t.Context(), id, got.err); !in || err != nil {
		t.Fatal(in, err)
	}
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("settled after %s, before a standby could have confirmed", took)
	}
}

// That a standby has not confirmed is a warning. Here one of another kind stands in.
func TestAWarningAtCommitIsNoAcknowledgement(t *testing.T) {
	address := postgresAddress(t)
	tamperPostgres(t, address, `CREATE FUNCTION warn() RETURNS int LANGUAGE plpgsql
		AS $$ BEGIN RAISE WARNING 'not replicated'; RETURN 1; END $$`)
	e, id := engineAt(t, address+"&client_min_messages=error"), aMarker(t)
	sent, err := commitOne(t, e, 1, id, `SELECT warn()`)
	if !sent || err == nil {
		t.Fatal(sent, err)
	}
	if in, err := e.settle(t.Context(), id, err); !in || err != nil {
		t.Fatal(in, err)
	}
	if sent, err := commitOne(t, e, 2, aMarker(t)); !sent || err != nil {
		t.Fatal("an old warning was heard again:", sent, err)
	}
}
