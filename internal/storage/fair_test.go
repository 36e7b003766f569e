package storage

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// serveUntilTold is a helper that books like a busy server until it is stopped. It says how many
// seats it sold.
func serveUntilTold(work task, o orders) error {
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: work.Path, Serving: true})
	if err != nil {
		return err
	}
	queueBy(s, work.Queue)
	if err := o.ready(); err != nil {
		return err
	}
	type tally struct {
		sold int
		err  error
	}
	tallies := make(chan tally)
	for range work.Writers {
		go func() {
			var own tally
			for own.err == nil && !o.stopped() {
				if _, own.err = s.Book(ctx, work.seat()); own.err == nil {
					own.sold++
				}
			}
			tallies <- own
		}()
	}
	var all tally
	for range work.Writers {
		own := <-tallies
		all.sold, all.err = all.sold+own.sold, errors.Join(all.err, own.err)
	}
	say("%d", all.sold)
	return errors.Join(all.err, s.Close())
}

// stopped says whether the end of the orders has come.
func (o orders) stopped() bool {
	select {
	case <-o.stop:
		return true
	default:
		return false
	}
}

// rush books from two saturated servers and, meanwhile, from n shells, each of which gives its
// commands one after the other. It gives their longest wait.
func rush(t *testing.T, servers queueing, n, commands int) wait {
	t.Helper()
	v := newSale(t, booking.MaxCapacity)
	serve := v.task("serve")
	serve.Writers, serve.Queue = 8, servers
	both := []*process{launch(t, serve), launch(t, serve)}
	for _, p := range both {
		p.await(t)
	}
	for _, p := range both {
		p.start(t)
	}
	shell := v.task("shell")
	shell.Times = commands
	all := inShells(t, crowd(t, n, shell))
	want := all.answered
	for _, p := range both {
		want += p.dismiss(t)
	}
	if all.answered != n*commands {
		t.Errorf("%d of %d shell commands were answered", all.answered, n*commands)
	}
	e, findings := v.look(t)
	if e.Confirmed != want || len(findings) > 0 {
		t.Errorf("%d seats sold, %d answered, findings %v", e.Confirmed, want, findings)
	}
	t.Logf("%d shells: the longest wait is %s and %d groups of others", n, all.longest.time,
		all.longest.overtaken)
	return all.longest
}

// dismiss stops a server and gives the number of seats that it sold.
func (p *process) dismiss(t testing.TB) int {
	t.Helper()
	if err := p.orders.Close(); err != nil {
		t.Fatal(err)
	}
	said := strings.Join(p.finish(t), " ")
	sold, err := strconv.Atoi(said)
	if err != nil || sold == 0 {
		t.Fatalf("a server says it sold %q seats: the test is blind", said)
	}
	return sold
}

// Waits are counted in groups of others: a group's time is the disk's and the machine's. The flock
// of the system is not strictly first come, first served, so a few more than take part may pass.
func TestAShellWaitsForAFewGroupsOfTwoSaturatedServers(t *testing.T) {
	const few = 30
	if w := rush(t, lockAndTurnstile, 1, 25); w.overtaken > few {
		t.Errorf("a lone shell let %d groups pass, want %d at most", w.overtaken, few)
	}
	if w := rush(t, greedy, 1, 2); w.overtaken <= few {
		t.Errorf("only %d groups passed beside greedy servers: the test is blind", w.overtaken)
	}
}

func TestTwentyShellsAndTwoSaturatedServersTakeTurns(t *testing.T) {
	const n = 20
	if w := rush(t, lockAndTurnstile, n, 3); w.overtaken > 5*(n+2) {
		t.Errorf("a shell let %d groups of %d processes pass", w.overtaken, n+2)
	}
}
