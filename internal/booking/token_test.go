package booking

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// makeToken makes a token with the number 1.
func (g *group) makeToken(by Caller, n NewToken) (Token, error) {
	var made Token
	err := g.Decide(by, g.now, func(d *Draft) (err error) {
		made, err = d.CreateToken(n, 1, TokenHash{1})
		return err
	})
	return made, err
}

// withEvents gives a sheet with event 1, which has no end, and events 2 and 3, which end in one and
// in two hours.
func withEvents(t testing.TB) *group {
	t.Helper()
	g := newGroup()
	for id, hours := range []time.Duration{0, 1, 2} {
		e := Event{ID: int64(id + 1), Status: OpenEvent, EventDetails: EventDetails{Capacity: 1}}
		if hours > 0 {
			e.EndsAt = g.now.Add(hours * time.Hour)
		}
		g.LoadEvent(e)
	}
	return g
}

func TestATokenExpiresWhenItIsSaidOrElseInTime(t *testing.T) {
	const day = 24 * time.Hour
	one, two, three := Selector{ID: 1}, Selector{ID: 2}, Selector{ID: 3}
	for _, tt := range []struct {
		role    Role
		events  []Selector
		expires string
		want    time.Duration
	}{
		{Organiser, nil, "", 90 * day},
		{Organiser, []Selector{three}, "", 90 * day},
		{Door, nil, "", 90 * day},
		{Door, []Selector{one}, "", 90 * day},
		{Door, []Selector{two}, "", 7 * time.Hour},
		{Door, []Selector{three, two}, "", 8 * time.Hour},
		{Door, []Selector{two, one}, "", 90 * day}, // one of them has no end
		{Door, []Selector{two}, "30d", 30 * day},
		{Organiser, nil, "2h30m", 150 * time.Minute},
		{Organiser, nil, "+2h30m", 150 * time.Minute},
		{Organiser, nil, "1w", 7 * day},
		{Organiser, nil, "2026-11-24", 35 * time.Hour}, // by the clocks of Berlin
		{Organiser, nil, "tomorrow 13:00", day},
		{Organiser, nil, "2026-11-23T12:00:00Z", day},
	} {
		g := withEvents(t)
		made, err := g.makeToken(Caller{}, NewToken{
			Name: "x", Role: tt.role, Events: tt.events, Expires: tt.expires, Zone: "Europe/Berlin",
		})
		if err != nil || made.ExpiresAt.Sub(g.now) != tt.want {
			t.Errorf("%s of %v, %q: %v, error %v, want %v", tt.role, tt.events, tt.expires,
				made.ExpiresAt.Sub(g.now), err, tt.want)
		}
	}
	made, err := withEvents(t).makeToken(Caller{}, NewToken{
		Name: "x", Role: Organiser, Expires: NeverExpires,
	})
	if err != nil || !made.ExpiresAt.IsZero() || !made.Live(time.Now().Add(1e5*time.Hour)) {
		t.Errorf("got %+v, %v", made, err)
	}
}

func TestATokenThatCouldNotBeUsedIsNotMade(t *testing.T) {
	for _, tt := range []struct {
		ask  NewToken
		kind Kind
		want string
	}{
		{NewToken{Role: Door}, Invalid, "name: is missing"},
		{NewToken{Name: strings.Repeat("x", 101), Role: Door}, Invalid,
			"name: is 101 characters long"},
		{NewToken{Name: "a\nb", Role: Door}, Invalid, "name: has a line break"},
		{NewToken{Name: "x"}, Invalid, "role: must be organiser or door"},
		{NewToken{Name: "x", Role: "owner"}, Invalid,
			`role: must be organiser or door, got "owner"`},
		{NewToken{Name: "x", Role: Door, Events: []Selector{{}}}, Invalid, "event_id: must be"},
		{NewToken{Name: "x", Role: Door, Events: []Selector{{ID: 1}, {ID: 9}}}, NotFound,
			"no event 9"},
		{NewToken{Name: "x", Role: Door, Expires: "-1d"}, Invalid,
			`expires: "-1d" is not in the future`},
		{NewToken{Name: "x", Role: Door, Expires: "0d"}, Invalid, "is not in the future"},
		{NewToken{Name: "x", Role: Door, Expires: "yesterday"}, Invalid, "is not in the future"},
		{NewToken{Name: "x", Role: Door, Expires: "90"}, Invalid, `"90" is not a time`},
		{NewToken{Name: "x", Role: Door, Expires: "Never"}, Invalid, `"Never" is not a time`},
		{NewToken{Name: "x", Role: Door, Zone: "Moon", Expires: "1d"}, Invalid, "time zone"},
	} {
		_, err := withEvents(t).makeToken(Caller{}, tt.ask)
		if KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %s", tt.ask, err, tt.want)
		}
	}
	g := withEvents(t)
	g.now = g.now.Add(100 * time.Hour)
	_, err := g.makeToken(Caller{}, NewToken{
		Name: "x", Role: Door, Events: []Selector{{ID: 2}, {ID: 3}},
	})
	if KindOf(err) != Invalid || !strings.Contains(err.Error(), "event_id: is over") {
		t.Errorf("got %v", err)
	}
}

