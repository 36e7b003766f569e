package storage

import (
	"context"
	"os"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// movedInPart gives a file that is at an address already, but does not say so.
func movedInPart(t testing.TB, address string) (path string) {
	t.Helper()
	path = season(t)
	whole, err := os.ReadFile(path)
	must(t, err)
	moved(t, path, address)
	must(t, os.WriteFile(path, whole, 0o600))
	return path
}

// A move whose COMMIT no standby has confirmed can be seen by who repeats it. The file stays in use
// until one has.
func TestAFileIsGivenUpOnlyForWhatAStandbyHas(t *testing.T) {
	server := pgcluster.Start(t, pgcluster.Config{})
	address := server.Address(t)
	path := movedInPart(t, address)
	wait := func(name string) {
		must(t, pgcluster.Execute(address,
			`ALTER SYSTEM SET synchronous_standby_names = '`+name+`'`))
		must(t, pgcluster.Execute(address, `SELECT pg_reload_conf()`))
	}
	wait("nobody")
	defer wait("") // or nothing of the test can be taken away
	verdict := make(chan error, 1)
	go func() {
		_, err := Relocate(context.Background(), Relocation{From: path, To: address})
		verdict <- err
	}()
	const waiting = `SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`
	for end := time.Now().Add(patience); pgcluster.Query(t, address, waiting)[0] == "0"; {
		select {
		case err := <-verdict:
			t.Fatalf("it has not waited for a standby: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatal("it never comes to its COMMIT")
		}
	}
	if id := identityOf(t, path); id.movedTo != "" {
		t.Error("the file is marked before a standby has confirmed")
	}
	wait("")
	must(t, <-verdict)
	if id := identityOf(t, path); id.movedTo == "" {
		t.Error("the file is not marked")
	}
}

// A large file takes longer to be read than servers let a transaction do nothing.
func TestAMoveThatTakesLongIsFinished(t *testing.T) {
	address := unused(t) + "&idle_in_transaction_session_timeout=20"
	path := movedInPart(t, address)
	slowly := Relocation{From: path, To: address, Progress: func(Stage, int, int) {
		time.Sleep(100 * time.Millisecond)
	}}
	done, err := Relocate(t.Context(), slowly)
	if err != nil || !done.Already {
		t.Errorf("%+v, %v (%s)", done, err, booking.KindOf(err))
	}
}
