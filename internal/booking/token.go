package booking

import (
	"cmp"
	"crypto/subtle"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	// MaxTokenName is the longest name of a token, in characters.
	MaxTokenName = 100
	// MaxOverlap is the longest time for which a token that was rotated is good beside its
	// successor: a week to find every place where it is written down.
	MaxOverlap = 7 * 24 * time.Hour
	// NeverExpires is the word for a token that is good until it is revoked.
	NeverExpires = "never"
	// tokenLife is for how long a token is good unless told otherwise.
	tokenLife = 90 * 24 * time.Hour
	// doorLife is for how long after the end of its last event a token for the door is.
	doorLife = 6 * time.Hour
)

// Role says what the bearer of a token may do; the [Scope] says to which events. A door knows more
// kinds of callers: those who show no token.
type Role string

// The roles of tokens.
const (
	// Door is for the entrance.
	Door Role = "door"
	// Organiser is to manage events.
	Organiser Role = "organiser"
)

// TokenRoles lists the roles of tokens.
func TokenRoles() []Role { return []Role{Organiser, Door} }

// Token lets its bearer come over the network as an organiser or as somebody at the door.
type Token struct {
	ID   int64
	Name string
	Role Role
	// Events are the numbers of those that it is for, in order; nil for all. Events that are
	// deleted drop out: a token that was for these alone is for none.
	Events []int64
	// Hash is the SHA-256 of the secret; nothing else is kept of it. Former is that of the secret
	// before the last rotation, which is good until FormerUntil.
	Hash, Former TokenHash
	FormerUntil  time.Time
	CreatedAt    time.Time
	// ExpiresAt is from when on it is good no more; zero for never.
	ExpiresAt time.Time
	// RevokedAt is when it was taken out of use; zero if it was not.
	RevokedAt time.Time
	// LastUsedAt is when it was last used, some seconds more or less; zero for never.
	LastUsedAt time.Time
}

// Live says whether the token is good.
func (t Token) Live(now time.Time) bool {
	return t.RevokedAt.IsZero() && (t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt))
}

// Scope is what there is for the bearer.
func (t Token) Scope() Scope { return Scope{Events: t.Events} }

// KeyScope is the scope of the bearer's idempotency keys.
func (t Token) KeyScope() string { return "token:" + strconv.FormatInt(t.ID, 10) }

// Accepts says whether the token is good and a credential is its own. It takes the same time
// whatever the secret, also of the zero token, which accepts none.
func (t Token) Accepts(c Credential, now time.Time) bool {
	hash := c.Hash()
	fits := subtle.ConstantTimeCompare(hash[:], t.Hash[:])
	former := subtle.ConstantTimeCompare(hash[:], t.Former[:])
	if !now.Before(t.FormerUntil) {
		former = 0
	}
	return fits|former == 1 && c.ID == t.ID && c.Role == t.Role && t.Live(now)
}

