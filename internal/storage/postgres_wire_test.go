package storage

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// sight is a store whose connections can be made to fail, an event in its database, and another
// store, whose do not, that tells the truth.
type sight struct {
	store, truth *Store
	proxy        *pgcluster.Proxy
	sel          booking.Selector
}

// newSight opens both stores, and makes an event that has something of each stage to be read.
func newSight(t testing.TB) *sight {
	t.Helper()
	address := postgresAddress(t)
	proxy := pgcluster.NewProxy(t, address)
	s := &sight{
		store: openPostgresAt(t, proxy.Address), truth: openPostgresAt(t, address), proxy: proxy,
		sel: booking.Selector{Slug: "meetup"},
	}
	sel := event(t, s.truth, 5000)
	_, err := s.truth.EditEvent(t.Context(), sel, booking.Edit{Slug: &s.sel.Slug})
	must(t, err)
	_, err = s.truth.AddType(t.Context(), booking.NewType{Event: sel, Name: "adult"})
	must(t, err)
	return s
}

func (s *sight) ask(hold bool, key string) booking.Request {
	return booking.Request{
		Event: s.sel, Lines: []booking.LineRequest{{Type: "adult", Quantity: 1}}, Hold: hold,
		Key: booking.Key{Scope: "test", Text: key},
	}
}

// wireAct is something that is asked of a store while a connection fails.
type wireAct struct {
	name string
	// do asks for it; a key makes it safe to be asked again. made counts what it has made.
	do   func(ctx context.Context, s *Store, key string) error
	made string
	// news is how many it makes.
	news int
}

// acts gives what is tried, with what has to be there before.
func (s *sight) acts(t testing.TB, key string) []wireAct {
	t.Helper()
	const confirmed = `count(*) FROM bookings WHERE status = 'confirmed'`
	book := func(hold bool) func(context.Context, *Store, string) error {
		return func(ctx context.Context, of *Store, key string) error {
			_, err := of.Book(ctx, s.ask(hold, key))
			return err
		}
	}
	held, err := s.truth.Book(t.Context(), s.ask(true, ""))
	must(t, err)
	acts := []wireAct{
		{"book", book(false), confirmed, 1},
		{"hold", book(true), `count(*) FROM bookings WHERE status = 'held'`, 1},
		{"confirm", func(ctx context.Context, of *Store, key string) error {
			_, err := of.Confirm(ctx, booking.Confirmation{
				Reference: held.Booking.Reference, Key: booking.Key{Scope: "test", Text: key},
			})
			return err
		}, confirmed, 1},
	}
	if key != "" {
		must(t, book(false)(t.Context(), s.truth, key+"-replayed"))
		replay := func(ctx context.Context, of *Store, key string) error {
			return book(false)(ctx, of, key+"-replayed")
		}
		acts = append(acts, wireAct{"replay", replay, `count(*) FROM bookings`, 0})
	}
	return acts
}

// wireStages are the moments of a group, each with what the connection says then. inTx says whether
// it has said BEGIN in the same round.
func wireStages() map[string]func(m pgcluster.Message, inTx bool) bool {
	return map[string]func(pgcluster.Message, bool) bool{
		"look": func(m pgcluster.Message, inTx bool) bool {
			return !inTx && (strings.Contains(m.SQL, "WHERE slug ") ||
				strings.Contains(m.SQL, "FROM bookings WHERE id IN"))
		},
		"first": func(m pgcluster.Message, _ bool) bool {
			return strings.Contains(m.SQL, "FOR UPDATE")
		},
		"dependent": func(m pgcluster.Message, _ bool) bool {
			return strings.Contains(m.SQL, "FROM ticket_types")
		},
		"save": func(m pgcluster.Message, _ bool) bool { return m.SQL == "COMMIT" },
	}
}

// arm has the connection of the writer fail at a stage.
func (s *sight) arm(do pgcluster.Action, stage string) *pgcluster.Fault {
	at := wireStages()[stage]
	begun := map[[2]int]bool{}
	return s.proxy.Arm(do, func(m pgcluster.Message) bool {
		round := [2]int{m.Connection, m.Round}
		if m.SQL == beginGroup {
			begun[round] = true
		}
		return m.Type == 'E' && at(m, begun[round])
	})
}

