package storage

import (
	"slices"
	"testing"
)

// An event can be deleted while a token for it is changed: nobody locks it then.
func TestTheEventsOfATokenAreWrittenOnce(t *testing.T) {
	address := postgresAddress(t)
	s := openPostgresAt(t, address)
	one := event(t, s, 9)
	token := makeToken(t, s, one).Token
	tamperPostgres(t, address, `CREATE FUNCTION deleted() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE foreign_key_violation; END $$`,
		`CREATE TRIGGER deleted BEFORE INSERT ON token_events FOR EACH ROW
			EXECUTE FUNCTION deleted()`)
	must(t, s.NoteTokenUse(t.Context(), []int64{token.ID}))
	_, err := s.RevokeToken(t.Context(), token.ID)
	must(t, err)
	got, err := s.Token(t.Context(), token.ID)
	if err != nil || !slices.Equal(got.Events, []int64{one.ID}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// Who locks many tokens locks them in the order of their numbers, as everybody does.
func TestTokensAreLockedInOneOrder(t *testing.T) {
	l := newLoader(nil, postgresDialect(), nil, new(memory), nil)
	for id := range int64(3 * lookedUpAtOnce) {
		l.tokens = append([]int64{id + 1}, l.tokens...)
	}
	var b batch
	l.loadTokens(&b)
	var asked []int64
	for _, s := range b.steps {
		for _, arg := range s.args {
			asked = append(asked, arg.(int64))
		}
	}
	if len(b.steps) != 3 || !slices.IsSorted(asked) {
		t.Errorf("%d statements ask for %v", len(b.steps), asked)
	}
}
