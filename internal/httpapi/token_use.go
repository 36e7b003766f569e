package httpapi

import "sync"

// TokenUses remembers which tokens were shown, until that is written down. The zero value is ready.
type TokenUses struct {
	mu  sync.Mutex
	ids map[int64]bool
}

// note remembers that a token was shown; nil remembers nothing.
func (u *TokenUses) note(id int64) {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ids == nil {
		u.ids = map[int64]bool{}
	}
	u.ids[id] = true
}

// Taken gives the numbers of the tokens that were shown since it was called last.
func (u *TokenUses) Taken() (ids []int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for id := range u.ids {
		ids = append(ids, id)
	}
	clear(u.ids)
	return ids
}
