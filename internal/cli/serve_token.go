package cli

import (
	"context"
	"time"

	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// noteUsesEvery is how often serve writes down which tokens were used.
const noteUsesEvery = 30 * time.Second

// noteTokenUses writes down which tokens were used, until the context ends. It is for people who
// wonder which tokens are needed still: what cannot be written is left out.
func noteTokenUses(ctx context.Context, store *storage.Store, uses *httpapi.TokenUses) {
	every := time.NewTicker(noteUsesEvery)
	defer every.Stop()
	for ended := false; !ended; {
		select {
		case <-every.C:
		case <-ctx.Done():
			ended = true
		}
		if ids := uses.Taken(); len(ids) > 0 {
			_ = store.NoteTokenUse(context.WithoutCancel(ctx), ids)
		}
	}
}
