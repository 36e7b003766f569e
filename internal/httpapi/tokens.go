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
}

// fresh says whether what was read may still be relied on; nil is nothing to rely on.
func (r *tokensRead) fresh() bool { return r != nil && time.Since(r.at) < tokensAge }

// keyring is all tokens there are, by their numbers.
type keyring map[int64]booking.Token

// current gives the tokens as they were at most a second ago.
func (t *tokens) current(ctx context.Context, store *storage.Store) (keyring, error) {
	if last := t.last.Load(); last.fresh() {
		return last.known, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if last := t.last.Load(); last.fresh() { // somebody else has read them meanwhile
		return last.known, nil
	}
	all, err := store.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	known := make(keyring, len(all))
	for _, token := range all {
		known[token.ID] = token
	}
	t.last.Store(&tokensRead{time.Now(), known})
	return known, nil
}

// none is true until the first token is made. One that is revoked stays for the record, so that a
// server which had roles does not lose them with its last token.
func (k keyring) none() bool { return len(k) == 0 }
