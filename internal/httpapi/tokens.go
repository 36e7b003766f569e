package httpapi

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// tokensAge is how old what the door knows of tokens may be: so soon a revoked one is of no use,
// and so seldom are all of them read.
const tokensAge = time.Second

// tokens is what the door knows of tokens.
type tokens struct {
	// mu is for those who read them anew; every request looks at them, and most need no lock.
	mu   sync.Mutex
	last atomic.Pointer[tokensRead]
}

// tokensRead is what there was at a time.
type tokensRead struct {
	at    time.Time
	known keyring
	// failed is why they could not be read; all who come in the same second hear the same.
	failed error
}

// within says whether what was read is no older than that; nil is of no use.
func (r *tokensRead) within(age time.Duration) bool { return r != nil && time.Since(r.at) < age }

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
	if last := t.last.Load(); last.within(age) {
		return last.known, last.failed
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if last := t.last.Load(); last.within(age) { // somebody else has read them meanwhile
		return last.known, last.failed
	}
	// They are read for all, not only for the one whose request is the first.
	all, err := store.Tokens(context.WithoutCancel(ctx))
	known := make(keyring, len(all))
	for _, token := range all {
		known[token.ID] = token
	}
	t.last.Store(&tokensRead{time.Now(), known, err})
	return known, err
}

// none is true until the first token is made. One that is revoked stays for the record, so that a
// server which had roles does not lose them with its last token.
func (k keyring) none() bool { return len(k) == 0 }
