package cli

import (
	"context"
	"log/slog"
	"time"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// forgetEvery is how often a server looks for personal data that has outlived its retention.
const forgetEvery = time.Hour

// forgetExpired erases such data at once and then again and again, until the context ends. The log
// has numbers only.
func (a *app) forgetExpired(
	ctx context.Context, store *storage.Store, logger *slog.Logger, every time.Duration,
) {
	ask := booking.Forgetting{Retention: a.config.KeptFor()}
	if ask.Retention == 0 {
		return
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		done, err := store.Forget(ctx, ask)
		if ctx.Err() != nil {
			return
		}
		count := slog.Int("bookings", done.Bookings)
		switch {
		case err != nil:
			logger.Warn("expired personal data could not be erased", count, slog.Any("error", err))
		case done.InLog:
			logger.Warn("others are reading: erased personal data stays in the files for now",
				count)
		case done.Bookings > 0:
			logger.Info("expired personal data erased", count)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
