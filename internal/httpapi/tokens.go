package httpapi

import (
	"context"
	"sync"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// tokensAge is how old what the door knows of tokens may be: so soon a revoked one is of no use,
// and so seldom are all of them read.
const tokensAge = time.Second

// tokens is what the door knows of tokens.
type tokens struct {
	mu    sync.Mutex
	read  time.Time
	known keyring
}

// keyring is all tokens there are, by their numbers.
type keyring map[int64]booking.Token

// current gives the tokens as they were at most a second ago.
func (t *tokens) current(ctx context.Context, store *storage.Store) (keyring, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.read) < tokensAge {
		return t.known, nil
	}
	all, err := store.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	t.known = make(keyring, len(all))
	for _, token := range all {
		t.known[token.ID] = token
	}
	t.read = time.Now()
	return t.known, nil
}

// none is true until the first token is made. One that is revoked stays for the record, so that a
// server which had roles does not lose them with its last token.
func (k keyring) none() bool { return len(k) == 0 }
