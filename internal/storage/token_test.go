package storage

import (
	"database/sql"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// makeToken makes a token for events, or for all.
func makeToken(t testing.TB, s *Store, events ...booking.Selector) booking.IssuedToken {
	t.Helper()
	made, err := s.CreateToken(t.Context(), booking.NewToken{
		Name: "the door", Role: booking.Door, Events: events,
	})
	must(t, err)
	return made
}

func TestATokenIsKeptWithAllItHas(t *testing.T) {
	s := open(t)
	one, two := event(t, s, 9), event(t, s, 9)
	all, bound := makeToken(t, s), makeToken(t, s, two, one)
	rotated, err := s.RotateToken(t.Context(), booking.Rotation{ID: 2, Overlap: time.Hour})
	must(t, err)
	revoked, err := s.RevokeToken(t.Context(), 1)
	must(t, err)
	must(t, s.NoteTokenUse(t.Context(), []int64{1, 2, 3, 2}))
	tokens, err := reopened(t, s).Tokens(t.Context())
	must(t, err)
	for i := range tokens {
		if tokens[i].LastUsedAt.IsZero() {
			t.Errorf("token %d was never used", tokens[i].ID)
		}
		tokens[i].LastUsedAt = time.Time{}
	}
	if want := []booking.Token{revoked, rotated.Token}; !reflect.DeepEqual(tokens, want) {
		t.Errorf("got  %+v\nwant %+v", tokens, want)
	}
	now := s.now()
	if tokens[0].Accepts(all.Credential, now) || tokens[0].Events != nil ||
		!tokens[1].Accepts(bound.Credential, now) || !tokens[1].Accepts(rotated.Credential, now) ||
		!slices.Equal(tokens[1].Events, []int64{1, 2}) {
		t.Errorf("got %+v", tokens)
	}
	if c, err := booking.ParseToken(rotated.Credential.Text()); err != nil || c.ID != 2 {
		t.Errorf("got %v, %v", c, err)
	}
}

// The rows of an event that is deleted go with it. What is left must not be taken for a token for
// all events.
func TestATokenForADeletedEventIsForNone(t *testing.T) {
	s := open(t)
	one, two := event(t, s, 9), event(t, s, 9)
	makeToken(t, s, one)
	for _, want := range [][]int64{{1}, {}} {
		got, err := s.Token(t.Context(), 1)
		must(t, err)
		if got.Events == nil || !slices.Equal(got.Events, want) ||
			got.Scope().HasEvent(booking.Event{ID: two.ID}) {
			t.Errorf("got %+v, want events %v", got, want)
		}
		if len(want) > 0 {
			_, err = s.DeleteEvent(t.Context(), one)
			must(t, err)
		}
	}
	// Saving it anew leaves it bound.
	must(t, s.NoteTokenUse(t.Context(), []int64{1}))
	if got, err := s.Token(t.Context(), 1); err != nil || got.Events == nil {
		t.Errorf("got %+v, %v", got, err)
	}
	sound(t, s)
}

func TestWhatIsWrongWithATokenIsTold(t *testing.T) {
	s := open(t)
	_, err := s.CreateToken(t.Context(), booking.NewToken{
		Name: "x", Role: booking.Door, Events: []booking.Selector{{Slug: "none"}},
	})
	refusedAs(t, err, booking.NotFound, "no event none")
	_, err = s.RotateToken(t.Context(), booking.Rotation{ID: 1})
	refusedAs(t, err, booking.NotFound, "no token 1")
	_, err = s.RevokeToken(t.Context(), 1)
	refusedAs(t, err, booking.NotFound, "no token 1")
	_, err = s.Token(t.Context(), 1)
	refusedAs(t, err, booking.NotFound, "no token 1")
	if tokens, err := s.Tokens(t.Context()); err != nil || len(tokens) > 0 {
		t.Errorf("got %+v, %v", tokens, err)
	}
}

func TestADryRunMakesNoToken(t *testing.T) {
	path, _, _ := stocked(t)
	before := dump(t, path)
	s := rehearsal(t, path)
	made := makeToken(t, s, booking.Selector{ID: 1})
	if made.Token.ID != 0 || made.Credential != (booking.Credential{}) ||
		made.Token.Name != "the door" {
		t.Errorf("got %+v", made)
	}
	if dump(t, path) != before {
		t.Error("the database is not as it was")
	}
}

// The text of a token is nowhere in the database, in no form, nor is the secret in it.
func TestTheTextOfATokenIsNotInTheFiles(t *testing.T) {
	s := open(t)
	sel := event(t, s, 9)
	made := makeToken(t, s, sel)
	rotated, err := s.RotateToken(t.Context(), booking.Rotation{ID: 1, Overlap: time.Hour})
	must(t, err)
	r, err := s.Book(t.Context(), seat(sel, "k"))
	must(t, err)
	var marks []string
	for _, text := range []string{
		made.Credential.Text(), rotated.Credential.Text(), r.Secret.Text(),
	} {
		at := strings.LastIndexByte(text, '_') + 1
		marks = append(marks, text[at:at+20], text[len(text)-20:])
	}
	marks = append(marks, string(made.Credential.Secret[:8]), string(r.Secret[:8]))
	if found := traces(t, placeOf(s), marks); len(found) > 0 {
		t.Errorf("the files hold %d of %d marks", len(found), len(marks))
	}
	if found := traces(t, placeOf(s), []string{"the door"}); len(found) == 0 {
		t.Error("the name of the token is not found: the test is blind")
	}
}

// Older evbooks may go on writing to what this one has made or brought up to date.
func TestTokensLeaveOlderWritersAtWork(t *testing.T) {
	s := open(t)
	var oldest int
	peek(t, s, []any{&oldest}, `SELECT oldest_writer FROM meta`)
	if oldest != lifeSchema {
		t.Errorf("only evbooks of schema %d may write", oldest)
	}
}

func TestADatabaseFromBeforeThereWereTokensHasNone(t *testing.T) {
	path := schemaThree(t, 3)
	before := old(t, path)
	if tokens, err := before.Tokens(t.Context()); err != nil || len(tokens) > 0 {
		t.Errorf("got %+v, %v", tokens, err)
	}
	_, err := before.Token(t.Context(), 1)
	refusedAs(t, err, booking.NotFound, "no token 1")
	must(t, before.Close())
	s := openAt(t, path)
	makeToken(t, s)
	sound(t, s)
}

// schemaThree makes a database of the last schema before there were tokens; see schemaOne.
func schemaThree(t testing.TB, bookings int) string {
	t.Helper()
	path := schemaTwo(t, bookings)
	settings := writeSettings(soon)
	settings.Del("_defensive")
	must(t, withDB(path, settings, func(db *sql.DB) error {
		provider, err := newMigrations(db)
		if err != nil {
			return err
		}
		_, err = provider.UpTo(t.Context(), tokenSchema-1)
		return err
	}))
	return path
}

func tamperingsWithTokens() []tampering {
	return []tampering{
		{check: "values of tokens", detail: "token 1: door, hashes of 31 and 0 bytes",
			sql: `UPDATE tokens SET hash = substr(hash, 1, 31)`},
		{check: "values of tokens", detail: "token 1: door, hashes of 32 and 31 bytes",
			sql: `UPDATE tokens SET former = substr(hash, 1, 31), former_until = 1`},
		{check: "values of tokens", detail: "token 1: door, hashes of 32 and 32 bytes",
			sql: `UPDATE tokens SET former = hash`},
		{check: "values of tokens", detail: "token 1: owner, hashes of 32 and 0 bytes",
			sql: `UPDATE tokens SET role = 'owner'`},
		{check: "events of tokens", detail: "token 1: is for event 5 and not bound to events",
			sql: `UPDATE tokens SET bound = 0`},
		{check: "foreign keys", detail: "row 0 of token_events points to nothing in events",
			sql: `UPDATE token_events SET event_id = 99`},
		{check: "foreign keys", detail: "row 0 of token_events points to nothing in tokens",
			sql: `UPDATE token_events SET token_id = 99`},
	}
}
