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
	// failed is why they could not be read; all who come in the same second hear the same.
	failed error
}

// keyring is all tokens there are, by their numbers.
type keyring map[int64]booking.Token

// current gives the tokens as they were at most a second ago.
func (t *tokens) current(ctx context.Context, store *storage.Store) (keyring, error) {
	return t.noOlder(ctx, store, tokensAge)
}

// latest gives them almost as they are now. What is wrong does not have them read without end.
func (t *tokens) latest(ctx context.Context, store *storage.Store) (keyring, error) {
	return t.noOlder(ctx, store, tokensAge/50)
}

func (t *tokens) noOlder(
	ctx context.Context, store *storage.Store, age time.Duration,
) (keyring, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.read) < age {
		return t.known, t.failed
	}
	// It is read for all, not only for the one whose request is the first.
	all, err := store.Tokens(context.WithoutCancel(ctx))
	t.known, t.failed, t.read = make(keyring, len(all)), err, time.Now()
	for _, token := range all {
		t.known[token.ID] = token
	}
	return t.known, err
}

// none is true until the first token is made. One that is revoked stays for the record, so that a
// server which had roles does not lose them with its last token.
func (k keyring) none() bool { return len(k) == 0 }
