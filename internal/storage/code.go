package storage

import (
	"context"
	"crypto/rand"

	"evbook/internal/booking"
)

// AddCode adds an access code to an event, and makes one up if none is given. Errors: Invalid,
// NotFound, Conflict.
func (s *Store) AddCode(ctx context.Context, ask booking.NewCode) (booking.CodeAnswer, error) {
	if ask.Text == "" {
		ask.Text = newCode()
	}
	return divide(ctx, s, ask.Event, ask.Text, ask, (*booking.Draft).AddCode)
}

// DisableCode takes an access code out of use. Errors: NotFound.
func (s *Store) DisableCode(
	ctx context.Context, ask booking.CodeSelector,
) (booking.CodeAnswer, error) {
	return divide(ctx, s, ask.Event, ask.Text, ask, (*booking.Draft).DisableCode)
}

// codeSymbols are those of access codes that are made up: no two look alike.
const codeSymbols = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes an access code up: ten symbols, too many to be guessed while there are limits to
// how often one can try.
func newCode() string {
	const half = 5
	// Bytes from here on would make some symbols likelier than others.
	const fair = 256 - 256%len(codeSymbols)
	code := make([]byte, 0, 2*half+1)
	for draw := make([]byte, 1); len(code) < cap(code); {
		if len(code) == half {
			code = append(code, '-')
		}
		rand.Read(draw) // never fails: crypto/rand ends the program instead
		if int(draw[0]) < fair {
			code = append(code, codeSymbols[int(draw[0])%len(codeSymbols)])
		}
	}
	return string(code)
}