func TestATokenIsForItsEventsOnly(t *testing.T) {
	g := withEvents(t)
	made := must[Token](t)(g.makeToken(Caller{}, NewToken{
		Name: "x", Role: Door, Events: []Selector{{ID: 3}, {ID: 1}, {ID: 3}},
	}))
	if !slices.Equal(made.Events, []int64{1, 3}) {
		t.Errorf("got %v", made.Events)
	}
	for id, want := range map[int64]bool{1: true, 2: false, 3: true} {
		if got := made.Scope().HasEvent(Event{ID: id}); got != want {
			t.Errorf("event %d: %t", id, got)
		}
	}
	all := Token{}
	none := Token{Events: []int64{}}
	if !all.Scope().HasEvent(Event{ID: 2}) || none.Scope().HasEvent(Event{ID: 2}) {
		t.Error("a token for all events is not, or one for none is for all")
	}
}

func TestOnlyTheOwnerDealsWithTokens(t *testing.T) {
	for _, scope := range []Scope{{Public: true}, {Events: []int64{1}}, {Events: []int64{}}} {
		g := withEvents(t)
		g.LoadToken(Token{ID: 1})
		by := Caller{Scope: scope}
		_, err := g.makeToken(by, NewToken{Name: "x", Role: Door})
		errs := []error{err}
		for _, command := range []func(*Draft) error{
			func(d *Draft) error { _, err := d.RevokeToken(1); return err },
			func(d *Draft) error {
				_, err := d.RotateToken(Rotation{ID: 1}, TokenHash{})
				return err
			},
			func(d *Draft) error { return d.NoteTokenUse([]int64{1}) },
		} {
			errs = append(errs, g.Decide(by, g.now, command))
		}
		for i, err := range errs {
			if KindOf(err) != Forbidden {
				t.Errorf("%+v, command %d: %v", scope, i, err)
			}
		}
		if len(g.ChangedTokens()) > 0 {
			t.Errorf("%+v: %v", scope, g.ChangedTokens())
		}
	}
}

func TestATokenIsRevokedOnceAndForGood(t *testing.T) {
	g := newGroup()
	g.LoadToken(Token{ID: 1})
	revoke := func() (revoked Token, err error) {
		err = g.do(func(d *Draft) (err error) { revoked, err = d.RevokeToken(1); return err })
		return revoked, err
	}
	first := must[Token](t)(revoke())
	g.now = g.now.Add(time.Hour)
	second := must[Token](t)(revoke())
	if first.RevokedAt.IsZero() || second.RevokedAt != first.RevokedAt || second.Live(g.now) {
		t.Errorf("got %+v, then %+v", first, second)
	}
	err := g.do(func(d *Draft) error {
		_, err := d.RotateToken(Rotation{ID: 1}, TokenHash{})
		return err
	})
	if KindOf(err) != Conflict || !strings.Contains(err.Error(), "was revoked at 2026-11-22") {
		t.Errorf("got %v", err)
	}
	err = g.do(func(d *Draft) error { _, err := d.RevokeToken(2); return err })
	if KindOf(err) != NotFound {
		t.Errorf("got %v", err)
	}
}

func TestTheUseOfATokenIsNotedNowAndThen(t *testing.T) {
	g := newGroup()
	start := g.now
	g.LoadToken(Token{ID: 1})
	for _, tt := range []struct{ after, noted time.Duration }{{0, 0}, {29, 0}, {30, 30}, {59, 30}} {
		g.now = start.Add(tt.after * time.Second)
		if err := g.do(func(d *Draft) error { return d.NoteTokenUse([]int64{1, 7}) }); err != nil {
			t.Fatal(err)
		}
		if got := g.tokens[1].LastUsedAt.Sub(start); got != tt.noted*time.Second {
			t.Errorf("after %v: noted at %v", tt.after, got)
		}
	}
}

func TestARotatedTokenHasANewSecretAtOnce(t *testing.T) {
	old, fresh := credential(Door, 1), credential(Door, 1)
	fresh.Secret[5] = 77
	for overlap, kind := range map[time.Duration]Kind{
		0: "", time.Hour: "", MaxOverlap: "", MaxOverlap + 1: Invalid, -1: Invalid,
	} {
		g := newGroup()
		g.LoadToken(Token{
			ID: 1, Role: Door, Hash: old.Hash(), ExpiresAt: g.now.Add(1000 * time.Hour),
		})
		var rotated Token
		err := g.do(func(d *Draft) (err error) {
			rotated, err = d.RotateToken(Rotation{1, overlap}, fresh.Hash())
			return err
		})
		if KindOf(err) != kind {
			t.Fatalf("%v: %v", overlap, err)
		}
		if err != nil {
			continue
		}
		if !rotated.Accepts(fresh, g.now) || rotated.Accepts(old, g.now) != (overlap > 0) ||
			rotated.Accepts(old, g.now.Add(overlap)) {
			t.Errorf("%v: %+v", overlap, rotated)
		}
	}
	g := newGroup()
	g.LoadToken(Token{ID: 1, ExpiresAt: g.now})
	err := g.do(func(d *Draft) error {
		_, err := d.RotateToken(Rotation{ID: 1}, TokenHash{})
		return err
	})
	if KindOf(err) != Conflict || !strings.Contains(err.Error(), "expired at") {
		t.Errorf("got %v", err)
	}
}
