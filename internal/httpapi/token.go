package httpapi

import (
	"time"

	"evbook/internal/booking"
)

// tokenView is a token as JSON, without its secret. The id is null where a dry run leaves none
// behind.
type tokenView struct {
	ID   *int64       `json:"id"`
	Name string       `json:"name"`
	Role booking.Role `json:"role"`
	// Events are the numbers of those that it is for; null for all.
	Events    *[]int64 `json:"events"`
	CreatedAt string   `json:"created_at"`
	// ExpiresAt is null for one that never does.
	ExpiresAt *string `json:"expires_at"`
	RevokedAt *string `json:"revoked_at"`
	// LastUsedAt is true to within a minute.
	LastUsedAt *string `json:"last_used_at"`
	// FormerUntil is until when the token before the last rotation is good too.
	FormerUntil *string `json:"former_until"`
	Status      string  `json:"status"`
}

func viewToken(t booking.Token, now time.Time) tokenView {
	view := tokenView{
		ID: idOrNull(t.ID), Name: t.Name, Role: t.Role,
		CreatedAt: stamp(t.CreatedAt), ExpiresAt: instant(t.ExpiresAt),
		RevokedAt: instant(t.RevokedAt), LastUsedAt: instant(t.LastUsedAt),
		Status: TokenStatus(t, now),
	}
	if t.Events != nil {
		view.Events = &t.Events
	}
	if now.Before(t.FormerUntil) {
		view.FormerUntil = instant(t.FormerUntil)
	}
	return view
}

// issuedView is a token with its text, for whom it was made.
type issuedView struct {
	tokenView
	// Token is what its bearer shows; null in a dry run.
	Token *string `json:"token"`
}

func viewIssued(t booking.IssuedToken, now time.Time) issuedView {
	view := issuedView{tokenView: viewToken(t.Token, now)}
	if t.Credential.ID != 0 {
		view.Token = orNull(t.Credential.Text())
	}
	return view
}

// TokenStatus says in a word whether a token is good. Programs rely on the words.
func TokenStatus(t booking.Token, now time.Time) string {
	switch {
	case !t.RevokedAt.IsZero():
		return "revoked"
	case !t.Live(now):
		return "expired"
	}
	return "live"
}

// TokenRecord is a token as a row.
func TokenRecord(t booking.Token, now time.Time) Record { return RecordOf(viewToken(t, now)) }

// CreatedToken answers a token that was made. Its text is in the data and nowhere else.
func CreatedToken(t booking.IssuedToken, now time.Time) Envelope {
	if t.Token.ID == 0 { // a dry run
		return done(viewIssued(t, now), "created a token")
	}
	return done(viewIssued(t, now), "created token %d", t.Token.ID)
}

// RotatedToken answers a token that has got another text.
func RotatedToken(t booking.IssuedToken, now time.Time) Envelope {
	return done(viewIssued(t, now), "rotated token %d", t.Token.ID)
}

// RevokedToken answers a token that was taken out of use.
func RevokedToken(t booking.Token, now time.Time) Envelope {
	return done(viewToken(t, now), "revoked token %d", t.ID)
}

// ShownToken shows one token.
func ShownToken(t booking.Token, now time.Time) Envelope {
	return done(viewToken(t, now), "token %d is %s", t.ID, TokenStatus(t, now))
}

// ListedTokens shows all tokens.
func ListedTokens(tokens []booking.Token, now time.Time) Envelope {
	views := make([]tokenView, len(tokens))
	for i, t := range tokens {
		views[i] = viewToken(t, now)
	}
	return listed(views, "", count(len(views), "token", "tokens"))
}
