package storage

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"

	"evbook/internal/booking"
)

// tokenSchema is the schema number from which on there are tokens.
const tokenSchema = 4

const selectToken = `SELECT id, name, role, bound, hash, former, coalesce(former_until, 0),
	created_at, coalesce(expires_at, 0), coalesce(revoked_at, 0), coalesce(last_used_at, 0),
	(SELECT coalesce(string_agg(CAST(event_id AS TEXT), ', ' ORDER BY event_id), '')
		FROM token_events WHERE token_id = tokens.id)
	FROM tokens`

func scanToken(scan scanner) (t booking.Token, err error) {
	var (
		bound                                  bool
		hash, former                           []byte
		until, created, expires, revoked, used int64
		events                                 string
	)
	err = scan(&t.ID, &t.Name, &t.Role, (*bit)(&bound), &hash, &former, &until, &created, &expires,
		&revoked, &used, &events)
	if err == nil && bound {
		err = json.Unmarshal([]byte("["+events+"]"), &t.Events)
	}
	copy(t.Hash[:], hash)
	copy(t.Former[:], former)
	t.FormerUntil, t.CreatedAt = timeOrZero(until), fromMicros(created)
	t.ExpiresAt, t.RevokedAt = timeOrZero(expires), timeOrZero(revoked)
	t.LastUsedAt = timeOrZero(used)
	return t, err
}

// loadTokens reads the tokens that the commands name, and the number of the next one.
func (l *loader) loadTokens(b *batch) {
	l.tokens = slices.Sorted(slices.Values(l.tokens)) // all lock them in one order
	ids := make([]any, len(l.tokens))
	for i, id := range l.tokens {
		ids[i] = id
	}
	b.lookUp(func(scan scanner) error {
		t, err := scanToken(scan)
		if err == nil {
			l.sheet.LoadToken(t)
		}
		return err
	}, selectToken+` WHERE id IN () ORDER BY id`+l.dialect.lockRows, ids)
	if l.nextToken != nil {
		b.query(func(scan scanner) error { return scan(l.nextToken) },
			`SELECT coalesce(max(id), 0) + 1 FROM tokens`)
	}
}

// saveToken writes a token that was made or changed. Its events never change, but they can be
// deleted meanwhile, since only those of a new one are locked.
func (l *loader) saveToken(b *batch, t booking.Token) {
	var former any
	if !t.FormerUntil.IsZero() {
		former = t.Former[:]
	}
	b.exec(`INSERT INTO tokens (id, name, role, bound, hash, former, former_until, created_at,
			expires_at, revoked_at, last_used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, former = excluded.former,
			former_until = excluded.former_until, revoked_at = excluded.revoked_at,
			last_used_at = excluded.last_used_at`,
		t.ID, t.Name, string(t.Role), bit(t.Events != nil), t.Hash[:], former,
		microsOrNull(t.FormerUntil), micros(t.CreatedAt), microsOrNull(t.ExpiresAt),
		microsOrNull(t.RevokedAt), microsOrNull(t.LastUsedAt))
	if _, old := slices.BinarySearch(l.tokens, t.ID); old {
		return
	}
	for _, event := range t.Events {
		b.exec(`INSERT INTO token_events (token_id, event_id) VALUES ($1, $2)`, t.ID, event)
	}
}

// tokenCommand is a command about tokens.
type tokenCommand struct {
	looksAt func(*needs)
	rule    func(*booking.Draft) error
}

func (c *tokenCommand) needs(n *needs) { c.looksAt(n) }

func (c *tokenCommand) decide(sheet *booking.Sheet, by booking.Caller, now time.Time) error {
	return sheet.Decide(by, now, c.rule)
}