// NewToken asks for a token to be made.
type NewToken struct {
	// Name is for people, who have to know later what the token is for: 1 to [MaxTokenName]
	// characters.
	Name string
	Role Role
	// Events are those that it is for; none for all.
	Events []Selector
	// Expires is from when on it is good no more: [NeverExpires], a span such as "90d", or a time
	// as [ParseBound] reads it in Zone, "" for UTC. Empty stands for six hours after the last of
	// its events ends for the door, if all of them have an end, and otherwise for 90 days.
	Expires, Zone string
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (n NewToken) Validate() error {
	var bad Fields
	if n.Name == "" {
		bad.Add("name", "is missing; say who or what the token is for")
	}
	bad.Add("name", validateText(n.Name, MaxTokenName, false))
	if !slices.Contains(TokenRoles(), n.Role) {
		bad.Add("role", fmt.Sprintf("must be %s or %s, got %s", Organiser, Door,
			quoted(string(n.Role))))
	}
	for _, sel := range n.Events {
		bad.Add("event_id", sel.validate())
	}
	return bad.Err()
}

// CreateToken makes a token with the number and the hash of its secret. It refuses with [NotFound]
// when there is no such event, and with [Invalid] when the token could never be used.
func (d *Draft) CreateToken(n NewToken, id int64, hash TokenHash) (Token, error) {
	n.Name = nfc(n.Name)
	if err := cmp.Or(d.caller.Scope.OwnerOnly(), n.Validate()); err != nil {
		return Token{}, err
	}
	t := Token{ID: id, Name: n.Name, Role: n.Role, Hash: hash, CreatedAt: d.now}
	var end time.Time
	endless := false
	for _, sel := range n.Events {
		event, err := d.Event(sel)
		if err != nil {
			return Token{}, err
		}
		t.Events = append(t.Events, event.ID)
		if event.EndsAt.After(end) {
			end = event.EndsAt
		}
		endless = endless || event.EndsAt.IsZero()
	}
	if endless {
		end = time.Time{}
	}
	slices.Sort(t.Events)
	t.Events = slices.Compact(t.Events)
	var bad Fields
	t.ExpiresAt = n.expiry(end, d.now, &bad)
	if err := bad.Err(); err != nil {
		return Token{}, err
	}
	d.tokens = append(d.tokens, t)
	return t, nil
}

// expiry is when the token expires whose last event ends at that time, zero for never.
func (n NewToken) expiry(end, now time.Time, bad *Fields) time.Time {
	switch {
	case n.Expires == NeverExpires:
		return time.Time{}
	case n.Expires == "" && n.Role == Door && !end.IsZero():
		if end = end.Add(doorLife); !end.After(now) {
			bad.Add("event_id", "is over; say until when the token is good")
		}
		return end
	case n.Expires == "":
		return now.Add(tokenLife)
	}
	zone, err := LoadZone(cmp.Or(n.Zone, "UTC"))
	var at time.Time
	if err == nil {
		at, err = parseExpiry(n.Expires, zone, now)
	}
	switch {
	case err != nil:
		bad.Add("expires", err.Error())
	case !at.After(now):
		bad.Add("expires", fmt.Sprintf("%s is not in the future", quoted(n.Expires)))
	}
	return at
}

// parseExpiry reads a time, or a span from now with or without its plus sign.
func parseExpiry(text string, zone *time.Location, now time.Time) (time.Time, error) {
	if _, _, span := parseSpan(text); span {
		text = "+" + text
	}
	return ParseBound(text, zone, now)
}

// IssuedToken answers who has a token made, or gets another secret for one.
type IssuedToken struct {
	Token Token
	// Credential is what its bearer has to show. It cannot be had again; a dry run gives none.
	Credential Credential
}

// RevokeToken takes a token out of use for good; one that is revoked stays so. It refuses with
// [NotFound] when there is no such token.
func (d *Draft) RevokeToken(id int64) (Token, error) {
	t, err := d.token(id)
	if err != nil || !t.RevokedAt.IsZero() {
		return t, err
	}
	t.RevokedAt = d.now
	d.tokens = append(d.tokens, t)
	return t, nil
}

// Rotation asks for another secret of a token.
type Rotation struct {
	ID int64
	// Overlap is how long the old secret is good beside the new one, 0 to [MaxOverlap].
	Overlap time.Duration
}

// Validate reports every field that breaks a limit, as one [Invalid] error.
func (r Rotation) Validate() error {
	var bad Fields
	if r.Overlap < 0 || r.Overlap > MaxOverlap {
		bad.Add("overlap_seconds", fmt.Sprintf("must be from 0 to %.0f seconds, got %g",
			MaxOverlap.Seconds(), r.Overlap.Seconds()))
	}
	return bad.Err()
}

// RotateToken gives a token another secret, of which it takes the hash. The token expires when it
// did before. It refuses with [NotFound] when there is no such token, and with [Conflict] when it
// is good no more.
func (d *Draft) RotateToken(r Rotation, hash TokenHash) (Token, error) {
	if err := r.Validate(); err != nil {
		return Token{}, err
	}
	t, err := d.token(r.ID)
	switch {
	case err != nil:
		return Token{}, err
	case !t.RevokedAt.IsZero():
		err = Errorf(Conflict, "token %d was revoked at %s", t.ID, t.RevokedAt.Format(time.RFC3339))
	case !t.Live(d.now):
		err = Errorf(Conflict, "token %d expired at %s", t.ID, t.ExpiresAt.Format(time.RFC3339))
	}
	if err != nil {
		return Token{}, err.(*Error).WithHint("make another token")
	}
	t.Former, t.FormerUntil = TokenHash{}, time.Time{}
	if r.Overlap > 0 {
		t.Former, t.FormerUntil = t.Hash, d.now.Add(r.Overlap)
	}
	t.Hash = hash
	d.tokens = append(d.tokens, t)
	return t, nil
}

// tokenUseNoted is how often it is noted that a token is used.
const tokenUseNoted = 30 * time.Second

// NoteTokenUse notes that tokens are used now, of each unless that was just noted.
func (d *Draft) NoteTokenUse(ids []int64) error {
	for _, id := range ids {
		t, err := d.token(id)
		switch {
		case KindOf(err) == NotFound:
		case err != nil:
			return err
		case d.now.Sub(t.LastUsedAt) >= tokenUseNoted:
			t.LastUsedAt = d.now
			d.tokens = append(d.tokens, t)
		}
	}
	return nil
}

// token finds a token for the command.
func (d *Draft) token(id int64) (Token, error) {
	if err := d.caller.Scope.OwnerOnly(); err != nil {
		return Token{}, err
	}
	if t, ok := d.Sheet.tokens[id]; ok {
		return t, nil
	}
	return Token{}, NoToken(id)
}

// ListOfTokens is the hint of [NoToken].
const ListOfTokens = "the list of tokens shows what there is"

// NoToken is the answer when there is no such token.
func NoToken(id int64) *Error {
	return Errorf(NotFound, "no token %d", id).WithHint(ListOfTokens)
}

// LoadToken puts a stored token on the sheet.
func (s *Sheet) LoadToken(t Token) { s.tokens[t.ID] = t }

// ChangedTokens are the tokens that were made or changed, as they are now.
func (s *Sheet) ChangedTokens() []Token { return s.changedTokens }