// meet asks a store while the fault strikes; what is stalled goes on after a while.
func meet(
	t testing.TB, cell string, fault *pgcluster.Fault, do pgcluster.Action, ask func() error,
) error {
	t.Helper()
	heard := make(chan error, 1)
	go func() { heard <- ask() }()
	var err error
	select {
	case err = <-heard:
	case <-fault.Struck():
		if do == pgcluster.Stall {
			time.Sleep(20 * time.Millisecond)
			fault.Lift()
		}
		err = <-heard
	}
	select {
	case <-fault.Struck():
	default:
		t.Errorf("%s: the fault has not happened: the test is blind", cell)
	}
	return err
}

// made counts what an act has made.
func (s *sight) made(t testing.TB, act wireAct) (n int) {
	t.Helper()
	peek(t, s.truth, []any{&n}, `SELECT `+act.made)
	return n
}

// Whatever becomes of a connection at whatever moment, the answer is the truth, or that nobody
// knows; and who asks again with the same key has it once.
func TestTheAnswerIsTheTruthWhateverBecomesOfTheConnection(t *testing.T) {
	s := newSight(t)
	faults := map[string]pgcluster.Action{
		"drop request": pgcluster.DropRequest, "drop answer": pgcluster.DropAnswer,
		"stall": pgcluster.Stall, "reset": pgcluster.Reset,
	}
	tried, answered := 0, map[booking.Kind]int{}
	for stage := range wireStages() {
		for name, do := range faults {
			for _, key := range []string{"", fmt.Sprintf("%s-%d", stage, do)} {
				for _, act := range s.acts(t, key) {
					own := key
					if own != "" {
						own += "-" + act.name
					}
					tried++
					cell := fmt.Sprintf("%s, %s at %s, key %q", act.name, name, stage, own)
					answered[s.try(t, cell, act, own, stage, do)]++
				}
			}
		}
	}
	sound(t, s.truth)
	t.Logf("%d tried: %v", tried, answered)
	if answered[""] < tried/2 {
		t.Error("hardly any was done: the test is blind")
	}
}

// try has one act meet one fault, and compares the answer with the truth.
func (s *sight) try(
	t testing.TB, cell string, act wireAct, key, stage string, do pgcluster.Action,
) booking.Kind {
	t.Helper()
	if act.name == "replay" {
		key = strings.TrimSuffix(key, "-replay")
	}
	before := s.made(t, act)
	err := meet(t, cell, s.arm(do, stage), do, func() error {
		return act.do(t.Context(), s.store, key)
	})
	kind := booking.KindOf(err)
	switch made := s.made(t, act) - before; kind {
	case "":
		if made != act.news {
			t.Errorf("%s: done, but %d were made", cell, made)
		}
	case booking.Busy, booking.Unavailable:
		if made != 0 {
			t.Errorf("%s: %v, but %d were made", cell, err, made)
		}
	case booking.Unknown:
		if made > act.news {
			t.Errorf("%s: %v, but %d were made", cell, err, made)
		}
	default:
		t.Errorf("%s: %v", cell, err)
	}
	if key == "" {
		return kind
	}
	must(t, act.do(t.Context(), s.truth, key))
	if made := s.made(t, act) - before; made != act.news {
		t.Errorf("%s: asked again, %d were made", cell, made)
	}
	return kind
}

// gullible is an engine that takes a lost connection at COMMIT for a COMMIT that was not.
type gullible struct{ engine }

func (e gullible) begin(ctx context.Context) (transaction, error) {
	tx, err := e.engine.begin(ctx)
	return gullibleTx{tx}, err
}

type gullibleTx struct{ transaction }

func (tx gullibleTx) commit(ctx context.Context, b *batch) (bool, error) {
	sent, err := tx.transaction.commit(ctx, b)
	if err != nil {
		return false, again{err}
	}
	return sent, nil
}

func TestWhoRepeatsALostCommitBooksTwice(t *testing.T) {
	s := newSight(t)
	w := writerOf(s.store)
	w.engine = gullible{w.engine}
	act := s.acts(t, "")[0]
	before := s.made(t, act)
	const do = pgcluster.DropAnswer
	must(t, meet(t, "book", s.arm(do, "save"), do, func() error {
		return act.do(t.Context(), s.store, "")
	}))
	if made := s.made(t, act) - before; made != 2 {
		t.Errorf("%d were made: the test of the truth is blind", made)
	}
}
