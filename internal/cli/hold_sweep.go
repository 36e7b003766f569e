package cli

import (
	"context"
	"log/slog"
	"time"

	"evbook/internal/storage"
)

// sweepHoldsEvery is how often a server looks for holds that have lapsed. Their seats are free
// without; this is how soon the journal tells it, and those who wait are offered them, where nobody
// asks for seats.
const sweepHoldsEvery = 5 * time.Second

// sweepHolds takes lapsed holds off the books at once and then again and again, until the context
// ends. A failure that stays the same is logged once.
func sweepHolds(
	ctx context.Context, store *storage.Store, logger *slog.Logger, every time.Duration,
) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for failing := ""; ; {
		swept, err := store.Sweep(ctx)
		if ctx.Err() != nil {
			return
		}
		switch {
		case err != nil && err.Error() != failing:
			failing = err.Error()
			logger.Warn("lapsed holds could not be taken off the books", slog.Any("error", err))
		case err == nil && failing != "":
			failing = ""
			logger.Info("lapsed holds can be taken off the books again")
		}
		if swept > 0 {
			logger.Info("lapsed holds taken off the books", slog.Int("holds", swept))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