// CreateToken makes a token. Its text is in the answer and nowhere else. Errors: Invalid, NotFound,
// Forbidden.
func (s *Store) CreateToken(
	ctx context.Context, ask booking.NewToken,
) (made booking.IssuedToken, err error) {
	made.Credential = newCredential(ask.Role)
	id := &made.Credential.ID
	err = s.alone(ctx, &tokenCommand{
		looksAt: func(n *needs) {
			n.nextToken = id
			for _, sel := range ask.Events {
				n.event(sel)
			}
		},
		rule: func(d *booking.Draft) (err error) {
			made.Token, err = d.CreateToken(ask, *id, made.Credential.Hash())
			return err
		},
	})
	if err != nil {
		return booking.IssuedToken{}, err
	}
	if s.dryRun {
		made.Token.ID = 0 // it would be the next one's
	}
	return s.issued(made), nil
}

// RotateToken gives a token another secret, at once. Errors: Invalid, NotFound, Conflict,
// Forbidden.
func (s *Store) RotateToken(
	ctx context.Context, ask booking.Rotation,
) (made booking.IssuedToken, err error) {
	made.Credential = newCredential("")
	err = s.alone(ctx, &tokenCommand{
		looksAt: func(n *needs) { n.tokens = []int64{ask.ID} },
		rule: func(d *booking.Draft) (err error) {
			made.Token, err = d.RotateToken(ask, made.Credential.Hash())
			return err
		},
	})
	if err != nil {
		return booking.IssuedToken{}, err
	}
	made.Credential.ID, made.Credential.Role = made.Token.ID, made.Token.Role
	return s.issued(made), nil
}

// newCredential makes a secret up.
func newCredential(role booking.Role) booking.Credential {
	c := booking.Credential{Role: role}
	rand.Read(c.Secret[:]) // never fails: crypto/rand ends the program instead
	return c
}

// issued takes the secret out of what a dry run answers: it opens nothing.
func (s *Store) issued(made booking.IssuedToken) booking.IssuedToken {
	if s.dryRun {
		made.Credential = booking.Credential{}
	}
	return made
}

// RevokeToken takes a token out of use for good. Errors: NotFound, Forbidden.
func (s *Store) RevokeToken(ctx context.Context, id int64) (revoked booking.Token, err error) {
	err = s.alone(ctx, &tokenCommand{
		looksAt: func(n *needs) { n.tokens = []int64{id} },
		rule: func(d *booking.Draft) (err error) {
			revoked, err = d.RevokeToken(id)
			return err
		},
	})
	return revoked, err
}

// NoteTokenUse notes that tokens were used just now, of each only if that was not noted within the
// last 30 seconds; numbers without a token are passed over. Errors: Forbidden.
func (s *Store) NoteTokenUse(ctx context.Context, ids []int64) error {
	return s.alone(ctx, &tokenCommand{
		looksAt: func(n *needs) { n.tokens = ids },
		rule:    func(d *booking.Draft) error { return d.NoteTokenUse(ids) },
	})
}

// Tokens lists all tokens there ever were, the oldest first, with the hashes of their secrets.
// Errors: Forbidden.
func (s *Store) Tokens(ctx context.Context) (tokens []booking.Token, err error) {
	return s.selectTokens(ctx, ` ORDER BY id`)
}

// Token finds one token. Errors: NotFound, Forbidden.
func (s *Store) Token(ctx context.Context, id int64) (booking.Token, error) {
	found, err := s.selectTokens(ctx, ` WHERE id = $1`, id)
	switch {
	case err != nil:
		return booking.Token{}, err
	case len(found) == 0:
		return booking.Token{}, booking.NoToken(id)
	}
	return found[0], nil
}

func (s *Store) selectTokens(
	ctx context.Context, which string, args ...any,
) (tokens []booking.Token, err error) {
	if err := s.caller.Scope.OwnerOnly(); err != nil {
		return nil, err
	}
	if s.schema < tokenSchema { // there were none
		return nil, nil
	}
	err = s.read.each(ctx, func(scan scanner) error {
		t, err := scanToken(scan)
		tokens = append(tokens, t)
		return err
	}, selectToken+which, args...)
	return tokens, s.classify(err)
}
