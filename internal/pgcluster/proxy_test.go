package pgcluster

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// insertAndCommit are the ways to send one transaction.
func insertAndCommit() map[string]func(context.Context, *pgconn.PgConn) error {
	return map[string]func(context.Context, *pgconn.PgConn) error{
		"simple": func(ctx context.Context, conn *pgconn.PgConn) (err error) {
			for _, sql := range []string{"BEGIN", "INSERT INTO seats VALUES (1)", "COMMIT"} {
				_, failed := conn.Exec(ctx, sql).ReadAll()
				err = errors.Join(err, failed)
			}
			return err
		},
		"extended": func(ctx context.Context, conn *pgconn.PgConn) (err error) {
			for _, sql := range []string{"BEGIN", "INSERT INTO seats VALUES (1)", "COMMIT"} {
				err = errors.Join(err, conn.ExecParams(ctx, sql, nil, nil, nil, nil).Read().Err)
			}
			return err
		},
		"pipeline": func(ctx context.Context, conn *pgconn.PgConn) error {
			_, err := conn.Prepare(ctx, "last", "COMMIT", nil)
			p := conn.StartPipeline(ctx)
			p.SendQueryParams("BEGIN", nil, nil, nil, nil)
			p.SendQueryParams("INSERT INTO seats VALUES (1)", nil, nil, nil, nil)
			p.SendQueryPrepared("last", nil, nil, nil)
			return errors.Join(err, p.Sync(), p.Close())
		},
	}
}

// commits says of the messages that can carry out a COMMIT that they do.
func commits(m Message) bool { return m.SQL == "COMMIT" && (m.Type == 'E' || m.Type == 'Q') }

func TestALostConnectionLeavesWhatTheFaultSays(t *testing.T) {
	left := map[Action]string{DropRequest: "0", DropAnswer: "1", Reset: "0 or 1"}
	for form, send := range insertAndCommit() {
		for do, rows := range left {
			address := Address(t, "CREATE TABLE seats (n int)")
			p := NewProxy(t, address)
			conn, err := pgconn.Connect(t.Context(), p.Address)
			if err != nil {
				t.Fatal(err)
			}
			fault := p.Arm(do, commits)
			if err := send(t.Context(), conn); err == nil {
				t.Errorf("%s, %d: the client notices nothing", form, do)
			}
			select {
			case <-fault.Struck():
			default:
				t.Errorf("%s, %d: the fault has not happened", form, do)
			}
			if !conn.IsClosed() {
				t.Errorf("%s, %d: the connection is still open", form, do)
			}
			_ = conn.Close(t.Context()) // as above
			// Who has to wait for a lock sees the end of the transaction.
			got := Query(t, address, "LOCK TABLE seats; SELECT count(*) FROM seats")[0]
			if !strings.Contains(rows, got) {
				t.Errorf("%s, %d: %s rows, want %s", form, do, got, rows)
			}
		}
	}
}

func TestAStalledConnectionGoesOn(t *testing.T) {
	for form, send := range insertAndCommit() {
		address := Address(t, "CREATE TABLE seats (n int)")
		p := NewProxy(t, address)
		conn, err := pgconn.Connect(t.Context(), p.Address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		fault := p.Arm(Stall, commits)
		sent := make(chan error)
		go func() { sent <- send(t.Context(), conn) }()
		<-fault.Struck()
		select {
		case err := <-sent:
			t.Errorf("%s: a stalled transaction has ended: %v", form, err)
		case <-time.After(50 * time.Millisecond):
		}
		if got := Query(t, address, "SELECT count(*) FROM seats")[0]; got != "0" {
			t.Errorf("%s: %s rows are seen before COMMIT", form, got)
		}
		fault.Lift()
		if err := <-sent; err != nil {
			t.Errorf("%s: %v", form, err)
		}
		if got := Query(t, address, "SELECT count(*) FROM seats")[0]; got != "1" {
			t.Errorf("%s: %s rows, want 1", form, got)
		}
	}
}

func TestAProxyWithoutAFaultChangesNothing(t *testing.T) {
	const script = `
		CREATE TABLE seats AS SELECT n, repeat('x', n) AS text FROM generate_series(1, 2000) AS n;
		COPY seats TO STDOUT; SELECT * FROM seats; SELECT 1/0; SELECT 'still here'`
	direct := Address(t)
	var said []string
	for _, address := range []string{direct, NewProxy(t, Address(t)).Address} {
		cmd := Program(t, address, "psql", "-XAt", "-f", "-")
		cmd.Stdin = strings.NewReader(script)
		text, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(text), "division by zero") {
			t.Fatalf("psql: %v: %.1000s", err, text)
		}
		said = append(said, string(text))
	}
	if said[0] != said[1] {
		t.Errorf("%d bytes directly, %d others through the proxy", len(said[0]), len(said[1]))
	}
}

func TestMessagesTellTheirRoundAndStatement(t *testing.T) {
	p := NewProxy(t, Address(t, "CREATE TABLE seats (n int)"))
	var seen []Message
	p.Arm(Stall, func(m Message) bool {
		seen = append(seen, m)
		return false
	})
	conn, err := pgconn.Connect(t.Context(), p.Address)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"simple", "extended", "pipeline"} {
		if err := insertAndCommit()[form](t.Context(), conn); err != nil {
			t.Error(err)
		}
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
	p.Arm(Stall, func(Message) bool { return false }) // the good-bye may still be on its way
	var rounds []int
	for _, m := range seen {
		if commits(m) {
			rounds = append(rounds, m.Round)
		}
	}
	// Three rounds for each of the first two forms, one to prepare, one for all that is left.
	if len(rounds) != 3 || rounds[0] != 3 || rounds[1] != 6 || rounds[2] != 8 {
		t.Errorf("COMMIT came in the rounds %v, want 3, 6, 8", rounds)
	}
}
