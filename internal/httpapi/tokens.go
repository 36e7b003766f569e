package httpapi

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"evbook/internal/storage"
)

// tokensAge is how old what the door knows of tokens may be: so soon a revoked one is of no use,
// and so seldom are all of them read.
const tokensAge = 100 * time.Millisecond

// tokens is what the door knows of tokens.
type tokens struct {
	// mu is for those who read them anew; every request looks at them, and most need no lock.
	mu   sync.Mutex
	last atomic.Pointer[tokensRead]
}

// tokensRead is what there was at a time.
type tokensRead struct {
	// begun is when they began to be read: what was made or revoked before is in it.
	begun time.Time
	known keyring
	// failed is why they could not be read. Who asked before hears it too, who asks later tries
	// again.
	failed error
}

// serves says whether it is of use to who asks now for what there was at a time or later.
func (r *tokensRead) serves(now, then time.Time) bool {
	if r == nil {
		return false
	}
	if r.failed != nil {
		then = now
	}
	return !r.begun.Before(then)
}

// keyring is all tokens there are, by their numbers.
type keyring map[int64]bearer

// current gives the tokens as they were just now.
func (t *tokens) current(ctx context.Context, store *storage.Store) (keyring, error) {
	return t.noOlder(ctx, store, tokensAge)
}

// latest gives them as they are. Those who ask at the same time have them read once.
func (t *tokens) latest(ctx context.Context, store *storage.Store) (keyring, error) {
	return t.noOlder(ctx, store, 0)
}

// noOlder gives the tokens as they were so long ago or later.
func (t *tokens) noOlder(
	ctx context.Context, store *storage.Store, age time.Duration,
) (keyring, error) {
	now := time.Now()
	then := now.Add(-age)
	if last := t.last.Load(); last.serves(now, then) {
		return last.known, last.failed
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if last := t.last.Load(); last.serves(now, then) { // somebody else has read them meanwhile
		return last.known, last.failed
	}
	begun := time.Now()
	// They are read for all, not only for the one whose request is the first.
	all, err := store.Tokens(context.WithoutCancel(ctx))
	known := make(keyring, len(all))
	for _, token := range all {
		known[token.ID] = bearerOf(token)
	}
	t.last.Store(&tokensRead{begun, known, err})
	return known, err
}

// none is true until the first token is made. One that is revoked stays for the record, so that a
// server which had roles does not lose them with its last token.
func (k keyring) none() bool { return len(k) == 0 }
