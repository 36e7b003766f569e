package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// inLine is one customer of an event that is sold out most of the time: it books for two at once,
// waits when that is too many, cancels, and moves some of its bookings to event 2.
type inLine struct {
	*Store
	event booking.Selector
	name  string
	mine  []booking.Reference
	// place is that of the customer on the waitlist, 0 for none.
	place booking.Reference
}

// liveInLine is a helper with some such customers. They say what they are about to do and what was
// answered: "MANY name", "BOOKED name reference reference", "JOIN name", "JOINED name reference",
// "CANCEL reference", "CANCELLED reference", "MOVE reference", "MOVED reference".
func liveInLine(work task, o orders) error {
	ctx := context.Background()
	s, err := openReady(work, o)
	if err != nil {
		return err
	}
	if work.LosesCommits {
		loseCommits(s)
	}
	left, err := inherited(ctx, s, work)
	if err != nil {
		return err
	}
	failed := make(chan error, work.Writers)
	for w := range work.Writers {
		c := &inLine{
			Store: s, event: booking.Selector{ID: work.Event},
			name: fmt.Sprintf("%s-%d", work.Run, w),
		}
		for i := w; i < len(left); i += work.Writers {
			c.mine = append(c.mine, left[i])
		}
		go func() {
			var err error
			for n := 0; err == nil; n++ {
				err = c.once(ctx, fmt.Sprintf("%s-%d", c.name, n))
			}
			failed <- err
		}()
	}
	return errors.Join(<-failed, s.Close())
}

// inherited are the bookings of those who were killed, and what was offered to them.
func inherited(ctx context.Context, s *Store, work task) (refs []booking.Reference, err error) {
	q := BookingQuery{
		Event:  booking.Selector{ID: work.Event},
		Status: []booking.Status{booking.Held, booking.Confirmed},
	}
	err = s.EachBooking(ctx, q, func(b booking.Booking) error {
		refs = append(refs, b.Reference)
		return nil
	})
	for _, ref := range refs {
		_, confirmed := s.Confirm(ctx, booking.Confirmation{Reference: ref})
		if booking.KindOf(confirmed) != booking.Conflict {
			err = errors.Join(err, confirmed)
		}
	}
	return refs, err
}

// pair asks for two seats in two bookings.
func pair(event booking.Selector, name string) []booking.Request {
	rows := make([]booking.Request, 2)
	for i := range rows {
		rows[i] = booking.Request{
			Event: event, Quantity: 1,
			Key: booking.Key{Scope: "test", Text: fmt.Sprintf("%s-%d", name, i)},
		}
	}
	return rows
}

func (c *inLine) once(ctx context.Context, name string) error {
	say("MANY %s", name)
	booked, err := c.BookMany(ctx, pair(c.event, name), true)
	switch booking.KindOf(err) {
	case "":
		first, second := booked[0].Receipt.Booking.Reference, booked[1].Receipt.Booking.Reference
		say("BOOKED %s %s %s", name, first, second)
		c.mine = append(c.mine, first, second)
		return nil
	case booking.SoldOut:
		err = c.join(ctx, name)
	}
	for range min(2, len(c.mine)) { // which makes room for whoever waits
		if err == nil && rand.N(2) == 0 {
			err = c.moveOne(ctx)
		} else if err == nil {
			err = c.cancelOne(ctx)
		}
	}
	return err
}

func (c *inLine) moveOne(ctx context.Context) error {
	ref := c.mine[0]
	c.mine = c.mine[1:]
	say("MOVE %s", ref)
	_, err := c.Move(ctx, booking.Move{Reference: ref, Event: booking.Selector{ID: 2}})
	if err == nil {
		say("MOVED %s", ref)
	}
	return err
}

func (c *inLine) cancelOne(ctx context.Context) error {
	ref := c.mine[0]
	c.mine = c.mine[1:]
	say("CANCEL %s", ref)
	_, err := c.CancelBooking(ctx, booking.Cancellation{Reference: ref})
	if err == nil {
		say("CANCELLED %s", ref)
	}
	return err
}

// join queues up, unless the customer waits already, and takes what is offered.
func (c *inLine) join(ctx context.Context, name string) error {
	if c.place == 0 {
		say("JOIN %s", name)
		r, err := c.Join(ctx, booking.Joining{
			Event: c.event, Quantity: 1, Email: name + "@example.com",
		})
		if booking.KindOf(err) == booking.Conflict { // a seat is free: nobody has to wait
			return nil
		}
		if err != nil {
			return err
		}
		c.place = r.Booking.Reference
		say("JOINED %s %s", name, c.place)
	}
	_, err := c.Confirm(ctx, booking.Confirmation{Reference: c.place})
	switch booking.KindOf(err) {
	case "":
		c.mine, c.place = append(c.mine, c.place), 0
	case booking.Conflict: // it waits still
		err = nil
	}
	return err
}

// lostInLine gives what was acknowledged to a helper and is not in the file, and what is there in
// part.
func lostInLine(t testing.TB, s *Store, lines []string) (lost []string) {
	t.Helper()
	last := map[string]string{}
	for _, line := range lines {
		fields := strings.Fields(line)
		switch fields[0] {
		case "BOOKED":
			last[fields[2]], last[fields[3]] = "BOOKED", "BOOKED"
		case "JOINED":
			last[fields[2]] = "JOINED"
		case "CANCEL", "CANCELLED", "MOVE", "MOVED":
			last[fields[1]] = fields[0]
		case "MANY":
			if n := keysOf(t, s, fields[1]); n == 1 {
				lost = append(lost, line+": half of it is there")
			}
		}
	}
	for text, word := range last {
		ref, err := booking.ParseReference(text)
		must(t, err)
		b, err := s.Booking(context.Background(), ref)
		fine := err == nil
		switch word {
		case "CANCELLED":
			fine = fine && b.Status == booking.Cancelled
		case "MOVED":
			fine = fine && b.Status == booking.Confirmed && b.EventID == 2
		}
		if !fine {
			lost = append(lost, fmt.Sprintf("%s %s: now %+v, %v", word, text, b, err))
		}
	}
	return lost
}

// keysOf counts the idempotency keys of a pair.
func keysOf(t testing.TB, s *Store, name string) (n int) {
	t.Helper()
	peek(t, s, []any{&n}, `SELECT count(*) FROM idempotency_keys
		WHERE scope = 'test' AND key IN ($1 || '-0', $1 || '-1')`, name)
	return n
}

// line makes an event that is soon sold out, and one with many seats.
func line(t testing.TB) task {
	t.Helper()
	v := newSale(t, 12)
	s := openAt(t, v.path)
	event(t, s, booking.MaxCapacity)
	must(t, s.Close())
	work := v.task("live in line")
	work.Writers = 4
	return work
}

// kill ends a helper at a random moment and gives what it said.
func (work task) kill(t testing.TB) []string {
	t.Helper()
	p := launch(t, work)
	p.await(t)
	p.start(t)
	time.Sleep(2*time.Millisecond + rand.N(298*time.Millisecond))
	p.kill()
	return p.lines
}

func TestOffersMovesAndBatchesSurviveAKillOrNeverWere(t *testing.T) {
	t.Parallel()
	kills := trials(12, 120)
	work, said, offers := line(t), map[string]int{}, 0
	// More of them on a machine that is so busy that the kills come too early.
	for kill := 0; kill < kills || said["MOVED"] == 0 && kill < 10*kills; kill++ {
		work.Run, work.Serving = fmt.Sprint(kill), kill%2 == 1
		lines := work.kill(t)
		for _, line := range lines {
			word, _, _ := strings.Cut(line, " ")
			said[word]++
		}
		s := openAt(t, work.Path)
		sound(t, s)
		if lost := lostInLine(t, s, lines); len(lost) > 0 {
			t.Errorf("not as acknowledged: %q", lost)
		}
		e, err := s.Event(t.Context(), booking.Selector{ID: work.Event})
		if err != nil || e.Waiting > 0 && e.Taken() < e.Capacity {
			t.Errorf("%d wait while %d of %d seats are taken, %v", e.Waiting, e.Taken(),
				e.Capacity, err)
		}
		peek(t, s, []any{&offers}, `SELECT count(*) FROM journal WHERE kind = 'booking.offered'`)
		must(t, s.Close())
	}
	t.Logf("%d offers; %v", offers, said)
	for _, word := range []string{"BOOKED", "JOINED", "CANCELLED", "MOVED"} {
		if said[word] == 0 || offers == 0 {
			t.Errorf("nothing was %s, or nothing offered: the test is blind", word)
		}
	}
}

// The control: of a helper that answers before it is certain, some answers are not in the file.
func TestOffersMovesAndBatchesAcknowledgedTooEarlyDoNotSurvive(t *testing.T) {
	work := line(t)
	work.LosesCommits = true
	for kills := range 20 {
		work.Run = fmt.Sprint(kills)
		lines := work.kill(t)
		if lost := lostInLine(t, openAt(t, work.Path), lines); len(lost) > 0 {
			t.Logf("after %d kills: %q", kills+1, lost)
			return
		}
	}
	t.Error("nobody would have noticed: the harness is blind")
}
